"""Keras files that are not what they are said to be: nothing is imported silently, and every mismatch is named."""

from __future__ import annotations

import h5py
import numpy as np
import pytest
from keras_files import (
    fusion_layer,
    glavitu_layers,
    head,
    input_layers,
    light_resunet_layers,
    light_setr_layers,
    location_layer,
    resunet_layer,
    write_h5,
)

from glacier_mapper.core.errors import MissingFileError
from glacier_mapper.core.model_errors import WrongArchitectureError
from glacier_mapper.core.progress import Controls
from glacier_mapper.runner.architectures import KerasImport, import_keras

BASIC = ("optical", "dem")
LIGHT = {"architecture": "light-fusion-resunet", "inputs": list(BASIC)}


@pytest.fixture
def refused(tmp_path, own_stats):
    """refused(path, **order) -> what the import says; nothing may have been written."""

    def attempt(path, **order):
        out = tmp_path / "package"
        params = {**LIGHT, **order, "weights": str(path), "out": str(out), "stats": str(own_stats)}
        with pytest.raises(WrongArchitectureError) as caught:
            import_keras(KerasImport.from_json(params), Controls())
        assert not out.exists()
        assert str(path) in str(caught.value)
        return caught.value

    return attempt


@pytest.fixture
def light_h5(tmp_path):
    """A file of the light ResU-Net on optical and dem."""
    return write_h5(tmp_path / "light.h5", light_resunet_layers(BASIC))


def test_another_architecture(refused, tmp_path):
    path = write_h5(tmp_path / "w.h5", light_setr_layers(BASIC))
    said = str(refused(path))
    assert "the layer LightResUNet (108 weights) is missing" in said
    assert "there is an extra layer SETR (413 weights)" in said


def test_a_network_of_the_same_kind_and_other_depth(refused, tmp_path):
    path = write_h5(tmp_path / "w.h5", light_setr_layers(BASIC))
    said = refused(path, architecture="fusion-setr-b16")
    assert "SETR has 413 weights instead of 221" in str(said)  # before the hundreds of single weights
    assert "fusion_block/dense/kernel:0 has the shape (32 x 32) instead of (64 x 64)" in said.details["problems"]


def test_the_full_network_is_not_the_light_one(refused, light_h5):
    said = str(refused(light_h5, architecture="fusion-resunet"))
    assert "the layer ResUNet (139 weights) is missing" in said
    assert "there is an extra layer LightResUNet (108 weights)" in said


def test_an_extra_layer(refused, tmp_path):
    layers = [*light_resunet_layers(BASIC), head("auxiliary", 32)]
    said = refused(write_h5(tmp_path / "w.h5", layers))
    assert said.details["problems"] == ["there is an extra layer auxiliary (2 weights)"]


def test_a_layer_twice(refused, tmp_path):
    layers = [*light_resunet_layers(BASIC), fusion_layer(BASIC, 32, name="fusion_block_1")]
    assert "there is an extra layer fusion_block_1 (32 weights)" in str(refused(write_h5(tmp_path / "w.h5", layers)))


def test_a_missing_layer_and_a_missing_weight_are_both_named(refused, tmp_path):
    layers = glavitu_layers(BASIC)
    layers = [[name, weights] for name, weights in layers if name != "ResUNet"]
    next(weights for name, weights in layers if name == "output").pop()
    problems = refused(write_h5(tmp_path / "w.h5", layers), architecture="glavitu").details["problems"]
    assert "the layer ResUNet (108 weights) is missing" in problems
    assert "output has 1 weights instead of 2" in problems
    assert "output lacks output/bias (2)" in problems


def test_inputs_that_only_their_names_tell_apart(refused, tmp_path):
    """dem and co_pol_sar have two bands each: no shape differs."""
    layers = light_resunet_layers(("dem", "co_pol_sar"))
    said = refused(write_h5(tmp_path / "w.h5", layers), inputs=["co_pol_sar", "dem"])
    assert said.details["problems"] == ["its inputs are dem, co_pol_sar, and those asked for co_pol_sar, dem"]


