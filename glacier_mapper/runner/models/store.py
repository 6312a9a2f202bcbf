"""The model packages that are installed on this machine.

Looked for in the folders of the environment variable GLACIER_MAPPER_MODELS, in its order (the plugin puts the user's
folder of models there), then in the plugin's own `resources/models`. Of packages of one name the first one counts.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import NamedTuple

from ...core.errors import GlacierMapperError, InvalidParameterError, UnknownModelError
from ...core.messages import QT_TRANSLATE_NOOP, Message
from ...core.model_card import ModelCard
from ...core.models import BUILT_IN, ModelInfo
from ...core.package_files import CARD_FILE
from ...core.package_folder import survey
from ...core.package_names import NO_PACKAGES
from .package import Package, open_package

log = logging.getLogger(__name__)

MODELS_VARIABLE = "GLACIER_MAPPER_MODELS"
PLUGIN = Path(__file__).resolve().parents[2]


class Store(NamedTuple):
    """What is installed: packages by name, and what the user should know of those that are not among them."""

    packages: dict[str, Package]
    notes: list[Message]


def model_folders() -> list[Path]:
    """The folders that are searched, each once; they need not exist."""
    listed = [Path(part) for part in os.environ.get(MODELS_VARIABLE, "").split(os.pathsep) if part]
    own = [PLUGIN / "resources" / "models", PLUGIN.parent / "resources" / "models"]
    return list(dict.fromkeys(Path(os.path.abspath(folder)) for folder in [*listed, *own]))


def read_store() -> Store:
    """Look through all folders. The networks' sizes are checked; their checksums where a package is opened."""
    packages: dict[str, Package] = {}
    notes: list[Message] = []
    for folder, found in (entry for home in model_folders() for entry in survey(home)):
        if not isinstance(found, ModelCard):
            notes.append(_broken(folder, found))
        elif found.name in NO_PACKAGES:
            notes.append(_built_in(folder, found))
        elif found.name in packages:
            notes.append(_hidden(folder, found, packages[found.name]))
        else:
            packages[found.name] = Package(folder, found)
    return Store(packages, notes)


def _broken(folder: Path, error: GlacierMapperError) -> Message:
    text = QT_TRANSLATE_NOOP("models", "The package in {folder} was left out. {reason}")
    return Message(text, {"folder": str(folder), "reason": str(error)})


def _built_in(folder: Path, card: ModelCard) -> Message:
    text = QT_TRANSLATE_NOOP("models", "The package in {folder} was left out: “{name}” is a built-in model.")
    return Message(text, {"folder": str(folder), "name": card.name})


def _hidden(folder: Path, card: ModelCard, winner: Package) -> Message:
    text = QT_TRANSLATE_NOOP("models", "“{name}” is installed twice: {used} is used, {hidden} is not.")
    return Message(text, {"name": card.name, "used": str(winner.folder), "hidden": str(folder)})


def installed() -> list[Package]:
    """Every installed package, by name; cards and sizes are checked, checksums are not yet.

    Broken and doubled packages are left out and named in the log.
    """
    packages, notes = read_store()
    for note in notes:
        log.warning("%s", note)
    return [packages[name] for name in sorted(packages)]


def installed_infos() -> tuple[list[ModelInfo], list[Message]]:
    """The installed packages as lists show them, and notes on broken and doubled ones."""
    packages, notes = read_store()
    return [packages[name].card.info() for name in sorted(packages)], notes


def find_package(name_or_folder: str) -> Package:
    """The package of that name or in that folder, verified. A bare word is a name first, then a folder.

    Raises UnknownModelError, InvalidParameterError for a model that is built in, MissingFileError, InvalidPackageError,
    PackageVersionError, ChecksumError, UncheckedPrecisionError.
    """
    folder = Path(name_or_folder).expanduser()
    if len(folder.parts) != 1 or name_or_folder != folder.name:
        return open_package(folder)
    store = read_store()
    if name_or_folder in store.packages:
        return open_package(store.packages[name_or_folder].folder)
    for note in store.notes:
        if Path(str(note.details.get("folder", ""))).name == name_or_folder:
            return open_package(str(note.details["folder"]))  # says what is wrong with it
    if (folder / CARD_FILE).is_file():
        return open_package(folder)
    if name_or_folder in {info.name for info in BUILT_IN}:
        listed = ", ".join(sorted(store.packages)) or "none"
        expected = f"a model package; {name_or_folder} is built in and is none (installed packages: {listed})"
        raise InvalidParameterError(name="package", value=name_or_folder, expected=expected)
    known = sorted({*store.packages, *(info.name for info in BUILT_IN)})
    raise UnknownModelError(model=name_or_folder, known=", ".join(known))
