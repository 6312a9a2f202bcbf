"""Lines in the message bar: whole, and one of a kind at a time."""

from __future__ import annotations

import pytest
from dock_maker import settle
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QTextBrowser, QVBoxLayout, QWidget
from test_task_background import wait_until

from glacier_mapper.core.errors import DiskFullError, NoLayersError, RunnerCrashedError
from glacier_mapper.qgis_io.bar_actions import BarActions
from glacier_mapper.qgis_io.notify import Notifier
from glacier_mapper.qgis_io.task import run_in_background

FULL = DiskFullError(path="/data/a long name/of a folder with results/2021-08-24_001", needed_mb=4000, free_mb=10)


@pytest.fixture
def bar(qgis_app):
    window = QWidget()
    window.resize(700, 200)
    layout = QVBoxLayout(window)
    found = QgsMessageBar(window)
    layout.addWidget(found)
    layout.addStretch(1)
    window.show()
    QTest.qWaitForWindowExposed(window)
    yield found
    window.close()
    window.deleteLater()
    settle()


def texts(bar):
    return [item.text() for item in bar.items()]


def hidden_px(bar):
    """How much of the text lies below the edge."""
    browser = bar.currentItem().findChild(QTextBrowser)
    return browser.document().size().height() - browser.viewport().height()


def test_the_remedy_in_the_second_line_is_seen_at_every_width(bar):
    Notifier(bar, lambda: None).error(FULL)
    for width in (700, 620, 900):
        bar.parent().resize(width, 200)
        settle(12)
        assert hidden_px(bar) <= 0, width
    assert bar.height() < 80


def test_a_very_long_text_takes_four_lines_and_scrolls(bar):
    Notifier(bar).warning("word " * 400)
    settle(12)
    assert hidden_px(bar) > 0
    assert bar.height() < 6 * bar.fontMetrics().lineSpacing() + 30


def test_a_new_error_replaces_our_last_one_and_leaves_the_others(bar):
    bar.pushMessage("Another plugin", "its own words")
    notifier = Notifier(bar)
    notifier.error(RunnerCrashedError(reason="signal 9"))
    notifier.error(RunnerCrashedError(reason="signal 11"))
    notifier.success("Mapped.")
    settle(12)
    shown = texts(bar)
    assert len(shown) == 3
    assert sum("signal" in text for text in shown) == 1
    assert any("signal 11" in text for text in shown)
    assert "its own words" in shown


def test_a_line_that_was_closed_is_no_trouble(bar):
    notifier = Notifier(bar)
    notifier.error(NoLayersError())
    bar.clearWidgets()
    settle(12)
    notifier.error(NoLayersError())
    settle(12)
    assert len(texts(bar)) == 1


def test_two_findings_stand_beside_each_other_and_the_same_again_replaces_its_own(bar):
    actions = BarActions(bar, None, Notifier(bar))
    actions.show_outlines("2 outlines cross themselves.", None, [])
    actions.show_outlines("3 outlines have no shape.", None, [])
    actions.show_outlines("4 outlines cross themselves.", None, [])
    settle(12)
    assert sorted(texts(bar)) == ["3 outlines have no shape.", "4 outlines cross themselves."]


def test_qgis_own_line_on_a_task_of_ours_goes_and_all_others_stay(bar):
    notifier = Notifier(bar)
    bar.widgetAdded.connect(notifier.drop_echoes)
    ended = []
    run_in_background("Map here", lambda task: 1, ended.append, ended.append)
    wait_until(lambda: ended)
    notifier.info("Map here")
    bar.pushMessage("Task failed", "another plugin's task")
    bar.pushMessage("Task failed", "Map here")
    assert texts(bar)[0] == "Map here"
    settle(12)
    assert texts(bar) == ["another plugin's task", "Map here"]
    assert [item.title() for item in bar.items()] == ["Task failed", "Glacier Mapper"]
