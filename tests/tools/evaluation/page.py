"""docs/evaluation.md from the figures of all parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Part = dict[str, Any]
TITLES = {"bundled": "bundled model", "forest": "random forest", "band_ratio": "band-ratio"}
HEAD = """# Evaluation

Written by `make evaluate` (`tests/tools/evaluate.py`); the reports with maps of the errors are in `build/evaluation`.
IoU, precision and recall are of the glacier class at a threshold of one half, over all known pixels counted together.
What each figure is, is said in each report. The real tiles are of one Landsat scene of the western Himalaya, covered
with snow under a low sun: the hardest kind. They serve for measuring alone: the bundled weights have never seen them.
One rule of the network, that light below nothing says nothing, was found by looking at the train tiles; the validation
tiles were only measured. Debris-covered ice is measured together with the false positives that are nearest to it.
"""


def write_page(parts: dict[str, Part], path: Path) -> Path:
    """Write the page, a section a part, temporary name first; give its path."""
    writers: dict[str, Callable[[Part, dict[str, Part]], str]] = {
        "simulated": simulated, "negatives": negatives, "real": real, "finetune": finetune, "teach": teach,
        "button": button,
    }  # fmt: skip
    sections = [writer(parts[name], parts) + cost(parts[name]) for name, writer in writers.items() if name in parts]
    temporary = path.with_suffix(".part")
    temporary.write_text("\n".join([HEAD, *sections]), encoding="utf-8")
    temporary.replace(path)
    return path


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; all but the first column are numbers."""
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def figure(value: float | None, digits: int = 3) -> str:
    """A number, a dash where nothing defines it."""
    return "–" if value is None else f"{value:.{digits}f}"


def percent(value: float | None, digits: int = 3) -> str:
    """A share in percent."""
    return "–" if value is None else f"{100 * value:.{digits}f} %"


def row(name: str, told: Part) -> list[str]:
    """A line of the figures that every table of real tiles has."""
    keys = ("iou", "precision", "recall", "f1", "ece")
    return [name, *(figure(told.get(key)) for key in keys), figure(told.get("boundary_mean_px"), 1),
            f"{told['area_bias_percent']:+.1f} %"]  # fmt: skip


REAL = ("", "IoU", "precision", "recall", "F1", "ECE", "boundary, px", "area")


def simulated(part: Part, _: dict[str, Part]) -> str:
    """Held-out simulated scenes by what is offered."""
    rows = []
    for column, models in part["rows"].items():
        for name, told in models.items():
            pooled, seasons = told["pooled"], told["seasons"]
            rows.append([
                f"{TITLES[name]}, {column}", figure(pooled["iou"]), figure(pooled.get("clean_iou")),
                figure(pooled.get("debris_iou")), figure(pooled.get("debris_recall")), figure(pooled["ece"]),
                *(figure(seasons.get(season, {}).get("iou")) for season in ("summer", "early", "winter")),
            ])  # fmt: skip
    ratio = part["band_ratio"]
    rows.append([
        "band-ratio, all it takes", figure(ratio["pooled"]["iou"]), figure(ratio["pooled"].get("clean_iou")),
        figure(ratio["pooled"].get("debris_iou")), figure(ratio["pooled"].get("debris_recall")),
        figure(ratio["pooled"]["ece"]),
        *(figure(ratio["seasons"].get(season, {}).get("iou")) for season in ("summer", "early", "winter")),
    ])  # fmt: skip
    head = ("", "IoU", "clean ice", "debris", "debris recall", "ECE", "late summer", "early", "winter")
    told = f"{part['scenes']} scenes with glaciers, seeds from {part['first_seed']}, drawn as those for training were,"
    return (
        f"## Simulated scenes that no model has seen\n\n{told}\nbut others; the last three columns are the mean IoU of "
        f"the scenes of a season.\n\n{table(head, rows)}"
    )


def negatives(part: Part, _: dict[str, Part]) -> str:
    """Where there is no glacier."""
    rows = []
    for name, told in part["rows"].items():
        worst = max(told["scenes"].values())
        rows.append([TITLES.get(name, name), percent(told["simulated"]), percent(worst), percent(told.get("real"))])
    head = ("mapped as glacier", f"{part['scenes']} simulated scenes", "the worst of them", "Liverpool Bay, Landsat 8")
    return f"## Scenes without a glacier\n\n{table(head, rows)}"


