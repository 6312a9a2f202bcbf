"""The command line's grammar for data sets and evaluation, and what each command asks of the jobs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from ..core.package_names import FOREST
from ..core.protocol import Method
from .cli_models import ARCHITECTURES
from .cli_sources import action, add_layers, band_sources, branch_names, path
from .cli_teach import add_teach, teach_question

BUILD_OPTIONS = (
    "out", "scenes", "outlines_layer", "debris", "tile_px", "tile_km", "split", "block_km", "guard_km", "seed",
    "region", "licence", "overwrite",
)  # fmt: skip

SIMULATE_OPTIONS = ("out", "places", "views", "tile_px", "seed", "without_ice", "split", "workers", "overwrite")
TRAIN_OPTIONS = ("data", "out", "run", "name", "title", "licence", "citation", "memory_mb", "overwrite")
PLAN_OPTIONS = {
    "architecture": "architecture", "seed": "seed", "tuned": "tuned", "rank": "rank", "keep_start": "keep_start",
    "refit": "refit", "precision": "precision", "loaders": "loaders", "threads": "threads", "steps": "count",
    "batch": "batch", "crop": "crop_px", "rate": "rate", "look_every": "look_every", "patience": "patience",
}  # fmt: skip
"""Options of train and finetune, and the field of the plan that each sets."""
TUNED = ("all", "last", "norms", "adapters", "location")
CALIBRATE_OPTIONS = ("model", "data", "kind", "split", "out", "overwrite")
EVALUATE_OPTIONS = ("model", "scenes", "out", "split", "device", "overwrite")


def add_learning_commands(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add dataset, evaluate, train, finetune, calibrate and teach."""
    parser = command("dataset", "Build, simulate, describe or check a data set of tiles for training.")
    actions = parser.add_subparsers(dest="action", metavar="build|info|check", required=True)
    _add_build(action(actions, "build", "Cut scenes with known glaciers to tiles, split in spatial blocks."))
    _add_simulate(action(actions, "simulate", "Make a data set of simulated scenes whose glaciers are known."))
    for name, summary in (("info", "Tell what a data set holds."), ("check", "Verify all of a data set's checksums.")):
        action(actions, name, summary).add_argument("store", metavar="STORE", help="folder of the data set")
    _add_evaluate(command)
    _add_train(command)
    _add_calibrate(command)
    add_teach(command)


