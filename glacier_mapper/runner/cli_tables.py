"""Results of learning for people: data sets and evaluations as aligned tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

UNKNOWN_CLASS = "not known"


def dataset_text(result: dict[str, Any]) -> str:
    """A data set: what it is, its parts, its bands."""
    sizes = ", ".join(f"{size:g}" for size in result["pixel_size_m"])
    dates = sorted({source["date"] for source in result["sources"] if source["date"]})
    head = [
        f"{result['store']}",
        f"{result['tiles']} tiles of {result['tile_px']} px, {sizes} m a pixel, {result['bytes'] / 1e6:.1f} MB",
        f"{len(result['sources'])} scenes{', ' + dates[0] + ' to ' + dates[-1] if dates else ''}",
        f"SHA-256 {result['sha256']}",
    ]
    rows = [("part", "tiles", "glacier", "debris", "known", "regions")]
    rows += [_part_row(name, part) for name, part in result["splits"].items()]
    bands = [("band", "min", "1 %", "mean", "99 %", "max", "std")]
    bands += [_band_row(band) for branch in result["statistics"].values() for band in branch]
    return "\n".join([*head, "", aligned(rows), aligned(bands)])


def _part_row(name: str, part: dict[str, Any]) -> tuple[str, ...]:
    pixels = part["pixels"]
    known = sum(count for label, count in pixels.items() if label != UNKNOWN_CLASS)
    share = {label: _percent(count, known) for label, count in pixels.items()}
    regions = ", ".join(f"{region} {count}" for region, count in part["regions"].items())
    total = _percent(known, sum(pixels.values()))
    return (name, str(part["tiles"]), share["glacier"], share["debris-covered glacier"], total, regions)


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _band_row(band: dict[str, Any]) -> tuple[str, ...]:
    values = (band[name] for name in ("minimum", "p01", "mean", "p99", "maximum", "std"))
    return (band["role"], *("-" if value is None else f"{value:.4g}" for value in values))


SHOWN = {
    "iou": "IoU", "f1": "F1", "precision": "precision", "recall": "recall", "ece": "ECE",
    "boundary_mean_px": "boundary px", "area_bias_percent": "area bias %",
}  # fmt: skip
"""Figures of an evaluation that a terminal shows; the reports have all."""


def evaluation_text(result: dict[str, Any]) -> str:
    """An evaluation: a line a scene, then all together, then where the reports are."""
    rows = [("scene", *SHOWN.values(), "region")]
    rows += [_scene_row(name, row, row["region"]) for name, row in result["scenes"].items()]
    rows += [_scene_row(name, result[name], "") for name in ("pooled", "mean", "std")]
    share = result["negatives"]["false_positive_share"]
    bare = "" if share is None else f"{100 * share:.3f} % false positives on scenes without a glacier\n"
    return aligned(rows) + bare + "".join(f"{path}\n" for path in result["files"])


def _scene_row(name: str, row: dict[str, Any], region: str) -> tuple[str, ...]:
    return (name, *("-" if row.get(one) is None else f"{row[one]:.3f}" for one in SHOWN), region)


def aligned(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows with their columns under one another: the first and the last to the left, the others to the right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [text.rjust(width) for text, width in zip(row, widths)]
        cells[0], cells[-1] = row[0].ljust(widths[0]), row[-1]
        lines.append("  ".join(cells).rstrip() + "\n")
    return "".join(lines)
