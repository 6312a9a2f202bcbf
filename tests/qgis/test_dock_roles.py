"""The table of roles: guesses shown with their reason, corrected by hand, restored, marked by the model's needs."""

from __future__ import annotations

import pytest
from dock_maker import Window, click, dem, heard, scene, scene_guesses, settle, sure
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest

from glacier_mapper.core.choice import BandChoice
from glacier_mapper.core.guess import BandDescription, RoleGuess, guess_roles
from glacier_mapper.core.messages import QT_TRANSLATE_NOOP, Message
from glacier_mapper.core.models import ModelInfo
from glacier_mapper.core.roles import Role
from glacier_mapper.gui.role_row import Standing


@pytest.fixture
def dock(qgis_app):
    made = Window()
    yield made.dock
    made.close()


@pytest.fixture
def roles(dock):
    return dock.map.roles


def pick(row, text):
    """Choose in the combo box as a user does: open, search by typing is not possible, so by arrow keys."""
    place = row.combo.findText(text)
    assert place >= 0, [row.combo.itemText(n) for n in range(row.combo.count())]
    row.combo.setFocus()
    QTest.keyClick(row.combo, Qt.Key.Key_Home)
    for _ in range(place):
        QTest.keyClick(row.combo, Qt.Key.Key_Down)
    settle(1)


def bands_of(dock):
    return {choice.role.value: (choice.layer_id, choice.band) for choice in dock.chosen_roles()}


def test_a_certain_guess_is_taken_and_says_why(dock, roles):
    dock.show_bands(scene(), scene_guesses())
    row = roles.rows[Role.RED]
    assert row.combo.currentText() == "3 (red) · scene"
    assert row.standing is Standing.CERTAIN
    assert row.glyph.icon == "certain"
    assert row.reason.full_text == row.glyph.toolTip() == "The band is called “red”."
    assert row.reason.isVisible()
    assert bands_of(dock)["swir1"] == ("s2", 5)


def test_an_unsure_guess_stands_out_with_its_reason_in_full(dock, roles):
    guess = RoleGuess("dem", 1, Role.ELEVATION, Message("It is a single band in metres."), 0.4)
    dock.show_bands([*scene(), dem()], [*scene_guesses(), guess])
    row = roles.rows[Role.ELEVATION]
    assert row.standing is Standing.UNSURE
    assert row.glyph.icon == "unsure"
    assert row.alert.isVisible()
    assert row.alert.text() == "Check: It is a single band in metres."
    assert dock.map.layers_section.summary.full_text == "7 set, 1 to check"


def test_the_reasons_of_the_real_guesses_are_shown_in_full_words(dock, roles):
    dock.show_bands([*scene(), dem()], guess_roles([*scene(), dem()]))
    assert [roles.rows[role].combo.currentIndex() for role in (Role.BLUE, Role.SWIR2, Role.ELEVATION)] == [1, 6, 7]
    texts = [row.reason.full_text for row in roles.rows.values()]
    assert not [text for text in texts if "{" in text]


def test_a_band_is_chosen_by_key_and_marked_as_chosen_by_hand(dock, roles):
    dock.show_bands([*scene(), dem()], scene_guesses())
    edited, changed = heard(dock.rolesEdited), heard(dock.rolesChanged)
    pick(roles.rows[Role.ELEVATION], "heights")
    assert bands_of(dock)["elevation"] == ("dem", 1)
    assert roles.rows[Role.ELEVATION].standing is Standing.MANUAL
    assert roles.rows[Role.ELEVATION].reason.full_text == "Chosen by hand."
    assert {choice.role for choice in roles.choices.chosen() if choice.by_hand} == {Role.ELEVATION}
    assert len(edited) == 7  # every key step on the way is a choice
    assert len(changed) == 7


def test_a_role_is_left_out_by_hand(dock, roles):
    dock.show_bands(scene(), scene_guesses())
    pick(roles.rows[Role.BLUE], "not used")
    assert "blue" not in bands_of(dock)
    assert roles.rows[Role.BLUE].reason.full_text == "Left out by hand."
    dock.show_bands(scene(), scene_guesses())
    assert "blue" not in bands_of(dock)
    assert dock.roles_were_edited()


