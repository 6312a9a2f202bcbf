"""What the check before an export found, with a way to each place."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QRect, QSize, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from ..core.export_rules import Finding, Severity, has_errors, is_final
from . import colors
from .icons import set_icon, tinted_icon
from .texts import translated
from .widgets import Glyph, WrapLabel

FIDS_ROLE = int(Qt.ItemDataRole.UserRole) + 1
MOST_PLACES = 200
"""More places than this are counted, not listed."""


class FindingsList(QWidget):
    """A tree of findings: each kind once, its places below it."""

    zoomRequested = pyqtSignal(object)  # feature ids
    anywayChanged = pyqtSignal()
    saveRequested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings: Sequence[Finding] = ()
        self.sign = Glyph(self)
        self.verdict = WrapLabel(self)
        self.tree = QTreeWidget(self)
        self.tree.setAccessibleName(self.tr("What the check found"))
        self.tree.setHeaderHidden(True)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.tree.setWordWrap(True)
        self.tree.header().sectionResized.connect(lambda *_: self._wrap())
        self.tree.setIconSize(QSize(16, 16))
        self.tree.setMinimumHeight(6 * self.fontMetrics().height())
        self.zoom = QPushButton(self.tr("&Zoom there"), self)
        self.zoom.setToolTip(self.tr("Show on the map where this is"))
        set_icon(self.zoom, "zoom_to")
        self.save = QPushButton(self.tr("&Save edits"), self)
        self.save.setToolTip(self.tr("Save the layer's edits, and check again"))
        set_icon(self.save, "accept")
        self.anyway = QCheckBox(self.tr("Export &anyway, with these errors"), self)
        self._lay_out()
        self.tree.currentItemChanged.connect(self._on_current)
        self.tree.itemActivated.connect(lambda _item, _column: self._zoom())
        self.save.clicked.connect(lambda _checked=False: self.saveRequested.emit())
        self.zoom.clicked.connect(lambda _checked=False: self._zoom())
        self.anyway.toggled.connect(lambda _on: self.anywayChanged.emit())
        self.show_checking()

    def _lay_out(self) -> None:
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.verdict, 1)
        foot.addWidget(self.save)
        foot.addWidget(self.zoom)
        foot.addStretch(1)
        foot.addWidget(self.anyway)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.tree, 1)
        layout.addLayout(foot)

    def show_checking(self) -> None:
        """The outlines are being looked at."""
        self.verdict.setText(self.tr("Checking the outlines …"))
        self.sign.show_icon("refresh", colors.Accent.INFO)
        self._fill(())

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """List what is wrong, errors first; nothing to list is good news."""
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        if not findings:
            self.verdict.setText(self.tr("The check found nothing wrong."))
            self.sign.show_icon("accept", colors.Accent.GOOD)
        elif is_final(findings):
            self.verdict.setText(self.tr("There is nothing to export."))
            self.sign.show_icon("missing", colors.Accent.BAD)
        elif errors:
            self.verdict.setText(self.tr("The check found errors. Mend them, or export anyway."))
            self.sign.show_icon("missing", colors.Accent.BAD)
        else:
            self.verdict.setText(self.tr("Nothing stands in the way. The check has hints:"))
            self.sign.show_icon("info", colors.Accent.INFO)
        self._fill(findings)

    def blocks(self) -> bool:
        """Whether errors stand in the way of the export."""
        return is_final(self._findings) or (has_errors(self._findings) and not self.anyway.isChecked())

    def _fill(self, findings: Sequence[Finding]) -> None:
        self._findings = findings
        self.tree.clear()
        for finding in findings:
            self.tree.addTopLevelItem(self._item(finding))
        self._wrap()
        if findings:
            self.tree.setCurrentItem(self.tree.topLevelItem(0))
        self.tree.setVisible(bool(findings))
        self.zoom.setVisible(any(finding.places for finding in findings))
        self.save.setVisible(any(finding.is_unsaved for finding in findings))
        self.anyway.setVisible(has_errors(findings) and not is_final(findings))
        self._on_current()

    def _item(self, finding: Finding) -> QTreeWidgetItem:
        is_error = finding.severity is Severity.ERROR
        item = QTreeWidgetItem([translated(finding.message)])
        kind = colors.Accent.BAD if is_error else colors.Accent.INFO
        item.setIcon(0, tinted_icon("missing" if is_error else "info", colors.accent(kind, self.tree)))
        word = self.tr("Error") if is_error else self.tr("Hint")
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{word}: {item.text(0)}")
        item.setToolTip(0, f"{word}: {item.text(0)}")
        item.setData(0, FIDS_ROLE, [fid for place in finding.places for fid in place.fids])
        for place in finding.places[:MOST_PLACES]:
            child = QTreeWidgetItem([place.label])
            child.setData(0, FIDS_ROLE, list(place.fids))
            item.addChild(child)
        more = len(finding.places) - MOST_PLACES
        if more > 0:
            item.addChild(QTreeWidgetItem([self.tr("and {count} more").format(count=more)]))
        return item

    def _wrap(self) -> None:
        """Give each sentence as many lines as it needs at this width; the tree by itself gives it one."""
        metrics = self.tree.fontMetrics()
        for place in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(place)
            left = self.tree.indentation() + self.tree.iconSize().width() + 12
            room = QRect(0, 0, max(80, self.tree.header().sectionSize(0) - left), 10_000)
            needed = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), item.text(0))
            item.setSizeHint(0, QSize(room.width(), needed.height() + 6))

    def _current_fids(self) -> list[int]:
        item = self.tree.currentItem()
        return list(item.data(0, FIDS_ROLE) or []) if item is not None else []

    def _on_current(self) -> None:
        self.zoom.setEnabled(bool(self._current_fids()))

    def _zoom(self) -> None:
        fids = self._current_fids()
        if fids:
            self.zoomRequested.emit(fids)
