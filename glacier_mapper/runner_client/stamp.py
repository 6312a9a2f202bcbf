"""The stamp of a finished environment: which lock it was made from, written last."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

STAMP_NAME = "environment.json"


@dataclass(frozen=True)
class Stamp:
    """What was installed. `plugin_version` is for the record: a new plugin with the same lock needs nothing new.

    `training_hash` is the checksum of the add-on's locks, "" without it.
    """

    lock_hash: str
    accelerator: str
    plugin_version: str
    python_version: str
    maker: str
    training_hash: str = ""


def read_stamp(folder: Path) -> Stamp | None:
    """The stamp in `folder`; None when there is none or it can't be read."""
    try:
        data = json.loads((folder / STAMP_NAME).read_text(encoding="utf-8"))
        return Stamp(**data)
    except (OSError, ValueError, TypeError):
        return None


def write_stamp(folder: Path, stamp: Stamp) -> None:
    """Write the stamp in one go. Raises OSError."""
    part = folder / f"{STAMP_NAME}.part"
    part.write_text(json.dumps(asdict(stamp), indent=2), encoding="utf-8")
    os.replace(part, folder / STAMP_NAME)


def delete_stamp(folder: Path) -> None:
    """Mark the environment as unfinished. Raises OSError."""
    (folder / STAMP_NAME).unlink(missing_ok=True)
