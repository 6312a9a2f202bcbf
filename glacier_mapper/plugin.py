"""Composition root: builds, connects, and tears down in reverse. The only place that sees iface."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsFeature, QgsLayerTreeGroup, QgsProject, QgsSettings, QgsVectorLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, QLocale, Qt, QTimer, QTranslator, QUrl
from qgis.PyQt.QtGui import QDesktopServices, QIcon
from qgis.PyQt.QtWidgets import QAction

from .core.outline_fields import OUTLINES_LAYER
from .core.result import MapResult
from .links import Links
from .processing.provider import GlacierMapperProvider
from .qgis_io.analyst import login_name
from .qgis_io.layers import product_layer
from .qgis_io.notify import LogHandler, Notifier, open_log_panel
from .qgis_io.paths import models_folder, resource, runner_folder, translation_file
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
    """All that exists only in the QGIS desktop: dock, session, editing, review, export, options page."""

    def __init__(self, iface: Any, store: SettingsStore, host: RunnerHost) -> None:
        from .gui.dock import GlacierMapperDock
        from .model_session import Openers, Surroundings
        from .session import MappingSession

        self._iface, self._store, self._host = iface, store, host
        self._links = Links()
        self._options: Any = None
        project, canvas = QgsProject.instance(), iface.mapCanvas()
        self._notifier = notifier = Notifier(iface.messageBar(), self._open_log)
        self.dock = GlacierMapperDock(iface.mainWindow())
        around = Surroundings(
            project, canvas, notifier, host, store, Openers(self._open_options, self._open_log, _open_help)
        )
        self.session = MappingSession(around, self.dock)
        self._build_review(project, canvas, notifier)

    def start(self) -> None:
        """Add the dock, hidden until it is asked for, and connect."""
        self._iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.dock.hide()
        self.session.start()
        self._editing.start()
        self._review.start()
        self._links.connect(self.dock.review.exportRequested, self.open_export)
        self._links.connect(self.session.mapping.mapped, self._open_outlines)
        self._links.connect_all([
            (self.dock.review.teachRequested, self.teaching.open),
            (self.dock.modelChanged, self.teaching.note_change),
            (self.dock.rolesChanged, self.teaching.note_change),
            (self._iface.mapCanvas().extentsChanged, self.teaching.note_change),
            (self._editing.changed, self.teaching.note_edit),
            (self._editing.watchedChanged, self.teaching.note_edit),
            (self.teaching.failed, self._notifier.error),
        ])
        self._links.connect(self._iface.messageBar().widgetAdded, self._notifier.drop_echoes)
        self._add_options()

    def stop(self) -> None:
        """End what runs and take everything away, in reverse."""
        self._iface.unregisterOptionsWidgetFactory(self._options)
        self._options = None
        self._links.release()
        self.teaching.stop()
        self._export.stop()
        self._review.stop()
        self._editing.stop()
        self.session.stop()
        self._iface.removeDockWidget(self.dock)
        self.dock.deleteLater()

    def open_export(self, *_: object) -> None:
        """Show the export dialog."""
        self._export.open()

    def _build_review(self, project: QgsProject, canvas: QgsMapCanvas, notifier: Notifier) -> None:
        from .gui.export_dialog import ExportDialog
        from .gui.teach_dialog import TeachDialog
        from .qgis_io.bar_actions import BarActions
        from .qgis_io.outline_zoom import zoom_to_fids
        from .workflow.edit_outline import OutlineEditing
        from .workflow.export_outlines import ExportOutlines
        from .workflow.review_outlines import ReviewHooks, ReviewOutlines
        from .workflow.teach_model import TeachModel
        from .workflow.teach_run import TeachSurroundings

        bar = BarActions(self._iface.messageBar(), canvas, notifier)
        window = self._iface.mainWindow()
        hooks = ReviewHooks(
            edit_vertices=self._edit_vertices,
            open_form=self._open_form,
            show_error=notifier.error,
            activate=self._iface.setActiveLayer,
        )
        self._editing = OutlineEditing(project, lambda: self._store.load().analyst, bar)
        self._review = ReviewOutlines(project, canvas, self.dock.review, self._editing, hooks)
        self._export = ExportOutlines(canvas, self._editing, lambda: ExportDialog(window), bar, project)
        models, store = self.session.models, self._store
        self.teaching = TeachModel(TeachSurroundings(
            project, canvas.mapSettings, self._host.runner, self.session.order, self._review.verdicts, models.know,
            models.add_on, lambda: TeachDialog(window), self.dock.set_model, notifier.success,
            lambda layer, fids: zoom_to_fids(canvas, layer, fids), store.load, store.save,
        ), self.session)  # fmt: skip

    def _add_options(self) -> None:
        from .gui.options_page import OptionsHooks, OptionsPageFactory

        hooks = OptionsHooks(
            load=self._store.load,
            save=self._store.save,
            remove_runner=self.session.install.remove,
            runner_size_mb=self._host.size_mb,
            default_runner_folder=str(runner_folder()),
            default_models_folder=str(models_folder()),
            login_name=login_name(),
            ask_server=self.session.models.ask_server.ask,
        )
        self._options = OptionsPageFactory(hooks)
        self._iface.registerOptionsWidgetFactory(self._options)

    def _open_outlines(self, _: MapResult, group: QgsLayerTreeGroup | None) -> None:
        """New outlines are ready to edit, and QGIS's editing tools work on them; each in a turn of its own."""
        layer = product_layer(group, OUTLINES_LAYER) if group is not None else None
        if layer is not None:
            QTimer.singleShot(0, lambda: self._activate(layer))

    def _activate(self, layer: QgsVectorLayer) -> None:
        if not sip.isdeleted(layer):
            self._iface.setActiveLayer(layer)
            QTimer.singleShot(0, lambda: None if sip.isdeleted(layer) else layer.startEditing())

    def _edit_vertices(self, layer: QgsVectorLayer) -> None:
        """QGIS's own vertex tool on `layer`."""
        self._iface.setActiveLayer(layer)
        self._iface.actionVertexToolActiveLayer().trigger()

    def _open_form(self, layer: QgsVectorLayer, feature: QgsFeature) -> None:
        """QGIS's own attribute form, which lets the map be used meanwhile."""
        self._iface.openFeatureForm(layer, feature, False, False)

    def _open_options(self) -> None:
        self._iface.showOptionsDialog(self._iface.mainWindow(), "GlacierMapperOptions")

    def _open_log(self, *_: object) -> None:
        open_log_panel(self._iface.mainWindow())


def _open_help() -> None:
    """The manual that lies with the plugin."""
    path = Path(resource("help/index.html"))
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
