"""The automatic threshold: the valley where there is one, the published default elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from glacier_mapper.core.extent import Extent
from glacier_mapper.core.request import BandSource, MapRequest
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.models.spectral import INDICES
from glacier_mapper.runner.models.threshold import (
    IndexHistogram,
    Threshold,
    ThresholdMemory,
    find_threshold,
    scene_key,
)

RED, NDSI = INDICES["red_swir"], INDICES["ndsi"]


def histogram_of(index_name: str, *groups: tuple[float, float, int]) -> IndexHistogram:
    """Groups of (centre, relative spread, pixels); spreads of ratios are logarithmic."""
    rng = np.random.default_rng(0)
    index = INDICES[index_name]
    histogram = IndexHistogram(index)
    for centre, spread, count in groups:
        noise = rng.standard_normal(count) * spread
        values = centre * np.exp(noise) if index.is_ratio else centre + noise
        histogram.add(values.astype(np.float32)[None], None)
    return histogram


def test_the_valley_between_rock_and_ice_is_found():
    found = find_threshold(histogram_of("red_swir", (0.9, 0.2, 50_000), (6.0, 0.3, 20_000)))
    assert found.found
    assert 1.6 <= found.value <= 3.0


def test_a_valley_at_a_known_place():
    # Mirror images in the logarithm about 2.2: the lowest point lies there.
    found = find_threshold(histogram_of("red_swir", (1.1, 0.3, 200_000), (4.4, 0.3, 200_000)))
    assert found.value == pytest.approx(2.2, rel=0.05)


def test_ndsi_stays_in_its_published_range():
    found = find_threshold(histogram_of("ndsi", (-0.2, 0.1, 50_000), (0.8, 0.05, 50_000)))
    assert found.found
    assert 0.4 <= found.value <= 0.5


@pytest.mark.parametrize(
    "groups",
    [
        [(0.9, 0.2, 50_000)],
        [(6.0, 0.2, 50_000)],
        [(0.9, 0.2, 50_000), (6.0, 0.2, 100)],
        [(2.0, 0.5, 100_000)],
        [],
    ],
    ids=["rock alone", "snow alone", "a speck of ice", "one broad mode", "nothing"],
)
def test_without_two_modes_the_published_default_is_taken(groups: list[tuple[float, float, int]]):
    found = find_threshold(histogram_of("red_swir", *groups))
    assert not found.found
    assert found.value == 2.0


def test_a_flat_image_takes_the_default():
    histogram = IndexHistogram(NDSI)
    histogram.add(np.full((100, 100), 0.45, np.float32), None)
    assert find_threshold(histogram).value == 0.4


def test_pixels_that_fail_a_rule_do_not_count():
    histogram = IndexHistogram(RED)
    value = np.array([[1.0, 6.0, np.nan]], np.float32)
    histogram.add(value, np.array([[True, False, True]]))
    assert histogram.counts.sum() == 1
    assert histogram.pixels == 2


def test_values_beyond_the_bins_are_kept_in_the_outermost():
    histogram = IndexHistogram(RED)
    histogram.add(np.array([[1e-6, 1e6]], np.float32), None)
    assert histogram.counts[0] == 1
    assert histogram.counts[-1] == 1


def test_the_same_pixels_in_another_order_give_the_same_threshold():
    rng = np.random.default_rng(3)
    values = np.concatenate([np.exp(rng.normal(0, 0.2, 5000)), np.exp(rng.normal(1.8, 0.2, 5000))]).astype(np.float32)
    first, second = IndexHistogram(RED), IndexHistogram(RED)
    first.add(values[None], None)
    for part in np.array_split(values[::-1], 7):
        second.add(part[None], None)
    assert find_threshold(first) == find_threshold(second)


class TestMemory:
    def test_the_oldest_is_forgotten(self):
        memory = ThresholdMemory(size=2)
        for number in range(3):
            memory.put(number, Threshold(float(number), found=True))
        assert [memory.get(number) for number in range(3)] == [None, Threshold(1.0, True), Threshold(2.0, True)]

    def test_what_has_no_key_is_not_remembered(self):
        memory = ThresholdMemory()
        memory.put(None, Threshold(1.0, found=True))
        assert memory.get(None) is None

    def test_other_pixels_have_another_key(self, tmp_path):
        path = tmp_path / "scene.tif"
        path.write_bytes(b"1")

        def request(**changes):
            values = {"sources": (BandSource(Role.RED, str(path)),), "out_dir": "out", **changes}
            return MapRequest(**values)

        key = scene_key(request())
        assert scene_key(request(out_dir="elsewhere", threads=3)) == key
        assert scene_key(request(extent=Extent(0, 0, 1, 1, "EPSG:32632"))) != key
        assert scene_key(request(sources=(BandSource(Role.RED, str(path), 2),))) != key
        path.write_bytes(b"12")
        assert scene_key(request()) != key
        path.unlink()
        assert scene_key(request()) != key
