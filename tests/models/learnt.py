"""A small data set of simulated tiles and networks trained on it, made once for the tests that need them."""

from __future__ import annotations

from dataclasses import replace

from glacier_mapper.core.progress import Controls
from glacier_mapper.runner.training.learn import Plan, TrainOrder, train
from glacier_mapper.runner.training.learn.plan import Augmentation, Steps
from glacier_mapper.runner.training.simulated_tiles import SimulatedOrder, simulate_tiles

SHORT = Steps(count=8, batch=2, crop_px=64, rate=3e-3, warm_up=2, look_every=4, keep_every=4, average=0.5)
PLAN = Plan(seed=5, loaders=0, steps=SHORT, augmentation=Augmentation(zoom=1.0))


def make_tiles(out, **changes):
    """Six places of 64 px with one view each: half of them to learn from."""
    given = {"places": 6, "views": 1, "tile_px": 64, "without_ice": 0.0, "split": "50/25/25", "workers": 1}
    simulate_tiles(SimulatedOrder(out=str(out), **{**given, **changes}), Controls())
    return str(out)


def trained(data, out, plan=PLAN, controls=None, **changes):
    """Train and give what the job says."""
    return train(TrainOrder(data=data, out=str(out), plan=plan, **changes), controls or Controls())


def tuned(start, **changes):
    """A plan that goes on from a package, a few steps."""
    return replace(PLAN, start=str(start), steps=replace(SHORT, count=4, look_every=4), **changes)
