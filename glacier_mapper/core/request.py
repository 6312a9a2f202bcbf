"""What is asked of the runner: frozen values that travel as JSON and repeat a run exactly."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from .addresses import holds_secret, plain_address
from .branches import REGION_CODES
from .days import check_day
from .errors import DuplicateRoleError, InvalidParameterError, NoLayersError
from .extent import Extent
from .roles import OPTICAL_ROLES, Role
from .scaling_choice import AUTO_SCALING, SCALINGS


@dataclass(frozen=True)
class BandSource:
    """One band of one raster file, and the role it plays.

    `band` counts from 1. `scale` and `offset` turn stored numbers into physical units (reflectance,
    metres, degrees, kelvin, linear sigma0, coherence 0..1); None means that the runner finds them by the
    rule that `scaling` names (a word of `SCALINGS`), "auto" from the file, its metadata and its name, and
    reports what it took. `nodata` None likewise. `layer` is the
    name that messages use, `date` the acquisition date in ISO 8601, empty when unknown. `temporary`
    files were made for this run alone and are removed after it. `by_hand` says that the analyst named the very band.
    """

    role: Role
    path: str
    band: int = 1
    layer: str = ""
    date: str = ""
    scale: float | None = None
    offset: float | None = None
    nodata: float | None = None
    temporary: bool = False
    scaling: str = AUTO_SCALING
    by_hand: bool = False

    def __post_init__(self) -> None:
        if self.scaling not in SCALINGS:
            raise InvalidParameterError(name="scaling", value=self.scaling, expected=f"one of {', '.join(SCALINGS)}")
        if self.scale is not None and (self.scale == 0 or not math.isfinite(self.scale)):
            raise InvalidParameterError(name="scale", value=self.scale, expected="a finite number other than 0")
        if self.offset is not None and not math.isfinite(self.offset):
            raise InvalidParameterError(name="offset", value=self.offset, expected="a finite number")

    @property
    def label(self) -> str:
        """The layer's name, or the file's where it has none."""
        return self.layer or Path(self.path).name

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {**asdict(self), "role": self.role.value}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> BandSource:
        """Back from `to_json`."""
        return cls(**{**data, "role": Role(data["role"])})


def with_image_facts(
    sources: Sequence[BandSource], scaling: str = AUTO_SCALING, acquired: str = ""
) -> tuple[BandSource, ...]:
    """The same sources, those of the image (optical, thermal) with the scaling and the day that the analyst gives.

    A scaling that was found before gives way, but for numbers that are physical already. `acquired` is ISO 8601; with
    "" the days stay. Raises InvalidParameterError.
    """
    check_day(acquired)
    image = (*OPTICAL_ROLES, Role.THERMAL)
    return tuple(_with_facts(source, scaling, acquired) if source.role in image else source for source in sources)


def _with_facts(source: BandSource, scaling: str, acquired: str) -> BandSource:
    source = replace(source, date=acquired or source.date)
    if scaling == AUTO_SCALING or (source.scale, source.offset) == (1.0, 0.0):
        return source
    return replace(source, scaling=scaling, scale=None, offset=None)


@dataclass(frozen=True)
class BandRatioSettings:
    """Settings of the built-in `band-ratio` model (standards: table 7.1).

    `index` is "auto" (the best that the roles allow), "red_swir", "nir_swir" or "ndsi". `threshold` None
    means automatic. `softness` is the distance from the threshold, relative to it, at which the
    probability has gone from 0.5 to 0.88 (one logit of 2). Rules that are None are skipped; a rule whose
    band is missing is skipped too and said so in the report.
    """

    index: str = "auto"
    threshold: float | None = None
    softness: float = 0.15
    min_blue: float | None = 0.06
    max_ndwi: float | None = 0.4
    max_ndvi: float | None = 0.3
    max_temperature_k: float | None = 283.0
    water_max_slope_deg: float = 10.0
    median_px: int = 3

    def __post_init__(self) -> None:
        _check_finite(self)
        if self.index not in ("auto", "red_swir", "nir_swir", "ndsi"):
            raise InvalidParameterError(name="index", value=self.index, expected="auto, red_swir, nir_swir or ndsi")
        if self.median_px not in (1, 3, 5, 7):
            raise InvalidParameterError(name="median_px", value=self.median_px, expected="1, 3, 5 or 7")
        if not 0.01 <= self.softness <= 2.0:
            raise InvalidParameterError(name="softness", value=self.softness, expected="between 0.01 and 2")
        self.check_threshold(self.index)

    def check_threshold(self, index: str) -> None:
        """Raise InvalidParameterError where no pixel's `index` can be at the threshold; "auto" may become any."""
        value = self.threshold
        if value is None:
            return
        if index == "ndsi" and not -1.0 <= value <= 1.0:
            raise InvalidParameterError(name="threshold", value=value, expected="between -1 and 1 for the index ndsi")
        if index != "ndsi" and not value > (-1.0 if index == "auto" else 0.0):
            raise InvalidParameterError(name="threshold", value=value, expected="above 0 for a ratio of bands")


