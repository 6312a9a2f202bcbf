"""The model manager's dialog: list, details, states, what it asks for."""

from __future__ import annotations

from pathlib import Path

import pytest
from card_maker import NETWORK, OPTICAL, ensemble_card, make_card, published_card
from dock_maker import click, heard, settle
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QApplication, QMessageBox, QTableWidget

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.errors import Cancelled, InvalidParameterError
from glacier_mapper.core.model_card import Calibration, CalibrationKind, EnsembleKind
from glacier_mapper.core.model_errors import InvalidPackageError, MissingPythonPackageError
from glacier_mapper.core.models import BAND_RATIO
from glacier_mapper.core.roles import Role
from glacier_mapper.core.shelf import ModelShelf, Shelved
from glacier_mapper.gui.address_dialog import AddressDialog
from glacier_mapper.gui.keras_dialog import KerasDialog
from glacier_mapper.gui.model_facts import calibration_text
from glacier_mapper.gui.models_dialog import ModelsDialog
from glacier_mapper.gui.texts import number

HOME = Path("/m")
BROKEN = Shelved(HOME / "half", error=InvalidPackageError(model="/m/half", reason="model.json is no JSON."))
OURS = Shelved(HOME / "glavitu-test", make_card())
PUBLISHED = Shelved(HOME / "glavitu-global", published_card())
BUNDLED = Shelved(Path("/plugin/models/compact"), make_card("compact", title="Compact"), removable=False)
SHELF = ModelShelf(HOME, (OURS, PUBLISHED, BROKEN, BUNDLED))


@pytest.fixture
def dialog(qgis_app):
    made = ModelsDialog()
    made.show_view({*OPTICAL, Role.ELEVATION}, "SVAL")
    made.show_shelf(SHELF)
    made.show()
    settle()
    yield made
    made.close()
    made.deleteLater()


def lines(dialog):
    tree = dialog.list
    items = [tree.topLevelItem(n) for n in range(tree.topLevelItemCount())]
    return [tuple(item.text(column) for column in (0, 1, 3)) for item in items]


def test_every_model_stands_in_the_list_with_how_it_fits(dialog):
    assert lines(dialog) == [
        ("Band ratio (classical, clean ice)", "1.0", "fits"),
        ("GlaViTU (test)", "1.2", "fits"),
        ("GlaViTU (global)", "1.2", "other region"),
        ("half", "", "can't be used"),
        ("Compact", "1.2", "fits"),
    ]


def test_what_a_model_lacks_is_named(dialog):
    dialog.show_view(set(OPTICAL) - {Role.SWIR1}, "ALP")
    dialog.show_shelf(SHELF)
    assert lines(dialog)[1][2] == "lacks SWIR 1 and Elevation"
    assert lines(dialog)[0][2] == "lacks SWIR 1"


def test_of_several_layers_that_would_do_each_is_named(dialog):
    any_one = Shelved(HOME / "any", make_card("any", needs=tuple(frozenset({role}) for role in OPTICAL)))
    two = Shelved(HOME / "two", make_card("two", needs=(frozenset({Role.RED}), frozenset({Role.ELEVATION}))))
    dialog.show_view({Role.THERMAL}, "ALP")
    dialog.show_shelf(ModelShelf(HOME, (any_one, two)))
    assert [line[2] for line in lines(dialog)[-2:]] == ["lacks one of 6", "lacks Elevation or Red"]
    sentence = dialog.list.topLevelItem(dialog.list.topLevelItemCount() - 1).toolTip(3)
    assert sentence == "Lacks one of these: Elevation; Red. Add a layer with it, or give a band that role."


def test_names_of_one_beginning_can_be_told_apart(dialog):
    item = dialog.list.topLevelItem(1)
    assert item.toolTip(0) == "GlaViTU (test)\nglavitu-test"
    assert dialog.list.textElideMode() == Qt.TextElideMode.ElideMiddle


def test_limits_that_speak_of_accuracy_are_not_contradicted(dialog):
    dialog.list.select("glavitu-test")
    settle()
    words = dialog.details.texts()
    assert "Late-summer scenes." in words
    assert "say nothing about its accuracy" not in words
    assert "What is known stands at “Limits”" in words


