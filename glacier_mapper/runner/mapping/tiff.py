"""The structure of a cloud-optimised GeoTIFF: header, directories, tags (TIFF 6.0; BigTIFF; OGC 21-026).

Only what one band in deflated tiles needs: float32 with the floating-point predictor, or classes of 8 bits with names
and colours. The georeferencing tags are GDAL's own: it writes a tiny file on the same grid, and they are taken over.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Union

import rasterio
from rasterio.io import MemoryFile
from rasterio.transform import Affine

from ...core.grid import Grid

Number = Union[int, float]
ASCII, SHORT, LONG, DOUBLE, LONG8 = 2, 3, 4, 12, 16
_CODE = {ASCII: "B", 1: "B", SHORT: "H", LONG: "I", DOUBLE: "d", LONG8: "Q"}
_GEO_TAGS = (33550, 33922, 34264, 34735, 34736, 34737, 42112, 42113)
_NO_DATA_TAG = 42113
TILE_OFFSETS, TILE_BYTE_COUNTS = 324, 325
_LAYOUT = (
    b"LAYOUT=IFDS_BEFORE_DATA\nBLOCK_ORDER=ROW_MAJOR\nBLOCK_LEADER=SIZE_AS_UINT4\n"
    b"BLOCK_TRAILER=LAST_4_BYTES_REPEATED\nKNOWN_INCOMPATIBLE_EDITION=NO\n "
)
STRUCTURE = b"GDAL_STRUCTURAL_METADATA_SIZE=%06d bytes\n" % len(_LAYOUT) + _LAYOUT
"""Tells readers that directories come first and that each tile carries its size before it (GDAL's COG driver)."""
CLASSIC_LIMIT = 2**32 - 2**20


@dataclass(frozen=True)
class Tag:
    """One entry of a directory: code, TIFF type and values."""

    code: int
    kind: int
    values: tuple[Number, ...]

    def payload(self) -> bytes:
        """The values as little-endian bytes."""
        return struct.pack(f"<{len(self.values)}{_CODE[self.kind]}", *self.values)


@dataclass(frozen=True)
class Pixels:
    """What a band's pixels are: classes where there are `names`, by value, else float32 with NaN as no data."""

    names: tuple[str, ...] = ()
    colours: tuple[tuple[int, int, int], ...] = ()

    @property
    def dtype(self) -> str:
        """The type of the array."""
        return "uint8" if self.names else "float32"

    @property
    def no_data(self) -> float:
        """What stands for no data."""
        return NO_CLASS if self.names else float("nan")

    def tags(self) -> list[Tag]:
        """Bits, photometric interpretation, predictor and sample format; with the colours of classes."""
        bits, photometric, predictor, sample = (8, 3, 1, 1) if self.names else (32, 1, 3, 3)
        short = [(258, bits), (259, 8), (262, photometric), (277, 1), (284, 1), (317, predictor), (339, sample)]
        tags = [Tag(code, SHORT, (value,)) for code, value in short]
        if self.names:
            shades = [self.colours[value] if value < len(self.colours) else (0, 0, 0) for value in range(256)]
            planes = [shade[plane] * 257 for plane in range(3) for shade in shades]
            tags.append(Tag(320, SHORT, tuple(planes)))
        return tags


NO_CLASS = 255
PROBABILITIES = Pixels()
CLASS_COLOURS = ((0xDE, 0xDE, 0xDE), (0x56, 0xB4, 0xE9), (0xA0, 0x62, 0x2D))
"""Of other, glacier and debris, as in the plugin's style `classes`; all see them apart, also who is colour-blind."""


def class_pixels(names: tuple[str, ...]) -> Pixels:
    """Pixels of classes that are called so, by value."""
    return Pixels(names, CLASS_COLOURS)


@dataclass(frozen=True)
class Image:
    """One level of the pyramid: its size and the byte counts of its tiles, row by row."""

    shape_yx: tuple[int, int]
    tile_px: int
    byte_counts: Sequence[int]
    pixels: Pixels = PROBABILITIES

    @property
    def stored_bytes(self) -> int:
        """Bytes of all tiles with the 4 bytes before and after each."""
        return sum(self.byte_counts) + 8 * len(self.byte_counts)


def header_of(images: Sequence[Image], geo_tags: Sequence[Tag], big: bool | None = None) -> bytes:
    """Everything before the first tile: `images` from the full size to the smallest.

    The tiles follow in the opposite order, the smallest image first. BigTIFF when the file needs it.
    """
    if big is None:
        estimate = sum(image.stored_bytes + 16 * len(image.byte_counts) for image in images) + 2**16
        big = estimate > CLASSIC_LIMIT
    unplaced = [0] * len(images)
    size = len(_serialise(images, geo_tags, unplaced, big))
    starts, at = list(unplaced), size
    for number in reversed(range(len(images))):
        starts[number] = at
        at += images[number].stored_bytes
    return _serialise(images, geo_tags, starts, big)


def _serialise(images: Sequence[Image], geo_tags: Sequence[Tag], starts: Sequence[int], big: bool) -> bytes:
    head = struct.pack("<2sHHHQ", b"II", 43, 8, 0, 0) if big else struct.pack("<2sHI", b"II", 42, 0)
    out = bytearray(head + STRUCTURE)
    link = 8 if big else 4
    for number, image in enumerate(images):
        out.extend(b"\0" * (-len(out) % 8))
        struct.pack_into("<Q" if big else "<I", out, link, len(out))
        tags = _image_tags(image, number, starts[number], big)
        tags += [tag for tag in geo_tags if number == 0 or tag.code == _NO_DATA_TAG]
        link = _append_directory(out, sorted(tags, key=lambda tag: tag.code), big)
    out.extend(b"\0" * (-len(out) % 8))
    return bytes(out)


def _append_directory(out: bytearray, tags: Sequence[Tag], big: bool) -> int:
    """Append a directory and the values that do not fit into it; gives the place of the link to the next one."""
    entry, count, inline, link = ("<HHQ", "<Q", 8, "<Q") if big else ("<HHI", "<H", 4, "<I")
    entry_size = struct.calcsize(entry) + inline
    start = len(out)
    link_at = start + struct.calcsize(count) + entry_size * len(tags)
    values_at = link_at + struct.calcsize(link)
    directory, values = bytearray(struct.pack(count, len(tags))), bytearray()
    for tag in tags:
        payload = tag.payload()
        directory += struct.pack(entry, tag.code, tag.kind, len(tag.values))
        if len(payload) <= inline:
            directory += payload.ljust(inline, b"\0")
        else:
            values.extend(b"\0" * (-(values_at + len(values)) % 8))
            directory += struct.pack(link, values_at + len(values))
            values += payload
    out += directory + struct.pack(link, 0) + values
    return link_at


def _image_tags(image: Image, number: int, start: int, big: bool) -> list[Tag]:
    rows, cols = image.shape_yx
    offsets, at = [], start
    for size in image.byte_counts:
        offsets.append(at + 4)
        at += size + 8
    tags = [Tag(254, LONG, (1,))] if number else []
    tags += image.pixels.tags()
    tags += [Tag(256, LONG, (cols,)), Tag(257, LONG, (rows,))]
    tags += [Tag(322, SHORT, (image.tile_px,)), Tag(323, SHORT, (image.tile_px,))]
    tags.append(Tag(TILE_OFFSETS, LONG8 if big else LONG, tuple(offsets)))
    tags.append(Tag(TILE_BYTE_COUNTS, LONG, tuple(image.byte_counts)))
    return tags


def geo_tags(grid: Grid, description: str, pixels: Pixels = PROBABILITIES) -> list[Tag]:
    """The tags that place `grid` on the Earth, name the band, its classes and what no data is, as GDAL writes them."""
    profile = {
        "driver": "GTiff", "width": 1, "height": 1, "count": 1, "dtype": pixels.dtype, "nodata": pixels.no_data,
        "crs": rasterio.crs.CRS.from_user_input(grid.crs), "transform": Affine.from_gdal(*grid.geotransform),
    }  # fmt: skip
    with MemoryFile() as memory:
        with memory.open(**profile) as tiny:
            tiny.set_band_description(1, description)
            tiny.update_tags(1, **{f"CLASS_{value}": name for value, name in enumerate(pixels.names)})
        return _read_tags(bytes(memory.getbuffer()))


def _read_tags(data: bytes) -> list[Tag]:
    """The georeferencing tags of a classic little-endian TIFF in memory."""
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    tags = []
    for number in range(count):
        at = start + 2 + 12 * number
        code, kind, length = struct.unpack_from("<HHI", data, at)
        if code in _GEO_TAGS:
            form = f"<{length}{_CODE[kind]}"
            (place,) = struct.unpack_from("<I", data, at + 8)
            where = at + 8 if struct.calcsize(form) <= 4 else place
            tags.append(Tag(code, kind, struct.unpack_from(form, data, where)))
    return tags
