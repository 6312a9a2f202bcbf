"""The Glacier Mapper panel: pages Map and Review. Signals out, `show_*` in; it does no work of its own."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.gui import QgsDockWidget
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QWidget

from ..core.choice import BandChoice
from ..core.errors import GlacierMapperError
from ..core.guess import BandDescription, RoleGuess
from ..core.messages import Message
from ..core.models import ModelInfo
from ..core.progress import Progress
from ..core.request import BandRatioSettings, OutlineSettings
from ..core.result import Estimate, MapResult, Preview
from ..core.runner_face import InstallChoice, InstallProgress, RunnerFace


class GlacierMapperDock(QgsDockWidget):
    """The panel. All calls come from and all signals go to the GUI thread; none of them blocks."""

    mapRequested = pyqtSignal()
    cancelRequested = pyqtSignal()
    previewToggled = pyqtSignal(bool)
    settingsChanged = pyqtSignal()  # band_ratio() or outlines() differ; at every move of a slider
    rolesChanged = pyqtSignal()  # by hand or by guess: chosen_roles() differ
    rolesEdited = pyqtSignal()  # by hand only
    refreshRolesRequested = pyqtSignal()  # answer with show_bands
    modelChanged = pyqtSignal(str)
    outFolderChanged = pyqtSignal(str)
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

    review: QWidget

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("GlacierMapperDock")

    def show_bands(self, bands: Sequence[BandDescription], guesses: Sequence[RoleGuess]) -> None:
        """Offer these bands for every role. Roles set by hand stay while their band is there, others follow the guess."""
        raise NotImplementedError

    def chosen_roles(self) -> tuple[BandChoice, ...]:
        """The band of each role that has one."""
        raise NotImplementedError

    def set_chosen_roles(self, choices: Sequence[BandChoice]) -> None:
        """Set the roles as saved with a project; they count as set by hand, and roles left out as not used."""
        raise NotImplementedError

    def forget_chosen_roles(self) -> None:
        """No role counts as set by hand any more: the next `show_bands` follows the guesses."""
        raise NotImplementedError

    def roles_were_edited(self) -> bool:
        """Whether any role was set by hand (or by `set_chosen_roles`)."""
        raise NotImplementedError

    def show_models(self, models: Sequence[ModelInfo]) -> None:
        """Offer these models; the current one stays current where it is among them."""
        raise NotImplementedError

    def model(self) -> str:
        """The name of the model chosen, "" without any."""
        raise NotImplementedError

    def set_model(self, name: str) -> None:
        """Choose a model; an unknown name changes nothing."""
        raise NotImplementedError

    def band_ratio(self) -> BandRatioSettings:
        """The settings of the band-ratio model as they stand."""
        raise NotImplementedError

    def set_band_ratio(self, settings: BandRatioSettings) -> None:
        """Show these settings, without a signal."""
        raise NotImplementedError

    def outlines(self) -> OutlineSettings:
        """The settings of the outlines as they stand."""
        raise NotImplementedError

    def set_outlines(self, settings: OutlineSettings) -> None:
        """Show these settings, without a signal."""
        raise NotImplementedError

    def out_folder(self) -> str:
        """Where results go, "" for the default."""
        raise NotImplementedError

    def set_out_folder(self, folder: str, default: str = "") -> None:
        """Show the folder; `default` is named where `folder` is empty. No signal."""
        raise NotImplementedError

    def show_missing(self, message: Message | None) -> None:
        """Say what stands in the way of a run (the button is off while it does), None for nothing.

        What the chosen model lacks among the chosen roles is said by the dock itself.
        """
        raise NotImplementedError

    def show_estimate(self, estimate: Estimate | None) -> None:
        """Say which device will run, how long and how large; None while unknown."""
        raise NotImplementedError

    def show_running(self, running: bool) -> None:
        """Show progress and Cancel, or the button again."""
        raise NotImplementedError

    def show_progress(self, progress: Progress) -> None:
        """Stage, tiles done, time left."""
        raise NotImplementedError

    def show_finished(self, result: MapResult) -> None:
        """The result in one line; ends the running state."""
        raise NotImplementedError

    def show_error(self, error: GlacierMapperError) -> None:
        """What happened and the remedy, in the panel (the message bar is another's); ends the running state."""
        raise NotImplementedError

    def is_previewing(self) -> bool:
        """Whether Live preview is on."""
        raise NotImplementedError

    def set_previewing(self, on: bool) -> None:
        """Switch Live preview, without a signal."""
        raise NotImplementedError

    def show_preview_busy(self, busy: bool) -> None:
        """A new preview is on its way; what is shown is the previous one."""
        raise NotImplementedError

    def show_preview_info(self, preview: Preview | None) -> None:
        """Histogram, the index and the threshold used; None takes them away."""
        raise NotImplementedError

    def show_runner_state(self, face: RunnerFace) -> None:
        """The card on top: install, repair, or nothing when the runner is ready."""
        raise NotImplementedError

    def install_choice(self) -> InstallChoice:
        """How the analyst wants the runner installed."""
        raise NotImplementedError

    def set_wheel_folder(self, folder: str) -> None:
        """Show the offline wheel folder from the settings, without a signal."""
        raise NotImplementedError

    def show_install_progress(self, progress: InstallProgress) -> None:
        """How far the installation is."""
        raise NotImplementedError

    def show_install_error(self, error: GlacierMapperError) -> None:
        """Why the installation failed, with Retry; a cancel is told calmly."""
        raise NotImplementedError

    def show_map_page(self) -> None:
        """Bring the Map page to the front."""
        raise NotImplementedError

    def show_review_page(self) -> None:
        """Bring the Review page to the front."""
        raise NotImplementedError
