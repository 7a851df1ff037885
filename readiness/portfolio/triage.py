"""What needs a leader's decision, and why, from where the systems stand. Pure.

A gap that is overdue is its owner's work and no reason here; a list of systems counts it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple

from readiness import formatting
from readiness.decision.verdict import SOON_DAYS
from readiness.language import tr, trn
from readiness.model.checklist import LEVELS, Level

from .status import ONE_DAY, SystemStatus

ReasonKind = Literal["decision", "rollout", "target", "after", "sign-off", "blocker", "stale", "source"]


class DecisionRule(NamedTuple):
    """A kind of reason: how many days ahead it looks, and how the sentence counts it."""

    days: int
    told: Callable[[int], str]


RULES: dict[ReasonKind, DecisionRule] = {
    "decision": DecisionRule(0, lambda n: trn("{n} decision is open again", "{n} decisions are open again", n)),
    "rollout": DecisionRule(0, lambda n: trn("{n} rollout is to be looked at", "{n} rollouts are to be looked at", n)),
    "target": DecisionRule(
        SOON_DAYS,
        lambda n: trn("{n} is not ready for its target date", "{n} are not ready for their target dates", n),
    ),
    "after": DecisionRule(
        SOON_DAYS, lambda n: trn("{n} has gaps due after its rollout", "{n} have gaps due after their rollouts", n)
    ),
    "sign-off": DecisionRule(14, lambda n: trn("{n} lacks sign-offs", "{n} lack sign-offs", n)),
    "blocker": DecisionRule(7, lambda n: trn("{n} is newly blocked", "{n} are newly blocked", n)),
    "stale": DecisionRule(
        7, lambda n: trn("{n} has evidence about to turn stale", "{n} have evidence about to turn stale", n)
    ),
    "source": DecisionRule(
        0, lambda n: trn("{n} has a source that gives nothing new", "{n} have sources that give nothing new", n)
    ),
}
"""The most pressing first; what was decided on asks for no other decision on its date."""
NO_SOURCES: Mapping[str, str] = MappingProxyType({})


class DecisionReason(NamedTuple):
    """Why something is to be decided, as one short clause, and the day it hangs on."""

    kind: ReasonKind
    why: str
    day: dt.date | None = None


@dataclass(frozen=True)
class PendingDecision:
    """A system that needs a decision; `reasons` begin with the most pressing."""

    standing: SystemStatus
    reasons: tuple[DecisionReason, ...]

    @property
    def by(self) -> dt.date | None:
        """The first of the days that the reasons hang on."""
        return min((reason.day for reason in self.reasons if reason.day), default=None)


def decisions(statuses: Sequence[SystemStatus], sources: Mapping[str, str] = NO_SOURCES) -> list[PendingDecision]:
    """The systems that need a decision, the most pressing first.

    `sources` says by system what is wrong with where its evidence is fetched.
    """
    found = [(status, tuple(_reasons(status, sources.get(status.slug, "")))) for status in statuses]
    pressing = [PendingDecision(status, reasons) for status, reasons in found if reasons]
    kinds = list(RULES)
    return sorted(pressing, key=lambda decision: (kinds.index(decision.reasons[0].kind), decision.by or dt.date.max))


def sentence(statuses: Sequence[SystemStatus], pressing: Sequence[PendingDecision]) -> str:
    """The answer of the portfolio; each system is counted once, for the most pressing of its reasons."""
    if not statuses:
        return tr("No system is stored yet.")
    if not pressing:
        return trn(
            "None of {n} system needs a decision this week.",
            "None of {n} systems needs a decision this week.",
            len(statuses),
        )
    counted = Counter(decision.reasons[0].kind for decision in pressing)
    told = {
        "of_systems": trn("of {n} system", "of {n} systems", len(statuses)),
        "why": formatting.listed([rule.told(counted[kind]) for kind, rule in RULES.items() if counted[kind]]),
    }
    return trn(
        "{n} {of_systems} needs a decision: {why}.", "{n} {of_systems} need a decision: {why}.", len(pressing), **told
    )


def levels(statuses: Sequence[SystemStatus]) -> list[tuple[Level, int]]:
    """How many systems stand at each level that is there, the worst first."""
    counts = Counter(status.level for status in statuses)
    return [(level, counts[level]) for level in reversed(LEVELS) if counts[level]]


def _reasons(status: SystemStatus, source: str) -> Iterator[DecisionReason]:
    for kind, reason in _RAISED.items():
        yield from (DecisionReason(kind, *told) for told in reason(status, RULES[kind].days))
    if source:
        yield DecisionReason("source", source)


def _reopened(status: SystemStatus, days: int) -> Iterator[tuple[str, None]]:
    if status.reopened:
        yield tr("decision open again: {why}", why=status.reopened[0]), None


def _rollout(status: SystemStatus, days: int) -> Iterator[tuple[str, None]]:
    if status.alarm:
        yield status.alarm, None


def _target(status: SystemStatus, days: int) -> Iterator[tuple[str, dt.date]]:
    if status.at_risk and status.target_date and not status.decided:
        past = status.target_date < status.as_of
        when = formatting.ago(status.target_date, status.as_of)
        why = tr("was to be rolled out {ago}", ago=when) if past else tr("not ready for its rollout {ago}", ago=when)
        yield why, status.target_date


def _after(status: SystemStatus, days: int) -> Iterator[tuple[str, dt.date]]:
    if status.late_gaps and not status.decided and (target := _ahead(status, days)):
        yield trn("{n} gap due after the rollout", "{n} gaps due after the rollout", status.late_gaps), target


def _sign_off(status: SystemStatus, days: int) -> Iterator[tuple[str, dt.date]]:
    """Nobody signs what may not go out, so only where the verdict allows it."""
    if status.open_sign_offs and not status.at_risk and not status.decided and (target := _ahead(status, days)):
        when = formatting.ago(target, status.as_of)
        told = {"open": status.open_sign_offs, "roles": status.sign_offs, "ago": when}
        yield tr("{open} of {roles} sign-offs open, rollout {ago}", **told), target


def _blocker(status: SystemStatus, days: int) -> Iterator[tuple[str, None]]:
    if status.new_blockers:
        yield tr("newly blocked"), None


def _stale(status: SystemStatus, days: int) -> Iterator[tuple[str, dt.date]]:
    target = status.target_date
    ending = [day for day in status.fresh_until if target and (day - status.as_of).days < days and day < target]
    if ending:
        why = trn(
            "{n} file turns stale {ago}, before the rollout",
            "{n} files turn stale {ago}, before the rollout",
            len(ending),
            ago=formatting.ago(ending[0] + ONE_DAY, status.as_of),
        )
        yield why, ending[0]


def _ahead(status: SystemStatus, days: int) -> dt.date | None:
    """The target date where it is that near and not past."""
    target = status.target_date
    return target if target and 0 <= (target - status.as_of).days <= days else None


_RAISED: dict[ReasonKind, Callable[[SystemStatus, int], Iterator[tuple[str, dt.date | None]]]] = {
    "decision": _reopened,
    "rollout": _rollout,
    "target": _target,
    "after": _after,
    "sign-off": _sign_off,
    "blocker": _blocker,
    "stale": _stale,
}
