"""What a network is computed on: this machine's devices, and the model servers that the user has added."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QCoreApplication, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QLabel, QWidget

from ..core.devices import AUTOMATIC, CPU, Device
from ..core.request import is_server
from ..core.runner_face import ACCELERATOR_LABELS
from ..core.servers import ServerSetting
from . import texts
from .colors import Accent
from .parts import column, row
from .widgets import Glyph, WrapLabel, combo_box, small, tool_button


class DevicePanel(QWidget):
    """A combo box, and a line where something is to be said about the choice."""

    deviceChanged = pyqtSignal(str)
    serversRequested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted = ""
        self._devices: tuple[Device, ...] = (CPU,)
        self._servers: tuple[ServerSetting, ...] = ()
        self._is_known = False
        self.combo = combo_box(self, self.tr("Compute on"))
        self.combo.setObjectName("deviceCombo")
        label = QLabel(self.tr("C&ompute on"), self)
        label.setBuddy(self.combo)
        self.servers = tool_button(self, "server", self.tr("Model servers…"))
        self.servers.setToolTip(self.tr("Add and change model servers"))
        self.servers.clicked.connect(self.serversRequested)
        self.glyph = Glyph(self, 14)
        self.note = small(WrapLabel(self))
        head, below = row(), row(4)
        head.addWidget(label)
        head.addWidget(self.combo, 1)
        head.addWidget(self.servers)
        below.addWidget(self.glyph, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self.note, 1)
        layout = column(self, gap=2)
        layout.addLayout(head)
        layout.addLayout(below)
        self.combo.activated.connect(self._on_picked)
        self._fill()

    def show_devices(self, devices: Sequence[Device]) -> None:
        """The devices of this machine, from the runner."""
        self._devices, self._is_known = tuple(devices) or (CPU,), True
        self._fill()

    def show_servers(self, servers: Sequence[ServerSetting]) -> None:
        """The user's servers."""
        self._servers = tuple(servers)
        self._fill()

    def device(self) -> str:
        """The device chosen: a name, or a server's address. What is not there counts as automatic."""
        return self.combo.currentData() or AUTOMATIC

    def wish(self) -> str:
        """The device chosen, also where it is not there now: what a project keeps."""
        return self._wanted or self.device()

    def set_device(self, name: str) -> None:
        """Choose a device, without a signal; one that is not there is told, and automatic stands in for it."""
        self._wanted = name or AUTOMATIC
        self._fill()

    def _fill(self) -> None:
        wish = self.wish()
        self.combo.blockSignals(True)
        self.combo.clear()
        self.combo.addItem(self._automatic_text(), AUTOMATIC)
        for device in self._devices:
            if device.available:
                self.combo.addItem(device_title(device), device.name)
        for server in self._servers:
            self.combo.addItem(self.tr("Server {address}").format(address=_short(server.url)), server.url)
            self.combo.setItemData(self.combo.count() - 1, server.url, Qt.ItemDataRole.ToolTipRole)
        place = self.combo.findData(wish)
        self.combo.setCurrentIndex(max(0, place))
        self.combo.blockSignals(False)
        self._wanted = wish
        self.combo.setToolTip(self._tip())
        self._say(place >= 0)

    def _title_of(self, name: str) -> str:
        """A device as the list names it, also one that the runner does not know of."""
        return device_title(next((device for device in self._devices if device.name == name), Device(name, "")))

    def _automatic_text(self) -> str:
        if not self._is_known:
            return self.tr("Automatic")
        chosen = next((device for device in self._devices if device.chosen), CPU)
        return self.tr("Automatic: {device}").format(device=device_title(chosen))

    def _tip(self) -> str:
        lines = [self.combo.currentText()]
        for device in self._devices:
            if not device.available and device.reason is not None:
                reason = texts.translated(device.reason)
                lines.append(self.tr("{device}: {reason}").format(device=device_title(device), reason=reason))
        return "\n".join(lines)

    def _say(self, is_there: bool) -> None:
        text, tone = "", Accent.WARN
        if not is_there and is_server(self._wanted):
            text = self.tr(
                "This project computes on {address}, which is not among your model servers. "
                "Add it under Model servers, or go on with another device."
            ).format(address=self._wanted)
        elif not is_there and self._is_known:
            text = self.tr("“{device}” is not available on this machine; automatic stands in for it.").format(
                device=self._title_of(self._wanted)
            )
        elif is_server(self.device()):
            text, tone = self.tr("The tiles leave this machine: they are computed on the server."), Accent.INFO
        self.glyph.show_icon("unsure" if tone is Accent.WARN else "info", tone, "")
        self.glyph.setVisible(bool(text))
        self.note.setText(text)
        self.note.set_tone(tone if tone is Accent.WARN else "soft")
        self.note.setVisible(bool(text))

    def _on_picked(self, _: int) -> None:
        before, self._wanted = self._wanted, self.combo.currentData()
        self.combo.setToolTip(self._tip())
        self._say(is_there=True)
        if self._wanted != before:
            self.deviceChanged.emit(self.device())


def device_title(device: Device) -> str:
    """A device for people."""
    if device.title:
        return texts.device(device.title)
    return QCoreApplication.translate("setup", ACCELERATOR_LABELS.get(device.name, device.name))


def _short(url: str) -> str:
    """An address without what all have in common."""
    return url.split("://", 1)[-1]
