"""JSON-RPC lines: one message a line, typed errors both ways."""

from __future__ import annotations

import json
import math

import pytest

from glacier_mapper.core import protocol
from glacier_mapper.core.errors import Cancelled, InternalError, MissingRoleError
from glacier_mapper.core.protocol import Method


def test_a_request_is_one_line_of_json_rpc():
    line = protocol.request(7, "map", {"model": "band-ratio"})
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert json.loads(line) == {"jsonrpc": "2.0", "id": 7, "method": "map", "params": {"model": "band-ratio"}}


def test_a_notification_has_no_id():
    assert json.loads(protocol.notification("cancel", {"id": 7})) == {
        "jsonrpc": "2.0",
        "method": "cancel",
        "params": {"id": 7},
    }


def test_a_response_carries_the_result_under_the_requests_id():
    assert json.loads(protocol.response(3, [1, 2])) == {"jsonrpc": "2.0", "id": 3, "result": [1, 2]}


@pytest.mark.parametrize(
    "text",
    ["Ötztal „Süd“", "a\nb\r\nc", "\u2028line separator", "\U0001f9ca", "C:\\Gletscher\\x"],
    ids=["umlauts", "line ends", "unicode line end", "beyond the BMP", "backslashes"],
)
def test_texts_survive_and_stay_on_one_line(text):
    line = protocol.request(1, "info", {"path": text})
    assert line.count(b"\n") == 1
    assert line.isascii()
    assert protocol.decode(line)["params"]["path"] == text


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_lacks_are_refused(number):
    with pytest.raises(ValueError, match="JSON compliant"):
        protocol.response(1, {"area_km2": number})


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[]", b"1", b"null", b'"text"', b'{"id": 1}', b'{"jsonrpc": "1.0", "id": 1}', b"\xff\xfe{}"],
    ids=["empty", "cut", "list", "number", "null", "text", "no version", "old version", "not UTF-8"],
)
def test_what_is_no_message_raises_value_error(line):
    with pytest.raises(ValueError):  # noqa: PT011 (JSON's own messages differ between Python versions)
        protocol.decode(line)


def test_an_error_keeps_its_type_details_and_sentence():
    error = MissingRoleError(model="band-ratio", roles="swir1")
    message = protocol.decode(protocol.error_response(5, error))
    assert message["id"] == 5
    assert message["error"]["code"] == protocol.APPLICATION_ERROR
    assert "swir1" in message["error"]["message"]
    back = protocol.error_of(message)
    assert type(back) is MissingRoleError
    assert back.details == error.details
    assert str(back) == str(error)


def test_a_cancel_arrives_as_cancelled():
    assert isinstance(protocol.error_of(protocol.decode(protocol.error_response(1, Cancelled()))), Cancelled)


@pytest.mark.parametrize(
    "error",
    [{"code": -32601, "message": "no such method"}, {"code": 1, "message": "no such method", "data": "text"}],
    ids=["no data", "foreign data"],
)
def test_a_foreign_error_becomes_an_internal_one_with_its_message(error):
    back = protocol.error_of({"error": error})
    assert type(back) is InternalError
    assert "no such method" in str(back)


def test_an_error_of_an_unknown_type_names_that_type():
    data = {"type": "FutureError", "details": {"a": 1}}
    back = protocol.error_of({"error": {"code": 1, "message": "?", "data": data}})
    assert type(back) is InternalError
    assert "FutureError" in str(back)


def test_methods_are_their_names():
    assert Method("map") is Method.MAP
    assert {method.value for method in Method} >= {"hello", "models", "info", "estimate", "map", "preview", "shutdown"}
