"""What a layer's filter hides: outlines that are in the file and not in the list. Hidden is not deleted."""

from __future__ import annotations

from collections.abc import Iterator

from qgis.core import QgsFeatureRequest, QgsProviderRegistry, QgsVectorLayer

from .edit_guard import text_of


def without_filter(layer: QgsVectorLayer, table: str = "") -> QgsVectorLayer:
    """All that is stored where `layer` lies, or in another `table` of its file, whatever filter the layer has.

    Not valid where the file has no such table.
    """
    provider, registry = layer.dataProvider().name(), QgsProviderRegistry.instance()
    parts = registry.decodeUri(provider, layer.source())
    parts.pop("subset", None)
    if table:
        parts["layerName"] = table
        parts.pop("layerId", None)
    options = QgsVectorLayer.LayerOptions(layer.transformContext())
    return QgsVectorLayer(registry.encodeUri(provider, parts), table or layer.name(), provider, options)


def hidden_ids(layer: QgsVectorLayer) -> Iterator[str]:
    """The outline ids of what is stored and not shown because of the layer's filter; none where it has no filter."""
    if not layer.subsetString():
        return
    whole = without_filter(layer)
    index = whole.fields().lookupField("outline_id")
    if index < 0:
        return
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
    shown = {one.id() for one in layer.dataProvider().getFeatures(QgsFeatureRequest(request).setNoAttributes())}
    for feature in whole.getFeatures(request.setSubsetOfAttributes([index])):
        if feature.id() not in shown:
            yield text_of(feature[index])
