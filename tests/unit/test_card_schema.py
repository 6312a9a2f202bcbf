"""model.json against what STAC 1.1 and its machine-learning-model extension 1.5 ask of an item.

The rules are written out here from the JSON schemas of stac-spec 1.1.0 (item, bands, common) and of the mlm
extension (1.3.0 and its change log to 1.5), file 2.1.0, classification 1.1.0 and 2.0.0.
"""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from card_maker import CARD  # noqa: E402

from glacier_mapper.core.branches import BRANCH_ROLES, Branch  # noqa: E402
from glacier_mapper.core.model_card import (  # noqa: E402
    BandScaling,
    BranchSpec,
    Description,
    Ensemble,
    Location,
    ModelCard,
    ModelFile,
    Scaler,
)
from glacier_mapper.core.model_card_json import card_to_json  # noqa: E402

MLM_PROPERTIES = {
    "mlm:name", "mlm:architecture", "mlm:tasks", "mlm:framework", "mlm:framework_version", "mlm:memory_size",
    "mlm:total_parameters", "mlm:pretrained", "mlm:pretrained_source", "mlm:batch_size_suggestion", "mlm:accelerator",
    "mlm:accelerator_constrained", "mlm:accelerator_summary", "mlm:accelerator_count", "mlm:input", "mlm:output",
    "mlm:hyperparameters",
}  # fmt: skip
SCALINGS = {"min-max": {"minimum", "maximum"}, "z-score": {"mean", "stddev"}, "scale": {"value"}}


def every_branch() -> ModelCard:
    specs = tuple(
        BranchSpec(branch, tuple(BandScaling(Scaler.MIN_MAX, 0, 1) for _ in BRANCH_ROLES[branch])) for branch in Branch
    )
    return replace(CARD, branches=specs, location=Location.COORDINATES)


CARDS = {
    "two branches": CARD,
    "every branch": every_branch(),
    "no texts": replace(CARD, description=Description("T"), created="", golden="", parameters=0),
    "no location": replace(CARD, location=Location.NONE),
    "no scaling": replace(CARD, branches=(BranchSpec(Branch.DEM, (BandScaling(Scaler.NONE),) * 2),)),
    "three networks": replace(
        CARD, ensemble=Ensemble((ModelFile("member-2.onnx", 1, "cd" * 32), ModelFile("member-3.onnx", 2, "ef" * 32)))
    ),
    "free size": replace(CARD, tiling=replace(CARD.tiling, fixed=False)),
}


@pytest.fixture(params=CARDS.values(), ids=CARDS)
def item(request):
    return card_to_json(request.param)


def test_it_is_a_stac_item(item):
    assert (item["type"], item["stac_version"]) == ("Feature", "1.1.0")
    assert item["id"] == "tiny-net"
    assert item["geometry"] is None
    assert "bbox" not in item  # wanted only with a geometry
    assert item["links"] == []
    assert len(set(item["stac_extensions"])) == len(item["stac_extensions"])


def test_common_properties_are_not_empty_and_have_their_form(item):
    own = item["properties"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", own["datetime"])
    for name in ("title", "description", "license", "created", "version"):
        assert own.get(name, "something")
    assert re.fullmatch(r"[\w.+-]+", own.get("license", "other"))


def test_extensions_are_declared_for_the_prefixes_in_use(item):
    declared = " ".join(item["stac_extensions"])
    assert "mlm/v1.5.2" in declared
    assert "file/v2" in declared
    assert "classification/v2" in declared
    assert ("sci:citation" in item["properties"]) == ("scientific/" in declared)


def test_bands_stand_in_the_properties_and_in_the_models_asset(item):
    """MLM: named bands of an input are declared; STAC: in the properties only if an asset has them too."""
    declared = [band["name"] for band in item["properties"]["bands"]]
    assert declared == [band["name"] for band in item["assets"]["model"]["bands"]]
    used = [name for one in item["properties"]["mlm:input"] for name in one["bands"]]
    assert used == declared


def test_mlm_fields_are_known_and_the_required_ones_there(item):
    found = {name for name in item["properties"] if name.startswith("mlm:")}
    assert found <= MLM_PROPERTIES
    assert {"mlm:name", "mlm:architecture", "mlm:tasks", "mlm:input", "mlm:output"} <= found
    assert re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_.\-\s]+[a-zA-Z0-9]", item["properties"]["mlm:name"])
    assert item["properties"].get("mlm:total_parameters", 1) > 0
    hyper = item["properties"]["mlm:hyperparameters"]
    assert hyper
    assert all(re.fullmatch(r"[0-9a-zA-Z_.-]+", name) for name in hyper)


def test_inputs(item):
    for one in item["properties"]["mlm:input"]:
        structure = one["input"]
        assert len(structure["shape"]) == len(structure["dim_order"]) == len(set(structure["dim_order"]))
        assert all(isinstance(size, int) and size >= -1 for size in structure["shape"])
        assert structure["data_type"] == "float32"
        assert ("bands" in structure["dim_order"]) == bool(one["bands"])
        assert one.get("resize_type") is None
        function = one.get("pre_processing_function")
        assert function is None or set(function) == {"format", "expression"}
        assert one.get("description", "something")


def test_scalings_are_null_or_an_object_for_each_band(item):
    for one in item["properties"]["mlm:input"]:
        listed = one["value_scaling"]
        if listed is None:
            continue
        assert len(listed) == len(one["bands"])
        for scaling in listed:
            assert set(scaling) - {"type"} == SCALINGS[scaling["type"]]


def test_outputs_and_classes(item):
    (output,) = item["properties"]["mlm:output"]
    assert output["tasks"] == ["semantic-segmentation"]
    assert len(output["result"]["shape"]) == len(output["result"]["dim_order"])
    assert [one["value"] for one in output["classification:classes"]] == [0, 1]
    for one in output["classification:classes"]:
        assert re.fullmatch(r"[0-9A-Za-z_-]+", one["name"])
        assert one["description"]


def test_the_models_asset(item):
    asset = item["assets"]["model"]
    assert {"mlm:model", "mlm:weights"} <= set(asset["roles"])
    assert asset["mlm:artifact_type"] == "onnx"
    assert re.fullmatch(r"[a-f0-9]+", asset["file:checksum"])
    assert asset["file:size"] == 1234
    holders = [name for name, one in item["assets"].items() if "mlm:model" in one["roles"]]
    assert holders == item["properties"].get("glacier:ensemble", {"members": ["model"]})["members"]
    for name in holders:  # at least one there must be, and each says what it is
        assert {"href", "type", "mlm:artifact_type", "file:size", "file:checksum"} <= set(item["assets"][name])


def test_own_fields_have_the_projects_prefix(item):
    known = {"datetime", "created", "title", "description", "license", "version", "bands", "sci:citation"}
    rest = set(item["properties"]) - known - MLM_PROPERTIES
    assert all(name.startswith("glacier:") for name in rest)
