"""The bottom line of the dock: help, diagnostics, log, options, and the care of the model runner."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QMenu, QToolButton, QWidget

from ..core.runner_face import RunnerCondition, RunnerFace
from .parts import row
from .widgets import tool_button


class Foot(QWidget):
    """Tool buttons; the panel connects them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.help = tool_button(self, "help", self.tr("Help"), self.tr("Open the user guide"))
        self.diagnostics = tool_button(
            self,
            "copy",
            self.tr("Copy diagnostics"),
            self.tr("Copy versions, paths, device and last errors to the clipboard; nothing private"),
        )
        self.log = tool_button(self, "log", self.tr("Show log"), self.tr("Show the log of Glacier Mapper"))
        self.options = tool_button(self, "options", self.tr("Options"), self.tr("Threads, memory, analyst, folders"))
        self.runner = tool_button(self, "more", self.tr("Model runner"), self.tr("Repair or remove the model runner"))
        self.help.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.diagnostics.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._build_menu()
        layout = row(0)
        layout.setContentsMargins(4, 2, 4, 2)
        for button in (self.help, self.diagnostics):
            layout.addWidget(button)
        layout.addStretch(1)
        for button in (self.log, self.options, self.runner):
            layout.addWidget(button)
        self.setLayout(layout)

    def _build_menu(self) -> None:
        menu = QMenu(self)
        self.repair = menu.addAction(self.tr("&Repair model runner"))
        self.remove = menu.addAction(self.tr("Re&move model runner"))
        self.runner.setMenu(menu)
        self.runner.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.repair.setEnabled(False)
        self.remove.setEnabled(False)

    def show_runner(self, face: RunnerFace) -> None:
        """What can be done with the runner in its condition."""
        is_there = face.condition in (RunnerCondition.READY, RunnerCondition.BROKEN, RunnerCondition.OUTDATED)
        self.repair.setEnabled(is_there)
        self.remove.setEnabled(is_there)

    def focus_chain(self) -> list[QWidget]:
        """In the order of the Tab key."""
        return [self.help, self.diagnostics, self.log, self.options, self.runner]
