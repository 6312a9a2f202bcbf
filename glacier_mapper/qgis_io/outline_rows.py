"""An outlines layer, unsaved edits included, as rows of the review list."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from qgis.core import NULL, QgsFeature, QgsFeatureRequest, QgsProject

from ..core.errors import InvalidOutlinesError
from ..core.outline_fields import EditState, Review
from ..core.review_list import DELETED, ReviewRow
from .edit_watch import EditWatch
from .measure import OutlineRuler
from .originals import Originals

COLUMNS = ("outline_id", "area_km2", "confidence", "unc_m", "review", "edit_state", "note")


class OutlineRows:
    """The rows of one layer. After the first time only what changed is read, so that a verdict costs no wait."""

    def __init__(self, watch: EditWatch, originals: Originals, project: QgsProject) -> None:
        self._watch = watch
        self._originals = originals
        self._project = project
        self._places = [watch.layer.fields().lookupField(name) for name in COLUMNS]
        self._rows: dict[int, ReviewRow] = {}
        watch.take_dirty()
        self._read(None)

    def update(self) -> bool:
        """Read what changed. False when nothing did."""
        dirty = self._watch.take_dirty()
        if dirty is not None and not dirty:
            return False
        self._read(dirty)
        return True

    def rows(self) -> list[ReviewRow]:
        """Every outline as it stood at the last update, then the originals that were deleted.

        Outlines edited since the last commit show the area that the commit will write.
        """
        there = {row.outline_id for row in self._rows.values()}
        gone = [original for name, original in self._originals.features().items() if name not in there]
        return [*self._rows.values(), *(self._deleted(original) for original in gone)]

    @cached_property
    def _ruler(self) -> OutlineRuler:
        """Made for the first edit: its coordinate systems take a while to set up."""
        return OutlineRuler(self._watch.layer.crs(), self._project.transformContext())

    def _read(self, fids: set[int] | None) -> None:
        """Read these outlines, None for all; those that are gone leave."""
        if fids is None:
            self._rows.clear()
        for fid in fids or ():
            self._rows.pop(fid, None)
        request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
        request.setSubsetOfAttributes([place for place in self._places if place >= 0])
        if fids is not None:
            request.setFilterFids(list(fids))
        for feature in self._watch.layer.getFeatures(request):
            values = feature.attributes()
            self._rows[feature.id()] = _row(feature.id(), [values[i] if i >= 0 else None for i in self._places])
        self._read_edited(fids)

    def _read_edited(self, fids: set[int] | None) -> None:
        """What the commit will write for outlines whose shape has changed."""
        touched = set(self._watch.journal.touched(self._watch.index))
        wanted = touched if fids is None else touched & fids
        if not wanted:
            return
        request = QgsFeatureRequest().setFilterFids(list(wanted)).setNoAttributes()
        for feature in self._watch.layer.getFeatures(request):
            if feature.id() in self._rows:
                self._rows[feature.id()] = self._as_edited(self._rows[feature.id()], feature)

    def _as_edited(self, row: ReviewRow, feature: QgsFeature) -> ReviewRow:
        journal, index = self._watch.journal, self._watch.index
        if journal.is_restored(row.fid, index):
            return row
        state = Review.OPEN.value if journal.review_is_stale(row.fid, index) else row.state
        is_added = row.edit_state == EditState.ADDED.value
        edit_state = EditState.ADDED.value if is_added else EditState.EDITED.value
        try:
            area_km2 = self._ruler.area_km2(feature.geometry())
        except InvalidOutlinesError:
            area_km2 = row.area_km2
        return replace(row, state=state, edit_state=edit_state, area_km2=area_km2)

    def _deleted(self, original: QgsFeature) -> ReviewRow:
        values = [original[name] for name in COLUMNS]
        return replace(_row(original.id(), values), state=DELETED)


def _row(fid: int, values: list[Any]) -> ReviewRow:
    name, area_km2, confidence, unc_m, review, edit_state, note = values
    return ReviewRow(
        fid=fid,
        outline_id=_text(name),
        area_km2=_number(area_km2) or 0.0,
        confidence=_number(confidence),
        unc_m=_number(unc_m),
        state=_text(review) or Review.OPEN.value,
        edit_state=_text(edit_state),
        note=_text(note),
    )


def _number(value: Any) -> float | None:
    return None if value is None or value == NULL else float(value)


def _text(value: Any) -> str:
    return "" if value is None or value == NULL else str(value)
