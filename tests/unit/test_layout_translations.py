"""The second language is complete, and its sentences keep the details that the first one has."""

from __future__ import annotations

import string
import sys
from pathlib import Path

# Our own file, read in a test: nothing here comes from outside.
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "tools"))

import extract  # noqa: E402

FILES = sorted((ROOT / "i18n").glob("*.ts"))


def messages(path: Path) -> list[tuple[str, str, ElementTree.Element]]:
    """(context, source, translation element) of every text."""
    tree = ElementTree.parse(path)
    return [
        (context.findtext("name"), message.findtext("source"), message.find("translation"))
        for context in tree.iter("context")
        for message in context.iter("message")
    ]


def details(text: str) -> set[str]:
    return {name.partition(":")[0] for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def sources(path: Path) -> set[tuple[str, str]]:
    return {(context, source) for context, source, _ in messages(path)}


@pytest.fixture(scope="module")
def extracted():
    """What the source holds now."""
    return set(extract.package_texts())


def test_there_is_a_second_language():
    assert [path.name for path in FILES] == ["glacier_mapper_es.ts"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_text_of_the_source_is_in_the_file(path, extracted):
    assert sorted(extracted - sources(path)) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_text_is_translated(path):
    found = [source for _, source, translation in messages(path)
             if translation.get("type") == "unfinished" or not (translation.text or "").strip()]
    assert found == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_translations_name_the_same_details(path):
    wrong = [source for _, source, translation in messages(path) if details(source) != details(translation.text or "")]
    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_sentences_stay_sentences(path):
    wrong = [source for _, source, translation in messages(path)
             if source.endswith(".") != (translation.text or "").endswith(".")]
    assert wrong == []


def test_core_texts_are_found_by_the_extraction(extracted):
    assert ("errors", "Cancelled.") in extracted
    assert ("progress", "Tracing outlines") in extracted


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('translate("A", "one")', {("A", "one")}),
        ('QCoreApplication.translate(\n    "A",\n    "one "\n    "two",\n)', {("A", "one two")}),
        ('C = "A"\nx = translate(C, "one").format(n=1)', {("A", "one")}),
        ('class Dock:\n    def f(self):\n        return self.tr("one")', {("Dock", "one")}),
        ('def say(text):\n    return translate("A", text)\nsay("one")', {("A", "one")}),
        ('class D:\n    def tr(self, text):\n        return translate("A", text)\n'
         '    def f(self):\n        return self.tr("one")', {("A", "one")}),
        ("translate(error)", set()),
        ("translate(context, message.template)", set()),
    ],
    ids=["plain", "many lines", "constant", "class", "helper", "method helper", "other function", "variable"],
)
def test_extraction(source, expected):
    assert extract.texts_of(source) == expected


@pytest.mark.parametrize("call", ['translate("A", f"{x}")', 'translate("A", "a" + b)', 'tr("no class")'])
def test_a_text_that_nobody_can_translate_is_refused(call):
    with pytest.raises(extract.TextError, match="1 text"):
        extract.texts_of(call)
