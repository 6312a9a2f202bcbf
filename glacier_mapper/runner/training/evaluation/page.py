"""The page of an evaluation: one HTML file with all its pictures, readable in light and dark, without a script."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape
from typing import Any

from .pictures import COLORS, Picture

TILES = (
    ("iou", "IoU", "{:.3f}"), ("f1", "F1", "{:.3f}"), ("precision", "Precision", "{:.3f}"),
    ("recall", "Recall", "{:.3f}"), ("ece", "ECE", "{:.3f}"), ("boundary_mean_px", "Boundary, px", "{:.2f}"),
    ("area_bias_percent", "Area bias, %", "{:+.1f}"),
)  # fmt: skip
"""Figures over all scenes that head the page."""
LEGEND = (("hit", "glacier, mapped"), ("false", "mapped, no glacier"), ("missed", "glacier, missed"))
PLOT_PX, MARGIN_PX = 300, 58

STYLE = """
:root{color-scheme:light dark;--paper:#fbfbfa;--card:#fff;--ink:#1c2430;--soft:#5d6877;--line:#dfe3e8;--mark:#0072b2}
@media(prefers-color-scheme:dark){:root{--paper:#12161b;--card:#1a2027;--ink:#e8ecf1;--soft:#98a4b3;--line:#303943;
--mark:#56b4e9}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);
font:15px/1.5 system-ui,"Segoe UI",Roboto,sans-serif}
main{max-width:1180px;margin:0 auto;padding:32px 20px 64px}h1{font-size:26px;margin:0 0 4px}
h2{font-size:18px;margin:40px 0 12px}p,li{color:var(--soft)}code{font-size:13px;overflow-wrap:anywhere}
.tiles{display:flex;flex-wrap:wrap;margin:20px -6px}
.tile,figure,.plot{background:var(--card);border:1px solid var(--line);border-radius:10px}
.tile{flex:1 1 118px;margin:6px;padding:12px 14px}
.tile b{display:block;font-size:24px;font-variant-numeric:tabular-nums}
.tile span{color:var(--soft);font-size:13px}.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:10px}
table{border-collapse:collapse;width:100%;background:var(--card);font-variant-numeric:tabular-nums}
th,td{padding:7px 12px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
tr:last-child td{border-bottom:0}th{color:var(--soft);font-weight:600;font-size:13px}
th:first-child,td:first-child{text-align:left;position:sticky;left:0;background:var(--card)}
.plot{display:inline-block;padding:12px;max-width:100%}svg{display:block;max-width:100%;height:auto}
svg text{fill:var(--soft);font-size:12px}.maps{display:flex;flex-wrap:wrap;margin:0 -8px}
figure{flex:1 1 300px;max-width:420px;margin:8px;overflow:hidden}figure div{position:relative;background:#000}
figure img{display:block;width:100%;height:auto;image-rendering:pixelated}
figure .errors{position:absolute;top:0;left:0;height:100%}
figcaption{padding:10px 12px;display:flex;justify-content:space-between;gap:8px}
figcaption span{color:var(--soft);font-variant-numeric:tabular-nums}
#overlay:not(:checked)~.maps .errors{visibility:hidden}
.key{display:inline-flex;align-items:center;gap:6px;margin:0 14px 12px 0;color:var(--soft)}
.key i{width:13px;height:13px;border-radius:3px;border:1px solid var(--line)}
"""


def page(
    result: dict[str, Any], tables: Mapping[str, list[list[str]]], pictures: Mapping[str, Picture]
) -> str:
    """The whole page; `tables` by title with a heading row, `pictures` by scene in the order to show."""
    model = result["model"]
    title = escape(f"Evaluation of {model['title']}")
    body = [f"<h1>{title}</h1>", _subject(result), _tiles(result["pooled"])]
    for name, rows in tables.items():
        body += [f"<h2>{escape(name)}</h2>", _table(rows)]
    body += ["<h2>Reliability</h2>", _reliability(result["reliability"])]
    if pictures:
        body += ["<h2>Maps of the errors</h2>", _maps(result["scenes"], pictures)]
    body += ["<h2>What the figures are</h2>", _definitions(result["definitions"])]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    inner = "\n".join(body)
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}<style>{STYLE}</style></head>\n'
        f"<body><main>{inner}</main></body></html>\n"
    )


def _subject(result: dict[str, Any]) -> str:
    model = result["model"]
    part = f", part “{escape(result['split'])}”" if result["split"] else ""
    said = f"Model {escape(model['name'])} {escape(model['version'])} on {len(result['scenes'])} scenes{part}."
    network = f"<br>Network SHA-256 <code>{escape(model['sha256'])}</code>" if model["sha256"] else ""
    found = result["negatives"]
    share = found["false_positive_share"]
    bare = "" if share is None else f"<br>{len(found['scenes'])} scenes without a glacier: {share:.2%} false positives."
    left = "".join(f"<br>Left out: {escape(one['scene'])}, {escape(one['reason'])}." for one in result["left_out"])
    return f"<p>{said}{network}{bare}{left}</p>"


def _tiles(pooled: dict[str, Any]) -> str:
    cells = []
    for name, label, form in TILES:
        value = pooled.get(name)
        shown = "–" if value is None else form.format(value)
        cells.append(f'<div class="tile"><b>{shown}</b><span>{label}</span></div>')
    return f'<div class="tiles">{"".join(cells)}</div>'


def _table(rows: list[list[str]]) -> str:
    head = "".join(f"<th>{escape(text)}</th>" for text in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows[1:])
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _reliability(rows: list[dict[str, Any]]) -> str:
    """Frequency of glacier over mean probability, a bar a bin, with the diagonal of a calibrated model."""
    low, side, size = MARGIN_PX, PLOT_PX, PLOT_PX + MARGIN_PX + 12
    most = max((row["pixels"] for row in rows), default=0)
    shapes = "".join(_bar(row, most) for row in rows if row["pixels"])
    frame = f'<rect x="{low}" y="6" width="{side}" height="{side}" fill="none" stroke="var(--line)"/>'
    line = f'<line x1="{low}" y1="{side + 6}" x2="{low + side}" y2="6" stroke="var(--soft)" stroke-dasharray="4 4"/>'
    box = f'viewBox="0 0 {size} {size + 6}" width="{size}" role="img" aria-label="Reliability diagram"'
    return f'<div class="plot"><svg {box}>{frame}{shapes}{_axes()}{line}</svg></div>'


def _bar(row: dict[str, Any], most: int) -> str:
    """A bin: its bar is the stronger, the more pixels it has; the dot stands at its mean probability."""
    low, side = MARGIN_PX, PLOT_PX
    left, width, height = low + side * row["low"], side * (row["high"] - row["low"]), side * row["frequency"]
    strength = 0.25 + 0.65 * (row["pixels"] / most) ** 0.25
    note = f"{row['pixels']} pixels, probability {row['probability']:.3f}, frequency {row['frequency']:.3f}"
    x, y = low + side * row["probability"], 6 + side - height
    return (
        f'<rect x="{left + 1:.1f}" y="{y:.1f}" width="{width - 2:.1f}" height="{height:.1f}" fill="var(--mark)" '
        f'opacity="{strength:.2f}"><title>{note}</title></rect>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="var(--ink)"/>'
    )


def _axes() -> str:
    low, side = MARGIN_PX, PLOT_PX
    marks = []
    for tick in (0, 0.25, 0.5, 0.75, 1):
        x, y = low + side * tick, 6 + side * (1 - tick)
        marks.append(f'<text x="{x:.0f}" y="{side + 24}" text-anchor="middle">{tick:g}</text>')
        marks.append(f'<text x="{low - 8}" y="{y + 4:.0f}" text-anchor="end">{tick:g}</text>')
    middle = 6 + side / 2
    turned = f'x="12" y="{middle}" text-anchor="middle" transform="rotate(-90 12 {middle})"'
    return (
        f"{''.join(marks)}"
        f'<text x="{low + side / 2}" y="{side + 42}" text-anchor="middle">probability of glacier</text>'
        f"<text {turned}>frequency of glacier</text>"
    )


def _maps(scenes: Mapping[str, dict[str, Any]], pictures: Mapping[str, Picture]) -> str:
    keys = "".join(
        f'<span class="key"><i style="background:rgb{COLORS[name][:3]}"></i>{label}</span>' for name, label in LEGEND
    )
    toggle = '<input type="checkbox" id="overlay" checked><label for="overlay" class="key">show errors</label>'
    figures = "".join(_figure(name, scenes[name], picture) for name, picture in pictures.items())
    return f'<div>{toggle}{keys}<div class="maps">{figures}</div></div>'


def _figure(name: str, row: dict[str, Any], picture: Picture) -> str:
    look, errors = (base64.b64encode(one).decode() for one in (picture.look, picture.errors))
    cols, rows = picture.size_xy
    iou = "no glacier" if row["iou"] is None or not row["true_km2"] else f"IoU {row['iou']:.3f}"
    return (
        f'<figure><div><img src="data:image/jpeg;base64,{look}" width="{cols}" height="{rows}" alt="{escape(name)}">'
        f'<img class="errors" src="data:image/png;base64,{errors}" alt="errors of {escape(name)}"></div>'
        f"<figcaption><b>{escape(name)}</b><span>{iou}</span></figcaption></figure>"
    )


def _definitions(definitions: Mapping[str, str]) -> str:
    items = "".join(f"<li><b>{escape(name)}</b>: {escape(text)}</li>" for name, text in definitions.items())
    return f"<ul>{items}</ul>"
