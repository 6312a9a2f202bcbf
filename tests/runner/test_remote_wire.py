"""The bytes of an inference, written out by hand, and what becomes of wrong ones."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glacier_mapper.core.model_errors import ServerAnswerError
from glacier_mapper.runner.models.remote_wire import HEADER_LENGTH, SEND_BYTES, Expected, read_answer, request_body

PATCH = np.array([[[[0.0, 1.0], [2.0, 0.5]]]], np.float32)
EXPECTED = Expected("http://server", "probabilities", (1, 1, 2, 2))
NUMBERS = struct.pack("<4f", 0.25, 0.5, 0.75, 1.0)


def joined(body):
    return b"".join(bytes(piece) for piece in body)


def output(**changes):
    whole = {"name": "probabilities", "datatype": "FP32", "shape": [1, 1, 2, 2]}
    return {key: value for key, value in {**whole, **changes}.items() if value is not None}


def binary(*outputs, tensors=NUMBERS):
    text = json.dumps({"outputs": list(outputs)}).encode()
    return {HEADER_LENGTH: str(len(text))}, bytearray(text + tensors)


def in_json(data, **changes):
    return {}, bytearray(json.dumps({"outputs": [output(data=data, **changes)]}).encode())


def test_a_binary_request_is_the_json_then_the_numbers_little_endian():
    body = request_body({"optical": PATCH}, "probabilities", "7", binary=True)
    text = (
        b'{"id":"7","inputs":[{"name":"optical","shape":[1,1,2,2],"datatype":"FP32",'
        b'"parameters":{"binary_data_size":16}}],"outputs":[{"name":"probabilities","parameters":{"binary_data":true}}]}'
    )
    assert joined(body) == text + bytes.fromhex("00000000 0000803f 00000040 0000003f")
    assert body.headers == {"Content-Type": "application/octet-stream", HEADER_LENGTH: str(len(text))}
    assert len(body) == len(text) + 16


def test_tensors_follow_one_another_in_the_order_of_the_json():
    body = request_body({"b": PATCH, "a": np.ones((1, 3), np.float32)}, "", "1", binary=True)
    text = joined(body)[: int(body.headers[HEADER_LENGTH])]
    message = json.loads(text)
    assert [(one["name"], one["parameters"]["binary_data_size"]) for one in message["inputs"]] == [("b", 16), ("a", 12)]
    assert message["parameters"] == {"binary_data_output": True}
    assert "outputs" not in message
    assert joined(body)[len(text) :] == PATCH.tobytes() + struct.pack("<3f", 1, 1, 1)


def test_a_json_request_holds_the_numbers_row_by_row_and_nan_as_null():
    patch = PATCH.copy()
    patch[0, 0, 1, 0] = np.nan
    message = json.loads(joined(request_body({"optical": patch}, "probabilities", "1", binary=False)))
    assert message == {
        "id": "1",
        "inputs": [{"name": "optical", "shape": [1, 1, 2, 2], "datatype": "FP32", "data": [0.0, 1.0, None, 0.5]}],
        "outputs": [{"name": "probabilities"}],
    }


def test_strided_and_foreign_endian_arrays_travel_by_value():
    turned = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32).T.astype(">f4")
    body = request_body({"x": turned}, "", "1", binary=True)
    assert joined(body)[-16:] == struct.pack("<4f", 1, 3, 2, 4)


def test_a_large_tensor_is_sent_in_pieces_of_the_array_itself():
    large = np.zeros((1, 1, 1024, 768), np.float32)
    pieces = list(request_body({"x": large}, "", "1", binary=True))
    assert [piece.nbytes for piece in pieces[1:]] == [SEND_BYTES] * 3
    assert np.shares_memory(np.frombuffer(pieces[1], np.uint8), large)


def test_a_binary_answer_is_read():
    headers, body = binary(output(parameters={"binary_data_size": 16}))
    found = read_answer(headers, body, EXPECTED)
    assert found.tolist() == [[[[0.25, 0.5], [0.75, 1.0]]]]
    assert found.dtype == np.float32


def test_the_wanted_output_is_found_behind_others():
    other = output(name="deepsupervision", shape=[1], parameters={"binary_data_size": 4})
    headers, body = binary(other, output(parameters={"binary_data_size": 16}), tensors=b"\0\0\0\0" + NUMBERS)
    assert read_answer(headers, body, EXPECTED)[0, 0, 0, 0] == 0.25
    first = Expected("http://server", "", (1, 1, 2, 2))
    headers, body = binary(output(name="whatever", parameters={"binary_data_size": 16}))
    assert read_answer(headers, body, first)[0, 0, 1, 1] == 1.0


@pytest.mark.parametrize("data", [[0.25, 0.5, 0.75, 1], [[[[0.25, 0.5], [0.75, 1]]]]], ids=["flat", "nested"])
def test_an_answer_in_json_is_read(data):
    assert read_answer(*in_json(data), EXPECTED).tolist() == [[[[0.25, 0.5], [0.75, 1.0]]]]


def test_null_is_nan_which_the_engine_deals_with():
    found = read_answer(*in_json([0.25, None, 0.75, 1]), EXPECTED)
    assert np.isnan(found).tolist() == [[[[False, True], [False, False]]]]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (({}, bytearray(b"\x00\xffgarbage")), "no JSON"),
        (({}, bytearray(b"")), "no JSON"),
        (({}, bytearray(b"[" * 100_000)), "no JSON"),
        (({}, bytearray(b"[1, 2]")), "without outputs"),
        (({}, bytearray(b'{"outputs": {"a": 1}}')), "without outputs"),
        (({}, bytearray(b'{"outputs": [3]}')), "without outputs"),
        (({}, bytearray(b'{"outputs": []}')), "no output “probabilities”"),
        (({HEADER_LENGTH: "99999"}, bytearray(b"{}")), "a length of its JSON"),
        (({HEADER_LENGTH: "-1"}, bytearray(b"{}")), "a length of its JSON"),
        (({HEADER_LENGTH: "²"}, bytearray(b"{}")), "a length of its JSON"),
        (({HEADER_LENGTH: "9" * 5000}, bytearray(b"{}")), "a length of its JSON"),
        (binary(output(parameters={"binary_data_size": 17})), "longer than its answer"),
        (binary(output(parameters={"binary_data_size": -4})), "longer than its answer"),
        (binary(output(parameters={"binary_data_size": True})), "longer than its answer"),
        (binary(output(parameters={"binary_data_size": 16.0})), "longer than its answer"),
        (binary(output(parameters={"binary_data_size": 12})), "12 bytes for 4 values"),
        (binary(output(datatype="FP16", parameters={"binary_data_size": 16})), "type FP16"),
        (binary(output(shape=[1, 1, 4], parameters={"binary_data_size": 16})), "the shape [1, 1, 4]"),
        (binary(output(shape=[1, 1, 2, 3], parameters={"binary_data_size": 16})), "the shape [1, 1, 2, 3]"),
        (binary(output(shape="1122", parameters={"binary_data_size": 16})), "the shape 1122"),
        (in_json([0.25, 0.5, 0.75]), "3 values"),
        (in_json(None), "values"),
        (in_json("1234"), "values"),
        (in_json([True, False, True, True]), "values"),
        (in_json(["0.1", "0.2", "0.3", "0.4"]), "values"),
        (in_json([[1, 2], [3]]), "no numbers"),
        (in_json([1, 2, None, {"a": 1}]), "no numbers"),
        (in_json([10**400, None, 1, 1]), "no numbers"),
    ],
)  # fmt: skip
def test_a_wrong_answer_says_what_is_wrong_with_it(answer, reason):
    with pytest.raises(ServerAnswerError) as caught:
        read_answer(*answer, EXPECTED)
    assert reason in str(caught.value)
    assert "http://server" in str(caught.value)


@given(st.binary(max_size=300), st.none() | st.text(max_size=8) | st.integers(-3, 400).map(str))
def test_arbitrary_bytes_are_refused_and_nothing_else_happens(body, length):
    headers = {} if length is None else {HEADER_LENGTH: length}
    with pytest.raises(ServerAnswerError):
        read_answer(headers, bytearray(body), EXPECTED)


LEAVES = st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=4)


@given(st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=4), inner)))
def test_arbitrary_data_are_refused_or_have_the_shape(data):
    try:
        found = read_answer(*in_json(data), EXPECTED)
    except ServerAnswerError:
        return
    assert found.shape == (1, 1, 2, 2)


@given(st.integers(1, 3), st.integers(1, 4), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_what_was_sent_in_either_way_is_what_a_reader_finds(batch, rows, cols, seed):
    values = np.random.default_rng(seed).random((batch, 2, rows, cols), np.float32)
    expected = Expected("http://server", "probabilities", values.shape)
    described = output(shape=list(values.shape))
    headers, body = binary({**described, "parameters": {"binary_data_size": values.nbytes}}, tensors=values.tobytes())
    assert np.array_equal(read_answer(headers, body, expected), values)
    told = {**described, "data": values.ravel().tolist()}
    answer = bytearray(json.dumps({"outputs": [told]}).encode())
    assert len(answer) <= expected.most_bytes
    assert np.array_equal(read_answer({}, answer, expected), values)
