"""What every network of the registry has in common.

Tensors are float32, axes (batch, channels, rows, columns), row 0 = north. A network knows nothing of tiles or files.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from ...core.branches import BRANCH_ROLES, LOCATION_INPUT, REGION_CODES, Branch
from ...core.model_card import Location

CLASSES = 2
"""Other and glacier, in this order."""
LOCATION_LENGTHS = {Location.NONE: 0, Location.REGION: len(REGION_CODES), Location.COORDINATES: 4}


class Network(nn.Module):
    """A network from branches to class probabilities.

    `forward` takes one tensor a branch, in the order of `branches`, and the location vector (batch, length) last
    where `location` asks for one. It gives probabilities (batch, classes, rows, columns) that sum to 1.
    `multiple_px`: rows and columns must be multiples of it; `fixed_px`: the only side that works, 0 for any.
    """

    multiple_px = 1
    fixed_px = 0
    shape: Any
    """The hyper-parameters, a frozen dataclass."""
    against = False
    """True where the logits are each class's less the other's (inference.py): their sigmoid is the softmax."""

    def __init__(self, branches: tuple[Branch, ...], location: Location = Location.NONE) -> None:
        super().__init__()
        self.branches = branches
        self.location = location

    @property
    def input_names(self) -> tuple[str, ...]:
        """The names of the inputs in order, as in a package's `model.onnx`."""
        last = (LOCATION_INPUT,) if self.location is not Location.NONE else ()
        return (*(branch.value for branch in self.branches), *last)

    def logits(self, *inputs: Tensor) -> Tensor:
        """What softmax turns into the probabilities, for losses: the shape of the output."""
        raise NotImplementedError

    def forward(self, *inputs: Tensor) -> Tensor:
        """Class probabilities, float32 (batch, classes, rows, columns)."""
        logits = self.logits(*inputs)
        return logits.sigmoid() if self.against else logits.softmax(1)


def band_count(branch: Branch) -> int:
    """Channels of a branch."""
    return len(BRANCH_ROLES[branch])


def parameter_count(module: nn.Module) -> int:
    """Weights of a network, moving statistics included: what a weight file holds."""
    counters = (value for name, value in module.named_buffers() if not name.endswith("num_batches_tracked"))
    return sum(value.numel() for value in (*module.parameters(), *counters))
