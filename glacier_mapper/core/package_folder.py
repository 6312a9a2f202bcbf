"""Model packages in a folder of models: install, list and remove; for both processes.

A package appears under its name only when all of it is there and its checksum is right. Whatever is cut short, also
by a kill, leaves nothing but a hidden folder that the next installation sweeps.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Union

from .errors import (
    Cancelled,
    GlacierMapperError,
    InvalidParameterError,
    OutputExistsError,
    OutputNotWritableError,
)
from .file_errors import MissingNamedFileError
from .model_card import ModelCard
from .model_errors import ChecksumError, InvalidPackageError
from .package_files import (
    CARD_FILE,
    card_of,
    card_text,
    check_room,
    check_size,
    file_sha256,
    files_of,
    is_package,
    partial_folder,
    put_in_place,
    read_card,
    sweep,
    write_error,
)
from .package_names import NO_PACKAGES, check_new_name
from .package_source import FolderSource, Source, ZipSource
from .progress import never

Found = Union[ModelCard, GlacierMapperError]
"""A package's card, or what is wrong with the package."""


def _ignore(_: float) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class InstallOptions:
    """`overwrite` replaces a package of the same name; `sha256` is what the .zip must have, "" when it is not known.

    `shown` is what the source is called in messages where the user did not give its path: an address. `name` and
    `title` are what the package is called from now on, "" for what its card says.
    """

    overwrite: bool = False
    sha256: str = ""
    shown: str = ""
    name: str = ""
    title: str = ""

    def renamed(self, card: ModelCard) -> ModelCard:
        """The card with what the package is called from now on."""
        words = replace(card.description, title=self.title or card.description.title)
        return replace(card, name=self.name or card.name, description=words)


AS_IT_IS = InstallOptions()


def list_packages(models_folder: str | os.PathLike[str]) -> list[tuple[Path, ModelCard]]:
    """(folder, card) of every package in `models_folder`, by folder name; broken ones are left out (see `survey`)."""
    return [(folder, found) for folder, found in survey(models_folder) if isinstance(found, ModelCard)]


def survey(models_folder: str | os.PathLike[str]) -> list[tuple[Path, Found]]:
    """(folder, card or what is wrong) of every folder in `models_folder` with a model.json, by name.

    The networks' sizes are checked, their checksums are not: that is done where one is opened.
    """
    try:
        folders = sorted(path for path in Path(models_folder).iterdir() if is_package(path))
    except OSError:
        return []
    return [(folder, _card_or_error(folder)) for folder in folders]


