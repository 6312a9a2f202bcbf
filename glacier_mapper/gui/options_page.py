"""The page of Glacier Mapper in QGIS's own options dialog."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from qgis.gui import QgsFileWidget, QgsOptionsPageWidget, QgsOptionsWidgetFactory
from qgis.PyQt.QtCore import QCoreApplication, Qt, QTimer
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QFormLayout, QGroupBox, QLineEdit, QPushButton, QSpinBox, QWidget

from ..core.settings import MAX_MEMORY_MB, MAX_THREADS, Settings
from . import texts
from .icons import plugin_icon
from .parts import GAP, column, row
from .server_dialog import AskServer
from .servers_box import ServersBox
from .widgets import WrapLabel, small, whole_box

PAGE_NAME = "GlacierMapperOptions"
"""For `iface.showOptionsDialog(currentPage=...)`."""
SURE_MS = 4000


@dataclass(frozen=True)
class OptionsHooks:
    """What the page asks of the plugin.

    `runner_size_mb` gives the size of the runner's environment on disk in MB (10^6 bytes), None when there is
    none; `remove_runner` removes it. The default folders are named where the setting is empty. `ask_server(server,
    answer)` tests a connection. `login_name` signs outlines where no analyst is named.
    """

    load: Callable[[], Settings]
    save: Callable[[Settings], None]
    remove_runner: Callable[[], None]
    runner_size_mb: Callable[[], float | None]
    default_runner_folder: str = ""
    default_models_folder: str = ""
    ask_server: AskServer = lambda server, answer: None
    login_name: str = ""


class OptionsPageFactory(QgsOptionsWidgetFactory):
    """Register with `iface.registerOptionsWidgetFactory`, keep a reference, unregister at unload."""

    def __init__(self, hooks: OptionsHooks) -> None:
        super().__init__()
        self._hooks = hooks
        self.setTitle(QCoreApplication.translate("OptionsPage", "Glacier Mapper"))

    def icon(self) -> QIcon:
        """Beside the title in the list of pages."""
        return plugin_icon()

    def createWidget(self, parent: QWidget | None = None) -> QgsOptionsPageWidget:
        """Called by QGIS whenever the dialog opens."""
        return OptionsPage(self._hooks, parent)


class OptionsPage(QgsOptionsPageWidget):
    """Shows `Settings`, and saves them when the dialog is accepted."""

    def __init__(self, hooks: OptionsHooks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(PAGE_NAME)
        self._hooks = hooks
        layout = column(self, gap=10)
        layout.addWidget(self._analyst_box())
        layout.addWidget(self._computing_box())
        layout.addWidget(self._models_box())
        layout.addWidget(self._runner_box())
        layout.addStretch(1)
        self._sure = QTimer(self)
        self._sure.setSingleShot(True)
        self._sure.setInterval(SURE_MS)
        self._sure.timeout.connect(self._show_size)
        self.show_settings(hooks.load())
        self._show_size()
        self._order_focus()

    def _analyst_box(self) -> QGroupBox:
        self.analyst = QLineEdit(self)
        self.analyst.setAccessibleName(self.tr("Analyst's name"))
        login = self._hooks.login_name
        self.analyst.setPlaceholderText(self.tr("{name} (the login name)").format(name=login) if login else "")
        self.analyst.setToolTip(self.tr("Name or initials, written to each outline; the login name where it is empty"))
        self.out_folder = _folder_widget(self, self.tr("Folder for the results"))
        self.out_folder.lineEdit().setPlaceholderText(self.tr("beside the project"))
        box, form = self._box(self.tr("Analyst and results"))
        form.addRow(self.tr("&Analyst's name"), self.analyst)
        form.addRow(self.tr("&Results in"), self.out_folder)
        return box

    def _computing_box(self) -> QGroupBox:
        self.threads: QSpinBox = whole_box(self, 0, MAX_THREADS, self.tr("Threads"))
        self.threads.setSpecialValueText(self.tr("automatic"))
        self.threads.setToolTip(self.tr("How many processor threads a mapping may use."))
        self.memory: QSpinBox = whole_box(self, 0, MAX_MEMORY_MB, self.tr("Memory limit"))
        self.memory.setSpecialValueText(self.tr("automatic"))
        self.memory.setSuffix(self.tr(" MB"))
        self.memory.setSingleStep(256)
        self.memory.setToolTip(self.tr("Large views are computed in strips that fit into this much memory."))
        box, form = self._box(self.tr("Computing"))
        form.addRow(self.tr("&Threads"), self.threads)
        form.addRow(self.tr("&Memory limit"), self.memory)
        return box

    def _models_box(self) -> QGroupBox:
        self.models_folder = _folder_widget(self, self.tr("Folder of the model packages"))
        self.models_folder.lineEdit().setPlaceholderText(self._hooks.default_models_folder)
        self.servers = ServersBox(self._hooks.ask_server, self)
        box, form = self._box(self.tr("Models and model servers"))
        form.addRow(self.tr("Model packa&ges in"), self.models_folder)
        form.addRow(self.tr("Model servers"), self.servers)
        return box

    def _runner_box(self) -> QGroupBox:
        self.runner_folder = _folder_widget(self, self.tr("Folder of the model runner"))
        self.runner_folder.lineEdit().setPlaceholderText(self._hooks.default_runner_folder)
        self.wheel_folder = _folder_widget(self, self.tr("Folder with downloaded packages"))
        self.wheel_folder.lineEdit().setPlaceholderText(self.tr("from the network"))
        self.remove = QPushButton(self)
        self.remove.setObjectName("removeRunner")
        self.remove.clicked.connect(self._on_remove)
        box, form = self._box(self.tr("Model runner"))
        form.addRow(self.tr("&Folder"), self.runner_folder)
        form.addRow(self.tr("&Packages (offline)"), self.wheel_folder)
        line = row()
        line.addWidget(self.remove)
        line.addStretch(1)
        form.addRow("", line)
        note = small(WrapLabel(self))
        note.setText(
            self.tr("The model runner has a Python environment of its own. Removing it touches no result.")
        )
        form.addRow("", note)
        return box

    def _box(self, title: str) -> tuple[QGroupBox, QFormLayout]:
        box = QGroupBox(title, self)
        form = QFormLayout(box)
        form.setSpacing(GAP)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        return box, form

    def _order_focus(self) -> None:
        chain = [
            *(self.analyst, self.out_folder.lineEdit(), self.threads, self.memory, self.models_folder.lineEdit()),
            *(self.servers.list, self.servers.add, self.servers.change, self.servers.remove),
            *(self.runner_folder.lineEdit(), self.wheel_folder.lineEdit(), self.remove),
        ]
        for one, following in zip(chain, chain[1:]):
            QWidget.setTabOrder(one, following)

    def show_settings(self, settings: Settings) -> None:
        """Show values."""
        self._shown = settings
        self.analyst.setText(settings.analyst)
        self.out_folder.setFilePath(settings.out_folder)
        self.threads.setValue(settings.threads)
        self.memory.setValue(settings.memory_limit_mb)
        self.models_folder.setFilePath(settings.models_folder)
        self.servers.show_servers(settings.servers)
        self.runner_folder.setFilePath(settings.runner_folder)
        self.wheel_folder.setFilePath(settings.wheel_folder)

    def settings(self) -> Settings:
        """What was shown, with what was changed on the page."""
        return replace(
            self._shown,
            analyst=self.analyst.text().strip(),
            out_folder=self.out_folder.filePath().strip(),
            threads=self.threads.value(),
            memory_limit_mb=self.memory.value(),
            models_folder=self.models_folder.filePath().strip(),
            servers=self.servers.servers(),
            runner_folder=self.runner_folder.filePath().strip(),
            wheel_folder=self.wheel_folder.filePath().strip(),
        )

    def apply(self) -> None:
        """Called by QGIS on OK."""
        self._hooks.save(self.settings())

    def _show_size(self) -> None:
        size_mb = self._hooks.runner_size_mb()
        self.remove.setEnabled(size_mb is not None)
        if size_mb is None:
            self.remove.setText(self.tr("The model runner is not installed"))
        else:
            self.remove.setText(self.tr("Remove model runner ({size})").format(size=texts.megabytes(size_mb)))

    def _on_remove(self) -> None:
        """The first click asks, a second one within a few seconds removes."""
        if not self._sure.isActive():
            self.remove.setText(self.tr("Click again to remove it"))
            self._sure.start()
            return
        self._sure.stop()
        self._hooks.remove_runner()
        self._show_size()


def _folder_widget(parent: QWidget, name: str) -> QgsFileWidget:
    widget = QgsFileWidget(parent)
    widget.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
    widget.setDialogTitle(name)
    widget.lineEdit().setAccessibleName(name)
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    widget.setFocusProxy(widget.lineEdit())
    return widget
