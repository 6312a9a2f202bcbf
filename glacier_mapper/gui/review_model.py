"""The review list as a Qt model: thousands of rows without a widget each."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from qgis.PyQt.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QSortFilterProxyModel, Qt

from ..core.outline_fields import EDIT_STATE_LABELS, REVIEW_LABELS, EditState, Review
from ..core.review_list import ALL, DELETED, ReviewRow, in_review_order, matches
from .texts import number

ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1
SORT_ROLE = int(Qt.ItemDataRole.UserRole) + 2
Role = Qt.ItemDataRole


class Column(IntEnum):
    """The columns of the list."""

    RANK = 0
    AREA = 1
    CONFIDENCE = 2
    UNCERTAINTY = 3
    STATE = 4


def state_label(state: str) -> str:
    """A state in the user's language."""
    if state == DELETED:
        return QCoreApplication.translate("ReviewPanel", "Deleted")
    if state == Review.OPEN.value:
        return QCoreApplication.translate("ReviewPanel", "Open")
    known = {review.value for review in Review}
    return QCoreApplication.translate("outlines", REVIEW_LABELS[Review(state)]) if state in known else state


def origin_label(edit_state: str) -> str:
    """Where an outline's shape comes from, in the user's language."""
    known = {state.value for state in EditState}
    if edit_state not in known:
        return edit_state
    return QCoreApplication.translate("outlines", EDIT_STATE_LABELS[EditState(edit_state)])


def area_text(area_km2: float) -> str:
    """An area in km² with three significant digits, never more than four decimals."""
    decimals = 1 if area_km2 >= 10 else 2 if area_km2 >= 1 else 3 if area_km2 >= 0.1 else 4
    return number(area_km2, decimals)


class ReviewModel(QAbstractTableModel):
    """The rows in review order: rank 1 is the one to look at first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ReviewRow] = []

    @property
    def rows(self) -> list[ReviewRow]:
        """All rows in review order."""
        return self._rows

    def show_rows(self, rows: Sequence[ReviewRow]) -> bool:
        """Take new values. True when rows came, went or moved, so that views were reset."""
        ordered = in_review_order(rows)
        if [_key(row) for row in ordered] == [_key(row) for row in self._rows]:
            old, self._rows = self._rows, ordered
            for place, (before, after) in enumerate(zip(old, ordered)):
                if before != after:
                    self.dataChanged.emit(self.index(place, 0), self.index(place, len(Column) - 1))
            return False
        self.beginResetModel()
        self._rows = ordered
        self.endResetModel()
        return True

    def places_of(self, rows: Sequence[ReviewRow]) -> list[int]:
        """Where outlines stand now: found by feature id, or by outline ID where a commit gave a new one."""
        keys, names = {_key(row) for row in rows}, {row.outline_id for row in rows if row.outline_id}
        found = [place for place, row in enumerate(self._rows) if _key(row) in keys]
        return found or [place for place, row in enumerate(self._rows) if row.outline_id in names]

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        """The number of outlines."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        """The number of columns."""
        return 0 if parent.isValid() else len(Column)

    def data(self, index: QModelIndex, role: int = Role.DisplayRole) -> Any:
        """Text, sort value, tool tip, alignment, and the row itself."""
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Role.DisplayRole:
            return _text(row, index.column(), index.row())
        if role == SORT_ROLE:
            return _sort_value(row, index.column(), index.row())
        if role == Role.TextAlignmentRole and index.column() in (Column.RANK, Column.AREA, Column.UNCERTAINTY):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role in (Role.ToolTipRole, Role.AccessibleDescriptionRole):
            return _tip(row)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """The columns' titles and what they mean."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Role.DisplayRole:
            return self._titles()[section]
        if role == Role.ToolTipRole:
            return self._tips()[section]
        return None

    def _titles(self) -> list[str]:
        return [self.tr("#"), self.tr("km²"), self.tr("Conf."), self.tr("± m"), self.tr("State")]

    def _tips(self) -> list[str]:
        return [
            self.tr("Where to look first: the most uncertain area has rank 1."),
            self.tr("Area in square kilometres"),
            self.tr("Confidence: how sure the model is of this outline, 0 to 1"),
            self.tr("How far the line may lie off, in metres"),
            self.tr("What you said of the outline"),
        ]


def _key(row: ReviewRow) -> tuple[bool, int]:
    return row.is_deleted, row.fid


def _text(row: ReviewRow, column: int, place: int) -> str:
    if column == Column.RANK:
        return str(place + 1)
    if column == Column.AREA:
        return area_text(row.area_km2)
    if column == Column.CONFIDENCE:
        return "–" if row.confidence is None else number(row.confidence, 2)
    if column == Column.UNCERTAINTY:
        return "–" if row.unc_m is None else number(row.unc_m, 0 if row.unc_m >= 10 else 1)
    return state_label(row.state)


def _sort_value(row: ReviewRow, column: int, place: int) -> Any:
    values = (place, row.area_km2, row.confidence, row.unc_m, state_label(row.state))
    value = values[column]
    return -1.0 if value is None else value


def _tip(row: ReviewRow) -> str:
    parts = [row.outline_id or QCoreApplication.translate("ReviewPanel", "New outline"), origin_label(row.edit_state)]
    return "\n".join([*parts, row.note] if row.note else parts)


class ReviewFilter(QSortFilterProxyModel):
    """Lets through what fits the state and the text, and sorts by a clicked column."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._text = ALL, ""
        self.setSortRole(SORT_ROLE)

    def show_only(self, state: str, text: str) -> None:
        """Filter by state and text, see `core.review_list.matches`."""
        self._state, self._text = state, text
        self.invalidateFilter()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; by rank the rows stand already, so thousands need no comparing."""
        by_rank = column == Column.RANK and order == Qt.SortOrder.AscendingOrder
        super().sort(-1 if by_rank else column, order)

    def filterAcceptsRow(self, source_row: int, source_parent: QModelIndex) -> bool:
        """Whether a row fits."""
        return matches(self.sourceModel().rows[source_row], self._state, self._text)
