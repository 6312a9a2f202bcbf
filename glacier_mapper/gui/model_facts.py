"""What a model's card says, as lines and tables for people."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication

from ..core.branches import BRANCH_ROLES, Branch
from ..core.model_card import BandScaling, CalibrationKind, EnsembleKind, Location, ModelCard, Scaler
from ..core.models import ModelInfo
from ..core.roles import Role
from ..core.shelf import Shelved
from . import texts
from .fit_texts import region_label, regions_text, roles_text

Table = tuple[list[str], list[list[str]]]
"""Headings and rows."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("ModelFacts", text)


def branch_label(branch: Branch) -> str:
    """A branch's name."""
    return {
        Branch.OPTICAL: _tr("Optical"),
        Branch.DEM: _tr("Terrain"),
        Branch.CO_POL_SAR: _tr("Radar co-pol"),
        Branch.CROSS_POL_SAR: _tr("Radar cross-pol"),
        Branch.IN_SAR: _tr("Radar coherence"),
        Branch.THERMAL: _tr("Thermal"),
    }[branch]


def needs_text(info: ModelInfo) -> str:
    """What is enough to run, alternatives one a line."""
    lines = [roles_text(need) for need in info.needs]
    return f"\n{_tr('or')} ".join(lines)


def inputs_table(card: ModelCard) -> Table:
    """Branch, band, how it is scaled, and whether it is needed."""
    rows = []
    for spec in card.branches:
        for number, role in enumerate(BRANCH_ROLES[spec.branch]):
            branch = branch_label(spec.branch) if number == 0 else ""
            scaling = scaling_text(spec.scalings[number], spec.log10) if number < len(spec.scalings) else ""
            rows.append([branch, texts.short_role_label(role), scaling, need_word(card, role)])
    return [_tr("Branch"), _tr("Band"), _tr("Scaled"), _tr("Needed")], rows


def need_word(card: ModelCard, role: Role) -> str:
    """Whether a model runs without a role."""
    if card.needs and all(role in need for need in card.needs):
        return _tr("yes")
    return _tr("one of several") if any(role in need for need in card.needs) else _tr("no")


def scaling_text(scaling: BandScaling, is_log: bool) -> str:
    """How a band's values become what the network takes."""
    words = {
        Scaler.NONE: _tr("as they are"),
        Scaler.MIN_MAX: _tr("from {a} to {b}"),
        Scaler.Z_SCORE: _tr("mean {a}, deviation {b}"),
    }
    text = words[scaling.kind].format(a=f"{scaling.a:.4g}", b=f"{scaling.b:.4g}")
    return _tr("log10, {scaling}").format(scaling=text) if is_log else text


def accuracy_table(card: ModelCard) -> Table:
    """The card's accuracy rows; the columns are whatever they hold, the region and the score first, the source last."""
    found = list(dict.fromkeys(key for row in card.description.accuracy for key in row))
    ends = [key for key in ("source",) if key in found]
    starts = [key for key in ("region", "iou", "f1", "precision", "recall") if key in found]
    keys = starts + [key for key in found if key not in starts + ends] + ends
    rows = [[_cell(key, row.get(key)) for key in keys] for row in card.description.accuracy]
    return [_heading(key) for key in keys], rows


def _heading(key: str) -> str:
    words = {
        "region": _tr("Region"), "iou": _tr("IoU"), "f1": _tr("F1"), "precision": _tr("Precision"),
        "recall": _tr("Recall"), "source": _tr("Source"),
    }  # fmt: skip
    return words.get(key, key)


def _cell(key: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return texts.number(value, 3)
    return region_label(str(value)) if key == "region" else str(value)


def facts(card: ModelCard) -> list[tuple[str, str]]:
    """Label and text of everything that is one line; empty ones are left out."""
    words, tiling = card.description, card.tiling
    regions = regions_text(words.regions) if words.regions else _tr("any")
    side = _tr("{side} × {side} pixels, step {step}").format(side=tiling.patch_px, step=tiling.stride_px)
    locations = {Location.REGION: _tr("the region of the scene"), Location.COORDINATES: _tr("its coordinates")}
    listed = [
        (_tr("Name"), card.name),
        (_tr("Version"), card.version),
        (_tr("Regions"), regions),
        (_tr("Architecture"), architecture_text(card)),
        (_tr("Networks"), ensemble_text(card)),
        (_tr("Tiles"), side),
        (_tr("Is told"), locations.get(card.location, "")),
        (_tr("Precision"), precision_text(card)),
        (_tr("Limits"), words.limits),
        (_tr("Licence"), words.licence or _tr("not said: ask its authors before you share results")),
        (_tr("Made from"), words.provenance),
        (_tr("Created"), card.created[:10]),
        (_tr("Checksum"), f"SHA-256 {card.checksum}" if card.file.sha256 else ""),
    ]
    return [(label, text) for label, text in listed if text]


def architecture_text(card: ModelCard) -> str:
    """The architecture with its size."""
    if card.parameters < 5000:
        return card.architecture
    text = _tr("{architecture}, {count} million parameters")
    return text.format(architecture=card.architecture, count=texts.number(card.parameters / 1e6, 2))


def ensemble_text(card: ModelCard) -> str:
    """How many networks there are and how they came about; "" for one."""
    if not card.is_ensemble:
        return ""
    kinds = {
        EnsembleKind.NETWORKS: _tr("ensemble of {count}, trained one by one; their mean counts"),
        EnsembleKind.DROPOUT: _tr("ensemble of {count}: one network under masks of its dropout; their mean counts"),
    }
    return kinds[card.ensemble.kind].format(count=len(card.networks))


def precision_text(card: ModelCard) -> str:
    """The precision, and for a reduced one what it costs."""
    if card.precision == "float32":
        return _tr("full (float32)")
    check = card.precision_check
    if not check:
        return _tr("reduced ({precision}), not checked").format(precision=card.precision)
    text = _tr("reduced ({precision}): {flipped} % of the pixels change sides, IoU lost {lost}")
    return text.format(
        precision=card.precision,
        flipped=_percent(check.get("pixels_flipped")),
        lost=_number(check.get("iou_lost")),
    )


def _percent(value: object) -> str:
    return texts.number(100 * value, 3) if isinstance(value, (int, float)) else "?"


def _number(value: object) -> str:
    return texts.number(value, 4) if isinstance(value, (int, float)) else "?"


def calibration_text(card: ModelCard) -> str:
    """What is done to the output."""
    kinds = {
        CalibrationKind.NONE: _tr("The probabilities are shown as the network gives them."),
        CalibrationKind.TEMPERATURE: _tr("The probabilities are softened or sharpened by a temperature of {value}."),
        CalibrationKind.VECTOR: _tr("Each class has a scale and a shift of its own."),
        CalibrationKind.CONFIDENCE_KERNEL: _tr(
            "The confidence is read from a curve that belongs to this model; the probability stays."
        ),
    }
    calibration, title = card.calibration, card.calibration.title
    text = kinds[calibration.kind].format(value=texts.number(calibration.temperature, 3))
    if calibration.kind is CalibrationKind.TEMPERATURE and calibration.by_region:
        own = [f"{region_label(code)} {texts.number(value, 3)}" for code, value in calibration.by_region.items()]
        text = _tr(
            "The probabilities are softened or sharpened by a temperature of each region: {regions}; "
            "elsewhere {value}."
        ).format(regions=", ".join(own), value=texts.number(calibration.temperature, 3))
    return f"{text} ({title})" if title else text


def where_text(package: Shelved) -> str:
    """Where a package lies."""
    return str(package.folder)
