"""Which band plays which role: guessed from descriptions, names and metadata, with the reason said.

Each band gets candidates from independent rules; then each role takes its best band. Optical roles are
taken from one scene as far as it has them, since a ratio of two days means nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from types import MappingProxyType

from . import names
from .messages import QT_TRANSLATE_NOOP, Message
from .roles import Role
from .sensors import SECOND_CHOICE, STACKS, WAVELENGTHS_NM, Product, Sensor, is_optical, product_of

DESCRIPTION = QT_TRANSLATE_NOOP("guess", "The band is called “{text}”.")
SENSOR_BAND = QT_TRANSLATE_NOOP("guess", "“{text}” is band {band} of {sensor}.")
UNSURE_BAND = QT_TRANSLATE_NOOP("guess", "“{text}” is this band if the image is from {sensor}; please check.")
WAVELENGTH = QT_TRANSLATE_NOOP("guess", "Its wavelength is {wavelength_nm} nm.")
NAME = QT_TRANSLATE_NOOP("guess", "The name “{name}” contains “{text}”.")
POSITION = QT_TRANSLATE_NOOP("guess", "It is band {band} of {count} of an image from {sensor}, as usually stacked.")
ORDER = QT_TRANSLATE_NOOP(
    "guess", "The image has {count} bands without names; in the usual order this is number {band}. Please check."
)
UNIT = QT_TRANSLATE_NOOP("guess", "It is a single band in metres.")
PHOTO = QT_TRANSLATE_NOOP("guess", "It looks like a picture for display: its numbers are no reflectance. Please check.")

_SURE, _PHOTO, _ORDER = 0.95, 0.15, 0.3
_EVERYWHERE: Mapping[str, float] = MappingProxyType({})
_LEAST_WEIGHT = 0.1
"""Weight of a band that shows nothing of the view; it is still better than none."""
_OTHER_SCENE = 0.5
"""Factor on the certainty of an optical band that is not of the scene that gives most of them."""


@dataclass(frozen=True)
class BandDescription:
    """What a raster says of one of its bands.

    `layer` is the name in the layer tree or of the file, `path` empty for a layer without a file, `band`
    counts from 1, `wavelength_nm` 0 when unknown. `metadata` merges the tags of the file and of the band;
    keys as found. `date` is the acquisition date that the analyst gave, ISO 8601, "" where none was given.
    """

    layer_id: str
    layer: str
    path: str
    band: int
    band_count: int
    description: str = ""
    wavelength_nm: float = 0.0
    unit: str = ""
    dtype: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    date: str = ""

    @property
    def name(self) -> str:
        """The file's name where there is one, else the layer's: what the rules on names look at."""
        return PurePath(self.path.replace("\\", "/")).name or self.layer

    def product(self) -> Product | None:
        """The satellite product that the names and the metadata speak of."""
        folders = "/".join(PurePath(self.path.replace("\\", "/")).parts[-6:])
        return product_of(f"{folders} {self.layer}", self.metadata)


@dataclass(frozen=True)
class RoleGuess:
    """One band for one role, why, and how sure: 0..1, below 0.5 the user should look."""

    layer_id: str
    band: int
    role: Role
    reason: Message
    certainty: float


@dataclass(frozen=True)
class _Context:
    """What the other bands of the same layer tell: the sensor, whether it was named, and the text of each band."""

    product: Product | None
    sensor: Sensor | None
    scene: str


_Candidate = tuple[Role, float, Message]


def guess_roles(bands: Sequence[BandDescription], shares: Mapping[str, float] = _EVERYWHERE) -> list[RoleGuess]:
    """The best band for each role, at most one a role and one role a band, in the order of `Role`.

    `shares` says by layer id how much of the view a layer covers, 0..1; of bands that suit alike, those that show
    more of the view are taken. Layers without a share count as covering all of it.
    """
    layers: dict[str, list[BandDescription]] = defaultdict(list)
    for band in bands:
        layers[band.layer_id].append(band)
    scored: list[tuple[float, str, RoleGuess]] = []
    for layer in layers.values():
        context = _context_of(layer)
        for band in layer:
            weight = _LEAST_WEIGHT + (1 - _LEAST_WEIGHT) * shares.get(band.layer_id, 1.0)
            scored += [
                (
                    certainty * weight, context.scene,
                    RoleGuess(band.layer_id, band.band, role, reason, round(certainty, 3)),
                )
                for role, certainty, reason in _candidates(band, context)
            ]
    return _assign(_prefer_one_scene(scored))


def _assign(scored: list[tuple[float, RoleGuess]]) -> list[RoleGuess]:
    taken: dict[Role, RoleGuess] = {}
    used: set[tuple[str, int]] = set()
    for _, guess in sorted(scored, key=lambda item: -item[0]):  # stable: the first layer wins a tie
        place = (guess.layer_id, guess.band)
        if guess.role not in taken and place not in used:
            taken[guess.role] = guess
            used.add(place)
    return [taken[role] for role in Role if role in taken]


def _prefer_one_scene(scored: list[tuple[float, str, RoleGuess]]) -> list[tuple[float, RoleGuess]]:
    """Certainties with optical bands of all but the best scene marked down."""
    best: dict[str, dict[Role, float]] = defaultdict(dict)
    for certainty, scene, guess in scored:
        if is_optical(guess.role):
            best[scene][guess.role] = max(certainty, best[scene].get(guess.role, 0.0))
    main = max(best, key=lambda scene: sum(best[scene].values()), default="")
    result = []
    for certainty, scene, guess in scored:
        if is_optical(guess.role) and scene != main:
            lower = round(guess.certainty * _OTHER_SCENE, 3)
            guess = RoleGuess(guess.layer_id, guess.band, guess.role, guess.reason, lower)  # noqa: PLW2901
            certainty *= _OTHER_SCENE  # noqa: PLW2901
        result.append((certainty, guess))
    return result


def _context_of(layer: Sequence[BandDescription]) -> _Context:
    first = layer[0]
    product = first.product()
    texts = [names.plain_description(band.description) for band in layer]
    ids = [names.band_id(text) for text in texts]
    sensor = product.sensor if product else names.sensor_of_ids(ids, texts)
    if sensor is None and first.band_count == 1:
        lone = names.band_id_in_file(first.name)[0]
        sensor = Sensor.MSI if names.is_padded(first.name) or lone in ("11", "12") else None
    if len(layer) > 1 or first.band_count > 1:
        return _Context(product, sensor, first.layer_id)
    if product and product.key:
        return _Context(product, sensor, product.key)
    folder = str(PurePath(first.path).parent) if first.path else ""
    return _Context(product, sensor, f"{folder}|{_without_band(first.name)}")


def _without_band(name: str) -> str:
    """The name of a single-band file without the part that names the band, to know files of one scene."""
    stem = names.stem_of(name)
    shorter = re.sub(r"(?:^|[_\-. ])(?:SR_|ST_)?B\d\d?A?(?:_[126]0M|_VCID_\d)?$", "", stem, flags=re.IGNORECASE)
    if shorter != stem:
        return shorter
    parts = re.split(r"[_\-. ]+", stem)
    return "_".join(part for part in parts if not names.role_of_word(part))


def _candidates(band: BandDescription, context: _Context) -> Iterator[_Candidate]:
    text = names.plain_description(band.description) or _name_in_metadata(band.metadata)
    if _is_photo(band):
        role = names.role_of_word(text) or ((Role.RED, Role.GREEN, Role.BLUE, None)[band.band - 1])
        if role:
            yield role, _PHOTO, Message(PHOTO)
        return
    if names.is_other_data(text) or (band.band_count == 1 and names.is_other_data(band.name)):
        return
    found = list(_by_wavelength(band)) + list(_by_description(text, context))
    if not found and band.band_count == 1:
        found = list(_by_name(band, context)) + list(_by_unit(band))
    if not found and not text:
        found = list(_by_position(band, context))
    yield from found


def _is_photo(band: BandDescription) -> bool:
    """8-bit images of three or four bands are pictures unless a sensor's band is named."""
    is_byte = band.dtype.lower() in ("uint8", "byte")
    named = names.band_id(names.plain_description(band.description))
    return is_byte and band.band_count in (3, 4) and not named and band.product() is None


