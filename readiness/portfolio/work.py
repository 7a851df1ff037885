"""What waits for one person, over all systems, the most urgent first. Pure.

Another kind of thing to do joins here: a function that gives its `WorkItem`s, added to what `items` puts in order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from readiness import formatting
from readiness.language import marked, tr, trn
from readiness.model.checklist import Level
from readiness.model.decisions import OpenCondition
from readiness.model.dossier import Handover
from readiness.review.items import OpenGap
from readiness.review.signoff import ApproverStatus

from .status import SystemStatus

WorkKind = Literal["gap", "hand-over", "sign-off", "condition", "decision", "weekly review", "measurement"]
KINDS: tuple[WorkKind, ...] = (
    marked("gap"),
    marked("hand-over"),
    marked("sign-off"),
    marked("condition"),
    marked("decision"),
    marked("weekly review"),
    marked("measurement"),
)
"""Each of them is a word that a page shows."""
_WAITING: dict[WorkKind, Callable[[int], str]] = {
    "condition": lambda n: trn("{n} condition waits for you", "{n} conditions wait for you", n),
    "hand-over": lambda n: trn("{n} hand-over waits for you", "{n} hand-overs wait for you", n),
    "sign-off": lambda n: trn("{n} sign-off waits for you", "{n} sign-offs wait for you", n),
    "decision": lambda n: trn("{n} decision waits for you", "{n} decisions wait for you", n),
    "weekly review": lambda n: trn("{n} weekly review waits for you", "{n} weekly reviews wait for you", n),
    "measurement": lambda n: trn("{n} measurement waits for you", "{n} measurements wait for you", n),
}
IsMine = Callable[[str], bool]
"""Whether a name that somebody wrote means the person who looks."""


@dataclass(frozen=True)
class PendingSignOff:
    """A decision that an approver has not made yet, or that is void since."""

    system: str
    candidate: str
    level: Level
    target_date: dt.date | None
    status: ApproverStatus


@dataclass(frozen=True)
class WorkItem:
    """One thing to do: what, why, and by when. `gap` is the one that can be changed beside it, else `page` leads on.

    It presses from the day `since` on, which is today where somebody waits; None where it has no date.
    """

    kind: WorkKind
    system: str
    title: str
    why: str
    by: dt.date | None
    since: dt.date | None
    gap: OpenGap | None = None
    page: str = ""


@dataclass(frozen=True)
class Waiting:
    """What may wait for somebody, over all systems.

    `to_decide` are those whose decision they may take again, `rollouts` those whose weeks may be to be reviewed.
    """

    gaps: Sequence[OpenGap] = ()
    sign_offs: Sequence[PendingSignOff] = ()
    offers: Sequence[Handover] = ()
    conditions: Sequence[OpenCondition] = ()
    to_decide: Sequence[SystemStatus] = ()
    rollouts: Sequence[SystemStatus] = ()


def items(is_mine: IsMine, waiting: Waiting, today: dt.date) -> list[WorkItem]:
    """What waits for whom `is_mine` means: what is overdue, then whom others wait for today, then what is due next."""
    found = [
        *_gaps(is_mine, waiting.gaps),
        *_sign_offs(waiting.sign_offs, today),
        *_offers(is_mine, waiting.offers, waiting.gaps, today),
        *_conditions(is_mine, waiting.conditions),
        *_to_decide(waiting.to_decide, today),
        *_to_review(is_mine, waiting.rollouts),
        *_to_measure(is_mine, waiting.rollouts, today),
    ]
    return sorted(found, key=lambda item: (item.since or dt.date.max, item.kind == "gap", item.system, item.title))


def _gaps(is_mine: IsMine, gaps: Iterable[OpenGap]) -> Iterator[WorkItem]:
    for gap in gaps:
        if is_mine(gap.mark.owner):
            action, due = gap.mark.action or tr(gap.signal.remedy), gap.mark.due
            yield WorkItem("gap", gap.system, tr(gap.signal.name), action, due, due, gap=gap)


def _sign_offs(pending: Iterable[PendingSignOff], today: dt.date) -> Iterator[WorkItem]:
    """They wait from today: nobody else can make the decision."""
    for one in pending:
        title = tr("Sign off {candidate} for {role}", candidate=one.candidate, role=tr(one.status.role))
        target = one.target_date
        since = min(target or today, today)
        yield WorkItem("sign-off", one.system, title, one.status.sentence, target, since, page="release")


def _offers(is_mine: IsMine, offers: Iterable[Handover], gaps: Sequence[OpenGap], today: dt.date) -> Iterator[WorkItem]:
    by_id = {gap.id: gap for gap in gaps}
    for offer in offers:
        gap = by_id.get(offer.gap_id)
        if gap is not None and is_mine(offer.offered_to):
            said, due = tr("{person} offers you this gap", person=offer.by), gap.mark.due
            said = f"{said}: {offer.note}" if offer.note else said
            yield WorkItem("hand-over", gap.system, tr(gap.signal.name), said, due, min(due or today, today), gap=gap)


def _conditions(is_mine: IsMine, conditions: Iterable[OpenCondition]) -> Iterator[WorkItem]:
    for one in conditions:
        record = one.condition.record
        if is_mine(record.owner):
            why = tr("a condition of the decision on {candidate}", candidate=one.candidate)
            yield WorkItem("condition", one.system, record.what, why, record.due, record.due, page="decision")


def _to_decide(reopened: Iterable[SystemStatus], today: dt.date) -> Iterator[WorkItem]:
    for one in reopened:
        title, why = tr("Decide again on {candidate}", candidate=one.candidate), formatting.capital(one.reopened[0])
        yield WorkItem("decision", one.slug, title, why, None, today, page="decision")


def _to_review(is_mine: IsMine, rollouts: Iterable[SystemStatus]) -> Iterator[WorkItem]:
    """All that are due in one: the last of them tells of the others."""
    for one in rollouts:
        if one.due_reviews and is_mine(one.reviewer):
            first, last = one.due_reviews[0], one.due_reviews[-1]
            told = {"first": first.week, "last": last.week, "candidate": one.candidate}
            title = tr("Review weeks {first} to {last} of {candidate}", **told)
            if first == last:
                title = tr("Review week {week} of {candidate}", week=last.week, candidate=one.candidate)
            why = formatting.capital(one.week)
            yield WorkItem("weekly review", one.slug, title, why, first.since, first.since, page="weeks")


def _to_measure(is_mine: IsMine, rollouts: Iterable[SystemStatus], today: dt.date) -> Iterator[WorkItem]:
    """Monitoring that stopped is a gap of who decides week by week."""
    for one in rollouts:
        if one.silent_since and is_mine(one.reviewer):
            title = tr("Measure {candidate} in operation", candidate=one.candidate)
            why = tr("Nothing was measured in operation since {day}", day=formatting.day(one.silent_since))
            yield WorkItem("measurement", one.slug, title, why, None, today, page="evidence")


def sentence(found: Sequence[WorkItem], today: dt.date, asked: int = 0) -> str:
    """The answer of the page: `2 gaps are yours, 1 overdue by 4 days; 1 sign-off waits for you.`

    `asked` is how many comments, questions and requests wait for an answer.
    """
    if not found and not asked:
        return tr("Nothing waits for you.")
    mine = [item for item in found if item.kind == "gap"]
    parts = [_mine(mine, today)] if mine else []
    for kind, waiting in _WAITING.items():
        if count := sum(item.kind == kind for item in found):
            parts.append(waiting(count))
    if asked:
        parts.append(trn("{n} note asks you", "{n} notes ask you", asked))
    return f"{'; '.join(parts)}."


def _mine(mine: Sequence[WorkItem], today: dt.date) -> str:
    gaps = trn("{n} gap is yours", "{n} gaps are yours", len(mine))
    late = [item.by for item in mine if item.by and item.by < today]
    if not late:
        return tr("{gaps}, none overdue", gaps=gaps)
    if len(mine) == 1:
        days = (today - late[0]).days
        return trn("{gaps}, overdue by {n} day", "{gaps}, overdue by {n} days", days, gaps=gaps)
    told, days = {"gaps": gaps, "late": len(late)}, (today - min(late)).days
    if len(late) == 1:
        return trn("{gaps}, {late} overdue by {n} day", "{gaps}, {late} overdue by {n} days", days, **told)
    return trn("{gaps}, {late} overdue by up to {n} day", "{gaps}, {late} overdue by up to {n} days", days, **told)
