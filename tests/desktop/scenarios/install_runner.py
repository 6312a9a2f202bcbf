"""The runner is installed by a click in the dock, from a folder of wheels, without a network."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import steps


def scenario(desktop):
    dock = steps.open_dock(desktop)
    card = dock.map.card
    desktop.wait_until(lambda: card.face.condition.value == "missing" and card.action.isVisible(), 30, "the card")
    before = card.title.text()
    card.wheel_folder.setText(desktop.arguments["wheels"])
    card.wheel_folder.editingFinished.emit()
    desktop.wait(0.5)
    facts = card.facts.text()
    desktop.click(card.action)
    desktop.wait_until(lambda: card.face.condition.value == "ready" or card.error.isVisible(), 120, "the installation")
    desktop.screenshot("installed.png")
    host = desktop.plugin._host
    desktop.note(before=before, facts=facts, error=card.error.text() if card.error.isVisible() else "",
                 condition=card.face.condition.value, place=str(host.place), obstacle=dock.map.obstacle())
