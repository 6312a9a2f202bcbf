"""Show the products of a mapping as layers, one a turn of the event loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from qgis.core import QgsLayerTreeGroup, QgsMapLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..core.errors import GlacierMapperError
from ..core.result import MapResult
from ..qgis_io.layers import open_products
from ..qgis_io.outline_form import dress_outlines, is_outlines_layer
from ..qgis_io.turns import BREATH_MS


class Applying(QObject):
    """Shows the products as a group of layers: one is opened, styled or added a turn, so that nothing freezes.

    `done` carries what `add(layers)` gave last: the group, or None where the project is another one by now.
    """

    done = pyqtSignal(object)
    failed = pyqtSignal(object)

    def __init__(
        self, result: MapResult, add: Callable[[list[QgsMapLayer]], Iterator[QgsLayerTreeGroup | None]], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._group: QgsLayerTreeGroup | None = None
        self._layers: list[QgsMapLayer] = []
        self._steps = self._showing(result, add)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._turn)

    def start(self) -> None:
        """Begin with the next turn."""
        self._timer.start(BREATH_MS)

    def stop(self) -> None:
        """Drop what was opened. The object goes once its own timer's signal is over, never within it."""
        self._timer.stop()
        self._layers.clear()
        self.deleteLater()

    def _showing(
        self, result: MapResult, add: Callable[[list[QgsMapLayer]], Iterator[QgsLayerTreeGroup | None]]
    ) -> Iterator[None]:
        """Raises UnreadableRasterError where a product can't be opened."""
        for layer in open_products(result):
            self._layers.append(layer)
            yield
        for layer in filter(is_outlines_layer, self._layers):
            dress_outlines(layer)
            yield
        for group in add(self._layers):
            self._group = group
            yield

    def _turn(self) -> None:
        try:
            next(self._steps)
        except GlacierMapperError as error:
            self.stop()
            self.failed.emit(error)
        except StopIteration:
            self.stop()
            self.done.emit(None if self._group is None or sip.isdeleted(self._group) else self._group)
