"""Weights of the project's own training: a network's state as .npz, an array a name, no pickles."""

from __future__ import annotations

import os
import zipfile
import zlib
from pathlib import Path

import numpy as np
import torch

from ...core.file_errors import MissingNamedFileError
from ...core.model_errors import KerasWeightsError, WrongArchitectureError, wrong_architecture
from .base import Network

HDF5 = b"\x89HDF\r\n\x1a\n"
"""What a file of that format begins with."""
COUNTER = "num_batches_tracked"
"""Of batch normalisation; it has no say in what a network computes, so a file may lack it."""


def save_weights(network: Network, path: str | os.PathLike[str], half: bool = False) -> None:
    """Write the state of `network`; with `half` its weights in float16, enough to train on from, in half the room.

    What has one axis (offsets, factors, statistics of normalisations) stays float32. Raises OSError.
    """
    state = {name: value.detach().cpu().numpy() for name, value in network.state_dict().items()}
    if half:
        state = {name: value.astype("f2") if value.ndim > 1 else value for name, value in state.items()}
    with Path(path).open("wb") as file:
        np.savez(file, **state)


def check_kind(path: str, name: str) -> None:
    """Raise MissingFileError, and KerasWeightsError for a file of Keras, before anything else is asked for."""
    if not Path(path).is_file():
        raise MissingNamedFileError(path=path)
    with Path(path).open("rb") as stream:
        is_keras = stream.read(len(HDF5)) == HDF5
    if is_keras:
        raise KerasWeightsError(path=path, model=name)


def load_weights(network: Network, path: str, name: str) -> None:
    """Fill `network`, called `name` in messages, with the weights at `path`.

    Raises MissingFileError; KerasWeightsError for a file of Keras; WrongArchitectureError for one that can't be read,
    and naming every mismatch.
    """
    check_kind(path, name)
    try:
        with np.load(path, allow_pickle=False) as file:
            found = {key: file[key] for key in file.files}
    except (OSError, AttributeError, ValueError, EOFError, KeyError, TypeError, zipfile.BadZipFile, zlib.error) as exc:
        said = "" if "pickle" in str(exc) else f" ({exc})"  # numpy's remedy would be to trust the file
        reason = f"it is no .npz file of plain arrays, or it is damaged{said}."
        raise WrongArchitectureError(path=path, architecture=name, reason=reason, model=name) from exc
    wanted = network.state_dict()
    problems = _differences(found, wanted)
    if problems:
        raise wrong_architecture(path, name, problems)
    state = {key: torch.from_numpy(found[key]).to(wanted[key].dtype) if key in found else wanted[key] for key in wanted}
    network.load_state_dict(state)


def _differences(found: dict[str, np.ndarray], wanted: dict[str, torch.Tensor]) -> list[str]:
    lacking = [key for key in wanted if key not in found and not key.endswith(COUNTER)]
    problems = [f"{key} is missing" for key in lacking] + [f"{key} is extra" for key in found if key not in wanted]
    for key, values in found.items():
        if key not in wanted:
            continue
        if values.shape != tuple(wanted[key].shape):
            problems.append(f"{key} has the shape {values.shape} instead of {tuple(wanted[key].shape)}")
        elif values.dtype.kind not in "fiu" or not np.isfinite(values).all():
            problems.append(f"{key} holds values that are no numbers")
    return problems
