"""Listens to a layer while it is edited and keeps its journal."""

from __future__ import annotations

from qgis.core import QgsGeometry, QgsVectorLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..core.edit_journal import Change, EditJournal, Step


class EditWatch(QObject):
    """Follows one outlines layer. Nothing is written to the layer here.

    `changed` tells, once per turn of the event loop, that outlines look different. `committing` comes just
    before the edits are written. `columnsChanged` comes when columns of the layer came, went or were renamed.
    """

    changed = pyqtSignal(object)
    committing = pyqtSignal(object)
    committed = pyqtSignal(object)
    columnsChanged = pyqtSignal(object)  # noqa: N815 (Qt's way)

    def __init__(self, layer: QgsVectorLayer) -> None:
        super().__init__()
        self.layer = layer
        self.journal = EditJournal()
        self.restoring = False
        self._review = layer.fields().lookupField("review")
        self._pending: dict[int, Change] = {}
        self._dirty: set[int] | None = None
        self._deleted = False
        self._new_step = False
        self._index = 0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._tell)
        self._links = self._connections()
        for signal, slot in self._links:
            signal.connect(slot)

    def _connections(self) -> list[tuple[object, object]]:
        layer = self.layer
        return [
            (layer.editCommandStarted, self._on_step_started),
            (layer.geometryChanged, self._on_geometry),
            (layer.featureAdded, self._on_added),
            (layer.featureDeleted, self._on_deleted),
            (layer.attributeValueChanged, self._on_attribute),
            (layer.undoStack().indexChanged, self._on_index),
            (layer.beforeCommitChanges, self._on_before_commit),
            (layer.afterCommitChanges, self._on_after_commit),
            (layer.editingStopped, self._on_stopped),
            (layer.dataChanged, self._on_data),
            (layer.subsetStringChanged, self._on_data),
            (layer.updatedFields, self._on_columns),
        ]

    def stop(self) -> None:
        """Disconnect from the layer; safe when it is gone already."""
        self._later.stop()
        if not sip.isdeleted(self.layer):
            for signal, slot in self._links:
                signal.disconnect(slot)
        self._links = []

    @property
    def index(self) -> int:
        """How many steps of the undo stack are done."""
        return self.layer.undoStack().index()

    def take_dirty(self) -> set[int] | None:
        """The feature ids that may look different since the last call; None means all of them."""
        dirty, self._dirty = self._dirty, set()
        return dirty

    def _on_data(self) -> None:
        self._dirty = None
        self._soon()

    def _on_columns(self) -> None:
        self._review = self.layer.fields().lookupField("review")
        self._on_data()
        self.columnsChanged.emit(self)

    def _on_step_started(self, _text: str) -> None:
        self._new_step = True

    def _on_geometry(self, fid: int, _geometry: QgsGeometry) -> None:
        self._note(fid, Change.GEOMETRY)

    def _on_added(self, fid: int) -> None:
        self._note(fid, Change.ADDED)

    def _on_deleted(self, fid: int) -> None:
        self._deleted = True
        self._mark(fid)
        self._soon()

    def _on_attribute(self, fid: int, field: int, _value: object) -> None:
        self._note(fid, Change.REVIEWED if field == self._review else Change.NONE)

    def _note(self, fid: int, change: Change) -> None:
        if self.restoring:
            change |= Change.RESTORED
        self._mark(fid)
        if change:
            self._pending[fid] = self._pending.get(fid, Change.NONE) | change
        self._soon()

    def _mark(self, fid: int) -> None:
        if self._dirty is not None:
            self._dirty.add(fid)

    def _on_index(self, index: int) -> None:
        """A step was done, undone or redone, or the stack was cleared."""
        if index > self._index:
            step = Step(self.layer.undoStack().text(index - 1), self._changes())
            if self._is_new(index, step):
                self.journal.record(index - 1, step)
        self._index = index
        self._forget_pending()

    def _is_new(self, index: int, step: Step) -> bool:
        """Scripts make steps without a command and a text; after an undo only their changes tell them from a redo.

        A jump over several steps redoes them: it shows the changes of all in one.
        """
        if self._new_step or self.journal.text_at(index - 1) != step.text:
            return True
        return index == self._index + 1 and not self.journal.is_redo(index - 1, step)

    def _changes(self) -> dict[int, Change]:
        """A step that removes some outlines while it changes others merges them."""
        merged = Change.MERGED if self._deleted else Change.NONE
        return {fid: change | merged if change & Change.GEOMETRY else change for fid, change in self._pending.items()}

    def _forget_pending(self) -> None:
        self._pending, self._deleted, self._new_step = {}, False, False

    def _on_before_commit(self, _stop: bool = False) -> None:
        self.committing.emit(self)

    def _on_after_commit(self) -> None:
        self._on_stopped()
        self.committed.emit(self)

    def _on_stopped(self) -> None:
        self.journal.clear()
        self._forget_pending()
        self._index = 0
        self._on_data()

    def _soon(self) -> None:
        if not self._later.isActive():
            self._later.start()

    def _tell(self) -> None:
        self.changed.emit(self.layer)
