"""Connections whose answer must begin in time, and whose question may take as long as it needs.

urllib3 applies the time for connecting to the sending of the body too, and the time for reading to each byte of the
headers by itself: a large body would be cut short, and a server that drips headers would hold a thread for hours.
"""

from __future__ import annotations

import http.client
import socket
import threading
from contextlib import suppress
from functools import partial
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import BaseHTTPResponse

SEND_S = 60.0
"""How long a piece of a body may take to leave."""
LATE = "the headers of the answer take too long"


class Waiting:
    """The open connections, that send or wait for an answer; `hang_up` ends them all, and those that would begin to."""

    def __init__(self) -> None:
        self._ended = False
        self._sockets: set[socket.socket] = set()
        self._lock = threading.Lock()

    def add(self, sock: socket.socket) -> None:
        """A connection is open."""
        with self._lock:
            self._sockets.add(sock)
            if self._ended:
                _shut(sock)

    def remove(self, sock: socket.socket) -> None:
        """It is no longer."""
        with self._lock:
            self._sockets.discard(sock)

    def hang_up(self) -> None:
        """Let all that is sent and waited for fail now: a server that was stopped takes no more of a large body."""
        with self._lock:
            self._ended = True
            for sock in self._sockets:
                _shut(sock)


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # not TLS's own, which would wait for the other side


class _Watched:
    """Mixed into a connection class of urllib3."""

    sock: socket.socket | None
    timeout: float | None

    def __init__(self, *places: Any, waiting: Waiting, **names: Any) -> None:
        super().__init__(*places, **names)
        self._waiting = waiting

    def connect(self) -> None:
        """Connect; then sending has its own time."""
        super().connect()  # type: ignore[misc]
        if self.sock is not None:
            self.sock.settimeout(SEND_S)
            self._waiting.add(self.sock)

    def close(self) -> None:
        """Close, once and for all."""
        if self.sock is not None:
            self._waiting.remove(self.sock)
        super().close()  # type: ignore[misc]

    def getresponse(self) -> BaseHTTPResponse:
        """The answer with its headers, within `timeout` seconds for all of them. Raises TimeoutError."""
        sock, late = self.sock, threading.Event()
        if sock is None:
            return super().getresponse()  # type: ignore[misc]  (says that nothing was sent)
        watch = threading.Timer(self.timeout or SEND_S, _hang_up, (sock, late))
        watch.daemon = True
        self._waiting.add(sock)
        watch.start()
        try:
            response = super().getresponse()  # type: ignore[misc]
        except (OSError, http.client.HTTPException) as exc:
            if late.is_set():
                raise TimeoutError(LATE) from exc
            raise
        finally:
            watch.cancel()
        if late.is_set():
            raise TimeoutError(LATE)
        return response


def _hang_up(sock: socket.socket, late: threading.Event) -> None:
    late.set()
    _shut(sock)


class _WatchedHTTP(_Watched, HTTPConnection):
    """A plain connection, watched."""


class _WatchedHTTPS(_Watched, HTTPSConnection):
    """A TLS connection, watched."""


class WatchedAdapter(HTTPAdapter):
    """An adapter of requests over watched connections; `waiting` knows those that wait."""

    def __init__(self, pool_maxsize: int) -> None:
        self.waiting = Waiting()
        plain = {"ConnectionCls": partial(_WatchedHTTP, waiting=self.waiting)}
        secure = {"ConnectionCls": partial(_WatchedHTTPS, waiting=self.waiting)}
        self._pools = {
            "http": type("WatchedHTTPPool", (HTTPConnectionPool,), plain),
            "https": type("WatchedHTTPSPool", (HTTPSConnectionPool,), secure),
        }
        super().__init__(pool_connections=2, pool_maxsize=pool_maxsize)

    def init_poolmanager(self, *places: Any, **names: Any) -> None:
        """As requests does, with pools of watched connections."""
        super().init_poolmanager(*places, **names)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **names: Any) -> Any:
        """As requests does, with pools of watched connections."""
        manager = super().proxy_manager_for(proxy, **names)
        manager.pool_classes_by_scheme = self._pools
        return manager
