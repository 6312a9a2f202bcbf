"""QGIS's own editing tools, by mouse, on outlines that the plugin watches."""

from __future__ import annotations

import getpass

import pytest
from harness import run_qgis


@pytest.fixture(scope="module")
def edited(tmp_path_factory):
    from pathlib import Path

    run = run_qgis(Path(__file__).parent / "scenarios" / "edit_tools.py", tmp_path_factory.mktemp("editing"))
    assert run.ok, run.report()
    return run.results


def rows(edited, key, when="saved"):
    """outline_id -> (edit_state, review, edited_with, edited_by, stored area, area of the shape)."""
    return {row[0]: row[1:] for row in edited[key][when]}


TOOLS = ("split", "reshape", "vertex", "draw", "merge", "delete")


@pytest.mark.parametrize("tool", TOOLS)
def test_one_edit_is_one_step_and_undo_brings_all_back(edited, tool):
    found = edited[tool]
    assert found["steps"] == 1
    assert found["again"]
    before = TOOLS.index(tool)
    if before:
        assert found["back"] == edited[TOOLS[before - 1]]["saved"]


@pytest.mark.parametrize("tool", TOOLS)
def test_stored_areas_are_those_of_the_shapes(edited, tool):
    for name, values in rows(edited, tool).items():
        assert values[-2] == pytest.approx(values[-1], rel=2e-3), name


def test_a_split_makes_two_outlines_with_ids_of_their_own(edited):
    found = rows(edited, "split")
    assert len(found) == 6
    new = (set(found) - {"cut", "bent", "moved", "one", "two"}).pop()
    assert new.startswith("G0103")
    assert found[new][:2] == ["edited", "open"]
    assert found["cut"][:2] == ["edited", "accepted"]
    assert found["cut"][-1] + found[new][-1] == pytest.approx(1.0, abs=0.02)


def test_reshape_and_vertex_are_recorded_with_tool_and_name(edited):
    bent, moved = rows(edited, "reshape")["bent"], rows(edited, "vertex")["moved"]
    assert bent[-1] == pytest.approx(1.48, abs=0.03)  # 600 m x 800 m more
    assert moved[-1] == pytest.approx(1.5, abs=0.03)  # a corner 1 km further: half a square more
    assert bent[0] == moved[0] == "edited"
    assert bent[2] == "Reshape"
    assert "vertex" in moved[2].lower()
    assert bent[3] == moved[3] != ""
    assert getpass.getuser()


def test_a_drawn_outline_is_added_and_open(edited):
    found = [values for name, values in rows(edited, "draw").items() if values[0] == "added"]
    assert [(values[1], round(values[-1], 1)) for values in found] == [("open", 1.0)]


def test_a_merge_is_to_be_reviewed_again(edited):
    found = rows(edited, "merge")
    left = [name for name in ("one", "two") if name in found]
    assert len(left) == 1
    assert found[left[0]][:2] == ["edited", "open"]
    assert found[left[0]][-1] == pytest.approx(2.0, abs=0.01)


def test_a_deleted_outline_is_gone_from_the_layer(edited):
    assert "cut" not in rows(edited, "delete")
