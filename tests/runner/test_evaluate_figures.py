"""Figures of an evaluation, each against a plain count over all pixels, and tiny maps worked out by hand."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from glacier_mapper.runner.training.evaluation.boundary import boundary, boundary_distances
from glacier_mapper.runner.training.evaluation.counts import Counts, count
from glacier_mapper.runner.training.evaluation.reliability import BINS, of_confidence, reliability
from glacier_mapper.runner.training.evaluation.scoring import FIGURES, Score, pooled, score, spread

NAN = math.nan


def image(*rows):
    """An image from words: "#" glacier, "d" debris-covered, "." other, "?" not known."""
    codes = {"#": 1, "d": 2, ".": 0, "?": 255}
    return np.array([[codes[mark] for mark in row] for row in rows], np.uint8)


def mapped(*rows):
    """A probability from words: "#" 0.9, "." 0.2, " " none."""
    codes = {"#": 0.9, ".": 0.2, " ": NAN}
    return np.array([[codes[mark] for mark in row] for row in rows], np.float32)


# counts


def test_counts_and_their_figures_by_hand():
    """Of ten pixels three are hits, one is false, two are missed."""
    counts = Counts(3, 1, 2, 4)
    assert (counts.total, counts.true, counts.mapped) == (10, 5, 4)
    assert counts.precision == 0.75
    assert counts.recall == 0.6
    assert counts.f1 == pytest.approx(2 * 0.75 * 0.6 / 1.35)
    assert counts.iou == 0.5
    assert counts.false_positive_share == 0.2
    assert counts.area_bias_percent == pytest.approx(-20.0)


def test_what_nothing_defines_is_none():
    empty = Counts()
    assert {empty.precision, empty.recall, empty.f1, empty.iou, empty.area_bias_percent} == {None}
    bare = Counts(0, 0, 0, 7)
    assert (bare.iou, bare.false_positive_share) == (None, 0.0)
    assert Counts(0, 2, 0, 6).iou == 0.0


def test_counts_are_those_of_a_plain_loop():
    random = np.random.default_rng(1)
    one, other = random.random((2, 13, 17)) > 0.4
    pairs = [(bool(a), bool(b)) for a, b in zip(one.ravel(), other.ravel())]
    expected = Counts(*(pairs.count(pair) for pair in ((True, True), (True, False), (False, True), (False, False))))
    assert count(one, other) == expected
    assert count(one, other) + Counts(1, 2, 3, 4) == Counts(
        expected.hits + 1, expected.false + 2, expected.missed + 3, expected.others + 4
    )


# the score of a scene


def test_a_scene_by_hand():
    """One pixel is not known, one is known and not mapped; of the ten others 4 are hits, 1 false, 2 missed."""
    truth = image("##..", "##.?", "##..")
    found = mapped("##..", "#.#.", "#.. ")
    figures = score(found, truth, 10.0, tells_debris=False).figures()
    assert figures["pixels"] == 10
    assert figures["unmapped_share"] == pytest.approx(1 / 11)
    assert (figures["precision"], figures["recall"]) == (0.8, pytest.approx(4 / 6))
    assert figures["iou"] == pytest.approx(4 / 7)
    assert figures["f1"] == pytest.approx(8 / 11)
    assert (figures["mapped_km2"], figures["true_km2"]) == (pytest.approx(0.0005), pytest.approx(0.0006))
    assert figures["area_bias_percent"] == pytest.approx(-100 / 6)
    assert "clean_iou" not in figures


def test_clean_and_debris_covered_ice_by_hand():
    """Clean: 3 of 4 mapped. Debris: 1 of 3. Each kind has one false positive beside it."""
    truth = image("##dd", "##d.", "....")
    found = mapped("##..", "#.##", "#...")
    figures = score(found, truth, 30.0, tells_debris=True).figures()
    assert figures["clean_recall"] == 0.75
    assert figures["debris_recall"] == pytest.approx(1 / 3)
    assert figures["clean_iou"] == pytest.approx(3 / (4 + 1))
    assert figures["debris_iou"] == pytest.approx(1 / (3 + 1))
    assert figures["recall"] == pytest.approx(4 / 7)
    assert (figures["clean_pixels"], figures["debris_pixels"]) == (4, 3)


@pytest.mark.parametrize("seed", range(5))
def test_all_figures_are_those_of_a_plain_loop(seed):
    random = np.random.default_rng(seed)
    truth = random.choice(np.array([0, 0, 1, 1, 2, 255], np.uint8), (11, 14))
    chance = np.clip(random.random((11, 14)) * 0.7 + 0.3 * np.isin(truth, (1, 2)), 0, 1).astype(np.float32)
    chance[random.random((11, 14)) < 0.1] = np.nan
    measured = score(chance, truth, 20.0, tells_debris=True)
    figures = measured.figures()
    rows = [(float(p), int(t)) for p, t in zip(chance.ravel(), truth.ravel()) if t != 255 and not math.isnan(p)]
    glacier = [(p > 0.5, t in (1, 2)) for p, t in rows]
    hits, false = sum(a and b for a, b in glacier), sum(a and not b for a, b in glacier)
    missed = sum(b and not a for a, b in glacier)
    debris_hits = sum(p > 0.5 and t == 2 for p, t in rows)
    debris = sum(t == 2 for _, t in rows)
    assert figures["iou"] == pytest.approx(hits / (hits + false + missed))
    assert figures["precision"] == pytest.approx(hits / (hits + false))
    assert figures["recall"] == pytest.approx(hits / (hits + missed))
    assert figures["debris_recall"] == pytest.approx(debris_hits / debris)
    assert measured.clean + measured.debris == measured.counts
    sure, perhaps = false_near_debris(truth, chance)
    assert debris_hits / (debris + perhaps) <= figures["debris_iou"] <= debris_hits / (debris + sure)
    assert figures["brier"] == pytest.approx(np.mean([(p - (t in (1, 2))) ** 2 for p, t in rows]))
    assert figures["ece"] == pytest.approx(plain_ece([(p, t in (1, 2)) for p, t in rows]))
    confident = [(max(p, 1 - p), (p > 0.5) == (t in (1, 2))) for p, t in rows]
    assert figures["ece_confidence"] == pytest.approx(plain_ece(confident), abs=1e-6)


def false_near_debris(truth, chance):
    """How many false positives are nearer to debris than to clean ice, and how many are as near or nearer."""
    def distance(at, kind):
        return min(math.dist(at, other) for other in zip(*np.nonzero(truth == kind), strict=True))

    false = list(zip(*np.nonzero((truth == 0) & (chance > 0.5)), strict=True))
    pairs = [(distance(at, 2), distance(at, 1)) for at in false]
    return sum(debris < clean for debris, clean in pairs), sum(debris <= clean for debris, clean in pairs)


def plain_ece(pairs):
    """Of (probability, came true), a bin after another."""
    total = 0.0
    for at in range(BINS):
        inside = [(p, y) for p, y in pairs if at / BINS <= p < (at + 1) / BINS or (at == BINS - 1 and p == 1.0)]
        if inside:
            gap = abs(np.mean([y for _, y in inside]) - np.mean([p for p, _ in inside]))
            total += len(inside) / len(pairs) * gap
    return total


def test_scores_of_scenes_add_up_to_that_of_both_together():
    random = np.random.default_rng(9)
    truth = random.choice(np.array([0, 1, 2, 255], np.uint8), (20, 8))
    chance = random.random((20, 8)).astype(np.float32)
    parts = [score(chance[rows], truth[rows], 10.0, True) for rows in (slice(0, 10), slice(10, 20))]
    both, apart = score(chance, truth, 10.0, True).figures(), pooled(parts).figures()
    for name in both:
        # the seam makes other boundaries, and hides what ice lies nearest
        if not name.startswith("boundary") and name not in ("clean_iou", "debris_iou"):
            assert apart[name] == pytest.approx(both[name]), name


def test_debris_counts_only_where_it_is_told_apart():
    truth, chance = image("#d.", "..."), mapped("##.", "...")
    told, untold = score(chance, truth, 10.0, True), score(chance, image("##.", "..."), 10.0, False)
    figures = pooled([told, untold]).figures()
    assert (figures["clean_pixels"], figures["debris_pixels"]) == (1, 1)
    assert figures["iou"] == 1.0


def test_what_is_far_from_debris_does_not_count_against_it():
    truth = image("dd........", "..........", ".......##.")
    found = mapped("##......##", "..........", ".......##.")
    figures = score(found, truth, 10.0, True).figures()
    assert (figures["debris_iou"], figures["clean_iou"]) == (1.0, 0.5)


def test_a_scene_without_glacier():
    bare = score(mapped("#...", "...."), image("....", "...?"), 10.0, False)
    assert bare.is_negative
    assert bare.figures()["false_positive_share"] == pytest.approx(1 / 7)
    assert bare.figures()["area_bias_percent"] is None
    assert not score(mapped("#"), image("#"), 10.0, False).is_negative


def test_without_a_pixel_there_are_no_figures():
    figures = Score().figures()
    assert {figures[name] for name in ("iou", "ece", "brier", "boundary_mean_px", "unmapped_share")} == {None}


def test_each_kind_of_figure_is_explained():
    names = score(mapped("#."), image("d."), 10.0, True).figures()
    explained = {name for name in names if any(name.startswith(known) for known in FIGURES)}
    assert set(names) - explained == {"mapped_km2", "true_km2", "pixels", "unmapped_share", "clean_recall",
                                      "clean_pixels", "debris_pixels"}


# boundaries


def test_boundary_pixels_by_hand():
    """The border of the scene and what is not known make no boundary."""
    truth = image("###..", "###..", "###?.", "###..")
    known = truth != 255
    assert boundary(truth == 1, known).astype(int).tolist() == [
        [0, 0, 1, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0, 0], [0, 0, 1, 0, 0],
    ]  # fmt: skip


def test_a_boundary_that_is_two_pixels_off():
    truth, found = image("####....", "####...."), image("######..", "######..")
    distances = boundary_distances(found == 1, truth == 1, np.ones((2, 8), bool))
    assert distances.tolist() == [2.0] * 4
    figures = score(np.where(found == 1, 0.9, 0.1).astype(np.float32), truth, 30.0, False).figures()
    assert (figures["boundary_mean_px"], figures["boundary_p95_px"]) == (2.0, 2.0)
    assert (figures["boundary_mean_m"], figures["boundary_p95_m"]) == (60.0, 60.0)


def test_a_false_outlier_counts_from_its_own_side():
    """Seen from the truth all is well; seen from the map one pixel lies 3-4-5 away."""
    truth = np.zeros((9, 9), np.uint8)
    truth[0, 0] = 1
    found = truth.copy()
    found[3, 4] = 1
    distances = boundary_distances(found == 1, truth == 1, np.ones((9, 9), bool))
    assert sorted(distances.tolist()) == [0.0, 0.0, 5.0]


def test_no_boundary_no_distance():
    known = np.ones((3, 3), bool)
    some, none, full = np.eye(3, dtype=bool), np.zeros((3, 3), bool), np.ones((3, 3), bool)
    for a, b in ((some, none), (none, some), (full, some), (none, none)):
        assert boundary_distances(a, b, known).size == 0


def test_distances_are_those_of_a_look_at_all_pairs():
    random = np.random.default_rng(4)
    found, truth = random.random((2, 12, 15)) > 0.6
    known = random.random((12, 15)) > 0.1
    points = [[p for p in product(range(12), range(15)) if boundary(mask, known)[p]] for mask in (found, truth)]
    expected = [min(math.dist(p, q) for q in other) for one, other in (points, points[::-1]) for p in one]
    assert boundary_distances(found, truth, known) == pytest.approx(expected)


def test_distances_are_those_of_a_distance_transform():
    from scipy.ndimage import distance_transform_edt

    random = np.random.default_rng(5)
    found, truth = random.random((2, 40, 30)) > 0.7
    known = np.ones((40, 30), bool)
    edges = [boundary(mask, known) for mask in (found, truth)]
    expected = [distance_transform_edt(~edges[1])[edges[0]], distance_transform_edt(~edges[0])[edges[1]]]
    assert boundary_distances(found, truth, known) == pytest.approx(np.concatenate(expected))


# calibration


def test_a_calibrated_and_an_overconfident_model():
    """Of 0.25 a quarter comes true: 0. Of 0.95 half: 0.45 off."""
    chance = np.full(4, 0.25, np.float32)
    true = np.array([True, False, False, False])
    assert reliability(chance, true).ece == pytest.approx(0.0)
    over = reliability(np.full(2, 0.95, np.float32), true[:2])
    assert over.ece == pytest.approx(0.45)
    both = reliability(chance, true) + over
    assert both.ece == pytest.approx(2 / 6 * 0.45)
    assert both.brier == pytest.approx((0.75**2 + 3 * 0.25**2 + 0.05**2 + 0.95**2) / 6)


def test_bins_are_closed_below_and_the_last_one_above():
    table = reliability(np.array([0.0, 1 / 15, 1.0], np.float32), np.array([False, True, True])).table()
    assert [row["pixels"] for row in table] == [1, 1, *[0] * 12, 1]
    assert (table[0]["low"], table[-1]["high"]) == (0.0, 1.0)
    assert table[2]["probability"] is None
    assert table[14]["frequency"] == 1.0


def test_confidence_is_that_of_the_class_that_was_chosen():
    """0.1 is chosen as other with 0.9: right. 0.9 as glacier: wrong."""
    found = of_confidence(np.array([0.1, 0.9], np.float32), np.array([False, False]))
    assert found.ece == pytest.approx(0.4)
    assert [row["pixels"] for row in found.table()][13] == 2


# over scenes


def test_mean_and_deviation_over_those_that_have_a_figure():
    found = spread([{"iou": 0.5, "ece": None}, {"iou": 0.7, "ece": None}, {"iou": None, "ece": 0.1}])
    assert found["mean"] == {"iou": pytest.approx(0.6), "ece": 0.1}
    assert found["std"] == {"iou": pytest.approx(math.sqrt(0.02)), "ece": None}
    assert spread([]) == {"mean": {}, "std": {}}
