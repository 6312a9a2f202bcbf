"""What every outline of a mapping says about its origin."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .request import OutlineSettings


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


@dataclass(frozen=True)
class OutlinesRequest:
    """Trace again: the probability raster at `probability`, outlines into the folder `out_dir`.

    What `meta` leaves blank is taken from the report of the mapping, where that lies beside its own raster. `layer` is
    the name that messages use, empty for the file's. `keep` writes the raster into `out_dir`, too: its file is a
    temporary one.
    """

    probability: str
    out_dir: str
    outlines: OutlineSettings = field(default_factory=OutlineSettings)
    meta: OutlineMeta = field(default_factory=OutlineMeta)
    overwrite: bool = False
    layer: str = ""
    keep: bool = False

    @property
    def label(self) -> str:
        """The layer's name, or the file's where it has none."""
        return self.layer or Path(self.probability).name

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> OutlinesRequest:
        """Back from `to_json`; what has a default may be left out. Raises InputError kinds, KeyError, TypeError."""
        return cls(
            probability=str(data["probability"]),
            out_dir=str(data["out_dir"]),
            outlines=OutlineSettings(**data.get("outlines", {})),
            meta=OutlineMeta.from_json(data.get("meta", {})),
            overwrite=bool(data.get("overwrite", False)),
            layer=str(data.get("layer", "")),
            keep=bool(data.get("keep", False)),
        )
