"""The model's own outlines, kept beside the edited ones in the same GeoPackage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qgis.core import (
    NULL,
    QgsFeature,
    QgsFeatureRequest,
    QgsVectorLayer,
    QgsVectorLayerUtils,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..core.errors import InvalidOutlinesError
from ..core.file_errors import OutlineNotDeletedError
from ..core.outline_fields import ORIGINALS_LAYER, OUTLINE_FIELDS, EditState, Review
from .edit_guard import text_of
from .edits import done
from .turns import in_portions
from .unfiltered import hidden_ids, without_filter

KEPT = ("note", "analyst", "src_date")
"""Columns that a restore leaves as the analyst has them."""


class Originals:
    """Reads the `originals` layer that lies in the file of an outlines layer."""

    def __init__(self, layer: QgsVectorLayer) -> None:
        self._outlines = layer
        self._layer = without_filter(layer, ORIGINALS_LAYER)
        self._features: dict[str, QgsFeature] | None = None

    @property
    def exist(self) -> bool:
        """Whether the file has originals at all."""
        return self._layer.isValid() and self._layer.fields().lookupField("outline_id") >= 0

    def features(self) -> dict[str, QgsFeature]:
        """The originals without their geometry, by outline ID; read once, as nothing ever changes them."""
        for _ in self.reading():
            pass
        return self._features

    def reading(self) -> Iterator[None]:
        """Read what `features` tells, a few milliseconds a step; no step where it has been read."""
        if self._features is not None:
            return
        found: dict[str, QgsFeature] = {}
        request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
        for portion in in_portions(self._layer.getFeatures(request) if self.exist else ()):
            found.update((str(feature["outline_id"]), feature) for feature in portion)
            yield
        self._features = found

    def feature(self, outline_id: str) -> QgsFeature:
        """An original with its geometry. Raises InvalidOutlinesError where there is none of that ID."""
        known = self.features().get(outline_id)
        if known is None:
            template = QCoreApplication.translate("originals", "The model drew no outline {outline_id}.")
            raise InvalidOutlinesError(layer=self._outlines.name(), reason=template.format(outline_id=outline_id))
        return self._layer.getFeature(known.id())

    def restore(self, outline_id: str, fid: int | None) -> None:
        """Give an outline the model's shape and values again, or bring a deleted one (`fid` None) back.

        Call it inside `one_undo_step`. The analyst's note is kept. Raises OutlineNotDeletedError where one to bring
        back is in the file still, hidden by the layer's filter perhaps.
        """
        original = self.feature(outline_id)
        values = self.values(outline_id)
        if fid is None:
            self._must_be_gone(outline_id)
            new = QgsVectorLayerUtils.createFeature(self._outlines, original.geometry(), values)
            done(self._outlines.addFeature(new), self._outlines)
            return
        done(self._outlines.changeGeometry(fid, original.geometry(), True), self._outlines)
        kept = {self._outlines.fields().lookupField(name) for name in KEPT}
        new_values = {index: value for index, value in values.items() if index not in kept}
        done(self._outlines.changeAttributeValues(fid, new_values, {}, True), self._outlines)

    def _must_be_gone(self, outline_id: str) -> None:
        index = self._outlines.fields().lookupField("outline_id")
        request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
        shown = self._outlines.getFeatures(request.setSubsetOfAttributes([index])) if index >= 0 else ()
        if any(text_of(one[index]) == outline_id for one in shown) or outline_id in set(hidden_ids(self._outlines)):
            raise OutlineNotDeletedError(layer=self._outlines.name(), outline=outline_id)

    def values(self, outline_id: str) -> dict[int, Any]:
        """What a restored outline has, by column number of the outlines layer. Raises KeyError for an unknown one."""
        original = self.features()[outline_id]
        values: dict[int, Any] = {}
        names = {column.name() for column in original.fields()}
        for column in OUTLINE_FIELDS:
            index = self._outlines.fields().lookupField(column.name)
            if index >= 0 and column.name in names:
                values[index] = original[column.name]
        fresh = {"review": Review.OPEN.value, "edit_state": EditState.MODEL.value}
        for name, value in {**fresh, **dict.fromkeys(("edited_by", "edited_at", "edited_with"), NULL)}.items():
            index = self._outlines.fields().lookupField(name)
            if index >= 0:
                values[index] = value
        return values


def restore_step_text() -> str:
    """What the undo menu calls a restore."""
    return QCoreApplication.translate("originals", "Restore original outline")