def test_swapped_inputs_of_unequal_bands_are_named_with_both_shapes(refused, light_h5):
    problems = refused(light_h5, inputs=["dem", "optical"]).details["problems"]
    kernel = "fusion_block/conv_batch_norm_act_x2/conv2d/kernel:0"
    assert f"{kernel} has the shape (3 x 3 x 6 x 32) instead of (3 x 3 x 2 x 32)" in problems
    other = "fusion_block/conv_batch_norm_act_x2_1/conv2d_2/kernel:0"
    assert f"{other} has the shape (3 x 3 x 2 x 32) instead of (3 x 3 x 6 x 32)" in problems
    assert len(problems) == 3


def test_an_input_too_many_and_one_too_few(refused, light_h5):
    more = str(refused(light_h5, inputs=["optical", "dem", "thermal"]))
    assert "its inputs are optical, dem, and those asked for optical, dem, thermal" in more
    assert "fusion_block has 32 weights instead of 48" in more
    less = str(refused(light_h5, inputs=["optical"]))
    assert "fusion_block has 32 weights instead of 16" in less
    assert "is too many" in less


@pytest.mark.parametrize(
    ("has", "asked", "said"),
    [
        ("region", "", "there is an extra layer location_encoding_block (12 weights)"),
        ("", "region", "the layer location_encoding_block (12 weights) is missing"),
        ("region", "coordinates", "location_encoding_block/dense/kernel:0 has the shape (12 x 64) instead of (4 x 64)"),
        ("coordinates", "region", "location_encoding_block/dense/kernel:0 has the shape (4 x 64) instead of (12 x 64)"),
    ],
)
def test_a_wrong_encoding(has, asked, said, refused, tmp_path):
    path = write_h5(tmp_path / "w.h5", glavitu_layers(BASIC, has))
    error = refused(path, architecture="glavitu", location=asked)
    assert said in error.details["problems"]
    assert ("it takes a location" in str(error)) == (has == "region" and asked == "")


def test_a_location_is_missed_where_only_the_input_tells(refused, tmp_path):
    layers = [["location", []], *light_resunet_layers(BASIC)]
    assert refused(write_h5(tmp_path / "w.h5", layers)).details["problems"] == ["it takes a location"]


def test_excitations_in_another_order_would_pass_every_shape(refused, tmp_path):
    layers = light_resunet_layers(BASIC)
    fusion = next(weights for name, weights in layers if name == "fusion_block")
    # dense, dense_2, dense_1, dense_3 with two weights each stand at 16 to 23
    fusion[18:20], fusion[20:22] = fusion[20:22], fusion[18:20]
    said = str(refused(write_h5(tmp_path / "w.h5", layers)))
    assert "are in the order dense, dense_1, dense_2, dense_3" in said


def test_weights_of_one_shape_that_changed_places(refused, tmp_path):
    layers = light_setr_layers(BASIC)
    setr = next(weights for name, weights in layers if name == "SETR")
    query = next(at for at, (name, _) in enumerate(setr) if name.endswith("query/kernel:0"))
    setr[query], setr[query + 2] = setr[query + 2], setr[query]
    problems = refused(write_h5(tmp_path / "w.h5", layers), architecture="fusion-setr-ln16").details["problems"]
    assert any("key/kernel" in problem and "query/kernel" in problem for problem in problems)


def test_a_group_that_the_list_of_layers_does_not_name(refused, light_h5):
    with h5py.File(light_h5, "a") as file:
        file.create_group("hidden").create_dataset("kernel:0", data=np.ones(3))
    assert refused(light_h5).details["problems"] == ["there is a group hidden that is not in the list of layers"]


def test_weights_of_the_model_itself(refused, light_h5):
    with h5py.File(light_h5, "a") as file:
        file["top_level_model_weights"].attrs["weight_names"] = [b"extra:0"]
        file["top_level_model_weights"].create_dataset("extra:0", data=np.ones(3))
    assert "the model itself has weights (1 weights)" in str(refused(light_h5))


