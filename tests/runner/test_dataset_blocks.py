"""Spatial blocks: shares as asked for, and no part knows the ground of another."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from learning_scenes import gap_m, record

from glacier_mapper.core.errors import InvalidParameterError
from glacier_mapper.runner.training.tiles.blocks import SplitRule, assign_splits, neighbours
from glacier_mapper.runner.training.tiles.order import shares_of
from glacier_mapper.runner.training.tiles.tile import GUARD, TEST, TRAIN, VALIDATION

SHARES = {TRAIN: 0.6, VALIDATION: 0.2, TEST: 0.2}


def field(rows, cols, *, x_km=0.0, y_km=0.0, region="ALP"):
    """rows x cols tiles of 10 km that touch."""
    return [
        record(f"{region}_{x_km:.0f}_{y_km:.0f}_{r}_{c}", x_km + 10 * c, y_km - 10 * r, region=region)
        for r in range(rows) for c in range(cols)
    ]  # fmt: skip


def rule(block_km=30.0, guard_km=1.0, seed=0, shares=SHARES):
    return SplitRule(shares, block_km * 1000, guard_km * 1000, seed)


def leaks(records, parts, guard_km):
    """Every pair of kept tiles of two parts with too little between them, by looking at all pairs."""
    kept = [(one, part) for one, part in zip(records, parts) if part != GUARD]
    apart = ((a, b) for (a, part), (b, other) in combinations(kept, 2) if part != other)
    return [(a.name, b.name) for a, b in apart if gap_m(a, b) <= guard_km * 1000]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("block_km", "guard_km"), [(20, 0), (30, 1), (50, 1), (30, 15), (10, 0)])
def test_no_tile_touches_or_neighbours_one_of_another_part(seed, block_km, guard_km):
    records = field(14, 12)
    parts = assign_splits(records, rule(block_km, guard_km, seed))
    assert leaks(records, parts, guard_km) == []
    assert set(parts) <= {*SHARES, GUARD}


def test_without_the_guard_the_same_blocks_would_leak():
    """The test above can fail: blocks alone meet."""
    records = field(14, 12)
    parts = assign_splits(records, rule(30, 1))
    filled = [part if part != GUARD else TRAIN for part in parts]
    assert leaks(records, filled, 1) != []


def test_scenes_far_apart_need_no_guard_and_keep_their_shares():
    records = [one for at in range(20) for one in field(2, 2, x_km=100.0 * (at % 5), y_km=100.0 * (at // 5))]
    parts = assign_splits(records, rule())
    assert Counter(parts) == {TRAIN: 48, VALIDATION: 16, TEST: 16}
    by_scene = [set(parts[at : at + 4]) for at in range(0, 80, 4)]
    assert all(len(part) == 1 for part in by_scene)


def test_a_large_field_gives_each_part_its_share():
    records = field(30, 30)
    parts = Counter(assign_splits(records, rule(50)))
    kept = sum(count for part, count in parts.items() if part != GUARD)
    assert kept > 0.5 * len(records)
    for part, share in SHARES.items():
        assert parts[part] / kept == pytest.approx(share, abs=0.05)


def test_each_region_is_in_each_part():
    records = [
        one for at in range(10) for region, y in (("ALP", 0), ("HMA", 900))
        for one in field(1, 2, x_km=60.0 * at, y_km=y, region=region)
    ]  # fmt: skip
    parts = assign_splits(records, rule())
    counts = Counter((one.region, part) for one, part in zip(records, parts))
    assert counts == {(region, part): n for region in ("ALP", "HMA")
                      for part, n in ((TRAIN, 12), (VALIDATION, 4), (TEST, 4))}


@pytest.mark.parametrize("seed", range(3))
def test_each_part_has_its_share_of_the_glaciers(seed):
    """Of 50 scenes in one region ten have all the ice: without a look at it, a part may well get none."""
    records = [
        replace(one, class_px=(0, 1000 if at % 5 == 0 else 0, 0, 0))
        for at in range(50) for one in field(1, 1, x_km=50.0 * (at % 10), y_km=50.0 * (at // 10))
    ]  # fmt: skip
    parts = assign_splits(records, rule(seed=seed))
    ice = Counter(part for one, part in zip(records, parts) if one.class_px[1])
    assert ice == {TRAIN: 6, VALIDATION: 2, TEST: 2}
    assert Counter(parts) == {TRAIN: 30, VALIDATION: 10, TEST: 10}


def test_the_same_place_at_two_dates_is_in_one_part():
    """Tiles that overlap are neighbours, so dates of one place never stand on two sides."""
    first = [one for at in range(10) for one in field(1, 1, x_km=50.0 * at)]
    second = [replace(one, name=f"{one.name}_later", scene="later") for one in first]
    parts = assign_splits(first + second, rule())
    assert parts[:10] == parts[10:]
    assert GUARD not in parts


def test_made_up_grounds_at_one_place_are_no_neighbours():
    """Simulated scenes all lie at the same coordinates; their dates share a world."""
    records = [
        replace(one, name=f"{world}_{date}", scene=f"{world}_{date}", world=f"sim_{world}")
        for world in range(10) for date in range(2) for one in field(1, 1)
    ]  # fmt: skip
    parts = assign_splits(records, rule())
    assert Counter(parts) == {TRAIN: 12, VALIDATION: 4, TEST: 4}
    assert parts[::2] == parts[1::2]
    assert len(neighbours(records, 1000.0)) == 10
    earth = [replace(one, world="") for one in records]
    assert len(neighbours(earth, 1000.0)) == 190


def test_the_seed_decides_and_the_same_seed_decides_alike():
    records = [one for at in range(40) for one in field(1, 1, x_km=40.0 * (at % 8), y_km=40.0 * (at // 8))]
    splits = [assign_splits(records, rule(seed=seed)) for seed in (0, 0, 1)]
    assert splits[0] == splits[1]
    assert splits[0] != splits[2]


def test_a_part_without_a_share_gets_nothing():
    parts = assign_splits(field(1, 1) + field(1, 1, x_km=100), rule(shares={TRAIN: 0.5, VALIDATION: 0.5, TEST: 0.0}))
    assert Counter(parts) == {TRAIN: 1, VALIDATION: 1}


def test_one_tile_is_for_training():
    assert assign_splits(field(1, 1), rule()) == [TRAIN]
    assert assign_splits([], rule()) == []


# neighbours


@pytest.mark.parametrize(
    ("x_km", "y_km", "guard_km", "near"),
    [
        (10, 0, 0, True), (10, 10, 0, True), (5, 5, 0, True), (0, 0, 0, True), (10.5, 0, 0, False), (10.5, 0, 1, True),
        (11, 0, 1, True), (11.1, 0, 1, False), (13, 14, 5, True), (13, 14, 4.9, False),
    ],
    ids=["side", "corner", "overlap", "same", "apart", "within", "at", "beyond", "3-4-5", "3-4-5 beyond"],
)  # fmt: skip
def test_neighbours_by_hand(x_km, y_km, guard_km, near):
    pairs = neighbours([record("a", 0, 0), record("b", x_km, y_km)], guard_km * 1000)
    assert pairs.tolist() == ([[0, 1]] if near else [])


def test_neighbours_are_those_of_a_look_at_all_pairs():
    random = np.random.default_rng(3)
    records = [record(str(at), *random.uniform(0, 90, 2), side_km=random.uniform(2, 12)) for at in range(80)]
    found = {tuple(pair) for pair in neighbours(records, 2500.0)}
    assert found == {(a, b) for a, b in combinations(range(80), 2) if gap_m(records[a], records[b]) <= 2500.0}
    assert 50 < len(found) < 3000


def test_tiles_of_two_zones_over_the_same_ground_are_neighbours():
    """Their bounds have nothing in common, their place on the Earth has."""
    here = record("a", 0, 0)
    other_zone = replace(here, name="b", crs="EPSG:32631", bounds_m=(960_000, 5_210_000, 970_000, 5_220_000))
    far = replace(other_zone, name="c", longitude_deg=here.longitude_deg + 3.0)
    assert neighbours([here, other_zone, far], 1000.0).tolist() == [[0, 1]]


def test_tiles_on_both_sides_of_the_antimeridian_are_neighbours():
    left = replace(record("a", 0, 0), longitude_deg=179.99, latitude_deg=0.0)
    right = replace(record("b", 0, 0), crs="EPSG:32601", longitude_deg=-179.95, latitude_deg=0.0)
    assert len(neighbours([left, right], 0.0)) == 1
    parts = assign_splits([left, right, *field(1, 3, x_km=500)], rule())
    assert parts[0] == parts[1]


# shares


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("60/20/20", {TRAIN: 0.6, VALIDATION: 0.2, TEST: 0.2}), ("80/20", {TRAIN: 0.8, VALIDATION: 0.2}),
        ("100/0/0", {TRAIN: 1.0, VALIDATION: 0.0, TEST: 0.0}),
    ],
)  # fmt: skip
def test_shares_are_read(text, shares):
    assert shares_of(text) == pytest.approx(shares)


@pytest.mark.parametrize("text", ["60/20", "60/20/10/10", "0/50/50", "a/b/c", "", "120/-20/0", "nan/50/50"])
def test_shares_that_make_no_sense(text):
    with pytest.raises(InvalidParameterError, match="60/20/20"):
        shares_of(text)
