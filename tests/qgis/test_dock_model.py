"""Model, thresholds, preview and outline settings, by real clicks and keys."""

from __future__ import annotations

import dataclasses

import pytest
from card_maker import ensemble_card, make_card
from dock_maker import Window, click, heard, preview, scene, scene_guesses, settle
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest

from glacier_mapper.core.models import BAND_RATIO, ModelInfo
from glacier_mapper.core.request import BandRatioSettings, OutlineSettings
from glacier_mapper.core.roles import Role

OTHER = ModelInfo("other", "Other", "2", "Another.", (), frozenset())


@pytest.fixture
def dock(qgis_app):
    made = Window(height=1400)
    made.make_ready()
    made.dock.map.model.band_ratio.more.set_open(True)
    made.dock.map.outlines_section.set_open(True)
    settle()
    yield made.dock
    made.close()


@pytest.fixture
def ratio(dock):
    return dock.map.model.band_ratio


def tick(box):
    """A real click on the sign of a check box."""
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(8, box.height() // 2))
    settle(1)


def type_number(box, text):
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)


def test_the_model_is_described_with_what_it_needs(dock):
    panel = dock.map.model
    assert dock.model() == "band-ratio"
    assert panel.text.text().startswith("Red/SWIR1, NIR/SWIR1 or NDSI")
    assert panel.needs.text() == "Needs SWIR 1 and Green, Red or Near infrared."
    assert "Version 1.0" in panel.combo.toolTip()


def test_another_model_is_told_and_hides_the_thresholds(dock):
    dock.show_models([BAND_RATIO, OTHER])
    told = heard(dock.modelChanged)
    dock.map.model.combo.setFocus()
    QTest.keyClick(dock.map.model.combo, Qt.Key.Key_Down)
    assert told == [("other",)]
    assert dock.model() == "other"
    assert not dock.map.model.band_ratio.isVisible()
    dock.set_model("band-ratio")
    assert dock.map.model.band_ratio.isVisible()
    dock.set_model("nonsense")
    assert dock.model() == "band-ratio"


def test_an_ensemble_says_how_many_networks_it_is(dock):
    cards = {card.name: card for card in (ensemble_card(), make_card())}
    dock.show_models([card.info() for card in cards.values()], cards)
    dock.set_model("three-networks")
    said = "Maps clean and debris-covered ice. Ensemble of 3 networks: each of them computes every tile."
    assert dock.map.model.text.text() == said
    dock.set_model("glavitu-test")
    assert dock.map.model.text.text() == "Maps clean and debris-covered ice."


def test_the_current_model_stays_when_the_list_comes_again(dock):
    dock.show_models([BAND_RATIO, OTHER])
    dock.set_model("other")
    told = heard(dock.modelChanged)
    dock.show_models([OTHER, BAND_RATIO])
    assert dock.model() == "other"
    assert told == []


def test_the_defaults_are_those_of_the_model(dock):
    assert dock.band_ratio() == BandRatioSettings()
    assert dock.outlines() == OutlineSettings()


@pytest.mark.parametrize(
    "settings",
    [
        BandRatioSettings(index="ndsi", threshold=0.45, softness=0.3, median_px=1),
        BandRatioSettings(index="red_swir", threshold=1.9, min_blue=None, max_ndwi=None, max_ndvi=None),
        BandRatioSettings(index="nir_swir", max_temperature_k=None, water_max_slope_deg=15.0, median_px=7),
        BandRatioSettings(threshold=2.345, min_blue=0.123, max_ndwi=-0.1, max_ndvi=0.55, max_temperature_k=280.5),
    ],
    ids=["ndsi", "rules off", "nir", "every number"],
)
def test_settings_come_back_as_they_were_shown(dock, settings):
    told = heard(dock.settingsChanged)
    dock.set_band_ratio(settings)
    assert dock.band_ratio() == settings
    assert told == []


def test_outline_settings_come_back_as_they_were_shown(dock):
    told = heard(dock.settingsChanged)
    settings = OutlineSettings(threshold=0.6, min_area_km2=0.05, min_hole_km2=0.002, smoothing=0.25)
    dock.set_outlines(settings)
    assert dock.outlines() == settings
    assert told == []
    assert dock.map.outlines_section.summary.full_text == "from 0.050 km², smoothing 0.25"


def test_a_typed_smallest_glacier_is_told(dock):
    told = heard(dock.settingsChanged)
    type_number(dock.map.outlines.min_area, "0.1")
    assert dock.outlines().min_area_km2 == 0.1
    assert len(told) == 1


