"""The golden sample of a package: an input made from a seed, and what the network in torch says of it."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from ...core.branches import LOCATION_INPUT
from ...core.model_card import Location
from .base import LOCATION_LENGTHS, Network, band_count

SEED = 20
SIDE_PX = 160
"""Of the sample of a network whose sides are free."""
TOLERANCE = 1e-4
"""Largest difference of a probability between the network and what computes its file."""
SAME = 1e-6
"""A probability that varies less over a sample is one and the same."""
NOISE_FACTOR = 4.0
LEVELS = 255
"""Values are multiples of 1 / 255, so that the file packs well."""

Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Golden:
    """Inputs by name, each with a batch axis of 1, and the probabilities (1, classes, rows, columns)."""

    inputs: dict[str, Array]
    output: Array

    @property
    def fault(self) -> str:
        """Why the sample tells nothing of the weights, "" where it does: all is exactly 0 or 1, or all is the same."""
        if np.isin(self.output, (0.0, 1.0)).all():
            return "every probability of a sample is exactly 0 or 1; their values are far too large."
        if np.ptp(self.output[:, 1:], axis=(0, 2, 3)).max() < SAME:
            return "every pixel of a sample gets the same probability; they were never trained, or are zeros."
        return ""

    def save(self, path: Path, tolerance: float) -> None:
        """Write it as `golden.npz` of a package."""
        arrays = {f"input_{name}": values for name, values in self.inputs.items()}
        np.savez_compressed(path, **arrays, output=self.output, tolerance=np.float64(tolerance))

    def tolerance(self, network: Network, found: Array) -> float:
        """How far off `found`, the output of the network's file, may be; below its own difference where it is wrong.

        TOLERANCE, but for weights that amplify the last digit of float32 so much that the network itself is further
        from its float64 result: then what is as near to that as the network, within a factor, is right too.
        """
        difference = float(np.abs(found - self.output).max())
        if difference <= TOLERANCE:
            return TOLERANCE
        with torch.no_grad():
            doubles = (torch.from_numpy(values).double() for values in self.inputs.values())
            exact = copy.deepcopy(network).double()(*doubles).numpy()
        noise = float(np.abs(self.output - exact).max())
        return 2 * difference if np.abs(found - exact).max() <= NOISE_FACTOR * noise else TOLERANCE


def make_golden(network: Network, with_gaps: bool = False) -> Golden:
    """The sample of `network`, which is left in evaluation mode; `with_gaps` makes some of it NaN as scenes do."""
    rng = np.random.default_rng(SEED)
    side = network.fixed_px or SIDE_PX
    inputs = {branch.value: _smooth(rng, band_count(branch), side) for branch in network.branches}
    if with_gaps:
        _make_gaps(inputs)
    if network.location is Location.REGION:
        weights = rng.integers(1, 9, LOCATION_LENGTHS[Location.REGION])
        inputs[LOCATION_INPUT] = (weights / weights.sum())[None].astype(np.float32)
    if network.location is Location.COORDINATES:
        latitude, longitude = np.radians(rng.uniform((-80, -180), (80, 180)))
        vector = [np.sin(latitude), np.cos(latitude), np.sin(longitude), np.cos(longitude)]
        inputs[LOCATION_INPUT] = np.array([vector], np.float32)
    with torch.no_grad():
        output = network.eval()(*(torch.from_numpy(values) for values in inputs.values()))
    return Golden(inputs, output.numpy())


def _smooth(rng: np.random.Generator, bands: int, side: int) -> Array:
    """Noise of a coarse and a fine scale, 0..1, in steps of 1 / 255: (1, bands, side, side)."""
    total = torch.zeros(1, bands, side, side)
    for cells, weight in ((6, 0.6), (48, 0.3), (side, 0.1)):
        coarse = torch.from_numpy(rng.random((1, bands, cells, cells)))
        total += weight * functional.interpolate(coarse, (side, side), mode="bilinear").float()
    return (np.round(total.numpy() * LEVELS) / LEVELS).astype(np.float32)


def _make_gaps(inputs: dict[str, Array]) -> None:
    """A missing corner, a missing band, a missing branch."""
    names = list(inputs)
    inputs[names[0]][:, :, : SIDE_PX // 4, : SIDE_PX // 3] = np.nan
    inputs[names[0]][:, -1:] = np.nan
    inputs[names[-1]][:] = np.nan
