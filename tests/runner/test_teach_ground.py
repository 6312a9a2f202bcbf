"""What is known of a view's ground: outlines of several conventions and systems, gaps of the image, and its tiles."""

from __future__ import annotations

import numpy as np
import pyogrio
import pytest
import shapely
from learning_scenes import OPTICAL

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.errors import Cancelled
from glacier_mapper.core.extent import Extent
from glacier_mapper.core.grid import Grid
from glacier_mapper.core.progress import Controls
from glacier_mapper.core.request import BandSource, MapRequest
from glacier_mapper.core.roles import OPTICAL_ROLES, Role
from glacier_mapper.core.teach_errors import NothingReviewedError
from glacier_mapper.runner.scene import open_scene
from glacier_mapper.runner.training.teach.ground import known_ground, tiles_of
from glacier_mapper.runner.training.teach.measuring import on_grid
from glacier_mapper.runner.training.tiles import DEBRIS, GLACIER, OTHER, UNKNOWN
from glacier_mapper.runner.training.tiles.cutting import Window
from glacier_mapper.runner.training.tiles.outlines import REJECTED, REVIEWED, classes_of, read_outlines

WEST, NORTH, PX = 600_000.0, 5_200_000.0, 10.0
SHAPE = (120, 160)


def square(row, col, side):
    left, top = WEST + col * PX, NORTH - row * PX
    return shapely.box(left, top - side * PX, left + side * PX, top)


def write(path, shapes, crs="EPSG:32632", **columns):
    columns = {name: np.array(values, object) for name, values in columns.items()} or {
        "name": np.array(["a"] * len(shapes), object)
    }
    pyogrio.raw.write(
        path, np.array(shapely.to_wkb(shapes), object), list(columns.values()), list(columns), layer="outlines",
        driver="GPKG", geometry_type="Polygon", crs=crs,
    )  # fmt: skip
    return str(path)


@pytest.fixture
def scene(make_raster):
    """Opens a scene of six bands whose numbers are their band's; `gap` is a slice of columns without data."""

    def opened(gap=None, extent=None, more=()):
        bands = np.stack([np.full(SHAPE, 0.1 * band, np.float32) for band in range(1, 7)])
        if gap is not None:
            bands[:, :, gap] = np.nan
        path = make_raster("view_img.tif", bands, descriptions=OPTICAL, nodata=float("nan"))
        sources = [BandSource(role, str(path), at) for at, role in enumerate(OPTICAL_ROLES, 1)]
        return open_scene(MapRequest((*sources, *more), "", extent=extent))

    return opened


class TestKnown:
    def label(self, scene, path, around_m=100.0, **view):
        with scene(**view) as opened:
            return known_ground(opened, read_outlines(str(path)), around_m)

    def test_the_strip_round_an_outline_is_as_wide_as_told(self, scene, tmp_path):
        path = write(tmp_path / "o.gpkg", [square(50, 50, 20)], review=["accepted"], outline_id=["a"])
        for around_m, width in ((0.0, 0), (50.0, 5), (300.0, 30)):
            row = self.label(scene, path, around_m)[60]
            assert (row == GLACIER).sum() == 20
            assert (row == OTHER).sum() == 2 * width

    def test_two_outlines_share_their_strips(self, scene, tmp_path):
        shapes = [square(50, 40, 20), square(50, 66, 20)]
        path = write(tmp_path / "o.gpkg", shapes, review=["accepted", "rejected"], outline_id=["a", "b"])
        row = self.label(scene, path)[60]
        assert (row[40:60] == GLACIER).all()
        assert (row[60:96] == OTHER).all()

    def test_an_open_outline_in_the_strip_stays_unknown_with_a_rim(self, scene, tmp_path):
        shapes = [square(50, 40, 20), square(50, 66, 4)]
        path = write(tmp_path / "o.gpkg", shapes, review=["accepted", "open"], outline_id=["a", "b"])
        row = self.label(scene, path)[52]
        assert (row[60:64] == OTHER).all()
        assert (row[64:72] == UNKNOWN).all()

    def test_the_rim_takes_nothing_from_an_accepted_neighbour(self, scene, tmp_path):
        shapes = [square(50, 40, 20), square(50, 60, 20)]
        path = write(tmp_path / "o.gpkg", shapes, review=["accepted", "needs_work"], outline_id=["a", "b"])
        row = self.label(scene, path)[60]
        assert (row[40:60] == GLACIER).all()
        assert (row[60:82] == UNKNOWN).all()

    def test_debris_marks_stay_apart(self, scene, tmp_path):
        path = write(tmp_path / "o.gpkg", [square(50, 40, 20), square(10, 10, 20)], debris=["1", "0"])
        label = self.label(scene, path)
        assert (label[60, 50], label[20, 20]) == (DEBRIS, GLACIER)

    def test_rgi_counts_as_reviewed_but_for_what_it_does_not_know(self, scene, tmp_path):
        shapes = [square(50, 40, 20), square(10, 10, 20)]
        path = write(tmp_path / "o.gpkg", shapes, RGIId=["RGI60-11.1", "RGI60-11.2"], Status=["0", "2"])
        label = self.label(scene, path)
        assert (label[60, 50], label[20, 20]) == (GLACIER, UNKNOWN)

    def test_outlines_in_degrees_are_carried(self, scene, tmp_path):
        from pyproj import Transformer

        carry = Transformer.from_crs("EPSG:32632", "EPSG:4326", always_xy=True)
        shape = shapely.transform(square(50, 40, 20), lambda xy: np.stack(carry.transform(*xy.T), axis=1))
        path = write(tmp_path / "o.gpkg", [shape], crs="EPSG:4326", review=["accepted"], outline_id=["a"])
        label = self.label(scene, path)
        assert (label == GLACIER).sum() == pytest.approx(400, abs=25)
        assert label[60, 50] == GLACIER

    def test_gaps_of_the_image_are_not_known(self, scene, tmp_path):
        path = write(tmp_path / "o.gpkg", [square(50, 40, 20)])
        label = self.label(scene, path, 1e6, gap=slice(50, None))
        assert (label[:, 50:] == UNKNOWN).all()
        assert label[60, 45] == GLACIER

    def test_only_the_view_counts(self, scene, tmp_path):
        path = write(tmp_path / "o.gpkg", [square(50, 40, 20)], review=["accepted"], outline_id=["a"])
        far = Extent(WEST + 1000, NORTH - 400, WEST + 1600, NORTH, "EPSG:32632")
        with pytest.raises(NothingReviewedError):
            self.label(scene, path, extent=far)

    @pytest.mark.parametrize("review", ["open", "needs_work", None])
    def test_outlines_without_a_verdict_teach_nothing(self, scene, tmp_path, review):
        path = write(tmp_path / "o.gpkg", [square(50, 40, 20)], review=[review], outline_id=["a"])
        with pytest.raises(NothingReviewedError):
            self.label(scene, path)

    def test_a_rejected_outline_alone_is_known_to_be_none(self, scene, tmp_path):
        path = write(tmp_path / "o.gpkg", [square(50, 40, 20)], review=["rejected"], outline_id=["a"])
        label = self.label(scene, path)
        assert (label[50:70, 40:60] == OTHER).all()
        assert not (label == GLACIER).any()