def _add_evaluate(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    parser = command("evaluate", "Map scenes whose glaciers are known, and measure the maps.")
    parser.add_argument("--model", required=True, metavar="NAME|PACKAGE", help="a name, or the folder of a package")
    parser.add_argument("--scenes", required=True, metavar="DIR", help="*_img.tif beside *_label.tif")
    parser.add_argument("--split", default="", metavar="PART", help="only the scenes of this part of DIR/split.json")
    parser.add_argument(
        "--inputs", type=branch_names, metavar="BRANCH,…",
        help="what the model gets to see: optical, dem, co_pol_sar, cross_pol_sar, in_sar, thermal (all that is there)",
    )
    parser.add_argument("--device", default="auto", metavar="NAME|URL", help="as of the command map (%(default)s)")
    parser.add_argument("--overwrite", action="store_true", help="replace reports that are there already")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder of the reports; made when missing")


def _add_train(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    parser = command("train", "Train a network on a data set and write it as a model package.")
    parser.add_argument("--architecture", choices=(*ARCHITECTURES, FOREST), help="the network (compact)")
    parser.add_argument("--inputs", type=branch_names, metavar="BRANCH,…", help="branches in order; compact takes all")
    location = parser.add_mutually_exclusive_group()
    location.add_argument("--region-encoding", action="store_true", help="the network is told the region")
    location.add_argument("--coordinate-encoding", action="store_true", help="… is told sin and cos of lat, lon")
    _add_run(parser)
    parser = command("finetune", "Go on training a model package on a region's data, gently.")
    parser.add_argument("--model", required=True, metavar="NAME|PACKAGE", help="the package to go on from")
    parser.add_argument("--tuned", choices=TUNED, help="what is changed: all weights, or these (all)")
    parser.add_argument("--rank", type=int, metavar="N", help="of low-rank adapters (4)")
    parser.add_argument("--keep-start", type=float, metavar="SHARE", help="of the start's weights in the result (0)")
    _add_run(parser)


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", required=True, metavar="STORE", help="folder of the data set")
    parser.add_argument("--config", type=path, metavar="JSON", help="a whole plan; options go before it")
    group = parser.add_argument_group("plan")
    for name, kind, text in (
        ("steps", int, "steps"), ("batch", int, "crops a step"), ("crop", int, "side of a crop in pixels"),
        ("rate", float, "highest learning rate"), ("seed", int, "the same seed trains alike"),
        ("look-every", int, "steps between two looks at the validation tiles"),
        ("patience", int, "looks without a better one after which it ends, 0: never"),
        ("loaders", int, "processes that make batches ahead"), ("threads", int, "processor threads, 0: all"),
    ):  # fmt: skip
        group.add_argument(f"--{name}", type=kind, metavar="N", help=text)
    group.add_argument(
        "--refit", action="store_true", default=None,
        help="learn anew from the validation tiles too, as long as they found best, and calibrate",
    )
    group.add_argument("--precision", choices=("no", "bf16", "fp16"), help="mixed precision (no)")
    group = parser.add_argument_group("run")
    group.add_argument("--run", default="", metavar="DIR", help="checkpoints and logs; else OUT.run beside OUT")
    group.add_argument("--memory-mb", type=int, default=0, metavar="MB", help="for unpacked tiles; 0: half of the free")
    for name, text in (("name", "of the model; without it, one made of the folder's"), ("title", "what lists call it"),
                       ("licence", "SPDX name of the weights' licence"), ("citation", "what to cite")):  # fmt: skip
        group.add_argument(f"--{name}", default="", help=text)
    group.add_argument("--overwrite", action="store_true", help="replace a package that is there already")
    parser.add_argument("-o", "--out", required=True, metavar="PACKAGE", help="folder of the package")


def _add_calibrate(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    parser = command("calibrate", "Make a model's probabilities frequencies, on tiles that it did not learn from.")
    parser.add_argument("--model", required=True, metavar="NAME|PACKAGE")
    parser.add_argument("--data", required=True, metavar="STORE", help="folder of the data set")
    parser.add_argument("--split", default="validation", metavar="PART", help="the part to fit on (%(default)s)")
    parser.add_argument(
        "--kind", choices=("temperature", "vector", "region"), default="temperature",
        help="one temperature, a factor and an offset a class, or a temperature a region (%(default)s)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a package that is there already")
    parser.add_argument("-o", "--out", required=True, metavar="PACKAGE", help="folder of the new package")


def _add_simulate(parser: argparse.ArgumentParser) -> None:
    for name, kind, default, text in (
        ("places", int, 500, "places"), ("views", int, 3, "views of each: season, sky and sensor differ"),
        ("tile-px", int, 256, "side of a tile"), ("seed", int, 1, "number of the first place"),
        ("without-ice", float, 0.2, "share of places without a glacier"),
        ("workers", int, 0, "processes, 0: one a core"),
    ):  # fmt: skip
        parser.add_argument(f"--{name}", type=kind, default=default, metavar="N", help=f"{text} (%(default)s)")
    parser.add_argument("--split", default="90/5/5", help="shares of train, validation and test (%(default)s)")
    parser.add_argument("--overwrite", action="store_true", help="replace a data set that is there already")
    parser.add_argument("-o", "--out", required=True, metavar="STORE", help="folder of the data set, such as set.zarr")


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
        return Method.EVALUATE, {**{name: getattr(options, name) for name in EVALUATE_OPTIONS},
                                 "branches": options.inputs or []}  # fmt: skip
    if options.command == "calibrate":
        return Method.CALIBRATE, {name: getattr(options, name) for name in CALIBRATE_OPTIONS}
    if options.command in ("train", "finetune"):
        return _train_question(options)
    return teach_question(options)


def _train_question(options: argparse.Namespace) -> tuple[Method, dict[str, Any]]:
    given = {field: getattr(options, name, None) for name, field in PLAN_OPTIONS.items()}
    changes = {field: value for field, value in given.items() if value is not None}
    if options.command == "finetune":
        changes["start"] = options.model
    else:
        if options.inputs:
            changes["inputs"] = options.inputs
        encoding = "region" if options.region_encoding else "coordinates" if options.coordinate_encoding else ""
        changes.update({"location": encoding} if encoding else {})
    return Method.TRAIN, {**{name: getattr(options, name) for name in TRAIN_OPTIONS}, "config": options.config or "",
                          "changes": changes}  # fmt: skip


def _dataset_question(options: argparse.Namespace) -> tuple[Method, dict[str, Any]]:
    method = Method(f"dataset_{options.action}")
    if method is not Method.DATASET_BUILD:
        return method, _simulate_params(options) if method is Method.DATASET_SIMULATE else {"store": options.store}
    sources = [source.to_json() for source in band_sources(options)]
    params = {name: getattr(options, name) for name in BUILD_OPTIONS}
    return method, {**params, "sources": sources, "outlines": options.outlines}


def _simulate_params(options: argparse.Namespace) -> dict[str, Any]:
    return {name: getattr(options, name) for name in SIMULATE_OPTIONS}
