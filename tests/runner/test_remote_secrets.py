"""Secrets in a server's address: refused with the remedy, and shown, logged or written nowhere."""

from __future__ import annotations

import os
import subprocess

import numpy as np
import pytest
from stand_in import PACKAGE, PYTHON
from tiny_networks import tiny_package

from glacier_mapper.core.errors import InvalidParameterError
from glacier_mapper.core.request import BandSource, MapRequest
from glacier_mapper.core.roles import Role
from glacier_mapper.runner import jobs

SECRET = "s3cret-t0ken-9f8e"
ADDRESSES = [
    f"http://127.0.0.1:9/?token={SECRET}", f"http://127.0.0.1:9?{SECRET}", f"http://127.0.0.1:9/#{SECRET}",
    f"http://ana:{SECRET}@127.0.0.1:9", f"http://{SECRET}@127.0.0.1:9", f"http://ana:{SECRET}?@127.0.0.1:9",
]  # fmt: skip


@pytest.fixture
def cli(tmp_path):
    """cli("map", ...) -> (exit code, all that it said)."""

    def run(*words):
        environment = {**os.environ, "GLACIER_MAPPER_CACHE": str(tmp_path / "cache")}
        command = [str(PYTHON), "-I", str(PACKAGE / "runner" / "__main__.py"), *map(str, words)]
        done = subprocess.run(command, capture_output=True, timeout=120, check=False, env=environment)
        return done.returncode, (done.stdout + done.stderr).decode()

    return run


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_request_takes_none(address):
    with pytest.raises(InvalidParameterError) as caught:
        MapRequest((BandSource(Role.RED, "a.tif"),), "out", device=address)
    assert SECRET not in f"{caught.value} {caught.value.to_json()}"
    assert "QGIS's authentication store" in str(caught.value)
    assert "GLACIER_MAPPER_SERVER_TOKEN" in str(caught.value)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_job_shows_one(address, caplog):
    caplog.set_level("DEBUG")
    request = MapRequest((BandSource(Role.RED, "a.tif"),), "out").to_json()
    asked = [
        (jobs.Method.MAP, {**request, "device": address}), (jobs.Method.ESTIMATE, {**request, "device": address}),
        (jobs.Method.SERVER, {"url": address}), (jobs.Method.CREDENTIALS, {"url": address, "headers": {}}),
    ]  # fmt: skip
    for method, params in asked:
        with pytest.raises(InvalidParameterError) as caught:
            jobs.perform(method, params, jobs.Controls())
        assert SECRET not in f"{caught.value} {caught.value.to_json()}"
    assert SECRET not in caplog.text


def test_the_command_line_shows_none_and_writes_nothing(cli, tmp_path, make_raster):
    package = tiny_package(tmp_path / "tiny", ("thermal",))
    scene = make_raster("thermal.tif", np.full((1, 40, 40), 270, np.float32))
    for address in ADDRESSES[::3]:
        asked = ("--thermal", scene, "--model", package.folder, "--device", address, "--out", tmp_path / "out")
        code, said = cli("map", *asked, "--json")
        assert code == 2, said
        assert SECRET not in said
        assert not (tmp_path / "out").exists()
        code, said = cli("server", address)
        assert code == 2, said
        assert SECRET not in said
