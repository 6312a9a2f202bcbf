"""Reduced precision on simulated scenes: the figures in the card are those of the maps, and without them no package."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import rasterio
from tiny_networks import tiny_package, write_deep_network

from glacier_mapper.core.errors import (
    Cancelled,
    InvalidParameterError,
    MissingRoleError,
    NoValidPixelsError,
    OutputExistsError,
    UnknownModelError,
)
from glacier_mapper.core.model_card import Calibration, CalibrationKind, ModelFile
from glacier_mapper.core.model_errors import (
    InvalidPackageError,
    MissingPythonPackageError,
    ModelOutputError,
    UncheckedPrecisionError,
)
from glacier_mapper.core.progress import Controls, Stage
from glacier_mapper.core.request import MapRequest
from glacier_mapper.runner.mapping import map_glaciers, reduce_precision, reduced_networks
from glacier_mapper.runner.mapping.reducing_scenes import Comparison, count, sample_patches
from glacier_mapper.runner.models import check_package
from glacier_mapper.runner.models.package import GOLDEN_FILE, MODEL_FILE, WEIGHTS_FILE, open_package, write_package
from glacier_mapper.runner.scene import find_scenes, guess_sources
from glacier_mapper.runner.training import simulate_scene

SIDE = 160


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    """Two simulated Sentinel-2 scenes with terrain and labels."""
    folder = tmp_path_factory.mktemp("scenes")
    for seed in (1, 2):
        simulate_scene(seed, SIDE, str(folder), "S2")
    return folder


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """A network of four convolutions, 64 px a patch."""
    folder = tmp_path_factory.mktemp("full")
    return tiny_package(folder / "deep", ("optical",), deep=True, side=64, filters=32, layers=4)


@pytest.fixture(scope="module")
def reduced(tmp_path_factory, full, scenes):
    """The result of a reduction, made once for each precision."""
    home, made = tmp_path_factory.mktemp("reduced"), {}

    def make(precision):
        if precision not in made:
            made[precision] = reduce_precision(
                str(full.folder), precision, str(scenes), str(home / precision), Controls()
            )
        return made[precision]

    return make


def probability(package, scene, folder):
    """The scene mapped with the package, read back."""
    sources = guess_sources([str(scene.image), str(scene.terrain)])
    request = MapRequest(sources, str(folder), model=str(package.folder), device="cpu", overwrite=True)
    with rasterio.open(map_glaciers(request, lambda _: None, lambda: False).probability) as raster:
        return raster.read(1)


@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_the_card_states_what_was_measured(reduced, full, precision):
    result = reduced(precision)
    package = open_package(result["folder"])
    card, check = package.card, package.card.precision_check
    assert card.name == result["package"] == f"deep-{precision}"
    assert card.precision == result["precision"] == precision
    assert card.is_checked
    assert check == json.loads(json.dumps(result["check"]))
    assert check["against"] == full.card.file.sha256 != card.file.sha256
    assert check["scenes"] == ["sim_s2_1", "sim_s2_2"]
    assert check["pixels"] == 2 * SIDE * SIDE
    assert 0 <= check["pixels_flipped"] < 0.2
    assert check["iou_lost"] == pytest.approx(check["iou_float32"] - check["iou"])
    assert 0 <= check["mean_change"] <= check["largest_change"] < 0.5
    assert check["speed_ratio"] > 0
    assert f"({precision})" in card.description.title
    assert f"deep 1.0 in {precision}" in card.description.provenance


def test_a_trained_package_leaves_its_weights_and_its_figures_behind(full, scenes, tmp_path):
    """Its figures of accuracy are the full network's; what holds for the reduced one too stays."""
    np.savez(tmp_path / "w.npz", a=np.arange(6, dtype="f2"))
    card = replace(
        full.card, weights=ModelFile(WEIGHTS_FILE), training={"steps": 40},
        calibration=Calibration(CalibrationKind.TEMPERATURE, 1.5),
        description=replace(full.card.description, accuracy=({"iou": 0.9},)),
    )  # fmt: skip
    files = {MODEL_FILE: full.model_path, WEIGHTS_FILE: tmp_path / "w.npz"}
    files |= {GOLDEN_FILE: full.golden_path} if full.golden_path else {}
    trained = write_package(tmp_path / "trained", card, files)
    result = reduce_precision(str(trained.folder), "float16", str(scenes), str(tmp_path / "half"), Controls())
    made = open_package(result["folder"]).card
    assert made.weights.name == ""
    assert made.description.accuracy == ()
    assert (made.calibration, made.training) == (card.calibration, card.training)
    assert not (tmp_path / "half" / WEIGHTS_FILE).exists()


