"""HTTP to one model server: kept connections, limits on every answer, patience, and errors of the tree.

Nothing here trusts the other side: an answer has a length that was agreed on before, and a time by which its headers
and then its body must be complete, however slowly it drips.
"""

from __future__ import annotations

import http.client
import json
import random
import ssl
import threading
import time
from dataclasses import dataclass, replace
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import urllib3
from requests.structures import CaseInsensitiveDict

from ...core.errors import GlacierMapperError
from ...core.model_errors import (
    ServerAccessError,
    ServerAnswerError,
    ServerCertificateError,
    ServerError,
    ServerUnreachableError,
)
from .remote_access import Access, ServerAddress, access_for
from .remote_causes import CUT, causes_of, is_bad_ca_file, words_for
from .remote_watch import WatchedAdapter
from .remote_wire import Body

CONNECT_S = 5.0
READ_BYTES = 1 << 20
ERROR_BYTES = 1 << 16
"""What is read of an answer that says no."""
BUSY = frozenset({429, 502, 503, 504})
TIMEOUT_TRIES = 2
TIMEOUTS = (TimeoutError, urllib3.exceptions.TimeoutError)
NO_HTTP = (http.client.BadStatusLine, http.client.LineTooLong, http.client.UnknownProtocol)
NOT_CONNECTED = urllib3.exceptions.NewConnectionError  # which urllib3 counts among its timeouts


@dataclass(frozen=True)
class Patience:
    """How often a request is sent, and how long is waited in between: doubled each time, cut by chance.

    `most_wait_s` also bounds what a server asks for with Retry-After.
    """

    tries: int = 5
    first_wait_s: float = 0.2
    most_wait_s: float = 15.0

    def wait_s(self, tried: int, asked_s: float | None) -> float:
        """Seconds to wait after `tried` tries."""
        if asked_s is not None:
            return min(asked_s, self.most_wait_s)
        return random.uniform(0.5, 1.0) * min(self.first_wait_s * 2 ** (tried - 1), self.most_wait_s)  # noqa: S311  # nosec B311 (no secret)


ONCE = Patience(tries=1)


@dataclass(frozen=True)
class Answer:
    """What a server said: status, headers, and the whole body."""

    status: int
    headers: CaseInsensitiveDict[str]
    body: bytearray

    def json(self) -> Any:
        """The body as a JSON value, None where it is none."""
        try:
            return json.loads(bytes(self.body))
        except (ValueError, RecursionError):
            return None

    def reason(self) -> str:
        """The server's own words for what went wrong, else the status."""
        said = self.json()
        text = next((said[key] for key in ("error", "detail", "message") if said.get(key)), "") \
            if isinstance(said, dict) else ""  # fmt: skip
        word = http.client.responses.get(self.status, "")
        return f"{text} (HTTP {self.status})" if text else f"HTTP {self.status} {word}".strip()

    def retry_after_s(self) -> float | None:
        """The seconds of Retry-After, None without; a date counts as none."""
        text = self.headers.get("Retry-After", "").strip()
        return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


@dataclass(frozen=True)
class Question:
    """A request: `path` begins with "/v2". `most_bytes` bounds the answer, `limit_s` its headers and its body each."""

    method: str
    path: str
    body: Body | None = None
    most_bytes: int = 1 << 22
    limit_s: float = 10.0


