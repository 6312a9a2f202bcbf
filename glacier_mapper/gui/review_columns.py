"""How wide the review list's columns are: as their content, whatever the font; the bar of confidence gives way."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QHeaderView, QStyle, QTableView

from ..core.outline_fields import Review
from ..core.review_list import DELETED, ReviewRow
from .review_delegate import GAP, dot_size
from .review_model import Column, area_text, state_label

SMALL_AREA_KM2 = 0.0888
"""An area with as many digits as areas below 0.1 km² have."""


def set_up_columns(table: QTableView) -> None:
    """The confidence takes what the others leave."""
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setMinimumSectionSize(24)
    header.setStretchLastSection(False)
    header.setTextElideMode(Qt.TextElideMode.ElideRight)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    header.setSectionResizeMode(Column.CONFIDENCE, QHeaderView.ResizeMode.Stretch)
    fit_columns(table, ())


def fit_columns(table: QTableView, rows: Sequence[ReviewRow]) -> None:
    """Give rank, area, uncertainty and state the width of the widest text that these rows can have in them."""
    largest_km2 = max((row.area_km2 for row in rows), default=1.0)
    states = [state_label(state) for state in (*(review.value for review in Review), DELETED)]
    texts = {
        Column.RANK: [str(max(100, len(rows)))],
        Column.AREA: [area_text(SMALL_AREA_KM2), area_text(largest_km2)],
        Column.UNCERTAINTY: ["88.8"],
        Column.STATE: states,
    }
    metrics, margin = table.fontMetrics(), 2 * (_text_margin(table) + 1)
    for column, words in texts.items():
        width = max(map(metrics.horizontalAdvance, words)) + margin
        if column is Column.STATE:
            width += dot_size(metrics) + 2 * GAP
        title = table.model().headerData(column, Qt.Orientation.Horizontal)
        header = table.horizontalHeader().fontMetrics().horizontalAdvance(str(title)) + margin
        table.setColumnWidth(column, max(width, header))


def _text_margin(table: QTableView) -> int:
    return table.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, None, table) + 1
