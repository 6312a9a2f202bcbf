"""Composition root: builds, connects, and tears down in reverse. The only place that sees iface."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsProject, QgsSettings, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication, QLocale, Qt, QTranslator, QUrl
from qgis.PyQt.QtGui import QDesktopServices, QIcon
from qgis.PyQt.QtWidgets import QAction

from .links import Links
from .processing.provider import GlacierMapperProvider
from .qgis_io.notify import LogHandler, Notifier, open_log_panel
from .qgis_io.paths import resource, translation_file
from .qgis_io.settings import SettingsStore
from .workflow.offer_processing import map_services
from .workflow.runner_host import RunnerHost

MENU = "&Glacier Mapper"
LOGGER = "glacier_mapper"


class GlacierMapperPlugin:
    """What QGIS loads. Without iface (`qgis_process`) only the Processing provider is made."""

    def __init__(self, iface: Any) -> None:
        self._iface = iface
        self._store = SettingsStore()
        self._host = RunnerHost(self._store.load)
        self._links = Links()
        self._translator: QTranslator | None = None
        self._provider: GlacierMapperProvider | None = None
        self._log_handler: LogHandler | None = None
        self._actions: list[QAction] = []
        self._desktop: Desktop | None = None
        self.dock: Any = None
        self.session: Any = None

    def initProcessing(self) -> None:
        """Called instead of initGui when there is no desktop."""
        self._install_translator()
        self._provider = GlacierMapperProvider(map_services(self._host.runner, self._store.load))
        QgsApplication.processingRegistry().addProvider(self._provider)
        self._links.connect(QgsApplication.instance().aboutToQuit, self._host.stop)

    def initGui(self) -> None:
        """Called when the plugin is enabled, and at QGIS's start. Quick: nothing is looked for or started."""
        self.initProcessing()
        self._log_handler = LogHandler()
        logging.getLogger(LOGGER).addHandler(self._log_handler)
        self._desktop = Desktop(self._iface, self._store, self._host)
        self.dock, self.session = self._desktop.dock, self._desktop.session
        self._desktop.start()
        self._add_actions()

    def unload(self) -> None:
        """Take everything back, in reverse order."""
        self._remove_actions()
        if self._desktop is not None:
            self._desktop.stop()
            self._desktop = self.dock = self.session = None
        if self._log_handler is not None:
            logging.getLogger(LOGGER).removeHandler(self._log_handler)
            self._log_handler = None
        self._links.release()
        self._host.stop()
        if self._provider is not None:
            QgsApplication.processingRegistry().removeProvider(self._provider)
            self._provider = None
        if self._translator is not None:
            QCoreApplication.removeTranslator(self._translator)
            self._translator = None

    def _install_translator(self) -> None:
        """The translation for QGIS's own language setting, where there is one."""
        settings = QgsSettings()
        overridden = settings.value("locale/overrideFlag", False, type=bool)
        locale = settings.value("locale/userLocale", "") if overridden else QLocale.system().name()
        path = translation_file(str(locale or "en"))
        if path:
            self._translator = QTranslator()
            self._translator.load(path)
            QCoreApplication.installTranslator(self._translator)

    def _add_actions(self) -> None:
        window = self._iface.mainWindow()
        icon = QIcon(resource("icons/glacier_mapper.svg"))
        panel = QAction(icon, QCoreApplication.translate("Plugin", "Glacier Mapper panel"), window)
        panel.setObjectName("glacierMapperPanel")
        panel.setToolTip(QCoreApplication.translate("Plugin", "Show the panel that maps glaciers in view"))
        panel.setCheckable(True)
        panel.setChecked(self.dock.isUserVisible())
        self._links.connect(panel.triggered, self.dock.setUserVisible)
        self._links.connect(self.dock.visibilityChanged, panel.setChecked)
        export = QAction(QCoreApplication.translate("Plugin", "Export glacier outlines…"), window)
        export.setObjectName("glacierMapperExport")
        self._links.connect(export.triggered, self._desktop.open_export)
        self._actions = [panel, export]
        self._iface.addToolBarIcon(panel)
        for action in self._actions:
            self._iface.addPluginToRasterMenu(MENU, action)

    def _remove_actions(self) -> None:
        for action in reversed(self._actions):
            self._iface.removePluginRasterMenu(MENU, action)
            self._iface.removeToolBarIcon(action)
            action.deleteLater()
        self._actions = []


class Desktop:
    """All that exists only in the QGIS desktop: dock, session, review, export, options page."""

    def __init__(self, iface: Any, store: SettingsStore, host: RunnerHost) -> None:
        from .gui.dock import GlacierMapperDock
        from .session import MappingSession, Surroundings

        self._iface, self._store, self._host = iface, store, host
        window = iface.mainWindow()
        self.notifier = Notifier(iface.messageBar(), self._open_log)
        self.dock = GlacierMapperDock(window)
        around = Surroundings(
            project=QgsProject.instance(),
            canvas=iface.mapCanvas(),
            notifier=self.notifier,
            host=host,
            store=store,
            open_options=self._open_options,
            open_log=self._open_log,
            open_help=_open_help,
        )
        self.session = MappingSession(around, self.dock)

    def start(self) -> None:
        """Add the dock, hidden until it is asked for, and connect."""
        self._iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.dock.hide()
        self.session.start()

    def stop(self) -> None:
        """Take the dock away and end what runs."""
        self.session.stop()
        self._iface.removeDockWidget(self.dock)
        self.dock.deleteLater()

    def open_export(self) -> None:
        """Show the export dialog."""

    def _open_options(self) -> None:
        self._iface.showOptionsDialog(self._iface.mainWindow(), "GlacierMapperOptions")

    def _open_log(self) -> None:
        open_log_panel(self._iface.mainWindow())


def _open_help() -> None:
    """The manual that lies with the plugin."""
    path = Path(resource("help/index.html"))
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def edit_vertices(iface: Any, layer: QgsVectorLayer) -> None:
    """QGIS's own vertex tool on `layer`."""
    iface.setActiveLayer(layer)
    iface.actionVertexToolActiveLayer().trigger()
