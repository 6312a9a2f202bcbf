"""The remote runner against real servers, started here on loopback: Triton (binary tensors) and MLServer (JSON)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import rasterio
from remote_helpers import (
    PYTHON,
    LocalPredictor,
    TokenProxy,
    asked,
    feeds_of,
    masking_package,
    mlserver,
    never_local,
    triton,
)
from tiny_networks import tiny_package

from glacier_mapper.core.model_errors import ServerAccessError, ServerModelError
from glacier_mapper.runner.models import remote, remote_access, remote_pulse
from glacier_mapper.runner.models.remote import describe_server, open_remote, remember_credentials

ROOT = Path(__file__).resolve().parents[2]
BANDS = ("blue", "green", "red", "nir", "swir1", "swir2")
TOKEN = "Bearer s3cret-t0ken-9f8e"
CLOSE = 1e-5

pytestmark = [
    pytest.mark.skipif(not PYTHON.exists() and not os.environ.get("CI"), reason="no .venv-servers (make setup)"),
    pytest.mark.timeout(240),
]


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    monkeypatch.setattr(remote_access, "_remembered", {})
    monkeypatch.setattr(remote, "_known", {})
    monkeypatch.setattr(remote, "LEAST_LIMIT_S", 2.0)


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """`deep` sees the neighbourhood, `masking` takes NaN for no data, `other` is another network."""
    folder = tmp_path_factory.mktemp("packages")
    return {
        "deep": tiny_package(folder / "deep", ("optical",), side=32, deep=True),
        "masking": masking_package(folder / "masking"),
        "pair": tiny_package(folder / "pair", side=32),
        "other": tiny_package(folder / "other", ("optical",), side=64, deep=True),
    }


def served(packages, *names):
    return {name: packages[name].model_path for name in names}


@pytest.fixture(scope="module")
def real_triton(packages, tmp_path_factory):
    """Also serves another network under the name of `wrong`."""
    models = {**served(packages, "deep", "pair", "masking"), "wrong": packages["other"].model_path}
    with triton(models, tmp_path_factory.mktemp("triton"), "--batch", "4") as server:
        yield server


@pytest.fixture(scope="module")
def real_mlserver(packages, tmp_path_factory):
    models = {**served(packages, "deep", "pair", "masking"), "wrong": packages["other"].model_path}
    with mlserver(models, tmp_path_factory.mktemp("mlserver")) as server:
        yield server


@pytest.fixture(params=["triton", "mlserver"])
def real_server(request):
    return request.getfixturevalue(f"real_{request.param}")


def opened(package, url, **network):
    return open_remote(package, asked(url, **{"on_server_loss": "stop", **network}), never_local)


@pytest.mark.parametrize("name", ["deep", "pair"])
def test_the_server_s_probabilities_are_the_ones_of_this_process(packages, real_server, name):
    predictor, feeds = opened(packages[name], real_server.url, batch=3), feeds_of(packages[name], 3)
    found, here = predictor.infer(feeds), LocalPredictor(packages[name]).infer(feeds)
    assert found.shape == here.shape == (3, 2, 32, 32)
    assert np.abs(found - here).max() <= CLOSE
    predictor.close()


def test_triton_gets_binary_tensors_and_batches_that_it_takes(packages, real_triton):
    predictor = opened(packages["deep"], real_triton.url)
    assert predictor.notes == []
    assert 1 <= predictor.batch <= 4
    assert predictor.slots >= 2
    assert predictor.device == f"model server {real_triton.url} (triton 2.51.0)"
    assert opened(packages["deep"], real_triton.url, batch=64).batch == 4
    predictor.close()


def test_mlserver_gets_json_and_the_user_is_told(packages, real_mlserver):
    predictor = opened(packages["deep"], real_mlserver.url)
    assert "takes numbers as text only (JSON)" in str(predictor.notes[0])
    assert predictor.device == f"model server {real_mlserver.url} (mlserver 1.7.1)"
    predictor.close()


def test_nan_for_no_data_reaches_the_network_both_ways(packages, real_server):
    """Binary as it is, in JSON as null."""
    package = packages["masking"]
    predictor, feeds = opened(package, real_server.url), feeds_of(package)
    feeds["optical"][0, 1, 10:20] = np.nan
    found, here = predictor.infer(feeds), LocalPredictor(package).infer(feeds)
    assert not np.isnan(here).any()
    assert np.abs(found - here).max() <= CLOSE
    predictor.close()


def test_a_wrong_name_and_a_wrong_shape_are_named(packages, real_server, tmp_path):
    with pytest.raises(ServerModelError, match="“other”.*no model of that name"):
        opened(packages["other"], real_server.url)
    wrong = tiny_package(tmp_path / "wrong", ("optical",), side=32, deep=True)
    with pytest.raises(ServerModelError) as caught:
        opened(wrong, real_server.url)
    assert "its input “optical” has the shape [-1, 6, 64, 64], and the package's [-1, 6, 32, 32]" in str(caught.value)


def test_other_inputs_and_other_weights_are_named(packages, real_server, tmp_path):
    pair = tiny_package(tmp_path / "a" / "pair", ("optical", "thermal"), side=32)
    with pytest.raises(ServerModelError, match="its inputs are dem, optical, and the package's optical, thermal"):
        opened(pair, real_server.url)
    deep = tiny_package(tmp_path / "b" / "deep", ("optical",), side=32, deep=True, seed=99)
    with pytest.raises(ServerModelError, match="these are other weights"):
        opened(deep, real_server.url)


def test_a_server_describes_itself(real_triton, real_mlserver):
    said = describe_server(f"{real_triton.url}/v2/")
    assert {key: said[key] for key in ("url", "live", "ready", "name", "version")} == {
        "url": real_triton.url, "live": True, "ready": True, "name": "triton", "version": "2.51.0",
    }  # fmt: skip
    assert "binary_tensor_data" in said["extensions"]
    assert said["seconds"] < 5
    assert describe_server(real_mlserver.url)["name"] == "mlserver"


def test_a_token_opens_the_way_and_a_wrong_one_does_not(packages, real_triton):
    with TokenProxy(real_triton.url, TOKEN) as gate:
        with pytest.raises(ServerAccessError, match=r"no valid token \(HTTP 401\)"):
            opened(packages["deep"], gate.url)
        remember_credentials(gate.url, {"Authorization": "Bearer wr0ng-t0ken"})
        with pytest.raises(ServerAccessError) as caught:
            opened(packages["deep"], gate.url)
        assert "wr0ng-t0ken" not in str(caught.value)
        remember_credentials(gate.url, {"Authorization": TOKEN})
        predictor, feeds = opened(packages["deep"], gate.url), feeds_of(packages["deep"])
        assert np.abs(predictor.infer(feeds) - LocalPredictor(packages["deep"]).infer(feeds)).max() <= CLOSE
        predictor.close()


def test_triton_s_own_restriction_is_an_access_error_until_its_header_is_shown(packages, tmp_path):
    """The model's configuration is closed too, for which there is another way."""
    options = ("--token", "s3cret-k3y", "--restrict", "inference,model-config", "--batch", "2")
    with triton(served(packages, "deep"), tmp_path, *options) as server:
        with pytest.raises(ServerAccessError, match=r"expecting header 'triton-access-token' \(HTTP 403\)"):
            opened(packages["deep"], server.url)
        remember_credentials(server.url, {"triton-access-token": "s3cret-k3y"})
        opened(packages["deep"], server.url).close()
        assert describe_server(server.url)["models"] == []  # pytriton keeps no repository that could be listed


