"""Days on which an image can have been taken."""

from __future__ import annotations

from datetime import date, datetime, timezone

from .errors import InvalidParameterError


def check_day(text: str) -> None:
    """Raise InvalidParameterError for what is no day in ISO 8601, or one that is still to come; "" passes."""
    if text and not _is_day(text):
        raise InvalidParameterError(name="date", value=text, expected="a day as 2026-08-31")
    last = max(date.today(), datetime.now(timezone.utc).date())
    if text and date.fromisoformat(text) > last:
        raise InvalidParameterError(name="date", value=text, expected=f"the day of the image, {last} at the latest")


def check_period(text: str) -> None:
    """The same for a day or two of them joined by "/", the earlier first."""
    days = text.split("/")
    for day in days:
        check_day(day)
    if len(days) > 1 and (len(days) > 2 or "" in days or days[0] > days[1]):
        raise InvalidParameterError(name="date", value=text, expected="a day, or two as 2026-08-01/2026-08-31")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
