"""The Teach button: what it takes, what stands in its way, before and after, keep and discard."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from card_maker import make_card, write_package
from outlines_maker import by_id, open_outlines, square, write_outlines
from plugin_maker import estimate_of, opened_plugin
from products_maker import make_products
from qgis.core import QgsGeometry, QgsProject, QgsRectangle, QgsVectorLayer
from qgis.PyQt import sip
from qgis.PyQt.QtGui import QColor, QImage
from qgis.PyQt.QtWidgets import QMessageBox
from test_task_background import wait_until

from glacier_mapper.core.errors import Cancelled
from glacier_mapper.core.model_card import ModelFile
from glacier_mapper.core.model_errors import MissingPythonPackageError
from glacier_mapper.core.outline_fields import Review
from glacier_mapper.core.progress import Progress, Stage
from glacier_mapper.core.roles import Role
from glacier_mapper.core.runner_face import AddOnCondition, AddOnFace, AddOnPlan
from glacier_mapper.core.teach import TeachResult
from glacier_mapper.core.teach_errors import TooLittleReviewedError
from glacier_mapper.gui.teach_dialog import Step
from glacier_mapper.qgis_io.settings import SettingsStore
from glacier_mapper.runner_client.fake import FakeAnswer, FakeRunner

X, Y = 600_010.0, 5_199_900.0
"""Of the scene's 200 m: outlines of 20 m lie in it."""
NEEDS = (frozenset({Role.RED, Role.SWIR1}),)
WEIGHTS = {"weights.npz": b"weights"}


def card(name, weights="weights.npz", **more):
    file = ModelFile(weights, 7, hashlib.sha256(b"weights").hexdigest()) if weights else ModelFile("")
    return make_card(name, title=f"The {name}", architecture="compact", needs=NEEDS, weights=file, **more)


def shelve(home, one):
    folder = write_package(home, one)
    for name, content in WEIGHTS.items():
        (folder / name).write_bytes(content)
    return folder


def outline(name, x, review):
    return {"outline_id": name, "wkt": square(x, Y, 20.0), "review": review, "area_km2": 0.0004}


def taught(params):
    """What the runner answers, with the package and the pictures in their places."""
    out = Path(params["out"])
    folder = shelve(out.parent, card(out.name))
    (folder / "weights.npz").write_bytes(b"weights")
    pictures = []
    for name in ("before", "after"):
        image = QImage(60, 40, QImage.Format.Format_RGB32)
        image.fill(QColor("#0072B2"))
        path = Path(params["pictures"]) / f"{name}.png"
        path.parent.mkdir(exist_ok=True)
        assert image.save(str(path))
        pictures.append(str(path))
    layer = QgsVectorLayer(f"{params['outlines']}|layername=outlines", "o", "ogr")
    seen.append(sorted((feature["review"], round(feature.geometry().area())) for feature in layer.getFeatures()))
    figures = {"precision": 0.9, "recall": 0.8, "ece": 0.02}
    return TeachResult(
        str(folder), out.name, params["title"], params["model"], {"iou": 0.5, **figures}, {"iou": 0.75, **figures},
        12.0, 3.5, 4.0, 200, 250.0, True, tuple(pictures),
    ).to_json()  # fmt: skip


seen = []


@pytest.fixture
def runner(tmp_path):
    seen.clear()
    step = Progress(Stage.TRAINING, 10, 200, 0.3, 90.0)
    estimate = estimate_of(make_products(tmp_path / "made"))
    return FakeRunner({"estimate": estimate, "teach": FakeAnswer(taught, progress=[step], delay_s=0.1)})


