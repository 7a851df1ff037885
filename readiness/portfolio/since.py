"""How the verdicts of many systems stand beside those of a week ago, as far as that is known. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from readiness import formatting
from readiness.language import marked, tr
from readiness.model.checklist import LEVELS
from readiness.review import level_words

from .status import WEEK, SystemStatus

Change = Literal["blocked", "worse", "better", "new", ""]
_WORDS: dict[Change, str] = {
    "blocked": marked("{n} newly blocked"),
    "worse": marked("{n} worse"),
    "better": marked("{n} better"),
    "new": marked("{n} assessed for the first time"),
}
MARKS: dict[Change, str] = {
    "blocked": marked("▼ newly blocked"),
    "worse": marked("▼ worse"),
    "better": marked("▲ better"),
    "new": marked("new"),
}
"""What stands beside a verdict that changed within the week."""


def change(status: SystemStatus) -> Change:
    """What became of a verdict within the week; a blocker beside another one counts as blocked anew."""
    before = status.week_ago
    if before is None:
        return "new"
    if status.new_blockers:
        return "blocked"
    step = LEVELS.index(status.level) - LEVELS.index(before.level)
    return "worse" if step > 0 else "better" if step else ""


def sentence(statuses: Sequence[SystemStatus]) -> str:
    """`Since 22 Nov 2026: 1 newly blocked and 1 better.`; empty where there is no system."""
    if not statuses:
        return ""
    told = formatting.listed([tr(_WORDS[kind], n=count) for kind, count in _counted(map(change, statuses))])
    day = formatting.day(statuses[0].as_of - WEEK)
    return (
        tr("Since {day}: {changes}.", day=day, changes=told)
        if told
        else tr("Since {day}: no verdict changed.", day=day)
    )


def _counted(changes: Iterable[Change]) -> list[tuple[Change, int]]:
    there = list(changes)
    return [(kind, there.count(kind)) for kind in _WORDS if kind in there]


def was(status: SystemStatus) -> str:
    """What a verdict was a week ago, beside what it is; empty where it is the same, or not known."""
    before = status.week_ago
    if before is None or before.level == status.level:
        return ""
    return tr("was {verdict}", verdict=tr(level_words.SHAPES[before.level][1]))
