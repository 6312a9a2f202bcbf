"""The boundary layer: each outline in sections, each with how sure its place is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from .lines import Lines
from .uncertainty import FLOOR_PX, line_confidence

PIECE_PX = 5.0
"""Length of the pieces that are judged apart; like ones that follow one another become one section."""

_CLASSES_PER_DOUBLING = 2.0


@dataclass(frozen=True)
class Sections:
    """Lines along outlines, inside to the left: geometry, outline number, length, sigma, confidence, data's edge."""

    line: np.ndarray
    polygon: np.ndarray
    length_m: np.ndarray
    unc_m: np.ndarray
    confidence: np.ndarray
    data_edge: np.ndarray


def sections_of(lines: Lines, pixel_m: float) -> Sections:
    """Cut rings into pieces of about five pixels, and join neighbours whose sigma is of one class.

    Classes are half a doubling wide, so within a section sigma varies by less than a factor of 1.5 or so.
    """
    if len(lines.start) < 2:
        return Sections(*(np.zeros(0) for _ in range(4)), np.zeros(0), np.zeros(0, bool))
    length, sigma, at_edge = lines.of_sides()
    ring_of = np.repeat(np.arange(len(lines.start) - 1), np.diff(lines.start))
    piece = _pieces(lines, length, at_edge, pixel_m)
    sides = np.bincount(piece, length)
    mean = np.bincount(piece, length * sigma) / np.maximum(sides, 1e-12)
    kind = np.floor(_CLASSES_PER_DOUBLING * np.log2(np.maximum(mean / (FLOOR_PX * pixel_m), 1.0)))
    kind = np.where(at_edge[_firsts(piece)], -1.0, kind)[piece]
    section = _numbered((np.diff(kind) != 0) | (np.diff(ring_of) != 0))
    first = _firsts(section)
    total = np.bincount(section, length)
    unc = np.bincount(section, length * sigma) / np.maximum(total, 1e-12)
    confidence = np.where(at_edge[first], 0.0, line_confidence(unc, pixel_m))
    return Sections(
        _linestrings(lines, first), lines.polygon[ring_of[first]], total, unc, confidence, at_edge[first]
    )


def _pieces(lines: Lines, length: np.ndarray, at_edge: np.ndarray, pixel_m: float) -> np.ndarray:
    """The number of the piece of each side."""
    sizes = np.diff(lines.start)
    along = np.cumsum(length) - length
    along -= np.repeat(along[lines.start[:-1]], sizes)
    perimeter = np.add.reduceat(length, lines.start[:-1])
    step = perimeter / np.maximum(np.rint(perimeter / (PIECE_PX * pixel_m)), 1.0)
    number = np.floor(along / np.repeat(step, sizes) + 1e-9)
    ring_starts = np.zeros(len(length), bool)
    ring_starts[lines.start[:-1]] = True
    return _numbered((np.diff(number) != 0) | (np.diff(at_edge.astype(int)) != 0) | ring_starts[1:])


def _numbered(breaks: np.ndarray) -> np.ndarray:
    """Running numbers that step where `breaks` (one shorter) is true."""
    return np.concatenate([[0], np.cumsum(breaks)]).astype(np.int64)


def _firsts(number: np.ndarray) -> np.ndarray:
    """Index of the first element of each running number."""
    return np.flatnonzero(np.concatenate([[True], np.diff(number) != 0]))


def _linestrings(lines: Lines, first: np.ndarray) -> np.ndarray:
    """One line for each section: its vertices and the one that follows the last."""
    ends = np.concatenate([first[1:], [len(lines.xy)]])
    counts = ends - first + 1
    owner = np.repeat(np.arange(len(first)), counts)
    offset = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    index = np.repeat(first, counts) + offset
    last = offset == np.repeat(counts - 1, counts)
    index[last] = lines.after[index[last] - 1]
    return shapely.linestrings(lines.xy[index], indices=owner)
