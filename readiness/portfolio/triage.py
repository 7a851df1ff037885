"""What needs a decision this week, and why, from where the systems stand. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from readiness import formatting
from readiness.model.checklist import LEVELS, Level

from .status import SystemStatus

DAYS = 7
"""How long a week is: evidence that turns stale within it, and an assessment made within it."""

ReasonKind = Literal["blocked", "target", "overdue", "stale", "changed"]
_COUNTED: dict[ReasonKind, str] = {
    "blocked": "{} blocked close to the target date",
    "target": "{} with a target date at risk",
    "overdue": "{} with overdue gaps",
    "stale": "{} with evidence about to turn stale",
    "changed": "{} with another verdict than before",
}
"""The kinds of reason, the most pressing first, as the sentence counts them."""


class DecisionReason(NamedTuple):
    """Why something is to be decided, and the day it hangs on."""

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


def decisions(statuses: Sequence[SystemStatus]) -> list[PendingDecision]:
    """The systems that need a decision this week, the most pressing first."""
    pressing = [PendingDecision(status, reasons) for status in statuses if (reasons := tuple(_reasons(status)))]
    kinds = list(_COUNTED)
    return sorted(pressing, key=lambda decision: (kinds.index(decision.reasons[0].kind), decision.by or dt.date.max))


def sentence(statuses: Sequence[SystemStatus], pressing: Sequence[PendingDecision]) -> str:
    """The answer of the portfolio; each system is counted once, for the most pressing of its reasons."""
    if not statuses:
        return "No system is stored yet."
    total = formatting.count(len(statuses), "system")
    if not pressing:
        return f"None of {total} needs a decision this week."
    counted = Counter(decision.reasons[0].kind for decision in pressing)
    why = formatting.listed([text.format(counted[kind]) for kind, text in _COUNTED.items() if counted[kind]])
    return f"{len(pressing)} of {total} need{'s' if len(pressing) == 1 else ''} a decision this week: {why}."


def levels(statuses: Sequence[SystemStatus]) -> list[tuple[Level, int]]:
    """How many systems stand at each level that is there, the worst first."""
    counts = Counter(status.level for status in statuses)
    return [(level, counts[level]) for level in reversed(LEVELS) if counts[level]]


def _reasons(status: SystemStatus) -> Iterator[DecisionReason]:
    target = status.target_date
    if status.at_risk and target:
        planned = f"{'was' if target < status.as_of else 'is'} planned for {formatting.day(target)}"
        if status.level == "blocked":
            more = f" and {len(status.blockers) - 1} more" if len(status.blockers) > 1 else ""
            yield DecisionReason("blocked", f"the rollout {planned}, but {status.blockers[0]}{more}", target)
        else:
            yield DecisionReason("target", f"the rollout {planned}, but the verdict does not allow it", target)
    if late := status.overdue:
        days = formatting.count((status.as_of - late[0]).days, "day")
        gaps = formatting.count(len(late), "gap")
        yield DecisionReason("overdue", f"{gaps} overdue by {'up to ' if len(late) > 1 else ''}{days}", late[0])
    if ending := [day for day in status.fresh_until if (day - status.as_of).days < DAYS]:
        verb = "turns" if len(ending) == 1 else "turn"
        yield DecisionReason(
            "stale",
            f"{formatting.count(len(ending), 'file')} {verb} stale after {formatting.day(ending[0])}",
            ending[0],
        )
    before, assessed = status.previous, status.assessed_on
    if before and before.level != status.level and assessed and (status.as_of - assessed).days < DAYS:
        yield DecisionReason("changed", f"the verdict was {_word(before.level)} before {formatting.day(assessed)}")


def _word(level: Level) -> str:
    return level.replace("-", " ")
