"""Rings, holes and islands of masks, counted against labels of the pixels; pieces of fields and writing."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pyproj import CRS
from scipy import ndimage

from glacier_mapper.runner.outlines.crossings import Rule, find_crossings
from glacier_mapper.runner.outlines.lines import lines_of
from glacier_mapper.runner.outlines.placing import following, place_of
from glacier_mapper.runner.outlines.rings import link_rings
from glacier_mapper.runner.outlines.select import without_small
from glacier_mapper.runner.outlines.write import Layer, write_layers

UTM = CRS.from_epsg(32632).to_wkt()
CROSS, SQUARE = ndimage.generate_binary_structure(2, 1), ndimage.generate_binary_structure(2, 2)


def rings_of(field, threshold=0.5):
    field = np.asarray(field, "float32")
    return link_rings(find_crossings([field], field.shape[1], Rule(threshold)))


def polygons_of(field):
    field = np.asarray(field, "float32")
    crossings = find_crossings([field], field.shape[1], Rule(0.5))
    place = place_of(Affine(1, 0, 0, 0, -1, field.shape[0]), UTM, field.shape)
    return lines_of(link_rings(crossings), crossings, place, 0.5).polygons()


masks = arrays("float32", array_shapes(min_dims=2, max_dims=2, max_side=14), elements=st.sampled_from([0.0, 1.0]))
nests = st.lists(st.integers(1, 3), min_size=1, max_size=5)


@settings(max_examples=150, deadline=None)
@given(masks)
def test_one_outline_for_each_patch_and_one_hole_for_each_gap(mask):
    """Patches hang together by sides, gaps by sides or corners (the outside of the raster is no gap)."""
    padded = np.pad(mask, 1)
    found = polygons_of(padded)
    patches = ndimage.label(padded > 0, CROSS)[1]
    gaps = ndimage.label(padded == 0, SQUARE)[1] - 1
    assert len(found) == patches
    assert sum(len(polygon.interiors) for polygon in found) == gaps


@settings(max_examples=100, deadline=None)
@given(masks)
def test_each_outline_has_the_pixels_of_its_own_patch(mask):
    padded = np.pad(mask, 1)
    labels, count = ndimage.label(padded > 0, CROSS)
    rows, cols = np.nonzero(labels)
    seen = set()
    for polygon in polygons_of(padded):
        inside = shapely.contains_xy(polygon, cols + 0.5, padded.shape[0] - rows - 0.5)
        (label,) = set(labels[rows[inside], cols[inside]].tolist())
        assert inside.sum() == (labels == label).sum()
        seen.add(label)
    assert len(seen) == count


@settings(max_examples=40, deadline=None)
@given(nests)
def test_rings_within_rings_alternate(widths):
    """A target: ice, rock, ice ... Each ring of ice is an outline with one hole, the middle one has none."""
    size = 2 * sum(widths) + 2 * 4 + 3
    field, at, value = np.zeros((size, size)), 2, 1.0
    for width in widths:
        field[at : size - at, at : size - at] = value
        at, value = at + width, 1.0 - value
    found = polygons_of(field)
    ice = (len(widths) + 1) // 2
    assert len(found) == ice
    assert sum(len(polygon.interiors) for polygon in found) == len(widths) // 2
    assert shapely.is_valid(found).all()


class TestRings:
    field = np.pad(np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]]), 1)

    def test_exteriors_are_positive_and_holes_negative(self):
        areas = rings_of(self.field).areas_px()
        # 9 less four corners of 1/8; one diamond of 1/2
        assert areas.tolist() == pytest.approx([8.5, -0.5])

    def test_they_bound_one_piece_of_inside_and_two_of_outside(self):
        rings = rings_of(self.field)
        assert rings.polygon[0] == rings.polygon[1]
        assert rings.gap[0] != rings.gap[1]

    def test_vertices_follow_one_another_by_less_than_a_cells_diagonal(self):
        rings = rings_of(np.random.default_rng(5).random((30, 30)))
        _, after = rings.neighbours()
        step = np.hypot(rings.col[after] - rings.col, rings.row[after] - rings.row)
        assert 0 < step.min() < step.max() < 2**0.5

    def test_the_first_vertex_is_the_first_on_the_grid(self):
        rings = rings_of(self.field)
        assert (rings.col[0], rings.row[0]) == (1.0, 1.5)

    def test_keep_takes_whole_rings(self):
        rings = rings_of(self.field)
        kept = rings.keep(np.array([False, True]))
        assert kept.start.tolist() == [0, 4]
        assert kept.areas_px().tolist() == pytest.approx([-0.5])

    def test_no_rings_are_rings_too(self):
        rings = rings_of(np.zeros((4, 4)))
        assert rings.start.tolist() == [0]
        assert rings.areas_px().tolist() == []
        assert len(without_small(rings, rings.areas_px(), (1.0, 1.0)).start) == 1

    def test_following_closes_each_ring(self):
        assert following(np.array([0, 3, 5])).tolist() == [1, 2, 0, 4, 3]


class TestWriting:
    def layer(self, name="a", count=2):
        boxes = shapely.box(np.arange(count), 0, np.arange(count) + 1.0, 1)
        return Layer(name, "Polygon", boxes, {"x": np.arange(count) * 1.5})

    def test_layers_share_one_file_and_nothing_else_is_left(self, tmp_path):
        pyogrio = pytest.importorskip("pyogrio")
        write_layers(tmp_path / "a.gpkg", [self.layer(), self.layer("b", 3)], UTM)
        assert [path.name for path in tmp_path.iterdir()] == ["a.gpkg"]
        assert pyogrio.read_info(tmp_path / "a.gpkg", layer="b")["features"] == 3

    def test_folders_on_the_way_are_made(self, tmp_path):
        write_layers(tmp_path / "new" / "deep" / "a.gpkg", [self.layer()], UTM)
        assert (tmp_path / "new" / "deep" / "a.gpkg").is_file()

    def test_a_failure_leaves_nothing(self, tmp_path):
        from glacier_mapper.core.errors import OutputNotWritableError

        wrong = Layer("b", "No such type", self.layer().geometries, {})
        with pytest.raises(OutputNotWritableError):
            write_layers(tmp_path / "a.gpkg", [self.layer(), wrong], UTM)
        assert list(tmp_path.iterdir()) == []
