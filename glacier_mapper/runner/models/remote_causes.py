"""Why a try to reach a server failed, in words, out of the exceptions of several libraries."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from typing import Any

import urllib3

CUT = "it closed the connection in the middle of its answer."


def causes_of(exc: BaseException) -> Iterator[BaseException]:
    """An exception and all that it was made from: by `raise`, as an argument, or as a reason."""
    waiting, seen = [exc], set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        found = [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
        waiting += [more for more in found if isinstance(more, BaseException)]


def is_bad_ca_file(causes: list[BaseException], verify: str | bool) -> bool:
    """Whether it is the file of certificates that can't be used."""
    if not isinstance(verify, str):
        return False
    return any("certificate bundle" in str(one) or "no certificate or crl" in str(one).lower() or
               isinstance(one, FileNotFoundError) for one in causes)  # fmt: skip


def words_for(causes: list[BaseException], timed_out: bool, otherwise: str) -> str:
    """In a few words why a try failed."""
    kinds: tuple[tuple[Any, str], ...] = (
        (urllib3.exceptions.ProxyError, "the proxy does not let it through."),
        (urllib3.exceptions.NameResolutionError, "its name is not known."),
        (ConnectionRefusedError, "the connection is refused."),
        (urllib3.exceptions.ConnectTimeoutError, "nothing answers at its address."),
        (urllib3.exceptions.IncompleteRead, CUT),
        (http.client.IncompleteRead, CUT),
        ((http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError), "it closed the connection."),
        (ssl.SSLError, "it does not speak TLS as it should."),
    )
    if timed_out and not any(isinstance(one, urllib3.exceptions.ConnectTimeoutError) for one in causes):
        return "it took the question and does not answer in time."
    return next((text for kind, text in kinds if any(isinstance(one, kind) for one in causes)), otherwise)
