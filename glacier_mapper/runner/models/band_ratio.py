"""The built-in `band-ratio` model: the field's classical method, softly.

An index of snow and ice (red/SWIR1, NIR/SWIR1 or NDSI) against a threshold, rules for shadow, water, vegetation
and temperature, and a median filter (Paul, F. et al. 2009, Ann. Glaciol. 50(53), 119-126; standards: 7.1).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from itertools import islice
from typing import Any, Callable

import numpy as np
import numpy.typing as npt

from ...core.errors import Cancelled, MissingRoleError
from ...core.file_errors import DeadBandError
from ...core.messages import QT_TRANSLATE_NOOP, Message
from ...core.models import BAND_RATIO
from ...core.request import BandRatioSettings
from ...core.roles import ROLE_LABELS, Role
from .base import BandReader, Bands, Block, FloatImage, Histogram
from .dead_bands import BandSpread
from .median import CHUNK_PX, median_filter
from .spectral import INDICES, RULES, Index, Rule, index_logit, index_value, probability, rules_logit
from .threshold import IndexHistogram, Threshold, ThresholdMemory, find_threshold

SAMPLE_PX = 4_000_000
"""Pixels in the sample of the scene that are looked at for the threshold."""
SAMPLE_STRIPS = 3
"""Strips that are read at least: from the scene's upper, middle and lower part."""
READERS = 2
HISTOGRAM_BINS = 64
_MEMORY: ThresholdMemory[Threshold] = ThresholdMemory()
_DEAD: ThresholdMemory[dict[Role, float]] = ThresholdMemory()