@pytest.fixture
def opened(qgis_app, runner, monkeypatch, tmp_path):
    """The plugin with a network chosen, and three outlines in view: accepted, rejected, open."""
    home = tmp_path / "models"
    shelve(home, card("young"))
    monkeypatch.setattr("glacier_mapper.workflow.install_add_on.InstallAddOn.check", lambda self: None)
    with opened_plugin(runner, monkeypatch, tmp_path, models_folder=str(home)) as plugin:
        names = [("one", X, "accepted"), ("two", X + 30, "rejected"), ("three", X + 60, "open")]
        path = write_outlines(tmp_path / "outlines.gpkg", [outline(*one) for one in names])
        layer = QgsProject.instance().addMapLayer(open_outlines(path))
        wait_until(lambda: len(plugin.dock.review.model.rows) == 3)
        wait_until(lambda: plugin.dock.map.model.combo.findData("young") >= 0)
        plugin.dock.set_model("young")
        plugin.layer = layer
        yield plugin
        if not sip.isdeleted(layer) and layer.isEditable():
            layer.rollBack()


def dialog_of(plugin):
    plugin.dock.review.teach.click()
    return plugin._desktop.teaching._dialog


def teach(plugin):
    dialog = dialog_of(plugin)
    assert dialog.teach.isEnabled(), dialog.status.text()
    dialog.teach.click()
    wait_until(lambda: dialog.step is not Step.TEACHING)
    return dialog


def passing(runner):
    return Path(runner.params_of("teach")[-1]["out"]).parent


def test_what_it_would_learn_from_is_said(opened):
    dialog = dialog_of(opened)
    assert dialog.title.text() == "Teach “The young” by the outlines in view"
    assert dialog.facts.text() == "1 accepted · 1 rejected · 1 not reviewed, left out"
    assert (dialog.minutes.value(), dialog.around.value()) == (5, 500.0)
    assert dialog_of(opened) is dialog  # a second click brings it to the front


def test_only_what_is_in_view_counts_and_moving_the_view_is_followed(opened):
    dialog = dialog_of(opened)
    opened._iface.canvas.setExtent(QgsRectangle(X - 5, Y - 5, X + 25, Y + 25))
    wait_until(lambda: dialog.facts.text().startswith("1 accepted · 0 rejected"))
    assert dialog.outside.text() == "1 reviewed outline lies outside of the view."
    dialog.zoom.click()
    wait_until(lambda: dialog.facts.text().startswith("1 accepted · 1 rejected"))
    assert not dialog.zoom.isVisible()


def test_the_runner_gets_the_outlines_with_unsaved_edits_and_verdicts(opened, runner):
    panel, layer = opened.dock.review, opened.layer
    layer.startEditing()
    layer.changeGeometry(by_id(layer)["one"].id(), QgsGeometry.fromWkt(square(X, Y, 30.0)))
    panel.verdictGiven.emit([row for row in panel.model.rows if row.outline_id == "three"], Review.ACCEPTED)
    wait_until(lambda: [row.state for row in panel.model.rows].count("accepted") == 2)
    dialog = teach(opened)
    [params] = runner.params_of("teach")
    assert seen == [[("accepted", 400), ("accepted", 900), ("rejected", 400)]]
    assert params["model"] == "young"
    assert params["settings"] == {"minutes": 5.0, "around_m": 500.0}
    assert {source["role"] for source in params["sources"]} >= {"red", "swir1"}
    assert params["extent"]["crs"] == "EPSG:32632"
    assert not Path(params["outlines"]).exists()
    assert dialog.step is Step.DECIDING


def test_before_and_after_are_shown(opened):
    dialog = teach(opened)
    view = dialog.result_view
    assert [label.text() for label in view.figures["iou"]] == ["0.500", "0.750"]
    assert view.verdict.text() == "On the part kept aside it maps better than before."
    assert "12.0 km²" in view.facts.text()
    assert not view.before.image.pixmap().isNull()
    assert not view.after.image.pixmap().isNull()
    assert view.title().startswith("The young, taught 20")


