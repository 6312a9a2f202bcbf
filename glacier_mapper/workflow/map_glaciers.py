"""Map glaciers in view: capture what is on the canvas, compute in the runner, apply the result as layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qgis.core import QgsLayerTreeGroup, QgsMapLayer, QgsMapSettings, QgsProject
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, QObject, Qt, QTimer, pyqtSignal

from ..core.choice import MapOrder, check_model
from ..core.errors import GlacierMapperError, RunnerBusyError
from ..core.extent import Extent
from ..core.protocol import Method
from ..core.request import MapRequest
from ..core.result import Estimate, MapResult
from ..qgis_io.latest import LatestOnly
from ..qgis_io.layers import adding_products, open_products
from ..qgis_io.run_folder import give_back, remove_folder, reserve_run_folder, results_folder, temporary_folder
from ..qgis_io.task import BackgroundTask, run_in_background
from ..qgis_io.translation import role_label
from ..qgis_io.view import HandOver, capture_extent, plan_hand_over
from ..runner_client.runner import Runner

ESTIMATE_DELAY_MS = 300
ESTIMATE_TIMEOUT_S = 60.0
STOP_TIMEOUT_MS = 10_000


@dataclass(frozen=True)
class MapSurroundings:
    """What a mapping needs of the world around it.

    `map_settings()` gives the canvas as it is now, `runner()` the runner or RunnerMissingError.
    """

    project: QgsProject
    map_settings: Callable[[], QgsMapSettings]
    runner: Callable[[], Runner]


@dataclass(frozen=True)
class Captured:
    """All that a run needs, taken on the main thread: no layer, no widget."""

    order: MapOrder
    extent: Extent | None
    hand_over: HandOver
    runner: Runner
    temporary: Path
    out_dir: Path
    title: str = field(default="")


def capture(around: MapSurroundings, order: MapOrder, extent: Extent | None) -> Captured:
    """Check the order and take everything that the thread will need; on the main thread, quick.

    Raises InputError, RunnerMissingError, OutputNotWritableError; then nothing is left behind.
    """
    runner = around.runner()
    temporary = temporary_folder()
    try:
        planned = plan_hand_over(around.project, order.choices, extent, temporary)
        check_model(order, role_label)
        label = run_label(planned)
        out_dir = reserve_run_folder(results_folder(around.project, order.out_dir), label)
    except GlacierMapperError:
        remove_folder(temporary)
        raise
    title = QCoreApplication.translate("MapGlaciers", "Glaciers {label} ({number})")
    number = out_dir.name.rsplit("_", maxsplit=1)[-1].lstrip("0")
    return Captured(order, extent, planned, runner, temporary, out_dir, title.format(label=label, number=number))


def compute(captured: Captured, task: BackgroundTask) -> MapResult:
    """Read what must be read through providers and let the runner map; in a thread.

    Raises any error of the tree. Temporary files are gone afterwards, and so is the folder of a run that failed.
    """
    try:
        sources = captured.hand_over.fetch(task.is_cancelled)
        request = captured.order.request(sources, str(captured.out_dir), captured.extent)
        answer = captured.runner.call(Method.MAP.value, request.to_json(), task.report, task.is_cancelled)
        return MapResult.from_json(answer)
    finally:
        discard(captured)


def discard(captured: Captured) -> None:
    """Remove what was temporary, and the folder of a run that left nothing in it."""
    remove_folder(captured.temporary)
    give_back(captured.out_dir)


class Applying(QObject):
    """Shows the products as a group of layers: one is opened or added a turn of the event loop, so nothing freezes.

    `done` carries what `add(layers)` gave last: the group, or None where the project is another one by now.
    """

    done = pyqtSignal(object)
    failed = pyqtSignal(object)

    def __init__(
        self, result: MapResult, add: Callable[[list[QgsMapLayer]], Iterator[QgsLayerTreeGroup | None]], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._add = add
        self._adding: Iterator[QgsLayerTreeGroup | None] | None = None
        self._group: QgsLayerTreeGroup | None = None
        self._coming = open_products(result)
        self._layers: list[QgsMapLayer] = []
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._turn)

    def start(self) -> None:
        """Begin with the next turn."""
        self._timer.start(0)

    def stop(self) -> None:
        """Drop what was opened. The object goes once its own timer's signal is over, never within it."""
        self._timer.stop()
        self._layers.clear()
        self.deleteLater()

    def _turn(self) -> None:
        try:
            layer = next(self._coming, None)
        except GlacierMapperError as error:
            self.stop()
            self.failed.emit(error)
            return
        if layer is not None:
            self._layers.append(layer)
            return
        if self._adding is None:
            self._adding = self._add(self._layers)
        for group in self._adding:
            self._group = group
            return
        self.stop()
        self.done.emit(None if self._group is None or sip.isdeleted(self._group) else self._group)


def run_label(planned: HandOver) -> str:
    """The acquisition date of the scene, else the name of its first layer."""
    dates = [source.date for source in planned.sources if source.date]
    return min(dates)[:10] if dates else planned.sources[0].label


