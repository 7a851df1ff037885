"""Where a system stands by its latest assessment: what the portfolio shows of it, small enough to be kept. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from readiness.decision.verdict import at_risk
from readiness.model.checklist import LEVELS, Level

TREND = 12
"""The assessments whose scores are kept."""


class SectionPoints(NamedTuple):
    """A section of the checklist: points given out of those possible, and how many questions are open."""

    section: str
    name: str
    points: int
    possible: int
    unanswered: int


class TrendPoint(NamedTuple):
    """An assessment and what it came to: an earlier one on its own day, the latest on the day that is asked about."""

    candidate: str
    assessed_on: str
    level: Level
    score: int


@dataclass(frozen=True)
class SystemStatus:
    """`trend` runs from an early assessment to the latest. `due` is the date of each open gap, None where it has none.

    `fresh_until` are the last days on which the files of the versions under review count. From `valid_from` to
    `valid_until` the passing of time changes nothing but what is counted from `as_of` here.
    """

    as_of: dt.date
    slug: str
    name: str
    owner: str
    assessment_id: int
    checklist: str
    candidate: str
    assessed_on: dt.date | None
    target_date: dt.date | None
    level: Level
    score: int
    range: tuple[int, int]
    band: Level | None
    evidenced_score: int
    headline: str
    blockers: tuple[str, ...]
    contradicted: tuple[str, ...]
    sections: tuple[SectionPoints, ...]
    due: tuple[dt.date | None, ...]
    files: int
    stale: int
    fresh_until: tuple[dt.date, ...]
    parts: int
    complete_parts: int
    trend: tuple[TrendPoint, ...]
    valid_from: dt.date
    valid_until: dt.date

    @property
    def overdue(self) -> tuple[dt.date, ...]:
        """The due dates that have passed, the earliest first."""
        return tuple(sorted(day for day in self.due if day and day < self.as_of))

    @property
    def score_text(self) -> str:
        """The score, or what it may become while questions are open."""
        return str(self.score) if self.band else "{}–{}".format(*self.range)

    @property
    def at_risk(self) -> bool:
        return at_risk(self.level, self.target_date, self.as_of)

    @property
    def previous(self) -> TrendPoint | None:
        return self.trend[-2] if len(self.trend) > 1 else None


def worst_first(found: Iterable[SystemStatus]) -> list[SystemStatus]:
    return sorted(found, key=lambda each: (-LEVELS.index(each.level), -each.score, each.name, each.slug))


def names(found: Sequence[SystemStatus]) -> dict[str, str]:
    """The name of each system by its slug, which stands beside it where several bear the same."""
    held = Counter(each.name for each in found)
    return {each.slug: each.name if held[each.name] == 1 else f"{each.name} ({each.slug})" for each in found}


def dump(standing: SystemStatus) -> str:
    return orjson.dumps(standing, default=list).decode()


def read(body: str, as_of: dt.date) -> SystemStatus:
    """A standing that was kept, as of another day on which it holds."""
    said: dict[str, Any] = orjson.loads(body)
    said["as_of"] = as_of
    for name in ("assessed_on", "target_date", "valid_from", "valid_until"):
        said[name] = _day(said[name])
    for name in ("due", "fresh_until"):
        said[name] = tuple(map(_day, said[name]))
    for name in ("range", "blockers", "contradicted"):
        said[name] = tuple(said[name])
    said["sections"] = tuple(map(SectionPoints._make, said["sections"]))
    said["trend"] = tuple(map(TrendPoint._make, said["trend"]))
    return SystemStatus(**said)


@lru_cache(maxsize=4096)
def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
