"""The review page: the list, the least sure outline first, and the card of the current one."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QItemSelectionModel, Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QShortcut,
    QTableView,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from ..core.outline_fields import Review
from ..core.review_list import ALL, DELETED, TO_DO, ReviewRow, count
from .review_card import ReviewCard
from .review_columns import fit_columns, set_up_columns
from .review_delegate import ConfidenceDelegate, StateDelegate
from .review_model import ROW_ROLE, Column, ReviewFilter, ReviewModel, state_label
from .review_summary import ReviewSummary
from .widgets import WrapLabel, combo_box, tool_button


class ReviewPanel(QWidget):
    """Gestures out as signals, rows in by `show_rows`; it knows neither layers nor the canvas."""

    layerChosen = pyqtSignal(str)
    currentChanged = pyqtSignal(object)
    zoomRequested = pyqtSignal(object)
    verdictGiven = pyqtSignal(object, object)  # list of rows, Review
    noteChanged = pyqtSignal(object, str)
    restoreRequested = pyqtSignal(object)  # list of rows
    formRequested = pyqtSignal(object)
    verticesRequested = pyqtSignal(object)
    exportRequested = pyqtSignal()
    teachRequested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("GlacierMapperReview")
        self._quiet = self._is_reading = False
        self.layers = combo_box(self, self.tr("Outlines to review"))
        self.export = tool_button(self, "export", self.tr("Export…"), self.tr("Export the outlines"))
        self.export.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.summary = ReviewSummary(self)
        self.states = combo_box(self, self.tr("Show outlines of this state"))
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Find ID or note"))
        self.search.setAccessibleName(self.tr("Find ID or note"))
        self.search.setClearButtonEnabled(True)
        self.model = ReviewModel(self)
        self.filter = ReviewFilter(self)
        self.filter.setSourceModel(self.model)
        self.table = self._table()
        self.empty = WrapLabel(self)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.set_tone("soft")
        self.card = ReviewCard(self)
        self.advance = QCheckBox(self.tr("Go on to the next outline after a verdict"), self)
        self.advance.setChecked(True)
        self.teach = tool_button(
            self, "teach", self.tr("Teach the model…"), self.tr("Teach the model by the outlines that are reviewed")
        )
        self.teach.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fill_states()
        self._lay_out()
        self._connect()
        self._shortcuts()
        self.show_rows([])

    def _table(self) -> QTableView:
        table = QTableView(self)
        table.setModel(self.filter)
        table.setAccessibleName(self.tr("Outlines, the least sure first"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(round(table.fontMetrics().height() * 1.6))
        table.setItemDelegateForColumn(Column.CONFIDENCE, ConfidenceDelegate(table))
        table.setItemDelegateForColumn(Column.STATE, StateDelegate(table))
        set_up_columns(table)
        table.setSortingEnabled(True)
        table.sortByColumn(Column.RANK, Qt.SortOrder.AscendingOrder)
        table.setMinimumHeight(5 * table.verticalHeader().defaultSectionSize())
        return table

    def _fill_states(self) -> None:
        self.states.addItem(self.tr("All outlines"), ALL)
        self.states.addItem(self.tr("To do"), TO_DO)
        for state in [*(review.value for review in Review), DELETED]:
            self.states.addItem(state_label(state), state)

    def _lay_out(self) -> None:
        top, filters = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.layers, 1)
        top.addWidget(self.export)
        filters.addWidget(self.states, 1)
        filters.addWidget(self.search, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self.summary)
        layout.addLayout(filters)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.card)
        layout.addWidget(self.advance)
        layout.addWidget(self.teach, 0, Qt.AlignmentFlag.AlignRight)

    def _connect(self) -> None:
        self.layers.activated.connect(lambda place: self.layerChosen.emit(self.layers.itemData(place)))
        self.export.clicked.connect(lambda _checked=False: self.exportRequested.emit())
        self.teach.clicked.connect(lambda _checked=False: self.teachRequested.emit())
        self.states.currentIndexChanged.connect(self._on_filter)
        self.search.textChanged.connect(self._on_filter)
        self.table.selectionModel().selectionChanged.connect(self._on_selection)
        self.table.doubleClicked.connect(lambda _index: self._one(self.zoomRequested))
        self.card.verdictGiven.connect(self._on_verdict)
        self.card.noteEdited.connect(self._on_note)
        self.card.nextWanted.connect(lambda: self.step(1))
        self.card.previousWanted.connect(lambda: self.step(-1))
        self.card.zoomWanted.connect(lambda: self._one(self.zoomRequested))
        self.card.verticesWanted.connect(lambda: self._one(self.verticesRequested))
        self.card.formWanted.connect(lambda: self._one(self.formRequested))
        self.card.restoreWanted.connect(lambda: self.restoreRequested.emit(self.selected_rows()))

    def _shortcuts(self) -> None:
        """Single keys, alive while the page has the focus; in the text boxes they are letters."""
        card = self.card
        keys = {
            "N": card.next, "P": card.previous, "Z": card.zoom, "A": card.accept, "R": card.reject,
            "W": card.needs_work, "V": card.vertices, "F": card.form, "O": card.restore,
        }  # fmt: skip
        for key, button in keys.items():
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(button.click)

    def show_layers(self, layers: Sequence[tuple[str, str]], current_id: str | None) -> None:
        """Offer these layers, (id, name) each; the box shows only where there is a choice."""
        self.layers.clear()
        for layer_id, name in layers:
            self.layers.addItem(name, layer_id)
        self.layers.setCurrentIndex(max(0, self.layers.findData(current_id)))
        self.layers.setEnabled(bool(layers))

    def show_reading(self) -> None:
        """Another layer's outlines are on their way."""
        self.show_rows([])
        self._is_reading = True
        self._show_empty()

    def show_rows(self, rows: Sequence[ReviewRow], hidden: int = 0) -> None:
        """Show the outlines as they stand; what was selected stays selected, wherever it has moved.

        `hidden` is how many more the layer's filter hides.
        """
        self._is_reading, self._hidden = False, hidden
        selected = self.selected_rows()
        self._quiet = True
        if self.model.show_rows(rows):
            self._select_again(selected)
            fit_columns(self.table, self.model.rows)
        self._quiet = False
        self.summary.show_counts(count(self.model.rows), hidden)
        for button in (self.export, self.teach):
            button.setEnabled(bool(self.model.rows))
        self.summary.setVisible(bool(self.model.rows) or hidden > 0)
        self._show_empty()
        self.card.show_selection(self.selected_rows())

    def selected_rows(self) -> list[ReviewRow]:
        """The outlines selected, in the order of the list."""
        indexes = sorted(self.table.selectionModel().selectedRows(), key=lambda index: index.row())
        return [index.data(ROW_ROLE) for index in indexes]

    def step(self, by: int) -> None:
        """Select the next (+1) or previous (-1) outline of those shown."""
        total = self.filter.rowCount()
        if not total:
            return
        current = self.table.currentIndex()
        at = current.row() if current.isValid() and self.selected_rows() else (-1 if by > 0 else total)
        self._select_place(min(total - 1, max(0, at + by)))

    def select(self, fid: int) -> None:
        """Select the outline with this feature id, where it is shown."""
        for place, row in enumerate(self.model.rows):
            if row.fid == fid and not row.is_deleted:
                index = self.filter.mapFromSource(self.model.index(place, 0))
                if index.isValid():
                    self._select_place(index.row())
                return

    def _select_place(self, place: int) -> None:
        index = self.filter.index(place, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.table.scrollTo(index)

    def _select_again(self, rows: Sequence[ReviewRow]) -> None:
        """Select the outlines that were selected, wherever they have moved."""
        sources = [self.model.index(place, 0) for place in self.model.places_of(rows)] if rows else []
        found = [index for index in map(self.filter.mapFromSource, sources) if index.isValid()]
        flags = QItemSelectionModel.SelectionFlag
        for index in found:
            self.table.selectionModel().select(index, flags.Select | flags.Rows)
        if found:
            self.table.selectionModel().setCurrentIndex(found[0], flags.NoUpdate)
            self.table.scrollTo(found[0])

    def _show_empty(self) -> None:
        is_empty = self.filter.rowCount() == 0
        self.table.setVisible(not is_empty)
        self.empty.setVisible(is_empty)
        no_match = self.tr("No outline fits the filter.")
        reading = self.tr("Reading the outlines…")
        none_found = self.tr("No glacier found. A lower threshold takes more.")
        nothing = self.tr("Map glaciers first. Their outlines appear here, the least sure first.")
        all_hidden = self.tr("The layer's filter hides all outlines.")
        empty = all_hidden if self._hidden else none_found if self.layers.count() else nothing
        self.empty.setText(no_match if self.model.rows else reading if self._is_reading else empty)

    def _one(self, signal: pyqtSignal) -> None:
        rows = self.selected_rows()
        if len(rows) == 1:
            signal.emit(rows[0])

    def _on_filter(self) -> None:
        self.filter.show_only(self.states.currentData(), self.search.text())
        self._show_empty()
        self.card.show_selection(self.selected_rows())

    def _on_selection(self) -> None:
        if self._quiet:
            return
        self.card.show_selection(self.selected_rows())
        self._one(self.currentChanged)

    def _on_verdict(self, review: Review) -> None:
        """Give the verdict, then go on where that is wished. Undo takes a verdict back."""
        rows = self.selected_rows()
        if not rows:
            return
        place = self.table.currentIndex().row()
        self.verdictGiven.emit(rows, review)
        if self.advance.isChecked() and len(rows) == 1:
            self._go_on(rows[0], place)
        else:
            self.card.show_selection(self.selected_rows())

    def _go_on(self, row: ReviewRow, place: int) -> None:
        """To the next; where the filter hides the one just judged, the next has come to its place."""
        selected = self.selected_rows()
        still_there = bool(selected) and selected[0].fid == row.fid
        total = self.filter.rowCount()
        if still_there:
            self.step(1)
        elif total:
            self._select_place(min(place, total - 1))

    def _on_note(self, note: str) -> None:
        rows = self.selected_rows()
        if len(rows) == 1:
            self.noteChanged.emit(rows[0], note)
