"""A network that learnt its scenes as they lie is not asked about turned ones."""

from __future__ import annotations

from dataclasses import replace

import pytest
from card_maker import make_card
from dock_maker import Window, dem, scene, scene_guesses, settle, sure

from glacier_mapper.core.models import BUILT_IN
from glacier_mapper.core.request import NetworkSettings
from glacier_mapper.core.roles import Role

PLAIN = make_card()
TAUGHT = replace(PLAIN, name="taught-here", training={"plan": {"augmentation": {"turns": False}}})


@pytest.fixture
def dock(qgis_app):
    made = Window(height=1500)
    made.make_ready()
    made.dock.show_bands([*scene(), dem()], [*scene_guesses(), sure(Role.ELEVATION, "dem", 1)])
    cards = {card.name: card for card in (PLAIN, TAUGHT)}
    made.dock.show_models([*BUILT_IN, PLAIN.info(), TAUGHT.info()], cards)
    made.dock.set_model(PLAIN.name)
    settle()
    yield made.dock
    made.close()


def test_the_average_over_symmetries_comes_and_goes_with_the_model(dock):
    network = dock.map.model.network
    dock.set_network(NetworkSettings(symmetries=True))
    assert dock.network().symmetries
    dock.set_model(TAUGHT.name)
    assert not dock.network().symmetries
    assert not network.symmetries.isEnabled()
    assert "north up" in network.symmetries.toolTip()
    assert "32 times" not in network.slower.text()
    dock.set_model(PLAIN.name)
    assert dock.network().symmetries
    assert network.symmetries.isEnabled()
    assert "Eight times as long" in network.symmetries.toolTip()
