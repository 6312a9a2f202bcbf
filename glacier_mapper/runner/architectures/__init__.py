"""Networks in torch, and how weights become model packages.

torch, onnx and h5py are needed by these jobs alone and imported when one starts.
"""

from __future__ import annotations

import importlib.util
from typing import Any

from ...core.messages import QT_TRANSLATE_NOOP
from ...core.model_errors import MissingPythonPackageError
from ...core.progress import Controls
from .orders import KerasImport, WeightsExport

__all__ = ["KerasImport", "WeightsExport", "export_package", "import_keras"]

IMPORT_JOB = QT_TRANSLATE_NOOP("jobs", "Importing Keras weights")
EXPORT_JOB = QT_TRANSLATE_NOOP("jobs", "Exporting weights")
EXPORT_NEEDS = ("torch", "onnx")
IMPORT_NEEDS = (*EXPORT_NEEDS, "h5py")


def import_keras(order: KerasImport, controls: Controls) -> dict[str, Any]:
    """Turn a Keras weight file into a model package; gives what was made, as JSON.

    Raises MissingPythonPackageError, WrongArchitectureError naming every mismatch, InputError and OutputError kinds,
    Cancelled.
    """
    _need(IMPORT_NEEDS, IMPORT_JOB)
    from .keras_import import run

    return run(order, controls)


def export_package(order: WeightsExport, controls: Controls) -> dict[str, Any]:
    """Turn weights of the project's own training into a model package; gives what was made, as JSON.

    Raises MissingPythonPackageError, WrongArchitectureError naming every mismatch, InputError and OutputError kinds,
    Cancelled.
    """
    _need(EXPORT_NEEDS, EXPORT_JOB)
    from .weights_export import run

    return run(order, controls)


def _need(packages: tuple[str, ...], job: str) -> None:
    for package in packages:
        if importlib.util.find_spec(package) is None:
            raise MissingPythonPackageError(package=package, job=job)
