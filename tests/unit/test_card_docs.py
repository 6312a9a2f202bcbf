"""What docs/model-packages.md shows and says of a card is so."""

from __future__ import annotations

import json
import re
import sys
import textwrap
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from card_maker import card_json  # noqa: E402

from glacier_mapper.core.branches import BRANCH_ROLES, REGION_CODES  # noqa: E402
from glacier_mapper.core.model_card import (  # noqa: E402
    PRECISIONS,
    WINDOWS,
    CalibrationKind,
    EnsembleKind,
    Location,
    NoData,
)
from glacier_mapper.core.model_card_json import card_from_json, card_to_json  # noqa: E402

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "model-packages.md").read_text(encoding="utf-8")


def example():
    block = re.search(r"\n( {4}\{\n.*?\n {4}\}\n)", TEXT, re.DOTALL)[1]
    data = json.loads(textwrap.dedent(block))
    for asset in ("model", "golden", "weights"):
        assert data["assets"][asset]["file:checksum"] == "1220ab…"
        data["assets"][asset]["file:checksum"] = "1220" + "ab" * 32
    return data


def test_the_example_is_a_card():
    card = card_from_json(example(), "the example")
    assert (card.name, card.parameters, card.tiling.patch_px) == ("glavitu", 10032068, 384)
    assert card.branches[0].scalings[0].b == 8349.4
    assert card.file.bytes == 40896743
    assert (card.golden, card.golden_seal.bytes) == ("golden.npz", 791903)
    assert (card.weights.name, card.weights.bytes) == ("weights.npz", 20504210)


def test_the_example_shows_fields_as_they_are_written():
    written = card_to_json(card_from_json(example(), "the example"))
    shown = example()
    assert set(shown["properties"]) <= set(written["properties"])
    for key in ("mlm:name", "mlm:hyperparameters", "glacier:needs", "glacier:calibration", "mlm:output", "license"):
        assert written["properties"][key] == shown["properties"][key]
    assert written["assets"]["model"]["roles"] == shown["assets"]["model"]["roles"]


def test_every_word_that_a_field_may_hold_is_in_the_text():
    kinds = [kind.value for kind in (*CalibrationKind, *NoData, *Location, *EnsembleKind) if kind.value]
    for word in (*kinds, *PRECISIONS, *WINDOWS):
        assert f"`{word}`" in TEXT, word
    assert ", ".join(REGION_CODES) in TEXT
    for branch, roles in BRANCH_ROLES.items():
        assert re.search(rf"`{branch.value}` \({len(roles)}\b", TEXT), branch


def test_every_own_field_that_is_written_is_in_the_text():
    own = [key for key in card_json()["properties"] if key.startswith("glacier:")]
    lacking = [key for key in own if key not in TEXT and f"`{key.removeprefix('glacier:')}`" not in TEXT]
    assert lacking == ["glacier:licence"]  # kept beside `license` where that says "other"
