from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from readiness.portfolio import triage
from readiness.portfolio.status import EarlierVerdict
from tests.factories import TODAY, standing


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


BLOCKED: dict[str, Any] = {"level": "blocked", "blockers": ("no rollback (16)", "no traces (18)")}
NARROW = EarlierVerdict("narrow", ())
SOON: dict[str, Any] = {"target_date": day(14)}
UNSIGNED: dict[str, Any] = SOON | {"open_sign_offs": 2}
LATE: dict[str, Any] = {"due": (day(-2), day(-9), day(3))}


@pytest.mark.parametrize(
    ("facts", "kind", "why", "by"),
    [
        (BLOCKED | SOON, "target", "not ready for its rollout in 14 days", day(14)),
        (BLOCKED | {"target_date": day(-1)}, "target", "was to be rolled out yesterday", day(-1)),
        ({"level": "add-controls", "target_date": day(0)}, "target", "not ready for its rollout today", day(0)),
        ({"level": "undetermined", "target_date": day(30)}, "target", "not ready for its rollout in 30 days", day(30)),
        ({"target_date": day(30), "due": (day(30), day(31), None)}, "after", "1 gap due after the rollout", day(30)),
        (SOON | {"due": (day(15), day(99))}, "after", "2 gaps due after the rollout", day(14)),
        (UNSIGNED, "sign-off", "2 of 3 sign-offs open, rollout in 14 days", day(14)),
        (UNSIGNED | {"target_date": day(0)}, "sign-off", "2 of 3 sign-offs open, rollout today", day(0)),
        (BLOCKED | {"week_ago": NARROW}, "blocker", "newly blocked", None),
        (BLOCKED | {"week_ago": EarlierVerdict("blocked", ("no traces (18)",))}, "blocker", "newly blocked", None),
        (
            {"target_date": day(40), "fresh_until": (day(0), day(6), day(7))},
            "stale",
            "2 files turn stale in 1 day, before the rollout",
            day(0),
        ),
        (
            {"target_date": day(7), "fresh_until": (day(6),)},
            "stale",
            "1 file turns stale in 7 days, before the rollout",
            day(6),
        ),
    ],
)
def test_each_reason_for_a_decision_is_one_short_clause_and_says_by_when(
    facts: dict[str, Any], kind: str, why: str, by: dt.date | None
) -> None:
    (found,) = triage.decisions([standing(**facts)])
    assert ([(reason.kind, reason.why) for reason in found.reasons], found.by) == ([(kind, why)], by)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        BLOCKED,
        LATE,
        BLOCKED | {"target_date": day(31)},
        BLOCKED | {"week_ago": EarlierVerdict("blocked", ("no traces (18)", "no rollback (16)"))},
        {"level": "narrow", "target_date": day(1)},
        {"level": "add-controls", "week_ago": NARROW},
        {"target_date": day(31), "due": (day(99),)},
        {"target_date": day(-1), "due": (day(99),), "open_sign_offs": 3},
        {"target_date": day(15), "open_sign_offs": 3},
        {"fresh_until": (day(0),)},
        {"target_date": day(40), "fresh_until": (day(7),)},
        {"target_date": day(6), "fresh_until": (day(6),)},
    ],
)
def test_what_can_wait_needs_no_decision(facts: dict[str, Any]) -> None:
    assert triage.decisions([standing(**facts)]) == []


def test_the_most_pressing_comes_first_and_equals_by_their_day() -> None:
    found = [
        standing(slug="new", **BLOCKED | {"week_ago": NARROW}),
        standing(slug="later", level="add-controls", target_date=day(9)),
        standing(slug="unsigned", **UNSIGNED),
        standing(slug="all", **BLOCKED | LATE | {"target_date": day(2), "week_ago": NARROW, "open_sign_offs": 1}),
    ]
    decided = triage.decisions(found)
    assert [each.standing.slug for each in decided] == ["all", "later", "unsigned", "new"]
    assert [reason.kind for reason in decided[0].reasons] == ["target", "after", "blocker"]
    assert decided[0].by == day(2)


def test_the_sentence_counts_each_system_once() -> None:
    calm, unsigned = standing(slug="calm"), standing(slug="unsigned", **UNSIGNED)
    worst = [standing(slug=f"worst {number}", **BLOCKED | LATE | {"target_date": day(3)}) for number in (1, 2)]
    said = {
        (): "No system is stored yet.",
        (calm,): "None of 1 system needs a decision this week.",
        (calm, unsigned): "1 of 2 systems needs a decision: 1 lacks sign-offs.",
        (calm, unsigned, *worst): (
            "3 of 4 systems need a decision: 2 are not ready for their target dates and 1 lacks sign-offs."
        ),
    }
    assert {found: triage.sentence(found, triage.decisions(found)) for found in said} == said


def test_levels_are_counted_the_worst_first() -> None:
    found = [standing(), standing(level="blocked"), standing()]
    assert triage.levels(found) == [("blocked", 1), ("staged", 2)]


def test_a_source_that_gives_nothing_new_is_named_after_all_else() -> None:
    quiet, blocked = standing(slug="quiet"), standing(slug="blocked", **BLOCKED | SOON)
    told = {"quiet": "traces of support in Phoenix: the last pull failed", "blocked": "never pulled"}
    found = triage.decisions([quiet, blocked], told)
    assert [(one.standing.slug, [reason.kind for reason in one.reasons], one.by) for one in found] == [
        ("blocked", ["target", "source"], day(14)),
        ("quiet", ["source"], None),
    ]
    assert triage.sentence([quiet], found[1:]) == (
        "1 of 1 system needs a decision: 1 has a source that gives nothing new."
    )
