"""Addresses that may hold a secret, in a form that may be shown, logged and saved."""

from __future__ import annotations

import re

HIDDEN = "…"


def plain_address(text: str) -> str:
    """`text` without user, password, query and fragment, each of which may be a secret.

    Where it can't be told which is which (an @ behind a ?), nothing but the scheme is left.
    """
    scheme, separator, rest = text.strip().rpartition("://") if "://" in text else ("", "", text.strip())
    has_login, has_query = "@" in rest, re.search(r"[?#]", rest) is not None
    if has_login and has_query:
        return f"{scheme}{separator}{HIDDEN}"
    host = rest.rpartition("@")[2]
    return f"{scheme}{separator}{re.split(r'[?#]', host, maxsplit=1)[0]}"


def holds_secret(text: str) -> bool:
    """Whether an address has a part in which a password or a token could stand."""
    return any(sign in text for sign in "@?#")
