"""What a training run is to do: one frozen value, kept as `training.json` in the run and in the package's card."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from ....core.branches import Branch
from ....core.errors import InvalidParameterError, MissingFileError
from ....core.model_card import Location

TUNED = ("all", "last", "norms", "adapters", "location")
"""What a fine-tuning changes: every weight, the decoder's last layers, the normalisations, low-rank adapters, or how
the network takes the place that it is told."""
PRECISIONS = ("no", "bf16", "fp16")


@dataclass(frozen=True)
class Loss:
    """Weights of cross-entropy, focal loss (exponent `gamma`), soft dice, and of the second output where there is one.

    `debris` is the weight of debris-covered pixels beside others, `smoothing` what is taken from a label's certainty.
    """

    cross_entropy: float = 1.0
    focal: float = 0.0
    gamma: float = 2.0
    dice: float = 0.5
    supervision: float = 0.3
    debris: float = 1.5
    smoothing: float = 0.02


@dataclass(frozen=True)
class Augmentation:
    """What is done to a crop, so that the network meets more than the tiles hold.

    `turns`: the eight symmetries. `zoom`: crops are taken larger or smaller by up to this factor. `light`: standard
    deviation of the logarithm of a factor on all optical bands; `gain` the same of each band by itself; `haze`:
    standard deviation of what is added to the bands, most to the first; `noise`: of a pixel. `warmth`: standard
    deviation in kelvin of what is added to the thermal band; `contrast`: of the logarithm of a factor on how far its
    pixels lie from their mean. `drop_branch`: chance
    that a branch is taken away (never all), `drop_radar` that all radar is, as most scenes have none; `drop_band`:
    that an optical band is; `drop_set`: that only the bands of one of the usual sets stay; `drop_hole`: that a box is
    taken away. `usual_branches`: chance that only the branches of a usual set stay, in place of the first two.
    """

    turns: bool = True
    zoom: float = 1.5
    light: float = 0.15
    gain: float = 0.06
    haze: float = 0.01
    noise: float = 0.01
    warmth: float = 0.0
    contrast: float = 0.0
    drop_branch: float = 0.25
    drop_radar: float = 0.5
    drop_band: float = 0.12
    drop_set: float = 0.2
    drop_hole: float = 0.2
    usual_branches: float = 0.0


@dataclass(frozen=True)
class Steps:
    """How long, how fast: steps of `batch` crops of `crop_px`, warm-up, then a cosine down to `rate` x `rate_end`.

    `average` is the share that the moving average of the weights keeps at each step. `patience` is after how many
    looks at the validation tiles without a better result the run ends, 0 for never.
    """

    count: int = 4000
    batch: int = 16
    crop_px: int = 128
    rate: float = 2e-3
    rate_end: float = 0.01
    warm_up: int = 200
    decay: float = 1e-2
    clip: float = 1.0
    average: float = 0.998
    look_every: int = 500
    keep_every: int = 250
    patience: int = 0


@dataclass(frozen=True)
class Plan:
    """A training run. `start` is a package or .npz file whose weights it goes on from, "" for fresh ones.

    `keep_start` is the share of the start's weights in the result, which is the mean of both so weighed: less of what
    was learnt before is forgotten, and scenes unlike the new ones are mapped better (Wortsman et al. 2022, eq. 1).
    `refit`: once the validation tiles have found the best step, learn anew from all tiles, up to there.
    """

    architecture: str = "compact"
    inputs: tuple[Branch, ...] = tuple(Branch)
    location: Location = Location.NONE
    seed: int = 1
    start: str = ""
    tuned: str = "all"
    rank: int = 4
    keep_start: float = 0.0
    refit: bool = False
    precision: str = "no"
    loaders: int = 1
    threads: int = 0
    steps: Steps = field(default_factory=Steps)
    loss: Loss = field(default_factory=Loss)
    augmentation: Augmentation = field(default_factory=Augmentation)

    def __post_init__(self) -> None:
        _among("tuned", self.tuned, TUNED)
        _among("precision", self.precision, PRECISIONS)
        steps = self.steps
        for name, value, least in (
            ("count", steps.count, 1), ("batch", steps.batch, 1), ("crop_px", steps.crop_px, 16),
            ("look_every", steps.look_every, 1), ("keep_every", steps.keep_every, 1), ("rank", self.rank, 1),
            ("seed", self.seed, 0), ("loaders", self.loaders, 0),
        ):  # fmt: skip
            if value < least:
                raise InvalidParameterError(name=name, value=value, expected=f"{least} or more")
        for name, share in (("average", steps.average), ("keep_start", self.keep_start)):
            if not 0 <= share < 1:
                raise InvalidParameterError(name=name, value=share, expected="from 0 to less than 1")

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        plain = asdict(self)
        return {**plain, "inputs": [one.value for one in self.inputs], "location": self.location.value}

    @classmethod
    def from_json(cls, data: Any) -> Plan:
        """Back from `to_json`; what is left out is as by default. Raises InvalidParameterError for what is unknown."""
        known = _known(cls, data, "the training plan")
        parts = {"steps": Steps, "loss": Loss, "augmentation": Augmentation}
        for name, kind in parts.items():
            if name in known:
                known[name] = _built(kind, _known(kind, known[name], name), name)
        try:
            if "inputs" in known:
                known["inputs"] = tuple(Branch(one) for one in known["inputs"])
            if "location" in known:
                known["location"] = Location(known["location"])
        except ValueError as exc:
            raise InvalidParameterError(name="inputs or location", value=str(exc), expected="known names") from exc
        return _built(cls, known, "the training plan")

    def with_values(self, **changes: Any) -> Plan:
        """A copy in which fields of the plan or of its steps have other values; those that are None stay."""
        given = {name: value for name, value in changes.items() if value is not None}
        of_steps = {one.name for one in fields(Steps)}
        steps = replace(self.steps, **{name: value for name, value in given.items() if name in of_steps})
        return replace(self, steps=steps, **{name: value for name, value in given.items() if name not in of_steps})


def read_plan(path: str) -> Plan:
    """The plan in a JSON file. Raises MissingFileError, InvalidParameterError."""
    if not Path(path).is_file():
        raise MissingFileError(path=path)
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as exc:
        raise InvalidParameterError(name="the training plan", value=path, expected=f"JSON ({exc})") from exc
    return Plan.from_json(data)


def _among(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise InvalidParameterError(name=name, value=value, expected=f"one of {', '.join(known)}")


def _known(kind: type, data: Any, name: str) -> dict[str, Any]:
    """The object's values. Raises InvalidParameterError for another kind of value and for a key that is no field."""
    if not isinstance(data, dict):
        raise InvalidParameterError(name=name, value=data, expected="an object with named values")
    names = [one.name for one in fields(kind)]
    unknown = sorted(set(data) - set(names))
    if unknown:
        raise InvalidParameterError(name=name, value=unknown[0], expected=f"only {', '.join(names)}")
    return dict(data)


def _built(kind: type, values: dict[str, Any], name: str) -> Any:
    """The value, its numbers in the type of the default. Raises InvalidParameterError."""
    default = kind()
    for key, value in values.items():
        like = getattr(default, key)
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if isinstance(like, bool):
            good = isinstance(value, bool)
        elif isinstance(like, float):
            good = number
        elif isinstance(like, int):
            good = number and value == int(value)
        else:
            good = isinstance(value, type(like))
        if not good:
            raise InvalidParameterError(name=f"{key} of {name}", value=value, expected=f"a {type(like).__name__}")
        if number and not isinstance(like, bool):
            values[key] = type(like)(value)
    return kind(**values)
