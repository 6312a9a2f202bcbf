"""A random forest fitted to tiles becomes a package that the engine maps with as scikit-learn would."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import onnx
import pytest
import rasterio
from learning_scenes import write_scene

from glacier_mapper.core.branches import BRANCH_ROLES, Branch
from glacier_mapper.core.errors import Cancelled, InvalidParameterError, OutputExistsError
from glacier_mapper.core.model_card import NoData, Scaler
from glacier_mapper.core.model_errors import MissingPythonPackageError
from glacier_mapper.core.progress import Controls
from glacier_mapper.core.request import MapRequest
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.mapping import map_glaciers
from glacier_mapper.runner.models import check_package
from glacier_mapper.runner.models.package import open_package
from glacier_mapper.runner.scene import find_scenes
from glacier_mapper.runner.training.evaluation import EvaluateOrder, evaluate
from glacier_mapper.runner.training.forest import ForestSettings, fit, inputs_of, session_of
from glacier_mapper.runner.training.forest_features import TABLE, feature_names
from glacier_mapper.runner.training.forest_package import ForestPackage, write_forest
from glacier_mapper.runner.training.tiles import BuildOrder, Tile, build_tiles, open_tiles

SIDE = 40
SMALL = ForestSettings(trees=8, max_leaves=40, pixels=3000, threads=1)


def ground(seed, rows=SIDE, cols=SIDE):
    """A label in two halves, one of it glacier, and reflectance with noise that tells them apart by swir1."""
    random = np.random.default_rng(seed)
    label = np.zeros((rows, cols), np.uint8)
    label[:, : cols // 2] = 1
    image = random.uniform(0.2, 0.6, (6, rows, cols)).astype(np.float32)
    image[4] = np.where(label == 1, 0.08, 0.35) + random.normal(0, 0.05, (rows, cols))
    return image, label


def tile(seed, **more):
    """A tile with gaps, a debris-covered strip, a strip that nobody knows, and what branches are given."""
    image, label = ground(seed)
    image[:, :3, :3] = np.nan
    label[-2:] = 255
    label[10:12, : SIDE // 2] = 2
    return Tile(f"t{seed}", "ALP", {Branch.OPTICAL: image, **more}, label)


@pytest.fixture(scope="module")
def forest():
    return fit([tile(seed) for seed in range(3)], SMALL)


@pytest.fixture(scope="module")
def package(forest, tmp_path_factory):
    folder = tmp_path_factory.mktemp("f") / "forest"
    return write_forest(forest, ForestPackage(str(folder), "A forest", licence="CC0-1.0", provenance="three tiles"))


# fitting


def test_the_forest_learns_what_can_be_learnt(forest):
    unseen = tile(9)
    table = session_of(forest.features).run([TABLE], inputs_of(unseen, SMALL.branches))[0]
    glacier = forest.classifier.predict(table).reshape(SIDE, SIDE) == 1
    known = unseen.label != 255
    assert (glacier == np.isin(unseen.label, (1, 2)))[known].mean() > 0.95
    assert max(forest.importances, key=forest.importances.get) in ("swir1 mean", "swir1", "log green/swir1",
                                                                    "log red/swir1")
    assert list(forest.importances.values()) == sorted(forest.importances.values(), reverse=True)


def test_pixels_that_nobody_knows_or_sees_teach_nothing():
    """What is not known is turned into rubbish that would teach the contrary: the forest stays the same."""
    plain = [tile(seed) for seed in range(2)]
    spoilt = []
    for one in plain:
        image = one.inputs[Branch.OPTICAL].copy()
        label = one.label.copy()
        label[:3, :3] = 0  # no data there
        spoilt.append(replace(one, inputs={Branch.OPTICAL: image}, label=label))
    first, second = (fit(tiles, SMALL) for tiles in (plain, spoilt))
    assert first.pixels == second.pixels
    table = session_of(first.features).run([TABLE], inputs_of(tile(7), SMALL.branches))[0]
    np.testing.assert_array_equal(first.classifier.predict_proba(table), second.classifier.predict_proba(table))


def test_the_same_seed_grows_the_same_forest(forest):
    again = fit([tile(seed) for seed in range(3)], SMALL)
    other = fit([tile(seed) for seed in range(3)], replace(SMALL, seed=1))
    table = session_of(forest.features).run([TABLE], inputs_of(tile(7), SMALL.branches))[0]
    chances = [one.classifier.predict_proba(table) for one in (forest, again, other)]
    np.testing.assert_array_equal(chances[0], chances[1])
    assert not np.array_equal(chances[0], chances[2])


def test_trees_are_bounded(forest):
    assert len(forest.classifier.estimators_) == 8
    assert all(tree.get_n_leaves() <= 40 for tree in forest.classifier.estimators_)
    shallow = fit([tile(0)], replace(SMALL, max_depth=2))
    assert max(tree.get_depth() for tree in shallow.classifier.estimators_) == 2


def test_backscatter_is_logarithmic_and_one_orbit_stands_in_for_the_other():
    radar = np.full((2, SIDE, SIDE), np.nan, np.float32)
    radar[0] = 0.01
    radar[0, 0, 0] = -1.0
    found = inputs_of(tile(0, **{Branch.CO_POL_SAR: radar}), (Branch.CO_POL_SAR,))["co_pol_sar"][0]
    np.testing.assert_allclose(found[:, 5, 5], [-2, -2], atol=1e-3)
    assert np.isnan(found[:, 0, 0]).all()
    both = radar.copy()
    both[1] = 0.1
    found = inputs_of(tile(0, **{Branch.CO_POL_SAR: both}), (Branch.CO_POL_SAR,))["co_pol_sar"][0]
    np.testing.assert_allclose(found[:, 5, 5], [-2, -1], atol=1e-3)


def test_fitting_leaves_the_tiles_as_they_were():
    one = tile(0)
    before = one.inputs[Branch.OPTICAL].copy()
    fit([one], SMALL)
    np.testing.assert_array_equal(one.inputs[Branch.OPTICAL], before)


def test_cancelled_between_tiles():
    count = iter(range(100))
    with pytest.raises(Cancelled):
        fit([tile(0), tile(1)], SMALL, Controls(should_stop=lambda: next(count) >= 1))
    told = []
    fit([tile(0), tile(1)], SMALL, Controls(lambda step: told.append(step.fraction)))
    assert told == sorted(told)


@pytest.mark.parametrize(
    ("tiles", "settings", "said"),
    [
        ([], SMALL, "one or more"),
        ([tile(0)], replace(SMALL, branches=(Branch.DEM,)), "among those of the tiles"),
        ([replace(tile(0), label=np.zeros((SIDE, SIDE), np.uint8))], SMALL, "glacier and other ground"),
        ([replace(tile(0), label=np.full((SIDE, SIDE), 255, np.uint8))], SMALL, "glacier and other ground"),
    ],
    ids=["none", "no such branch", "one class", "nothing known"],
)
def test_tiles_that_teach_nothing(tiles, settings, said):
    with pytest.raises(InvalidParameterError, match=said):
        fit(tiles, settings)


@pytest.mark.parametrize(
    "values", [{"branches": ()}, {"branches": (Branch.DEM, Branch.DEM)}, {"trees": 0}, {"max_leaves": 1}, {"pixels": 0}]
)
def test_settings_out_of_range(values):
    with pytest.raises(InvalidParameterError):
        ForestSettings(**values)


@pytest.mark.parametrize("missing", ["sklearn", "skl2onnx", "onnx"])
def test_a_package_of_python_that_is_missing(monkeypatch, missing):
    from glacier_mapper.runner.training import forest as module

    real = module.importlib.util.find_spec
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None if name == missing else real(name))
    with pytest.raises(MissingPythonPackageError, match=rf"{missing}.*training\.txt"):
        fit([tile(0)], SMALL)


def test_nothing_large_is_imported_before_it_is_needed():
    script = (
        "import sys, glacier_mapper.runner.training.forest, glacier_mapper.runner.training.forest_package\n"
        "print(sorted({'sklearn', 'skl2onnx', 'onnx', 'zarr'} & set(sys.modules)))"
    )
    import subprocess

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# the package


def test_the_graph_gives_the_probabilities_of_scikit_learn(forest, package):
    unseen = inputs_of(tile(11), SMALL.branches)
    table = session_of(forest.features).run([TABLE], unseen)[0]
    expected = forest.classifier.predict_proba(table).reshape(SIDE, SIDE, 2).transpose(2, 0, 1)
    found = session_of(onnx.load(str(package.model_path))).run(["probabilities"], unseen)[0]
    assert found.shape == (1, 2, SIDE, SIDE)
    np.testing.assert_allclose(found[0], expected, atol=1e-5)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, atol=1e-5)


def test_any_batch_and_any_size(package):
    session = session_of(onnx.load(str(package.model_path)))
    for shape in ((2, 6, 7, 13), (1, 6, 1, 1), (3, 6, 32, 8)):
        found = session.run(["probabilities"], {"optical": np.full(shape, 0.3, np.float32)})[0]
        assert found.shape == (shape[0], 2, *shape[2:])


def test_the_card_says_what_it_is(package, forest):
    card = open_package(package.folder).card
    assert (card.name, card.architecture, card.no_data) == ("forest", "random-forest", NoData.NAN)
    assert card.description.title == "A forest"
    assert card.description.licence == "CC0-1.0"
    assert card.description.provenance == "three tiles"
    assert {scaling.kind for scaling in card.branches[0].scalings} == {Scaler.NONE}
    assert card.needs == (frozenset(BRANCH_ROLES[Branch.OPTICAL]),)
    assert card.parameters == sum(tree.tree_.node_count for tree in forest.classifier.estimators_)
    assert card.hyperparameters["trees"] == 8
    assert card.hyperparameters["training_pixels"] == forest.pixels > 1000
    assert set(card.hyperparameters["importances"]) == set(feature_names(SMALL.branches))
    assert package.card.file.bytes < 200_000


def test_bands_that_no_tile_has_are_not_needed(tmp_path):
    tiles = [tile(seed, **{Branch.DEM: np.full((2, SIDE, SIDE), 5.0, np.float32)}) for seed in range(2)]
    for one in tiles:
        one.inputs[Branch.OPTICAL][[3, 5]] = np.nan
    made = fit(tiles, replace(SMALL, branches=(Branch.OPTICAL, Branch.DEM)))
    package = write_forest(made, ForestPackage(str(tmp_path / "wood")))
    assert package.card.needs == (frozenset({Role.BLUE, Role.GREEN, Role.RED, Role.SWIR1, Role.ELEVATION}),)
    assert [spec.branch for spec in package.card.branches] == [Branch.OPTICAL, Branch.DEM]


def test_the_package_passes_its_own_check(package):
    result = check_package(str(package.folder), Controls())
    assert result["passed"]
    assert result["golden"]


def test_the_same_forest_gives_the_same_bytes(forest, package, tmp_path):
    again = write_forest(forest, ForestPackage(str(tmp_path / "wood")))
    assert again.card.file.sha256 == package.card.file.sha256


def test_a_place_that_is_taken(forest, package):
    with pytest.raises(OutputExistsError):
        write_forest(forest, ForestPackage(str(package.folder)))


# the engine


@pytest.fixture
def scenes(make_raster, tmp_path):
    image, label = ground(21, 300, 280)
    image[:, 100:120, 100:130] = np.nan
    return write_scene(make_raster, tmp_path / "scenes", "s", label=label, image=image)


def test_the_engine_maps_with_it_as_scikit_learn_would(package, forest, scenes, tmp_path):
    """Over seams of patches too: 300 x 280 pixels are four of them; away from their edges nothing differs."""
    scene = find_scenes(str(scenes))[0]
    request = MapRequest(scene.sources(), str(tmp_path / "m"), model=str(package.folder), device="cpu")
    with rasterio.open(map_glaciers(request, lambda _: None, lambda: False).probability) as raster:
        found = raster.read(1)
    with rasterio.open(scene.image) as raster:
        image = raster.read()
    table = session_of(forest.features).run([TABLE], {"optical": image[None]})[0]
    expected = forest.classifier.predict_proba(table)[:, 1].reshape(300, 280)
    assert np.isnan(found[100:120, 100:130]).all()
    both = np.isfinite(found)
    assert both.sum() == 300 * 280 - 20 * 30
    difference = np.abs(found - expected)[both]
    assert np.median(difference) < 1e-5
    assert (difference > 0.02).mean() < 0.02
    assert difference.max() < 0.3


def test_from_a_data_set_to_an_evaluation(scenes, make_raster, tmp_path):
    other, label = ground(22, 96, 96)
    folder = write_scene(make_raster, tmp_path / "train", "t", label=label, image=other)
    build_tiles(BuildOrder(str(tmp_path / "s.zarr"), str(folder), tile_px=48, split="100/0/0"), Controls())
    made = fit(open_tiles(tmp_path / "s.zarr").tiles("train"), SMALL)
    package = write_forest(made, ForestPackage(str(tmp_path / "wood")))
    result = evaluate(EvaluateOrder(str(package.folder), str(scenes), str(tmp_path / "o"), device="cpu"), Controls())
    assert result["model"]["name"] == "wood"
    assert result["pooled"]["iou"] > 0.95
    assert result["pooled"]["ece"] < 0.1
