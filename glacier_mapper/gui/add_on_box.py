"""Says that training and import (PyTorch) are missing, how large they are, and offers the click that adds them."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal
from qgis.PyQt.QtWidgets import QProgressBar, QPushButton, QWidget

from ..core.errors import Cancelled
from ..core.runner_face import ACCELERATOR_LABELS, AddOnCondition, AddOnFace, AddOnPlan
from . import texts
from .colors import Accent
from .icons import set_icon
from .parts import Card, row
from .runner_card import PROGRESS_STEPS, breakable
from .widgets import ElidedLabel, Glyph, WrapLabel, bold, small

KINDS = {AddOnCondition.MISSING: Accent.WARN, AddOnCondition.UNAVAILABLE: Accent.WARN}


class AddOnBox(Card):
    """Hidden while the add-on is there, or nobody has looked yet."""

    installRequested = pyqtSignal()
    cancelRequested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("addOnBox")
        head, foot = row(), row()
        self.glyph = Glyph(self, 20)
        self.title = bold(WrapLabel(self))
        head.addWidget(self.glyph)
        head.addWidget(self.title, 1)
        self.facts = small(WrapLabel(self))
        self.progress = QProgressBar(self)
        self.progress.setRange(0, PROGRESS_STEPS)
        self.progress.setAccessibleName(self.tr("Progress of the installation"))
        self.step = small(ElidedLabel(self))
        self.error = WrapLabel(self)
        self.install = QPushButton(self)
        self.install.setObjectName("addOnButton")
        set_icon(self.install, "install")
        self.cancel = QPushButton(self.tr("Cancel installation"), self)
        self.install.clicked.connect(lambda _checked=False: self.installRequested.emit())
        self.cancel.clicked.connect(self._on_cancel)
        foot.addWidget(self.install)
        foot.addWidget(self.cancel)
        foot.addStretch(1)
        self.body_layout.addLayout(head)
        for widget in (self.facts, self.progress, self.step, self.error):
            self.body_layout.addWidget(widget)
        self.body_layout.addLayout(foot)
        self.show_face(AddOnFace(AddOnCondition.UNKNOWN))

    def show_face(self, face: AddOnFace) -> None:
        """Show the condition, how far an installation is, and why one failed."""
        condition = face.condition
        is_installing = condition is AddOnCondition.INSTALLING
        kind = KINDS.get(condition, Accent.INFO)
        self.set_kind(kind)
        self.glyph.show_icon("unsure" if kind is Accent.WARN else "install", kind)
        self.title.setText(self._title(condition))
        self.facts.setText(self._facts(face))
        self.facts.setVisible(bool(self.facts.text()))
        self._show_error(face)
        self.install.setText(self.tr("Retry") if face.error is not None else self.tr("&Install training and import"))
        self.install.setVisible(condition is AddOnCondition.MISSING)
        for widget in (self.progress, self.step, self.cancel):
            widget.setVisible(is_installing)
        if is_installing and face.progress is None:
            self.cancel.setEnabled(True)
        if face.progress is not None:
            self.progress.setValue(round(face.progress.fraction * PROGRESS_STEPS))
            step = texts.translated(face.progress.step)
            if self.cancel.isEnabled():
                self.step.set_full_text(f"{step} · {face.progress.detail}" if face.progress.detail else step)
        self.setVisible(condition not in (AddOnCondition.READY, AddOnCondition.UNKNOWN))

    def _title(self, condition: AddOnCondition) -> str:
        if condition is AddOnCondition.INSTALLING:
            return self.tr("Adding training and import to the model runner")
        return self.tr("Importing and teaching need PyTorch, which is not installed yet.")

    def _facts(self, face: AddOnFace) -> str:
        if face.condition is AddOnCondition.UNAVAILABLE and face.error is None:
            return self.tr(
                "Install the model runner in the Glacier Mapper panel first. Where a runner of your own is set, "
                "install requirements/torch.txt and requirements/training.txt with its Python."
            )
        return "" if face.plan is None else self._plan(face.plan)

    def _plan(self, plan: AddOnPlan) -> str:
        device = QCoreApplication.translate("setup", ACCELERATOR_LABELS.get(plan.accelerator, plan.accelerator))
        lines = [
            self.tr("Download: {download}, on disk: {disk} ({free} free)").format(
                download=texts.megabytes(plan.download_mb),
                disk=texts.megabytes(plan.disk_mb),
                free=texts.megabytes(plan.free_mb),
            ),
            self.tr("Computes on: {device}").format(device=device),
        ]
        if plan.sources:
            lines.append(self.tr("From: {source}").format(source=breakable(", ".join(plan.sources))))
        return "\n".join(lines)

    def _show_error(self, face: AddOnFace) -> None:
        error = face.error
        self.error.setVisible(error is not None)
        if error is None:
            return
        is_cancel = isinstance(error, Cancelled)
        text = self.tr("Cancelled. What was downloaded is kept.") if is_cancel else texts.error_text(error)
        self.error.setText(text)
        self.error.set_tone("soft" if is_cancel else Accent.BAD)

    def _on_cancel(self) -> None:
        self.cancel.setEnabled(False)
        self.step.set_full_text(self.tr("Cancelling…"))
        self.cancelRequested.emit()
