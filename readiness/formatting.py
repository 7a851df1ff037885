"""How the product says dates, counts and lists, the same on pages, in packs and on the command line."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from functools import cache, lru_cache
from typing import Protocol

from . import language
from .language import marked, numeral, tr, trn

_LARGE = 100
_SMALL = 1e-6
_MORE = 12
"""Further digits at most."""
_NEAR = 1e-12
"""Values nearer than this are the same."""
_BREAKS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_JOINERS = frozenset("\u200c\u200d")
"""Invisible, but part of how Persian, Indic scripts and emoji are written."""
_HIDDEN = ("Cc", "Cf", "Cs")
_RTL = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]+"
_RIGHT_TO_LEFT = re.compile(rf"{_RTL}(?:[ \xa0'\",.:;!?%/0-9-]*{_RTL})*")


class Counted(Protocol):
    """A figure, and how many runs, cases and clusters of cases are behind it."""

    n: int | None
    cases: int | None
    clusters: int | None


AND, OR = marked("and"), marked("or")


def day(date: dt.date | None, *, missing: str | None = None) -> str:
    """`1 Dec 2026`."""
    if date is None:
        return tr("no date") if missing is None else missing
    spoken = language.current()
    english = f"{date.day} {date:%b} {date.year}"
    return english if spoken == language.ENGLISH else _skeleton("yMMMd", dt.date(*_parts(date)), spoken) or english


def _parts(date: dt.date) -> tuple[int, int, int]:
    return date.year, date.month, date.day


@lru_cache(maxsize=1024)
def _skeleton(parts: str, date: dt.date, spoken: str) -> str:
    """Nothing for a language whose dates nobody knows."""
    from babel import UnknownLocaleError, dates

    try:
        return str(dates.format_skeleton(parts, date, locale=spoken))
    except UnknownLocaleError:
        return ""


def month(date: dt.date, *, year: bool = False) -> str:
    """`Dec`, or `Dec 2026`."""
    spoken = language.current()
    if spoken == language.ENGLISH:
        return f"{date:%b %Y}" if year else f"{date:%b}"
    return _skeleton("yMMM" if year else "MMM", dt.date(*_parts(date)), spoken) or f"{date:%b %Y}"


def whole(n: float) -> str:
    """`1,234`."""
    return numeral(f"{n:,}")


def count(n: int, noun: str, plural: str = "") -> str:
    """`1 gap`, `2 gaps`; in other languages what is said for `{n} gap` and `{n} gaps`."""
    if language.current() == language.ENGLISH:
        return f"{n:,} {noun if n == 1 else plural or noun + 's'}"
    return trn(f"{{n}} {noun}", f"{{n}} {plural or noun + 's'}", n)


def runs(figure: Counted) -> str:
    """How many are behind a figure: `400`, `400 runs of 20 cases`, `90 cases in 12 clusters`, `not stated`."""
    if figure.n is None:
        return tr("not stated")
    if figure.clusters is None or figure.cases is None:
        return whole(figure.n)
    parts = [count(figure.n, "run"), trn("of {n} case", "of {n} cases", figure.cases)]
    if figure.n == figure.cases:
        parts = [count(figure.cases, "case")]
    if figure.clusters < figure.cases:
        parts.append(trn("in {n} cluster", "in {n} clusters", figure.clusters))
    return " ".join(parts)


def sample(figure: Counted) -> str:
    """The same beside a figure: `n 400`, `400 runs of 20 cases`, `n not stated`."""
    shown = runs(figure)
    return shown if figure.n is not None and figure.clusters is not None else f"n {shown}"


def cases(figure: Counted) -> str:
    """The same in a sentence: `400 cases`, `400 runs of 20 cases`, `cases whose number is not stated`."""
    if figure.n is None:
        return tr("cases whose number is not stated")
    return runs(figure) if figure.clusters is not None else count(figure.n, "case")


def listed(items: Sequence[str], last: str = AND) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {tr(last)} {items[-1]}"


def named(items: Sequence[str], last: str = AND, *, shown: int = 3) -> str:
    """`a`, `a and b`, `a, b, c and 6 more`."""
    more = len(items) - shown
    return listed([*items[:shown], *([tr("{n} more", n=more)] if more > 0 else [])], last)


def few(items: Sequence[str], shown: int = 3, between: str = "; ") -> str:
    """The first of many, and how many more there are: `a; b; c; 6 more`."""
    more = len(items) - shown
    return between.join([*items[:shown], *([tr("{n} more", n=whole(more))] if more > 0 else [])])


def some(names: Collection[str], most: int = 20) -> str:
    """The first names of a file, since it may have very many, each to its eightieth character."""
    first = ", ".join(name if len(name) <= 80 else f"{name[:79]}…" for name in list(names)[:most])
    return tr("{first} and {n} more", first=first, n=whole(len(names) - most)) if len(names) > most else first


def visible(text: str) -> str:
    """A text as it may leave: without control characters, direction overrides and halves of characters.

    Every kind of line break is a line feed, and a tabulator a blank.
    """
    return text if text.isprintable() else "".join(map(_visible, text.replace("\r\n", "\n")))


def line(text: str) -> str:
    """The same on one line."""
    return visible(text).replace("\n", " ")


def plain(text: str) -> str:
    """The same as one run of words, with a single blank between them."""
    return " ".join(visible(text).split())


def escaped(text: str, *, toml: bool = False) -> str:
    """JSON or TOML that means the same, with what is not seen as an escape; line breaks and tabulators stay."""
    if text.isprintable():
        return text
    return "".join(char if char in "\n\r\t" or _visible(char) == char else _escape(char, toml=toml) for char in text)


def _escape(char: str, *, toml: bool) -> str:
    if toml:
        return f"\\U{ord(char):08x}"
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def isolated(text: str) -> str:
    """A text whose parts that run from right to left are set apart, so that nothing beside them changes its place."""
    return text if text.isascii() else _RIGHT_TO_LEFT.sub("\u2068\\g<0>\u2069", text)


@cache
def _visible(char: str) -> str:
    if char in _BREAKS:
        return "\n"
    if char in "\t\x1f":
        return " "
    code = ord(char)
    nothing = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return "" if nothing or (unicodedata.category(char) in _HIDDEN and char not in _JOINERS) else char


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def ago(date: dt.date, as_of: dt.date) -> str:
    """`today`, `yesterday`, `3 days ago`, `in 2 days`."""
    days = (as_of - date).days
    if days in (0, 1):
        return (tr("today"), tr("yesterday"))[days]
    return tr("{days} days ago", days=days) if days > 0 else trn("in {n} day", "in {n} days", -days)


def figure(value: float | None, unit: str = "", beside: Sequence[float] = ()) -> str:
    """A measured value as people read it: ratios in per cent, the rest with three significant digits.

    A ratio that is not whole never reads 0 % or 100 %; `beside` are bounds that no rounding takes the value across.
    """
    if value is None:
        return tr("no data")
    if unit == "ratio":
        return f"{numeral(_told(value * 100, _plain(1), [0, 100, *(bound * 100 for bound in beside)]))} %"
    one = [1.0] if 0 < value < 1 else []
    return f"{numeral(_told(value, _rough(value), [0, *one, *beside]))} {unit}".strip()


def bound(value: float, unit: str = "") -> str:
    """A threshold as it was set, with all its digits: `88 %`, `2,000 ms`."""
    shown = round(value * 100, 10) if unit == "ratio" else value
    text = f"{shown:,.10f}".rstrip("0").rstrip(".") if abs(shown) >= _SMALL or not shown else f"{shown:g}"
    return f"{numeral(text)} {'%' if unit == 'ratio' else unit}".strip()


def margin(value: float, unit: str = "") -> str:
    """A threshold on a difference: `5 points`, `200 ms`."""
    if unit != "ratio":
        return bound(value, unit)
    points = bound(value, "ratio").removesuffix(" %")
    return tr("{points} point", points=points) if points == "1" else tr("{points} points", points=points)


def difference(value: float | None, unit: str = "", beside: Sequence[float] = ()) -> str:
    """A signed difference; of ratios in percentage points."""
    if value is None:
        return tr("no data")
    suffix = tr("points") if unit == "ratio" else unit
    return f"{change(value, unit, beside)} {suffix}".strip()


def change(value: float, unit: str = "", beside: Sequence[float] = ()) -> str:
    """A signed difference without its unit, for where many stand together; of ratios in percentage points.

    What is a difference never reads as none, nor lies on the other side of a bound it stands `beside`.
    """
    if unit == "ratio":
        marks = [0, 100, -100, *(bound * 100 for bound in beside)]
        text = _told(value * 100, _plain(1, "+"), marks)
    else:
        text = _told(value, _rough(value, "+"), [0, *beside])
    return numeral(text).replace("-", "−")


def between(low: float, high: float, unit: str = "", beside: Sequence[float] = ()) -> str:
    """An interval of a figure, `73.1 % to 85.1 %`; a side that is open is said."""
    first, last = (tr("open") if math.isinf(side) else figure(side, unit, beside) for side in (low, high))
    return tr("{low} to {high}", low=first, high=last)


def span(interval: tuple[float, float] | None, unit: str = "", beside: Sequence[float] = ()) -> str:
    """A signed interval, `−14.9 to −5.1`; a side that is open is said."""
    if interval is None:
        return tr("not known")
    low, high = (tr("open") if math.isinf(side) else change(side, unit, beside) for side in interval)
    return tr("{low} to {high}", low=low, high=high)


def _plain(digits: int, sign: str = "") -> Callable[[float, int], str]:
    return lambda value, more: format(value, f"{sign},.{digits + more}f")


def _rough(value: float, sign: str = "") -> Callable[[float, int], str]:
    """Three significant digits, and no fraction of what is large."""
    if abs(value) >= _LARGE:
        return _plain(0, sign)
    return lambda value, more: format(value, f"{sign}.{3 + more}g")


def _told(value: float, write: Callable[[float, int], str], marks: Sequence[float]) -> str:
    """A value with as many digits more as keep it on its side of every mark; nearer than a float can tell is on it."""
    sides = [_side(value, mark) for mark in marks]
    value = next((mark for mark, side in zip(marks, sides, strict=True) if not side), value) + 0.0
    for more in range(_MORE):
        text = write(value, more)
        read = float(text.replace(",", ""))
        if all(_side(read, mark) == side for mark, side in zip(marks, sides, strict=True)):
            return text
    return write(value, 0)


def _side(value: float, mark: float) -> int:
    return 0 if math.isclose(value, mark, rel_tol=_NEAR, abs_tol=_NEAR) else 1 if value > mark else -1
