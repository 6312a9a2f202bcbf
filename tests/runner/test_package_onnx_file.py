"""Weights outside an ONNX file are found wherever a tensor can stand; what is inside is stepped over."""

from __future__ import annotations

import time
from contextlib import suppress

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tiny_networks import write_deep_network, write_network

from glacier_mapper.core.model_card import Location
from glacier_mapper.runner.models.onnx_file import weights_of


def keeps_weights_elsewhere(path):
    return weights_of(path).elsewhere


def inside(name="w"):
    return numpy_helper.from_array(np.arange(4, dtype=np.float32), name)


def outside(name="w"):
    tensor = inside(name)
    onnx.external_data_helper.set_external_data(tensor, "../secret.bin", offset=0, length=16)
    tensor.ClearField("raw_data")
    return tensor


def graph(nodes, tensors=(), sparse=()):
    given = helper.make_tensor_value_info("location", TensorProto.FLOAT, [4])
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, [4])
    return helper.make_graph(nodes, "obj1", [given], [output], list(tensors), sparse_initializer=list(sparse))


def written(tmp_path, made, functions=()):
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    model = helper.make_model(made, opset_imports=opsets, functions=list(functions))
    path = tmp_path / "n.onnx"
    path.write_bytes(model.SerializeToString())
    return path


ADD = helper.make_node("Add", ["location", "w"], ["y"])


def initializer(tensor):
    return graph([ADD], [tensor])


def constant(tensor):
    return graph([helper.make_node("Constant", [], ["w"], value=tensor), ADD])


def branch_of_an_if(tensor):
    inner = helper.make_graph([helper.make_node("Constant", [], ["z"], value=tensor)], "then", [], [
        helper.make_tensor_value_info("z", TensorProto.FLOAT, [4])
    ])  # fmt: skip
    return graph([helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=inner)])


def sparse(tensor):
    return graph([ADD], [], [helper.make_sparse_tensor(tensor, numpy_helper.from_array(np.arange(4)), [4])])


def list_of_tensors(tensor):
    return graph([helper.make_node("Own", ["location"], ["y"], domain="own", many=[inside("a"), tensor])])


PLACES = [initializer, constant, branch_of_an_if, sparse, list_of_tensors]


@pytest.mark.parametrize("place", PLACES)
def test_wherever_a_tensor_stands(tmp_path, place):
    assert keeps_weights_elsewhere(written(tmp_path, place(outside()))) is True
    assert keeps_weights_elsewhere(written(tmp_path, place(inside()))) is False


@pytest.mark.parametrize("tensor", [inside, outside])
def test_in_a_function(tmp_path, tensor):
    nodes = [helper.make_node("Constant", [], ["w"], value=tensor()), helper.make_node("Add", ["x", "w"], ["y"])]
    own = helper.make_function("own", "Shift", ["x"], ["y"], nodes, [helper.make_opsetid("", 17)])
    made = graph([helper.make_node("Shift", ["location"], ["y"], domain="own")])
    assert keeps_weights_elsewhere(written(tmp_path, made, [own])) is (tensor is outside)


def test_an_input_named_location_is_none(tmp_path):
    path = write_network(tmp_path / "n.onnx", location=Location.REGION, location_weights=tuple(range(12)))
    assert keeps_weights_elsewhere(path) is False


def test_as_onnx_itself_writes_it(tmp_path):
    model = onnx.load(str(write_deep_network(tmp_path / "whole.onnx", filters=64)))
    onnx.save(model, str(tmp_path / "split.onnx"), save_as_external_data=True, location="w.bin", size_threshold=64)
    assert keeps_weights_elsewhere(tmp_path / "split.onnx") is True
    assert keeps_weights_elsewhere(tmp_path / "whole.onnx") is False


def test_weights_that_look_like_fields_are_not_entered(tmp_path):
    raw = outside().SerializeToString() * 50
    tensor = TensorProto(data_type=TensorProto.UINT8, dims=[len(raw)], raw_data=raw, name="w")
    assert keeps_weights_elsewhere(written(tmp_path, initializer(tensor))) is False


@pytest.mark.parametrize("stored", ["float32", "float16", "int8"])
def test_the_precision_of_the_weights(tmp_path, stored):
    assert weights_of(write_network(tmp_path / "n.onnx", stored=stored)).precision == stored


