"""Models by name: the built-in ones, and packages."""

from __future__ import annotations

from typing import Callable

from ...core.errors import MissingRoleError
from ...core.models import BAND_RATIO, BUILT_IN, ModelInfo
from ...core.parity import check_parity
from ...core.request import MapRequest
from .band_ratio import BandRatioModel
from .base import Model
from .network import NetworkModel
from .store import find_package, installed
from .threshold import scene_key


def _band_ratio(request: MapRequest) -> Model:
    return BandRatioModel(request.band_ratio, request.by_role, scene_key(request))


BUILDERS: dict[str, Callable[[MapRequest], Model]] = {BAND_RATIO.name: _band_ratio}


def model_infos() -> tuple[ModelInfo, ...]:
    """Every model that `load_model` knows by name: the built-in ones, then the installed packages."""
    own = tuple(info for info in BUILT_IN if info.name in BUILDERS)
    return (*own, *(package.card.info() for package in installed() if package.card.name not in BUILDERS))


def load_model(name: str, request: MapRequest) -> Model | NetworkModel:
    """The model of that name, or of the package in the folder `name`, set up for `request`; reads no pixel.

    Raises UnknownModelError, and MissingRoleError when the request's roles are not enough for it; for a package
    MissingFileError, InvalidPackageError, PackageVersionError, ChecksumError, UncheckedPrecisionError. Raises
    NoReferenceError and InvalidParameterError as `check_parity` does.
    """
    if name not in BUILDERS:
        return NetworkModel(find_package(name), request)
    info = next(info for info in BUILT_IN if info.name == name)
    check_parity(request.network, name, None)
    lacking = info.lacking(request.by_role)
    if lacking:
        raise MissingRoleError(model=name, roles=lacking)
    return BUILDERS[name](request)