def test_the_threshold_opens_when_automatic_is_switched_off(dock, ratio):
    told = heard(dock.settingsChanged)
    assert not ratio.slider.isEnabled()
    tick(ratio.automatic)
    assert ratio.slider.isEnabled()
    assert dock.band_ratio().threshold == 2.0
    tick(ratio.automatic)
    assert dock.band_ratio().threshold is None
    assert len(told) == 2


def test_slider_and_number_move_together(dock, ratio):
    tick(ratio.automatic)
    ratio.slider.setFocus()
    told = heard(dock.settingsChanged)
    QTest.keyClick(ratio.slider, Qt.Key.Key_Right)
    assert dock.band_ratio().threshold == pytest.approx(2.01)
    assert ratio.histogram.threshold == pytest.approx(2.01)
    type_number(ratio.threshold, "3.25")
    assert dock.band_ratio().threshold == 3.25
    assert ratio.slider.value() == round((3.25 - 0.5) / 5.5 * 550) == 275
    assert len(told) == 2


def test_another_index_brings_its_own_range_and_default(dock, ratio):
    tick(ratio.automatic)
    ratio.index.setFocus()
    for _ in range(3):
        QTest.keyClick(ratio.index, Qt.Key.Key_Down)
    assert dock.band_ratio().index == "ndsi"
    assert dock.band_ratio().threshold == 0.4
    assert (ratio.threshold.minimum(), ratio.threshold.maximum()) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("lacking", "index"),
    [(set(), "red_swir"), ({Role.RED}, "nir_swir"), ({Role.RED, Role.NIR}, "ndsi")],
    ids=["red", "nir", "green"],
)
def test_the_automatic_index_follows_the_roles(dock, ratio, lacking, index):
    dock.show_bands(scene(), scene_guesses(without=lacking))
    assert ratio.current_index() == index


def test_live_preview_is_told_by_a_click_and_not_by_a_call(dock, ratio):
    told = heard(dock.previewToggled)
    tick(ratio.preview)
    assert dock.is_previewing()
    tick(ratio.preview)
    assert told == [(True,), (False,)]
    dock.set_previewing(True)
    assert len(told) == 2


def test_the_preview_shows_histogram_index_and_the_threshold_found(dock, ratio):
    dock.set_previewing(True)
    dock.show_preview_info(preview())
    assert ratio.histogram.isVisible()
    assert ratio.preview_info.full_text == "Red / SWIR 1"
    assert ratio.threshold.value() == 2.13
    assert dock.band_ratio().threshold is None
    dock.show_preview_info(None)
    assert not ratio.histogram.isVisible()


def test_a_preview_moves_no_threshold_that_was_set_by_hand(dock, ratio):
    dock.set_band_ratio(BandRatioSettings(threshold=1.7))
    dock.show_preview_info(preview(1.7))
    dock.show_preview_info(preview(2.13))
    assert dock.band_ratio().threshold == 1.7


def test_the_threshold_found_is_where_the_hand_goes_on(dock, ratio):
    dock.show_preview_info(preview(2.13))
    tick(ratio.automatic)
    assert dock.band_ratio().threshold == 2.13


def test_while_a_preview_is_computed_the_last_one_stays(dock, ratio):
    dock.set_previewing(True)
    dock.show_preview_info(preview())
    dock.show_preview_busy(True)
    assert ratio.histogram.isVisible()
    assert ratio.preview_info.full_text == "computing…"
    dock.show_preview_busy(False)
    dock.show_preview_info(preview())
    assert ratio.preview_info.full_text == "Red / SWIR 1"


def test_reading_a_view_is_shown_by_a_moving_bar_until_the_preview_is_there_or_off(dock, ratio):
    tick(ratio.preview)
    dock.show_preview_busy(True)
    dock.show_preview_reading()
    assert ratio.reading.isVisible()
    assert (ratio.reading.minimum(), ratio.reading.maximum()) == (0, 0)
    dock.show_preview_busy(True)
    assert ratio.preview_info.full_text == "reading… untick to stop"
    dock.show_preview_busy(False)
    dock.show_preview_info(preview())
    assert not ratio.reading.isVisible()
    dock.show_preview_reading()
    tick(ratio.preview)
    assert not ratio.reading.isVisible()
    assert ratio.preview_info.full_text == ""


def test_switching_the_preview_off_takes_the_histogram_away(dock, ratio):
    dock.set_previewing(True)
    dock.show_preview_info(preview())
    tick(ratio.preview)
    assert not ratio.histogram.isVisible()


def test_the_line_in_the_histogram_is_dragged(dock, ratio):
    dock.set_previewing(True)
    dock.show_preview_info(preview())
    settle()
    told = heard(dock.settingsChanged)
    chart = ratio.histogram
    x = round(chart.x_of(4.0))
    QTest.mousePress(chart, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(x, 20))
    QTest.mouseRelease(chart, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(x, 20))
    assert dock.band_ratio().threshold == pytest.approx(4.0, abs=8.0 / chart.width())
    assert not ratio.automatic.isChecked()
    assert ratio.slider.isEnabled()
    assert len(told) == 1


