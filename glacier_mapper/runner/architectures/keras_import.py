"""The command import-keras: a Keras weight file of a published network to a model package."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from ...core.errors import InvalidParameterError
from ...core.model_errors import wrong_architecture
from ...core.progress import Controls, Stage
from .base import Network
from .calibration_file import read_calibration
from .glavitu import GlavituShape
from .keras_file import KerasFile, open_keras_file
from .keras_layout import SUPERVISION
from .keras_match import differences, has_layer, take_weights
from .orders import KerasImport
from .packaging import Contents, Steps, check_names, write
from .registry import ARCHITECTURES, architecture, build, check_inputs
from .scaling import read_scalings


def run(order: KerasImport, controls: Controls) -> dict[str, Any]:
    """Do it; `import_keras` of the package says how."""
    if not check_inputs(order.architecture, order.inputs, order.location).published:
        known = ", ".join(one.name for one in ARCHITECTURES.values() if one.published)
        expected = f"one that is published as Keras weights: {known}"
        raise InvalidParameterError(name="architecture", value=order.architecture, expected=expected)
    steps = Steps(controls)
    check_names(order)
    steps.step(Stage.WEIGHTS)
    # The weights first: of another network, neither statistics nor calibration would fit, and only this says why.
    network = load_network(order)
    scalings, calibration = read_scalings(order.stats, order.inputs), read_calibration(order)
    found = write(order, Contents(network, scalings, calibration), steps)
    return {**found, "deep_supervision": getattr(network, "supervision", None) is not None}


def load_network(order: KerasImport) -> Network:
    """The network that `order` names with the file's weights, in evaluation mode.

    GlaViTU is saved with its two outputs by the published training; a file of the single-output inference model, which
    lacks the layer of the deep supervision and nothing else, is taken too.

    Raises WrongArchitectureError naming every mismatch, MissingFileError, InvalidParameterError.
    """
    with open_keras_file(order.weights, order.architecture) as file:
        with torch.device("meta"):
            network = build(order.architecture, order.inputs, order.location, _shape(order, file))
        problems = differences(file, network) or take_weights(file, network)
    if problems:
        raise wrong_architecture(order.weights, order.architecture, problems)
    return network.eval()


def _shape(order: KerasImport, file: KerasFile) -> Any:
    shape = architecture(order.architecture).shape
    if isinstance(shape, GlavituShape) and not has_layer(file, SUPERVISION):
        return replace(shape, supervised=False)
    return shape
