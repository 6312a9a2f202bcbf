"""Outlines from a probability raster that is there already."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import rasterio
from rasterio.errors import RasterioError

from ...core.errors import MissingCrsError, MissingFileError, UnreadableRasterError
from ...core.grid import Grid
from ...core.messages import in_one_line
from ...core.outline_meta import OutlinesRequest
from ...core.progress import Controls, Progress
from ...core.result import CONFIDENCE_FILE, OUTLINES_FILE, REPORT_FILE, MapResult
from ..about import describe_runner
from ..outlines import OutlineSummary, trace_outlines
from ..scene import metric_grid
from .pace import Pace
from .report import file_identity, notes_json, write_report
from .staging import folder_of, staged

OUTLINES_REPORT_FILE = f"outlines.{REPORT_FILE}"
"""Its own name, so that the report of the mapping that made the raster may lie beside it."""
PRODUCTS = (OUTLINES_FILE, OUTLINES_REPORT_FILE)


def outlines_from_probability(
    request: OutlinesRequest, on_progress: Callable[[Progress], None], should_stop: Callable[[], bool]
) -> MapResult:
    """Trace the glaciers of a probability raster into `request.out_dir`/outlines.gpkg.

    The raster is float, 0..1, in any coordinate reference system. `confidence` of the result is empty
    unless that raster lies beside. Raises MissingFileError, UnreadableRasterError, MissingCrsError, OutputError
    kinds, Cancelled.
    """
    source, target = Path(request.probability), folder_of(request.out_dir)
    grid = grid_of(source)
    pace = Pace(on_progress)
    with staged(target, PRODUCTS, request.overwrite) as folder:
        listen = pace.within((0.0, 1.0))
        controls = Controls(listen, should_stop)
        summary = trace_outlines(source, request.outlines, request.meta, folder / OUTLINES_FILE, controls)
        write_report(folder / OUTLINES_REPORT_FILE, _report(request, summary))
    pace.finish(1)
    confidence = source.with_name(CONFIDENCE_FILE)
    return MapResult(
        out_dir=str(target),
        probability=str(source),
        confidence=str(confidence) if confidence.is_file() else "",
        outlines=str(target / OUTLINES_FILE),
        report=str(target / OUTLINES_REPORT_FILE),
        grid=grid,
        outline_count=summary.count,
        area_km2=summary.area_km2,
        seconds=round(pace.elapsed(), 3),
        threshold=request.meta.threshold,
        notes=notes_json(summary.notes),
    )


def grid_of(path: Path) -> Grid:
    """The grid of a raster file; of one whose pixels are no metric squares north up, the metric grid that it would get.

    Raises MissingFileError, UnreadableRasterError, MissingCrsError.
    """
    if not path.exists():
        raise MissingFileError(path=str(path))
    try:
        with rasterio.open(path) as dataset:
            crs, transform, shape = dataset.crs, dataset.transform, dataset.shape
    except RasterioError as exc:
        raise UnreadableRasterError(path=str(path), reason=in_one_line(str(exc))) from exc
    if crs is None:
        raise MissingCrsError(path=str(path))
    if not crs.is_projected or abs(transform.a + transform.e) > 1e-6 * abs(transform.a) or transform.b or transform.d:
        return metric_grid(str(path))
    authority = crs.to_authority()
    name = ":".join(authority) if authority else crs.to_wkt()
    return Grid(name, (transform.c, transform.f), transform.a, shape)


def _report(request: OutlinesRequest, summary: OutlineSummary) -> dict[str, Any]:
    runner = describe_runner()
    return {
        "request": request.to_json(),
        "files": [file_identity(request.probability)],
        "versions": {key: runner[key] for key in ("version", "python", "packages")},
        "counts": {"outlines": summary.count, "outlines_area_km2": summary.area_km2},
        "notes": notes_json(summary.notes),
    }
