"""The products of a mapping as a group of layers of the project."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from qgis.core import (
    QgsGraduatedSymbolRenderer,
    QgsLayerTreeGroup,
    QgsMapLayer,
    QgsPalettedRasterRenderer,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication

from ..core.errors import UnreadableRasterError
from ..core.messages import QT_TRANSLATE_NOOP
from ..core.outline_fields import BOUNDARY_LAYER, OUTLINES_LAYER, EditState
from ..core.result import MapResult
from .class_legend import named_classes
from .paths import resource

PRODUCT_PROPERTY = "glacier_mapper/product"
"""Custom property of a layer: "outlines", "boundary", "classes", "confidence", "model_uncertainty", "probability",
"preview" or "live"."""
RUN_PROPERTY = "glacier_mapper/run"
"""Custom property of a layer and its group: the folder of the mapping."""

AS_DRAWN = f"outline_id IN (SELECT outline_id FROM {OUTLINES_LAYER} WHERE edit_state = '{EditState.MODEL.value}')"
"""Which sections of the boundary are shown: those of outlines that stand as the model drew them.

It looks at the saved outlines of the same file whenever the layer is drawn, so an edited or deleted outline loses its
sections with the commit and has them again when it is restored. Nothing is removed from the file.
"""

DATA_EDGE_LABEL = QT_TRANSLATE_NOOP("layers", "Edge of the data")
"""As the boundary's style file names the sections where an outline merely ends with the data."""
CLASSES = "classes"
PROBABILITY = "probability"
CONFIDENCE = "confidence"
MODEL_UNCERTAINTY = "model_uncertainty"


def show_result(project: QgsProject, result: MapResult, title: str) -> QgsLayerTreeGroup:
    """Open the products and add them, in one go; see `open_products` and `add_products`."""
    return add_products(project, list(open_products(result)), title)


def open_products(result: MapResult) -> Iterator[QgsMapLayer]:
    """Outlines, boundary, confidence and probability as styled layers, opened one by one as they are asked for.

    Where classes were asked for, they come before the confidence; of a model of several networks also where they
    disagree, after it. Raises UnreadableRasterError when a product can't be opened.
    """
    yield _vector(result, OUTLINES_LAYER, QCoreApplication.translate("layers", "Glacier outlines"))
    boundary = _vector(result, BOUNDARY_LAYER, QCoreApplication.translate("layers", "Boundary: how sure it is"))
    boundary.setSubsetString(AS_DRAWN)
    yield boundary
    if result.classes:
        yield _raster(result, CLASSES, QCoreApplication.translate("layers", "Classes"))
    yield _raster(result, CONFIDENCE, QCoreApplication.translate("layers", "Confidence"))
    if result.model_uncertainty:
        name = QCoreApplication.translate("layers", "Model uncertainty: where its networks disagree")
        yield _raster(result, MODEL_UNCERTAINTY, name)
    yield _raster(result, PROBABILITY, QCoreApplication.translate("layers", "Glacier probability"))


def add_products(project: QgsProject, layers: Sequence[QgsMapLayer], title: str) -> QgsLayerTreeGroup:
    """Add a group on top of the layer tree with all layers in one go; see `adding_products`."""
    *_, group = adding_products(project, layers, title)
    return group


def adding_products(project: QgsProject, layers: Sequence[QgsMapLayer], title: str) -> Iterator[QgsLayerTreeGroup]:
    """Add a group on top of the layer tree, the first layer uppermost; one layer a step. What says how sure the result
    is, pixel by pixel, is switched off.

    Everything is saved with the project. Ends early when the user removes the group meanwhile.
    """
    group = project.layerTreeRoot().insertGroup(0, title)
    for layer in layers:
        if sip.isdeleted(group):
            return
        group.setCustomProperty(RUN_PROPERTY, layer.customProperty(RUN_PROPERTY))
        project.addMapLayer(layer, addToLegend=False)
        node = group.addLayer(layer)
        node.setExpanded(False)
        if layer.customProperty(PRODUCT_PROPERTY) in (CLASSES, CONFIDENCE, MODEL_UNCERTAINTY):
            node.setItemVisibilityChecked(False)
        yield group


