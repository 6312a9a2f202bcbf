"""What every outline of a mapping says about its origin."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class OutlineMeta:
    """Provenance that the columns of an outlines layer repeat for each outline.

    `sources` lists the source layers as text, `src_date` is their acquisition date in ISO 8601 (two dates
    joined by "/" are an interval; empty when unknown). `threshold` is the one that the model put on its index,
    None where the model has none; the probability at which outlines are cut is in `OutlineSettings`.
    """

    model: str = ""
    model_version: str = ""
    sources: str = ""
    src_date: str = ""
    analyst: str = ""
    threshold: float | None = None

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> OutlineMeta:
        """Back from `to_json`. Raises TypeError for unknown keys."""
        return cls(**data)
