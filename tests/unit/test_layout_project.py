"""Where things lie, and what the plugin repository asks of metadata.txt."""

from __future__ import annotations

import configparser
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOP_LEVEL = {
    "glacier_mapper", "resources", "i18n", "tests", "metadata.txt", "Makefile", "README.md", "LICENSE",
    "CHANGELOG.md", "CONTRIBUTING.md", "pyproject.toml", "requirements", "docs", ".ci", ".gitignore",
}
BUNDLED = "resources/models/compact/"
BINARIES = {".so", ".dll", ".exe", ".pyd", ".dylib", ".onnx", ".h5", ".whl"}
VERSION = re.compile(r"\b\d+\.\d+\.\d+\b")


def tracked() -> list[str]:
    """Files under version control; in an unpacked archive, every file."""
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def metadata():
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "metadata.txt", encoding="utf-8")
    return parser["general"]


def test_the_top_level_holds_what_the_design_names():
    assert {name.split("/")[0] for name in tracked()} - TOP_LEVEL == set()


def test_no_binaries_and_no_test_data_are_tracked():
    others = [name for name in tracked() if not name.startswith(BUNDLED)]
    assert [name for name in others if Path(name).suffix in BINARIES] == []
    large = [name for name in others if (ROOT / name).exists() and (ROOT / name).stat().st_size > 1_000_000]
    assert large == []


def test_the_bundled_package_is_whole_and_small():
    assert {Path(name).name for name in tracked() if name.startswith(BUNDLED)} == {
        "model.json", "model.onnx", "weights.npz", "golden.npz",
    }  # fmt: skip
    assert sum((ROOT / name).stat().st_size for name in tracked() if name.startswith(BUNDLED)) <= 8 * 2**20


@pytest.mark.parametrize(
    "key",
    ["name", "description", "version", "qgisMinimumVersion", "author", "email", "about", "tracker", "repository"],
)
def test_metadata_has_what_the_plugin_repository_requires(metadata, key):
    assert metadata[key].strip()


def test_the_plugin_shows_up_in_qgis_4(metadata):
    assert metadata["qgisMaximumVersion"] == "4.99"
    assert metadata["qgisMinimumVersion"] == "3.22"


def test_the_packages_that_a_click_installs_are_named_before(metadata):
    names = re.findall(r"^([a-z][\w-]*)", (ROOT / "requirements" / "runner.in").read_text(), re.MULTILINE)
    assert [name for name in names if name not in metadata["about"]] == []


def test_the_icon_exists(metadata):
    assert (ROOT / metadata["icon"]).is_file()


def test_the_version_stands_in_metadata_only(metadata):
    version = re.compile(rf"""(?<![\w.]){re.escape(metadata["version"])}(?![\w.])""")
    files = [ROOT / name for name in tracked() if name.endswith((".py", ".toml", "Makefile"))]
    assert [str(path) for path in files if path.exists() and version.search(path.read_text(encoding="utf-8"))] == []


def test_the_changelog_knows_the_version(metadata):
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{metadata['version']}]" in changelog
    assert VERSION.search(changelog)


def test_no_file_names_the_place_where_it_was_written():
    texts = [ROOT / name for name in tracked() if not name.endswith((".png", ".LICENSE"))]
    place = f"{ROOT}/"
    assert [path.name for path in texts if path.exists() and place in path.read_text(errors="replace")] == []


def test_every_package_of_the_source_has_an_init():
    folders = {path.parent for path in (ROOT / "glacier_mapper").rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_test_files_have_names_of_their_own():
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_the_requirements_are_pinned():
    for name in ("runner", "dev", "qgis"):
        lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
        pins = [line for line in lines if line and not line.lstrip().startswith("#")]
        assert pins
        assert [line for line in pins if "==" not in line] == []


def test_readme_names_the_two_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make demo" in readme
    assert "make test" in readme


def test_pictures_of_the_readme_exist():
    for document in ("README.md", "docs/user-guide.md"):
        path = ROOT / document
        pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", path.read_text(encoding="utf-8"))
        assert [name for name in pictures if not (path.parent / name).is_file()] == []
    assert (ROOT / "docs" / "user-guide.md").read_text(encoding="utf-8").count("## ") >= 5


def test_there_are_at_least_as_many_lines_of_tests_as_of_source():
    def lines(folder: str) -> int:
        return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / folder).rglob("*.py"))

    assert lines("tests") - lines("tests/tools") >= lines("glacier_mapper")
