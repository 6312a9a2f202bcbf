"""Several networks as one model: maps worked out by hand, how the uncertainty is split, faults of single networks."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from tiny_networks import GREEN_MINUS_SWIR1, tiny_package, write_network

from glacier_mapper.core.errors import InvalidParameterError, MissingFileError
from glacier_mapper.core.model_card import Calibration, CalibrationKind, Ensemble, ModelFile, NoData
from glacier_mapper.core.model_errors import (
    ChecksumError,
    InvalidPackageError,
    MemoryLimitError,
    ModelOutputError,
    NoReferenceError,
    ServedEnsembleError,
)
from glacier_mapper.core.package_folder import install_package, list_packages
from glacier_mapper.core.progress import Controls
from glacier_mapper.core.request import BandSource, MapRequest, NetworkSettings
from glacier_mapper.core.roles import OPTICAL_ROLES
from glacier_mapper.runner.mapping import estimate, map_glaciers, patch_plan, patch_speed, reduce_precision
from glacier_mapper.runner.mapping.ensembles import entropy, joined
from glacier_mapper.runner.models import check_package, export_repository, tuning
from glacier_mapper.runner.models import session as session_module
from glacier_mapper.runner.models.package import GOLDEN_FILE, MODEL_FILE, open_package, write_package

ROOT = Path(__file__).resolve().parents[2]
NAN = float("nan")
SIDE = 16
STEP = 1 / 65536
BIASES = (-3.0, 0.5, 2.0)
FILES = (MODEL_FILE, "member-2.onnx", "member-3.onnx")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GLACIER_MAPPER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(session_module, "_warm", OrderedDict())
    monkeypatch.setattr(patch_speed, "_running", {})
    monkeypatch.setattr(tuning, "BUDGET_S", 0.04)


@pytest.fixture(params=["outward", "southward"])
def order(request, monkeypatch):
    if request.param == "southward":
        monkeypatch.setattr(patch_plan, "IN_MEMORY_MB", 0)
    return request.param


@pytest.fixture
def scene(make_raster):
    """bands (6, rows, cols) -> the sources of a file of them."""

    def make(bands, name="scene.tif"):
        path = make_raster(name, bands, nodata=NAN)
        return tuple(
            BandSource(role, str(path), number, layer="The scene", scale=1.0, offset=0.0)
            for number, role in enumerate(OPTICAL_ROLES, start=1)
        )

    return make


def ensemble(folder, biases=BIASES, networks=None, **card):
    """A package of logistic networks (tiny_networks) that differ in their bias, written without the command."""
    folder = Path(folder)
    first = tiny_package(folder.with_name(f"{folder.name}-first"), ("optical",), side=SIDE, card={"golden": ""})
    files = {}
    for number, name in enumerate((MODEL_FILE, *(f"member-{one}.onnx" for one in range(2, len(biases) + 1)))):
        options = {"side": SIDE, "bias": biases[number], **(networks or {}).get(name, {})}
        files[name] = write_network(folder.with_name(f"{folder.name}-{name}"), options.pop("branches", ("optical",)),
                                    **options)  # fmt: skip
    others = tuple(ModelFile(name) for name in list(files)[1:])
    made = replace(first.card, name=folder.name, ensemble=Ensemble(others), **card)
    return write_package(folder, made, files)


def optical(rows, cols, seed=0):
    return np.random.default_rng(seed).random((6, rows, cols), np.float32)


def each(bands, biases=BIASES):
    """What each network says of every pixel, float64 (networks, rows, cols)."""
    z = np.einsum("brc,b->rc", bands.astype(np.float64), GREEN_MINUS_SWIR1)
    return np.stack([1 / (1 + np.exp(-(z + bias))) for bias in biases])


def h2(p):
    return -(p * np.log2(p) + (1 - p) * np.log2(1 - p))


def model_part(p):
    return h2(p.mean(axis=0)) - h2(p).mean(axis=0)


def run(sources, package, out, **more):
    options = {"device": "cpu", **more}
    request = MapRequest(sources, str(out), model=str(package.folder), threads=2, **options)
    return map_glaciers(request, lambda _: None, lambda: False)


def pixels(path):
    with rasterio.open(path) as dataset:
        return dataset.read(1)


def report_of(result):
    return json.loads(Path(result.report).read_text(encoding="utf-8"))


# --- the split


def test_the_split_worked_out_by_hand():
    """p = 0.9 and 0.1: their mean 0.5 is 1 bit unsure, each network 0.468996 bit, so 0.531004 bit is disagreement."""
    answer = np.array([0.1, 0.9, 0.9, 0.1], np.float32).reshape(1, 4, 1, 1)
    card = ensemble_card(2)
    np.testing.assert_allclose(joined(answer, card).ravel(), [0.5, 0.5, 0.531004], atol=1e-6)


def ensemble_card(count):
    from tiny_networks import tiny_card

    return tiny_card(("optical",), ensemble=Ensemble(tuple(ModelFile(f"member-{n}.onnx") for n in range(2, count + 1))))


@pytest.mark.parametrize("p", [0.0, 0.2, 0.5, 1.0])
def test_networks_that_agree_leave_nothing_to_the_model(p):
    answer = np.tile(np.array([1 - p, p], np.float32), 5).reshape(1, 10, 1, 1)
    assert joined(answer, ensemble_card(5))[0, 2, 0, 0] == pytest.approx(0, abs=1e-6)


def test_networks_that_are_sure_and_disagree_leave_all_to_the_model():
    answer = np.array([1, 0, 0, 1], np.float32).reshape(1, 4, 1, 1)
    assert joined(answer, ensemble_card(2))[0, :, 0, 0].tolist() == [0.5, 0.5, 1.0]


def test_the_model_part_is_never_below_0_nor_above_all_of_it():
    random = np.random.default_rng(1)
    ice = random.random((4, 6, 40, 40), np.float32) ** 3
    answer = np.stack([1 - ice, ice], axis=2).reshape(4, 12, 40, 40)
    found = joined(answer, ensemble_card(6))
    assert (found[:, 2] >= 0).all()
    assert (found[:, 2] <= entropy(found[:, 1])).all()
    np.testing.assert_allclose(found[:, 2], model_part(ice.astype(np.float64).swapaxes(0, 1)), atol=2e-6)


def test_a_single_network_is_left_as_it_is():
    answer = np.random.default_rng(0).random((2, 2, 4, 4), np.float32)
    assert joined(answer, ensemble_card(1)) is answer


# --- maps


def test_the_mean_is_mapped_and_the_disagreement_beside_it(scene, tmp_path, order):
    bands = optical(57, 83)
    bands[:, 20:30, 40:60] = NAN
    result = run(scene(bands), ensemble(tmp_path / "three"), tmp_path / "out")
    p = each(bands)
    np.testing.assert_allclose(pixels(result.probability), p.mean(axis=0), atol=STEP)
    np.testing.assert_allclose(pixels(result.model_uncertainty), model_part(p), atol=STEP)
    assert np.isnan(pixels(result.model_uncertainty)[20:30, 40:60]).all()
    report = report_of(result)
    assert report["tiles"]["order"] == order
    means = report["uncertainty"]
    valid = ~np.isnan(p[0])
    assert (means["file"], means["networks"], means["unit"]) == ("model_uncertainty.tif", 3, "bit")
    assert means["mean_model_part"] == pytest.approx(model_part(p)[valid].mean(), abs=1e-5)
    assert means["mean_total"] == pytest.approx(h2(p.mean(axis=0))[valid].mean(), abs=1e-5)
    assert means["mean_data_part"] == pytest.approx(h2(p).mean(axis=0)[valid].mean(), abs=1e-5)
    used = report["model"]["settings_used"]["package"]
    assert used["sha256"] == open_package(tmp_path / "three").card.checksum
    assert len(set(used["networks"])) == 3
    assert any("ensemble of 3 networks" in note["template"].format(**note["details"]) for note in result.notes)


def test_the_file_is_a_cloud_optimised_float32_on_the_same_grid(scene, tmp_path):
    result = run(scene(optical(40, 40)), ensemble(tmp_path / "three"), tmp_path / "out")
    with rasterio.open(result.model_uncertainty) as file, rasterio.open(result.probability) as other:
        assert (file.dtypes, file.count, math.isnan(file.nodata)) == (("float32",), 1, True)
        assert (file.crs, file.transform, file.shape) == (other.crs, other.transform, other.shape)
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.descriptions == ("Model uncertainty (bit)",)


def test_symmetries_are_averaged_in_each_network_first(scene, tmp_path):
    """The parts of a network's own eight answers are no disagreement of networks."""
    bands = optical(40, 40)
    result = run(scene(bands), ensemble(tmp_path / "three"), tmp_path / "out", network=NetworkSettings(symmetries=True))
    np.testing.assert_allclose(pixels(result.model_uncertainty), model_part(each(bands)), atol=STEP)


