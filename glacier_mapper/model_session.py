"""The dock's models, devices and servers connected with the workflows that know them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qgis.core import QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, pyqtSignal

from .core.shelf import ModelShelf
from .gui.dock import GlacierMapperDock
from .links import Links
from .qgis_io.notify import Notifier
from .qgis_io.settings import SettingsStore
from .qgis_io.view import region_in_view
from .workflow.ask_server import AskServer
from .workflow.install_add_on import InstallAddOn
from .workflow.know_models import KnowModels
from .workflow.manage_models import ManageModels, ManagerSurroundings
from .workflow.runner_host import ModelFolders, RunnerHost
from .workflow.server_access import ServerDoors


@dataclass(frozen=True)
class Openers:
    """Windows that only the composition root can open."""

    options: Callable[[], None]
    log: Callable[[], None]
    help: Callable[[], None]


@dataclass(frozen=True)
class Surroundings:
    """What the session is given: the parts that belong to QGIS, and the plugin's own long-lived ones."""

    project: QgsProject
    canvas: QgsMapCanvas
    notifier: Notifier
    host: RunnerHost
    store: SettingsStore
    openers: Openers


class ModelSession(QObject):
    """Shows what there is, and opens the model manager. Until `wake` it looks at no folder."""

    failed = pyqtSignal(object)

    def __init__(self, around: Surroundings, dock: GlacierMapperDock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._around, self._dock = around, dock
        self.know = KnowModels(around.host.model_folders, around.host.runner, self)
        self.doors = ServerDoors(around.store.load)
        self.ask_server = AskServer(around.host.runner)
        self.add_on = InstallAddOn(around.host, dock.install_choice, self)
        self.manage = ManageModels(
            ManagerSurroundings(self.know, around.host.runner, self._make_dialog, self.add_on), self
        )
        self._links = Links()
        self._folders: ModelFolders = around.host.model_folders()
        self._awake = False

    def start(self) -> None:
        """Show what is known without looking, and connect."""
        dock = self._dock
        dock.show_models(self.know.shelf.infos())
        dock.show_servers(self._around.store.load().servers)
        self._links.connect_all([
            (self.know.listed, self._listed),
            (self.know.devicesFound, dock.show_devices),
            (self.manage.failed, self.failed.emit),
            (self.add_on.failed, self.failed.emit),
            (self._around.store.changed, self._settings_changed),
            (dock.modelsRequested, self._open_manager),
            (dock.serversRequested, self._around.openers.options),
        ])

    def wake(self) -> None:
        """The dock is looked at: look for packages."""
        self._awake = True
        self.know.refresh()

    def runner_ready(self) -> None:
        """The runner can be asked."""
        self.know.ask_runner()

    def show_region(self) -> None:
        """Tell the dock where the view lies."""
        self._dock.show_region(region_in_view(self._around.canvas.mapSettings(), self._around.project))

    def stop(self) -> None:
        """Let go of everything."""
        self._links.release()
        self.ask_server.stop()
        self.manage.stop()
        self.add_on.stop()
        self.know.stop()

    def _listed(self, shelf: ModelShelf) -> None:
        self._dock.show_models(shelf.infos(), shelf.cards())

    def _open_manager(self) -> None:
        self.show_region()
        self.manage.open()

    def _make_dialog(self) -> QObject:
        from .gui.models_dialog import ModelsDialog

        dialog = ModelsDialog(self._dock.window())
        panel = self._dock.map.model
        dialog.show_view(panel.roles(), panel.here())
        return dialog

    def _settings_changed(self, *_: object) -> None:
        """Other servers, another folder of models."""
        self._dock.show_servers(self._around.store.load().servers)
        folders = self._around.host.model_folders()
        if folders != self._folders:
            self._folders = folders
            if self._awake:
                self.know.refresh()