def test_a_server_that_keeps_its_largest_batch_for_itself_gets_smaller_ones(packages, tmp_path):
    options = ("--token", "s3cret-k3y", "--restrict", "model-config", "--batch", "2")
    with triton(served(packages, "deep"), tmp_path, *options) as server:
        predictor, feeds = opened(packages["deep"], server.url, batch=8), feeds_of(packages["deep"], 8)
        assert predictor.batch == 8
        assert np.abs(predictor.infer(feeds) - LocalPredictor(packages["deep"]).infer(feeds)).max() <= CLOSE
        predictor.close()


# --- through the whole engine, by the command line


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """150 x 170 pixels of six optical bands in 0..1, seeded, with a corner that has no data."""
    path = tmp_path_factory.mktemp("scene") / "scene.tif"
    values = np.random.default_rng(5).random((6, 150, 170), np.float32)
    values[:, :20, :20] = np.nan
    transform = rasterio.Affine(10, 0, 600000, 0, -10, 5200000)
    profile = {"driver": "GTiff", "count": 6, "height": 150, "width": 170, "dtype": "float32", "nodata": np.nan}
    with rasterio.open(path, "w", crs="EPSG:32632", transform=transform, **profile) as raster:
        raster.write(values)
        for band, name in enumerate(BANDS, 1):
            raster.set_band_description(band, name)
    return path