def test_overlapping_tiles_are_no_disagreement_of_networks(scene, tmp_path):
    """Networks that look at a whole tile (context) and are the same function, written twice."""
    same = {"context": 3.0}
    package = ensemble(tmp_path / "twins", (0.5, 0.5), {MODEL_FILE: same, "member-2.onnx": {**same, "opset": 18}})
    result = run(scene(optical(57, 83)), package, tmp_path / "out")
    assert float(np.nanmax(pixels(result.model_uncertainty))) == 0


def test_the_calibration_is_of_the_mean(scene, tmp_path):
    bands = optical(40, 40)
    soft = Calibration(CalibrationKind.TEMPERATURE, temperature=2.5)
    result = run(scene(bands), ensemble(tmp_path / "soft", calibration=soft), tmp_path / "out")
    p = each(bands)
    mean = p.mean(axis=0)
    expected = 1 / (1 + np.exp(-np.log(mean / (1 - mean)) / 2.5))
    np.testing.assert_allclose(pixels(result.probability), expected, atol=STEP)
    np.testing.assert_allclose(pixels(result.model_uncertainty), model_part(p), atol=STEP)


def test_a_single_network_leaves_no_such_file_of_an_ensemble_there(scene, tmp_path):
    sources, one = scene(optical(40, 40)), tiny_package(tmp_path / "one-net", ("optical",), side=SIDE)
    first = run(sources, ensemble(tmp_path / "three"), tmp_path / "out")
    assert Path(first.model_uncertainty).is_file()
    second = run(sources, one, tmp_path / "out", overwrite=True)
    assert second.model_uncertainty == ""
    assert not (tmp_path / "out" / "model_uncertainty.tif").exists()
    assert "uncertainty" not in report_of(second)


