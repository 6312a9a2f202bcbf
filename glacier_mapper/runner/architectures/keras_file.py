"""Weight files of Keras 2 (`save_weights("x.h5")`, or the weights inside `save("x.h5")`), read with h5py alone.

A file has an attribute `layer_names` and a group a layer, each with an attribute `weight_names` and its datasets.
Names are bytes or text; long lists are split into `weight_names0`, `weight_names1`, ...; an empty list is an empty
array of floats.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from ...core.file_errors import MissingNamedFileError
from ...core.model_errors import WrongArchitectureError

OWN_GROUPS = ("top_level_model_weights", "optimizer_weights")
"""Groups of a file that are no layers."""
MOST_NAMED = 4


class _Elsewhere(Exception):  # noqa: N818 (it never leaves this module)
    """An entry of a file that is only a pointer to another place."""


@dataclass(frozen=True)
class KerasWeight:
    """A weight that a file lists: its name in the layer, and its dataset, None where that is missing."""

    name: str
    data: h5py.Dataset | None

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape in the file."""
        return () if self.data is None else tuple(int(side) for side in self.data.shape or ())

    @property
    def is_numeric(self) -> bool:
        """Whether its values are real numbers: neither text nor anything made of parts."""
        return self.data is not None and self.data.shape is not None and self.data.dtype.kind in "fiu"

    def read(self) -> npt.NDArray[np.float32]:
        """The values as float32, infinite where those are too large. Raises OSError for a damaged file."""
        with np.errstate(over="ignore"):
            return np.asarray(self.data[()], dtype=np.float32)


@dataclass(frozen=True)
class KerasFile:
    """What a weight file holds: the weights of each layer in order, and layers that stand beside the list."""

    layers: dict[str, tuple[KerasWeight, ...]]
    unlisted: tuple[str, ...]
    keras_version: str


@contextmanager
def open_keras_file(path: str, architecture: str) -> Iterator[KerasFile]:
    """The file at `path`, its values not read yet; `architecture` is for messages.

    Raises MissingFileError; WrongArchitectureError for a file that is no HDF5, is cut off, damaged, has no layers, or
    whose entries are links, as those may lead to other files that no checksum covers; also when the values that are
    read meanwhile turn out to be damaged.
    """
    if not Path(path).is_file():
        raise MissingNamedFileError(path=path)
    try:
        with h5py.File(path, "r") as file:
            yield _content(file, path, architecture)
    except _Elsewhere as exc:
        reason = f"{exc}, and only what lies in the file itself is imported. Save the weights anew into one file."
        raise WrongArchitectureError(path=path, architecture=architecture, reason=reason, model=architecture) from exc
    except (OSError, RuntimeError, KeyError) as exc:
        whole = h5py.is_hdf5(path)
        what = "the file is cut off or damaged" if whole else "it is no HDF5 file, or its head is damaged"
        reason = f"{what} ({_one_line(exc)})."
        raise WrongArchitectureError(path=path, architecture=architecture, reason=reason, model=architecture) from exc


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")


def _content(file: h5py.File, path: str, architecture: str) -> KerasFile:
    inner = _entry(file, "model_weights")
    root = inner if "layer_names" not in file.attrs and isinstance(inner, h5py.Group) else file
    names = _names(root, "layer_names")
    if not names:
        reason = "it is an HDF5 file, but has no list of layers as Keras writes it (attribute layer_names)."
        raise WrongArchitectureError(path=path, architecture=architecture, reason=reason, model=architecture)
    layers = {name: _weights(_entry(root, name)) for name in names}
    listed = [[f"{layer}/{weight.name}" for weight in weights] for layer, weights in layers.items()]
    twice = [name for group in (names, *listed) for name in _twice(group)]
    if twice:
        reason = f"it lists twice what can be there once: {', '.join(twice[:MOST_NAMED])}."
        raise WrongArchitectureError(path=path, architecture=architecture, reason=reason, model=architecture)
    own = _weights(_entry(root, OWN_GROUPS[0]))
    if own:
        layers[OWN_GROUPS[0]] = own
    unlisted = tuple(name for name in root if name not in layers and name not in OWN_GROUPS)
    return KerasFile(layers, unlisted, _text(root.attrs.get("keras_version", "")))


def _twice(names: list[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _weights(group: Any) -> tuple[KerasWeight, ...]:
    if not isinstance(group, h5py.Group):
        return ()
    found = ((name, _entry(group, name)) for name in _names(group, "weight_names"))
    return tuple(KerasWeight(name, data if isinstance(data, h5py.Dataset) else None) for name, data in found)


def _entry(group: h5py.Group, name: str) -> Any:
    """What stands under a path in a group, None where nothing does. Raises _Elsewhere for what does not lie there."""
    found: Any = group
    for part in (one for one in name.split("/") if one not in ("", ".")):
        if not isinstance(found, h5py.Group) or found.get(part, getlink=True) is None:
            return None
        link = found.get(part, getlink=True)
        if not isinstance(link, h5py.HardLink):
            file = f" in {link.filename}" if isinstance(link, h5py.ExternalLink) else ""
            raise _Elsewhere(f"the entry {_path(found, part)} is a link to {link.path}{file}")
        found = found[part]
    if isinstance(found, h5py.Dataset) and (found.external or found.is_virtual):
        raise _Elsewhere(f"the values of the entry {_path(group, name)} lie in other files")
    return found


def _path(group: h5py.Group, name: str) -> str:
    return f"{group.name}/{name}".lstrip("/")


def _names(group: h5py.Group, attribute: str) -> list[str]:
    """A list of names, in one attribute or in several numbered ones."""
    parts = [attribute] if attribute in group.attrs else []
    while not parts or parts != [attribute]:
        following = f"{attribute}{len(parts)}"
        if following not in group.attrs:
            break
        parts.append(following)
    return [_text(name) for part in parts for name in np.atleast_1d(group.attrs[part])]


def _text(name: Any) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
