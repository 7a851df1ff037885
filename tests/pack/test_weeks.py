"""How a rollout went after it was decided on: its weeks in the packs for leaders and for security reviewers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from readiness import formatting
from readiness.model.stages import StageStep, StoredStep
from readiness.pack.sections import build
from readiness.review.review import Review
from tests.decided import DAY
from tests.factories import TODAY
from tests.pack.conftest import DAY as PACKED
from tests.pack.conftest import Desk
from tests.review.dossiers import reviewed


def running(days: int) -> Review:
    at = dt.datetime.combine(TODAY - days * DAY, dt.time(9), dt.UTC)
    step = StoredStep(1, 4, StageStep(action="advance", stage="canary", advice="advance"), "omar", at)
    return reviewed(steps=(step,))


def weeks(review: Review) -> list[Any]:
    data = build("outcome", review, "")
    found = data["weeks"]
    assert isinstance(found, list)
    return found


def test_the_first_week_and_the_last_three_are_told_and_the_others_counted() -> None:
    assert build("outcome", reviewed(), "")["weeks"] == []
    review = running(45)
    assert [week["week"] for week in weeks(review)] == ["1", "5", "6", "7"]
    assert build("outcome", review, "")["between"] == 3
    assert [week["week"] for week in weeks(running(0))] == ["1"]
    assert weeks(running(0))[0]["days"].endswith("not over yet")


def test_minutes_leave_for_leaders_alone(desk: Desk) -> None:
    desk.fill()
    told = {audience: desk.build(audience).body.decode() for audience in ("leadership", "security", "procurement")}
    last = formatting.day(PACKED + 6 * DAY)
    assert f"**Week 1** ({formatting.day(PACKED)} to {last}, not over yet)" in told["leadership"]
    assert "Reviewed: watch closely. Plain week minutes" in told["leadership"]
    assert "Reviewed: watch closely." in told["security"]
    assert "Plain week minutes" not in told["security"]
    assert "Week 1" not in told["procurement"]


def test_the_pack_of_the_demos_story_holds_its_decision_and_its_first_week(shown: Desk) -> None:
    body = shown.build("leadership", "quote-desk").body.decode()
    assert "**Go with conditions**" in body
    assert "**Week 1** (" in body
    assert "went as promised: 11 of 11 bounds kept, no figure surely worse. Reviewed: as promised." in body
