"""The command line's grammar for data sets and evaluation, and what each command asks of the jobs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from ..core.protocol import Method
from .cli_sources import add_layers, band_sources

BUILD_OPTIONS = (
    "out", "scenes", "outlines_layer", "debris", "tile_px", "tile_km", "split", "block_km", "guard_km", "seed",
    "region", "licence", "overwrite",
)  # fmt: skip

EVALUATE_OPTIONS = ("model", "scenes", "out", "split", "device", "overwrite")


def add_learning_commands(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add dataset and evaluate."""
    parser = command("dataset", "Build, describe or check a data set of tiles for training.")
    actions = parser.add_subparsers(dest="action", metavar="build|info|check", required=True)
    _add_build(_action(actions, "build", "Cut scenes with known glaciers to tiles, split in spatial blocks."))
    for name, summary in (("info", "Tell what a data set holds."), ("check", "Verify all of a data set's checksums.")):
        _action(actions, name, summary).add_argument("store", metavar="STORE", help="folder of the data set")


    parser = command("evaluate", "Map scenes whose glaciers are known, and measure the maps.")
    parser.add_argument("--model", required=True, metavar="NAME|PACKAGE", help="a name, or the folder of a package")
    parser.add_argument("--scenes", required=True, metavar="DIR", help="*_img.tif beside *_label.tif")
    parser.add_argument("--split", default="", metavar="PART", help="only the scenes of this part of DIR/split.json")
    parser.add_argument("--device", default="auto", metavar="NAME|URL", help="as of the command map (%(default)s)")
    parser.add_argument("--overwrite", action="store_true", help="replace reports that are there already")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder of the reports; made when missing")


def _action(actions: Any, name: str, summary: str) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=summary, description=summary, allow_abbrev=False)
    parser.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON document on stdout"
    )
    return parser


def _add_build(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scenes", default="", metavar="DIR", help="*_img.tif beside *_label.tif")
    add_layers(parser)
    group = parser.add_argument_group("outlines, for layers")
    group.add_argument("--outlines", default="", metavar="F", help="polygons of glaciers: RGI, GLIMS, or any other")
    group.add_argument("--outlines-layer", default="", metavar="NAME", help="layer of F; else its first")
    group.add_argument("--debris", default="", metavar="F", help="polygons of debris cover; else F's layer debris")
    group = parser.add_argument_group("tiles")
    group.add_argument("--tile-px", type=int, default=0, metavar="N", help="side of a tile; 0: see --tile-km")
    group.add_argument("--tile-km", type=float, default=10.0, metavar="KM", help="side of a tile, about (%(default)s)")
    group = parser.add_argument_group("split")
    group.add_argument(
        "--split", default="", metavar="60/20/20|JSON",
        help="shares of train, validation and test, or a split.json; else the one in DIR, else 60/20/20",
    )
    group.add_argument("--block-km", type=float, default=0.0, metavar="KM", help="side of a block; 0: five tiles")
    group.add_argument("--guard-km", type=float, default=1.0, metavar="KM", help="between two parts (%(default)s)")
    group.add_argument("--seed", type=int, default=0, metavar="N", help="the same seed splits alike (%(default)s)")
    parser.add_argument("--region", default="", metavar="NAME", help="of all tiles; else found from their place")
    parser.add_argument("--licence", default="", help="of the scenes' and outlines' data, written beside")
    parser.add_argument("--overwrite", action="store_true", help="replace a data set that is there already")
    parser.add_argument("-o", "--out", required=True, metavar="STORE", help="folder of the data set, such as set.zarr")


def learning_question(options: argparse.Namespace) -> tuple[Method, dict[str, Any]] | None:
    """The method and params of a command of this module; None for another command. Raises InputError kinds."""
    if options.command == "dataset":
        return _dataset_question(options)
    if options.command == "evaluate":
        return Method.EVALUATE, {name: getattr(options, name) for name in EVALUATE_OPTIONS}
    return None


def _dataset_question(options: argparse.Namespace) -> tuple[Method, dict[str, Any]]:
    method = Method(f"dataset_{options.action}")
    if method is not Method.DATASET_BUILD:
        return method, {"store": options.store}
    sources = [source.to_json() for source in band_sources(options)]
    params = {name: getattr(options, name) for name in BUILD_OPTIONS}
    return method, {**params, "sources": sources, "outlines": options.outlines}
