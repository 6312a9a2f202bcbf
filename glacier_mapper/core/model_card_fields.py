"""Fields of a JSON object read one by one, so that what is wrong is named by its path."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any, TypeVar

Kind = TypeVar("Kind", bound=Enum)
NUMBERS = 10_000
"""The most numbers or entries that a list of a card may hold."""
DEEPEST = 32
"""The most levels of objects and lists in a card."""
NO_ICE = frozenset({"other", "others", "background", "rest", "non-glacier", "no glacier", "not glacier"})
"""Names of classes that can't be the one of glacier."""


class WrongField(ValueError):  # noqa: N818 (it never leaves the reader of cards)
    """A field is missing or wrong: its path and what it should be."""


class Fields:
    """A JSON object at a `path` such as "properties" or "properties.mlm:input[0]"."""

    def __init__(self, data: Any, path: str) -> None:
        if not isinstance(data, dict):
            raise WrongField(f"{path or 'it'} is no object")
        self.data: dict[str, Any] = data
        self.path = path

    def at(self, key: str) -> str:
        """The path of a field."""
        return f"{self.path}.{key}" if self.path else key

    def need(self, key: str) -> Any:
        """The value of a field that must be there."""
        if key not in self.data:
            raise WrongField(f"{self.at(key)} is missing")
        return self.data[key]

    def inner(self, key: str) -> Fields:
        """An object that must be there."""
        return Fields(self.need(key), self.at(key))

    def free(self, key: str) -> dict[str, Any]:
        """An object of any content; empty where it is missing or null."""
        return dict(Fields(self.data.get(key) or {}, self.at(key)).data)

    def text(self, key: str, default: str | None = None) -> str:
        """A string; without a `default` it must be there and say something."""
        value = self.need(key) if default is None else self.data.get(key, default)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise WrongField(f"{self.at(key)} is {shown(value)}, not a text")
        return value

    def one_of(self, key: str, kind: type[Kind], default: Kind) -> Kind:
        """A value of an enumeration."""
        return self.word(key, kind, self.data.get(key, default.value))

    def word(self, key: str, kind: type[Kind], value: Any) -> Kind:
        """`value`, which stands in the field, as a member of an enumeration."""
        try:
            return kind(value)
        except ValueError as exc:
            known = ", ".join(repr(one.value) for one in kind)
            raise WrongField(f"{self.at(key)} is {shown(value)}, none of {known}") from exc

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number of a range."""
        value = self.need(key) if default is None else self.data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise WrongField(f"{self.at(key)} is {shown(value)}, not a whole number from {low} to {high}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            raise WrongField(f"{self.at(key)} is {shown(value)}, neither true nor false")
        return value

    def number(self, key: str, default: float | None = None) -> float:
        """A finite number."""
        return self.finite(key, self.need(key) if default is None else self.data.get(key, default))

    def positive(self, key: str, default: float | None = None) -> float:
        """A finite number above zero."""
        value = self.number(key, default)
        if not value > 0:
            raise WrongField(f"{self.at(key)} is {shown(value)}, not above 0")
        return value

    def finite(self, key: str, value: Any) -> float:
        """`value`, which stands in the field, as a finite number."""
        if not is_number(value):
            raise WrongField(f"{self.at(key)} is {shown(value)}, not a number")
        return float(value)

    def numbers(self, key: str) -> tuple[float, ...]:
        """A list of finite numbers; empty where it is missing."""
        return tuple(self.finite(f"{key}[{at}]", value) for at, value in enumerate(self.listed(key, ())))

    def listed(self, key: str, default: Sequence[Any] | None = None) -> list[Any]:
        """A list; without a `default` it must be there and hold something."""
        value = self.need(key) if default is None else self.data.get(key, default)
        if not isinstance(value, (list, tuple)) or (default is None and not value):
            raise WrongField(f"{self.at(key)} is {shown(value)}, not a list of something")
        if len(value) > NUMBERS:
            raise WrongField(f"{self.at(key)} has {len(value)} entries; {NUMBERS} are allowed")
        return list(value)

    def objects(self, key: str) -> Iterator[Fields]:
        """The objects of a list that must be there."""
        for at, value in enumerate(self.listed(key)):
            yield Fields(value, f"{self.at(key)}[{at}]")

    def wrong(self, key: str, what: str) -> WrongField:
        """The error that says what is wrong with a field."""
        return WrongField(f"{self.at(key)} {what}")


def is_number(value: Any) -> bool:
    """Whether it is a finite number that a float can hold; JSON's whole numbers have no end."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def check_content(fields: Fields) -> None:
    """Raise WrongField for a number anywhere in there that no float can hold, and for what is nested without end."""
    waiting = [(fields.at(key), value, 1) for key, value in fields.data.items()]
    while waiting:
        path, value, depth = waiting.pop()
        if depth > DEEPEST:
            raise WrongField(f"{path[:60]} is nested more than {DEEPEST} levels deep")
        if isinstance(value, dict):
            waiting += [(f"{path}.{key}", one, depth + 1) for key, one in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{path}[{at}]", one, depth + 1) for at, one in enumerate(value)]
        elif isinstance(value, (int, float)) and not isinstance(value, bool) and not is_number(value):
            raise WrongField(f"{path} is {shown(value)}, not a number")


def shown(value: Any) -> str:
    """A value in a message, shortened."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def ice_class(own: Fields, classes: Sequence[str]) -> int:
    """The index of glacier among `classes`. Raises WrongField for one whose name says that it is none."""
    chosen = own.whole("glacier:ice_class", 0, len(classes) - 1, 1)
    if classes[chosen].strip().lower() in NO_ICE:
        raise own.wrong("glacier:ice_class", f"is {chosen}, the class {shown(classes[chosen])}, which is not glacier")
    return chosen
