"""What a field calculator may have spoiled in an outlines layer, put back before it is committed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qgis.core import NULL, QgsFeature, QgsFeatureRequest, QgsFields, QgsVectorLayer

from ..core.edit_journal import Change
from ..core.outline_fields import OUTLINE_FIELDS, Review

_MEASURES = frozenset(column.name for column in OUTLINE_FIELDS if column.computed and column.kind == "real")
_LAST_EDIT = frozenset({"edit_state", "edited_by", "edited_at", "edited_with"})
_ORIGIN = frozenset({"model", "model_version", "sources"})
_OF_MODEL = frozenset({"confidence", "unc_m"})
_MAY_BE_FILLED = _MEASURES | {"outline_id", "sources"}
VERDICTS = frozenset(review.value for review in Review)

Values = Mapping[int, Any]
"""Attributes by column number of the layer."""


@dataclass
class PutBack:
    """Right values by feature id and column number, and the outlines whose id, verdict or record they are."""

    values: dict[int, dict[int, Any]] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    verdicts: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)

    def add(self, fid: int, name: str, right: Mapping[str, tuple[int, Any]], quiet: bool) -> None:
        """Note what is right in an outline: (column number, value) by column. `quiet` says nothing of its record."""
        if right:
            self.values.setdefault(fid, {}).update(dict(right.values()))
        self.ids += [name] if "outline_id" in right else []
        self.verdicts += [name] if "review" in right else []
        self.records += [name] if not quiet and (_LAST_EDIT | _ORIGIN) & set(right) else []


def spoiled(layer: QgsVectorLayer, changes: Mapping[int, Change], restored: Mapping[int, Values]) -> PutBack:
    """What must be as it was stored: ids, records, verdicts that are none, and measures that no new shape explains.

    Records are what the plugin itself writes of an outline's origin and last edit. `changes` says which outlines got
    another shape, `restored` what the model drew of those that have its shape again: there that is right. Id and origin
    of merged outlines are the analyst's choice among theirs. What a shape does not tell, such as the date of the
    source, may be put right by hand, and what is empty may be filled in.
    """
    names = {i: column.name() for i, column in enumerate(layer.fields()) if is_stored(layer, i)}
    id_column = layer.fields().lookupField("outline_id")
    buffer = layer.editBuffer().changedAttributeValues()
    wrong = {fid: [i for i, value in new.items() if _is_suspect(names.get(i, ""), value, changes.get(fid))]
             for fid, new in buffer.items()}  # fmt: skip
    found = PutBack()
    for feature in stored_features(layer, [fid for fid, columns in wrong.items() if columns]):
        fid, right = feature.id(), {}
        for i in wrong[fid]:
            value = stored_value(layer, feature, i)
            may_differ = names[i] in _MAY_BE_FILLED and not text_of(value)
            of_restore = fid in restored and names[i] in _MEASURES | _LAST_EDIT | _ORIGIN
            if not (may_differ or of_restore or _same(value, buffer[fid][i])):
                right[names[i]] = i, value
        is_merged = bool(changes.get(fid, Change.NONE) & Change.MERGED)
        found.add(fid, text_of(stored_value(layer, feature, id_column)), right, is_merged)
    for fid, values in restored.items():
        feature = layer.getFeature(fid)
        right = {names[i]: (i, value) for i, value in values.items()
                 if names.get(i) in _MEASURES | _LAST_EDIT | _ORIGIN and not _same(value, feature[i])}  # fmt: skip
        found.add(fid, text_of(feature[id_column]) if id_column >= 0 else "", right, False)
    return found


def _is_suspect(name: str, value: Any, change: Change | None) -> bool:
    if name == "outline_id" or name in _ORIGIN | _OF_MODEL:
        return change is None or not change & Change.MERGED
    if name == "review":
        return text_of(value) not in VERDICTS
    return name in _LAST_EDIT or (name in _MEASURES and change is None)


def _same(one: Any, two: Any) -> bool:
    return one == two or not (text_of(one) or text_of(two))


def stored_features(layer: QgsVectorLayer, fids: list[int]) -> list[QgsFeature]:
    """These features as they were before the edits that are not saved, deleted ones, too."""
    return list(layer.dataProvider().getFeatures(QgsFeatureRequest().setFilterFids(fids))) if fids else []


def is_stored(layer: QgsVectorLayer, index: int) -> bool:
    """Whether a column of the layer lies in its file: not one added since it was saved, a computed or a joined one."""
    return index >= 0 and layer.fields().fieldOrigin(index) == QgsFields.FieldOrigin.OriginProvider


def stored_value(layer: QgsVectorLayer, feature: QgsFeature, index: int) -> Any:
    """What a stored feature has in column `index` of the layer, None where the file has no such column.

    Columns that were added, deleted or renamed and not saved yet make the numbers and names of the two differ.
    """
    return feature[layer.fields().fieldOriginIndex(index)] if is_stored(layer, index) else None


def text_of(value: Any) -> str:
    """An attribute as text, NULL as the empty one."""
    return "" if value is None or value == NULL else str(value)
