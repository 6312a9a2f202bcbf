"""What a teaching asks and answers: values that hold, come back from JSON, and are remembered."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from glacier_mapper.core.errors import InvalidParameterError, NoLayersError
from glacier_mapper.core.extent import Extent
from glacier_mapper.core.model_errors import InvalidPackageError, ModelError
from glacier_mapper.core.protocol import Method
from glacier_mapper.core.request import BandSource
from glacier_mapper.core.roles import Role
from glacier_mapper.core.settings import Settings, with_values
from glacier_mapper.core.teach import FIGURES, MINUTES, TeachFace, TeachRequest, TeachResult, TeachSettings
from glacier_mapper.core.teach_errors import (
    EnsembleNotTaughtError,
    NothingReviewedError,
    NotTeachableError,
    NoWeightsError,
    TeachTimeError,
    TooLittleReviewedError,
)
from glacier_mapper.runner.jobs import LONG_JOBS

SOURCES = (BandSource(Role.RED, "/a/b.tif", 3), BandSource(Role.ELEVATION, "/a/dem.tif", temporary=True))
REQUEST = TeachRequest(SOURCES, "/o/corrected.gpkg", "compact", "/models/my-valley")
RESULT = TeachResult(
    "/models/my-valley", "my-valley", "My valley", "compact", {"iou": 0.5, "recall": None}, {"iou": 0.75},
    12.5, 3.25, 4.0, 320, 288.1, True, ("/p/before.png", "/p/after.png"),
)  # fmt: skip
EXAMPLES = hypothesis_settings(max_examples=40, deadline=None)


def over_the_wire(value):
    return json.loads(json.dumps(value.to_json(), allow_nan=False))


class TestSettings:
    def test_five_minutes_and_half_a_kilometre_unless_told_otherwise(self):
        assert TeachSettings() == TeachSettings(minutes=5.0, around_m=500.0)

    @pytest.mark.parametrize("minutes", [0.0, 0.05, -1.0, 241.0, math.nan, math.inf])
    def test_times_that_are_none_are_refused(self, minutes):
        with pytest.raises(InvalidParameterError, match="minutes"):
            TeachSettings(minutes=minutes)

    @pytest.mark.parametrize("around_m", [-0.1, 1e7, math.nan])
    def test_distances_that_are_none_are_refused(self, around_m):
        with pytest.raises(InvalidParameterError, match="around_m"):
            TeachSettings(around_m=around_m)

    @pytest.mark.parametrize("minutes", MINUTES)
    def test_the_ends_of_the_range_are_good(self, minutes):
        assert TeachSettings(minutes=minutes).minutes == minutes

    def test_no_ground_around_is_a_choice(self):
        assert TeachSettings(around_m=0.0).around_m == 0.0


class TestRemembered:
    def test_what_was_chosen_last_is_a_setting(self):
        kept = replace(Settings(), teach=TeachSettings(12.0, 250.0))
        assert with_values(Settings(), kept.to_json()) == kept

    def test_one_bad_value_does_not_drop_the_other(self):
        found = with_values(Settings(), {"teach": {"minutes": 0, "around_m": 100}})
        assert found.teach == TeachSettings(5.0, 100.0)

    @pytest.mark.parametrize("stored", ["often", 7, None, [1, 2]])
    def test_what_is_no_object_leaves_the_default(self, stored):
        assert with_values(Settings(), {"teach": stored}).teach == TeachSettings()

    def test_keys_of_another_release_are_left_out(self):
        found = with_values(Settings(), {"teach": {"minutes": 8.0, "epochs": 3}})
        assert found.teach == TeachSettings(8.0, 500.0)


class TestRequest:
    def test_it_comes_back_from_json(self):
        request = replace(
            REQUEST, extent=Extent(170.0, -45.0, -170.0, -43.0, "EPSG:4326"), settings=TeachSettings(7.5, 0.0),
            name="my-valley", title="Mein Tal Ä", pictures="/p", threads=2, seed=9, overwrite=True,
            outlines_layer="outlines",
        )  # fmt: skip
        assert TeachRequest.from_json(over_the_wire(request)) == request

    @EXAMPLES
    @given(
        st.builds(TeachSettings, st.floats(*MINUTES), st.floats(0, 1e6)), st.text(max_size=20),
        st.integers(0, 10**6), st.sampled_from([None, Extent(0, 0, 1, 1, "EPSG:32632")]),
    )  # fmt: skip
    def test_it_comes_back_whatever_it_holds(self, chosen, text, number, extent):
        request = replace(
            REQUEST, settings=chosen, title=text, outlines=text, seed=number, threads=number, extent=extent,
            overwrite=bool(number % 2),
        )  # fmt: skip
        assert TeachRequest.from_json(over_the_wire(request)) == request

    def test_what_has_a_default_may_be_left_out(self):
        short = {"sources": [one.to_json() for one in SOURCES], "outlines": "/o/corrected.gpkg", "model": "compact"}
        assert TeachRequest.from_json({**short, "out": "/models/my-valley"}) == REQUEST

    @pytest.mark.parametrize("lacking", ["sources", "outlines", "model", "out"])
    def test_what_has_none_may_not(self, lacking):
        values = {key: value for key, value in over_the_wire(REQUEST).items() if key != lacking}
        with pytest.raises((KeyError, TypeError)):
            TeachRequest.from_json(values)

    def test_without_layers_there_is_nothing_to_see(self):
        with pytest.raises(NoLayersError):
            replace(REQUEST, sources=())

    @pytest.mark.parametrize("name", ["threads", "seed"])
    def test_numbers_below_nought_are_refused(self, name):
        with pytest.raises(InvalidParameterError, match=name):
            replace(REQUEST, **{name: -1})

    @pytest.mark.parametrize(
        ("out", "name", "expected"),
        [("/m/my-valley", "", "my-valley"), ("/m/Mein Täl", "", "mein-tal"), ("/m/x", "my-name", "my-name")],
    )
    def test_the_name_is_the_one_given_or_made_of_the_folders(self, out, name, expected):
        assert replace(REQUEST, out=out, name=name).package_name == expected


class TestResult:
    def test_it_comes_back_from_json(self):
        assert TeachResult.from_json(over_the_wire(RESULT)) == RESULT

    def test_pictures_may_be_left_out(self):
        values = over_the_wire(RESULT)
        del values["pictures"]
        assert TeachResult.from_json(values) == replace(RESULT, pictures=())

    def test_unknown_keys_are_named(self):
        with pytest.raises(TypeError, match="epochs"):
            TeachResult.from_json({**over_the_wire(RESULT), "epochs": 3})

    def test_the_figures_that_are_told(self):
        assert FIGURES == ("iou", "precision", "recall", "ece")


def test_a_face_without_anything_has_no_obstacle():
    assert TeachFace() == TeachFace("", 0, 0, 0, 0, None)


def test_it_is_a_long_job_as_it_takes_minutes():
    assert Method.TEACH in LONG_JOBS


class TestErrors:
    @pytest.mark.parametrize(
        ("error", "message", "remedy"),
        [
            (NotTeachableError(model="band-ratio"), "“band-ratio” is no network and can't learn.", "Choose a network"),
            (NoWeightsError(model="old"), "“old” can't learn: its package holds no weights", "Import or export it"),
            (EnsembleNotTaughtError(model="four"), "“four” can't learn: it is an ensemble", "join them again"),
            (NothingReviewedError(), "No outline in the view is reviewed", "correct the outlines, accept"),
            (TooLittleReviewedError(ice_km2=0.1, other_km2=0.2, needed_km2=0.3),
             "0.1 km² of glacier and 0.2 km² of other ground", "at least 0.3 km² of glacier"),
            (TeachTimeError(model="big", minutes=2, needed=9), "2 min are too short to teach “big”", "Allow 9 min"),
        ],
        ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
    )  # fmt: skip
    def test_each_names_the_thing_and_the_remedy(self, error, message, remedy):
        assert message in str(error.to_message())
        assert remedy in str(error.to_remedy())
        assert error.exit_code == 2

    def test_a_model_that_can_not_learn_is_an_error_of_models(self):
        assert issubclass(NotTeachableError, ModelError)
        assert issubclass(NoWeightsError, ModelError)
        assert not issubclass(NoWeightsError, InvalidPackageError)  # it maps as well as before
