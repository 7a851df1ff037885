"""What a forecast says, in words: every day with the past it rests on, and nothing where that is silent."""

from __future__ import annotations

import datetime as dt

from readiness import formatting
from readiness.decision.forecast import BackTest

from . import level_words
from .items import GapForecast, WayForecast
from .review import Review


def gap(one: GapForecast) -> str:
    """`80 % by 19 Jan 2027, half by 12 Dec 2026 (31 past dates)`, or why there is none."""
    if not one.by:
        return formatting.capital(one.why)
    return f"{_range(one.by, one.median)} ({_past(one.n)})"


def way(one: WayForecast, target: dt.date | None) -> str:
    """`Staged: 80 % by 19 Jan 2027; the target is 9 Dec 2026`, which gap is last most often, and what has no date."""
    title = formatting.capital(level_words.SHAPES[one.level][1])
    undated = f"{formatting.count(one.undated, 'step')} {'has' if one.undated == 1 else 'have'} no date"
    if not one.dated:
        return f"{title}: not dated, {undated}."
    if not one.by:
        return f"{title}: {one.why}{f'; {undated}' if one.undated else ''}."
    gaps = f"for the {formatting.count(one.dated, 'gap')} with a date, " if one.undated else ""
    planned = f"; the target is {formatting.day(target)}" if target else ""
    first = f"{title}: {gaps}{_range(one.by, one.median)}{planned} ({_past(one.n)})."
    left = f" Not dated: {undated}." if one.undated else ""
    return f"{first}{_critical(one)}{left}"


def _critical(one: WayForecast) -> str:
    if one.critical is None or one.dated < 2:
        return ""
    last = f" {formatting.capital(one.critical.signal.named)} is the last in {one.share:.0%} of cases".replace(
        "%", " %"
    )
    gain = (one.by - one.without).days if one.by and one.without else 0
    if not one.without:
        return f"{last}."
    sooner = f", {formatting.count(gain, 'day')} sooner" if gain > 0 else ""
    return f"{last}; without it 80 % by {formatting.day(one.without)}{sooner}."


def tested(test: BackTest) -> str:
    """Of what was called 80 %, how much came true."""
    interval = test.interval
    if interval is None:
        return "No forecast of the past has come due yet."
    share = formatting.figure(test.held / test.n, "ratio")
    span = formatting.between(interval.low, interval.high, "ratio")
    came = f"{test.held} came true ({share}, {span})"
    return f"Of {formatting.count(test.n, 'past date')} that would have been named with 80 %, {came}."


def case(review: Review) -> str:
    """The nearest better verdict that has a day, else the nearest, for those who decide; empty where there is none."""
    ways = review.forecast.ways if review.forecast else ()
    told = next((one for one in ways if one.by), next(iter(ways), None))
    return f"When will it be ready? {way(told, review.assessment.target_date)}" if told else ""


METHOD = (
    "From how late gaps were closed against the dates that had been promised; those of the same owner and system count "
    "most. No verdict follows from it."
)


def _range(by: dt.date, median: dt.date | None) -> str:
    return f"80 % by {formatting.day(by)}{f', half by {formatting.day(median)}' if median else ''}"


def _past(n: int) -> str:
    return formatting.count(n, "past date")