def command_line(scene, package, out, device, *more, **environment):
    command = [
        sys.executable, "-m", "glacier_mapper.runner", "map", "--optical", str(scene), "--model", str(package.folder),
        "--device", device, "--out", str(out), "--json", *more,
    ]  # fmt: skip
    clean = {name: value for name, value in os.environ.items() if name != remote_access.TOKEN_VARIABLE}
    cache = {"GLACIER_MAPPER_CACHE": str(out.parent / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=ROOT, env={**clean, **cache, **environment}, **pipes)


def finished(process, code=0):
    out, err = process.communicate(timeout=200)
    assert process.returncode == code, err[-3000:]
    return json.loads(out) if code == 0 else err


def probabilities(out):
    with rasterio.open(out / "probability.tif") as raster:
        return raster.read(1)


def report_of(out):
    return json.loads((out / "report.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def mapped_here(scene, packages, tmp_path_factory):
    """The scene mapped on this machine: its probabilities and its report."""
    out = tmp_path_factory.mktemp("here") / "out"
    finished(command_line(scene, packages["deep"], out, "cpu"))
    return probabilities(out), report_of(out)


def assert_same(out, mapped_here):
    """Every pixel as here: no tile is lost, none is counted twice."""
    found, (here, report) = probabilities(out), mapped_here
    assert np.array_equal(np.isnan(found), np.isnan(here))
    assert np.nanmax(np.abs(found - here)) <= CLOSE
    assert report_of(out)["tiles"]["tiles_computed"] == report["tiles"]["tiles_computed"]


def test_the_same_job_gives_the_same_map_here_and_there(scene, packages, real_server, mapped_here, tmp_path):
    finished(command_line(scene, packages["deep"], tmp_path / "out", real_server.url))
    assert_same(tmp_path / "out", mapped_here)
    assert real_server.url in report_of(tmp_path / "out")["device"]


def test_the_command_line_shows_the_token_of_the_environment(scene, packages, real_triton, mapped_here, tmp_path):
    with TokenProxy(real_triton.url, TOKEN) as gate:
        refused = finished(command_line(scene, packages["deep"], tmp_path / "no", gate.url), code=2)
        assert "refuses access" in refused
        assert not (tmp_path / "no").exists() or list((tmp_path / "no").iterdir()) == []
        token = {remote_access.TOKEN_VARIABLE: TOKEN.split()[1]}
        process = command_line(scene, packages["deep"], tmp_path / "out", gate.url, **token)
        out, err = process.communicate(timeout=200)
    assert process.returncode == 0, err
    assert_same(tmp_path / "out", mapped_here)
    files = [path.read_bytes() for path in (tmp_path / "out").iterdir()]
    secret = TOKEN.split()[1]
    assert secret not in out + err
    assert [one for one in files if secret.encode() in one] == []


def kill_after(server, gate, count):
    """Kill the server when `count` patches have gone through the gate."""
    def watch():
        while gate.inferences < count and not gate.stopped.wait(0.005):
            pass
        server.kill()

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


@pytest.mark.parametrize("loss", ["local", "stop"])
def test_a_server_that_is_killed_in_the_middle_of_a_run(scene, packages, mapped_here, tmp_path, loss):
    out = tmp_path / "out"
    options = ("--on-server-loss", loss, "--batch", "1")
    server = triton(served(packages, "deep"), tmp_path, "--wait-ms", "40")
    with TokenProxy(server.url, None) as gate:
        watch = kill_after(server, gate, 30)
        started = time.monotonic()
        process = command_line(scene, packages["deep"], out, gate.url, *options)
        result = finished(process, code=0 if loss == "local" else 2)
        watch.join()
        assert time.monotonic() - started < 100
        seen = gate.inferences
    assert 30 <= seen < mapped_here[1]["tiles"]["tiles_computed"] + 30
    if loss == "local":
        assert_same(out, mapped_here)
        notes = [note["template"].format(**note["details"]) for note in result["notes"]]
        assert len([note for note in notes if "was lost" in note and gate.url in note]) == 1
        device = report_of(out)["device"]
        assert device.startswith(f"model server {gate.url}")
        assert "; Processor" in device
    else:
        assert "can't be reached" in result
        assert not out.exists() or list(out.iterdir()) == []


def test_a_half_dead_server_is_left_in_the_middle_of_a_run(packages, tmp_path, monkeypatch):
    """It keeps its connections and never answers again; an answer could take minutes, as a large network's does."""
    monkeypatch.setattr(remote, "LEAST_LIMIT_S", 300.0)
    monkeypatch.setattr(remote_pulse, "LEAST_LATE_S", 1.0)
    monkeypatch.setattr(remote_pulse, "LOOK_S", 1.0)
    local = LocalPredictor(packages["deep"])
    with triton(served(packages, "deep"), tmp_path) as server:
        predictor = open_remote(packages["deep"], asked(server.url), lambda: local)
        feeds = feeds_of(packages["deep"], 2)
        there = predictor.infer(feeds)
        server.pause()
        large = feeds_of(packages["deep"], 400)  # more than buffers hold: it is stuck while it is sent
        found = predictor.infer(large)
        assert np.abs(found - LocalPredictor(packages["deep"]).infer(large)).max() <= CLOSE
        here = predictor.infer(feeds)
        assert np.abs(there - here).max() <= CLOSE
        assert "does not answer in time" in str(predictor.notes[-1])
        predictor.close()


def test_the_command_server_describes_it(real_triton):
    done = subprocess.run(
        [sys.executable, "-m", "glacier_mapper.runner", "server", real_triton.url, "--json"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert json.loads(done.stdout)["version"] == "2.51.0"
