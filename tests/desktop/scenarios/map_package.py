"""Add a model package through the manager, check it, map with it, and look at the map while it grows."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import steps
from qgis.core import QgsProject
from qgis.PyQt.QtWidgets import QApplication


def live_layers():
    layers = QgsProject.instance().mapLayers().values()
    return [layer for layer in layers if layer.customProperty("glacier_mapper/product") == "live"]


def manager(desktop):
    return next(one for one in QApplication.topLevelWidgets() if one.objectName() == "GlacierMapperModels")


def add_packages(desktop, dock, files):
    """Through the manager, as a click would; returns what its status line said."""
    desktop.click(dock.map.model.manage)
    dialog = desktop.wait_until(lambda: manager(desktop), 10, "the model manager")
    desktop.wait_until(dialog.list.topLevelItemCount, 10, "the list of models")
    desktop.screenshot("manager_empty.png")
    for file in files:
        dialog.fileChosen.emit(str(file))
        desktop.wait_until(lambda: not dialog.bar.isVisible() and dialog.status.text(), 30, "the package")
    desktop.wait_until(dialog.check.isEnabled, 10, "the package in the list")
    added = dialog.status.text()
    desktop.click(dialog.check)
    desktop.wait_until(lambda: "sample" in dialog.status.text(), 60, "the check")
    dialog.grab().save(str(desktop.folder / "manager.png"))
    desktop.screenshot("manager_over_qgis.png")
    desktop.note(added=added, checked=dialog.status.text(), details=dialog.details.texts())
    dialog.reject()


def import_keras(desktop, dock, values):
    """Keras weights through the manager's form; returns the dialog."""
    from glacier_mapper.core.branches import Branch
    from glacier_mapper.core.keras_form import KerasForm

    desktop.click(dock.map.model.manage)
    dialog = desktop.wait_until(lambda: manager(desktop), 10, "the model manager")
    inputs = tuple(Branch(name) for name in values.pop("inputs"))
    dialog.importRequested.emit(KerasForm(inputs=inputs, **values))
    desktop.wait_until(lambda: not dialog.bar.isVisible() and dialog.status.text(), 240, "the import")
    desktop.note(imported=dialog.status.text())
    desktop.wait_until(lambda: dialog.list.select(values["name"]), 10, "the package in the list")
    desktop.settle()
    dialog.grab().save(str(desktop.folder / "imported.png"))
    bar = dialog.details.verticalScrollBar()
    bar.setValue(bar.maximum())
    desktop.settle()
    dialog.grab().save(str(desktop.folder / "imported_curve.png"))
    desktop.note(imported_details=dialog.details.texts())
    dialog.reject()


def add_server(desktop, dock, url, token):
    """A server with a token in QGIS's own store, tested in its dialog and chosen in the dock."""
    import dataclasses

    from qgis.core import QgsApplication, QgsAuthMethodConfig

    from glacier_mapper.core.servers import ServerSetting
    from glacier_mapper.gui.server_dialog import ServerDialog

    manager_ = QgsApplication.authManager()
    manager_.setMasterPassword("master-of-the-scenario", True)
    config = QgsAuthMethodConfig("Basic")
    config.setName("GPU server")
    config.setConfig("username", "Bearer")
    config.setConfig("password", token)
    done = manager_.storeAuthenticationConfig(config)
    config = done[1] if isinstance(done, tuple) else config
    dialog = ServerDialog(desktop.plugin.session.models.ask_server.ask, ServerSetting(url, config.id()), dock.window())
    dialog.show()
    desktop.settle()
    desktop.click(dialog.test)
    desktop.wait_until(dialog.test.isEnabled, 60, "the answer of the server")
    desktop.settle()
    dialog.grab().save(str(desktop.folder / "server.png"))
    desktop.note(server_said=dialog.said.text())
    setting = dialog.setting()
    dialog.reject()
    store = desktop.plugin._store
    store.save(dataclasses.replace(store.load(), servers=(setting,)))
    desktop.settle()
    dock.set_device(url)
    dock.deviceChanged.emit(url)


def map_with(desktop, dock, watch, name, symmetries=False):
    """Choose a model, wait for its estimate, map, and take pictures before, meanwhile and after."""
    desktop.wait_until(lambda: dock.map.model.combo.findData(name) >= 0, 20, f"{name} in the dock")
    dock.set_model(name)
    dock.map.model.network.section.set_open(True)
    dock.map.model.network.symmetries.setChecked(symmetries)
    dock.map.layers_section.set_open(False)
    line = dock.map.run.estimate
    is_server = "://" in dock.device()  # a server is measured by its first run

    def is_estimated():
        return "tiles" in line.text() and (is_server or "measur" not in line.text())

    desktop.wait_until(is_estimated, 90, "an estimate")
    desktop.screenshot(f"{name}_before.png")
    before = {layer.id() for layer in steps.outlines_layers()}
    estimate, shots = line.text(), []
    desktop.click(steps.map_button(desktop))

    def new():
        return [layer for layer in steps.outlines_layers() if layer.id() not in before]

    def has_ended():
        if live_layers() and watch.stage == "predicting" and watch.seen[-1][2] > 0.25 and not shots:
            desktop.settle()
            shots.append(dock.map.run.stage.full_text)
            desktop.screenshot(f"{name}_growing.png")
        return watch.ended and (new() or desktop.bar_texts())

    desktop.wait_until(has_ended, 300, "the end of the run")
    [layer] = new()
    desktop.settle()
    desktop.screenshot(f"{name}_mapped.png")
    layer.rollBack()
    return {
        "estimate": estimate, "stages": shots, "status": dock.map.run.status.text(), "outlines": layer.featureCount(),
        "folder": str(steps.result_folder(layer)), "live_after": len(live_layers()), "bar": desktop.bar_texts(),
    }  # fmt: skip


def show_disagreement(desktop):
    """Switch the layer of an ensemble on that shows where its networks disagree; gives its legend's texts."""
    root = QgsProject.instance().layerTreeRoot()
    named = {node.layer().customProperty("glacier_mapper/product"): node for node in root.findLayers()}
    was_visible = named["model_uncertainty"].itemVisibilityChecked()
    named["probability"].setItemVisibilityChecked(False)
    named["model_uncertainty"].setItemVisibilityChecked(True)
    named["model_uncertainty"].setExpanded(True)
    desktop.settle()
    desktop.screenshot("disagreement.png")
    layer = named["model_uncertainty"].layer()
    return {"name": layer.name(), "was_visible": was_visible, "source": layer.source()}


def scenario(desktop):
    dock, arguments = steps.open_dock(desktop), desktop.arguments
    steps.add_scene(desktop, arguments["scene"], arguments["dem"])
    if arguments.get("packages"):
        add_packages(desktop, dock, arguments["packages"])
    if arguments.get("keras"):
        import_keras(desktop, dock, arguments["keras"])
    watch = steps.RunWatch()
    if arguments.get("server"):
        dock.set_model(arguments["run"])
        add_server(desktop, dock, arguments["server"], arguments["token"])
    desktop.note(run=map_with(desktop, dock, watch, arguments["run"], arguments.get("symmetries", False)))
    if arguments.get("ensemble"):
        desktop.note(disagreement=show_disagreement(desktop), model_text=dock.map.model.text.text())
    if arguments.get("project"):
        QgsProject.instance().write(arguments["project"])
