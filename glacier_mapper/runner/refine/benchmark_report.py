"""The reports of a benchmark: JSON with everything, Markdown with the tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .playing import GOALS

JSON_FILE, MARKDOWN_FILE = "refine.json", "refine.md"
PRODUCTS = (JSON_FILE, MARKDOWN_FILE)
STARTS = {"from_model": "From the model's outline", "from_nothing": "From nothing"}
METHODS = {
    "walk": "strokes", "cut": "strokes, graph cut", "geodesic": "strokes, geodesic", "nearest stroke": "nearest stroke",
    "plain random walker": "random walker on RGB",
}
SETS = {"simulated": "Simulated debris-covered tongues", "real": "Real outlines"}
KEYS = [f"{goal:.2f}" for goal in GOALS]


def write_reports(folder: Path, result: dict[str, Any]) -> None:
    """Write both into `folder`. Raises OSError."""
    text = json.dumps(result, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    (folder / JSON_FILE).write_text(text, encoding="utf-8")
    (folder / MARKDOWN_FILE).write_text(markdown(result), encoding="utf-8")


def markdown(result: dict[str, Any]) -> str:
    """All tables."""
    order = result["order"]
    parts = ["# Outlines fixed by strokes", "", f"Model {order['model']}, which saw {', '.join(order['inputs'])}.", ""]
    definitions: dict[str, str] = {}
    for name, title in SETS.items():
        if name in result:
            parts += [f"## {title}", "", *_set(result[name])]
            definitions = result[name]["definitions"]
    if result["latency"]:
        parts += ["## Waiting", "", *table(latency_rows(result["latency"])), ""]
    parts += ["## What the figures are", "", *(f"- **{name}**: {text}" for name, text in definitions.items())]
    return "\n".join(parts).rstrip() + "\n"


def _set(figures: dict[str, Any]) -> list[str]:
    """The tables of one kind of cases."""
    polygon = ", ".join(f"{figures['polygon'][key]:.1f} for {key}" for key in KEYS)
    alone, reached = figures["model_alone"]["iou"], figures["model_alone"]["reached"]["0.90"]
    lines = [
        f"{len(figures['cases'])} tongues. The model's outline alone: IoU {alone:.3f}; {reached:.0%} reach 0.90.",
        f"A polygon drawn by hand takes these vertices: {polygon}.", "",
    ]  # fmt: skip
    for start, title in STARTS.items():
        lines += [f"### {title}", "", *table(method_rows(figures[start])), ""]
    return lines


def method_rows(by_method: dict[str, Any]) -> list[list[str]]:
    """A row a method, the heading first."""
    rows = [[
        "", *(f"NoC@{key[2:]}" for key in KEYS), *(f"failures@{key[2:]}" for key in KEYS), "IoU after 0", "1", "3", "5",
        *(f"fewer@{key[2:]}" for key in KEYS), "s p50", "s p95",
    ]]  # fmt: skip
    for name, one in by_method.items():
        rows.append([
            METHODS[name], *(f"{one['noc'][key]:.2f}" for key in KEYS),
            *(f"{one['failures'][key]:.0%}" for key in KEYS),
            *(f"{value:.3f}" for value in one["iou_after"].values()), *(f"{one['fewer'][key]:.1f} ×" for key in KEYS),
            *("–" if one[key] is None else f"{one[key]:.3f}" for key in ("seconds_p50", "seconds_p95")),
        ])  # fmt: skip
    return rows


def latency_rows(latency: dict[str, Any]) -> list[list[str]]:
    """Two rows a size, the heading first."""
    rows = [["window", "seconds", "features", "opening s", "first stroke s", "preview p50 s", "p95 s", "anchor s",
             "move p50 ms", "p95 ms", "worst ms"]]  # fmt: skip
    kinds = (("waited", "on the clock"), ("processor", "of the processor"))
    for size, found, (kind, title) in ((size, found, kind) for size, found in latency.items() for kind in kinds):
        one = found[kind]
        rows.append([
            f"{size}²", title, str(found["features"]), *(f"{one[key]:.2f}" for key in ("opening", "first_stroke")),
            f"{one['preview_p50']:.3f}", f"{one['preview_p95']:.3f}", f"{one['livewire_anchor']:.2f}",
            *(f"{1000 * one[key]:.1f}" for key in ("livewire_p50", "livewire_p95", "livewire_worst")),
        ])  # fmt: skip
    return rows


def table(rows: list[list[str]]) -> list[str]:
    """Rows as a Markdown table, numbers to the right."""
    rule = ["---", *(["---:"] * (len(rows[0]) - 1))]
    return [f"| {' | '.join(row)} |" for row in (rows[0], rule, *rows[1:])]
