"""Model packages: a folder with `model.json`, `model.onnx` and, where there is one, a golden sample.

    model.json     the card: a STAC item of the machine-learning-model extension (core/model_card_json)
    model.onnx     the network; float32 inputs named after its branches, first output class probabilities
    member-2.onnx  and so on, in an ensemble: more networks with the same inputs and outputs
    weights.npz    where there is one, an array a name: what a fine-tuning goes on from; no pickles
    golden.npz     input_<name> (1, bands, rows, cols) or (1, length) float32, output (1, classes, rows, cols) float32,
                   tolerance (): the largest difference that `check` lets pass; no pickles
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ...core.errors import InvalidParameterError
from ...core.file_errors import MissingNamedFileError
from ...core.model_card import ModelCard, ModelFile
from ...core.model_card_json import card_from_json
from ...core.model_errors import ChecksumError, InvalidPackageError, UncheckedPrecisionError
from ...core.package_files import (
    CARD_FILE,
    GOLDEN_FILE,
    MODEL_FILE,
    WEIGHTS_FILE,
    card_text,
    check_room,
    check_size,
    file_sha256,
    files_of,
    partial_folder,
    put_in_place,
    read_card,
    sweep,
    write_error,
)
from ...core.package_folder import check_target
from .onnx_file import weights_of

__all__ = [
    "CARD_FILE", "GOLDEN_FILE", "MODEL_FILE", "WEIGHTS_FILE", "Package", "file_sha256", "measuring", "open_package",
    "read_card", "write_package",
]  # fmt: skip

@dataclass(frozen=True)
class Package:
    """A package whose card was read; `open_package` and `find_package` also verify the network."""

    folder: Path
    card: ModelCard

    @property
    def model_path(self) -> Path:
        """The network's file; the first one's of an ensemble."""
        return self.folder / self.card.file.name

    @property
    def model_paths(self) -> tuple[Path, ...]:
        """The files of all networks."""
        return tuple(self.folder / file.name for file in self.card.networks)

    @property
    def golden_path(self) -> Path | None:
        """The golden sample's file, None without one."""
        return self.folder / self.card.golden if self.card.golden else None

    def checked_weights(self) -> Path | None:
        """The file of the weights that training goes on from, verified; None without one.

        Raises MissingNamedFileError, ChecksumError, InvalidPackageError.
        """
        wanted = self.card.weights
        if not wanted.name:
            return None
        path = self.folder / wanted.name
        if not path.is_file():
            raise MissingNamedFileError(path=str(path))
        return self._verified(path, wanted)

    def verified_golden(self) -> Path | None:
        """The golden sample's file, None without one; verified if it is there and the card knows its checksum.

        Raises ChecksumError, InvalidPackageError.
        """
        path = self.golden_path
        if path is None or not self.card.is_golden_sealed or not path.is_file():
            return path
        return self._verified(path, self.card.golden_seal)

    def _verified(self, path: Path, wanted: ModelFile) -> Path:
        """The file, which is what the card says. Raises ChecksumError, InvalidPackageError."""
        found = _VERIFIED.sha256(path, str(self.folder))
        if found != wanted.sha256:
            raise ChecksumError(path=str(path), expected=wanted.sha256, found=found, model=str(self.folder), reason="")
        return path


def open_package(folder: str | os.PathLike[str]) -> Package:
    """The package in `folder`, verified; a file that this process has verified is not read again until it changes.

    Raises MissingFileError, InvalidPackageError, PackageVersionError, ChecksumError, UncheckedPrecisionError.
    """
    package = Package(Path(folder).absolute(), read_card(folder))
    card = package.card
    for path, file in zip(check_size(package.folder, card), card.networks):
        _check_network(path, file, card.precision, str(folder))
    if not card.is_checked and package.folder not in _MEASURED:
        raise UncheckedPrecisionError(model=card.name, precision=card.precision, reason="")
    return package


def _check_network(path: Path, file: ModelFile, precision: str, model: str) -> None:
    """Raise ChecksumError, InvalidPackageError for a network's file that is not what the card says."""
    found = _VERIFIED.sha256(path, model)
    if found != file.sha256:
        raise ChecksumError(path=str(path), expected=file.sha256, found=found, model=model, reason="")
    stored = _VERIFIED.precision(path, model)
    if stored and stored != precision:
        reason = f"model.json says that its weights are {precision}, and those in {path.name} are {stored}."
        raise InvalidPackageError(model=model, reason=reason)


_MEASURED: set[Path] = set()


@contextmanager
def measuring(folder: Path) -> Iterator[None]:
    """While the block runs, the package in `folder` may be of reduced precision that nobody has checked yet."""
    _MEASURED.add(folder.absolute())
    try:
        yield
    finally:
        _MEASURED.discard(folder.absolute())