@pytest.mark.parametrize(
    ("kinds", "precision"),
    [
        ({TensorProto.FLOAT: 1000, TensorProto.UINT8: 9}, "float32"),
        ({TensorProto.FLOAT: 1000, TensorProto.INT64: 5000, TensorProto.INT32: 5000}, "float32"),
        ({TensorProto.FLOAT: 1000, TensorProto.FLOAT16: 20}, "float16"),
        ({TensorProto.BFLOAT16: 1000}, "float16"),
        ({TensorProto.FLOAT: 1000, TensorProto.INT8: 20}, "int8"),
        ({TensorProto.FLOAT16: 1000, TensorProto.UINT8: 500}, "int8"),
        ({TensorProto.FLOAT: 1}, ""),
        ({}, ""),
    ],
    ids=str,
)
def test_the_precision_is_that_of_the_weights_and_not_of_constants(tmp_path, kinds, precision):
    size = {TensorProto.FLOAT: 4, TensorProto.INT32: 4, TensorProto.INT64: 8, TensorProto.FLOAT16: 2}
    tensors = [
        TensorProto(data_type=kind, dims=[count], raw_data=bytes(count * size.get(kind, 1)), name=f"w{kind}")
        for kind, count in kinds.items()
    ]
    found = weights_of(written(tmp_path, graph([ADD], tensors)))
    assert found.precision == precision
    assert found.values == {kind: count for kind, count in kinds.items() if count > 1}


def test_dimensions_that_were_packed_count_the_same(tmp_path):
    """dims 2 x 3 as one field of two numbers, then the type float16."""
    tensor = b"\x0a\x02\x02\x03\x10\x0a"
    inner = b"\x2a" + bytes([len(tensor)]) + tensor
    (tmp_path / "n.onnx").write_bytes(b"\x3a" + bytes([len(inner)]) + inner)
    assert weights_of(tmp_path / "n.onnx") == (False, {TensorProto.FLOAT16: 6})


def test_weights_are_stepped_over(tmp_path):
    path = written(tmp_path, initializer(numpy_helper.from_array(np.zeros(50_000_000, np.float32), "w")))
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        assert keeps_weights_elsewhere(path) is False
        seconds.append(time.perf_counter() - started)
    assert min(seconds) < 0.02


def test_an_empty_file_has_none(tmp_path):
    (tmp_path / "n.onnx").write_bytes(b"")
    assert keeps_weights_elsewhere(tmp_path / "n.onnx") is False


def test_a_file_that_was_cut_short_is_said_to_be(tmp_path):
    whole = written(tmp_path, initializer(inside())).read_bytes()
    for length in range(1, len(whole)):
        (tmp_path / "n.onnx").write_bytes(whole[:length])
        with suppress(ValueError):
            assert keeps_weights_elsewhere(tmp_path / "n.onnx") is False
    (tmp_path / "n.onnx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="it is cut short"):
        keeps_weights_elsewhere(tmp_path / "n.onnx")


@pytest.mark.parametrize("byte", [b"\0", b"\x08"], ids=["zeros", "numbers"])
def test_a_large_file_of_anything_is_given_up_soon(tmp_path, byte):
    (tmp_path / "n.onnx").write_bytes(byte * 50_000_000)
    started = time.perf_counter()
    with pytest.raises(ValueError, match="it is no ONNX file"):
        keeps_weights_elsewhere(tmp_path / "n.onnx")
    assert time.perf_counter() - started < 20


@pytest.mark.parametrize("content", [b"not a network", b"\xff" * 100, b"\x3a\xff\xff\xff\xff\x0f", b"\x0b\x0c"])
def test_what_is_no_onnx_file(tmp_path, content):
    (tmp_path / "n.onnx").write_bytes(content)
    with pytest.raises(ValueError, match="it is"):
        keeps_weights_elsewhere(tmp_path / "n.onnx")


def test_a_tower_of_graphs_ends(tmp_path):
    """Each level: graph (1) node (5) attribute (6) graph, one inside the other."""
    tower = b""
    for _ in range(60):
        for tag in (0x32, 0x2A, 0x0A):
            size, length = len(tower), b""
            while size >= 0x80:
                length += bytes([size & 0x7F | 0x80])
                size >>= 7
            tower = bytes([tag]) + length + bytes([size]) + tower
    size, length = len(tower), b""
    while size >= 0x80:
        length += bytes([size & 0x7F | 0x80])
        size >>= 7
    (tmp_path / "n.onnx").write_bytes(b"\x3a" + length + bytes([size]) + tower)
    with pytest.raises(ValueError, match="it is no ONNX file"):
        keeps_weights_elsewhere(tmp_path / "n.onnx")
