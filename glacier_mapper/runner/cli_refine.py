"""The command line's grammar for measuring how outlines are fixed by strokes, and how its result is told."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from ..core.protocol import Method
from .cli_sources import action, branch_names, path

OPTIONS = ("out", "scenes", "seed", "model", "real", "split", "solvers", "latency", "click", "overwrite")


def add_refine(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add refine benchmark."""
    parser = command("refine", "Measure how outlines of debris-covered tongues are fixed by strokes.")
    actions = parser.add_subparsers(dest="action", metavar="benchmark", required=True)
    summary = "Let a simulated analyst fix tongues whose outline is known, and count the strokes."
    parser = action(actions, "benchmark", summary)
    parser.add_argument("--scenes", type=int, default=24, metavar="N", help="simulated scenes (%(default)s)")
    parser.add_argument("--seed", type=int, default=910_001, metavar="N", help="of the first of them (%(default)s)")
    parser.add_argument("--model", default="compact", metavar="NAME|PACKAGE", help="that begins them (%(default)s)")
    parser.add_argument(
        "--inputs", type=branch_names, default=["optical", "dem"], metavar="BRANCH,…",
        help="what the model gets to see (optical,dem); the strokes see all that the scenes have",
    )
    parser.add_argument("--real", type=path, metavar="DIR", help="real scenes too: *_img.tif, *_label.tif")
    parser.add_argument("--split", default="", metavar="PART", help="only the scenes of this part of DIR/split.json")
    parser.add_argument("--solvers", action="store_true", help="compare with a graph cut and geodesic paths (slow)")
    parser.add_argument("--click", action="store_true", help="the analyst clicks instead of drawing lines")
    parser.add_argument("--no-latency", dest="latency", action="store_false", help="do not time large windows")
    parser.add_argument("--overwrite", action="store_true", help="replace reports that are there already")
    parser.add_argument("--out", type=path, required=True, metavar="DIR", help="folder of reports; made when missing")


def refine_question(options: argparse.Namespace) -> tuple[Method, dict[str, Any]] | None:
    """The method and params of refine benchmark; None for another command."""
    if options.command != "refine":
        return None
    params = {name: getattr(options, name) for name in OPTIONS}
    return Method.REFINE_BENCHMARK, {**params, "real": options.real or "", "inputs": options.inputs}


def benchmark_text(result: dict[str, Any]) -> str:
    """The benchmark's tables, and where the reports are."""
    from .refine.benchmark_report import markdown

    return markdown(result) + "\n" + "".join(f"{file}\n" for file in result["files"])
