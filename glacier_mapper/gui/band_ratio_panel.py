"""Settings of the band-ratio model: live preview, threshold, and what is behind it."""

from __future__ import annotations

from collections.abc import Collection

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QCheckBox, QFormLayout, QProgressBar, QWidget

from ..core.request import BandRatioSettings
from ..core.result import Preview
from ..core.roles import Role
from .histogram import HistogramWidget
from .parts import GAP, Section, column, row
from .rules_panel import RulesPanel
from .widgets import ElidedLabel, combo_box, slider, small, spin_box, tool_button

RANGES = {"red_swir": (0.5, 6.0, 2.0), "nir_swir": (0.5, 6.0, 1.8), "ndsi": (0.0, 1.0, 0.4)}
"""Lowest and highest threshold on the slider, and the published default, by index (standards 7.1)."""
STEPS = 550
READING_PX = 5


class BandRatioPanel(QWidget):
    """What the analyst may set. `changed` comes at every move of a slider; who listens takes the last of them."""

    changed = pyqtSignal()
    previewToggled = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._roles: frozenset[Role] = frozenset()
        self._found: float | None = None
        self._index = "red_swir"
        self._is_setting = False
        layout = column(self)
        self._build_preview(layout)
        self._build_threshold(layout)
        self._build_more(layout)
        self.set_settings(BandRatioSettings())

    def _build_preview(self, layout: object) -> None:
        self.preview = QCheckBox(self.tr("Live preview of the view"), self)
        self.preview.setToolTip(self.tr("Shows the probability on the map at a coarse pixel while you move a slider."))
        self.preview_info = small(ElidedLabel(self))
        self.preview_info.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.preview_info.set_tone("soft")
        line = row()
        line.addWidget(self.preview)
        line.addWidget(self.preview_info, 1)
        self.histogram = HistogramWidget(self)
        self.histogram.hide()
        self.reading = QProgressBar(self)
        self.reading.setRange(0, 0)
        self.reading.setTextVisible(False)
        self.reading.setFixedHeight(READING_PX)
        self.reading.setAccessibleName(self.tr("Reading the view"))
        self.reading.hide()
        layout.addLayout(line)
        layout.addWidget(self.reading)
        layout.addWidget(self.histogram)
        self.preview.toggled.connect(self._on_preview)
        self.histogram.thresholdMoved.connect(self._on_dragged)

    def _build_threshold(self, layout: object) -> None:
        self.automatic = QCheckBox(self.tr("Automatic &threshold"), self)
        tip = self.tr("Takes the valley between rock and ice in the histogram of the scene, or the published value.")
        self.automatic.setToolTip(tip)
        self.slider = slider(self, STEPS, self.tr("Threshold"))
        self.threshold = spin_box(self, 0.0, 10.0, 3, self.tr("Threshold"))
        self.threshold.setSingleStep(0.01)
        line = row()
        line.addWidget(self.slider, 1)
        line.addWidget(self.threshold)
        layout.addWidget(self.automatic)
        layout.addLayout(line)
        self.automatic.toggled.connect(self._on_automatic)
        self.slider.valueChanged.connect(self._on_slider)
        self.threshold.valueChanged.connect(self._on_threshold)

    def _build_more(self, layout: object) -> None:
        self.more = Section(self.tr("&Fine-tuning"), self, is_open=False)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(GAP)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.index = combo_box(self, self.tr("Index"))
        for name in ("auto", *RANGES):
            self.index.addItem(self._index_text(name), name)
        self.softness = spin_box(self, 0.01, 2.0, 2, self.tr("Softness"))
        self.softness.setToolTip(
            self.tr("How gently the probability rises round the threshold: at this share beyond it, it is 0.88.")
        )
        self.median = combo_box(self, self.tr("Median filter"))
        for size in (1, 3, 5, 7):
            text = self.tr("none") if size == 1 else self.tr("{size} × {size} pixels").format(size=size)
            self.median.addItem(text, size)
        form.addRow(self.tr("Index"), self.index)
        form.addRow(self.tr("Softness"), self.softness)
        form.addRow(self.tr("Median filter"), self.median)
        self.rules = RulesPanel(self)
        self.reset = tool_button(self, "reset", self.tr("Reset to defaults"))
        self.reset.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.summary.set_tone("soft")
        self.more.body_layout.addLayout(form)
        self.more.body_layout.addWidget(self.rules)
        self.more.body_layout.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.more)
        self.index.currentIndexChanged.connect(self._on_index)
        self.softness.valueChanged.connect(self._on_change)
        self.median.currentIndexChanged.connect(self._on_change)
        self.rules.changed.connect(self._on_change)
        self.reset.clicked.connect(self._on_reset)

    def _index_text(self, name: str) -> str:
        return {
            "auto": self.tr("Automatic (the best there is)"),
            "red_swir": self.tr("Red / SWIR 1"),
            "nir_swir": self.tr("Near infrared / SWIR 1"),
            "ndsi": self.tr("NDSI"),
        }[name]

    def settings(self) -> BandRatioSettings:
        """The settings as they stand."""
        return BandRatioSettings(
            index=self.index.currentData(),
            threshold=None if self.automatic.isChecked() else round(self.threshold.value(), 3),
            softness=round(self.softness.value(), 2),
            median_px=self.median.currentData(),
            **self.rules.values(),
        )

    def set_settings(self, settings: BandRatioSettings) -> None:
        """Show settings, without a signal."""
        self._is_setting = True
        self.index.setCurrentIndex(self.index.findData(settings.index))
        self._follow_index()
        self.automatic.setChecked(settings.threshold is None)
        self._show_threshold(self._automatic_value() if settings.threshold is None else settings.threshold)
        self._enable_threshold()
        self.softness.setValue(settings.softness)
        self.median.setCurrentIndex(self.median.findData(settings.median_px))
        self.rules.set_values(settings)
        self._is_setting = False
        self._summarise()

    def set_previewing(self, is_on: bool) -> None:
        """Switch the preview, without a signal."""
        self._is_setting = True
        self.preview.setChecked(is_on)
        self._is_setting = False

    def show_roles(self, roles: Collection[Role]) -> None:
        """The roles that have a band: they decide on the automatic index and on the rules that can run."""
        self._roles = frozenset(roles)
        self.rules.show_roles(self._roles)
        self._is_setting = True
        self._follow_index()
        self._is_setting = False
        self._summarise()

    def show_preview(self, preview: Preview | None) -> None:
        """Histogram and the threshold used; None takes them away."""
        self.histogram.setVisible(preview is not None)
        self.show_busy(False)
        if preview is None:
            self.preview_info.set_full_text("")
            self._found = None
            return
        self.histogram.show_counts(preview.histogram, *preview.histogram_range)
        index = self._index_text(preview.index) if preview.index in RANGES else preview.index
        self.preview_info.set_full_text(index)
        self._found = preview.threshold
        if self.automatic.isChecked():
            self._is_setting = True
            self._show_threshold(preview.threshold)
            self._is_setting = False
        self._summarise()

    def show_busy(self, is_busy: bool) -> None:
        """A newer preview is on its way."""
        self.histogram.show_stale(is_busy)
        if not is_busy:
            self.reading.hide()
        elif self.reading.isHidden():
            self.preview_info.set_full_text(self.tr("computing…"))

    def show_reading(self) -> None:
        """The files of a new view are being read; the bar moves, as that may take some seconds."""
        self.preview_info.set_full_text(self.tr("reading… untick to stop"))
        self.reading.show()

    def current_index(self) -> str:
        """The index that will be used, as far as the roles tell."""
        chosen = self.index.currentData()
        if chosen != "auto":
            return chosen
        if Role.RED in self._roles or not self._roles & {Role.NIR, Role.GREEN}:
            return "red_swir"
        return "nir_swir" if Role.NIR in self._roles else "ndsi"

    def _follow_index(self) -> None:
        index = self.current_index()
        low, high, default = RANGES[index]
        if index != self._index:
            self._index, self._found = index, None
            self.threshold.setRange(low, high)
            self._show_threshold(default)
        else:
            self.threshold.setRange(low, high)

    def _automatic_value(self) -> float:
        return RANGES[self._index][2] if self._found is None else self._found

    def _show_threshold(self, value: float) -> None:
        low, high, _ = RANGES[self._index]
        self.threshold.setValue(value)
        self.slider.setValue(round((value - low) / (high - low) * STEPS))
        self.histogram.show_threshold(value)

    def _enable_threshold(self) -> None:
        is_manual = not self.automatic.isChecked()
        self.slider.setEnabled(is_manual)
        self.threshold.setEnabled(is_manual)

    def _summarise(self) -> None:
        count = self.rules.active_count(self._roles)
        text = self.tr("{index}, {count} rules").format(index=self._index_text(self.current_index()), count=count)
        self.more.summary.set_full_text(text)

    def _on_preview(self, is_on: bool) -> None:
        if not is_on:
            self.show_preview(None)
        if not self._is_setting:
            self.previewToggled.emit(is_on)

    def _on_automatic(self, is_on: bool) -> None:
        self._enable_threshold()
        if is_on and not self._is_setting:
            self._move(self._automatic_value())
        self._on_change()

    def _on_slider(self, step: int) -> None:
        if not self._is_setting:
            low, high, _ = RANGES[self._index]
            self._move(round(low + step / STEPS * (high - low), 3))
            self._on_change()

    def _on_threshold(self, value: float) -> None:
        if not self._is_setting:
            self._move(value)
            self._on_change()

    def _on_dragged(self, value: float) -> None:
        self._is_setting = True
        self.automatic.setChecked(False)
        self._is_setting = False
        self._move(round(value, 2))
        self._on_change()

    def _move(self, value: float) -> None:
        self._is_setting = True
        self._show_threshold(value)
        self._is_setting = False

    def _on_index(self) -> None:
        if not self._is_setting:
            self._is_setting = True
            self._follow_index()
            self._is_setting = False
        self._on_change()

    def _on_reset(self) -> None:
        self.set_settings(BandRatioSettings())
        self._on_change()

    def _on_change(self) -> None:
        if not self._is_setting:
            self._summarise()
            self.changed.emit()
