"""A model package run on its own golden sample: does it load here, fit its card, and give what it gave at home."""

from __future__ import annotations

import math
import time
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from ...core.errors import Cancelled
from ...core.model_errors import InvalidPackageError, ModelOutputError, OffSampleError
from ...core.package_files import MAX_GOLDEN_BYTES
from ...core.progress import Controls, Progress, Stage
from .devices import ORT_ERRORS, first_line, make_session
from .input_shapes import Shape, expected_inputs
from .package import Package
from .store import find_package

FLOAT = "tensor(float)"
OUTSIDE, ROUGHLY, OFF_ONE = 1e-4, 1e-3, 1e-2
"""How far rounding may take a probability out of 0..1 in float32 and in any precision, and a sum of classes from 1."""
MOST_TOLERANCE = 0.1
"""A sample that may be further off says nothing of a probability."""


@dataclass(frozen=True)
class Golden:
    """A golden sample: the network's inputs by name, the output that belongs to them, how far off it may be."""

    inputs: dict[str, npt.NDArray[np.float32]]
    output: npt.NDArray[np.float32]
    tolerance: float


def check_package(name_or_folder: str, controls: Controls) -> dict[str, Any]:
    """Load the package's network on the CPU, compare it with the card and run its golden sample.

    Returns {"package", "folder", "passed", "max_difference", "tolerance", "seconds", "device", "golden", "inputs",
    "networks"}: of an ensemble all are looked at, and their mean is compared. "max_difference" and "tolerance" are
    None, and "golden" is False, for a package without a sample.
    Raises what `find_package` and `checked_weights` do; ChecksumError for a changed sample; InvalidPackageError naming
    each input and output that differs from the card; ModelOutputError where the output is no probability, and
    OffSampleError where it is further from the sample's than the tolerance; Cancelled.
    """
    controls.on_progress(Progress(Stage.OPENING, 0, 1, 0.0))
    package = find_package(name_or_folder)
    package.checked_weights()
    _stop_if_asked(controls)
    made = [make_session(path, "cpu", shares=package.card.is_ensemble) for path in package.model_paths]
    sessions = [session for session, _, _ in made]
    check_interfaces(sessions, package)
    golden = read_golden(package)
    result: dict[str, Any] = {
        "package": package.card.name, "folder": str(package.folder), "device": made[0][1],
        "inputs": [one.name for one in sessions[0].get_inputs()], "golden": golden is not None,
        "networks": len(sessions),
        "passed": True, "max_difference": None, "tolerance": None, "seconds": None,
    }  # fmt: skip
    if golden is not None:
        _stop_if_asked(controls)
        controls.on_progress(Progress(Stage.CHECKING, 0, 1, 0.3))
        result.update(_run_golden(sessions, package, golden))
    controls.on_progress(Progress(Stage.DONE, 1, 1, 1.0))
    return result


def _stop_if_asked(controls: Controls) -> None:
    if controls.should_stop():
        raise Cancelled()


def _run_golden(sessions: Sequence[onnxruntime.InferenceSession], package: Package, golden: Golden) -> dict[str, Any]:
    name, started = package.card.name, time.perf_counter()
    outputs = run_each(sessions, golden.inputs, package)
    output = mean_of(outputs)
    seconds = time.perf_counter() - started
    if output.shape != golden.output.shape:
        reason = f"an output {output.shape} where the sample has {golden.output.shape}"
        raise OffSampleError(model=name, reason=reason)
    difference = float(np.max(np.abs(output.astype(np.float64) - golden.output)))
    if not difference <= golden.tolerance:
        reason = f"values that are {difference:.3g} off the golden sample (at most {golden.tolerance:.3g} is right)"
        raise OffSampleError(model=name, reason=reason)
    return {"max_difference": difference, "tolerance": golden.tolerance, "seconds": round(seconds, 4)}


def run_once(
    session: onnxruntime.InferenceSession, feeds: dict[str, npt.NDArray[np.float32]], name: str
) -> npt.NDArray[np.float32]:
    """The network's first output for a batch. Raises InvalidPackageError with what ONNX Runtime said."""
    try:
        return np.asarray(session.run([session.get_outputs()[0].name], feeds)[0])
    except (*ORT_ERRORS, RuntimeError, ValueError) as exc:
        raise InvalidPackageError(model=name, reason=f"its network does not run: {first_line(exc)}") from exc


def run_each(
    sessions: Sequence[onnxruntime.InferenceSession], feeds: dict[str, npt.NDArray[np.float32]], package: Package
) -> list[npt.NDArray[np.float32]]:
    """Each network's probabilities for a batch. Raises InvalidPackageError, ModelOutputError; both name the network."""
    outputs = []
    for session, file in zip(sessions, package.card.networks):
        name = f"{package.card.name} ({file.name})" if package.card.is_ensemble else package.card.name
        outputs.append(run_once(session, feeds, name))
        check_probabilities(outputs[-1], name)
    return outputs


