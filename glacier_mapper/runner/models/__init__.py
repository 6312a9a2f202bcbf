"""Models by name: what turns bands into the probability that a pixel is glacier.

What needs ONNX Runtime is imported when it is first asked for, so that listing models does not wait for it.
"""

from __future__ import annotations

from typing import Any

from ...core.progress import Controls
from .base import BandReader, Bands, Model
from .network import NetworkModel
from .registry import load_model, model_infos
from .repository import export_repository

__all__ = [
    "BandReader", "Bands", "Model", "NetworkModel", "check_package", "export_repository", "load_model", "model_infos",
]  # fmt: skip


def check_package(name_or_folder: str, controls: Controls) -> dict[str, Any]:
    """Run a package on its golden sample (see `checking.check_package`)."""
    from .checking import check_package as checked

    return checked(name_or_folder, controls)
