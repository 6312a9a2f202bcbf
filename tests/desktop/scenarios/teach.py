"""Map, review, teach the model by what was reviewed, look at before and after, keep the new model and map with it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import steps
from qgis.core import QgsApplication
from qgis.PyQt.QtWidgets import QApplication


def teaching(desktop):
    """The dialog, once it is there; one that was closed and waits to be deleted is none."""
    named = [one for one in QApplication.topLevelWidgets() if one.objectName() == "GlacierMapperTeach"]
    return next((one for one in named if one.isVisible()), None)


def review(desktop, dock, layer):
    """Accept all outlines but the last two of the list, of which one is rejected; nothing is saved."""
    panel = dock.review
    dock.show_review_page()
    desktop.wait_until(lambda: panel.filter.rowCount() == layer.featureCount(), 20, "the outlines in the list")
    panel.advance.setChecked(False)
    last = panel.filter.rowCount() - 1
    for place in range(last - 1):
        panel._select_place(place)
        desktop.click(panel.card.accept)
    panel._select_place(last)
    desktop.click(panel.card.reject)
    desktop.settle()
    return layer


def grabbed(desktop, dialog, name):
    desktop.wait(0.3)
    dialog.grab().save(str(desktop.folder / f"{name}.png"))


def without_any(desktop, dock):
    """What is said before anything is reviewed, and of a model that can't learn."""
    dock.show_review_page()
    desktop.wait_until(dock.review.teach.isEnabled, 20, "the button")
    desktop.click(dock.review.teach)
    dialog = desktop.wait_until(lambda: teaching(desktop), 10, "the dialog")
    desktop.wait_until(dialog.status.text, 10, "what stands in the way")
    grabbed(desktop, dialog, "teach_obstacle")
    said = dialog.status.text()
    dialog.reject()
    return said


def shown(view):
    """What the result says, and whether its pictures are there."""
    return {
        "figures": {name: [one.text() for one in labels] for name, labels in view.figures.items()},
        "verdict": view.verdict.text(),
        "pictures": [not one.image.pixmap().isNull() for one in (view.before, view.after)],
    }


def scenario(desktop):
    dock, arguments = steps.open_dock(desktop), desktop.arguments
    steps.add_scene(desktop, arguments["scene"], arguments["dem"])
    layer = steps.map_and_wait(desktop)
    band_ratio_said = without_any(desktop, dock)
    dock.set_model(arguments["model"])
    nothing_said = without_any(desktop, dock)
    review(desktop, dock, layer)
    desktop.screenshot("review.png")
    desktop.click(dock.review.teach)
    dialog = desktop.wait_until(lambda: teaching(desktop), 10, "the dialog")
    desktop.wait_until(dialog.zoom.isVisible, 20, "the way to all outlines: the list has zoomed in")
    grabbed(desktop, dialog, "teach_zoomed_in")
    desktop.click(dialog.zoom)
    desktop.wait_until(lambda: not dialog.zoom.isVisible(), 20, "all outlines in view")
    desktop.wait_until(dialog.teach.isEnabled, 20, "what the teaching needs")
    facts = dialog.facts.text()
    dialog.minutes.setValue(arguments["minutes"])
    dialog.around.setValue(1000)
    grabbed(desktop, dialog, "teach_before")
    desktop.screenshot("teach_over_qgis.png")
    desktop.click(dialog.teach)
    desktop.wait_until(lambda: "Training" in dialog.stage.full_text, 60 * arguments["minutes"], "the training")
    running = dialog.stage.full_text
    grabbed(desktop, dialog, "teach_running")
    desktop.click(dialog.cancel)
    desktop.wait_until(dialog.teach.isEnabled, 60, "the end of the cancelled teaching")
    cancelled = dialog.status.text()
    grabbed(desktop, dialog, "teach_cancelled")
    desktop.click(dialog.teach)
    desktop.wait_until(dialog.keep.isVisible, 60 * arguments["minutes"] + 120, "the result")
    grabbed(desktop, dialog, "teach_result")
    desktop.screenshot("teach_result_over_qgis.png")
    QgsApplication.instance().setUITheme("Night Mapping")  # the way back leaves QGIS's own lists half dark
    grabbed(desktop, dialog, "teach_result_dark")
    desktop.screenshot("teach_result_dark_over_qgis.png")
    found = shown(dialog.result_view)
    dialog.result_view.name.setText("Taught in the valley")
    desktop.click(dialog.keep)
    desktop.wait_until(lambda: dock.model() == "taught-in-the-valley", 30, "the new model")
    bar = desktop.bar_texts()
    dock.show_map_page()
    desktop.settle()
    desktop.screenshot("kept.png")
    layer.rollBack()
    mapped = steps.map_and_wait(desktop)
    names = {feature["model"] for feature in mapped.getFeatures()}
    mapped.rollBack()
    desktop.note(
        facts=facts, running=running, cancelled=cancelled, bar=bar, mapped_with=sorted(map(str, names)),
        band_ratio_said=band_ratio_said, nothing_said=nothing_said,
        minutes=desktop.plugin._store.load().teach.minutes, **found,
    )  # fmt: skip