def test_a_weight_that_is_listed_and_not_there(refused, light_h5):
    with h5py.File(light_h5, "a") as file:
        del file["LightResUNet/dense_7/kernel:0"]
    assert "LightResUNet/dense_7/kernel:0 is listed, but not there" in str(refused(light_h5))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("LightResUNet/dense_7/bias:0", np.nan, "holds values that are no numbers"),
        ("LightResUNet/dense_7/bias:0", np.inf, "holds values that are no numbers"),
        ("LightResUNet/up_conv/batch_normalization_8/moving_variance:0", -1.0, "holds a variance below 0"),
    ],
)
def test_values_that_no_network_can_have(name, value, said, refused, light_h5):
    with h5py.File(light_h5, "a") as file:
        file[name][0] = value
    assert said in str(refused(light_h5))


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.999])
def test_a_file_that_is_cut_off(share, refused, light_h5):
    whole = light_h5.read_bytes()
    light_h5.write_bytes(whole[: int(len(whole) * share)])
    said = str(refused(light_h5))
    assert "cut off or damaged" in said or "no HDF5 file" in said


@pytest.mark.parametrize("content", [b"PK\x03\x04 a zip", b"{}", b"\x89HDF\r\n\x1a\n" + bytes(200)])
def test_a_file_that_is_something_else(content, refused, tmp_path):
    path = tmp_path / "other.h5"
    path.write_bytes(content)
    assert "HDF5" in str(refused(path)) or "damaged" in str(refused(path))


def test_an_hdf5_file_of_something_else(refused, tmp_path):
    path = tmp_path / "data.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("elevation", data=np.ones((4, 4)))
    assert "no list of layers as Keras writes it" in str(refused(path))


def test_a_file_that_is_not_there(tmp_path, own_stats):
    order = {**LIGHT, "weights": str(tmp_path / "none.h5"), "out": str(tmp_path / "package"), "stats": str(own_stats)}
    with pytest.raises(MissingFileError) as caught:
        import_keras(KerasImport.from_json(order), Controls())
    assert "none.h5" in str(caught.value)


def test_a_location_block_of_another_width_is_named(refused, tmp_path):
    layers = glavitu_layers(BASIC, "region")
    at = next(place for place, (name, _) in enumerate(layers) if name == "location_encoding_block")
    layers[at] = location_layer(12, 32)
    error = refused(write_h5(tmp_path / "w.h5", layers), architecture="glavitu", location="region")
    assert len(error.details["problems"]) == 12


def test_an_encoder_of_another_width_names_every_shape(refused, tmp_path):
    narrow = resunet_layer(32, 2, steps=3, width=16, name="LightResUNet")
    layers = [*input_layers(BASIC), fusion_layer(BASIC, 32), narrow]
    problems = refused(write_h5(tmp_path / "w.h5", layers)).details["problems"]
    # of 108 weights, all but the bias of the head depend on the width
    assert len(problems) == 107
    assert all("has the shape" in problem for problem in problems)
    said = str(refused(tmp_path / "w.h5"))
    assert len(said) < 700
    assert said.count("has the shape") == 4
    assert "; and 103 more. " in said


def replaced(file, name, data):
    """Put other data in a weight's place."""
    del file[name]
    file.create_dataset(name, data=data)


def as_bytes(names):
    return [(one if isinstance(one, str) else one.decode()).encode() for one in names]


@pytest.mark.parametrize(
    "values",
    [
        np.full(2, b"ice", dtype="S3"),
        np.array(["ice", "rock"], dtype=h5py.string_dtype()),
        np.zeros(2, dtype=[("a", "f4"), ("b", "f4")]),
        np.full(2, 1 + 2j, np.complex64),
        np.zeros(2, bool),
    ],
    ids=["bytes", "text", "compound", "complex", "bool"],
)
def test_a_weight_that_is_no_number_is_named(values, refused, light_h5):
    with h5py.File(light_h5, "a") as file:
        replaced(file, "LightResUNet/dense_7/bias:0", values)
    (problem,) = refused(light_h5).details["problems"]
    assert problem.startswith("LightResUNet/dense_7/bias:0 holds no numbers")


