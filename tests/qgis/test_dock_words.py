"""Every word of the dock goes through the translator: shown with one that marks what it was given."""

from __future__ import annotations

import pytest
from card_maker import published_card
from dock_maker import GRID, MISSING_FACE, READY, Window, dem, estimate, preview, result, scene, scene_guesses, settle
from qgis.PyQt.QtCore import QCoreApplication, QTranslator
from qgis.PyQt.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QDockWidget, QLabel, QLineEdit, QTabWidget

from glacier_mapper.core.errors import RunnerCrashedError
from glacier_mapper.core.guess import guess_roles
from glacier_mapper.core.keras_form import PUBLISHED
from glacier_mapper.core.messages import Message
from glacier_mapper.core.models import BUILT_IN
from glacier_mapper.core.progress import Progress, Stage
from glacier_mapper.core.request import NetworkSettings
from glacier_mapper.core.runner_face import InstallProgress, RunnerCondition, RunnerFace
from glacier_mapper.core.servers import ServerReport, ServerSetting
from glacier_mapper.core.settings import Settings
from glacier_mapper.gui.address_dialog import AddressDialog
from glacier_mapper.gui.keras_dialog import KerasDialog
from glacier_mapper.gui.model_facts import accuracy_table, facts, inputs_table
from glacier_mapper.gui.models_dialog import ModelsDialog
from glacier_mapper.gui.options_page import OptionsHooks, OptionsPage
from glacier_mapper.gui.server_dialog import ServerDialog
from glacier_mapper.gui.servers_box import ServersBox

DATA = {
    "scene", "heights", "/elsewhere", "/p", "https://…/model.zip", "https://server:8000", *PUBLISHED.values(),
}  # fmt: skip


class Marking(QTranslator):
    """A language in which every text stands in brackets."""

    def isEmpty(self):
        return False

    def translate(self, context, source, disambiguation=None, n=-1):
        return f"⟦{source}⟧"


@pytest.fixture
def marked(qgis_app):
    translator = Marking()
    QCoreApplication.installTranslator(translator)
    yield translator
    QCoreApplication.removeTranslator(translator)


def texts_of(root):
    """Everything that a user could read or hear, with the widget it stands on."""
    kinds = (QLabel, QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QTabWidget)
    for widget in [root, *root.findChildren(kinds)]:
        if isinstance(widget.parent(), (QDockWidget, QAbstractSpinBox, QComboBox)) and widget is not root:
            continue  # Qt's own buttons
        found = [widget.toolTip(), widget.accessibleName(), widget.windowTitle()]
        if isinstance(widget, (QLabel, QAbstractButton)):
            found.append(widget.text())
        if isinstance(widget, QLineEdit):
            found.append(widget.placeholderText())
        if isinstance(widget, QComboBox):
            found += [widget.itemText(n) for n in range(widget.count())]
        if isinstance(widget, QTabWidget):
            found += [widget.tabText(n) for n in range(widget.count())]
        for text in found:
            yield widget, text


def untranslated(root):
    left = set()
    for widget, text in texts_of(root):
        letters = any(character.isalpha() for character in text)
        if letters and "⟦" not in text and text not in DATA and not widget.inherits("QgsFilterLineEdit"):
            left.add(f"{type(widget).__name__}: {text}")
    return left


def states(dock):
    """Bring the dock into each of its states, one after the other."""
    bands = [*scene(), dem()]
    yield "empty"
    for condition in RunnerCondition:
        dock.show_runner_state(RunnerFace(condition, MISSING_FACE.plan))
        yield condition.value
    dock.show_install_progress(InstallProgress(Message("Downloading packages"), 0.4, "scipy"))
    yield "installing"
    dock.show_install_error(RunnerCrashedError(reason="9"))
    yield "install error"
    dock.show_runner_state(READY)
    dock.show_bands(bands, scene_guesses(without={guess.role for guess in scene_guesses()[2:5]}))
    yield "lacking"
    dock.show_bands(bands, guess_roles(bands))
    dock.show_estimate(estimate())
    yield "ready"
    dock.show_preview_info(preview())
    yield "preview"
    card = published_card()
    dock.show_models([*BUILT_IN, card.info()], {card.name: card})
    dock.set_model(card.name)
    dock.show_region("NZ")
    dock.show_servers([ServerSetting("https://a:8000")])
    yield "network"
    dock.set_device("https://a:8000")
    dock.set_network(NetworkSettings(overlap=0.5, symmetries=True, parity="reference"))
    yield "server"
    dock.set_device("https://b:8000")
    dock.set_model("absent-model")
    dock.show_models(BUILT_IN, {})
    yield "absent"
    dock.show_running(True)
    dock.show_progress(Progress(Stage.PREDICTING, 1, 4, 0.2, 5.0))
    yield "running"
    dock.show_finished(result())
    yield "finished"
    dock.show_error(RunnerCrashedError(reason="9"))
    yield "error"


def test_no_text_of_the_map_page_escapes_the_translator(marked):
    window = Window()
    window.dock.set_out_folder("", "/elsewhere")
    try:
        for state in states(window.dock):
            settle(1)
            left = untranslated(window.dock.map) | untranslated(window.dock.foot)
            assert left == set(), state
    finally:
        window.close()


def test_the_title_and_the_pages_are_translated(marked):
    window = Window()
    try:
        assert window.dock.windowTitle() == "⟦Glacier Mapper⟧"
        assert [window.dock.pages.tabText(n) for n in range(2)] == ["⟦Map⟧", "⟦Review⟧"]
    finally:
        window.close()


def test_no_text_of_the_options_page_escapes_the_translator(marked):
    hooks = OptionsHooks(Settings, lambda _: None, lambda: None, lambda: 612.0, "/p")
    page = OptionsPage(hooks)
    assert untranslated(page) == set()


@pytest.mark.parametrize("make", [
    AddressDialog, KerasDialog, ModelsDialog, lambda: ServerDialog(print), lambda: ServersBox(print),
], ids=["address", "keras", "models", "server", "servers"])  # fmt: skip
def test_no_text_of_the_forms_escapes_the_translator(marked, make):
    form = make()
    form.show()
    settle()
    assert untranslated(form) == set()
    form.close()


def test_what_is_said_of_models_and_servers_is_translated(marked):
    dialog = ModelsDialog()
    dialog.show_download(1e6, 4e6)
    dialog.show_error(RunnerCrashedError(reason="9"))
    dialog.show_check({"package": "a", "max_difference": 1e-6, "tolerance": 1e-4})
    form = ServerDialog(lambda *_: None, ServerSetting("https://a:8000"))
    form.show_answer(ServerReport("https://a:8000", True, "triton", "2", ("a", "b")))
    for text in (dialog.busy_text.full_text, dialog.status.text(), form.said.text(), form.windowTitle()):
        assert text.startswith("⟦")
    card = published_card()
    table, (headings, rows) = facts(card), inputs_table(card)
    words = [label for label, _ in table] + headings + [accuracy_table(card)[0][0], rows[0][0], rows[0][3]]
    assert [word for word in words if not word.startswith("⟦")] == []


def test_what_the_test_looks_at_is_not_empty(marked):
    window = Window()
    try:
        assert len({text for _, text in texts_of(window.dock.map) if "⟦" in text}) > 60
        assert GRID.pixel_count == 1_200_000
    finally:
        window.close()
