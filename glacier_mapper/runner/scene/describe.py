"""What a raster file holds, and the roles that its bands seem to play."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from ...core.errors import MissingRoleError, NoLayersError
from ...core.grid import Grid
from ...core.guess import RoleGuess, guess_roles
from ...core.left_out import left_out
from ...core.messages import Message
from ...core.request import BandSource
from ...core.scaling import acquisition_date
from .gridding import choose_grid, footprint, pixel_size
from .projections import code_of
from .raster_file import RasterFile, inspect
from .resolve import resolve


def describe_file(path: str) -> dict[str, Any]:
    """What `info FILE` prints, as a JSON object.

    Keys: path, driver, width, height, crs (None without one), bounds, pixel_size (in units of the CRS), date,
    bands; a band has band, description, dtype, nodata, unit, role, reason (Message JSON), certainty and scaling
    ({"scale", "offset", "reason"}), the last four None where no role is guessed.
    Raises MissingFileError, UnreadableRasterError.
    """
    file = inspect(path)
    descriptions = [file.describe(band) for band in range(1, file.count + 1)]
    guesses = {guess.band: guess for guess in guess_roles(descriptions)}
    rows, cols = file.shape_yx
    return {
        "path": path,
        "driver": file.driver,
        "width": cols,
        "height": rows,
        "crs": code_of(file.crs) if file.crs else None,
        "bounds": list(footprint(file)),
        "pixel_size": pixel_size(file.transform),
        "date": acquisition_date(descriptions[0]),
        "bands": [_band(file, band, guesses.get(band)) for band in range(1, file.count + 1)],
    }


def metric_grid(path: str) -> Grid:
    """The metric grid on which the raster would be mapped.

    Raises MissingFileError, UnreadableRasterError, MissingCrsError.
    """
    file = inspect(path)
    file.need_crs()
    return choose_grid([file], None, path)


def _band(file: RasterFile, band: int, guess: RoleGuess | None) -> dict[str, Any]:
    nodata = file.nodatas[band - 1]
    row: dict[str, Any] = {
        "band": band,
        "description": file.descriptions[band - 1],
        "dtype": file.dtypes[band - 1],
        # JSON has no NaN and no infinity
        "nodata": None if nodata is None else nodata if abs(nodata) < float("inf") else str(nodata),
        "unit": file.units[band - 1],
        "role": None,
        "reason": None,
        "certainty": None,
        "scaling": None,
    }
    if guess:
        row.update(role=guess.role.value, reason=guess.reason.to_json(), certainty=guess.certainty)
        found = resolve(BandSource(guess.role, file.path, band), file)
        if found.scaling:
            scaling = found.scaling
            row["scaling"] = {"scale": scaling.scale, "offset": scaling.offset, "reason": scaling.reason.to_json()}
    return row


def notes_on_unused(paths: Sequence[str], sources: Collection[BandSource]) -> list[Message]:
    """What to say of the files among `paths` from which `sources` take no band.

    Raises MissingFileError, UnreadableRasterError.
    """
    used = {source.path for source in sources}
    unused = [inspect(path) for path in dict.fromkeys(paths) if path not in used]
    return left_out([file.describe(band) for file in unused for band in range(1, file.count + 1)], used)


def guess_sources(paths: Sequence[str]) -> tuple[BandSource, ...]:
    """The bands of these files with the roles they seem to play, for `map --optical F...`.

    Raises MissingFileError, UnreadableRasterError, MissingRoleError when no role can be guessed, NoLayersError
    without a path.
    """
    if not paths:
        raise NoLayersError()
    files = {path: inspect(path) for path in dict.fromkeys(paths)}
    bands = [file.describe(band) for file in files.values() for band in range(1, file.count + 1)]
    guesses = guess_roles(bands)
    if not guesses:
        raise MissingRoleError(model="band-ratio", roles="red, nir or green, and swir1")
    return tuple(BandSource(g.role, g.layer_id, g.band, layer=Path(g.layer_id).name) for g in guesses)