class Connection:
    """Questions and answers with the server at `address`. Thread-safe; `give_up` ends all waiting."""

    def __init__(self, address: ServerAddress, pool: int = 16) -> None:
        self.address = address
        self._access: Access = replace(access_for(address), proxies=address.proxies())
        self._given_up = threading.Event()
        self._session = requests.Session()
        self._session.trust_env = False  # netrc and proxies are looked up in remote_access, where they can be refused
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._adapter = WatchedAdapter(pool)
        self._session.mount("http://", self._adapter)
        self._session.mount("https://", self._adapter)
        self._session.headers.update({"User-Agent": "GlacierMapper", "Accept-Encoding": "identity"})
        self._session.headers.update(self._access.headers)
        self._session.auth = self._access.auth

    @property
    def sends_secrets_openly(self) -> bool:
        """Whether credentials travel to another machine unencrypted."""
        return self._access.is_secret and self.address.scheme == "http" and not self.address.is_loopback

    def ask(self, question: Question, patience: Patience = ONCE) -> Answer:
        """The server's answer, whatever its status but 401, 403 and redirects.

        Busy servers (429, 502, 503, 504) and broken connections are asked again as `patience` says. Raises
        ServerUnreachableError, ServerAccessError, ServerCertificateError, ServerAnswerError.
        """
        timeouts = 0
        for tried in range(1, patience.tries + 1):
            asked_s = None
            try:
                answer = self._ask_once(question, question.limit_s * tried)
            except _BrokenError as broken:
                timeouts += broken.timed_out
                if tried == patience.tries or timeouts == TIMEOUT_TRIES or self._given_up.is_set():
                    raise self.unreachable(str(broken)) from broken.__cause__
            else:
                if answer.status not in BUSY:
                    return answer
                if tried == patience.tries or self._given_up.is_set():
                    raise self.unreachable(self.redact(answer.reason()))
                asked_s = answer.retry_after_s()
            if self._given_up.wait(patience.wait_s(tried, asked_s)):
                break
        raise self.unreachable("it was given up.")

    def ask_json(self, path: str, patience: Patience = ONCE) -> dict[str, Any] | None:
        """The JSON object at `path`, None where the server has none. Raises as `ask` does."""
        answer = self.ask(Question("GET", path), patience)
        if answer.status != 200:
            return None
        found = answer.json()
        if not isinstance(found, dict):
            raise self.wrong(f"no JSON object at {path}.")
        return found

    def is_alive(self, limit_s: float) -> bool:
        """Whether anything at all is answered within `limit_s` seconds to the question whether the server lives."""
        try:
            self._ask_once(Question("GET", "/v2/health/live"), limit_s)
        except _BrokenError:
            return False
        except GlacierMapperError:  # an answer, whatever it says
            return True
        return True

    def give_up(self) -> None:
        """End every wait for a server that is lost; questions under way fail at their next turn."""
        self._given_up.set()

    def close(self) -> None:
        """Close all connections; who waits for an answer waits no longer."""
        self.give_up()
        self._adapter.waiting.hang_up()
        self._session.close()

    def redact(self, text: str) -> str:
        """`text` as it may be shown."""
        return self._access.redact(text)

    def unreachable(self, reason: str) -> ServerUnreachableError:
        """The error for a server that can't be used now."""
        return ServerUnreachableError(url=self.address.url, reason=reason)

    def wrong(self, reason: str) -> ServerAnswerError:
        """The error for an answer that is none of the protocol."""
        return ServerAnswerError(url=self.address.url, reason=self.redact(reason))

    def failed(self, answer: Answer) -> ServerError:
        """The error that an answer itself speaks of."""
        return ServerError(url=self.address.url, reason=self.redact(answer.reason()))

    def _ask_once(self, question: Question, limit_s: float) -> Answer:
        headers = dict(question.body.headers) if question.body else {}
        access = self._access
        try:
            with self._session.request(
                question.method, self.address.url + question.path, headers=headers, data=question.body, stream=True,
                timeout=(CONNECT_S, limit_s), allow_redirects=False, proxies=access.proxies, verify=access.verify,
            ) as response:  # fmt: skip
                self._refuse(response)
                answered = response.status_code
                most_bytes = question.most_bytes if answered == 200 else ERROR_BYTES
                body = self._read(response, most_bytes, limit_s, cut=answered != 200)
        except (OSError, urllib3.exceptions.HTTPError) as exc:
            raise self._translate(exc) from exc
        if answered in (401, 403):
            reason = self.redact(Answer(answered, response.headers, body).reason())
            raise ServerAccessError(url=self.address.url, reason=reason)
        return Answer(answered, response.headers, body)

    def _refuse(self, response: requests.Response) -> None:
        if 300 <= response.status_code < 400:
            where = self.redact(response.headers.get("Location", "nowhere").split("?", 1)[0])
            raise self.wrong(f"it sends on to {where}; give that address if you trust it.")
        if response.headers.get("Content-Encoding", "identity").lower() not in ("identity", ""):
            raise self.wrong("a compressed answer, which was not asked for.")

    def _read(self, response: requests.Response, most_bytes: int, limit_s: float, cut: bool) -> bytearray:
        """The body, at most `most_bytes`; of a longer one the beginning where `cut`, else ServerAnswerError."""
        announced = response.headers.get("Content-Length", "0")
        if not cut and announced.isascii() and announced.isdigit() and int(announced[:18]) > most_bytes:
            raise self.wrong(f"an answer of {announced[:18]} bytes, where {most_bytes} are the most.")
        end, body = time.monotonic() + limit_s, bytearray()
        while chunk := response.raw.read1(READ_BYTES, decode_content=False):
            body += chunk
            if len(body) > most_bytes:
                if cut:
                    break
                raise self.wrong(f"an answer without end, where {most_bytes} bytes are the most.")
            if time.monotonic() > end:
                raise _BrokenError("its answer drips and is not complete in time.", timed_out=True)
        if not body and not any(name in response.headers for name in ("Content-Length", "Transfer-Encoding")):
            raise _BrokenError(CUT)  # in the middle of its headers
        return body

    def _translate(self, exc: Exception) -> GlacierMapperError | _BrokenError:
        """What a foreign exception means: the error to raise at once, or _BrokenError where another try may help."""
        causes = list(causes_of(exc))
        if any(isinstance(one, ssl.SSLCertVerificationError) for one in causes):
            said = next(one for one in causes if isinstance(one, ssl.SSLCertVerificationError))
            return ServerCertificateError(url=self.address.url, reason=self.redact(f"{said.verify_message}."))
        if is_bad_ca_file(causes, self._access.verify):
            return ServerCertificateError(
                url=self.address.url, reason=f"the file {self._access.verify} holds no certificates."
            )
        timed_out = any(isinstance(one, TIMEOUTS) and not isinstance(one, NOT_CONNECTED) for one in causes)
        hung_up = any(isinstance(one, ConnectionError) for one in causes)
        if not timed_out and not hung_up and any(isinstance(one, NO_HTTP) for one in causes):
            return self.wrong("what is no HTTP.")
        return _BrokenError(words_for(causes, timed_out, self.redact(str(exc))), timed_out)


class _BrokenError(Exception):
    """A try that failed, and another may not."""

    def __init__(self, reason: str, timed_out: bool = False) -> None:
        super().__init__(reason)
        self.timed_out = timed_out