def test_the_details_say_all_that_the_card_says(dialog):
    assert dialog.list.select("glavitu-global")
    settle()
    words = dialog.details.texts()
    for text in (
        "GlaViTU (global)", "Maps clean and debris-covered ice.", "CC-BY-4.0", "Alps and Scandinavia", "the region of",
        "Late-summer scenes.", "10.03 million parameters", "384 × 384 pixels, step 192", "full (float32)", "2026-01-02",
        "Made for Alps and Scandinavia; the view lies in Svalbard.", "weights.h5", "Nature Communications",
        "glavitu_global_softmax",
    ):  # fmt: skip
        assert text in words, text
    accuracy, inputs = dialog.details.widget().findChildren(QTableWidget)
    assert [accuracy.horizontalHeaderItem(n).text() for n in range(4)] == ["Region", "IoU", "Precision", "Source"]
    assert [accuracy.item(1, n).text() for n in range(4)] == ["Scandinavia", "0.871", "", "Table 2"]
    assert inputs.rowCount() == 8
    assert [inputs.item(6, n).text() for n in range(4)] == ["Terrain", "Elevation", "from -0.01 to 2.1", "yes"]
    assert [inputs.item(7, n).text() for n in range(4)] == ["", "Slope", "from -0.01 to 2.1", "no"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (EnsembleKind.NETWORKS, "ensemble of 3, trained one by one; their mean counts"),
        (EnsembleKind.DROPOUT, "ensemble of 3: one network under masks of its dropout; their mean counts"),
    ],
    ids=lambda one: getattr(one, "value", ""),
)
def test_an_ensemble_is_called_so_with_the_size_of_all_its_networks(dialog, kind, text):
    card = ensemble_card(kind=kind)
    dialog.show_shelf(ModelShelf(HOME, (Shelved(HOME / card.name, card),)))
    assert dialog.list.select(card.name)
    settle()
    words = dialog.details.texts()
    assert text in words
    assert card.checksum in words.replace("\u200b", "")
    place = next(n for n in range(dialog.list.topLevelItemCount()) if lines(dialog)[n][0] == "Three networks")
    assert dialog.list._size(Shelved(HOME, card)) == dialog.list.topLevelItem(place).text(2)
    assert card.network_bytes == 3 * len(NETWORK)


def test_a_single_network_is_no_ensemble(dialog):
    assert dialog.list.select("glavitu-global")
    settle()
    assert "ensemble" not in dialog.details.texts().lower()


def test_a_curve_that_falls_is_drawn_and_said(dialog):
    dialog.list.select("glavitu-global")
    settle()
    widget = dialog.details.curve
    assert "falls in places" in dialog.details.texts()
    # at raw 0.2: -3 exp(-0.2) + 4 + 0.1 exp(-0.8) = 1.589, clipped to 1; at 0: -3 + 4 exp(-0.2) + 0.1 exp(-1) = 0.312
    by_x = {round(x, 3): y for x, y in widget.points}
    assert by_x[0.2] == 1.0
    assert by_x[0.0] == pytest.approx(0.3117, abs=1e-4)
    image = widget.grab().toImage()
    drawn = image.pixelColor(widget.place_of(0.1, by_x[0.1]).toPoint())
    assert drawn != image.pixelColor(widget.place_of(0.1, by_x[0.1] - 0.3).toPoint())


def test_a_model_without_a_calibration_draws_no_curve(dialog):
    dialog.list.select("glavitu-test")
    assert dialog.details.curve is None
    assert "as the network gives them" in dialog.details.texts()
    assert "No figures came with it" in dialog.details.texts()


def test_the_citation_is_copied_by_a_button(dialog):
    dialog.list.select("glavitu-test")
    settle()
    click(dialog.details.copy)
    assert QApplication.clipboard().text() == "Maslov, K. et al. (2025) Nature Communications 16, 43"


def test_the_checksum_is_copied_without_what_breaks_its_lines(dialog):
    dialog.list.select("glavitu-test")
    settle()
    [button] = [one for one in dialog.details.findChildren(type(dialog.details.copy)) if "Checksum" in one.text()]
    click(button)
    assert QApplication.clipboard().text() == make_card().file.sha256


def test_the_folder_is_copied_as_it_is(dialog):
    dialog.list.select("glavitu-test")
    settle()
    [button] = [one for one in dialog.details.findChildren(type(dialog.details.copy)) if "Folder" in one.text()]
    click(button)
    assert QApplication.clipboard().text() == "/m/glavitu-test"


def test_a_broken_package_says_why_and_can_be_removed_only(dialog):
    dialog.list.select("half")
    assert "model.json is no JSON" in dialog.details.texts()
    assert not dialog.check.isEnabled()
    assert dialog.remove.isEnabled()


@pytest.mark.parametrize("name", [BAND_RATIO.name, "compact"])
def test_what_came_with_the_plugin_stays(dialog, name):
    dialog.list.select(name)
    assert not dialog.remove.isEnabled()


def test_an_empty_shelf_says_what_to_do(dialog):
    dialog.show_shelf(ModelShelf(HOME))
    assert "Add a model" in dialog.empty.text()
    dialog.show_shelf(SHELF)
    assert str(HOME) in dialog.empty.text()


def test_the_line_chosen_stays_when_the_list_comes_again(dialog):
    dialog.list.select("glavitu-global")
    dialog.show_shelf(SHELF)
    assert dialog.list.entry() is PUBLISHED


def test_a_model_that_is_still_to_come_is_chosen_when_it_comes(dialog):
    dialog.show_shelf(ModelShelf(HOME, (OURS,)))
    dialog.select("glavitu-global")
    dialog.show_shelf(SHELF)
    assert dialog.list.entry() is PUBLISHED


def test_busy_shows_progress_and_cancel_and_nothing_else_can_begin(dialog):
    dialog.list.select("glavitu-test")
    asked = heard(dialog.cancelRequested)
    dialog.show_busy("Adding the package…", 0.25)
    settle()
    assert (dialog.bar.value(), dialog.bar.maximum()) == (250, 1000)
    assert not any(button.isEnabled() for button in (dialog.add, dialog.check, dialog.remove))
    click(dialog.cancel)
    assert len(asked) == 1
    assert dialog.busy_text.full_text == "Cancelling…"
    dialog.show_idle()
    assert not dialog.bar.isVisible()
    assert dialog.add.isEnabled()


