"""Scenes for the real program."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import scenes  # noqa: E402


@pytest.fixture(scope="session")
def simulated(tmp_path_factory):
    """A small simulated scene: image, elevation, label."""
    return scenes.simulate(tmp_path_factory.mktemp("scene"), seed=3, size_px=512)


@pytest.fixture(scope="session")
def large(simulated, tmp_path_factory):
    """The same scene repeated to 4096², so that a run takes some seconds."""
    return scenes.repeat(simulated.image, tmp_path_factory.mktemp("large") / "large_img.tif", times=8)


@pytest.fixture
def scenario():
    """Path of a scenario by name."""
    return lambda name: HERE / "scenarios" / f"{name}.py"
