"""Every text that the panel shows in QGIS's language."""

from __future__ import annotations

import sys
from pathlib import Path

from qgis.PyQt.QtWidgets import QAbstractButton, QComboBox, QGroupBox, QLabel, QTabWidget

sys.path.insert(0, str(Path(__file__).parent))

import steps


def texts(widget):
    """What a user can read below a widget, tool tips included."""
    found = [label.text() for label in widget.findChildren(QLabel)]
    for kind in (QAbstractButton, QGroupBox, QComboBox):
        found += [one.toolTip() for one in widget.findChildren(kind)]
    found += [button.text() for button in widget.findChildren(QAbstractButton)]
    found += [group.title() for group in widget.findChildren(QGroupBox)]
    for box in widget.findChildren(QComboBox):
        found += [box.itemText(number) for number in range(box.count())]
    for tabs in widget.findChildren(QTabWidget):
        found += [tabs.tabText(number) for number in range(tabs.count())]
    return sorted({text.replace("&", "") for text in found if text.strip()})


def scenario(desktop):
    desktop.wait_until(desktop.docks, 10, "the dock")
    desktop.dock.setUserVisible(True)
    desktop.wait(1)
    steps.add_scene(desktop, desktop.arguments["scene"])
    desktop.wait(1)
    desktop.screenshot("map.png")
    scroll = desktop.dock.map.scroll
    desktop.note(content_px=scroll.widget().width(), room_px=scroll.viewport().width(), dock_px=desktop.dock.width())
    run = desktop.dock.map.run
    desktop.wait_until(lambda: " · " in run.estimate.text(), 60, "the estimate")
    desktop.note(estimate=run.estimate.text())
    steps.map_and_wait(desktop)
    desktop.wait_until(run.status.text, 20, "the result in the dock")
    notes = [line.text.text() for line in run.notes.lines]
    desktop.note(status=run.status.text(), bar=desktop.bar_texts(), notes=notes)
    desktop.screenshot("mapped.png")
    desktop.dock.show_review_page()
    desktop.wait(0.5)
    desktop.screenshot("review.png")
    desktop.note(texts=texts(desktop.dock))
