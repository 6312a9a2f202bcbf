"""Join package, resources, translations and licence into the plugin that QGIS installs.

    python tests/tools/package.py zip           build/glacier_mapper-<version>.zip
    python tests/tools/package.py link FOLDER   FOLDER/glacier_mapper, linked to this checkout
    python tests/tools/package.py assets        only what is made from other files: i18n/*.qm, the help page

The zip holds one folder, `glacier_mapper/`, has fixed times, modes and order, so the same sources give
the same bytes.
"""

from __future__ import annotations

import argparse
import configparser
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "glacier_mapper"
MAX_BYTES = 25 * 1024 * 1024
FIXED_TIME = (2026, 1, 1, 0, 0, 0)
BESIDE = ("metadata.txt", "LICENSE", "resources", "i18n")
LOCKS = ("runner.txt", "torch.txt", "training.txt")
LEFT_OUT = {".ts", ".pyc", ".so", ".dll", ".exe", ".pyd", ".dylib"}


HELP_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Glacier Mapper</title>
<style>
body {{ font-family: sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em; line-height: 1.5 }}
table {{ border-collapse: collapse }} th, td {{ border: 1px solid #bbb; padding: .3em .6em; text-align: left }}
code, pre {{ background: #f2f4f6; padding: .1em .3em }}
</style></head><body>
{body}</body></html>
"""


def plugin_version(root: Path = ROOT) -> str:
    """The version, which stands in metadata.txt only."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(root / "metadata.txt", encoding="utf-8")
    return parser["general"]["version"]


def zip_path(root: Path = ROOT) -> Path:
    """Where the zip is built."""
    return root / "build" / f"{PACKAGE}-{plugin_version(root)}.zip"


def make_assets(root: Path = ROOT) -> None:
    """Compile the translations, and render the user guide as the page that the Help button opens."""
    from markdown_it import MarkdownIt

    lrelease = shutil.which("lrelease", path="/usr/lib/qt5/bin") or shutil.which("lrelease")
    for source in sorted((root / "i18n").glob("*.ts")):
        if lrelease is not None:
            subprocess.run([lrelease, "-silent", str(source), "-qm", str(source.with_suffix(".qm"))], check=True)
    guide = (root / "docs" / "user-guide.md").read_text(encoding="utf-8")
    page = root / "resources" / "help" / "index.html"
    shutil.rmtree(page.parent, ignore_errors=True)
    shutil.copytree(root / "docs" / "images", page.parent / "images")
    page.write_text(HELP_PAGE.format(body=MarkdownIt("commonmark").enable("table").render(guide)), encoding="utf-8")


def packaged_files(root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """(source, path in the zip) of everything that ships, in the order of the paths."""
    found = dict(_files_below(root / PACKAGE, PACKAGE))
    for name in BESIDE:
        found.update(_files_below(root / name, f"{PACKAGE}/{name}"))
    for lock in LOCKS:
        found[f"{PACKAGE}/requirements/{lock}"] = root / "requirements" / lock
    for name in sorted(found):
        yield found[name], name


def _files_below(path: Path, name: str) -> Iterator[tuple[str, Path]]:
    if path.is_file():
        yield name, path
    for file in sorted(path.rglob("*")) if path.is_dir() else []:
        inner = file.relative_to(path)
        hidden = any(part.startswith(".") or part == "__pycache__" for part in inner.parts)
        if file.is_file() and not hidden and file.suffix not in LEFT_OUT:
            yield f"{name}/{inner.as_posix()}", file


def build_zip(target: Path | None = None, root: Path = ROOT) -> Path:
    """Write the installable zip and return its path. Raises ValueError when it is too large to be accepted."""
    make_assets(root)
    target = target or zip_path(root)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    with zipfile.ZipFile(part, "w") as archive:
        for source, name in packaged_files(root):
            entry = zipfile.ZipInfo(name, FIXED_TIME)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, source.read_bytes(), compresslevel=9)
    if part.stat().st_size > MAX_BYTES:
        raise ValueError(f"{part} has {part.stat().st_size} bytes; the plugin repository takes {MAX_BYTES}")
    part.replace(target)
    return target


def install_zip(archive: Path, plugins: Path) -> Path:
    """Unpack the zip into a plugin folder, as QGIS's plugin manager does, and return the plugin."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(plugins)
    return plugins / PACKAGE


def link_source(plugins: Path, root: Path = ROOT) -> Path:
    """Make `plugins/glacier_mapper` whose entries are links into this checkout, and return it."""
    plugin = plugins / PACKAGE
    if plugin.is_symlink():
        plugin.unlink()
    shutil.rmtree(plugin, ignore_errors=True)
    (plugin / "requirements").mkdir(parents=True)
    entries = [path for path in (root / PACKAGE).iterdir() if path.name != "__pycache__"]
    entries += [root / name for name in BESIDE]
    for entry in entries:
        (plugin / entry.name).symlink_to(entry)
    for lock in LOCKS:
        (plugin / "requirements" / lock).symlink_to(root / "requirements" / lock)
    return plugin


def main(arguments: list[str] | None = None) -> int:
    """The command line above."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("zip", "link", "assets"))
    parser.add_argument("folder", nargs="?", type=Path)
    options = parser.parse_args(arguments)
    if options.command == "zip":
        target = build_zip()
        print(f"{target.relative_to(ROOT)} ({target.stat().st_size / 1024:.0f} KiB)")
        return 0
    make_assets()
    if options.command == "assets":
        return 0
    if options.folder is None:
        parser.error("link needs a FOLDER")
    print(link_source(options.folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
