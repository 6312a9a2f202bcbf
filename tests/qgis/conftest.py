"""Tests inside QGIS's own Python (pytest-qgis); its throw-away profile is .qgis-settings, which git ignores."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
