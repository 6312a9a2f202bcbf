"""Folders for the products of mappings: numbered, never overwritten, and one for what is temporary."""

from __future__ import annotations

import glob
import re
import shutil
import tempfile
import time
from pathlib import Path

from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import QStandardPaths

from ..core.errors import OutputNotWritableError

FOLDER_NAME = "glaciers"
MAX_RUNS = 10_000
LEFT_S = 86_400.0


def results_folder(project: QgsProject, chosen: str = "") -> Path:
    """Where mappings go: the folder that was chosen, else beside the project file, else in the documents."""
    if chosen:
        return Path(chosen)
    home = project.absolutePath()
    if home:
        return Path(home) / FOLDER_NAME
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(documents or Path.home()) / "Glacier Mapper" / FOLDER_NAME


def reserve_run_folder(parent: Path, label: str) -> Path:
    """Make and return a folder that did not exist: `label`_001, `label`_002 ... Raises OutputNotWritableError."""
    stem = re.sub(r"[^\w.-]+", "_", label).strip("._") or "run"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for number in range(1, MAX_RUNS):
            folder = parent / f"{stem}_{number:03d}"
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            return folder
    except OSError as error:
        raise OutputNotWritableError(path=str(parent), reason=error.strerror or str(error)) from error
    raise OutputNotWritableError(path=str(parent), reason="it holds too many runs.")


def give_back(folder: Path) -> None:
    """Remove a reserved folder without products, and the part of a runner that died before it could tidy up."""
    for part in folder.glob(f".{glob.escape(folder.name)}.part-*"):
        remove_folder(part)
    try:
        folder.rmdir()
    except OSError:  # products are in it: they stay
        return


def temporary_folder() -> Path:
    """A new folder for the files of one run. Raises OutputNotWritableError."""
    try:
        return Path(tempfile.mkdtemp(prefix="glacier_mapper_"))
    except OSError as error:
        raise OutputNotWritableError(path=tempfile.gettempdir(), reason=error.strerror or str(error)) from error


def passing_folder() -> Path:
    """A new folder for rasters that are shown for a while; whoever asked for it removes it.

    It lies in the QGIS profile: of layers in the system's temporary folder QGIS asks when it is closed whether they
    may be lost. What a killed QGIS left behind goes after a day. Raises OutputNotWritableError.
    """
    home = Path(QgsApplication.qgisSettingsDirPath()) / "glacier_mapper" / "passing"
    try:
        home.mkdir(parents=True, exist_ok=True)
        for old in home.iterdir():
            if time.time() - old.stat().st_mtime > LEFT_S:
                remove_folder(old)
        return Path(tempfile.mkdtemp(dir=home))
    except OSError as error:
        raise OutputNotWritableError(path=str(home), reason=error.strerror or str(error)) from error


def remove_folder(folder: Path) -> None:
    """Remove a temporary folder with all that is in it."""
    shutil.rmtree(folder, ignore_errors=True)
