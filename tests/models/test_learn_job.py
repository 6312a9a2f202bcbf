"""train, finetune: from a data set to a package that the engine runs, and from a package on."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from learnt import PLAN, SHORT, make_tiles, trained, tuned

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.errors import Cancelled, InvalidParameterError, MissingFileError, OutputExistsError
from glacier_mapper.core.model_card import Location, NoData, Scaler
from glacier_mapper.core.model_card_json import card_from_json
from glacier_mapper.core.model_errors import ChecksumError, WrongArchitectureError
from glacier_mapper.core.progress import Controls, Stage
from glacier_mapper.core.teach_errors import NoWeightsError
from glacier_mapper.runner.architectures.registry import build
from glacier_mapper.runner.models import check_package
from glacier_mapper.runner.models.package import WEIGHTS_FILE, open_package
from glacier_mapper.runner.training.learn.adapters import prepare
from glacier_mapper.runner.training.learn.batches import Crops
from glacier_mapper.runner.training.learn.inputs import Recipe
from glacier_mapper.runner.training.learn.job import PLAN_FILE
from glacier_mapper.runner.training.learn.keeping import Kept
from glacier_mapper.runner.training.learn.order import GENTLE, TrainOrder
from glacier_mapper.runner.training.learn.plan import Plan
from glacier_mapper.runner.training.learn.recipes import FIXED, recipe_of
from glacier_mapper.runner.training.tiles import BuildOrder, build_tiles, open_tiles

UNET = (Branch.OPTICAL, Branch.DEM)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return make_tiles(tmp_path_factory.mktemp("data") / "set.zarr")


@pytest.fixture(scope="module")
def first(data, tmp_path_factory):
    """What the first training said."""
    return trained(data, tmp_path_factory.mktemp("models") / "first", title="First", licence="CC0-1.0")


def weights_of(folder):
    with np.load(Path(folder) / WEIGHTS_FILE) as file:
        return {name: file[name].astype("f4") for name in file.files}


def changed(one, two):
    """The names of the weights that differ; what a normalisation counts by itself aside."""
    a, b = weights_of(one), weights_of(two)
    assert a.keys() == b.keys()
    return {name for name in a if not np.array_equal(a[name], b[name]) and not counted(name)}


def counted(name):
    return "running" in name or name.endswith("num_batches_tracked")


def stops_after(step):
    done = []
    return Controls(lambda progress: done.append(progress.done), lambda: bool(done) and done[-1] >= step)


class TestTrain:
    def test_the_package_runs_and_says_how_it_came_about(self, data, first):
        package = open_package(first["package"])
        assert check_package(first["package"], Controls())["passed"]
        card = package.card
        assert (card.name, card.description.title, card.description.licence) == ("first", "First", "CC0-1.0")
        assert card.training["steps"] == first["steps"] == 8
        assert Plan.from_json(card.training["plan"]).steps == SHORT
        assert card.training["data"]["tiles"] == {"train": 3, "validation": 1, "test": 2}
        assert [look["step"] for look in card.training["looks"]] == [4, 8]
        assert card.no_data is NoData.NAN
        assert [spec.branch for spec in card.branches] == list(Branch)
        assert [spec.scalings for spec in card.branches] == [FIXED[branch] for branch in Branch]

    def test_its_weights_are_those_of_its_network(self, first):
        package = open_package(first["package"])
        network = build("compact", tuple(Branch))
        state = {name: torch.from_numpy(value) for name, value in weights_of(package.folder).items()}
        network.load_state_dict({**network.state_dict(), **state})
        golden = np.load(package.golden_path)
        inputs = [torch.from_numpy(golden[f"input_{branch.value}"]) for branch in Branch]
        with torch.no_grad():
            found = network.eval()(*inputs).numpy()
        np.testing.assert_allclose(found, golden["output"], atol=5e-3)  # the weights' file rounds to float16

    def test_a_run_that_was_stopped_goes_on_to_the_same_weights(self, data, first, tmp_path):
        with pytest.raises(Cancelled):
            trained(data, tmp_path / "again", controls=stops_after(3))
        assert not (tmp_path / "again").exists()
        trained(data, tmp_path / "again")
        assert changed(tmp_path / "again", first["package"]) == set()

    def test_progress_counts_steps(self, data, tmp_path):
        said = []
        trained(data, tmp_path / "one", replace(PLAN, steps=replace(SHORT, count=2)), Controls(said.append))
        assert [one.done for one in said if one.stage is Stage.TRAINING] == [1, 2]

    def test_another_architecture_takes_its_scalings_from_the_data(self, data, tmp_path):
        plan = replace(PLAN, architecture="unet", inputs=UNET, steps=replace(SHORT, count=2))
        package = open_package(trained(data, tmp_path / "unet", plan)["package"])
        store = open_tiles(data)
        for spec in package.card.branches:
            for scaling, band in zip(spec.scalings, store.statistics[spec.branch], strict=True):
                assert scaling.kind is Scaler.Z_SCORE
                assert (scaling.a, scaling.b) == pytest.approx((band.mean, band.std))
        assert check_package(str(package.folder), Controls())["passed"]

    def test_the_run_keeps_plan_and_logs_beside_the_package(self, first):
        run = Path(first["run"])
        assert run == Path(first["package"]).with_name("first.run")
        assert Plan.from_json(json.loads((run / PLAN_FILE).read_text())) == PLAN
        assert {"looks.jsonl", "checkpoint.pt", "weights.npz"} <= {one.name for one in run.iterdir()}


class TestFinetune:
    @pytest.mark.parametrize(
        ("part", "meant"),
        [
            ("last", lambda name: name.startswith(("head", "merges.2", "merges.3"))),
            ("norms", lambda name: "norm" in name),
            ("adapters", lambda name: True),
        ],
    )
    def test_a_part_is_changed(self, data, first, tmp_path, part, meant):
        made = trained(data, tmp_path / part, tuned(first["package"], tuned=part))
        different = changed(made["package"], first["package"])
        assert different
        assert all(meant(name) for name in different)
        assert check_package(made["package"], Controls())["passed"]
        assert made["trained_parameters"] < first["trained_parameters"] / 2

    def test_it_begins_where_the_package_stands(self, data, first, tmp_path):
        still = tuned(first["package"])
        still = replace(still, steps=replace(still.steps, rate=1e-12, decay=0.0))
        made = trained(data, tmp_path / "still", still)
        one, two = weights_of(made["package"]), weights_of(first["package"])
        for name in one:
            if not counted(name):
                np.testing.assert_allclose(one[name], two[name], atol=2e-3, err_msg=name)

    def test_the_result_keeps_a_share_of_the_start(self, data, first, tmp_path):
        plan = tuned(first["package"])
        full = weights_of(trained(data, tmp_path / "full", plan)["package"])
        kept = weights_of(trained(data, tmp_path / "kept", replace(plan, keep_start=0.25))["package"])
        start = weights_of(first["package"])
        moved = 0.0
        for name in start:
            if not name.endswith("num_batches_tracked"):
                np.testing.assert_allclose(kept[name], 0.75 * full[name] + 0.25 * start[name], atol=2e-3, err_msg=name)
                moved = max(moved, float(np.abs(full[name] - start[name]).max()))
        assert moved > 0.02  # else the mean could not be told from either

    def test_adapters_keep_a_share_too(self, data, first, tmp_path):
        plan = replace(tuned(first["package"], tuned="adapters"), keep_start=0.5)
        assert check_package(trained(data, tmp_path / "mixed", plan)["package"], Controls())["passed"]

    def test_the_card_names_what_it_began_with(self, data, first, tmp_path):
        made = trained(data, tmp_path / "named", tuned(first["package"], tuned="norms"))
        start = open_package(first["package"]).card
        assert open_package(made["package"]).card.training["start"] == {"name": "first", "sha256": start.file.sha256}

    def test_changed_weights_are_refused(self, data, first, tmp_path):
        copy = tmp_path / "copy"
        shutil.copytree(first["package"], copy)
        raw = bytearray((copy / WEIGHTS_FILE).read_bytes())
        raw[-200] ^= 1
        (copy / WEIGHTS_FILE).write_bytes(raw)
        with pytest.raises(ChecksumError):
            trained(data, tmp_path / "out", tuned(copy))
        (copy / WEIGHTS_FILE).unlink()
        with pytest.raises(MissingFileError):
            trained(data, tmp_path / "out", tuned(copy))

    def test_a_package_without_weights_is_refused(self, data, first, tmp_path):
        copy = tmp_path / "copy"
        shutil.copytree(first["package"], copy)
        card = json.loads((copy / "model.json").read_text())
        del card["assets"]["weights"]
        card_from_json(card, "copy")
        (copy / "model.json").write_text(json.dumps(card))
        with pytest.raises(NoWeightsError, match=r"no weights to go on from"):
            trained(data, tmp_path / "out", tuned(copy))

    def test_a_network_that_is_not_told_its_place_has_no_location_to_tune(self, data, first, tmp_path):
        with pytest.raises(InvalidParameterError, match="not told where it is"):
            trained(data, tmp_path / "out", tuned(first["package"], tuned="location"))


class TestOrders:
    def test_options_go_before_the_file_and_the_file_before_the_defaults(self, tmp_path):
        file = tmp_path / "plan.json"
        file.write_text(json.dumps({"seed": 3, "steps": {"count": 70, "batch": 4}}))
        order = TrainOrder.from_json({"data": "d", "out": "o", "config": str(file), "changes": {"count": 9}})
        assert (order.plan.seed, order.plan.steps.count, order.plan.steps.batch) == (3, 9, 4)

    def test_inputs_and_location_are_read(self):
        changes = {"architecture": "glavitu", "inputs": ["dem", "optical"], "location": "region"}
        order = TrainOrder.from_json({"data": "d", "out": "o", "changes": changes})
        assert order.plan.inputs == (Branch.DEM, Branch.OPTICAL)
        assert order.plan.location is Location.REGION

    def test_what_goes_on_from_a_package_is_gentle(self):
        order = TrainOrder.from_json({"data": "d", "out": "o", "changes": {"start": "compact"}})
        assert order.plan == replace(GENTLE, start="compact")

    @pytest.mark.parametrize("changes", [{"inputs": ["optical", "sonar"]}, {"tuned": "some"}, {"count": 0}])
    def test_nonsense_is_named(self, changes):
        with pytest.raises(InvalidParameterError):
            TrainOrder.from_json({"data": "d", "out": "o", "changes": changes})


class TestRefusals:
    def test_what_is_there_stays(self, data, first):
        with pytest.raises(OutputExistsError):
            trained(data, first["package"])

    def test_inputs_that_no_tile_has(self, tmp_path, make_raster):
        scenes = tmp_path / "scenes"
        bands = ("blue", "green", "red", "nir", "swir1", "swir2")
        make_raster("a_img.tif", np.random.default_rng(1).random((6, 64, 64), "f4"), folder=scenes, descriptions=bands)
        make_raster("a_label.tif", (np.arange(64 * 64).reshape(64, 64) % 2).astype("u1"), folder=scenes)
        store = tmp_path / "set.zarr"
        build_tiles(BuildOrder(out=str(store), scenes=str(scenes), tile_px=32, split="100/0", guard_km=0), Controls())
        plan = replace(PLAN, architecture="unet", inputs=(Branch.OPTICAL, Branch.THERMAL))
        with pytest.raises(InvalidParameterError, match="thermal"):
            trained(str(store), tmp_path / "out", plan)

    def test_a_fixed_network_names_the_tiles_that_it_takes(self, data, tmp_path):
        big = make_tiles(tmp_path / "big.zarr", places=2, tile_px=400, split="50/50/0")
        plan = replace(PLAN, architecture="glavitu", inputs=UNET)
        with pytest.raises(InvalidParameterError, match="384 px"):
            trained(big, tmp_path / "out", plan)

    def test_no_data_set(self, tmp_path):
        with pytest.raises(MissingFileError):
            trained(str(tmp_path / "none.zarr"), tmp_path / "out")

    def test_a_start_of_other_weights(self, data, first, tmp_path):
        copy = tmp_path / "copy"
        shutil.copytree(first["package"], copy)
        card = json.loads((copy / "model.json").read_text())
        card["properties"]["mlm:architecture"] = "unet"
        (copy / "model.json").write_text(json.dumps(card))
        with pytest.raises(WrongArchitectureError):
            trained(data, tmp_path / "out", tuned(copy))


class TestPlaces:
    def test_a_network_that_is_told_the_region_learns_with_it(self, data):
        store = open_tiles(data)
        recipe = recipe_of("glavitu", UNET, Location.REGION, store.statistics)
        batch = Crops(store.tiles("train"), recipe, PLAN)[0]
        assert [tuple(one.shape) for one in batch.inputs] == [(2, 6, 64, 64), (2, 2, 64, 64), (2, 12)]
        assert batch.inputs[-1].sum(1).tolist() == [1, 1]

    def test_coordinates_are_those_of_the_tile(self, data):
        store = open_tiles(data)
        recipe = Recipe(recipe_of("glavitu", UNET, Location.NONE, store.statistics).branches, NoData.ZERO,
                        Location.COORDINATES)  # fmt: skip
        vector = Crops(store.tiles("train"), recipe, PLAN)[0].inputs[-1][0]
        latitude = np.radians(store.records[0].latitude_deg)
        np.testing.assert_allclose(vector[:2], [np.sin(latitude), np.cos(latitude)], atol=1e-6)

    def test_its_encoding_alone_can_be_tuned(self):
        network = build("glavitu", UNET, Location.REGION)
        prepare(network, "location", 4)
        named = {name.split(".")[0] for name, value in network.named_parameters() if value.requires_grad}
        assert named == {"encoding"}


class TestKept:
    def test_the_first_tiles_stay_until_the_memory_is_full(self, data):
        asked = []

        class Counting(list):
            def __getitem__(self, at):
                asked.append(at)
                return super().__getitem__(at)

        tiles = list(open_tiles(data).tiles("train"))
        size = tiles[0].label.nbytes + sum(bands.nbytes for bands in tiles[0].inputs.values())
        kept = Kept(Counting(tiles), 1.5 * size / (1 << 20))
        for at in (0, 1, 0, 1):
            assert kept[at] is tiles[at]
        assert asked == [0, 1, 1]
        assert len(kept) == 3