def _card_or_error(folder: Path) -> Found:
    try:
        card = read_card(folder)
        check_size(folder, card)
    except GlacierMapperError as exc:
        return exc
    except (OSError, ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as exc:
        # the readers name what they know of; no package may keep the others from being listed
        return InvalidPackageError(model=str(folder), reason=f"it can't be read: {exc}.")
    return card


def install_package(
    source: str | os.PathLike[str],
    models_folder: str | os.PathLike[str],
    on_progress: Callable[[float], None] = _ignore,
    is_cancelled: Callable[[], bool] = never,
    options: InstallOptions = AS_IT_IS,
) -> ModelCard:
    """Copy the package in `source`, a folder or a .zip, to `models_folder` under the name in its card or in `options`.

    Only the files that the card names are taken, and no more bytes than are announced. `on_progress` gets 0..1.
    Raises MissingFileError, InvalidPackageError, PackageVersionError, ChecksumError; PackageNameError for the name of a
    model of the project; OutputExistsError, DiskFullError, OutputNotWritableError; Cancelled. After any of them the
    folder of models is as it was.
    """
    path, home = Path(source).absolute(), Path(models_folder).absolute()
    if not path.exists():
        raise MissingNamedFileError(path=str(path))
    if options.sha256:
        _check_source(path, options, is_cancelled)
    with FolderSource(path) if path.is_dir() else ZipSource(path, options.shown) as opened:
        card = options.renamed(card_of(opened.card_text(), opened.shown))
        if card.name.lower() in NO_PACKAGES or not is_package(home / card.name):
            check_new_name(card.name)  # what is there under the name of the project's own network may be replaced
        check_target(home / card.name, options.overwrite)
        job = _Copy(opened, card, on_progress, is_cancelled)
        job.has_new_card = bool(options.name or options.title)
        check_room(home, job.total)
        try:
            home.mkdir(parents=True, exist_ok=True)
            sweep(home)
            job.into(home / card.name)
        except OSError as exc:
            raise write_error(exc, home / card.name, job.total) from exc
    on_progress(1.0)
    return card


def _check_source(path: Path, options: InstallOptions, is_cancelled: Callable[[], bool]) -> None:
    expected, shown = options.sha256.strip().lower(), options.shown or str(path)
    if not path.is_file():
        raise InvalidParameterError(name="sha256", value=expected, expected="empty for a folder, as it is a file's")
    try:
        found = file_sha256(path, is_cancelled)
    except OSError as exc:
        raise InvalidPackageError(model=shown, reason=f"it can't be read: {exc.strerror or exc}.") from exc
    if found != expected:
        raise ChecksumError(path=shown, expected=expected, found=found, model=shown, reason="")


def check_target(target: Path, overwrite: bool) -> None:
    """Raise OutputExistsError where something is already, OutputNotWritableError where that is no package."""
    if not target.exists():
        return
    if not overwrite:
        raise OutputExistsError(path=str(target))
    if not (target / CARD_FILE).is_file():
        raise OutputNotWritableError(path=str(target), reason="it is there already and is no model package.")


class _Copy:
    """The copying of one package."""

    def __init__(
        self, source: Source, card: ModelCard, on_progress: Callable[[float], None], is_cancelled: Callable[[], bool]
    ) -> None:
        self.source, self.card = source, card
        self.on_progress, self.is_cancelled = on_progress, is_cancelled
        self.total = max(1, source.size(card))
        self.has_new_card = False
        self._done = 0

    def into(self, target: Path) -> None:
        """Copy to a folder beside `target`, verify, and put it in the place of `target`. Raises OSError."""
        partial = partial_folder(target)
        try:
            partial.mkdir()
            for name in files_of(self.card):
                self._copy(name, partial / name)
            if self.has_new_card:
                (partial / CARD_FILE).write_text(card_text(self.card), encoding="utf-8")
            check_size(partial, self.card)
            for file in self.card.sealed_files:
                self._check(partial / file.name, file.sha256)
            put_in_place(partial, target)
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    def _check(self, file: Path, expected: str) -> None:
        """Raise ChecksumError that names the source, and not the copy that will be gone."""
        found = file_sha256(file, self.is_cancelled)
        if found != expected:
            raise ChecksumError(path=self.source.path_of(file.name), expected=expected, found=found,
                                model=self.card.name, reason="")  # fmt: skip

    def _copy(self, name: str, target: Path) -> None:
        with target.open("xb") as out:
            for chunk in self.source.chunks(name, self.card):
                if self.is_cancelled():
                    raise Cancelled()
                out.write(chunk)
                self._done += len(chunk)
                self.on_progress(min(0.95, 0.95 * self._done / self.total))
            out.flush()
            os.fsync(out.fileno())


def remove_package(folder: str | os.PathLike[str], models_folder: str | os.PathLike[str] | None = None) -> None:
    """Remove the package in `folder`; it loses its name first, so that nobody meets half a package.

    With `models_folder` it must lie right in there. Raises InvalidPackageError for what is no package, lies elsewhere
    or holds other folders, OutputNotWritableError.
    """
    path = Path(os.path.abspath(folder))
    if models_folder is not None and path.parent.resolve() != Path(models_folder).resolve():
        raise InvalidPackageError(model=str(path), reason=f"it does not lie in {models_folder}, so it is left alone.")
    if not is_package(path):
        raise InvalidPackageError(model=str(path), reason="there is no model.json in it, so it is left alone.")
    try:
        if path.is_symlink():
            path.unlink()
            return
        inner = sorted(entry.name for entry in path.iterdir() if entry.is_dir())
        if inner:
            reason = f"it holds folders of something else ({', '.join(inner)}), so it is left alone."
            raise InvalidPackageError(model=str(path), reason=reason)
        doomed = partial_folder(path)
        path.rename(doomed)
        shutil.rmtree(doomed)
    except OSError as exc:
        raise write_error(exc, path) from exc