def test_the_line_in_the_histogram_moves_by_keys_and_stays_inside(dock, ratio):
    dock.show_preview_info(preview(2.0))
    ratio.histogram.setFocus()
    QTest.keyClick(ratio.histogram, Qt.Key.Key_Right)
    assert dock.band_ratio().threshold == pytest.approx(2.08)
    QTest.keyClick(ratio.histogram, Qt.Key.Key_Left)
    assert dock.band_ratio().threshold == pytest.approx(2.0)
    assert ratio.histogram.value_at(-50) == 0.0
    assert ratio.histogram.value_at(10_000) == 8.0


@pytest.mark.parametrize(
    ("rule", "default"),
    [("min_blue", 0.06), ("max_ndwi", 0.4), ("max_ndvi", 0.3), ("max_temperature_k", 283.0)],
)
def test_each_rule_is_switched_off_and_on_and_given_a_number(dock, ratio, rule, default):
    told = heard(dock.settingsChanged)
    assert getattr(dock.band_ratio(), rule) == default
    tick(ratio.rules.checks[rule])
    assert getattr(dock.band_ratio(), rule) is None
    assert not ratio.rules.boxes[rule].isEnabled()
    tick(ratio.rules.checks[rule])
    ratio.rules.boxes[rule].setFocus()
    QTest.keyClick(ratio.rules.boxes[rule], Qt.Key.Key_Up)
    assert getattr(dock.band_ratio(), rule) > default
    assert len(told) == 3


def test_the_slope_for_water_goes_with_its_rule(dock, ratio):
    tick(ratio.rules.checks["max_ndwi"])
    assert not ratio.rules.slope.isEnabled()
    tick(ratio.rules.checks["max_ndwi"])
    type_number(ratio.rules.slope, "12")
    assert dock.band_ratio().water_max_slope_deg == 12.0


def test_a_rule_without_its_band_says_that_it_is_skipped(dock, ratio):
    assert ratio.rules.skipped["max_temperature_k"].text() == "Skipped: no band for Thermal."
    assert not ratio.rules.skipped["min_blue"].isVisible()
    assert ratio.more.summary.full_text == "Red / SWIR 1, 3 rules"


def test_median_and_softness_are_told(dock, ratio):
    told = heard(dock.settingsChanged)
    ratio.median.setFocus()
    QTest.keyClick(ratio.median, Qt.Key.Key_Down)
    assert dock.band_ratio().median_px == 5
    type_number(ratio.softness, "0.4")
    assert dock.band_ratio().softness == 0.4
    assert len(told) == 2


def test_reset_brings_the_defaults_back_and_tells_once(dock, ratio):
    dock.set_band_ratio(BandRatioSettings(index="ndsi", threshold=0.45, softness=0.3, min_blue=None, median_px=1))
    told = heard(dock.settingsChanged)
    click(ratio.reset)
    assert dock.band_ratio() == BandRatioSettings()
    assert len(told) == 1


def test_sections_fold_by_click_and_by_key(dock):
    section = dock.map.layers_section
    click(section.header)
    assert not section.is_open()
    assert not dock.map.roles.isVisible()
    section.header.setFocus()
    QTest.keyClick(section.header, Qt.Key.Key_Space)
    assert dock.map.roles.isVisible()
    assert section.header.accessibleDescription() == "unfolded"


@pytest.mark.parametrize(
    ("counts", "full"),
    [([3, 10, 2, 5, 900], 10), ([800, 10, 2, 5, 4], 10), ([7, 0, 0, 0, 9], 9), ([], 0), ([4], 4)],
    ids=["all beyond the range at the right", "at the left", "only there", "none", "one bin"],
)
def test_bins_that_hold_all_beyond_the_range_do_not_flatten_the_others(dock, ratio, counts, full):
    ratio.histogram.show_counts(counts, 0.0, 4.0)
    assert ratio.histogram.full_count() == full


def test_the_valley_is_seen_beside_a_clipped_bin(dock, ratio):
    chart = ratio.histogram
    dock.show_preview_info(dataclasses.replace(preview(), histogram=[40, 80, 0, 60, 9000]))
    settle()
    picture = chart.grab().toImage()
    places = [round((number + 0.5) / 5 * (chart.width() - 12) + 6) for number in range(5)]
    middle = chart.height() // 2
    ground = picture.pixel(places[2], middle)  # an empty bin
    assert [picture.pixel(x, middle) != ground for x in places] == [True, True, False, True, True]