def test_the_bundled_package_can_be_reduced(tmp_path):
    simulate_scene(3, 96, str(tmp_path / "scenes"), "S2")
    bundled = Path(__file__).parents[2] / "resources" / "models" / "compact"
    result = reduce_precision(str(bundled), "float16", str(tmp_path / "scenes"), str(tmp_path / "half"), Controls())
    assert check_package(result["folder"], Controls())["passed"]
    assert open_package(result["folder"]).card.description.accuracy == ()


def test_float16_moves_probabilities_by_less_than_int8(reduced):
    half, eight = reduced("float16")["check"], reduced("int8")["check"]
    assert 0 < half["mean_change"] < 0.001
    assert half["mean_change"] < eight["mean_change"] / 10


@pytest.mark.parametrize(("precision", "share"), [("float16", 0.6), ("int8", 0.45)])
def test_the_network_is_smaller(reduced, precision, share):
    result = reduced(precision)
    assert result["bytes"] < share * result["bytes_float32"]


@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_the_figures_are_those_of_two_maps_compared_plainly(reduced, full, scenes, tmp_path, precision):
    result = reduced(precision)
    flipped = pixels = 0
    hits, union = np.zeros(2), np.zeros(2)
    changes = []
    for scene in find_scenes(str(scenes)):
        maps = [probability(package, scene, tmp_path / "m") for package in (full, open_package(result["folder"]))]
        with rasterio.open(scene.label) as raster:
            truth = raster.read(1)
        flipped += ((maps[0] > 0.5) != (maps[1] > 0.5)).sum()
        pixels += np.isfinite(maps[0]).sum()
        changes.append(np.abs(maps[0].astype(float) - maps[1]))
        for side in (0, 1):
            ice, known = maps[side] > 0.5, truth != 255
            hits[side] += (ice & (truth == 1) & known).sum()
            union[side] += ((ice | (truth == 1)) & known).sum()
    check = result["check"]
    assert check["pixels_flipped"] == pytest.approx(flipped / pixels)
    assert check["mean_change"] == pytest.approx(np.mean(changes), rel=1e-6)
    assert check["largest_change"] == pytest.approx(np.max(changes))
    assert check["iou_float32"] == pytest.approx(hits[0] / union[0])
    assert check["iou"] == pytest.approx(hits[1] / union[1])
    assert (check["pixels_flipped"] > 0) == (precision == "int8" or flipped > 0)


@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_the_new_package_passes_its_own_check(reduced, precision):
    result = check_package(reduced(precision)["folder"], Controls())
    assert result["passed"]
    assert result["max_difference"] <= result["tolerance"] <= 0.05


@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_other_weights_under_its_name_do_not_pass(reduced, tmp_path, precision):
    """The sample holds the reduced network's own answer, so a network of half the logits is noticed."""
    package = open_package(reduced(precision)["folder"])
    graph = onnx.load(str(package.model_path))
    softmax = next(node for node in graph.graph.node if node.op_type == "Softmax")
    half = onnx.numpy_helper.from_array(np.array(0.2, {"int8": "f4", "float16": "f2"}[precision]), "half")
    weaker = onnx.helper.make_node("Mul", [softmax.input[0], "half"], ["weaker"])
    graph.graph.initializer.append(half)
    softmax.input[0] = "weaker"
    graph.graph.node.insert(list(graph.graph.node).index(softmax), weaker)
    onnx.save(graph, str(tmp_path / MODEL_FILE))
    files = {MODEL_FILE: tmp_path / MODEL_FILE, GOLDEN_FILE: package.golden_path}
    other = write_package(tmp_path / "other", replace(package.card, name="other"), files)
    with pytest.raises(ModelOutputError, match="off the golden sample"):
        check_package(str(other.folder), Controls())


@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_what_the_precision_costs_is_said_with_every_map(reduced, scenes, tmp_path, precision):
    package, scene = open_package(reduced(precision)["folder"]), find_scenes(str(scenes))[0]
    sources = guess_sources([str(scene.image), str(scene.terrain)])
    request = MapRequest(sources, str(tmp_path / "m"), model=str(package.folder), device="cpu")
    result = map_glaciers(request, lambda _: None, lambda: False)
    said = [note["template"].format(**note["details"]) for note in result.notes]
    lost = f"{package.card.precision_check['iou_lost']:.3f}"
    assert any(f"computes in {precision}" in one and "changed their class" in one and lost in one for one in said)
    report = json.loads(Path(result.report).read_text(encoding="utf-8"))
    assert report["model"]["settings_used"]["package"]["precision_check"] == package.card.precision_check


