"""Who is to be reminded of what is due, gaps, conditions of decisions and weekly reviews, once at each stage.

That is 30, 7 and 1 days before the due date, and when it is past.
Whoever was not reminded at an earlier stage, since nothing was sent on its days, hears of the latest one alone. A date
that moved is another date, and begins anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, Self

from readiness import formatting, names
from readiness.language import marked, tr, trn
from readiness.model.decisions import OpenCondition
from readiness.review.items import OpenGap

from .status import SystemStatus

STAGES = (1, 7, 30)
"""Days before the due date."""
OVERDUE = 0
_FOOT = {
    "gap": marked("Each gap stands on the page Gaps, where its date is moved with a reason."),
    "weekly review": marked("Each week stands on the page Weekly review, where its minutes are kept."),
    "condition": marked("Each condition stands on the page Decision, where its owner says that it is met."),
}
_HEADINGS = {
    OVERDUE: marked("Overdue"),
    1: marked("Due by tomorrow"),
    7: marked("Due within a week"),
    30: marked("Due within 30 days"),
}
_OVERDUE: dict[str, Callable[[int], str]] = {
    "gap": lambda n: trn("{n} gap overdue", "{n} gaps overdue", n),
    "weekly review": lambda n: trn("{n} weekly review overdue", "{n} weekly reviews overdue", n),
    "condition": lambda n: trn("{n} condition overdue", "{n} conditions overdue", n),
    "task": lambda n: trn("{n} task overdue", "{n} tasks overdue", n),
}
_SOON: dict[str, Callable[[int], str]] = {
    "gap": lambda n: trn("{n} gap due soon", "{n} gaps due soon", n),
    "weekly review": lambda n: trn("{n} weekly review due soon", "{n} weekly reviews due soon", n),
    "condition": lambda n: trn("{n} condition due soon", "{n} conditions due soon", n),
    "task": lambda n: trn("{n} task due soon", "{n} tasks due soon", n),
}


class Recipient(NamedTuple):
    """Whoever is told: what they are called, and their address where one is known."""

    name: str
    address: str = ""

    @property
    def key(self) -> str:
        return names.key(self.address or self.name)


@dataclass(frozen=True)
class DueItem:
    """What somebody has to do by a day: a gap, by its signal, a condition of a decision or a week, by its number."""

    kind: Literal["gap", "condition", "weekly review"]
    system: str
    key: str
    title: str
    owner: str
    due: dt.date | None
    action: str
    as_of: dt.date

    @classmethod
    def of_gap(cls, gap: OpenGap) -> Self:
        action = gap.mark.action or tr(gap.signal.remedy)
        return cls(
            "gap", gap.system, gap.signal.id, tr(gap.signal.name), gap.mark.owner, gap.mark.due, action, gap.as_of
        )

    @classmethod
    def of_condition(cls, one: OpenCondition, as_of: dt.date) -> Self:
        record, why = one.condition.record, tr("A condition of the decision on {candidate}.", candidate=one.candidate)
        key = f"condition {one.condition.id}"
        return cls("condition", one.system, key, record.what, record.owner, record.due, why, as_of)

    @classmethod
    def of_weeks(cls, status: SystemStatus) -> list[Self]:
        return [
            cls(
                "weekly review",
                status.slug,
                f"week {due.week}",
                tr("Review of week {week} of {candidate}", week=due.week, candidate=status.candidate),
                status.reviewer,
                due.since,
                tr("What was promised is held against what was measured."),
                status.as_of,
            )
            for due in status.due_reviews
        ]

    @property
    def days_over(self) -> int:
        return max((self.as_of - self.due).days, 0) if self.due else 0


class ReminderKey(NamedTuple):
    """What is sent once: a gap by its system and signal, to whom, for which date, at which stage.

    A condition of a decision, or a week, stands in the place of the signal by its number.
    """

    system: str
    signal: str
    owner: str
    due: dt.date
    stage: int


@dataclass(frozen=True)
class Digest:
    """All that one person is told at once; `titles` are what systems are called."""

    recipient: Recipient
    items: Sequence[tuple[ReminderKey, DueItem]]
    titles: dict[str, str]

    @property
    def keys(self) -> list[ReminderKey]:
        return [key for key, _ in self.items]

    @cached_property
    def subject(self) -> str:
        late = sum(key.stage == OVERDUE for key in self.keys)
        due, kinds = len(self.items) - late, {item.kind for _, item in self.items}
        noun = next(iter(kinds)) if len(kinds) == 1 else "task"
        parts = [_OVERDUE[noun](late)] if late else []
        if due:
            parts.append(tr("{n} due soon", n=formatting.whole(due)) if late else _SOON[noun](due))
        return f"Readiness: {formatting.listed(parts)}"

    @cached_property
    def text(self) -> str:
        """Plain text; nothing of what was imported begins a line of its own."""
        name = formatting.plain(self.recipient.name)
        lines = [tr("For {person}.", person=name) if name else tr("For nobody in particular.")]
        for stage, items in self.by_stage():
            lines += ["", f"{heading(stage)}:", *map(self.line, items)]
        kinds = {item.kind for _, item in self.items}
        return "\n".join([*lines, "", *(tr(foot) for kind, foot in _FOOT.items() if kind in kinds)])

    def by_stage(self) -> Iterable[tuple[int, list[DueItem]]]:
        """The most urgent first."""
        for stage in (OVERDUE, *STAGES):
            if items := [item for key, item in self.items if key.stage == stage]:
                yield stage, items

    def line(self, item: DueItem) -> str:
        late = f", {trn('{n} day over', '{n} days over', item.days_over)}" if item.days_over else ""
        nobody = f" ({tr('nobody owns it')})" if names.is_none(item.owner) else ""
        title = formatting.plain(self.titles.get(item.system, "") or item.system)
        what, action = formatting.plain(item.title), formatting.plain(item.action)
        return f"- {formatting.day(item.due)}{late}: {title}, {what}{nobody}. {action}"


def heading(stage: int) -> str:
    return tr(_HEADINGS[stage])


def stage(due: dt.date, as_of: dt.date) -> int | None:
    """The stage that a date has reached by a day; None while it is further away."""
    days = (due - as_of).days
    return OVERDUE if days < 0 else next((stage for stage in STAGES if days <= stage), None)


def due(
    items: Iterable[DueItem],
    whose: Callable[[DueItem], Recipient],
    sent: Collection[ReminderKey],
    as_of: dt.date,
    titles: dict[str, str],
) -> list[Digest]:
    """One for each who is to be told of anything that was not sent to them yet."""
    of: dict[str, list[tuple[ReminderKey, DueItem]]] = {}
    recipients: dict[str, Recipient] = {}
    for item in items:
        reached = stage(item.due, as_of) if item.due else None
        if item.due is None or reached is None:
            continue
        recipient = whose(item)
        key = ReminderKey(item.system, item.key, recipient.key, item.due, reached)
        if key not in sent:
            recipients.setdefault(recipient.key, recipient)
            of.setdefault(recipient.key, []).append((key, item))
    return [Digest(recipients[key], of[key], titles) for key in sorted(of)]
