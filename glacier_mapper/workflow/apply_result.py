"""Show the products of a mapping as layers, one a turn of the event loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from qgis.core import QgsLayerTreeGroup, QgsMapLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..core.errors import GlacierMapperError
from ..core.result import MapResult
from ..qgis_io.layers import open_products


class Applying(QObject):
    """Shows the products as a group of layers: one is opened or added a turn of the event loop, so nothing freezes.

    `done` carries what `add(layers)` gave last: the group, or None where the project is another one by now.
    """

    done = pyqtSignal(object)
    failed = pyqtSignal(object)

    def __init__(
        self, result: MapResult, add: Callable[[list[QgsMapLayer]], Iterator[QgsLayerTreeGroup | None]], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._add = add
        self._adding: Iterator[QgsLayerTreeGroup | None] | None = None
        self._group: QgsLayerTreeGroup | None = None
        self._coming = open_products(result)
        self._layers: list[QgsMapLayer] = []
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._turn)

    def start(self) -> None:
        """Begin with the next turn."""
        self._timer.start(0)

    def stop(self) -> None:
        """Drop what was opened. The object goes once its own timer's signal is over, never within it."""
        self._timer.stop()
        self._layers.clear()
        self.deleteLater()

    def _turn(self) -> None:
        try:
            layer = next(self._coming, None)
        except GlacierMapperError as error:
            self.stop()
            self.failed.emit(error)
            return
        if layer is not None:
            self._layers.append(layer)
            return
        if self._adding is None:
            self._adding = self._add(self._layers)
        for group in self._adding:
            self._group = group
            return
        self.stop()
        self.done.emit(None if self._group is None or sip.isdeleted(self._group) else self._group)