def test_what_was_chosen_by_hand_stays_when_layers_come_and_others_follow(dock):
    dock.show_bands(scene(), scene_guesses())
    pick(dock.map.roles.rows[Role.RED], "4 (nir) · scene")
    dock.show_bands([*scene("new", "new scene"), *scene()], scene_guesses("new"))
    assert bands_of(dock)["red"] == ("s2", 4)
    assert bands_of(dock)["blue"] == ("new", 1)


def test_a_choice_whose_layer_is_gone_follows_the_guess_again(dock):
    dock.show_bands([*scene(), *scene("b", "other")], scene_guesses())
    pick(dock.map.roles.rows[Role.RED], "3 (red) · other")
    changed = heard(dock.rolesChanged)
    dock.show_bands(scene(), scene_guesses())
    assert bands_of(dock)["red"] == ("s2", 3)
    assert len(changed) == 1


def test_showing_the_same_again_is_no_change(dock):
    dock.show_bands(scene(), scene_guesses())
    changed, edited = heard(dock.rolesChanged), heard(dock.rolesEdited)
    dock.show_bands(scene(), scene_guesses())
    assert changed == edited == []


def test_guess_again_drops_choices_by_hand_and_asks_for_new_guesses(dock, roles):
    dock.show_bands(scene(), scene_guesses())
    pick(roles.rows[Role.RED], "not used")
    asked = heard(dock.refreshRolesRequested)
    click(roles.refresh)
    assert asked == [()]
    assert bands_of(dock)["red"] == ("s2", 3)
    assert not dock.roles_were_edited()


def test_saved_choices_come_back_and_roles_left_out_stay_empty(dock):
    dock.show_bands([*scene(), dem()], [*scene_guesses(), sure(Role.ELEVATION, "dem", 1)])
    edited = heard(dock.rolesEdited)
    dock.set_chosen_roles([BandChoice(Role.RED, "s2", 4), BandChoice(Role.SWIR1, "s2", 5)])
    assert bands_of(dock) == {"red": ("s2", 4), "swir1": ("s2", 5)}
    assert edited == []


def test_a_layer_added_after_the_project_was_opened_is_guessed(dock):
    dock.show_bands(scene(), scene_guesses())
    dock.set_chosen_roles([BandChoice(Role.RED, "s2", 3), BandChoice(Role.SWIR1, "s2", 5)])
    dock.show_bands([*scene(), dem()], [*scene_guesses(), sure(Role.ELEVATION, "dem", 1)])
    assert bands_of(dock) == {"red": ("s2", 3), "swir1": ("s2", 5), "elevation": ("dem", 1)}


def test_saved_choices_may_come_before_the_bands(dock):
    dock.set_chosen_roles([BandChoice(Role.RED, "s2", 4)])
    dock.show_bands(scene(), scene_guesses())
    assert bands_of(dock)["red"] == ("s2", 4)
    dock.forget_chosen_roles()
    assert bands_of(dock)["red"] == ("s2", 3)


def test_a_saved_choice_that_the_guess_confirms_keeps_its_reason(dock, roles):
    dock.show_bands(scene(), scene_guesses())
    dock.set_chosen_roles([BandChoice(Role.RED, "s2", 3)])
    assert roles.rows[Role.RED].standing is Standing.CERTAIN


def test_a_band_with_two_roles_is_pointed_out_in_both_rows(dock, roles):
    dock.show_bands(scene(), scene_guesses())
    pick(roles.rows[Role.BLUE], "2 (green) · scene")
    for role in (Role.BLUE, Role.GREEN):
        assert roles.rows[role].standing is Standing.SHARED
        assert roles.rows[role].alert.text() == "Check: this band has two roles."


