"""Environment markers of a lock file (PEP 508): which lines of it hold for the Python that will be installed."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator, Mapping

from ..core.errors import InvalidParameterError

_TOKEN = re.compile(r"\s*(\(|\)|and\b|or\b|not\s+in\b|in\b|<=|>=|==|!=|<|>|~=|'[^']*'|\"[^\"]*\"|[A-Za-z_]+)")
_VERSION_NAMES = frozenset({"python_version", "python_full_version"})


def marker_environment(python_version: str) -> dict[str, str]:
    """The values of the markers for a CPython of `python_version` ("3.11.7") on this machine."""
    return {
        "python_version": ".".join(python_version.split(".")[:2]),
        "python_full_version": python_version,
        "sys_platform": sys.platform,
        "platform_system": platform.system(),
        "platform_machine": platform.machine(),
        "os_name": "nt" if sys.platform == "win32" else "posix",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }


def holds(marker: str, environment: Mapping[str, str]) -> bool:
    """Whether `marker` is true; an empty one is. Raises InvalidParameterError for what is no marker."""
    if not marker.strip():
        return True
    tokens = list(_tokens(marker))
    value, rest = _either(tokens, environment, marker)
    if rest:
        raise _unreadable(marker)
    return value


def _tokens(marker: str) -> Iterator[str]:
    position = 0
    text = marker.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unreadable(marker)
        yield re.sub(r"\s+", " ", match[1])
        position = match.end()


def _either(tokens: list[str], environment: Mapping[str, str], marker: str) -> tuple[bool, list[str]]:
    value, rest = _both(tokens, environment, marker)
    while rest and rest[0] == "or":
        other, rest = _both(rest[1:], environment, marker)
        value = value or other
    return value, rest


def _both(tokens: list[str], environment: Mapping[str, str], marker: str) -> tuple[bool, list[str]]:
    value, rest = _term(tokens, environment, marker)
    while rest and rest[0] == "and":
        other, rest = _term(rest[1:], environment, marker)
        value = value and other
    return value, rest


def _term(tokens: list[str], environment: Mapping[str, str], marker: str) -> tuple[bool, list[str]]:
    if tokens and tokens[0] == "(":
        value, rest = _either(tokens[1:], environment, marker)
        if not rest or rest[0] != ")":
            raise _unreadable(marker)
        return value, rest[1:]
    if len(tokens) < 3:
        raise _unreadable(marker)
    left, operator, right, *rest = tokens
    is_version = left in _VERSION_NAMES or right in _VERSION_NAMES
    left_value, right_value = _value(left, environment, marker), _value(right, environment, marker)
    compare = _compare_versions if is_version else _compare_texts
    return compare(left_value, operator, right_value, marker), rest


def _value(token: str, environment: Mapping[str, str], marker: str) -> str:
    if token[0] in "'\"":
        return token[1:-1]
    if token not in environment:
        raise _unreadable(marker)
    return environment[token]


def _compare_texts(left: str, operator: str, right: str, marker: str) -> bool:
    if operator in ("==", "!="):
        return (left == right) == (operator == "==")
    if operator in ("in", "not in"):
        return (left in right) == (operator == "in")
    raise _unreadable(marker)


def _compare_versions(left: str, operator: str, right: str, marker: str) -> bool:
    if right.endswith(".*") and operator in ("==", "!="):
        wanted = right[:-2].split(".")
        return (left.split(".")[: len(wanted)] == wanted) == (operator == "==")
    a, b = _numbers(left), _numbers(right)
    results = {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}
    if operator not in results:
        raise _unreadable(marker)
    return results[operator]


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(part) for part in re.findall(r"\d+", version)][:3]
    return tuple(numbers + [0] * (3 - len(numbers)))


def _unreadable(marker: str) -> InvalidParameterError:
    return InvalidParameterError(name="marker", value=marker, expected="a marker of the lock file (PEP 508)")
