"""What the dock remembers: the analyst's choices in the project, and those used last in the settings."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from qgis.core import QgsProject

from .core.choice import MapOrder
from .core.devices import AUTOMATIC
from .core.models import BAND_RATIO
from .core.request import BandRatioSettings, OutlineSettings
from .core.servers import find_server
from .gui.dock import GlacierMapperDock
from .qgis_io.project_state import ProjectState, ProjectStateStore
from .qgis_io.run_folder import results_folder
from .qgis_io.settings import SettingsStore
from .workflow.offer_processing import order_from


class DockMemory:
    """Carries values between the dock, the project and the settings.

    `refresh_bands()` lets the dock know the bands of a project that has just been opened.
    """

    def __init__(
        self,
        project: QgsProject,
        store: SettingsStore,
        dock: GlacierMapperDock,
        refresh_bands: Callable[[], None],
    ) -> None:
        self._project, self._store, self._dock = project, store, dock
        self._refresh_bands = refresh_bands
        self.state = ProjectStateStore(project)
        self.is_restoring = False

    def save(self, *_: object) -> None:
        """What the analyst set goes into the project; what was only guessed does not."""
        if self.is_restoring:
            return
        dock = self._dock
        choices = dock.chosen_roles() if dock.roles_were_edited() else None
        self.state.save(
            ProjectState(
                choices=choices,
                model=dock.model_wish(),
                band_ratio=dock.band_ratio(),
                outlines=dock.outlines(),
                network=dock.network(),
                device=dock.device_wish(),
                scaling=dock.scaling(),
                classes=dock.wants_classes(),
            )
        )

    def save_dock(self) -> None:
        """Whether the dock is open, into a project that is being written.

        QGIS writes the project's entries after its signal `writeProject`, so this still gets in.
        """
        self.state.save_dock(self._dock.isUserVisible())

    def save_last_used(self, order: MapOrder) -> None:
        """The model and its settings, for projects that have none of their own."""
        used = {"model": order.model, "band_ratio": order.band_ratio}
        used.update(outlines=order.outlines, classes=order.classes)
        if order.model != BAND_RATIO.name:
            used.update(network=order.network, device=self._dock.device_wish())
        self._store.save(dataclasses.replace(self._store.load(), **used))

    def save_out_folder(self, folder: str) -> None:
        """Where results go, in every project."""
        self._store.save(dataclasses.replace(self._store.load(), out_folder=folder))

    def restore(self, state: ProjectState) -> None:
        """Show a project's state, or the settings used last where the project has none.

        Thresholds and the scaling do not follow: found for one scene by hand, they mean nothing in another.
        """
        dock, usual = self._dock, self._store.load()
        self.is_restoring = True
        try:
            dock.set_model(state.model or usual.model)
            dock.set_band_ratio(state.band_ratio if state.is_saved else _untuned(usual.band_ratio))
            dock.set_outlines(state.outlines if state.is_saved else _at_default_threshold(usual.outlines))
            dock.set_network(state.network if state.is_saved else usual.network)
            dock.set_device(state.device or usual.device)
            dock.set_extras(state.scaling, state.classes if state.is_saved else usual.classes)
            dock.forget_chosen_roles()
            self._refresh_bands()
            if state.choices is not None:
                dock.set_chosen_roles(state.choices)
            self.show_folders()
        finally:
            self.is_restoring = False

    def order(self) -> MapOrder:
        """What the dock says now, with the analyst's own settings."""
        dock, settings = self._dock, self._store.load()
        device = dock.device() if dock.model() != BAND_RATIO.name else AUTOMATIC
        server = find_server(settings.servers, device)
        network = dock.network()
        if server is not None:
            network = dataclasses.replace(network, on_server_loss=server.on_loss)
        return dataclasses.replace(
            order_from(settings),
            choices=dock.chosen_roles(),
            model=dock.model(),
            info=dock.model_info(),
            band_ratio=dock.band_ratio(),
            outlines=dock.outlines(),
            network=network,
            device=device,
            out_dir=dock.out_folder(),
            classes=dock.wants_classes(),
            scaling=dock.scaling(),
        )

    def show_folders(self) -> None:
        """Where results go, and where packages come from."""
        settings = self._store.load()
        self._dock.set_out_folder(settings.out_folder, str(results_folder(self._project)))
        self._dock.set_wheel_folder(settings.wheel_folder)


def _untuned(ratio: BandRatioSettings) -> BandRatioSettings:
    """The same softness and median filter; index, threshold and rules as they are by default."""
    return BandRatioSettings(softness=ratio.softness, median_px=ratio.median_px)


def _at_default_threshold(outlines: OutlineSettings) -> OutlineSettings:
    return dataclasses.replace(outlines, threshold=OutlineSettings().threshold)
