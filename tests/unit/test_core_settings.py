"""Settings: keys, types, defaults, and that one bad key never drops the others."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from glacier_mapper.core.errors import InvalidParameterError
from glacier_mapper.core.request import BandRatioSettings, OutlineSettings
from glacier_mapper.core.settings import Settings, with_values

CHANGED = Settings(
    runner_folder="/r", wheel_folder="/w", accelerator="cuda", threads=4, memory_limit_mb=2000, analyst="Grace",
    out_folder="/o", model="other", band_ratio=BandRatioSettings(index="ndsi", threshold=0.45, min_blue=None),
    outlines=OutlineSettings(min_area_km2=0.05),
)


def test_defaults_leave_every_choice_to_the_program():
    settings = Settings()
    assert (settings.threads, settings.memory_limit_mb) == (0, 0)
    assert settings.runner_folder == settings.out_folder == settings.wheel_folder == settings.analyst == ""
    assert settings.model == "compact"
    assert settings.band_ratio == BandRatioSettings()


def test_settings_are_frozen():
    with pytest.raises(FrozenInstanceError):
        Settings().threads = 3


@pytest.mark.parametrize(
    "values",
    [{"threads": -1}, {"threads": 257}, {"memory_limit_mb": -1}, {"memory_limit_mb": 2_000_000}],
    ids=str,
)
def test_numbers_out_of_range_are_refused(values):
    with pytest.raises(InvalidParameterError):
        Settings(**values)


def test_json_and_back():
    assert with_values(Settings(), CHANGED.to_json()) == CHANGED


@pytest.mark.parametrize(
    ("key", "bad"),
    [
        ("threads", "four"), ("threads", 2.5), ("threads", True), ("threads", 9999), ("memory_limit_mb", None),
        ("analyst", 3), ("runner_folder", None), ("band_ratio", "soft"), ("outlines", 7), ("unknown", 1),
    ],
    ids=str,
)  # fmt: skip
def test_one_bad_key_leaves_the_others(key, bad):
    values = {**CHANGED.to_json(), key: bad}
    expected = CHANGED if key == "unknown" else replace(CHANGED, **{key: getattr(Settings(), key)})
    assert with_values(Settings(), values) == expected


def test_one_bad_key_inside_leaves_the_others_inside():
    values = {"band_ratio": {"index": "nonsense", "threshold": 1.9, "softness": 5, "median_px": 5, "min_blue": None}}
    found = with_values(Settings(), values).band_ratio
    assert found == BandRatioSettings(threshold=1.9, median_px=5, min_blue=None)


def test_whole_numbers_serve_as_fractions_and_the_other_way_round():
    assert with_values(OutlineSettings(), {"smoothing": 1}).smoothing == 1.0
    assert with_values(Settings(), {"threads": 4.0}).threads == 4
    assert isinstance(with_values(Settings(), {"threads": 4.0}).threads, int)


def test_none_is_taken_only_where_it_has_a_meaning():
    assert with_values(BandRatioSettings(threshold=2.0), {"threshold": None}).threshold is None
    assert with_values(BandRatioSettings(), {"softness": None}).softness == 0.15
