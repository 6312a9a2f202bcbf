"""Networks that learnt their scenes as they lie."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from glacier_mapper.core.errors import InvalidParameterError
from glacier_mapper.core.request import NetworkSettings
from glacier_mapper.core.upright import check_symmetries, learnt_upright


def card(training):
    return SimpleNamespace(name="valley", training=training)


@pytest.mark.parametrize(
    ("training", "expected"),
    [
        ({"plan": {"augmentation": {"turns": False}}}, True),
        ({"plan": {"augmentation": {"turns": True}}}, False),
        ({"plan": {"augmentation": {}}}, False),
        ({"plan": {"augmentation": None}}, False),
        ({"plan": "by hand"}, False),
        ({}, False),
        ({"networks": [{}, {"plan": {"augmentation": {"turns": False}}}]}, True),
        ({"networks": [{}, {"plan": {"augmentation": {"turns": True}}}]}, False),
        ({"networks": [None, "by hand"]}, False),
        ({"networks": 2}, False),
    ],
)
def test_its_training_says_so(training, expected):
    assert learnt_upright(card(training)) is expected


def test_the_average_over_symmetries_is_refused():
    upright = card({"plan": {"augmentation": {"turns": False}}})
    with pytest.raises(InvalidParameterError, match="valley.*north up"):
        check_symmetries(NetworkSettings(symmetries=True), upright)
    check_symmetries(NetworkSettings(), upright)
    check_symmetries(NetworkSettings(symmetries=True), card({}))
