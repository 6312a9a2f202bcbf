"""The icons: there, drawn, one-coloured where they are to be tinted, sharp at every size."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtSvg import QSvgRenderer

from glacier_mapper.gui import icons

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "resources" / "icons"
MONO = sorted(path.stem for path in FOLDER.glob("*.svg") if path.stem != icons.PLUGIN)


def opaque_share(pixmap):
    image = pixmap.toImage()
    pixels = [image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height())]
    return sum(alpha > 100 for alpha in pixels) / len(pixels)


def names_in_the_source():
    """Icon names handed to tool_button, show_icon, set_icon, PrimaryButton in the whole of gui."""
    for path in (ROOT / "glacier_mapper" / "gui").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                place = {"tool_button": 1, "show_icon": 0, "set_icon": 1, "PrimaryButton": 1}.get(name)
                argument = node.args[place] if place is not None and len(node.args) > place else None
                if isinstance(argument, ast.Constant) and argument.value:
                    yield argument.value


def test_every_icon_that_the_source_names_exists():
    assert {name for name in names_in_the_source() if not Path(icons.icon_path(name)).is_file()} == set()


@pytest.mark.parametrize("name", MONO)
def test_an_icon_is_drawn_in_the_colour_asked_for(qgis_app, name):
    red = QColor("#ff0000")
    image = icons.tinted_pixmap(name, red, 24).toImage()
    pixels = [image.pixelColor(x, y) for x in range(24) for y in range(24)]
    assert {pixel.name() for pixel in pixels if pixel.alpha() > 250} == {"#ff0000"}


@pytest.mark.parametrize("size", [16, 24])
@pytest.mark.parametrize("name", [*MONO, icons.PLUGIN])
def test_an_icon_can_be_seen_when_small(qgis_app, name, size):
    least = 0.01 if name in ("unused", "more") else 0.06
    assert opaque_share(icons.tinted_pixmap(name, QColor("black"), size)) > least


def test_an_icon_has_twice_the_pixels_on_a_screen_with_twice_as_many(qgis_app):
    pixmap = icons.tinted_pixmap("help", QColor("black"), 20, 2.0)
    assert pixmap.width() == 40
    assert pixmap.devicePixelRatio() == 2.0


@pytest.mark.parametrize("name", [*MONO, icons.PLUGIN])
def test_icons_are_plain_small_svg(name):
    text = Path(icons.icon_path(name)).read_text(encoding="utf-8")
    assert len(text) < 4000
    assert not re.search(r"<script|href=|<image|<text|clip-path", text)
    assert QSvgRenderer(icons.icon_path(name)).isValid()


def test_the_plugin_icon_has_ice_and_rock_in_its_colours(qgis_app):
    image = icons.plugin_icon().pixmap(64, 64).toImage()
    assert image.pixelColor(32, 55).lightness() > 150
    assert image.pixelColor(12, 45).lightness() < 120
    assert image.pixelColor(0, 0).alpha() == 0
