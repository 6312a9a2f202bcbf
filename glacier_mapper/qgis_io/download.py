"""Fetch a file through QGIS's network manager, its proxy and certificates; what has arrived is gone on with."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from qgis.core import QgsNetworkAccessManager
from qgis.PyQt.QtCore import QCoreApplication, QObject, QUrl, pyqtSignal
from qgis.PyQt.QtNetwork import QNetworkReply, QNetworkRequest

from ..core.errors import Cancelled, GlacierMapperError
from ..core.model_errors import DownloadAccessError, DownloadCutError, DownloadError, DownloadGoneError
from ..core.package_files import check_room, write_error

BUFFER_BYTES = 4 << 20
OK, PARTIAL, NOT_SATISFIABLE = 200, 206, 416
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
FAULTS = {401: DownloadAccessError, 403: DownloadAccessError, 404: DownloadGoneError, 410: DownloadGoneError}
FOLLOW = QNetworkRequest.RedirectPolicy.NoLessSafeRedirectPolicy


class PartFile:
    """What has arrived of an address, in `folder`, with what tells whether the server still has the same file."""

    def __init__(self, url: str, folder: Path) -> None:
        key = hashlib.sha256(url.encode()).hexdigest()[:24]
        self.folder = folder
        self.path = folder / f"{key}.zip.part"
        self._note = folder / f"{key}.json"

    def size(self) -> int:
        """Bytes that have arrived."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def validator(self) -> str:
        """The ETag or date of the file that has begun to arrive, "" without any: then nothing can be gone on with."""
        try:
            return str(json.loads(self._note.read_text(encoding="utf-8")).get("validator", ""))
        except (OSError, ValueError, AttributeError):
            return ""

    def begin(self, validator: str) -> None:
        """Start anew. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(b"")
        self._note.write_text(json.dumps({"validator": validator}), encoding="utf-8")

    def remove(self) -> None:
        """Forget it."""
        for file in (self.path, self._note):
            file.unlink(missing_ok=True)


class Download(QObject):
    """One file. Exactly one of `done` and `failed` is sent; all on the main thread, nothing blocks."""

    progressed = pyqtSignal(float, float)
    """Bytes that are there, and bytes in all (0 where the server does not say)."""
    done = pyqtSignal(str)
    """The file's path."""
    failed = pyqtSignal(object)
    """A GlacierMapperError; Cancelled after `cancel`."""

    def __init__(self, url: str, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.url = url.strip()
        self.part = PartFile(self.url, folder)
        self._reply: QNetworkReply | None = None
        self._file: Any = None
        self._error: GlacierMapperError | None = None
        self._total = 0

    def start(self) -> None:
        """Ask for the file, or for what is missing of it."""
        address = QUrl(self.url)
        if address.scheme().lower() not in ("http", "https") or not address.host():
            self._finish(self._fault(_tr("it is no address that begins with https:// or http://.")))
            return
        request = QNetworkRequest(address)
        request.setAttribute(QNetworkRequest.Attribute.RedirectPolicyAttribute, FOLLOW)
        request.setAttribute(QNetworkRequest.Attribute.CacheSaveControlAttribute, False)
        always = QNetworkRequest.CacheLoadControl.AlwaysNetwork
        request.setAttribute(QNetworkRequest.Attribute.CacheLoadControlAttribute, always)
        request.setRawHeader(b"Accept-Encoding", b"identity")
        size, validator = self.part.size(), self.part.validator()
        if size and validator:
            request.setRawHeader(b"Range", f"bytes={size}-".encode())
            request.setRawHeader(b"If-Range", validator.encode("latin-1", "replace"))
        self._reply = QgsNetworkAccessManager.instance().get(request)
        self._reply.setReadBufferSize(BUFFER_BYTES)
        self._reply.readyRead.connect(self._read)
        self._reply.finished.connect(self._finished)

    def cancel(self) -> None:
        """Stop; what has arrived is kept."""
        self._stop(Cancelled())

    def _stop(self, error: GlacierMapperError) -> None:
        self._error = self._error or error
        if self._reply is not None and self._reply.isRunning():
            self._reply.abort()

    def _status(self) -> int:
        return int(self._reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute) or 0)

    def _header(self, name: bytes) -> str:
        return bytes(self._reply.rawHeader(name)).decode("latin-1")

    def _read(self) -> None:
        if self._error is not None or self._status() not in (OK, PARTIAL):
            return
        try:
            if self._file is None:
                self._open()
            self._file.write(bytes(self._reply.readAll()))
            self.progressed.emit(float(self._file.tell()), float(self._total))
        except OSError as exc:
            self._stop(write_error(exc, self.part.folder.parent))
        except GlacierMapperError as error:
            self._stop(error)

    def _open(self) -> None:
        """Begin to write where the answer begins. Raises OSError, DiskFullError, DownloadError."""
        length = int(self._reply.header(QNetworkRequest.KnownHeaders.ContentLengthHeader) or 0)
        start = 0
        if self._status() == PARTIAL:
            found = _RANGE.match(self._header(b"Content-Range"))
            start = int(found[1]) if found else -1
            if start != self.part.size():
                self.part.remove()
                raise self._fault(_tr("the server sent another part of the file than was asked for."))
        else:
            self.part.begin(self._validator())
        self._total = start + length if length else 0
        check_room(self.part.folder.parent, length)
        self._file = self.part.path.open("ab")

    def _validator(self) -> str:
        """A strong ETag, else the date: weak ETags can't be used with ranges (RFC 9110, 13.1.5)."""
        tag = self._header(b"ETag")
        return tag if tag and not tag.startswith("W/") else self._header(b"Last-Modified")

    def _finished(self) -> None:
        reply = self._reply
        self._read()
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._status() == NOT_SATISFIABLE and self._error is None:
            if self._header(b"Content-Range") == f"bytes */{self.part.size()}":
                self._finish(None)  # all of it had arrived before
            else:
                self._again()
            return
        no_error = QNetworkReply.NetworkError.NoError
        if self._error is None and reply.error() != no_error:
            self._error = self._fault(self._reason(reply))
        if self._error is None and self._total and self.part.size() != self._total:
            self._error = self._fault(_tr("the connection ended before all of it was there."))
        self._finish(self._error)

    def _again(self) -> None:
        """What is there is not a beginning of what the server has now: start anew, once, without a range."""
        self.part.remove()
        self._reply.deleteLater()
        self._reply = None
        self.start()

    def _reason(self, reply: QNetworkReply) -> str:
        status = self._status()
        if status >= 400:
            return _tr("the server answered with {status}.").format(status=status)
        return f"{reply.errorString().rstrip('.')}."

    def _fault(self, reason: str) -> DownloadError:
        """The error, with the remedy for what the server said, or for what has arrived."""
        status = 0 if self._reply is None else self._status()
        kind = FAULTS.get(status) or (DownloadCutError if self._goes_on else DownloadError)
        return kind(url=public_address(self.url), reason=reason)

    @property
    def _goes_on(self) -> bool:
        """Whether the next try goes on from what is there."""
        return self.part.size() > 0 and bool(self.part.validator())

    def _finish(self, error: GlacierMapperError | None) -> None:
        if self._reply is not None:
            self._reply.deleteLater()
            self._reply = None
        if error is None:
            self.done.emit(str(self.part.path))
        else:
            self.failed.emit(error)


def public_address(url: str) -> str:
    """An address as messages may show it: without user, password and what follows a question mark."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _tr(text: str) -> str:
    return QCoreApplication.translate("download", text)
