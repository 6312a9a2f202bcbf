"""What `model.json` says of a model package, as values; `model_card_json` turns them into the file and back.

Both processes read cards: the dock lists packages before any runner has started.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .branches import Branch
from .models import ModelInfo
from .roles import Role

CARD_VERSION = 2
"""The version of the project's own fields in `model.json`; a reader takes this one and older ones."""
ENSEMBLE_VERSION = 2
"""That of an ensemble's card, as a reader of version 1 would run its first network alone; all others are of version 1.
"""

FULL_PRECISION = "float32"
PRECISIONS = (FULL_PRECISION, "float16", "int8")
"""Of a network's weights; anything but the first is taken only with its `precision_check`."""
LARGEST = 3.4028234e38
"""The largest number of float32."""
WINDOWS = ("cosine", "gaussian")


class Scaler(str, Enum):
    """How stored physical values become what a network takes; the names are those of the MLM extension."""

    NONE = "none"
    MIN_MAX = "min-max"
    Z_SCORE = "z-score"


class NoData(str, Enum):
    """What a network sees where a band has no data."""

    ZERO = "zero"
    """0 after scaling."""
    RAW_ZERO = "raw-zero"
    """Optical bands 0 before scaling, as the reference deployment does; other bands 0 after scaling."""
    NAN = "nan"
    """NaN: the network masks for itself, so any subset of bands may be there, pixel by pixel."""


class Location(str, Enum):
    """Whether a network is told where it is."""

    NONE = ""
    REGION = "region"
    """A vector over `branches.REGION_CODES` that sums to 1."""
    COORDINATES = "coordinates"
    """[sin lat, cos lat, sin lon, cos lon], radians."""


@dataclass(frozen=True)
class BandScaling:
    """(x - low) / (high - low) for MIN_MAX, (x - mean) / standard deviation for Z_SCORE: `a` and `b` in that order."""

    kind: Scaler
    a: float = 0.0
    b: float = 1.0

    @property
    def spread(self) -> float:
        """What values are divided by; infinite where even float64 can't hold it."""
        return self.b - self.a if self.kind is Scaler.MIN_MAX else self.b

    @property
    def is_usable(self) -> bool:
        """Whether float32, in which it is computed, can hold it and the inverse of its spread."""
        return abs(self.a) <= LARGEST and 1 / LARGEST <= self.spread <= LARGEST


@dataclass(frozen=True)
class BranchSpec:
    """An input of the network: its bands' scalings in channel order.

    With `log10` each value x becomes log10(x + 1e-6) before it is scaled (backscatter, linear sigma0).
    """

    branch: Branch
    scalings: tuple[BandScaling, ...]
    log10: bool = False


class CalibrationKind(str, Enum):
    """What is done to a network's output before it is called a probability or a confidence."""

    NONE = "none"
    TEMPERATURE = "temperature"
    """p = softmax(log(p) / T); T per region code is averaged with the region vector as weights."""
    VECTOR = "vector"
    """p = softmax(log(p) * scale + bias), a scale and a bias per class."""
    CONFIDENCE_KERNEL = "confidence-kernel"
    """confidence = clip(sum_i coefficient_i * exp(-gamma * |confidence - support_i|), 0, 1); p stays."""


@dataclass(frozen=True)
class Calibration:
    """Fields that a kind does not use keep their defaults. `by_region` holds a temperature per region code."""

    kind: CalibrationKind = CalibrationKind.NONE
    temperature: float = 1.0
    by_region: dict[str, float] = field(default_factory=dict)
    scale: tuple[float, ...] = ()
    bias: tuple[float, ...] = ()
    gamma: float = 1.0
    support: tuple[float, ...] = ()
    coefficients: tuple[float, ...] = ()
    title: str = ""
    """Which network the calibration was fitted for; a confidence kernel must say it, as it fits no other."""


@dataclass(frozen=True)
class ModelFile:
    """The network's file in the package."""

    name: str = "model.onnx"
    bytes: int = 0
    sha256: str = ""


class EnsembleKind(str, Enum):
    """How the networks of an ensemble came about."""

    NETWORKS = "networks"
    """Networks that were trained one by one: a deep ensemble (Lakshminarayanan et al. 2017)."""
    DROPOUT = "dropout-masks"
    """One network under several drawn masks of its channel dropout: MC dropout (Gal & Ghahramani 2016)."""


