"""What a field calculator may have spoiled in an outlines layer, put back before it is committed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qgis.core import NULL, QgsFeature, QgsFeatureRequest, QgsVectorLayer

from ..core.edit_journal import Change
from ..core.outline_fields import OUTLINE_FIELDS, Review

_MEASURES = frozenset(column.name for column in OUTLINE_FIELDS if column.computed and column.kind == "real")
VERDICTS = frozenset(review.value for review in Review)


@dataclass
class PutBack:
    """Stored values by feature id and column number, and the outlines whose id or verdict they are."""

    values: dict[int, dict[int, Any]] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    verdicts: list[str] = field(default_factory=list)


def spoiled(layer: QgsVectorLayer, changes: Mapping[int, Change]) -> PutBack:
    """What must be as it was stored: measures of a shape that stayed, ids, and verdicts that there are none of.

    `changes` says which outlines got another shape. The id of merged outlines is the analyst's choice among theirs.
    What a shape does not tell, such as the date of the source, may be put right by hand.
    """
    names = {index: column.name() for index, column in enumerate(layer.fields())}
    buffer = layer.editBuffer().changedAttributeValues()
    wrong = {fid: [i for i, value in new.items() if _is_spoiled(names[i], value, changes.get(fid))]
             for fid, new in buffer.items()}  # fmt: skip
    wrong = {fid: columns for fid, columns in wrong.items() if columns}
    found = PutBack()
    for feature in stored_features(layer, list(wrong)):
        name, columns = text_of(feature["outline_id"]), wrong[feature.id()]
        changed = {i: feature[i] for i in columns if feature[i] != buffer[feature.id()][i]}
        found.values.update({feature.id(): changed} if changed else {})
        found.ids += [name for i in changed if names[i] == "outline_id"]
        found.verdicts += [name for i in changed if names[i] == "review"]
    return found


def _is_spoiled(name: str, value: Any, change: Change | None) -> bool:
    if name == "outline_id":
        return change is None or not change & Change.MERGED
    if name == "review":
        return text_of(value) not in VERDICTS
    return name in _MEASURES and change is None


def stored_features(layer: QgsVectorLayer, fids: list[int]) -> list[QgsFeature]:
    """These features as they were before the edits that are not saved, deleted ones, too."""
    return list(layer.dataProvider().getFeatures(QgsFeatureRequest().setFilterFids(fids))) if fids else []


def text_of(value: Any) -> str:
    """An attribute as text, NULL as the empty one."""
    return "" if value is None or value == NULL else str(value)
