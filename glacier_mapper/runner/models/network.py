"""A model package over a scene: which bands it reads, and what its network takes of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Callable, NamedTuple

import numpy as np
import numpy.typing as npt

from ...core.branches import BRANCH_ROLES, Branch
from ...core.errors import MissingRoleError
from ...core.grid import Grid
from ...core.messages import QT_TRANSLATE_NOOP, Message
from ...core.model_card import (
    FULL_PRECISION,
    BandScaling,
    BranchSpec,
    CalibrationKind,
    Location,
    NoData,
    Scaler,
    Tiling,
)
from ...core.model_errors import ServedEnsembleError
from ...core.parity import check_parity
from ...core.request import MapRequest, is_server
from ...core.roles import ROLE_LABELS, SECOND_ORBIT, Role
from ...core.upright import check_symmetries
from .base import Bands, FloatImage
from .network_notes import ensemble_note, notes_on_products, precision_note
from .package import Package
from .places import Places, coordinate_vector, region_at, region_vector

CHUNK_PX = 1 << 16
"""Pixels that are scaled at a time: what stays in a core's cache."""
TINY = np.float32(1e-6)

ONE_ORBIT = QT_TRANSLATE_NOOP("models", "{role} is missing; {stand_in} takes its place.")
WITHOUT = QT_TRANSLATE_NOOP("models", "The model “{model}” runs without {roles}, which no layer has.")
REGION_FOUND = QT_TRANSLATE_NOOP(
    "models", "The model is told the region {region}, found roughly from the scene's place. Set it where it is wrong."
)
REGION_SET = QT_TRANSLATE_NOOP("models", "The model is told the region {region}, as set.")
PARITY = QT_TRANSLATE_NOOP("models", "The published deployment is repeated: zero padding, half a patch of overlap.")


class Features(NamedTuple):
    """What a network takes of a strip: by input float32 (bands, rows, cols), and where there is data, (rows, cols)."""

    inputs: dict[str, FloatImage]
    valid: npt.NDArray[np.bool_]


