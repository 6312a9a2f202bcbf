"""The dialog that teaches the model: what it will learn from, how far it is, and how it maps before and after."""

from __future__ import annotations

from enum import Enum

from qgis.PyQt.QtCore import QCoreApplication, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QDialogButtonBox, QFormLayout, QMessageBox, QProgressBar, QPushButton, QWidget

from ..core.errors import Cancelled, GlacierMapperError
from ..core.progress import STAGE_LABELS, Progress
from ..core.runner_face import AddOnCondition, AddOnFace
from ..core.teach import TeachFace, TeachResult, TeachSettings
from . import texts
from .add_on_box import AddOnBox
from .colors import Accent
from .icons import plugin_icon, set_icon
from .keras_dialog import FIT_MS
from .parts import FormDialog, column, row
from .teach_result import TeachResultView
from .widgets import (
    THEME_EVENTS,
    ElidedLabel,
    Glyph,
    WrapLabel,
    bold,
    follow_theme,
    small,
    spin_box,
    tool_button,
    whole_box,
)

PROGRESS_STEPS = 1000
LONGEST_MIN, FARTHEST_M = 120, 20_000


class Step(Enum):
    """Where the dialog is."""

    CHOOSING = "choosing"
    TEACHING = "teaching"
    DECIDING = "deciding"