@dataclass(frozen=True)
class OutlineSettings:
    """How outlines are traced. `min_area_km2` is RGI's 0.01; `smoothing` 0 (none) to 1 (at most half a pixel)."""

    threshold: float = 0.5
    min_area_km2: float = 0.01
    min_hole_km2: float = 0.0
    smoothing: float = 0.5

    def __post_init__(self) -> None:
        _check_finite(self)
        if not 0.0 < self.threshold < 1.0:
            raise InvalidParameterError(name="outline threshold", value=self.threshold, expected="above 0 and below 1")
        for name in ("min_area_km2", "min_hole_km2"):
            if getattr(self, name) < 0:
                raise InvalidParameterError(name=name, value=getattr(self, name), expected="0 or more")
        if not 0.0 <= self.smoothing <= 1.0:
            raise InvalidParameterError(name="smoothing", value=self.smoothing, expected="between 0 and 1")


@dataclass(frozen=True)
class NetworkSettings:
    """How a network is run over a scene; band-ratio ignores it.

    `overlap` None and `window` "" leave it to the package; else the share of a patch that its neighbour covers, and
    "gaussian" or "cosine". `symmetries` averages over the 8 symmetries of the square (test-time augmentation).
    `parity` "reference" repeats the published deployment: zero padding, stride of half a patch, Gaussian weights.
    `region` is a code of `branches.REGION_CODES`, or "auto" for that of the scene's place. `batch` 0 leaves it to
    a measurement. `on_server_loss` "local" goes on here when a server dies or is
    not there, "stop" ends the run.
    """

    overlap: float | None = None
    window: str = ""
    symmetries: bool = False
    parity: str = ""
    region: str = "auto"
    batch: int = 0
    on_server_loss: str = "local"

    def __post_init__(self) -> None:
        _check_finite(self)
        if self.overlap is not None and not 0.0 <= self.overlap <= 0.875:
            raise InvalidParameterError(name="overlap", value=self.overlap, expected="between 0 and 0.875")
        if not 0 <= self.batch <= 256:
            raise InvalidParameterError(name="batch", value=self.batch, expected="between 0 and 256")
        choices = {
            "window": ("", "cosine", "gaussian"), "parity": ("", "reference"), "on_server_loss": ("local", "stop"),
            "region": ("auto", *REGION_CODES),
        }  # fmt: skip
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                expected = ", ".join(word or "empty" for word in allowed)
                raise InvalidParameterError(name=name, value=getattr(self, name), expected=f"one of {expected}")


def _check_finite(settings: BandRatioSettings | OutlineSettings | NetworkSettings) -> None:
    """Raise InvalidParameterError for NaN and infinity, which compare in ways that no range check expects."""
    for name, value in vars(settings).items():
        if isinstance(value, float) and not math.isfinite(value):
            raise InvalidParameterError(name=name, value=value, expected="a finite number")


