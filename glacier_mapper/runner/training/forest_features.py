"""The features of a random forest as an ONNX graph, so that training and mapping compute the very same numbers.

Of each band of each branch: its value, and mean and standard deviation over 5 x 5 pixels, those without data left out.
Of the optical bands also the logarithms of four ratios, which order pixels as NDSI, NDVI, NDWI and red/SWIR1 do. What
has no data is MISSING. Values are as a package hands them over: physical units, backscatter as log10.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...core.branches import BRANCH_ROLES, Branch
from ...core.roles import Role

MISSING = -9999.0
WINDOW_PX = 5
LEAST_REFLECTANCE = 1e-3
OPSET, ML_OPSET, IR_VERSION = 17, 3, 8
RATIOS: dict[str, tuple[Role, Role]] = {
    "green/swir1": (Role.GREEN, Role.SWIR1), "nir/red": (Role.NIR, Role.RED), "green/nir": (Role.GREEN, Role.NIR),
    "red/swir1": (Role.RED, Role.SWIR1),
}  # fmt: skip
TABLE = "table"
"""The graph's output: float32 (batch x rows x cols, features)."""


def feature_names(branches: Sequence[Branch]) -> list[str]:
    """The features in the order of the table's columns."""
    names: list[str] = []
    for branch in branches:
        roles = [role.value for role in BRANCH_ROLES[branch]]
        names += [f"{role}{kind}" for kind in ("", " mean", " std") for role in roles]
        names += [f"log {ratio}" for ratio in RATIOS] if branch is Branch.OPTICAL else []
    return names


def feature_graph(branches: Sequence[Branch], centres: dict[Branch, Sequence[float]]) -> Any:
    """The ONNX model from inputs named after `branches`, (batch, bands, rows, cols) with NaN = no data, to TABLE.

    `centres` are about the means of each branch's bands: moments are taken round them, as squares of elevations would
    leave single precision nothing for a deviation.
    """
    return _Graph(tuple(branches), centres).model()


class _Graph:
    """Nodes and constants while they are put together."""

    def __init__(self, branches: tuple[Branch, ...], centres: dict[Branch, Sequence[float]]) -> None:
        from onnx import helper, numpy_helper

        self._helper, self._from_array = helper, numpy_helper.from_array
        self.branches, self.centres = branches, centres
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def model(self) -> Any:
        """The whole."""
        from onnx import TensorProto

        parts = [name for branch in self.branches for name in self._branch(branch)]
        stack = self._node("Concat", parts, axis=1)
        pixels = self._node("Transpose", [stack], perm=[0, 2, 3, 1])
        shape = self._constant("table_shape", np.array([-1, len(feature_names(self.branches))], np.int64))
        self.nodes.append(self._helper.make_node("Reshape", [pixels, shape], [TABLE]))
        value = self._helper.make_tensor_value_info
        inputs = [
            value(branch.value, TensorProto.FLOAT, ["batch", len(BRANCH_ROLES[branch]), "rows", "columns"])
            for branch in self.branches
        ]
        output = value(TABLE, TensorProto.FLOAT, ["pixels", len(feature_names(self.branches))])
        graph = self._helper.make_graph(self.nodes, "features", inputs, [output], list(self.constants.values()))
        opsets = [self._helper.make_opsetid("", OPSET), self._helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
        return self._helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)

    def _node(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(self._helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def _constant(self, name: str, value: Any) -> str:
        self.constants.setdefault(name, self._from_array(np.asarray(value), name))
        return name

    def _number(self, value: float) -> str:
        return self._constant(f"number_{value:g}", np.float32(value))

    def _branch(self, branch: Branch) -> list[str]:
        """The names of a branch's features, each (batch, some, rows, cols)."""
        image, missing = branch.value, self._number(MISSING)
        gaps = self._node("IsNaN", [image])
        values = self._node("Where", [gaps, missing, image])
        centre = np.asarray(self.centres[branch], np.float32).reshape(1, -1, 1, 1)
        centre_name = self._constant(f"centre_{image}", centre)
        around = self._node("Sub", [self._node("Where", [gaps, centre_name, image]), centre_name])
        seen = self._node("Cast", [self._node("Not", [gaps])], to=1)
        share = self._pooled(seen)
        nothing = self._node("Less", [share, self._number(1e-6)])
        divisor = self._node("Max", [share, self._number(1e-6)])
        mean = self._node("Div", [self._pooled(around), divisor])
        square = self._node("Div", [self._pooled(self._node("Mul", [around, around])), divisor])
        spread = self._node("Sub", [square, self._node("Mul", [mean, mean])])
        std = self._node("Sqrt", [self._node("Max", [spread, self._number(0.0)])])
        shifted = self._node("Add", [mean, centre_name])
        found = [values, *(self._node("Where", [nothing, missing, one]) for one in (shifted, std))]
        return [*found, *self._ratios(image, gaps)] if branch is Branch.OPTICAL else found

    def _pooled(self, image: str) -> str:
        """The mean over the window, with what lies outside counted as zero."""
        half = WINDOW_PX // 2
        side = [WINDOW_PX, WINDOW_PX]
        return self._node("AveragePool", [image], kernel_shape=side, pads=[half] * 4, count_include_pad=1)

    def _ratios(self, image: str, gaps: str) -> list[str]:
        """The logarithms of the ratios, from one of each band."""
        least = self._number(LEAST_REFLECTANCE)
        whole = self._node("Where", [gaps, least, image])
        logs = self._node("Log", [self._node("Max", [whole, least])])
        roles = BRANCH_ROLES[Branch.OPTICAL]
        pairs = np.array([[roles.index(role) for role in pair] for pair in RATIOS.values()], np.int64)
        above, below = (self._constant(f"ratio_{at}", pairs[:, at]) for at in (0, 1))
        picked = [self._node("Gather", [logs, side], axis=1) for side in (above, below)]
        either = self._node("Or", [self._node("Gather", [gaps, side], axis=1) for side in (above, below)])
        return [self._node("Where", [either, self._number(MISSING), self._node("Sub", picked)])]
