"""classes.tif beside the probability: worked out by hand, read by GDAL, told in the report, never left from before."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import onnx
import pytest
import rasterio
from onnx import TensorProto, helper, numpy_helper
from stand_in import PACKAGE, PYTHON
from tiny_networks import save, tiny_card, tiny_package

from glacier_mapper.core.errors import OutputExistsError
from glacier_mapper.core.model_card import Calibration, CalibrationKind, Ensemble, ModelFile, NoData
from glacier_mapper.core.request import BandSource, MapRequest, NetworkSettings, OutlineSettings
from glacier_mapper.core.roles import OPTICAL_ROLES
from glacier_mapper.runner.mapping import estimate, map_glaciers, patch_plan
from glacier_mapper.runner.mapping.classes import class_names, class_values, glacier_classes, most_likely
from glacier_mapper.runner.mapping.rasters import certainty
from glacier_mapper.runner.models.package import MODEL_FILE, write_package

NAN = float("nan")
SIDE = 16
THREE = ("other", "clean ice", "debris-covered ice")
VALIDATOR = Path("/usr/lib/python3/dist-packages/osgeo_utils/samples/validate_cloud_optimized_geotiff.py")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GLACIER_MAPPER_CACHE", str(tmp_path / "cache"))


@pytest.fixture(params=["outward", "southward"])
def order(request, monkeypatch):
    if request.param == "southward":
        monkeypatch.setattr(patch_plan, "IN_MEMORY_MB", 0)
    return request.param


def several_classes(folder, classes=THREE, ice=1, steep=6.0, **card):
    """A network whose class k has the logit 6 x band k: softmax over as many bands as there are classes."""
    count = len(classes)
    kernel = np.zeros((count, 6, 1, 1), np.float32)
    kernel[range(count), range(count)] = steep
    nodes = [
        helper.make_node("Conv", ["optical", "weight"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    size = ["batch", 6, SIDE, SIDE]
    inputs = [helper.make_tensor_value_info("optical", TensorProto.FLOAT, size)]
    output = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", count, SIDE, SIDE])
    folder.parent.mkdir(parents=True, exist_ok=True)
    graph = helper.make_graph(nodes, "several", inputs, [output], [numpy_helper.from_array(kernel, "weight")])
    path = save(folder.with_name("several.onnx"), graph, 17)
    made = tiny_card(("optical",), name=folder.name, side=SIDE, golden="", classes=classes, ice_class=ice)
    return write_package(folder, replace(made, **card), {MODEL_FILE: path})


def bands_of(rows, cols, seed=3):
    bands = np.random.default_rng(seed).random((6, rows, cols), np.float32)
    bands[:, :5, :7] = NAN
    return bands


def softmax(bands, count=3, steep=6.0):
    """Probabilities of `several_classes`, float64 (classes, rows, cols)."""
    raised = np.exp(steep * bands[:count].astype(np.float64))
    return raised / raised.sum(axis=0)


@pytest.fixture
def request_for(make_raster, tmp_path):
    """request_for(bands, model=..., **more) -> a request for classes too."""

    def make(bands, model="band-ratio", **more):
        path = make_raster("scene.tif", bands, nodata=NAN)
        sources = tuple(BandSource(role, str(path), number) for number, role in enumerate(OPTICAL_ROLES, 1))
        given = {"out_dir": str(tmp_path / "out"), "model": str(model), "classes": True, **more}
        return MapRequest(sources, **given)

    return make


def run(request):
    return map_glaciers(request, lambda _: None, lambda: False)


def pixels(path):
    with rasterio.open(path) as dataset:
        return dataset.read(1)


def report_of(result):
    return json.loads(Path(result.report).read_text(encoding="utf-8"))


# --- what they take, told before


def test_the_estimate_counts_the_classes(request_for):
    request = request_for(bands_of(1200, 1000))
    plain, more = estimate(replace(request, classes=False)), estimate(request)
    assert more.disk_mb == plain.disk_mb + 1  # 0.8 bytes a pixel
    # a row of tiles on each level, 24 tiles under way, two bytes a pixel
    assert more.memory_mb - plain.memory_mb == pytest.approx(1.05 + 6.3 + 2.4, abs=1)


def test_a_network_of_three_classes_holds_them_all(request_for, tmp_path, order):
    """And without classes those that are glacier."""
    request = request_for(bands_of(1200, 1000), several_classes(tmp_path / "three").folder, device="http://localhost:1")
    plain, more = estimate(replace(request, classes=False)), estimate(request)
    held = 4 * 1200 * 1000 / 1e6 if order == "outward" else 0.0
    assert more.memory_mb - plain.memory_mb > held + 1.05 + 6.3 - 1


# --- what the values are


@pytest.mark.parametrize("threshold", [0.5, 0.8])
def test_the_band_ratio_by_the_threshold_of_the_outlines(request_for, threshold):
    result = run(request_for(bands_of(60, 70), outlines=OutlineSettings(threshold=threshold)))
    probability, classes = pixels(result.probability), pixels(result.classes)
    assert classes.dtype == np.uint8
    assert set(np.unique(classes)) == {0, 1, 255}
    np.testing.assert_array_equal(classes == 255, np.isnan(probability))
    np.testing.assert_array_equal(classes == 1, probability > np.float32(threshold))
    told = report_of(result)["classes"]
    assert told["values"] == {"0": "other", "1": "glacier", "255": "no data"}
    assert told["rule"] == f"probability of glacier above {threshold:g}"
    assert told["pixels"] == {"0": int((classes == 0).sum()), "1": int((classes == 1).sum())}


def test_a_network_of_two_classes_by_the_threshold_too(request_for, tmp_path):
    package = tiny_package(tmp_path / "two", ("optical",), side=SIDE)
    result = run(request_for(bands_of(40, 50), package.folder, outlines=OutlineSettings(threshold=0.7)))
    probability, classes = pixels(result.probability), pixels(result.classes)
    np.testing.assert_array_equal(classes == 1, probability > np.float32(0.7))
    np.testing.assert_array_equal(classes == 255, np.isnan(probability))


@pytest.mark.usefixtures("order")
def test_three_classes_are_the_most_likely_ones(request_for, tmp_path):
    """Band k weighs for class k, so the most likely class is that of the brightest band."""
    package = several_classes(tmp_path / "three")
    bands = bands_of(60, 70)
    result = run(request_for(bands, package.folder, network=NetworkSettings(overlap=0.5)))
    expected = bands[:3].argmax(axis=0)
    expected[np.isnan(bands[0])] = 255
    classes = pixels(result.classes)
    np.testing.assert_array_equal(classes, expected)
    np.testing.assert_allclose(pixels(result.probability), softmax(bands)[1:].sum(axis=0), atol=2e-5)
    told = report_of(result)["classes"]
    assert told["values"] == {"0": "other", "1": "clean ice", "2": "debris-covered ice", "255": "no data"}
    assert told["rule"] == "the most likely class"
    assert told["pixels"] == {str(value): int((expected == value).sum()) for value in range(3)}


@pytest.mark.usefixtures("order")
def test_the_most_likely_after_the_calibration(request_for, tmp_path):
    """The bias of debris takes pixels from the other classes: argmax of log p + (0, 0, 2)."""
    calibration = Calibration(CalibrationKind.VECTOR, scale=(1.0, 1.0, 1.0), bias=(0.0, 0.0, 2.0))
    package = several_classes(tmp_path / "three", calibration=calibration)
    bands = bands_of(40, 45)
    result = run(request_for(bands, package.folder))
    logits = np.log(softmax(bands)) + np.array([0.0, 0.0, 2.0])[:, None, None]
    expected = logits.argmax(axis=0)
    seen = ~np.isnan(bands[0])
    sorted_logits = np.sort(logits, axis=0)
    sure = seen & (sorted_logits[-1] - sorted_logits[-2] > 1e-4)
    assert (expected[seen] != bands[:3].argmax(axis=0)[seen]).mean() > 0.1
    np.testing.assert_array_equal(pixels(result.classes)[sure], expected[sure])


def test_classes_in_another_order_and_more_of_them(request_for, tmp_path):
    """Glacier first, debris third, and what is neither is other."""
    names = ("glacier", "water", "supraglacial Debris", "rock")
    package = several_classes(tmp_path / "four", names, ice=0)
    assert class_values(package.card) == (1, 0, 2, 0)
    assert class_names(package.card) == ("water, rock", "glacier", "supraglacial Debris")
    bands = bands_of(30, 33)
    result = run(request_for(bands, package.folder))
    expected = np.array([1, 0, 2, 0])[bands[:4].argmax(axis=0)]
    expected[np.isnan(bands[0])] = 255
    np.testing.assert_array_equal(pixels(result.classes), expected)
    np.testing.assert_allclose(pixels(result.probability), softmax(bands, 4)[[0, 2]].sum(axis=0), atol=2e-5)


@pytest.mark.usefixtures("order")
@pytest.mark.parametrize("classes", [False, True], ids=["alone", "with classes"])
@pytest.mark.parametrize("bias", [None, (0.0, 1.0, 2.0)], ids=["plain", "calibrated"])
def test_debris_covered_ice_is_glacier(request_for, tmp_path, classes, bias):
    """The probability of glacier is that of clean and of covered ice together, as is the confidence."""
    vector = Calibration(CalibrationKind.VECTOR, scale=(1.0,) * 3, bias=bias) if bias else Calibration()
    package = several_classes(tmp_path / "three", calibration=vector)
    bands, live = bands_of(40, 45), tmp_path / "live.tif"
    request = request_for(bands, package.folder, live=str(live), classes=classes)
    result = run(request)
    raised = softmax(bands) * np.exp(np.array(bias or (0.0, 0.0, 0.0)))[:, None, None]
    expected = raised[1:].sum(axis=0) / raised.sum(axis=0)
    assert np.nanmean(raised[1] / raised.sum(axis=0) > 0.5) < 0.8 * np.nanmean(expected > 0.5)
    found = pixels(result.probability)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    np.testing.assert_allclose(pixels(live), expected, atol=1e-4)
    np.testing.assert_allclose(pixels(result.confidence), certainty(found), atol=1e-4)
    assert report_of(result)["counts"]["pixels_above_half"] == (found > 0.5).sum()


def test_what_makes_glacier_leaves_something_else():
    def made_of(*classes):
        return glacier_classes(tiny_card(("optical",), name="words", side=SIDE, golden="", classes=classes))

    assert made_of("other", "glacier") == (1,)
    assert made_of("debris", "glacier") == (1,)
    assert made_of("rock", "glacier", "water") == (1,)
    assert made_of("debris-covered ice", "glacier", "debris-free rock") == (1, 0)
    assert made_of("debris", "glacier", "debris-covered") == (1,)


def test_three_classes_without_debris_have_two_values(request_for, tmp_path):
    package = several_classes(tmp_path / "water", ("rock", "glacier", "water"))
    assert class_names(package.card) == ("rock, water", "glacier")
    classes = pixels(run(request_for(bands_of(30, 33), package.folder)).classes)
    assert set(np.unique(classes)) == {0, 1, 255}


@pytest.mark.parametrize(
    ("classes", "values", "names"),
    [
        (("rock", "glacier", "debris-free rock"), (0, 1, 0), ("rock, debris-free rock", "glacier")),
        (("no debris", "glacier", "debris free ground", "Debris_covered"), (0, 1, 0, 2),
         ("no debris, debris free ground", "glacier", "Debris_covered")),
        (("debris", "glacier"), (0, 1), ("debris", "glacier")),
        (("debris", "glacier", "debris-covered"), (2, 1, 2), ("other", "glacier", "debris, debris-covered")),
    ],
    ids=["free of it", "in other words", "two classes", "nothing else"],
)  # fmt: skip
def test_what_counts_as_debris_and_no_name_is_empty(classes, values, names):
    card = tiny_card(("optical",), name="words", side=SIDE, golden="", classes=classes)
    assert (class_values(card), class_names(card)) == (values, names)


def test_of_equal_classes_the_first_counts():
    even = np.full((3, 2, 2), 1 / 3, np.float32)
    even[2, 0, 0] = 0.5
    assert most_likely(even, (0, 1, 2)).tolist() == [[2, 0], [0, 0]]


def test_parity_has_a_class_everywhere(request_for, tmp_path):
    card = {"architecture": "glavitu", "no_data": NoData.RAW_ZERO}
    package = tiny_package(tmp_path / "published", ("optical",), side=SIDE, card=card)
    result = run(request_for(bands_of(30, 40), package.folder, network=NetworkSettings(parity="reference")))
    assert set(np.unique(pixels(result.classes))) <= {0, 1}


# --- the file


def test_gdal_reads_names_no_data_colours_and_overviews(request_for, tmp_path):
    result = run(request_for(bands_of(700, 1100)))
    classes = pixels(result.classes)
    with rasterio.open(result.classes) as dataset, rasterio.open(result.probability) as probability:
        assert (dataset.dtypes, dataset.nodata, dataset.descriptions) == (("uint8",), 255, ("Class",))
        assert dataset.tags(1) == {"CLASS_0": "other", "CLASS_1": "glacier"}
        assert (dataset.shape, dataset.transform, dataset.crs) == (
            probability.shape, probability.transform, probability.crs,
        )  # fmt: skip
        assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert dataset.colorinterp[0] is rasterio.enums.ColorInterp.palette
        colours = dataset.colormap(1)
        assert [colours[value][:3] for value in range(3)] == style_colours()
        assert dataset.overviews(1) == [2, 4]
    with rasterio.open(result.classes, overview_level=0) as half:
        np.testing.assert_array_equal(half.read(1), classes[::2, ::2])
    assert Path(result.classes).stat().st_size < classes.size / 2


def style_colours():
    """Those of the values 0, 1 and 2 in the plugin's own style."""
    entries = ElementTree.parse(PACKAGE.parent / "resources" / "styles" / "classes.qml").iter("paletteEntry")
    found = {int(one.get("value")): one.get("color").lstrip("#") for one in entries}
    return [tuple(bytes.fromhex(found[value])) for value in range(3)]


