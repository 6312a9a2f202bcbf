"""Models by name."""

from __future__ import annotations

from ...core.models import ModelInfo
from ...core.request import MapRequest
from .base import Model


def model_infos() -> tuple[ModelInfo, ...]:
    """Every model that `load_model` knows."""
    raise NotImplementedError


def load_model(name: str, request: MapRequest) -> Model:
    """The model of that name, set up for `request`; reads no pixel.

    Raises UnknownModelError, and MissingRoleError when the request's roles are not enough for it.
    """
    raise NotImplementedError
