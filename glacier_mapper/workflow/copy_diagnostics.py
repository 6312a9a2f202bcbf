"""Diagnostics for a report: versions, paths, device, last errors, nothing private."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qgis.core import Qgis
from qgis.PyQt.QtCore import QT_VERSION_STR, QSysInfo

from ..core.errors import GlacierMapperError
from ..qgis_io.paths import plugin_version
from ..runner_client.diagnostics import DiagnosticsFacts, collect, device_line, model_line
from .know_models import KnowModels
from .runner_host import RunnerHost


def diagnostics_text(
    host: RunnerHost, errors: Sequence[GlacierMapperError], know: KnowModels | None = None, servers: int = 0
) -> str:
    """A plain text to paste into a report; starts nothing. `servers` is how many model servers there are."""
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
    facts = DiagnosticsFacts(versions, paths, environment, host.current(), errors, servers=servers)
    if know is not None:
        models = [model_line(package) for package in know.shelf.packages]
        facts = replace(facts, models=models, devices=[device_line(device) for device in know.devices])
    return collect(facts)
