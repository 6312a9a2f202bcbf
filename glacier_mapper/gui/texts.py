"""Core's messages, and numbers, as the user reads them."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, QLocale

from ..core.devices import device_words
from ..core.errors import GlacierMapperError
from ..core.messages import QT_TRANSLATE_NOOP, Message, in_one_line
from ..core.roles import ROLE_LABELS, Role
from ..core.speed import Speed

CONTEXTS = (
    "errors", "progress", "roles", "models", "guess", "scaling", "scene", "mapping", "outlines", "runner", "setup",
    "export", "gui", "remote",
)  # fmt: skip
"""The contexts under which core, the runner and the runner's client mark their texts."""

SHORT_ROLE_LABELS: dict[Role, str] = {
    Role.BLUE: QT_TRANSLATE_NOOP("gui", "Blue"),
    Role.GREEN: QT_TRANSLATE_NOOP("gui", "Green"),
    Role.RED: QT_TRANSLATE_NOOP("gui", "Red"),
    Role.NIR: QT_TRANSLATE_NOOP("gui", "Near infrared"),
    Role.SWIR1: QT_TRANSLATE_NOOP("gui", "SWIR 1"),
    Role.SWIR2: QT_TRANSLATE_NOOP("gui", "SWIR 2"),
    Role.ELEVATION: QT_TRANSLATE_NOOP("gui", "Elevation"),
    Role.SLOPE: QT_TRANSLATE_NOOP("gui", "Slope"),
    Role.CO_POL: QT_TRANSLATE_NOOP("gui", "Co-pol"),
    Role.CROSS_POL: QT_TRANSLATE_NOOP("gui", "Cross-pol"),
    Role.COHERENCE: QT_TRANSLATE_NOOP("gui", "Coherence"),
    Role.THERMAL: QT_TRANSLATE_NOOP("gui", "Thermal"),
    Role.CO_POL_2: QT_TRANSLATE_NOOP("gui", "Co-pol 2"),
    Role.CROSS_POL_2: QT_TRANSLATE_NOOP("gui", "Cross-pol 2"),
    Role.COHERENCE_2: QT_TRANSLATE_NOOP("gui", "Coherence 2"),
}


def translated(message: Message) -> str:
    """The message in the user's language: the template is translated first, then filled in."""
    try:
        return message.in_language(_found)
    except (KeyError, IndexError, ValueError):
        return str(message.template)


def _found(text: str) -> str:
    """A marked text in the user's language, whatever its context is."""
    for context in CONTEXTS:
        found = QCoreApplication.translate(context, text)
        if found != text:
            return found
    return text


def error_text(error: GlacierMapperError) -> str:
    """What happened and what to do next."""
    return in_one_line(translated(error.to_message()), translated(error.to_remedy()))


def role_label(role: Role) -> str:
    """The role's full name."""
    return QCoreApplication.translate("roles", ROLE_LABELS[role])


def short_role_label(role: Role) -> str:
    """The role's name where there is little room."""
    return QCoreApplication.translate("gui", SHORT_ROLE_LABELS[role])


def number(value: float, decimals: int = 0) -> str:
    """A number as the user's country writes it."""
    return QLocale().toString(float(value), "f", decimals)


def device(text: str) -> str:
    """What computes, as the runner says it in English: a name, and perhaps how many threads."""
    return device_words(text, _found)


def megabytes(size_mb: float) -> str:
    """A size given in MB (10^6 bytes), in the unit that reads best."""
    if size_mb >= 1000:
        return QCoreApplication.translate("gui", "{size} GB").format(size=number(size_mb / 1000, 1))
    return QCoreApplication.translate("gui", "{size} MB").format(size=number(max(1, round(size_mb)) if size_mb else 0))


def pixels(count: int) -> str:
    """A count of pixels in millions."""
    decimals = 0 if count >= 100_000_000 else 1 if count >= 1_000_000 else 2
    return QCoreApplication.translate("gui", "{count} Mpx").format(count=number(count / 1e6, decimals))


def duration(seconds: float) -> str:
    """A time span, no finer than an estimate deserves."""
    if seconds < 1:
        return QCoreApplication.translate("gui", "under 1 s")
    if seconds < 60:
        return QCoreApplication.translate("gui", "{seconds} s").format(seconds=number(round(seconds)))
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return QCoreApplication.translate("gui", "{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)
    hours, minutes = divmod(minutes, 60)
    return QCoreApplication.translate("gui", "{hours} h {minutes} min").format(hours=hours, minutes=minutes)


def seconds_taken(seconds: float) -> str:
    """A measured time: with a decimal while it is short."""
    if seconds < 60:
        return QCoreApplication.translate("gui", "{seconds} s").format(seconds=number(seconds, 1))
    return duration(seconds)


def speed(measured: Speed) -> str:
    """How fast a run was, and on what."""
    decimals = 0 if measured.tiles_per_s >= 20 else 1 if measured.tiles_per_s >= 1 else 2
    count = number(measured.tiles_per_s, decimals)
    if not measured.device:
        return QCoreApplication.translate("gui", "{count} tiles/s").format(count=count)
    text = QCoreApplication.translate("gui", "{count} tiles/s on {device}")
    return text.format(count=count, device=device(measured.device))


def enumeration(parts: list[str], last: str) -> str:
    """ "a, b and c"; `last` is the translated word, with its blanks, before the last part."""
    if len(parts) < 2:
        return "".join(parts)
    return last.join((", ".join(parts[:-1]), parts[-1]))
