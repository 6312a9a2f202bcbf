"""evaluate on scenes whose maps can be told: band-ratio and a tiny network, reports that hold the same figures."""

from __future__ import annotations

import base64
import csv
import json
import re
import subprocess
import sys
import warnings
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
import rasterio
from learning_scenes import EAST, NORTH, write_scene
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile
from tiny_networks import tiny_package

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.errors import (
    Cancelled,
    InvalidParameterError,
    MissingFileError,
    MissingRoleError,
    NoValidPixelsError,
    OutputExistsError,
    UnknownModelError,
    UsageError,
)
from glacier_mapper.core.progress import Controls
from glacier_mapper.core.protocol import Method
from glacier_mapper.core.roles import Role
from glacier_mapper.runner import jobs
from glacier_mapper.runner.cli_learning import learning_question
from glacier_mapper.runner.cli_output import result_text
from glacier_mapper.runner.cli_parser import parse
from glacier_mapper.runner.mapping.scene_maps import map_scene
from glacier_mapper.runner.scene import find_scenes
from glacier_mapper.runner.training.evaluation import EvaluateOrder, evaluate
from glacier_mapper.runner.training.evaluation.pictures import COLORS, error_image, stretched
from glacier_mapper.runner.training.evaluation.report import PRODUCTS, markdown

SIDE = 48