def mean_of(outputs: Sequence[npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
    """The mean of the networks' outputs, float32."""
    return outputs[0] if len(outputs) == 1 else np.mean(outputs, axis=0, dtype=np.float64).astype(np.float32)


def check_probabilities(output: npt.NDArray[np.float32], name: str) -> None:
    """Raise ModelOutputError when an output (batch, classes, ...) holds NaN, leaves 0..1 or does not sum to 1."""
    fault = probability_fault(output, OUTSIDE)
    if fault:
        raise ModelOutputError(model=name, reason=fault)


def probability_fault(output: npt.NDArray[np.float32], outside: float) -> str:
    """Why values (batch, classes, ...) are no probabilities, "" where they are; up to `outside` is rounding."""
    low, high = float(output.min()), float(output.max())
    if not (math.isfinite(low) and math.isfinite(high)):
        broken = np.count_nonzero(~np.isfinite(output))
        return f"NaN (not a number) or infinity in {broken} of {output.size} values"
    if low < -outside or high > 1.0 + outside:
        return f"values from {low:.4g} to {high:.4g}"
    off = float(np.abs(output.sum(axis=1) - 1.0).max())
    return f"classes that sum to 1 only within {off:.3g}" if off > OFF_ONE else ""


def check_interface(session: onnxruntime.InferenceSession, package: Package) -> None:
    """Raise InvalidPackageError that names every input and output of the network that is not as the card says."""
    faults = _faults(session, package)
    if faults:
        raise InvalidPackageError(model=package.card.name, reason=f"{'; '.join(faults)}.")


def check_interfaces(sessions: Sequence[onnxruntime.InferenceSession], package: Package) -> None:
    """`check_interface` of every network; where there are several, the message names the file of each fault."""
    if len(sessions) == 1:
        return check_interface(sessions[0], package)
    named = zip(sessions, package.card.networks)
    faults = [f"{file.name}: {fault}" for session, file in named for fault in _faults(session, package)]
    if faults:
        raise InvalidPackageError(model=package.card.name, reason=f"{'; '.join(faults)}.")
    return None


def _faults(session: onnxruntime.InferenceSession, package: Package) -> list[str]:
    """What of a network is not as the card says, in order."""
    found = {one.name: one for one in session.get_inputs()}
    wanted = expected_inputs(package.card)
    faults = [f"the input {name} is missing" for name in wanted if name not in found]
    faults += [f"the card knows no input {name}" for name in found if name not in wanted]
    for name in wanted.keys() & found.keys():
        faults += _differences(f"the input {name}", found[name], wanted[name])
    outputs = session.get_outputs()
    side = package.card.tiling.patch_px if package.card.tiling.fixed else None
    if outputs[0].shape:  # a network need not say
        faults += _differences("the first output", outputs[0], (None, len(package.card.classes), side, side))
    return sorted(faults)


def _differences(what: str, found: onnxruntime.NodeArg, wanted: Shape) -> list[str]:
    if found.type != FLOAT:
        return [f"{what} is {found.type} instead of {FLOAT}"]
    shape = tuple(found.shape or ())
    if not _shapes_fit(shape, wanted):
        return [f"{what} has the shape {_shown(shape)} instead of {_shown(wanted)}"]
    return []


def _shapes_fit(found: Shape, wanted: Shape) -> bool:
    """Named axes of the network take any size; axes that the card leaves free must be such."""
    if len(found) != len(wanted):
        return False
    return all(not isinstance(own, int) or own == size for own, size in zip(found, wanted))


def _shown(shape: Shape) -> str:
    return f"({', '.join('any' if size is None else str(size) for size in shape)})"


def _arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an .npz, never a pickle. Raises OSError, ValueError, EOFError, BadZipFile, zlib.error."""
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_GOLDEN_BYTES:
            raise ValueError(f"it holds more than {MAX_GOLDEN_BYTES >> 20} MB")
    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def read_golden(package: Package) -> Golden | None:
    """The package's golden sample, None without one.

    Raises InvalidPackageError when it does not fit the card, ChecksumError when it is not the one that the card seals.
    """
    path = package.verified_golden()
    if path is None:
        return None
    try:
        arrays = _arrays(path)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as exc:
        raise InvalidPackageError(model=package.card.name, reason=f"its golden sample can't be read: {exc}.") from exc
    wanted = {f"input_{name}": shape for name, shape in expected_inputs(package.card).items()}
    lacking = sorted({*wanted, "output", "tolerance"} - arrays.keys())
    if lacking:
        reason = f"its golden sample lacks {', '.join(lacking)}."
        raise InvalidPackageError(model=package.card.name, reason=reason)
    tolerance = arrays["tolerance"]
    if tolerance.ndim or tolerance.dtype.kind not in "fiu" or not 0 <= tolerance < np.inf:
        raise InvalidPackageError(model=package.card.name, reason="the tolerance of its golden sample is no number.")
    if tolerance > MOST_TOLERANCE:
        reason = f"its golden sample may be {float(tolerance):.3g} off; a check of more than {MOST_TOLERANCE} is none."
        raise InvalidPackageError(model=package.card.name, reason=reason)
    odd = [name for name in (*wanted, "output") if not _has_numbers(arrays[name])]
    if odd or not np.isfinite(arrays["output"]).all():
        reason = f"its golden sample holds no numbers, or NaN, in {', '.join(odd or ['output'])}."
        raise InvalidPackageError(model=package.card.name, reason=reason)
    inputs = {name.removeprefix("input_"): arrays[name].astype(np.float32, copy=False) for name in wanted}
    return Golden(inputs, arrays["output"].astype(np.float32, copy=False), float(tolerance))


def _has_numbers(array: npt.NDArray[Any]) -> bool:
    return array.dtype.kind in "fiu" and array.size > 0
