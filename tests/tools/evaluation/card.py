"""The bundled package's card: what it is, where it fails, and the figures that were measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from glacier_mapper.core.models import BUNDLED_LIMITS, BUNDLED_SUMMARY
from glacier_mapper.core.package_files import CARD_FILE, files_of
from glacier_mapper.runner.models.package import open_package, write_package

SOURCE = "docs/evaluation.md"


def describe(folder: Path, parts: dict[str, dict[str, Any]]) -> None:
    """Write summary, limits and the accuracy rows of the parts that were measured into the package's card."""
    package = open_package(folder)
    told = package.card.description
    described = replace(
        told, summary=BUNDLED_SUMMARY, limits=BUNDLED_LIMITS, accuracy=tuple(rows(parts)),
        provenance="make model: simulated scenes (docs/simulated-scenes.md), plan and logs in docs/bundled-model",
    )  # fmt: skip
    if described == told:
        return
    card = replace(package.card, description=described)
    files = {name: folder / name for name in files_of(card) if name != CARD_FILE}
    write_package(folder, card, files, overwrite=True)


def rows(parts: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """A row for each kind of scene."""
    found = [
        {"region": f"simulated, {column}", **figures(models["bundled"]["pooled"])}
        for column, models in parts.get("simulated", {}).get("rows", {}).items()
    ]
    real = parts.get("real", {}).get("rows", {}).get("bundled")
    if real:
        found.append({"region": "HMA, winter snow, no fine-tuning", **figures(real["validation"])})
    return found


def figures(told: dict[str, Any]) -> dict[str, Any]:
    """What a card shows of the figures of an evaluation."""
    names = {"clean_iou": "clean ice", "debris_iou": "debris"}
    keys = {**{key: key for key in ("iou", "precision", "recall")}, **names}
    kept = {name: round(told[key], 3) for key, name in keys.items() if told.get(key) is not None}
    return {**kept, "source": SOURCE}
