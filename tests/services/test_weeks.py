"""The weekly review: kept beside what its figures said, for whoever may, on both databases."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from readiness import clock
from readiness.errors import Conflict, Denied, InputError, NotFound
from readiness.importers import Options
from readiness.model.monitoring import Owners
from readiness.portfolio import triage
from readiness.review import weeks as words
from readiness.review.review import Review
from readiness.services import imports, portfolio, reminders, reviews, stages, systems, weeks, work
from readiness.store import Store, queries
from tests import factories, files
from tests.factories import SLUG, TODAY
from tests.services.test_stages import STAGES
from tests.stored import CopyOf

DANA = factories.principal()
DAY = dt.timedelta(days=1)
NEXT = TODAY + 8 * DAY
"""The day after the first week."""
pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def running(copy_of: CopyOf) -> Store:
    return copy_of(_running)


def _running(store: Store, folder: Path) -> None:
    file = files.whole()
    file.policy = factories.policy(stages=STAGES)
    file.monitoring = factories.monitoring(owners=Owners(weekly_decisions="dana"))
    files.keep(store, files.assessment(folder, file), files.results(folder))
    found = reviews.load(store, DANA, SLUG, as_of=TODAY)
    stages.take(store, DANA, SLUG, found.assessment_id, "advance", note="now", seen=0, as_of=TODAY)


def measure(store: Store, folder: Path, rate: float) -> None:
    path = files.results(folder, f"2026.11,*,,task_success,{rate},900", name=f"live-{rate}.csv")
    request = imports.ImportRequest(path, system=SLUG, options=Options(stage="canary", measured_on=TODAY))
    imports.keep(store, DANA, imports.read(store, DANA, request), system=SLUG, as_of=TODAY)


def load(store: Store, day: dt.date = TODAY) -> Review:
    return reviews.load(store, DANA, SLUG, as_of=day)


def hold(store: Store, number: int = 1, by: Any = DANA, day: dt.date = TODAY, **fields: Any) -> str:
    review = load(store)
    stated: dict[str, Any] = {
        "held_on": TODAY,
        "people": ["dana"],
        "outcome": "as promised",
        "minutes": "Nothing stood out",
        "watched": {},
        "seen": len(review.dossier.weeks),
        "as_of": day,
    }
    return weeks.hold(store, by, SLUG, review.assessment_id, number, **stated | fields).sentence


def test_a_review_is_kept_with_what_the_figures_said(running: Store, tmp_path: Path) -> None:
    measure(running, tmp_path, 0.95)
    assert hold(running, watched={"task_success by language": " as expected ", "other": " "}) == (
        f"Reviewed week 1 of {SLUG} 2026.11: as promised"
    )
    (kept,) = load(running).dossier.weeks
    told = weeks.report(DANA, load(running), 1)
    assert (kept.record.state, kept.record.digest) == (told.observed.state, words.digest(told.observed))
    assert kept.record.watched == {"task_success by language": "as expected"}
    assert not words.is_outdated(told)
    event = queries.events(running, system=SLUG)[0]
    assert (event.action, event.detail["minutes"]) == ("week", "Nothing stood out")
    measure(running, tmp_path, 0.5)
    assert words.is_outdated(weeks.report(DANA, load(running), 1)), "other figures than those that were seen"


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"number": 2}, "has no week 2; expected a week from 1 to 1"),
        ({"held_on": TODAY + DAY}, "cannot be of"),
        ({"held_on": TODAY - DAY}, "cannot be of"),
        ({"people": ["none"]}, "nobody is named"),
        ({"minutes": " "}, "minutes"),
        ({"outcome": "fine"}, "outcome"),
    ],
)
def test_what_is_not_whole_is_refused_in_a_sentence(running: Store, fields: dict[str, Any], refused: str) -> None:
    with pytest.raises((InputError, NotFound), match=refused):
        hold(running, **fields)
    assert list(load(running).dossier.weeks) == []


def test_who_looked_at_an_older_state_is_told_and_who_may_not_is_denied(running: Store) -> None:
    hold(running)
    with pytest.raises(Conflict, match="second look"):
        hold(running, seen=0)
    with pytest.raises(Denied, match="may not keep weekly reviews"):
        hold(running, by=factories.principal("viewer", name="eve"))
    hold(running, minutes="On second thoughts")
    assert [one.record.minutes for one in load(running).dossier.weeks] == ["Nothing stood out", "On second thoughts"]


def test_what_is_due_waits_for_who_decides_week_by_week(running: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    later = dt.datetime.combine(NEXT, dt.time(12), dt.UTC)
    monkeypatch.setattr(clock, "now", lambda: later)
    (status,) = portfolio.statuses(running, DANA, as_of=NEXT)
    assert [(due.week, due.since) for due in status.due_reviews] == [(1, TODAY + 7 * DAY)]
    assert status.alarm == "nothing was measured in operation since 20 Nov 2026"
    assert triage.decisions([status])[0].reasons[0].kind == "rollout"
    (item,) = [one for one in work.mine(running, DANA, as_of=NEXT) if one.kind == "weekly review"]
    assert (item.title, item.since, item.page) == ("Review week 1 of 2026.11", TODAY + 7 * DAY, "weeks")
    (gone,) = [one for one in work.mine(running, DANA, as_of=NEXT) if one.kind == "measurement"]
    assert (gone.title, gone.why) == (
        "Measure 2026.11 in operation",
        "Nothing was measured in operation since 20 Nov 2026",
    )
    assert [one for one in work.mine(running, factories.principal(name="eve"), as_of=NEXT) if one.page == "weeks"] == []
    told = [item.title for one in reminders.due(running, DANA, "mail", as_of=NEXT) for _, item in one.items]
    assert "Review of week 1 of 2026.11" in told
    hold(running, day=NEXT)
    (status,) = portfolio.statuses(running, DANA, as_of=NEXT)
    assert status.due_reviews == ()


def test_a_week_that_is_off_alarms_until_somebody_reviews_what_it_says(running: Store, tmp_path: Path) -> None:
    measure(running, tmp_path, 0.2)
    (status,) = portfolio.statuses(running, DANA, as_of=TODAY)
    assert status.week == "week 1 ✕ not as promised"
    assert status.alarm.startswith("week 1 did not go as promised: ")
    hold(running, outcome="act", minutes="Rolled back tonight")
    (status,) = portfolio.statuses(running, DANA, as_of=TODAY)
    assert (status.week, status.alarm) == ("week 1 ✕ not as promised", "")


def test_reviews_go_with_their_system(running: Store) -> None:
    hold(running)
    systems.archive(running, DANA, SLUG, "It ended", seen=systems.one(running, DANA, SLUG).row_version)
    systems.delete(running, DANA, SLUG, "Nobody asks for it", seen=systems.one(running, DANA, SLUG).row_version)
    with pytest.raises(NotFound):
        load(running)
