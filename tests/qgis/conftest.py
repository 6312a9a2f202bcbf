"""Tests inside QGIS's own Python (pytest-qgis); its throw-away profile is .qgis-settings, which git ignores."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

_status = {"exit": 0}


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remember how it went; of QGIS's objects nothing is collected any more, as that can crash after its end."""
    _status["exit"] = int(exitstatus)
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave before QGIS and the interpreter are cleaned up: both may crash there, after every test has passed."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(_status["exit"])


@pytest.fixture
def spanish(qgis_app, tmp_path):
    """The test's texts and numbers are Spanish."""
    from spanish import in_spanish

    with in_spanish(tmp_path):
        yield
