"""Live preview: what the sliders would map, drawn over the imagery while they move."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..core.choice import MapOrder
from ..core.errors import Cancelled, GlacierMapperError, OutputNotWritableError
from ..core.extent import Extent
from ..core.protocol import Method
from ..core.result import Preview
from ..qgis_io.latest import LatestOnly
from ..qgis_io.preview_layer import PreviewLayer
from ..qgis_io.run_folder import passing_folder, remove_folder
from ..qgis_io.task import BackgroundTask
from ..qgis_io.view import HandOver, capture_extent, plan_hand_over
from ..runner_client.runner import Runner
from .map_glaciers import MapSurroundings

DELAY_MS = 60
TIMEOUT_S = 60.0
MAX_PX = 1024
"""Pixels on the longer side of a preview: about what a canvas shows."""


@dataclass(frozen=True)
class Question:
    """One preview to compute. `fetch` says that the files of the view are not written yet."""

    runner: Runner
    order: MapOrder
    extent: Extent
    hand_over: HandOver
    out_dir: str
    fetch: bool


def compute(question: Question, task: BackgroundTask) -> Preview:
    """Ask the runner; in a thread. Raises any error of the tree."""
    hand_over = question.hand_over
    sources = hand_over.fetch(task.is_cancelled) if question.fetch else hand_over.sources
    request = question.order.request(sources, question.out_dir, question.extent)
    params = {"request": request.to_json(), "max_px": MAX_PX}
    answer = question.runner.call(
        Method.PREVIEW.value, params, is_cancelled=task.is_cancelled, timeout_s=TIMEOUT_S
    )
    return Preview.from_json(answer)


class PreviewModel(QObject):
    """Keeps one preview layer up to date while it is switched on."""

    previewed = pyqtSignal(object)
    """A Preview: threshold taken, index, histogram."""
    reading = pyqtSignal()
    """Another view: its files are read first, which takes some seconds for a whole scene without overviews."""
    failed = pyqtSignal(object)

    def __init__(self, around: MapSurroundings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._around = around
        self._layer = PreviewLayer(around.project)
        self._view: tuple[Any, HandOver] | None = None
        self._folder: Path | None = None
        self._views = 0
        self._latest = LatestOnly("Glacier Mapper: preview", DELAY_MS, self)
        self._latest.answered.connect(self._show)
        self._latest.failed.connect(self._fail)
        self._on = False

    @property
    def is_on(self) -> bool:
        """Whether the preview is switched on."""
        return self._on

    def update(self, order: MapOrder) -> None:
        """Switch on, or show other settings or another view; the latest call wins.

        A view that is being read when another one is wanted is given up.
        """
        self._on = True
        if self._latest.is_running and self._view is not None and self._view[0] != self._key(order):
            self._view = None
            self._latest.hurry()
        self._latest.ask(lambda: self._capture(order))

    def switch_off(self) -> None:
        """Take the preview away, with its files."""
        self._on = False
        self._latest.forget()
        self._layer.remove()
        self._view = None
        if self._folder is not None:
            remove_folder(self._folder)
            self._folder = None

    def stop(self) -> None:
        """The plugin is being unloaded."""
        self.switch_off()
        self._layer.release()

    def _key(self, order: MapOrder) -> Any:
        """What must be the same for a view to be the one that was read; None where there is no view."""
        try:
            return order.choices, capture_extent(self._around.map_settings())
        except GlacierMapperError:
            return None

    def _capture(self, order: MapOrder) -> Callable[[BackgroundTask], Preview]:
        runner = self._around.runner()
        extent = capture_extent(self._around.map_settings())
        key = (order.choices, extent)
        fresh = self._view is None or self._view[0] != key
        if fresh:
            self.reading.emit()
            self._view = (key, plan_hand_over(self._around.project, order.choices, extent, self._next_folder()))
        question = Question(runner, order, extent, self._view[1], str(self._folder), fresh)
        return lambda task: compute(question, task)

    def _next_folder(self) -> Path:
        """A folder for the files of one view, inside the preview's own. Raises OutputNotWritableError."""
        if self._folder is None:
            self._folder = passing_folder()
        self._views += 1
        folder = self._folder / f"view_{self._views}"
        try:
            folder.mkdir()
        except OSError as error:
            raise OutputNotWritableError(path=str(folder), reason=error.strerror or str(error)) from error
        return folder

    def _show(self, preview: Preview) -> None:
        if self._on:
            self._layer.show(preview.path)
            self.previewed.emit(preview)

    def _fail(self, error: GlacierMapperError) -> None:
        self._view = None
        if self._on and not isinstance(error, Cancelled):
            self.failed.emit(error)
