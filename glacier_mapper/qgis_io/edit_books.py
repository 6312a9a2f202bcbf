"""Writes the computed columns of edited outlines, just before they are committed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qgis.core import NULL, QgsFeature, QgsFeatureRequest, QgsGeometry, QgsProject, QgsVectorLayer, QgsVectorLayerUtils
from qgis.PyQt.QtCore import QCoreApplication

from ..core.edit_journal import Change
from ..core.errors import InvalidOutlinesError
from ..core.outline_fields import EditState, Review
from ..core.outline_id import unique_glims_id
from ..core.outline_measures import area_bounds_km2, counting_share
from .edit_guard import VERDICTS, is_stored, spoiled, stored_features, stored_value, text_of
from .edit_watch import EditWatch
from .edits import done, one_undo_step
from .measure import Measures, OutlineRuler
from .originals import Originals
from .unfiltered import hidden_ids

OWN = ("confidence", "unc_m")
MEASURED = ("area_km2", "area_min_km2", "area_max_km2", "perimeter_m")


@dataclass(frozen=True)
class Signature:
    """Who edits, and when: ISO 8601 UTC."""

    analyst: str
    at: str


@dataclass
class Findings:
    """Outlines that the analyst should look at, by what is odd about them. Ids are those before the commit."""

    invalid: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    taken_apart: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    verdicts: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)


class EditBooks:
    """The bookkeeping of one commit of one layer."""

    def __init__(self, watch: EditWatch, signature: Signature, project: QgsProject) -> None:
        self._watch = watch
        self._layer: QgsVectorLayer = watch.layer
        self._signature = signature
        self._ruler = OutlineRuler(self._layer.crs(), project.transformContext())
        self._columns = {column.name(): i for i, column in enumerate(self._layer.fields())}
        self._ids: Counter[str] = Counter()
        self._shared: dict[str, Any] = {}
        self._before: dict[str, QgsFeature] = {}
        self._stored: dict[int, QgsFeature] = {}
        self.findings = Findings()

    def write(self) -> bool:
        """Update every outline edited since the last commit, as one undo step. False when there was none."""
        changes = self._watch.journal.touched(self._watch.index)
        put_back = spoiled(self._layer, changes, self._restored(changes))
        if not put_back.values and not self._features(list(changes)):
            return False
        self._before = self._merged(changes)
        self._stored = {one.id(): one for one in stored_features(self._layer, list(changes))}
        self.findings.ids, self.findings.verdicts = put_back.ids, put_back.verdicts
        self.findings.records = put_back.records
        with one_undo_step(self._layer, QCoreApplication.translate("EditBooks", "Measure edited outlines")):
            for fid, values in put_back.values.items():
                done(self._layer.changeAttributeValues(fid, values, {}, True), self._layer)
            self._ids, self._shared = self._count_ids(), self._shared_values()
            for feature in self._features(list(changes)):
                self._book(feature, changes[feature.id()])
        return True

    def _restored(self, changes: Mapping[int, Change]) -> dict[int, Mapping[int, Any]]:
        """What the model drew of the outlines whose last change brought its shape back, by feature id."""
        fids = [fid for fid in changes if self._watch.journal.is_restored(fid, self._watch.index)]
        originals = Originals(self._layer) if fids else None
        names = {feature.id(): self._text(feature, "outline_id") for feature in self._features(fids)}
        return {fid: originals.values(name) for fid, name in names.items() if name in originals.features()}

    def _features(self, fids: list[int]) -> list[QgsFeature]:
        if not fids:
            return []
        request = QgsFeatureRequest().setFilterFids(fids)
        return sorted(self._layer.getFeatures(request), key=lambda feature: (feature.id() < 0, abs(feature.id())))

    def _merged(self, changes: Mapping[int, Change]) -> dict[str, QgsFeature]:
        """The outlines that may have gone into a merge, by id, as they are stored."""
        deleted = self._layer.editBuffer().deletedFeatureIds()
        fids = [*deleted, *changes] if deleted else []
        index = self._columns.get("outline_id", -1)
        return {text_of(stored_value(self._layer, one, index)): one for one in stored_features(self._layer, fids)}

    def _count_ids(self) -> Counter[str]:
        index = self._columns.get("outline_id", -1)
        if index < 0:
            return Counter()
        request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry).setSubsetOfAttributes([index])
        shown = Counter(text_of(feature[index]) for feature in self._layer.getFeatures(request))
        return shown + Counter(hidden_ids(self._layer))

    def _shared_values(self) -> dict[str, Any]:
        """Source and date, where all outlines agree on them: what a new outline was drawn on."""
        shared = {}
        for name in {"sources", "src_date"} & set(self._columns):
            values = {text_of(value) for value in self._layer.uniqueValues(self._columns[name])} - {""}
            if len(values) == 1:
                shared[name] = values.pop()
        return shared

    def _book(self, feature: QgsFeature, change: Change) -> None:
        journal, index, fid = self._watch.journal, self._watch.index, feature.id()
        is_new = bool(change & Change.ADDED)
        is_copy = is_new and self._ids[self._text(feature, "outline_id")] > 1
        if feature.geometry().isEmpty():
            if is_copy:
                self._drop_copy(feature)
            else:
                self.findings.empty.append(self._text(feature, "outline_id"))
            return
        if journal.is_restored(fid, index) and not is_copy:
            return
        values = self._provenance(feature, is_new, journal.last_edit(fid, index))
        if journal.review_is_stale(fid, index):
            values["review"] = Review.OPEN.value
        self._write(feature, values, is_new)

    def _drop_copy(self, feature: QgsFeature) -> None:
        """A copy pasted onto its original: outlines never overlap, so QGIS has cut all of it away."""
        name = self._text(feature, "outline_id")
        done(self._layer.deleteFeature(feature.id()), self._layer)
        self._ids[name] -= 1
        self.findings.duplicates.append(name)

    def _provenance(self, feature: QgsFeature, is_new: bool, tool: str) -> dict[str, Any]:
        known = self._text(feature, "edit_state")
        drawn = is_new and known in ("", EditState.ADDED.value)
        state = EditState.ADDED if drawn or known == EditState.ADDED.value else EditState.EDITED
        values: dict[str, Any] = {
            "edit_state": state.value,
            "edited_by": self._signature.analyst,
            "edited_at": self._signature.at,
            "edited_with": tool or "QGIS",
        }
        if not self._text(feature, "analyst"):
            values["analyst"] = self._signature.analyst
        if self._text(feature, "review") not in VERDICTS:
            values["review"] = Review.OPEN.value
        if drawn:
            values.update({name: value for name, value in self._shared.items() if not self._text(feature, name)})
        return values

    def _write(self, feature: QgsFeature, values: dict[str, Any], is_new: bool) -> None:
        name = self._text(feature, "outline_id")
        whole, others = self._apart(feature.geometry(), self._before.get(name))
        measures = self._measured(whole, name)
        if is_new and measures is not None and (not name or self._ids[name] > 1):
            self._ids[name] -= 1
            name = values["outline_id"] = self._new_id(measures)
        if others:
            done(self._layer.changeGeometry(feature.id(), whole, True), self._layer)
            self.findings.taken_apart.append(name)
            values.update(self._own_values(name))
        if not whole.isGeosValid():
            self.findings.invalid.append(name)
        values.update(self._measure_values(self._line(feature, name if others else ""), measures))
        self._change(feature, values)
        for part in others:
            self._add_part(feature, part, values)

    def _apart(
        self, geometry: QgsGeometry, before: QgsFeature | None = None
    ) -> tuple[QgsGeometry, list[QgsGeometry]]:
        """The largest polygon of a geometry, and the others: an outline is one polygon.

        Of a merged one it is the polygon that lies most on the shape `before`.
        """
        parts = geometry.asGeometryCollection() if geometry.isMultipart() else [geometry]
        if len(parts) < 2:
            return geometry, []
        own = QgsGeometry() if before is None else before.geometry()
        parts.sort(key=lambda part: (-part.intersection(own).area() if not own.isEmpty() else 0.0, -part.area()))
        return parts[0], parts[1:]

    def _measured(self, geometry: QgsGeometry, name: str) -> Measures | None:
        try:
            return self._ruler.measure(geometry)
        except InvalidOutlinesError:
            self.findings.invalid.append(name)
            return None

    def _new_id(self, measures: Measures) -> str:
        name = unique_glims_id(measures.lon_deg, measures.lat_deg, [key for key, n in self._ids.items() if n > 0])
        self._ids[name] += 1
        return name

    def _old_id(self, part: QgsGeometry) -> str:
        """The id of the outline that this part was before the merge, empty where it was none."""
        for name, before in self._before.items():
            shape = before.geometry()
            if self._ids[name] < 1 and part.intersection(shape).area() > 0.5 * max(part.area(), shape.area()):
                self._ids[name] += 1
                return name
        return ""

    def _own_values(self, name: str) -> dict[str, Any]:
        """What a part that has its own id again had before the merge and no shape tells."""
        before = self._before.get(name)
        if before is None:
            return {}
        return {name: stored_value(self._layer, before, self._columns[name]) for name in OWN if name in self._columns}

    def _line(self, feature: QgsFeature, name: str) -> tuple[float | None, float]:
        """Uncertainty of an outline's line in metres, and the share of it that counts for the bounds.

        Both were the model's to tell, so they are those from before the edit: of the outline `name` where that went
        into a merge, else of the feature, of which a new one is a copy.
        """
        own = self._before.get(name) if name else None
        stored = self._stored.get(feature.id()) if own is None else own

        def number(column: str) -> float | None:
            i = self._columns.get(column, -1)
            of_layer = stored is None or not is_stored(self._layer, i)
            value = None if i < 0 else feature[i] if of_layer else stored_value(self._layer, stored, i)
            return None if value is None or value == NULL else float(value)

        area, high, unc = number("area_km2"), number("area_max_km2"), number("unc_m")
        margin = None if area is None or high is None else high - area
        if own is None and "unc_m" in self._columns:  # a merge may have chosen another one's
            unc = None if feature["unc_m"] in (None, NULL) else float(feature["unc_m"])
        return unc, counting_share(margin, number("perimeter_m"), number("unc_m"))

    def _measure_values(self, line: tuple[float | None, float], measures: Measures | None) -> dict[str, Any]:
        if measures is None:
            return dict.fromkeys(MEASURED, NULL)
        bounds = area_bounds_km2(measures.area_km2, measures.perimeter_m, *line)
        low, high = bounds or (NULL, NULL)
        return dict(zip(MEASURED, (measures.area_km2, low, high, measures.perimeter_m)))

    def _text(self, feature: QgsFeature, name: str) -> str:
        """A column as text, the empty one where the layer lacks it: an exported file may have fewer."""
        return text_of(feature[name]) if name in self._columns else ""

    def _change(self, feature: QgsFeature, values: dict[str, Any]) -> None:
        known = {name: value for name, value in values.items() if name in self._columns}
        new = {self._columns[name]: value for name, value in known.items() if feature[name] != value}
        if new:
            done(self._layer.changeAttributeValues(feature.id(), new, {}, True), self._layer)

    def _add_part(self, feature: QgsFeature, geometry: QgsGeometry, values: dict[str, Any]) -> None:
        measures = self._measured(geometry, self._text(feature, "outline_id"))
        if measures is None:
            return
        attributes = {i: feature[name] for name, i in self._columns.items() if name != "fid"}
        name = self._old_id(geometry) or self._new_id(measures)
        shared = {column: value for column, value in values.items() if column not in OWN}
        fresh = {**shared, "outline_id": name, "review": Review.OPEN.value, **self._own_values(name)}
        fresh.update(self._measure_values(self._line(feature, name), measures))
        attributes.update({self._columns[name]: value for name, value in fresh.items() if name in self._columns})
        part = QgsVectorLayerUtils.createFeature(self._layer, geometry, attributes)
        done(self._layer.addFeature(part), self._layer)