def test_eight_bits_are_eight_bits_and_the_last_layer_is_not(reduced):
    graph = onnx.load(str(open_package(reduced("int8")["folder"]).model_path)).graph
    weights = [one for one in graph.initializer if one.data_type == onnx.TensorProto.INT8]
    assert len(weights) >= 3
    values = np.concatenate([onnx.numpy_helper.to_array(one).ravel() for one in weights])
    assert np.abs(values.astype(int)).max() <= 64  # 7 bits
    makers = {name: node.op_type for node in graph.node for name in node.output}
    assert makers[graph.output[0].name] == "Softmax"
    softmax = next(node for node in graph.node if node.op_type == "Softmax")
    last = next(node for node in graph.node if softmax.input[0] in node.output)
    assert last.op_type == "Conv"
    assert makers.get(last.input[1]) != "DequantizeLinear"


def test_sixteen_bits_are_sixteen_bits_with_inputs_as_before(reduced):
    graph = onnx.load(str(open_package(reduced("float16")["folder"]).model_path)).graph
    kinds = {one.data_type for one in graph.initializer if len(one.dims) == 4}
    assert kinds == {onnx.TensorProto.FLOAT16}
    assert {one.type.tensor_type.elem_type for one in [*graph.input, *graph.output]} == {onnx.TensorProto.FLOAT}


def test_without_the_check_the_same_files_are_refused(reduced, tmp_path):
    made = tmp_path / "stripped"
    shutil.copytree(reduced("int8")["folder"], made)
    data = json.loads((made / "model.json").read_text())
    data["properties"]["glacier:precision_check"] = {}
    (made / "model.json").write_text(json.dumps(data))
    with pytest.raises(UncheckedPrecisionError, match="int8"):
        open_package(made)


@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_a_card_that_calls_them_float32_is_refused(reduced, tmp_path, precision):
    made = tmp_path / "renamed"
    shutil.copytree(reduced(precision)["folder"], made)
    data = json.loads((made / "model.json").read_text())
    data["properties"]["glacier:precision"] = "float32"
    (made / "model.json").write_text(json.dumps(data))
    with pytest.raises(InvalidPackageError, match=f"are float32, and those in model.onnx are {precision}"):
        check_package(str(made), Controls())


# no check, no package


@pytest.fixture
def refused(full, tmp_path):
    def check(kind, said, *, package=None, precision="int8", folder, out=None, controls=None):
        target = out or tmp_path / "out"
        with pytest.raises(kind) as caught:
            reduce_precision(str(package or full.folder), precision, str(folder), str(target), controls or Controls())
        assert said in str(caught.value)
        assert out is not None or not target.exists()
        assert not [entry for entry in tmp_path.iterdir() if ".part-" in entry.name]

    return check


def test_a_folder_without_scenes(refused, tmp_path):
    refused(InvalidParameterError, "a folder with files *_img.tif", folder=tmp_path)
    refused(InvalidParameterError, "a folder with files *_img.tif", folder=tmp_path / "nowhere")


@pytest.mark.parametrize("precision", ["float32", "bfloat16", ""])
def test_a_precision_that_is_not_made(refused, scenes, precision):
    refused(InvalidParameterError, "float16 or int8", precision=precision, folder=scenes)


def test_a_package_that_is_reduced_already(refused, reduced, scenes):
    refused(InvalidParameterError, "this one is in float16", package=reduced("float16")["folder"], folder=scenes)


def test_an_unknown_package(refused, scenes):
    refused(UnknownModelError, "no-such-model", package="no-such-model", folder=scenes)


def test_a_place_that_is_taken(refused, scenes, tmp_path):
    (tmp_path / "taken").mkdir()
    refused(OutputExistsError, "taken", folder=scenes, out=tmp_path / "taken")


def test_scenes_without_a_band_that_the_model_needs(refused, scenes, tmp_path):
    package = tiny_package(tmp_path / "p" / "thermal", ("thermal", "in_sar"), side=32)
    refused(MissingRoleError, "coherence", package=package.folder, folder=scenes)


def test_a_scene_without_a_valid_pixel(refused, make_raster, tmp_path):
    names = ["blue", "green", "red", "nir", "swir1", "swir2"]
    make_raster("empty_img.tif", np.zeros((6, 40, 40), np.float32), nodata=0, descriptions=names, folder=tmp_path / "s")
    refused(NoValidPixelsError, "empty", folder=tmp_path / "s")


def test_a_label_on_another_grid(refused, scenes, make_raster, tmp_path):
    folder = tmp_path / "s"
    folder.mkdir()
    for path in scenes.glob("sim_s2_1_[id]*.tif"):
        shutil.copy(path, folder)
    make_raster("sim_s2_1_label.tif", np.ones((50, 50), np.uint8), folder=folder)
    refused(InvalidParameterError, "on the grid of its image (160 x 160 pixels)", folder=folder)


def test_a_network_with_nothing_to_round(refused, scenes, tmp_path):
    """Its one layer is the last, which stays as it is."""
    package = tiny_package(tmp_path / "p" / "flat", ("optical",), side=32)
    refused(InvalidPackageError, "no layer before the last", package=package.folder, folder=scenes)


