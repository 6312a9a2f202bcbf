"""train, finetune and calibrate on the command line: what they ask of the jobs."""

from __future__ import annotations

import pytest

from glacier_mapper.core.errors import InvalidParameterError, NoLayersError, UsageError
from glacier_mapper.core.protocol import Method
from glacier_mapper.runner.cli_learning import learning_question
from glacier_mapper.runner.cli_output import result_text
from glacier_mapper.runner.cli_parser import parse


def question(line):
    return learning_question(parse(line.split()))


def test_train_with_nothing_but_data_and_place():
    method, params = question("train --data set.zarr -o model")
    assert method is Method.TRAIN
    assert (params["data"], params["out"], params["config"], params["changes"]) == ("set.zarr", "model", "", {})
    assert params["overwrite"] is False


def test_the_plans_options():
    line = (
        "train --data d --architecture glavitu --inputs optical,dem --region-encoding --steps 5 --batch 2 --crop 384 "
        "--rate 0.01 --seed 4 --look-every 3 --patience 2 --loaders 0 --threads 1 --precision bf16 -o m"
    )
    assert question(line)[1]["changes"] == {
        "architecture": "glavitu", "inputs": ["optical", "dem"], "location": "region", "count": 5, "batch": 2,
        "crop_px": 384, "rate": 0.01, "seed": 4, "look_every": 3, "patience": 2, "loaders": 0, "threads": 1,
        "precision": "bf16",
    }  # fmt: skip


def test_finetune_begins_with_a_model():
    method, params = question("finetune --model compact --data d --tuned adapters --rank 2 --steps 9 -o m")
    assert method is Method.TRAIN
    assert params["changes"] == {"start": "compact", "tuned": "adapters", "rank": 2, "count": 9}


def test_the_random_forest_is_trained_like_a_network():
    changes = question("train --data d --architecture random-forest --inputs optical -o m")[1]["changes"]
    assert changes == {"architecture": "random-forest", "inputs": ["optical"]}


def test_calibrate():
    method, params = question("calibrate --model m --data d --kind region --split test -o c")
    assert method is Method.CALIBRATE
    assert params == {"model": "m", "data": "d", "kind": "region", "split": "test", "out": "c", "overwrite": False}


@pytest.mark.parametrize(
    "line",
    ["train -o m", "train --data d", "finetune --data d -o m", "finetune --model m --data d --tuned most -o m",
     "calibrate --model m --data d --kind isotonic -o c", "train --data d --precision int8 -o m"],
)  # fmt: skip
def test_what_is_lacking_or_unknown_is_said(line):
    with pytest.raises(UsageError):
        parse(line.split())


class TestTeach:
    LINE = "teach --model compact --band red=a.tif:3 --outlines o.gpkg -o m"

    def test_with_nothing_but_what_it_needs(self):
        method, params = question(self.LINE)
        assert method is Method.TEACH
        assert (params["model"], params["outlines"], params["out"]) == ("compact", "o.gpkg", "m")
        assert params["settings"] == {"minutes": 5.0, "around_m": 500.0}
        assert params["extent"] is None
        assert [(one["role"], one["path"], one["band"]) for one in params["sources"]] == [("red", "a.tif", 3)]

    def test_all_of_its_options(self):
        more = (
            "--elevation dem.tif --outlines-layer mine --around 1500 --minutes 7.5 --threads 2 --seed 4 --pictures p "
            "--name my-valley --title Valley --overwrite --bounds 8 46 9 47"
        )
        params = question(f"{self.LINE} {more}")[1]
        assert params["settings"] == {"minutes": 7.5, "around_m": 1500.0}
        assert params["extent"] == {"bounds": [8.0, 46.0, 9.0, 47.0], "crs": "EPSG:4326"}
        told = {key: params[key] for key in ("outlines_layer", "threads", "seed", "pictures", "name", "title")}
        assert told == {
            "outlines_layer": "mine", "threads": 2, "seed": 4, "pictures": "p", "name": "my-valley", "title": "Valley",
        }  # fmt: skip
        assert params["overwrite"] is True
        assert {one["role"] for one in params["sources"]} == {"red", "elevation"}

    def test_bounds_in_another_system(self):
        params = question(f"{self.LINE} --bounds 0 0 100 100 --bounds-crs EPSG:32632")[1]
        assert params["extent"]["crs"] == "EPSG:32632"

    def test_the_image_s_facts_can_be_given(self):
        params = question(f"{self.LINE} --scale 0.0001 --offset -0.1 --date 2026-08-31")[1]
        [red] = params["sources"]
        assert (red["scale"], red["offset"], red["date"]) == (0.0001, -0.1, "2026-08-31")

    @pytest.mark.parametrize("lacking", ["--model compact", "--outlines o.gpkg", "-o m"])
    def test_what_it_needs_is_asked_for(self, lacking):
        with pytest.raises(UsageError):
            parse(self.LINE.replace(lacking, "").split())

    @pytest.mark.parametrize(
        ("option", "kind"), [("--minutes 0", InvalidParameterError), ("--around -1", InvalidParameterError),
                             ("--threads -1", InvalidParameterError), ("--minutes soon", UsageError)],
    )  # fmt: skip
    def test_values_that_are_none_are_refused(self, option, kind):
        with pytest.raises(kind):
            question(f"{self.LINE} {option}")

    def test_without_layers_it_says_so(self):
        with pytest.raises(NoLayersError):
            question("teach --model compact --outlines o.gpkg -o m")

    def test_the_result_is_a_small_table(self):
        figures = {"iou": 0.5, "precision": 0.25, "recall": None, "ece": 0.125}
        text = result_text("teach", {
            "package": "/m/valley", "name": "valley", "title": "Valley", "start": "compact", "before": figures,
            "after": {**figures, "iou": 0.75}, "taught_km2": 12.5, "ice_km2": 3.25, "aside_km2": 4.0, "steps": 320,
            "seconds": 288.1, "calibrated": True, "pictures": ["/p/before.png", "/p/after.png"],
        })  # fmt: skip
        assert text.splitlines() == [
            "Valley (valley): /m/valley",
            "320 steps in 288 s on 12.5 km² (3.25 km² of glacier); measured on 4 km² that were kept aside",
            "            before   after",
            "iou          0.500   0.750",
            "precision    0.250   0.250",
            "recall           –       –",
            "ece          0.125   0.125",
            "/p/before.png",
            "/p/after.png",
        ]
