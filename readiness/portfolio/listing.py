"""Finding one's way among many systems: what is asked for, in which order, page by page. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from readiness import formatting, names
from readiness.language import marked, tr
from readiness.model.checklist import Level

from .status import SystemStatus, worst_first
from .triage import PendingDecision

T = TypeVar("T")
ROWS = 25
"""How many systems, or gaps, stand on one page."""
DECISIONS = marked("decisions first")
ORDERS: dict[str, Callable[[Sequence[SystemStatus]], list[SystemStatus]]] = {
    DECISIONS: worst_first,
    marked("worst first"): worst_first,
    marked("target date"): lambda statuses: sorted(
        statuses, key=lambda status: (status.target_date or dt.date.max, status.name)
    ),
    marked("highest score"): lambda statuses: sorted(
        statuses, key=lambda status: (-status.range[1], -status.score, status.name)
    ),
    marked("name"): lambda statuses: sorted(statuses, key=lambda status: (status.name.casefold(), status.slug)),
}


class ListedSystem(NamedTuple):
    """A system in a list, and what is to be decided about it."""

    status: SystemStatus
    decision: PendingDecision | None


class SystemGroup(NamedTuple):
    """Rows below one heading; none where all stand together."""

    heading: str
    rows: tuple[ListedSystem, ...]


def in_order(statuses: Sequence[SystemStatus], order: str, pressing: Sequence[PendingDecision]) -> list[SystemStatus]:
    """The systems in one of `ORDERS`; by default those that need a decision first, the most pressing of them first."""
    if order != DECISIONS:
        return ORDERS[order](statuses)
    first = {decision.standing.slug: number for number, decision in enumerate(pressing)}
    return sorted(ORDERS[order](statuses), key=lambda status: first.get(status.slug, len(first)))


def groups(statuses: Sequence[SystemStatus], pressing: Sequence[PendingDecision], order: str) -> list[SystemGroup]:
    """The rows of a page, apart where what needs a decision comes first."""
    by_slug = {decision.standing.slug: decision for decision in pressing}
    rows = tuple(ListedSystem(status, by_slug.get(status.slug)) for status in statuses)
    if order != DECISIONS:
        return [SystemGroup("", rows)]
    parts = {
        tr("Needs a decision"): tuple(row for row in rows if row.decision),
        tr("Others"): tuple(row for row in rows if not row.decision),
    }
    return [SystemGroup(heading, own) for heading, own in parts.items() if own]


def select(
    statuses: Sequence[SystemStatus], *, level: Level | None = None, owner: str | None = None, text: str = ""
) -> list[SystemStatus]:
    """Those at a level, of an owner, that hold every word of a text in what names them."""
    wanted = names.key(text).split()
    return [
        status
        for status in statuses
        if level in (None, status.level)
        and (owner is None or names.key(owner) == names.key(status.owner))
        and all(word in _said(status) for word in wanted)
    ]


def _said(status: SystemStatus) -> str:
    return names.key(f"{status.name} {status.slug} {status.candidate} {status.owner}")


def pages(items: Sequence[T]) -> int:
    return max(-(-len(items) // ROWS), 1)


def page(items: Sequence[T], number: int) -> Sequence[T]:
    """What stands on a page, the first being 1; the last page for a number beyond it."""
    first = _first(items, number)
    return items[first : first + ROWS]


def place(items: Sequence[T], number: int, noun: str) -> str:
    """`26 to 50 of 63 systems`."""
    first = _first(items, number)
    last, total = min(first + ROWS, len(items)), formatting.count(len(items), noun)
    return tr("{first} to {last} of {total}", first=first + 1, last=last, total=total)


def _first(items: Sequence[T], number: int) -> int:
    return (min(number, pages(items)) - 1) * ROWS
