"""The exception tree: every error names the thing and the remedy, and survives the process boundary."""

from __future__ import annotations

import json
import string

import pytest

from glacier_mapper.core import errors, file_errors, model_errors, refine_errors, teach_errors
from glacier_mapper.core.errors import (
    Cancelled,
    DiskFullError,
    GlacierMapperError,
    InputError,
    InternalError,
    OutputError,
    RunnerError,
    RunnerTimeoutError,
    all_errors,
    from_json,
)
from glacier_mapper.core.model_errors import ServerError

EVERY = sorted(all_errors().values(), key=lambda kind: kind.__name__)
SAMPLE = {"needed_mb": 12, "free_mb": 3, "seconds": 5, "exit": 1}


def details_for(kind):
    names = {name for text in (kind.message, kind.remedy) for _, name, _, _ in string.Formatter().parse(text) if name}
    return {name: SAMPLE.get(name, f"the {name}") for name in names}


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_every_error_fills_its_sentences_and_travels(kind):
    error = kind(**details_for(kind))
    text = str(error)
    assert "{" not in text
    assert "}" not in text
    back = from_json(json.loads(json.dumps(error.to_json())))
    assert type(back) is kind
    assert str(back) == text
    assert back.details == error.details


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_every_error_has_a_remedy_that_is_a_sentence(kind):
    remedy = str(kind(**details_for(kind)).to_remedy())
    assert remedy.endswith(".")
    assert remedy[0].isupper()


@pytest.mark.parametrize(
    ("branch", "code"),
    [(InputError, 2), (OutputError, 2), (RunnerError, 1), (Cancelled, 3), (InternalError, 1)],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_exit_codes_follow_the_branches(branch, code):
    for kind in all_errors(branch).values():
        is_mended_by_the_user = issubclass(kind, ServerError) and kind is not ServerError
        assert kind.exit_code == (2 if is_mended_by_the_user else code), kind.__name__


def test_a_message_names_the_thing_and_the_remedy():
    error = DiskFullError(path="/out", needed_mb=900, free_mb=12)
    assert str(error.to_message()) == "The disk is full: /out needs 900 MB, 12 MB are free."
    assert str(error.to_remedy()) == "Free some space, or choose a folder on another disk."
    assert str(error) == f"{error.to_message()} {error.to_remedy()}"


def test_errors_are_caught_by_their_branch():
    with pytest.raises(RunnerError):
        raise RunnerTimeoutError(method="map", seconds=3)
    with pytest.raises(GlacierMapperError):
        raise Cancelled()


def test_an_unknown_type_becomes_an_internal_error():
    error = from_json({"type": "NoSuchError", "details": {"path": "x"}})
    assert type(error) is InternalError
    assert "NoSuchError" in error.details["reason"]


def test_a_class_of_the_module_that_is_no_error_is_not_built_from_json():
    assert type(from_json({"type": "Message", "details": {}})) is InternalError


def test_the_tree_in_the_docstring_is_the_tree():
    told = "".join(str(one.__doc__) for one in (errors, file_errors, model_errors, refine_errors, teach_errors))
    assert [name for name in all_errors() if name not in told] == []
