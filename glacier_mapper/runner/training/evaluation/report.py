"""The reports of an evaluation: JSON with everything, CSV a row a scene, Markdown tables, and a page with maps."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .page import page
from .pictures import Picture

JSON_FILE, CSV_FILE, MARKDOWN_FILE, PAGE_FILE = "evaluation.json", "scenes.csv", "evaluation.md", "report.html"
PRODUCTS = (JSON_FILE, CSV_FILE, MARKDOWN_FILE, PAGE_FILE)

COLUMNS: dict[str, tuple[str, str]] = {
    "iou": ("IoU", "{:.3f}"), "f1": ("F1", "{:.3f}"), "precision": ("precision", "{:.3f}"),
    "recall": ("recall", "{:.3f}"), "clean_iou": ("clean IoU", "{:.3f}"), "debris_iou": ("debris IoU", "{:.3f}"),
    "debris_recall": ("debris recall", "{:.3f}"), "boundary_mean_px": ("boundary px", "{:.2f}"),
    "boundary_p95_px": ("95 % px", "{:.1f}"), "boundary_mean_m": ("boundary m", "{:.0f}"),
    "boundary_p95_m": ("95 % m", "{:.0f}"), "area_bias_percent": ("area bias %", "{:+.1f}"),
    "ece": ("ECE", "{:.3f}"), "brier": ("Brier", "{:.3f}"), "false_positive_share": ("false positives", "{:.2%}"),
}  # fmt: skip
"""Figures in tables: heading and how a number is written."""


def write_reports(folder: Path, result: dict[str, Any], pictures: Mapping[str, Picture]) -> None:
    """Write all four into `folder`. Raises OSError."""
    text = json.dumps(result, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    (folder / JSON_FILE).write_text(text, encoding="utf-8")
    (folder / CSV_FILE).write_text(csv_text(result), encoding="utf-8", newline="")
    (folder / MARKDOWN_FILE).write_text(markdown(result), encoding="utf-8")
    (folder / PAGE_FILE).write_text(page(result, tables(result), pictures), encoding="utf-8")


def shown_columns(result: dict[str, Any]) -> list[str]:
    """The figures that any row has."""
    rows = [result["pooled"], *result["scenes"].values()]
    return [name for name in COLUMNS if any(row.get(name) is not None for row in rows)]


def cell(name: str, value: Any) -> str:
    """A figure in a table, a dash where there is none."""
    return "–" if value is None else COLUMNS[name][1].format(value)


def tables(result: dict[str, Any]) -> dict[str, list[list[str]]]:
    """The tables by title, each with its heading as the first row."""
    names = shown_columns(result)
    heads = [COLUMNS[name][0] for name in names]

    def line(title: str, row: dict[str, Any], *more: str) -> list[str]:
        return [title, *more, *(cell(name, row.get(name)) for name in names)]

    regions = result["regions"]
    found = {
        "Over all": [
            ["", *heads], line("pooled", result["pooled"]), line("mean of scenes", result["mean"]),
            line("std of scenes", result["std"]),
            *([line("mean of regions", result["over_regions"]["mean"]),
               line("std of regions", result["over_regions"]["std"])] if len(regions) > 1 else []),
        ],
        "By region": [["region", "scenes", *heads]],
        "By scene": [["scene", "region", *heads]],
    }  # fmt: skip
    for name, region in regions.items():
        scenes = str(region["scenes"])
        found["By region"].append(line(name, region["pooled"], scenes))
        if region["scenes"] > 1:
            found["By region"] += [line(f"{name}, {what}", region[what], scenes) for what in ("mean", "std")]
    found["By scene"] += [line(name, row, row["region"]) for name, row in result["scenes"].items()]
    return found


def markdown(result: dict[str, Any]) -> str:
    """The tables as Markdown, with what each figure is."""
    model = result["model"]
    parts = [f"# Evaluation of {model['title']}", "", _subject(result), ""]
    for title, rows in tables(result).items():
        parts += [f"## {title}", "", *_table(rows), ""]
    parts += _negatives(result)
    rows = [["probability", "pixels", "mean probability", "frequency of glacier"]]
    for one in result["reliability"]:
        values = ["–" if one[key] is None else f"{one[key]:.3f}" for key in ("probability", "frequency")]
        rows.append([f"{one['low']:.2f} to {one['high']:.2f}", str(one["pixels"]), *values])
    parts += ["## Reliability", "", *_table(rows), "", "## What the figures are", ""]
    parts += [f"- **{name}**: {text}" for name, text in result["definitions"].items()]
    parts += ["", *(f"Left out: {one['scene']}, {one['reason']}." for one in result["left_out"])]
    return "\n".join(parts).rstrip() + "\n"


def _subject(result: dict[str, Any]) -> str:
    model, part = result["model"], f", part {result['split']}" if result["split"] else ""
    network = f", network SHA-256 {model['sha256']}" if model["sha256"] else ""
    return f"Model {model['name']} {model['version']}{network}. {len(result['scenes'])} scenes{part}."


def _negatives(result: dict[str, Any]) -> list[str]:
    found = result["negatives"]
    if not found["scenes"]:
        return []
    share = cell("false_positive_share", found["false_positive_share"])
    return [f"{len(found['scenes'])} scenes without a glacier: {share} of their area was mapped as glacier.", ""]


def _table(rows: list[list[str]]) -> list[str]:
    """Rows as a Markdown table, numbers to the right."""
    rule = ["---", *(["---:"] * (len(rows[0]) - 1))]
    return ["| " + " | ".join(text.replace("|", "\\|") for text in row) + " |" for row in (rows[0], rule, *rows[1:])]


def csv_text(result: dict[str, Any]) -> str:
    """A row a scene with every figure; empty where there is none."""
    names = list(dict.fromkeys(name for row in result["scenes"].values() for name in row))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["scene", *names])
    for scene, row in result["scenes"].items():
        writer.writerow([scene, *("" if row.get(name) is None else row[name] for name in names)])
    return out.getvalue()
