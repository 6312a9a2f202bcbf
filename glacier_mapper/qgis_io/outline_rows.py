"""An outlines layer, unsaved edits included, as rows of the review list."""

from __future__ import annotations

from typing import Any

from qgis.core import NULL, QgsFeature, QgsFeatureRequest, QgsProject, QgsVectorLayer

from ..core.edit_journal import Change
from ..core.errors import InvalidOutlinesError
from ..core.outline_fields import EditState, Review
from ..core.review_list import DELETED, ReviewRow
from .edit_watch import EditWatch
from .measure import OutlineRuler
from .originals import Originals

COLUMNS = ("outline_id", "area_km2", "confidence", "unc_m", "review", "edit_state", "note")


def outline_rows(watch: EditWatch, originals: Originals, project: QgsProject) -> list[ReviewRow]:
    """Every outline of the layer as it stands now, then the originals that were deleted from it.

    Outlines edited since the last commit show the area that the commit will write.
    """
    layer = watch.layer
    edited = watch.journal.touched(watch.index)
    rows = {row.fid: row for row in _read(layer)}
    for row in _edited_rows(watch, edited, project):
        if row.fid in rows:
            rows[row.fid] = row
    there = {row.outline_id for row in rows.values()}
    gone = [original for name, original in originals.features().items() if name not in there]
    return [*rows.values(), *(_row(feature, state=DELETED) for feature in gone)]


def _read(layer: QgsVectorLayer) -> list[ReviewRow]:
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
    request.setSubsetOfAttributes(COLUMNS, layer.fields())
    return [_row(feature) for feature in layer.getFeatures(request)]


def _edited_rows(watch: EditWatch, edited: dict[int, Change], project: QgsProject) -> list[ReviewRow]:
    if not edited:
        return []
    ruler = OutlineRuler(watch.layer.crs(), project.transformContext())
    request = QgsFeatureRequest().setFilterFids(list(edited))
    return [_edited_row(watch, feature, ruler) for feature in watch.layer.getFeatures(request)]


def _edited_row(watch: EditWatch, feature: QgsFeature, ruler: OutlineRuler) -> ReviewRow:
    fid, index = feature.id(), watch.index
    if watch.journal.is_restored(fid, index):
        return _row(feature)
    state = Review.OPEN.value if watch.journal.review_is_stale(fid, index) else None
    added = feature["edit_state"] == EditState.ADDED.value
    edit_state = EditState.ADDED.value if added else EditState.EDITED.value
    return _row(feature, state=state, edit_state=edit_state, area_km2=_area(feature, ruler))


def _area(feature: QgsFeature, ruler: OutlineRuler) -> float | None:
    try:
        return ruler.area_km2(feature.geometry())
    except InvalidOutlinesError:
        return None


def _row(feature: QgsFeature, **known: Any) -> ReviewRow:
    area_km2 = known.get("area_km2")
    if area_km2 is None:
        area_km2 = _number(feature["area_km2"]) or 0.0
    return ReviewRow(
        fid=feature.id(),
        outline_id=_text(feature["outline_id"]),
        area_km2=area_km2,
        confidence=_number(feature["confidence"]),
        unc_m=_number(feature["unc_m"]),
        state=known.get("state") or _text(feature["review"]) or Review.OPEN.value,
        edit_state=known.get("edit_state") or _text(feature["edit_state"]),
        note=_text(feature["note"]),
    )


def _number(value: Any) -> float | None:
    return None if value is None or value == NULL else float(value)


def _text(value: Any) -> str:
    return "" if value is None or value == NULL else str(value)
