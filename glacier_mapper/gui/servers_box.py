"""The user's model servers, as a list to add to, change and remove from."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QAbstractItemView, QDialog, QListWidget, QListWidgetItem, QPushButton, QWidget

from ..core.servers import ServerSetting
from .parts import column, row
from .server_dialog import AskServer, ServerDialog
from .widgets import WrapLabel, small

SERVER_ROLE = int(Qt.ItemDataRole.UserRole) + 1
LINES = 4


class ServersBox(QWidget):
    """Nothing is saved here: `servers()` is what the list holds."""

    def __init__(self, ask: AskServer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Model servers"))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedHeight(LINES * (self.fontMetrics().height() + 6))
        self.empty = small(WrapLabel(self))
        self.empty.set_tone("soft")
        self.empty.setText(self.tr("No server yet: networks are computed on this machine."))
        self.add = QPushButton(self.tr("A&dd…"), self)
        self.change = QPushButton(self.tr("&Change…"), self)
        self.remove = QPushButton(self.tr("Remo&ve"), self)
        buttons = row()
        for button in (self.add, self.change, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = column(self, gap=4)
        layout.addWidget(self.list)
        layout.addWidget(self.empty)
        layout.addLayout(buttons)
        self.add.clicked.connect(lambda _checked=False: self._edit(None))
        self.change.clicked.connect(lambda _checked=False: self._edit(self.list.currentItem()))
        self.list.itemActivated.connect(self._edit)
        self.remove.clicked.connect(self._on_remove)
        self.list.currentItemChanged.connect(lambda *_: self._enable())
        self.show_servers(())

    def show_servers(self, servers: Sequence[ServerSetting]) -> None:
        """Show servers."""
        self.list.clear()
        for server in servers:
            self._put(QListWidgetItem(), server)
        self._enable()

    def servers(self) -> tuple[ServerSetting, ...]:
        """What the list holds."""
        return tuple(self.list.item(n).data(SERVER_ROLE) for n in range(self.list.count()))

    def put(self, server: ServerSetting) -> None:
        """Add a server, or change the one at its address."""
        places = {self.list.item(n).data(SERVER_ROLE).url: self.list.item(n) for n in range(self.list.count())}
        item = places.get(server.url) or QListWidgetItem()
        self._put(item, server)
        self.list.setCurrentItem(item)
        self._enable()

    def _put(self, item: QListWidgetItem, server: ServerSetting) -> None:
        item.setData(SERVER_ROLE, server)
        item.setText(self._text(server))
        item.setToolTip(self._text(server))
        if item.listWidget() is None:
            self.list.addItem(item)

    def _text(self, server: ServerSetting) -> str:
        loss = self.tr("stops when it dies") if server.on_loss == "stop" else self.tr("goes on here when it dies")
        door = self.tr("with authentication") if server.auth_id else self.tr("open")
        return self.tr("{address} · {door} · {loss}").format(address=server.url, door=door, loss=loss)

    def _edit(self, item: QListWidgetItem | None) -> None:
        before = None if item is None else item.data(SERVER_ROLE)
        dialog = ServerDialog(self._ask, before, self)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            after = dialog.setting()
            if before is not None and before.url != after.url:
                self.list.takeItem(self.list.row(item))
            self.put(after)
        dialog.deleteLater()

    def _on_remove(self) -> None:
        self.list.takeItem(self.list.currentRow())
        self._enable()

    def _enable(self) -> None:
        there = self.list.currentItem() is not None
        self.change.setEnabled(there)
        self.remove.setEnabled(there)
        self.empty.setVisible(not self.list.count())
        self.list.setVisible(bool(self.list.count()))
