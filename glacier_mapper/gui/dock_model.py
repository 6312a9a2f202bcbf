"""The part of the dock's face that speaks of the model: which one, its settings, what it is computed on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..core.devices import Device
from ..core.model_card import ModelCard
from ..core.models import ModelInfo
from ..core.request import BandRatioSettings, NetworkSettings, OutlineSettings
from ..core.servers import ServerSetting
from .map_page import MapPage


class ModelFace:
    """Methods of the dock; `map` is its Map page."""

    map: MapPage

    def show_models(self, models: Sequence[ModelInfo], cards: Mapping[str, ModelCard] | None = None) -> None:
        """Offer these models; the current one stays current where it is among them.

        `cards` are those of the packages by name, None before anybody has looked for packages.
        """
        self.map.model.show_models(models, cards)

    def model(self) -> str:
        """The name of the model chosen, "" without any."""
        return self.map.model.name()

    def model_wish(self) -> str:
        """The model chosen, also where it is not installed now."""
        return self.map.model.wish()

    def model_info(self) -> ModelInfo | None:
        """The model chosen, as lists show it."""
        return self.map.model.info()

    def set_model(self, name: str) -> None:
        """Choose a model; one that is not installed is told and changes nothing else."""
        self.map.model.set_name(name)

    def show_region(self, code: str) -> None:
        """The region that the view lies in (`core.regions`), "" where nobody knows."""
        self.map.model.show_region(code)

    def show_devices(self, devices: Sequence[Device]) -> None:
        """What this machine can compute on."""
        self.map.model.device.show_devices(devices)

    def show_servers(self, servers: Sequence[ServerSetting]) -> None:
        """The model servers that the user has added."""
        self.map.model.device.show_servers(servers)

    def device(self) -> str:
        """What a network is computed on now."""
        return self.map.model.device.device()

    def device_wish(self) -> str:
        """What was chosen to compute on, also where it is not there now."""
        return self.map.model.device.wish()

    def set_device(self, name: str) -> None:
        """Choose what to compute on, without a signal."""
        self.map.model.device.set_device(name)

    def network(self) -> NetworkSettings:
        """How a network is run."""
        return self.map.model.network.settings()

    def set_network(self, settings: NetworkSettings) -> None:
        """Show these settings, without a signal."""
        self.map.model.network.set_settings(settings)

    def scaling(self) -> str:
        """How the numbers of the optical bands are to be read: a word of `core.scaling_choice`."""
        return str(self.map.model.network.extras.scaling.currentData())

    def wants_classes(self) -> bool:
        """Whether classes are to be written beside the probability."""
        return self.map.model.network.extras.classes.isChecked()

    def set_extras(self, scaling: str, classes: bool) -> None:
        """Show both, without a signal."""
        self.map.model.network.set_extras(scaling, classes)

    def band_ratio(self) -> BandRatioSettings:
        """The settings of the band-ratio model as they stand."""
        return self.map.model.band_ratio.settings()

    def set_band_ratio(self, settings: BandRatioSettings) -> None:
        """Show these settings, without a signal."""
        self.map.model.band_ratio.set_settings(settings)

    def outlines(self) -> OutlineSettings:
        """The settings of the outlines as they stand."""
        return self.map.outlines.settings()

    def set_outlines(self, settings: OutlineSettings) -> None:
        """Show these settings, without a signal."""
        self.map.set_outlines(settings)
