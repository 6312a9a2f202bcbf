"""The options that name layers on the command line, and the bands that they mean."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence

from ..core.errors import InvalidParameterError
from ..core.request import BandSource
from ..core.roles import Role

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


def add_layers(parser: argparse.ArgumentParser) -> None:
    """Add --optical, an option for each other layer, and --band."""
    layers = parser.add_argument_group("layers")
    layers.add_argument("--optical", nargs="+", metavar="F", default=[], help="rasters with the optical bands")
    for name in SINGLE_ROLES:
        layers.add_argument(f"--{name.replace('_', '-')}", metavar="F", help=ROLE_HELP[name])
    layers.add_argument(
        "--band", action="append", default=[], metavar="ROLE=F[:N]",
        help="band N (1) of raster F for a role, where the guess from the file is wrong; may be repeated",
    )


def band_sources(options: argparse.Namespace) -> tuple[BandSource, ...]:
    """The bands named on the command line; those named by role win over those guessed from --optical."""
    named = [_named_band(text) for text in options.band]
    for option, role in SINGLE_ROLES.items():
        path = getattr(options, option)
        if path is not None:
            named.append(BandSource(role, path))
    taken = {source.role for source in named}
    guessed: Sequence[BandSource] = ()
    if options.optical:
        from .scene import guess_sources

        guessed = guess_sources(options.optical)
    return (*(source for source in guessed if source.role not in taken), *named)


def _named_band(text: str) -> BandSource:
    match = re.fullmatch(r"(?P<role>[a-z0-9_]+)=(?P<path>.+?)(?::(?P<band>[0-9]+))?", text)
    roles = {role.value for role in Role}
    if match is None or match["role"] not in roles:
        expected = f"ROLE=FILE[:BAND] with a role of {', '.join(sorted(roles))}"
        raise InvalidParameterError(name="--band", value=text, expected=expected)
    return BandSource(Role(match["role"]), match["path"], int(match["band"] or 1))
