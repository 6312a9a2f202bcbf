"""Models by name: what turns bands into the probability that a pixel is glacier."""

from __future__ import annotations

from .base import BandReader, Bands, Model
from .registry import load_model, model_infos
from .repository import export_repository

__all__ = ["BandReader", "Bands", "Model", "export_repository", "load_model", "model_infos"]
