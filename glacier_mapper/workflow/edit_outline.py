"""Keep the books while outlines are edited with QGIS's own tools.

Nothing is written while the analyst draws, so one undo takes back one edit and nothing else is on the undo
stack. At commit, the outlines that changed are measured and signed in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Callable, Protocol

from qgis.core import QgsMapLayer, QgsProject, QgsVectorLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, QObject, QTimer, pyqtSignal

from ..core.errors import GlacierMapperError
from ..core.file_errors import MissingColumnError
from ..qgis_io.analyst import analyst_name
from ..qgis_io.edit_books import EditBooks, Findings, Signature
from ..qgis_io.edit_watch import EditWatch
from ..qgis_io.edits import one_undo_step, take_back_last_step
from ..qgis_io.layers import refresh_boundary
from ..qgis_io.originals import Originals, restore_step_text
from ..qgis_io.outline_form import is_outlines_layer, missing_columns, prepare_outlines, set_default_analyst


class Notices(Protocol):
    """Where a word to the analyst goes; `qgis_io.bar_actions.BarActions` is the real one."""

    def show_error(self, error: GlacierMapperError) -> None:
        """Show an error's line."""

    def show_outlines(self, text: str, layer: QgsVectorLayer, outline_ids: list[str]) -> None:
        """Show a line about some outlines, with a way to them."""


class OutlineEditing(QObject):
    """Follows every outlines layer of a project; measures and records the edits when they are committed.

    `analyst` gives the name to record. `changed` carries the layer whose outlines look different, unsaved
    edits included; `watchedChanged` tells that a layer came or went.
    """

    changed = pyqtSignal(object)
    watchedChanged = pyqtSignal()  # noqa: N815 (Qt's way)

    def __init__(self, project: QgsProject, analyst: Callable[[], str], notices: Notices | None = None) -> None:
        super().__init__()
        self._project = project
        self._analyst = analyst
        self._notices = notices
        self._watches: dict[str, EditWatch] = {}
        self._written: set[str] = set()
        self._findings: dict[str, Findings] = {}
        self._lacking: dict[EditWatch, list[str]] = {}

    def start(self) -> None:
        """Prepare and watch the project's outlines layers, now and from now on."""
        self._project.layersAdded.connect(self._on_added)
        self._project.layersWillBeRemoved.connect(self._on_removed)
        self._on_added(list(self._project.mapLayers().values()))

    def stop(self) -> None:
        """Let go of every layer and of the project; no signal stays connected."""
        self._project.layersAdded.disconnect(self._on_added)
        self._project.layersWillBeRemoved.disconnect(self._on_removed)
        for watch in list(self._watches.values()):
            self._let_go(watch)
        self._watches.clear()

    def watch(self, layer: QgsVectorLayer) -> None:
        """Follow the edits of `layer`; a second call does nothing."""
        if layer.id() in self._watches:
            return
        prepare_outlines(layer, self._project)
        set_default_analyst(layer, self._name())
        watch = EditWatch(layer)
        watch.changed.connect(self.changed)
        watch.committing.connect(self._on_committing)
        watch.committed.connect(self._on_committed)
        watch.columnsChanged.connect(self._on_columns)
        self._watches[layer.id()] = watch
        self.watchedChanged.emit()

    def unwatch(self, layer: QgsVectorLayer) -> None:
        """Stop following `layer`."""
        watch = self._watches.pop(layer.id(), None)
        if watch is not None:
            self._let_go(watch)
            self.watchedChanged.emit()

    def layers(self) -> list[QgsVectorLayer]:
        """The layers followed now."""
        return [watch.layer for watch in self._watches.values() if not sip.isdeleted(watch.layer)]

    def watch_of(self, layer: QgsVectorLayer) -> EditWatch | None:
        """What listens to `layer`, with its journal."""
        return self._watches.get(layer.id())

    def restore(self, layer: QgsVectorLayer, items: Sequence[tuple[str, int | None]]) -> None:
        """Give outlines the model's shape again, as one undo step.

        `items` are (outline ID, feature id or None for a deleted one). Raises InvalidOutlinesError where the
        model drew no such outline; nothing is changed then.
        """
        originals, watch = Originals(layer), self._watches.get(layer.id())
        with one_undo_step(layer, restore_step_text()):
            if watch is not None:
                watch.restoring = True
            try:
                for outline_id, fid in items:
                    originals.restore(outline_id, fid)
            finally:
                if watch is not None:
                    watch.restoring = False

    def _name(self) -> str:
        """The analyst of the settings, or else the one who is logged in."""
        return analyst_name(self._analyst())

    def _on_added(self, layers: Sequence[QgsMapLayer]) -> None:
        for layer in layers:
            if is_outlines_layer(layer):
                self.watch(layer)

    def _on_removed(self, layer_ids: Sequence[str]) -> None:
        for layer_id in layer_ids:
            watch = self._watches.pop(layer_id, None)
            if watch is not None:
                self._let_go(watch)
                self.watchedChanged.emit()

    def _let_go(self, watch: EditWatch) -> None:
        watch.stop()
        watch.changed.disconnect(self.changed)
        watch.committing.disconnect(self._on_committing)
        watch.committed.disconnect(self._on_committed)
        watch.columnsChanged.disconnect(self._on_columns)
        self._lacking.pop(watch, None)

    def _on_columns(self, watch: EditWatch) -> None:
        """Say it once when columns that the review needs go; the edits of the others are still recorded."""
        lacking = missing_columns(watch.layer)
        if lacking and lacking != self._lacking.get(watch):
            self._tell_error(MissingColumnError(layer=watch.layer.name(), columns=", ".join(lacking)))
        self._lacking[watch] = lacking

    def _on_committing(self, watch: EditWatch) -> None:
        at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        books = EditBooks(watch, Signature(self._name(), at), self._project)
        try:
            written = books.write()
        except GlacierMapperError as error:
            self._tell_error(error)
            return
        if written:
            layer_id = watch.layer.id()
            self._written.add(layer_id)
            self._findings[layer_id] = books.findings
            QTimer.singleShot(0, lambda: self._after_commit(watch))

    def _on_committed(self, watch: EditWatch) -> None:
        self._written.discard(watch.layer.id())
        refresh_boundary(self._project, watch.layer)

    def _after_commit(self, watch: EditWatch) -> None:
        """When the commit failed, our own step goes, so that the next undo takes back the analyst's edit."""
        if sip.isdeleted(watch.layer):
            return
        layer_id = watch.layer.id()
        findings = self._findings.pop(layer_id, None)
        if layer_id in self._written:
            self._written.discard(layer_id)
            take_back_last_step(watch.layer)
        elif findings is not None:
            self._tell(watch.layer, findings)

    def _tell(self, layer: QgsVectorLayer, findings: Findings) -> None:
        if self._notices is None:
            return
        for one, many, ids in _sentences(findings):
            if ids:
                text = (one if len(ids) == 1 else many).format(count=len(ids), layer=layer.name())
                self._notices.show_outlines(text, layer, ids)

    def _tell_error(self, error: GlacierMapperError) -> None:
        if self._notices is not None:
            self._notices.show_error(error)


