"""What is said of a network before its result: its precision, and products that it was not trained on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tiny_networks import tiny_package

from glacier_mapper.core.keras_form import PUBLISHED
from glacier_mapper.core.messages import Message
from glacier_mapper.core.model_card import NoData
from glacier_mapper.core.scaling import LANDSAT_L1, LANDSAT_L2, Scaling
from glacier_mapper.runner.models.network_notes import notes_on_products, precision_note


@pytest.fixture
def card(tmp_path):
    return tiny_package(tmp_path / "tiny", ("optical",), side=16).card


def published(card):
    return replace(card, architecture=next(iter(PUBLISHED)), no_data=NoData.RAW_ZERO)


def scaling(reason):
    return Scaling(1.0, 0.0, None, Message(reason, {"sun_deg": "40"}))


def test_surface_reflectance_is_said_to_those_who_map_with_a_published_network(card):
    said = notes_on_products(published(card), [scaling(LANDSAT_L2)])
    assert "top-of-atmosphere" in str(said[0])
    assert card.description.title in str(said[0])


@pytest.mark.parametrize("reasons", [[], [LANDSAT_L1]], ids=["unknown", "top of atmosphere"])
def test_other_products_are_not_spoken_of(card, reasons):
    assert notes_on_products(published(card), [scaling(one) for one in reasons]) == []


def test_a_network_of_our_own_takes_both(card):
    assert notes_on_products(card, [scaling(LANDSAT_L2)]) == []


def test_a_reduced_published_network_is_a_published_network(card):
    reduced = replace(published(card), precision="int8")
    assert len(notes_on_products(reduced, [scaling(LANDSAT_L2)])) == 1


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ({"pixels_flipped": 0.0123, "iou_lost": 0.0042}, "1.2 % of the pixels changed their class, and 0.004 of IoU"),
        ({"pixels_flipped": 0.05, "iou_lost": None}, "5 % of the pixels changed their class; without labels"),
    ],
    ids=["with labels", "without"],
)
def test_the_cost_of_a_precision(card, check, words):
    said = str(precision_note(replace(card, precision="int8", precision_check=check)))
    assert "computes in int8" in said
    assert words in said
