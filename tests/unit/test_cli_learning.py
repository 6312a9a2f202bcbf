"""train, finetune and calibrate on the command line: what they ask of the jobs."""

from __future__ import annotations

import pytest

from glacier_mapper.core.errors import UsageError
from glacier_mapper.core.protocol import Method
from glacier_mapper.runner.cli_learning import learning_question
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
