"""Review outlines one by one, the least sure first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Callable

from qgis.core import QgsFeature, QgsProject, QgsVectorLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication

from ..core.errors import GlacierMapperError, InvalidOutlinesError
from ..core.file_errors import MissingColumnError
from ..core.outline_fields import Review
from ..core.review_list import ReviewRow
from ..qgis_io.edit_watch import EditWatch
from ..qgis_io.edits import done, one_undo_step, open_for_editing
from ..qgis_io.layers import titles
from ..qgis_io.originals import Originals
from ..qgis_io.outline_rows import OutlineRows
from ..qgis_io.outline_zoom import zoom_to_extent, zoom_to_fids
from ..qgis_io.turns import Turns
from .edit_outline import OutlineEditing


def _nothing(*_: Any) -> None:
    """Stand in for a hook that is not there."""


@dataclass(frozen=True)
class ReviewHooks:
    """What only the composition root can do: QGIS's vertex tool, its form, the message bar, the active layer.

    `activate` makes the layer QGIS's current one, so that Ctrl+Z reaches its undo stack.
    """

    edit_vertices: Callable[[QgsVectorLayer], None] = _nothing
    open_form: Callable[[QgsVectorLayer, QgsFeature], None] = _nothing
    show_error: Callable[[GlacierMapperError], None] = _nothing
    activate: Callable[[QgsVectorLayer], None] = _nothing


class ReviewOutlines:
    """Connects the review panel (`gui.review_panel.ReviewPanel`) with an outlines layer and the canvas."""

    def __init__(
        self, project: QgsProject, canvas: QgsMapCanvas, panel: Any, editing: OutlineEditing, hooks: ReviewHooks
    ) -> None:
        self._project = project
        self._canvas = canvas
        self._panel = panel
        self._editing = editing
        self._hooks = hooks
        self._layer: QgsVectorLayer | None = None
        self._originals: Originals | None = None
        self._rows: OutlineRows | None = None
        self._names: list[tuple[str, str]] = []
        self._turns = Turns()
        tree = project.layerTreeRoot()
        self._links = [
            (panel.layerChosen, self._on_layer_chosen),
            (panel.currentChanged, self._on_current),
            (panel.zoomRequested, self._on_current),
            (panel.verdictGiven, self._on_verdict),
            (panel.noteChanged, self._on_note),
            (panel.restoreRequested, self._on_restore),
            (panel.formRequested, self._on_form),
            (panel.verticesRequested, self._on_vertices),
            (editing.changed, self._on_edited),
            (editing.watchedChanged, self._on_watched),
            (tree.addedChildren, self._on_tree),
            (tree.removedChildren, self._on_tree),
            (tree.nameChanged, self._on_tree),
        ]

    def start(self) -> None:
        """Connect to the panel and the project, and show the first outlines layer."""
        for signal, slot in self._links:
            signal.connect(slot)
        self._on_watched()

    def stop(self) -> None:
        """Disconnect everything."""
        for signal, slot in self._links:
            signal.disconnect(slot)
        self._turns.stop()
        self._layer = self._originals = self._rows = None

    def show_layer(self, layer: QgsVectorLayer | None) -> None:
        """Review this layer, None for none. Its outlines are read in the next turns of the event loop."""
        self._turns.stop()
        self._layer, self._originals, self._rows = layer, None, None
        self._name_layers()
        watch = None if layer is None else self._editing.watch_of(layer)
        if watch is None:
            self._panel.show_rows([])
            return
        self._panel.show_reading()
        self._turns.start(self._reading(watch), self._show)

    def refresh(self) -> None:
        """Show what has changed, unsaved edits included; what all changed, as by a commit, some turns later."""
        if self._gone() or self._rows is None or self._turns.is_busy:
            return
        has_changed = self._rows.update()
        if has_changed is None:
            self._turns.start(self._rows.reading(), self._show)
        elif has_changed:
            self._panel.show_rows(self._rows.rows(), self._rows.hidden)

    def verdicts(self) -> tuple[QgsVectorLayer | None, dict[int, str]]:
        """The layer that is shown, and what the list says of each of its outlines, by feature id; None without one."""
        if self._gone() or self._rows is None:
            return None, {}
        return self._layer, {row.fid: row.state for row in self._rows.rows() if not row.is_deleted}

    def _reading(self, watch: EditWatch) -> Iterator[None]:
        self._originals = Originals(self._layer)
        yield
        rows = OutlineRows(watch, self._originals, self._project)
        yield from rows.reading()
        self._rows = rows

    def _show(self) -> None:
        """All is read; what was edited meanwhile is read, too."""
        if self._rows.update() is None:
            self._turns.start(self._rows.reading(), self._show)
        else:
            self._panel.show_rows(self._rows.rows(), self._rows.hidden)

    def _name_layers(self) -> None:
        """Name the layers by their runs: all are called "Glacier outlines"."""
        layers = self._editing.layers()
        self._names = list(zip((one.id() for one in layers), titles(self._project, layers)))
        self._panel.show_layers(self._names, None if self._gone() else self._layer.id())

    def _on_tree(self, *_: Any) -> None:
        """A layer has come into its group only after it was added to the project; groups are renamed, too."""
        layers = self._editing.layers()
        if [name for _, name in self._names] != titles(self._project, layers):
            self._name_layers()

    def _gone(self) -> bool:
        return self._layer is None or sip.isdeleted(self._layer)

    def _on_watched(self) -> None:
        """A layer came (show the newest) or went (show another)."""
        layers = self._editing.layers()
        known = not self._gone() and any(layer is self._layer for layer in layers)
        newest = layers[-1] if layers else None
        self.show_layer(self._layer if known and self._layer is newest else newest)

    def _on_layer_chosen(self, layer_id: str) -> None:
        self.show_layer(next((layer for layer in self._editing.layers() if layer.id() == layer_id), None))

    def _on_edited(self, layer: QgsVectorLayer) -> None:
        if layer is self._layer:
            self.refresh()

    def _on_current(self, row: ReviewRow) -> None:
        if self._gone():
            return
        if not row.is_deleted:
            zoom_to_fids(self._canvas, self._layer, [row.fid])
            return
        try:
            original = self._originals.feature(row.outline_id)
        except GlacierMapperError as error:
            self._hooks.show_error(error)
            return
        zoom_to_extent(self._canvas, self._layer, original.geometry().boundingBox())
        self._canvas.flashGeometries([original.geometry()], self._layer.crs())

    def _on_verdict(self, rows: Sequence[ReviewRow], review: Review) -> None:
        there = [row for row in rows if not row.is_deleted]
        self._change([row for row in there if row.state != review.value], "review", review.value, _verdict_text(review))

    def _on_note(self, row: ReviewRow, note: str) -> None:
        if note != row.note and not row.is_deleted:
            self._change([row], "note", note, QCoreApplication.translate("ReviewOutlines", "Note on an outline"))

    def _change(self, rows: Sequence[ReviewRow], name: str, value: str, text: str) -> None:
        """One column of some outlines, as one undo step."""
        if not rows:
            return
        try:
            with one_undo_step(self._layer, text) as layer:
                index = layer.fields().lookupField(name)
                if index < 0:
                    raise MissingColumnError(layer=layer.name(), columns=name)
                for row in rows:
                    done(layer.changeAttributeValue(row.fid, index, value), layer)
            self._hooks.activate(layer)
        except GlacierMapperError as error:
            self._hooks.show_error(error)
        self.refresh()

    def _on_restore(self, rows: Sequence[ReviewRow]) -> None:
        items = [(row.outline_id, None if row.is_deleted else row.fid) for row in rows]
        try:
            self._must_be_there()
            self._editing.restore(self._layer, items)
        except GlacierMapperError as error:
            self._hooks.show_error(error)
        self.refresh()

    def _on_form(self, row: ReviewRow) -> None:
        if not self._gone() and not row.is_deleted:
            self._hooks.open_form(self._layer, self._layer.getFeature(row.fid))

    def _on_vertices(self, row: ReviewRow) -> None:
        try:
            open_for_editing(self._layer)
        except GlacierMapperError as error:
            self._hooks.show_error(error)
            return
        self._layer.selectByIds([] if row.is_deleted else [row.fid])
        self._hooks.edit_vertices(self._layer)

    def _must_be_there(self) -> None:
        if self._gone():
            reason = QCoreApplication.translate("ReviewOutlines", "The layer is no longer in the project.")
            raise InvalidOutlinesError(layer="outlines", reason=reason)


def _verdict_text(review: Review) -> str:
    """What the undo menu calls a verdict."""
    translate = QCoreApplication.translate
    texts = {
        Review.ACCEPTED: translate("ReviewOutlines", "Accept outline"),
        Review.REJECTED: translate("ReviewOutlines", "Reject outline"),
        Review.NEEDS_WORK: translate("ReviewOutlines", "Mark outline as needing work"),
        Review.OPEN: translate("ReviewOutlines", "Mark outline as not reviewed"),
    }
    return texts[review]
