"""Starts and talks to the model runner, and makes its environment; standard library only, no Qt."""

from __future__ import annotations

from .fake import FakeAnswer, FakeRunner
from .process import ProcessRunner
from .runner import Runner, RunnerCommand, RunnerState

__all__ = ["FakeAnswer", "FakeRunner", "ProcessRunner", "Runner", "RunnerCommand", "RunnerState"]
