"""Rasters that are given and not used are named, with the reason."""

from __future__ import annotations

import pytest

from glacier_mapper.core.guess import BandDescription, guess_roles
from glacier_mapper.core.left_out import left_out

NAMES = ("green", "red", "swir1")


def layer(name, descriptions=NAMES):
    return [
        BandDescription(name, name, f"/data/{name}.tif", number, len(descriptions), text, dtype="uint16")
        for number, text in enumerate(descriptions, 1)
    ]


def used_of(bands):
    return {guess.layer_id for guess in guess_roles(bands)}


def test_a_second_tile_with_the_same_roles_is_named_with_the_remedy():
    bands = layer("west") + layer("east")
    [note] = left_out(bands, used_of(bands))
    assert str(note).startswith("east.tif was left out: its bands have the same roles")
    assert "virtual mosaic" in str(note)
    assert note.to_check


def test_a_raster_whose_bands_nobody_knows_is_named_otherwise():
    bands = layer("west") + layer("classes", ("land cover", "quality mask"))
    [note] = left_out(bands, used_of(bands))
    assert "classes.tif was left out: none of its bands" in str(note)


def test_of_three_tiles_two_are_named_in_order():
    bands = layer("a") + layer("b") + layer("c")
    assert [note.details["layer"] for note in left_out(bands, used_of(bands))] == ["b.tif", "c.tif"]


@pytest.mark.parametrize("more", [[], layer("dem", ("elevation",)), layer("near", ("nir",))])
def test_where_all_are_used_there_is_nothing_to_say(more):
    bands = layer("west") + more
    assert left_out(bands, used_of(bands)) == []
