"""The table of roles: which band plays which, why, and what the model needs."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QStandardItem, QStandardItemModel
from qgis.PyQt.QtWidgets import QLabel, QWidget

from ..core.choice import BandChoice
from ..core.guess import BandDescription, RoleGuess
from ..core.models import ModelInfo
from ..core.roles import OPTICAL_ROLES, SECOND_ORBIT, Role, provided
from . import texts
from .colors import Accent
from .parts import column, row
from .role_choices import Band, RoleChoices
from .role_row import Need, RoleRow, RoleState, Standing
from .source_date import SourceDate
from .widgets import Glyph, WrapLabel, bold, small, tool_button

CERTAIN = 0.5
"""A guess below this certainty asks to be checked, as `RoleGuess` says."""
GROUPS: tuple[tuple[str, tuple[Role, ...]], ...] = (
    ("optical", OPTICAL_ROLES),
    ("terrain", (Role.ELEVATION, Role.SLOPE)),
    ("thermal", (Role.THERMAL,)),
    ("radar", (
        Role.CO_POL, Role.CO_POL_2, Role.CROSS_POL, Role.CROSS_POL_2, Role.COHERENCE, Role.COHERENCE_2,
    )),
)


class RolesPanel(QWidget):
    """Rows in groups. Rows that the model does not use and that have no band are hidden until asked for."""

    rolesChanged = pyqtSignal()
    rolesEdited = pyqtSignal()
    refreshRequested = pyqtSignal()
    summaryChanged = pyqtSignal(str)
    dateEdited = pyqtSignal(str)  # of the optical image, ISO 8601, "" for what the file says

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choices = RoleChoices()
        self._model: ModelInfo | None = None
        self._places: dict[Band, int] = {}
        self._bands = QStandardItemModel(self)
        self.rows: dict[Role, RoleRow] = {}
        self.captions: dict[str, QLabel] = {}
        self._build()
        self._fill_bands()
        self._refresh()

    def _build(self) -> None:
        layout = column(self, gap=1)
        layout.addWidget(self._build_note())
        for group, roles in GROUPS:
            caption = bold(small(QLabel(self._caption(group), self)))
            caption.setIndent(0)
            self.captions[group] = caption
            layout.addWidget(caption)
            for role in roles:
                self.rows[role] = RoleRow(role, self._bands, self)
                self.rows[role].bandPicked.connect(self._on_picked)
                layout.addWidget(self.rows[role])
            if group == "optical":
                self.date = SourceDate(self)
                self.date.edited.connect(self.dateEdited)
                layout.addWidget(self.date)
        self.follow_theme()
        self.refresh = tool_button(
            self, "refresh", self.tr("Guess &again"), self.tr("Guess the roles anew and drop what was chosen by hand")
        )
        self.show_all = tool_button(self, "more", self.tr("All roles"), self.tr("Also show roles without a use here"))
        self.show_all.setCheckable(True)
        for button in (self.refresh, self.show_all):
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        line = row()
        line.addWidget(self.refresh)
        line.addStretch(1)
        line.addWidget(self.show_all)
        layout.addLayout(line)
        self.refresh.clicked.connect(self._on_refresh)
        self.show_all.toggled.connect(self._refresh)

    def _build_note(self) -> QWidget:
        self.note = QWidget(self)
        glyph, self.note_text = Glyph(self.note, 14), small(WrapLabel(self.note))
        glyph.show_icon("unsure", Accent.WARN)
        self.note_text.set_tone(Accent.WARN)
        line = row(4)
        line.addWidget(glyph, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.note_text, 1)
        self.note.setLayout(line)
        self.note.hide()
        return self.note

    def follow_theme(self) -> None:
        """Line the rows up anew: another theme may have another font."""
        lines = [*self.rows.values(), self.date]
        width = max(one.label_width() for one in lines)
        for one in lines:
            one.set_label_width(width)

    def show_left_out(self, layers: Sequence[str]) -> None:
        """Name layers that lie in the view, would do as well, and are not mapped."""
        text = self.tr("In view but not mapped: {layers}. Zoom to it, or choose its bands here.")
        self.note_text.setText(text.format(layers=", ".join(f"“{name}”" for name in layers)))
        self.note.setVisible(bool(layers))

    def _caption(self, group: str) -> str:
        return {
            "optical": self.tr("Optical"),
            "terrain": self.tr("Terrain"),
            "thermal": self.tr("Thermal"),
            "radar": self.tr("Radar"),
        }[group]

    def show_bands(self, bands: Sequence[BandDescription], guesses: Sequence[RoleGuess]) -> None:
        """Offer bands; what was chosen by hand stays while its band is there."""
        before = self.choices.chosen()
        self.choices.offer(bands, guesses)
        self._fill_bands()
        self._refresh()
        if self.choices.chosen() != before:
            self.rolesChanged.emit()

    def set_chosen(self, choices: Sequence[BandChoice]) -> None:
        """Restore saved choices."""
        before = self.choices.chosen()
        self.choices.restore(choices)
        self._refresh()
        if self.choices.chosen() != before:
            self.rolesChanged.emit()

    def show_model(self, model: ModelInfo | None) -> None:
        """Mark what this model needs."""
        self._model = model
        self._refresh()

    def roles(self) -> frozenset[Role]:
        """The roles that have a band."""
        return frozenset(choice.role for choice in self.choices.chosen())

    def lacking(self) -> frozenset[Role]:
        """Roles whose band would bring the model nearer to running; empty when it can run."""
        if self._model is None:
            return frozenset()
        gaps = [need - provided(self.roles()) for need in self._model.needs]
        least = min((len(gap) for gap in gaps), default=0)
        return frozenset().union(*(gap for gap in gaps if len(gap) == least)) if least else frozenset()

    def _fill_bands(self) -> None:
        for one in self.rows.values():
            one.combo.blockSignals(True)
        self._bands.clear()
        self._bands.appendRow(QStandardItem(self.tr("not used")))
        self._places = {}
        for band in self.choices.bands:
            self._places[(band.layer_id, band.band)] = self._bands.rowCount()
            item = QStandardItem(self.band_text(band))
            item.setToolTip(item.text())
            self._bands.appendRow(item)
        for one in self.rows.values():
            one.combo.blockSignals(False)

    def band_text(self, band: BandDescription) -> str:
        """A band as the combo boxes name it: what tells it from its neighbours first, as there is little room."""
        if band.band_count == 1:
            return band.layer
        if band.description:
            text = self.tr("{band} ({description}) · {layer}")
            return text.format(layer=band.layer, band=band.band, description=band.description)
        return self.tr("band {band} · {layer}").format(layer=band.layer, band=band.band)

    def _refresh(self) -> None:
        shared, lacking = self.choices.shared_bands(), self.lacking()
        for role, one in self.rows.items():
            one.show_state(self._state(role, shared, lacking))
            is_used = self._model is None or role in self._model.uses
            has_band = self.choices.band_of(role) is not None
            one.setVisible(self.show_all.isChecked() or is_used or has_band)
        for group, roles in GROUPS:
            self.captions[group].setVisible(any(not self.rows[role].isHidden() for role in roles))
        optical = {(choice.layer_id, choice.band) for choice in self.choices.chosen() if choice.role in OPTICAL_ROLES}
        self.date.show_bands([band for band in self.choices.bands if (band.layer_id, band.band) in optical])
        self.summaryChanged.emit(self.summary())

    def _state(self, role: Role, shared: set[Band], lacking: frozenset[Role]) -> RoleState:
        band = self.choices.band_of(role)
        need = self._need(role)
        index = 0 if band is None else self._places.get(band, 0)
        if band is not None and band in shared:
            return RoleState(index, need, Standing.SHARED, self.tr("Check: this band has two roles."))
        guess = self.choices.guesses.get(role)
        is_guess = guess is not None and band == (guess.layer_id, guess.band)
        if is_guess and guess.certainty >= CERTAIN:
            return RoleState(index, need, Standing.CERTAIN, texts.translated(guess.reason))
        if band is not None and role in self.choices.by_hand:
            return RoleState(index, need, Standing.MANUAL, self.tr("Chosen by hand."))
        if is_guess:
            text = self.tr("Check: {reason}").format(reason=texts.translated(guess.reason))
            return RoleState(index, need, Standing.UNSURE, text)
        if role in lacking and self.choices.bands:
            text = self.tr("Choose one of these.") if need is Need.ONE_OF else self.tr("Missing: choose a band.")
            return RoleState(index, need, Standing.LACKING, text)
        return RoleState(index, need, Standing.EMPTY, self._empty_reason(role))

    def _empty_reason(self, role: Role) -> str:
        if role is Role.SLOPE and self.choices.band_of(Role.ELEVATION) is not None:
            return self.tr("Computed from the elevation.")
        first = SECOND_ORBIT.get(role)
        if first is not None and self.choices.band_of(first) is not None:
            return self.tr("The first orbit stands in for it.")
        if role in self.choices.by_hand:
            return self.tr("Left out by hand.")
        return self.tr("No band found.") if self.choices.bands else self.tr("No raster layer yet.")

    def _need(self, role: Role) -> Need:
        if self._model is None:
            return Need.USED
        if self._model.needs and all(role in need for need in self._model.needs):
            return Need.NEEDED
        if any(role in need for need in self._model.needs):
            return Need.ONE_OF
        return Need.USED if role in self._model.uses else Need.UNUSED

    def summary(self) -> str:
        """How many roles are set and how many are to be checked."""
        set_count = len(self.choices.chosen())
        unsure = [one for one in self.rows.values() if one.standing in (Standing.UNSURE, Standing.SHARED)]
        if unsure:
            return self.tr("{count} set, {unsure} to check").format(count=set_count, unsure=len(unsure))
        return self.tr("{count} set").format(count=set_count)

    def _on_picked(self, role: Role, index: int) -> None:
        band = next((band for band, place in self._places.items() if place == index), None)
        if band == self.choices.band_of(role) and role in self.choices.by_hand:
            return
        before = self.choices.chosen()
        self.choices.pick(role, band)
        self._refresh()
        self.rolesEdited.emit()
        if self.choices.chosen() != before:
            self.rolesChanged.emit()

    def forget(self) -> None:
        """Drop what was chosen by hand and follow the guesses."""
        before = self.choices.chosen()
        self.choices.forget()
        self._refresh()
        if self.choices.chosen() != before:
            self.rolesChanged.emit()

    def _on_refresh(self) -> None:
        self.forget()
        self.refreshRequested.emit()
