"""The command line's grammar for teaching a model by reviewed outlines, and how its result is told."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from typing import Any

from ..core.extent import Extent
from ..core.protocol import Method
from ..core.teach import FIGURES, TeachRequest, TeachResult, TeachSettings
from .cli_sources import add_layers, band_sources, path

DEFAULTS = TeachSettings()


def add_teach(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add teach."""
    parser = command("teach", "Teach a model by reviewed outlines, in minutes, and measure it before and after.")
    parser.add_argument("--model", required=True, metavar="NAME|PACKAGE", help="the network to go on from")
    add_layers(parser)
    parser.add_argument("--bounds", nargs=4, type=float, metavar=("W", "S", "E", "N"), help="learn from this box only")
    parser.add_argument("--bounds-crs", metavar="EPSG:n", default="EPSG:4326", help="of --bounds (%(default)s)")
    group = parser.add_argument_group("outlines")
    group.add_argument(
        "--outlines", required=True, type=path, metavar="F",
        help="corrected outlines; of those with a column review the accepted ones are glacier and the rejected are not",
    )
    group.add_argument("--outlines-layer", default="", metavar="NAME", help="layer of F; else its first")
    group.add_argument(
        "--around", type=float, default=DEFAULTS.around_m, metavar="M",
        help="up to so many metres from a reviewed outline, ground outside of all is no glacier (%(default)g)",
    )
    group = parser.add_argument_group("run")
    group.add_argument(
        "--minutes", type=float, default=DEFAULTS.minutes, metavar="N", help="that it may take in all (%(default)g)"
    )
    group.add_argument("--threads", type=int, default=0, metavar="N", help="processor threads, 0: all")
    group.add_argument("--seed", type=int, default=1, metavar="N", help="the same seed and steps teach alike")
    group.add_argument("--pictures", default="", metavar="DIR", help="for before.png and after.png of the part aside")
    group.add_argument("--name", default="", help="of the model; without it, one made of the folder's")
    group.add_argument("--title", default="", help="what lists call it")
    group.add_argument("--overwrite", action="store_true", help="replace a package that is there already")
    parser.add_argument("-o", "--out", required=True, type=path, metavar="PACKAGE", help="folder of the package")


def teach_question(options: argparse.Namespace) -> tuple[Method, dict[str, Any]] | None:
    """The method and params of teach; None for another command. Raises InputError kinds."""
    if options.command != "teach":
        return None
    named = ("outlines", "outlines_layer", "out", "name", "title", "threads", "seed", "overwrite")
    request = TeachRequest(
        sources=band_sources(options),
        model=os.path.expanduser(options.model),
        extent=Extent(*options.bounds, crs=options.bounds_crs) if options.bounds else None,
        settings=TeachSettings(options.minutes, options.around),
        pictures=os.path.expanduser(options.pictures),
        **{name: getattr(options, name) for name in named},
    )
    return Method.TEACH, request.to_json()


def taught_text(result: dict[str, Any]) -> str:
    """The result for people: the package, and a small table."""
    found = TeachResult.from_json(result)
    lines = [
        f"{found.title} ({found.name}): {found.package}",
        f"{found.steps} steps in {found.seconds:.0f} s on {found.taught_km2:g} km² ({found.ice_km2:g} km² of glacier); "
        f"measured on {found.aside_km2:g} km² that were kept aside",
        f"{'':10}{'before':>8}{'after':>8}",
    ]
    for name in FIGURES:
        before, after = (_figure(values.get(name)) for values in (found.before, found.after))
        lines.append(f"{name:10}{before:>8}{after:>8}")
    return "".join(f"{line}\n" for line in [*lines, *found.pictures])


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
