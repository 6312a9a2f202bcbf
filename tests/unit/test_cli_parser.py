"""From a command line to a request, and from values to text."""

from __future__ import annotations

import io

import pytest

from glacier_mapper.core.errors import InvalidParameterError, UsageError
from glacier_mapper.core.progress import Progress, Stage
from glacier_mapper.core.roles import Role
from glacier_mapper.runner import cli
from glacier_mapper.runner.cli_output import ProgressLine, progress_text, result_text
from glacier_mapper.runner.cli_parser import SIMULATED_KINDS, SIMULATED_SEASONS, parse
from glacier_mapper.runner.cli_sources import SINGLE_ROLES
from glacier_mapper.runner.training.simulate import Kind, Season


def request_of(line):
    return cli.map_request(parse(["map", "--out", "DIR", *line.split()]))


def test_defaults_are_those_of_the_values():
    request = request_of("--band red=r.tif")
    assert request.model == "band-ratio"
    assert request.extent is None
    assert request.out_dir == "DIR"
    assert request.overwrite is False
    assert request.band_ratio == type(request.band_ratio)()
    assert request.outlines == type(request.outlines)()


@pytest.mark.parametrize(("option", "role"), SINGLE_ROLES.items(), ids=list(SINGLE_ROLES))
def test_each_single_layer_gets_its_role(option, role):
    request = request_of(f"--{option.replace('_', '-')} f.tif")
    assert [(source.role, source.path, source.band) for source in request.sources] == [(role, "f.tif", 1)]


@pytest.mark.parametrize(
    ("text", "path", "band"),
    [
        ("red=r.tif", "r.tif", 1),
        ("red=r.tif:4", "r.tif", 4),
        ("red=C:\\a\\r.tif", "C:\\a\\r.tif", 1),
        ("red=C:\\a\\r.tif:12", "C:\\a\\r.tif", 12),
        ("red=/a=b/r.tif", "/a=b/r.tif", 1),
    ],
)
def test_a_band_is_named_with_its_role_file_and_number(text, path, band):
    source = request_of(f"--band {text}").sources[0]
    assert (source.role, source.path, source.band) == (Role.RED, path, band)
    assert source.by_hand == text.endswith(f":{band}")


@pytest.mark.parametrize("text", ["red", "=r.tif", "Rot=r.tif", "red="])
def test_a_band_that_can_not_be_read_is_named(text):
    with pytest.raises(InvalidParameterError) as caught:
        request_of(f"--band {text}")
    assert text in str(caught.value)


def test_bounds_and_settings_reach_the_request():
    request = request_of(
        "--band red=r.tif --bounds -10.5 45 -9 46.25 --bounds-crs EPSG:32632 --index ndsi --threshold 0.4 "
        "--min-blue off --max-ndvi 0.2 --median-px 5 --outline-threshold 0.6 --min-area-km2 0.05 --smoothing 0 "
        "--analyst A --threads 2 --memory-limit-mb 900 --overwrite --model other"
    )
    assert request.extent.xyxy == (-10.5, 45.0, -9.0, 46.25)
    assert request.extent.crs == "EPSG:32632"
    assert (request.band_ratio.index, request.band_ratio.threshold) == ("ndsi", 0.4)
    assert (request.band_ratio.min_blue, request.band_ratio.max_ndvi) == (None, 0.2)
    assert request.band_ratio.median_px == 5
    assert (request.outlines.threshold, request.outlines.min_area_km2, request.outlines.smoothing) == (0.6, 0.05, 0.0)
    assert (request.analyst, request.threads, request.memory_limit_mb) == ("A", 2, 900)
    assert (request.overwrite, request.model) == (True, "other")


def test_what_is_said_of_the_image_reaches_its_bands_alone():
    request = request_of("--band red=r.tif --elevation dem.tif --scaling landsat-c2-l1 --date 2020-09-27")
    red, dem = request.by_role[Role.RED], request.by_role[Role.ELEVATION]
    assert (red.scaling, red.date, dem.scaling, dem.date) == ("landsat-c2-l1", "2020-09-27", "auto", "")
    request = request_of("--band red=r.tif --elevation dem.tif --scale 2.75e-5 --offset -0.2")
    red, dem = request.by_role[Role.RED], request.by_role[Role.ELEVATION]
    assert (red.scale, red.offset, dem.scale, dem.offset) == (2.75e-5, -0.2, None, None)


def test_a_tilde_is_the_users_own_folder(monkeypatch):
    monkeypatch.setenv("HOME", "/home/a")
    monkeypatch.setenv("USERPROFILE", "/home/a")
    options = parse(["map", "--out", "~/out", "--optical", "~/s.tif", "--band", "red=~/r.tif:2", "--elevation=~/d.tif"])
    assert (options.out, options.optical, options.elevation) == ("/home/a/out", ["/home/a/s.tif"], "/home/a/d.tif")
    assert request_of("--band red=~/r.tif:2").sources[0].path == "/home/a/r.tif"
    assert parse(["outlines", "~/p.tif", "--out", "o"]).probability == "/home/a/p.tif"
    assert parse(["simulate", "--seed", "1", "--size", "64", "-o", "~/s"]).out == "/home/a/s"


