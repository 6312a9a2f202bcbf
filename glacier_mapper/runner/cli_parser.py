"""The command line's grammar: commands, options and their help."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from typing import Any, NoReturn

from ..core.branches import REGION_CODES
from ..core.errors import UsageError
from ..core.request import BandRatioSettings, OutlineSettings
from .cli_learning import add_learning_commands
from .cli_models import add_model_commands
from .cli_refine import add_refine
from .cli_sources import add_layers, path

PROGRAM = "glacier_mapper.runner"

SIMULATED_KINDS = ("valley", "cirque", "ice_cap", "calving", "snow_patches", "lowland", "coast", "desert")
SIMULATED_SEASONS = ("summer", "early", "winter")


class _Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are errors of the tree."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError."""
        raise UsageError(command=self.prog, reason=message)


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The command line as a namespace; `command` names the command. Raises UsageError, SystemExit after --help."""
    parser = _Parser(prog=PROGRAM, description="Map glaciers in satellite scenes.", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_map(commands)
    _add_models(commands)
    _add_info(commands)
    _add_simulate(commands)
    _add_outlines(commands)
    add_model_commands(partial(_command, commands))
    add_learning_commands(partial(_command, commands))
    add_refine(partial(_command, commands))
    _add_serve(commands)
    return parser.parse_args(argv)


def _command(commands: Any, name: str, summary: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout and nothing else")
    return parser


def _rule(text: str) -> float | None:
    """A number, or "off"."""
    return None if text == "off" else float(text)


def _add_map(commands: Any) -> None:
    parser = _command(commands, "map", "Map the glaciers of a scene: probability, confidence, outlines, report.")
    add_layers(parser)
    parser.add_argument(
        "--model", default="band-ratio", metavar="NAME|PACKAGE",
        help="a name of the command models, or the folder of a model package (%(default)s)",
    )
    parser.add_argument(
        "--out", type=path, required=True, metavar="DIR", help="folder of the products; made when missing"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace products that are there already")
    parser.add_argument(
        "--classes", action="store_true",
        help="write classes.tif too: 0 other, 1 glacier, 2 debris where the model tells it apart, 255 no data",
    )
    parser.add_argument("--bounds", nargs=4, type=float, metavar=("W", "S", "E", "N"), help="map this box only")
    parser.add_argument("--bounds-crs", metavar="EPSG:n", default="EPSG:4326", help="of --bounds (%(default)s)")
    parser.add_argument(
        "--device", default="auto", metavar="NAME|URL",
        help="auto, cpu, cuda, directml, openvino, coreml, or the address of a model server (%(default)s)",
    )
    parser.add_argument("--analyst", default="", help="name written beside each outline")
    parser.add_argument("--threads", type=int, default=0, help="0: as many as there are cores")
    parser.add_argument("--memory-limit-mb", type=int, default=0, help="0: the runner's own choice")
    _add_network_settings(parser)
    _add_band_ratio(parser)
    _add_outline_settings(parser)


def _add_network_settings(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("networks (band-ratio ignores these)")
    group.add_argument("--overlap", type=float, help="share of a patch that its neighbour covers; else the package's")
    group.add_argument("--window", choices=("cosine", "gaussian"), default="", help="weights of a patch's pixels")
    group.add_argument("--symmetries", action="store_true", help="average over the 8 symmetries (8 times as slow)")
    group.add_argument("--parity", choices=("reference",), default="", help="repeat the published deployment exactly")
    group.add_argument("--region", choices=("auto", *REGION_CODES), default="auto", help="for networks told the region")
    group.add_argument("--batch", type=int, default=0, help="patches at once; 0: measured once and remembered")
    group.add_argument(
        "--on-server-loss", choices=("local", "stop"), default="local", help="when a server dies (%(default)s)"
    )


def _add_band_ratio(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("settings of the model band-ratio (a rule is skipped with the value off)")
    defaults = BandRatioSettings()
    group.add_argument("--index", choices=("auto", "red_swir", "nir_swir", "ndsi"), default=defaults.index)
    group.add_argument("--threshold", type=float, help="of the index; without it, found from the scene")
    group.add_argument("--softness", type=float, default=defaults.softness, help="%(default)s")
    group.add_argument("--min-blue", type=_rule, default=defaults.min_blue, help="shadow rule (%(default)s)")
    group.add_argument("--max-ndwi", type=_rule, default=defaults.max_ndwi, help="water rule (%(default)s)")
    group.add_argument("--max-ndvi", type=_rule, default=defaults.max_ndvi, help="vegetation rule (%(default)s)")
    group.add_argument("--max-temperature-k", type=_rule, default=defaults.max_temperature_k, help="%(default)s")
    group.add_argument("--water-max-slope-deg", type=float, default=defaults.water_max_slope_deg, help="%(default)s")
    group.add_argument("--median-px", type=int, default=defaults.median_px, help="1, 3, 5 or 7 (%(default)s)")


def _add_outline_settings(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("outlines")
    defaults = OutlineSettings()
    group.add_argument(
        "--outline-threshold", type=float, default=defaults.threshold, help="probability of the line (%(default)s)"
    )
    group.add_argument("--min-area-km2", type=float, default=defaults.min_area_km2, help="%(default)s")
    group.add_argument("--min-hole-km2", type=float, default=defaults.min_hole_km2, help="%(default)s")
    group.add_argument(
        "--smoothing", type=float, default=defaults.smoothing, help="0 to 1: at most half a pixel (%(default)s)"
    )


def _add_models(commands: Any) -> None:
    _command(commands, "models", "List the models and the bands that they need.")


def _add_info(commands: Any) -> None:
    parser = _command(commands, "info", "Tell what a raster holds and which roles its bands seem to have.")
    parser.add_argument("file", type=path, metavar="FILE")


def _add_simulate(commands: Any) -> None:
    parser = _command(commands, "simulate", "Make a simulated scene with known glaciers.")
    parser.add_argument("--seed", type=int, required=True, help="the same seed makes the same scene")
    parser.add_argument("--size", type=int, required=True, metavar="PX", help="rows and columns")
    parser.add_argument(
        "-o", "--out", type=path, required=True, metavar="DIR", help="folder of the scene; made when missing"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a scene that is there already")
    parser.add_argument("--sensor", choices=("L5", "L7", "L8", "L9", "S2"), default="S2", help="%(default)s")
    parser.add_argument("--kind", choices=SIMULATED_KINDS, default="valley", help="of place; the last four: no glacier")
    parser.add_argument("--season", choices=SIMULATED_SEASONS, default="summer", help="how far down snow lies")
    parser.add_argument("--dates", type=int, default=1, metavar="N", help="of the same place, with ever less ice")
    parser.add_argument("--radar", action="store_true", help="write backscatter and coherence too")
    parser.add_argument("--clouds", action="store_true", help="with clouds and their shadows, or cirrus")
    parser.add_argument("--gaps", action="store_true", help="with a product's gaps: cloud mask, edge, stripes of L7")
    parser.add_argument("--toa", action="store_true", help="reflectance above the atmosphere, not of the surface")
    parser.add_argument("--terrain", default="", metavar="F", help="take the relief from this raster of elevations")


def _add_outlines(commands: Any) -> None:
    parser = _command(commands, "outlines", "Trace outlines from a probability raster that is there already.")
    parser.add_argument("probability", type=path, metavar="PROBABILITY", help="float raster, 0 to 1")
    parser.add_argument(
        "--out", type=path, required=True, metavar="DIR", help="folder of outlines.gpkg; made when missing"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace outlines that are there already")
    parser.add_argument("--analyst", default="", help="name written beside each outline")
    parser.add_argument("--date", default="", metavar="DATE", help="day of the image, as 2026-08-31; else the report's")
    parser.add_argument("--model", default="", metavar="NAME", help="model that made the raster; else the report's")
    _add_outline_settings(parser)


def _add_serve(commands: Any) -> None:
    parser = _command(commands, "serve", "Answer JSON-RPC lines on stdin and stdout; this is what the plugin starts.")
    parser.add_argument("--parent-pid", type=int, default=0, metavar="PID", help="end when this process has ended")