@dataclass(frozen=True)
class MapRequest:
    """One mapping: what to read, where, with which model, and where the products go.

    `extent` None means everything that the optical bands cover. `out_dir` is made when it is missing.
    `memory_limit_mb` and `threads` 0 mean the runner's own choice. `model` is a name or the folder of a package,
    `device` "auto", "cpu", "cuda", "directml", "openvino", "coreml" or the address of a model server (http, https).
    `live` is a GeoTIFF that shows the probability while it grows, "" for none; whoever asked for it removes it.
    `classes` asks for classes.tif beside the probability.
    `notes` are Message JSON of whoever chose the sources; they come back among those of the result.
    """

    sources: tuple[BandSource, ...]
    out_dir: str
    model: str = "band-ratio"
    extent: Extent | None = None
    band_ratio: BandRatioSettings = field(default_factory=BandRatioSettings)
    outlines: OutlineSettings = field(default_factory=OutlineSettings)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    analyst: str = ""
    device: str = "auto"
    threads: int = 0
    memory_limit_mb: int = 0
    overwrite: bool = False
    live: str = ""
    classes: bool = False
    notes: tuple[dict[str, Any], ...] = ()

    def __post_init__(self) -> None:
        check_device(self.device)
        if not self.sources:
            raise NoLayersError()
        for name in ("threads", "memory_limit_mb"):
            if getattr(self, name) < 0:
                raise InvalidParameterError(name=name, value=getattr(self, name), expected="0 or more")
        seen: dict[Role, BandSource] = {}
        for source in self.sources:
            if source.role in seen:
                layers = f"{seen[source.role].label}, {source.label}"
                raise DuplicateRoleError(role=source.role.value, layers=layers)
            seen[source.role] = source

    @property
    def by_role(self) -> dict[Role, BandSource]:
        """The sources by their role."""
        return {source.role: source for source in self.sources}

    def with_out_dir(self, out_dir: str) -> MapRequest:
        """The same request, its products elsewhere."""
        return replace(self, out_dir=out_dir)

    def only(self, roles: Collection[Role]) -> MapRequest:
        """The same request with the sources of these roles alone. Raises NoLayersError when none is left."""
        return replace(self, sources=tuple(source for source in self.sources if source.role in roles))

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            **asdict(self),
            "sources": [source.to_json() for source in self.sources],
            "extent": self.extent.to_json() if self.extent else None,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> MapRequest:
        """Back from `to_json`. Raises InputError when a value is wrong, TypeError for unknown keys."""
        values = dict(data)
        values["sources"] = tuple(BandSource.from_json(s) for s in data["sources"])
        values["extent"] = Extent.from_json(data["extent"]) if data.get("extent") else None
        values["band_ratio"] = BandRatioSettings(**data.get("band_ratio", {}))
        values["outlines"] = OutlineSettings(**data.get("outlines", {}))
        values["network"] = NetworkSettings(**data.get("network", {}))
        values["notes"] = tuple(data.get("notes", ()))
        return cls(**values)


DEVICES = ("auto", "cpu", "cuda", "directml", "openvino", "coreml")


def is_server(device: str) -> bool:
    """Whether a device is the address of a model server."""
    return device.startswith(("http://", "https://"))


def check_device(device: str) -> None:
    """Raise InvalidParameterError, which shows no secret, for what is neither a device nor a server's plain address."""
    is_address = is_server(device) and len(device.split("://", 1)[1]) > 0 and not holds_secret(device)
    if device not in DEVICES and not is_address:
        expected = (
            f"{', '.join(DEVICES)} or the address of a server (http://…, https://…) without user, password and what "
            "follows a question mark. Passwords and tokens belong in QGIS's authentication store (Glacier Mapper "
            "options, model servers), or in the environment variable GLACIER_MAPPER_SERVER_TOKEN"
        )
        raise InvalidParameterError(name="device", value=plain_address(device), expected=expected)
