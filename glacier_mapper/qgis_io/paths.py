"""Where the plugin's own files lie: beside the package in the repository, inside it when installed."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication

PACKAGE = Path(__file__).resolve().parent.parent
"""The folder of the package `glacier_mapper`."""


def _beside_or_inside(name: str) -> Path:
    """`name` inside the package (as installed), else beside it (as in the repository)."""
    inside = PACKAGE / name
    return inside if inside.exists() else PACKAGE.parent / name


def resource(name: str) -> str:
    """Absolute path of a file under `resources`, for instance ``resource("icons/glacier_mapper.svg")``."""
    return str(_beside_or_inside("resources") / name)


def translation_file(locale: str) -> str:
    """Path of the compiled translation for `locale` ("es", "es_MX"); empty where there is none."""
    folder = _beside_or_inside("i18n")
    for name in (locale, locale.split("_", maxsplit=1)[0]):
        path = folder / f"glacier_mapper_{name}.qm"
        if path.exists():
            return str(path)
    return ""


def runner_folder() -> Path:
    """Where the runner's environment lies by default: in the QGIS profile, away from the plugin's code."""
    return Path(QgsApplication.qgisSettingsDirPath()) / "glacier_mapper" / "runner"


def models_folder() -> Path:
    """Where model packages lie by default: in the QGIS profile, away from the plugin's code."""
    return Path(QgsApplication.qgisSettingsDirPath()) / "glacier_mapper" / "models"


def bundled_models() -> Path:
    """Where the model packages lie that come with the plugin; the folder need not exist."""
    return Path(resource("models"))


def plugin_version() -> str:
    """The version in metadata.txt, the only place where it stands."""
    for folder in (PACKAGE, PACKAGE.parent):
        file = folder / "metadata.txt"
        if file.exists():
            lines = file.read_text(encoding="utf-8").splitlines()
            return next((line.split("=", 1)[1].strip() for line in lines if line.startswith("version=")), "")
    return ""