class TeachDialog(FormDialog):
    """Not modal. Gestures out, `show_*` in; whether a taught model may be thrown away is asked here."""

    teachRequested = pyqtSignal(object)  # TeachSettings
    cancelRequested = pyqtSignal()
    zoomRequested = pyqtSignal()  # to all outlines that are reviewed
    keepRequested = pyqtSignal(str)  # the title that the new model gets
    discardRequested = pyqtSignal()
    addOnRequested = pyqtSignal()
    addOnCancelled = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("GlacierMapperTeach")
        self.setWindowTitle(self.tr("Teach the model"))
        self.setWindowIcon(plugin_icon())
        self.setMinimumWidth(480)
        self._step, self._can_train, self._obstacle = Step.CHOOSING, True, ""
        self._build_question()
        self._build_progress()
        self._build_buttons()
        self.result_view = TeachResultView(self)
        self._lay_out()
        self.add_on.installRequested.connect(self.addOnRequested)
        self.add_on.cancelRequested.connect(self.addOnCancelled)
        self.show_face(TeachFace())
        self._refresh()

    def _build_question(self) -> None:
        self.title = bold(WrapLabel(self))
        self.facts = WrapLabel(self)
        self.outside = small(WrapLabel(self))
        self.outside.set_tone("soft")
        self.zoom = tool_button(self, "zoom_to", self.tr("&Zoom to all"), self.tr("Show all reviewed outlines"))
        self.zoom.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.zoom.clicked.connect(lambda _checked=False: self.zoomRequested.emit())
        self.explained = small(WrapLabel(self))
        self.explained.set_tone("soft")
        self.explained.setText(
            self.tr(
                "Accepted outlines are glacier. Rejected ones are not, nor is the ground round reviewed outlines. "
                "What nobody has reviewed is left out. A part of the view is kept aside to measure the model "
                "before and after; nothing is learnt from it."
            )
        )
        self.minutes = whole_box(self, 1, LONGEST_MIN, self.tr("Time that the teaching may take"))
        self.minutes.setSuffix(self.tr(" min"))
        self.around = spin_box(self, 0, FARTHEST_M, 0, self.tr("Ground round reviewed outlines that is no glacier"))
        self.around.setSuffix(self.tr(" m"))
        self.around.setSingleStep(100)
        self.around.setToolTip(
            self.tr("Up to this distance from a reviewed outline you are sure that no glacier is missing.")
        )
        self.form = QWidget(self)
        form = QFormLayout(self.form)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(self.tr("&Time at most"), self.minutes)
        form.addRow(self.tr("&No glacier up to"), self.around)
        self.add_on = AddOnBox(self)

    def _build_progress(self) -> None:
        self.bar = QProgressBar(self)
        self.bar.setRange(0, PROGRESS_STEPS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the teaching"))
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.cancel.clicked.connect(self._on_cancel)
        self.stage = small(ElidedLabel(self))
        self.glyph = Glyph(self, 16)
        self.status = WrapLabel(self)

    def _build_buttons(self) -> None:
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.teach = self.buttons.addButton(self.tr("T&each"), QDialogButtonBox.ButtonRole.ActionRole)
        set_icon(self.teach, "teach")
        self.keep = self.buttons.addButton(self.tr("&Keep"), QDialogButtonBox.ButtonRole.ActionRole)
        set_icon(self.keep, "accept")
        self.discard = self.buttons.addButton(self.tr("&Discard"), QDialogButtonBox.ButtonRole.DestructiveRole)
        set_icon(self.discard, "reject")
        self.close_button = self.buttons.button(QDialogButtonBox.StandardButton.Close)
        self.teach.clicked.connect(lambda _checked=False: self.teachRequested.emit(self.settings()))
        self.keep.clicked.connect(lambda _checked=False: self.keepRequested.emit(self.result_view.title()))
        self.discard.clicked.connect(lambda _checked=False: self.discardRequested.emit())
        self.buttons.rejected.connect(self.reject)

    def _lay_out(self) -> None:
        progress, said, elsewhere = row(), row(), row()
        elsewhere.addWidget(self.outside, 1)
        elsewhere.addWidget(self.zoom)
        progress.addWidget(self.bar, 1)
        progress.addWidget(self.cancel)
        said.addWidget(self.glyph)
        said.addWidget(self.status, 1)
        layout = column(self, margin=12, gap=8)
        layout.addWidget(self.title)
        layout.addWidget(self.facts)
        layout.addLayout(elsewhere)
        for widget in (self.form, self.explained, self.add_on):
            layout.addWidget(widget)
        layout.addLayout(progress)
        layout.addWidget(self.stage)
        layout.addWidget(self.result_view)
        layout.addLayout(said)
        layout.addStretch(1)
        layout.addWidget(self.buttons)

    def changeEvent(self, event: object) -> None:
        """Hand a change of theme on."""
        super().changeEvent(event)
        if event.type() in THEME_EVENTS:
            follow_theme(self)

    @property
    def step(self) -> Step:
        """Where the dialog is."""
        return self._step

    def settings(self) -> TeachSettings:
        """What was chosen."""
        return TeachSettings(float(self.minutes.value()), self.around.value())

    def set_settings(self, settings: TeachSettings) -> None:
        """Show what was chosen last."""
        self.minutes.setValue(max(1, round(settings.minutes)))
        self.around.setValue(settings.around_m)

    def show_face(self, face: TeachFace) -> None:
        """Say what it would learn from now, or why it can't."""
        if self._step is not Step.CHOOSING:
            return
        text = self.tr("Teach “{model}” by the outlines in view") if face.model else self.tr("Teach a model")
        self.title.setText(text.format(model=face.model))
        counts = self.tr("{accepted} accepted · {rejected} rejected · {left_out} not reviewed, left out")
        self.facts.setText(
            counts.format(accepted=face.accepted, rejected=face.rejected, left_out=face.left_out)
        )
        one = self.tr("1 reviewed outline lies outside of the view.")
        many = self.tr("{count} reviewed outlines lie outside of the view.")
        self.outside.setText((one if face.outside == 1 else many).format(count=face.outside) if face.outside else "")
        was, self._obstacle = self._obstacle, "" if face.obstacle is None else texts.error_text(face.obstacle)
        if self._obstacle:
            self._say("info", Accent.WARN, self._obstacle)
        elif was and self.status.text() == was:
            self._say("", None, "")
        self._refresh()

    def show_add_on(self, face: AddOnFace) -> None:
        """Whether what the teaching needs is there. While nobody knows it can be tried."""
        self._can_train = face.condition in (AddOnCondition.READY, AddOnCondition.UNKNOWN)
        self.add_on.show_face(face)
        self._refresh()

    def show_running(self) -> None:
        """It has begun."""
        self._step = Step.TEACHING
        self._say("", None, "")
        self.bar.setValue(0)
        self.stage.set_full_text(self.tr("Starting…"))
        self._refresh()
        self.cancel.setFocus()

    def show_progress(self, progress: Progress) -> None:
        """Stage, steps done, time left."""
        self.bar.setValue(round(min(1.0, max(0.0, progress.fraction)) * PROGRESS_STEPS))
        parts = [QCoreApplication.translate("progress", STAGE_LABELS[progress.stage])]
        if progress.total > 1:
            parts.append(self.tr("{done} of {total}").format(done=progress.done, total=progress.total))
        if progress.seconds_left is not None:
            parts.append(self.tr("{time} left").format(time=texts.duration(progress.seconds_left)))
        if self.cancel.isEnabled():
            self.stage.set_full_text(" · ".join(parts))

    def show_result(self, result: TeachResult, title: str) -> None:
        """Before and after; `title` is proposed for the new model."""
        self._step = Step.DECIDING
        self._say("", None, "")
        self.result_view.show_result(result, title)
        self._refresh()
        self.keep.setFocus()

    def show_note(self, text: str) -> None:
        """Something that is to be known before one decides."""
        self._say("info", Accent.INFO, text)
        self._refresh()

    def show_error(self, error: GlacierMapperError) -> None:
        """What happened and what to do; a result that is there stays to be decided on."""
        if self._step is Step.TEACHING:
            self._step = Step.CHOOSING
        calm = isinstance(error, Cancelled)
        self._say("info" if calm else "unsure", Accent.INFO if calm else Accent.BAD, texts.error_text(error))
        self._refresh()

    def show_busy(self, is_busy: bool) -> None:
        """The new model is being put in its place."""
        for button in (self.keep, self.discard):
            button.setEnabled(not is_busy)

    def reject(self) -> None:
        """Close, by whichever way; what runs is cancelled, a result that nobody decided on is asked about."""
        if self._step is Step.TEACHING:
            self.cancelRequested.emit()
        elif self._step is Step.DECIDING and not self._may_discard():
            return
        super().reject()

    def _may_discard(self) -> bool:
        yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
        text = self.tr("Discard the model that was taught? The model that it began with stays as it is.")
        return QMessageBox.question(self, self.tr("Discard the model?"), text, yes | no, no) == yes

    def _on_cancel(self) -> None:
        self.cancel.setEnabled(False)
        self.stage.set_full_text(self.tr("Cancelling…"))
        self.cancelRequested.emit()

    def _say(self, icon: str, kind: Accent | None, text: str) -> None:
        self.glyph.show_icon(icon, kind, "")
        self.glyph.setVisible(bool(text))
        self.status.setText(text)
        self.status.setVisible(bool(text))
        self.status.set_tone(kind if kind in (Accent.BAD, Accent.WARN) else "")

    def _refresh(self) -> None:
        step = self._step
        for widget in (self.bar, self.cancel, self.stage):
            widget.setVisible(step is Step.TEACHING)
        for widget in (self.facts, self.form, self.explained):
            widget.setVisible(step is not Step.DECIDING)
        for widget in (self.outside, self.zoom):
            widget.setVisible(step is Step.CHOOSING and bool(self.outside.text()))
        self.form.setEnabled(step is Step.CHOOSING)
        self.cancel.setEnabled(True)
        self.result_view.setVisible(step is Step.DECIDING)
        if step is not Step.CHOOSING:
            self.add_on.hide()
        self.teach.setVisible(step is not Step.DECIDING)
        self.teach.setEnabled(step is Step.CHOOSING and self._can_train and not self._obstacle)
        for button in (self.keep, self.discard):
            button.setVisible(step is Step.DECIDING)
            button.setEnabled(True)
        self.close_button.setVisible(step is not Step.DECIDING)
        QTimer.singleShot(FIT_MS, self._fit)