def test_keep_puts_the_model_among_the_others_and_chooses_it(opened, runner, tmp_path):
    dialog = teach(opened)
    dialog.result_view.name.setText("Upper Valley, taught")
    dialog.keep.click()
    wait_until(lambda: opened.dock.model() == "upper-valley-taught")
    folder = tmp_path / "models" / "upper-valley-taught"
    assert (folder / "weights.npz").read_bytes() == b"weights"
    assert opened.dock.model_info().title == "Upper Valley, taught"
    assert any("“Upper Valley, taught” is among the models now" in text for text in opened._iface.bar_texts())
    assert not passing(runner).exists()
    assert opened._desktop.teaching._dialog is None


def test_a_name_that_is_taken_is_refused_and_can_be_changed(opened):
    dialog = teach(opened)
    for name, said in (("young", "a model of this name is there already"), ("", "3 to 64 letters")):
        dialog.result_view.name.setText(name)
        dialog.keep.click()
        assert said in dialog.status.text()
        assert dialog.step is Step.DECIDING
    dialog.result_view.name.setText("Another")
    dialog.keep.click()
    wait_until(lambda: opened.dock.model() == "another")


def test_discard_leaves_nothing(opened, runner, tmp_path):
    dialog = teach(opened)
    dialog.discard.click()
    assert not passing(runner).exists()
    assert [folder.name for folder in (tmp_path / "models").iterdir()] == ["young"]
    assert opened.dock.model() == "young"


def test_closing_the_result_asks_first(opened, runner, monkeypatch):
    answers = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answers.pop(0))
    dialog = teach(opened)
    dialog.reject()
    assert opened._desktop.teaching._dialog is dialog
    dialog.reject()
    assert opened._desktop.teaching._dialog is None
    assert not passing(runner).exists()


def test_a_cancel_is_told_calmly_and_it_can_be_tried_again(opened, runner):
    runner.answers["teach"] = FakeAnswer(taught, progress=[Progress(Stage.TRAINING, 1, 2, 0.5, 9.0)], delay_s=60.0)
    dialog = dialog_of(opened)
    dialog.teach.click()
    assert dialog.step is Step.TEACHING
    assert not dialog.form.isEnabled()
    wait_until(lambda: runner.params_of("teach"))
    dialog.cancel.click()
    wait_until(lambda: dialog.step is Step.CHOOSING)
    assert dialog.status.text() == str(Cancelled())
    assert not passing(runner).exists()
    assert dialog.teach.isEnabled()


def test_progress_is_told_with_the_time_left(opened, runner):
    runner.answers["teach"] = FakeAnswer(taught, progress=[Progress(Stage.TRAINING, 10, 200, 0.3, 90.0)], delay_s=1.0)
    dialog = dialog_of(opened)
    dialog.teach.click()
    wait_until(lambda: dialog.stage.full_text == "Training the model · 10 of 200 · 1 min 30 s left")
    assert dialog.bar.value() == 300
    wait_until(lambda: dialog.step is Step.DECIDING)


def test_nothing_reviewed_stands_in_the_way(opened):
    panel = opened.dock.review
    panel.verdictGiven.emit(list(panel.model.rows), Review.OPEN)
    dialog = dialog_of(opened)
    wait_until(lambda: "No outline in the view is reviewed" in dialog.status.text())
    assert not dialog.teach.isEnabled()
    panel.verdictGiven.emit(list(panel.model.rows), Review.ACCEPTED)
    wait_until(dialog.teach.isEnabled)
    assert dialog.status.text() == ""


def test_a_model_without_weights_stands_in_the_way(opened, tmp_path):
    dialog = dialog_of(opened)
    opened.dock.set_model("band-ratio")
    wait_until(lambda: "“band-ratio” is no network and can't learn. Choose a network" in dialog.status.text())
    write_package(tmp_path / "models", card("bare", weights=""))
    opened.session.models.know.refresh()
    wait_until(lambda: opened.dock.map.model.combo.findData("bare") >= 0)
    opened.dock.set_model("bare")
    wait_until(lambda: "“The bare” can't learn: its package holds no weights" in dialog.status.text())
    assert not dialog.teach.isEnabled()


