"""Every window of the plugin in the real program, photographed: for looking at, and each must open and fit its screen.

The runner is that of a real environment where `wheels` is among the arguments, so that the form for Keras weights
says what is missing and adds it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).parent))

import steps


def modal(desktop, open_it, take):
    """Open a modal dialog and do something with it; it is closed afterwards."""

    def meet():
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            QTimer.singleShot(100, meet)
            return
        try:
            desktop.wait(0.5)
            take(dialog)
        finally:
            dialog.reject()

    QTimer.singleShot(100, meet)
    open_it()


def picture(desktop, widget, name):
    """A window as it is drawn, and that all of it is on the screen."""
    desktop.wait(0.3)
    widget.grab().save(str(desktop.folder / name))
    room = widget.screen().availableGeometry()
    fits = widget.width() <= room.width() and widget.height() <= room.height()
    desktop.expect(fits, f"{name}: {widget.width()} x {widget.height()} does not fit {room}")


def install(desktop, dock):
    card = dock.map.card
    desktop.wait_until(lambda: card.face.condition.value == "missing" and card.action.isVisible(), 30, "the card")
    desktop.screenshot("card.png")
    picture(desktop, dock, "card_dock.png")
    card.wheel_folder.setText(desktop.arguments["wheels"])
    card.wheel_folder.editingFinished.emit()
    desktop.wait(0.5)
    desktop.click(card.action)
    desktop.wait_until(lambda: card.face.condition.value == "ready" or card.error.isVisible(), 120, "the installation")
    desktop.expect(card.face.condition.value == "ready", card.error.text())


def add_training(desktop, form):
    box = form.add_on
    desktop.wait_until(box.install.isVisible, 20, "the offer")
    picture(desktop, form, "keras_missing.png")
    desktop.click(box.install)
    desktop.wait_until(box.cancel.isVisible, 20, "progress")
    picture(desktop, form, "keras_installing.png")
    desktop.wait_until(lambda: box.isHidden() or box.error.isVisible(), 120, "the add-on")
    desktop.note(add_on="added" if box.isHidden() else box.error.text())
    picture(desktop, form, "keras_ready.png")


def scenario(desktop):
    dock = steps.open_dock(desktop)
    if "wheels" in desktop.arguments:
        install(desktop, dock)
    steps.add_scene(desktop, desktop.arguments["scene"], desktop.arguments.get("dem"))
    panel = dock.map.model
    desktop.wait_until(lambda: panel.combo.findData(desktop.arguments["model"]) >= 0, 20, "the package")
    panel.combo.setCurrentIndex(panel.combo.findData(desktop.arguments["model"]))
    panel.combo.activated.emit(panel.combo.currentIndex())
    dock.map.layers_section.set_open(False)
    panel.network.section.set_open(True)
    desktop.wait(1.5)
    desktop.screenshot("networks.png")
    picture(desktop, dock, "networks_dock.png")
    models = desktop.plugin.session.models
    manager = models.manage.open()
    desktop.wait(1.0)
    manager.list.select(desktop.arguments["model"])
    picture(desktop, manager, "models.png")
    modal(desktop, manager.from_keras.trigger,
          lambda form: add_training(desktop, form) if "wheels" in desktop.arguments
          else picture(desktop, form, "keras.png"))
    modal(desktop, manager.from_address.trigger, lambda form: picture(desktop, form, "address.png"))
    manager.reject()
    servers(desktop)


def servers(desktop):
    from glacier_mapper.core.servers import ServerReport, ServerSetting
    from glacier_mapper.gui.server_dialog import ServerDialog

    dialog = ServerDialog(lambda *_: None, ServerSetting("https://gpu.example.org:8000"), desktop.iface.mainWindow())
    dialog.show()
    picture(desktop, dialog, "server.png")
    dialog.show_answer(ServerReport("", True, "triton", "2.51.0", ("compact", "glavitu-global")))
    picture(desktop, dialog, "server_answers.png")
    dialog.reject()
    modal(desktop, desktop.plugin._desktop._open_options, lambda page: picture(desktop, page, "options.png"))
