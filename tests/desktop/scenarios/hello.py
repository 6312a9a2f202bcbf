"""QGIS starts, says which version it is, and ends."""

from __future__ import annotations

from qgis.core import Qgis


def scenario(desktop):
    desktop.note(version=Qgis.QGIS_VERSION_INT, greeting=desktop.arguments["greeting"])
    desktop.screenshot("hello.png")
