"""What `make package` puts into the zip."""

from __future__ import annotations

import stat
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "tools"))

import package  # noqa: E402


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return package.build_zip(tmp_path_factory.mktemp("zip") / "plugin.zip")


@pytest.fixture(scope="module")
def names(archive):
    with zipfile.ZipFile(archive) as opened:
        return opened.namelist()


def test_one_folder_named_after_the_package(names):
    assert {name.split("/")[0] for name in names} == {"glacier_mapper"}


@pytest.mark.parametrize(
    "name",
    ["__init__.py", "plugin.py", "metadata.txt", "LICENSE", "requirements/runner.txt", "requirements/torch.txt", "requirements/training.txt",
     "core/errors.py",
     "runner/__main__.py", "resources/icons/glacier_mapper.svg"],
)
def test_it_holds_what_the_plugin_needs(names, name):
    assert f"glacier_mapper/{name}" in names


def test_it_holds_no_tests_hidden_files_caches_or_sources_of_translations(names):
    bad = [name for name in names if "/." in name or "__pycache__" in name or "/tests/" in name]
    assert bad == []
    assert [name for name in names if Path(name).suffix in package.LEFT_OUT] == []


def test_it_is_small_enough_for_the_plugin_repository(archive):
    assert archive.stat().st_size <= 25 * 1024 * 1024


def test_no_file_is_executable(archive):
    with zipfile.ZipFile(archive) as opened:
        modes = {stat.S_IMODE(entry.external_attr >> 16) for entry in opened.infolist()}
    assert modes == {0o644}


def test_the_same_sources_give_the_same_bytes(archive, tmp_path):
    assert package.build_zip(tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def test_linked_and_installed_plugin_hold_the_same_python_files(archive, tmp_path):
    installed = package.install_zip(archive, tmp_path / "installed")
    linked = package.link_source(tmp_path / "linked")

    def files(folder: Path) -> set[str]:
        found = []
        for entry in folder.iterdir():
            found += [entry] if entry.is_file() else [entry / path.relative_to(entry) for path in entry.rglob("*.py")]
        return {path.relative_to(folder).as_posix() for path in found if path.suffix == ".py"}

    assert files(installed) == files(linked)
    assert "plugin.py" in files(linked) or not (ROOT / "glacier_mapper" / "plugin.py").exists()


def test_linking_again_leaves_the_checkout_alone(tmp_path):
    first = package.link_source(tmp_path)
    again = package.link_source(tmp_path)
    assert first == again
    assert (ROOT / "glacier_mapper" / "core" / "errors.py").is_file()
    assert (again / "core").is_symlink()
