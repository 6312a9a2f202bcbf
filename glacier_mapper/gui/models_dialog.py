"""The model manager: which models there are, what they are, and how more of them come here."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QInputDialog,
    QMenu,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QSplitter,
    QWidget,
)  # fmt: skip

from ..core.errors import Cancelled, GlacierMapperError
from ..core.models import ModelInfo
from ..core.roles import Role
from ..core.runner_face import AddOnFace
from ..core.shelf import ModelShelf, Shelved
from . import texts
from .address_dialog import AddressDialog
from .colors import Accent
from .icons import plugin_icon, set_icon
from .keras_dialog import KerasDialog
from .model_details import ModelDetails
from .model_list import ModelList
from .parts import column, row
from .widgets import THEME_EVENTS, ElidedLabel, Glyph, WrapLabel, follow_theme, small

PROGRESS_STEPS = 1000
LIST_WIDTH = 360
"""Device-independent pixels; both halves need as much for their columns."""


class ModelsDialog(QDialog):
    """Not modal. Gestures out, `show_*` in; questions to the user are asked here."""

    fileChosen = pyqtSignal(str)  # a zip or a folder
    addressChosen = pyqtSignal(str, str)  # URL, SHA-256 or ""
    importRequested = pyqtSignal(object)  # a KerasForm
    removeRequested = pyqtSignal(object)  # a Shelved
    checkRequested = pyqtSignal(object)  # a Shelved
    cancelRequested = pyqtSignal()
    addOnWanted = pyqtSignal()  # the form for Keras weights opens: answer with show_add_on
    addOnRequested = pyqtSignal()
    addOnCancelled = pyqtSignal()
    refreshRequested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("GlacierMapperModels")
        self.setWindowTitle(self.tr("Models"))
        self.setWindowIcon(plugin_icon())
        self.resize(940, 620)
        self._is_busy = False
        self._wanted = ""
        self._keras: KerasDialog | None = None
        self.list = ModelList(self)
        self.details = ModelDetails(self)
        self.empty = small(WrapLabel(self))
        self.empty.set_tone("soft")
        self._build_status()
        self._build_buttons()
        self._lay_out()
        self.list.chosen.connect(self._on_chosen)
        self.show_idle()

    def _build_status(self) -> None:
        self.glyph = Glyph(self, 16)
        self.status = WrapLabel(self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.busy_text = ElidedLabel(self)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.cancel.clicked.connect(self._on_cancel)

    def _build_buttons(self) -> None:
        self.add = QPushButton(self.tr("&Add a model"), self)
        set_icon(self.add, "download")
        menu = QMenu(self)
        self.from_file = menu.addAction(self.tr("From a &zip file…"))
        self.from_folder = menu.addAction(self.tr("From a &folder…"))
        self.from_address = menu.addAction(self.tr("From an &address…"))
        menu.addSeparator()
        self.from_keras = menu.addAction(self.tr("Import &Keras weights…"))
        self.add.setMenu(menu)
        self.check = QPushButton(self.tr("Chec&k"), self)
        self.check.setToolTip(self.tr("Compute the sample that came with the package and compare"))
        set_icon(self.check, "certain")
        self.remove = QPushButton(self.tr("&Remove…"), self)
        set_icon(self.remove, "remove")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.from_file.triggered.connect(self._choose_file)
        self.from_folder.triggered.connect(self._choose_folder)
        self.from_address.triggered.connect(self._choose_address)
        self.from_keras.triggered.connect(self._choose_keras)
        self.check.clicked.connect(lambda _checked=False: self.checkRequested.emit(self.list.entry()))
        self.remove.clicked.connect(self._on_remove)
        self.buttons.rejected.connect(self.reject)

    def _lay_out(self) -> None:
        left = QWidget(self)
        left.setMinimumWidth(LIST_WIDTH)
        self.details.setMinimumWidth(LIST_WIDTH)
        inside = column(left)
        inside.addWidget(self.list, 1)
        inside.addWidget(self.empty)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.addWidget(left)
        split.addWidget(self.details)
        split.setChildrenCollapsible(False)
        split.setSizes([460, 480])
        said, busy, foot = row(), row(), row()
        said.addWidget(self.glyph, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.status, 1)
        busy.addWidget(self.busy_text, 2)
        busy.addWidget(self.bar, 3)
        busy.addWidget(self.cancel)
        for button in (self.add, self.check, self.remove):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self.buttons)
        layout = column(self, margin=10, gap=8)
        layout.addWidget(split, 1)
        for line in (said, busy, foot):
            layout.addLayout(line)

    def changeEvent(self, event: Any) -> None:
        """Hand a change of theme on."""
        super().changeEvent(event)
        if event.type() in THEME_EVENTS:
            follow_theme(self)

    def show_view(self, roles: Collection[Role], here: str) -> None:
        """The roles that have a band in the dock, and the region of the view; call it before `show_shelf`."""
        self.list.show_view(roles, here)

    def show_shelf(self, shelf: ModelShelf) -> None:
        """Show what there is."""
        self.list.show_shelf(shelf)
        if self._wanted and self.list.select(self._wanted):
            self._wanted = ""
        text = self.tr("No package is installed yet. “Add a model” brings one here, from a file or from the network.")
        where = self.tr("Packages lie in {folder}").format(folder=shelf.home)
        self.empty.setText(where if shelf.packages else text)

    def show_add_on(self, face: AddOnFace) -> None:
        """Whether training and import are there, in the form for Keras weights while it is open."""
        if self._keras is not None:
            self._keras.show_add_on(face)

    def select(self, name: str) -> None:
        """Choose a model, now or when it comes."""
        self._wanted = "" if self.list.select(name) else name

    def show_busy(self, text: str, fraction: float | None) -> None:
        """Something is under way; None where nobody knows how far."""
        if not self._is_busy:
            self._is_busy = True
            self._say("", None, "")
        self.busy_text.set_full_text(text)
        self.bar.setRange(0, PROGRESS_STEPS if fraction is not None else 0)
        self.bar.setValue(round((fraction or 0.0) * PROGRESS_STEPS))
        self._refresh()

    def show_download(self, there: float, total: float) -> None:
        """How many bytes have arrived, of how many (0 where the server does not say)."""
        if total:
            text = self.tr("Downloading: {there} of {total}").format(
                there=texts.megabytes(there / 1e6), total=texts.megabytes(total / 1e6)
            )
        else:
            text = self.tr("Downloading: {there}").format(there=texts.megabytes(there / 1e6))
        self.show_busy(text, there / total if total else None)

    def show_idle(self) -> None:
        """Nothing is under way."""
        self._is_busy = False
        self._say("", None, "")
        self._refresh()

    def show_said(self, text: str) -> None:
        """What has been done."""
        self._say("certain", Accent.GOOD, text)

    def show_error(self, error: GlacierMapperError) -> None:
        """What went wrong and what to do."""
        if isinstance(error, Cancelled):
            self._say("info", Accent.INFO, texts.error_text(error))
        else:
            self._say("unsure", Accent.BAD, texts.error_text(error))

    def show_check(self, answer: dict[str, Any]) -> None:
        """How a package's own sample came out."""
        difference, tolerance = answer.get("max_difference"), answer.get("tolerance")
        name = str(answer.get("package", ""))
        if difference is None or tolerance is None:
            text = self.tr("“{model}” loads and fits its card; it brought no sample to compare with.")
            self._say("info", Accent.INFO, text.format(model=name))
            return
        text = self.tr("“{model}” computes its sample as it should: at most {difference} off, {tolerance} is allowed.")
        numbers = {"difference": f"{difference:.1e}", "tolerance": f"{tolerance:.1e}"}
        self._say("certain", Accent.GOOD, text.format(model=name, **numbers))

    def confirm_replace(self, name: str) -> bool:
        """Whether a package of this name may be replaced."""
        text = self.tr("A model “{model}” is installed already. Replace it?").format(model=name)
        return self._ask(self.tr("Replace the model?"), text)

    def ask_name(self, error: GlacierMapperError) -> str:
        """What a package is to be called that can't have its name; "" for not at all."""
        return QInputDialog.getText(self, self.tr("Name of the model"), texts.error_text(error))[0].strip()

    def reject(self) -> None:
        """Close, by whichever way; what is under way is cancelled."""
        if self._is_busy:
            self.cancelRequested.emit()
        super().reject()

    def _ask(self, title: str, text: str) -> bool:
        yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
        return QMessageBox.question(self, title, text, yes | no, no) == yes

    def _say(self, icon: str, kind: Accent | None, text: str) -> None:
        self.glyph.show_icon(icon, kind, "")
        self.glyph.setVisible(bool(text))
        self.status.setText(text)
        self.status.setVisible(bool(text))
        self.status.set_tone(Accent.BAD if kind is Accent.BAD else "")

    def _refresh(self) -> None:
        for widget in (self.bar, self.busy_text, self.cancel):
            widget.setVisible(self._is_busy)
        self.cancel.setEnabled(True)
        entry = self.list.entry()
        package = entry if isinstance(entry, Shelved) else None
        self.add.setEnabled(not self._is_busy)
        self.check.setEnabled(not self._is_busy and package is not None and package.card is not None)
        self.remove.setEnabled(not self._is_busy and package is not None and package.removable)

    def _on_chosen(self, entry: ModelInfo | Shelved | None) -> None:
        if entry is None:
            self.details.show_nothing()
        else:
            info = entry if isinstance(entry, ModelInfo) else entry.card and entry.card.info()
            card = None if isinstance(entry, ModelInfo) else entry.card
            self.details.show_model(entry, self.list.fit_text(info, card) if info is not None else None)
        self._refresh()

    def _on_cancel(self) -> None:
        self.cancel.setEnabled(False)
        self.busy_text.set_full_text(self.tr("Cancelling…"))
        self.cancelRequested.emit()

    def _on_remove(self) -> None:
        package = self.list.entry()
        text = self.tr("Remove “{model}” with all of its files? Maps made with it stay as they are.")
        if self._ask(self.tr("Remove the model?"), text.format(model=package.name)):
            self.removeRequested.emit(package)

    def _choose_file(self) -> None:
        filters = self.tr("Model packages (*.zip);;All files (*)")
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Model package"), "", filters)
        if path:
            self.fileChosen.emit(path)

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, self.tr("Folder of a model package"), "")
        if path:
            self.fileChosen.emit(path)

    def _choose_address(self) -> None:
        dialog = AddressDialog(self)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.addressChosen.emit(dialog.address(), dialog.sha256())
        dialog.deleteLater()

    def _choose_keras(self) -> None:
        self._keras = dialog = KerasDialog(self)
        dialog.add_on.installRequested.connect(self.addOnRequested)
        dialog.add_on.cancelRequested.connect(self.addOnCancelled)
        self.addOnWanted.emit()
        answer = dialog.exec()
        self._keras = None
        if answer == QDialog.DialogCode.Accepted:
            self.importRequested.emit(dialog.form())
        dialog.deleteLater()
