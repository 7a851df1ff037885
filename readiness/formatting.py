"""How the product says dates, counts and lists, the same on pages, in packs and on the command line."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Protocol


class Counted(Protocol):
    """A figure, and how many runs, cases and clusters of cases are behind it."""

    n: int | None
    cases: int | None
    clusters: int | None


def day(date: dt.date | None, *, missing: str = "no date") -> str:
    """`1 Dec 2026`."""
    return f"{date.day} {date:%b} {date.year}" if date else missing


def count(n: int, noun: str, plural: str = "") -> str:
    """`1 gap`, `2 gaps`."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def runs(figure: Counted) -> str:
    """How many are behind a figure: `400`, `400 runs of 20 cases`, `90 cases in 12 clusters`, `not stated`."""
    if figure.n is None:
        return "not stated"
    if figure.clusters is None or figure.cases is None:
        return f"{figure.n:,}"
    parts = [count(figure.n, "run"), f"of {count(figure.cases, 'case')}"]
    if figure.n == figure.cases:
        parts = [count(figure.cases, "case")]
    return " ".join([*parts, *([f"in {count(figure.clusters, 'cluster')}"] if figure.clusters < figure.cases else [])])


def sample(figure: Counted) -> str:
    """The same beside a figure: `n 400`, `400 runs of 20 cases`, `n not stated`."""
    shown = runs(figure)
    return shown if figure.n is not None and figure.clusters is not None else f"n {shown}"


def cases(figure: Counted) -> str:
    """The same in a sentence: `400 cases`, `400 runs of 20 cases`, `cases whose number is not stated`."""
    if figure.n is None:
        return "cases whose number is not stated"
    return runs(figure) if figure.clusters is not None else count(figure.n, "case")


def listed(items: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def few(items: Sequence[str], shown: int = 3) -> str:
    """The first of many, and how many more there are: `a; b; c; 6 more`."""
    more = len(items) - shown
    return "; ".join([*items[:shown], *([f"{more:,} more"] if more > 0 else [])])


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def ago(date: dt.date, as_of: dt.date) -> str:
    """`today`, `yesterday`, `3 days ago`, `in 2 days`."""
    days = (as_of - date).days
    if days in (0, 1):
        return ("today", "yesterday")[days]
    return f"{days} days ago" if days > 0 else f"in {count(-days, 'day')}"


def figure(value: float | None, unit: str = "") -> str:
    """A measured value as people read it: ratios in per cent, the rest with three significant digits."""
    if value is None:
        return "no data"
    if unit == "ratio":
        return f"{value * 100:.1f} %"
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{text} {unit}".strip()


def difference(value: float | None, unit: str = "") -> str:
    """A signed difference; of ratios in percentage points."""
    if value is None:
        return "no data"
    suffix = "points" if unit == "ratio" else unit
    return f"{change(value, unit)} {suffix}".strip()


def change(value: float, unit: str = "") -> str:
    """A signed difference without its unit, for where many stand together; of ratios in percentage points."""
    figures = "+.1f" if unit == "ratio" else "+,.0f" if abs(value) >= 100 else "+.3g"
    return format(value * 100 if unit == "ratio" else value, figures).replace("-", "−")


def between(low: float, high: float, unit: str = "") -> str:
    """An interval of a figure, `73.1 % to 85.1 %`; a side that is open is said."""
    sides = ("open" if math.isinf(side) else figure(side, unit) for side in (low, high))
    return " to ".join(sides)


def span(interval: tuple[float, float] | None, unit: str = "") -> str:
    """A signed interval, `−14.9 to −5.1`; a side that is open is said."""
    if interval is None:
        return "not known"
    low, high = ("open" if math.isinf(side) else change(side, unit) for side in interval)
    return f"{low} to {high}"
