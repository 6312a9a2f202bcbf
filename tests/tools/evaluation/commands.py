"""The runner's commands as an evaluation calls them, and where its files lie."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MODEL = "compact"
"""The bundled model's name."""


@dataclass
class Bench:
    """Folders, sizes and the commands that were called since `taken` was asked last."""

    root: Path
    quick: bool = False
    called: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def folder(self) -> Path:
        """Where everything is written."""
        return self.root / "build" / ("evaluation-quick" if self.quick else "evaluation")

    @property
    def real(self) -> Path:
        """The real tiles with their split.json; may be absent."""
        return self.root.parent / "shared" / "data" / "hackathon_landsat"

    @property
    def models(self) -> Path:
        """Packages that are made here."""
        return self.folder / "models"

    @property
    def bundled(self) -> Path:
        """The bundled package; of a quick run the one that `make_model.py --quick` made."""
        if self.quick:
            return self.root / "build" / "model-quick" / MODEL
        return self.root / "resources" / "models" / MODEL

    def taken(self) -> list[dict[str, Any]]:
        """The commands and their seconds since the last time."""
        done, self.called = self.called, []
        return done

    def call(self, *words: object) -> dict[str, Any]:
        """A command of the runner and its JSON answer; what it is told to make and is there already is not made again.

        Ends the evaluation where the command fails.
        """
        line = ["-m", "glacier_mapper.runner", *map(str, words), "--json"]
        print("   $ python", *line, flush=True)
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, *line], cwd=self.root, check=False, stdout=subprocess.PIPE, encoding="utf-8"
        )
        if done.returncode:
            sys.exit(f"{' '.join(line)} ended with {done.returncode}: {done.stdout[-2000:]}")
        told = " ".join(line).replace(str(self.root.parent), "..")
        self.called.append({"command": f"python {told}", "seconds": round(time.monotonic() - started, 1)})
        return json.loads(done.stdout)

    def evaluate(self, model: object, scenes: Path, name: str, *more: object) -> dict[str, Any]:
        """What the command evaluate measures, with its report in the folder `name`."""
        out = self.folder / name
        return self.call("evaluate", "--model", model, "--scenes", scenes, *more, "--overwrite", "--out", out)
