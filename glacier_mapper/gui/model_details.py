"""The details of one model: everything that its card says."""

from __future__ import annotations

from qgis.gui import QgsScrollArea
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from ..core.calibration_curve import curve, is_monotone
from ..core.model_card import CalibrationKind, ModelCard
from ..core.models import ModelInfo
from ..core.shelf import Shelved
from . import texts
from .colors import Accent
from .curve_widget import CurveWidget
from .model_facts import Table, accuracy_table, calibration_text, facts, inputs_table, needs_text, where_text
from .parts import GAP, column, row
from .runner_card import breakable
from .widgets import Glyph, WrapLabel, bold, small, tool_button

SUM_PREFIX = "SHA-256 "


class ModelDetails(QgsScrollArea):
    """Built anew for each model: what a card does not say has no heading."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.copy: QWidget | None = None
        self.curve: CurveWidget | None = None
        self._layout: QVBoxLayout | None = None
        self._citation = ""
        self.show_nothing()

    def show_nothing(self) -> None:
        """No model is chosen."""
        self._begin()
        self._say(self.tr("Choose a model to read what it is."), "soft")
        self._end()

    def show_model(self, entry: ModelInfo | Shelved, fit: tuple[str, str, Accent] | None) -> None:
        """A built-in model or a package; `fit` is a sentence with its sign."""
        self._begin()
        card = None if isinstance(entry, ModelInfo) else entry.card
        info = entry if isinstance(entry, ModelInfo) else card and card.info()
        if info is None:
            self._show_broken(entry)
        else:
            self._show_head(info, fit)
            if card is None:
                self._show_built_in(info)
            else:
                self._show_card(card, info, entry)
        self._end()

    def texts(self) -> str:
        """All that is written, for whoever wants to search it."""
        return "\n".join(label.text() for label in self.widget().findChildren(QLabel))

    def _begin(self) -> None:
        content = QWidget(self)
        self._layout = column(content, margin=10)
        self.copy = self.curve = None
        self.setWidget(content)

    def _end(self) -> None:
        self._layout.addStretch(1)
        self.verticalScrollBar().setValue(0)

    def _say(self, text: str, tone: Accent | str = "", is_small: bool = False) -> WrapLabel:
        label = WrapLabel(self.widget())
        label.setText(text)
        label.set_tone(tone)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._layout.addWidget(small(label) if is_small else label)
        return label

    def _head(self, text: str) -> None:
        self._layout.addSpacing(4)
        self._layout.addWidget(bold(QLabel(text, self.widget())))

    def _sign(self, sentence: str, icon: str, kind: Accent) -> None:
        line, glyph, label = row(5), Glyph(self.widget(), 16), WrapLabel(self.widget())
        glyph.show_icon(icon, kind)
        label.setText(sentence)
        line.addWidget(glyph, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(label, 1)
        self._layout.addLayout(line)

    def _show_head(self, info: ModelInfo, fit: tuple[str, str, Accent] | None) -> None:
        title = bold(WrapLabel(self.widget()))
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.2)
        title.setFont(font)
        title.setText(QCoreApplication.translate("models", info.title))
        self._layout.addWidget(title)
        if info.summary:
            self._say(QCoreApplication.translate("models", info.summary))
        if fit is not None:
            self._sign(*fit)

    def _show_broken(self, package: Shelved) -> None:
        title = bold(WrapLabel(self.widget()))
        title.setText(package.folder.name)
        self._layout.addWidget(title)
        self._sign(texts.error_text(package.error), "unsure", Accent.BAD)
        self._form([(self.tr("Folder"), where_text(package))])

    def _show_built_in(self, info: ModelInfo) -> None:
        self._form([
            (self.tr("Version"), info.version),
            (self.tr("Needs"), needs_text(info)),
            (self.tr("Licence"), info.licence),
        ])
        self._show_citation(info.citation)

    def _show_card(self, card: ModelCard, info: ModelInfo, package: Shelved) -> None:
        self._form([(self.tr("Needs"), needs_text(info)), *facts(card), (self.tr("Folder"), where_text(package))])
        self._show_citation(card.description.citation)
        self._head(self.tr("Accuracy"))
        if card.description.accuracy:
            self._table(accuracy_table(card), self.tr("Accuracy by region"))
        else:
            nothing = self.tr("Its authors say nothing about its accuracy: check it where you know the glaciers.")
            words = self.tr(
                "No figures came with it. What is known stands at “Limits”; check it where you know the glaciers."
            )
            self._say(words if card.description.limits else nothing, "soft")
        self._head(self.tr("Inputs"))
        self._table(inputs_table(card), self.tr("Inputs by branch and band"))
        self._show_calibration(card)

    def _show_citation(self, citation: str) -> None:
        if not citation:
            return
        self._citation = citation
        self._head(self.tr("Please cite"))
        label = WrapLabel(self.widget())
        label.setText(citation)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy = tool_button(self.widget(), "copy", self.tr("Copy the citation"))
        self.copy.clicked.connect(self._copy)
        line = row()
        line.addWidget(label, 1)
        line.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)
        self._layout.addLayout(line)

    def _copy(self) -> None:
        QApplication.clipboard().setText(self._citation)
        self.copy.setToolTip(self.tr("Copied"))

    def _show_calibration(self, card: ModelCard) -> None:
        self._head(self.tr("Calibration"))
        self._say(calibration_text(card))
        points = curve(card.calibration, card.ice_class)
        if not points:
            return
        is_confidence = card.calibration.kind is CalibrationKind.CONFIDENCE_KERNEL
        if is_confidence and not is_monotone(points):
            text = self.tr("The curve falls in places: a higher raw confidence is not always a higher calibrated one.")
            self._sign(text, "unsure", Accent.WARN)
        self.curve = CurveWidget(self.widget())
        across = self.tr("raw confidence") if is_confidence else self.tr("raw probability")
        up = self.tr("calibrated")
        self.curve.show_curve(points, across, up)
        self._layout.addWidget(self.curve)

    def _form(self, lines: list[tuple[str, str]]) -> None:
        form = QFormLayout()
        form.setContentsMargins(0, 4, 0, 0)
        form.setHorizontalSpacing(10)
        form.setVerticalSpacing(GAP - 2)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for label, text in lines:
            name = QLabel(label, self.widget())
            name.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            form.addRow(name, self._value(label, text))
        self._layout.addLayout(form)

    def _value(self, label: str, text: str) -> QHBoxLayout:
        """A text to select; one that must be broken where it has no blanks is copied by a button instead."""
        value, line = WrapLabel(self.widget()), row(2)
        shown = breakable(_broken_up(text))
        value.setText(shown)
        line.addWidget(value, 1)
        if shown == text:
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            return line
        button = tool_button(self.widget(), "copy", self.tr("Copy: {what}").format(what=label))
        copied = text[len(SUM_PREFIX) :] if text.startswith(SUM_PREFIX) else text
        button.clicked.connect(lambda _checked=False: QApplication.clipboard().setText(copied))
        line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return line

    def _table(self, content: Table, name: str) -> None:
        headings, rows = content
        table = QTableWidget(len(rows), len(headings), self.widget())
        table.setAccessibleName(name)
        table.setHorizontalHeaderLabels(headings)
        for y, cells in enumerate(rows):
            for x, cell in enumerate(cells):
                item = QTableWidgetItem(cell)
                item.setToolTip(cell)
                table.setItem(y, x, item)
        table.verticalHeader().hide()
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        table.horizontalHeader().setStretchLastSection(True)
        table.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        table.resizeRowsToContents()
        high = table.horizontalHeader().sizeHint().height() + sum(table.rowHeight(n) for n in range(len(rows)))
        table.setFixedHeight(high + 2 * table.frameWidth() + 2)
        self._layout.addWidget(table)


def _broken_up(text: str) -> str:
    """Places to wrap at in words that are longer than a line: checksums."""
    return " ".join(
        "\u200b".join(word[n : n + 16] for n in range(0, len(word), 16)) if len(word) > 48 and "/" not in word else word
        for word in text.split(" ")
    )
