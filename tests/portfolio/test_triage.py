from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from readiness.model.checklist import Level
from readiness.portfolio import triage
from readiness.portfolio.status import TrendPoint
from tests.factories import TODAY, standing


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


def trend(before: Level, now: Level) -> tuple[TrendPoint, TrendPoint]:
    return TrendPoint("1", "2026-08-01", before, 9), TrendPoint("2", "2026-11-18", now, 3)


BLOCKED: dict[str, Any] = {"level": "blocked", "blockers": ("no rollback (16)", "no traces (18)")}
LATE: dict[str, Any] = {"due": (day(-2), day(-9), day(3))}
CHANGED: dict[str, Any] = {"trend": trend("blocked", "staged"), "assessed_on": day(-6)}


@pytest.mark.parametrize(
    ("facts", "kind", "why", "by"),
    [
        (
            BLOCKED | {"target_date": day(14)},
            "blocked",
            "the rollout is planned for 4 Dec 2026, but no rollback (16) and 1 more",
            day(14),
        ),
        (
            BLOCKED | {"target_date": day(-1), "blockers": ("no rollback (16)",)},
            "blocked",
            "the rollout was planned for 19 Nov 2026, but no rollback (16)",
            day(-1),
        ),
        (
            {"level": "add-controls", "target_date": day(0)},
            "target",
            "the rollout is planned for 20 Nov 2026, but the verdict does not allow it",
            day(0),
        ),
        (LATE, "overdue", "2 gaps overdue by up to 9 days", day(-9)),
        ({"due": (day(-1),)}, "overdue", "1 gap overdue by 1 day", day(-1)),
        ({"fresh_until": (day(0), day(6), day(7))}, "stale", "2 files turn stale after 20 Nov 2026", day(0)),
        ({"fresh_until": (day(6),)}, "stale", "1 file turns stale after 26 Nov 2026", day(6)),
        (CHANGED, "changed", "the verdict was blocked before 14 Nov 2026", None),
        (
            CHANGED | {"trend": trend("add-controls", "staged")},
            "changed",
            "the verdict was add controls before 14 Nov 2026",
            None,
        ),
    ],
)
def test_each_reason_for_a_decision_says_why_and_by_when(
    facts: dict[str, Any], kind: str, why: str, by: dt.date | None
) -> None:
    (found,) = triage.decisions([standing(**facts)])
    assert ([(reason.kind, reason.why) for reason in found.reasons], found.by) == ([(kind, why)], by)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        BLOCKED,
        BLOCKED | {"target_date": day(31)},
        {"level": "narrow", "target_date": day(1)},
        {"due": (day(0), None)},
        {"fresh_until": (day(7),)},
        CHANGED | {"assessed_on": day(-7)},
        CHANGED | {"assessed_on": None},
        {"trend": trend("staged", "staged"), "assessed_on": day(-1)},
    ],
)
def test_what_can_wait_needs_no_decision(facts: dict[str, Any]) -> None:
    assert triage.decisions([standing(**facts)]) == []


def test_the_most_pressing_comes_first_and_equals_by_their_day() -> None:
    found = [
        standing(slug="changed", **CHANGED),
        standing(slug="later", due=(day(-1),)),
        standing(slug="late", **LATE),
        standing(slug="all", **BLOCKED | LATE | CHANGED | {"target_date": day(3), "trend": trend("staged", "blocked")}),
    ]
    decided = triage.decisions(found)
    assert [each.standing.slug for each in decided] == ["all", "late", "later", "changed"]
    assert [reason.kind for reason in decided[0].reasons] == ["blocked", "overdue", "changed"]
    assert decided[0].by == day(-9)


def test_one_without_a_day_waits_behind_those_with_one() -> None:
    dateless = standing(slug="dateless", **CHANGED)
    dated = standing(slug="dated", **CHANGED | {"fresh_until": (day(3),)})
    stale = standing(slug="stale", fresh_until=(day(2),))
    assert [each.standing.slug for each in triage.decisions([dateless, dated, stale])] == ["stale", "dated", "dateless"]


def test_the_sentence_counts_each_system_once() -> None:
    calm, late = standing(slug="calm"), standing(slug="late", **LATE)
    worst = standing(slug="worst", **BLOCKED | LATE | {"target_date": day(3)})
    said = {
        (): "No system is stored yet.",
        (calm,): "None of 1 system needs a decision this week.",
        (calm, late): "1 of 2 systems needs a decision this week: 1 with overdue gaps.",
        (calm, late, worst): (
            "2 of 3 systems need a decision this week: 1 blocked close to the target date and 1 with overdue gaps."
        ),
    }
    assert {found: triage.sentence(found, triage.decisions(found)) for found in said} == said


def test_levels_are_counted_the_worst_first() -> None:
    found = [standing(), standing(level="blocked"), standing()]
    assert triage.levels(found) == [("blocked", 1), ("staged", 2)]
