"""A model card goes through its JSON unchanged, whatever stands in it."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))

from card_maker import CARD  # noqa: E402

from glacier_mapper.core.branches import BRANCH_ROLES, REGION_CODES, Branch
from glacier_mapper.core.model_card import (
    PRECISIONS,
    WINDOWS,
    BandScaling,
    BranchSpec,
    Calibration,
    CalibrationKind,
    Description,
    Location,
    ModelCard,
    ModelFile,
    NoData,
    Scaler,
    Tiling,
)
from glacier_mapper.core.model_card_fields import NO_ICE
from glacier_mapper.core.model_card_json import card_from_text, card_to_json

numbers = st.floats(-1e9, 1e9, allow_nan=False)
positive = st.floats(1e-6, 1e6)
strengths = st.floats(0.01, 100)
words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
said = words.filter(str.strip)
RESERVED = ("con", "prn", "aux", "nul", "com", "lpt")
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{1,20}[A-Za-z0-9]", fullmatch=True).filter(
    lambda name: not name.lower().startswith(RESERVED)
)
times = st.sampled_from(["", "2026-11-27T02:03:04Z", "2026-11-27T02:03:04.5+01:00"])
files = st.builds(
    ModelFile, st.just("model.onnx"), st.integers(1, 2**36), st.integers(0, 2**256 - 1).map("{:064x}".format)
)
plain = st.none() | st.booleans() | st.integers(-(2**40), 2**40) | numbers | words
json_values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=5
)


@st.composite
def scalings(draw):
    kind = draw(st.sampled_from(Scaler))
    if kind is Scaler.NONE:
        return BandScaling(kind)
    low = draw(numbers)
    return BandScaling(kind, low, low + draw(positive) + 1e-3 if kind is Scaler.MIN_MAX else draw(positive))


@st.composite
def tilings(draw):
    multiple = draw(st.sampled_from([1, 2, 16, 32]))
    patch = multiple * draw(st.integers(1, 24))
    return Tiling(patch, draw(st.integers(1, patch)), draw(st.sampled_from(WINDOWS)), draw(st.booleans()), multiple)


@st.composite
def calibrations(draw, classes):
    kind = draw(st.sampled_from(CalibrationKind))
    title = draw(said)
    if kind is CalibrationKind.TEMPERATURE:
        by_region = draw(st.dictionaries(st.sampled_from(REGION_CODES), strengths, max_size=4))
        return Calibration(kind, temperature=draw(strengths), by_region=by_region, title=title)
    if kind is CalibrationKind.VECTOR:
        scale, bias = (draw(st.lists(one, min_size=classes, max_size=classes)) for one in (strengths, st.floats(-9, 9)))
        return Calibration(kind, scale=tuple(scale), bias=tuple(bias), title=title)
    if kind is CalibrationKind.CONFIDENCE_KERNEL:
        pairs = draw(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5))
        support, coefficients = zip(*pairs)
        return Calibration(kind, gamma=draw(positive), support=support, coefficients=coefficients, title=title)
    return Calibration()


@st.composite
def cards(draw):
    branches = draw(st.lists(st.sampled_from(Branch), min_size=1, unique=True))
    specs = []
    for branch in branches:
        count = len(BRANCH_ROLES[branch])
        own = tuple(draw(st.lists(scalings(), min_size=count, max_size=count)))
        specs.append(BranchSpec(branch, own, draw(st.booleans())))
    roles = [role for branch in branches for role in BRANCH_ROLES[branch]]
    needs = st.lists(st.frozensets(st.sampled_from(roles), min_size=1), min_size=1, max_size=3).map(tuple)
    named = said.filter(lambda name: name.strip().lower() not in NO_ICE)
    classes = tuple(draw(st.lists(named, min_size=2, max_size=4, unique=True)))
    free = st.dictionaries(names, json_values, max_size=3)
    description = Description(
        title=draw(said), summary=draw(words), licence=draw(words), citation=draw(words),
        regions=tuple(draw(st.lists(words, max_size=3))), limits=draw(words),
        accuracy=tuple(draw(st.lists(free, max_size=2))), provenance=draw(words),
    )  # fmt: skip
    tiling = draw(tilings())
    hyper = draw(free)
    return ModelCard(
        name=draw(names), version=draw(said), architecture=draw(said), branches=tuple(specs), description=description,
        needs=draw(needs), file=draw(files),
        tiling=tiling, location=draw(st.sampled_from(Location)), no_data=draw(st.sampled_from(NoData)),
        calibration=draw(calibrations(len(classes))), classes=classes, ice_class=draw(st.integers(0, len(classes) - 1)),
        parameters=draw(st.integers(0, 10**12)), created=draw(times),
        precision=draw(st.sampled_from(PRECISIONS)), precision_check=draw(free),
        hyperparameters={key: value for key, value in hyper.items() if key not in Tiling.__dataclass_fields__},
        golden=draw(st.sampled_from(["", "golden.npz"])),
        extra=draw(st.dictionaries(names.map("glacier:x_{}".format), json_values, max_size=2)),
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(cards())
def test_a_card_comes_back_as_it_was(card):
    text = json.dumps(card_to_json(card), ensure_ascii=False, allow_nan=False)
    assert card_from_text(text.encode(), "x") == card


@settings(max_examples=50, deadline=None)
@given(cards())
def test_writing_again_gives_the_same_bytes(card):
    text = json.dumps(card_to_json(card))
    assert json.dumps(card_to_json(card_from_text(text.encode(), "x"))) == text


def test_the_schemas_own_fields_win_over_what_is_kept():
    card = replace(CARD, extra={"mlm:name": "other", "glacier:card_version": 99, "sci:doi": "10.1/x"})
    written = card_to_json(card)["properties"]
    assert written["mlm:name"] == CARD.name
    assert written["glacier:card_version"] == 1
    assert written["sci:doi"] == "10.1/x"


@pytest.mark.parametrize(
    ("licence", "written"),
    [("", None), ("CC-BY-4.0", "CC-BY-4.0"), ("GPL-2.0-or-later", "GPL-2.0-or-later"), ("CC BY 4.0", "other")],
)
def test_a_licence_that_stac_has_no_name_for_is_other_there_and_kept_beside_it(licence, written):
    card = replace(CARD, description=Description("T", licence=licence))
    data = card_to_json(card)
    assert data["properties"].get("license") == written
    assert card_from_text(json.dumps(data).encode(), "x").description.licence == licence


@pytest.mark.parametrize(
    ("precision", "check", "checked"),
    [
        ("float32", {}, True),
        ("int8", {}, False),
        ("int8", {"pixels_flipped": 0.01, "scenes": ["a"]}, True),
        ("int8", {"pixels_flipped": 0.01, "scenes": []}, False),
        ("float16", {"scenes": ["a"]}, False),
        ("float16", {"pixels_flipped": "0", "scenes": ["a"]}, False),
        ("float16", {"pixels_flipped": 1.5, "scenes": ["a"]}, False),
        ("float16", {"pixels_flipped": 0, "scenes": ["a"]}, True),
    ],
)
def test_reduced_precision_counts_as_checked_with_a_share_of_pixels_on_a_scene(precision, check, checked):
    assert replace(CARD, precision=precision, precision_check=check).is_checked is checked


def test_what_lists_show_of_a_card():
    info = CARD.info()
    assert info.name == "tiny-net"
    assert {role.value for role in info.uses} == {"elevation", "slope", "coherence", "coherence_2"}
    assert [sorted(role.value for role in need) for need in info.needs] == [["elevation"]]
