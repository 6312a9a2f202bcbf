"""What a training run needs to go on after it was killed, in one file that is whole or not there."""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from ....core.errors import InvalidParameterError, OutputNotWritableError

FILE = "checkpoint.pt"
VERSION = 1


@dataclass
class State:
    """After `step` steps: plain tensors and numbers, no pickled objects. `best` is the best look so far."""

    step: int = 0
    network: dict[str, Any] = field(default_factory=dict)
    average: dict[str, Any] = field(default_factory=dict)
    optimizer: dict[str, Any] = field(default_factory=dict)
    best: dict[str, Any] = field(default_factory=dict)
    looks: list[dict[str, Any]] = field(default_factory=list)


def save(folder: Path, state: State, plan: dict[str, Any]) -> None:
    """Replace the run's checkpoint at once. Raises OutputNotWritableError."""
    part = folder / f"{FILE}.part"
    try:
        torch.save({"version": VERSION, "plan": json.dumps(plan, sort_keys=True), **vars(state)}, part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(folder / FILE)
    except (OSError, RuntimeError) as exc:
        part.unlink(missing_ok=True)
        raise OutputNotWritableError(path=str(folder / FILE), reason=f"{exc}.") from exc


def load(folder: Path, plan: dict[str, Any]) -> State | None:
    """The run's last checkpoint, None where there is none.

    Raises InvalidParameterError for one of another plan or that can't be read.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    if not zipfile.is_zipfile(path):
        raise _unusable(path, "is whole; delete it to begin anew")
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
        version, made_by = found.pop("version"), found.pop("plan")
        state = State(**found)
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise _unusable(path, f"can be read ({type(exc).__name__}); delete it to begin anew") from exc
    if version != VERSION or made_by != json.dumps(plan, sort_keys=True):
        raise _unusable(path, "was made by this plan and data; choose another folder, or delete it to begin anew")
    return state


def _unusable(path: Path, expected: str) -> InvalidParameterError:
    return InvalidParameterError(name="the checkpoint", value=str(path), expected=f"one that {expected}")