@pytest.mark.skipif(not VALIDATOR.exists(), reason="GDAL's own COG validator is not installed")
@pytest.mark.parametrize("shape", [(40, 50), (700, 1100)], ids=["one tile", "pyramid"])
def test_gdals_validator_is_content(request_for, shape):
    result = run(request_for(bands_of(*shape)))
    command = [shutil.which("python3", path="/usr/bin"), str(VALIDATOR), "--full-check=yes", result.classes]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "is a valid cloud optimized GeoTIFF" in done.stdout
    assert "warning" not in done.stdout.lower()


# --- asked for or not


def test_no_classes_unless_asked_for_and_the_other_products_are_the_same(request_for, tmp_path):
    request = request_for(bands_of(60, 70))
    with_classes = run(request)
    without = run(replace(request, classes=False, out_dir=str(tmp_path / "plain")))
    assert without.classes == ""
    assert sorted(path.name for path in (tmp_path / "plain").iterdir()) == [
        "confidence.tif", "outlines.gpkg", "probability.tif", "report.json",
    ]  # fmt: skip
    assert "classes" not in report_of(without)
    for name in ("probability.tif", "confidence.tif"):
        assert (tmp_path / "plain" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()
    assert Path(with_classes.classes).name == "classes.tif"


def test_classes_of_an_earlier_run_are_not_left_beside_another_probability(request_for, tmp_path):
    request = request_for(bands_of(60, 70))
    run(request)
    for kept in ("probability.tif", "confidence.tif", "outlines.gpkg", "report.json"):
        (tmp_path / "out" / kept).unlink()
    with pytest.raises(OutputExistsError, match=r"classes\.tif exists already"):
        run(replace(request, classes=False))
    (tmp_path / "out" / "classes.tif.aux.xml").write_text("statistics of before")
    run(replace(request, classes=False, overwrite=True))
    assert not list((tmp_path / "out").glob("classes*"))


def test_the_report_repeats_the_run(request_for, tmp_path):
    result = run(request_for(bands_of(60, 70)))
    again = MapRequest.from_json({**report_of(result)["request"], "out_dir": str(tmp_path / "again")})
    assert Path(run(again).classes).read_bytes() == Path(result.classes).read_bytes()


@pytest.mark.parametrize(("threads", "shown"), [(1, "CPU, 1 thread"), (2, "CPU, 2 threads")])
def test_the_report_names_the_threads_that_were_asked_for(request_for, threads, shown):
    assert report_of(run(request_for(bands_of(60, 70), threads=threads)))["device"] == shown


def test_the_command_line(request_for, tmp_path):
    scene = request_for(bands_of(60, 70)).sources[0].path
    named = [f"{role.value}={scene}:{number}" for number, role in enumerate(OPTICAL_ROLES, 1)]
    words = ["map", *[word for one in named for word in ("--band", one)], "--out", tmp_path / "made", "--classes"]
    command = [str(PYTHON), "-I", str(PACKAGE / "runner" / "__main__.py"), *map(str, words)]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False, env=dict(os.environ), text=True)
    assert done.returncode == 0, done.stderr
    assert f"{tmp_path / 'made' / 'classes.tif'}\n" in done.stdout
    assert set(np.unique(pixels(tmp_path / "made" / "classes.tif"))) == {0, 1, 255}


