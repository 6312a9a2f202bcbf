"""Texts that a user may see, marked for translation where neither Qt nor QGIS may be imported.

The plugin translates them at its edge with ``QCoreApplication.translate(context, template)`` and only
then fills in the details, so a translator always sees the whole sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802 (the name that lupdate looks for)
    """Mark `text` for extraction under `context` and return it unchanged."""
    return text


@dataclass(frozen=True)
class Message:
    """A template in English with ``{named}`` details, translated only when it is shown.

    A detail may be a message's JSON, or a list of such: words that are translated, too, as is a `device`. `to_check`
    says that the analyst should look whether it is so.
    """

    template: str
    details: dict[str, Any] = field(default_factory=dict)
    to_check: bool = False

    def __str__(self) -> str:
        """The message in English."""
        return self.in_language(lambda text: text)

    def in_language(self, translate: Callable[[str], str]) -> str:
        """The message in the language of `translate`: the template is translated first, then filled in.

        Raises KeyError, IndexError or ValueError where the details do not fit the template.
        """
        words = {name: _word(one, translate) for name, one in self.details.items()}
        if isinstance(words.get("device"), str):
            words["device"] = translate(words["device"])
        return translate(self.template).format(**words)

    def to_json(self) -> dict[str, Any]:
        """As a JSON object, `{"template", "details"}`, and `"to_check"` where it is so."""
        data = {"template": self.template, "details": dict(self.details)}
        return {**data, "to_check": True} if self.to_check else data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Message:
        """Back from `to_json`."""
        return cls(str(data["template"]), dict(data.get("details", {})), bool(data.get("to_check")))


def _word(detail: Any, translate: Callable[[str], str]) -> Any:
    """A detail as it is filled in."""
    if isinstance(detail, dict) and "template" in detail:
        return Message.from_json(detail).in_language(translate)
    if isinstance(detail, list):
        return ", ".join(str(_word(one, translate)) for one in detail)
    return detail


def in_order_of_weight(notes: Iterable[dict[str, Any]]) -> list[Message]:
    """Messages from their JSON, those to be checked first; the same one about several layers becomes one."""
    about: dict[str, list[str]] = {}
    merged: dict[str, Message] = {}
    for one in map(Message.from_json, notes):
        key = repr((one.template, sorted((name, one.details[name]) for name in one.details if name != "layer")))
        layers = about.setdefault(key, [])
        if one.details.get("layer") not in (None, *layers):
            layers.append(one.details["layer"])
        merged[key] = replace(one, details={**one.details, "layer": ", ".join(map(str, layers))}) if layers else one
    return sorted(merged.values(), key=lambda message: not message.to_check)


def printable_line(text: str) -> str:
    """What others wrote, as one line without anything that a terminal would take for a command."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def in_one_line(*sentences: str) -> str:
    """Sentences after one another, each with a full stop where it has no end of its own."""
    stripped = [sentence.strip() for sentence in sentences if sentence.strip()]
    return " ".join(text if text.endswith((".", "!", "?", "…", ":")) else f"{text}." for text in stripped)