@pytest.mark.parametrize("words", ["map --band red=r.tif", "outlines p.tif"], ids=["map", "outlines"])
def test_a_day_to_come_is_refused(words):
    with pytest.raises(InvalidParameterError, match=r"date can't be 2999-01-01\. It must be the day of the image"):
        cli._question(parse([*words.split(), "--out", "o", "--date", "2999-01-01"]))


@pytest.mark.parametrize("command", [
    ["map", "--band", "red=r.tif", "--out", ""], ["outlines", "p.tif", "--out", " "], ["outlines", "", "--out", "o"],
    ["simulate", "--seed", "1", "--size", "64", "-o", ""], ["map", "--optical", "", "--out", "o"], ["info", ""],
])  # fmt: skip
def test_an_empty_name_is_no_place(command):
    with pytest.raises(UsageError, match="must name a file or folder"):
        parse(command)


def test_a_role_named_by_hand_wins_over_the_guess(make_raster):
    numpy = pytest.importorskip("numpy")
    path = make_raster("scene.tif", numpy.ones((2, 4, 4), "float32"), descriptions=["red", "swir1"])
    request = request_of(f"--optical {path} --band red=better.tif")
    assert request.by_role[Role.RED].path == "better.tif"
    assert request.by_role[Role.SWIR1].band == 2


@pytest.mark.parametrize(
    "line",
    ["map", "map --out", "map --out d --bounds 1 2 3", "info", "simulate --seed 1", "models extra", "map --ou d"],
)
def test_a_wrong_command_line_is_a_usage_error_that_points_to_help(line):
    with pytest.raises(UsageError) as caught:
        parse(line.split())
    assert str(caught.value).endswith("--help”.")


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress(Stage.PREDICTING, 3, 5, 0.6, 12.4), "[######....]  60 % Mapping glaciers 3/5, 12 s left"),
        (Progress(Stage.READING, 0, 1, 0.0), "[..........]   0 % Reading the layers"),
        (Progress(Stage.DONE, 1, 1, 1.2, -3.0), "[##########] 120 % Done, 0 s left"),
    ],
    ids=["middle", "start", "beyond the end"],
)
def test_a_line_of_progress(progress, text):
    assert progress_text(progress, bar_width=10) == text


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_shorter_line_wipes_out_a_longer_one():
    stream = Terminal()
    show = ProgressLine(stream)
    show(Progress(Stage.PREDICTING, 1000, 1000, 0.5, 100.0))
    long = len(stream.getvalue())
    show(Progress(Stage.DONE, 1, 1, 1.0))
    show.close()
    show.close()
    assert stream.getvalue().count("\n") == 1
    assert len(stream.getvalue()) == 2 * long + 1


def test_notes_are_sentences():
    result = {
        "outline_count": 2,
        "area_km2": 1.25,
        "seconds": 3.04,
        "probability": "p.tif",
        "confidence": "",
        "outlines": "o",
        "report": "r",
        "notes": [{"template": "No {role}: a rule was skipped.", "details": {"role": "blue"}}],
    }
    assert result_text("map", result) == "2 outlines, 1.250 km², in 3.0 s\np.tif\no\nr\nNo blue: a rule was skipped.\n"


def params_of_simulate(line):
    return cli._question(parse(["simulate", "--seed", "7", "--size", "256", "-o", "d", *line.split()]))[1]


def test_a_simulated_scene_is_a_clear_late_summer_of_valley_glaciers_if_nothing_is_said():
    assert params_of_simulate("") == {
        "seed": 7, "size_px": 256, "out_dir": "d", "sensor": "S2", "kind": "valley", "season": "summer", "dates": 1,
        "radar": False, "clouds": False, "gaps": False, "top_of_atmosphere": False, "terrain": "", "overwrite": False,
    }


def test_every_option_of_a_simulated_scene_gets_through():
    line = "--sensor L9 --kind cirque --season winter --dates 3 --radar --clouds --gaps --toa --terrain f.tif"
    params = params_of_simulate(line)
    assert (params["sensor"], params["kind"], params["season"], params["dates"]) == ("L9", "cirque", "winter", 3)
    assert params["radar"] is params["clouds"] is params["gaps"] is params["top_of_atmosphere"] is True
    assert params["terrain"] == "f.tif"


def test_the_kinds_and_seasons_of_the_command_line_are_those_of_the_simulator():
    assert tuple(kind.value for kind in Kind) == SIMULATED_KINDS
    assert tuple(season.value for season in Season) == SIMULATED_SEASONS


@pytest.mark.parametrize("line", ["--kind moon", "--season monsoon", "--sensor S1", "--dates some"])
def test_a_scene_that_can_not_be_simulated_is_a_usage_error(line):
    with pytest.raises(UsageError):
        params_of_simulate(line)


def test_simulated_paths_stand_one_a_line():
    assert result_text("simulate", {"paths": ["a.tif", "b.tif"]}) == "a.tif\nb.tif\n"


def test_a_file_is_described_in_sentences():
    band = {
        "band": 2,
        "description": "swir1",
        "nodata": None,
        "reason": {"template": "The band is called “{text}”.", "details": {"text": "swir1"}},
        "scaling": {"scale": 0.1, "offset": None},
    }
    text = result_text("info", {"path": "a.tif", "bounds": [1.0, 2.5], "bands": [band]})
    assert text == (
        "path: a.tif\nbounds: 1.0, 2.5\n"
        "band 2: description swir1, reason “The band is called “swir1”.”, scaling (scale 0.1)\n"
    )
