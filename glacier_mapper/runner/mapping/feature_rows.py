"""A network's inputs over a scene: each row read and scaled once, ahead of need, and dropped after its last use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet

import numpy as np
import numpy.typing as npt

from ...core.errors import Cancelled
from ..models.base import BandReader, Block, FloatImage
from ..models.network import Features, NetworkModel
from .lattice import Patch
from .patch_plan import PatchPlan
from .producers import Asked

POLL_S = 0.05


class FeatureRows:
    """The strips of a plan as features. Belongs to one thread; its own threads only read and scale."""

    def __init__(self, scene: BandReader, network: NetworkModel, plan: PatchPlan, should_stop: Asked) -> None:
        self._scene, self._network, self._plan, self._should_stop = scene, network, plan, should_stop
        self._tops = [block.row for block in plan.blocks]
        spans = [plan.span(patch) for patch in plan.patches]
        self._uses = [0] * len(plan.blocks)
        for span in spans:
            for number in span:
                self._uses[number] += 1
        self._ahead = iter(list(dict.fromkeys(number for span in spans for number in span)))
        self._features: dict[int, Future[Features]] = {}
        self._valid: dict[int, npt.NDArray[np.bool_]] = {}
        self._pool = ThreadPoolExecutor(plan.readers, thread_name_prefix="reader")
        self._read_ahead()

    def _read_ahead(self) -> None:
        while len(self._features) < self._plan.most_blocks:
            number = next(self._ahead, None)
            if number is None:
                return
            self._features[number] = self._pool.submit(self._read, self._plan.blocks[number])

    def _read(self, block: Block) -> Features:
        return self._network.features(self._scene.read(block.row, block.rows, self._network.roles))

    def _wait(self, number: int) -> Features:
        while True:
            try:
                return self._features[number].result(POLL_S)
            except NotYet:
                if self._should_stop():
                    raise Cancelled() from None

    def cut(self, patch: Patch, into: Mapping[str, FloatImage]) -> npt.NDArray[np.bool_]:
        """Copy a patch's inputs into arrays (bands, side, side); gives where it has data, (side, side).

        Patches are cut in the plan's order. Raises Cancelled, UnreadableRasterError.
        """
        lattice, span = self._plan.lattice, self._plan.span(patch)
        side, (height, width) = lattice.side, lattice.shape_yx
        left, right = max(patch.col, 0), min(patch.col + side, width)
        valid = np.zeros((side, side), np.bool_)
        for number in span:
            features, top = self._wait(number), self._tops[number]
            self._valid.setdefault(number, features.valid)
            first = max(patch.row, top)
            last = min(patch.row + side, height, top + self._plan.blocks[number].rows)
            rows, cols = slice(first - top, last - top), slice(left, right)
            place = slice(first - patch.row, last - patch.row), slice(left - patch.col, right - patch.col)
            valid[place] = features.valid[rows, cols]
            for name, image in features.inputs.items():
                into[name][(slice(None), *place)] = image[:, rows, cols]
        self._pad(patch, into)
        self._release(span)
        return valid

    def _pad(self, patch: Patch, into: Mapping[str, FloatImage]) -> None:
        """Fill what lies outside the scene: with its reflection, or with 0."""
        lattice = self._plan.lattice
        for axis, (start, size) in enumerate(zip((patch.row, patch.col), lattice.shape_yx), start=1):
            inside = np.arange(start, start + lattice.side)
            outside = (inside < 0) | (inside >= size)
            if not outside.any():
                continue
            for image in into.values():
                if image.ndim != 3:
                    continue
                view = np.moveaxis(image, axis, 0)
                view[outside] = view[reflected(inside[outside], size) - start] if lattice.reflects else 0

    def _release(self, span: Sequence[int]) -> None:
        for number in span:
            self._uses[number] -= 1
            if self._uses[number] == 0:
                del self._features[number]
        self._read_ahead()

    def take_valid(self, row: int, rows: int) -> npt.NDArray[np.bool_]:
        """Where the scene has data, (rows, cols); what lies above `row` + `rows` is forgotten."""
        valid = np.zeros((rows, self._plan.lattice.shape_yx[1]), np.bool_)
        for number in list(self._valid):
            top, block = self._tops[number], self._valid[number]
            first, last = max(top, row), min(top + len(block), row + rows)
            if first < last:
                valid[first - row : last - row] = block[first - top : last - top]
            if top + len(block) <= row + rows:
                del self._valid[number]
        return valid

    def close(self) -> None:
        """End the reading; also after a failure. A second call does nothing."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._features.clear()


def reflected(places: npt.NDArray[np.intp], size: int) -> npt.NDArray[np.intp]:
    """Places on an axis of `size` pixels, those outside reflected at the edge pixels' middles, any number of times."""
    if size == 1:
        return np.zeros_like(places)
    period = 2 * (size - 1)
    folded = np.mod(places, period)
    return np.minimum(folded, period - folded)
