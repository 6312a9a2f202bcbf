"""The foot of the Map page, always in sight: where results go, what it will cost, the button, progress, result."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QFileDialog, QLabel, QLineEdit, QProgressBar, QPushButton, QWidget

from ..core.errors import Cancelled, GlacierMapperError
from ..core.messages import in_order_of_weight
from ..core.progress import STAGE_LABELS, Progress, Stage
from ..core.result import Estimate, MapResult
from ..core.speed import Speed
from . import texts
from .colors import Accent
from .parts import PrimaryButton, column, row
from .run_notes import RunNotes
from .widgets import ElidedLabel, Glyph, WrapLabel, small, tool_button

PROGRESS_STEPS = 1000


class RunPanel(QWidget):
    """`obstacle` is why it can't run now; the button is off and the reason stands below it."""

    mapRequested = pyqtSignal()
    cancelRequested = pyqtSignal()
    outFolderChanged = pyqtSignal(str)
    openFolderRequested = pyqtSignal(str)
    zoomRequested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._obstacle = ""
        self._is_running = self._is_cancelling = False
        self._folder_told = ""
        self._result_folder = ""
        layout = column(self)
        layout.setContentsMargins(8, 6, 8, 4)
        layout.addLayout(self._build_folder())
        self.estimate = small(WrapLabel(self))
        self.estimate.set_tone("soft")
        layout.addWidget(self.estimate)
        self.button = PrimaryButton(self.tr("Map &glaciers in view"), "map", self)
        self.button.setObjectName("mapButton")
        self.button.clicked.connect(self.mapRequested)
        layout.addWidget(self.button)
        self._build_progress(layout)
        self._build_status(layout)
        self.notes = RunNotes(self)
        layout.addWidget(self.notes)
        self.show_running(False)
        self.show_estimate(None)

    def _build_folder(self) -> object:
        self.folder = QLineEdit(self)
        self.folder.setObjectName("outFolder")
        self.folder.setAccessibleName(self.tr("Folder for the results"))
        self.folder.setClearButtonEnabled(True)
        self.folder.setMinimumWidth(80)
        self.folder.editingFinished.connect(self._on_folder_edited)
        label = QLabel(self.tr("Results &in"), self)
        label.setBuddy(self.folder)
        self.browse = tool_button(self, "folder", self.tr("Choose the folder for the results"))
        self.browse.clicked.connect(self._choose_folder)
        line = row(4)
        line.addWidget(label)
        line.addWidget(self.folder, 1)
        line.addWidget(self.browse)
        return line

    def _build_progress(self, layout: object) -> None:
        self.bar = QProgressBar(self)
        self.bar.setRange(0, PROGRESS_STEPS)
        self.bar.setAccessibleName(self.tr("Progress of the mapping"))
        self.bar.setTextVisible(False)  # a theme may draw it in a colour that the bar swallows
        self.percent = small(QLabel(self))
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.cancel.setObjectName("cancelButton")
        self.cancel.setToolTip(self.tr("Cancel (Esc)"))
        self.cancel.clicked.connect(self.cancel_run)
        line = row()
        line.addWidget(self.bar, 1)
        line.addWidget(self.percent)
        line.addWidget(self.cancel)
        self.stage = small(ElidedLabel(self))
        layout.addLayout(line)
        layout.addWidget(self.stage)

    def _build_status(self, layout: object) -> None:
        self.glyph = Glyph(self, 16)
        self.status = WrapLabel(self)
        self.zoom = tool_button(self, "zoom_to", self.tr("Zoom to the layer"))
        self.zoom.clicked.connect(self.zoomRequested)
        self.open_folder = tool_button(self, "folder", self.tr("Open the folder with the results"))
        self.open_folder.clicked.connect(self._on_open)
        line = row()
        line.addWidget(self.glyph, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.status, 1)
        line.addWidget(self.zoom, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.open_folder, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(line)
        self._say("", None, "")

    def show_obstacle(self, text: str, is_outside: bool = False) -> None:
        """Why it can't run, "" when it can; a way to the layer where the view is outside of it."""
        self.estimate.setVisible(not is_outside)
        was, self._obstacle = self._obstacle, text
        if not self._is_running:
            self.button.setEnabled(not text)
            if text:
                self._say("info", Accent.WARN, text)
                self.zoom.setVisible(is_outside)
            elif was and self.status.text() == was:
                self._say("", None, "")
        self.button.setToolTip(text or self.tr("Maps what the map canvas shows."))

    def show_estimate(self, estimate: Estimate | None) -> None:
        """Device, time and size in one line."""
        if estimate is None:
            self.estimate.setText(self.tr("Device, time and size are not known yet."))
            self.estimate.setToolTip("")
            return
        parts = [texts.device(estimate.device)]
        if estimate.seconds is None:
            parts.append(self.tr("measuring…") if estimate.is_measuring else self.tr("not measured yet"))
        elif estimate.seconds < 1:
            parts.append(texts.duration(estimate.seconds))
        else:
            parts.append(self.tr("about {time}").format(time=texts.duration(estimate.seconds)))
        parts.append(self.tr("{size} on disk").format(size=texts.megabytes(estimate.disk_mb)))
        if estimate.tiles > 1:
            parts.append(self.tr("{count} tiles").format(count=texts.number(estimate.tiles)))
        parts.append(texts.pixels(estimate.grid.pixel_count))
        self.estimate.setText(" · ".join(parts))
        memory = self.tr("Pixels of {size} m, {tiles} tiles, {memory} of memory").format(
            size=texts.number(estimate.grid.pixel_size_m, 1),
            tiles=estimate.tiles,
            memory=texts.megabytes(estimate.memory_mb),
        )
        self.estimate.setToolTip(self.estimate.text() + "\n" + memory)

    def show_running(self, is_running: bool) -> None:
        """Progress and Cancel, or the button."""
        had_focus = self.button.hasFocus() or self.cancel.hasFocus()
        self._is_running, self._is_cancelling = is_running, False
        self.button.setVisible(not is_running)
        for widget in (self.bar, self.percent, self.cancel, self.stage):
            widget.setVisible(is_running)
        self.folder.setEnabled(not is_running)
        self.browse.setEnabled(not is_running)
        if is_running:
            self._show_fraction(0.0)
            self.stage.set_full_text(self.tr("Starting…"))
            self.notes.show_notes([])
            self._say("", None, "")
        else:
            self.button.setEnabled(not self._obstacle)
        if had_focus:
            (self.cancel if is_running else self.button).setFocus()

    def show_progress(self, progress: Progress) -> None:
        """Stage, tiles done, time left."""
        self._show_fraction(min(1.0, max(0.0, progress.fraction)))
        parts = [QCoreApplication.translate("progress", STAGE_LABELS[progress.stage])]
        if progress.total > 1:
            is_tiled = progress.stage is Stage.PREDICTING
            counted = self.tr("{done} of {total} tiles") if is_tiled else self.tr("{done} of {total}")
            parts.append(counted.format(done=progress.done, total=progress.total))
        if progress.seconds_left is not None:
            parts.append(self.tr("{time} left").format(time=texts.duration(progress.seconds_left)))
        if not self._is_cancelling:
            self.stage.set_full_text(" · ".join(parts))

    def _show_fraction(self, fraction: float) -> None:
        self.bar.setValue(round(fraction * PROGRESS_STEPS))
        self.percent.setText(self.tr("{percent} %").format(percent=int(100 * fraction)))

    def show_finished(self, result: MapResult, speed: Speed | None = None) -> None:
        """The result in one line, and how fast it was."""
        self.show_running(False)
        self._result_folder = result.out_dir
        self.notes.show_notes(in_order_of_weight(result.notes))
        details = {
            "count": texts.number(result.outline_count),
            "area": texts.number(result.area_km2, 1 if result.area_km2 >= 10 else 2),
            "time": texts.seconds_taken(result.seconds),
        }
        if result.outline_count == 0:
            text = self.tr("No glacier found in the view, in {time}. A lower threshold takes more.")
            self._say("info", Accent.WARN, text.format(**details))
            return
        one, many = self.tr("1 outline, {area} km², in {time}"), self.tr("{count} outlines, {area} km², in {time}")
        text = (one if result.outline_count == 1 else many).format(**details)
        if speed is not None:
            text = f"{text}\n{texts.speed(speed)}"
        self._say("certain", Accent.GOOD, text)
        self.open_folder.show()

    def show_error(self, error: GlacierMapperError) -> None:
        """What happened and the remedy."""
        self.show_running(False)
        self.notes.show_notes([])
        if isinstance(error, Cancelled):
            self._say("info", Accent.INFO, texts.error_text(error))
        else:
            self._say("unsure", Accent.BAD, texts.error_text(error))

    def forget_result(self) -> None:
        """Another project: what the last run said is no more about what is seen. A run that goes on stays."""
        if not self._is_running:
            self.notes.show_notes([])
            self._say("", None, "")
            if self._obstacle:
                self._say("info", Accent.WARN, self._obstacle)

    def out_folder(self) -> str:
        """The folder, "" for the default."""
        return self.folder.text().strip()

    def set_out_folder(self, folder: str, default: str) -> None:
        """Show a folder and the default, without a signal."""
        self._folder_told = folder
        self.folder.setText(folder)
        self.folder.setPlaceholderText(default or self.tr("beside the project"))
        self.folder.setToolTip(folder or default)

    def _say(self, icon: str, kind: Accent | None, text: str) -> None:
        self.glyph.show_icon(icon, kind, "")
        self.glyph.setVisible(bool(text))
        self.status.setText(text)
        self.status.setVisible(bool(text))
        self.status.set_tone(kind if kind in (Accent.BAD, Accent.WARN) else "")
        self.open_folder.hide()
        self.zoom.hide()

    def cancel_run(self) -> None:
        """Ask for the end of the run, once."""
        if self._is_running and not self._is_cancelling:
            self._is_cancelling = True  # the button stays enabled, else the focus would jump elsewhere
            self.stage.set_full_text(self.tr("Cancelling…"))
            self.cancelRequested.emit()

    def _on_open(self) -> None:
        self.openFolderRequested.emit(self._result_folder)

    def _on_folder_edited(self) -> None:
        if self.out_folder() != self._folder_told:
            self._folder_told = self.out_folder()
            self.outFolderChanged.emit(self.out_folder())

    def _choose_folder(self) -> None:
        title = self.tr("Folder for the results")
        folder = QFileDialog.getExistingDirectory(self, title, self.out_folder() or self.folder.placeholderText())
        if folder:
            self.folder.setText(folder)
            self._on_folder_edited()
