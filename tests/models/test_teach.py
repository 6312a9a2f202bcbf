"""Teaching: what of a view is known, how it is cut, that nothing of the part kept aside is learnt, and what is made."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pyogrio
import pytest
import shapely

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.errors import Cancelled, InvalidParameterError, OutputExistsError
from glacier_mapper.core.extent import Extent
from glacier_mapper.core.model_card import Calibration, CalibrationKind, Location, ModelFile
from glacier_mapper.core.progress import Controls, Progress, Stage
from glacier_mapper.core.request import BandSource, MapRequest
from glacier_mapper.core.roles import OPTICAL_ROLES, Role
from glacier_mapper.core.teach import TeachRequest, TeachSettings
from glacier_mapper.core.teach_errors import (
    NothingReviewedError,
    NotTeachableError,
    NoWeightsError,
    TeachTimeError,
    TooLittleReviewedError,
)
from glacier_mapper.runner.architectures.orders import WeightsExport
from glacier_mapper.runner.architectures.packaging import Contents, Steps, write
from glacier_mapper.runner.architectures.registry import build
from glacier_mapper.runner.architectures.weights_file import save_weights
from glacier_mapper.runner.models import check_package
from glacier_mapper.runner.models.package import open_package, write_package
from glacier_mapper.runner.scene import open_scene
from glacier_mapper.runner.training.learn.recipes import recipe_of
from glacier_mapper.runner.training.teach import pacing, parts, teach
from glacier_mapper.runner.training.teach.ground import known_ground, windows_in
from glacier_mapper.runner.training.teach.pacing import Clock
from glacier_mapper.runner.training.tiles.cutting import Window
from glacier_mapper.runner.training.tiles.outlines import read_outlines

WEST, NORTH, PX = 600_000.0, 5_200_000.0, 10.0
SHAPE = (200, 320)
OPTICAL = ("blue", "green", "red", "nir", "swir1", "swir2")


def square(row, col, side):
    """A square of the grid whose upper left pixel is (row, col)."""
    left, top = WEST + col * PX, NORTH - row * PX
    return shapely.box(left, top - side * PX, left + side * PX, top)


def write_outlines(path, outlines, **columns):
    """(shape, review) each; review None writes a file without that column."""
    shapes = np.array(shapely.to_wkb([shape for shape, _ in outlines]), object)
    reviews = [review for _, review in outlines]
    if None not in reviews:
        columns["review"] = np.array(reviews, object)
        columns["outline_id"] = np.array([str(at) for at in range(len(outlines))], object)
    columns = columns or {"name": np.array(["a"] * len(outlines), object)}
    pyogrio.raw.write(
        path, shapes, list(columns.values()), list(columns), layer="outlines", driver="GPKG", geometry_type="Polygon",
        crs="EPSG:32632",
    )  # fmt: skip
    return str(path)


GLACIERS = [(20 + 90 * down, 10 + 80 * right, 40) for down in range(2) for right in range(4)]
"""Eight squares of 40 px, two rows of four."""


def image(seed=0):
    """Dark glaciers on bright ground: no network knows that before it is taught."""
    rng = np.random.default_rng(seed)
    bands = np.full((6, *SHAPE), 0.5, np.float32)
    for row, col, side in GLACIERS:
        bands[:, row : row + side, col : col + side] = 0.1
    return bands + 0.01 * rng.standard_normal(bands.shape, np.float32)


@pytest.fixture
def view(make_raster, tmp_path):
    """A scene and its eight outlines, all accepted."""

    class View:
        def __init__(self):
            self.show(image())
            self.outlines = write_outlines(tmp_path / "o.gpkg", [(square(*one), "accepted") for one in GLACIERS])

        def show(self, bands):
            path = make_raster("view_img.tif", bands, descriptions=OPTICAL, nodata=float("nan"))
            self.sources = tuple(BandSource(role, str(path), at) for at, role in enumerate(OPTICAL_ROLES, 1))

        def request(self, model, out="taught", **more):
            return TeachRequest(self.sources, self.outlines, str(model), str(tmp_path / out), **more)

    return View()


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """A package of a compact network that has learnt nothing."""
    folder = tmp_path_factory.mktemp("start")
    inputs = tuple(Branch)
    network = build("compact", inputs, Location.NONE)
    save_weights(network, folder / "w.npz")
    recipe = recipe_of("compact", inputs, Location.NONE, {})
    order = WeightsExport(str(folder / "w.npz"), "compact", str(folder / "start"), inputs, title="Start")
    write(order, Contents(network, recipe.branches, Calibration(CalibrationKind.TEMPERATURE, 1.5)), Steps(Controls()))
    return folder / "start"


@pytest.fixture
def quick(monkeypatch):
    """Few, small, fast steps, as many on any machine."""
    steps = replace(pacing.PLAN.steps, crop_px=64, rate=5e-3, warm_up=2)
    monkeypatch.setattr("glacier_mapper.runner.training.teach.job.PLAN", replace(pacing.PLAN, steps=steps))
    monkeypatch.setattr("glacier_mapper.runner.training.teach.job.OVER", 1000.0)  # none ends early on a busy machine
    monkeypatch.setattr(pacing, "MOST_STEPS", 24)
    monkeypatch.setattr(pacing, "BATCHES", (2,))
    monkeypatch.setattr(parts, "CALIBRATION_PX", 10**9)


SLOW = TeachSettings(minutes=60.0, around_m=200.0)


class TestGround:
    def ground(self, view, outlines, around_m=50.0):
        with open_scene(MapRequest(view.sources, "")) as scene:
            return known_ground(scene, outlines, around_m)

    def test_accepted_is_glacier_rejected_is_none_and_the_rest_is_unknown(self, view, tmp_path):
        path = write_outlines(tmp_path / "mixed.gpkg", [
            (square(20, 20, 20), "accepted"), (square(20, 100, 20), "rejected"), (square(20, 43, 20), "open"),
            (square(120, 200, 20), "needs_work"),
        ])  # fmt: skip
        label = self.ground(view, read_outlines(path))
        assert label[30, 30] == 1  # inside the accepted one
        assert label[30, 110] == 0  # inside the rejected one
        assert label[30, 50] == 255  # inside the open one
        assert label[130, 210] == 255  # inside the one that needs work
        assert label[30, 17] == 0  # 3 px beside the accepted one
        assert label[30, 14] == 255  # 6 px beside it: more than 50 m
        assert label[30, 41] == 255  # beside the accepted one, but on the rim of the open one
        assert label[30, 96] == 0  # 4 px beside the rejected one
        assert label[150, 300] == 255  # far off

    def test_outlines_without_a_review_are_all_reviewed(self, view, tmp_path):
        path = write_outlines(tmp_path / "plain.gpkg", [(square(20, 20, 20), None)])
        label = self.ground(view, read_outlines(path), 1e6)
        assert ((label == 1).sum(), (label == 0).sum()) == (400, SHAPE[0] * SHAPE[1] - 400)

    def test_a_glacier_drawn_into_a_rejected_outline_counts(self, view, tmp_path):
        outlines = [(square(20, 20, 60), "rejected"), (square(40, 40, 10), "accepted")]
        path = write_outlines(tmp_path / "in.gpkg", outlines)
        label = self.ground(view, read_outlines(path))
        assert (label[45, 45], label[25, 25]) == (1, 0)

    def test_where_the_image_has_no_data_nothing_is_known(self, view):
        bands = image()
        bands[:, :, :160] = np.nan
        view.show(bands)
        label = self.ground(view, read_outlines(view.outlines), 1e6)
        assert (label[:, :159] == 255).all()
        assert not (label[:, 161:] == 255).any()

    def test_nothing_reviewed_is_said(self, view, tmp_path):
        path = write_outlines(tmp_path / "open.gpkg", [(square(20, 20, 20), "open")])
        with pytest.raises(NothingReviewedError):
            self.ground(view, read_outlines(path))


class TestParts:
    def label(self, boxes=GLACIERS, shape=SHAPE):
        label = np.zeros(shape, np.uint8)
        for row, col, side in boxes:
            label[row : row + side, col : col + side] = 1
        return label

    def test_a_quarter_is_kept_aside_with_a_guard_between(self):
        found = parts.cut(self.label(), 10.0)
        guard = max(8, round(0.04 * SHAPE[1]))
        assert found.calibrated is None
        assert found.aside.col in (0, found.taught.cols + guard)
        gap = max(found.aside.col - found.taught.col - found.taught.cols, found.taught.col - found.aside.cols)
        assert gap == guard
        assert 0.2 < parts.known_px(self.label(), found.aside)[0] / (8 * 1600) < 0.4

    def test_with_enough_a_part_calibrates_apart_from_both(self):
        label = np.kron(self.label(), np.ones((8, 8), np.uint8))
        found = parts.cut(label, 10.0)
        boxes = sorted((box.row, box.col, box) for box in found)
        axis = "col" if found.taught.rows == label.shape[0] else "row"
        size = {"col": "cols", "row": "rows"}[axis]
        ends = [(getattr(box, axis), getattr(box, axis) + getattr(box, size)) for _, _, box in boxes]
        assert all(after[0] - before[1] >= 8 for before, after in zip(ends, ends[1:]))

    @pytest.mark.parametrize("boxes", [[], [(20, 20, 10)]], ids=["none", "tiny"])
    def test_too_little_is_no_cut(self, boxes):
        assert parts.cut(self.label(boxes), 10.0) is None

    def test_windows_cover_what_is_known_and_stay_inside(self):
        label = self.label()
        label[:, 200:] = 255
        box = Window(0, 50, 200, 270)
        windows = windows_in(box, label, 64, 100)
        seen = np.zeros(SHAPE, bool)
        for one in windows:
            assert box.col <= one.col <= box.col + box.cols - one.cols
            seen[one.row : one.row + one.rows, one.col : one.col + one.cols] = True
        assert seen[:, 50:200].all()
        assert len(windows_in(box, label, 64, 3)) == 3


class TestJob:
    def test_a_package_is_made_that_maps_the_part_kept_aside_better(self, view, start, quick, tmp_path):
        stages = []
        controls = Controls(lambda progress: stages.append((progress.stage, progress.fraction)))
        request = view.request(start, settings=SLOW, title="My valley", pictures=str(tmp_path / "pictures"))
        result = teach(request, controls)
        assert (result.name, result.title, result.start, result.steps) == ("taught", "My valley", "start", 24)
        assert (result.after["iou"] or 0) > (result.before["iou"] or 0) + 0.2
        package = open_package(tmp_path / "taught")
        assert check_package(str(package.folder), Controls())["passed"]
        assert package.checked_weights() is not None
        assert package.card.calibration.temperature == 1.5  # too few pixels to fit it anew
        assert not result.calibrated
        told = package.card.training["taught"]
        assert told["after"]["iou"] == result.after["iou"]
        assert package.card.training["start"]["name"] == "start"
        fractions = [fraction for _, fraction in stages]
        assert fractions == sorted(fractions)
        assert fractions[-1] == 1.0
        assert {Stage.READING, Stage.TIMING, Stage.TRAINING, Stage.COMPARING} <= {stage for stage, _ in stages}
        assert [path[-10:] for path in result.pictures] == ["before.png", "/after.png"]

    def test_nothing_of_the_part_kept_aside_is_learnt(self, view, start, quick, monkeypatch, tmp_path):
        """Other pixels there: the same weights. Other pixels elsewhere: other weights."""
        monkeypatch.setattr(pacing, "MOST_STEPS", 4)
        monkeypatch.setattr(pacing, "LEAST_STEPS", 1)
        with open_scene(MapRequest(view.sources, "")) as scene:
            label = known_ground(scene, read_outlines(view.outlines), SLOW.around_m)
        aside = parts.cut(label, PX).aside

        def weights(bands, out):
            view.show(bands)
            teach(view.request(start, out, settings=SLOW), Controls())
            with np.load(tmp_path / out / "weights.npz") as file:
                return {name: file[name] for name in file.files}

        other, elsewhere = image(), image()
        other[:, aside.row : aside.row + aside.rows, aside.col : aside.col + aside.cols] = 0.9
        elsewhere[:, 100:, 100:200] *= 0.7
        first, second, third = weights(image(), "one"), weights(other, "two"), weights(elsewhere, "three")
        assert all(np.array_equal(first[name], second[name]) for name in first)
        assert not all(np.array_equal(first[name], third[name]) for name in first)

    def test_with_enough_pixels_the_confidence_is_fitted_anew(self, view, start, quick, monkeypatch):
        monkeypatch.setattr(parts, "CALIBRATION_PX", 300)
        result = teach(view.request(start, settings=SLOW), Controls())
        assert result.calibrated

    def test_the_view_is_what_counts(self, view, start, quick):
        extent = Extent(WEST, NORTH - 150 * PX, WEST + 140 * PX, NORTH, "EPSG:32632")
        with pytest.raises(TooLittleReviewedError):
            teach(view.request(start, settings=SLOW, extent=replace(extent, xmax=WEST + 18 * PX)), Controls())

    def test_models_that_can_not_learn_are_named(self, view, start, tmp_path):
        with pytest.raises(NotTeachableError, match="band-ratio"):
            teach(view.request("band-ratio"), Controls())
        package = open_package(start)
        bare = replace(package.card, weights=ModelFile(""), name="bare")
        files = {name: start / name for name in ("model.onnx", "golden.npz")}
        write_package(tmp_path / "bare", bare, files)
        with pytest.raises(NoWeightsError):
            teach(view.request(tmp_path / "bare"), Controls())

    def test_a_time_that_is_too_short_says_what_is_needed(self, view, start):
        with pytest.raises(TeachTimeError, match=r"0.1 min are too short .* Allow \d+ min"):
            teach(view.request(start, settings=TeachSettings(0.1, 200.0)), Controls())

    def test_a_package_that_is_there_and_a_name_that_is_taken_are_refused_at_once(self, view, start, tmp_path):
        (tmp_path / "taught").mkdir()
        with pytest.raises(OutputExistsError):
            teach(view.request(start), Controls())
        with pytest.raises(InvalidParameterError):
            teach(view.request(start, "other", name="band-ratio"), Controls())

    @pytest.mark.parametrize("stage", [Stage.READING, Stage.TIMING, Stage.TRAINING, Stage.PACKAGING])
    def test_a_cancel_leaves_nothing(self, view, start, quick, tmp_path, stage):
        seen = []
        controls = Controls(lambda progress: seen.append(progress.stage), lambda: stage in seen)
        with pytest.raises(Cancelled):
            teach(view.request(start, settings=SLOW), controls)
        assert not (tmp_path / "taught").exists()


class TestClock:
    def test_time_left_is_what_is_expected_and_the_share_never_falls(self):
        now, told = [0.0], []
        clock = Clock(1.0, Controls(told.append), lambda: now[0])
        before = clock.part()
        now[0] = 6.0
        before.on_progress(Progress(Stage.READING, 1, 2, 0.5))
        assert (told[-1].fraction, told[-1].seconds_left) == (0.1, 54.0)
        clock.after_s = 10.0
        training = clock.part(40.0)
        now[0] = 16.0
        training.on_progress(Progress(Stage.TRAINING, 1, 4, 0.25))
        assert (told[-1].fraction, told[-1].seconds_left) == (round(16 / 56, 4), 40.0)
        training.on_progress(Progress(Stage.TRAINING, 0, 4, 0.0))
        assert told[-1].fraction == round(16 / 56, 4)


def test_the_values_come_back_from_json(view):
    request = view.request("compact", settings=TeachSettings(7.5, 100.0), extent=Extent(0, 0, 1, 1, "EPSG:4326"))
    assert TeachRequest.from_json(json.loads(json.dumps(request.to_json()))) == request
    assert Role.RED in {source.role for source in request.sources}
