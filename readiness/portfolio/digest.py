"""Who is to be reminded of which gaps, once at each stage: 30, 7 and 1 days before the due date, and when it is past.

Whoever was not reminded at an earlier stage, since nothing was sent on its days, hears of the latest one alone. A date
that moved is another date, and begins anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from readiness import formatting, names
from readiness.review.items import OpenGap

STAGES = (1, 7, 30)
"""Days before the due date."""
OVERDUE = 0
_HEADINGS = {OVERDUE: "Overdue", 1: "Due by tomorrow", 7: "Due within a week", 30: "Due within 30 days"}


class Recipient(NamedTuple):
    """Whoever is told: what they are called, and their address where one is known."""

    name: str
    address: str = ""

    @property
    def key(self) -> str:
        return names.key(self.address or self.name)


class ReminderKey(NamedTuple):
    """What is sent once: a gap by its system and signal, to whom, for which date, at which stage."""

    system: str
    signal: str
    owner: str
    due: dt.date
    stage: int


@dataclass(frozen=True)
class Digest:
    """All that one person is told at once; `titles` are what systems are called."""

    recipient: Recipient
    gaps: Sequence[tuple[ReminderKey, OpenGap]]
    titles: dict[str, str]

    @property
    def keys(self) -> list[ReminderKey]:
        return [key for key, _ in self.gaps]

    @cached_property
    def subject(self) -> str:
        late = sum(key.stage == OVERDUE for key in self.keys)
        due = len(self.gaps) - late
        parts = [f"{formatting.count(late, 'gap')} overdue"] if late else []
        if due:
            parts.append(f"{due:,} due soon" if late else f"{formatting.count(due, 'gap')} due soon")
        return f"Readiness: {formatting.listed(parts)}"

    @cached_property
    def text(self) -> str:
        """Plain text; nothing of what was imported begins a line of its own."""
        lines = [f"For {formatting.plain(self.recipient.name) or 'nobody in particular'}."]
        for stage, gaps in self.by_stage():
            lines += ["", f"{_HEADINGS[stage]}:", *(self.line(gap) for gap in gaps)]
        return "\n".join([*lines, "", "Each gap stands on the page Gaps, where its date is moved with a reason."])

    def by_stage(self) -> Iterable[tuple[int, list[OpenGap]]]:
        """The most urgent first."""
        for stage in (OVERDUE, *STAGES):
            if gaps := [gap for key, gap in self.gaps if key.stage == stage]:
                yield stage, gaps

    def line(self, gap: OpenGap) -> str:
        late = f", {formatting.count(gap.days_over, 'day')} over" if gap.days_over else ""
        nobody = " (nobody owns it)" if names.is_none(gap.mark.owner) else ""
        action = formatting.plain(gap.mark.action or gap.signal.remedy)
        title = formatting.plain(self.titles.get(gap.system, "") or gap.system)
        return f"- {formatting.day(gap.mark.due)}{late}: {title}, {gap.signal.name}{nobody}. {action}"


def heading(stage: int) -> str:
    return _HEADINGS[stage]


def stage(due: dt.date, as_of: dt.date) -> int | None:
    """The stage that a date has reached by a day; None while it is further away."""
    days = (due - as_of).days
    return OVERDUE if days < 0 else next((stage for stage in STAGES if days <= stage), None)


def due(
    gaps: Iterable[OpenGap],
    whose: Callable[[OpenGap], Recipient],
    sent: Collection[ReminderKey],
    as_of: dt.date,
    titles: dict[str, str],
) -> list[Digest]:
    """One for each who is to be told of anything that was not sent to them yet."""
    of: dict[str, list[tuple[ReminderKey, OpenGap]]] = {}
    recipients: dict[str, Recipient] = {}
    for gap in gaps:
        reached = stage(gap.mark.due, as_of) if gap.mark.due else None
        if gap.mark.due is None or reached is None:
            continue
        recipient = whose(gap)
        key = ReminderKey(gap.system, gap.signal.id, recipient.key, gap.mark.due, reached)
        if key not in sent:
            recipients.setdefault(recipient.key, recipient)
            of.setdefault(recipient.key, []).append((key, gap))
    return [Digest(recipients[key], of[key], titles) for key in sorted(of)]
