"""Where a model package comes from: a folder, or a .zip that is read without ever being unpacked by its own names."""

from __future__ import annotations

import stat
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO

from .model_card import ModelCard
from .model_errors import InvalidPackageError, KerasPackageError
from .package_files import CARD_FILE, CHUNK_BYTES, MAX_CARD_BYTES, MAX_GOLDEN_BYTES, files_of, is_hdf5

MAX_ENTRIES = 10_000
"""Entries of an archive that are looked at; a package has three files, or one more a network."""


class Source(ABC):
    """The files of a package. A context manager."""

    def __init__(self, path: Path, shown: str = "") -> None:
        self.path = path
        self.shown = shown or str(path)
        """What the source is called in messages."""

    def path_of(self, name: str) -> str:
        """What a file of it is called in messages."""
        return str(self.path / name) if self.shown == str(self.path) else f"{self.shown}/{name}"

    @abstractmethod
    def open(self, name: str) -> IO[bytes]:
        """A file of the package to read. Raises InvalidPackageError when it is not there."""

    @abstractmethod
    def announced(self, name: str) -> int:
        """The bytes that the file is said to have. Raises InvalidPackageError when it is not there."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what was opened."""

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def card_text(self) -> bytes:
        """The bytes of model.json, at most one more than a card may have. Raises InvalidPackageError."""
        with self.reading(CARD_FILE) as stream:
            return stream.read(MAX_CARD_BYTES + 1)

    def size(self, card: ModelCard) -> int:
        """The bytes of all files. Raises InvalidPackageError for one that is missing or of another size."""
        limits = {name: self._limit(name, card) for name in files_of(card)}
        return sum(min(self.announced(name), limit) for name, limit in limits.items())

    def _limit(self, name: str, card: ModelCard) -> int:
        if name == CARD_FILE:
            return MAX_CARD_BYTES
        told = next((file for file in card.sealed_files if file.name == name), None)
        if told is None:
            return MAX_GOLDEN_BYTES
        found = self.announced(name)
        if found != told.bytes:
            raise self.unfit(f"{name} has {found} bytes, and model.json says {told.bytes}.")
        return told.bytes

    def chunks(self, name: str, card: ModelCard) -> Iterator[bytes]:
        """The file's bytes in order. Raises InvalidPackageError as soon as there are more than there may be."""
        limit, done = self._limit(name, card), 0
        with self.reading(name) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                done += len(chunk)
                if done > limit:
                    raise self.unfit(f"{name} is larger than {limit} bytes.")
                yield chunk

    @contextmanager
    def reading(self, name: str) -> Iterator[IO[bytes]]:
        """The open file; what goes wrong in reading it becomes an InvalidPackageError."""
        with self.open(name) as stream:
            yield _Translated(stream, self, name)  # type: ignore[misc]

    def unfit(self, reason: str) -> InvalidPackageError:
        """The error that says why the source is no package."""
        return InvalidPackageError(model=self.shown, reason=reason)


class _Translated:
    """A stream whose read faults are those of the package."""

    def __init__(self, stream: IO[bytes], source: Source, name: str) -> None:
        self._stream, self._source, self._name = stream, source, name

    def read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as exc:
            raise self._source.unfit(f"{self._name} can't be read: {exc}.") from exc


class FolderSource(Source):
    """A package in a folder."""

    def open(self, name: str) -> IO[bytes]:
        """A file of the folder."""
        try:
            return self._file(name).open("rb")
        except OSError as exc:
            raise self.unfit(f"{name} can't be read: {exc.strerror or exc}.") from exc

    def announced(self, name: str) -> int:
        """The size of a file of the folder."""
        return self._file(name).stat().st_size

    def close(self) -> None:
        """Nothing is held."""

    def _file(self, name: str) -> Path:
        path = self.path / name
        if not path.is_file():
            raise self.unfit(f"it holds no file {name}.")
        return path


class ZipSource(Source):
    """A package in a .zip, at its top or in the one folder that it holds."""

    def __init__(self, path: Path, shown: str = "") -> None:
        super().__init__(path, shown)
        if is_hdf5(path):
            raise KerasPackageError(path=self.shown, model=self.shown)
        try:
            self._archive = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, ValueError) as exc:
            words = exc.strerror if isinstance(exc, OSError) and exc.strerror else exc
            raise self.unfit(f"it is neither a folder nor a zip: {words}.") from exc
        try:
            self._prefix = self._find_prefix()
        except InvalidPackageError:
            self._archive.close()
            raise

    def _find_prefix(self) -> str:
        names = self._archive.namelist()
        if len(names) > MAX_ENTRIES:
            raise self.unfit(f"the zip holds {len(names)} files.")
        cards = {name for name in names if name == CARD_FILE or name.endswith(f"/{CARD_FILE}") and name.count("/") == 1}
        if CARD_FILE in cards:
            return ""
        if len(cards) != 1:
            found = "no model.json" if not cards else f"{len(cards)} packages; it must hold one"
            raise self.unfit(f"the zip holds {found}.")
        return cards.pop()[: -len(CARD_FILE)]

    def open(self, name: str) -> IO[bytes]:
        """A file of the archive."""
        entry = self._entry(name)
        try:
            return self._archive.open(entry)
        except (OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as exc:
            raise self.unfit(f"{name} can't be taken out of the zip: {exc}.") from exc

    def announced(self, name: str) -> int:
        """The size that the archive says a file has."""
        return self._entry(name).file_size

    def _entry(self, name: str) -> zipfile.ZipInfo:
        full = self._prefix + name
        entries = [entry for entry in self._archive.infolist() if entry.filename == full]
        if len(entries) != 1:
            raise self.unfit(f"the zip holds {len(entries) or 'no'} {'files' if entries else 'file'} {name}.")
        if stat.S_ISLNK(entries[0].external_attr >> 16) or entries[0].is_dir():
            raise self.unfit(f"{name} is no file in the zip.")
        return entries[0]

    def close(self) -> None:
        """Close the archive."""
        self._archive.close()
