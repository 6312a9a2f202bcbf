"""The dock's layers and roles connected with the workflow that knows the project's bands and the view."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import QgsMapSettings, QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject

from .core.choice import BandChoice
from .gui.dock import GlacierMapperDock
from .links import Links
from .qgis_io.outline_zoom import zoom_to_extent
from .workflow.choose_layers import ChooseLayers


class LayerSession(QObject):
    """Follows layers and view from `wake` on; before, it looks at nothing."""

    def __init__(
        self, project: QgsProject, canvas: QgsMapCanvas, dock: GlacierMapperDock, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._canvas, self._dock = canvas, dock
        settings: Callable[[], QgsMapSettings] = canvas.mapSettings
        self.choose = ChooseLayers(project, settings, self)
        self._links = Links()
        self._is_awake = False

    def start(self) -> None:
        """Connect."""
        dock = self._dock
        self._links.connect_all([
            (self.choose.described, dock.show_bands),
            (dock.refreshRolesRequested, self.choose.refresh),
            (dock.sourceDateEdited, self._date_edited),
            (dock.zoomToImageRequested, self._zoom_to_image),
        ])

    def wake(self) -> None:
        """The dock is looked at: now the layers matter."""
        self._is_awake = True
        self.choose.start()

    def stop(self) -> None:
        """Let go of everything."""
        self._links.release()
        if self._is_awake:
            self.choose.stop()

    def refresh(self) -> None:
        """Describe the bands anew."""
        if self._is_awake:
            self.choose.refresh()

    def follow_view(self) -> None:
        """Another view: roles that were not fixed by hand follow to the layers that cover it."""
        self.choose.follow_view()

    def show_in_view(self, choices: tuple[BandChoice, ...]) -> bool:
        """Have the dock say what the view shows of the chosen layers. False where it shows nothing or lies nowhere."""
        face = self.choose.in_view(choices)
        self._dock.show_view(face)
        return not face.outside and face.has_crs

    def _date_edited(self, date: str) -> None:
        self.choose.set_date(self._dock.chosen_roles(), date)

    def _zoom_to_image(self) -> None:
        layer = self.choose.layer_of(self._dock.chosen_roles())
        if layer is not None:
            zoom_to_extent(self._canvas, layer, layer.extent())
