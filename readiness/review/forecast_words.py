"""What a forecast says, in words: every day with the past it rests on, and nothing where that is silent."""

from __future__ import annotations

import datetime as dt

from readiness import formatting
from readiness.decision.forecast import BackTest
from readiness.language import marked, tr, trn

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
    title = formatting.capital(tr(level_words.SHAPES[one.level][1]))
    undated = trn("{n} step has no date", "{n} steps have no date", one.undated)
    if not one.dated:
        return f"{title}: {tr('not dated')}, {undated}."
    if not one.by:
        return f"{title}: {one.why}{f'; {undated}' if one.undated else ''}."
    dated = trn("for the {n} gap with a date", "for the {n} gaps with a date", one.dated)
    gaps = f"{dated}, " if one.undated else ""
    planned = f"; {tr('the target is {day}', day=formatting.day(target))}" if target else ""
    first = f"{title}: {gaps}{_range(one.by, one.median)}{planned} ({_past(one.n)})."
    left = f" {tr('Not dated: {steps}.', steps=undated)}" if one.undated else ""
    return f"{first}{_critical(one)}{left}"


def _critical(one: WayForecast) -> str:
    if one.critical is None or one.dated < 2:
        return ""
    told = tr(
        "{gap} is the last in {share} of cases",
        gap=formatting.capital(one.critical.signal.named),
        share=f"{one.share * 100:.0f} %",
    )
    if not one.without:
        return f" {told}."
    without = tr("without it 80 % by {day}", day=formatting.day(one.without))
    gain = (one.by - one.without).days if one.by else 0
    sooner = trn("{n} day sooner", "{n} days sooner", gain) if gain > 0 else ""
    return f" {told}; {', '.join(filter(None, [without, sooner]))}."


def tested(test: BackTest) -> str:
    """Of what was called 80 %, how much came true."""
    interval = test.interval
    if interval is None:
        return tr("No forecast of the past has come due yet.")
    share = formatting.figure(test.held / test.n, "ratio")
    span = formatting.between(interval.low, interval.high, "ratio")
    return trn(
        "Of {n} past date that would have been named with 80 %, {held} came true ({share}, {interval}).",
        "Of {n} past dates that would have been named with 80 %, {held} came true ({share}, {interval}).",
        test.n,
        held=test.held,
        share=share,
        interval=span,
    )


def case(review: Review) -> str:
    """The nearest better verdict that has a day, else the nearest, for those who decide; empty where there is none."""
    ways = review.forecast.ways if review.forecast else ()
    told = next((one for one in ways if one.by), next(iter(ways), None))
    return tr("When will it be ready? {forecast}", forecast=way(told, review.assessment.target_date)) if told else ""


METHOD = marked(
    "From how late gaps were closed against the dates that had been promised; those of the same owner and system count "
    "most. No verdict follows from it."
)


def _range(by: dt.date, median: dt.date | None) -> str:
    if not median:
        return tr("80 % by {day}", day=formatting.day(by))
    return tr("80 % by {day}, half by {median}", day=formatting.day(by), median=formatting.day(median))


def _past(n: int) -> str:
    return formatting.count(n, "past date")
