"""The model of a request, set up for what the scene really has."""

from __future__ import annotations

from ...core.request import MapRequest
from ..models import Model, NetworkModel, load_model
from ..scene import Scene


def model_of(request: MapRequest, scene: Scene) -> Model | NetworkModel:
    """The request's model without the sources that the scene left out, as they lie outside the view.

    Raises UnknownModelError, and MissingRoleError when what is left is not enough for it.
    """
    return load_model(request.model, request.only(scene.sources))
