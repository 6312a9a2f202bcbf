"""Core messages in the user's language."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication, QLocale

from ..core.devices import device_words
from ..core.errors import GlacierMapperError
from ..core.messages import Message, in_one_line
from ..core.progress import STAGE_LABELS, Progress
from ..core.roles import ROLE_LABELS, Role

CONTEXTS = (
    "errors", "progress", "roles", "models", "guess", "scaling", "scene", "mapping", "outlines", "runner",
    "setup", "gui",
)  # fmt: skip
"""The translation contexts that core and the runner mark their texts with."""


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


def device(text: str) -> str:
    """What computes, as the runner says it in English: a name, and perhaps how many threads."""
    return device_words(text, _found)


def number(value: float, decimals: int = 0) -> str:
    """A number as the user's country writes it."""
    return QLocale().toString(float(value), "f", decimals)


def error_text(error: GlacierMapperError) -> str:
    """What happened and what to do next, in one line."""
    return in_one_line(translated(error.to_message()), translated(error.to_remedy()))


def stage_text(progress: Progress) -> str:
    """The stage of a job in the user's language."""
    return QCoreApplication.translate("progress", STAGE_LABELS[progress.stage])


def role_label(role: Role) -> str:
    """The role's name in the user's language."""
    return QCoreApplication.translate("roles", ROLE_LABELS[role])