class MapGlaciers(QObject):
    """The one mapping of the dock: starts, cancels, answers. A second click during a run is refused."""

    started = pyqtSignal()
    """Sent in the turn after the click, so that taking the view and repainting the dock do not add up to a freeze."""
    progressed = pyqtSignal(object)
    mapped = pyqtSignal(object, object)
    """The MapResult and its layer group; the group is None when the project was closed meanwhile."""
    failed = pyqtSignal(object)
    ended = pyqtSignal()
    estimated = pyqtSignal(object)
    """An Estimate, or None where none can be given."""
    _begun = pyqtSignal()

    def __init__(self, around: MapSurroundings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._around = around
        self._task: BackgroundTask | None = None
        self._applying: Applying | None = None
        self._captured: Captured | None = None
        self._project_closed = False
        self._begun.connect(self.started, Qt.ConnectionType.QueuedConnection)
        self._estimates = LatestOnly("Glacier Mapper: estimate", ESTIMATE_DELAY_MS, self)
        self._estimates.answered.connect(self.estimated)
        self._estimates.failed.connect(self._no_estimate)
        around.project.cleared.connect(self._note_closed)

    @property
    def is_running(self) -> bool:
        """Whether a mapping is under way."""
        return self._captured is not None

    def start(self, order: MapOrder) -> None:
        """Map what the canvas shows. Errors go out through `failed`."""
        try:
            self._refuse_second()
            extent = capture_extent(self._around.map_settings())
            captured = capture(self._around, order, extent)
        except GlacierMapperError as error:
            self.failed.emit(error)
            return
        self._estimates.forget()
        self._captured, self._project_closed = captured, False
        self._task = run_in_background(
            QCoreApplication.translate("MapGlaciers", "Map glaciers in view"),
            lambda task: compute(captured, task),
            self._done,
            self._fail,
            self.progressed.emit,
        )
        self._begun.emit()

    def cancel(self) -> None:
        """Ask the run to end; it answers through `failed` with Cancelled."""
        if self._task is not None:
            self._task.cancel()

    def estimate(self, order: MapOrder) -> None:
        """Ask what the mapping would cost; answered through `estimated`, the latest question only."""
        if not self.is_running:
            self._estimates.ask(lambda: self._capture_estimate(order))

    def stop(self) -> None:
        """End everything and answer nobody any more: the plugin is being unloaded or QGIS closed."""
        self._around.project.cleared.disconnect(self._note_closed)
        self._estimates.forget()
        if self._task is not None:
            self._task.detach()
            self._task.cancel()
            self._task.waitForFinished(STOP_TIMEOUT_MS)
            discard(self._captured)
        if self._applying is not None:
            self._applying.stop()
        self._captured = self._task = self._applying = None

    def _refuse_second(self) -> None:
        if self.is_running:
            raise RunnerBusyError(job=self._captured.title)

    def _done(self, result: MapResult) -> None:
        self._task = None
        self._applying = Applying(result, self._add, self)
        self._applying.failed.connect(self._fail)
        self._applying.done.connect(lambda group: self._applied(result, group))
        self._applying.start()

    def _add(self, layers: list[QgsMapLayer]) -> Iterator[QgsLayerTreeGroup | None]:
        if not self._project_closed:
            for group in adding_products(self._around.project, layers, self._captured.title):
                yield group
                if self._project_closed:
                    break
        if self._project_closed:
            yield None

    def _applied(self, result: MapResult, group: QgsLayerTreeGroup | None) -> None:
        self._captured = self._task = self._applying = None
        self.mapped.emit(result, group)
        self.ended.emit()

    def _fail(self, error: GlacierMapperError) -> None:
        discard(self._captured)  # a task that was cancelled before it began has not done so
        self._captured = self._task = self._applying = None
        self.failed.emit(error)
        self.ended.emit()

    def _note_closed(self) -> None:
        self._project_closed = True

    def _capture_estimate(self, order: MapOrder) -> Callable[[BackgroundTask], Any] | None:
        """What the thread will ask, from the layers that are files; None where nothing can be asked."""
        runner = self._around.runner()
        extent = capture_extent(self._around.map_settings())
        temporary = temporary_folder()
        try:
            sources = plan_hand_over(self._around.project, order.choices, extent, temporary).on_disk
            request = order.request(sources, str(temporary), extent)
        except GlacierMapperError:
            remove_folder(temporary)
            raise
        return lambda task: _estimate(runner, request, temporary, task)

    def _no_estimate(self, error: GlacierMapperError) -> None:
        self.estimated.emit(None)


def _estimate(runner: Runner, request: MapRequest, temporary: Path, task: BackgroundTask) -> Estimate:
    try:
        answer = runner.call(
            Method.ESTIMATE.value, request.to_json(), is_cancelled=task.is_cancelled, timeout_s=ESTIMATE_TIMEOUT_S
        )
        return Estimate.from_json(answer)
    finally:
        remove_folder(temporary)
