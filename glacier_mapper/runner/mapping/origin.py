"""Where a probability raster is from: what was said of it, what the report of its mapping says, its name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...core.errors import GlacierMapperError
from ...core.messages import Message
from ...core.models import BUILT_IN
from ...core.outline_meta import OutlineMeta, OutlinesRequest
from ...core.result import PROBABILITY_FILE, REPORT_FILE

_LARGEST_BYTES = 64 * 2**20


def filled(request: OutlinesRequest) -> OutlinesRequest:
    """The same request with the blanks of its provenance filled, as far as they can be."""
    said, own = request.meta, _of_its_mapping(Path(request.probability))
    is_own = said.model in ("", own.model)
    known = {info.name: info.version for info in BUILT_IN}
    meta = replace(
        said,
        model=said.model or own.model,
        model_version=said.model_version or (own.model_version if is_own else known.get(said.model, "")),
        sources=said.sources or own.sources or request.label,
        src_date=said.src_date or own.src_date,
        threshold=own.threshold if said.threshold is None and is_own else said.threshold,
    )
    if meta.model and not meta.model_version:
        meta = replace(meta, model_version=known.get(meta.model, ""))
    return replace(request, meta=meta)


def _of_its_mapping(raster: Path) -> OutlineMeta:
    """What the report beside a mapping's own probability says; blank where there is none that can be read."""
    report = raster.with_name(REPORT_FILE)
    try:
        if raster.name != PROBABILITY_FILE or report.stat().st_size > _LARGEST_BYTES:
            return OutlineMeta()
        meta = json.loads(report.read_text(encoding="utf-8"))["provenance"]
        return replace(OutlineMeta.from_json({**meta, "analyst": ""}), threshold=_number(meta.get("threshold")))
    except (OSError, ValueError, KeyError, TypeError):
        return OutlineMeta()


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


@contextmanager
def called(request: OutlinesRequest) -> Iterator[None]:
    """Errors about the raster name the layer that the user knows, where its file is a temporary one."""
    try:
        yield
    except GlacierMapperError as error:
        if not request.layer:
            raise
        raise type(error)(**_renamed(error.details, request)) from error


def renamed(note: Message, request: OutlinesRequest) -> Message:
    """The note with the layer's name in the place of the file's."""
    return replace(note, details=_renamed(note.details, request)) if request.layer else note


def _renamed(details: dict[str, Any], request: OutlinesRequest) -> dict[str, Any]:
    names = (request.probability, Path(request.probability).name)
    return {key: request.layer if value in names else value for key, value in details.items()}
