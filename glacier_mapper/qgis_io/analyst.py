"""The name that outlines and edits are signed with."""

from __future__ import annotations

import getpass

from qgis.core import QgsApplication


def login_name() -> str:
    """The one who is logged in: the full name where the system knows it."""
    try:
        return QgsApplication.userFullName().strip() or getpass.getuser()
    except (KeyError, OSError, ImportError):  # an account without a name
        return ""


def analyst_name(name: str) -> str:
    """The name of the settings, or else the one who is logged in."""
    return name.strip() or login_name()
