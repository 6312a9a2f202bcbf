"""The environment of another Python, freed of what QGIS sets for its own."""

from __future__ import annotations

import os
from collections.abc import Mapping

DROPPED = frozenset({
    "__PYVENV_LAUNCHER__", "CONDA_DEFAULT_ENV", "CONDA_PREFIX", "GDAL_DATA", "GDAL_DRIVER_PATH",
    "GDAL_PYTHON_DRIVER_PATH", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "PIP_ROOT", "PIP_TARGET", "PIP_USER",
    "PROJ_DATA", "PROJ_LIB", "VIRTUAL_ENV",
})
"""Variables that would bend another Python, pip, or the GDAL and PROJ inside its packages."""

DROPPED_PREFIXES = ("PYTHON", "QGIS_", "QT_")

PATH_LISTS = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH")
"""Lists of folders from which QGIS's own are taken out."""

QGIS_WORDS = ("qgis", "osgeo4w")
SYSTEM_PREFIXES = frozenset({"", "/", "/usr", "/usr/local"})


def cleaned_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """A copy of `environment` (this process's) that starts another Python as if QGIS were not there."""
    source = dict(os.environ if environment is None else environment)
    prefix = source.get("QGIS_PREFIX_PATH", "").rstrip("/\\")
    kept = {name: value for name, value in source.items() if not _is_dropped(name)}
    for name in PATH_LISTS:
        if name in kept:
            kept[name] = _without_qgis(kept[name], prefix)
            if not kept[name]:
                del kept[name]
    return kept


def _is_dropped(name: str) -> bool:
    upper = name.upper()
    return upper in DROPPED or upper.startswith(DROPPED_PREFIXES)


def _without_qgis(folders: str, prefix: str) -> str:
    return os.pathsep.join(one for one in folders.split(os.pathsep) if one and not _belongs_to_qgis(one, prefix))


def _belongs_to_qgis(folder: str, prefix: str) -> bool:
    parts = folder.replace("\\", "/").casefold().split("/")
    if any(word in part for part in parts for word in QGIS_WORDS):
        return True
    return prefix not in SYSTEM_PREFIXES and os.path.normcase(folder).startswith(os.path.normcase(prefix))
