"""Secrets in what a server says: found in every form in which one that was shown them could repeat them."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus, unquote, urlsplit

LEAST_LENGTH = 3
"""Shorter ones would take letters out of every word."""
HIDDEN = "…"


def secrets_of(
    headers: Mapping[str, str], login: tuple[str, str] | None = None, proxies: Iterable[str] = ()
) -> frozenset[str]:
    """What must not be shown of headers, of a login by name and password, and of proxies' addresses.

    That are the words of a header after its scheme, for Basic the name and the password in it, and the header that is
    made of a login.
    """
    found = {word for value in headers.values() for word in (value, *value.split()[1:])}
    for value in headers.values():
        scheme, _, rest = value.strip().partition(" ")
        if scheme.lower() == "basic":
            found |= _decoded(rest.strip())
    for name, password in filter(None, (login, *map(_login_of, proxies))):
        found |= {name, password, f"{name}:{password}"}
    return frozenset(found - {""})


def _login_of(proxy: str) -> tuple[str, str] | None:
    """Name and password in a proxy's address."""
    try:
        parts = urlsplit(proxy if "://" in proxy else f"//{proxy}")
    except ValueError:
        return None
    return (unquote(parts.username or ""), unquote(parts.password or "")) if "@" in parts.netloc else None


def _decoded(text: str) -> set[str]:
    """“name:password” of a Basic header, its name and its password, after both encodings that are in use."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return set()
    both = {raw.decode("latin-1"), raw.decode("utf-8", "replace")}
    return both | {part for pair in both for part in pair.split(":", 1)}


def hide(text: str, secrets: Iterable[str]) -> str:
    """`text` with “…” for every secret of three letters or more, whatever form it has."""
    wanted = {form for secret in secrets if len(secret) >= LEAST_LENGTH for form in _forms(secret)}
    if not wanted:
        return text
    longest_first = sorted((re.escape(one) for one in wanted if len(one) >= LEAST_LENGTH), key=len, reverse=True)
    return re.sub("|".join(longest_first), HIDDEN, text, flags=re.IGNORECASE)


def _forms(secret: str) -> set[str]:
    """A secret as it is, and as addresses, pages, JSON, programs and headers write it."""
    forms = {secret, html.escape(secret), html.escape(secret).replace("&#x27;", "&#39;"), html.escape(secret, False)}
    forms |= {repr(secret)[1:-1], json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    forms |= {one.replace("/", "\\/") for one in forms}
    for raw in _bytes_of(secret):
        packed, safe = base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()
        forms |= {packed, packed.rstrip("="), safe, safe.rstrip("="), quote(packed, safe="")}
        forms |= {raw.hex(), raw.decode("latin-1"), raw.decode("utf-8", "replace"), repr(raw)[2:-1]}
        forms |= {quote(raw, safe=""), quote(raw), quote_plus(raw), quote(quote(raw, safe=""), safe="")}
    return forms


def _bytes_of(text: str) -> set[bytes]:
    found = {text.encode("utf-8", "replace")}
    try:
        return found | {text.encode("latin-1")}
    except UnicodeEncodeError:
        return found
