"""What is measured: each part gives its figures as JSON, nothing where its data is absent."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from glacier_mapper.runner.models.package import open_package
from glacier_mapper.runner.training.simulate.files import WriteOptions, write_scenes
from glacier_mapper.runner.training.simulate.settings import WITHOUT_ICE, SceneSettings, Season
from glacier_mapper.runner.training.tiles import open_tiles

from .boosting import boosting, thresholds
from .commands import Bench

FIRST_SEED = 900_001
"""Of the simulated scenes here; the training set has the seeds below 100,000 and those that follow from them."""
COLUMNS = {
    "optical": "optical", "optical + DEM": "optical,dem",
    "optical + DEM + SAR": "optical,dem,co_pol_sar,cross_pol_sar,in_sar",
}  # fmt: skip
FOREST = "random-forest"
HELD_BACK = ("gh_04_09", "gh_10_12")
"""Train tiles that the learning does not see: its looks choose by them, and they calibrate."""
TAUGHT = ("gh_05_09", "gh_08_14", "gh_11_13")
"""The corrected tiles of an analyst who teaches the model her region: train tiles of different parts of the scene."""
FULL, BRIEF = (("--config", f"tests/tools/{name}.json") for name in ("region_plan", "teach_plan"))
"""Plans of a fine-tuning. Crops are not turned: the sun stands in the same part of the sky in all of a region's scenes,
and shade tells a slope that faces it from one that doesn't. Nothing of the teaching is chosen by a look."""


def real(bench: Bench) -> dict[str, Any]:
    """The bundled model on the real tiles with no fine-tuning, beside the classical methods."""
    if not bench.real.is_dir():
        return {}
    rows = {}
    for name, model, more in (
        ("bundled", bench.bundled, ()), ("bundled, optical alone", bench.bundled, ("--inputs", "optical")),
        ("band-ratio, automatic threshold", "band-ratio", ()),
    ):  # fmt: skip
        for split in ("validation", "train"):
            out = f"real/{name.replace(', ', '_').replace(' ', '_')}_{split}"
            found = bench.evaluate(model, bench.real, out, "--split", split, *more)
            rows.setdefault(name, {})[split] = found["pooled"]
    store = open_tiles(str(store_of(bench)))
    return {"rows": rows, "thresholds": {
        "validation": thresholds(store.tiles("test")),
        "train": thresholds([*store.tiles("train"), *store.tiles("validation")]),
    }}  # fmt: skip


def peers(bench: Bench) -> dict[str, Any]:
    """Gradient boosting and the random forest, learnt from the train tiles and measured on the validation tiles."""
    if not bench.real.is_dir():
        return {}
    folder = store_of(bench)
    store = open_tiles(str(folder))
    found = boosting([*store.tiles("train"), *store.tiles("validation")], store.tiles("test"))
    forest = bench.models / "forest-real"
    if not forest.exists():
        bench.call("train", "--architecture", FOREST, "--inputs", "optical,thermal", "--data", folder, "-o", forest)
    told = bench.evaluate(forest, bench.real, "real/forest", "--split", "validation")
    return {"boosting": found, "forest": told["pooled"]}


def finetune(bench: Bench) -> dict[str, Any]:
    """The bundled model gone on with on the train tiles; two of them find the best step and calibrate first (refit)."""
    if not bench.real.is_dir():
        return {}
    return learnt(bench, "real-full", store_of(bench), FULL)


def teach(bench: Bench) -> dict[str, Any]:
    """The same from three tiles in minutes, as the panel's button does it."""
    if not bench.real.is_dir():
        return {}
    folder = store_of(bench, "taught", {"train": list(TAUGHT), "validation": list(HELD_BACK)})
    return {**learnt(bench, "real-taught", folder, BRIEF), "tiles": list(TAUGHT)}


def button(bench: Bench) -> dict[str, Any]:
    """What the panel's button makes of the same tiles in ten minutes: it keeps a part of them aside to measure by."""
    if not bench.real.is_dir():
        return {}
    made = bench.models / "real-button"
    image, outlines = corrected_view(bench)
    layers = ("--optical", image, "--outlines", outlines, "--around", 1e5)
    minutes = 0.5 if bench.quick else 10
    told = bench.call("teach", "--model", bench.bundled, *layers, "--minutes", minutes, "--overwrite", "-o", made)
    found = bench.evaluate(made, bench.real, "real/real-button", "--split", "validation")["pooled"]
    return {"calibrated": found, "told": told}


