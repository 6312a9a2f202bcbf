"""Batches of a training run: the same step gives the same batch, in whatever process it is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from .augment import crop, relight, rewarm, take_away
from .inputs import Recipe, placed, room_for, scale_into
from .plan import Plan


class Batch(NamedTuple):
    """`inputs` in the network's order, float32 (batch, bands, rows, columns), and `label` uint8 (batch, rows, columns).

    Where the network is told the place, that is the last of the inputs: (batch, length).
    """

    inputs: tuple[Tensor, ...]
    label: Tensor


class Crops(Dataset):
    """The batch of each step, by its number; `share` (index, count) makes only one process's part of it."""

    def __init__(self, tiles: Sequence[Any], recipe: Recipe, plan: Plan, share: tuple[int, int] = (0, 1)) -> None:
        self._tiles, self._recipe, self._plan, self._share = tiles, recipe, plan, share

    def __len__(self) -> int:
        """Steps of the plan."""
        return self._plan.steps.count

    def __getitem__(self, step: int) -> Batch:
        """The batch of a step. The tiles of an epoch are drawn without repetition."""
        plan, size = self._plan, self._plan.steps.batch
        places = range(step * size + self._share[0], (step + 1) * size, self._share[1])
        side = plan.steps.crop_px
        inputs = room_for(self._recipe, (side, side), (len(places),))
        labels = np.empty((len(places), side, side), np.uint8)
        where: list[list[np.ndarray]] = []
        for at, place in enumerate(places):
            epoch, number = divmod(place, len(self._tiles))
            order = np.random.default_rng([plan.seed, 1, epoch]).permutation(len(self._tiles))
            rng = np.random.default_rng([plan.seed, 2, place])
            tile = self._tiles[int(order[number])]
            found, labels[at] = crop(tile, side, plan.augmentation, rng)
            relight(found, plan.augmentation, rng)
            rewarm(found, plan.augmentation, rng)
            take_away(found, plan.augmentation, rng)
            scale_into([one[at] for one in inputs], found, self._recipe)
            where.append(placed(tile, self._recipe))
        told = [np.stack(one) for one in zip(*where, strict=True)]
        return Batch(tuple(map(torch.from_numpy, [*inputs, *told])), torch.from_numpy(labels))


def batches(crops: Crops, first: int, loaders: int) -> Iterator[Batch]:
    """The batches from step `first` on, made ahead in `loaders` processes; 0 makes them as they are asked for."""
    ahead = {"prefetch_factor": 4} if loaders else {}
    loader = DataLoader(
        crops, batch_size=None, sampler=range(first, len(crops)), num_workers=loaders,
        worker_init_fn=_one_thread, **ahead,
    )  # fmt: skip
    yield from loader


def _one_thread(_: int) -> None:
    torch.set_num_threads(1)
