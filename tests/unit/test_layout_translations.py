"""The second language is complete, and its sentences keep the details that the first one has."""

from __future__ import annotations

import shutil
import string
import subprocess
from pathlib import Path

# Our own file, read in a test: nothing here comes from outside.
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]
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
def extracted(tmp_path_factory):
    """What the source holds now."""
    if shutil.which("pylupdate5") is None:
        pytest.skip("pylupdate5 is not installed")
    target = tmp_path_factory.mktemp("i18n") / "now.ts"
    files = sorted(str(path) for path in (ROOT / "glacier_mapper").rglob("*.py"))
    subprocess.run(["pylupdate5", "-noobsolete", *files, "-ts", str(target)], cwd=ROOT, check=True, capture_output=True)
    return target


def test_there_is_a_second_language():
    assert [path.name for path in FILES] == ["glacier_mapper_es.ts"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_text_of_the_source_is_in_the_file(path, extracted):
    assert sorted(sources(extracted) - sources(path)) == []


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
    assert ("errors", "Cancelled.") in sources(extracted)
    assert ("progress", "Tracing outlines") in sources(extracted)
