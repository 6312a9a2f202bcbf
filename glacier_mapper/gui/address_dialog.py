"""The address of a model package, and its checksum where it is known."""

from __future__ import annotations

import re

from qgis.PyQt.QtWidgets import QDialogButtonBox, QFormLayout, QLineEdit, QWidget

from .colors import Accent
from .parts import FormDialog, column
from .widgets import WrapLabel, small

SHA256 = re.compile(r"[0-9a-f]{64}")


class AddressDialog(FormDialog):
    """Modal; `address()` and `sha256()` are what was typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Add a model from an address"))
        self.setMinimumWidth(460)
        self.url = QLineEdit(self)
        self.url.setPlaceholderText("https://…/model.zip")
        self.url.setAccessibleName(self.tr("Address"))
        self.sum = QLineEdit(self)
        self.sum.setPlaceholderText(self.tr("64 digits, where the page of the model names it"))
        self.sum.setAccessibleName(self.tr("SHA-256 checksum"))
        note = small(WrapLabel(self))
        note.set_tone("soft")
        note.setText(
            self.tr(
                "A package is a zip with model.json and model.onnx. It is fetched through QGIS's own network settings; "
                "the checksum in the package is verified in any case."
            )
        )
        self.fault = WrapLabel(self)
        self.fault.set_tone(Accent.BAD)
        self.fault.hide()
        ok, cancel = QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel
        self.buttons = QDialogButtonBox(ok | cancel, self)
        self.buttons.button(ok).setText(self.tr("Download"))
        form = QFormLayout()
        form.addRow(self.tr("&Address"), self.url)
        form.addRow(self.tr("&SHA-256"), self.sum)
        layout = column(self, margin=12, gap=8)
        layout.addLayout(form)
        layout.addWidget(note)
        layout.addWidget(self.fault)
        layout.addStretch(1)
        layout.addWidget(self.buttons)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        self.url.textChanged.connect(self._on_text)
        self._on_text()

    def address(self) -> str:
        """What was typed as an address."""
        return self.url.text().strip()

    def sha256(self) -> str:
        """The checksum in small letters, "" for none."""
        return self.sum.text().strip().lower().replace(" ", "")

    def _on_text(self, *_: object) -> None:
        self.fault.hide()
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(self.address()))

    def _accept(self) -> None:
        if not self.address().lower().startswith(("http://", "https://")):
            self.fault.setText(self.tr("The address must begin with https:// or http://."))
        elif self.sha256() and not SHA256.fullmatch(self.sha256()):
            text = self.tr("A SHA-256 checksum has 64 digits from 0 to 9 and a to f. Leave it empty if unsure.")
            self.fault.setText(text)
        else:
            self.accept()
            return
        self.fault.show()
