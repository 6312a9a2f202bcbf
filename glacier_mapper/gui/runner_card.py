"""The card on top of the Map page while the model runner can't be used: what to do, how large, how far."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QWidget,
)

from ..core.errors import Cancelled, GlacierMapperError
from ..core.runner_face import (
    ACCELERATOR_LABELS,
    AddOnPlan,
    InstallChoice,
    InstallPlan,
    InstallProgress,
    RunnerCondition,
    RunnerFace,
)
from . import texts
from .colors import Accent
from .parts import GAP, Card, PrimaryButton, row
from .widgets import ElidedLabel, Glyph, WrapLabel, bold, combo_box, small, tool_button

_SIGNS = {
    RunnerCondition.CHECKING: ("info", Accent.INFO),
    RunnerCondition.MISSING: ("install", Accent.INFO),
    RunnerCondition.INSTALLING: ("install", Accent.INFO),
    RunnerCondition.BROKEN: ("unsure", Accent.BAD),
    RunnerCondition.OUTDATED: ("refresh", Accent.WARN),
}
PROGRESS_STEPS = 1000


class RunnerCard(Card):
    """Hidden while the runner is ready."""

    installRequested = pyqtSignal()
    repairRequested = pyqtSignal()
    cancelRequested = pyqtSignal()
    choiceChanged = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runnerCard")
        self.face = RunnerFace(RunnerCondition.CHECKING)
        self._has_failed = False
        self._build_texts()
        self._build_choices()
        self._build_action()
        self.show_face(self.face)

    def _build_texts(self) -> None:
        head = row()
        self.glyph = Glyph(self, 20)
        self.title = bold(WrapLabel(self))
        head.addWidget(self.glyph)
        head.addWidget(self.title, 1)
        self.text = WrapLabel(self)
        self.facts = small(WrapLabel(self))
        self.body_layout.addLayout(head)
        self.body_layout.addWidget(self.text)
        self.body_layout.addWidget(self.facts)

    def _build_choices(self) -> None:
        self.choices = QWidget(self)
        form = QFormLayout(self.choices)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(GAP)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.accelerator = combo_box(self.choices, self.tr("Computes on"))
        self.accelerator.currentIndexChanged.connect(self._on_choice)
        self.accelerator_label = QLabel(self.tr("Computes on"), self.choices)
        self.accelerator_label.setBuddy(self.accelerator)
        self.wheel_folder = QLineEdit(self.choices)
        self.wheel_folder.setPlaceholderText(self.tr("from the network"))
        tip = self.tr("Folder with downloaded packages, for an installation without network")
        self.wheel_folder.setAccessibleName(tip)
        self.wheel_folder.setToolTip(tip)
        self.wheel_folder.setClearButtonEnabled(True)
        self.wheel_folder.editingFinished.connect(self._on_folder_edited)
        self._folder_told = ""
        self.browse = tool_button(self.choices, "folder", self.tr("Choose the folder with downloaded packages"))
        self.browse.clicked.connect(self._choose_folder)
        line = row(2)
        line.addWidget(self.wheel_folder, 1)
        line.addWidget(self.browse)
        label = QLabel(self.tr("Packages"), self.choices)
        label.setBuddy(self.wheel_folder)
        form.addRow(self.accelerator_label, self.accelerator)
        form.addRow(label, line)
        self.training = QCheckBox(self.tr("Training and import (PyTorch)"), self.choices)
        self.training_facts = small(WrapLabel(self.choices))
        form.addRow(self.training)
        form.addRow(self.training_facts)
        self.body_layout.addWidget(self.choices)

    def _build_action(self) -> None:
        self.progress = QProgressBar(self)
        self.progress.setRange(0, PROGRESS_STEPS)
        self.progress.setAccessibleName(self.tr("Progress of the installation"))
        self.step = small(ElidedLabel(self))
        self.error = WrapLabel(self)
        self.action = PrimaryButton("", "install", self)
        self.action.setObjectName("installButton")
        self.action.clicked.connect(self._on_action)
        self.cancel = QPushButton(self.tr("Cancel installation"), self)
        self.cancel.clicked.connect(self._on_cancel)
        for widget in (self.progress, self.step, self.error, self.action, self.cancel):
            self.body_layout.addWidget(widget)
        self.error.hide()

    def show_face(self, face: RunnerFace) -> None:
        """Show the condition; a failure told before stays until something is done about it."""
        if face.condition in (RunnerCondition.INSTALLING, RunnerCondition.READY):
            self.error.hide()
            self._has_failed = False
        self.face = face
        condition = face.condition
        is_installing = condition is RunnerCondition.INSTALLING
        can_act = condition in (RunnerCondition.MISSING, RunnerCondition.BROKEN, RunnerCondition.OUTDATED)
        self.set_kind(_SIGNS.get(condition, ("", Accent.INFO))[1])
        self.glyph.show_icon(*_SIGNS.get(condition, ("", Accent.INFO)))
        self.title.setText(self._title(condition))
        self.text.setText(self._text(face))
        self.text.setVisible(bool(self.text.text()))
        self.facts.setText("" if face.plan is None else self._facts(face.plan))
        self.facts.setVisible(face.plan is not None and can_act)
        self._show_plan(face.plan)
        self._show_add_on(None if face.plan is None else face.plan.add_on)
        self.choices.setVisible(condition is not RunnerCondition.CHECKING and can_act)
        self.action.setVisible(can_act)
        self.action.setText(self._action_text())
        self.cancel.setVisible(is_installing)
        self.cancel.setEnabled(True)
        self.progress.setVisible(is_installing)
        self.step.setVisible(is_installing)
        self.setVisible(condition is not RunnerCondition.READY)

    def show_progress(self, progress: InstallProgress) -> None:
        """How far the installation is; brings the card into that condition."""
        if self.face.condition is not RunnerCondition.INSTALLING:
            self.show_face(RunnerFace(RunnerCondition.INSTALLING, self.face.plan))
            self.cancel.setFocus()
        self.progress.setValue(round(progress.fraction * PROGRESS_STEPS))
        step = texts.translated(progress.step)
        self.step.set_full_text(f"{step} · {progress.detail}" if progress.detail else step)

    def show_error(self, error: GlacierMapperError) -> None:
        """Why it failed. A cancel is told calmly."""
        self._has_failed = True
        is_cancel = isinstance(error, Cancelled)
        text = self.tr("Cancelled. What was downloaded is kept.") if is_cancel else texts.error_text(error)
        self.error.setText(text)
        self.error.set_tone("soft" if is_cancel else Accent.BAD)
        if self.face.condition in (RunnerCondition.INSTALLING, RunnerCondition.CHECKING):
            self.show_face(RunnerFace(RunnerCondition.MISSING, self.face.plan))
            self._has_failed = True
        self.error.show()
        self.action.setText(self._action_text())

    def choice(self) -> InstallChoice:
        """What is chosen."""
        training = self.training.isChecked() and not self.training.isHidden()
        return InstallChoice(self.accelerator.currentData() or "cpu", self.wheel_folder.text().strip(), training)

    def set_wheel_folder(self, folder: str) -> None:
        """Show a folder, without a signal."""
        self._folder_told = folder
        self.wheel_folder.setText(folder)

    def _show_plan(self, plan: InstallPlan | None) -> None:
        names = plan.accelerators if plan is not None else ()
        chosen = self.accelerator.currentData() or ("" if plan is None else plan.accelerator)
        self.accelerator.blockSignals(True)
        self.accelerator.clear()
        for name in names:
            self.accelerator.addItem(QCoreApplication.translate("setup", ACCELERATOR_LABELS.get(name, name)), name)
        self.accelerator.setCurrentIndex(max(0, self.accelerator.findData(chosen)))
        self.accelerator.blockSignals(False)
        self.accelerator.setVisible(len(names) > 1)
        self.accelerator_label.setVisible(len(names) > 1)

    def _show_add_on(self, plan: AddOnPlan | None) -> None:
        """Training and import are the analyst's choice, with what they cost beside it."""
        for widget in (self.training, self.training_facts):
            widget.setVisible(plan is not None)
        if plan is not None:
            text = self.tr(
                "Needed to import Keras weights and to train: {download} more to download, {disk} more on disk. "
                "It can be added later, too."
            )
            words = {"download": texts.megabytes(plan.download_mb), "disk": texts.megabytes(plan.disk_mb)}
            self.training_facts.setText(text.format(**words))

    def _title(self, condition: RunnerCondition) -> str:
        return {
            RunnerCondition.CHECKING: self.tr("Looking for the model runner…"),
            RunnerCondition.MISSING: self.tr("One step before the first map"),
            RunnerCondition.INSTALLING: self.tr("Installing the model runner…"),
            RunnerCondition.BROKEN: self.tr("The model runner needs repair"),
            RunnerCondition.OUTDATED: self.tr("The model runner needs an update"),
        }.get(condition, "")

    def _text(self, face: RunnerFace) -> str:
        if face.reason is not None:
            return texts.translated(face.reason)
        return {
            RunnerCondition.MISSING: self.tr(
                "Maps are computed by a model runner with a Python of its own, so that QGIS stays fast and untouched. "
                "It is installed once, into a private folder that you can remove at any time."
            ),
            RunnerCondition.INSTALLING: self.tr("You can go on working; QGIS is not touched."),
            RunnerCondition.BROKEN: self.tr("It is there but does not start."),
            RunnerCondition.OUTDATED: self.tr("It was made by another version of Glacier Mapper."),
        }.get(face.condition, "")

    def _facts(self, plan: InstallPlan) -> str:
        lines = [
            self.tr("Installs: {count} packages, Python {python}").format(
                count=plan.package_count, python=plan.python or "3"
            ),
            self.tr("Download: {download}, on disk: {disk} ({free} free)").format(
                download=texts.megabytes(plan.download_mb),
                disk=texts.megabytes(plan.disk_mb),
                free=texts.megabytes(plan.free_mb),
            ),
            self.tr("Into: {folder}").format(folder=breakable(plan.folder)),
        ]
        if plan.source:
            lines.append(self.tr("From: {source}").format(source=breakable(plan.source)))
        if plan.reason is not None:
            lines.append(texts.translated(plan.reason))
        return "\n".join(lines)

    def _action_text(self) -> str:
        if self._has_failed:
            return self.tr("Retry")
        if self.face.condition is RunnerCondition.MISSING:
            return self.tr("Install model ru&nner")
        return self.tr("Repair")

    def _on_action(self) -> None:
        is_install = self.face.condition is RunnerCondition.MISSING
        self.error.hide()
        (self.installRequested if is_install else self.repairRequested).emit()

    def _on_cancel(self) -> None:
        self.cancel.setEnabled(False)
        self.step.set_full_text(self.tr("Cancelling…"))
        self.cancelRequested.emit()

    def _on_choice(self) -> None:
        self.choiceChanged.emit()

    def _on_folder_edited(self) -> None:
        folder = self.wheel_folder.text().strip()
        if folder != self._folder_told:
            self._folder_told = folder
            self.choiceChanged.emit()

    def _choose_folder(self) -> None:
        title = self.tr("Folder with downloaded packages")
        folder = QFileDialog.getExistingDirectory(self, title, self.wheel_folder.text())
        if folder:
            self.wheel_folder.setText(folder)
            self._on_folder_edited()


def breakable(path: str) -> str:
    """A path that may wrap after each separator (zero-width spaces, for display only)."""
    return path.replace("/", "/\u200b").replace("\\", "\\\u200b")
