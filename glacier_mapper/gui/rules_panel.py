"""The rules beside the index of the band-ratio model, each with a check box and its threshold."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from ..core.request import BandRatioSettings
from ..core.roles import Role
from . import texts
from .widgets import small, spin_box


@dataclass(frozen=True)
class RuleRange:
    """A rule's threshold: its field in the settings, its range, its step, its unit, the roles that it reads."""

    name: str
    low: float
    high: float
    decimals: int
    step: float
    roles: tuple[Role, ...]
    suffix: str = ""


RULES = (
    RuleRange("min_blue", 0.0, 1.0, 3, 0.01, (Role.BLUE,)),
    RuleRange("max_ndwi", -1.0, 1.0, 2, 0.05, (Role.GREEN, Role.NIR)),
    RuleRange("max_ndvi", -1.0, 1.0, 2, 0.05, (Role.RED, Role.NIR)),
    RuleRange("max_temperature_k", 200.0, 350.0, 1, 1.0, (Role.THERMAL,), " K"),
)


class RulesPanel(QWidget):
    """A row a rule; one whose band is missing says that it is skipped."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.checks: dict[str, QCheckBox] = {}
        self.boxes: dict[str, QWidget] = {}
        self.skipped: dict[str, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(4)
        self._grid.setColumnStretch(0, 1)
        for rule in RULES:
            self._add_rule(rule)
        self._add_slope()
        self.set_values(BandRatioSettings())

    def _add_rule(self, rule: RuleRange) -> None:
        label, tip = self._words(rule.name)
        check = QCheckBox(label, self)
        check.setToolTip(tip)
        box = spin_box(self, rule.low, rule.high, rule.decimals, label.replace("&", ""))
        box.setSingleStep(rule.step)
        box.setSuffix(rule.suffix)
        box.setToolTip(tip)
        note = small(QLabel(self))
        note.setIndent(20)
        self.checks[rule.name], self.boxes[rule.name], self.skipped[rule.name] = check, box, note
        line = self._grid.rowCount()
        self._grid.addWidget(check, line, 0)
        self._grid.addWidget(box, line, 1)
        self._grid.addWidget(note, line + 1, 0, 1, 2)
        note.hide()
        check.toggled.connect(box.setEnabled)
        check.toggled.connect(self._on_change)
        box.valueChanged.connect(self._on_change)

    def _add_slope(self) -> None:
        tip = self.tr("Water lies flat: where the slope is known, steeper ground is never taken for water.")
        self.slope = spin_box(self, 0.0, 90.0, 1, self.tr("Water only on slopes below"))
        self.slope.setSingleStep(1.0)
        self.slope.setSuffix(" °")
        self.slope.setToolTip(tip)
        label = QLabel(self.tr("Water only on slopes below"), self)
        label.setBuddy(self.slope)
        label.setToolTip(tip)
        line = self._grid.rowCount()
        self._grid.addWidget(label, line, 0)
        self._grid.addWidget(self.slope, line, 1)
        self.checks["max_ndwi"].toggled.connect(self.slope.setEnabled)
        self.slope.valueChanged.connect(self._on_change)

    def _words(self, name: str) -> tuple[str, str]:
        return {
            "min_blue": (
                self.tr("Shadow: blue at least"),
                self.tr("Rock in shadow has a high ratio, too, but it is darker in the blue than ice in shadow."),
            ),
            "max_ndwi": (
                self.tr("Water: NDWI at most"),
                self.tr("Lakes have a high ratio like ice; a high normalised difference water index tells them."),
            ),
            "max_ndvi": (
                self.tr("Vegetation: NDVI at most"),
                self.tr("Plants in thin shadow can pass the ratio; their vegetation index tells them."),
            ),
            "max_temperature_k": (
                self.tr("Warm ground: at most"),
                self.tr("Melting ice is no warmer than 273 K; mixed pixels are a little warmer."),
            ),
        }[name]

    def values(self) -> dict[str, float | None]:
        """The rules as keyword arguments of `BandRatioSettings`; None is off."""
        found: dict[str, float | None] = {
            rule.name: self.boxes[rule.name].value() if self.checks[rule.name].isChecked() else None for rule in RULES
        }
        found["water_max_slope_deg"] = self.slope.value()
        return found

    def set_values(self, settings: BandRatioSettings) -> None:
        """Show settings, without a signal."""
        self.blockSignals(True)
        for rule in RULES:
            value = getattr(settings, rule.name)
            self.checks[rule.name].setChecked(value is not None)
            self.boxes[rule.name].setEnabled(value is not None)
            default = getattr(BandRatioSettings, rule.name)
            self.boxes[rule.name].setValue(default if value is None else value)
        self.slope.setValue(settings.water_max_slope_deg)
        self.slope.setEnabled(settings.max_ndwi is not None)
        self.blockSignals(False)

    def show_roles(self, roles: Collection[Role]) -> None:
        """Say which rules are skipped, because nothing has their role."""
        for rule in RULES:
            lacking = [texts.short_role_label(role) for role in rule.roles if role not in roles]
            note = self.skipped[rule.name]
            text = self.tr("Skipped: no band for {roles}.").format(roles=", ".join(lacking))
            note.setText(text if lacking else "")
            note.setVisible(bool(lacking))

    def active_count(self, roles: Collection[Role]) -> int:
        """How many rules are on and have their bands."""
        return sum(self.checks[rule.name].isChecked() and set(rule.roles) <= set(roles) for rule in RULES)

    def _on_change(self) -> None:
        self.changed.emit()
