"""Live preview on, then the slider is moved again and again; seconds from each move to its preview in the map."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from qgis.PyQt.QtCore import QEventLoop, QTimer
from qgis.utils import iface

sys.path.insert(0, str(Path(__file__).parent))

import steps

MOVES = 8
PATIENCE_MS = 30_000


def seconds_until(signal, act):
    """Act, and let the event loop run until the signal comes and the map is drawn; None where it does not come."""
    loop, heard = QEventLoop(), []

    def hear(*_):
        heard.append(True)
        QTimer.singleShot(10, wait_for_map)  # the canvas begins to draw in a later turn

    def wait_for_map():
        if iface.mapCanvas().isDrawing():
            QTimer.singleShot(5, wait_for_map)
        else:
            loop.quit()

    signal.connect(hear)
    start = time.perf_counter()
    QTimer.singleShot(PATIENCE_MS, loop.quit)
    act()
    loop.exec()
    signal.disconnect(hear)
    return time.perf_counter() - start if heard else None


def scenario(desktop):
    dock = steps.open_dock(desktop)
    steps.add_scene(desktop, desktop.arguments["scene"])
    desktop.wait_until(lambda: steps.map_button(desktop).isEnabled(), 60, "the map button")
    ratio, preview = dock.map.model.band_ratio, desktop.plugin.session.preview
    first = seconds_until(preview.previewed, lambda: desktop.click(ratio.preview))
    ratio.automatic.setChecked(False)
    desktop.wait(1.0)
    places = [ratio.slider.minimum() + (number + 1) * 40 for number in range(MOVES)]
    moves = [seconds_until(preview.previewed, lambda place=place: ratio.slider.setValue(place)) for place in places]
    desktop.note(first_s=first, moves_s=moves)