class _Verified:
    """Files by path, size, time of change and inode: what a second click need not read again."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, ...], str]] = {}
        self._whole: dict[str, str] = {}
        self._lock = threading.Lock()

    def sha256(self, path: Path, model: str) -> str:
        """The file's checksum. Raises InvalidPackageError when it can't be read."""
        try:
            stamp = _stamp(path)
            with self._lock:
                known = self._known.get(path)
            if known and known[0] == stamp:
                return known[1]
            digest = file_sha256(path)
            if _stamp(path) != stamp:
                raise InvalidPackageError(model=model, reason=f"{path.name} is being written.")
        except OSError as exc:
            raise InvalidPackageError(model=model, reason=f"{path.name} can't be read: {exc.strerror}.") from exc
        with self._lock:
            self._known[path] = (stamp, digest)
        return digest

    def precision(self, path: Path, model: str) -> str:
        """The precision of the network's weights, "" where it has none.

        Raises InvalidPackageError for a network that is not all in its file: no checksum would cover the rest.
        """
        stamped = self.sha256(path, model)
        with self._lock:
            if stamped in self._whole:
                return self._whole[stamped]
        try:
            weights = weights_of(path)
        except (OSError, ValueError) as exc:
            raise InvalidPackageError(model=model, reason=f"{path.name} can't be loaded: {exc}.") from exc
        if weights.elsewhere:
            reason = f"{path.name} keeps weights in another file, which no checksum covers."
            raise InvalidPackageError(model=model, reason=reason)
        with self._lock:
            return self._whole.setdefault(stamped, weights.precision)


def _stamp(path: Path) -> tuple[int, ...]:
    state = path.stat()
    return state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino


_VERIFIED = _Verified()


def write_package(
    out: str | os.PathLike[str], card: ModelCard, files: Mapping[str, Path], overwrite: bool = False
) -> Package:
    """Copy `files` (name in the package -> file) to the folder `out` and write the card with size and checksum.

    `files` must hold "model.onnx", and the golden sample where the card names one. All of it appears at once or not
    at all. Raises InvalidParameterError for a card that could not be read again, MissingFileError,
    OutputExistsError, DiskFullError, OutputNotWritableError.
    """
    target = Path(os.path.abspath(out))
    check_target(target, overwrite)
    complete = _completed(card, files)
    needed = sum(Path(source).stat().st_size for source in files.values())
    check_room(target.parent, needed)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep(target.parent)
        _write(target, complete, files)
    except OSError as exc:
        raise write_error(exc, target, needed) from exc
    return Package(target, complete)


def _completed(card: ModelCard, files: Mapping[str, Path]) -> ModelCard:
    """The card with its file's size and checksum, after a look whether the package could be read again."""
    wanted = set(files_of(card)) - {CARD_FILE}
    if set(files) != wanted:
        expected = f"the files that the card names ({', '.join(sorted(wanted))})"
        raise InvalidParameterError(name="files", value=", ".join(sorted(files)), expected=expected)
    for source in files.values():
        if not Path(source).is_file():
            raise MissingNamedFileError(path=str(source))
    ensemble = replace(card.ensemble, others=tuple(_described(one, files) for one in card.ensemble.others))
    complete = replace(
        card, file=_described(card.file, files), weights=_described(card.weights, files), ensemble=ensemble,
        golden_seal=_described(ModelFile(card.golden), files),
    )  # fmt: skip
    try:
        again = card_from_json(json.loads(card_text(complete)), card.name)
    except (ValueError, TypeError) as exc:
        raise InvalidParameterError(name="card", value=card.name, expected=f"writable as JSON ({exc})") from exc
    except InvalidPackageError as exc:
        expected = f"readable again; {exc.details['reason'].rstrip('.')}"
        raise InvalidParameterError(name="card", value=card.name, expected=expected) from exc
    return again


def _described(file: ModelFile, files: Mapping[str, Path]) -> ModelFile:
    """A file of the card with its size and checksum; as it is where the package has none of it."""
    if not file.name:
        return file
    path = Path(files[file.name])
    return replace(file, bytes=path.stat().st_size, sha256=file_sha256(path))


def _write(target: Path, card: ModelCard, files: Mapping[str, Path]) -> None:
    partial = partial_folder(target)
    try:
        partial.mkdir()
        for name, source in files.items():
            shutil.copyfile(source, partial / name)
        (partial / CARD_FILE).write_text(card_text(card), encoding="utf-8")
        for entry in partial.iterdir():
            _flush(entry)
        put_in_place(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _flush(path: Path) -> None:
    """Have the file on the disk before its folder gets its name."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
