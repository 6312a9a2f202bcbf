"""Focus order, names for screen readers, mnemonics."""

from __future__ import annotations

from collections import Counter

import pytest
from dock_maker import MISSING_FACE, Window, settle
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollBar,
    QToolButton,
)

from glacier_mapper.gui.histogram import HistogramWidget

INPUTS = (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QAbstractSlider, HistogramWidget)


@pytest.fixture
def dock(qgis_app):
    made = Window(height=1500)
    made.make_ready()
    made.dock.map.model.band_ratio.more.set_open(True)
    made.dock.map.outlines_section.set_open(True)
    settle()
    yield made.dock
    made.close()


QGIS_MENUS = set("jevlspordwmch")
"""Alt and one of these opens a menu of the main window; the dock lies in the same window."""


def own_inputs(page):
    """Widgets that take the focus; the insides of spin boxes and editable combo boxes belong to those."""
    for widget in page.findChildren(INPUTS):
        inner = isinstance(widget.parent(), (QAbstractSpinBox, QComboBox, QLineEdit)) or isinstance(widget, QScrollBar)
        if not inner and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield widget


def position(dock, widget):
    place = widget.mapTo(dock, widget.rect().center())
    return place.y(), place.x()


def tab_through(dock, first, count):
    first.setFocus()
    seen = [QApplication.focusWidget()]
    for _ in range(count):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    return seen


def test_the_tab_key_visits_every_input_of_the_page_from_top_to_bottom(dock):
    expected = [w for w in dock.map.focus_chain() if w.isVisible() and w.isEnabled()]
    seen = tab_through(dock, expected[0], len(expected) - 1)
    assert [w.accessibleName() or w.objectName() for w in seen] == [
        w.accessibleName() or w.objectName() for w in expected
    ]
    assert seen == expected


def test_after_the_page_come_the_buttons_at_the_foot(dock):
    dock.map.run.button.setFocus()
    seen = tab_through(dock, dock.map.run.button, 5)
    assert seen[1:] == dock.foot.focus_chain()


def test_shift_tab_goes_back(dock):
    dock.foot.help.setFocus()
    QTest.keyClick(dock.foot.help, Qt.Key.Key_Backtab)
    assert QApplication.focusWidget() is dock.map.run.button


def test_the_order_is_that_of_the_eye(dock):
    chain = [w for w in dock.map.focus_chain() if w.isVisible() and w not in (dock.map.roles.show_all,)]
    rows = [position(dock, w)[0] // 12 for w in chain]
    assert rows == sorted(rows)


def test_no_input_of_the_page_is_left_out_of_the_order(dock):
    left_out = [w for w in own_inputs(dock.map) if w not in dock.map.focus_chain()]
    assert [type(w).__name__ + " " + w.accessibleName() for w in left_out] == []


def test_the_runner_card_comes_first(dock):
    dock.show_runner_state(MISSING_FACE)
    settle()
    seen = tab_through(dock, dock.map.card.accelerator, 4)
    card = dock.map.card
    assert seen == [card.accelerator, card.wheel_folder, card.browse, card.action, dock.map.layers_section.header]


def test_every_input_has_a_name_for_a_screen_reader(dock):
    nameless = []
    for widget in [*own_inputs(dock.map), *own_inputs(dock.foot)]:
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        if not (widget.accessibleName() or text):
            nameless.append(widget)
    assert [type(w).__name__ + " " + w.objectName() for w in nameless] == []


def test_buttons_that_show_an_icon_only_say_in_a_tool_tip_what_they_do(dock):
    buttons = [b for b in [*own_inputs(dock.map), *own_inputs(dock.foot)] if isinstance(b, QToolButton)]
    bare = [b for b in buttons if b.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly]
    assert len(bare) >= 5
    assert [b.accessibleName() for b in bare if not b.toolTip()] == []


def test_mnemonics_are_taken_once_and_leave_the_menus_of_qgis_alone(dock):
    dock.show_runner_state(MISSING_FACE)
    settle()
    widgets = [*dock.map.findChildren((QAbstractButton, QLabel)), *dock.foot.findChildren(QAbstractButton)]
    visible = [w for w in widgets if w.isVisible()]
    letters = Counter(
        text[text.index("&") + 1].lower()
        for text in (w.text().replace("&&", "") for w in visible)
        if "&" in text[:-1]
    )
    assert {letter: count for letter, count in letters.items() if count > 1} == {}
    assert set(letters) & QGIS_MENUS == set()
    assert "g" in letters
