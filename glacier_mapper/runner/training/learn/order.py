"""What the commands train and finetune ask for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ....core.errors import InvalidParameterError
from ....core.package_names import name_of_folder
from .plan import Augmentation, Plan, Steps, read_plan

GENTLE = Plan(
    steps=Steps(count=600, batch=8, rate=5e-4, warm_up=30, average=0.99, look_every=100, keep_every=100),
    augmentation=Augmentation(
        turns=False, zoom=1.3, drop_branch=0.05, drop_radar=0.1, drop_band=0.03, drop_set=0.0, drop_hole=0.1,
    ),
)  # fmt: skip
"""Where a fine-tuning begins: few steps at a low rate, so that what was learnt before is not forgotten; and little is
taken away, as the region's scenes come with the bands that its data set has. Crops are not turned: the sun stands in
the same part of the sky in all of them, and shade tells a slope that faces it from one that doesn't."""


@dataclass(frozen=True)
class TrainOrder:
    """A training on the data set `data`, and the package `out` that it is to become.

    `run` is the folder of checkpoints and logs, "" for one beside the package; it stays, so that the same order goes
    on after a kill. `memory_mb` bounds the tiles that are kept unpacked, 0 for half of what is free.
    """

    data: str
    out: str
    plan: Plan = field(default_factory=Plan)
    run: str = ""
    name: str = ""
    title: str = ""
    licence: str = ""
    citation: str = ""
    memory_mb: int = 0
    overwrite: bool = False

    def __post_init__(self) -> None:
        if self.memory_mb < 0:
            raise InvalidParameterError(name="memory_mb", value=self.memory_mb, expected="0 or more")

    @property
    def package_name(self) -> str:
        """The model's name; without one, made of the folder's."""
        return self.name or name_of_folder(Path(self.out).absolute().name)

    @property
    def run_folder(self) -> Path:
        """Where the run keeps what it needs to go on."""
        target = Path(self.out).absolute()
        return Path(self.run).absolute() if self.run else target.with_name(f"{target.name}.run")

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> TrainOrder:
        """From the params of the methods; "config" names a plan's file, "changes" are single values that go before it.

        With "start" the plan begins as a fine-tuning's. Raises MissingFileError, InvalidParameterError, TypeError.
        """
        given = dict(data)
        config, changes = given.pop("config", ""), dict(given.pop("changes", {}))
        base = read_plan(config) if config else GENTLE if changes.get("start") else Plan()
        if "plan" in given:
            base = Plan.from_json(given.pop("plan"))
        read = Plan.from_json({key: changes.pop(key) for key in ("inputs", "location") if key in changes})
        named = {key: getattr(read, key) for key in ("inputs", "location") if key in data.get("changes", {})}
        return cls(**given, plan=replace(base.with_values(**changes), **named))