def outline_layers(project: QgsProject) -> list[QgsVectorLayer]:
    """The outlines layers of the project, those higher in the layer tree first."""
    ordered = project.layerTreeRoot().layerOrder()
    return [
        layer
        for layer in ordered
        if isinstance(layer, QgsVectorLayer) and layer.customProperty(PRODUCT_PROPERTY) == OUTLINES_LAYER
    ]


def product_layer(group: QgsLayerTreeGroup, product: str) -> QgsMapLayer | None:
    """The layer of a result's group that shows `product`, None when the user removed it."""
    layers = [node.layer() for node in group.findLayers() if node.layer() is not None]
    return next((layer for layer in layers if layer.customProperty(PRODUCT_PROPERTY) == product), None)


def titles(project: QgsProject, layers: Sequence[QgsMapLayer]) -> list[str]:
    """What tells layers apart: the title of the run's group, with the layer's name where two have the same one."""
    root = project.layerTreeRoot()
    found = []
    for layer in layers:
        node = root.findLayer(layer.id())
        group = None if node is None else node.parent()
        is_grouped = group is not None and group.parent() is not None and group.name()  # the root has no parent
        found.append(group.name() if is_grouped else layer.name())
    return [
        title if found.count(title) == 1 or title == layer.name() else f"{title} · {layer.name()}"
        for title, layer in zip(found, layers)
    ]


def refresh_boundary(project: QgsProject, outlines: QgsVectorLayer) -> None:
    """Let the boundary of the same run look again at which outlines stand as the model drew them."""
    for layer in project.mapLayers().values():
        is_boundary = layer.customProperty(PRODUCT_PROPERTY) == BOUNDARY_LAYER
        if is_boundary and layer.customProperty(RUN_PROPERTY) == outlines.customProperty(RUN_PROPERTY):
            layer.dataProvider().reloadData()
            layer.triggerRepaint()


def run_folders(project: QgsProject) -> set[str]:
    """The folders of the mappings whose layers are in the project."""
    found = (layer.customProperty(RUN_PROPERTY) for layer in project.mapLayers().values())
    return {str(folder) for folder in found if folder}


def apply_style(layer: QgsMapLayer, name: str) -> None:
    """Load the plugin's style `name`, where there is one."""
    path = resource(f"styles/{name}.qml")
    if Path(path).exists():
        layer.loadNamedStyle(path)
        _translate_legend(layer)


def _translate_legend(layer: QgsMapLayer) -> None:
    """A style file speaks one language."""
    renderer = layer.renderer()
    if isinstance(renderer, QgsGraduatedSymbolRenderer):
        for place, one in enumerate(renderer.ranges()):
            renderer.updateRangeLabel(place, QCoreApplication.translate("layers", one.label()))
    if isinstance(renderer, QgsPalettedRasterRenderer):
        layer.setRenderer(named_classes(layer, renderer))


def _raster(result: MapResult, product: str, name: str) -> QgsRasterLayer:
    path = str(Path(getattr(result, product)).resolve())
    return _prepared(QgsRasterLayer(path, name, "gdal"), product, result, path)


def _vector(result: MapResult, product: str, name: str) -> QgsVectorLayer:
    path = str(Path(result.outlines).resolve())
    return _prepared(QgsVectorLayer(f"{path}|layername={product}", name, "ogr"), product, result, path)


def _prepared(layer: QgsMapLayer, product: str, result: MapResult, path: str) -> QgsMapLayer:
    if not layer.isValid():
        raise UnreadableRasterError(path=path, reason=layer.error().summary() or "QGIS can't open it.")
    apply_style(layer, product)
    layer.setCustomProperty(PRODUCT_PROPERTY, product)
    layer.setCustomProperty(RUN_PROPERTY, result.out_dir)
    return layer
