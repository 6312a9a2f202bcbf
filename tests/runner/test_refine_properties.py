"""What holds for every sequence of strokes and undos: 200 random ones, played on a tiny ground.

Each game is played once and kept with all that was seen on the way; the tests look at one property each.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

import numpy as np
import pytest
import shapely
from refine_grounds import NONE, ORIGIN, PIXEL_M, grid_of, line, rectangle, tongue_bands
from scipy import ndimage

from glacier_mapper.core.refine import Stroke
from glacier_mapper.core.refine_errors import NothingToUndoError, StrokeOutsideError
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.refine import Session, make_window
from glacier_mapper.runner.refine.outline import AROUND_PX
from glacier_mapper.runner.refine.stepping import FREE, IN, NEVER, OUT
from glacier_mapper.runner.refine.strokes import stroke_mask

SHAPE = (48, 64)
GAMES, BLOCK = 200, 20
BLOCKS = pytest.mark.parametrize("first", range(0, GAMES, BLOCK))
BESIDE = rectangle(39, 8, 46, 40)


def uneven(outline):
    """An outline with many vertices at coordinates that no tracing would give."""
    bent = shapely.transform(outline.segmentize(17.3), lambda xy: xy + 0.123456789 * np.sin(xy))
    return shapely.MultiPolygon([*shapely.get_parts(bent)])


STARTS = (
    NONE,
    uneven(rectangle(12, 0, 36, 30)),
    uneven(shapely.union(rectangle(12, 40, 36, 64), rectangle(2, 2, 8, 9))),
)
ROLES = (Role.GREEN, Role.RED, Role.SWIR1, Role.ELEVATION, Role.SLOPE)


@functools.cache
def window_of(start, beside):
    """The middle of the valley, a gap in one corner."""
    valley = tongue_bands()[0]
    bands = {role: valley[role][24:72, 40:104].copy() for role in ROLES}
    for band in bands.values():
        band[:7, 52:] = np.nan
    return make_window(grid_of(SHAPE), bands, None, [STARTS[start], BESIDE if beside else NONE])


@dataclass(frozen=True)
class Seen:
    """The session after a step; `stroke` is the one that was drawn, None after an undo or a refusal."""

    stroke: Stroke | None
    field: np.ndarray
    marks: np.ndarray
    wkt: str
    strokes: tuple[Stroke, ...]

    @property
    def mask(self):
        return self.field >= 0.5


def seen(session, stroke=None):
    return Seen(stroke, session._field, session.marks, session.outline().wkt, session.strokes)


@dataclass
class Game:
    session: Session
    history: list[Seen] = field(default_factory=list)
    refused: int = 0

    def steps(self):
        """(before, after) of each stroke that was taken."""
        pairs = zip(self.history, self.history[1:])
        return [(before, after) for before, after in pairs if after.stroke is not None]


@functools.cache
def pixels_of(stroke):
    return stroke_mask(stroke, grid_of(SHAPE))


def random_stroke(rng):
    """One to four points, some beyond the sides; rarely one that lies outside as a whole."""
    low, high = ((-30, -20), (-10, -5)) if rng.random() < 0.04 else ((-4, -4), (SHAPE[0] + 4, SHAPE[1] + 4))
    points = [tuple(map(float, rng.uniform(low, high))) for _ in range(rng.integers(1, 5))]
    return line(*points, inside=bool(rng.random() < 0.6), width_px=float(rng.choice([0.0, 1.0, 3.0, 5.0])))


@functools.cache
def game(seed):
    """A game of 1 to 12 steps, most of them short ones."""
    rng = np.random.default_rng(seed)
    played = Game(Session(window_of(seed % 3, seed % 2 == 1)))
    played.history.append(seen(played.session))
    for _ in range(int(min(rng.integers(1, 13, 3)))):
        stroke = None
        if rng.random() < 0.25:
            if not played.session.strokes:
                with pytest.raises(NothingToUndoError):
                    played.session.undo()
            else:
                played.session.undo()
        else:
            stroke = random_stroke(rng)
            if pixels_of(stroke).any():
                played.session.stroke(stroke)
            else:
                played.refused += 1
                with pytest.raises(StrokeOutsideError):
                    played.session.stroke(stroke)
                stroke = None
        played.history.append(seen(played.session, stroke))
    return played


@functools.cache
def played_again(seed):
    """A session anew, with the strokes that a game kept, as they come through the wire."""
    session = Session(game(seed).session.window)
    for stroke in game(seed).history[-1].strokes:
        session.stroke(Stroke.from_json(stroke.to_json()))
    return session


def games(first):
    return [(seed, game(seed)) for seed in range(first, first + BLOCK)]


def marks_of(strokes, beside):
    """What the strokes say by themselves: each pixel by the last one on it, but a neighbour's ground."""
    marks = np.full(SHAPE, FREE, np.int8)
    for stroke in strokes:
        marks[pixels_of(stroke)] = IN if stroke.inside else OUT
    marks[beside] = NEVER
    return marks


@BLOCKS
def test_the_last_mark_on_each_pixel_holds_at_every_step(first):
    for seed, played in games(first):
        for step, now in enumerate(played.history):
            marks = marks_of(now.strokes, played.session.window.neighbours)
            assert np.array_equal(now.marks, marks), (seed, step)
            assert now.mask[marks == IN].all(), (seed, step)
            assert not now.mask[(marks == OUT) | (marks == NEVER)].any(), (seed, step)


@BLOCKS
def test_the_field_stays_a_share(first):
    for seed, played in games(first):
        last = played.history[-1].field
        assert last.dtype == np.float32, seed
        assert np.isfinite(last).all(), seed
        assert 0.0 <= last.min() <= last.max() <= 1.0, seed


