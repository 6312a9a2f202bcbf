"""A training run: steps over batches, an average of the weights, looks at validation tiles, checkpoints.

Hugging Face Accelerate puts network and batches on the device, spreads the batch over the graphics cards that
`accelerate launch` names, and does mixed precision; it leaves the loop to its caller, which Lightning does not, and so
a run that was killed at any step goes on to the same weights, bit by bit on a CPU. Randomness follows from the seed
and the step alone, and a step's batch does not depend on the steps before.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ....core.errors import Cancelled, InternalError
from ....core.progress import Controls, Progress, Stage, never
from ...architectures.base import Network
from .adapters import trainable
from .batches import Batch, Crops, batches
from .checkpoint import State, load, save
from .inputs import Recipe
from .log import RunLog
from .looking import look
from .loss import loss_of
from .plan import Plan, Steps

BF16 = ("avx512_bf16", "amx_bf16", "bf16")
"""What a processor is called that computes with bfloat16 itself, x86 and ARM; others are far slower with it."""


class Tiles(NamedTuple):
    """What is learnt from and what is looked at; a tile has `inputs` {branch: (bands, rows, cols)} and `label`.

    `identity` tells data sets apart: a run only goes on with the one that it began with.
    """

    train: Sequence[Any]
    validation: Sequence[Any]
    identity: str = ""


def rate_at(step: int, steps: Steps) -> float:
    """The learning rate of a step: a straight rise, then half a cosine down (Loshchilov and Hutter 2017, eq. 5)."""
    if step < steps.warm_up:
        return steps.rate * (step + 1) / steps.warm_up
    share = (step - steps.warm_up) / max(1, steps.count - steps.warm_up)
    low = steps.rate * steps.rate_end
    return low + 0.5 * (steps.rate - low) * (1 + math.cos(math.pi * min(1.0, share)))


class Logits(nn.Module):
    """A network as it is trained: from its inputs to the logits of its outputs, its own last."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Each (batch, 2, rows, columns)."""
        if hasattr(self.network, "both_logits"):
            return self.network.both_logits(*inputs)
        return (self.network.logits(*inputs),)


