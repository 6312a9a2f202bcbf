"""The command export: weights of the project's own training to a model package."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...core.branches import Branch
from ...core.progress import Controls, Stage
from .dropout import check_masks
from .orders import WeightsExport
from .packaging import STEPS, STEPS_A_NETWORK, Contents, Steps, check_names, write
from .registry import architecture, build
from .scaling import read_scalings
from .weights_file import check_kind, load_weights


def run(order: WeightsExport, controls: Controls) -> dict[str, Any]:
    """Do it; `export_package` of the package says how. A network of all branches gets all, whatever is asked."""
    if architecture(order.architecture).every_branch:
        order = replace(order, inputs=tuple(Branch))
    check_names(order)
    check_kind(order.weights, order.architecture)
    steps = Steps(controls, total=STEPS + STEPS_A_NETWORK * max(0, order.mc_dropout - 1))
    steps.step(Stage.WEIGHTS)
    network = build(order.architecture, order.inputs, order.location)
    if order.mc_dropout:
        check_masks(network, order.mc_dropout, order.architecture)
    scalings = read_scalings(order.stats, order.inputs)
    load_weights(network, order.weights, order.architecture)
    return write(order, Contents(network.eval(), scalings), steps)
