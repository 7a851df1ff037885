"""Finding one's way among many systems: what is asked for, in which order, page by page. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TypeVar

from readiness import formatting
from readiness.model.checklist import Level

from .status import SystemStatus, worst_first

T = TypeVar("T")
ROWS = 25
"""How many systems, or gaps, stand on one page."""
ORDERS: dict[str, Callable[[Sequence[SystemStatus]], list[SystemStatus]]] = {
    "worst first": worst_first,
    "target date": lambda found: sorted(found, key=lambda each: (each.target_date or dt.date.max, each.name)),
    "highest score": lambda found: sorted(found, key=lambda each: (-each.range[1], -each.score, each.name)),
    "name": lambda found: sorted(found, key=lambda each: (each.name.casefold(), each.slug)),
}


def select(
    found: Sequence[SystemStatus], *, level: Level | None = None, owner: str | None = None, text: str = ""
) -> list[SystemStatus]:
    """Those at a level, of an owner, that hold every word of a text in what names them."""
    wanted = text.casefold().split()
    return [
        each
        for each in found
        if level in (None, each.level) and owner in (None, each.owner) and all(word in _said(each) for word in wanted)
    ]


def _said(each: SystemStatus) -> str:
    return f"{each.name} {each.slug} {each.candidate} {each.owner}".casefold()


def pages(found: Sequence[T]) -> int:
    return max(-(-len(found) // ROWS), 1)


def page(found: Sequence[T], number: int) -> Sequence[T]:
    """What stands on a page, the first being 1; the last page for a number beyond it."""
    first = _first(found, number)
    return found[first : first + ROWS]


def place(found: Sequence[T], number: int, noun: str) -> str:
    """`26 to 50 of 63 systems`."""
    first = _first(found, number)
    return f"{first + 1} to {min(first + ROWS, len(found))} of {formatting.count(len(found), noun)}"


def _first(found: Sequence[T], number: int) -> int:
    return (min(number, pages(found)) - 1) * ROWS