@dataclass(frozen=True)
class Ensemble:
    """Networks of one interface whose mean counts: `others` are the files beside the card's own `file`, none for one.

    `made_of` says of each, in order, what it is; free: {"name", "version", "sha256"} or {"seed", "member"}.
    """

    others: tuple[ModelFile, ...] = ()
    kind: EnsembleKind = EnsembleKind.NETWORKS
    made_of: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Tiling:
    """How a scene is cut for the network.

    `patch_px` is the side of a patch, `stride_px` the step between patches, `window` the weight of a patch's
    pixels ("gaussian": exp(-r^2 / 2) on [-1, 1]; "cosine": raised cosine). Networks that are `fixed` take patches of
    that side only; others any side that is a multiple of `multiple_px`.
    """

    patch_px: int = 384
    stride_px: int = 192
    window: str = "cosine"
    fixed: bool = True
    multiple_px: int = 1


@dataclass(frozen=True)
class Description:
    """What people read of a model. `accuracy` rows are free: {"region", "iou", ..., "source"}."""

    title: str
    summary: str = ""
    licence: str = ""
    citation: str = ""
    regions: tuple[str, ...] = ()
    limits: str = ""
    accuracy: tuple[dict[str, Any], ...] = ()
    provenance: str = ""
    """Where the weights come from: the file that was imported and its checksum, or the training run."""


@dataclass(frozen=True)
class ModelCard:
    """A model package's `model.json`.

    `needs` holds alternatives: any one set of roles is enough to run. `classes` are the output's classes in order,
    `ice_class` the index of glacier. `precision` is "float32", "float16" or "int8"; anything but float32 carries
    its `precision_check`: {"pixels_flipped" (share, 0..1), "iou_lost" (None without labels), "against" (checksum of the
    float32 network), "scenes" (names), "created", ...}. `golden` is the file of the golden sample, "" without one;
    `golden_seal` is the same with its size and checksum, which cards of older packages lack (its name is "" then).
    An `ensemble` has more networks beside `file`; their probabilities are averaged and then calibrated.
    `weights` is the file of the network's own weights, which a fine-tuning goes on from (the network's file holds
    them merged), its name "" without one. `training` is how they were trained: plan, data, figures.
    `extra` keeps properties that this version does not know.
    """

    name: str
    version: str
    architecture: str
    branches: tuple[BranchSpec, ...]
    description: Description
    needs: tuple[frozenset[Role], ...]
    file: ModelFile = field(default_factory=ModelFile)
    tiling: Tiling = field(default_factory=Tiling)
    location: Location = Location.NONE
    no_data: NoData = NoData.ZERO
    calibration: Calibration = field(default_factory=Calibration)
    classes: tuple[str, ...] = ("other", "glacier")
    ice_class: int = 1
    parameters: int = 0
    created: str = ""
    precision: str = FULL_PRECISION
    precision_check: dict[str, Any] = field(default_factory=dict)
    hyperparameters: dict[str, Any] = field(default_factory=dict)
    golden: str = ""
    golden_seal: ModelFile = field(default_factory=lambda: ModelFile(""))
    weights: ModelFile = field(default_factory=lambda: ModelFile(""))
    training: dict[str, Any] = field(default_factory=dict)
    ensemble: Ensemble = field(default_factory=Ensemble)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def networks(self) -> tuple[ModelFile, ...]:
        """The files of all networks, one unless it is an ensemble."""
        return (self.file, *self.ensemble.others)

    @property
    def is_ensemble(self) -> bool:
        """Whether there are several networks."""
        return bool(self.ensemble.others)

    @property
    def sealed_files(self) -> tuple[ModelFile, ...]:
        """The files whose sizes and checksums the card holds."""
        sample = [self.golden_seal] if self.is_golden_sealed else []
        return (*self.networks, *sample, *([self.weights] if self.weights.name else []))

    @property
    def is_golden_sealed(self) -> bool:
        """Whether the golden sample's size and checksum are known."""
        return bool(self.golden) and self.golden_seal.name == self.golden

    @property
    def checksum(self) -> str:
        """What tells the package's networks from all others: the SHA-256 of the one, or of the digests of several."""
        if not self.is_ensemble:
            return self.file.sha256
        return hashlib.sha256("\n".join(one.sha256 for one in self.networks).encode()).hexdigest()

    @property
    def network_bytes(self) -> int:
        """The size of all networks together."""
        return sum(one.bytes for one in self.networks)

    @property
    def is_checked(self) -> bool:
        """Whether it is known what the precision costs: float32, or measured on one scene at least."""
        flipped = self.precision_check.get("pixels_flipped")
        measured = isinstance(flipped, (int, float)) and 0 <= flipped <= 1 and bool(self.precision_check.get("scenes"))
        return self.precision == FULL_PRECISION or measured

    def info(self) -> ModelInfo:
        """The model as lists show it."""
        from .branches import BRANCH_ROLES

        uses = frozenset(role for spec in self.branches for role in BRANCH_ROLES[spec.branch])
        words = self.description
        return ModelInfo(
            name=self.name,
            title=words.title,
            version=self.version,
            summary=words.summary,
            needs=self.needs,
            uses=uses,
            licence=words.licence,
            citation=words.citation,
        )
