"""One mapping from the click to its products: what is taken on the main thread, what is done in a thread."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from qgis.core import QgsMapSettings, QgsProject
from qgis.PyQt.QtCore import QCoreApplication

from ..core.choice import MapOrder, check_model
from ..core.errors import GlacierMapperError
from ..core.extent import Extent
from ..core.progress import Progress
from ..core.protocol import Method
from ..core.result import MapResult
from ..core.servers import ServerAccess
from ..qgis_io.live_pictures import LivePictures
from ..qgis_io.run_folder import (
    give_back,
    passing_folder,
    remove_folder,
    reserve_run_folder,
    results_folder,
    temporary_folder,
)  # fmt: skip
from ..qgis_io.task import BackgroundTask
from ..qgis_io.translation import role_label
from ..qgis_io.view import HandOver, plan_hand_over
from ..runner_client.runner import Runner
from .server_access import let_in

LIVE_FILE = "live.tif"


def no_access(device: str, may_ask: bool = True) -> ServerAccess | None:
    """There are no servers."""
    return None


@dataclass(frozen=True)
class MapSurroundings:
    """What a mapping needs of the world around it.

    `map_settings()` gives the canvas as it is now, `runner()` the runner or RunnerMissingError, `access(device,
    may_ask)` what opens a model server's door (`server_access.ServerDoors.access`).
    """

    project: QgsProject
    map_settings: Callable[[], QgsMapSettings]
    runner: Callable[[], Runner]
    access: Callable[..., ServerAccess | None] = no_access


@dataclass(frozen=True)
class Captured:
    """All that a run needs, taken on the main thread: no layer, no widget.

    `pictures` is the folder of what is shown while the map grows; the main thread removes it.
    """

    order: MapOrder
    extent: Extent | None
    hand_over: HandOver
    runner: Runner
    temporary: Path
    out_dir: Path
    pictures: Path
    access: ServerAccess | None = None
    title: str = field(default="")


def capture(around: MapSurroundings, order: MapOrder, extent: Extent | None) -> Captured:
    """Check the order and take everything that the thread will need; on the main thread, quick.

    Raises InputError, RunnerMissingError, ServerAccessError, OutputNotWritableError; then nothing is left behind.
    """
    runner = around.runner()
    access = around.access(order.device)
    temporary, pictures = temporary_folder(), passing_folder()
    try:
        planned = plan_hand_over(around.project, order.choices, extent, temporary)
        check_model(order, role_label)
        label = run_label(planned)
        out_dir = reserve_run_folder(results_folder(around.project, order.out_dir), label)
    except GlacierMapperError:
        remove_folder(temporary)
        remove_folder(pictures)
        raise
    title = new_title(around.project, label)
    return Captured(order, extent, planned, runner, temporary, out_dir, pictures, access, title)


def compute(captured: Captured, task: BackgroundTask) -> MapResult:
    """Read what must be read through providers and let the runner map; in a thread.

    Raises any error of the tree. Temporary files are gone afterwards, and so is the folder of a run that failed.
    """
    try:
        sources = captured.hand_over.fetch(task.is_cancelled)
        order = replace(captured.order, live=str(captured.temporary / LIVE_FILE))
        request = order.request(sources, str(captured.out_dir), captured.extent)
        let_in(captured.runner, captured.access, task.is_cancelled)
        pictures = LivePictures(request.live, captured.pictures)

        def tell(progress: Progress) -> None:
            task.report(progress)
            picture = pictures.take()
            if picture is not None:
                task.progressed.emit(picture)

        return MapResult.from_json(captured.runner.call(Method.MAP.value, request.to_json(), tell, task.is_cancelled))
    finally:
        discard(captured)


def discard(captured: Captured) -> None:
    """Remove what was temporary, and the folder of a run that left nothing in it."""
    remove_folder(captured.temporary)
    give_back(captured.out_dir)


def run_label(planned: HandOver) -> str:
    """The acquisition date of the scene, else the name of its first layer."""
    dates = [source.date for source in planned.sources if source.date]
    return min(dates)[:10] if dates else planned.sources[0].label


def new_title(project: QgsProject, label: str) -> str:
    """A result's title, its number the lowest one that no group of the project has with the same label."""
    title = QCoreApplication.translate("MapGlaciers", "Glaciers {label} ({number})")
    names = {group.name() for group in project.layerTreeRoot().findGroups(True)}
    titles = (title.format(label=label, number=number) for number in count(1))
    return next(one for one in titles if one not in names)


def device_in(result: MapResult) -> str:
    """What computed, as the report says it; "" where it can't be read."""
    try:
        report = json.loads(Path(result.report).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(report.get("device", "")) if isinstance(report, dict) else ""