def test_a_second_run_loads_no_network_again(scene, tmp_path, monkeypatch):
    sources, package, loads = scene(optical(40, 40)), ensemble(tmp_path / "three"), []
    make = session_module.make_session
    monkeypatch.setattr(session_module, "make_session", lambda *given: loads.append(given[0]) or make(*given))
    run(sources, package, tmp_path / "out")
    assert {Path(path).name for path in loads} == set(FILES)
    loads.clear()
    run(sources, package, tmp_path / "out", overwrite=True)
    assert loads == []


# --- estimates


def test_estimates_count_the_networks(scene, tmp_path, monkeypatch):
    monkeypatch.setattr(patch_speed, "PATIENCE_S", 60.0)
    sources, package = scene(optical(64, 64)), ensemble(tmp_path / "three")
    one = tiny_package(tmp_path / "one-net", ("optical",), side=SIDE)

    def ask(model):
        return estimate(MapRequest(sources, str(tmp_path / "out"), model=str(model.folder), threads=2))

    several, single = ask(package), ask(one)
    assert several.disk_mb >= single.disk_mb
    network = patch_plan.NetworkModel(package, MapRequest(sources, "out", model="x"))
    alone = patch_plan.NetworkModel(one, MapRequest(sources, "out", model="x"))
    assert patch_plan.held_bytes(network) == patch_plan.held_bytes(alone) + 4
    assert (patch_plan.rasters_of(network), patch_plan.rasters_of(alone)) == (3, 2)


def test_the_weights_of_all_networks_are_in_the_memory_that_is_told(scene, tmp_path):
    files = [ModelFile(name, 40_000_000, "ab" * 32) for name in FILES]
    package = ensemble(tmp_path / "three")
    request = MapRequest(scene(optical(40, 40)), "out", model=str(package.folder))
    network = patch_plan.NetworkModel(package, request)
    network.card = replace(network.card, file=files[0], ensemble=Ensemble(tuple(files[1:])))
    assert patch_speed.network_mb(network, request) == 3 * 3 * 40


def test_a_memory_limit_that_is_too_small(scene, tmp_path, monkeypatch):
    monkeypatch.setattr(patch_plan, "IN_MEMORY_MB", 0)
    with pytest.raises(MemoryLimitError):
        run(scene(optical(40, 40)), ensemble(tmp_path / "three"), tmp_path / "out", memory_limit_mb=60)


# --- faults


def test_a_network_that_is_missing(tmp_path):
    package = ensemble(tmp_path / "three")
    (package.folder / "member-2.onnx").unlink()
    with pytest.raises(MissingFileError, match=r"member-2\.onnx"):
        open_package(package.folder)
    assert list_packages(tmp_path) != []
    assert "three" not in [card.name for _, card in list_packages(tmp_path)]


