"""The source as syntax trees, for the tests that read it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "glacier_mapper"
Function = (ast.FunctionDef, ast.AsyncFunctionDef)


@lru_cache(maxsize=1)
def modules() -> dict[str, ast.Module]:
    """Every module of the package by its path from the root."""
    files = sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in files}


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """(place, function) of every function and method."""
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, Function):
                yield f"{name}:{node.lineno} {node.name}", node


def calls() -> Iterator[tuple[str, ast.Call]]:
    """(place, call) of every call."""
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield f"{name}:{node.lineno}", node


def called_name(node: ast.Call) -> str:
    """The last name of what is called: `a.b.c()` -> "c"."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def imports() -> Iterator[tuple[str, str]]:
    """(place, top-level name) of every absolute import."""
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from ((f"{name}:{node.lineno}", alias.name.split(".")[0]) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                yield f"{name}:{node.lineno}", node.module.split(".")[0]
