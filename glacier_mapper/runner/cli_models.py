"""The command line's grammar for models, packages and servers, and what each command asks of the jobs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from ..core.protocol import Method

PUBLISHED = ("glavitu", "fusion-resunet", "light-fusion-resunet", "fusion-setr-b16", "fusion-setr-ln16")
"""Architectures that are published as Keras weights."""
ARCHITECTURES = (*PUBLISHED, "unet", "compact")
"""Names of the architecture registry; here, so that --help needs no torch."""
NO_DATA = ("zero", "raw-zero", "nan")
PRECISIONS = ("float16", "int8")


def add_model_commands(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add devices, server, check, import-keras, export, export-repository, reduce and ensemble."""
    command("devices", "List what can compute on this machine.")
    command("server", "Tell what a model server is and which models it has.").add_argument("url", metavar="URL")
    parser = command("check", "Run a model package on its own golden sample.")
    parser.add_argument("package", metavar="PACKAGE", help="folder of the package, or the name of an installed one")
    _add_import_keras(command)
    _add_export(command)
    parser = command("export-repository", "Write model packages as a model repository of Triton and OpenVINO servers.")
    parser.add_argument("packages", nargs="+", metavar="PACKAGE")
    parser.add_argument("out", metavar="DIR", help="folder of the repository; made when missing")
    parser = command("reduce", "Make a package of reduced precision and measure on real scenes what that costs.")
    parser.add_argument("package", metavar="PACKAGE")
    parser.add_argument("--precision", choices=PRECISIONS, required=True)
    parser.add_argument("--scenes", required=True, metavar="DIR", help="*_img.tif, where known beside *_label.tif")
    parser.add_argument("-o", "--out", required=True, metavar="PACKAGE", help="folder of the new package")
    parser = command("ensemble", "Join packages of one network each to one whose networks are averaged.")
    parser.add_argument("packages", nargs="+", metavar="PACKAGE", help="two or more, with the same inputs and tiles")
    parser.add_argument("--name", default="", help="name of the model; without it, one made of the folder's")
    parser.add_argument("--title", default="", help="what lists call it")
    parser.add_argument("--overwrite", action="store_true", help="replace a package that is there already")
    parser.add_argument("-o", "--out", required=True, metavar="PACKAGE", help="folder of the new package")


def _add_network(parser: argparse.ArgumentParser, architectures: tuple[str, ...] = ARCHITECTURES) -> None:
    parser.add_argument("--architecture", choices=architectures, required=True)
    parser.add_argument(
        "--inputs", default="optical,dem", metavar="BRANCH,…",
        help="branches in the network's order: optical, dem, co_pol_sar, cross_pol_sar, in_sar, thermal (%(default)s)",
    )
    location = parser.add_mutually_exclusive_group()
    location.add_argument("--region-encoding", action="store_true", help="the network takes the region vector")
    location.add_argument("--coordinate-encoding", action="store_true", help="… takes sin and cos of lat, lon")
    parser.add_argument("--stats", metavar="JSON", help="minima and maxima of the bands that scale the inputs")
    parser.add_argument("--name", default="", help="name of the model; without it, one made of the folder's")
    parser.add_argument("--title", default="", help="what lists call it")
    parser.add_argument("--licence", default="", help="SPDX name of the weights' licence")
    parser.add_argument("--citation", default="", help="what to cite")
    parser.add_argument("--overwrite", action="store_true", help="replace a package that is there already")
    parser.add_argument("-o", "--out", required=True, metavar="PACKAGE", help="folder of the package")


def _add_import_keras(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    parser = command("import-keras", "Turn a Keras weight file (.h5) of a published network into a model package.")
    parser.add_argument("weights", metavar="WEIGHTS.h5")
    _add_network(parser, PUBLISHED)
    parser.add_argument("--calibration", metavar="JSON", help="support points of a confidence calibration")
    parser.add_argument(
        "--calibration-name", default="", metavar="NAME",
        help="which of the file's calibrations; without it, the one that belongs to these inputs and this encoding",
    )


def _add_export(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    parser = command("export", "Turn weights of this project's own training (.npz) into a model package.")
    parser.add_argument("weights", metavar="WEIGHTS.npz")
    _add_network(parser)
    parser.add_argument(
        "--no-data", choices=NO_DATA, default="",
        help="how the training showed gaps: 0 after scaling, 0 before it in optical bands, NaN (zero; nan for compact)",
    )
    parser.add_argument(
        "--mc-dropout", type=int, default=0, metavar="N",
        help="an ensemble of N networks: the weights under N drawn masks of their dropout of channels",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="the same seed draws alike (%(default)s)")


def model_question(options: argparse.Namespace) -> tuple[Method, dict[str, Any]] | None:
    """The method and params of a command of this module; None for another command."""
    values = vars(options)
    if options.command in ("import-keras", "export"):
        encoding = "region" if options.region_encoding else "coordinates" if options.coordinate_encoding else ""
        names = ["weights", "architecture", "stats", "name", "title", "licence", "citation", "overwrite", "out"]
        keras = options.command == "import-keras"
        names += ["calibration", "calibration_name"] if keras else ["no_data", "mc_dropout", "seed"]
        inputs = [one.strip() for one in options.inputs.split(",") if one.strip()]
        params = {**{name: values[name] for name in names}, "inputs": inputs, "location": encoding}
        return Method(options.command.replace("-", "_")), params
    wanted = {
        "devices": (), "server": ("url",), "check": ("package",), "export-repository": ("packages", "out"),
        "reduce": ("package", "precision", "scenes", "out"),
        "ensemble": ("packages", "name", "title", "overwrite", "out"),
    }  # fmt: skip
    if options.command not in wanted:
        return None
    return Method(options.command.replace("-", "_")), {name: values[name] for name in wanted[options.command]}
