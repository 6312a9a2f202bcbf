"""Which model maps, what it does and needs, whether it fits, and its settings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from qgis.PyQt.QtCore import QCoreApplication, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QWidget

from ..core.fitting import Fit, Verdict, fit_of
from ..core.model_card import ModelCard
from ..core.models import BAND_RATIO, ModelInfo
from ..core.roles import Role, provided
from .band_ratio_panel import BandRatioPanel
from .colors import SIGN_CONTRAST, Accent, accent
from .device_panel import DevicePanel
from .fit_texts import FIT_SIGNS, alternatives_text, fit_sentence, fit_word, needs_sentence
from .icons import tinted_icon
from .network_panel import NetworkPanel
from .parts import column, row
from .widgets import Glyph, WrapLabel, combo_box, small, tool_button


class ModelPanel(QWidget):
    """A combo box of models and what goes with the chosen one: band-ratio's settings, or a network's and its device."""

    modelChanged = pyqtSignal(str)
    modelsRequested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models: dict[str, ModelInfo] = {}
        self._cards: dict[str, ModelCard] = {}
        self._roles: frozenset[Role] = frozenset()
        self._here = self._wanted = ""
        self._is_listed = self._is_outside = False
        self.combo = combo_box(self, self.tr("Model"))
        self.combo.setObjectName("modelCombo")
        self.manage = tool_button(self, "package", self.tr("Models…"), self.tr("Add, look at and remove models"))
        self.manage.setObjectName("modelsButton")
        self.manage.clicked.connect(self.modelsRequested)
        self.absent = small(WrapLabel(self))
        self.absent.set_tone(Accent.WARN)
        self.text = small(WrapLabel(self))
        self.text.set_tone("soft")
        self.needs = small(WrapLabel(self))
        self.fit_glyph = Glyph(self, 14)
        self.fit = small(WrapLabel(self))
        self.band_ratio = BandRatioPanel(self)
        self.device = DevicePanel(self)
        self.network = NetworkPanel(self)
        self._lay_out()
        self.combo.currentIndexChanged.connect(self._on_changed)
        self._show_current()

    def _lay_out(self) -> None:
        head, below = row(), row(4)
        head.addWidget(self.combo, 1)
        head.addWidget(self.manage)
        below.addWidget(self.fit_glyph, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self.fit, 1)
        layout = column(self)
        layout.addLayout(head)
        for widget in (self.absent, self.text, self.needs):
            layout.addWidget(widget)
        layout.addLayout(below)
        for widget in (self.band_ratio, self.device, self.network):
            layout.addWidget(widget)

    def show_models(self, models: Sequence[ModelInfo], cards: Mapping[str, ModelCard] | None = None) -> None:
        """Offer models; the current one stays where it is among them, and one that was wished for comes now.

        `cards` are those of the packages by name; None means that nobody has looked for packages yet.
        """
        before, wish = self.name(), self.wish()
        self._models = {model.name: model for model in models}
        self._cards, self._is_listed = dict(cards or {}), cards is not None
        self.combo.blockSignals(True)
        self.combo.clear()
        for model in models:
            self.combo.addItem("", model.name)
        place = next((n for n in map(self.combo.findData, (wish, before)) if n >= 0), 0)
        self.combo.setCurrentIndex(place if models else -1)
        self.combo.blockSignals(False)
        if self.name() == self._wanted:
            self._wanted = ""
        self._show_current()
        if self.name() != before:
            self.modelChanged.emit(self.name())

    def name(self) -> str:
        """The name of the model chosen, "" without any."""
        return self.combo.currentData() or ""

    def wish(self) -> str:
        """The model chosen, also where it is not installed: what a project keeps."""
        return self._wanted or self.name()

    def info(self) -> ModelInfo | None:
        """The model chosen."""
        return self._models.get(self.name())

    def card(self) -> ModelCard | None:
        """The card of the model chosen, None for a built-in one."""
        return self._cards.get(self.name())

    def set_name(self, name: str) -> None:
        """Choose a model; one that is not installed is told, and the current one stays."""
        place = self.combo.findData(name)
        self._wanted = name if place < 0 else ""
        if place >= 0:
            self.combo.setCurrentIndex(place)
        self._show_absent()

    def show_roles(self, roles: Collection[Role]) -> None:
        """The roles that have a band: they decide on what fits."""
        self._roles = frozenset(roles)
        self.band_ratio.show_roles(self._roles)
        self._show_fits()

    def roles(self) -> frozenset[Role]:
        """The roles shown last."""
        return self._roles

    def here(self) -> str:
        """The region shown last."""
        return self._here

    def show_region(self, code: str) -> None:
        """The region that the view lies in, "" where nobody knows."""
        if code != self._here:
            self._here = code
            self._show_fits()

    def show_outside(self, is_outside: bool) -> None:
        """Nothing of the chosen layers is in view: then nothing is said of what fits there."""
        if is_outside != self._is_outside:
            self._is_outside = is_outside
            self._show_fits()

    def fit_of(self, name: str) -> Fit | None:
        """How a model goes with the layers in view."""
        model = self._models.get(name)
        return None if model is None else fit_of(model, self._regions(name), self._roles, self._here)

    def _regions(self, name: str) -> tuple[str, ...]:
        card = self._cards.get(name)
        return () if card is None else card.description.regions

    def lack_text(self, roles: Collection[Role]) -> str:
        """What the model still needs, in one sentence, "" when it can run."""
        model = self.info()
        if model is None or not model.missing(roles):
            return ""
        gaps = [need - provided(roles) for need in model.needs]
        return self.tr("The model still needs {roles}.").format(roles=alternatives_text(gaps))

    def _show_current(self) -> None:
        model = self.info()
        is_ratio = model is not None and model.name == BAND_RATIO.name
        summary = "" if model is None else self._summary(model)
        self.text.setVisible(bool(summary))
        self.needs.setVisible(model is not None and bool(model.needs))
        if model is not None:
            self.text.setText(summary)
            self.needs.setText(needs_sentence(model.needs))
            tip = self.tr("Version {version} · {licence}").format(version=model.version, licence=model.licence)
            self.combo.setToolTip("\n".join(part for part in (tip, model.citation) if part))
        self.band_ratio.setVisible(is_ratio)
        self.device.setVisible(model is not None and not is_ratio)
        self.network.setVisible(model is not None)
        self.network.show_card(self.card(), is_network=not is_ratio)
        self._show_absent()
        self._show_fits()

    def _summary(self, model: ModelInfo) -> str:
        """What the model is; of several networks also that, as they take their time."""
        card = self.card()
        said = [QCoreApplication.translate("models", model.summary)] if model.summary else []
        if card is not None and card.is_ensemble:
            text = self.tr("Ensemble of {count} networks: each of them computes every tile.")
            said.append(text.format(count=len(card.networks)))
        return " ".join(said)

    def _show_absent(self) -> None:
        text = self.tr(
            "This project maps with “{model}”, which is not installed. "
            "Add it under Models…, or go on with another model."
        )
        self.absent.setText(text.format(model=self._wanted))
        self.absent.setVisible(bool(self._wanted) and self._is_listed)

    def _show_fits(self) -> None:
        """What fits, beside every model and below the chosen one."""
        self.combo.blockSignals(True)
        for place in range(self.combo.count()):
            name = self.combo.itemData(place)
            fit, title = self.fit_of(name), QCoreApplication.translate("models", self._models[name].title)
            icon, kind = FIT_SIGNS[fit.verdict]
            text = self.tr("{model} · {fit}").format(model=title, fit=fit_word(fit))
            self.combo.setItemText(place, text)
            self.combo.setItemIcon(place, tinted_icon(icon, accent(kind, self, SIGN_CONTRAST)))
            self.combo.setItemData(place, fit_sentence(fit, self._regions(name)), Qt.ItemDataRole.ToolTipRole)
        self.combo.blockSignals(False)
        fit = self.fit_of(self.name())
        is_told = fit is not None and fit.verdict is not Verdict.LACKS and not self._is_outside  # said at the button
        self.fit.setVisible(is_told)
        self.fit_glyph.setVisible(is_told)
        if is_told:
            self.fit.setText(fit_sentence(fit, self._regions(self.name())))
            self.fit.set_tone(Accent.WARN if fit.verdict is Verdict.ELSEWHERE else "soft")
            self.fit_glyph.show_icon(*FIT_SIGNS[fit.verdict])

    def follow_theme(self) -> None:
        """The signs in the list take the theme's colours."""
        self._show_fits()

    def _on_changed(self) -> None:
        self._wanted = ""
        self._show_current()
        self.modelChanged.emit(self.name())
