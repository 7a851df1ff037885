"""Today, in the review time zone: freshness, overdue and expiry count from it."""

from __future__ import annotations

import datetime as dt
import os
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .errors import InputError
from .language import marked, tr

ZONE_VARIABLE = "READINESS_TIMEZONE"


FIRST, LAST = dt.date(2000, 1, 1), dt.date(2099, 12, 31)
PLAUSIBLE = marked("a date from 2000-01-01 to 2099-12-31")
"""Both of them in words."""


def zone() -> dt.tzinfo:
    name = os.environ.get(ZONE_VARIABLE, "UTC")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise InputError(
            tr("the time zone {name!r} is not known", name=name),
            place=ZONE_VARIABLE,
            expected=tr("a name such as Europe/Berlin"),
        ) from exc


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    return day_of(now())


def day_of(instant: dt.datetime) -> dt.date:
    """The calendar date of an instant in the review time zone."""
    return instant.astimezone(zone()).date()


def end_of(day: dt.date) -> dt.datetime:
    """The last instant of a day; of the last day there is, its beginning."""
    if day == dt.date.max:
        return dt.datetime.max.replace(tzinfo=dt.UTC)
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone()) - dt.datetime.resolution


def is_plausible(date: dt.date) -> bool:
    """Whether a date can be meant: a year of another millennium is a slip of the keyboard."""
    return FIRST <= date <= LAST


def date_of(text: str, *, place: str) -> dt.date:
    """A calendar date from YYYY-MM-DD; raises InputError for one that does not exist."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as exc:
        raise InputError(
            tr("{text!r} is not a date", text=text), place=place, expected=tr("a date that exists, as YYYY-MM-DD")
        ) from exc
