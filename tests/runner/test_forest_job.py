"""train --architecture random-forest: from a data set to a package that the engine runs."""

from __future__ import annotations

import pytest

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.errors import InvalidParameterError, OutputExistsError
from glacier_mapper.core.progress import Controls
from glacier_mapper.runner import jobs
from glacier_mapper.runner.cli_learning import learning_question
from glacier_mapper.runner.cli_parser import parse
from glacier_mapper.runner.models import check_package
from glacier_mapper.runner.models.package import open_package
from glacier_mapper.runner.training.simulated_tiles import SimulatedOrder, simulate_tiles

pytest.importorskip("sklearn")
pytest.importorskip("zarr")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    store = tmp_path_factory.mktemp("data") / "set.zarr"
    order = SimulatedOrder(str(store), places=3, views=1, tile_px=64, without_ice=0.0, split="100/0/0", workers=1)
    simulate_tiles(order, Controls())
    return str(store)


def train(data, out, *words):
    line = ["train", "--architecture", "random-forest", "--data", data, *words, "-o", str(out)]
    return jobs.perform(*learning_question(parse(line)), Controls())


def test_the_forest_is_a_package(data, tmp_path):
    made = train(data, tmp_path / "forest", "--inputs", "optical,dem", "--title", "My forest", "--licence", "CC0-1.0")
    package = open_package(made["package"])
    assert check_package(made["package"], Controls())["passed"]
    assert (package.card.name, package.card.description.title) == ("forest", "My forest")
    assert [spec.branch for spec in package.card.branches] == [Branch.OPTICAL, Branch.DEM]
    assert "set.zarr" in package.card.description.provenance
    assert made["inputs"] == ["optical", "dem"]


def test_without_inputs_it_takes_all_that_the_data_set_has(data, tmp_path):
    assert train(data, tmp_path / "all")["inputs"] == [branch.value for branch in Branch]


def test_the_seed_is_the_plans(data, tmp_path):
    sums = [open_package(train(data, tmp_path / f"forest{at}", "--inputs", "optical", "--seed", seed)["package"])
            .card.file.sha256 for at, seed in enumerate("112")]  # fmt: skip
    assert sums[0] == sums[1] != sums[2]


def test_what_is_there_and_what_is_not(data, tmp_path):
    (tmp_path / "forest").mkdir()
    with pytest.raises(OutputExistsError):
        train(data, tmp_path / "forest")
    with pytest.raises(InvalidParameterError, match="random-forest"):
        train(data, tmp_path / "random-forest")
