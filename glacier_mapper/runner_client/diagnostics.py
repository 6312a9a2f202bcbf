"""The text behind Copy diagnostics: versions, paths, device, last errors, and nothing private."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..core.errors import GlacierMapperError
from .environment import Environment
from .runner import Runner


@dataclass(frozen=True)
class DiagnosticsFacts:
    """What `collect` tells of. `versions` are given by the caller, such as {"QGIS": ..., "Qt": ..., "OS": ...}."""

    versions: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)
    environment: Environment | None = None
    runner: Runner | None = None
    errors: Sequence[GlacierMapperError] = ()


def collect(facts: DiagnosticsFacts) -> str:
    """A plain text to paste into a report. Starts nothing, never raises for what is missing."""
    raise NotImplementedError