class NetworkModel:
    """A package set up for a request; reads no pixel and loads no network.

    Raises ServedEnsembleError for several networks on a model server, as `check_parity` and `check_symmetries` do,
    and MissingRoleError.
    """

    halo_px = 0

    def __init__(self, package: Package, request: MapRequest) -> None:
        self.package = package
        self.card = package.card
        self.info = package.card.info()
        self.settings = request.network
        self.region = ""
        self.wants_classes = request.classes
        self.with_data: set[Role] = set()
        """The roles of which `features` has met a pixel with data."""
        check_parity(self.settings, self.card.name, self.card)
        check_symmetries(self.settings, self.card)
        if self.card.is_ensemble and is_server(request.device):
            raise ServedEnsembleError(model=self.info.title, count=len(self.card.networks), reason="")
        self._settle(request.by_role)

    def _settle(self, roles: Collection[Role]) -> None:
        """Choose among `roles` what is read. Raises MissingRoleError."""
        there = with_stand_ins(roles)
        lacking = self.info.lacking(there)
        if lacking:
            raise MissingRoleError(model=self.info.title, roles=lacking)
        wanted = [role for spec in self.card.branches for role in BRANCH_ROLES[spec.branch]]
        own = set(roles) | ({Role.SLOPE} if Role.ELEVATION in roles else set())
        self.source_of = {role: role if role in own else SECOND_ORBIT[role] for role in wanted if role in there}
        self.absent = [role for role in wanted if role not in there]
        self.roles = frozenset(self.source_of.values())

    @property
    def is_reference(self) -> bool:
        """Whether the published deployment is repeated."""
        return self.settings.parity == "reference"

    @property
    def keeps_every_class(self) -> bool:
        """Whether every class is blended, and not glacier alone: for a calibration, or to find the most likely one."""
        calibrates = self.card.calibration.kind in (CalibrationKind.TEMPERATURE, CalibrationKind.VECTOR)
        return len(self.card.classes) > 2 and (calibrates or self.wants_classes)

    @property
    def no_data(self) -> NoData:
        """What the network sees where a band has none."""
        return NoData.RAW_ZERO if self.is_reference else self.card.no_data

    @property
    def tiling(self) -> Tiling:
        """The package's tiling with what the request changes."""
        own = self.card.tiling
        window = self.settings.window or own.window
        stride = own.stride_px
        if self.settings.overlap is not None:
            stride = max(1, round(own.patch_px * (1 - self.settings.overlap)))
        if self.is_reference:
            window, stride = "gaussian", own.patch_px // 2
        return Tiling(own.patch_px, stride, window, own.fixed, own.multiple_px)

    def prepare(self, scene: Any, _: Callable[[], bool]) -> list[Message]:
        """Look which of the roles the scene really has, and where it lies; gives notes for the user.

        Raises MissingRoleError.
        """
        self._settle(getattr(scene, "roles", self.roles))
        self.place(scene.grid)
        scalings = getattr(scene, "scalings", {})
        return [*self.notes(), *notes_on_products(self.card, [scalings[role] for role in self.roles & set(scalings)])]

    def place(self, grid: Grid) -> None:
        """Find the region of the scene's middle, unless the request says it."""
        chosen = self.settings.region
        self.places = Places(grid)
        self.region = region_at(*self.places.centre()) if chosen == "auto" else chosen

    def notes(self) -> list[Message]:
        """What the user should know before the result."""
        notes = [
            Message(ONE_ORBIT, {"role": ROLE_LABELS[role], "stand_in": ROLE_LABELS[source]})
            for role, source in self.source_of.items()
            if source is not role
        ]
        if self.absent:
            lacking = "; ".join(ROLE_LABELS[role] for role in self.absent)  # some have a comma of their own
            notes.append(Message(WITHOUT, {"model": self.info.title, "roles": lacking}))
        if self.told_region:
            template = REGION_FOUND if self.settings.region == "auto" else REGION_SET
            notes.append(Message(template, {"region": self.region}))
        if self.is_reference:
            notes.append(Message(PARITY))
        if self.card.precision != FULL_PRECISION:
            notes.append(precision_note(self.card))
        if self.card.is_ensemble:
            notes.append(ensemble_note(self.card))
        return notes

    @property
    def told_region(self) -> bool:
        """Whether the region changes the result."""
        by_region = self.card.calibration.kind is CalibrationKind.TEMPERATURE and self.card.calibration.by_region
        return self.card.location is Location.REGION or bool(by_region)

    def location(self, row: float, col: float) -> FloatImage | None:
        """What the network is told of a patch whose middle is that point of the grid, float32 (length,)."""
        if self.card.location is Location.REGION:
            return region_vector(self.region)
        if self.card.location is Location.COORDINATES:
            return coordinate_vector(*self.places.at(row, col))
        return None

    @property
    def calibration_vector(self) -> FloatImage:
        """The region vector that a calibration by region is weighted with, float32 (12,)."""
        return region_vector(self.region)

    def features(self, bands: Bands) -> Features:
        """A strip's inputs, scaled as the card says, and where it has data.

        A pixel has data where one of the model's images has any; terrain alone is none, unless the model takes
        nothing else. With an optical branch that is not free to be missing, optical data it must be.
        """
        shape = next(iter(bands.values())).shape
        inputs = {spec.branch.value: np.empty((len(spec.scalings), *shape), np.float32) for spec in self.card.branches}
        valid = np.zeros(shape, np.bool_)
        step = max(1, CHUNK_PX // shape[1])
        evidence = self._evidence()
        for top in range(0, shape[0], step):
            rows = slice(top, min(top + step, shape[0]))
            for spec in self.card.branches:
                out = inputs[spec.branch.value][:, rows]
                seen = self._fill(spec, bands, rows, out)
                if spec.branch in evidence and seen is not None:
                    valid[rows] |= seen
        return Features(inputs, valid)

    def _evidence(self) -> frozenset[Branch]:
        """The branches that make a pixel worth a probability."""
        branches = {spec.branch for spec in self.card.branches}
        if self.no_data is not NoData.NAN and Branch.OPTICAL in branches:
            return frozenset({Branch.OPTICAL})
        read = {branch for branch in branches if set(BRANCH_ROLES[branch]) & set(self.source_of)}
        return frozenset(read - {Branch.DEM} or read)

    def _fill(
        self, spec: BranchSpec, bands: Bands, rows: slice, out: FloatImage
    ) -> npt.NDArray[np.bool_] | None:
        """Scale a branch's bands into `out` (bands, rows, cols); gives where any has data, None where no band is."""
        seen: npt.NDArray[np.bool_] | None = None
        for number, role in enumerate(BRANCH_ROLES[spec.branch]):
            filling = self._filling(spec, spec.scalings[number])
            if role not in self.source_of:
                out[number] = filling
                continue
            scale(bands[self.source_of[role]][rows], spec.scalings[number], spec.log10, out[number])
            gaps = np.isnan(out[number])
            if not gaps.all():
                self.with_data.add(self.source_of[role])
            if not gaps.any():
                seen = np.ones(gaps.shape, np.bool_)
                continue
            seen = ~gaps if seen is None else seen | ~gaps
            if self.no_data is not NoData.NAN:
                np.copyto(out[number], filling, where=gaps)
        return seen

    def _filling(self, spec: BranchSpec, scaling: BandScaling) -> np.float32:
        """What a gap of a band becomes."""
        if self.no_data is NoData.NAN:
            return np.float32(np.nan)
        if self.no_data is NoData.RAW_ZERO and spec.branch is Branch.OPTICAL:
            zero = np.zeros((1, 1), np.float32)
            scale(np.zeros((1, 1), np.float32), scaling, spec.log10, zero)
            return np.float32(zero[0, 0])
        return np.float32(0)

    def settings_used(self) -> dict[str, Any]:
        """Everything that is needed to repeat the prediction, as JSON."""
        tiling = self.tiling
        return {
            "package": {
                "folder": str(self.package.folder),
                "sha256": self.card.checksum,
                "networks": [file.sha256 for file in self.card.networks],
                "architecture": self.card.architecture,
                "precision": self.card.precision,
                "precision_check": self.card.precision_check,
            },
            "tiling": {"patch_px": tiling.patch_px, "stride_px": tiling.stride_px, "window": tiling.window},
            "symmetries": self.settings.symmetries,
            "parity": self.settings.parity,
            "no_data": self.no_data.value,
            "calibration": self.card.calibration.kind.value,
            "region": self.region,
            "roles": {role.value: source.value for role, source in self.source_of.items()},
            "without": [role.value for role in self.absent],
        }


def with_stand_ins(roles: Collection[Role]) -> frozenset[Role]:
    """The roles with those that others can stand in for: slope from elevation, a second orbit from the first."""
    there = set(roles)
    if Role.ELEVATION in there:
        there.add(Role.SLOPE)
    there.update(second for second, first in SECOND_ORBIT.items() if first in there)
    return frozenset(there)


def scale(values: FloatImage, scaling: BandScaling, log10: bool, out: FloatImage) -> None:
    """Fill `out` with the scaled values, float32 of the same shape; NaN stays, and so does what has no logarithm."""
    if log10:
        with np.errstate(invalid="ignore", divide="ignore"):
            np.log10(values + TINY, out=out)
        out[~np.isfinite(out)] = np.nan
        values = out
    if scaling.kind is Scaler.NONE:
        if values is not out:
            np.copyto(out, values)
        return
    np.subtract(values, np.float32(scaling.a), out=out)
    np.multiply(out, np.float32(1.0 / scaling.spread), out=out)
