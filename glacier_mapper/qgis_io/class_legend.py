"""The legend of a map of classes: the style has the colours, the raster's own band the names."""

from __future__ import annotations

from qgis.core import QgsPalettedRasterRenderer, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication

from ..core.messages import QT_TRANSLATE_NOOP
from .bands import open_quietly

KEY = "CLASS_"
"""Begins the names of the band's metadata, as the engine writes them; the value follows."""
OTHER = QT_TRANSLATE_NOOP("layers", "Other")
GLACIER = QT_TRANSLATE_NOOP("layers", "Glacier")
DEBRIS = QT_TRANSLATE_NOOP("layers", "Debris-covered glacier")
KNOWN = {
    "other": OTHER, "glacier": GLACIER,
    "debris": DEBRIS, "debris covered glacier": DEBRIS, "debris covered ice": DEBRIS,
}  # fmt: skip


def named_classes(layer: QgsRasterLayer, style: QgsPalettedRasterRenderer) -> QgsPalettedRasterRenderer:
    """A renderer of the style's colours for the values that the raster's band names, under these names.

    Where the band names none, all that the style has.
    """
    names, shown = _names(layer.source()), []
    for one in style.classes():
        if not names or one.value in names:
            one.label = QCoreApplication.translate("layers", _label(names.get(one.value, one.label)))
            shown.append(one)
    renderer = QgsPalettedRasterRenderer(layer.dataProvider(), style.band(), shown)
    renderer.setOpacity(style.opacity())
    return renderer


def _label(name: str) -> str:
    """What a class of that name is called, to be translated; a name that a model has for itself stays as it is."""
    return KNOWN.get(" ".join(name.replace("-", " ").replace("_", " ").lower().split()), name)


def _names(source: str) -> dict[float, str]:
    """By value, as the first band's metadata say."""
    dataset = open_quietly(source)
    said = {} if dataset is None else dataset.GetRasterBand(1).GetMetadata()
    values = {key[len(KEY) :]: name for key, name in said.items() if key.startswith(KEY)}
    return {float(value): name for value, name in values.items() if value.isdecimal() and name}
