"""Outlines fixed in the real runner process: sessions kept ready, lost with it, and brought back."""

from __future__ import annotations

import contextlib
import os
import signal

import numpy as np
import pytest
import shapely
from refine_grounds import at, line, rectangle, tongue_bands
from stand_in import PACKAGE, PYTHON

from glacier_mapper.core.errors import InvalidOutlinesError, InvalidParameterError, MissingFileError, RunnerCrashedError
from glacier_mapper.core.refine import LivewirePath, RefinedOutline, RefineOpened, RefineRequest
from glacier_mapper.core.refine_errors import NoAnchorError, NoSuchSessionError, NothingToUndoError, StrokeOutsideError
from glacier_mapper.core.request import BandSource, MapRequest
from glacier_mapper.core.roles import OPTICAL_ROLES, Role
from glacier_mapper.runner_client.process import ProcessRunner
from glacier_mapper.runner_client.runner import RunnerCommand


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    runner = ProcessRunner(RunnerCommand(PYTHON, PACKAGE, log_folder=tmp_path_factory.mktemp("logs")))
    yield runner
    runner.stop()


@pytest.fixture
def request_of(make_raster):
    """A factory of requests on a scene with a debris-covered tongue."""
    bands, truth = tongue_bands()
    image = make_raster("tongue ü.tif", np.stack([bands[role] for role in OPTICAL_ROLES]))
    dem = make_raster("dem.tif", bands[Role.ELEVATION])
    make_raster("probability.tif", np.where(truth, 0.3, 0.1).astype("float32"))
    optical = enumerate(OPTICAL_ROLES, 1)
    sources = [BandSource(role, str(image), place, scale=1.0, offset=0.0) for place, role in optical]
    scene = MapRequest((*sources, BandSource(Role.ELEVATION, str(dem), scale=1.0, offset=0.0)), "")
    return lambda **more: RefineRequest(scene, probability=str(image.parent / "probability.tif"), **more)


def opened(runner, request):
    return RefineOpened.from_json(runner.call("refine_open", request.to_json()))


def drawn(runner, session, stroke):
    answer = runner.call("refine_stroke", {"session": session, "stroke": stroke.to_json()})
    return RefinedOutline.from_json(answer)


def test_strokes_undo_and_close(warm, request_of):
    face = opened(warm, request_of(outline=rectangle(36, 0, 60, 50).wkt, outline_crs="EPSG:32632"))
    assert "probability" in face.features
    assert face.grid.shape_yx == (96, 128)
    assert face.outline.area_km2 == pytest.approx(24 * 50 * 1e-4, rel=1e-2)
    more = drawn(warm, face.session, line((47, 60), (47, 90)))
    assert more.strokes == 1
    assert more.area_km2 > face.outline.area_km2
    assert shapely.from_wkt(more.wkt).contains(shapely.Point(at(47, 75)))
    back = RefinedOutline.from_json(warm.call("refine_undo", {"session": face.session}))
    assert back.wkt == face.outline.wkt
    with pytest.raises(NothingToUndoError):
        warm.call("refine_undo", {"session": face.session})
    assert warm.call("refine_close", {"session": face.session}) == {}
    with pytest.raises(NoSuchSessionError):
        drawn(warm, face.session, line((47, 60), (47, 90)))


def test_along_edges(warm, request_of):
    face = opened(warm, request_of())
    asked = {"session": face.session, "point": at(36, 10)}
    with pytest.raises(NoAnchorError):
        warm.call("livewire_move", asked)
    assert len(LivewirePath.from_json(warm.call("livewire_start", asked)).points) == 1
    path = LivewirePath.from_json(warm.call("livewire_move", {"session": face.session, "point": at(36, 90)}))
    assert abs(path.points[-1][0] - at(36, 90)[0]) < 100
    straight = warm.call("livewire_move", {"session": face.session, "point": at(36, 90), "snap": False})
    assert LivewirePath.from_json(straight).points[-1] == at(36, 90)


def test_a_runner_that_was_killed_between_strokes_brings_the_session_back_from_kept_strokes(warm, request_of):
    kept = [line((47, 8), (47, 60)), line((47, 60), (47, 95)), line((20, 10), (20, 90), inside=False)]
    face = opened(warm, request_of())
    before = [drawn(warm, face.session, stroke) for stroke in kept][-1]
    with contextlib.suppress(ProcessLookupError):
        os.kill(warm.pid, signal.SIGKILL)
    with contextlib.suppress(RunnerCrashedError), pytest.raises(NoSuchSessionError):
        drawn(warm, face.session, kept[0])
    again = opened(warm, request_of(strokes=tuple(kept)))
    assert again.outline.wkt == before.wkt
    assert again.outline.strokes == 3


def test_an_outline_in_degrees_is_taken_to_the_images_grid(warm, request_of):
    from pyproj import Transformer

    turn = Transformer.from_crs("EPSG:32632", "EPSG:4326", always_xy=True).transform
    degrees = shapely.transform(rectangle(36, 0, 60, 50), turn, interleaved=False)
    face = opened(warm, request_of(outline=degrees.wkt, outline_crs="EPSG:4326"))
    assert face.outline.area_km2 == pytest.approx(24 * 50 * 1e-4, rel=1e-2)


def test_bad_input_is_told_and_the_runner_lives_on(warm, request_of):
    with pytest.raises(InvalidOutlinesError):
        opened(warm, request_of(outline="POLYGON ((0 0, 1", outline_crs="EPSG:32632"))
    with pytest.raises(InvalidOutlinesError, match="no polygon"):
        opened(warm, request_of(outline="POINT (600000 5200000)", outline_crs="EPSG:32632"))
    with pytest.raises(MissingFileError):
        warm.call("refine_open", {**request_of().to_json(), "probability": "/gone.tif"})
    face = opened(warm, request_of())
    with pytest.raises(StrokeOutsideError):
        drawn(warm, face.session, line((-50, 0), (-50, 9)))
    with pytest.raises(InvalidParameterError):
        warm.call("refine_stroke", {"session": face.session, "stroke": {"points": [], "inside": True}})
    with pytest.raises(InvalidParameterError):
        warm.call("livewire_start", {"session": face.session, "point": [1]})
    assert drawn(warm, face.session, line((47, 8), (47, 90))).strokes == 1


def test_of_three_sessions_the_two_youngest_are_kept(warm, request_of):
    faces = [opened(warm, request_of()) for _ in range(3)]
    with pytest.raises(NoSuchSessionError):
        drawn(warm, faces[0].session, line((47, 8), (47, 90)))
    assert drawn(warm, faces[1].session, line((47, 8), (47, 90))).strokes == 1
