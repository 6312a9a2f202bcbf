"""What the teaching of a model by reviewed outlines asks of the runner, and what it answers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .errors import GlacierMapperError, InvalidParameterError, NoLayersError
from .extent import Extent
from .package_names import name_of_folder
from .request import BandSource

MINUTES = (0.1, 240.0)
MOST_AROUND_M = 1_000_000.0
FIGURES = ("iou", "precision", "recall", "ece")
"""What is told of a map of the part that was kept aside; None where nothing defines a figure."""
BEFORE_PICTURE, AFTER_PICTURE = "before.png", "after.png"


@dataclass(frozen=True)
class TeachSettings:
    """How long a teaching may take in all, in minutes, and what it knows of the ground outside of the outlines.

    Up to `around_m` metres from a reviewed outline, ground outside of all outlines is no glacier; what lies farther
    off is not known.
    """

    minutes: float = 5.0
    around_m: float = 500.0

    def __post_init__(self) -> None:
        for name, low, high in (("minutes", *MINUTES), ("around_m", 0.0, MOST_AROUND_M)):
            value = getattr(self, name)
            if not (math.isfinite(value) and low <= value <= high):
                raise InvalidParameterError(name=name, value=value, expected=f"between {low:g} and {high:g}")


@dataclass(frozen=True)
class TeachRequest:
    """Teach `model`, a name or the folder of a package, by the outlines in the vector file `outlines`.

    `sources` are the layers that it sees, `extent` the view (None: all of the image). Accepted outlines are glacier,
    rejected ones are not, others are not known; a file without the column `review` counts as accepted as a whole.
    The new package comes into the folder `out`; the pictures of the part kept aside into the folder `pictures`, ""
    for none. `name` and `title` "" are made of the folder's name and the model's title. `seed`: the same order with
    as many steps teaches alike.
    """

    sources: tuple[BandSource, ...]
    outlines: str
    model: str
    out: str
    extent: Extent | None = None
    outlines_layer: str = ""
    settings: TeachSettings = field(default_factory=TeachSettings)
    name: str = ""
    title: str = ""
    pictures: str = ""
    threads: int = 0
    seed: int = 1
    overwrite: bool = False

    def __post_init__(self) -> None:
        if not self.sources:
            raise NoLayersError()
        for name in ("threads", "seed"):
            if getattr(self, name) < 0:
                raise InvalidParameterError(name=name, value=getattr(self, name), expected="0 or more")

    @property
    def package_name(self) -> str:
        """The new model's name; without one, made of the folder's."""
        return self.name or name_of_folder(Path(self.out).absolute().name)

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            **asdict(self),
            "sources": [source.to_json() for source in self.sources],
            "extent": self.extent.to_json() if self.extent else None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TeachRequest:
        """Back from `to_json`; what has a default may be left out. Raises InputError kinds, KeyError, TypeError."""
        values = dict(data)
        values["sources"] = tuple(BandSource.from_json(one) for one in data["sources"])
        values["extent"] = Extent.from_json(data["extent"]) if data.get("extent") else None
        values["settings"] = TeachSettings(**data.get("settings", {}))
        return cls(**values)


@dataclass(frozen=True)
class TeachFace:
    """What is said before a teaching begins: the model's title, the view's outlines, and what stands in the way.

    `outside` are outlines that are reviewed, too, and not in view.
    """

    model: str = ""
    accepted: int = 0
    rejected: int = 0
    left_out: int = 0
    outside: int = 0
    obstacle: GlacierMapperError | None = None


@dataclass(frozen=True)
class TeachResult:
    """The package that was made, and how the model maps the part of the view that was kept aside, before and after.

    `before` and `after` hold `FIGURES` by name. `taught_km2` and `aside_km2` are the known ground that was learnt
    from and that was kept aside, `ice_km2` the glaciers of the former. `calibrated` says whether the confidence was
    fitted anew. `pictures` are the files of the maps before and after, () for none.
    """

    package: str
    name: str
    title: str
    start: str
    before: dict[str, float | None]
    after: dict[str, float | None]
    taught_km2: float
    ice_km2: float
    aside_km2: float
    steps: int
    seconds: float
    calibrated: bool = False
    pictures: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {**asdict(self), "pictures": list(self.pictures)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TeachResult:
        """Back from `to_json`. Raises TypeError for unknown keys."""
        return cls(**{**data, "pictures": tuple(data.get("pictures", ()))})
