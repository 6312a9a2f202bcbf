"""The dock's Map page connected with the workflows. Knows neither iface nor the main window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication, QObject, QUrl
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QApplication

from .core.choice import MapOrder
from .core.errors import Cancelled, GlacierMapperError
from .core.messages import in_order_of_weight
from .core.models import BAND_RATIO
from .core.result import MapResult, Preview
from .dock_memory import DockMemory
from .gui.dock import GlacierMapperDock
from .layer_session import LayerSession
from .links import Links
from .model_session import ModelSession, Surroundings
from .qgis_io.project_state import ProjectState
from .workflow.copy_diagnostics import diagnostics_text
from .workflow.install_runner import InstallRunner
from .workflow.map_glaciers import MapGlaciers, MapSurroundings
from .workflow.preview_model import PreviewModel
from .workflow.say_result import result_text

KEPT_ERRORS = 20


class MappingSession(QObject):
    """Wakes when the dock is first seen; until then it costs nothing."""

    def __init__(self, around: Surroundings, dock: GlacierMapperDock) -> None:
        super().__init__()
        self._around, self._dock = around, dock
        self.models = ModelSession(around, dock, self)
        surroundings = MapSurroundings(
            around.project, around.canvas.mapSettings, around.host.runner, self.models.doors.access
        )
        self.mapping = MapGlaciers(surroundings, self)
        self.preview = PreviewModel(surroundings, self)
        self.layers = LayerSession(around.project, around.canvas, dock, self)
        self._memory = DockMemory(around.project, around.store, dock, self.layers.refresh)
        self.install = InstallRunner(around.host, self)
        self._errors: list[GlacierMapperError] = []
        self._links = Links()
        self._place = around.host.place
        self._awake = self._ready = False

    def start(self) -> None:
        """Connect everything."""
        dock, around = self._dock, self._around
        self.layers.start()
        self.models.start()  # before anybody listens: a fresh project stays clean
        self._links.connect_all([
            (dock.visibilityChanged, self._seen),
            (around.project.readProject, self._project_read),
            (around.project.cleared, self._project_cleared),
            (around.project.writeProject, self._project_written),
            (around.canvas.extentsChanged, self._view_changed),
            (around.canvas.destinationCrsChanged, self._view_changed),
            (around.store.changed, self._settings_changed),
        ])
        self._connect_mapping()
        self._connect_dock()
        self._connect_installer()
        self.models.failed.connect(self._told)
        self._restore(self._memory.state.load())
        if dock.isUserVisible():
            self._seen(True)

    def stop(self) -> None:
        """End what runs, and let go of everything in reverse."""
        self._links.release()
        self.models.stop()
        self.install.stop()
        self.preview.stop()
        self.mapping.stop()
        self.layers.stop()
        self._around.host.stop()

    def order(self) -> MapOrder:
        """What the dock says now, with the analyst's own settings."""
        return self._memory.order()

    def _connect_mapping(self) -> None:
        self._links.connect_all([
            (self.mapping.started, self._started),
            (self.mapping.progressed, self._dock.show_progress),
            (self.mapping.mapped, self._mapped),
            (self.mapping.failed, self._failed),
            (self.mapping.estimated, self._dock.show_estimate),
            (self.preview.previewed, self._previewed),
            (self.preview.reading, self._dock.show_preview_reading),
            (self.preview.failed, self._preview_failed),
        ])

    def _connect_dock(self) -> None:
        dock = self._dock
        self._links.connect_all([
            (dock.mapRequested, self._map),
            (dock.cancelRequested, self.mapping.cancel),
            (dock.previewToggled, self._preview_toggled),
            (dock.settingsChanged, self._model_settings_changed),
            (dock.rolesChanged, self._view_changed),
            (dock.rolesEdited, self._memory.save),
            (dock.modelChanged, self._model_settings_changed),
            (dock.modelChanged, self._model_changed),
            (dock.deviceChanged, self._network_changed),
            (dock.networkChanged, self._network_changed),
            (dock.outFolderChanged, self._memory.save_out_folder),
            (dock.copyDiagnosticsRequested, self._copy_diagnostics),
            (dock.helpRequested, self._around.openers.help),
            (dock.showLogRequested, self._around.openers.log),
            (dock.optionsRequested, self._around.openers.options),
            (dock.openFolderRequested, _open_folder),
        ])

    def _connect_installer(self) -> None:
        dock, install = self._dock, self.install
        self._links.connect_all([
            (dock.installRequested, lambda: install.install(dock.install_choice())),
            (dock.repairRequested, lambda: install.repair(dock.install_choice())),
            (dock.installChoiceChanged, lambda: install.check(dock.install_choice())),
            (dock.cancelInstallRequested, install.cancel),
            (dock.removeRunnerRequested, install.remove),
            (install.faceChanged, dock.show_runner_state),
            (install.progressed, dock.show_install_progress),
            (install.failed, self._install_failed),
            (install.ready, self._runner_ready),
        ])

    def _seen(self, visible: bool) -> None:
        """The dock is looked at for the first time: now the layers and the runner matter."""
        if not visible or self._awake:
            return
        self._awake = True
        self.layers.wake()
        self.models.wake()
        self.install.check()

    def _runner_ready(self) -> None:
        self._ready = True
        self._around.host.warm_up()
        self.models.runner_ready()
        self._view_changed()

    def _map(self) -> None:
        self._dock.set_previewing(False)
        self.preview.switch_off()
        order = self.order()
        self._memory.save_last_used(order)
        self.mapping.start(order)

    def _started(self) -> None:
        self._dock.show_running(True)

    def _mapped(self, result: MapResult, group: Any) -> None:
        self._dock.show_finished(result, self.mapping.speed())
        self._around.notifier.notes(in_order_of_weight(result.notes))
        if group is None:
            text = QCoreApplication.translate("Session", "The project was closed meanwhile. The result is in {folder}.")
            self._around.notifier.info(text.format(folder=result.out_dir))
            return
        say = self._around.notifier.success if result.outline_count else self._around.notifier.info
        say(result_text(result))
        self._view_changed()  # what was measured makes the next estimate better

    def _told(self, error: GlacierMapperError) -> None:
        """An error that is of the models, not of a run."""
        self._remember(error)
        self._around.notifier.error(error)

    def _failed(self, error: GlacierMapperError) -> None:
        self._remember(error)
        if not self.mapping.is_running:
            self._dock.show_error(error)
        self._around.notifier.error(error)

    def _preview_toggled(self, on: bool) -> None:
        if on:
            self._update_preview()
        else:
            self.preview.switch_off()
            self._dock.show_preview_info(None)

    def _update_preview(self) -> None:
        if self._dock.is_previewing() and not self.mapping.is_running:
            self._dock.show_preview_busy(True)
            self.preview.update(self.order())

    def _previewed(self, preview: Preview) -> None:
        self._dock.show_preview_busy(False)
        self._dock.show_preview_info(preview)

    def _preview_failed(self, error: GlacierMapperError) -> None:
        """The preview goes off, else every move of a slider would bring the same message again."""
        self._dock.show_preview_busy(False)
        self._dock.set_previewing(False)
        self.preview.switch_off()
        self._failed(error)

    def _view_changed(self, *_: object) -> None:
        """Other pixels: another estimate, another preview."""
        if not self._awake or self._memory.is_restoring:
            return
        self.models.show_region()
        self.layers.follow_view()
        order = self.order()
        if not self.layers.show_in_view(order.choices):
            self.mapping.forget_estimate()
            return
        if self._ready and order.choices:
            self.mapping.estimate(order)
        elif not order.choices:
            self._dock.show_estimate(None)
        self._update_preview()

    def _model_settings_changed(self, *_: object) -> None:
        self._memory.save()
        self._update_preview()

    def _model_changed(self, *_: object) -> None:
        """The preview is band-ratio's alone."""
        if self._dock.model() != BAND_RATIO.name and self._dock.is_previewing():
            self._dock.set_previewing(False)
            self._preview_toggled(False)
        self._network_changed()

    def _network_changed(self, *_: object) -> None:
        """What was estimated, or is being, for another model, device or tiling says nothing any more."""
        self._memory.save()
        self.mapping.forget_estimate()
        self._dock.show_estimate(None)
        self._view_changed()

    def _settings_changed(self, *_: object) -> None:
        """Other folders; a runner in another place is looked for there."""
        self._memory.show_folders()
        place = self._around.host.place
        if self._awake and place != self._place and not self.mapping.is_running:
            self.install.check()
        self._place = place

    def _install_failed(self, error: GlacierMapperError) -> None:
        self._remember(error)
        self._dock.show_install_error(error)
        if not isinstance(error, Cancelled):
            self._around.notifier.error(error)

    def _project_written(self, *_: object) -> None:
        if self._awake:
            self._memory.save_dock()
        self._memory.show_folders()

    def _project_read(self, *_: object) -> None:
        state = self._memory.state.load()
        self._restore(state)
        if state.dock_open:
            self._dock.setUserVisible(True)

    def _project_cleared(self) -> None:
        self._dock.set_previewing(False)
        self.preview.switch_off()
        self._dock.show_preview_info(None)
        self._dock.forget_result()
        self._restore(ProjectState())

    def _restore(self, state: ProjectState) -> None:
        self._memory.restore(state)
        self._view_changed()

    def _remember(self, error: GlacierMapperError) -> None:
        self._errors = [*self._errors, error][-KEPT_ERRORS:]

    def _copy_diagnostics(self) -> None:
        servers = len(self._around.store.load().servers)
        text = diagnostics_text(self._around.host, self._errors, self.models.know, servers)
        QApplication.clipboard().setText(text)
        self._around.notifier.info(QCoreApplication.translate("Session", "Diagnostics are in the clipboard."))


def _open_folder(folder: str) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(folder))))
