"""Parity with the published deployment is refused where there is none, before a file is opened or written."""

from __future__ import annotations

import json
import os
import subprocess

import numpy as np
import pytest
from stand_in import PACKAGE, PYTHON
from tiny_networks import tiny_package

from glacier_mapper.core.errors import InvalidParameterError
from glacier_mapper.core.keras_form import PUBLISHED
from glacier_mapper.core.model_card import NoData
from glacier_mapper.core.model_errors import NoReferenceError
from glacier_mapper.core.parity import why_no_reference
from glacier_mapper.core.request import BandSource, MapRequest, NetworkSettings
from glacier_mapper.core.roles import OPTICAL_ROLES
from glacier_mapper.runner import jobs
from glacier_mapper.runner.mapping import map_glaciers
from glacier_mapper.runner.models import load_model

SIDE = 16
PUBLISHED_CARD = {"architecture": "glavitu", "no_data": NoData.RAW_ZERO}


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GLACIER_MAPPER_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def package(tmp_path):
    """package(architecture="unet") -> a tiny network with that card."""

    def make(**card):
        return tiny_package(tmp_path / "tiny", ("optical",), side=SIDE, card={**PUBLISHED_CARD, **card})

    return make


@pytest.fixture
def request_for(make_raster, tmp_path):
    """request_for("model", symmetries=True) -> a request in parity over a small scene."""

    def make(model, **network):
        path = make_raster("scene.tif", np.random.default_rng(1).random((6, 20, 24), np.float32))
        sources = tuple(BandSource(role, str(path), number) for number, role in enumerate(OPTICAL_ROLES, 1))
        settings = NetworkSettings(parity="reference", **network)
        return MapRequest(sources, str(tmp_path / "out"), model=str(model), network=settings)

    return make


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ({"architecture": "compact", "no_data": NoData.NAN}, "its architecture is compact"),
        ({"architecture": "compact"}, "its architecture is compact"),
        ({"architecture": "unet"}, "glavitu, fusion-resunet"),
        ({"no_data": NoData.ZERO}, "takes no data as “zero”"),
    ],
    ids=["compact", "compact with the zeros of a published one", "U-Net", "own zeros"],
)
def test_a_package_without_a_published_deployment(package, request_for, tmp_path, card, said):
    request = request_for(package(**card).folder)
    with pytest.raises(NoReferenceError) as caught:
        map_glaciers(request, lambda _: None, lambda: False)
    assert said in str(caught.value)
    assert "“tiny” has no published deployment" in str(caught.value)
    assert "Leave the parity out" in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_the_band_ratio_has_none(request_for):
    with pytest.raises(NoReferenceError, match="“band-ratio” .* it is no network"):
        map_glaciers(request_for("band-ratio"), lambda _: None, lambda: False)


@pytest.mark.parametrize(
    ("network", "name"),
    [({"overlap": 0.5}, "overlap"), ({"overlap": 0.0}, "overlap"), ({"window": "cosine"}, "window"),
     ({"symmetries": True}, "symmetries")],
)  # fmt: skip
def test_settings_that_the_deployment_knows_otherwise(package, request_for, network, name):
    request = request_for(package().folder, **network)
    with pytest.raises(InvalidParameterError) as caught:
        map_glaciers(request, lambda _: None, lambda: False)
    assert caught.value.details["name"] == name
    assert "left out together with parity “reference”" in str(caught.value)


@pytest.mark.parametrize("architecture", PUBLISHED)
def test_every_published_architecture_has_one(package, request_for, architecture):
    made = package(architecture=architecture)
    assert why_no_reference(made.card) == ""
    assert load_model(str(made.folder), request_for(made.folder, window="gaussian")).is_reference


def test_the_request_of_the_dock_takes_the_same_way(package, request_for):
    """As the dock and Processing send it: the JSON of a request, for the job and for its estimate."""
    request = request_for(package(architecture="compact").folder).to_json()
    for method in (jobs.Method.MAP, jobs.Method.ESTIMATE):
        with pytest.raises(NoReferenceError):
            jobs.perform(method, request, jobs.Controls())


def test_the_command_line_says_it_in_one_line(package, request_for, tmp_path):
    made = package(architecture="compact")
    scene = request_for(made.folder).sources[0].path
    named = [f"{role.value}={scene}:{number}" for number, role in enumerate(OPTICAL_ROLES, 1)]
    bands = [word for one in named for word in ("--band", one)]
    words = ["map", *bands, "--model", made.folder, "--parity", "reference", "--out", tmp_path / "out", "--json"]
    command = [str(PYTHON), "-I", str(PACKAGE / "runner" / "__main__.py"), *map(str, words)]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False, env=dict(os.environ), text=True)
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["type"] == "NoReferenceError"
    assert done.stderr.count("\n") == 1