def test_a_network_that_was_changed(scene, tmp_path):
    package = ensemble(tmp_path / "three")
    path = package.folder / "member-3.onnx"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(ChecksumError, match=r"member-3\.onnx is damaged"):
        run(scene(optical(20, 20)), package, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_network_of_another_length(tmp_path):
    package = ensemble(tmp_path / "three")
    (package.folder / "member-2.onnx").write_bytes(b"short")
    with pytest.raises(InvalidPackageError, match=r"member-2\.onnx has 5 bytes, and model\.json says"):
        open_package(package.folder)


def test_a_network_of_other_inputs_is_named(scene, tmp_path):
    package = ensemble(tmp_path / "odd-one", networks={"member-2.onnx": {"branches": ("optical", "dem")}})
    for ask in (lambda: check_package(str(package.folder), Controls()),
                lambda: run(scene(optical(20, 20)), package, tmp_path / "out")):  # fmt: skip
        with pytest.raises(InvalidPackageError, match=r"member-2\.onnx: the card knows no input dem"):
            ask()


def test_nan_of_one_network_ends_the_run_and_names_it(scene, tmp_path):
    package = ensemble(tmp_path / "broken", networks={"member-2.onnx": {"nan": True, "bias": 50.0}})
    with pytest.raises(ModelOutputError, match=r"NaN .* in its network member-2\.onnx"):
        run(scene(optical(20, 20)), package, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_no_server_computes_an_ensemble(scene, tmp_path):
    """Said before anything is opened or asked."""
    package = ensemble(tmp_path / "three")
    url = "http://127.0.0.1:9"
    with pytest.raises(ServedEnsembleError, match="ensemble of 3 networks, which runs on this machine only") as caught:
        run(scene(optical(20, 20)), package, tmp_path / "out", device=url)
    assert caught.value.exit_code == 2
    with pytest.raises(ServedEnsembleError):
        estimate(MapRequest(scene(optical(20, 20)), "out", model=str(package.folder), device=url))
    with pytest.raises(ServedEnsembleError):
        export_repository([str(package.folder)], str(tmp_path / "repository"))
    assert not (tmp_path / "repository").exists()


def test_neither_reduced_nor_as_published(scene, tmp_path):
    package = ensemble(tmp_path / "three", architecture="glavitu", no_data=NoData.RAW_ZERO)
    with pytest.raises(InvalidParameterError, match="a package of one network; this one is an ensemble of 3"):
        reduce_precision(str(package.folder), "int8", str(tmp_path), str(tmp_path / "out"), Controls())
    with pytest.raises(NoReferenceError, match="it is an ensemble of 3 networks"):
        run(scene(optical(20, 20)), package, tmp_path / "out", network=NetworkSettings(parity="reference"))


# --- installing


@pytest.mark.parametrize("zipped", [False, True], ids=["folder", "zip"])
def test_all_networks_are_installed_and_verified(tmp_path, zipped):
    package = ensemble(tmp_path / "three")
    source = shutil.make_archive(str(tmp_path / "three"), "zip", package.folder) if zipped else package.folder
    card = install_package(source, tmp_path / "home")
    assert open_package(tmp_path / "home" / card.name).card == package.card
    data = bytearray((package.folder / "member-2.onnx").read_bytes())
    data[-1] ^= 1
    (package.folder / "member-2.onnx").write_bytes(data)
    source = shutil.make_archive(str(tmp_path / "three"), "zip", package.folder) if zipped else package.folder
    with pytest.raises(ChecksumError, match=r"member-2\.onnx"):
        install_package(source, tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere" / card.name).exists()


def test_a_package_without_a_sample_is_still_looked_at(tmp_path):
    result = check_package(str(ensemble(tmp_path / "three").folder), Controls())
    assert (result["passed"], result["golden"], result["networks"]) == (True, False, 3)
    assert not (tmp_path / "three" / GOLDEN_FILE).exists()


# --- memory

CHILD = """
import json, sys
from glacier_mapper.runner.memory import resident_mb
from glacier_mapper.runner.models.package import open_package
from glacier_mapper.runner.models.session import SessionPredictor, load, sample_feeds
from glacier_mapper.runner.models.tuning import Config

package = open_package(sys.argv[1])
predictor = SessionPredictor(package, load(package, "cpu", 1), Config(1, 1))
feeds = sample_feeds(package, 1)
before = resident_mb()
for _ in range(2):
    predictor.infer(feeds)
print(resident_mb() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="resident memory is read from /proc")
def test_networks_share_the_memory_of_their_runs(tmp_path):
    """Features of 64 channels and 512 x 512 pixels are 67 MB; a network holds two of them at once."""
    packages = [
        tiny_package(tmp_path / f"net-{seed}", ("optical",), deep=True, side=512, filters=64, layers=4, seed=seed,
                     card={"golden": ""})
        for seed in range(4)
    ]  # fmt: skip
    files = {name: package.model_path for name, package in zip((*FILES, "member-4.onnx"), packages)}
    card = replace(packages[0].card, name="four", ensemble=Ensemble(tuple(ModelFile(name) for name in list(files)[1:])))
    write_package(tmp_path / "four", card, files)
    taken = []
    for folder in (packages[0].folder, tmp_path / "four"):
        command = [sys.executable, "-c", CHILD, str(folder)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        taken.append(int(done.stdout))
    assert taken[0] > 100
    assert taken[1] < 1.5 * taken[0], taken
