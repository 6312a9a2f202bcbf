"""A server's model against the package's card: the same inputs and output, or the difference in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ...core.model_card import ModelCard
from ...core.model_errors import ServerAccessError, ServerAnswerError, ServerModelError
from .input_shapes import FREE, served_shapes
from .remote_http import Connection, Patience, Question
from .remote_wire import DATATYPE

OUTPUT = "probabilities"
UNKNOWN_BATCH = 8
"""The largest batch that is tried where a server does not say its own."""


@dataclass(frozen=True)
class RemoteModel:
    """What a server's model is asked for: `output` "" is its first one; batches of at most `most_patches`."""

    path: str
    output: str
    most_patches: int


def find_model(connection: Connection, card: ModelCard, patience: Patience) -> RemoteModel:
    """The server's model of the card's name, ready and fit for the card.

    Raises ServerModelError that names the difference, and as Connection.ask does.
    """
    path = f"/v2/models/{quote(card.name, safe='')}"
    answer = connection.ask(Question("GET", f"{path}/ready"), patience)
    metadata = connection.ask_json(path, patience)
    if metadata is None:
        raise _unfit(connection, card, f"it has no model of that name ({connection.redact(answer.reason())}).")
    if answer.status != 200:
        raise _unfit(connection, card, f"the model is there and not ready ({connection.redact(answer.reason())}).")
    reason, most = compare(metadata, card)
    if reason:
        raise _unfit(connection, card, reason)
    return RemoteModel(path, _output_name(metadata), min(_most_patches(connection, path), most))


def _most_patches(connection: Connection, path: str) -> int:
    """The largest batch, where the server tells it (Triton does, unless that is closed to us)."""
    try:
        said = (connection.ask_json(f"{path}/config") or {}).get("max_batch_size")
    except (ServerAccessError, ServerAnswerError):
        return UNKNOWN_BATCH
    return said if type(said) is int and said > 0 else UNKNOWN_BATCH


def _unfit(connection: Connection, card: ModelCard, reason: str) -> ServerModelError:
    return ServerModelError(url=connection.address.url, model=card.name, reason=connection.redact(reason))


def compare(metadata: dict[str, Any], card: ModelCard) -> tuple[str, int]:
    """How a model's metadata differ from the card, "" where they don't, and the largest batch that they allow.

    Servers that list no inputs are believed; their first answer is checked anyway.
    """
    wanted, found = served_shapes(card), _by_name(metadata.get("inputs"))
    most = UNKNOWN_BATCH * 32
    if not found:
        return "", most
    missing, extra = sorted(set(wanted) - set(found)), sorted(set(found) - set(wanted))
    if missing or extra:
        return f"its inputs are {', '.join(sorted(found))}, and the package's {', '.join(sorted(wanted))}.", 0
    for name, shape in wanted.items():
        reason = _compare_tensor(f"its input “{name}”", found[name], _fill(shape, card))
        if reason:
            return reason, 0
        batch = found[name]["shape"][0]
        most = most if batch == FREE else min(most, batch)
    outputs = _by_name(metadata.get("outputs"))
    if outputs:
        name = _output_name(metadata)
        side = card.tiling.patch_px
        shape = [FREE, len(card.classes), side, side]
        return _compare_tensor(f"its output “{name}”", outputs[name], shape), most
    return "", most


def _fill(shape: list[int], card: ModelCard) -> list[int]:
    """The shape that is really sent: networks of free side get patches of the card's side."""
    return shape[:2] + [card.tiling.patch_px if size == FREE else size for size in shape[2:]]


def _by_name(tensors: Any) -> dict[str, dict[str, Any]]:
    listed = tensors if isinstance(tensors, list) else []
    return {str(one.get("name")): one for one in listed if isinstance(one, dict)}


def _output_name(metadata: dict[str, Any]) -> str:
    names = list(_by_name(metadata.get("outputs")))
    return OUTPUT if OUTPUT in names else names[0] if names else ""


def _compare_tensor(what: str, found: dict[str, Any], wanted: list[int]) -> str:
    shape, datatype = found.get("shape"), found.get("datatype")
    if datatype != DATATYPE:
        return f"{what} is of the type {str(datatype)}, and the package's of {DATATYPE}."
    whole = isinstance(shape, list) and all(type(size) is int for size in shape)
    if not whole or len(shape) != len(wanted):
        return f"{what} has the shape {str(shape)}, and the package's {wanted} with the batch first."
    if any(there not in (FREE, here) for there, here in zip(shape[1:], wanted[1:])):
        return f"{what} has the shape {shape}, and the package's {wanted}."
    if shape[0] not in (FREE, 1):
        return f"{what} takes batches of {shape[0]} patches alone; serve it with a free batch, or with 1."
    return ""