def learnt(bench: Bench, name: str, store: Any, plan: tuple[object, ...]) -> dict[str, Any]:
    """Go on from the bundled package, calibrate where that is not done, and measure on the validation tiles."""
    tuned, calibrated = bench.models / name, bench.models / f"{name}-calibrated"
    short = ("--steps", 10, "--batch", 2) if bench.quick else ()
    if not tuned.exists():
        bench.call("finetune", "--model", bench.bundled, "--data", store, *plan, *short, "-o", tuned)
    measured = {"calibrated": tuned}
    if not open_package(tuned).card.training.get("refit"):  # else it is calibrated already, by tiles held back before
        fit = ("--data", store, "--kind", "vector", "--overwrite", "-o", calibrated)
        bench.call("calibrate", "--model", tuned, *fit)
        measured = {"tuned": tuned, "calibrated": calibrated}
    figures = {
        kind: bench.evaluate(package, bench.real, f"real/{package.name}", "--split", "validation")["pooled"]
        for kind, package in measured.items()
    }
    seconds = {one["command"].split()[3]: one["seconds"] for one in bench.called}
    return {**figures, "seconds": seconds, "plan": [str(one) for one in plan]}


def simulated(bench: Bench) -> dict[str, Any]:
    """Held-out simulated scenes by the branches that are offered, for the bundled model and the random forest."""
    count = 4 if bench.quick else 32
    scenes = made(bench, "simulated", [drawn(FIRST_SEED + at) for at in range(count)])
    store = bench.root / "build" / ("model-quick" if bench.quick else "model") / "simulated.zarr"
    rows: dict[str, Any] = {}
    for column, inputs in COLUMNS.items():
        name = inputs.replace(",", "-")
        told = bench.evaluate(bench.bundled, scenes, f"simulated-{name}", "--inputs", inputs)
        rows[column] = {"bundled": chosen(told)}
        if not store.exists():
            continue
        forest = bench.models / f"forest-{len(inputs.split(','))}-branches"
        if not forest.exists():
            bench.call("train", "--architecture", FOREST, "--inputs", inputs, "--data", store, "-o", forest)
        rows[column]["forest"] = chosen(bench.evaluate(forest, scenes, f"simulated-{name}-forest", "--inputs", inputs))
    ratio = chosen(bench.evaluate("band-ratio", scenes, "simulated-band-ratio"))
    return {"rows": rows, "band_ratio": ratio, "scenes": count, "first_seed": FIRST_SEED}


def chosen(told: dict[str, Any]) -> dict[str, Any]:
    """Pooled figures of all scenes and of those of each season."""
    seasons: dict[str, list[float]] = {}
    for name, row in told["scenes"].items():
        season = drawn(int(name.split("_")[2])).season.value
        if row["iou"] is not None:
            seasons.setdefault(season, []).append(row["iou"])
    mean = {season: {"iou": float(np.mean(found)), "scenes": len(found)} for season, found in seasons.items()}
    return {"pooled": told["pooled"], "seasons": mean}


def drawn(seed: int) -> SceneSettings:
    """A scene with ice as the training set draws them."""
    return SceneSettings.drawn(seed, 512, without_ice=0.0)