def snow(rows=SIDE, cols=SIDE):
    """Reflectance of snow (green 0.8, swir1 0.1) in the left half, rock (0.2, 0.3) in the right."""
    white = np.array([0.85, 0.8, 0.78, 0.7, 0.1, 0.08], np.float32)
    rock = np.array([0.15, 0.2, 0.22, 0.25, 0.3, 0.3], np.float32)
    picture = np.empty((6, rows, cols), np.float32)
    picture[:, :, : cols // 2] = white[:, None, None]
    picture[:, :, cols // 2 :] = rock[:, None, None]
    return picture


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A network that takes green above swir1 for glacier, 16 px a patch."""
    return tiny_package(tmp_path_factory.mktemp("p") / "tiny", ("optical",), side=16)


@pytest.fixture
def scenes(make_raster, tmp_path):
    """Three scenes: right but for two columns of debris; without a glacier and rightly mapped so; half not known."""
    folder = tmp_path / "scenes"
    label = np.zeros((SIDE, SIDE), np.uint8)
    label[:, : SIDE // 2 + 2] = 1
    debris = np.zeros_like(label)
    debris[:, SIDE // 2 : SIDE // 2 + 2] = 1
    write_scene(make_raster, folder, "alp", label=label, image=snow(), debris=debris)
    bare = snow()[:, :, ::-1][:, :, : SIDE // 2].repeat(2, axis=2)
    write_scene(make_raster, folder, "bare", label=np.zeros_like(label), image=bare, east=EAST + 20_000)
    half = label.copy()
    half[: SIDE // 2] = 255
    write_scene(make_raster, folder, "half", label=half, image=snow(), east=EAST + 40_000)
    (folder / "split.json").write_text(json.dumps({"train": ["alp"], "validation": ["bare", "half"]}))
    return folder


@pytest.fixture
def run(package, scenes, tmp_path):
    def make(out="out", controls=None, **values):
        values = {"model": str(package.folder), "scenes": str(scenes), "device": "cpu", **values}
        return evaluate(EvaluateOrder(out=str(tmp_path / out), **values), controls or Controls())

    return make


def test_a_model_sees_the_branches_that_are_asked_for_alone(run, scenes, make_raster):
    terrain = np.full((SIDE, SIDE), 3000.0, np.float32)
    make_raster("alp_dem.tif", terrain, folder=scenes, descriptions=("elevation",), origin_xy=(EAST, NORTH))
    [scene, *_] = find_scenes(str(scenes))
    assert {source.role for source in scene.sources()} >= {Role.ELEVATION, Role.RED}
    offered = {source.role for source in replace(scene, branches=(Branch.DEM,)).sources()}
    assert offered == {Role.ELEVATION}
    assert run("all")["branches"] == []
    told = run("some", branches=(Branch.OPTICAL,))
    assert told["branches"] == ["optical"]
    with pytest.raises(MissingRoleError):
        run("none", branches=(Branch.DEM,))


def test_figures_of_scenes_that_can_be_told(run):
    result = run()
    alp = result["scenes"]["alp"]
    left, both = SIDE // 2, SIDE // 2 + 2
    assert (alp["precision"], alp["recall"]) == (1.0, pytest.approx(left / both))
    assert alp["iou"] == pytest.approx(left / both)
    assert (alp["clean_iou"], alp["clean_recall"]) == (1.0, 1.0)
    assert (alp["debris_iou"], alp["debris_recall"]) == (0.0, 0.0)
    assert (alp["boundary_mean_px"], alp["boundary_mean_m"]) == (2.0, 20.0)
    assert alp["area_bias_percent"] == pytest.approx(-100 * 2 / both)
    assert alp["region"] == "ALP"
    half = result["scenes"]["half"]
    assert half["pixels"] == SIDE * SIDE // 2
    assert "clean_iou" not in half
    assert result["negatives"] == {"scenes": ["bare"], "false_positive_share": 0.0}
    assert result["scenes"]["bare"]["iou"] is None
    assert result["pooled"]["iou"] == pytest.approx(left / both)
    assert result["mean"]["iou"] == pytest.approx(left / both)
    assert result["pooled"]["pixels"] == SIDE * SIDE * 5 // 2


def test_figures_are_those_of_the_maps_compared_plainly(run, package, scenes, tmp_path):
    result = run()
    hits = union = 0
    errors, pixels = 0.0, 0
    for scene in find_scenes(str(scenes)):
        with rasterio.open(map_scene(scene, str(package.folder), tmp_path / "m", Controls()).probability) as raster:
            chance = raster.read(1).astype(float)
        with rasterio.open(scene.label) as raster:
            label = raster.read(1)
        known = label != 255
        hits += ((chance > 0.5) & (label == 1) & known).sum()
        union += (((chance > 0.5) | (label == 1)) & known).sum()
        errors += ((chance - label)[known] ** 2).sum()
        pixels += known.sum()
    assert result["pooled"]["iou"] == pytest.approx(hits / union)
    assert result["pooled"]["brier"] == pytest.approx(errors / pixels)


def test_band_ratio_is_measured_by_the_same_code(run):
    result = run(model="band-ratio")
    assert result["model"]["name"] == "band-ratio"
    assert result["model"]["sha256"] == ""
    assert result["scenes"]["alp"]["clean_iou"] > 0.9


def test_a_part_of_the_split(run):
    result = run(split="validation")
    assert list(result["scenes"]) == ["bare", "half"]
    assert result["split"] == "validation"
    with pytest.raises(InvalidParameterError, match="one of train, validation"):
        run("other", split="test")


def test_a_split_that_names_what_is_not_there(run, scenes):
    (scenes / "split.json").write_text(json.dumps({"train": ["alp", "gone"]}))
    with pytest.raises(InvalidParameterError, match="gone is not"):
        run(split="train")
    (scenes / "split.json").unlink()
    with pytest.raises(MissingFileError, match=r"split\.json"):
        run(split="train")


def test_regions_are_apart(run, scenes, make_raster):
    """The same scene in the Himalaya; its region's figures are its own, and means are over regions, too."""
    label = np.zeros((SIDE, SIDE), np.uint8)
    label[:, : SIDE // 2] = 1
    write_scene(make_raster, scenes, "hma", label=label, image=snow(), crs="EPSG:32643", north=3_600_000.0)
    result = run()
    assert list(result["regions"]) == ["ALP", "HMA"]
    assert (result["regions"]["HMA"]["scenes"], result["regions"]["HMA"]["pooled"]["iou"]) == (1, 1.0)
    assert result["regions"]["ALP"]["scenes"] == 3
    mean = (result["regions"]["ALP"]["pooled"]["iou"] + 1.0) / 2
    assert result["over_regions"]["mean"]["iou"] == pytest.approx(mean)
    assert result["over_regions"]["std"]["iou"] > 0


# the reports


def test_the_four_reports_hold_the_same_figures(run, tmp_path):
    result = run()
    out = tmp_path / "out"
    assert sorted(path.name for path in out.iterdir()) == sorted(PRODUCTS)
    assert result["files"] == [str(out / name) for name in PRODUCTS]
    stored = json.loads((out / "evaluation.json").read_text())
    assert {**stored, "files": result["files"]} == json.loads(json.dumps(result))
    rows = {row["scene"]: row for row in csv.DictReader((out / "scenes.csv").open())}
    assert float(rows["alp"]["iou"]) == result["scenes"]["alp"]["iou"]
    assert rows["bare"]["iou"] == ""
    text = (out / "evaluation.md").read_text()
    assert f"| pooled | {result['pooled']['iou']:.3f} |" in text
    assert "| bare | ALP | – |" in text
    assert "1 scenes without a glacier: 0.00% of their area" in text
    assert f"SHA-256 {result['model']['sha256']}" in text


class Page(HTMLParser):
    """Tags that are left open, and what is loaded from elsewhere."""

    def __init__(self):
        super().__init__()
        self.open, self.images, self.foreign = [], [], []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "img":
            self.images.append(values["src"])
        for name in ("src", "href"):
            if name in values and not values[name].startswith("data:"):
                self.foreign.append(values[name])
        if tag not in ("img", "meta", "br", "input", "rect", "line", "circle"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in ("rect", "line", "circle"):
            assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_from_elsewhere(run, tmp_path):
    result = run()
    text = (tmp_path / "out" / "report.html").read_text()
    page = Page()
    page.feed(text)
    assert (page.open, page.foreign) == ([], [])
    assert "<script" not in text
    assert "prefers-color-scheme:dark" in text
    assert f"{result['pooled']['iou']:.3f}" in text
    assert len(page.images) == 2 * 3
    for look, errors in zip(page.images[::2], page.images[1::2]):
        pictures = [pixels_of(base64.b64decode(one.split(",", 1)[1])) for one in (look, errors)]
        assert [one.shape for one in pictures] == [(3, SIDE, SIDE), (4, SIDE, SIDE)]


def pixels_of(data):
    with warnings.catch_warnings(), MemoryFile(data) as memory:
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with memory.open() as raster:
            return raster.read()


def test_the_worst_scenes_come_first_and_their_errors_are_drawn(run, tmp_path):
    run()
    text = (tmp_path / "out" / "report.html").read_text()
    assert re.findall(r"<figcaption><b>(\w+)</b>", text) == ["alp", "half", "bare"]
    sources = re.findall(r'class="errors" src="data:image/png;base64,([^"]+)"', text)
    errors = pixels_of(base64.b64decode(sources[0]))
    assert tuple(errors[:, 5, 5]) == COLORS["hit"]
    assert tuple(errors[:, 5, SIDE // 2 + 1]) == COLORS["missed"]
    assert tuple(errors[:, 5, SIDE - 1]) == (0, 0, 0, 0)
    assert tuple(pixels_of(base64.b64decode(sources[1]))[:, 0, 0]) == COLORS["unknown"]


def test_names_are_no_markup(run, scenes, make_raster, tmp_path):
    write_scene(make_raster, scenes, "<b>x", label=np.ones((SIDE, SIDE)), image=snow(), east=EAST + 60_000)
    run()
    assert "&lt;b&gt;x" in (tmp_path / "out" / "report.html").read_text()
    assert "<b>x" not in (tmp_path / "out" / "report.html").read_text().replace("&lt;b&gt;x", "")


def test_errors_by_hand():
    found = np.array([[0.9, 0.9, 0.1, 0.1, 0.9, np.nan]], np.float32)
    image = error_image(found, np.array([[1, 0, 2, 0, 255, 1]], np.uint8))
    colors = [tuple(int(value) for value in image[:, 0, at]) for at in range(6)]
    nothing = (0, 0, 0, 0)
    assert colors == [
        COLORS["hit"], COLORS["false"], COLORS["missed"], nothing, COLORS["unknown"], COLORS["missed"],
    ]  # fmt: skip


def test_a_band_is_stretched_and_gaps_are_black():
    band = np.array([[np.nan, 0.0, 0.5, 1.0]], np.float32)
    assert stretched(band)[0, 0] == 0
    assert stretched(band)[0, 1:].tolist() == [1, 128, 255]
    assert (stretched(np.full((2, 2), np.nan, np.float32)) == 0).all()
    assert (stretched(np.full((2, 2), 0.3, np.float32)) == 1).all()


# what is not as it should be


def test_scenes_without_a_label_are_named(run, scenes):
    (scenes / "half_label.tif").unlink()
    result = run()
    assert result["left_out"] == [{"scene": "half", "reason": "it has no label"}]
    assert "Left out: half, it has no label." in markdown(result)


def test_a_scene_without_a_valid_pixel_is_left_out(run, scenes, make_raster):
    empty = np.full((6, SIDE, SIDE), np.nan, np.float32)
    write_scene(make_raster, scenes, "half", label=np.zeros((SIDE, SIDE)), image=empty)
    assert run()["left_out"] == [{"scene": "half", "reason": "it has no valid pixel"}]
    for name in ("alp", "bare"):
        (scenes / f"{name}_label.tif").unlink()
    with pytest.raises(NoValidPixelsError, match="half"):
        run("other")


def test_no_label_at_all(run, scenes, tmp_path):
    for path in scenes.glob("*_label.tif"):
        path.unlink()
    with pytest.raises(InvalidParameterError, match=r"\*_label\.tif"):
        run()
    assert not (tmp_path / "out").exists()


def test_an_unknown_model_and_a_taken_place(run, tmp_path):
    with pytest.raises(UnknownModelError, match="no-such-model"):
        run(model="no-such-model")
    run()
    with pytest.raises(OutputExistsError):
        run()
    assert run(overwrite=True, split="train")["scenes"].keys() == {"alp"}


def test_cancelled_at_any_moment_nothing_is_written(run, tmp_path):
    asked = []
    run("whole", Controls(should_stop=lambda: asked.append(1) or False))
    for at in (0, len(asked) // 2, len(asked) - 1):
        count = iter(range(10**6))
        with pytest.raises(Cancelled):
            run("cut", Controls(should_stop=lambda at=at, count=count: next(count) >= at))
    assert [path.name for path in tmp_path.iterdir() if "cut" in path.name] == []


def test_progress_rises_to_one(run):
    told = []
    run(controls=Controls(lambda step: told.append(step.fraction)))
    assert told == sorted(told)
    assert told[-1] == 1.0


# from the command line


def test_options_reach_the_job():
    line = "evaluate --model m --scenes D --out O --split validation --device cpu --overwrite"
    assert learning_question(parse(line.split())) == (
        Method.EVALUATE,
        {"model": "m", "scenes": "D", "out": "O", "split": "validation", "device": "cpu", "overwrite": True,
         "branches": []},
    )  # fmt: skip
    shown = [*line.split()[:-1], "--inputs", "optical,dem"]
    _, params = learning_question(parse(shown))
    assert EvaluateOrder.from_json(params).branches == (Branch.OPTICAL, Branch.DEM)
    with pytest.raises(UsageError, match="sonar is no branch"):
        parse(["evaluate", "--model", "m", "--scenes", "D", "--out", "O", "--inputs", "optical,sonar"])
    assert Method.EVALUATE in jobs.LONG_JOBS


def test_a_wrong_param_of_the_service_is_bad_input():
    for params in ({}, {"model": "m", "scenes": "s", "out": "o", "colour": 1}):
        with pytest.raises(InvalidParameterError):
            jobs.perform(Method.EVALUATE, params, Controls())


def test_the_contract_of_the_json_on_stdout(package, scenes, tmp_path):
    command = ["evaluate", "--model", package.folder, "--scenes", scenes, "--out", tmp_path / "o", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "glacier_mapper.runner", *map(str, command)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert {"iou", "f1", "precision", "recall", "ece"} <= set(result["pooled"])
    assert all(isinstance(result["pooled"][name], float) for name in ("iou", "f1", "precision", "recall", "ece"))
    assert set(result["scenes"]) == {"alp", "bare", "half"}


def test_text_for_people(run, tmp_path):
    text = result_text("evaluate", run())
    lines = text.splitlines()
    assert lines[0].split() == [
        "scene", "IoU", "F1", "precision", "recall", "ECE", "boundary", "px", "area", "bias", "%", "region",
    ]  # fmt: skip
    assert lines[1].startswith("alp     0.923")
    assert "bare        -" in text
    assert "0.000 % false positives on scenes without a glacier" in text
    assert text.endswith(f"{tmp_path / 'out' / 'report.html'}\n")