def real(part: Part, parts: dict[str, Part]) -> str:
    """The bundled model and its peers on the real tiles."""
    rows = [row(name, told["validation"]) for name, told in part["rows"].items()]
    rows += [[name, figure(iou), *["–"] * 6] for name, iou in part["thresholds"]["validation"].items()]
    text = f"## Real tiles, nothing learnt from them\n\nThe four validation tiles.\n\n{table(REAL, rows)}"
    rows = [row(name, told["train"]) for name, told in part["rows"].items()]
    rows += [[name, figure(iou), *["–"] * 6] for name, iou in part["thresholds"]["train"].items()]
    return f"{text}\nThe thirteen train tiles, which nothing here has learnt from either.\n\n{table(REAL, rows)}"


def finetune(part: Part, parts: dict[str, Part]) -> str:
    """Gone on with on the train tiles."""
    rows = learnt("fine-tuned", part)
    if "real" in parts:
        rows.insert(0, row("bundled", parts["real"]["rows"]["bundled"]["validation"]))
    if "peers" in parts:
        peers = parts["peers"]
        rows.append(row("random forest on the same tiles", peers["forest"]))
        rows.append(["gradient boosting on the same tiles", figure(peers["boosting"]["iou"]), *["–"] * 6])
        rows.append(["the same with a 5 x 5 median", figure(peers["boosting"]["iou_median"]), *["–"] * 6])
    words = f"`finetune {' '.join(part['plan'])}` in {part['seconds']['finetune'] / 60:.0f} minutes."
    told = "Eleven train tiles teach, two others find the best step and calibrate; then all thirteen teach anew, for as"
    told += "\nmany rounds (refit). The four validation tiles measure."
    return f"## Fine-tuned on the real train tiles\n\n{told}\n{words}\n\n{table(REAL, rows)}"


def learnt(name: str, part: Part) -> list[list[str]]:
    """Rows of a network before and after it was calibrated, where both were measured."""
    words = {"tuned": name, "calibrated": f"{name} and calibrated"}
    return [row(text, part[kind]) for kind, text in words.items() if kind in part]


def teach(part: Part, parts: dict[str, Part]) -> str:
    """From three tiles in minutes."""
    rows = learnt("taught", part)
    text = f"Three corrected tiles ({', '.join(part['tiles'])}), `finetune {' '.join(part['plan'])}` in "
    text += f"{part['seconds']['finetune'] / 60:.1f} minutes, measured on the validation tiles."
    text += "\nThe two tiles held back above calibrate the second row; nothing else is chosen by them."
    if {"real", "finetune"} <= set(parts):
        before = parts["real"]["rows"]["bundled"]["validation"]["iou"]
        full, here = parts["finetune"]["calibrated"]["iou"], part["tuned"]["iou"]
        share = (here - before) / (full - before) if full > before else 0.0
        text += f"\nThat is {share:.0%} of the way from the bundled model ({before:.3f}) to the fully fine-tuned one"
        text += f" ({full:.3f})."
    return f"## Taught by three tiles\n\n{text}\n\n{table(REAL, rows)}"


def button(part: Part, parts: dict[str, Part]) -> str:
    """The same by the panel's button."""
    told = part["told"]
    text = f"What the button makes of the same three tiles in ten minutes at most: {told['steps']} steps in "
    text += f"{told['seconds'] / 60:.1f} minutes,\nlearnt from {told['taught_km2']:.0f} km², as it keeps a quarter of"
    text += f" the glaciers aside ({told['aside_km2']:.0f} km²) to measure by\nand 15 % to calibrate. On the part aside"
    text += f" the IoU went from {told['before']['iou']:.3f} to {told['after']['iou']:.3f}."
    rows = [row("by Teach the model…", part["calibrated"])]
    if {"real", "finetune"} <= set(parts):
        before = parts["real"]["rows"]["bundled"]["validation"]["iou"]
        full, here = parts["finetune"]["calibrated"]["iou"], part["calibrated"]["iou"]
        text += f"\nOn the validation tiles that is {(here - before) / max(1e-9, full - before):.0%} of the way."
    return f"## Taught by the panel's button\n\n{text}\n\n{table(REAL, rows)}"


def cost(part: Part) -> str:
    """What measuring took, and by which commands."""
    machine = part["machine"]
    lines = "\n".join(f"    {one['command']}    # {one['seconds']:.0f} s" for one in part["commands"])
    return f"\n{part['minutes']:.1f} minutes on {machine['cores']} cores ({machine['processor']}):\n\n{lines}\n"
