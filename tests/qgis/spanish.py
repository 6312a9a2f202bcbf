"""Spanish as QGIS would switch it on: the project's own translation, compiled, and the country's way of numbers."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from qgis.PyQt.QtCore import QCoreApplication, QLocale, QTranslator

SOURCE = Path(__file__).resolve().parents[2] / "i18n" / "glacier_mapper_es.ts"


@contextmanager
def in_spanish(folder: Path) -> Iterator[None]:
    """Every text and number inside is Spanish."""
    compiler = shutil.which("lrelease", path="/usr/lib/qt5/bin") or shutil.which("lrelease")
    if compiler is None:
        pytest.skip("needs Qt's lrelease")
    compiled = folder / "es.qm"
    subprocess.run([compiler, "-silent", str(SOURCE), "-qm", str(compiled)], check=True)
    before, translator = QLocale(), QTranslator()
    assert translator.load(str(compiled))
    QCoreApplication.installTranslator(translator)
    QLocale.setDefault(QLocale("es_ES"))
    try:
        yield
    finally:
        QCoreApplication.removeTranslator(translator)
        QLocale.setDefault(before)
