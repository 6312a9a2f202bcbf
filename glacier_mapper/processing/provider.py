"""The Processing provider: the plugin's workflows in the toolbox, in models and on the command line."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from .map_glaciers import MapGlaciersAlgorithm
from .outlines import OutlinesAlgorithm
from .services import MapServices


class GlacierMapperProvider(QgsProcessingProvider):
    """Registers even when no runner is installed; its algorithms then say what to do."""

    def __init__(self, services: MapServices) -> None:
        super().__init__()
        self._services = services

    def id(self) -> str:
        """The prefix of every algorithm's id; never translated."""
        return "glaciermapper"

    def name(self) -> str:
        """The name in the toolbox."""
        return "Glacier Mapper"

    def icon(self) -> QIcon:
        """The plugin's icon."""
        return QIcon(self._services.resource("icons/glacier_mapper.svg"))

    def svgIconPath(self) -> str:
        """The icon's path, which the toolbox prefers."""
        return self._services.resource("icons/glacier_mapper.svg")

    def loadAlgorithms(self) -> None:
        """Offer the algorithms."""
        self.addAlgorithm(MapGlaciersAlgorithm(self._services))
        self.addAlgorithm(OutlinesAlgorithm(self._services))
