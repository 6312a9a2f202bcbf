"""Diagnostics for a report: versions, paths, device, last errors, nothing private."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import Qgis
from qgis.PyQt.QtCore import QT_VERSION_STR, QSysInfo

from ..core.errors import GlacierMapperError
from ..qgis_io.paths import plugin_version
from ..runner_client.diagnostics import DiagnosticsFacts, collect
from .runner_host import RunnerHost


def diagnostics_text(host: RunnerHost, errors: Sequence[GlacierMapperError]) -> str:
    """A plain text to paste into a report; starts nothing."""
    versions = {
        "Glacier Mapper": plugin_version(),
        "QGIS": Qgis.QGIS_VERSION,
        "Qt": QT_VERSION_STR,
        "OS": QSysInfo.prettyProductName(),
    }
    try:
        environment = host.environment()
    except GlacierMapperError:
        environment = None
    paths = {"runner": host.place.python or str(host.place.folder)}
    return collect(DiagnosticsFacts(versions, paths, environment, host.current(), errors))
