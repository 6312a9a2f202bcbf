"""An outline fixed by strokes: what was marked holds, the rest of the world stays, and undo is exact."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from refine_grounds import NONE, at, grid_of, iou, line, rectangle, session_on, tongue_bands
from scipy import ndimage

from glacier_mapper.core.refine import Stroke
from glacier_mapper.core.refine_errors import NothingToUndoError, StrokeOutsideError
from glacier_mapper.core.roles import Role
from glacier_mapper.runner.refine.session import (
    CONTRADICTS,
    NO_DATA,
    NOTHING_LEFT,
    ON_NEIGHBOUR,
    PARTLY_OUTSIDE,
    draw,
)
from glacier_mapper.runner.refine.strokes import stroke_mask

EXAMPLES = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
BANDS, TRUTH = tongue_bands()
pixels = st.tuples(st.integers(2, 93), st.integers(2, 125))
strokes = st.builds(
    lambda points, inside, width: line(*points, inside=inside, width_px=width),
    st.lists(pixels, min_size=1, max_size=3), st.booleans(), st.sampled_from([0.0, 1.0, 3.0, 6.0]),
)
sequences = st.lists(strokes, min_size=1, max_size=5)
STARTS = {"nothing": NONE, "outline": rectangle(36, 0, 60, 50)}


def texts(session):
    return [note.template for note in session.notes]


class TestATongue:
    def test_one_stroke_along_it_finds_it_and_does_not_climb_the_walls(self):
        session = session_on(BANDS)
        session.stroke(line((47, 8), (47, 90)))
        assert iou(session.mask, TRUTH) > 0.9
        assert not session.mask[:28].any()
        assert not session.mask[70:].any()

    def test_without_a_terrain_model_too(self):
        bands = {role: band for role, band in BANDS.items() if role not in (Role.ELEVATION, Role.SLOPE)}
        session = session_on(bands)
        session.stroke(line((47, 8), (47, 90)))
        assert iou(session.mask, TRUTH) > 0.85

    def test_what_a_model_missed_is_added_to_its_outline(self):
        session = session_on(BANDS, outline=rectangle(36, 0, 60, 50))
        session.stroke(line((47, 60), (47, 90)))
        assert iou(session.mask, TRUTH) > 0.9

    def test_what_a_model_took_too_much_is_taken_away(self):
        session = session_on(BANDS, outline=rectangle(36, 0, 60, 128))
        session.stroke(line((40, 112), (56, 112), inside=False))
        assert session.mask[38:58, 106:120].mean() < 0.05
        assert session.mask[38:58, :90].all()


class TestMarks:
    @EXAMPLES
    @given(sequences, st.sampled_from(sorted(STARTS)))
    def test_the_last_word_on_each_pixel_holds_and_all_ice_is_known(self, drawn, start):
        session = session_on(BANDS, outline=STARTS[start])
        marks = np.full(TRUTH.shape, -1)
        for stroke in drawn:
            began = session.mask.copy()
            session.stroke(stroke)
            marks[stroke_mask(stroke, session.window.grid)] = stroke.inside
            assert session.mask[marks == 1].all()
            assert not session.mask[marks == 0].any()
            pieces, count = ndimage.label(session.mask)
            assert set(range(1, count + 1)) <= set(np.unique(pieces[(marks == 1) | (began & session.mask)]))

    @EXAMPLES
    @given(sequences, st.sampled_from(sorted(STARTS)))
    def test_undo_goes_back_exactly_stroke_by_stroke(self, drawn, start):
        session = session_on(BANDS, outline=STARTS[start])
        history = [(session.mask, session.marks, session.outline().wkt)]
        for stroke in drawn:
            session.stroke(stroke)
            history.append((session.mask, session.marks, session.outline().wkt))
        for mask, marks, wkt in reversed(history[:-1]):
            session.undo()
            assert np.array_equal(session.mask, mask)
            assert np.array_equal(session.marks, marks)
            assert session.outline().wkt == wkt

    @EXAMPLES
    @given(sequences, st.sampled_from(sorted(STARTS)))
    def test_kept_strokes_bring_a_lost_session_back(self, drawn, start):
        first, again = (session_on(BANDS, outline=STARTS[start]) for _ in range(2))
        draw(first, [*drawn, line((80, 10), (80, 20))])
        first.undo()
        draw(again, first.strokes)
        assert np.array_equal(first.mask, again.mask)
        assert first.outline().wkt == again.outline().wkt

    def test_nothing_to_undo(self):
        with pytest.raises(NothingToUndoError):
            session_on(BANDS).undo()

    def test_an_inside_stroke_takes_nothing_away_and_an_outside_stroke_adds_nothing(self):
        session = session_on(BANDS, outline=rectangle(30, 0, 60, 50))
        before = session.mask
        session.stroke(line((47, 60), (47, 90)))
        grown = session.mask
        assert grown[before].all()
        session.stroke(line((32, 10), (32, 40), inside=False))
        assert not session.mask[~grown].any()


class TestOutlines:
    @EXAMPLES
    @given(sequences, st.sampled_from(sorted(STARTS)))
    def test_they_are_valid_multipolygons_that_lie_apart_from_the_neighbours(self, drawn, start):
        beside = rectangle(62, 0, 80, 60)
        session = session_on(BANDS, outline=STARTS[start], neighbours=beside)
        for stroke in drawn:
            session.stroke(stroke)
            shape = shapely.from_wkt(session.outline().wkt)
            assert shape.geom_type == "MultiPolygon"
            assert shape.is_valid
            assert shape.intersection(beside).area < 1e-6
            assert not session.mask[62:80, :60].any()

    def test_untouched_stretches_keep_their_coordinates_to_the_last_bit(self):
        start = shapely.from_wkt(rectangle(36, 0, 60, 50).wkt)
        uneven = shapely.transform(start.segmentize(13.7), lambda xy: xy + 0.123456789 * np.sin(xy))
        session = session_on(BANDS, outline=shapely.MultiPolygon([*shapely.get_parts(uneven)]))
        session.stroke(line((47, 60), (47, 90)))
        left = at(0, 30)[0]
        kept = {tuple(xy) for xy in shapely.get_coordinates(uneven) if xy[0] < left}
        assert len(kept) > 30
        assert kept <= {tuple(xy) for xy in shapely.get_coordinates(shapely.from_wkt(session.outline().wkt))}

    def test_an_outline_that_no_stroke_changes_comes_back_as_it_was(self):
        start = rectangle(36, 0, 60, 50)
        session = session_on(BANDS, outline=start)
        assert session.outline().wkt == start.wkt
        session.stroke(line((47, 10), (47, 20)))
        assert shapely.from_wkt(session.outline().wkt).equals_exact(start)

    def test_what_is_shown_lies_where_the_mask_is(self):
        session = session_on(BANDS)
        session.stroke(line((47, 8), (47, 90)))
        outline = session.outline()
        assert outline.area_km2 == pytest.approx(session.mask.sum() * 1e-4, rel=0.02)
        burnt = stroke_mask(Stroke((at(47, 50),), True), grid_of(TRUTH.shape))
        assert session.mask[burnt].all()

    def test_nothing_yet_is_an_empty_multipolygon(self):
        outline = session_on(BANDS).outline()
        assert (outline.wkt, outline.area_km2, outline.strokes) == ("MULTIPOLYGON EMPTY", 0.0, 0)


class TestNotes:
    def test_a_stroke_outside_of_the_image_is_refused_and_changes_nothing(self):
        session = session_on(BANDS)
        with pytest.raises(StrokeOutsideError, match="Draw inside"):
            session.stroke(line((-20, 5), (-20, 60)))
        assert session.strokes == ()

    def test_a_stroke_partly_outside_counts_where_there_is_an_image(self):
        session = session_on(BANDS)
        session.stroke(line((47, -20), (47, 40)))
        assert texts(session) == [PARTLY_OUTSIDE]
        assert session.mask[47, 5]

    def test_contradictory_strokes_are_told_and_the_last_one_wins_where_they_meet(self):
        session = session_on(BANDS)
        session.stroke(line((47, 8), (47, 90)))
        assert texts(session) == []
        session.stroke(line((40, 50), (56, 50), inside=False, width_px=1.0))
        assert texts(session) == [CONTRADICTS]
        assert not session.mask[40:56, 50].any()
        assert session.mask[47, 8:48].all()
        assert session.mask[47, 54:90].all()

    def test_no_data_under_a_stroke_is_told_and_the_mark_holds(self):
        gap = np.zeros(TRUTH.shape, bool)
        gap[:, 40:60] = True
        session = session_on(tongue_bands(gap=gap)[0])
        session.stroke(line((47, 8), (47, 90)))
        assert texts(session) == [NO_DATA]
        assert session.mask[47, 8:90].all()
        assert iou(session.mask[:, :38], TRUTH[:, :38]) > 0.8

    def test_a_neighbours_ground_stays_its_own(self):
        session = session_on(BANDS, neighbours=rectangle(40, 60, 56, 100))
        session.stroke(line((47, 8), (47, 90)))
        assert texts(session) == [ON_NEIGHBOUR]
        assert not session.mask[40:56, 60:100].any()

    def test_a_stroke_on_a_neighbour_alone_changes_nothing_and_can_be_undone(self):
        session = session_on(BANDS, neighbours=rectangle(40, 60, 56, 100))
        session.stroke(line((47, 70), (47, 80)))
        assert texts(session) == [ON_NEIGHBOUR]
        assert not session.mask.any()
        session.undo()
        assert session.strokes == ()

    def test_an_outline_that_is_struck_out_as_a_whole_is_told(self):
        session = session_on(BANDS, outline=rectangle(46, 10, 49, 13))
        session.stroke(line((47, 8), (47, 15), inside=False, width_px=6.0))
        assert texts(session) == [CONTRADICTS, NOTHING_LEFT] or texts(session) == [NOTHING_LEFT]


def test_a_far_outline_is_not_touched():
    bands, truth = tongue_bands((96, 700))
    session = session_on(bands, outline=rectangle(30, 400, 70, 690))
    session.stroke(line((47, 20), (47, 60)))
    assert session.mask[30:70, 400:690].all()
    assert session.mask[:, 400:].sum() == 40 * 290
