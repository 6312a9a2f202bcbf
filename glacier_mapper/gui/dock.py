"""The Glacier Mapper panel: pages Map and Review. Signals out, `show_*` in; it does no work of its own."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.gui import QgsDockWidget
from qgis.PyQt.QtCore import QEvent, Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import QShortcut, QTabWidget, QWidget

from ..core.choice import BandChoice
from ..core.errors import GlacierMapperError
from ..core.guess import BandDescription, RoleGuess
from ..core.messages import Message
from ..core.progress import Progress
from ..core.result import Estimate, MapResult, Preview
from ..core.runner_face import InstallChoice, InstallProgress, RunnerFace
from ..core.speed import Speed
from ..core.view_face import ViewFace
from .dock_model import ModelFace
from .foot import Foot
from .icons import plugin_icon
from .map_page import MapPage
from .parts import column
from .review_panel import ReviewPanel
from .widgets import THEME_EVENTS, follow_theme

MINIMUM_WIDTH = 300
"""Device-independent pixels; QGIS's own panels need as much."""


class GlacierMapperDock(ModelFace, QgsDockWidget):
    """The panel. All calls come from and all signals go to the GUI thread; none of them blocks."""

    mapRequested = pyqtSignal()
    cancelRequested = pyqtSignal()
    previewToggled = pyqtSignal(bool)
    settingsChanged = pyqtSignal()  # band_ratio() or outlines() differ; at every move of a slider
    networkChanged = pyqtSignal()  # network(), scaling() or wants_classes() differ
    rolesChanged = pyqtSignal()  # by hand or by guess: chosen_roles() differ
    rolesEdited = pyqtSignal()  # by hand only
    refreshRolesRequested = pyqtSignal()  # answer with show_bands
    modelChanged = pyqtSignal(str)
    modelsRequested = pyqtSignal()  # the model manager
    deviceChanged = pyqtSignal(str)
    serversRequested = pyqtSignal()  # the page where model servers are added
    outFolderChanged = pyqtSignal(str)
    sourceDateEdited = pyqtSignal(str)  # of the optical image, ISO 8601, "" for what the file says
    zoomToImageRequested = pyqtSignal()
    installRequested = pyqtSignal()  # also for Retry; install_choice() says how
    installChoiceChanged = pyqtSignal()  # answer with show_runner_state and a new plan
    cancelInstallRequested = pyqtSignal()
    repairRequested = pyqtSignal()
    removeRunnerRequested = pyqtSignal()
    copyDiagnosticsRequested = pyqtSignal()
    helpRequested = pyqtSignal()
    showLogRequested = pyqtSignal()
    optionsRequested = pyqtSignal()
    openFolderRequested = pyqtSignal(str)  # the result's folder

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("GlacierMapperDock")
        self.setWindowTitle(self.tr("Glacier Mapper"))
        self.setWindowIcon(plugin_icon())
        self.map = MapPage(self)
        self.review = ReviewPanel(self)
        self.foot = Foot(self)
        self.pages = QTabWidget(self)
        self.pages.setDocumentMode(True)
        self.pages.setAccessibleName(self.tr("Pages"))
        self.pages.addTab(self.map, self.tr("Map"))
        self.pages.addTab(self.review, self.tr("Review"))
        content = QWidget(self)
        layout = column(content, gap=0)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.foot)
        self.setWidget(content)
        self.setMinimumWidth(MINIMUM_WIDTH)
        self.escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        self.escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.escape.setEnabled(False)
        self.escape.activated.connect(self.map.run.cancel_run)
        self._connect_map()
        self._connect_foot()
        self._order_focus()

    def _connect_map(self) -> None:
        page = self.map
        page.run.mapRequested.connect(self.mapRequested)
        page.run.cancelRequested.connect(self.cancelRequested)
        page.run.zoomRequested.connect(self.zoomToImageRequested)
        page.roles.dateEdited.connect(self.sourceDateEdited)
        page.run.outFolderChanged.connect(self.outFolderChanged)
        page.run.openFolderRequested.connect(self.openFolderRequested)
        page.model.modelChanged.connect(self.modelChanged)
        page.model.modelsRequested.connect(self.modelsRequested)
        page.model.device.deviceChanged.connect(self.deviceChanged)
        page.model.device.serversRequested.connect(self.serversRequested)
        page.model.network.changed.connect(self.networkChanged)
        page.model.band_ratio.changed.connect(self.settingsChanged)
        page.model.band_ratio.previewToggled.connect(self.previewToggled)
        page.outlines.changed.connect(self.settingsChanged)
        page.roles.rolesChanged.connect(self.rolesChanged)
        page.roles.rolesEdited.connect(self.rolesEdited)
        page.roles.refreshRequested.connect(self.refreshRolesRequested)
        page.card.installRequested.connect(self.installRequested)
        page.card.repairRequested.connect(self.repairRequested)
        page.card.cancelRequested.connect(self.cancelInstallRequested)
        page.card.choiceChanged.connect(self.installChoiceChanged)

    def _connect_foot(self) -> None:
        self.foot.help.clicked.connect(self.helpRequested)
        self.foot.diagnostics.clicked.connect(self.copyDiagnosticsRequested)
        self.foot.options.clicked.connect(self.optionsRequested)
        self.foot.log.clicked.connect(self.showLogRequested)
        self.foot.repair.triggered.connect(self.repairRequested)
        self.foot.remove.triggered.connect(self.removeRunnerRequested)

    def _order_focus(self) -> None:
        chain = [self.pages.tabBar(), *self.map.focus_chain(), *self.foot.focus_chain()]
        for one, following in zip(chain, chain[1:]):
            QWidget.setTabOrder(one, following)

    def changeEvent(self, event: QEvent) -> None:
        """Hand a change of theme on: widgets with a style sheet of their own do not hear of it by themselves."""
        super().changeEvent(event)
        if event.type() in THEME_EVENTS:
            follow_theme(self)

    def _set_running(self, running: bool) -> None:
        self.escape.setEnabled(running)
        self.map.run.show_running(running)

    def show_bands(self, bands: Sequence[BandDescription], guesses: Sequence[RoleGuess]) -> None:
        """Offer these bands for every role.

        Roles set by hand stay while their band is there, others follow the guess.
        """
        self.map.roles.show_bands(bands, guesses)

    def chosen_roles(self) -> tuple[BandChoice, ...]:
        """The band of each role that has one."""
        return self.map.roles.choices.chosen()

    def set_chosen_roles(self, choices: Sequence[BandChoice]) -> None:
        """Set the roles as saved with a project; they count as set by hand, and roles left out as not used."""
        self.map.roles.set_chosen(choices)

    def forget_chosen_roles(self) -> None:
        """No role counts as set by hand any more: the next `show_bands` follows the guesses."""
        self.map.roles.forget()

    def roles_were_edited(self) -> bool:
        """Whether any role was set by hand (or by `set_chosen_roles`)."""
        return bool(self.map.roles.choices.by_hand)

    def out_folder(self) -> str:
        """Where results go, "" for the default."""
        return self.map.run.out_folder()

    def set_out_folder(self, folder: str, default: str = "") -> None:
        """Show the folder; `default` is named where `folder` is empty. No signal."""
        self.map.run.set_out_folder(folder, default)

    def show_missing(self, message: Message | None) -> None:
        """Say what stands in the way of a run (the button is off while it does), None for nothing.

        What the chosen model lacks among the chosen roles is said by the dock itself.
        """
        self.map.show_missing(message)

    def show_view(self, face: ViewFace) -> None:
        """Say where the view shows nothing of the chosen layers, and which layers of the view are left out."""
        self.map.show_view(face)

    def show_estimate(self, estimate: Estimate | None) -> None:
        """Say which device will run, how long and how large; None while unknown."""
        self.map.run.show_estimate(estimate)

    def show_running(self, running: bool) -> None:
        """Show progress and Cancel, or the button again."""
        self._set_running(running)

    def show_progress(self, progress: Progress) -> None:
        """Stage, tiles done, time left."""
        self.map.run.show_progress(progress)

    def show_finished(self, result: MapResult, speed: Speed | None = None) -> None:
        """The result in one line, with the speed measured; ends the running state."""
        self._set_running(False)
        self.map.run.show_finished(result, speed)

    def show_error(self, error: GlacierMapperError) -> None:
        """What happened and the remedy, in the panel (the message bar is another's); ends the running state."""
        self._set_running(False)
        self.map.run.show_error(error)

    def forget_result(self) -> None:
        """Take away what the last run said: another project is open."""
        self.map.run.forget_result()

    def is_previewing(self) -> bool:
        """Whether Live preview is on."""
        return self.map.model.band_ratio.preview.isChecked()

    def set_previewing(self, on: bool) -> None:
        """Switch Live preview, without a signal."""
        self.map.model.band_ratio.set_previewing(on)

    def show_preview_busy(self, busy: bool) -> None:
        """A new preview is on its way; what is shown is the previous one."""
        self.map.model.band_ratio.show_busy(busy)

    def show_preview_reading(self) -> None:
        """The first preview of a view: its files are being read."""
        self.map.model.band_ratio.show_reading()

    def show_preview_info(self, preview: Preview | None) -> None:
        """Histogram, the index and the threshold used; None takes them away."""
        self.map.model.band_ratio.show_preview(preview)

    def show_runner_state(self, face: RunnerFace) -> None:
        """The card on top: install, repair, or nothing when the runner is ready."""
        self.map.show_runner(face)
        self.foot.show_runner(face)

    def install_choice(self) -> InstallChoice:
        """How the analyst wants the runner installed."""
        return self.map.card.choice()

    def set_wheel_folder(self, folder: str) -> None:
        """Show the offline wheel folder from the settings, without a signal."""
        self.map.card.set_wheel_folder(folder)

    def show_install_progress(self, progress: InstallProgress) -> None:
        """How far the installation is."""
        self.map.card.show_progress(progress)

    def show_install_error(self, error: GlacierMapperError) -> None:
        """Why the installation failed, with Retry; a cancel is told calmly."""
        self.map.card.show_error(error)

    def show_map_page(self) -> None:
        """Bring the Map page to the front."""
        self.pages.setCurrentWidget(self.map)

    def show_review_page(self) -> None:
        """Bring the Review page to the front."""
        self.pages.setCurrentWidget(self.review)