@BLOCKS
def test_each_outline_is_a_valid_multipolygon_clear_of_the_neighbours(first):
    for seed, played in games(first):
        for step, now in enumerate(played.history):
            shape = shapely.from_wkt(now.wkt)
            assert shape.geom_type == "MultiPolygon", (seed, step)
            assert shape.is_valid, (seed, step)
            assert shape.is_empty or now.mask.any(), (seed, step)
            if seed % 2:
                assert shape.intersection(BESIDE).area < 1e-6, (seed, step)


@BLOCKS
def test_the_outline_says_what_the_mask_says(first):
    """A pixel whose eight neighbours are of its kind lies on the outline's side of its middle."""
    rows, cols = np.mgrid[: SHAPE[0], : SHAPE[1]]
    x, y = ORIGIN[0] + (cols + 0.5) * PIXEL_M, ORIGIN[1] - (rows + 0.5) * PIXEL_M
    for seed, played in games(first):
        last = played.history[-1]
        shape = shapely.from_wkt(last.wkt)
        shapely.prepare(shape)
        within = shapely.contains_xy(shape, x, y)
        for kind in (True, False):
            plain = ndimage.binary_erosion(last.mask == kind, np.ones((3, 3)), border_value=1)
            assert (within[plain] == kind).all(), (seed, kind)


@BLOCKS
def test_every_piece_of_ice_is_known_by_a_stroke_or_by_the_outline_before(first):
    for seed, played in games(first):
        for before, after in played.steps():
            pieces, count = ndimage.label(after.mask)
            known = np.unique(pieces[(after.marks == IN) | (before.mask & after.mask)])
            assert set(range(1, count + 1)) <= set(known), (seed, after.stroke)


@BLOCKS
def test_a_stroke_inside_only_adds_and_one_outside_only_takes_away(first):
    for seed, played in games(first):
        for before, after in played.steps():
            gained, lost = after.mask & ~before.mask, before.mask & ~after.mask
            assert not (lost if after.stroke.inside else gained).any(), (seed, after.stroke)


@BLOCKS
def test_of_a_given_outline_only_what_hangs_together_with_the_stroke_changes(first):
    for seed, played in games(first):
        if not played.session.window.outliner.began.any():
            continue
        for before, after in played.steps():
            if not before.mask.any():
                continue
            changed = before.mask != after.mask
            drawn = pixels_of(after.stroke)
            pieces, count = ndimage.label(changed | drawn, np.ones((3, 3)))
            touched = set(np.unique(pieces[drawn]))
            assert set(range(1, count + 1)) <= touched, (seed, after.stroke)


@BLOCKS
def test_refusals_and_vain_undos_change_nothing_and_undos_go_one_step_back(first):
    for seed, played in games(first):
        kept = [played.history[0]]
        for now in played.history[1:]:
            if now.stroke is not None:
                kept.append(now)
            elif len(now.strokes) < len(kept[-1].strokes):
                kept.pop()
            was = kept[-1]
            assert now.strokes == was.strokes, seed
            assert np.array_equal(now.field, was.field), seed
            assert np.array_equal(now.marks, was.marks), seed
            assert now.wkt == was.wkt, seed


@BLOCKS
def test_kept_strokes_give_the_same_field_and_the_same_outline_again(first):
    for seed, played in games(first):
        last, again = played.history[-1], played_again(seed)
        assert again.strokes == last.strokes, seed
        assert np.array_equal(again._field, last.field), seed
        assert again.outline().wkt == last.wkt, seed


@BLOCKS
def test_undoing_all_comes_back_to_the_start_to_the_last_bit(first):
    for seed, played in games(first):
        start, session = played.history[0], played.session
        while session.strokes:
            session.undo()
        assert session._field.tobytes() == start.field.tobytes(), seed
        assert session.marks.tobytes() == start.marks.tobytes(), seed
        assert session.outline().wkt == start.wkt, seed
        with pytest.raises(NothingToUndoError):
            session.undo()


@BLOCKS
def test_stretches_far_from_any_change_keep_their_coordinates_to_the_last_bit(first):
    """Both ways: all vertices of the original that lie far are kept, and no new ones appear there."""
    for seed, played in games(first):
        window, last = played.session.window, played.history[-1]
        original = shapely.get_coordinates(window.outliner.original)
        if not len(original):
            continue
        changed = last.mask != window.outliner.began
        away = ndimage.distance_transform_edt(~changed) if changed.any() else np.full(SHAPE, np.inf)

        def far(xy, away=away):
            rows = np.clip(((ORIGIN[1] - xy[:, 1]) // PIXEL_M).astype(int), 0, SHAPE[0] - 1)
            cols = np.clip(((xy[:, 0] - ORIGIN[0]) // PIXEL_M).astype(int), 0, SHAPE[1] - 1)
            return {tuple(one) for one in xy[away[rows, cols] > 2 * AROUND_PX + 1]}

        assert far(original) == far(shapely.get_coordinates(shapely.from_wkt(last.wkt))), seed


def test_the_games_are_worth_playing():
    """They hold what they are meant to: long ones, undos, refusals, all starts, ice that grows and ice that goes."""
    played = [game(seed) for seed in range(GAMES)]
    lengths = [len(one.history) - 1 for one in played]
    assert min(lengths) == 1
    assert max(lengths) >= 9
    assert sum(one.refused for one in played) > 5
    assert sum(len(one.history) - 1 - len(one.steps()) for one in played) > 80
    steps = [pair for one in played for pair in one.steps()]
    assert sum((after.mask & ~before.mask).any() for before, after in steps) > 100
    assert sum((before.mask & ~after.mask).any() for before, after in steps) > 50