def _name_in_metadata(metadata: Mapping[str, str]) -> str:
    tags = {key.lower(): str(value) for key, value in metadata.items()}
    keys = ("eo:common_name", "common_name", "bandname", "band_name", "standard_name", "long_name")
    return next((tags[key].strip() for key in keys if tags.get(key, "").strip()), "")


def _by_wavelength(band: BandDescription) -> Iterator[_Candidate]:
    nanometres = band.wavelength_nm or _wavelength_in(band.metadata)
    for low, high, role in WAVELENGTHS_NM:
        if low <= nanometres <= high:
            penalty = 0.02 if role is Role.NIR and nanometres > 850 else 0.0  # B8A gives way to the sharper B08
            yield role, _SURE - penalty, Message(WAVELENGTH, {"wavelength_nm": f"{nanometres:.0f}"})


def _wavelength_in(metadata: Mapping[str, str]) -> float:
    """Nanometres from tags such as WAVELENGTH = "664.6 nm", CENTRAL_WAVELENGTH_UM or 0.665; 0 when there are none."""
    for key, value in metadata.items():
        if "wavelength" not in key.lower() or "unit" in key.lower():
            continue
        found = re.match(r"\s*([0-9.]+)", str(value))
        if found and found[1].strip("."):
            number = float(found[1])
            return number * 1000 if number < 20 else number
    return 0.0


