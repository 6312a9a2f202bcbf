"""Narrow docks, small screens, dark themes: measured."""

from __future__ import annotations

import pytest
from dock_maker import (
    MISSING_FACE,
    READY,
    Window,
    dem,
    estimate,
    preview,
    result,
    scene,
    scene_guesses,
    settle,
    sure,
)
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtGui import QColor, QPalette
from qgis.PyQt.QtWidgets import QApplication, QCheckBox, QLabel, QWidget

from glacier_mapper.core.errors import RunnerCrashedError
from glacier_mapper.core.progress import Progress, Stage
from glacier_mapper.core.review_list import ReviewRow
from glacier_mapper.core.roles import Role
from glacier_mapper.core.runner_face import RunnerCondition, RunnerFace
from glacier_mapper.gui import colors
from glacier_mapper.gui.widgets import ElidedLabel, Glyph, WrapLabel

THEMES = {
    "fusion light": ("#efefef", "#000000", "#308cc6"),
    "white": ("#ffffff", "#333333", "#0078d7"),
    "blend of gray": ("#808080", "#eeeeee", "#4080c0"),
    "fusion dark": ("#353535", "#f0f0f0", "#2a82da"),
    "night mapping": ("#323232", "#aaaaaa", "#d7801a"),
    "black": ("#000000", "#dddddd", "#ffcc00"),
}


@pytest.fixture
def window(qgis_app):
    made = Window()
    yield made
    made.close()


@pytest.fixture(params=THEMES, ids=str)
def themed(request, window):
    """The dock in a theme."""
    background, text, highlight = (QColor(name) for name in THEMES[request.param])
    palette = QPalette(QApplication.palette())
    for role, color in (
        (QPalette.ColorRole.Window, background), (QPalette.ColorRole.Base, background),
        (QPalette.ColorRole.WindowText, text), (QPalette.ColorRole.Text, text),
        (QPalette.ColorRole.ButtonText, text), (QPalette.ColorRole.Highlight, highlight),
    ):
        palette.setColor(role, color)
    window.window.setPalette(palette)
    window.dock.setPalette(palette)
    settle()
    return window.dock


def test_contrast_is_that_of_wcag():
    black, white, grey = QColor("#000000"), QColor("#ffffff"), QColor("#777777")
    assert colors.contrast(black, white) == pytest.approx(21.0)
    assert colors.contrast(white, black) == pytest.approx(21.0)
    assert colors.contrast(white, white) == pytest.approx(1.0)
    assert colors.contrast(grey, white) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("kind", colors.Accent, ids=lambda kind: kind.name)
def test_accents_can_be_read_on_every_grey_and_keep_their_hue_where_they_can(kind):
    for level in range(0, 256, 15):
        background = QColor(level, level, level)
        assert colors.contrast(colors.readable(QColor(kind.value), background), background) >= 4.5
    on_white = colors.readable(QColor(kind.value), QColor("#ffffff"))
    assert abs(on_white.hue() - QColor(kind.value).hue()) <= 3


def test_a_colour_that_reads_well_stays_as_it_is():
    assert colors.readable(QColor("#123456"), QColor("#ffffff")) == QColor("#123456")


def label_color(label: QLabel) -> QColor:
    label.ensurePolished()
    return label.palette().color(label.foregroundRole())


def test_every_line_of_text_can_be_read_in_every_theme(themed):
    guess = sure(Role.ELEVATION, "dem", 1, certainty=0.3)
    themed.show_runner_state(MISSING_FACE)
    themed.show_bands([*scene(), dem()], [*scene_guesses(without={Role.SWIR1}), guess])
    themed.show_error(RunnerCrashedError(reason="9"))
    settle()
    background = colors.paper(themed)
    faint = {}
    for label in themed.map.findChildren((WrapLabel, ElidedLabel)):
        if label.isVisible() and label.text() and label.styleSheet():
            found = colors.contrast(label_color(label), background)
            if found < colors.TEXT_CONTRAST:
                faint[label.text()] = round(found, 2)
    assert faint == {}


def test_every_sign_can_be_seen_in_every_theme(themed):
    themed.show_bands([*scene(), dem()], [*scene_guesses(), sure(Role.ELEVATION, "dem", 1, certainty=0.3)])
    settle()
    background = colors.paper(themed)
    glyphs = [glyph for glyph in themed.map.findChildren(Glyph) if glyph.isVisible() and glyph.icon]
    assert len(glyphs) >= 8
    for glyph in glyphs:
        image = glyph.pixmap_now().toImage()
        pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
        strongest = max(pixels, key=QColor.alpha)
        assert strongest.alpha() > 120
        solid = QColor(strongest.red(), strongest.green(), strongest.blue())
        assert colors.contrast(solid, background) >= colors.SIGN_CONTRAST - 0.1, glyph.icon


def test_the_main_button_can_be_read_in_every_theme(themed):
    themed.show_runner_state(READY)
    themed.show_bands(scene(), scene_guesses())
    button = themed.map.run.button
    assert colors.contrast(button.fill(), button.text_color()) >= colors.TEXT_CONTRAST
    assert button.fill().name() in button.styleSheet()


def test_a_change_of_theme_recolours_text_and_icons(window):
    window.make_ready()
    before = window.dock.foot.help.icon().pixmap(20, 20).toImage()
    label = window.dock.map.roles.rows[Role.RED].reason
    was = label.styleSheet()
    palette = QPalette(QColor("#303030"), QColor("#303030"))
    palette.setColor(QPalette.ColorRole.Window, QColor("#303030"))
    palette.setColor(QPalette.ColorRole.WindowText, QColor("#eeeeee"))
    window.dock.setPalette(palette)
    settle()
    assert window.dock.foot.help.icon().pixmap(20, 20).toImage() != before
    assert label.styleSheet() != was


