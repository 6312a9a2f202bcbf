"""Smoothing moves an outline by less than half a pixel, keeps straight lines and curves, and can't break anything."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from glacier_mapper.runner.outlines.crossings import Rule, find_crossings
from glacier_mapper.runner.outlines.rings import link_rings
from glacier_mapper.runner.outlines.smooth import smoothed


def rings_of(field):
    field = np.asarray(field, "float32")
    return link_rings(find_crossings([field], field.shape[1], Rule(0.5)))


def ring_lines(rings):
    return [shapely.LinearRing(np.column_stack([rings.col[a:b], rings.row[a:b]]))
            for a, b in zip(rings.start[:-1], rings.start[1:])]


def stairs(slope):
    """A mask whose edge is a straight line: row < 20 + slope * column."""
    row, col = np.mgrid[:60, :60]
    return (row < 20 + slope * col).astype("float32")


def off_the_line(rings, slope):
    """Root mean square distance from the line that the stairs stand for, away from the raster's sides."""
    middle = ~rings.data_edge & (rings.col > 6) & (rings.col < 54)
    # Pixel (r, c) has its centre at (r + 0.5, c + 0.5), and its lower neighbour is out from 20 + slope c on.
    off = rings.row[middle] - (20.0 + slope * (rings.col[middle] - 0.5))
    return np.sqrt(np.mean((off - off.mean()) ** 2))


fields = arrays("float32", array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=10),
                elements=st.one_of(st.floats(0, 1, width=32), st.sampled_from([0.0, 1.0]), st.just(np.nan)))


@settings(max_examples=120, deadline=None)
@given(fields, st.floats(0.01, 1.0))
def test_no_line_moves_by_half_a_pixel(field, strength):
    rings = rings_of(field)
    for old, new in zip(ring_lines(rings), ring_lines(smoothed(rings, strength))):
        assert shapely.hausdorff_distance(old, new, densify=0.05) <= 0.5 * strength < 0.5 + 1e-12


@settings(max_examples=60, deadline=None)
@given(fields)
def test_rings_stay_simple_and_apart(field):
    found = ring_lines(smoothed(rings_of(field), 1.0))
    assert all(ring.is_simple for ring in found)
    tree = shapely.STRtree(found)
    first, second = tree.query(np.array(found, dtype=object), predicate="intersects")
    assert (first == second).all()


def test_strength_zero_changes_nothing():
    rings = rings_of(stairs(0.3))
    assert smoothed(rings, 0.0) is rings


def test_an_empty_field_is_no_trouble():
    assert len(smoothed(rings_of(np.zeros((3, 3))), 1.0).col) == 0


@pytest.mark.parametrize("slope", [0.1, 0.3, 0.7], ids="slope {}".format)
def test_the_stairs_of_a_mask_become_a_line(slope):
    rings = rings_of(stairs(slope))
    assert off_the_line(smoothed(rings, 1.0), slope) < 0.5 * off_the_line(rings, slope)


def test_a_straight_line_stays_as_it_is():
    row, col = np.mgrid[:40, :40] + 0.0
    field = 1 / (1 + np.exp(row - 15.3 - 0.37 * col))
    rings = rings_of(field)
    middle = (rings.col > 12) & (rings.col < 28) & ~rings.data_edge
    moved = np.hypot(smoothed(rings, 1.0).col - rings.col, smoothed(rings, 1.0).row - rings.row)
    assert moved[middle].max() < 2e-3


def test_a_circle_keeps_its_area():
    row, col = np.mgrid[:100, :100] + 0.0
    rings = rings_of(1 / (1 + np.exp(np.hypot(row - 50, col - 50) - 30)))
    assert smoothed(rings, 1.0).areas_px()[0] == pytest.approx(rings.areas_px()[0], rel=1e-3)


def test_the_edge_of_the_data_stays():
    rings = rings_of(np.where(stairs(0.5) > 0, 1.0, np.nan))
    after = smoothed(rings, 1.0)
    np.testing.assert_array_equal(after.col, rings.col)
    np.testing.assert_array_equal(after.row, rings.row)
