"""How long a teaching takes: time left for the user, and as many steps as fit into what she allows."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ....core.progress import Controls, Progress, Stage
from ....core.teach_errors import TeachTimeError
from ...architectures.base import Network
from ..learn.inputs import Recipe
from ..learn.plan import Augmentation, Loss, Plan, Steps
from ..learn.run import Run, Tiles

MOST_STEPS, GOOD_STEPS, LEAST_STEPS = 900, 150, 12
"""More steps learn the few outlines by heart; with fewer than the second the batch is made smaller; fewer than the last
teach nothing."""
BATCHES = (8, 4, 2)
TRIAL_STEPS = 3
PACKAGING_S = 12.0
"""What the writing and the check of the package take."""
OVER = 1.15
"""How much longer than planned the steps may take before they end early."""

PLAN = Plan(
    loaders=0,
    steps=Steps(count=MOST_STEPS, batch=BATCHES[0], crop_px=192, rate=8e-4, warm_up=30, decay=0.1, average=0.99),
    loss=Loss(smoothing=0.1),
    augmentation=Augmentation(
        turns=False, zoom=1.5, light=0.1, gain=0.04, haze=0.003, noise=0.01, drop_branch=0.03, drop_radar=0.0,
        drop_band=0.02, drop_set=0.0, drop_hole=0.2,
    ),
)  # fmt: skip
"""That of `tests/tools/teach_plan.json`, whose figures are in docs/evaluation.md: large crops, labels taken for less
than certain, and little change of light, as the view's own sensor and season are what is to be learnt. Not turned: the
sun stands in one part of the sky, and shade tells a slope that faces it from one that doesn't."""


class Clock:
    """Tells how far the job is by time: what has passed beside what is still expected."""

    def __init__(self, minutes: float, controls: Controls, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._controls = now, controls
        self._start = now()
        self._furthest = 0.0
        self.allowed_s = 60.0 * minutes
        self.after_s: float | None = None
        """Seconds expected after what is done now; None while nobody knows: then all that is allowed is taken."""

    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return self._now() - self._start

    def part(self, seconds: float | None = None, stage: Stage | None = None) -> Controls:
        """Controls of a part of the job that is expected to take so long and tells its own fraction 0..1."""

        def listen(progress: Progress) -> None:
            known = seconds is not None and self.after_s is not None
            rest = (seconds or 0.0) * (1.0 - min(1.0, progress.fraction)) + (self.after_s or 0.0)
            left = rest if known else max(1.0, self.allowed_s - self.elapsed_s())
            told = stage or (Stage.PREDICTING if progress.stage is Stage.DONE else progress.stage)
            self._furthest = max(self._furthest, self.elapsed_s() / max(1e-9, self.elapsed_s() + left))
            self._controls.on_progress(
                Progress(told, progress.done, progress.total, round(min(self._furthest, 0.999), 4), round(left, 1))
            )

        return Controls(listen, self._controls.should_stop)

    def finish(self, steps: int) -> None:
        """The job is done."""
        self._controls.on_progress(Progress(Stage.DONE, steps, steps, 1.0, 0.0))


class Pacer:
    """Chooses batch and number of steps from measured steps; its runs leave nothing in the network."""

    def __init__(self, network: Network, tiles: Tiles, recipe: Recipe, folder: Path) -> None:
        self._network, self._tiles, self._recipe, self._folder = network, tiles, recipe, folder

    def fitted(self, plan: Plan, clock: Clock, mapping_s: float) -> tuple[Plan, float]:
        """The plan with as many steps as fit, and the seconds of one; `mapping_s` is kept for what comes after.

        Raises TeachTimeError where hardly a step fits, Cancelled.
        """
        controls = clock.part(stage=Stage.TIMING)
        smallest = self.step_s(plan.with_values(batch=BATCHES[-1]), controls)
        left = clock.allowed_s - clock.elapsed_s() - mapping_s - PACKAGING_S
        crop_s = smallest / BATCHES[-1]
        batch = next((size for size in BATCHES if left >= GOOD_STEPS * size * crop_s), BATCHES[-1])
        seconds = smallest
        if batch != BATCHES[-1]:
            seconds = self.step_s(plan.with_values(batch=batch), controls)
            left = clock.allowed_s - clock.elapsed_s() - mapping_s - PACKAGING_S
        count = min(MOST_STEPS, math.floor(left / max(seconds, 1e-6)))
        if count < LEAST_STEPS:
            needed = clock.elapsed_s() + mapping_s + PACKAGING_S + LEAST_STEPS * smallest
            told = {"minutes": f"{clock.allowed_s / 60:g}", "needed": math.ceil(1.2 * needed / 60)}
            raise TeachTimeError(model=plan.start, **told)
        average = min(plan.steps.average, 1 - 6 / max(count, 12))
        chosen = plan.with_values(
            count=count, batch=batch, warm_up=min(plan.steps.warm_up, count // 5 + 1), average=average,
            look_every=count, keep_every=count,
        )  # fmt: skip
        return chosen, seconds

    def step_s(self, plan: Plan, controls: Controls) -> float:
        """The median seconds of a step, measured on a copy of the network. Raises Cancelled."""
        ends: list[float] = []

        def listen(progress: Progress) -> None:
            ends.append(time.monotonic())
            controls.on_progress(progress)

        trial = plan.with_values(count=TRIAL_STEPS, keep_every=TRIAL_STEPS, look_every=TRIAL_STEPS)
        folder = self._folder / f"trial-{plan.steps.batch}"
        run = Run(copy.deepcopy(self._network), self._tiles, self._recipe, trial)
        run.go(folder, Controls(listen, controls.should_stop))
        return float(np.median(np.diff(ends)))