def test_a_weight_without_values_is_named(refused, light_h5):
    with h5py.File(light_h5, "a") as file:
        replaced(file, "LightResUNet/dense_7/bias:0", h5py.Empty("f4"))
    (problem,) = refused(light_h5).details["problems"]
    assert "dense_7/bias:0 has the shape () instead of (2)" in problem


def first_dataset(file):
    """The path of a weight that every file has."""
    found = []
    file.visititems(lambda name, item: found.append(name) if isinstance(item, h5py.Dataset) else None)
    return found[0]


@pytest.mark.parametrize("kind", ["external", "soft", "raw", "virtual"])
def test_a_weight_that_lies_elsewhere_is_named(kind, refused, light_h5, tmp_path):
    """Each of them reads as if the values were in the file, and no checksum covers where they are."""
    other = tmp_path / "other.h5"
    with h5py.File(light_h5, "a") as file, h5py.File(other, "w") as outside:
        path = first_dataset(file)
        values = file[path][()]
        outside["values"] = values
        del file[path]
        if kind == "external":
            file[path] = h5py.ExternalLink(str(other), "/values")
        elif kind == "soft":
            file["kept"] = values
            file[path] = h5py.SoftLink("/kept")
        elif kind == "raw":
            raw = tmp_path / "values.raw"
            raw.write_bytes(values.tobytes())
            where = [(str(raw), 0, values.nbytes)]
            file.create_dataset(path, values.shape, values.dtype, external=where)
        else:
            layout = h5py.VirtualLayout(values.shape, values.dtype)
            layout[...] = h5py.VirtualSource(str(other), "values", values.shape)
            file.create_virtual_dataset(path, layout)
    said = str(refused(light_h5))
    assert path in said
    assert {"external": f"a link to /values in {other}", "soft": "a link to /kept"}.get(kind, "other files") in said


def test_a_whole_layer_that_lies_elsewhere_is_named(refused, light_h5, tmp_path):
    other = tmp_path / "other.h5"
    with h5py.File(light_h5, "a") as file, h5py.File(other, "w") as outside:
        name = first_dataset(file).split("/")[0]
        file.copy(name, outside)
        del file[name]
        file[name] = h5py.ExternalLink(str(other), f"/{name}")
    assert f"the entry {name} is a link to /{name} in {other}" in str(refused(light_h5))


def test_a_layer_that_is_listed_twice(refused, light_h5):
    with h5py.File(light_h5, "a") as file:
        file.attrs["layer_names"] = as_bytes([*file.attrs["layer_names"], "LightResUNet"])
    assert "it lists twice what can be there once: LightResUNet." in str(refused(light_h5))


def test_a_weight_that_is_listed_twice_in_place_of_another_of_its_shape(refused, light_h5):
    with h5py.File(light_h5, "a") as file:
        names = [one.decode() for one in as_bytes(file["LightResUNet"].attrs["weight_names"])]
        kinds = [(one.rpartition("/")[2], file["LightResUNet"][one].shape) for one in names]
        first = next(at for at, kind in enumerate(kinds) if kinds.count(kind) > 1)
        second = kinds.index(kinds[first], first + 1)
        names[second] = names[first]
        file["LightResUNet"].attrs["weight_names"] = as_bytes(names)
    assert f"it lists twice what can be there once: LightResUNet/{names[first]}." in str(refused(light_h5))


def test_values_that_no_training_leaves(refused, light_h5):
    with h5py.File(light_h5, "a") as file:
        file["LightResUNet/up_conv/conv2d_8/kernel:0"][...] *= 1e30
    (problem,) = refused(light_h5).details["problems"]
    assert problem.startswith("LightResUNet/up_conv/conv2d_8/kernel:0 holds values up to ")
    assert problem.endswith(", which no training leaves")


def test_weights_whose_sample_would_tell_nothing(refused, light_h5):
    """Large, not impossible, and every probability is 0 or 1: any other weights would give the same sample."""
    with h5py.File(light_h5, "a") as file:
        for name in ("kernel:0", "bias:0"):
            file[f"LightResUNet/dense_7/{name}"][...] *= 1e9
    assert "every probability of a sample is exactly 0 or 1" in str(refused(light_h5))
