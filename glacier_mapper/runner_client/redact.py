"""Keeping secrets out of what is logged, shown or copied."""

from __future__ import annotations

import re
from urllib.parse import quote

from .setup_values import ProxySettings

_CREDENTIALS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)[^/\s'\"]*@")
_QUERY = re.compile(r"(?P<address>[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"?#]*)\?[^\s'\"#]+")
HIDDEN = "***"


class Redactor:
    """Takes the credentials of URLs, and the given secrets wherever they stand, out of texts."""

    def __init__(self, proxy: ProxySettings | None = None) -> None:
        secrets = [proxy.password, quote(proxy.password, safe="")] if proxy is not None and proxy.password else []
        self._secrets = sorted(set(secrets), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """`text` without them."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return without_credentials(text)


def without_credentials(text: str) -> str:
    """`text` with user, password and query of every URL hidden."""
    text = _CREDENTIALS.sub(lambda match: f"{match['scheme']}{HIDDEN}@", text)
    return _QUERY.sub(lambda match: f"{match['address']}?{HIDDEN}", text)
