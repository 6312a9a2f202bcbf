"""Texts that are translated only when they are shown."""

from __future__ import annotations

import pytest

from glacier_mapper.core.messages import QT_TRANSLATE_NOOP, Message, in_one_line, in_order_of_weight


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


def test_details_that_are_words_are_translated_too():
    bands = [Message("Thermal").to_json(), Message("Blue").to_json()]
    message = Message("{rule}: needs {bands}.", {"rule": Message("shadow ({n})", {"n": 1}).to_json(), "bands": bands})
    assert str(message) == "shadow (1): needs Thermal, Blue."
    known = {"{rule}: needs {bands}.": "{rule}: pide {bands}.", "shadow ({n})": "sombra ({n})", "Blue": "Azul"}
    assert message.in_language(lambda text: known.get(text, text)) == "sombra (1): pide Thermal, Azul."


def test_a_name_is_never_taken_for_a_word():
    assert Message("{layer}.", {"layer": "Blue"}).in_language(lambda text: {"Blue": "Azul"}.get(text, text)) == "Blue."


def test_what_is_to_be_checked_survives_json_and_comes_first():
    check = Message("{layer} is not used.", {"layer": "dem"}, to_check=True)
    assert Message.from_json(check.to_json()) == check
    assert [str(one) for one in in_order_of_weight([Message("Fine.").to_json(), check.to_json()])] == [
        "dem is not used.", "Fine.",
    ]  # fmt: skip


def test_the_same_note_about_several_layers_is_one():
    about = (("B2", 1), ("B3", 1), ("B3", 1), ("B4", 2))
    notes = [Message("{layer} × {n}.", {"layer": layer, "n": n}) for layer, n in about]
    found = in_order_of_weight(note.to_json() for note in notes)
    assert [str(one) for one in found] == ["B2, B3 × 1.", "B4 × 2."]
