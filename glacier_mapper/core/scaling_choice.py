"""The scalings that an analyst can choose where the guess from file, product and numbers is wrong."""

from __future__ import annotations

from .messages import QT_TRANSLATE_NOOP

AUTO_SCALING = "auto"

SCALINGS: dict[str, str] = {
    AUTO_SCALING: QT_TRANSLATE_NOOP("scaling", "Automatic (from the file, its name and its numbers)"),
    "landsat-c2-l2": QT_TRANSLATE_NOOP("scaling", "Landsat Collection 2, Level 2 (surface reflectance)"),
    "landsat-c2-l1": QT_TRANSLATE_NOOP("scaling", "Landsat Collection 2, Level 1 (top of atmosphere)"),
    "sentinel-2-l2a": QT_TRANSLATE_NOOP("scaling", "Sentinel-2, Level 2A (surface reflectance)"),
    "sentinel-2-l1c": QT_TRANSLATE_NOOP("scaling", "Sentinel-2, Level 1C (top of atmosphere)"),
    "reflectance": QT_TRANSLATE_NOOP("scaling", "Reflectance, 0 to 1"),
    "reflectance-10000": QT_TRANSLATE_NOOP("scaling", "Reflectance × 10000"),
}
"""Titles by the word that requests and the command line use; in the context "scaling" for translation."""


def scaling_choices() -> tuple[tuple[str, str], ...]:
    """Every choice as (word, title to be translated in the context "scaling"), the automatic one first."""
    return tuple(SCALINGS.items())
