"""Edits to a layer as one step of its undo stack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qgis.core import QgsVectorLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication

from ..core.errors import InvalidOutlinesError, LayerGoneError, OutputNotWritableError


@contextmanager
def one_undo_step(layer: QgsVectorLayer, text: str) -> Iterator[QgsVectorLayer]:
    """Everything done inside is one undo step named `text`; any exception takes all of it back.

    Starts editing where the layer is not being edited. Inside another step it becomes part of that one.
    Raises LayerGoneError for a deleted layer, OutputNotWritableError where the layer can't be edited.
    """
    open_for_editing(layer)
    if layer.isEditCommandActive():
        yield layer
        return
    layer.beginEditCommand(text)
    complete = False
    try:
        yield layer
        complete = True
    finally:
        if not sip.isdeleted(layer):
            if complete:
                layer.endEditCommand()
            else:
                layer.destroyEditCommand()


def open_for_editing(layer: QgsVectorLayer) -> None:
    """Put a layer in edit mode. Raises LayerGoneError or OutputNotWritableError where that is impossible."""
    if layer is None or sip.isdeleted(layer):
        raise LayerGoneError(layer=QCoreApplication.translate("edits", "outlines"))
    if not layer.isEditable() and not layer.startEditing():
        reason = QCoreApplication.translate("edits", "The layer can't be edited.")
        raise OutputNotWritableError(path=layer.name(), reason=reason)


def done(ok: bool, layer: QgsVectorLayer) -> None:
    """Turn the False of a refused edit into an InvalidOutlinesError, so that the step is rolled back."""
    if not ok:
        reason = QCoreApplication.translate("edits", "The layer refused the change.")
        raise InvalidOutlinesError(layer=layer.name(), reason=reason)


def take_back_last_step(layer: QgsVectorLayer) -> None:
    """Undo the newest step and leave nothing of it to redo."""
    stack = layer.undoStack()
    if stack.index() > 0:
        step = stack.command(stack.index() - 1)
        step.undo()
        step.setObsolete(True)  # now the stack drops it instead of undoing it, and so keeps no redo
        stack.undo()
