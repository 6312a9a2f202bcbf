"""Which days an image can be of."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from glacier_mapper.core.days import check_day, check_period
from glacier_mapper.core.errors import InvalidParameterError

TODAY = datetime.now(timezone.utc).date()


@pytest.mark.parametrize("day", ["", "1972-07-23", "2024-02-29", TODAY.isoformat()])
def test_a_day_that_has_been(day):
    check_day(day)
    check_period(day)


@pytest.mark.parametrize("day", ["2999-01-01", (TODAY + timedelta(days=3)).isoformat()])
def test_a_day_to_come_is_refused_with_the_last_that_can_be(day):
    for check in (check_day, check_period):
        with pytest.raises(InvalidParameterError, match=rf"{day}\. It must be the day of the image, \d{{4}}"):
            check(day)


@pytest.mark.parametrize("day", ["2023-02-29", "20230201", "31.8.2021", " 2021-08-31", "2021-08-31/2021-09-01"])
def test_what_is_no_day_is_refused(day):
    with pytest.raises(InvalidParameterError, match="It must be a day as 2026-08-31"):
        check_day(day)


def test_two_days_are_a_period():
    check_period("2021-08-01/2021-08-31")
    check_period("2021-08-31/2021-08-31")


@pytest.mark.parametrize("text", [
    "2021-08-31/", "/2021-08-31", "2021-09-01/2021-08-31", "2021-08-01/2021-08-02/2021-08-03",
])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(InvalidParameterError, match="It must be a day, or two"):
        check_period(text)


def test_the_end_of_a_period_is_no_day_to_come():
    with pytest.raises(InvalidParameterError, match="date can't be 2999-01-01"):
        check_period("2021-09-01/2999-01-01")
