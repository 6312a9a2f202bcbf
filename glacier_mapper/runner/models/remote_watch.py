"""Connections whose answer must begin in time, and whose question may take as long as it needs.

urllib3 applies the time for connecting to the sending of the body too, and the time for reading to each byte of the
headers by itself: a large body would be cut short, and a server that drips headers would hold a thread for hours.
"""

from __future__ import annotations

import http.client
import socket
import threading
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import BaseHTTPResponse

SEND_S = 60.0
"""How long a piece of a body may take to leave."""


class _Watched:
    """Mixed into a connection class of urllib3."""

    sock: socket.socket | None
    timeout: float | None

    def connect(self) -> None:
        """Connect; then sending has its own time."""
        super().connect()  # type: ignore[misc]
        if self.sock is not None:
            self.sock.settimeout(SEND_S)

    def getresponse(self) -> BaseHTTPResponse:
        """The answer with its headers, within `timeout` seconds for all of them. Raises TimeoutError."""
        late = threading.Event()
        watch = threading.Timer(self.timeout or SEND_S, self._hang_up, (late,))
        watch.daemon = True
        watch.start()
        try:
            response = super().getresponse()  # type: ignore[misc]
        except (OSError, http.client.HTTPException) as exc:
            if late.is_set():
                raise TimeoutError("the headers of the answer take too long") from exc
            raise
        finally:
            watch.cancel()
        if late.is_set():
            raise TimeoutError("the headers of the answer take too long")
        return response

    def _hang_up(self, late: threading.Event) -> None:
        late.set()
        sock = self.sock
        if sock is not None:
            try:
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
            except OSError:
                return


class _WatchedHTTP(_Watched, HTTPConnection):
    """A plain connection, watched."""


class _WatchedHTTPS(_Watched, HTTPSConnection):
    """A TLS connection, watched."""


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _WatchedHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedHTTPS


POOLS = {"http": _HTTPPool, "https": _HTTPSPool}


class WatchedAdapter(HTTPAdapter):
    """An adapter of requests over watched connections."""

    def init_poolmanager(self, *places: Any, **names: Any) -> None:
        """As requests does, with pools of watched connections."""
        super().init_poolmanager(*places, **names)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **names: Any) -> Any:
        """As requests does, with pools of watched connections."""
        manager = super().proxy_manager_for(proxy, **names)
        manager.pool_classes_by_scheme = POOLS
        return manager
