"""The median filter: exact, aware of no data, independent of how the image is cut into chunks."""

from __future__ import annotations

import numpy as np
import pytest

from glacier_mapper.runner.models import median
from glacier_mapper.runner.models.median import median_filter

NAN = float("nan")


def brute_force(image: np.ndarray, size_px: int) -> np.ndarray:
    halo = size_px // 2
    rows, cols = image.shape[0] - 2 * halo, image.shape[1] - 2 * halo
    out = np.full((rows, cols), np.nan, np.float32)
    for y in range(rows):
        for x in range(cols):
            if not np.isnan(image[y + halo, x + halo]):
                out[y, x] = np.nanmedian(image[y : y + size_px, x : x + size_px])
    return out


def image_with_holes(seed: int, share: float, shape: tuple[int, int] = (40, 37)) -> np.ndarray:
    rng = np.random.default_rng(seed)
    image = rng.random(shape, dtype=np.float32)
    image[rng.random(shape) < share] = np.nan
    return image


def test_a_hand_made_window_gives_its_fifth_value():
    image = np.array([[0.9, 0.1, 0.8], [0.2, 0.7, 0.3], [0.6, 0.4, 0.5]], np.float32)
    assert median_filter(image, 3).tolist() == [[0.5]]


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.97], ids=lambda s: f"{s:.0%} no data")
def test_three_by_three_is_the_median_of_the_valid_neighbours(share: float):
    image = image_with_holes(1, share)
    np.testing.assert_allclose(median_filter(image, 3), brute_force(image, 3), atol=1e-7)


@pytest.mark.parametrize("size_px", [5, 7])
@pytest.mark.parametrize("share", [0.0, 0.05], ids=["whole", "holes"])
def test_larger_windows_are_within_a_step(size_px: int, share: float):
    image = image_with_holes(2, share)
    np.testing.assert_allclose(median_filter(image, size_px), brute_force(image, size_px), atol=2**-16)


def test_larger_windows_keep_zero_and_one_exactly():
    image = np.zeros((20, 20), np.float32)
    image[:, 10:] = 1.0
    filtered = median_filter(image, 5)
    assert set(np.unique(filtered)) == {0.0, 1.0}


def test_a_window_of_one_changes_nothing():
    image = image_with_holes(3, 0.1)
    assert median_filter(image, 1) is image


def test_a_single_pixel_is_removed_and_a_hole_of_one_pixel_is_filled():
    image = np.zeros((7, 7), np.float32)
    image[3, 3] = 1.0
    assert median_filter(image, 3).max() == 0.0
    assert median_filter(1.0 - image, 3).min() == 1.0


def test_no_data_neither_grows_nor_shrinks():
    image = image_with_holes(4, 0.3)
    centre = image[1:-1, 1:-1]
    assert np.array_equal(np.isnan(median_filter(image, 3)), np.isnan(centre))


def test_a_pixel_alone_among_no_data_keeps_its_value():
    image = np.full((3, 3), NAN, np.float32)
    image[1, 1] = 0.25
    assert median_filter(image, 3).tolist() == [[0.25]]


@pytest.mark.parametrize("size_px", [3, 5])
def test_chunks_do_not_show(monkeypatch: pytest.MonkeyPatch, size_px: int):
    image = image_with_holes(5, 0.05, (61, 50))
    whole = median_filter(image, size_px)
    monkeypatch.setattr(median, "CHUNK_PX", 50 * 3)
    np.testing.assert_array_equal(median_filter(image, size_px), whole)


def test_the_input_is_left_as_it_was():
    image = image_with_holes(6, 0.1)
    before = image.copy()
    median_filter(image, 3)
    np.testing.assert_array_equal(image, before)