def test_without_pytorch_the_add_on_is_offered(opened, monkeypatch):
    clicks, add_on = [], opened.session.models.add_on
    monkeypatch.setattr(type(add_on), "install", lambda self: clicks.append(1))
    dialog = dialog_of(opened)
    add_on.changed.emit(AddOnFace(AddOnCondition.MISSING, AddOnPlan(214, 890, 84_000, ("https://pypi.org/simple",))))
    assert not dialog.teach.isEnabled()
    assert dialog.add_on.isVisible()
    assert "PyTorch" in dialog.add_on.title.text()
    dialog.add_on.install.click()
    assert clicks == [1]
    add_on.changed.emit(AddOnFace(AddOnCondition.READY))
    assert dialog.teach.isEnabled()


@pytest.mark.parametrize(
    "error",
    [TooLittleReviewedError(ice_km2=0.1, other_km2=0.2, needed_km2=0.5),
     MissingPythonPackageError(package="torch", job="Training a network")],
    ids=["too little", "no torch"],
)  # fmt: skip
def test_an_error_of_the_runner_is_said_with_its_remedy(opened, runner, error):
    runner.answers["teach"] = FakeAnswer(error=error)
    dialog = dialog_of(opened)
    dialog.teach.click()
    wait_until(lambda: dialog.step is Step.CHOOSING)
    assert str(error.to_remedy()) in dialog.status.text()
    assert not passing(runner).exists()


def test_layers_that_are_gone_are_named(opened):
    dialog = dialog_of(opened)
    opened.layer.rollBack()
    QgsProject.instance().removeMapLayer(opened.layer.id())
    wait_until(lambda: "No outline in the view is reviewed" in dialog.status.text())
    assert not dialog.teach.isEnabled()


def test_a_filter_that_hides_outlines_stands_in_the_way(opened):
    """What is outside of all outlines counts as no glacier, so none may be hidden."""
    dialog = dialog_of(opened)
    assert opened.layer.setSubsetString("outline_id <> 'three'")
    wait_until(lambda: len(opened.dock.review.model.rows) == 2)
    opened._desktop.teaching.note_change()
    wait_until(lambda: "hides outlines (1)" in dialog.status.text())
    assert not dialog.teach.isEnabled()
    assert opened.layer.setSubsetString("")
    wait_until(dialog.teach.isEnabled)


def test_outlines_changed_meanwhile_are_spoken_of(opened, runner):
    runner.answers["teach"] = FakeAnswer(taught, progress=[Progress(Stage.TRAINING, 1, 2, 0.5)], delay_s=1.0)
    dialog, panel = dialog_of(opened), opened.dock.review
    dialog.teach.click()
    panel.verdictGiven.emit(list(panel.model.rows), Review.ACCEPTED)
    wait_until(lambda: dialog.step is Step.DECIDING)
    assert "Outlines were changed meanwhile" in dialog.status.text()


def test_what_was_chosen_is_remembered(opened):
    dialog = dialog_of(opened)
    dialog.minutes.setValue(12)
    dialog.around.setValue(250.0)
    dialog.teach.click()
    wait_until(lambda: dialog.step is Step.DECIDING)
    stored = SettingsStore().load().teach
    assert (stored.minutes, stored.around_m) == (12.0, 250.0)
    dialog.discard.click()
    assert dialog_of(opened).minutes.value() == 12


def test_unloading_ends_it(opened, runner):
    runner.answers["teach"] = FakeAnswer(taught, progress=[Progress(Stage.TRAINING, 1, 2, 0.5)], delay_s=60.0)
    dialog = dialog_of(opened)
    dialog.teach.click()
    wait_until(lambda: runner.params_of("teach"))
    home = passing(runner)
    opened.unload()
    wait_until(lambda: not home.exists())
