"""What the command line shows: results and errors on stdout or stderr, progress on stderr."""

from __future__ import annotations

import json
import sys
import unicodedata
from typing import Any, TextIO

from ..core.errors import GlacierMapperError
from ..core.messages import Message, printable_line
from ..core.progress import STAGE_LABELS, Progress, Stage
from .cli_columns import devices_text, file_text, reduced_text
from .cli_refine import benchmark_text
from .cli_tables import dataset_text, evaluation_text
from .cli_teach import taught_text

BAR_WIDTH = 30
PRODUCTS = ("probability", "confidence", "classes", "model_uncertainty", "outlines", "report")
COLUMNS = {
    "devices": devices_text, "info": file_text, "reduce": reduced_text, "teach": taught_text, "refine": benchmark_text,
}  # fmt: skip


def error_document(error: GlacierMapperError) -> dict[str, Any]:
    """The JSON document of an error."""
    return {
        "error": {
            "type": type(error).__name__,
            "message": str(error.to_message()),
            "remedy": str(error.to_remedy()),
            "details": error.details,
        }
    }


def json_text(value: Any) -> str:
    """One JSON document."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def result_text(command: str, result: Any) -> str:
    """A result for people; what it tells of files, as their authors wrote it, can't steer the terminal."""
    return for_terminal(_result_text(command, result))


def for_terminal(text: str) -> str:
    """Lines of text with blanks for all that is there to control what shows them."""
    return "".join(" " if one != "\n" and unicodedata.category(one) in ("Cc", "Cf") else one for one in text)


def _result_text(command: str, result: Any) -> str:
    if command == "models":
        return "".join(_model_text(model) for model in result)
    if command in COLUMNS:
        return COLUMNS[command](result)
    if command in ("simulate", "export-repository"):
        return "".join(f"{path}\n" for path in result["paths"])
    if command == "dataset" and "splits" in result:
        return dataset_text(result)
    if command == "evaluate":
        return evaluation_text(result)
    return _map_text(result) if command in ("map", "outlines") else _plain_text(result)


def _plain_text(result: Any) -> str:
    """A line a value, or a line an item of a list."""
    if isinstance(result, dict):
        return "".join(f"{key}: {_plain(value)}\n" for key, value in result.items())
    return "".join(f"{_plain(item)}\n" for item in result)


def _model_text(model: dict[str, Any]) -> str:
    needs = " or ".join(" + ".join(need) for need in model["needs"])
    name, version, title, summary = (printable_line(model[key]) for key in ("name", "version", "title", "summary"))
    return f"{name} {version}\n  {title}\n  {summary}\n  needs {needs}\n"


def _plain(value: Any) -> str:
    """A value for people: messages as their sentence, groups in brackets."""
    if isinstance(value, dict) and "template" in value and "details" in value:
        return f"“{Message.from_json(value)}”"
    if isinstance(value, dict):
        inner = ", ".join(f"{key} {_plain(one)}" for key, one in value.items() if one not in (None, ""))
        return f"({inner})"
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    return str(value)


def _map_text(result: dict[str, Any]) -> str:
    count, area = result["outline_count"], result["area_km2"]
    files = [result[key] for key in PRODUCTS if result.get(key)]
    notes = [str(Message.from_json(note)) for note in result.get("notes", [])]
    lines = [f"{count} outlines, {area:.3f} km², in {result['seconds']:.1f} s", *files, *notes]
    return "".join(f"{line}\n" for line in lines)


class ProgressLine:
    """Progress on `stream`: a bar that is redrawn on a terminal, else a line per stage and tenth."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._told: tuple[Stage, int] | None = None
        self._width = 0

    def __call__(self, progress: Progress) -> None:
        """Show `progress`."""
        if self._is_terminal:
            self._redraw(progress_text(progress))
            return
        step = (progress.stage, int(progress.fraction * 10))
        if step != self._told:
            self._told = step
            self._stream.write(f"{progress_text(progress, bar_width=0)}\n")
            self._stream.flush()

    def close(self) -> None:
        """Leave the bar behind on its line."""
        if self._width:
            self._stream.write("\n")
            self._stream.flush()
            self._width = 0

    def _redraw(self, text: str) -> None:
        padding = " " * max(0, self._width - len(text))
        self._width = len(text)
        self._stream.write(f"\r{text}{padding}")
        self._stream.flush()


def progress_text(progress: Progress, bar_width: int = BAR_WIDTH) -> str:
    """A line such as "[######....]  60 % Mapping glaciers 3/5, 12 s left"."""
    full = round(max(0.0, min(1.0, progress.fraction)) * bar_width)
    bar = f"[{'#' * full}{'.' * (bar_width - full)}] " if bar_width else ""
    tiles = f" {progress.done}/{progress.total}" if progress.total > 1 else ""
    left = "" if progress.seconds_left is None else f", {max(0, round(progress.seconds_left))} s left"
    return f"{bar}{round(progress.fraction * 100):3d} % {STAGE_LABELS[progress.stage]}{tiles}{left}"
