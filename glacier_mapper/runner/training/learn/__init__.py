"""Training and fine-tuning of the registry's networks on tiles.

    train(TrainOrder(data="set.zarr", out="models/mine", plan=Plan(architecture="compact")), controls)

torch, accelerate and zarr are needed by these jobs alone and imported when one starts.
"""

from __future__ import annotations

import importlib.util
from typing import Any

from ....core.messages import QT_TRANSLATE_NOOP
from ....core.model_errors import MissingPythonPackageError
from ....core.package_names import FOREST
from ....core.progress import Controls
from .order import TrainOrder
from .plan import Plan

__all__ = ["Plan", "TrainOrder", "need_training", "train"]

JOB = QT_TRANSLATE_NOOP("jobs", "Training a network")
NEEDS = ("torch", "accelerate", "zarr", "onnx")


def train(order: TrainOrder, controls: Controls) -> dict[str, Any]:
    """Train a network, or go on from a package, and write a package; `job.train` says how.

    Raises MissingPythonPackageError, InputError kinds, InvalidDataSetError, OutputError kinds, Cancelled.
    """
    if order.plan.architecture == FOREST:
        from ..forest_job import train_forest

        return train_forest(order, controls)
    need_training()
    from .job import train as work

    return work(order, controls)


def need_training() -> None:
    """Raise MissingPythonPackageError for what training needs and this environment lacks."""
    for package in NEEDS:
        if importlib.util.find_spec(package) is None:
            raise MissingPythonPackageError(package=package, job=JOB)