def _by_description(text: str, context: _Context) -> Iterator[_Candidate]:
    role = names.role_of_word(text)
    if role:
        yield role, _SURE, Message(DESCRIPTION, {"text": text})
        return
    number = names.band_id(text)
    if number:
        yield from _by_band_id(number, text, context.sensor)
        return
    found = names.role_of_file(text) if text else None
    if found:
        yield found[0], found[2] - 0.1, Message(DESCRIPTION, {"text": text})


def _by_band_id(number: str, text: str, sensor: Sensor | None) -> Iterator[_Candidate]:
    if sensor is None:
        role = names.role_of_band(Sensor.OLI, number)
        if role:
            yield role, 0.4, Message(UNSURE_BAND, {"text": text, "sensor": Sensor.OLI.value})
        return
    role = names.role_of_band(sensor, number)
    if role:
        certainty = 0.7 if (sensor, number) in SECOND_CHOICE else _SURE
        yield role, certainty, Message(SENSOR_BAND, {"text": text, "band": number, "sensor": sensor.value})


def _by_name(band: BandDescription, context: _Context) -> Iterator[_Candidate]:
    for name in dict.fromkeys((band.name, band.layer)):
        number, resolution_m = names.band_id_in_file(name)
        if number:
            for role, certainty, reason in _by_band_id(number, names.stem_of(name), context.sensor):
                yield role, certainty - 0.01 - resolution_m / 10_000, reason
            return
        found = names.role_of_file(name)
        if found:
            role, word, certainty = found
            yield role, certainty, Message(NAME, {"name": names.stem_of(name), "text": word})
            return


def _by_unit(band: BandDescription) -> Iterator[_Candidate]:
    is_height = band.dtype.lower() in ("float32", "float64", "int16", "int32")
    if band.unit.lower() in ("m", "metre", "meter", "metres", "meters") and is_height:
        yield Role.ELEVATION, 0.55, Message(UNIT)


def _by_position(band: BandDescription, context: _Context) -> Iterator[_Candidate]:
    count = band.band_count
    if context.sensor and count in STACKS[context.sensor]:
        role = names.role_of_band(context.sensor, STACKS[context.sensor][count][band.band - 1])
        details = {"band": band.band, "count": count, "sensor": context.sensor.value}
        if role:
            yield role, 0.6, Message(POSITION, details)
    elif count in (4, 6, 7) and band.dtype.lower() not in ("uint8", "byte"):
        usual = STACKS[Sensor.OLI if count == 7 else Sensor.MSI][6 if count == 7 else count]
        if band.band <= len(usual):
            role = names.role_of_band(Sensor.OLI if count == 7 else Sensor.MSI, usual[band.band - 1])
            if role:
                yield role, _ORDER, Message(ORDER, {"band": band.band, "count": count})
