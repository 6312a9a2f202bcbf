"""Texts that are translated only when they are shown."""

from __future__ import annotations

import pytest

from glacier_mapper.core.messages import QT_TRANSLATE_NOOP, Message, in_one_line


def test_marking_for_translation_changes_nothing():
    assert QT_TRANSLATE_NOOP("errors", "A {b}") == "A {b}"


def test_details_are_filled_in_when_the_message_is_shown():
    message = Message("{layer} lies outside {view}.", {"layer": "B4", "view": "the view"})
    assert str(message) == "B4 lies outside the view."


@pytest.mark.parametrize("value", ["{name}", "100 %", "{0}", "Gröna\nglaciären"])
def test_details_are_never_taken_for_templates(value):
    assert str(Message("At {value}.", {"value": value})) == f"At {value}."


def test_a_message_without_details_is_its_template():
    assert str(Message("Done.")) == "Done."


def test_json_and_back():
    message = Message("{n} tiles", {"n": 3})
    assert message.to_json() == {"template": "{n} tiles", "details": {"n": 3}}
    assert Message.from_json(message.to_json()) == message
    assert Message.from_json({"template": "Done."}) == Message("Done.")


def test_json_holds_a_copy():
    message = Message("{n}", {"n": 1})
    message.to_json()["details"]["n"] = 2
    assert str(message) == "1"


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        (("It is full", "Free some space."), "It is full. Free some space."),
        (("Is it?", "", "  Yes "), "Is it? Yes."),
        ((), ""),
    ],
    ids=["full stop added", "own end kept, blanks dropped", "nothing"],
)
def test_sentences_in_one_line(parts, line):
    assert in_one_line(*parts) == line
