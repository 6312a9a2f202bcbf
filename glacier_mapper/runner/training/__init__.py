"""Learning: so far the simulated scenes."""

from __future__ import annotations

from .simulate import SimulatedScene, simulate_scene

__all__ = ["SimulatedScene", "simulate_scene"]
