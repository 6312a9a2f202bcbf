"""How a scene is cut for a network: where the patches lie, in which order, and which rows are in memory."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...core.grid import Grid
from ...core.model_errors import MemoryLimitError
from ..models import Model, NetworkModel
from ..models.base import Block
from ..models.devices import cpu_count
from ..scene import Scene
from .classes import glacier_classes
from .lattice import Lattice, Patch, lattice_over, reference_lattice
from .strips import DEFAULT_MEMORY_MB, MIN_ROWS, fixed_bytes

IN_MEMORY_MB = 400
"""Scenes whose inputs and result are smaller are held whole, so that the middle can come first."""
FEW_CORES = 4
"""Up to here one thread keeps up with the network; each thread that reads holds a strip of its own."""
BYTES = 4
NETWORK_BASE_MB = 200
"""ONNX Runtime, the pieces of a blend under way, and what the allocator keeps."""


@dataclass(frozen=True)
class PatchPlan:
    """Patches in the order in which they are computed, and the strips that their rows are read in.

    `outward`: the middle first, with all strips in memory; otherwise from north to south, with `most_blocks` of them.
    """

    lattice: Lattice
    patches: tuple[Patch, ...]
    blocks: tuple[Block, ...]
    most_blocks: int
    outward: bool
    readers: int = 1

    def span(self, patch: Patch) -> range:
        """The numbers of the strips that a patch touches."""
        tops = [block.row for block in self.blocks]
        last_row = min(patch.row + self.lattice.side, self.lattice.shape_yx[0]) - 1
        first, last = (int(np.searchsorted(tops, row, "right")) - 1 for row in (max(patch.row, 0), last_row))
        return range(first, last + 1)

    @property
    def buffer_rows(self) -> int:
        """Rows of the result that are in memory at once."""
        return self.lattice.shape_yx[0] if self.outward else self.lattice.side


def lattice_for(network: NetworkModel, grid: Grid) -> Lattice:
    """The patches that a network is run on over a grid."""
    make = reference_lattice if network.is_reference else lattice_over
    return make(grid.shape_yx, network.tiling)


def plan_patches(scene: Scene, network: NetworkModel, memory_limit_mb: int, taken_mb: int = 0) -> PatchPlan:
    """Patches and strips within what the network's runs, `taken_mb`, leave of the memory limit, 0 for the default.

    Raises MemoryLimitError.
    """
    lattice = lattice_for(network, scene.grid)
    limit = ((memory_limit_mb - taken_mb) if memory_limit_mb else DEFAULT_MEMORY_MB) * 1e6
    whole = held_bytes(network) * scene.grid.pixel_count
    outward = whole <= min(IN_MEMORY_MB * 1e6, 0.5 * limit)
    rows = max(MIN_ROWS, lattice.side // 3)
    blocks = scene.blocks(rows)
    while not outward and memory_bytes(scene.grid, network, lattice, tallest(blocks)) > limit:
        if rows == MIN_ROWS:
            needed = memory_bytes(scene.grid, network, lattice, tallest(blocks)) / 1e6 + taken_mb
            raise MemoryLimitError(needed_mb=math.ceil(needed), limit_mb=memory_limit_mb or DEFAULT_MEMORY_MB)
        rows = max(MIN_ROWS, rows // 2)
        blocks = scene.blocks(rows)
    order = lattice.outward() if outward else lattice.southward()
    most = len(blocks) if outward else blocks_alive(lattice.side, min(block.rows for block in blocks[:-1] or blocks))
    return PatchPlan(lattice, tuple(order), tuple(blocks), most, outward, reader_count())


def reader_count() -> int:
    """Threads that read ahead."""
    return 1 if cpu_count() <= FEW_CORES else 2


def blocks_alive(side: int, rows: int) -> int:
    """Strips in memory at once: those that a patch can touch, and one being read by each reader."""
    return (side - 1) // rows + 2 + reader_count()


def tallest(blocks: list[Block]) -> int:
    """Rows of the highest strip."""
    return max(block.rows for block in blocks)


def channels(network: NetworkModel) -> int:
    """Bands of all the network's inputs together."""
    return sum(len(spec.scalings) for spec in network.card.branches)


def results(network: NetworkModel) -> int:
    """What is blended: the classes of glacier, or each class; of several networks also what they disagree about."""
    card = network.card
    return len(card.classes if network.keeps_every_class else glacier_classes(card)) + card.is_ensemble


def rasters_of(model: Model | NetworkModel) -> int:
    """How many rasters of float32 a mapping writes."""
    return 3 if isinstance(model, NetworkModel) and model.card.is_ensemble else 2


def held_bytes(network: NetworkModel) -> int:
    """Of a pixel that is in memory: its scaled inputs, whether it has data, its result."""
    return BYTES * (channels(network) + results(network)) + 1


def memory_bytes_of(plan: PatchPlan, grid: Grid, network: NetworkModel) -> int:
    """The most that a mapping by a plan takes, without the network's own, roughly."""
    if plan.outward:
        fixed = _fixed(grid, network)
        return int(fixed + grid.pixel_count * held_bytes(network))
    return memory_bytes(grid, network, plan.lattice, tallest(list(plan.blocks)))


def memory_bytes(grid: Grid, network: NetworkModel, lattice: Lattice, rows: int) -> int:
    """The most that a mapping from north to south in strips of `rows` rows takes, but for the network, roughly."""
    strips = blocks_alive(lattice.side, rows) * rows * held_bytes(network)
    reading = reader_count() * rows * BYTES * len(network.roles)
    blending = 3 * lattice.side * (BYTES * results(network) + network.wants_classes)
    fixed = _fixed(grid, network)
    return int(fixed + grid.shape_yx[1] * (strips + reading + blending))


def _fixed(grid: Grid, network: NetworkModel) -> float:
    return fixed_bytes(grid, len(network.roles), network.wants_classes, rasters_of(network)) + NETWORK_BASE_MB * 1e6
