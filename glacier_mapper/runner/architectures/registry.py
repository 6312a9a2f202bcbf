"""Networks by name: small builders over the hyper-parameters that make each variant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from ...core.branches import Branch
from ...core.errors import InvalidParameterError
from ...core.model_card import Location
from .base import Network
from .compact import Compact, CompactShape
from .glavitu import Glavitu, GlavituShape
from .resunet import FusionResUNet, FusionResUNetShape, ResUNetShape
from .setr import FusionSetr, FusionSetrShape, SetrShape
from .unet import UNet, UNetShape

LIGHT_SETR = SetrShape(embedding=64, hidden=256, blocks=24, heads=4, channels=64)
LIGHT_RESUNET = ResUNetShape(steps=3, channels=32)


@dataclass(frozen=True)
class Architecture:
    """A named network: its hyper-parameters, how it is built of them, and whether it takes a location."""

    name: str
    title: str
    shape: Any
    build: Callable[[tuple[Branch, ...], Location, Any], Network]
    takes_location: bool = False
    published: bool = True
    every_branch: bool = False
    """Takes all branches whatever is there, and finds out by itself what is missing."""

    def hyperparameters(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self.shape)


ARCHITECTURES = {
    one.name: one
    for one in (
        Architecture("glavitu", "GlaViTU", GlavituShape(), Glavitu, takes_location=True),
        Architecture("fusion-resunet", "ResU-Net with fusion", FusionResUNetShape(),
                     lambda branches, _, shape: FusionResUNet(branches, shape)),
        Architecture("light-fusion-resunet", "ResU-Net with fusion, light", FusionResUNetShape(32, LIGHT_RESUNET),
                     lambda branches, _, shape: FusionResUNet(branches, shape)),
        Architecture("fusion-setr-b16", "SETR-B/16 with fusion", FusionSetrShape(),
                     lambda branches, _, shape: FusionSetr(branches, shape)),
        Architecture("fusion-setr-ln16", "SETR-LN/16 with fusion", FusionSetrShape(32, LIGHT_SETR),
                     lambda branches, _, shape: FusionSetr(branches, shape)),
        Architecture("unet", "U-Net", UNetShape(),
                     lambda branches, _, shape: UNet(branches, shape), published=False),
        Architecture("compact", "Compact", CompactShape(),
                     lambda branches, _, shape: Compact(branches, shape), published=False, every_branch=True),
    )
}  # fmt: skip


def architecture(name: str) -> Architecture:
    """The architecture of that name. Raises InvalidParameterError."""
    if name not in ARCHITECTURES:
        raise InvalidParameterError(name="architecture", value=name, expected=f"one of {', '.join(ARCHITECTURES)}")
    return ARCHITECTURES[name]


def check_inputs(name: str, branches: tuple[Branch, ...], location: Location) -> Architecture:
    """The architecture, when it can take these branches and that location.

    Raises InvalidParameterError for no branches, one twice, too few, or a location that it can't take.
    """
    found = architecture(name)
    listed = ", ".join(branch.value for branch in branches)
    if not branches or len(set(branches)) != len(branches):
        raise InvalidParameterError(name="inputs", value=listed or "empty", expected="one or more branches, each once")
    if found.every_branch and branches != tuple(Branch):
        every = ", ".join(branch.value for branch in Branch)
        raise InvalidParameterError(name=f"the inputs of {name}", value=listed, expected=f"all branches: {every}")
    if location is not Location.NONE and not found.takes_location:
        able = ", ".join(one.name for one in ARCHITECTURES.values() if one.takes_location)
        raise InvalidParameterError(
            name=f"the location encoding of {name}", value=location.value, expected=f"none; {able} takes one"
        )
    return found


def build(
    name: str, branches: tuple[Branch, ...], location: Location = Location.NONE, shape: Any = None
) -> Network:
    """A network of that name with fresh weights, in training mode; `shape` replaces the named hyper-parameters.

    Raises InvalidParameterError for an unknown name or inputs that it can't take.
    """
    found = check_inputs(name, branches, location)
    return found.build(branches, location, found.shape if shape is None else shape)
