"""Devices, raster files and reduced packages for people: lines whose parts stand under one another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core.messages import Message

Row = tuple[str, ...]


def in_columns(rows: Sequence[Row]) -> str:
    """Rows of as many texts each, every column as wide as its longest."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "".join("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip() + "\n" for row in rows)


def devices_text(devices: list[dict[str, Any]]) -> str:
    """A line a device, and below those that can't be used why."""
    rows: list[Row] = [("name", "here", "device")]
    for device in devices:
        taken = " (what “auto” takes)" if device["chosen"] else ""
        rows.append((device["name"], "yes" if device["available"] else "no", f"{device['title']}{taken}"))
        if device["reason"]:
            rows.append(("", "", f"  {Message.from_json(device['reason'])}"))
    return in_columns(rows)


def reduced_text(result: dict[str, Any]) -> str:
    """What was made, and what it costs against the network in float32."""
    check, megabytes = result["check"], result["bytes"] / 1e6
    share = 100 * result["bytes"] / result["bytes_float32"]
    rows = [
        ("package", result["package"]),
        ("folder", result["folder"]),
        ("precision", result["precision"]),
        ("size", f"{megabytes:.3g} MB, {share:.0f} % of the network in float32"),
        ("speed", f"{check['speed_ratio']:.2f} times that of the network in float32"),
        ("scenes", ", ".join(check["scenes"])),
        ("pixels", f"{check['pixels']}, of which {100 * check['pixels_flipped']:.3f} % change sides of 0.5"),
        ("change", f"{check['mean_change']:.5f} of probability on average, {check['largest_change']:.5f} at most"),
        ("IoU", _iou_text(check)),
        ("checked", f"{check['created']}, ONNX Runtime {check['onnxruntime']}"),
    ]
    return in_columns(rows)


def _iou_text(check: dict[str, Any]) -> str:
    if check["iou"] is None:
        return "not known, as no scene has labels"
    return f"{check['iou']:.4f}, in float32 {check['iou_float32']:.4f}"


def file_text(info: dict[str, Any]) -> str:
    """A raster file: what it is, its bands as a table, and what speaks for their roles and scalings."""
    size = f"{info['width']} × {info['height']} pixels of {_figure(info['pixel_size'])}"
    west, south, east, north = (_figure(one) for one in info["bounds"])
    head = in_columns([
        ("file", info["path"]),
        ("format", info["driver"]),
        ("size", f"{size} (units of the CRS)" if info["crs"] else size),
        ("CRS", info["crs"] or "none"),
        ("bounds", f"west {west}, south {south}, east {east}, north {north}"),
        ("date", info["date"] or "not known"),
    ])
    bands = info["bands"]
    return "\n".join([head, in_columns([BAND_HEAD, *map(_band_row, bands)]), _reasons_text(bands)])


BAND_HEAD = ("band", "description", "type", "no data", "role", "certainty", "value", "unit")


def _band_row(band: dict[str, Any]) -> Row:
    nodata, certainty = band["nodata"], band["certainty"]
    return (
        str(band["band"]),
        band["description"] or "-",
        band["dtype"],
        "-" if nodata is None else _figure(nodata),
        band["role"] or "-",
        "-" if certainty is None else f"{100 * certainty:.0f} %",
        _value_text(band["scaling"]),
        band["unit"] or "-",
    )


def _figure(value: float | str) -> str:
    """A number without needless digits; NaN and infinities come as text."""
    return value if isinstance(value, str) else f"{value:.10g}"


def _value_text(scaling: dict[str, Any] | None) -> str:
    """How the value follows from the number in the file."""
    if not scaling or (scaling["scale"], scaling["offset"]) == (None, None):
        return "-"
    scale, offset = scaling["scale"], scaling["offset"] or 0.0
    times = "number" if scale in (None, 1.0) else f"number * {_figure(scale)}"
    return f"{times} {'+' if offset > 0 else '-'} {abs(offset):g}" if offset else times


def _reasons_text(bands: list[dict[str, Any]]) -> str:
    """Every reason once, with the bands that it is of."""
    of: dict[str, list[str]] = {}
    for band in bands:
        for reason in (band["reason"], (band["scaling"] or {}).get("reason")):
            if reason:
                of.setdefault(str(Message.from_json(reason)), []).append(str(band["band"]))
    rows = [(f"band{'s' * (len(numbers) > 1)} {', '.join(numbers)}", text) for text, numbers in of.items()]
    return in_columns(rows) if rows else ""
