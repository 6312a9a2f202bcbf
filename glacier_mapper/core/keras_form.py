"""What is asked for when Keras weights of a published network are imported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .branches import Branch
from .errors import InvalidParameterError
from .package_names import check_new_name, plain_name

PUBLISHED: dict[str, str] = {
    "glavitu": "GlaViTU",
    "fusion-resunet": "FusionResUNet",
    "light-fusion-resunet": "LightFusionResUNet",
    "fusion-setr-b16": "FusionSETR B/16",
    "fusion-setr-ln16": "FusionSETR LN/16",
}
"""Architectures whose weights are published, and their names in the literature."""
TAKES_LOCATION = frozenset({"glavitu"})
"""Those that may have been trained with a location encoding."""


@dataclass(frozen=True)
class KerasForm:
    """The importer's question. `location` is "", "region" or "coordinates"; empty files are left out.

    `name` is what the package and its folder will be called.
    """

    weights: str
    architecture: str
    inputs: tuple[Branch, ...]
    name: str
    location: str = ""
    stats: str = ""
    calibration: str = ""
    title: str = ""

    def check(self) -> None:
        """Raise InvalidParameterError for what can be seen before the runner looks."""
        check_new_name(self.name, self.architecture)
        if not self.inputs:
            raise InvalidParameterError(name="inputs", value="empty", expected="one or more branches")

    def params(self, models_home: Path, overwrite: bool = False) -> dict[str, Any]:
        """The params of the runner's method `import_keras`; the package goes into `models_home`."""
        return {
            "weights": self.weights,
            "architecture": self.architecture,
            "inputs": [branch.value for branch in self.inputs],
            "location": self.location,
            "stats": self.stats or None,
            "calibration": self.calibration or None,
            "calibration_name": "",
            "name": self.name,
            "title": self.title,
            "licence": "",
            "citation": "",
            "overwrite": overwrite,
            "out": str(models_home / self.name),
        }


def name_from(path: str) -> str:
    """A package's name made of a file's."""
    return plain_name(Path(path).stem)
