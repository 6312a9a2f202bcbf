"""Know which models and devices there are: packages from the disk, before any runner; devices from the runner."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from qgis.PyQt.QtCore import QCoreApplication, QObject, pyqtSignal

from ..core.devices import Device
from ..core.errors import GlacierMapperError
from ..core.model_card import ModelCard
from ..core.models import BUILT_IN, ModelInfo
from ..core.package_folder import survey
from ..core.protocol import Method
from ..core.shelf import ModelShelf, Shelved
from ..qgis_io.task import BackgroundTask, run_in_background
from ..runner_client.runner import Runner
from .runner_host import ModelFolders

TIMEOUT_S = 60.0
LOG = logging.getLogger("glacier_mapper")


def look(folders: ModelFolders, built_in: tuple[ModelInfo, ...] = BUILT_IN) -> ModelShelf:
    """What lies in the folders; in a thread. Never raises for a package: what is wrong with it is listed."""
    packages = [
        _shelved(folder, found, removable=place == folders.home)
        for place in folders.places
        for folder, found in survey(place)
    ]
    return ModelShelf(folders.home, tuple(packages), built_in)


def _shelved(folder: Path, found: ModelCard | GlacierMapperError, removable: bool) -> Shelved:
    if isinstance(found, ModelCard):
        return Shelved(folder, card=found, removable=removable)
    return Shelved(folder, error=found, removable=removable)


class KnowModels(QObject):
    """Looks when asked, in the background, and tells. Failures of the runner are for the log: a run will tell them."""

    listed = pyqtSignal(object)
    """A ModelShelf."""
    devicesFound = pyqtSignal(object)  # noqa: N815 (Qt's way): a list of Device

    def __init__(
        self, folders: Callable[[], ModelFolders], runner: Callable[[], Runner], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._folders, self._runner = folders, runner
        self._looking: BackgroundTask | None = None
        self._asking: BackgroundTask | None = None
        self._again = False
        self._built_in: tuple[ModelInfo, ...] = BUILT_IN
        self.shelf = ModelShelf(folders().home)
        self.devices: list[Device] = []

    def refresh(self) -> None:
        """Look at the folders; a call while one is looking makes it look once more."""
        if self._looking is not None:
            self._again = True
            return
        folders, built_in = self._folders(), self._built_in
        title = QCoreApplication.translate("KnowModels", "Looking for models")
        self._looking = run_in_background(title, lambda _: look(folders, built_in), self._looked, self._not_looked)

    def ask_runner(self) -> None:
        """Ask the runner for its devices and for built-in models that only it knows."""
        if self._asking is not None:
            return
        try:
            runner = self._runner()
        except GlacierMapperError:
            return
        title = QCoreApplication.translate("KnowModels", "Looking for devices")
        self._asking = run_in_background(title, lambda task: _ask(runner, task), self._answered, self._not_answered)

    def stop(self) -> None:
        """Answer nobody any more."""
        for task in (self._looking, self._asking):
            if task is not None:
                task.detach()
                task.cancel()
        self._looking = self._asking = None

    def _looked(self, shelf: ModelShelf) -> None:
        self._looking, self.shelf = None, shelf
        self.listed.emit(shelf)
        self._look_again()

    def _not_looked(self, error: GlacierMapperError) -> None:
        self._looking = None
        LOG.warning("models can't be listed: %s", error)
        self._look_again()

    def _look_again(self) -> None:
        if self._again:
            self._again = False
            self.refresh()

    def _answered(self, found: tuple[list[ModelInfo], list[Device]]) -> None:
        self._asking = None
        infos, self.devices = found
        ours = {info.name for info in BUILT_IN} | set(self.shelf.cards())
        extra = tuple(info for info in infos if info.name not in ours)
        self.devicesFound.emit(self.devices)
        if (*BUILT_IN, *extra) != self._built_in:
            self._built_in = (*BUILT_IN, *extra)
            self.refresh()

    def _not_answered(self, error: GlacierMapperError) -> None:
        self._asking = None
        LOG.info("the runner told no devices: %s", error)


def _ask(runner: Runner, task: BackgroundTask) -> tuple[list[ModelInfo], list[Device]]:
    devices = runner.call(Method.DEVICES.value, {}, is_cancelled=task.is_cancelled, timeout_s=TIMEOUT_S)
    models = runner.call(Method.MODELS.value, {}, is_cancelled=task.is_cancelled, timeout_s=TIMEOUT_S)
    return [ModelInfo.from_json(one) for one in models], [Device.from_json(one) for one in devices]
