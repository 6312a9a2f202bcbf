"""Keep the dock's list of bands and guessed roles in step with the project's layers."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsMapLayer, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..core.guess import guess_roles
from ..qgis_io.bands import describe_bands, is_ours

DELAY_MS = 100
"""Layers often come in droves: they are looked at together."""


class ChooseLayers(QObject):
    """Describes the project's bands anew whenever raster layers come, go or get another name or source."""

    described = pyqtSignal(object, object)
    """The list of BandDescription and the list of RoleGuess."""

    def __init__(self, project: QgsProject, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._watched: dict[str, QgsRasterLayer] = {}
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
        bands = describe_bands(self._project)
        self.described.emit(bands, guess_roles(bands))

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