def negatives(bench: Bench) -> dict[str, Any]:
    """Scenes without a glacier: simulated ones of each kind, and a real coast."""
    each = 1 if bench.quick else 6
    settings = [
        SceneSettings(FIRST_SEED + 1000 + 100 * number + at, 512, ("S2", "L8", "L7")[at % 3], kind,
                      tuple(Season)[at // 2 % 3])
        for number, kind in enumerate(WITHOUT_ICE) for at in range(each)
    ]  # fmt: skip
    scenes = made(bench, "negatives", settings)
    image = bench.root.parent / "shared" / "data" / "negatives" / "neg_liverpool_l8_20200927.tif"
    rows = {}
    for name, model in (("bundled", bench.bundled), ("band-ratio", "band-ratio")):
        told = bench.evaluate(model, scenes, f"negatives-{name}")
        share = {scene: row["false_positive_share"] for scene, row in told["scenes"].items()}
        rows[name] = {"simulated": told["negatives"]["false_positive_share"], "scenes": share}
        if image.exists():
            real_scene = without_glaciers(bench, image)
            found = bench.evaluate(model, real_scene, f"negatives-real-{name}")
            rows[name]["real"] = found["negatives"]["false_positive_share"]
    return {"rows": rows, "scenes": len(settings)}


def made(bench: Bench, name: str, settings: list[SceneSettings]) -> Any:
    """A folder of simulated scenes with radar, made when it is not there."""
    folder, part = bench.folder / "scenes" / name, bench.folder / "scenes" / f"{name}.part"
    if not folder.exists():
        shutil.rmtree(part, ignore_errors=True)
        for one in settings:
            write_scenes(one, part, WriteOptions(radar=True))
        part.rename(folder)
    return folder


def without_glaciers(bench: Bench, image: Any) -> Any:
    """A folder with a real image and its label, 0 wherever the image has data."""
    import rasterio

    folder = bench.folder / "scenes" / "negatives-real"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(image, folder / f"{image.stem}_img.tif")
    with rasterio.open(image) as source:
        label = np.where((source.read() == 0).all(0), 255, 0).astype(np.uint8)
        profile = {**source.profile, "count": 1, "dtype": "uint8", "nodata": 255}
    with rasterio.open(folder / f"{image.stem}_label.tif", "w", **profile) as target:
        target.write(label, 1)
    return folder


def corrected_view(bench: Bench) -> tuple[Path, Path]:
    """The taught tiles side by side where they lie, and the outlines of their glaciers; nothing is known elsewhere."""
    import pyogrio
    import rasterio
    import shapely
    from rasterio.features import shapes
    from rasterio.merge import merge

    folder = bench.folder / "taught-view"
    folder.mkdir(parents=True, exist_ok=True)
    image, outlines = folder / "view.tif", folder / "outlines.gpkg"
    files = {kind: [bench.real / f"{tile}_{kind}.tif" for tile in TAUGHT] for kind in ("img", "label")}
    bands, transform = merge(files["img"], nodata=0)
    label, _ = merge(files["label"], nodata=255)
    bands[:, label[0] == 255] = 0
    with rasterio.open(files["img"][0]) as source:
        profile = {**source.profile, "height": bands.shape[1], "width": bands.shape[2], "transform": transform}
        names, crs = source.descriptions, source.crs
    with rasterio.open(image, "w", **profile) as target:
        target.write(bands)
        target.descriptions = names
    found = [shapely.geometry.shape(one) for one, value in shapes(label[0], transform=transform) if value == 1]
    fields = [np.array(["accepted"] * len(found), object), np.array([str(at) for at in range(len(found))], object)]
    pyogrio.raw.write(
        outlines, np.array(shapely.to_wkb(found), object), fields, ["review", "outline_id"], layer="outlines",
        driver="GPKG", geometry_type="Polygon", crs=crs.to_wkt(),
    )  # fmt: skip
    return image, outlines


def store_of(bench: Bench, name: str = "real", split: dict[str, list[str]] | None = None) -> Any:
    """The real tiles as a data set; its part test holds the validation tiles, which nothing is fitted to."""
    folder = bench.folder / f"{name}.zarr"
    if folder.exists():
        return folder
    given = json.loads((bench.real / "split.json").read_text(encoding="utf-8"))
    seen = [one for one in given["train"] if one not in HELD_BACK]
    parts = split or {"train": seen, "validation": list(HELD_BACK), "test": given["validation"]}
    file = bench.folder / f"{name}-split.json"
    file.write_text(json.dumps(parts), encoding="utf-8")
    bench.call("dataset", "build", "--scenes", bench.real, "--split", file, "--tile-px", 512, "-o", folder)
    return folder


PARTS: dict[str, Callable[[Bench], dict[str, Any]]] = {
    "real": real, "peers": peers, "finetune": finetune, "teach": teach, "button": button, "simulated": simulated,
    "negatives": negatives,
}  # fmt: skip
