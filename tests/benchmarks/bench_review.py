"""The review list keeps up with a large inventory: filling, a verdict and a filter, against a plain table widget.

Times of one run on one machine are compared with each other, so that the figures mean the same on any.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from figures import target, write_figures

ROOT = Path(__file__).resolve().parents[2]
ROWS = 2000
TURNS = 15
MAX_FILL = 1.0
"""Filling the list takes no longer than filling a table with one item a cell."""
MAX_VERDICT = 1.0
"""A verdict on one outline, all rows told anew, paints the list anew too and takes no longer either."""
MAX_FILTER = 0.5


def make_rows():
    """An inventory of outlines of all states."""
    from glacier_mapper.core.review_list import ReviewRow

    dice = random.Random(1)  # noqa: S311 (no secret)
    states = ["open", "accepted", "rejected", "needs_work"]
    return [
        ReviewRow(fid, f"G{fid:06d}E46000N", dice.uniform(0.01, 20), dice.random(), 10.0, dice.choice(states))
        for fid in range(ROWS)
    ]


def best_ms(work, before=None) -> float:
    """The best processor time of some turns in milliseconds, the one least disturbed; `before` is not counted."""
    from qgis.PyQt.QtWidgets import QApplication

    times = []
    for _ in range(TURNS):
        if before is not None:
            before()
        QApplication.processEvents()
        start = time.process_time()
        work()
        QApplication.processEvents()
        times.append(1000 * (time.process_time() - start))
    return min(times)


def fill_table(table, rows) -> None:
    """What a list without a model does: an item for every cell."""
    from qgis.PyQt.QtWidgets import QTableWidgetItem

    table.setRowCount(len(rows))
    for place, row in enumerate(rows):
        texts = (str(place + 1), f"{row.area_km2:.3f}", f"{row.confidence:.2f}", f"{row.unc_m:.0f}", row.state)
        for column, text in enumerate(texts):
            table.setItem(place, column, QTableWidgetItem(text))


def measure() -> dict[str, float]:
    """Milliseconds of each of the four."""
    from dataclasses import replace

    from qgis.PyQt.QtWidgets import QTableWidget

    from glacier_mapper.core.review_list import ALL, TO_DO
    from glacier_mapper.gui.review_panel import ReviewPanel

    rows, panel, table = make_rows(), ReviewPanel(), QTableWidget(0, 5)
    for widget in (panel, table):
        widget.resize(500, 800)
        widget.show()
    figures = {
        "table": best_ms(lambda: fill_table(table, rows), lambda: table.setRowCount(0)),
        "fill": best_ms(lambda: panel.show_rows(rows), lambda: panel.show_rows([])),
    }
    judged = iter([[replace(rows[0], note=str(turn)), *rows[1:]] for turn in range(TURNS)])
    figures["verdict"] = best_ms(lambda: panel.show_rows(next(judged)))
    states = iter([TO_DO, ALL] * TURNS)
    figures["filter"] = best_ms(lambda: panel.states.setCurrentIndex(panel.states.findData(next(states))))
    return figures


def in_qgis() -> int:
    """Measure, print and write build/bench/review.json."""
    from qgis.core import QgsApplication

    application = QgsApplication([], True)
    application.initQgis()
    times = measure()
    figures = {
        "rows": ROWS,
        "milliseconds": times,
        "targets": {
            "filling the list / filling a table": target(times["fill"] / times["table"], MAX_FILL),
            "a verdict / filling a table": target(times["verdict"] / times["table"], MAX_VERDICT),
            "a filter / filling a table": target(times["filter"] / times["table"], MAX_FILTER),
        },
    }
    write_figures("review", figures)
    os._exit(0)  # QGIS's own clean-up after widgets made in Python is not what is measured


def main() -> int:
    """Measure in the Python that has QGIS: this one, or that of .venv-qgis."""
    if "--in-qgis" in sys.argv:
        return in_qgis()
    python = ROOT / ".venv-qgis" / "bin" / "python"
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([str(python), __file__, "--in-qgis"], cwd=ROOT, env=environment, check=False)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
