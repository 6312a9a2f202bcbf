"""Outlines from a probability raster that is there already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import rasterio
import rasterio.shutil
from rasterio._err import CPLE_BaseError
from rasterio.errors import RasterioError

from ...core.errors import MissingCrsError, MissingFileError, UnreadableRasterError
from ...core.grid import Grid
from ...core.messages import in_one_line
from ...core.outline_meta import OutlinesRequest
from ...core.progress import Controls, Progress
from ...core.result import CONFIDENCE_FILE, OUTLINES_FILE, PROBABILITY_FILE, REPORT_FILE, MapResult
from ..about import describe_runner
from ..outlines import OutlineSummary, trace_outlines
from ..scene import metric_grid
from .origin import called, filled, renamed
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

    The raster is float, 0..1, in any coordinate reference system; with `keep` it is there as probability.tif, too.
    `confidence` of the result is empty unless that raster lies beside. Raises MissingFileError, UnreadableRasterError,
    MissingCrsError, NotProbabilityError, NoValidPixelsError, OutputError kinds, Cancelled.
    """
    source, target = Path(request.probability), folder_of(request.out_dir)
    request = filled(request)
    pace = Pace(on_progress)
    products = (*PRODUCTS, PROBABILITY_FILE) if request.keep else PRODUCTS
    with called(request):
        grid = grid_of(source)
        with staged(target, products, request.overwrite) as folder:
            controls = Controls(pace.within((0.0, 1.0)), should_stop)
            summary = trace_outlines(source, request.outlines, request.meta, folder / OUTLINES_FILE, controls)
            summary = replace(summary, notes=tuple(renamed(note, request) for note in summary.notes))
            if request.keep:
                _copy(source, folder / PROBABILITY_FILE)
            write_report(folder / OUTLINES_REPORT_FILE, _report(request, summary, folder))
    pace.finish(1)
    confidence = source.with_name(CONFIDENCE_FILE)
    return MapResult(
        out_dir=str(target),
        probability=str(target / PROBABILITY_FILE) if request.keep else str(source),
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


def _copy(source: Path, target: Path) -> None:
    """Raises OSError, UnreadableRasterError."""
    options = {"tiled": True, "compress": "deflate", "bigtiff": "if_safer"}
    try:
        rasterio.shutil.copy(str(source), str(target), driver="GTiff", **options)
    except (RasterioError, CPLE_BaseError) as exc:
        raise UnreadableRasterError(path=str(source), reason=in_one_line(str(exc))) from exc


def _report(request: OutlinesRequest, summary: OutlineSummary, folder: Path) -> dict[str, Any]:
    """`request` in it repeats the run, with the raster that was kept where that is so."""
    runner, identity = describe_runner(), file_identity(request.probability)
    if request.keep:
        kept = str(folder_of(request.out_dir) / PROBABILITY_FILE)
        identity = {**file_identity(str(folder / PROBABILITY_FILE)), "path": kept}
        request = replace(request, probability=kept, keep=False)
    return {
        "request": request.to_json(),
        "files": [identity],
        "versions": {key: runner[key] for key in ("version", "python", "packages")},
        "counts": {"outlines": summary.count, "outlines_area_km2": summary.area_km2},
        "notes": notes_json(summary.notes),
    }
