"""Models by name."""

from __future__ import annotations

from typing import Callable

from ...core.errors import MissingRoleError, UnknownModelError
from ...core.models import BAND_RATIO, BUILT_IN, ModelInfo
from ...core.request import MapRequest
from ...core.roles import ROLE_LABELS
from .band_ratio import BandRatioModel
from .base import Model
from .threshold import scene_key


def _band_ratio(request: MapRequest) -> Model:
    return BandRatioModel(request.band_ratio, request.by_role, scene_key(request))


BUILDERS: dict[str, Callable[[MapRequest], Model]] = {BAND_RATIO.name: _band_ratio}


def model_infos() -> tuple[ModelInfo, ...]:
    """Every model that `load_model` knows."""
    return tuple(info for info in BUILT_IN if info.name in BUILDERS)


def load_model(name: str, request: MapRequest) -> Model:
    """The model of that name, set up for `request`; reads no pixel.

    Raises UnknownModelError, and MissingRoleError when the request's roles are not enough for it.
    """
    infos = {info.name: info for info in model_infos()}
    if name not in infos:
        raise UnknownModelError(model=name, known=", ".join(sorted(infos)))
    lacking = infos[name].missing(request.by_role)
    if lacking:
        raise MissingRoleError(model=name, roles=", ".join(sorted(ROLE_LABELS[role] for role in lacking)))
    return BUILDERS[name](request)
