"""The options that name layers and branches on the command line, and what they mean; what many commands share."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..core.branches import Branch
from ..core.errors import InvalidParameterError
from ..core.request import BandSource, with_image_facts
from ..core.roles import OPTICAL_ROLES, Role
from ..core.scaling_choice import AUTO_SCALING, SCALINGS

SINGLE_ROLES: dict[str, Role] = {
    "elevation": Role.ELEVATION,
    "slope": Role.SLOPE,
    "co_pol": Role.CO_POL,
    "cross_pol": Role.CROSS_POL,
    "coherence": Role.COHERENCE,
    "thermal": Role.THERMAL,
}
"""Options that name one raster for one role."""

ROLE_HELP = {
    "elevation": "elevation in metres",
    "slope": "slope in degrees (computed from the elevation where it is missing)",
    "co_pol": "co-polarised backscatter, linear",
    "cross_pol": "cross-polarised backscatter, linear",
    "coherence": "interferometric coherence, 0 to 1",
    "thermal": "brightness temperature in kelvin",
}


def path(text: str) -> str:
    """A file or folder; ~ is the user's own, wherever the shell leaves it. "" is refused: it means no place."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it must name a file or folder")
    return os.path.expanduser(text)


def add_layers(parser: argparse.ArgumentParser) -> None:
    """Add --optical, an option for each other layer, and --band."""
    layers = parser.add_argument_group("layers")
    layers.add_argument("--optical", nargs="+", type=path, metavar="F", default=[], help="rasters with optical bands")
    for name in SINGLE_ROLES:
        layers.add_argument(f"--{name.replace('_', '-')}", type=path, metavar="F", help=ROLE_HELP[name])
    layers.add_argument(
        "--band", action="append", default=[], metavar="ROLE=F[:N]",
        help="band N (1) of raster F for a role, where the guess from the file is wrong; may be repeated",
    )
    layers.add_argument(
        "--scaling", choices=tuple(SCALINGS), default=AUTO_SCALING,
        help="what the numbers of the optical bands mean, where the guess (see info) is wrong (%(default)s)",
    )
    layers.add_argument("--scale", type=float, metavar="S", help="reflectance is number * S + O; goes before --scaling")
    layers.add_argument("--offset", type=float, metavar="O", help="with --scale (0)")
    layers.add_argument("--date", default="", metavar="DATE", help="day of the image, as 2026-08-31; else the file's")


def band_sources(options: argparse.Namespace) -> tuple[BandSource, ...]:
    """The bands named on the command line; those named by role win over those guessed from --optical."""
    named = [_named_band(text) for text in options.band]
    for option, role in SINGLE_ROLES.items():
        raster = getattr(options, option)
        if raster is not None:
            named.append(BandSource(role, raster))
    taken = {source.role for source in named}
    guessed: Sequence[BandSource] = ()
    if options.optical:
        from .scene import guess_sources

        guessed = guess_sources(options.optical)
    sources = (*(source for source in guessed if source.role not in taken), *named)
    return tuple(_scaled(source, options) for source in with_image_facts(sources, options.scaling, options.date))


def _scaled(source: BandSource, options: argparse.Namespace) -> BandSource:
    """An optical source with the numbers of --scale and --offset."""
    if source.role not in OPTICAL_ROLES or (options.scale is None and options.offset is None):
        return source
    return replace(source, scale=options.scale, offset=options.offset)


def _named_band(text: str) -> BandSource:
    match = re.fullmatch(r"(?P<role>[a-z0-9_]+)=(?P<path>.+?)(?::(?P<band>[0-9]+))?", text)
    roles = {role.value for role in Role}
    if match is None or match["role"] not in roles:
        expected = f"ROLE=FILE[:BAND] with a role of {', '.join(sorted(roles))}"
        raise InvalidParameterError(name="--band", value=text, expected=expected)
    path, band = os.path.expanduser(match["path"]), match["band"]
    return BandSource(Role(match["role"]), path, int(band or 1), by_hand=bool(band))


def branch_names(text: str) -> list[str]:
    """Names of branches with commas between them."""
    named = [one.strip() for one in text.split(",") if one.strip()]
    unknown = [one for one in named if one not in {branch.value for branch in Branch}]
    if unknown or not named:
        known = ", ".join(branch.value for branch in Branch)
        raise argparse.ArgumentTypeError(f"{unknown[0] if unknown else 'nothing'} is no branch; there are {known}")
    return named


def action(actions: Any, name: str, summary: str) -> argparse.ArgumentParser:
    """The parser of an action of a command, with --json."""
    parser = actions.add_parser(name, help=summary, description=summary, allow_abbrev=False)
    parser.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON document on stdout"
    )
    return parser
