"""Models by name: what turns bands into the probability that a pixel is glacier."""

from __future__ import annotations

from .base import BandReader, Bands, Model
from .registry import load_model, model_infos

__all__ = ["BandReader", "Bands", "Model", "load_model", "model_infos"]
