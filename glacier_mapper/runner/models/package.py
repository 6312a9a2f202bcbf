"""Model packages: a folder with `model.json`, `model.onnx` and, where there is one, a golden sample.

    model.json     the card: a STAC item of the machine-learning-model extension (core/model_card_json)
    model.onnx     the network; float32 inputs named after its branches, first output class probabilities
    golden.npz     input_<name> (1, bands, rows, cols) or (1, length) float32, output (1, classes, rows, cols) float32,
                   tolerance (): the largest difference that `check` lets pass; no pickles
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ...core.errors import MissingFileError, OutputExistsError, OutputNotWritableError
from ...core.model_card import ModelCard
from ...core.model_card_json import card_from_json, card_to_json
from ...core.model_errors import ChecksumError, InvalidPackageError

CARD_FILE = "model.json"
MODEL_FILE = "model.onnx"
GOLDEN_FILE = "golden.npz"
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Package:
    """A package whose card was read and whose network has the checksum that the card says."""

    folder: Path
    card: ModelCard

    @property
    def model_path(self) -> Path:
        """The network's file."""
        return self.folder / self.card.file.name

    @property
    def golden_path(self) -> Path | None:
        """The golden sample's file, None without one."""
        return self.folder / self.card.golden if self.card.golden else None


def read_card(folder: str | os.PathLike[str]) -> ModelCard:
    """The card of the package in `folder`, its network not looked at.

    Raises MissingFileError, InvalidPackageError, PackageVersionError.
    """
    path = Path(folder) / CARD_FILE
    if not path.is_file():
        raise MissingFileError(path=str(path))
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise InvalidPackageError(model=str(folder), reason=f"model.json can't be read: {exc}.") from exc
    return card_from_json(data, str(folder))


def open_package(folder: str | os.PathLike[str]) -> Package:
    """The package in `folder`, verified.

    Raises MissingFileError, InvalidPackageError, PackageVersionError, ChecksumError.
    """
    package = Package(Path(folder).absolute(), read_card(folder))
    if not package.model_path.is_file():
        raise MissingFileError(path=str(package.model_path))
    found = file_sha256(package.model_path)
    if found != package.card.file.sha256:
        expected = package.card.file.sha256
        raise ChecksumError(path=str(package.model_path), expected=expected, found=found, model=str(folder), reason="")
    return package


def write_package(
    out: str | os.PathLike[str], card: ModelCard, files: Mapping[str, Path], overwrite: bool = False
) -> Package:
    """Copy `files` (name in the package -> file) to the folder `out` and write the card with size and checksum.

    `files` must hold "model.onnx", and the golden sample where the card names one. All of it appears at once or not
    at all. Raises OutputExistsError, OutputNotWritableError.
    """
    target = Path(out).absolute()
    if target.exists() and not overwrite:
        raise OutputExistsError(path=str(target))
    if target.exists() and not (target / CARD_FILE).is_file():
        raise OutputNotWritableError(path=str(target), reason="it is there already and is no model package.")
    partial = target.with_name(f".{target.name}.part-{os.getpid()}")
    model = files[card.file.name]
    known = replace(card.file, bytes=model.stat().st_size, sha256=file_sha256(model))
    complete = replace(card, file=known)
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for name, source in files.items():
            shutil.copyfile(source, partial / name)
        text = json.dumps(card_to_json(complete), indent=2, ensure_ascii=False, allow_nan=False)
        (partial / CARD_FILE).write_text(text + "\n", encoding="utf-8")
        _swap(partial, target)
    except OSError as exc:
        raise OutputNotWritableError(path=str(target), reason=f"{exc.strerror or exc}.") from exc
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return Package(target, complete)


def _swap(fresh: Path, target: Path) -> None:
    """Put the folder `fresh` in the place of `target`; what was there goes only when the new one stands."""
    if not target.exists():
        fresh.rename(target)
        return
    old = target.with_name(f".{target.name}.old-{os.getpid()}")
    target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, hexadecimal. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
