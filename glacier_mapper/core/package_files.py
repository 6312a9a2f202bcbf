"""The files of a model package on the disk: read and verified, put in place, swept.

    model.json     the card: a STAC item of the machine-learning-model extension (model_card_json)
    model.onnx     the network; in an ensemble the first one, with member-2.onnx, member-3.onnx … beside it
    golden.npz     where there is one, a sample with the output that belongs to it
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from .errors import Cancelled, DiskFullError, OutputError, OutputNotWritableError
from .file_errors import MissingPackageFileError
from .model_card import ModelCard
from .model_card_json import card_from_text, card_to_json
from .model_errors import InvalidPackageError, KerasPackageError, PackedPackageError
from .progress import never

CARD_FILE = "model.json"
MODEL_FILE = "model.onnx"
GOLDEN_FILE = "golden.npz"
WEIGHTS_FILE = "weights.npz"
MAX_CARD_BYTES = 4 << 20
MAX_GOLDEN_BYTES = 1 << 30
CHUNK_BYTES = 1 << 20
HDF5 = b"\x89HDF\r\n\x1a\n"
"""The first bytes of an HDF5 file."""
PARTIAL = ".part-"
"""Stands in the names of folders that are being written or removed, before the number of the process that does it.
Such names begin with a dot."""
ABANDONED_S = 3600.0
"""Where a process can't be asked whether it lives: how old a partial folder must be to be swept."""
FULL = tuple(getattr(errno, name) for name in ("ENOSPC", "EDQUOT") if hasattr(errno, name))


def read_card(folder: str | os.PathLike[str]) -> ModelCard:
    """The card of the package in `folder`, its network not looked at.

    Raises MissingFileError, InvalidPackageError, PackageVersionError; KerasPackageError, PackedPackageError for a file.
    """
    path = Path(folder) / CARD_FILE
    if path.parent.is_file():
        if is_hdf5(path.parent):
            raise KerasPackageError(path=str(folder), model=str(folder))
        raise PackedPackageError(path=str(folder), model=str(folder))
    if not path.is_file():
        raise MissingPackageFileError(path=str(path))
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_CARD_BYTES + 1)
    except OSError as exc:
        raise InvalidPackageError(model=str(folder), reason=f"model.json can't be read: {exc}.") from exc
    return card_of(raw, str(folder))


def is_hdf5(path: Path) -> bool:
    """Whether a file is HDF5, as weights of Keras are."""
    try:
        with path.open("rb") as stream:
            return stream.read(len(HDF5)) == HDF5
    except OSError:
        return False


def card_of(raw: bytes, where: str) -> ModelCard:
    """The card in the bytes of a model.json. Raises InvalidPackageError, PackageVersionError."""
    if len(raw) > MAX_CARD_BYTES:
        raise InvalidPackageError(model=where, reason=f"model.json has more than {MAX_CARD_BYTES >> 20} MB.")
    return card_from_text(raw, where)


def files_of(card: ModelCard) -> tuple[str, ...]:
    """The names of a package's files."""
    return (CARD_FILE, *(file.name for file in card.networks), *filter(None, (card.golden, card.weights.name)))


def card_text(card: ModelCard) -> str:
    """What model.json holds. Raises ValueError, TypeError for a card that JSON can't hold."""
    return json.dumps(card_to_json(card), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def check_size(folder: str | os.PathLike[str], card: ModelCard) -> tuple[Path, ...]:
    """The networks' files, which are there and as long as the card says: a quick look that reads nothing.

    Raises MissingFileError, InvalidPackageError.
    """
    paths = tuple(Path(folder) / file.name for file in card.networks)
    for path, file in zip(paths, card.networks):
        if not path.is_file():
            raise MissingPackageFileError(path=str(path))
        found = path.stat().st_size
        if found != file.bytes:
            reason = f"{file.name} has {found} bytes, and model.json says {file.bytes}."
            raise InvalidPackageError(model=str(folder), reason=reason)
    return paths


def file_sha256(path: Path, is_cancelled: Callable[[], bool] = never) -> str:
    """The SHA-256 of a file, hexadecimal. Raises OSError, Cancelled."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            if is_cancelled():
                raise Cancelled()
            digest.update(chunk)
    return digest.hexdigest()


def is_package(folder: Path) -> bool:
    """Whether a folder looks like a package: it has a model.json, and is not being written."""
    return not folder.name.startswith(".") and (folder / CARD_FILE).is_file()


def partial_folder(target: Path) -> Path:
    """The name beside `target` under which this process makes or removes it; nothing is there."""
    partial = target.with_name(f".{target.name}{PARTIAL}{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    return partial


def put_in_place(fresh: Path, target: Path) -> None:
    """Rename the folder `fresh` to `target`; what was there goes only when the new one stands. Raises OSError."""
    if not target.exists():
        fresh.rename(target)
        return
    old = partial_folder(target.with_name(f"{target.name}.old"))
    target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def sweep(home: Path) -> None:
    """Remove the partial folders that ended processes left in `home`. Raises OSError when it can't be read."""
    for entry in home.iterdir():
        _, mark, number = entry.name.rpartition(PARTIAL)
        if entry.name.startswith(".") and mark and number.isdigit() and entry.is_dir() and _is_abandoned(entry, number):
            shutil.rmtree(entry, ignore_errors=True)


def _is_abandoned(folder: Path, number: str) -> bool:
    if int(number) == os.getpid():
        return False
    if sys.platform == "win32":  # os.kill would end the process there
        return time.time() - folder.stat().st_mtime > ABANDONED_S
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False


def check_room(home: Path, needed: int) -> None:
    """Raise DiskFullError when fewer than `needed` bytes are free where `home` is or will be."""
    free = free_bytes(home)
    if free is not None and free < needed:
        raise DiskFullError(path=str(home), needed_mb=-(-needed // 10**6), free_mb=free // 10**6)


def free_bytes(path: Path) -> int | None:
    """Free bytes on the disk where `path` is or will be; None when it can't be asked."""
    for part in (path, *path.parents):
        if part.is_dir():
            try:
                return shutil.disk_usage(part).free
            except OSError:
                return None
    return None


def write_error(exc: OSError, path: Path, needed: int = 0) -> OutputError:
    """The OutputError kind that says what `exc` means for writing `needed` bytes to `path`."""
    if exc.errno in FULL:
        needed_mb = -(-needed // 10**6) or "more"
        return DiskFullError(path=str(path), needed_mb=needed_mb, free_mb=(free_bytes(path) or 0) // 10**6)
    reason = os.strerror(exc.errno) if exc.errno else str(exc)
    return OutputNotWritableError(path=str(path), reason=f"{reason}.")
