"""Every error is raised with the details that its sentences need, and says what to do next."""

from __future__ import annotations

import ast
import string
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from source_tree import called_name, calls  # noqa: E402

from glacier_mapper.core.errors import all_errors, from_json  # noqa: E402

ERRORS = all_errors()
SIGNATURES = {"exit_code": {1, 2, 3}}


def details_of(kind: type) -> set[str]:
    """The names in both templates."""
    templates = (kind.message, kind.remedy)
    return {name for text in templates for _, name, _, _ in string.Formatter().parse(text) if name}


def test_details_are_read_from_both_templates():
    assert details_of(ERRORS["UnknownModelError"]) == {"model", "known"}


def test_every_error_is_made_with_the_details_that_it_needs():
    found = []
    for place, call in calls():
        kind = ERRORS.get(called_name(call))
        if kind is None or any(keyword.arg is None for keyword in call.keywords):
            continue
        given = {keyword.arg for keyword in call.keywords}
        if call.args or details_of(kind) - given:
            found.append(f"{place} {kind.__name__}: lacks {sorted(details_of(kind) - given)}")
    assert found == []


@pytest.mark.parametrize("kind", ERRORS.values(), ids=ERRORS)
def test_message_and_remedy_are_whole_sentences(kind):
    for text in (kind.message, kind.remedy):
        assert text[0].isupper() or text[0] in "{“"
        assert text.endswith((".", "}"))


@pytest.mark.parametrize("kind", ERRORS.values(), ids=ERRORS)
def test_an_error_survives_the_way_over_the_process_boundary(kind):
    error = kind(**dict.fromkeys(details_of(kind), "X"))
    back = from_json(error.to_json())
    assert type(back) is kind
    assert str(back) == str(error)
    assert "{" not in str(back)


@pytest.mark.parametrize("kind", ERRORS.values(), ids=ERRORS)
def test_the_exit_code_is_one_of_the_contract(kind):
    assert kind.exit_code in SIGNATURES["exit_code"]


def test_an_error_of_a_newer_runner_becomes_an_internal_error_that_keeps_its_name():
    error = from_json({"type": "FrozenError", "details": {"depth_m": 3}})
    assert type(error).__name__ == "InternalError"
    assert "FrozenError" in str(error)


def test_no_error_is_named_like_a_builtin():
    import builtins

    assert [name for name in ERRORS if hasattr(builtins, name)] == []


def test_classes_of_the_tree_stand_in_their_files():
    """A private exception, which never leaves its module, may stand where it is used."""
    from source_tree import modules

    found = []
    for name, tree in modules().items():
        for node in ast.walk(tree):
            bases = [getattr(base, "id", "") for base in getattr(node, "bases", [])]
            public = isinstance(node, ast.ClassDef) and not node.name.startswith("_")
            if public and set(bases) & (set(ERRORS) | {"Exception"}):
                found.append(name)
    modules = ("errors", "file_errors", "model_errors", "refine_errors", "teach_errors")
    assert set(found) == {f"glacier_mapper/core/{name}.py" for name in modules}
