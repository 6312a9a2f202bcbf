"""Where things lie in the folder of the runner's environment."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from .stamp import STAMP_NAME

README_TEXT = (
    "This folder was made by the QGIS plugin Glacier Mapper. It holds the private Python environment of its\n"
    "model runner. The plugin removes it on a click; it can also be deleted by hand while QGIS is closed.\n"
)


@dataclass(frozen=True)
class Layout:
    """The paths in `folder`."""

    folder: Path

    @property
    def venv(self) -> Path:
        """The environment itself."""
        return self.folder / "venv"

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        if sys.platform == "win32":
            return self.venv / "Scripts" / "python.exe"
        return self.venv / "bin" / "python"

    @property
    def managed_python(self) -> Path:
        """Where uv keeps a Python that it fetched."""
        return self.folder / "python"

    @property
    def cache(self) -> Path:
        """What was downloaded; kept until the installation is finished, so that it can be resumed."""
        return self.folder / "cache"

    @property
    def logs(self) -> Path:
        """Logs of the runner and of the set-up."""
        return self.folder / "logs"

    @property
    def pins(self) -> Path:
        """The packages to install, resolved for this Python and machine."""
        return self.folder / "packages.txt"

    @property
    def added_pins(self) -> Path:
        """The packages of the add-on."""
        return self.folder / "packages-training.txt"

    @property
    def readme(self) -> Path:
        """Says what the folder is."""
        return self.folder / "README.txt"

    def prepare(self) -> None:
        """Make the folder. Raises OSError."""
        self.logs.mkdir(parents=True, exist_ok=True)
        self.readme.write_text(README_TEXT, encoding="utf-8")

    def remove(self) -> None:
        """Delete what was made here, and the folder when nothing else is in it. Raises OSError."""
        for path in (self.folder / STAMP_NAME, self.folder / f"{STAMP_NAME}.part", self.pins, self.added_pins):
            path.unlink(missing_ok=True)
        for path in (self.venv, self.cache, self.managed_python, self.logs):
            remove_tree(path)
        self.readme.unlink(missing_ok=True)
        if self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()


def remove_tree(path: Path) -> None:
    """Delete a folder; a link is unlinked, and what it points to stays. Raises OSError."""
    if path.is_symlink():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)
