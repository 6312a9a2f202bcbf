"""An outlines layer, unsaved edits included, as rows of the review list."""

from __future__ import annotations

from collections.abc import Iterator
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
from .turns import in_portions
from .unfiltered import hidden_ids

COLUMNS = ("outline_id", "area_km2", "confidence", "unc_m", "review", "edit_state", "note")


class OutlineRows:
    """The rows of one layer: read in short steps, then only what changed, so that a verdict costs no wait."""

    def __init__(self, watch: EditWatch, originals: Originals, project: QgsProject) -> None:
        self._watch = watch
        self._originals = originals
        self._project = project
        self._places: list[int] = []
        self._rows: dict[int, ReviewRow] = {}
        self._hidden: set[str] = set()

    def reading(self) -> Iterator[None]:
        """Read every outline and original, a few milliseconds a step; until the last one `rows` tells the old ones.

        What is edited meanwhile is for the next `update`.
        """
        self._watch.take_dirty()
        self._places = [self._watch.layer.fields().lookupField(name) for name in COLUMNS]
        fresh: dict[int, ReviewRow] = {}
        for portion in in_portions(map(self._row_of, self._watch.layer.getFeatures(self._request()))):
            fresh.update((row.fid, row) for row in portion)
            yield
        for portion in in_portions(self._edited(fresh, set(self._watch.journal.touched(self._watch.index)))):
            fresh.update((row.fid, row) for row in portion)
            yield
        hidden: set[str] = set()
        for portion in in_portions(hidden_ids(self._watch.layer)):
            hidden.update(portion)
            yield
        yield from self._originals.reading()
        self._rows, self._hidden = fresh, hidden

    def update(self) -> bool | None:
        """Read what changed. False when nothing did, None when everything must be read anew (`reading`)."""
        dirty = self._watch.take_dirty()
        if dirty is None:
            return None
        for fid in dirty:
            self._rows.pop(fid, None)
        if dirty:
            rows = map(self._row_of, self._watch.layer.getFeatures(self._request().setFilterFids(list(dirty))))
            self._rows.update((row.fid, row) for row in rows)
            touched = dirty & set(self._watch.journal.touched(self._watch.index))
            self._rows.update((row.fid, row) for row in list(self._edited(self._rows, touched)))
        return bool(dirty)

    def rows(self) -> list[ReviewRow]:
        """Every outline as it stood at the last update, then the originals that were deleted.

        Outlines edited since the last commit show the area that the commit will write. What the layer's filter hides
        is not deleted; `hidden` counts it. Without a column of ids nobody can tell what was deleted.
        """
        if self._places[:1] == [-1]:
            return list(self._rows.values())
        there = {row.outline_id for row in self._rows.values()} | self._hidden
        gone = [original for name, original in self._originals.features().items() if name not in there]
        return [*self._rows.values(), *(self._deleted(original) for original in gone)]

    @property
    def hidden(self) -> int:
        """How many outlines the layer's filter hides."""
        return len(self._hidden)

    @cached_property
    def _ruler(self) -> OutlineRuler:
        """Made for the first edit: its coordinate systems take a while to set up."""
        return OutlineRuler(self._watch.layer.crs(), self._project.transformContext())

    def _request(self) -> QgsFeatureRequest:
        request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
        return request.setSubsetOfAttributes([place for place in self._places if place >= 0])

    def _row_of(self, feature: QgsFeature) -> ReviewRow:
        values = feature.attributes()
        # Columns may have gone since the reading began; then everything is read anew after it.
        return _row(feature.id(), [values[i] if 0 <= i < len(values) else None for i in self._places])

    def _edited(self, rows: dict[int, ReviewRow], fids: set[int]) -> Iterator[ReviewRow]:
        """What the commit will write for outlines whose shape has changed."""
        if not fids:
            return
        request = QgsFeatureRequest().setFilterFids(list(fids)).setNoAttributes()
        for feature in self._watch.layer.getFeatures(request):
            if feature.id() in rows:
                yield self._as_edited(rows[feature.id()], feature)

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
    try:
        return None if value is None or value == NULL else float(value)
    except (TypeError, ValueError):
        return None


def _text(value: Any) -> str:
    return "" if value is None or value == NULL else str(value)
