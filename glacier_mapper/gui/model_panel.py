"""Which model maps, what it does and needs, and its settings."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal
from qgis.PyQt.QtWidgets import QWidget

from ..core.models import BAND_RATIO, ModelInfo
from ..core.roles import Role
from . import texts
from .band_ratio_panel import BandRatioPanel
from .parts import column
from .widgets import WrapLabel, combo_box, small


class ModelPanel(QWidget):
    """A combo box of models; the band-ratio model has its own settings below."""

    modelChanged = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models: dict[str, ModelInfo] = {}
        self.combo = combo_box(self, self.tr("Model"))
        self.combo.setObjectName("modelCombo")
        self.text = small(WrapLabel(self))
        self.text.set_tone("soft")
        self.needs = small(WrapLabel(self))
        self.band_ratio = BandRatioPanel(self)
        layout = column(self)
        for widget in (self.combo, self.text, self.needs, self.band_ratio):
            layout.addWidget(widget)
        self.combo.currentIndexChanged.connect(self._on_changed)
        self._show_current()

    def show_models(self, models: Sequence[ModelInfo]) -> None:
        """Offer models; the current one stays where it is among them."""
        before = self.name()
        self._models = {model.name: model for model in models}
        self.combo.blockSignals(True)
        self.combo.clear()
        for model in models:
            self.combo.addItem(QCoreApplication.translate("models", model.title), model.name)
        self.combo.setCurrentIndex(max(0, self.combo.findData(before)) if models else -1)
        self.combo.blockSignals(False)
        self._show_current()
        if self.name() != before:
            self.modelChanged.emit(self.name())

    def name(self) -> str:
        """The name of the model chosen, "" without any."""
        return self.combo.currentData() or ""

    def info(self) -> ModelInfo | None:
        """The model chosen."""
        return self._models.get(self.name())

    def set_name(self, name: str) -> None:
        """Choose a model; an unknown name changes nothing."""
        place = self.combo.findData(name)
        if place >= 0:
            self.combo.setCurrentIndex(place)

    def lack_text(self, roles: Collection[Role]) -> str:
        """What the model still needs, in one sentence, "" when it can run."""
        model = self.info()
        if model is None or not model.missing(roles):
            return ""
        gaps = [need - set(roles) for need in model.needs]
        return self.tr("The model still needs {roles}.").format(roles=self._alternatives(gaps))

    def needs_text(self, model: ModelInfo) -> str:
        """What a model needs at least."""
        return self.tr("Needs {roles}.").format(roles=self._alternatives([set(need) for need in model.needs]))

    def _alternatives(self, sets: Sequence[Collection[Role]]) -> str:
        common = [role for role in Role if all(role in one for one in sets)]
        rest = [role for role in Role if role not in common and any(role in one for one in sets)]
        parts = [texts.short_role_label(role) for role in common]
        if rest and all(set(one) - set(common) for one in sets):
            others = texts.enumeration([texts.short_role_label(role) for role in rest], self.tr(" or "))
            parts.append(others)
        return texts.enumeration(parts, self.tr(" and ")) if len(parts) > 1 else "".join(parts)

    def _show_current(self) -> None:
        model = self.info()
        self.text.setVisible(model is not None)
        self.needs.setVisible(model is not None and bool(model.needs))
        if model is not None:
            self.text.setText(QCoreApplication.translate("models", model.summary))
            self.needs.setText(self.needs_text(model))
            tip = self.tr("Version {version} · {licence}").format(version=model.version, licence=model.licence)
            self.combo.setToolTip("\n".join(part for part in (tip, model.citation) if part))
        self.band_ratio.setVisible(model is not None and model.name == BAND_RATIO.name)

    def _on_changed(self) -> None:
        self._show_current()
        self.modelChanged.emit(self.name())
