"""The command ensemble: packages joined, differences named, a mean that is checked; evaluated as any other model."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace

import numpy as np
import pytest
from learning_scenes import write_scene
from stand_in import PACKAGE, PYTHON
from tiny_networks import tiny_package, write_network

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.errors import Cancelled, InvalidParameterError, OutputExistsError
from glacier_mapper.core.model_card import (
    BandScaling,
    BranchSpec,
    Calibration,
    CalibrationKind,
    Description,
    Location,
    NoData,
    Scaler,
    Tiling,
)
from glacier_mapper.core.model_errors import ChecksumError, ModelOutputError, UnlikeNetworksError
from glacier_mapper.core.progress import Controls, Stage
from glacier_mapper.core.request import NetworkSettings
from glacier_mapper.core.roles import OPTICAL_ROLES, Role
from glacier_mapper.core.upright import check_symmetries, learnt_upright
from glacier_mapper.runner.models import check_package
from glacier_mapper.runner.models.ensembling import EnsembleOrder, make_ensemble
from glacier_mapper.runner.models.package import GOLDEN_FILE, MODEL_FILE, open_package, write_package
from glacier_mapper.runner.training.evaluation import EvaluateOrder, evaluate

SIDE = 16


@pytest.fixture
def make(tmp_path):
    """A factory: make("one", bias=0.5) -> a package of an optical network."""

    def made(name, branches=("optical",), branched=(), **options):
        package = tiny_package(tmp_path / name, branches, **{"side": SIDE, **options})
        if not branched:
            return package
        files = {one.name: tmp_path / f"{name}-{one.name}" for one in (package.model_path, package.golden_path)}
        for one, kept in files.items():
            kept.write_bytes((package.folder / one).read_bytes())
        return write_package(package.folder, replace(package.card, branches=branched), files, overwrite=True)

    return made


@pytest.fixture
def three(make):
    words = [
        Description(f"Tiny {name}", "A network.", licence, citation, regions, limits, ({"iou": 0.9},))
        for name, licence, citation, regions, limits in (
            ("first", "CC0-1.0", "A (2024)", ("ALP", "SC"), "No debris."),
            ("second", "CC0-1.0", "B (2025)", ("ALP",), "No debris."),
            ("third", "CC-BY-4.0", "A (2024)", ("ALP", "NZ"), ""),
        )
    ]
    return [make(f"net-{at}", bias=at - 1.0, card={"description": one}) for at, one in enumerate(words)]


def join(packages, out, controls=None, **options):
    order = EnsembleOrder(tuple(str(one.folder) for one in packages), str(out), **options)
    return make_ensemble(order, controls or Controls())


def test_the_package_holds_every_network_and_says_what_it_is_made_of(three, tmp_path):
    told = join(three, tmp_path / "all-three")
    package = open_package(tmp_path / "all-three")
    card = package.card
    assert [path.read_bytes() for path in package.model_paths] == [one.model_path.read_bytes() for one in three]
    assert [file.name for file in card.networks] == [MODEL_FILE, "member-2.onnx", "member-3.onnx"]
    assert [one["name"] for one in told["networks"]] == ["net-0", "net-1", "net-2"]
    assert told["sha256"] == card.checksum
    assert (card.name, card.parameters, card.weights.name) == ("all-three", 27, "")
    words = card.description
    assert words.title == "Tiny first (ensemble of 3)"
    assert (words.licence, words.citation) == ("CC0-1.0; CC-BY-4.0", "A (2024); B (2025)")
    assert (words.regions, words.limits, words.accuracy) == (("ALP",), "No debris.", ())
    for one in three:
        assert f"{one.card.name} 1.0, SHA-256 {one.card.file.sha256}" in words.provenance


def test_its_sample_is_the_mean_and_the_check_runs_it(three, tmp_path):
    join(three, tmp_path / "all")
    with np.load(tmp_path / "all" / GOLDEN_FILE) as sample, np.load(three[0].golden_path) as first:
        np.testing.assert_array_equal(sample["input_optical"], first["input_optical"])
        z = np.log(first["output"][0, 1] / first["output"][0, 0]) + 1.0
        expected = np.mean([1 / (1 + np.exp(-(z + bias))) for bias in (-1.0, 0.0, 1.0)], axis=0)
        np.testing.assert_allclose(sample["output"][0, 1], expected, atol=1e-5)
    told = check_package(str(tmp_path / "all"), Controls())
    assert (told["passed"], told["golden"], told["networks"]) == (True, True, 3)


def test_a_network_that_computes_something_else_fails_the_check(three, tmp_path):
    join(three, tmp_path / "all")
    package = open_package(tmp_path / "all")
    files = {path.name: path for path in package.folder.iterdir() if path.name != "model.json"}
    kept = {name: tmp_path / f"kept-{name}" for name in files}
    for name, path in files.items():
        kept[name].write_bytes(path.read_bytes())
    write_network(kept["member-2.onnx"], ("optical",), side=SIDE, bias=0.3)
    write_package(package.folder, package.card, kept, overwrite=True)
    with pytest.raises(ModelOutputError, match="off the golden sample"):
        check_package(str(package.folder), Controls())


def test_a_name_and_a_title_may_be_given(three, tmp_path):
    told = join(three, tmp_path / "Alle drei", name="three-of-us", title="We three")
    assert told["name"] == "three-of-us"
    assert open_package(told["package"]).card.description.title == "We three"


def test_calibrations_are_left_out_and_said(make, tmp_path):
    soft = Calibration(CalibrationKind.TEMPERATURE, temperature=2.0)
    pair = [make("soft", card={"calibration": soft}), make("plain", bias=1.0)]
    assert join(pair, tmp_path / "pair")["calibrations_left_out"] == ["soft"]
    assert open_package(tmp_path / "pair").card.calibration == Calibration()


def test_how_each_was_trained_is_kept_and_upright_ones_stay_upright(make, tmp_path):
    upright = {"plan": {"augmentation": {"turns": False}}}
    join([make("turned"), make("upright", bias=1.0, card={"training": upright})], tmp_path / "pair")
    card = open_package(tmp_path / "pair").card
    assert card.training == {"networks": [{}, upright]}
    assert learnt_upright(card)
    with pytest.raises(InvalidParameterError, match="north up"):
        check_symmetries(NetworkSettings(symmetries=True), card)


def test_networks_of_several_architectures_may_be_joined(make, tmp_path):
    join([make("one"), make("other", bias=1.0, card={"architecture": "unet"})], tmp_path / "mixed")
    assert open_package(tmp_path / "mixed").card.architecture == "ensemble"


def test_packages_without_samples(make, tmp_path):
    join([make("one", card={"golden": ""}), make("two", bias=1.0, card={"golden": ""})], tmp_path / "pair")
    assert check_package(str(tmp_path / "pair"), Controls())["passed"]


SCALED = BranchSpec(
    Branch.OPTICAL,
    (BandScaling(Scaler.Z_SCORE, 0.3, 0.2), *(BandScaling(Scaler.MIN_MAX, 0.0, 1.0),) * 5),
)
UNLIKE = {
    "inputs": ({"branches": ("optical", "dem")}, "its inputs are dem, optical, not optical"),
    "scaling": ({"branched": (SCALED,)}, "blue is scaled by z-score 0.3, 0.2, not min-max 0, 1"),
    "logarithm": (
        {"branched": (replace(SCALED, scalings=(BandScaling(Scaler.MIN_MAX, 0.0, 1.0),) * 6, log10=True),)},
        "optical is taken as logarithm",
    ),
    "gaps": ({"card": {"no_data": NoData.RAW_ZERO}}, "where a band has no data it gets raw-zero, not zero"),
    "place": ({"location": Location.REGION}, "it is told region, not no place"),
    "side": ({"side": 32}, "the side of its patches is 32, not 16; the step of its patches is 16, not 8"),
    "window": ({"card": {"tiling": Tiling(SIDE, 8, "gaussian", True, 1)}}, "its window is gaussian, not cosine"),
    "classes": ({"card": {"classes": ("rest of it", "glacier")}}, "its classes are rest of it, glacier, not other"),
    "needs": ({"card": {"needs": (frozenset({Role.RED}),)}}, "it needs red, not blue + green"),
}


@pytest.mark.parametrize(("options", "said"), UNLIKE.values(), ids=UNLIKE)
def test_what_differs_is_named(make, tmp_path, options, said):
    pair = [make("first"), make("other", bias=1.0, **options)]
    with pytest.raises(UnlikeNetworksError) as caught:
        join(pair, tmp_path / "pair")
    assert "“other” can't be joined with “first”: " in str(caught.value)
    assert said in str(caught.value)
    assert caught.value.exit_code == 2
    assert not (tmp_path / "pair").exists()


def test_every_difference_is_named_at_once(make, tmp_path):
    other = make("other", ("optical", "dem"), side=32, card={"no_data": NoData.RAW_ZERO})
    with pytest.raises(UnlikeNetworksError) as caught:
        join([make("first"), other], tmp_path / "pair")
    for said in ("its inputs are", "raw-zero", "patches is 32", "it needs"):
        assert said in str(caught.value)


def test_one_network_twice_is_none(make, tmp_path):
    one = make("one")
    with pytest.raises(UnlikeNetworksError, match="its network is the very same as that of"):
        join([one, one], tmp_path / "pair")


def test_neither_one_package_nor_an_ensemble_nor_a_reduced_one(make, three, tmp_path):
    with pytest.raises(InvalidParameterError, match="2 to 64 packages"):
        join(three[:1], tmp_path / "pair")
    join(three, tmp_path / "all")
    with pytest.raises(InvalidParameterError, match="it is an ensemble of 3"):
        join([three[0], open_package(tmp_path / "all")], tmp_path / "pair")
    check = {"pixels_flipped": 0.0, "scenes": ["a"]}
    reduced = make("reduced", stored="float16", card={"precision": "float16", "precision_check": check})
    with pytest.raises(InvalidParameterError, match="packages in float32; it is in float16"):
        join([three[0], reduced], tmp_path / "pair")


def test_faults_of_the_packages_leave_nothing(make, three, tmp_path):
    broken = make("broken", nan=True, bias=50.0, card={"golden": ""})
    with pytest.raises(ModelOutputError, match="broken"):
        join([three[0], broken], tmp_path / "pair")
    with pytest.raises(OutputExistsError):
        join(three, three[0].folder)
    with pytest.raises(InvalidParameterError, match="the project's own models"):
        join(three, tmp_path / "pair", name="compact")
    with pytest.raises(Cancelled):
        join(three, tmp_path / "pair", Controls(should_stop=lambda: True))
    data = bytearray(three[1].model_path.read_bytes())
    data[-1] ^= 1
    three[1].model_path.write_bytes(data)
    with pytest.raises(ChecksumError):
        join(three, tmp_path / "pair")
    assert not (tmp_path / "pair").exists()


def test_progress_ends_with_done(three, tmp_path):
    told = []
    join(three, tmp_path / "all", Controls(told.append))
    assert [one.stage for one in told] == [Stage.OPENING, Stage.CHECKING, Stage.PACKAGING, Stage.DONE]


def test_the_command(three, tmp_path):
    command = [str(PYTHON), "-I", str(PACKAGE / "runner" / "__main__.py"), "ensemble"]
    environment = {**os.environ, "GLACIER_MAPPER_CACHE": str(tmp_path / "cache")}

    def cli(*words):
        done = subprocess.run([*command, *map(str, words)], capture_output=True, env=environment, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    folders = [one.folder for one in three]
    code, out, _ = cli(*folders, "-o", tmp_path / "all", "--json")
    assert (code, json.loads(out)["name"], len(json.loads(out)["networks"])) == (0, "all", 3)
    code, _, said = cli(*folders, "-o", tmp_path / "all")
    assert (code, "all" in said) == (2, True)


def test_it_is_evaluated_as_any_other_model(three, tmp_path, make_raster):
    """Left half snow (z = 5.6), right half rock (z = -0.8): the mean of three biases is right in both."""
    join(three, tmp_path / "all")
    image = np.empty((6, 48, 48), np.float32)
    image[:, :, :24] = np.array([0.85, 0.8, 0.78, 0.7, 0.1, 0.08], np.float32)[:, None, None]
    image[:, :, 24:] = np.array([0.15, 0.2, 0.22, 0.25, 0.3, 0.3], np.float32)[:, None, None]
    label = np.zeros((48, 48), np.uint8)
    label[:, :24] = 1
    write_scene(make_raster, tmp_path / "scenes", "a", label=label, image=image)
    order = EvaluateOrder(str(tmp_path / "all"), str(tmp_path / "scenes"), str(tmp_path / "report"))
    assert evaluate(order, Controls())["pooled"]["iou"] == 1.0


def test_the_roles_are_those_of_its_networks(three, tmp_path):
    join(three, tmp_path / "all")
    assert open_package(tmp_path / "all").card.info().uses == frozenset(OPTICAL_ROLES)