class BandRatioModel:
    """`band-ratio` with its settings. Not to be shared between threads before `prepare` has returned."""

    info = BAND_RATIO

    def __init__(self, settings: BandRatioSettings, roles: Collection[Role], scene: Hashable = None) -> None:
        self.settings = settings
        self._key = None if scene is None else (scene, settings)
        self.index = choose_index(settings, roles)
        settings.check_threshold(self.index.name)
        self.rules, self.skipped = choose_rules(settings, roles)
        self.dead: frozenset[Role] = frozenset()
        self.halo_px = settings.median_px // 2
        self.roles = self._roles_read(roles)
        self._available = roles
        self._seen = None if scene is None else (scene, self.roles)
        fixed = settings.threshold is not None
        self.threshold = Threshold(settings.threshold if fixed else self.index.default, found=False)

    def _roles_read(self, roles: Collection[Role]) -> frozenset[Role]:
        wanted = {self.index.numerator, Role.SWIR1}
        wanted.update(*(rule.wants for rule in self.rules))
        terrain = Role.SLOPE in roles or Role.ELEVATION in roles
        if terrain and any(rule.name == "max_ndwi" for rule in self.rules):
            wanted.add(Role.SLOPE)
        return frozenset(wanted)

    def prepare(self, scene: BandReader, should_stop: Callable[[], bool]) -> list[Message]:
        """Find dead bands and the automatic threshold from whole strips of the scene.

        What was found for the same scene and settings before is taken again. Raises DeadBandError for a band of the
        index, Cancelled, UnreadableRasterError.
        """
        dead, known = _DEAD.get(self._seen), _MEMORY.get(self._key)
        is_fixed = self.settings.threshold is not None
        self._leave_out(dead or {})
        if dead is None or not (is_fixed or known):
            histogram, dead = self._look(scene, should_stop)
            if self._leave_out(dead) and not is_fixed:  # their rules have kept pixels from being counted
                histogram, _ = self._look(scene, should_stop)
            known = None if is_fixed else find_threshold(histogram)
            _DEAD.put(self._seen, dead)
            if known:
                _MEMORY.put(self._key, known)
        self.threshold = known or self.threshold
        return self.notes()

    def _look(
        self, scene: BandReader, should_stop: Callable[[], bool]
    ) -> tuple[IndexHistogram, dict[Role, float]]:
        """The index over a sample of the scene, and the bands that have one value everywhere there."""
        histogram, spread = IndexHistogram(self.index), BandSpread()
        cols = scene.grid.shape_yx[1]
        strips = sample_strips(scene.blocks(0), cols)
        thin = _thinning(sum(strip.rows for strip in strips) * cols)
        pieces = cut(strips, scene.blocks(max(strip.rows for strip in strips)))
        for (row, _), bands in self._read_sample(scene, pieces, should_stop):
            spread.look(bands)
            self._count(histogram, {role: band[-row % thin :: thin] for role, band in bands.items()})
        return histogram, spread.dead(self.roles)

    def _leave_out(self, dead: Mapping[Role, float]) -> bool:
        """Do without the rules that need dead bands; whether there are such. Raises DeadBandError for the index's."""
        for role in (self.index.numerator, Role.SWIR1):
            if role in dead:
                raise DeadBandError(role=Message(ROLE_LABELS[role]).to_json(), value=f"{dead[role]:.4g}")
        silent = frozenset(dead) - self.dead - {Role.SLOPE}  # a plain has one slope everywhere
        if not any(rule.wants & silent for rule in self.rules):
            return False
        self.dead |= silent
        self.rules, self.skipped = choose_rules(self.settings, set(self._available) - self.dead)
        self.roles = self._roles_read(set(self._available) - self.dead)
        return True

    def _read_sample(
        self, scene: BandReader, pieces: Sequence[tuple[int, int]], should_stop: Callable[[], bool]
    ) -> Iterator[tuple[tuple[int, int], Bands]]:
        """The bands of each (row, rows) in order, two of them in memory at once."""
        ahead = iter(pieces)
        with ThreadPoolExecutor(READERS, thread_name_prefix="sampler") as readers:

            def submit(count: int) -> list[tuple[tuple[int, int], Future[dict[Role, FloatImage]]]]:
                return [(piece, readers.submit(scene.read, *piece, self.roles)) for piece in islice(ahead, count)]

            reads = deque(submit(READERS))
            try:
                while reads:
                    if should_stop():
                        raise Cancelled()
                    piece, read = reads.popleft()
                    yield piece, read.result()
                    reads.extend(submit(1))
            finally:
                for _, read in reads:
                    read.cancel()

    def prepare_from(self, bands: Bands) -> None:
        """As `prepare`, from bands that are in memory already (a preview)."""
        spread = BandSpread()
        spread.look({role: bands[role] for role in self.roles})
        self._leave_out(spread.dead(self.roles))
        if self.settings.threshold is None:
            histogram = IndexHistogram(self.index)
            thin = _thinning(bands[Role.SWIR1].size)
            self._count(histogram, {role: band[::thin] for role, band in bands.items()})
            self.threshold = find_threshold(histogram)

    def predict(self, bands: Bands, halo_px: int) -> FloatImage:
        """Probability 0..1 without the halo, float32 (rows, columns), NaN = no data in a band of the index."""
        spare = halo_px - self.halo_px
        shape = bands[Role.SWIR1].shape
        rows = slice(spare, shape[0] - spare)
        cols = slice(spare, shape[1] - spare)
        raw = np.empty((rows.stop - rows.start, cols.stop - cols.start), np.float32)
        step = max(1, CHUNK_PX // raw.shape[1])
        for top in range(0, raw.shape[0], step):
            bottom = min(top + step, raw.shape[0])
            chunk = {role: bands[role][spare + top : spare + bottom, cols] for role in self.roles}
            raw[top:bottom] = self._predict_pixels(chunk)
        return median_filter(raw, self.settings.median_px)

    def _predict_pixels(self, bands: Bands) -> FloatImage:
        value = index_value(self.index, bands)
        logit = index_logit(self.index, value, self.threshold.value, self.settings.softness)
        ruled = rules_logit(self.rules, self.settings, bands)
        if ruled is not None:
            np.minimum(logit, ruled, out=logit)
        return probability(logit)

    def histogram(self, bands: Bands) -> Histogram:
        """The index over all valid pixels, in equal bins; what lies outside is counted in the outermost bins."""
        value = index_value(self.index, bands)
        low, high = self.index.plotted
        finite = np.clip(value[np.isfinite(value)], low, high)
        counts, _ = np.histogram(finite, bins=HISTOGRAM_BINS, range=(low, high))
        return Histogram([int(count) for count in counts], low, high)

    def notes(self) -> list[Message]:
        """What the user should know: index and threshold, and the rules that could not run."""
        details = {"index": self.index.name, "threshold": f"{self.threshold.value:.3g}"}
        if self.settings.threshold is not None:
            text = QT_TRANSLATE_NOOP("models", "Index {index} with your threshold {threshold}.")
        elif self.threshold.found:
            text = QT_TRANSLATE_NOOP("models", "Index {index}; the threshold {threshold} was found in the image.")
        else:
            text = QT_TRANSLATE_NOOP(
                "models",
                "Index {index} with the published threshold {threshold}: "
                "the image shows no clear gap between ice and the rest. Check it with the slider.",
            )
        is_sure = self.settings.threshold is not None or self.threshold.found
        return [Message(text, details, not is_sure), *(self._skipped_note(rule) for rule in self.skipped)]

    def _skipped_note(self, rule: Rule) -> Message:
        dead = sorted(ROLE_LABELS[role] for role in rule.wants & self.dead)
        bands = [Message(label).to_json() for label in dead or sorted(ROLE_LABELS[role] for role in rule.wants)]
        if dead:
            template = QT_TRANSLATE_NOOP(
                "models", "The rule against {rule} was skipped, because a band has the same value everywhere: {bands}."
            )
            return Message(template, {"rule": Message(rule.title).to_json(), "bands": bands}, True)
        template = QT_TRANSLATE_NOOP("models", "The rule against {rule} was skipped, because it needs: {bands}.")
        return Message(template, {"rule": Message(rule.title).to_json(), "bands": bands})

    def settings_used(self) -> dict[str, Any]:
        """The settings with index and threshold filled in, and the rules that ran, as JSON."""
        return {
            **asdict(self.settings),
            "index": self.index.name,
            "threshold": self.threshold.value,
            "threshold_from": self._threshold_from(),
            "rules": [rule.name for rule in self.rules],
            "rules_skipped": [rule.name for rule in self.skipped],
            "slope_used": Role.SLOPE in self.roles,
        }

    def _threshold_from(self) -> str:
        if self.settings.threshold is not None:
            return "user"
        return "image" if self.threshold.found else "default"

    def _count(self, histogram: IndexHistogram, bands: Bands) -> None:
        """Add pixels of the sample.

        Shadow, water and vegetation have high ratios without being ice, so what those rules take away is left out.
        The thermal rule is not asked: in summer it would take away all rock, the lower of the two modes.
        """
        colours = [rule for rule in self.rules if Role.THERMAL not in rule.wants]
        ruled = rules_logit(colours, self.settings, bands)
        passed: npt.NDArray[np.bool_] | None = None if ruled is None else ruled > 0
        histogram.add(index_value(self.index, bands), passed)


def choose_index(settings: BandRatioSettings, roles: Collection[Role]) -> Index:
    """The index asked for, or the best that the roles allow. Raises MissingRoleError."""
    wanted = list(INDICES.values()) if settings.index == "auto" else [INDICES[settings.index]]
    for index in wanted:
        if {index.numerator, Role.SWIR1} <= set(roles):
            return index
    if settings.index == "auto":
        names = BAND_RATIO.lacking(roles)
    else:
        names = ", ".join(sorted(ROLE_LABELS[role] for role in {wanted[0].numerator, Role.SWIR1} - set(roles)))
    raise MissingRoleError(model=BAND_RATIO.name, roles=names)


def choose_rules(settings: BandRatioSettings, roles: Collection[Role]) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """The rules that are on and can run, and those that are on but lack a band."""
    on = [rule for rule in RULES if rule.is_on(settings)]
    run = tuple(rule for rule in on if rule.can_run(roles))
    return run, tuple(rule for rule in on if rule not in run)


def sample_strips(blocks: list[Block], cols: int) -> list[Block]:
    """Evenly spaced strips, whole as they lie in the files: as many as the sample needs, three at least."""
    rows = max(1, sum(block.rows for block in blocks))
    share = SAMPLE_PX / (rows * cols)
    count = min(len(blocks), max(SAMPLE_STRIPS, round(share * len(blocks))))
    return [blocks[at] for at in _evenly(len(blocks), count)]


def _evenly(total: int, count: int) -> Iterator[int]:
    """`count` indices in the middles of equal parts of `total`."""
    return (int((part + 0.5) * total / count) for part in range(count))


def cut(strips: Sequence[Block], blocks: Sequence[Block]) -> list[tuple[int, int]]:
    """(row, rows) of what strips and blocks have in common, in order: the strips in pieces no higher than blocks."""
    pieces = [
        (max(strip.row, block.row), min(strip.row + strip.rows, block.row + block.rows))
        for strip in strips
        for block in blocks
    ]
    return [(top, bottom - top) for top, bottom in pieces if top < bottom]


def _thinning(pixels: int) -> int:
    """Every how many rows one is counted, so that the sample keeps to its size."""
    return max(1, -(-pixels // SAMPLE_PX))
