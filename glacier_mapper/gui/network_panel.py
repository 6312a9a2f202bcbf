"""How a model is run over the scene: what it or a package decides by itself, for those who want it otherwise."""

from __future__ import annotations

from dataclasses import replace

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QWidget

from ..core.branches import REGION_CODES
from ..core.model_card import Location, ModelCard
from ..core.parity import why_no_reference
from ..core.request import NetworkSettings
from ..core.upright import learnt_upright
from . import texts
from .extras_panel import ExtrasPanel
from .fit_texts import region_label
from .parts import GAP, Section, column
from .widgets import WrapLabel, combo_box, small, tool_button, whole_box

OVERLAPS = (None, 0.0, 0.25, 0.5, 0.75, 0.875)
WINDOWS = ("", "cosine", "gaussian")
REFERENCE = "reference"


class NetworkPanel(QWidget):
    """Folded under Advanced: a network's tiles, every model's extras. `changed`: the hand changed something."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._base = NetworkSettings()
        self._card: ModelCard | None = None
        self._is_network = False
        self._is_setting = False
        self.section = Section(self.tr("Advanced"), self, is_open=False)
        self.section.summary.set_tone("soft")
        self._build_choices()
        self._lay_out()
        self._connect()
        self.set_settings(NetworkSettings())

    def _build_choices(self) -> None:
        self.overlap = combo_box(self, self.tr("Overlap of the tiles"))
        self.overlap.setToolTip(self.tr("More overlap hides the seams between tiles better and takes longer."))
        for share in OVERLAPS:
            self.overlap.addItem(self._overlap_text(share), share)
        self.window_ = combo_box(self, self.tr("Blending of the tiles"))
        words = {"": self.tr("as the model says"), "cosine": self.tr("raised cosine"), "gaussian": self.tr("Gaussian")}
        for name in WINDOWS:
            self.window_.addItem(words[name], name)
        self.region = combo_box(self, self.tr("Region"))
        self.region.setToolTip(self.tr("The model is told where it is. Automatic takes the region of the scene."))
        self.region.addItem(self.tr("automatic"), "auto")
        for code in REGION_CODES:
            self.region.addItem(region_label(code), code)
        self.batch = whole_box(self, 0, 256, self.tr("Tiles at a time"))
        self.batch.setSpecialValueText(self.tr("measured"))
        self.batch.setToolTip(self.tr("How many tiles are computed together; measured once on each machine."))
        self.symmetries = QCheckBox(self.tr("Average over 8 &symmetries"), self)
        self.parity = QCheckBox(self.tr("As the &published deployment"), self)
        self.parity.setToolTip(
            self.tr("Pads, tiles and weights as the model's authors do, to compare with their maps digit by digit.")
        )
        self.extras = ExtrasPanel(self)
        self.slower = small(WrapLabel(self))
        self.slower.set_tone("soft")
        self.reset = tool_button(self, "reset", self.tr("Reset to defaults"))
        self.reset.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def _overlap_text(self, share: float | None) -> str:
        if share is None:
            return self.tr("as the model says")
        decimals = 0 if (100 * share).is_integer() else 1
        return self.tr("{share} %").format(share=texts.number(100 * share, decimals))

    def _lay_out(self) -> None:
        self.tiles = QWidget(self)
        form = QFormLayout(self.tiles)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(GAP)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.region_label = QLabel(self.tr("Region"), self)
        for label, widget in (
            (QLabel(self.tr("Overlap"), self), self.overlap),
            (QLabel(self.tr("Blending"), self), self.window_),
            (self.region_label, self.region),
            (QLabel(self.tr("Tiles at a time"), self), self.batch),
        ):
            label.setBuddy(widget)
            form.addRow(label, widget)
        body = self.section.body_layout
        for widget in (self.tiles, self.symmetries, self.parity, self.slower, self.extras):
            body.addWidget(widget)
        body.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignLeft)
        column(self).addWidget(self.section)

    def _connect(self) -> None:
        for combo in (self.overlap, self.window_, self.region):
            combo.currentIndexChanged.connect(self._on_change)
        self.batch.valueChanged.connect(self._on_change)
        self.symmetries.toggled.connect(self._on_change)
        self.parity.toggled.connect(self._on_change)
        self.extras.changed.connect(self._on_change)
        self.reset.clicked.connect(self._on_reset)

    def settings(self) -> NetworkSettings:
        """The settings as they stand; what the model has no use for is at its default."""
        is_parity = self._offers_parity() and self.parity.isChecked()
        return replace(
            self._base,
            overlap=None if is_parity else self.overlap.currentData(),
            window="" if is_parity else self.window_.currentData(),
            symmetries=self.symmetries.isChecked() and not is_parity and not self._is_upright(),
            parity=REFERENCE if is_parity else "",
            region=self.region.currentData() if self._takes_region() else "auto",
            batch=self.batch.value(),
        )

    def set_settings(self, settings: NetworkSettings) -> None:
        """Show settings, without a signal."""
        self._base = settings
        self._is_setting = True
        _choose(self.overlap, settings.overlap)
        _choose(self.window_, settings.window)
        _choose(self.region, settings.region)
        self.batch.setValue(settings.batch)
        self.symmetries.setChecked(settings.symmetries)
        self.parity.setChecked(bool(settings.parity))
        self._is_setting = False
        self._refresh()

    def show_card(self, card: ModelCard | None, is_network: bool = True) -> None:
        """Offer what this model has a use for."""
        self._card, self._is_network = card, is_network
        self._refresh()

    def set_extras(self, scaling: str, classes: bool) -> None:
        """Show how the image is read and whether classes are written, without a signal."""
        self.extras.set_scaling(scaling)
        self.extras.set_classes(classes)
        self._refresh()

    def focus_chain(self) -> list[QWidget]:
        """In the order of the Tab key."""
        choices = [self.overlap, self.window_, self.region, self.batch, self.symmetries, self.parity]
        return [self.section.header, *choices, self.extras.scaling, self.extras.classes, self.reset]

    def _offers_parity(self) -> bool:
        """Only packages from the published weights have a deployment that could be repeated."""
        return self._card is not None and not why_no_reference(self._card)

    def _is_upright(self) -> bool:
        """Whether turned scenes would mislead the model."""
        return self._card is not None and learnt_upright(self._card)

    def _takes_region(self) -> bool:
        if self._card is None:
            return False
        return self._card.location is Location.REGION or bool(self._card.calibration.by_region)

    def _refresh(self) -> None:
        is_parity = self._offers_parity() and self.parity.isChecked()
        self.parity.setVisible(self._offers_parity())
        for widget in (self.tiles, self.symmetries):
            widget.setVisible(self._is_network)
        for widget in (self.region, self.region_label):
            widget.setVisible(self._takes_region())
        for widget in (self.overlap, self.window_):
            widget.setEnabled(not is_parity)
        self.symmetries.setEnabled(not is_parity and not self._is_upright())
        told = self.tr("Maps the scene turned and mirrored as well. Eight times as long.")
        if self._is_upright():
            told = self.tr("Not for this model: it learnt its scenes with north up, and turned ones would mislead it.")
        self.symmetries.setToolTip(told)
        self.slower.setText(self._cost_text(is_parity))
        self.slower.setVisible(self._is_network and bool(self.slower.text()))
        usual = replace(NetworkSettings(), on_server_loss=self._base.on_server_loss)
        is_usual = self.extras.is_usual() and (not self._is_network or self.settings() == usual)
        own = self.tr("as the model says") if self._is_network else self.tr("automatic")
        self.section.summary.set_full_text(own if is_usual else self.tr("changed"))

    def _cost_text(self, is_parity: bool) -> str:
        """What the settings cost: the tiles that cover each pixel, times the symmetries."""
        if is_parity:
            return self.tr("Tiles step by half their side, weighted by a Gaussian, as published.")
        share = self.overlap.currentData()
        if share is None and self._card is not None:
            share = 1.0 - self._card.tiling.stride_px / max(1, self._card.tiling.patch_px)
        times = (1.0 / (1.0 - (share or 0.0))) ** 2 * (8 if self.settings().symmetries else 1)
        if times < 1.5:
            return ""
        return self.tr("Each place is computed about {count} times.").format(count=round(times))

    def _on_reset(self) -> None:
        self.extras.reset()
        self.set_settings(replace(NetworkSettings(), on_server_loss=self._base.on_server_loss))
        self.changed.emit()

    def _on_change(self) -> None:
        if not self._is_setting:
            self._refresh()
            self.changed.emit()


def _choose(combo: QComboBox, value: object) -> None:
    """The item with this value; another value gets an item of its own, so that nothing is changed silently."""
    place = next((n for n in range(combo.count()) if combo.itemData(n) == value), -1)
    if place < 0:
        combo.addItem(str(value), value)
        place = combo.count() - 1
    combo.setCurrentIndex(place)
