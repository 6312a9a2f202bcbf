"""The Map page: runner card, layers, model, outlines in a scroll area, and the foot with the button."""

from __future__ import annotations

from qgis.gui import QgsScrollArea
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QFrame, QWidget

from ..core.messages import Message
from ..core.request import OutlineSettings
from ..core.roles import OPTICAL_ROLES
from ..core.runner_face import RunnerCondition, RunnerFace
from ..core.view_face import ViewFace
from . import texts
from .model_panel import ModelPanel
from .outline_panel import OutlinePanel
from .parts import Section, column
from .roles_panel import RolesPanel
from .run_panel import RunPanel
from .runner_card import RunnerCard


class MapPage(QWidget):
    """Joins the parts: roles tell the model what is there, all of them tell the foot what is in the way."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._missing: Message | None = None
        self._view = ViewFace()
        self.card = RunnerCard(self)
        self.roles = RolesPanel(self)
        self.model = ModelPanel(self)
        self.outlines = OutlinePanel(self)
        self.run = RunPanel(self)
        self.layers_section = self._section(self.tr("La&yers"), self.roles)
        self.model_section = self._section(self.tr("Model"), self.model)
        self.outlines_section = self._section(self.tr("O&utlines"), self.outlines, is_open=False)
        self._lay_out()
        self.roles.rolesChanged.connect(self._on_roles)
        self.roles.summaryChanged.connect(self.layers_section.summary.set_full_text)
        self.roles.summaryChanged.connect(self._update_obstacle)
        self.model.modelChanged.connect(self._on_model)
        self.outlines.changed.connect(self._summarise)
        self._on_model()
        self._summarise()

    def _section(self, title: str, panel: QWidget, is_open: bool = True) -> Section:
        section = Section(title, self, is_open)
        section.summary.set_tone("soft")
        section.body_layout.addWidget(panel)
        return section

    def _lay_out(self) -> None:
        content = QWidget(self)
        inside = column(content, gap=4)
        inside.setContentsMargins(8, 6, 8, 6)
        for part in (self.card, self.layers_section, self.model_section, self.outlines_section):
            inside.addWidget(part)
        inside.addStretch(1)
        self.scroll = QgsScrollArea(self)
        self.scroll.setWidgetResizable(True)
        self.scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll.setWidget(content)
        line = QFrame(self)
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Sunken)
        layout = column(self, gap=0)
        layout.addWidget(self.scroll, 1)
        layout.addWidget(line)
        layout.addWidget(self.run)

    def set_outlines(self, settings: OutlineSettings) -> None:
        """Show settings, without a signal."""
        self.outlines.set_settings(settings)
        self._summarise()

    def show_missing(self, message: Message | None) -> None:
        """What others know to be in the way."""
        self._missing = message
        self._update_obstacle()

    def show_view(self, face: ViewFace) -> None:
        """What the view shows of the chosen layers."""
        self._view = face
        self.roles.show_left_out(face.left_out)
        self.model.show_outside(bool(face.outside))
        self._update_obstacle()

    def show_runner(self, face: RunnerFace) -> None:
        """The runner's condition."""
        self.card.show_face(face)
        self._update_obstacle()

    def obstacle(self) -> str:
        """The first thing in the way, "" when a run can start."""
        lack = self.model.lack_text(self.roles.roles())
        if not self.roles.choices.bands:
            return self.tr("Add a satellite image to the project to begin.")
        if lack:
            return lack
        if self._missing is not None:
            return texts.translated(self._missing)
        if not self._view.has_crs:
            return self.tr(
                "The project has no coordinate reference system. Click the globe at the right of QGIS's status bar and "
                "choose one."
            )
        if self._view.outside:
            text = self.tr("The view shows nothing of “{layer}”. Zoom to it, or choose another layer.")
            return text.format(layer=self._view.outside)
        return {
            RunnerCondition.CHECKING: self.tr("Looking for the model runner…"),
            RunnerCondition.MISSING: self.tr("Install the model runner first, at the top of this panel."),
            RunnerCondition.INSTALLING: self.tr("Wait until the model runner is installed."),
            RunnerCondition.BROKEN: self.tr("Repair the model runner first, at the top of this panel."),
            RunnerCondition.OUTDATED: self.tr("Update the model runner first, at the top of this panel."),
        }.get(self.card.face.condition, "")

    def focus_chain(self) -> list[QWidget]:
        """In the order of the Tab key: from top to bottom."""
        card, model, ratio, outlines = self.card, self.model, self.model.band_ratio, self.outlines
        rules = [widget for pair in zip(ratio.rules.checks.values(), ratio.rules.boxes.values()) for widget in pair]
        return [
            *(card.accelerator, card.wheel_folder, card.browse, card.training, card.action, card.cancel),
            self.layers_section.header,
            *(self.roles.rows[role].combo for role in OPTICAL_ROLES),
            self.roles.date.box,
            *(one.combo for role, one in self.roles.rows.items() if role not in OPTICAL_ROLES),
            *(self.roles.refresh, self.roles.show_all),
            *(self.model_section.header, model.combo, model.manage),
            *(ratio.preview, ratio.histogram, ratio.automatic, ratio.slider, ratio.threshold),
            *(ratio.more.header, ratio.index, ratio.softness, ratio.median, *rules, ratio.rules.slope, ratio.reset),
            *(model.device.combo, model.device.servers, *model.network.focus_chain()),
            self.outlines_section.header,
            *(outlines.min_area, outlines.min_hole, outlines.smoothing, outlines.threshold),
            *(self.run.folder, self.run.browse, self.run.button, self.run.cancel),
            *(self.run.zoom, self.run.open_folder, self.run.notes.more),
        ]

    def _on_roles(self) -> None:
        self.model.show_roles(self.roles.roles())
        self._update_obstacle()

    def _on_model(self) -> None:
        self.roles.show_model(self.model.info())
        self._on_roles()

    def _update_obstacle(self) -> None:
        text = self.obstacle()
        self.run.show_obstacle(text, bool(self._view.outside and self._view.outside in text))

    def _summarise(self) -> None:
        self.outlines_section.summary.set_full_text(self.outlines.summary())