def test_a_download_tells_its_size_where_it_is_known(dialog):
    dialog.show_download(10e6, 40e6)
    assert dialog.busy_text.full_text == "Downloading: 10 MB of 40 MB"
    assert dialog.bar.value() == 250
    dialog.show_download(10e6, 0)
    assert dialog.busy_text.full_text == "Downloading: 10 MB"
    assert dialog.bar.maximum() == 0


def test_an_error_is_told_with_its_remedy_and_a_cancel_calmly(dialog):
    dialog.show_error(MissingPythonPackageError(package="torch", job="Importing Keras weights"))
    assert "torch" in dialog.status.text()
    assert "requirements/training.txt" in dialog.status.text()
    assert dialog.glyph.icon == "unsure"
    dialog.show_error(Cancelled())
    assert dialog.glyph.icon == "info"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"package": "a", "max_difference": 2e-6, "tolerance": 1e-4}, "at most 2.0e-06 off, 1.0e-04 is allowed"),
        ({"package": "a", "max_difference": None, "tolerance": None}, "brought no sample"),
    ],
    ids=["sample", "no sample"],
)
def test_a_check_is_told(dialog, answer, text):
    dialog.show_check(answer)
    assert text in dialog.status.text()


@pytest.mark.parametrize(("answer", "count"), [("Yes", 1), ("No", 0)])
def test_removing_asks_first(dialog, monkeypatch, answer, count):
    asked = heard(dialog.removeRequested)
    buttons = QMessageBox.StandardButton
    monkeypatch.setattr(QMessageBox, "question", lambda *_: getattr(buttons, answer))
    dialog.list.select("glavitu-test")
    click(dialog.remove)
    assert asked == [(OURS,)] * count


def test_check_hands_the_package_on(dialog):
    asked = heard(dialog.checkRequested)
    dialog.list.select("glavitu-test")
    click(dialog.check)
    assert asked == [(OURS,)]


def test_closing_cancels_what_is_under_way(dialog):
    asked = heard(dialog.cancelRequested)
    dialog.show_busy("…", None)
    dialog.reject()
    assert len(asked) == 1


def test_an_address_is_checked_before_it_is_taken(qgis_app):
    form = AddressDialog()
    form.url.setText("ftp://host/model.zip")
    form._accept()
    assert "https://" in form.fault.text()
    form.url.setText(" https://host/model.zip ")
    form.sum.setText("abc")
    form._accept()
    assert "64 digits" in form.fault.text()
    form.sum.setText("AB " * 32)
    form._accept()
    assert form.result() == form.DialogCode.Accepted
    assert (form.address(), form.sha256()) == ("https://host/model.zip", "ab" * 32)


def test_the_keras_form_proposes_a_name_and_asks_for_what_is_needed(qgis_app):
    dialog = KerasDialog()
    button = dialog.buttons.button(dialog.buttons.StandardButton.Ok)
    assert not button.isEnabled()
    dialog.weights.setFilePath("/w/GlaViTU Global 2025.h5")
    assert dialog.name.text() == "glavitu-global-2025"
    assert button.isEnabled()
    form = dialog.form()
    assert (form.architecture, form.inputs) == ("glavitu", (Branch.OPTICAL, Branch.DEM))
    dialog.name.setText("mine")
    dialog.weights.setFilePath("/w/other.h5")
    assert dialog.name.text() == "mine"
    for box in dialog.inputs.values():
        box.setChecked(False)
    assert not button.isEnabled()


def test_only_an_architecture_that_takes_a_location_is_told_one(qgis_app):
    dialog = KerasDialog()
    dialog.location.setCurrentIndex(1)
    assert dialog.form().location == "region"
    dialog.architecture.setCurrentIndex(dialog.architecture.findData("fusion-resunet"))
    assert dialog.form().location == ""


def test_a_bad_name_is_refused_in_the_form(qgis_app):
    dialog = KerasDialog()
    dialog.weights.setFilePath("/w/a.h5")
    dialog.name.setText("../x")
    dialog._accept()
    assert "a letter first" in dialog.fault.text()
    with pytest.raises(InvalidParameterError):
        dialog.form().check()


def test_a_calibration_by_region_shows_the_regions_own_temperatures(qgis_app):
    by_region = {"ALP": 1.25, "NZ": 0.8}
    one = Calibration(CalibrationKind.TEMPERATURE, by_region=by_region, title="tiles of 2026")
    text = calibration_text(make_card(calibration=one))
    assert f"Alps {number(1.25, 3)}, New Zealand {number(0.8, 3)}; elsewhere {number(1, 3)}. (tiles of 2026)" in text
    common = calibration_text(make_card(calibration=Calibration(CalibrationKind.TEMPERATURE, 1.5)))
    assert common.endswith(f"by a temperature of {number(1.5, 3)}.")
