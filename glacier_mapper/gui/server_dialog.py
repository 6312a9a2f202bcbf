"""One model server: its address, what opens its door, and what to do when it dies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.gui import QgsAuthConfigSelect, QgsFileWidget
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDialogButtonBox, QFormLayout, QLineEdit, QPushButton, QWidget

from ..core.errors import GlacierMapperError, InvalidParameterError
from ..core.servers import ServerReport, ServerSetting, clean_address
from . import texts
from .colors import Accent
from .icons import set_icon
from .parts import FormDialog, column, row
from .widgets import Glyph, WrapLabel, combo_box, small

AskServer = Callable[[ServerSetting, Callable[[Any], None]], None]
"""(server, answer): `answer` gets a ServerReport or a GlacierMapperError."""
MOST_MODELS = 6


class ServerDialog(FormDialog):
    """Modal; `setting()` is what was entered. Secrets stay in QGIS's store: here is only the id of a configuration."""

    def __init__(self, ask: AskServer, setting: ServerSetting | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self.setWindowTitle(self.tr("Model server"))
        self.setMinimumWidth(520)
        self._build()
        self._lay_out()
        self.address.textChanged.connect(self._on_change)
        self.test.clicked.connect(self._on_test)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        if setting is not None:
            self.show_setting(setting)
        self._on_change()

    def _build(self) -> None:
        self.address = QLineEdit(self)
        self.address.setPlaceholderText("https://server:8000")
        self.address.setAccessibleName(self.tr("Address"))
        self.auth = QgsAuthConfigSelect(self)
        tip = self.tr("From QGIS's own authentication store. A token: API header, or basic with the user name Bearer.")
        self.auth.setToolTip(tip)
        self.ca_file = QgsFileWidget(self)
        self.ca_file.setFilter(self.tr("Certificates (*.pem *.crt *.cer);;All files (*)"))
        self.ca_file.setDialogTitle(self.tr("Certificate of the authority"))
        self.ca_file.lineEdit().setPlaceholderText(self.tr("those that this machine trusts"))
        self.ca_file.lineEdit().setAccessibleName(self.tr("Certificate of the authority"))
        self.on_loss = combo_box(self, self.tr("When the server fails"))
        self.on_loss.addItem(self.tr("go on here"), "local")
        self.on_loss.addItem(self.tr("stop the run"), "stop")
        self.test = QPushButton(self.tr("&Test connection"), self)
        set_icon(self.test, "server")
        self.glyph = Glyph(self, 16)
        self.said = WrapLabel(self)
        ok, cancel = QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel
        self.buttons = QDialogButtonBox(ok | cancel, self)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("&Address"), self.address)
        form.addRow(self.tr("Authentication"), self.auth)
        form.addRow(self.tr("&Certificate"), self.ca_file)
        form.addRow(self.tr("When it &fails"), self.on_loss)
        tested = row()
        tested.addWidget(self.test)
        tested.addStretch(1)
        form.addRow("", tested)
        said = row()
        said.addWidget(self.glyph, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.said, 1)
        note = small(WrapLabel(self))
        note.set_tone("soft")
        note.setText(
            self.tr(
                "A server that speaks the Open Inference Protocol v2 over HTTP: Triton, OpenVINO Model Server, KServe "
                "or MLServer. It must have the same model packages; the tiles of your scene are sent to it."
            )
        )
        layout = column(self, margin=12, gap=8)
        layout.addLayout(form)
        layout.addLayout(said)
        layout.addWidget(note)
        layout.addStretch(1)
        layout.addWidget(self.buttons)

    def show_setting(self, setting: ServerSetting) -> None:
        """Show a server that is there already."""
        self.address.setText(setting.url)
        self.auth.setConfigId(setting.auth_id)
        self.ca_file.setFilePath(setting.ca_file)
        self.on_loss.setCurrentIndex(self.on_loss.findData(setting.on_loss))

    def setting(self) -> ServerSetting:
        """What was entered. Raises InvalidParameterError."""
        return ServerSetting(
            url=clean_address(self.address.text()),
            auth_id=self.auth.configId(),
            ca_file=self.ca_file.filePath().strip(),
            on_loss=self.on_loss.currentData(),
        )

    def show_answer(self, answer: ServerReport | GlacierMapperError) -> None:
        """What the server said, or what is wrong."""
        if sip.isdeleted(self):
            return
        self.test.setEnabled(True)
        if isinstance(answer, GlacierMapperError):
            self._say("unsure", Accent.BAD, texts.error_text(answer))
        elif not answer.live:
            self._say("unsure", Accent.WARN, self.tr("The server answers, but says that it is not ready yet."))
        else:
            self._say("certain", Accent.GOOD, self._report_text(answer))

    def _report_text(self, report: ServerReport) -> str:
        name = f"{report.name} {report.version}".strip() or report.url
        if not report.models:
            return self.tr("{server} answers. It keeps the list of its models to itself.").format(server=name)
        models = ", ".join(report.models[:MOST_MODELS])
        more = len(report.models) - MOST_MODELS
        text = self.tr("{server} answers and serves {models}.") if more <= 0 else self.tr(
            "{server} answers and serves {models} and {count} more."
        )
        return text.format(server=name, models=models, count=more)

    def _say(self, icon: str, kind: Accent | None, text: str) -> None:
        self.glyph.show_icon(icon, kind, "")
        self.glyph.setVisible(bool(text))
        self.said.setText(text)
        self.said.setVisible(bool(text))
        self.said.set_tone(Accent.BAD if kind is Accent.BAD else "")

    def _on_change(self, *_: object) -> None:
        there = bool(self.address.text().strip())
        self.test.setEnabled(there)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(there)
        self._say("", None, "")

    def _on_test(self) -> None:
        try:
            setting = self.setting()
        except InvalidParameterError as error:
            self._say("unsure", Accent.BAD, texts.error_text(error))
            return
        self.test.setEnabled(False)
        self._say("refresh", Accent.INFO, self.tr("Asking the server…"))
        self._ask(setting, self.show_answer)

    def _accept(self) -> None:
        try:
            self.setting()
        except InvalidParameterError as error:
            self._say("unsure", Accent.BAD, texts.error_text(error))
            return
        self.accept()
