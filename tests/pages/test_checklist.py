"""The questions, their answers, and changing one."""

from __future__ import annotations

import datetime as dt

import pytest

from readiness import clock
from readiness.model.assessment import Mark
from readiness.model.dossier import Stored
from readiness.store import queries
from tests.pages.dashboard import Dashboard

SYSTEM = "freight-support"


def stored(dashboard: Dashboard, signal: str, system: str = SYSTEM) -> Stored[Mark]:
    with dashboard.store() as store:
        return queries.dossier(store, system).marks[signal]


def test_the_answer_counts_and_every_question_has_a_row_with_an_edit(dashboard: Dashboard) -> None:
    screen = dashboard.open("checklist", system=SYSTEM)
    assert screen.answer.startswith("22 of 22 answered; 2 gaps open; evidence speaks against 2 answers and leaves ")
    assert screen.answer.endswith(" marked controlled with nothing to show.")
    assert len(screen.rows) == 22
    assert screen.labels("button") == ["Edit"] * 22


@pytest.mark.parametrize(("shown", "rows"), [("all", 22), ("not answered", 0), ("gaps", 2), ("contradicted", 2)])
def test_a_filter_leaves_the_questions_it_names(dashboard: Dashboard, shown: str, rows: int) -> None:
    screen = dashboard.open("checklist", system=SYSTEM)
    screen.choose("segmented_control", "Show", shown)
    assert len(screen.rows) == rows
    assert ("Nothing to show with this filter." in screen.text) == (rows == 0)


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ("uncovered", "◐ Evidence leaves something out"),
        ("attested", "◇ Attested, not measured"),
        ("nothing to show", "– Nothing shows it"),
    ],
)
def test_answers_are_found_by_what_stands_behind_them(dashboard: Dashboard, shown: str, words: str) -> None:
    screen = dashboard.open("checklist", system=SYSTEM)
    screen.choose("segmented_control", "Show", shown)
    assert screen.rows
    assert all(words in row for row in screen.rows)


def test_a_gap_is_closed_and_the_verdict_follows(dashboard: Dashboard) -> None:
    screen = dashboard.open("checklist", system=SYSTEM)
    screen.dialog("edit_rollback-rehearsal")
    screen.widget("radio", "Is this a gap?").set_value("no")
    screen.widget("text_area", "Finding").set_value("Rehearsed on the new cluster")
    screen.submit("Store the answer")
    assert screen.notices("status") == ["✓ rollback-rehearsal: Yes – gap became No – controlled."]
    mark = stored(dashboard, "rollback-rehearsal").record
    assert (mark.mark, mark.note) == ("no", "Rehearsed on the new cluster")
    answer = dashboard.open("verdict", system=SYSTEM).answer
    assert answer.startswith("Blocked: evidence speaks against Regression gates (14).")


def test_a_question_that_was_open_is_answered_with_all_that_a_partial_asks_for(dashboard: Dashboard) -> None:
    due = clock.today() + dt.timedelta(days=30)
    screen = dashboard.open("checklist", system="billing-desk", show="not answered")
    screen.dialog("edit_hard-queries")
    screen.widget("radio", "Is this a gap?").set_value("partial")
    screen.widget("text_area", "Evidence, one a line").set_value(" https://evidence.example/1 \n\nscorecard\n")
    for label, text in (
        ("Partial: which cohorts, environments or releases it holds for", "English"),
        ("Owner of the gap", "jonas.weidt@example.com"),
        ("Next action", "Measure German too"),
    ):
        screen.widget("text_input", label).set_value(text)
    screen.widget("date_input", "Due date").set_value(due)
    screen.submit("Store the answer")
    assert len(screen.notices("status")) == 1
    mark = stored(dashboard, "hard-queries", "billing-desk").record
    assert (mark.mark, mark.holds_for, mark.owner) == ("partial", "English", "jonas.weidt@example.com")
    assert (mark.due, mark.action) == (due, "Measure German too")
    assert mark.evidence == ["https://evidence.example/1", "scorecard"]


def test_a_partial_that_does_not_say_what_it_holds_for_is_a_sentence_and_nothing_is_stored(
    dashboard: Dashboard,
) -> None:
    before = stored(dashboard, "capacity")
    screen = dashboard.open("checklist", system=SYSTEM)
    screen.dialog("edit_capacity")
    screen.widget("radio", "Is this a gap?").set_value("partial")
    screen.submit("Store the answer")
    assert len(screen.notices("alert")) == 1
    assert not screen.notices("status")
    assert stored(dashboard, "capacity") == before


def test_an_earlier_assessment_is_read_only(dashboard: Dashboard) -> None:
    with dashboard.store() as store:
        earlier = queries.assessments(store, SYSTEM)[-1].id
    screen = dashboard.open("checklist", system=SYSTEM, assessment=str(earlier))
    assert len(screen.rows) == 22
    assert not screen.labels("button")
