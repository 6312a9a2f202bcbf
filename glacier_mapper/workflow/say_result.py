"""A finished mapping in one line."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication

from ..core.result import MapResult
from ..qgis_io.translation import number


def result_text(result: MapResult) -> str:
    """How many outlines, how much ice, and how long it took; how fast that was stands in the dock."""
    translate = QCoreApplication.translate
    none = translate("Session", "No glacier found in the view, in {seconds} s. A lower threshold takes more.")
    one = translate("Session", "{count} outline, {area} km², in {seconds} s.")
    more = translate("Session", "{count} outlines, {area} km², in {seconds} s.")
    text = {0: none, 1: one}.get(result.outline_count, more)
    return text.format(
        count=number(result.outline_count),
        area=number(result.area_km2, 1 if result.area_km2 >= 10 else 2),
        seconds=number(result.seconds, 1),
    )
