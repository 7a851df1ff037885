"""The weekly review: promised against measured, what to decide, and its minutes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from readiness import clock
from readiness.importers import Options
from readiness.model.weeks import StoredWeeklyReview
from readiness.review import weeks
from readiness.services import imports, reviews, stages
from readiness.store import queries
from tests import factories, files
from tests.pages.dashboard import Dashboard
from tests.pages.test_tables import linked, rows

SYSTEM = "policy-answers"
DANA = factories.principal()


def reviews_of(dashboard: Dashboard) -> list[StoredWeeklyReview]:
    with dashboard.store() as store:
        return list(queries.dossier(store, SYSTEM).weeks)


@pytest.fixture
def running(dashboard: Dashboard, tmp_path: Path) -> Dashboard:
    """A rollout whose first week was measured: worse than promised in one metric."""
    today = clock.today()
    with dashboard.store() as store:
        review = reviews.load(store, DANA, SYSTEM, as_of=today)
        assert review.policy is not None
        row = next(row for row in review.rows if row.cohort == "*" and row.candidate and row.candidate.unit == "ratio")
        stages.take(store, DANA, SYSTEM, review.assessment_id, "advance", note="now", seen=0, as_of=today)
        stage, version = review.policy.record.stages[0].name, review.assessment.candidate
        path = files.results(tmp_path, f"{version},*,,{row.metric},0.01,900", name="live.csv")
        request = imports.ImportRequest(path, system=SYSTEM, options=Options(stage=stage, measured_on=today))
        imports.keep(store, DANA, imports.read(store, DANA, request), system=SYSTEM, as_of=today)
    return dashboard


def test_before_a_rollout_the_page_says_what_belongs_there(dashboard: Dashboard) -> None:
    screen = dashboard.open("weeks", system=SYSTEM)
    assert screen.answer == "The rollout has not begun."
    assert "No rollout runs." in screen.text


def test_a_week_shows_what_was_promised_and_measured_and_leaves_as_csv(running: Dashboard) -> None:
    screen = running.open("weeks", system=SYSTEM)
    assert screen.answer.startswith("Week 1 so far did not go as promised: ")
    assert "Promised" in screen.text
    assert "Surely worse than promised" in screen.text
    tables = linked(screen)
    assert {"weekly", "weekly-watch"} <= tables.keys()
    header, *figures = rows(tables["weekly"])
    assert header[:2] == ["week", "first"]
    assert len(figures) == 1


def test_a_week_is_held_against_the_baseline_too(running: Dashboard) -> None:
    with running.store() as store:
        review = reviews.load(store, DANA, SYSTEM, as_of=clock.today())
    found = weeks.against_baseline(review, weeks.of(review)[0])
    (row,) = [row for row in found if row.candidate and row.baseline]
    own = next(one for one in review.rows if (one.metric, one.workflow, one.cohort) == (row.metric, "*", "*"))
    assert own.baseline is not None
    assert row.baseline is not None
    assert row.baseline.mean == own.baseline.mean
    screen = running.open("weeks", system=SYSTEM, against="baseline")
    assert "The baseline of the release beside what was measured" in screen.text
    assert "Baseline" in screen.text


def test_a_review_is_kept_and_said_beside_the_week(running: Dashboard) -> None:
    screen = running.open("weeks", system=SYSTEM)
    screen.dialog("review_week")
    screen.submit("Store the review")
    assert "no outcome is chosen; expected" in screen.notices("alert")[0]
    assert reviews_of(running) == []
    screen.dialog("review_week")
    people = screen.widget("multiselect", "Who was there")
    people.options.append("lea")
    people.set_value(["lea"])
    screen.widget("radio", "Outcome").set_value("act")
    screen.widget("text_area", "Minutes").set_value("We roll back tonight")
    first = next(iter(screen.app.text_input), None)
    assert first is not None
    first.set_value("Nobody asked yet")
    screen.submit("Store the review")
    (kept,) = reviews_of(running)
    assert (kept.record.week, kept.record.outcome, kept.record.state) == (1, "act", "off")
    assert list(kept.record.watched.values()) == ["Nobody asked yet"]
    assert "We roll back tonight" in screen.text
    assert "weekly-reviews" in linked(screen)


def test_an_earlier_week_is_named_in_the_address(running: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    later = clock.now() + dt.timedelta(days=8)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert running.open("weeks", system=SYSTEM).answer.startswith("Week 1 did not go as promised")
    second = running.open("weeks", system=SYSTEM, rollout_week="2")
    assert second.answer == "Week 2 so far was not measured."
    assert "Nothing was measured in this week." in second.text
    assert running.open("weeks", system=SYSTEM, rollout_week="9").answer.startswith("Week 1 did not")


def test_monitoring_that_stops_stands_among_the_gaps(running: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "nothing was measured in operation" not in running.open("gaps").text
    later = clock.now() + dt.timedelta(days=40)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "nothing was measured in operation since" in running.open("gaps").text
