"""The analyst's settings, the same in every project: keys, types and defaults in one place.

The field names are the keys under which they are stored, the annotations their types, the values here the
defaults. `with_values` takes what a store has found and leaves out what does not fit, one key at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from typing import Any

from .errors import InvalidParameterError
from .models import DEFAULT_MODEL
from .request import BandRatioSettings, NetworkSettings, OutlineSettings, check_device
from .servers import ServerSetting
from .teach import TeachSettings

MAX_THREADS = 256
MAX_MEMORY_MB = 1_048_576


@dataclass(frozen=True)
class Settings:
    """What the options page and the dock remember.

    Folders are absolute paths; "" means the default (the runner in the QGIS profile, results beside the
    project). `threads` and `memory_limit_mb` (MB, 10^6 bytes) 0 leave the choice to the runner.
    `accelerator` is "cpu", "cuda", "directml", or "" for what suits the machine. `models_folder` "" means that in
    the QGIS profile. `servers` are the model servers that the user has added. `model`, `device`, `network`,
    `band_ratio`, `outlines` and `classes` are those used last, taken over without their thresholds by a project that
    has none of its own; `teach` is how a model was taught last.
    """

    runner_folder: str = ""
    wheel_folder: str = ""
    accelerator: str = ""
    threads: int = 0
    memory_limit_mb: int = 0
    analyst: str = ""
    out_folder: str = ""
    models_folder: str = ""
    servers: tuple[ServerSetting, ...] = field(default=(), metadata={"of": ServerSetting})
    model: str = DEFAULT_MODEL
    device: str = "auto"
    network: NetworkSettings = field(default_factory=NetworkSettings)
    band_ratio: BandRatioSettings = field(default_factory=BandRatioSettings)
    outlines: OutlineSettings = field(default_factory=OutlineSettings)
    classes: bool = False
    teach: TeachSettings = field(default_factory=TeachSettings)

    def __post_init__(self) -> None:
        if not 0 <= self.threads <= MAX_THREADS:
            raise InvalidParameterError(name="threads", value=self.threads, expected=f"0 to {MAX_THREADS}")
        if not 0 <= self.memory_limit_mb <= MAX_MEMORY_MB:
            expected = f"0 to {MAX_MEMORY_MB}"
            raise InvalidParameterError(name="memory_limit_mb", value=self.memory_limit_mb, expected=expected)
        check_device(self.device)

    def to_json(self) -> dict[str, Any]:
        """As a JSON object, the nested settings as objects."""
        return asdict(self)


def with_values(settings: Any, values: Mapping[str, Any]) -> Any:
    """A copy of the frozen dataclass `settings` with those of `values` that fit; the others stay as they were.

    Unknown keys, wrong types and values out of range are left out key by key, so that one bad key never
    drops the rest. Whole numbers serve where a float is wanted, a mapping where a dataclass is nested, a list
    where the field is a tuple of dataclasses, and None where the field's annotation allows it.
    """
    for one in fields(settings):
        if one.name not in values:
            continue
        value, current = values[one.name], getattr(settings, one.name)
        if "of" in one.metadata:
            fitting = _as_tuple(value, one.metadata["of"], current)
        elif is_dataclass(current):
            fitting = with_values(current, value) if isinstance(value, Mapping) else current
        else:
            fitting = _as_type(value, str(one.type), current)
        try:
            settings = replace(settings, **{one.name: fitting})
        except InvalidParameterError:
            continue
    return settings


def _as_tuple(value: Any, kind: type, current: tuple[Any, ...]) -> tuple[Any, ...]:
    """Each mapping of a list as the frozen dataclass `kind`; those that do not fit are left out."""
    if not isinstance(value, (list, tuple)):
        return current
    made = []
    names = {one.name for one in fields(kind)}
    for item in value:
        if isinstance(item, Mapping) and all(isinstance(text, str) for text in item.values()):
            try:
                made.append(kind(**{name: text for name, text in item.items() if name in names}))
            except (InvalidParameterError, TypeError):
                continue
    return tuple(made)


def _as_type(value: Any, annotation: str, current: Any) -> Any:
    """`value` as the annotated type, or `current` where it is none."""
    if value is None:
        return None if "None" in annotation else current
    kind = annotation.split("|", maxsplit=1)[0].strip()
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind == "float" and is_number:
        return float(value)
    if kind == "int" and is_number and float(value).is_integer():
        return int(value)
    if kind == "bool" and isinstance(value, bool):
        return value
    if kind == "str" and isinstance(value, str):
        return value
    return current