def test_a_rejected_outline_has_a_class_of_its_own():
    values = classes_of({"review": np.array(["rejected", "accepted"], object)}, 2)
    assert values.tolist() == [REJECTED, GLACIER]
    assert REJECTED in REVIEWED


class TestTiles:
    WINDOWS = [Window(0, 0, 60, 60), Window(0, 100, 60, 60), Window(60, 0, 60, 60)]

    def tiles(self, scene, branches=(Branch.OPTICAL,), controls=None, **view):
        label = np.zeros(SHAPE, np.uint8)
        label[:60, :60] = GLACIER
        with scene(**view) as opened:
            return tiles_of(opened, label, self.WINDOWS, branches, controls or Controls())

    def test_they_hold_the_windows_pixels_and_label(self, scene):
        found = self.tiles(scene)
        assert [(tile.record.row_px, tile.record.col_px) for tile in found] == [(0, 0), (0, 100), (60, 0)]
        assert found[0].inputs[Branch.OPTICAL].shape == (6, 60, 60)
        assert found[0].inputs[Branch.OPTICAL][:, 5, 5] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
        assert [int(tile.label.max()) for tile in found] == [GLACIER, OTHER, OTHER]

    def test_where_the_image_has_no_data_the_label_is_unknown(self, scene):
        found = self.tiles(scene, gap=slice(0, 30))
        assert (found[0].label[:, :30] == UNKNOWN).all()
        assert (found[0].label[:, 30:] == GLACIER).all()

    def test_emptied_ones_are_left_out(self, scene):
        found = self.tiles(scene, gap=slice(0, 60))
        assert [tile.record.col_px for tile in found] == [100]

    def test_a_branch_that_the_view_lacks_is_all_gaps(self, scene):
        found = self.tiles(scene, (Branch.OPTICAL, Branch.THERMAL))
        assert np.isnan(found[0].inputs[Branch.THERMAL]).all()

    def test_one_orbit_stands_in_for_the_other(self, scene, make_raster):
        path = make_raster("vv.tif", np.full(SHAPE, 0.25, np.float32), descriptions=("co_pol",))
        found = self.tiles(scene, (Branch.OPTICAL, Branch.CO_POL_SAR), more=(BandSource(Role.CO_POL, str(path)),))
        assert found[0].inputs[Branch.CO_POL_SAR][:, 5, 5] == pytest.approx([0.25, 0.25])

    def test_they_know_where_they_lie(self, scene):
        record = self.tiles(scene)[1].record
        assert record.bounds_m == (WEST + 1000, NORTH - 600, WEST + 1600, NORTH)
        assert record.region == "ALP"

    def test_a_cancel_ends_the_reading(self, scene):
        with pytest.raises(Cancelled):
            self.tiles(scene, controls=Controls(should_stop=lambda: True))


class TestOnGrid:
    GRID = Grid("EPSG:32632", (WEST, NORTH), PX, (4, 5))

    def moved(self, rows, cols, shape):
        values = np.arange(shape[0] * shape[1], dtype=np.float32).reshape(shape)
        found = Grid("EPSG:32632", (WEST + cols * PX, NORTH - rows * PX), PX, shape)
        return values, on_grid(values, found, self.GRID)

    def test_the_same_grid_changes_nothing(self):
        values, moved = self.moved(0, 0, (4, 5))
        assert np.array_equal(values, moved)

    def test_a_smaller_one_leaves_gaps(self):
        values, moved = self.moved(1, 2, (2, 2))
        assert np.array_equal(moved[1:3, 2:4], values)
        assert np.isnan(moved).sum() == 16

    def test_a_larger_one_is_cut(self):
        values, moved = self.moved(-1, -2, (8, 9))
        assert np.array_equal(moved, values[1:5, 2:7])

    def test_one_that_lies_elsewhere_is_all_gaps(self):
        assert np.isnan(self.moved(50, 0, (4, 5))[1]).all()
