"""In a Spanish QGIS the panel is Spanish."""

from __future__ import annotations

import re
import string
from pathlib import Path

# Our own file, read in a test: nothing here comes from outside.
from xml.etree import ElementTree

from harness import DesktopOptions, run_qgis

ROOT = Path(__file__).resolve().parents[2]


def english_only() -> dict[str, str]:
    """English texts without details whose translation differs, mnemonics taken out."""
    tree = ElementTree.parse(ROOT / "i18n" / "glacier_mapper_es.ts")
    pairs = ((m.findtext("source"), m.findtext("translation")) for m in tree.iter("message"))
    plain = ((source.replace("&", ""), translation.replace("&", "")) for source, translation in pairs)
    return {
        source: translation for source, translation in plain
        if source != translation and not any(name for _, name, _, _ in string.Formatter().parse(source))
    }


def test_no_english_text_is_left_in_a_spanish_panel(simulated, scenario, tmp_path):
    run = run_qgis(scenario("language"), tmp_path, {"scene": str(simulated.image)}, DesktopOptions(language="es"))
    assert run.ok, run.report()
    shown = set(run.results["texts"])
    assert "Cartografiar los glaciares de la vista" in shown
    spanish = set(english_only().values())  # a word that is Spanish, too, as Radar
    assert sorted(shown & set(english_only()) - spanish) == []
    assert run.results["content_px"] <= run.results["room_px"], run.results["dock_px"]
    assert re.match(r"CPU, \d+ hilos? · ", run.results["estimate"])
    area = re.search(r"\d+,\d+ km²", run.results["status"])
    assert area, run.results["status"]
    assert sum(area[0] in text for text in run.results["bar"]) == 1, run.results["bar"]
    assert run.results["notes"]
    assert not [note for note in run.results["notes"] if re.search(r"\b(the|was|with|because)\b", note)]
