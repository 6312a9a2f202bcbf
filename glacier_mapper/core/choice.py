"""What the analyst chose in the dock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from types import MappingProxyType

from .errors import DuplicateRoleError, MissingRoleError, NoLayersError
from .extent import Extent
from .models import BUILT_IN, ModelInfo
from .request import BandRatioSettings, BandSource, MapRequest, NetworkSettings, OutlineSettings, with_image_facts
from .roles import Role
from .scaling_choice import AUTO_SCALING


@dataclass(frozen=True)
class BandChoice:
    """One band of one layer of the project, and the role it plays. `band` counts from 1.

    `by_hand` says that the analyst named the band; it makes no other choice of it.
    """

    role: Role
    layer_id: str
    band: int = 1
    by_hand: bool = field(default=False, compare=False)


def check_choices(choices: Sequence[BandChoice], layer_names: Mapping[str, str] = MappingProxyType({})) -> None:
    """Raise NoLayersError when nothing was chosen, DuplicateRoleError when a role is taken twice.

    `layer_names` gives the names for the message by layer id.
    """
    if not choices:
        raise NoLayersError()
    seen: dict[Role, BandChoice] = {}
    for choice in choices:
        other = seen.setdefault(choice.role, choice)
        if other is not choice:
            names = [layer_names.get(one.layer_id, one.layer_id) for one in (other, choice)]
            raise DuplicateRoleError(role=choice.role.value, layers=", ".join(names))


@dataclass(frozen=True)
class MapOrder:
    """What the analyst ordered with a click: which bands, which model with which settings.

    `out_dir` is the folder in which the numbered folder of the run is made; empty: beside the project file.
    `info` is the model where the dock knows it. `live` is a file that shows the probability while it grows.
    `classes` asks for classes.tif beside the probability.
    `scaling` (a word of `SCALINGS`) and `acquired` (ISO 8601, "" as the layers say) are of the image.
    """

    choices: tuple[BandChoice, ...]
    model: str = "band-ratio"
    band_ratio: BandRatioSettings = field(default_factory=BandRatioSettings)
    outlines: OutlineSettings = field(default_factory=OutlineSettings)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    device: str = "auto"
    out_dir: str = ""
    analyst: str = ""
    threads: int = 0
    memory_limit_mb: int = 0
    live: str = ""
    info: ModelInfo | None = None
    classes: bool = False
    scaling: str = AUTO_SCALING
    acquired: str = ""

    def request(self, sources: Sequence[BandSource], out_dir: str, extent: Extent | None) -> MapRequest:
        """The request for the runner. Raises NoLayersError, DuplicateRoleError, InvalidParameterError."""
        return MapRequest(
            sources=with_image_facts(sources, self.scaling, self.acquired),
            out_dir=out_dir,
            model=self.model,
            extent=extent,
            band_ratio=self.band_ratio,
            outlines=self.outlines,
            network=self.network,
            device=self.device,
            live=self.live,
            analyst=self.analyst,
            threads=self.threads,
            memory_limit_mb=self.memory_limit_mb,
            classes=self.classes,
        )


def check_model(order: MapOrder, role_label: Callable[[Role], str] = attrgetter("value")) -> None:
    """Raise MissingRoleError when a known model lacks a role; `role_label` names roles in the message."""
    model = order.info or next((model for model in BUILT_IN if model.name == order.model), None)
    lacking = model.lacking([choice.role for choice in order.choices], role_label) if model else ""
    if lacking:
        raise MissingRoleError(model=order.model, roles=lacking)
