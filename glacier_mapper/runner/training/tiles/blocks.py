"""Tiles split in spatial blocks, so that no part of a data set knows the ground of another.

Tiles that touch or lie within the guard distance of one another form a cluster. A small cluster goes to one part as a
whole; a large one is cut into square blocks. Blocks are dealt out, the largest first, to the part that lacks most of
its share of the tiles in the block's region, of all tiles, and, where a block has any, of the glacier pixels. Where
blocks of different parts meet, tiles between them are left out until the guard distance lies between all that stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from .tile import GUARD, TileRecord

EARTH_RADIUS_M = 6_371_000.0
WORLDS_APART = 10.0
"""Radii of the Earth."""
MAP_SCALE = 1.15
"""How much longer than on the ground a distance may be on a map in metres."""
SMALL_CLUSTER = 0.5
"""The largest cluster that is kept whole, in shares of the smallest part."""

ALL, ICE = "*tiles", "*glacier"
"""Beside the regions, what parts get their shares of."""

Pairs = npt.NDArray[np.intp]
"""(pairs, 2): indices of tiles."""


@dataclass(frozen=True)
class SplitRule:
    """`shares` of 1 by part; `block_m` is the side of a block, `guard_m` what lies at least between two parts."""

    shares: dict[str, float]
    block_m: float
    guard_m: float
    seed: int


def assign_splits(records: Sequence[TileRecord], rule: SplitRule) -> list[str]:
    """The part of each tile, GUARD for those that are left out. The same tiles and rule give the same parts."""
    if not records:
        return []
    pairs = neighbours(records, rule.guard_m)
    dealt = _deal(records, _blocks(records, pairs, rule), rule)
    return _kept_apart(dealt, pairs, rule.shares)


def neighbours(records: Sequence[TileRecord], guard_m: float) -> Pairs:
    """The pairs of tiles that touch, overlap, or have at most `guard_m` between them.

    Tiles of two reference systems are taken as circles round their corners, so that rather too many are found.
    """
    bounds = np.array([record.bounds_m for record in records], float).reshape(-1, 4)
    radius = np.hypot(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]) / 2
    points = _on_the_sphere(records)
    reach = (2 * radius.max() + guard_m) * MAP_SCALE
    pairs = cKDTree(points).query_pairs(reach, output_type="ndarray")
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    first, second = bounds[pairs[:, 0]], bounds[pairs[:, 1]]
    between = np.maximum(first[:, :2], second[:, :2]) - np.minimum(first[:, 2:], second[:, 2:])
    gap = np.hypot(*np.maximum(between, 0.0).T)
    systems = np.unique([record.crs for record in records], return_inverse=True)[1]
    apart = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
    round_gap = apart - (radius[pairs[:, 0]] + radius[pairs[:, 1]]) * MAP_SCALE
    gap = np.where(systems[pairs[:, 0]] == systems[pairs[:, 1]], gap, round_gap)
    return pairs[gap <= guard_m + 1e-6]


def _on_the_sphere(records: Sequence[TileRecord]) -> npt.NDArray[np.float64]:
    """The middle of each tile in metres from the middle of the Earth, and a fourth axis for worlds, (n, 4)."""
    lon = np.radians([record.longitude_deg for record in records])
    lat = np.radians([record.latitude_deg for record in records])
    worlds = WORLDS_APART * np.unique([record.world for record in records], return_inverse=True)[1]
    axes = [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat), worlds]
    return EARTH_RADIUS_M * np.stack(axes, axis=1)


def _blocks(records: Sequence[TileRecord], pairs: Pairs, rule: SplitRule) -> list[npt.NDArray[np.intp]]:
    """The indices of the tiles of each block."""
    count = len(records)
    links = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    clusters = connected_components(links, directed=False)[1]
    wanted = [share for share in rule.shares.values() if share > 0]
    limit = max(1.0, SMALL_CLUSTER * min(wanted) * count)
    found: list[npt.NDArray[np.intp]] = []
    for cluster in range(clusters.max() + 1):
        members = np.flatnonzero(clusters == cluster)
        found += [members] if len(members) <= limit else _cells([records[at] for at in members], members, rule)
    return found


def _cells(
    records: Sequence[TileRecord], members: npt.NDArray[np.intp], rule: SplitRule
) -> list[npt.NDArray[np.intp]]:
    """A cluster cut into squares of a plane that touches the Earth in its middle."""
    lon = np.unwrap(np.radians([record.longitude_deg for record in records]))
    lat = np.radians([record.latitude_deg for record in records])
    east = EARTH_RADIUS_M * np.cos(lat.mean()) * (lon - lon.min())
    north = EARTH_RADIUS_M * (lat.max() - lat)
    cells = np.stack([east // rule.block_m, north // rule.block_m], axis=1)
    number = np.unique(cells, axis=0, return_inverse=True)[1].ravel()
    return [members[number == one] for one in range(number.max() + 1)]


def _deal(records: Sequence[TileRecord], blocks: list[npt.NDArray[np.intp]], rule: SplitRule) -> list[str]:
    """Give each block to a part."""
    random = np.random.default_rng(rule.seed)
    ice = np.array([record.class_px[1] + record.class_px[2] for record in records], float)
    order = sorted(random.permutation(len(blocks)), key=lambda at: (-len(blocks[at]), -ice[blocks[at]].sum()))
    regions = [record.region for record in records]
    whole = {region: regions.count(region) for region in regions} | {ALL: len(records), ICE: float(ice.sum())}
    have = {(what, part): 0.0 for what in whole for part in rule.shares}
    dealt = [""] * len(records)
    for at in order:
        block = blocks[at]
        weights = {regions[block[0]]: len(block), ALL: len(block), ICE: float(ice[block].sum())}

        def lack(part: str, weights: dict[str, float] = weights) -> tuple[float, float]:
            """How much of its shares a part lacks, in shares; of equal ones the larger part's."""
            share = rule.shares[part]
            filled = sum(have[what, part] / (whole[what] * share) for what, weight in weights.items() if weight)
            return -round(filled, 9), share

        part = max((one for one in rule.shares if rule.shares[one] > 0), key=lack)
        for member in block:
            dealt[member] = part
        for what, weight in weights.items():
            have[what, part] += weight
    return dealt


def _kept_apart(dealt: list[str], pairs: Pairs, shares: dict[str, float]) -> list[str]:
    """Leave out tiles until no two of different parts are neighbours.

    Each time one of the part that has most for its share, and there the one with most such neighbours.
    """
    parts = np.array(dealt, object)
    against = pairs[parts[pairs[:, 0]] != parts[pairs[:, 1]]] if len(pairs) else pairs
    while len(against):
        count = np.bincount(against.ravel(), minlength=len(dealt))
        richest = max(set(parts[count > 0]), key=lambda part: (np.count_nonzero(parts == part) / shares[part], part))
        worst = int(np.where(parts == richest, count, 0).argmax())
        parts[worst] = GUARD
        against = against[(against != worst).all(axis=1)]
    return [str(part) for part in parts]