class Run:
    """Trains `network` in place; afterwards it holds the averaged weights of the best look."""

    def __init__(self, network: Network, tiles: Tiles, recipe: Recipe, plan: Plan) -> None:
        self.network, self.tiles, self.recipe, self.plan = network, tiles, recipe, plan
        self.accelerator = _accelerator(plan)
        groups = _groups(network, plan.steps.decay)
        optimizer = torch.optim.AdamW(groups, lr=plan.steps.rate)
        self.model, self.optimizer = self.accelerator.prepare(Logits(network), optimizer)
        self.average = copied(network)
        self.state = State()

    def go(self, folder: Path, controls: Controls, is_enough: Callable[[], bool] = never) -> State:
        """All steps, from the checkpoint in `folder` on where there is one of the same plan.

        `is_enough` is asked after each step whether to end early, with what was learnt.

        Raises Cancelled, after a checkpoint; OutputNotWritableError, InvalidParameterError for a foreign checkpoint.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._resume(folder)
        steps, started, first = self.plan.steps, time.monotonic(), self.state.step
        share = self.accelerator.process_index, self.accelerator.num_processes
        crops = Crops(self.tiles.train, self.recipe, self.plan, share)
        with RunLog(folder, self.accelerator.is_main_process) as log:
            for batch in batches(crops, first, self.plan.loaders):
                if controls.should_stop():
                    self._keep(folder)
                    raise Cancelled()
                loss = self._step(batch)
                self.state.step += 1
                log.step(self.state.step, loss, rate_at(self.state.step - 1, steps))
                if self._time_to(steps.look_every):
                    self._look(log)
                if self._time_to(steps.keep_every):
                    self._keep(folder)
                controls.on_progress(_progress(self.state.step, steps.count, time.monotonic() - started, first))
                if self._has_had_enough() or is_enough():
                    break
        self._keep(folder)
        self._take_best()
        return self.state

    def _time_to(self, every: int) -> bool:
        return self.state.step % every == 0 or self.state.step == self.plan.steps.count

    def _step(self, batch: Batch) -> Tensor:
        torch.manual_seed(self.plan.seed * 1_000_003 + self.state.step)
        rate = rate_at(self.state.step, self.plan.steps)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        device = self.accelerator.device
        inputs, label = tuple(one.to(device) for one in batch.inputs), batch.label.to(device)
        self.model.train()
        with self.accelerator.autocast():
            loss = loss_of(self.model(*inputs), label, self.plan.loss)
        if not torch.isfinite(loss):
            raise InternalError(reason=f"the loss is no number after {self.state.step} steps; lower the learning rate.")
        self.optimizer.zero_grad()
        self.accelerator.backward(loss)
        if self.plan.steps.clip > 0:
            self.accelerator.clip_grad_norm_(trainable(self.network), self.plan.steps.clip)
        self.optimizer.step()
        self._average()
        return loss.detach()

    def _average(self) -> None:
        """Move the averaged weights a little; faster at first, when there is little to average."""
        keep = min(self.plan.steps.average, (1 + self.state.step) / (10 + self.state.step))
        with torch.no_grad():
            for name, value in self.network.state_dict().items():
                mean = self.average[name]
                if mean.is_floating_point():
                    mean.lerp_(value.to(mean.device), 1 - keep)
                else:
                    mean.copy_(value)

    def _look(self, log: RunLog) -> None:
        if not self.tiles.validation or not self.accelerator.is_main_process:
            return
        own = copied(self.network)
        self.network.load_state_dict(self.average)
        found = {"step": self.state.step, **look(self.network, self.tiles.validation, self.recipe).to_json()}
        self.network.load_state_dict(own)
        self.state.looks.append(found)
        log.look(found)
        if not self.state.best or found["iou"] > self.state.best["iou"]:
            self.state.best = {**found, "average": {name: value.clone() for name, value in self.average.items()}}

    def _has_had_enough(self) -> bool:
        patience, best = self.plan.steps.patience, self.state.best
        if not patience or not best:
            return False
        return sum(one["step"] > best["step"] for one in self.state.looks) >= patience

    def _keep(self, folder: Path) -> None:
        if not self.accelerator.is_main_process:
            return
        self.state.network, self.state.average = self.network.state_dict(), self.average
        self.state.optimizer = self.optimizer.state_dict()
        save(folder, self.state, self._identity())

    def _resume(self, folder: Path) -> None:
        found = load(folder, self._identity())
        if found is None:
            return
        self.network.load_state_dict(found.network)
        self.optimizer.load_state_dict(found.optimizer)
        self.average = {name: value.to(self.average[name].device) for name, value in found.average.items()}
        self.state = found

    def _identity(self) -> dict[str, Any]:
        """What a checkpoint must agree in: the plan, but for what does not change its result, and the tiles."""
        plan = {key: value for key, value in self.plan.to_json().items() if key not in ("loaders", "threads")}
        sizes = [len(self.tiles.train), len(self.tiles.validation)]
        return {"plan": plan, "tiles": sizes, "data": self.tiles.identity}

    def _take_best(self) -> None:
        """The weights of the best look, or the last average where none was looked at."""
        self.network.load_state_dict(self.state.best.get("average", self.average))
        self.network.eval()


def _accelerator(plan: Plan) -> Any:
    from accelerate import Accelerator
    from accelerate.state import AcceleratorState

    if plan.threads:
        torch.set_num_threads(plan.threads)
    # It is one for the process, and a run before this one may have had another precision.
    AcceleratorState._reset_state()
    return Accelerator(mixed_precision=plan.precision)


def fastest_precision() -> str:
    """The precision in which this machine's processor learns fastest; the same whatever else it does."""
    capable = torch.cpu.get_capabilities()
    return "bf16" if any(capable.get(one) for one in BF16) else "no"


def _groups(network: Network, decay: float) -> list[dict[str, Any]]:
    """Weights that decay, and those that don't: biases and what scales channels."""
    values = trainable(network)
    return [
        {"params": [one for one in values if one.dim() > 1], "weight_decay": decay},
        {"params": [one for one in values if one.dim() <= 1], "weight_decay": 0.0},
    ]


def copied(network: Network) -> dict[str, Tensor]:
    """The network's weights as they are now."""
    return {name: value.detach().clone() for name, value in network.state_dict().items()}


def _progress(step: int, count: int, seconds: float, first: int) -> Progress:
    left = seconds / max(1, step - first) * (count - step)
    return Progress(Stage.TRAINING, step, count, step / count, left)


def read_looks(folder: Path) -> list[dict[str, Any]]:
    """What a run's log says of its looks."""
    path = folder / "looks.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []
