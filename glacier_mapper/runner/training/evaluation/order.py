"""What `evaluate` asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ....core.branches import Branch
from ....core.request import check_device


@dataclass(frozen=True)
class EvaluateOrder:
    """A model, by name or the folder of its package, and scenes with labels to measure it on.

    `split` is the part of the folder's split.json to take, "" for all scenes. `branches` are those that the model gets
    to see, empty for all that the scenes have.
    """

    model: str
    scenes: str
    out: str
    split: str = ""
    device: str = "auto"
    overwrite: bool = False
    branches: tuple[Branch, ...] = ()

    def __post_init__(self) -> None:
        check_device(self.device)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> EvaluateOrder:
        """From the params of the method. Raises InputError kinds, TypeError."""
        branches = tuple(Branch(one) for one in data.get("branches") or ())
        return cls(**{**data, "branches": branches})
