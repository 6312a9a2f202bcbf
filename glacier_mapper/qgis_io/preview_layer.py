"""Rasters over the imagery that are replaced in place and never saved: the preview, and a map that grows."""

from __future__ import annotations

from qgis.core import QgsDataProvider, QgsLayerTreeLayer, QgsMapLayer, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtXml import QDomDocument, QDomNodeList

from .layers import PROBABILITY, PRODUCT_PROPERTY, apply_style

PREVIEW = "preview"
LIVE = "live"
UNASKED = "skipMemoryLayersCheck"
"""QGIS's own property: no question about temporary layers when QGIS is closed."""
FIRST_IMAGE = "GTIFF_DIR:1:"
"""GDAL's way to name the first image of a GeoTIFF. Named by its bare path, a file among temporary ones would make QGIS
ask before it closes whether the layer may be lost."""
_TAGS_WITH_ID = (("layer-tree-layer", "id"), ("legendlayer", "name"), ("legendlayerfile", "layerid"), ("layer", "id"))
"""Elements of a project file that mean a layer by its id, and the attribute that holds it."""


class PassingLayer:
    """Shows passing rasters in one project. The user may remove the layer; the next `show` makes it anew.

    `product` tells the layer from others, `style` is that of `resources/styles`.
    """

    product, style = PREVIEW, PREVIEW

    def __init__(self, project: QgsProject) -> None:
        self._project = project
        self._layer_id = ""
        self._away = ""
        project.writeProject.connect(self._leave_out)
        project.projectSaved.connect(self._come_back)
        project.readProject.connect(self._sweep)

    def title(self) -> str:
        """What the layer is called."""
        return QCoreApplication.translate("layers", "Glacier preview")

    @property
    def layer(self) -> QgsRasterLayer | None:
        """The layer, None while nothing is shown."""
        return self._project.mapLayer(self._layer_id) if self._layer_id else None

    def show(self, path: str) -> None:
        """Show the raster at `path` on top of the layer tree, in place of what was shown before."""
        layer, source = self.layer, FIRST_IMAGE + path
        if layer is None:
            self._add(source)
            return
        dirty = self._project.isDirty()
        layer.setDataSource(source, layer.name(), "gdal", QgsDataProvider.ProviderOptions())
        apply_style(layer, self.style)
        layer.triggerRepaint()
        self._project.setDirty(dirty)

    def remove(self) -> None:
        """Take the layer away.

        A canvas compares its layers with those before, and a layer that is deleted is in neither list: it is
        asked to draw anew while the layer is still there, and does so in a later turn.
        """
        if self.layer is not None:
            dirty = self._project.isDirty()
            self.layer.triggerRepaint()
            self._project.removeMapLayer(self._layer_id)
            self._project.setDirty(dirty)
        self._layer_id = ""

    def release(self) -> None:
        """Remove the layer and let go of the project."""
        self.remove()
        self._project.writeProject.disconnect(self._leave_out)
        self._project.projectSaved.disconnect(self._come_back)
        self._project.readProject.disconnect(self._sweep)

    def _add(self, source: str) -> None:
        options = QgsRasterLayer.LayerOptions(loadDefaultStyle=False)  # a style of its own comes: no statistics needed
        layer = QgsRasterLayer(source, self.title(), "gdal", options)
        layer.setFlags(layer.flags() | QgsMapLayer.LayerFlag.Private)
        layer.setCustomProperty(PRODUCT_PROPERTY, self.product)
        layer.setCustomProperty(UNASKED, 1)
        apply_style(layer, self.style)
        dirty = self._project.isDirty()
        self._project.addMapLayer(layer, addToLegend=False)
        self._project.layerTreeRoot().insertChildNode(0, QgsLayerTreeLayer(layer))
        self._project.setDirty(dirty)
        self._layer_id = layer.id()

    def _leave_out(self, document: QDomDocument) -> None:
        """Keep the preview out of a project that is being written: its file will be gone tomorrow.

        QGIS writes the layer tree before this signal and the layers after it, so the layer's place in the
        tree is cut from the document, and the layer steps out until the project is saved.
        """
        if self.layer is None:
            return
        for tag, attribute in _TAGS_WITH_ID:
            for node in _listed(document.elementsByTagName(tag)):
                if node.attribute(attribute) == self._layer_id:
                    node.parentNode().removeChild(node)
        for node in _listed(document.elementsByTagName("item")):
            if node.text() == self._layer_id:
                node.parentNode().removeChild(node)
        self._away = self.layer.source()[len(FIRST_IMAGE) :]
        self.remove()

    def _come_back(self) -> None:
        path, self._away = self._away, ""
        if path:
            self.show(path)

    def _sweep(self) -> None:
        """Remove layers of this kind that a project brought along, and forget the one of the project before."""
        self._layer_id = ""
        left = [
            layer.id()
            for layer in self._project.mapLayers().values()
            if layer.customProperty(PRODUCT_PROPERTY) == self.product
        ]
        self._project.removeMapLayers(left)


class PreviewLayer(PassingLayer):
    """What the sliders would map."""


class LiveLayer(PassingLayer):
    """The probability of a mapping that is under way."""

    product, style = LIVE, PROBABILITY

    def title(self) -> str:
        """What the layer is called."""
        return QCoreApplication.translate("layers", "Glacier probability (growing)")


def _listed(nodes: QDomNodeList) -> list:
    """The elements of a live list, safe to remove from."""
    return [nodes.at(index).toElement() for index in range(nodes.count())]
