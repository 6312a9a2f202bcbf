"""Keep the books while outlines are edited with QGIS's own tools."""

from __future__ import annotations

from typing import Callable

from qgis.core import QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal


class OutlineEditing(QObject):
    """Follows every outlines layer of a project; measures and records the edits when they are committed.

    `analyst` gives the name to record. `warned` carries one sentence, the layer and the feature ids that it
    is about, for the message bar.
    """

    warned = pyqtSignal(str, object, object)
    rowsChanged = pyqtSignal(object)  # noqa: N815 (Qt's way): the layer whose outlines changed

    def __init__(self, project: QgsProject, analyst: Callable[[], str]) -> None:
        super().__init__()
        self._project = project
        self._analyst = analyst

    def start(self) -> None:
        """Prepare and watch the project's outlines layers, now and from now on."""

    def stop(self) -> None:
        """Let go of every layer and of the project; no signal stays connected."""

    def watch(self, layer: QgsVectorLayer) -> None:
        """Follow the edits of `layer`; a second call does nothing."""

    def unwatch(self, layer: QgsVectorLayer) -> None:
        """Stop following `layer`."""
