"""Review outlines one by one, the least sure first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable

from qgis.core import QgsFeature, QgsProject, QgsVectorLayer
from qgis.gui import QgsMapCanvas

from .edit_outline import OutlineEditing


@dataclass(frozen=True)
class ReviewHooks:
    """What only the composition root can do: QGIS's vertex tool, its form, and the message bar."""

    edit_vertices: Callable[[QgsVectorLayer], None]
    open_form: Callable[[QgsVectorLayer, QgsFeature], None]
    show_error: Callable[[Exception], None]


class ReviewOutlines:
    """Connects the review panel (`gui.review_panel.ReviewPanel`) with an outlines layer and the canvas."""

    def __init__(
        self, project: QgsProject, canvas: QgsMapCanvas, panel: Any, editing: OutlineEditing, hooks: ReviewHooks
    ) -> None:
        self._panel = panel

    def start(self) -> None:
        """Connect to the panel and the project, and show the first outlines layer."""

    def stop(self) -> None:
        """Disconnect everything."""

    def show_layer(self, layer: QgsVectorLayer | None) -> None:
        """Review this layer."""
