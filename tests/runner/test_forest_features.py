"""The features of a random forest, computed by their ONNX graph, against plain loops in double precision."""

from __future__ import annotations

import math

import numpy as np
import onnx
import onnxruntime
import pytest

from glacier_mapper.core.branches import BRANCH_ROLES, Branch
from glacier_mapper.runner.training.forest_features import MISSING, RATIOS, TABLE, feature_graph, feature_names


def table_of(inputs, centre=0.0):
    """The table of inputs by branch, (bands, rows, cols) each: (rows, cols, features)."""
    centres = {branch: [centre] * len(bands) for branch, bands in inputs.items()}
    graph = feature_graph(list(inputs), centres)
    onnx.checker.check_model(graph)
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    feeds = {branch.value: bands[None].astype(np.float32) for branch, bands in inputs.items()}
    rows, cols = next(iter(inputs.values())).shape[1:]
    return session.run([TABLE], feeds)[0].reshape(rows, cols, -1)


def column(inputs, name, centre=0.0):
    """One feature as an image."""
    return table_of(inputs, centre)[:, :, feature_names(list(inputs)).index(name)]


def random_optical(seed=0, gaps=0.2, rows=9, cols=11):
    random = np.random.default_rng(seed)
    image = random.uniform(-0.05, 1.2, (6, rows, cols)).astype(np.float32)
    image[random.random(image.shape) < gaps] = np.nan
    return image


def window(band, row, col):
    """The valid values of the 5 x 5 pixels round one, as far as they exist."""
    rows, cols = band.shape
    values = [
        float(band[r, c])
        for r in range(max(0, row - 2), min(rows, row + 3)) for c in range(max(0, col - 2), min(cols, col + 3))
    ]  # fmt: skip
    return [value for value in values if not math.isnan(value)]


def test_names_are_those_of_the_columns():
    assert feature_names([Branch.THERMAL]) == ["thermal", "thermal mean", "thermal std"]
    assert len(feature_names([Branch.OPTICAL])) == 3 * 6 + len(RATIOS)
    names = feature_names([Branch.OPTICAL, Branch.DEM, Branch.CO_POL_SAR])
    assert len(set(names)) == len(names) == 22 + 6 + 6
    assert table_of({Branch.OPTICAL: random_optical()}).shape == (9, 11, 22)


@pytest.mark.parametrize("gaps", [0.0, 0.3, 0.9], ids=["whole", "gaps", "mostly gaps"])
def test_means_and_deviations_are_those_of_a_plain_loop(gaps):
    image = random_optical(1, gaps)
    table = table_of({Branch.OPTICAL: image}, centre=0.5)
    names = feature_names([Branch.OPTICAL])
    for at, role in enumerate(BRANCH_ROLES[Branch.OPTICAL]):
        for row in range(image.shape[1]):
            for col in range(image.shape[2]):
                values = window(image[at], row, col)
                mean = np.mean(values) if values else MISSING
                std = np.std(values) if values else MISSING
                assert table[row, col, names.index(f"{role.value} mean")] == pytest.approx(mean, abs=1e-5)
                assert table[row, col, names.index(f"{role.value} std")] == pytest.approx(std, abs=2e-3)
                value = image[at, row, col]
                expected = MISSING if math.isnan(value) else value
                assert table[row, col, names.index(role.value)] == pytest.approx(expected)


@pytest.mark.parametrize(("name", "above", "below"), [(n, *pair) for n, pair in RATIOS.items()], ids=list(RATIOS))
def test_ratios_are_those_of_a_plain_loop(name, above, below):
    image = random_optical(2)
    roles = BRANCH_ROLES[Branch.OPTICAL]
    found = column({Branch.OPTICAL: image}, f"log {name}")
    for (row, col), value in np.ndenumerate(found):
        first, second = (float(image[roles.index(role), row, col]) for role in (above, below))
        if math.isnan(first) or math.isnan(second):
            assert value == MISSING
        else:
            assert value == pytest.approx(math.log(max(first, 1e-3) / max(second, 1e-3)), abs=1e-5)


def test_a_ratio_orders_pixels_as_the_index_of_its_bands_does():
    image = random_optical(3, gaps=0.0).clip(0.01, 1)
    ndsi = (image[1] - image[4]) / (image[1] + image[4])
    found = column({Branch.OPTICAL: image}, "log green/swir1")
    assert np.array_equal(np.argsort(ndsi, axis=None), np.argsort(found, axis=None))


def test_elevations_keep_their_deviation_in_single_precision():
    """At 5000 m squares have eight digits; round a centre that is 1000 m off a metre of relief is still seen."""
    rows = np.arange(40, dtype=np.float64)
    elevation = np.tile(5000 + rows[:, None], (1, 30))
    found = column({Branch.DEM: np.stack([elevation, np.full_like(elevation, 10.0)])}, "elevation std", centre=4000.0)
    assert found[20, 15] == pytest.approx(math.sqrt(2.0), abs=0.1)
    flat = column({Branch.DEM: np.full((2, 12, 12), 5000.0)}, "elevation std", centre=4000.0)
    assert flat.max() < 0.6


def test_a_branch_without_data_is_missing_everywhere():
    table = table_of({Branch.OPTICAL: random_optical(), Branch.DEM: np.full((2, 9, 11), np.nan, np.float32)})
    assert (table[:, :, 22:] == MISSING).all()
    assert (table[:, :, :22] != MISSING).any()


def test_a_batch_is_its_pieces():
    graph = feature_graph([Branch.OPTICAL], {Branch.OPTICAL: [0.0] * 6})
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    pieces = [random_optical(seed)[None] for seed in (4, 5)]
    apart = [session.run([TABLE], {"optical": piece})[0] for piece in pieces]
    together = session.run([TABLE], {"optical": np.concatenate(pieces)})[0]
    np.testing.assert_array_equal(together, np.concatenate(apart))