def _sentences(findings: Findings) -> list[tuple[str, str, list[str]]]:
    """What to say of each finding, of one outline and of several, and the outlines that it is about."""
    translate = QCoreApplication.translate
    crosses = translate(
        "OutlineEditing", "Saved, but an edited outline of “{layer}” crosses itself. Mend it before the export."
    )
    cross = translate(
        "OutlineEditing",
        "Saved, but {count} edited outlines of “{layer}” cross themselves. Mend them before the export.",
    )
    is_empty = translate("OutlineEditing", "Saved, but an edited outline of “{layer}” has no shape. Delete it.")
    are_empty = translate(
        "OutlineEditing", "Saved, but {count} edited outlines of “{layer}” have no shape. Delete them."
    )
    apart = translate(
        "OutlineEditing", "An edited outline of “{layer}” had several parts; each part is an outline of its own now."
    )
    all_apart = translate(
        "OutlineEditing",
        "{count} edited outlines of “{layer}” had several parts; each part is an outline of its own now.",
    )
    is_copy = translate(
        "OutlineEditing",
        "A copy pasted onto its original in “{layer}” is not saved: outlines never overlap, so nothing was left of it.",
    )
    are_copies = translate(
        "OutlineEditing",
        "{count} copies pasted onto their originals in “{layer}” are not saved: outlines never overlap.",
    )
    return [
        *_kept_sentences(findings),
        (crosses, cross, findings.invalid),
        (is_empty, are_empty, findings.empty),
        (apart, all_apart, findings.taken_apart),
        (is_copy, are_copies, findings.duplicates),
    ]


def _kept_sentences(findings: Findings) -> list[tuple[str, str, list[str]]]:
    """What to say of what was put back; as `_sentences`."""
    translate = QCoreApplication.translate
    is_kept = translate("OutlineEditing", "The ID of an outline of “{layer}” stays as it was: the history hangs on it.")
    are_kept = translate("OutlineEditing", "The IDs of {count} outlines of “{layer}” stay as they were.")
    no_verdict = translate(
        "OutlineEditing",
        "The review of an outline of “{layer}” is again what it was. It may be open, accepted, rejected or needs_work.",
    )
    no_verdicts = translate(
        "OutlineEditing",
        "The review of {count} outlines of “{layer}” is again what it was. It may be open, accepted, rejected or "
        "needs_work.",
    )
    record = translate(
        "OutlineEditing",
        "The record of an outline of “{layer}” is again what it was: its origin, model, sources and last edit are "
        "written by Glacier Mapper alone.",
    )
    records = translate(
        "OutlineEditing",
        "The records of {count} outlines of “{layer}” are again what they were: their origin, model, sources and last "
        "edit are written by Glacier Mapper alone.",
    )
    return [
        (is_kept, are_kept, findings.ids),
        (record, records, findings.records),
        (no_verdict, no_verdicts, findings.verdicts),
    ]
