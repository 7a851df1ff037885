from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from readiness.model.checklist import Level
from readiness.portfolio import status
from readiness.portfolio.status import TrendPoint
from tests.factories import TODAY
from tests.factories import standing as made


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


def test_what_is_kept_is_read_back_as_it_was_on_another_day_too() -> None:
    found = made(
        name="Über «Tickets»\n",
        assessed_on=day(-3),
        target_date=day(20),
        blockers=("no rollback (16)",),
        contradicted=("Sign-off (17): nobody is named",),
        due=(day(1), None),
        fresh_until=(day(4),),
        trend=(TrendPoint("1", "2026-01-01", "blocked", 9), TrendPoint("2", "", "staged", 0)),
        valid_from=day(-9),
        valid_until=day(9),
    )
    assert status.read(status.dump(found), TODAY) == found
    assert status.read(status.dump(found), day(5)) == replace(found, as_of=day(5))


def test_gaps_are_overdue_from_the_day_after_they_are_due() -> None:
    found = made(due=(day(0), day(-1), None, day(-9), day(4)))
    assert found.overdue == (day(-9), day(-1))
    assert replace(found, as_of=day(1)).overdue == (day(-9), day(-1), day(0))


@pytest.mark.parametrize(
    ("level", "days", "risky"),
    [
        ("blocked", 30, True),
        ("blocked", 31, False),
        ("add-controls", -5, True),
        ("narrow", 3, False),
        ("staged", -5, False),
        ("undetermined", 0, True),
    ],
)
def test_a_target_date_is_at_risk_when_it_is_near_or_past_and_the_verdict_is_no_go(
    level: Level, days: int, risky: bool
) -> None:
    assert made(level=level, target_date=day(days)).at_risk == risky
    assert not made(level=level).at_risk


def test_a_score_that_is_not_final_is_a_range() -> None:
    assert made(score=7, range=(7, 7)).score_text == "7"
    assert made(score=7, range=(7, 19), band=None).score_text == "7–19"


def test_the_assessment_before_the_latest_is_the_previous_one() -> None:
    trend = tuple(TrendPoint(name, "2026-11-01", "narrow", 5) for name in ("1", "2", "3", "4"))
    assert made(trend=trend).previous == trend[2]
    assert made(trend=trend[:2]).previous == trend[0]
    assert made(trend=trend[:1]).previous is None
    assert made(trend=()).previous is None


def test_the_worst_come_first_and_equals_by_name() -> None:
    found = [made(slug="c", name="B"), made(slug="b", name="A"), made(slug="a", name="A")]
    found += [made(slug="d", level="blocked"), made(slug="e", score=3)]
    assert [each.slug for each in status.worst_first(found)] == ["d", "e", "a", "b", "c"]


def test_systems_of_the_same_name_are_told_apart_by_their_slug() -> None:
    found = [made(slug="a", name="Desk"), made(slug="b", name="Desk"), made(slug="c", name="Copilot")]
    assert status.names(found) == {"a": "Desk (a)", "b": "Desk (b)", "c": "Copilot"}
