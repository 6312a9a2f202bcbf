"""House numbers and habits, read from the source itself."""

from __future__ import annotations

import ast
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from source_tree import ROOT, called_name, calls, functions, modules  # noqa: E402

BROAD_EXCEPT_PLACES = {
    "glacier_mapper/qgis_io/task.py",  # the task boundary in QGIS
    "glacier_mapper/runner/boundary.py",  # the task boundary in the runner
}
STRINGS_FOR_TRANSLATION = {"tr", "translate", "QT_TRANSLATE_NOOP"}
UNSAFE_CALLS = {"eval", "exec"}
QT_ENUM_CLASSES = {"Qt", "QgsMapLayerType", "QMessageBox", "QDialogButtonBox", "QFrame", "QSizePolicy", "QEvent"}


def length(node: ast.AST) -> int:
    return node.end_lineno - node.lineno + 1


def test_no_function_is_longer_than_fifty_lines():
    assert [f"{place}: {length(node)}" for place, node in functions() if length(node) > 50] == []


def test_nine_of_ten_functions_have_at_most_twenty_five_lines():
    lengths = sorted(length(node) for _, node in functions())
    assert statistics.quantiles(lengths, n=10)[-1] <= 25


def test_no_module_is_longer_than_three_hundred_lines():
    lengths = {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in modules()}
    assert {name: count for name, count in lengths.items() if count > 300} == {}


def test_no_function_takes_more_than_five_parameters():
    def parameters(node: ast.FunctionDef) -> int:
        named = [a.arg for a in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]]
        return len([name for name in named if name not in ("self", "cls")])

    # QGIS calls createInstance, processAlgorithm and the like with what it wants; ours stay within five anyway.
    assert [f"{place}: {parameters(node)}" for place, node in functions() if parameters(node) > 5] == []


def test_every_function_says_what_it_returns():
    # classFactory imports nothing and is called by QGIS alone
    missing = [place for place, node in functions() if node.returns is None and node.name != "classFactory"]
    assert missing == []


def test_nobody_raises_a_bare_exception():
    found = []
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Raise) and node.exc is not None:
                raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
                if isinstance(raised, ast.Name) and raised.id in ("Exception", "BaseException", "RuntimeError"):
                    found.append(f"{name}:{node.lineno}")
    assert found == []


def cleans_up_only(handler: ast.ExceptHandler) -> bool:
    """Whether the handler lets everything go on its way: its last statement is a bare raise."""
    return isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None


def test_broad_excepts_stand_at_the_task_boundaries_only():
    places = {}
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and not cleans_up_only(node):
                kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
                if any(kind is None or getattr(kind, "id", "") in ("Exception", "BaseException") for kind in kinds):
                    places.setdefault(name, []).append(node.lineno)
    assert set(places) <= BROAD_EXCEPT_PLACES, places
    assert all(len(lines) == 1 for lines in places.values()), places


def test_translated_texts_are_plain_strings():
    found = []
    for place, call in calls():
        if called_name(call) in STRINGS_FOR_TRANSLATION:
            for argument in call.args:
                formatted = isinstance(argument, ast.Call) and called_name(argument) == "format"
                if isinstance(argument, (ast.JoinedStr, ast.BinOp)) or formatted:
                    found.append(place)
    assert found == []


def test_nothing_unsafe_is_called():
    found = [place for place, call in calls() if isinstance(call.func, ast.Name) and call.func.id in UNSAFE_CALLS]
    for place, call in calls():
        shell = [k for k in call.keywords if k.arg == "shell" and getattr(k.value, "value", True) is not False]
        found += [f"{place} shell=True" for _ in shell]
    assert found == []


def test_asserts_check_no_input():
    found = [f"{name}:{node.lineno}" for name, tree in modules().items() for node in ast.walk(tree)
             if isinstance(node, ast.Assert)]
    assert found == []


def test_enums_of_qt_are_named_in_full():
    """`Qt.AlignLeft` is gone in Qt 6, `Qt.AlignmentFlag.AlignLeft` works in both."""
    found = []
    types = {"CheckState", "TextElideMode", "ItemDataRole", "Orientation", "SortOrder", "DockWidgetArea"}
    for name, tree in modules().items():
        scoped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
                and node.value.id in QT_ENUM_CLASSES and node.attr[:1].isupper() and node.attr not in types
                and id(node) not in scoped
            ):
                found.append(f"{name}:{node.lineno} {node.value.id}.{node.attr}")
    assert found == []


def test_dialogs_are_opened_with_exec_and_not_with_the_name_that_qt6_dropped():
    assert [place for place, call in calls() if called_name(call) == "exec_"] == []


def test_nobody_cancels_is_said_once():
    """`core.progress.never`: not a copy of it beside every job that can be stopped."""
    found = [place for place, function in functions() if function.name.lstrip("_") == "never"]
    assert [place.split(":")[0] for place in found] == ["glacier_mapper/core/progress.py"]


def test_work_on_the_environment_is_cancelled_and_stopped_in_one_place():
    names = ("workflow/install_runner.py", "workflow/install_add_on.py")
    found = [place for place, function in functions() if function.name in ("cancel", "stop", "is_busy", "_progress")]
    assert [place for place in found if place.split(":")[0].endswith(names)] == []
