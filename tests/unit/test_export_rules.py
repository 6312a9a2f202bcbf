"""What is checked before an export, and the values of a choice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glacier_mapper.core.export_choice import Scope, short_names
from glacier_mapper.core.export_rules import (
    ExportState,
    OutlineFacts,
    Severity,
    check_export,
    has_errors,
    is_final,
)
from glacier_mapper.core.outline_fields import OUTLINE_FIELDS

GOOD = OutlineFacts(
    1, "G1", "accepted", area_km2=1.0, measured_km2=1.0, src_date="2025-08-20", analyst="Ada", longest_text=40
)


def texts(*outlines, **state):
    """(severity, message, labels) of every finding."""
    found = check_export(ExportState(outlines, **state))
    return [(f.severity.value, str(f.message), [place.label for place in f.places]) for f in found]


def test_good_outlines_are_not_found_fault_with():
    assert texts(GOOD, replace(GOOD, fid=2, outline_id="G2")) == []


@pytest.mark.parametrize(
    ("change", "severity", "message"),
    [
        ({"parts": 0, "measured_km2": None}, "error", "Outlines without a shape: 1"),
        ({"flaw": "Self-intersection"}, "error", "Outlines with an invalid shape: 1"),
        ({"parts": 2}, "error", "Outlines of several parts: 1"),
        ({"outline_id": ""}, "error", "Outlines without ID: 1"),
        ({"area_km2": 1.0011}, "error", "Outlines whose area is not that of their shape: 1"),
        ({"area_km2": None}, "error", "Outlines whose area is not that of their shape: 1"),
        ({"area_km2": 0.0099, "measured_km2": 0.0099}, "warning", "Outlines under 0.01 km²: 1"),
        ({"src_date": ""}, "warning", "Outlines without source date: 1"),
        ({"analyst": ""}, "warning", "Outlines without analyst: 1"),
        ({"review": "open"}, "warning", "Outlines that nobody has reviewed: 1"),
        ({"review": "needs_work"}, "warning", "Outlines that nobody has reviewed: 1"),
    ],
)
def test_each_fault_is_found_and_named(change, severity, message):
    bad = replace(GOOD, fid=9, **{"outline_id": "G9", **change})
    (found,) = texts(GOOD, bad)
    assert found[:2] == (severity, message)
    assert found[2][0].startswith(bad.label)


@pytest.mark.parametrize("area", [1.0009, 0.9991, 1.0])
def test_a_tenth_of_a_percent_is_forgiven(area):
    assert texts(replace(GOOD, area_km2=area)) == []


def test_exactly_the_minimum_area_is_enough():
    assert texts(replace(GOOD, area_km2=0.01, measured_km2=0.01)) == []


def test_the_reason_of_an_invalid_shape_is_told():
    ((_, _, labels),) = texts(replace(GOOD, flaw="Self-intersection"))
    assert labels == ["G1: Self-intersection"]


def test_shared_ids_are_shown_at_every_outline_that_has_them():
    others = [replace(GOOD, fid=2), replace(GOOD, fid=3, outline_id="G3")]
    assert texts(GOOD, *others) == [("error", "Outlines that share an ID: 2", ["G1", "G1"])]


def test_outlines_without_id_do_not_share_one():
    found = texts(replace(GOOD, outline_id=""), replace(GOOD, fid=2, outline_id=""))
    assert found == [("error", "Outlines without ID: 2", ["#1", "#2"])]


def test_overlaps_are_pairs_to_zoom_to():
    state = ExportState([GOOD, replace(GOOD, fid=2, outline_id="G2")], overlaps=[(1, 2)])
    (found,) = check_export(state)
    assert (found.places[0].label, found.places[0].fids) == ("G1 – G2", (1, 2))


def test_unsaved_edits_block():
    ((severity, message, places),) = texts(GOOD, unsaved=True)
    assert severity == "error"
    assert "unsaved edits" in message
    assert places == []


def test_nothing_to_export_is_an_error_and_the_only_one():
    ((severity, message, _),) = texts(unsaved=True)
    assert severity == "error"
    assert "Every outline is rejected" in message


@pytest.mark.parametrize(("limit", "count"), [(0, 0), (254, 0), (39, 1)])
def test_texts_that_a_format_would_cut_are_told(limit, count):
    assert len(texts(GOOD, max_text=limit)) == count


def test_errors_come_first():
    found = check_export(ExportState([replace(GOOD, src_date="", outline_id="", analyst="", parts=2)]))
    severities = [finding.severity for finding in found]
    assert severities == sorted(severities, key=lambda s: s is Severity.WARNING)
    assert has_errors(found)
    assert not has_errors([f for f in found if f.severity is Severity.WARNING])


@pytest.mark.parametrize(
    ("scope", "reviews"),
    [
        (Scope.ACCEPTED, ["accepted"]),
        (Scope.NOT_REJECTED, ["open", "accepted", "needs_work"]),
        (Scope.ALL, ["open", "accepted", "rejected", "needs_work"]),
    ],
)
def test_each_scope_takes_its_reviews(scope, reviews):
    assert [r for r in ("open", "accepted", "rejected", "needs_work") if scope.includes(r)] == reviews


def test_short_names_fit_dbase_and_differ():
    names = short_names(column.name for column in OUTLINE_FIELDS)
    assert all(len(short) <= 10 for short in names.values())
    assert len({short.lower() for short in names.values()}) == len(OUTLINE_FIELDS)
    assert names["area_min_km2"] == "area_min"
    assert names["outline_id"] == "outline_id"


def test_unknown_long_names_are_cut_and_counted():
    assert list(short_names(["a_very_long_name", "a_very_long_nail", "a_very_lon"]).values()) == [
        "a_very_lon", "a_very_l_2", "a_very_l_3",
    ]  # fmt: skip


def test_names_of_other_scripts_are_cut_between_letters_within_ten_bytes():
    names = ["Gletscherflächengröße", "Gletscherfläche", "größe_äöü_1", "größe_äöü_2"]
    names += ["冰川面积公里", "冰川面积", "ледник"]
    short = list(short_names(names).values())
    assert max(len(name.encode()) for name in short) <= 10
    assert len({name.casefold() for name in short}) == len(names)
    assert short == ["Gletscherf", "Gletsche_2", "größe_ä", "größe__2", "冰川面", "冰川_2", "ледни"]


@pytest.mark.parametrize(
    ("scope", "begins"),
    [
        (Scope.ACCEPTED, "Nothing is accepted yet: accept outlines"),
        (Scope.NOT_REJECTED, "Every outline is rejected"),
        (Scope.ALL, "The layer has no outlines"),
    ],
)
def test_nothing_to_export_is_final_and_says_why(scope, begins):
    found = check_export(ExportState([], scope=scope))
    assert [str(finding.message).startswith(begins) for finding in found] == [True]
    assert has_errors(found)
    assert is_final(found)
    assert not is_final(check_export(ExportState([replace(GOOD, parts=2)], scope=scope)))
