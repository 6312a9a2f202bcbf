"""report.json: enough to repeat a run and to know what it was made from."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ...core.messages import Message
from ...core.outline_meta import OutlineMeta
from ...core.request import BandSource, MapRequest
from ...core.roles import Role
from ..about import describe_runner
from ..models import Model, NetworkModel
from ..scene import Scene

REPORT_VERSION = 1
HEAD_BYTES = 1 << 20


def file_identity(path: str) -> dict[str, Any]:
    """Size, time of change (UTC) and the SHA-256 of the first MiB of a file; only `path` for what is no plain file."""
    file = Path(path)
    if not file.is_file():
        return {"path": path}
    state = file.stat()
    with file.open("rb") as stream:
        digest = hashlib.sha256(stream.read(HEAD_BYTES)).hexdigest()
    changed = datetime.fromtimestamp(state.st_mtime, timezone.utc).isoformat(timespec="seconds")
    return {"path": path, "bytes": state.st_size, "changed": changed, "sha256_of_first_mib": digest}


def build_report(
    request: MapRequest, scene: Scene, model: Model | NetworkModel, outcome: dict[str, Any]
) -> dict[str, Any]:
    """The report as JSON; `request` in it repeats the run.

    `outcome` brings provenance, device, tiles, counts, timings and notes.
    """
    runner = describe_runner()
    return {
        "report_version": REPORT_VERSION,
        "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "request": request.to_json(),
        "model": {**model.info.to_json(), "settings_used": model.settings_used()},
        "sources": [
            {**source.to_json(), "scaling_from": _scaling_reason(scene, role)}
            for role, source in sorted(scene.sources.items(), key=lambda item: item[0].value)
        ],
        "files": [file_identity(path) for path in sorted({source.path for source in request.sources})],
        "grid": scene.grid.to_json(),
        "versions": {key: runner[key] for key in ("version", "python", "packages")},
        **outcome,
    }


def _scaling_reason(scene: Scene, role: Role) -> str:
    scaling = scene.scalings.get(role)
    return str(scaling.reason) if scaling else ""


def write_report(path: Path, report: dict[str, Any]) -> None:
    """Write `report` as JSON that every parser reads: no NaN, UTF-8. Raises OSError."""
    text = json.dumps(finite(report), indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def finite(value: Any) -> Any:
    """`value` with non-finite numbers as text, as JSON has none."""
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def outline_meta(request: MapRequest, sources: Iterable[BandSource], model: Model | NetworkModel) -> OutlineMeta:
    """The provenance that each outline repeats: layers in the order of the request, dates as one day or an interval."""
    given = list(sources)
    roles = set(model.roles)
    if Role.SLOPE in roles and all(source.role is not Role.SLOPE for source in given):
        roles.add(Role.ELEVATION)  # it is computed from that
    read = [source for source in given if source.role in roles]
    labels = list(dict.fromkeys(source.label for source in read))
    optical = [source.date for source in read if source.date and source.role is not Role.ELEVATION]
    dates = sorted(set(optical))
    return OutlineMeta(
        model=model.info.name,
        model_version=model.info.version,
        sources=", ".join(labels),
        src_date=dates[0] if len(dates) == 1 else f"{dates[0]}/{dates[-1]}" if dates else "",
        analyst=request.analyst,
        threshold=model.settings_used().get("threshold"),
    )


def notes_json(notes: Iterable[Message]) -> list[dict[str, Any]]:
    """Notes for the user as JSON, each once."""
    unique = {str(note): note.to_json() for note in notes}
    return list(unique.values())
