"""How the model maps the part of the view that was kept aside, before and after: figures, pictures, and a name."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QPixmap
from qgis.PyQt.QtWidgets import QBoxLayout, QGridLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from ..core.teach import TeachResult
from . import texts
from .colors import Accent
from .parts import column, row
from .widgets import Glyph, WrapLabel, bold, small

PICTURE_PX, WIDE_PX = 260, 460
"""Device-independent pixels of a picture's longer side: beside the other, and above the other where it is wide."""
WIDE = 1.7
SAME = 0.005
"""Figures that differ by less are said to be the same."""
COLORS = {"hit": "#0072B2", "wrong": "#D55E00", "missed": "#F0E442"}
"""As the runner draws them."""


class TeachResultView(QWidget):
    """Values in by `show_result`; `title()` is what the new model is to be called."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.glyph = Glyph(self, 20)
        self.verdict = bold(WrapLabel(self))
        self.facts = small(WrapLabel(self))
        self.facts.set_tone("soft")
        self.figures = {name: (QLabel(self), QLabel(self)) for name in ("iou", "precision", "recall")}
        self.before, self.after = _Picture(self), _Picture(self)
        self.before.setAccessibleName(self.tr("Map before the teaching"))
        self.after.setAccessibleName(self.tr("Map after the teaching"))
        self.legend = small(QLabel(self))
        self.legend.setText(self._legend())
        self.name = QLineEdit(self)
        self.name.setAccessibleName(self.tr("Name of the new model"))
        self._lay_out()

    def _lay_out(self) -> None:
        head, name = row(), row()
        head.addWidget(self.glyph)
        head.addWidget(self.verdict, 1)
        self.pictures = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.pictures.setSpacing(8)
        for caption, picture in ((self.tr("Before"), self.before), (self.tr("After"), self.after)):
            box = column(picture, gap=2)
            box.addWidget(small(QLabel(caption, picture)))
            box.addWidget(picture.image)
            self.pictures.addWidget(picture)
        self.pictures.addStretch(1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        for place, text in ((1, self.tr("Before")), (2, self.tr("After"))):
            grid.addWidget(bold(QLabel(text, self)), 0, place)
        titles = {
            "iou": (self.tr("IoU"), self.tr("Mapped and true, over mapped or true")),
            "precision": (self.tr("Precision"), self.tr("Share of what is mapped that is glacier")),
            "recall": (self.tr("Recall"), self.tr("Share of the glaciers that is mapped")),
        }
        for line, (key, (title, tip)) in enumerate(titles.items(), start=1):
            label = QLabel(title, self)
            label.setToolTip(tip)
            grid.addWidget(label, line, 0)
            for place, value in enumerate(self.figures[key], start=1):
                value.setToolTip(tip)
                grid.addWidget(value, line, place)
        grid.setColumnStretch(3, 1)
        label = QLabel(self.tr("Na&me"), self)
        label.setBuddy(self.name)
        name.addWidget(label)
        name.addWidget(self.name, 1)
        layout = column(self, gap=8)
        layout.addLayout(head)
        layout.addWidget(self.facts)
        layout.addLayout(grid)
        layout.addLayout(self.pictures)
        layout.addWidget(self.legend)
        layout.addLayout(name)

    def show_result(self, result: TeachResult, title: str) -> None:
        """Show what was measured; `title` is proposed."""
        before, after = result.before.get("iou"), result.after.get("iou")
        kind, icon, text = self._verdict(before, after)
        self.glyph.show_icon(icon, kind)
        self.verdict.setText(text)
        facts = self.tr(
            "Learnt from {taught} km², {ice} km² of them glacier, in {time}; measured on {aside} km² that were kept "
            "aside."
        )
        self.facts.setText(facts.format(
            taught=_area(result.taught_km2), ice=_area(result.ice_km2), aside=_area(result.aside_km2),
            time=texts.duration(result.seconds),
        ))  # fmt: skip
        for key, labels in self.figures.items():
            for label, values in zip(labels, (result.before, result.after)):
                label.setText(_figure(values.get(key)))
        self._show_pictures(result.pictures)
        self.legend.setVisible(bool(result.pictures))
        self.name.setText(title)

    def _show_pictures(self, paths: Sequence[str]) -> None:
        pictures = [QPixmap(path) for path in (*paths, "", "")[:2]]
        is_wide = any(one.width() > WIDE * one.height() for one in pictures)
        direction = QBoxLayout.Direction
        self.pictures.setDirection(direction.TopToBottom if is_wide else direction.LeftToRight)
        for widget, picture in zip((self.before, self.after), pictures):
            widget.show_picture(picture, WIDE_PX if is_wide else PICTURE_PX)

    def title(self) -> str:
        """What the new model is to be called."""
        return self.name.text().strip()

    def _verdict(self, before: float | None, after: float | None) -> tuple[Accent, str, str]:
        if after is None or before is None or abs(after - before) < SAME:
            return Accent.INFO, "info", self.tr("On the part kept aside it maps about as well as before.")
        if after > before:
            return Accent.GOOD, "certain", self.tr("On the part kept aside it maps better than before.")
        return Accent.WARN, "unsure", self.tr("On the part kept aside it maps worse than before.")

    def _legend(self) -> str:
        words = {"hit": self.tr("right"), "wrong": self.tr("too much"), "missed": self.tr("missed")}
        parts = [f'<span style="color:{COLORS[key]}">■</span> {word}' for key, word in words.items()]
        return " &nbsp; ".join([*parts, self.tr("dark: not known")])


class _Picture(QWidget):
    """A picture with its caption, nothing where there is none."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.image = QLabel(self)
        self.image.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_picture(self, picture: QPixmap, longest: int) -> None:
        """Show it, its longer side as long as told."""
        self.setVisible(not picture.isNull())
        if picture.isNull():
            self.image.setPixmap(QPixmap())
            return
        ratio = self.devicePixelRatioF()
        size = QSize(longest, longest) * ratio
        aspect, mode = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        scaled = picture.scaled(size, aspect, mode)
        scaled.setDevicePixelRatio(ratio)
        self.image.setPixmap(scaled)


def _figure(value: float | None) -> str:
    return "–" if value is None else texts.number(value, 3)


def _area(value: float) -> str:
    return texts.number(value, 0 if value >= 100 else 1 if value >= 10 else 2)
