"""Keep the dock's list of bands and guessed roles in step with the project's layers and with the view."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from qgis.core import QgsMapLayer, QgsMapSettings, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..core.choice import BandChoice
from ..core.guess import BandDescription, guess_roles
from ..core.roles import OPTICAL_ROLES, Role
from ..core.view_face import ViewFace
from ..qgis_io.bands import describe_bands, is_ours, set_source_date
from ..qgis_io.coverage import LEAST_SHARE, Coverage

DELAY_MS = 100
"""Layers often come in droves: they are looked at together."""


class ChooseLayers(QObject):
    """Describes the project's bands anew whenever raster layers come, go or get another name or source."""

    described = pyqtSignal(object, object)
    """The list of BandDescription and the list of RoleGuess."""

    def __init__(
        self, project: QgsProject, map_settings: Callable[[], QgsMapSettings], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._project, self._map_settings = project, map_settings
        self._watched: dict[str, QgsRasterLayer] = {}
        self._bands: list[BandDescription] = []
        self._shares: dict[str, float] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self.refresh)

    def start(self) -> None:
        """Follow the project from now on, and describe what is there."""
        self._project.layersAdded.connect(self._added)
        self._project.layersWillBeRemoved.connect(self._leaving)
        self._project.layersRemoved.connect(self._soon)
        self._added(list(self._project.mapLayers().values()))
        self.refresh()

    def stop(self) -> None:
        """Let go of the project and its layers."""
        self._timer.stop()
        self._project.layersAdded.disconnect(self._added)
        self._project.layersWillBeRemoved.disconnect(self._leaving)
        self._project.layersRemoved.disconnect(self._soon)
        self._leaving(list(self._watched))

    def refresh(self) -> None:
        """Describe the bands now."""
        self._timer.stop()
        self._bands = describe_bands(self._project)
        self._shares = self._seen()
        self.described.emit(self._bands, guess_roles(self._bands, self._shares))

    def follow_view(self) -> None:
        """Guess anew where other layers have come into view; where there is none, all stays as it was.

        The bands are those described last.
        """
        shares = self._seen()
        if shares != self._shares and any(shares.values()):
            self._shares = shares
            self.described.emit(self._bands, guess_roles(self._bands, shares))

    def in_view(self, choices: Sequence[BandChoice]) -> ViewFace:
        """What the view shows of these choices, and which layers that would do as well are left out."""
        coverage = Coverage(self._project, self._map_settings())
        chosen = self._layers(_leading(choices))
        if chosen and not self._map_settings().destinationCrs().isValid():
            return ViewFace(has_crs=False)
        if not coverage.is_known or not chosen:
            return ViewFace()
        if not any(map(coverage.shows, chosen)):
            return ViewFace(outside=", ".join(layer.name() for layer in chosen))
        covered = coverage.union(chosen)
        twins = self._layers(self._twins(choices))
        left_out = [layer.name() for layer in twins if coverage.adds(layer, covered) > LEAST_SHARE]
        return ViewFace(left_out=tuple(left_out))

    def layer_of(self, choices: Sequence[BandChoice]) -> QgsRasterLayer | None:
        """The layer that a way to the chosen ones leads to."""
        return next(iter(self._layers(_leading(choices))), None)

    def set_date(self, choices: Sequence[BandChoice], date: str) -> None:
        """Keep the acquisition date of the optical layers in the project, ISO 8601, "" for what the files say."""
        layers = {choice.layer_id for choice in choices if choice.role in OPTICAL_ROLES}
        for layer in self._layers(layers):
            set_source_date(layer, date)
        self._project.setDirty(True)
        self.refresh()

    def _seen(self) -> dict[str, float]:
        ids = {band.layer_id for band in self._bands}
        coverage = Coverage(self._project, self._map_settings())
        return coverage.shares(self._layers(ids)) if coverage.is_known and len(ids) > 1 else {}

    def _layers(self, layer_ids: Collection[str]) -> list[QgsRasterLayer]:
        """Layers that are still there, in the order of the layer tree."""
        found = dict.fromkeys(band.layer_id for band in self._bands if band.layer_id in layer_ids)
        layers = map(self._project.mapLayer, found)
        return [layer for layer in layers if isinstance(layer, QgsRasterLayer)]

    def _twins(self, choices: Sequence[BandChoice]) -> set[str]:
        """Layers that by themselves have every optical role that the chosen image has."""
        wanted = {choice.role for choice in choices if choice.role in OPTICAL_ROLES}
        taken = {choice.layer_id for choice in choices}
        others = dict.fromkeys(band.layer_id for band in self._bands if band.layer_id not in taken)
        if not wanted:
            return set()
        return {layer_id for layer_id in others if wanted <= self._optical_roles(layer_id)}

    def _optical_roles(self, layer_id: str) -> set[Role]:
        bands = [band for band in self._bands if band.layer_id == layer_id]
        return {guess.role for guess in guess_roles(bands)}

    def _added(self, layers: Sequence[QgsMapLayer]) -> None:
        for layer in layers:
            if isinstance(layer, QgsRasterLayer) and not is_ours(layer) and layer.id() not in self._watched:
                layer.nameChanged.connect(self._soon)
                layer.dataSourceChanged.connect(self._soon)
                self._watched[layer.id()] = layer
                self._timer.start()

    def _leaving(self, layer_ids: Sequence[str]) -> None:
        for layer_id in layer_ids:
            layer = self._watched.pop(layer_id, None)
            if layer is not None:
                layer.nameChanged.disconnect(self._soon)
                layer.dataSourceChanged.disconnect(self._soon)

    def _soon(self, *_: object) -> None:
        self._timer.start()


def _leading(choices: Sequence[BandChoice]) -> set[str]:
    """The layers that say where a mapping is: the optical ones, or all where there is none."""
    optical = {choice.layer_id for choice in choices if choice.role in OPTICAL_ROLES}
    return optical or {choice.layer_id for choice in choices}
