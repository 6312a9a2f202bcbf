"""A Keras file against the network that it is said to belong to: every difference named, or the weights taken."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

import numpy as np
import numpy.typing as npt
import torch

from ...core.branches import LOCATION_INPUT, Branch
from .base import Network
from .keras_file import OWN_GROUPS, KerasFile, KerasWeight
from .keras_layout import Layer, Slot, keras_layers

RUNNING_NUMBER = re.compile(r"_\d+$")
LARGEST = 1e10
"""No weight or moving statistic of a network that was trained is larger."""
INPUT_LAYERS = {*(branch.value for branch in Branch), LOCATION_INPUT}


def base_name(name: str) -> str:
    """A layer's name without its running number: "fusion_block_1" -> "fusion_block"."""
    return RUNNING_NUMBER.sub("", name)


def has_layer(file: KerasFile, name: str) -> bool:
    """Whether the file has a layer of that name with weights, whatever its running number."""
    return any(weights and base_name(layer) == name for layer, weights in file.layers.items())


def differences(file: KerasFile, network: Network) -> list[str]:
    """Every way in which the file is not one of `network`, a phrase each, whole layers first; none when it is."""
    wanted = keras_layers(network)
    owners = _owners(file, wanted)
    problems = _input_differences(file, network) + _layer_differences(file, wanted, owners)
    for layer in wanted:
        weights = file.layers.get(owners.get(layer.name, ""), ())
        if weights and len(weights) != len(layer.slots):
            problems.append(f"{owners[layer.name]} has {len(weights)} weights instead of {len(layer.slots)}")
    for layer in wanted:
        if layer.name in owners:
            problems += _weight_differences(owners[layer.name], file.layers[owners[layer.name]], layer)
    return problems


def _owners(file: KerasFile, wanted: list[Layer]) -> dict[str, str]:
    """The file's name of each wanted layer that is there."""
    found: dict[str, str] = {}
    for name, weights in file.layers.items():
        base = name if any(layer.name == name for layer in wanted) else base_name(name)
        if weights and any(layer.name == base for layer in wanted):
            found.setdefault(base, name)
    return found


def _input_differences(file: KerasFile, network: Network) -> list[str]:
    listed = [name for name in file.layers if base_name(name) in INPUT_LAYERS and not file.layers[name]]
    branches = [name for name in listed if name != LOCATION_INPUT]
    asked = [branch.value for branch in network.branches]
    problems = []
    if branches != asked:
        problems.append(f"its inputs are {', '.join(branches) or 'not listed'}, and those asked for {', '.join(asked)}")
    located = LOCATION_INPUT in listed
    if located != (LOCATION_INPUT in network.input_names):
        problems.append("it takes a location" if located else "it takes no location, and an encoding was asked for")
    return problems


def _layer_differences(file: KerasFile, wanted: list[Layer], owners: dict[str, str]) -> list[str]:
    problems = []
    for layer in wanted:
        if layer.name not in owners:
            problems.append(f"the layer {layer.name} ({len(layer.slots)} weights) is missing")
    for name, weights in file.layers.items():
        if weights and name not in owners.values():
            kind = "the model itself has weights" if name in OWN_GROUPS else f"there is an extra layer {name}"
            problems.append(f"{kind} ({len(weights)} weights)")
    problems += [f"there is a group {name} that is not in the list of layers" for name in file.unlisted]
    return problems


def _weight_differences(name: str, weights: tuple[KerasWeight, ...], layer: Layer) -> list[str]:
    slots = layer.slots
    problems = [f"{name}/{weight.name} is listed, but not there" for weight in weights if weight.data is None]
    if len(weights) == len(slots):
        problems += _run_differences(weights, slots, name)
        return problems or _excitation_differences(name, weights, layer.excitations)
    found = [_describe(weight)[:2] for weight in weights]
    matcher = SequenceMatcher(None, found, [(slot.sublayer, slot.kind) for slot in slots], autojunk=False)
    for _, a1, a2, b1, b2 in matcher.get_opcodes():
        problems += _run_differences(weights[a1:a2], slots[b1:b2], name)
    return problems