def test_onnx_is_not_installed(refused, scenes, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnx", None)
    for precision in ("int8", "float16"):
        refused(MissingPythonPackageError, "onnx", precision=precision, folder=scenes)


def test_cancelled_at_any_moment_nothing_is_written(refused, scenes):
    stages = (Stage.OPENING, Stage.PACKAGING, Stage.TIMING, Stage.COMPARING)
    for moment in [*((stage, 0) for stage in stages), (Stage.COMPARING, 3)]:
        told = []
        stopping = Controls(
            lambda step, told=told: told.append((step.stage, step.done)),
            lambda moment=moment, told=told: moment in told,
        )
        refused(Cancelled, "", precision="float16", folder=scenes, controls=stopping)


def test_progress_rises_to_one(full, scenes, tmp_path):
    told = []
    reduce_precision(str(full.folder), "float16", str(scenes), str(tmp_path / "p"), Controls(told.append))
    shares = [step.fraction for step in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(told) > 10
    stages = list(dict.fromkeys(step.stage for step in told))
    assert stages == [Stage.OPENING, Stage.PACKAGING, Stage.TIMING, Stage.COMPARING, Stage.DONE]
    maps = dict.fromkeys((step.done, step.total) for step in told if step.stage is Stage.COMPARING)
    assert list(maps) == [(0, 4), (1, 4), (2, 4), (3, 4)]


def test_scenes_without_labels_have_no_iou(full, scenes, tmp_path):
    folder = tmp_path / "s"
    folder.mkdir()
    for path in scenes.glob("sim_s2_1_[id]*.tif"):
        shutil.copy(path, folder)
    check = reduce_precision(str(full.folder), "float16", str(folder), str(tmp_path / "p"), Controls())["check"]
    assert (check["iou"], check["iou_float32"], check["iou_lost"]) == (None, None, None)
    assert check["pixels"] == SIDE * SIDE


# the parts


def test_patches_are_scaled_as_the_network_takes_them(full, scenes):
    patches = sample_patches(full, find_scenes(str(scenes)), lambda: None)
    assert len(patches) == 16
    assert {name: value.shape for name, value in patches[0].items()} == {"optical": (1, 6, 64, 64)}
    assert patches[0]["optical"].dtype == np.float32
    assert np.isfinite([patch["optical"] for patch in patches]).all()
    assert len({patch["optical"].tobytes() for patch in patches}) > 13
    again = sample_patches(full, find_scenes(str(scenes)), lambda: None)
    assert all(np.array_equal(a["optical"], b["optical"]) for a, b in zip(patches, again))


def test_a_scene_smaller_than_a_patch_is_filled_up(scenes, tmp_path):
    package = tiny_package(tmp_path / "big", ("optical",), deep=True, side=256)
    patches = sample_patches(package, find_scenes(str(scenes)), lambda: None)
    image = patches[0]["optical"][0]
    assert image.shape == (6, 256, 256)
    edge = image[:, SIDE - 1 : SIDE, :SIDE]
    np.testing.assert_array_equal(image[:, SIDE:, :SIDE], np.broadcast_to(edge, (6, 96, SIDE)))


def test_counts_by_hand():
    """Of five pixels one has no data in one map; of the four left one changes sides; one is not labelled."""
    nan = np.nan
    before = np.array([[0.9, 0.6, 0.2, 0.7, nan]], np.float32)
    after = np.array([[0.8, 0.4, 0.2, 0.7, 0.3]], np.float32)
    label = np.array([[1, 1, 1, 255, 0]], np.uint8)
    counts = count(before, after, label)
    assert (counts.valid, counts.flipped, counts.labelled) == (4, 1, 3)
    assert counts.hits == (2, 1)
    assert counts.wrong == (1, 2)
    assert counts.total_change == pytest.approx(0.3)
    assert counts.largest_change == pytest.approx(0.2)
    totals = Comparison([counts], ["x"]).totals()
    assert totals.pixels_flipped == 0.25
    assert totals.iou_float32 == pytest.approx(2 / 3)
    assert totals.iou == pytest.approx(1 / 3)
    assert totals.iou_lost == pytest.approx(1 / 3)


def test_last_layers_of_a_network_with_two_heads_before_its_output(tmp_path):
    graph = onnx.load(str(write_deep_network(tmp_path / "n.onnx", layers=3))).graph
    reduced_networks.name_nodes(graph)
    assert len({node.name for node in graph.node}) == len(graph.node)
    kinds = {node.name: node.op_type for node in graph.node}
    assert sorted(kinds[name] for name in reduced_networks.last_layer(graph)) == ["Conv", "Softmax"]
