"""What the algorithms need of the rest of the plugin; given to them, never imported by them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from qgis.core import QgsCoordinateReferenceSystem, QgsMapLayer, QgsRasterLayer, QgsRectangle

from ..core.choice import BandChoice, MapOrder
from ..core.errors import GlacierMapperError
from ..core.extent import Extent
from ..core.guess import BandDescription
from ..core.messages import Message
from ..core.models import ModelInfo
from ..core.progress import Progress
from ..core.request import BandSource
from ..core.servers import ServerAccess, ServerSetting


class Fetching(Protocol):
    """Sources that are planned; `fetch` writes those that are not files yet."""

    def fetch(self, is_cancelled: Callable[[], bool]) -> tuple[BandSource, ...]:
        """The sources, all of them on disk. In a thread."""
        ...


class CallingRunner(Protocol):
    """A model runner, as far as algorithms need it."""

    def call(
        self,
        method: str,
        params: dict[str, Any],
        on_progress: Callable[[Progress], None] | None = None,
        is_cancelled: Callable[[], bool] | None = None,
    ) -> Any:
        """Ask and wait for the answer. Raises the errors of the tree."""
        ...


@dataclass(frozen=True)
class MapServices:
    """The same code that stands behind the dock.

    `runner()` gives the runner or raises RunnerMissingError; `describe(layer)` its bands; `plan(chosen,
    extent, folder)` the hand-over; `extent(rectangle, crs)` an Extent; `explain(error)` one line for the
    user; `say(progress)` the stage and `words(message)` a message in words; `order()` the model settings of the
    options; `temporary()` makes a folder; `style(layer, name)` loads a style; `resource(name)` is the path of a file
    of the plugin. `models()` are those that can be chosen; `server(device)` is the user's setting of a model server,
    `access(device)` opens its door (on the main thread), `let_in(runner, access, is_cancelled)` hands that to the
    runner (in a thread).
    """

    runner: Callable[[], CallingRunner]
    describe: Callable[[QgsRasterLayer], list[BandDescription]]
    plan: Callable[[Sequence[tuple[BandChoice, QgsRasterLayer]], Extent | None, Path], Fetching]
    extent: Callable[[QgsRectangle, QgsCoordinateReferenceSystem], Extent]
    explain: Callable[[GlacierMapperError], str]
    say: Callable[[Progress], str]
    words: Callable[[Message], str]
    order: Callable[[], MapOrder]
    temporary: Callable[[], Path]
    style: Callable[[QgsMapLayer, str], None]
    resource: Callable[[str], str]
    models: Callable[[], list[ModelInfo]]
    server: Callable[[str], ServerSetting | None]
    access: Callable[[str], ServerAccess | None]
    let_in: Callable[[CallingRunner, ServerAccess | None, Callable[[], bool]], None]