def cut_off(dock, page: QWidget):
    """Visible widgets that reach beyond the page's right edge."""
    found = []
    for child in page.findChildren(QWidget):
        if child.isVisible() and not child.window().isHidden() and child.window() is dock.window():
            right = child.mapTo(page, QPoint(child.width(), 0)).x()
            if right > page.width() + 1:
                found.append(f"{type(child).__name__} {child.objectName()} {right} > {page.width()}")
    return found


@pytest.mark.parametrize("fill", [False, True], ids=["runner missing", "all open"])
@pytest.mark.parametrize("language", ["english", "spanish"])
def test_nothing_is_cut_off_in_a_dock_of_320_pixels(qgis_app, request, language, fill):
    if language == "spanish":
        request.getfixturevalue("spanish")
    window = Window(width=320, height=700)
    dock = window.dock
    try:
        dock.setFixedWidth(320)
        dock.show_runner_state(READY if fill else MISSING_FACE)
        dock.show_bands([*scene(layer="S2B_MSIL2A_20200927T103031_N0214_R108_T32TMS"), dem()], scene_guesses())
        dock.show_estimate(estimate())
        if fill:
            dock.show_finished(result())
            dock.show_preview_info(preview())
            dock.map.model.band_ratio.more.set_open(True)
            dock.map.outlines_section.set_open(True)
        settle(8)
        assert dock.width() == 320
        assert cut_off(dock, dock.map) == []
        for condition in () if fill else RunnerCondition:
            dock.show_runner_state(RunnerFace(condition, MISSING_FACE.plan))
            settle(4)
            assert cut_off(dock, dock.map) == [], condition
        assert dock.map.scroll.widget().width() <= dock.map.scroll.viewport().width()
    finally:
        window.close()


@pytest.mark.parametrize("language", ["english", "spanish"])
def test_titles_and_buttons_of_the_review_are_whole_in_a_dock_of_320_pixels(qgis_app, request, language):
    if language == "spanish":
        request.getfixturevalue("spanish")
    window = Window(width=320, height=700)
    dock = window.dock
    try:
        dock.setFixedWidth(320)
        dock.show_review_page()
        many = [ReviewRow(n, f"G{n}", 1.5, 0.5, 10.0, "accepted", "model", "") for n in range(60)]
        dock.review.show_rows(many)
        settle(8)
        table = dock.review.table
        assert table.verticalScrollBar().isVisible()
        metrics = table.horizontalHeader().fontMetrics()
        for column in range(table.model().columnCount()):
            title = table.model().headerData(column, Qt.Orientation.Horizontal)
            assert metrics.horizontalAdvance(title) + 6 <= table.columnWidth(column), title
        assert cut_off(dock, dock.review) == []
        texts = [one for one in dock.review.findChildren(QCheckBox) if one.isVisible()]
        assert [one.text() for one in texts if one.sizeHint().width() > one.width()] == []
    finally:
        window.close()


def test_the_dock_fits_a_screen_of_768_lines_and_keeps_its_button_in_sight(qgis_app):
    window = Window(width=320, height=480)
    dock = window.dock
    try:
        dock.show_runner_state(MISSING_FACE)
        dock.show_bands(scene(), scene_guesses())
        dock.show_error(RunnerCrashedError(reason="signal 9"))
        settle(8)
        assert dock.minimumSizeHint().height() <= 480
        assert dock.minimumSizeHint().width() <= 320
        assert dock.map.run.button.visibleRegion().boundingRect().height() == dock.map.run.button.height()
        assert dock.map.scroll.viewport().height() >= 100
    finally:
        window.close()


def test_wrapped_text_takes_no_more_height_than_it_needs(window):
    dock = window.make_ready()
    for label in dock.map.findChildren(WrapLabel):
        if label.isVisible() and label.text():
            assert label.height() <= label.heightForWidth(label.width()) + 2, label.text()


def test_a_theme_that_frames_its_labels_cuts_no_role_and_moves_no_line(window):
    window.window.setStyleSheet("QFrame { border: 1px solid rgba(0, 0, 0, 0); } QLabel { color: #aaa; }")
    dock = window.make_ready()
    settle(8)
    for row in dock.map.roles.rows.values():
        if row.isVisible():
            needed = row.label.fontMetrics().horizontalAdvance(row.label.text())
            assert needed <= row.label.contentsRect().width(), row.role
            assert row.need.text() == row.need.full_text
            assert abs(row.need.y() - row.glyph.y()) <= 2
            assert row.need.height() == row.reason.height()


def test_a_line_that_is_cut_has_all_of_it_in_its_tool_tip(window):
    label = ElidedLabel(window.dock)
    label.resize(60, 20)
    label.set_full_text("a long line that has no room")
    assert label.text().endswith("…")
    assert label.toolTip() == label.accessibleName() == "a long line that has no room"


def test_progress_builds_nothing_anew(window):
    dock = window.make_ready()
    dock.show_running(True)
    dock.show_progress(Progress(Stage.PREDICTING, 0, 40, 0.0, 40.0))
    settle()
    before = dock.findChildren(QWidget)
    for done in range(1, 40):
        dock.show_progress(Progress(Stage.PREDICTING, done, 40, done / 40, 40.0 - done))
        settle(1)
    assert dock.findChildren(QWidget) == before
    dock.show_finished(result())
    assert dock.findChildren(QWidget) == before
