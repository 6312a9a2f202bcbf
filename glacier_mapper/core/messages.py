"""Texts that a user may see, marked for translation where neither Qt nor QGIS may be imported.

The plugin translates them at its edge with ``QCoreApplication.translate(context, template)`` and only
then fills in the details, so a translator always sees the whole sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802 (the name that lupdate looks for)
    """Mark `text` for extraction under `context` and return it unchanged."""
    return text


@dataclass(frozen=True)
class Message:
    """A template in English with ``{named}`` details, translated only when it is shown."""

    template: str
    details: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """The message in English."""
        return self.template.format(**self.details)

    def to_json(self) -> dict[str, Any]:
        """As a JSON object, `{"template", "details"}`."""
        return {"template": self.template, "details": dict(self.details)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Message:
        """Back from `to_json`."""
        return cls(str(data["template"]), dict(data.get("details", {})))


def in_one_line(*sentences: str) -> str:
    """Sentences after one another, each with a full stop where it has no end of its own."""
    stripped = [sentence.strip() for sentence in sentences if sentence.strip()]
    return " ".join(text if text.endswith((".", "!", "?", "…", ":")) else f"{text}." for text in stripped)
