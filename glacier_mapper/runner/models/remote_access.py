"""Addresses of model servers, and who may be told what: headers, authorities and proxies of one server.

Credentials live in this process's memory alone. They are matched by scheme, host and port, and no text that leaves
the remote modules holds them.
"""

from __future__ import annotations

import ipaddress
import os
import re
import threading
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from requests.utils import get_environ_proxies, get_netrc_auth

from ...core.addresses import plain_address
from ...core.errors import InvalidParameterError
from ...core.messages import printable_line
from ...core.request import is_server
from .remote_secrets import hide, secrets_of

TOKEN_VARIABLE = "GLACIER_MAPPER_SERVER_TOKEN"  # nosec B105 (the name of a variable)
CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
PORTS = {"http": 80, "https": 443}
REASON_LENGTH = 300
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
_USER_INFO = re.compile(r"(?<=://)[^/\s]*@")
_QUERY = re.compile(r"(://[^?\s]*)\?[^\s]*")


@dataclass(frozen=True)
class ServerAddress:
    """Where a server answers: `path` is what stands before `/v2`, "" or "/…" without a slash at its end."""

    scheme: str
    host: str
    port: int
    path: str = ""

    @classmethod
    def parse(cls, url: str) -> ServerAddress:
        """The address in `url`. Raises InvalidParameterError for anything but http(s)://host[:port][/path]."""
        expected = f"http(s)://host[:port] alone; a token belongs in the variable {TOKEN_VARIABLE} or a login's store"
        wrong = InvalidParameterError(name="device", value=plain_address(url), expected=expected)
        try:
            parts = urlsplit(url.strip())
            port = parts.port
        except ValueError as exc:
            raise wrong from exc
        if not is_server(url) or not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
            raise wrong
        path = parts.path.rstrip("/")
        return cls(parts.scheme, parts.hostname.lower(), port or PORTS[parts.scheme], path.removesuffix("/v2"))

    @property
    def url(self) -> str:
        """The address as it is shown and asked."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"

    @property
    def key(self) -> tuple[str, str, int]:
        """What credentials are matched by."""
        return (self.scheme, self.host, self.port)

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine, where no proxy stands between."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def proxies(self) -> dict[str, str]:
        """The environment's proxies for this address, none for this machine itself."""
        return {} if self.is_loopback else dict(get_environ_proxies(self.url))


@dataclass(frozen=True)
class Access:
    """What a server is shown and trusted by: headers, basic authentication, its authority's file; and its proxies."""

    headers: dict[str, str] = field(default_factory=dict, repr=False)
    login: tuple[str, str] | None = field(default=None, repr=False)
    ca_file: str = ""
    proxies: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def is_secret(self) -> bool:
        """Whether it holds anything that others must not read."""
        return bool(self.headers or self.login)

    @property
    def verify(self) -> str | bool:
        """The file of certificates that TLS is verified against; True for the usual authorities."""
        named = (os.environ.get(name, "") for name in CA_VARIABLES)
        return self.ca_file or next((name for name in named if name), True)

    @property
    def auth(self) -> tuple[bytes, bytes] | None:
        """The login as it is sent: in Latin-1 as most servers read it, else in UTF-8."""
        if self.login is None:
            return None
        text = "".join(self.login)
        encoding = "latin-1" if all(ord(one) < 256 for one in text) else "utf-8"
        return self.login[0].encode(encoding), self.login[1].encode(encoding)

    @property
    def secrets(self) -> frozenset[str]:
        """What no text may hold."""
        return secrets_of(self.headers, self.login, self.proxies.values())

    def redact(self, text: str) -> str:
        """`text` in one short printable line, without this access's secrets, and addresses without login and query."""
        text = hide(text, self.secrets)
        line = _QUERY.sub(r"\1", _USER_INFO.sub("", printable_line(text)))
        return line if len(line) <= REASON_LENGTH else line[: REASON_LENGTH - 1] + "…"


_remembered: dict[tuple[str, str, int], Access] = {}
_lock = threading.Lock()


def remember_credentials(url: str, headers: dict[str, str], ca_file: str = "") -> None:
    """Show `headers` to the server at `url` from now on, and trust the authorities in `ca_file` for it.

    Kept in memory until the process ends; {} and "" forget. Raises InvalidParameterError, which never holds a value.
    """
    address = ServerAddress.parse(url)
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise InvalidParameterError(name="headers", value="…", expected="names and values that HTTP allows")
    with _lock:
        _remembered.pop(address.key, None)
        if headers or ca_file:
            _remembered[address.key] = Access(dict(headers), None, ca_file)


def access_for(address: ServerAddress) -> Access:
    """What was remembered for the server; else the token of the environment, else the login of netrc."""
    with _lock:
        known = _remembered.get(address.key, Access())
    if known.headers:
        return known
    token = os.environ.get(TOKEN_VARIABLE, "").strip()
    if token and _HEADER_VALUE.fullmatch(token):
        return Access({"Authorization": f"Bearer {token}"}, None, known.ca_file)
    login = get_netrc_auth(address.url)
    return Access({}, (login[0], login[1]) if login else None, known.ca_file)
