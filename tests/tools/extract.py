"""Find every marked text of the package in its syntax trees, and write them so that pylupdate5 understands them.

    python tests/tools/extract.py TARGET.py

pylupdate5 overlooks calls whose arguments stand on several lines, so it reads TARGET.py, one call a line,
instead of the source. Understood are `translate("Context", "text")`, `QT_TRANSLATE_NOOP("context", "text")`,
`self.tr("text")` with the class as the context, and functions of a module that hand their text on to one of these.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MARKS = {"translate", "QT_TRANSLATE_NOOP"}


class TextError(ValueError):
    """A text that a translator could never see."""


def package_texts(root: Path = ROOT) -> list[tuple[str, str]]:
    """(context, text) of the whole package, sorted. Raises TextError."""
    found: set[tuple[str, str]] = set()
    for path in sorted((root / "glacier_mapper").rglob("*.py")):
        try:
            found |= texts_of(path.read_text(encoding="utf-8"))
        except TextError as exc:
            raise TextError(f"{path.relative_to(root)}:{exc}") from exc
    return sorted(found)


def texts_of(source: str) -> set[tuple[str, str]]:
    """(context, text) of one module. Raises TextError, its message begins with the line."""
    finder = _Finder(ast.parse(source))
    finder.visit(finder.tree)
    return finder.found


class _Finder(ast.NodeVisitor):
    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.found: set[tuple[str, str]] = set()
        self.classes: list[str] = []
        self.constants = {
            target.id: node.value.value
            for node in tree.body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets if isinstance(target, ast.Name)
        }
        self.helpers = self._find_helpers(tree)

    def _find_helpers(self, tree: ast.Module) -> dict[str, str]:
        """Functions of the module whose first parameter is what they translate, and their context."""
        helpers = {}
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            names = [argument.arg for argument in function.args.args if argument.arg not in ("self", "cls")]
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                handed_on = len(call.args) >= 2 and isinstance(call.args[1], ast.Name) and call.args[1].id in names[:1]
                context = self._text(call.args[0]) if handed_on and _name(call) == "translate" else None
                if context is not None:
                    helpers[function.name] = context
        return helpers

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.classes.append(node.name)
        self.generic_visit(node)
        self.classes.pop()

    def visit_Call(self, node: ast.Call) -> None:
        name = _name(node)
        if name in MARKS and len(node.args) >= 2:
            self._add(node, self._text(node.args[0]), node.args[1])
        elif name in self.helpers and node.args:
            self._add(node, self.helpers[name], node.args[0])
        elif name == "tr" and node.args:
            self._add(node, self.classes[-1] if self.classes else None, node.args[0])
        self.generic_visit(node)

    def _add(self, node: ast.Call, context: str | None, argument: ast.expr) -> None:
        text = self._text(argument)
        if text is not None and context is not None:
            self.found.add((context, text))
        elif isinstance(argument, (ast.JoinedStr, ast.BinOp)) or text is not None:
            raise TextError(f"{node.lineno} text or context is no plain string")

    def _text(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        return self.constants.get(node.id) if isinstance(node, ast.Name) else None


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def main(target: Path) -> None:
    """Write the texts to `target` as a module of calls."""
    lines = [f"translate({_quoted(context)}, {_quoted(text)})" for context, text in package_texts()]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


if __name__ == "__main__":
    main(Path(sys.argv[1]))
