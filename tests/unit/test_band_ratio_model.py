"""The model as a whole: what it reads, what it says, and that it makes no ice where there is none."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pytest

from glacier_mapper.core.errors import Cancelled, InvalidParameterError, MissingRoleError, UnknownModelError
from glacier_mapper.core.file_errors import DeadBandError
from glacier_mapper.core.grid import Grid
from glacier_mapper.core.request import BandRatioSettings, BandSource, MapRequest
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.models import band_ratio as module
from glacier_mapper.runner.models import load_model, model_infos
from glacier_mapper.runner.models.band_ratio import BandRatioModel, cut, sample_strips
from glacier_mapper.runner.models.dead_bands import BandSpread

R = Role
ICE = {R.BLUE: 0.7, R.GREEN: 0.65, R.RED: 0.6, R.NIR: 0.5, R.SWIR1: 0.08, R.THERMAL: 270.0}
ROCK = {R.BLUE: 0.12, R.GREEN: 0.14, R.RED: 0.16, R.NIR: 0.2, R.SWIR1: 0.24, R.THERMAL: 285.0}
LAKE = {R.BLUE: 0.12, R.GREEN: 0.1, R.RED: 0.06, R.NIR: 0.02, R.SWIR1: 0.01, R.THERMAL: 281.0}
SHADE = {R.BLUE: 0.02, R.GREEN: 0.015, R.RED: 0.012, R.NIR: 0.01, R.SWIR1: 0.002, R.THERMAL: 278.0}
MEADOW = {R.BLUE: 0.07, R.GREEN: 0.1, R.RED: 0.06, R.NIR: 0.4, R.SWIR1: 0.02, R.THERMAL: 282.0}
SHADED_ICE = {R.BLUE: 0.12, R.GREEN: 0.1, R.RED: 0.08, R.NIR: 0.06, R.SWIR1: 0.01, R.THERMAL: 268.0}


@dataclass(frozen=True)
class Strip:
    row: int
    rows: int


class ArrayScene:
    """Bands in memory, in strips of ten rows."""

    def __init__(self, bands: dict[Role, np.ndarray]) -> None:
        self.bands = bands
        self.reads: list[tuple[int, int]] = []
        self.highest = 10
        rows, cols = next(iter(bands.values())).shape
        self.grid = Grid("EPSG:32632", (0.0, 0.0), 10.0, (rows, cols))

    def blocks(self, rows: int) -> list[Strip]:
        total = self.grid.shape_yx[0]
        step = min(rows, self.highest) if rows else 10
        return [Strip(row, min(step, total - row)) for row in range(0, total, step)]

    def read(self, row: int, rows: int, roles: Any, halo_px: int = 0) -> dict[Role, np.ndarray]:
        self.reads.append((row, rows))
        return {role: self.bands[role][row : row + rows] for role in roles}


def image(*surfaces: tuple[dict[Role, float], int], without: tuple[Role, ...] = (), noise: float = 0.02):
    """Columns of surfaces, each `(surface, columns)`, 60 rows."""
    rng = np.random.default_rng(7)
    bands = {}
    for role in set(ICE) - set(without):
        row = np.concatenate([np.full(cols, surface[role], np.float32) for surface, cols in surfaces])
        spread = 1.0 + noise * rng.standard_normal((60, len(row))).astype(np.float32)
        bands[role] = np.tile(row, (60, 1)) * (spread if role is not Role.THERMAL else 1.0)
    return bands


def map_image(bands: dict[Role, np.ndarray], settings: BandRatioSettings | None = None):
    model = BandRatioModel(settings or BandRatioSettings(), bands)
    model.prepare_from(bands)
    padded = {role: np.pad(band, model.halo_px, mode="edge") for role, band in bands.items()}
    return model, model.predict(padded, model.halo_px)


def request_for(*roles: Role, model: str = "band-ratio", **settings: Any) -> MapRequest:
    sources = tuple(BandSource(role, "scene.tif", band) for band, role in enumerate(roles, start=1))
    return MapRequest(sources, "out", model=model, band_ratio=BandRatioSettings(**settings))


# --- choice of model, index and rules


def test_the_list_of_models_has_the_built_in_one_and_the_bundled_network():
    assert [info.name for info in model_infos()] == ["band-ratio", "compact"]


def test_an_unknown_model_is_answered_with_the_known_ones():
    with pytest.raises(UnknownModelError, match="band-ratio") as caught:
        load_model("glavitu", request_for(R.RED, R.SWIR1))
    assert caught.value.details == {"reason": "", "model": "glavitu", "known": "band-ratio, compact"}


def test_a_missing_band_is_named_before_anything_is_read():
    with pytest.raises(MissingRoleError, match="Shortwave infrared 1"):
        load_model("band-ratio", request_for(R.RED, R.GREEN))


def test_an_index_that_was_asked_for_needs_its_own_band():
    with pytest.raises(MissingRoleError, match="Near infrared"):
        load_model("band-ratio", request_for(R.RED, R.SWIR1, index="nir_swir"))


@pytest.mark.parametrize(
    ("roles", "index"),
    [
        ((R.GREEN, R.RED, R.NIR, R.SWIR1), "red_swir"),
        ((R.GREEN, R.NIR, R.SWIR1), "nir_swir"),
        ((R.GREEN, R.SWIR1), "ndsi"),
    ],
)
def test_the_best_index_that_the_bands_allow(roles: tuple[Role, ...], index: str):
    assert load_model("band-ratio", request_for(*roles)).settings_used()["index"] == index


def test_only_bands_that_are_used_are_read():
    model = load_model("band-ratio", request_for(R.RED, R.SWIR1, R.SWIR2, R.BLUE, R.COHERENCE))
    assert model.roles == {R.RED, R.SWIR1, R.BLUE}


def test_elevation_brings_the_slope_for_the_water_rule():
    assert R.SLOPE in load_model("band-ratio", request_for(R.RED, R.GREEN, R.NIR, R.SWIR1, R.ELEVATION)).roles
    assert R.SLOPE not in load_model("band-ratio", request_for(R.RED, R.SWIR1, R.ELEVATION)).roles


def test_a_rule_that_lacks_a_band_is_said_to_be_skipped():
    model = BandRatioModel(BandRatioSettings(threshold=2.0), {R.RED, R.SWIR1, R.BLUE})
    texts = [str(note) for note in model.notes()]
    assert len(texts) == 4
    assert "water (NDWI) was skipped, because it needs: Green, Near infrared." in texts[1]
    assert model.settings_used()["rules_skipped"] == ["max_ndwi", "max_ndvi", "max_temperature_k"]


def test_a_rule_that_is_off_is_not_spoken_of():
    settings = BandRatioSettings(threshold=2.0, min_blue=None, max_ndwi=None, max_ndvi=None, max_temperature_k=None)
    model = BandRatioModel(settings, {R.RED, R.SWIR1})
    assert [str(note) for note in model.notes()] == ["Index red_swir with your threshold 2."]


# --- what is ice


def test_ice_is_ice_and_the_rest_is_not():
    surfaces = [ICE, ROCK, LAKE, SHADE, MEADOW, SHADED_ICE]
    _, p = map_image(image(*[(surface, 20) for surface in surfaces]), BandRatioSettings(threshold=2.0))
    middles = [float(np.median(p[:, 20 * n + 5 : 20 * n + 15])) for n in range(len(surfaces))]
    assert middles[0] > 0.95
    assert max(middles[1:5]) < 0.1
    assert middles[5] > 0.5


@pytest.mark.parametrize("surface", [ROCK, LAKE, SHADE, MEADOW], ids=["rock", "lake", "shade", "meadow"])
@pytest.mark.parametrize("noise", [0.0, 0.02], ids=["flat", "noisy"])
def test_an_image_without_ice_gets_none(surface: dict[Role, float], noise: float):
    model, p = map_image(image((surface, 60), noise=noise))
    assert not model.threshold.found
    assert (p > 0.5).sum() == 0


def test_a_mixed_image_without_ice_gets_none():
    _, p = map_image(image((ROCK, 40), (LAKE, 10), (SHADE, 10), (MEADOW, 20)))
    assert (p > 0.5).sum() == 0


def test_an_image_with_rock_and_ice_has_a_threshold_of_its_own():
    model, p = map_image(image((ROCK, 60), (ICE, 40)))
    assert model.threshold.found
    assert model.settings_used()["threshold_from"] == "image"
    assert (p[:, :59] < 0.5).all()
    assert (p[:, 61:] > 0.5).all()


def test_a_threshold_that_was_set_is_kept():
    model, _ = map_image(image((ROCK, 60), (ICE, 40)), BandRatioSettings(threshold=2.7))
    assert model.settings_used()["threshold"] == 2.7
    assert model.settings_used()["threshold_from"] == "user"


@pytest.mark.parametrize(
    ("index", "threshold"),
    [("auto", -1.0), ("auto", -5.0), ("red_swir", 0.0), ("nir_swir", -0.5), ("ndsi", 1.01), ("ndsi", -1.5)],
)
def test_a_threshold_that_the_index_cannot_reach_is_refused(index: str, threshold: float):
    with pytest.raises(InvalidParameterError, match="threshold"):
        BandRatioSettings(index=index, threshold=threshold)


@pytest.mark.parametrize("threshold", [0.0, -0.5])
def test_an_index_that_was_chosen_from_the_bands_refuses_it_too(threshold: float):
    settings = BandRatioSettings(threshold=threshold)
    with pytest.raises(InvalidParameterError, match="It must be above 0"):
        BandRatioModel(settings, {Role.RED, Role.SWIR1})
    assert BandRatioModel(settings, {Role.GREEN, Role.SWIR1}).index.name == "ndsi"


def test_a_threshold_of_nothing_is_the_users_own():
    settings = BandRatioSettings(index="ndsi", threshold=0.0, min_blue=None, max_ndwi=None, max_ndvi=None)
    model, p = map_image(image((ROCK, 60), (ICE, 40)), settings)
    assert (model.settings_used()["threshold"], model.settings_used()["threshold_from"]) == (0.0, "user")
    assert p[:, -1].min() > 0.5 > p[:, 0].max()


def test_probability_is_monotone_in_the_threshold():
    bands = image((ROCK, 30), (SHADED_ICE, 30), (ICE, 30), noise=0.3)
    fields = [map_image(bands, BandRatioSettings(threshold=t))[1] for t in (1.6, 2.0, 2.5, 3.0)]
    for lower, higher in zip(fields, fields[1:]):
        assert (lower >= higher).all()


def test_the_half_line_is_the_classical_map_of_zeros_and_ones():
    bands = image((ROCK, 30), (SHADED_ICE, 30), (ICE, 30), (LAKE, 30), noise=0.4)
    settings = BandRatioSettings(threshold=2.0, median_px=1)
    _, p = map_image(bands, settings)
    green, red, nir, swir1 = (np.maximum(bands[role], 1e-3) for role in (R.GREEN, R.RED, R.NIR, R.SWIR1))
    ndwi, ndvi = (green - nir) / (green + nir), (nir - red) / (nir + red)
    cold, lit = bands[R.THERMAL] < 283, bands[R.BLUE] > 0.06
    classical = (red / swir1 > 2) & lit & (ndwi < 0.4) & (ndvi < 0.3) & cold
    unsure = np.abs(p - 0.5) < 1e-3
    assert np.array_equal((p > 0.5)[~unsure], classical[~unsure])
    assert unsure.mean() < 0.01


def test_no_data_of_the_index_is_no_data_and_of_a_rule_is_not():
    bands = image((ICE, 30))
    bands[R.SWIR1][10, 10] = np.nan
    bands[R.THERMAL][20, 20] = np.nan
    _, p = map_image(bands, BandRatioSettings(threshold=2.0))
    assert np.isnan(p).sum() == 1
    assert np.isnan(p[10, 10])
    assert p[20, 20] > 0.9


def test_no_data_everywhere_gives_no_data_everywhere():
    bands = {role: np.full((20, 20), np.nan, np.float32) for role in ICE}
    model, p = map_image(bands)
    assert np.isnan(p).all()
    assert model.threshold.value == 2.0


@pytest.mark.parametrize("index", ["red_swir", "nir_swir", "ndsi"])
def test_every_index_maps_ice(index: str):
    _, p = map_image(image((ROCK, 40), (ICE, 40)), BandRatioSettings(index=index))
    assert (p[:, :39] < 0.5).all()
    assert (p[:, 41:] > 0.5).all()


@pytest.mark.parametrize("median_px", [1, 3, 5, 7])
def test_a_larger_halo_than_needed_changes_nothing(median_px: int):
    bands = image((ROCK, 20), (ICE, 20), noise=0.3)
    model = BandRatioModel(BandRatioSettings(threshold=2.0, median_px=median_px), bands)
    exact, wide = (
        model.predict({role: np.pad(band, halo, mode="edge") for role, band in bands.items()}, halo)
        for halo in (model.halo_px, 5)
    )
    assert exact.shape == (60, 40)
    np.testing.assert_array_equal(exact, wide)


@pytest.mark.parametrize("rows", [1, 7, 60])
def test_strips_do_not_show(rows: int):
    bands = image((ROCK, 20), (ICE, 20), noise=0.3)
    bands[R.RED][30:34, 5:9] = np.nan
    model, whole = map_image(bands, BandRatioSettings(threshold=2.0))
    padded = {role: np.pad(band, 1, mode="edge") for role, band in bands.items()}
    parts = [
        model.predict({role: band[row : row + rows + 2] for role, band in padded.items()}, 1)
        for row in range(0, 60, rows)
    ]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


# --- the sample


def test_the_threshold_of_a_scene_is_that_of_its_pixels():
    bands = image((ROCK, 60), (ICE, 40))
    scene = ArrayScene(bands)
    model = BandRatioModel(BandRatioSettings(), bands)
    notes = model.prepare(scene, lambda: False)
    direct, _ = map_image(bands)
    assert model.threshold == direct.threshold
    assert "was found in the image" in str(notes[0])
    assert sorted(scene.reads) == [(row, 10) for row in range(0, 60, 10)]


def test_the_same_scene_again_is_not_sampled_again():
    bands = image((ROCK, 60), (ICE, 40))
    first, again, other, unknown = (ArrayScene(bands) for _ in range(4))
    settings = BandRatioSettings(softness=0.123)
    found = BandRatioModel(settings, bands, "a scene of this test")
    notes = found.prepare(first, lambda: False)
    known = BandRatioModel(settings, bands, "a scene of this test")
    assert known.prepare(again, lambda: False) == notes
    assert known.threshold == found.threshold
    assert first.reads != []
    assert again.reads == []
    BandRatioModel(BandRatioSettings(softness=0.124), bands, "a scene of this test").prepare(other, lambda: False)
    BandRatioModel(settings, bands).prepare(unknown, lambda: False)
    assert other.reads == unknown.reads == first.reads


def test_a_set_threshold_reads_the_sample_once_for_dead_bands():
    bands = image((ROCK, 60))
    first, again = ArrayScene(bands), ArrayScene(bands)
    settings = [BandRatioSettings(threshold=threshold) for threshold in (2.0, 2.1)]
    BandRatioModel(settings[0], bands, "a scene with a slider").prepare(first, lambda: False)
    BandRatioModel(settings[1], bands, "a scene with a slider").prepare(again, lambda: False)
    assert len(first.reads) == 6
    assert again.reads == []


# --- dead bands


def filled(role: Role, value: float, **more: Any) -> dict[Role, np.ndarray]:
    bands = image((ROCK, 60), (ICE, 40), **more)
    bands[role] = np.full_like(bands[role], value)
    return bands


@pytest.mark.parametrize("threshold", [None, 2.0], ids=["automatic", "set"])
@pytest.mark.parametrize("value", [0.0, 0.3, -0.01])
@pytest.mark.parametrize(("role", "name"), [(R.SWIR1, "Shortwave infrared 1"), (R.RED, "Red")])
def test_a_band_of_the_index_with_one_value_is_named(threshold: Any, value: float, role: Role, name: str):
    bands = filled(role, value)
    for prepare in (
        lambda model: model.prepare(ArrayScene(bands), lambda: False),
        lambda model: model.prepare_from(bands),
    ):
        with pytest.raises(DeadBandError, match=f"The band for “{name}.*” has the same value everywhere") as caught:
            prepare(BandRatioModel(BandRatioSettings(threshold=threshold), bands))
        assert f"({value:.4g})" in str(caught.value)
        assert "Choose another band" in str(caught.value)


def test_the_error_comes_again_for_a_scene_known_to_have_a_dead_band():
    bands = filled(R.SWIR1, 0.0)
    for threshold in (None, 2.0, None):
        model = BandRatioModel(BandRatioSettings(threshold=threshold), bands, "a scene with a dead band")
        with pytest.raises(DeadBandError):
            model.prepare(ArrayScene(bands), lambda: False)


RULE_BANDS = [(R.BLUE, "min_blue"), (R.GREEN, "max_ndwi"), (R.NIR, "max_ndvi"), (R.THERMAL, "max_temperature_k")]


@pytest.mark.parametrize(("role", "rule"), RULE_BANDS)
def test_a_rule_with_a_dead_band_is_skipped_with_a_note(role: Role, rule: str):
    settings = BandRatioSettings(max_ndwi=0.4, max_ndvi=0.4, max_temperature_k=276.0)
    bands = filled(role, 0.0)
    alive = {key: band for key, band in bands.items() if key is not role}
    model, without = BandRatioModel(settings, bands), BandRatioModel(settings, alive)
    notes = model.prepare(ArrayScene(bands), lambda: False)
    without.prepare(ArrayScene(alive), lambda: False)
    (note,) = [str(note) for note in notes if "same value everywhere" in str(note)][:1]
    assert note.startswith("The rule against ")
    assert rule in model.settings_used()["rules_skipped"]
    assert role not in model.roles
    assert model.threshold == without.threshold
    padded = [{key: np.pad(band, 1, mode="edge") for key, band in given.items()} for given in (bands, alive)]
    np.testing.assert_array_equal(model.predict(padded[0], 1), without.predict(padded[1], 1))


def test_few_pixels_or_an_image_with_nothing_in_it_have_no_dead_band():
    spread = BandSpread()
    spread.look({R.RED: np.zeros((10, 10), np.float32), R.SWIR1: np.linspace(0, 1, 100, dtype=np.float32)})
    assert spread.dead([R.RED, R.SWIR1]) == {}
    spread = BandSpread()
    spread.look({role: np.full((30, 30), 0.3, np.float32) for role in (R.RED, R.SWIR1)})
    assert spread.dead([R.RED, R.SWIR1]) == {}


def test_no_data_tells_nothing_of_a_band_and_the_smallest_step_does():
    band = np.full((40, 40), np.nan, np.float32)
    other = np.arange(1600, dtype=np.float32)
    spread = BandSpread()
    spread.look({R.RED: band, R.SWIR1: other})
    assert spread.dead([R.RED, R.SWIR1]) == {}
    band[:, ::2] = 1.0
    spread.look({R.RED: band})
    assert spread.dead([R.RED, R.SWIR1]) == {R.RED: 1.0}
    band[0, 0] = 65534 / 65535
    spread.look({R.RED: band})
    assert spread.dead([R.RED, R.SWIR1]) == {}


def test_looking_for_the_threshold_can_be_cancelled():
    bands = image((ROCK, 60))
    with pytest.raises(Cancelled):
        BandRatioModel(BandRatioSettings(), bands).prepare(ArrayScene(bands), lambda: True)


def test_a_large_scene_is_sampled_from_its_upper_middle_and_lower_part():
    blocks = [Strip(512 * n, 512) for n in range(21)]
    assert [strip.row // 512 for strip in sample_strips(blocks, 10980)] == [3, 10, 17]


def test_a_small_scene_is_read_whole():
    blocks = [Strip(64 * n, 64) for n in range(8)]
    assert sample_strips(blocks, 512) == blocks


class Counter(module.IndexHistogram):
    made: ClassVar[list[Counter]] = []

    def __init__(self, index: Any) -> None:
        super().__init__(index)
        self.made.append(self)


@pytest.fixture
def counters(monkeypatch: pytest.MonkeyPatch) -> list[Counter]:
    monkeypatch.setattr(Counter, "made", [])
    monkeypatch.setattr(module, "IndexHistogram", Counter)
    return Counter.made


def test_the_sample_is_thinned_to_its_size(monkeypatch: pytest.MonkeyPatch, counters: list[Counter]):
    monkeypatch.setattr(module, "SAMPLE_PX", 1000)
    bands = image((ROCK, 60), (ICE, 40))
    BandRatioModel(BandRatioSettings(), bands).prepare_from(bands)
    assert counters[0].pixels == 1000


def test_the_height_of_strips_does_not_change_the_sample(monkeypatch: pytest.MonkeyPatch, counters: list[Counter]):
    monkeypatch.setattr(module, "SAMPLE_PX", 700)
    bands = image((ROCK, 60), (ICE, 40), noise=0.3)
    for highest in (10, 7, 3, 1):
        scene = ArrayScene(bands)
        scene.highest = highest
        BandRatioModel(BandRatioSettings(), bands).prepare(scene, lambda: False)
        assert max(rows for _, rows in scene.reads) <= highest
    assert all((counter.counts == counters[0].counts).all() for counter in counters)
    assert 0 < counters[0].pixels <= 1000


def test_cutting_strips_by_hand():
    strips = [Strip(10, 20), Strip(50, 10)]
    blocks = [Strip(row, 16) for row in range(0, 64, 16)]
    assert cut(strips, blocks) == [(10, 6), (16, 14), (50, 10)]


def test_the_histogram_counts_every_valid_pixel():
    bands = image((ROCK, 60), (ICE, 40))
    bands[R.RED][0, 0] = np.nan
    model = BandRatioModel(BandRatioSettings(), bands)
    histogram = model.histogram(bands)
    assert sum(histogram.counts) == 60 * 100 - 1
    assert (histogram.low, histogram.high) == (0.0, 8.0)


def test_what_was_used_is_json_and_repeats_the_prediction():
    bands = image((ROCK, 60), (ICE, 40))
    model, p = map_image(bands)
    used = json.loads(json.dumps(model.settings_used()))
    again = replace(BandRatioSettings(), index=used["index"], threshold=used["threshold"])
    np.testing.assert_array_equal(map_image(bands, again)[1], p)
