"""How long the main thread was busy with one thing, and how soon a second click computes.

A timer beats every 5 ms; the gap between two beats is at least how long nothing else could happen. The event loop
is Qt's own: waiting in steps would add to the gaps.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QEventLoop, Qt, QTimer

sys.path.insert(0, str(Path(__file__).parent))

import steps

BEAT_MS = 5


class Heartbeat:
    """Beats and remembers when, in seconds."""

    def __init__(self):
        self.beats = []
        self.busy_s = []
        self.timer = QTimer()
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self._beat)
        self.timer.start(BEAT_MS)

    def _beat(self):
        self.beats.append(time.perf_counter())
        self.busy_s.append(time.thread_time())

    def busiest(self, since, until):
        """Milliseconds of processor time that the main thread took between two beats, the longest first.

        Unlike the gaps these are the plugin's and QGIS's own, whatever else the machine is busy with.
        """
        within = [i for i, beat in enumerate(self.beats) if since < beat < until]
        pairs = [(1000 * (self.busy_s[i] - self.busy_s[i - 1]), self.beats[i - 1] - since) for i in within if i]
        return [{"ms": ms, "at_s": at} for ms, at in sorted(pairs, reverse=True)[:5]]

    def figures(self, since, until):
        """The gaps between beats from `since` to `until`, the open ends included."""
        times = [since, *(beat for beat in self.beats if since < beat < until), until]
        gaps = sorted((1000 * (later - earlier), earlier - since) for earlier, later in zip(times, times[1:]))
        return {
            "max_ms": gaps[-1][0], "p99_ms": gaps[int(0.99 * (len(gaps) - 1))][0], "beats": len(gaps),
            "longest": [{"ms": gap, "at_s": at} for gap, at in reversed(gaps[-5:])],
            "busiest": self.busiest(since, until),
        }


def live(seconds):
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    loop.exec()


def run_once(desktop, watch, heart):
    """Map once; figures of the run, of showing its result, and of the way from the click to the first computing."""
    desktop.wait_until(lambda: steps.map_button(desktop).isEnabled(), 60, "the map button")
    live(1.0)
    marks = {}
    loop = QEventLoop()
    QTimer.singleShot(300_000, loop.quit)

    def on_progress(progress):
        marks.setdefault(progress.stage.value, time.perf_counter())
        marks["last"] = time.perf_counter()

    watch.mapping.progressed.connect(on_progress)
    watch.mapping.ended.connect(loop.quit)
    button = steps.map_button(desktop)  # finding it takes longer than the click
    click = time.perf_counter()
    desktop.click(button)
    loop.exec()
    live(1.0)
    end = time.perf_counter()
    watch.mapping.progressed.disconnect(on_progress)
    watch.mapping.ended.disconnect(loop.quit)
    return {
        "run": heart.figures(click, marks["last"]),
        "showing": heart.figures(marks["last"], end),
        "seconds": marks["last"] - click,
        "to_first_predicting_s": marks["predicting"] - click,
        "stages_s": {stage: at - click for stage, at in marks.items()},
    }


def scenario(desktop):
    steps.open_dock(desktop)
    watch = steps.RunWatch()
    steps.add_scene(desktop, desktop.arguments["scene"])
    heart = Heartbeat()
    live(2.0)
    idle_from = time.perf_counter()
    live(5.0)
    idle = heart.figures(idle_from, time.perf_counter())
    first = run_once(desktop, watch, heart)
    second = run_once(desktop, watch, heart)
    desktop.note(idle=idle, first=first, second=second, layers=len(QgsProject.instance().mapLayers()))
