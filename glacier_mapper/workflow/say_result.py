"""A finished mapping in one line."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication

from ..core.result import MapResult
from ..core.speed import Speed
from ..qgis_io.translation import device, number


def result_text(result: MapResult, speed: Speed | None = None) -> str:
    """How many outlines, how much ice, how long it took, and how fast that was."""
    translate = QCoreApplication.translate
    one = translate("Session", "{count} outline, {area} km², in {seconds} s.")
    more = translate("Session", "{count} outlines, {area} km², in {seconds} s.")
    area = number(result.area_km2, 1 if result.area_km2 >= 10 else 2)
    text = (one if result.outline_count == 1 else more).format(
        count=number(result.outline_count), area=area, seconds=number(result.seconds, 1)
    )
    if speed is None or not speed.device:
        return text
    fast = translate("Session", "{count} tiles/s on {device}.")
    pace = number(speed.tiles_per_s, 0 if speed.tiles_per_s >= 100 else 1 if speed.tiles_per_s >= 10 else 2)
    return f"{text} {fast.format(count=pace, device=device(speed.device))}"
