"""Fixtures of the tests that start the real runner."""

from __future__ import annotations

from stand_in import command, nothing_leaks, runner, stand_in_folder  # noqa: F401
