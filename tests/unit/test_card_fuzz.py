"""Whatever a model.json holds, reading it gives a card or an error of the tree, never another exception."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))

from card_maker import card_json  # noqa: E402

from glacier_mapper.core.model_card import ModelCard  # noqa: E402
from glacier_mapper.core.model_card_json import card_from_json, card_from_text, card_to_json  # noqa: E402
from glacier_mapper.core.model_errors import InvalidPackageError, PackageVersionError  # noqa: E402

words = st.sampled_from(["", "optical", "location", "min-max", "blue", "../x", "model.onnx", "1220" + "0" * 64, "ü"])
plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | words
values = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def paths(data, before=()):
    """The path of every value within `data`."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, inner in items:
        yield (*before, key)
        yield from paths(inner, (*before, key))


def put(data, path, value):
    """Change the value at `path`, unless an earlier change has taken away what leads there."""
    try:
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = value
    except (KeyError, IndexError, TypeError):
        return


PATHS = list(paths(card_json()))


@settings(max_examples=600, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PATHS), values), min_size=1, max_size=2))
def test_any_value_in_any_place(changes):
    data = card_json()
    for path, value in changes:
        put(data, path, value)
    try:
        card = card_from_json(data, "x")
    except (InvalidPackageError, PackageVersionError):
        return
    assert isinstance(card, ModelCard)
    assert card_to_json(card)["id"] == card.name


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(json.dumps(card_json()))), st.binary(max_size=4))
def test_any_bytes_in_any_place(at, junk):
    raw = json.dumps(card_json()).encode()
    try:
        card_from_text(raw[:at] + junk + raw[at + len(junk) :], "x")
    except (InvalidPackageError, PackageVersionError):
        return


@settings(max_examples=100, deadline=None)
@given(values)
def test_any_json_at_all(data):
    try:
        card_from_json(data, "x")
    except (InvalidPackageError, PackageVersionError):
        return
    raise AssertionError("that is no card")
