"""Map glaciers in view: capture what is on the canvas, compute in the runner, apply the result as layers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from qgis.core import QgsLayerTreeGroup, QgsMapLayer
from qgis.PyQt.QtCore import QCoreApplication, QObject, Qt, QTimer, pyqtSignal

from ..core.choice import MapOrder
from ..core.errors import GlacierMapperError, RunnerBusyError
from ..core.protocol import Method
from ..core.request import MapRequest
from ..core.result import Estimate, MapResult
from ..core.servers import ServerAccess
from ..core.speed import Speed, TileClock
from ..qgis_io.latest import LatestOnly
from ..qgis_io.layers import adding_products
from ..qgis_io.live_pictures import Picture
from ..qgis_io.preview_layer import LiveLayer
from ..qgis_io.run_folder import remove_folder, temporary_folder
from ..qgis_io.task import BackgroundTask, run_in_background
from ..qgis_io.view import capture_extent, plan_hand_over
from ..runner_client.runner import Runner
from .apply_result import Applying
from .map_run import Captured, MapSurroundings, capture, compute, device_in, discard
from .server_access import let_in

ESTIMATE_DELAY_MS = 300
ESTIMATE_TIMEOUT_S = 60.0
AGAIN_MS = 1000
"""A network is measured on while its estimate is out: the question is put again until the measurement is over."""
STOP_TIMEOUT_MS = 10_000


class MapGlaciers(QObject):
    """The one mapping of the dock: starts, cancels, answers. A second click during a run is refused."""

    started = pyqtSignal()
    """Sent in the turn after the click, so that taking the view and repainting the dock do not add up to a freeze."""
    progressed = pyqtSignal(object)
    pictured = pyqtSignal(str)
    """The map as far as it is has come onto the canvas: the file that shows it."""
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
        self._asked: MapOrder | None = None
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self._estimate_again)
        self._device = ""
        self._clock = TileClock()
        self._live = LiveLayer(around.project)
        self._begun.connect(self.started, Qt.ConnectionType.QueuedConnection)
        self._estimates = LatestOnly("Glacier Mapper: estimate", ESTIMATE_DELAY_MS, self)
        self._estimates.answered.connect(self._estimated)
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
        self._again.stop()
        self._captured, self._project_closed = captured, False
        self._clock = TileClock(self._device)
        self._task = run_in_background(
            QCoreApplication.translate("MapGlaciers", "Map glaciers in view"),
            lambda task: compute(captured, task),
            self._done,
            self._fail,
            self._progress,
        )
        self._begun.emit()

    def speed(self) -> Speed | None:
        """How fast the last run was, None where it was too short to say."""
        return self._clock.speed()

    def cancel(self) -> None:
        """Ask the run to end; it answers through `failed` with Cancelled."""
        if self._task is not None:
            self._task.cancel()

    def estimate(self, order: MapOrder) -> None:
        """Ask what the mapping would cost; answered through `estimated`, the latest question only."""
        self._ask_estimate(order)

    def forget_estimate(self) -> None:
        """There is nothing to ask now, and an answer that is on its way counts no more."""
        self._estimates.forget()
        self._again.stop()

    def stop(self) -> None:
        """End everything and answer nobody any more: the plugin is being unloaded or QGIS closed."""
        self._around.project.cleared.disconnect(self._note_closed)
        self._estimates.forget()
        self._again.stop()
        if self._task is not None:
            self._task.detach()
            self._task.cancel()
            self._task.waitForFinished(STOP_TIMEOUT_MS)
            discard(self._captured)
        if self._applying is not None:
            self._applying.stop()
        self._end()
        self._live.release()

    def _end(self) -> None:
        """The run is over: what was shown meanwhile goes, with its files."""
        self._live.remove()
        if self._captured is not None:
            remove_folder(self._captured.pictures)
        self._captured = self._task = self._applying = None

    def _refuse_second(self) -> None:
        if self.is_running:
            raise RunnerBusyError(job=self._captured.title)

    def _progress(self, step: Any) -> None:
        """A Progress, or a Picture of the map as far as it is."""
        if not isinstance(step, Picture):
            self._clock.note(step, time.monotonic())
            self.progressed.emit(step)
        elif self.is_running and not self._project_closed:
            self._live.show(step.path)
            self.pictured.emit(step.path)

    def _done(self, result: MapResult) -> None:
        self._task = None
        self._clock.device = device_in(result) or self._clock.device
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
        self._end()
        self.mapped.emit(result, group)
        self.ended.emit()

    def _fail(self, error: GlacierMapperError) -> None:
        discard(self._captured)  # a task that was cancelled before it began has not done so
        self._end()
        self.failed.emit(error)
        self.ended.emit()

    def _note_closed(self) -> None:
        self._project_closed = True

    def _capture_estimate(self, order: MapOrder) -> Callable[[BackgroundTask], Any] | None:
        """What the thread will ask, from the layers that are files; None where nothing can be asked."""
        runner = self._around.runner()
        access = self._around.access(order.device, may_ask=False)
        extent = capture_extent(self._around.map_settings())
        temporary = temporary_folder()
        try:
            sources = plan_hand_over(self._around.project, order.choices, extent, temporary).on_disk
            request = order.request(sources, str(temporary), extent)
        except GlacierMapperError:
            remove_folder(temporary)
            raise
        return lambda task: _estimate(runner, access, request, temporary, task)

    def _ask_estimate(self, order: MapOrder) -> None:
        self._again.stop()
        self._asked = order
        if not self.is_running:
            self._estimates.ask(lambda: self._capture_estimate(order))

    def _estimate_again(self) -> None:
        self._ask_estimate(self._asked)

    def _estimated(self, estimate: Estimate | None) -> None:
        if estimate is not None and estimate.is_measuring:
            self._again.start()
        self._device = "" if estimate is None else estimate.device
        self.estimated.emit(estimate)

    def _no_estimate(self, error: GlacierMapperError) -> None:
        self._estimated(None)


def _estimate(
    runner: Runner, access: ServerAccess | None, request: MapRequest, temporary: Path, task: BackgroundTask
) -> Estimate:
    try:
        let_in(runner, access, task.is_cancelled)
        answer = runner.call(
            Method.ESTIMATE.value, request.to_json(), is_cancelled=task.is_cancelled, timeout_s=ESTIMATE_TIMEOUT_S
        )
        return Estimate.from_json(answer)
    finally:
        remove_folder(temporary)
