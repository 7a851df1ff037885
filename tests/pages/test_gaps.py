"""The open gaps of every system, and moving one."""

from __future__ import annotations

import datetime as dt

from readiness import clock
from readiness.model.assessment import Mark
from readiness.store import queries
from tests.pages.dashboard import Dashboard

SYSTEM = "freight-support"


def rollback(dashboard: Dashboard) -> tuple[int, Mark, int]:
    """A gap by its id, what is stored of it, and how often it was moved."""
    with dashboard.store() as store:
        dossier = queries.dossier(store, SYSTEM)
    held = dossier.marks["rollback-rehearsal"]
    return held.id, held.record, len(dossier.moves.get(held.id, ()))


def test_the_answer_counts_the_gaps_and_each_has_a_row_the_earliest_first(dashboard: Dashboard) -> None:
    screen = dashboard.open("gaps")
    assert screen.answer == "31 gaps open, none of them yours; 6 are overdue, by up to 21 days."
    assert len(screen.rows) == 25
    assert "1 to 25 of 31 gaps" in [caption.value for caption in screen.app.caption]
    assert screen.rows[0].startswith("Customs Code Advisor 5 Retrieval on hard queries")
    assert "21 days over" in screen.rows[0]
    assert screen.labels("button") == ["Move"] * 25


def test_the_last_page_has_the_others(dashboard: Dashboard) -> None:
    screen = dashboard.open("gaps", page="2")
    assert len(screen.rows) == 6
    assert "26 to 31 of 31 gaps" in [caption.value for caption in screen.app.caption]


def test_filters_leave_those_of_a_system_an_owner_and_the_overdue(dashboard: Dashboard) -> None:
    screen = dashboard.open("gaps", system=SYSTEM)
    screen.choose("toggle", "Only Freight Support Copilot", True)
    assert len(screen.rows) == 2
    screen.choose("toggle", "Overdue only", True)
    assert len(screen.rows) == 1
    screen.choose("selectbox", "Owner", "aiko.tanabe@example.com")
    assert len(screen.rows) == 0
    assert "No gap to show." in screen.text
    assert len(dashboard.open("gaps", owner="aiko.tanabe@example.com").rows) == 1


def test_a_due_date_moves_later_with_a_reason_only(dashboard: Dashboard) -> None:
    gap, before, moves = rollback(dashboard)
    later = clock.today() + dt.timedelta(days=20)
    screen = dashboard.open("gaps")
    screen.dialog(f"move_{gap}")
    screen.widget("date_input", "Due date").set_value(later)
    screen.submit("Store the change")
    (sentence,) = screen.notices("alert")
    assert "has no reason; expected a sentence that says why" in sentence
    assert rollback(dashboard) == (gap, before, moves)

    screen.widget("date_input", "Due date").set_value(later)
    screen.widget("text_input", "Reason").set_value("The index has to be rebuilt first")
    screen.submit("Store the change")
    (sentence,) = screen.notices("status")
    assert "moved from" in sentence
    assert rollback(dashboard) == (gap, before.model_copy(update={"due": later}), moves + 1)
    with dashboard.store() as store:
        assert queries.events(store, limit=1)[0].detail["reason"] == "The index has to be rebuilt first"