def _describe(weight: KerasWeight) -> tuple[str, str, tuple[int, ...]]:
    """Kind of sublayer, kind of weight, shape."""
    parts = weight.name.split("/")
    sublayer = base_name(parts[-2]) if len(parts) > 1 else ""
    return sublayer, parts[-1].split(":")[0], weight.shape


def _run_differences(weights: tuple[KerasWeight, ...], slots: list[Slot], name: str) -> list[str]:
    """Weights and slots one to one as far as both go; what is left is too many or lacking."""
    problems = []
    for weight, slot in zip(weights, slots, strict=False):
        sublayer, kind, shape = _describe(weight)
        if (sublayer, kind) != (slot.sublayer, slot.kind):
            wanted = f"{slot.sublayer}/{slot.kind} {_sides(slot.shape)}"
            problems.append(f"{weight.name} {_sides(shape)} stands where {wanted} should")
        elif shape != slot.shape and weight.data is not None:
            problems.append(f"{weight.name} has the shape {_sides(shape)} instead of {_sides(slot.shape)}")
    problems += [f"{weight.name} {_sides(weight.shape)} is too many" for weight in weights[len(slots) :]]
    lacking = slots[len(weights) :]
    return problems + [f"{name} lacks {one.sublayer}/{one.kind} {_sides(one.shape)}" for one in lacking]


def _sides(shape: tuple[int, ...]) -> str:
    return f"({' x '.join(map(str, shape))})"


def _excitation_differences(name: str, weights: tuple[KerasWeight, ...], branches: int) -> list[str]:
    """The excitations' dense layers are all of one shape; their numbers, counted as they were made, tell the order.

    Branch i made the numbers 2 i and 2 i + 1; the file lists all first ones, then all second ones.
    """
    if not branches:
        return []
    kernels = [one.name.split("/")[-2] for one in weights if _describe(one)[:2] == ("dense", "kernel")]
    numbers = [int(kernel.rpartition("_")[2]) if "_" in kernel else 0 for kernel in kernels]
    wanted = [2 * branch + place for place in (0, 1) for branch in range(branches)]
    if [number - min(numbers) for number in numbers] == wanted:
        return []
    return [f"the excitations of {name} are in the order {', '.join(kernels)}, so their branches can't be told"]


def take_weights(file: KerasFile, network: Network) -> list[str]:
    """Give `network` the file's weights, which must have no `differences`; tells what is wrong with the values.

    The network may have been built without memory, on torch's meta device.
    """
    owners = _owners(file, keras_layers(network))
    state, problems = {}, []
    for layer in keras_layers(network):
        for weight, slot in zip(file.layers[owners[layer.name]], layer.slots, strict=True):
            values, wrong = _values(weight, slot)
            problems += [f"{owners[layer.name]}/{weight.name} {one}" for one in wrong]
            if not wrong:
                state[slot.key] = torch.from_numpy(np.ascontiguousarray(slot.turn(values)))
    if not problems:
        counters = [name for name in network.state_dict() if name.endswith("num_batches_tracked")]
        state.update({name: torch.zeros((), dtype=torch.long) for name in counters})
        network.load_state_dict(state, assign=True)
    return problems


def _values(weight: KerasWeight, slot: Slot) -> tuple[npt.NDArray[np.float32], list[str]]:
    """A weight's values, and what is wrong with them."""
    if not weight.is_numeric:
        kind = "nothing" if weight.data is None or weight.data.shape is None else weight.data.dtype
        return np.zeros(0, np.float32), [f"holds no numbers ({kind})"]
    values = weight.read()
    largest = float(np.abs(values).max(initial=0))
    if not np.isfinite(values).all():
        return values, ["holds values that are no numbers"]
    if slot.kind == "moving_variance" and values.min() < 0:
        return values, ["holds a variance below 0"]
    return values, [f"holds values up to {largest:.1g}, which no training leaves"] if largest > LARGEST else []