def test_the_network_of_these_tests_is_what_it_says(tmp_path):
    model = onnx.load(str(several_classes(tmp_path / "three").model_path))
    onnx.checker.check_model(model)


def test_of_several_networks_the_mean_decides_after_its_calibration(request_for, tmp_path, order):
    """Scale 1, bias 0, 1, 0: what the mean says of clean ice counts e times as much."""
    vector = Calibration(CalibrationKind.VECTOR, scale=(1.0, 1.0, 1.0), bias=(0.0, 1.0, 0.0))
    one, two = several_classes(tmp_path / "one-net"), several_classes(tmp_path / "other" / "net", steep=2.0)
    card = replace(one.card, name="both", calibration=vector, ensemble=Ensemble((ModelFile("member-2.onnx"),)))
    both = write_package(tmp_path / "both", card, {MODEL_FILE: one.model_path, "member-2.onnx": two.model_path})
    bands = bands_of(30, 33)
    result = run(request_for(bands, both.folder))
    parts = np.stack([softmax(bands), softmax(bands, steep=2.0)])
    raised = parts.mean(axis=0) * np.array([1.0, np.e, 1.0])[:, None, None]
    expected = raised / raised.sum(axis=0)
    np.testing.assert_allclose(pixels(result.probability), expected[1:].sum(axis=0), atol=1e-4)
    ranks = np.sort(expected, axis=0)
    sure = ranks[-1] - ranks[-2] > 1e-4
    assert sure.sum() > 0.9 * np.isfinite(expected[0]).sum()
    np.testing.assert_array_equal(pixels(result.classes)[sure], expected.argmax(axis=0)[sure])
    ice = parts[:, 1:].sum(axis=1)
    h2 = -(ice * np.log2(ice) + (1 - ice) * np.log2(1 - ice))
    mean = ice.mean(axis=0)
    total = -(mean * np.log2(mean) + (1 - mean) * np.log2(1 - mean))
    np.testing.assert_allclose(pixels(result.model_uncertainty), total - h2.mean(axis=0), atol=2e-5)
