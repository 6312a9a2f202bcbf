"""Which columns are exported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QToolButton, QVBoxLayout, QWidget

NAME_ROLE = int(Qt.ItemDataRole.UserRole) + 1
LABEL_ROLE = int(Qt.ItemDataRole.UserRole) + 2


class FieldChooser(QWidget):
    """A check box for each column, with its name in the file."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Columns to export"))
        self.list.setMinimumHeight(5 * self.fontMetrics().height())
        self.all = self._button(self.tr("All"))
        self.none = self._button(self.tr("None"))
        row = QHBoxLayout()
        row.addWidget(self.all)
        row.addWidget(self.none)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.list, 1)
        layout.addLayout(row)
        self.all.clicked.connect(lambda _checked=False: self._set_all(Qt.CheckState.Checked))
        self.none.clicked.connect(lambda _checked=False: self._set_all(Qt.CheckState.Unchecked))
        self.list.itemChanged.connect(lambda _item: self.changed.emit())

    def _button(self, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def show_fields(self, fields: Sequence[tuple[str, str]]) -> None:
        """Offer columns, (name, label) each, all of them checked."""
        self.list.blockSignals(True)
        self.list.clear()
        for name, label in fields:
            item = QListWidgetItem(label)
            item.setData(NAME_ROLE, name)
            item.setData(LABEL_ROLE, label)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self.show_names({})

    def show_names(self, names: Mapping[str, str]) -> None:
        """Say how each column is called in the file, where that differs."""
        self.list.blockSignals(True)
        for place in range(self.list.count()):
            item = self.list.item(place)
            name = item.data(NAME_ROLE)
            file_name = names.get(name, name)
            text = self.tr("{label} → {name}").format(label=item.data(LABEL_ROLE), name=file_name)
            item.setText(text)
            item.setToolTip(name)
        self.list.blockSignals(False)

    def chosen(self) -> tuple[str, ...]:
        """The names of the columns that are checked, in order."""
        items = [self.list.item(place) for place in range(self.list.count())]
        return tuple(item.data(NAME_ROLE) for item in items if item.checkState() == Qt.CheckState.Checked)

    def _set_all(self, state: Qt.CheckState) -> None:
        self.list.blockSignals(True)
        for place in range(self.list.count()):
            self.list.item(place).setCheckState(state)
        self.list.blockSignals(False)
        self.changed.emit()
