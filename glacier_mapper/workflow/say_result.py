"""A finished mapping in one line."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication

from ..core.result import MapResult
from ..core.speed import Speed


def result_text(result: MapResult, speed: Speed | None = None) -> str:
    """How many outlines, how much ice, how long it took, and how fast that was."""
    translate = QCoreApplication.translate
    one = translate("Session", "{count} outline, {area} km², in {seconds} s.")
    more = translate("Session", "{count} outlines, {area} km², in {seconds} s.")
    text = (one if result.outline_count == 1 else more).format(
        count=result.outline_count, area=f"{result.area_km2:.2f}", seconds=f"{result.seconds:.1f}"
    )
    if speed is None or not speed.device:
        return text
    fast = translate("Session", "{count} tiles/s on {device}.")
    return f"{text} {fast.format(count=f'{speed.tiles_per_s:.3g}', device=speed.device)}"