@pytest.mark.parametrize(
    ("role", "need"),
    [
        (Role.SWIR1, "needed"),
        (Role.RED, "one is needed"),
        (Role.GREEN, "one is needed"),
        (Role.BLUE, "optional"),
        (Role.THERMAL, "optional"),
        (Role.SWIR2, "not used"),
        (Role.CO_POL, "not used"),
    ],
    ids=lambda value: getattr(value, "value", value),
)
def test_the_rows_say_what_the_model_needs(dock, roles, role, need):
    assert roles.rows[role].need.full_text == need


def test_a_needed_role_without_a_band_is_marked(dock, roles):
    dock.show_bands(scene(), scene_guesses(without={Role.SWIR1}))
    assert roles.rows[Role.SWIR1].alert.text() == "Missing: choose a band."
    assert roles.rows[Role.SWIR1].standing is Standing.LACKING
    dock.show_bands(scene(), scene_guesses(without={Role.RED, Role.NIR, Role.GREEN}))
    assert roles.rows[Role.RED].alert.text() == "Choose one of these."
    assert roles.rows[Role.SWIR1].standing is Standing.CERTAIN


def test_slope_is_said_to_come_from_the_elevation(dock, roles):
    dock.show_bands([*scene(), dem()], [*scene_guesses(), sure(Role.ELEVATION, "dem", 1)])
    assert roles.rows[Role.SLOPE].reason.full_text == "Computed from the elevation."


def test_roles_without_a_use_are_hidden_until_asked_for(dock, roles):
    assert not roles.rows[Role.CO_POL].isVisible()
    assert not roles.captions["radar"].isVisible()
    click(roles.show_all)
    assert roles.rows[Role.CO_POL].isVisible()
    assert roles.captions["radar"].isVisible()


def test_a_role_that_has_a_band_is_never_hidden(dock, roles):
    dock.show_bands([*scene(), dem("vv")], [sure(Role.CO_POL, "vv", 1)])
    assert roles.rows[Role.CO_POL].isVisible()


def test_another_model_marks_other_needs(dock, roles):
    radar = ModelInfo("radar", "Radar", "1", "From radar.", (frozenset({Role.CO_POL}),), frozenset({Role.CO_POL}))
    changed = heard(dock.modelChanged)
    dock.show_models([radar])
    assert changed == [("radar",)]
    assert roles.rows[Role.CO_POL].need.full_text == "needed"
    assert roles.rows[Role.CO_POL].isVisible()
    assert not dock.map.model.band_ratio.isVisible()


def test_bands_are_named_by_number_and_description(roles):
    plain = BandDescription("a", "stack", "/a.tif", 2, 4)
    assert roles.band_text(plain) == "band 2 · stack"
    assert roles.band_text(dem()) == "heights"
    assert roles.band_text(scene()[4]) == "5 (swir16) · scene"


def test_the_wheel_over_a_row_scrolls_and_changes_nothing(dock, roles):
    from qgis.PyQt.QtCore import QPoint, QPointF
    from qgis.PyQt.QtGui import QWheelEvent
    from qgis.PyQt.QtWidgets import QApplication

    dock.show_bands(scene(), scene_guesses())
    combo = roles.rows[Role.RED].combo
    roles.rows[Role.BLUE].combo.setFocus()
    middle = QPointF(combo.rect().center())
    event = QWheelEvent(
        middle, QPointF(combo.mapToGlobal(combo.rect().center())), QPoint(0, -120), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )
    QApplication.sendEvent(combo, event)
    assert combo.currentText() == "3 (red) · scene"


def test_many_bands_are_all_offered(dock, roles):
    many = [BandDescription(f"l{n}", f"layer {n}", f"/{n}.tif", b, 10) for n in range(50) for b in range(1, 11)]
    dock.show_bands(many, [])
    assert roles.rows[Role.RED].combo.count() == 501


def test_reasons_are_translated_before_they_are_filled_in(dock, roles):
    text = QT_TRANSLATE_NOOP("guess", "Its wavelength is {wavelength_nm} nm.")
    dock.show_bands(scene(), [RoleGuess("s2", 3, Role.RED, Message(text, {"wavelength_nm": "665"}), 0.9)])
    assert roles.rows[Role.RED].reason.full_text == "Its wavelength is 665 nm."
