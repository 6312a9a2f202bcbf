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


def test_a_file_is_described_in_columns():
    scaling = {"scale": 2.75e-05, "offset": -0.2, "reason": {"template": "As the file says.", "details": {}}}
    named = {"template": "The band is called “{text}”.", "details": {"text": "swir1"}}
    bare = {"description": "", "unit": "", "role": None, "reason": None, "certainty": None, "scaling": None}
    told = {"description": "swir1", "unit": "", "role": "swir1", "reason": named, "certainty": 0.95}
    bands = [
        {"band": 1, "dtype": "float32", "nodata": "nan", **bare},
        {"band": 2, "dtype": "uint16", "nodata": 0.0, **told, "scaling": scaling},
        {"band": 3, "dtype": "uint16", "nodata": None, **told, "scaling": scaling},
    ]
    facts = {"driver": "GTiff", "width": 5, "height": 4, "crs": "EPSG:32643", "pixel_size": 30.0, "date": ""}
    text = result_text("info", {"path": "a.tif", **facts, "bounds": [583305.0, 0.5, 2.0, 3.0], "bands": bands})
    assert text.splitlines() == [
        "file    a.tif",
        "format  GTiff",
        "size    5 × 4 pixels of 30 (units of the CRS)",
        "CRS     EPSG:32643",
        "bounds  west 583305, south 0.5, east 2, north 3",
        "date    not known",
        "",
        "band  description  type     no data  role   certainty  value                    unit",
        "1     -            float32  nan      -      -          -                        -",
        "2     swir1        uint16   0        swir1  95 %       number * 2.75e-05 - 0.2  -",
        "3     swir1        uint16   -        swir1  95 %       number * 2.75e-05 - 0.2  -",
        "",
        "bands 2, 3  The band is called “swir1”.",
        "bands 2, 3  As the file says.",
    ]


def test_devices_stand_in_columns_with_why_one_is_not_there():
    reason = {"template": "No driver of version {version}.", "details": {"version": "12"}}
    text = result_text("devices", [
        {"name": "cpu", "title": "Processor (CPU), 2 threads", "available": True, "reason": None, "chosen": True},
        {"name": "cuda", "title": "NVIDIA", "available": False, "reason": reason, "chosen": False},
    ])
    assert text.splitlines() == [
        "name  here  device",
        "cpu   yes   Processor (CPU), 2 threads (what “auto” takes)",
        "cuda  no    NVIDIA",
        "              No driver of version 12.",
    ]


def test_what_a_reduction_costs_stands_in_lines():
    check = {
        "pixels_flipped": 0.00015625, "iou": 0.8123, "iou_float32": 0.8124, "iou_lost": 0.0001, "pixels": 25600,
        "mean_change": 6.25e-05, "largest_change": 0.00069, "scenes": ["a", "b"], "speed_ratio": 1.629,
        "created": "2026-11-27T21:30:17Z", "onnxruntime": "1.32.0", "against": "f2",
    }
    made = {"package": "m-float16", "folder": "/m", "precision": "float16", "bytes": 2_600_000}
    result = {**made, "bytes_float32": 5_000_000, "check": check}
    assert result_text("reduce", result).splitlines() == [
        "package    m-float16",
        "folder     /m",
        "precision  float16",
        "size       2.6 MB, 52 % of the network in float32",
        "speed      1.63 times that of the network in float32",
        "scenes     a, b",
        "pixels     25600, of which 0.016 % change sides of 0.5",
        "change     0.00006 of probability on average, 0.00069 at most",
        "IoU        0.8123, in float32 0.8124",
        "checked    2026-11-27T21:30:17Z, ONNX Runtime 1.32.0",
    ]
    unlabelled = {**result, "check": {**check, "iou": None, "iou_float32": None, "iou_lost": None}}
    assert "IoU        not known, as no scene has labels" in result_text("reduce", unlabelled)
