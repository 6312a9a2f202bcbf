"""The straight line from a probability raster to a GeoPackage of outlines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...core.errors import Cancelled, NoValidPixelsError
from ...core.messages import Message
from ...core.outline_fields import (
    BOUNDARY_LAYER,
    ORIGINALS_LAYER,
    OUTLINE_FIELDS,
    OUTLINES_LAYER,
    EditState,
    Review,
)
from ...core.outline_meta import OutlineMeta
from ...core.progress import Controls, Progress, Stage
from ...core.request import OutlineSettings
from .crossings import Crossings, Rule, find_crossings
from .field import Field, open_field
from .identifiers import outline_ids
from .lines import Lines, lines_of
from .measure import Measures, measure
from .placing import Place, place_of
from .rings import Rings, link_rings
from .sections import Sections, sections_of
from .select import without_small
from .smooth import smoothed
from .write import Layer, write_layers

UNWATCHED = Controls()
_TRACING_SHARE = 0.6
_PREFILTER = 0.5


@dataclass(frozen=True)
class OutlineSummary:
    """What was written: the number of outlines, the sum of their areas, and what was assumed of the raster."""

    count: int
    area_km2: float
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True)
class _Job:
    """What all steps share."""

    settings: OutlineSettings
    controls: Controls

    def report(self, stage: Stage, done: int, total: int, fraction: float) -> None:
        """Tell how far the job is. Raises Cancelled."""
        if self.controls.should_stop():
            raise Cancelled()
        self.controls.on_progress(Progress(stage, done, total, fraction))


@dataclass(frozen=True)
class _Traced:
    """Outlines with their numbers, largest first; boundary sections in the same order."""

    polygons: np.ndarray
    ids: np.ndarray
    measures: Measures
    sections: Sections


def trace_outlines(
    probability_path: str | Path,
    settings: OutlineSettings,
    meta: OutlineMeta,
    out_path: str | Path,
    controls: Controls = UNWATCHED,
) -> OutlineSummary:
    """Trace the outlines of a probability raster into a GeoPackage.

    Band 1 holds probabilities 0..1 (or whole numbers with a scale, see `open_field`); NaN, no data and mask are
    left out, and so is what lies beyond the raster: an outline ends there, and its boundary sections say so.
    Layers: `outlines` (Polygon; columns of core/outline_fields), `boundary` (LineString, inside to the left) and
    `originals`, a copy of `outlines`, in the raster's own CRS where it is metric, else in UTM or polar
    stereographic. Exteriors run counter-clockwise, holes clockwise. Without any glacier the layers are empty.
    The same raster and settings give the same geometries and attributes. Memory grows with the length of the
    outlines, not with the raster.

    Raises MissingFileError, UnreadableRasterError, MissingCrsError, NotProbabilityError, NoValidPixelsError,
    OutputNotWritableError, DiskFullError, Cancelled; then `out_path` is as it was.
    """
    job = _Job(settings, controls)
    with open_field(probability_path) as field:
        place = place_of(field.transform, field.crs, field.shape_yx)
        crossings = find_crossings(_watched(field, job), field.shape_yx[1], Rule(settings.threshold))
        notes = field.notes
    job.report(Stage.ATTRIBUTES, 0, 3, _TRACING_SHARE)
    rings = outline_rings(crossings, place, settings)
    job.report(Stage.ATTRIBUTES, 1, 3, 0.7)
    traced = _traced(rings, crossings, place, settings)
    job.report(Stage.ATTRIBUTES, 2, 3, 0.85)
    write_layers(out_path, _layers(traced, meta), place.crs.to_wkt())
    controls.on_progress(Progress(Stage.DONE, 3, 3, 1.0))
    return OutlineSummary(len(traced.polygons), float(traced.measures.area_km2.sum()), notes)


def outline_rings(crossings: Crossings, place: Place, settings: OutlineSettings) -> Rings:
    """Rings of outlines and holes that are large enough, smoothed."""
    rings = link_rings(crossings)
    # A cheap look first: specks are many. The exact areas decide below, on the smoothed rings.
    rough = rings.areas_px() * _pixel_areas_m2(rings, place)
    least = (settings.min_area_km2 * 1e6, settings.min_hole_km2 * 1e6)
    rings = without_small(rings, rough, (least[0] * _PREFILTER, least[1] * _PREFILTER))
    rings = smoothed(rings, settings.smoothing)
    x, y = place.xy(rings.col, rings.row)
    exact = np.abs(place.areas_m2(x, y, rings.start)) * np.sign(rings.areas_px())
    return without_small(rings, exact, least)


def _pixel_areas_m2(rings: Rings, place: Place) -> np.ndarray:
    """Area on the ellipsoid of the pixel at the first vertex of each ring."""
    col, row = rings.col[rings.start[:-1]], rings.row[rings.start[:-1]]
    corners = [place.xy(col + right, row + down) for right, down in ((0, 0), (1, 0), (1, 1), (0, 1))]
    x, y = (np.column_stack([corner[axis] for corner in corners]).ravel() for axis in (0, 1))
    return np.abs(place.areas_m2(x, y, np.arange(0, len(x) + 1, 4)))


def _watched(field: Field, job: _Job) -> Iterator[np.ndarray]:
    """The strips of a field, with progress and cancel between them. Raises NoValidPixelsError after the last one."""
    rows, done, is_valid = field.shape_yx[0], 0, False
    total = -(-rows // field.rows_per_strip)
    job.report(Stage.TRACING, 0, total, 0.0)
    for number, strip in enumerate(field.strips(), 1):
        is_valid = is_valid or bool(np.isfinite(strip).any())
        yield strip
        done += len(strip)
        job.report(Stage.TRACING, number, total, _TRACING_SHARE * done / rows)
    if not is_valid:
        raise NoValidPixelsError(layers=Path(field.path).name)


def _traced(rings: Rings, crossings: Crossings, place: Place, settings: OutlineSettings) -> _Traced:
    """Geometries and numbers of the outlines, largest first."""
    lines = lines_of(rings, crossings, place, settings.threshold)
    measures = measure(lines, rings, crossings, place)
    order = np.argsort(-measures.area_km2, kind="stable")
    polygons = lines.polygons()[order]
    ids = np.array(outline_ids(polygons, place), dtype=object)
    sections = sections_of(lines, _pixel_m(place, lines))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    owner = rank[sections.polygon.astype(np.int64)]
    by_owner = np.argsort(owner, kind="stable")
    parts = {name: values[by_owner] for name, values in vars(sections).items()}
    return _Traced(
        polygons, ids, Measures(**{name: values[order] for name, values in vars(measures).items()}),
        Sections(**{**parts, "polygon": owner[by_owner]}),
    )


def _pixel_m(place: Place, lines: Lines) -> float:
    """Edge of a pixel in metres, in the middle of the outlines."""
    if not place.to_crs:
        return float(abs(place.transform.determinant) ** 0.5)
    if not len(lines.xy):
        return 1.0
    middle = place.to_crs.transform(*lines.xy.mean(axis=0), direction="INVERSE")
    affine = np.reshape(place.transform[:6], (2, 3))
    col, row = np.linalg.solve(affine[:, :2], middle - affine[:, 2])
    right_x, right_y, down_x, down_y = place.steps_m(np.array([col]), np.array([row]))
    return float(np.sqrt(np.abs(right_x * down_y - right_y * down_x))[0])


def _layers(traced: _Traced, meta: OutlineMeta) -> list[Layer]:
    """The three layers, columns in the order of core/outline_fields."""
    count, measures, sections = len(traced.polygons), traced.measures, traced.sections
    texts = {
        "model": meta.model, "model_version": meta.model_version, "sources": meta.sources, "src_date": meta.src_date,
        "analyst": meta.analyst, "edit_state": EditState.MODEL.value, "review": Review.OPEN.value,
    }
    known = {"outline_id": traced.ids, **vars(measures)}
    columns = {
        field.name: known[field.name] if field.name in known
        else np.full(count, texts.get(field.name), dtype=object)
        for field in OUTLINE_FIELDS
    }
    boundary = {
        "outline_id": traced.ids[sections.polygon], "unc_m": sections.unc_m, "confidence": sections.confidence,
        "length_m": sections.length_m, "data_edge": sections.data_edge.astype("int32"),
    }
    return [
        Layer(OUTLINES_LAYER, "Polygon", traced.polygons, columns),
        Layer(BOUNDARY_LAYER, "LineString", sections.line, boundary),
        Layer(ORIGINALS_LAYER, "Polygon", traced.polygons, columns),
    ]
