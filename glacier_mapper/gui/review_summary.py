"""How far the review is: a bar and a line."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from ..core.outline_fields import Review
from ..core.review_list import DELETED, ReviewCounts
from .review_model import area_text
from .texts import number
from .widgets import WrapLabel


class ReviewSummary(QWidget):
    """Counts by state and the share of the area that has its verdict."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(max(6, self.fontMetrics().height() // 2))
        self.bar.setAccessibleName(self.tr("Share of the area reviewed"))
        self.counts = WrapLabel(self)
        self.area = WrapLabel(self)
        self.area.set_tone("soft")
        self.hidden = WrapLabel(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        for widget in (self.counts, self.bar, self.area, self.hidden):
            layout.addWidget(widget)

    def show_counts(self, counts: ReviewCounts, hidden: int = 0) -> None:
        """Show how far the review is, and how many more outlines the layer's filter hides."""
        self.bar.setValue(round(1000 * counts.reviewed))
        self.counts.setText(" · ".join(self._parts(counts)))
        text = self.tr("{percent} % of {area} km² reviewed")
        self.area.setText(text.format(percent=number(100 * counts.reviewed), area=area_text(counts.area_km2)))
        one, many = self.tr("1 hidden by the layer's filter"), self.tr("{count} hidden by the layer's filter")
        self.hidden.setText((one if hidden == 1 else many).format(count=hidden))
        self.hidden.setVisible(hidden > 0)

    def _parts(self, counts: ReviewCounts) -> list[str]:
        texts = [
            (Review.OPEN.value, self.tr("1 open"), self.tr("{count} open")),
            (Review.ACCEPTED.value, self.tr("1 accepted"), self.tr("{count} accepted")),
            (Review.REJECTED.value, self.tr("1 rejected"), self.tr("{count} rejected")),
            (Review.NEEDS_WORK.value, self.tr("1 to work on"), self.tr("{count} to work on")),
            (DELETED, self.tr("1 deleted"), self.tr("{count} deleted")),
        ]
        shown = [(counts.of(state), state, one, many) for state, one, many in texts]
        return [
            (one if found == 1 else many).format(count=found)
            for found, state, one, many in shown
            if found or state == Review.OPEN.value
        ]
