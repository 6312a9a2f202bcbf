"""The lint itself finds what it is there to find."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

import lint  # noqa: E402

BAD = "import pickle\n\n\ndef load(path):\n    return pickle.load(open(path, 'rb'))\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "good.py").write_text("X = 1\n", encoding="utf-8")
    return tmp_path


def test_bandit_says_nothing_of_a_harmless_module(folder):
    assert lint.bandit_findings(folder) == []


def test_bandit_findings_name_file_line_and_rule(folder):
    (folder / "bad.py").write_text(BAD, encoding="utf-8")
    found = lint.bandit_findings(folder)
    assert any("bad.py:5 B301" in line for line in found)


def test_a_file_that_bandit_cannot_read_is_a_finding(folder):
    (folder / "broken.py").write_text("def f(:\n", encoding="utf-8")
    assert any("broken.py" in line for line in lint.bandit_findings(folder))


def test_secrets_are_found_although_the_tool_exits_with_0(folder):
    assert lint.secrets_findings(folder) == []
    key = "AKIA" + "IOSFODNN7" + "EXAMPLQ"
    (folder / "settings.py").write_text(f'access = "{key}"\n', encoding="utf-8")
    assert lint.secrets_findings(folder) == ["settings.py:1 AWS Access Key"]


def test_an_unknown_group_is_refused():
    with pytest.raises(KeyError):
        lint.main(["nonsense"])
