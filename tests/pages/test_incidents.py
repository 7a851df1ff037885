"""Incidents: reported on the page, held against answers, answered by evidence."""

from __future__ import annotations

from readiness.model.incidents import StoredIncident
from readiness.store import queries
from tests.pages.dashboard import Dashboard, Screen
from tests.pages.test_tables import linked, rows

SYSTEM = "claims-intake"


def stored(dashboard: Dashboard) -> list[StoredIncident]:
    with dashboard.store() as store:
        return list(queries.dossier(store, SYSTEM).incidents)


def report(dashboard: Dashboard, **fields: str) -> Screen:
    screen = dashboard.open("incidents", system=SYSTEM)
    screen.dialog("report_incident")
    screen.widget("text_area", "What happened").set_value("It named a carrier that does not exist")
    for label, value in fields.items():
        screen.widget("text_input", label).set_value(value)
    screen.widget("multiselect", "Questions it speaks against").set_value(["abstention"])
    screen.submit("Store the incident")
    return screen


def test_nothing_is_reported_and_the_page_says_what_belongs_there(dashboard: Dashboard) -> None:
    screen = dashboard.open("incidents", system=SYSTEM)
    assert screen.answer == "No incident is reported."
    assert "speaks against later versions" in screen.text


def test_an_incident_is_reported_and_contradicts_the_answer_it_touches(dashboard: Dashboard) -> None:
    screen = report(dashboard, Cohort="language=ja")
    assert screen.answer == "1 incident, not answered for 2026.11."
    (row,) = screen.rows
    assert "✕ not answered" in row
    assert "language=ja" in row
    assert len(rows(linked(screen)["reported-incidents"])) == 2
    asked = dashboard.open("checklist", system=SYSTEM, signal="abstention")
    assert f"incident {stored(dashboard)[0].id} of" in asked.text
    assert "is not answered yet" in asked.text


def test_it_is_answered_by_a_trace_that_is_labelled_good_or_by_a_gate_that_looks_there(dashboard: Dashboard) -> None:
    screen = report(dashboard)
    (incident,) = stored(dashboard)
    screen.dialog(f"incident_{incident.id}")
    screen.choose_within("radio", "By a", "trace")
    screen.submit("Store the answer")
    assert f"by the trace {stored(dashboard)[0].answers[0].record.reference}" in screen.notices("status")[0]
    assert screen.answer == "1 incident, answered for 2026.11."
    assert "✓ trace" in screen.rows[0]


def test_a_case_that_is_not_there_is_refused_and_an_incident_that_was_none_is_withdrawn(dashboard: Dashboard) -> None:
    screen = report(dashboard, Cohort="language=ja")
    (incident,) = stored(dashboard)
    screen.dialog(f"incident_{incident.id}")
    screen.widget("text_input", "Test case").set_value("case-17")
    screen.submit("Store the answer")
    assert "'case-17' is in no fresh results" in " ".join(screen.notices("alert"))
    screen.app.button(key=f"incident_{incident.id}").click()
    screen._run()
    screen.widget("text_input", "Note").set_value("it was a drill")
    screen.submit("It was none: withdraw it")
    assert "reason kept" in screen.notices("status")[0]
    assert screen.answer == "No incident is reported."


def test_a_gate_that_looks_where_it_happened_answers_it_and_none_is_offered_that_does_not(dashboard: Dashboard) -> None:
    screen = report(dashboard)
    (incident,) = stored(dashboard)
    screen.dialog(f"incident_{incident.id}")
    screen.choose_within("radio", "By a", "gate")
    offered = screen.widget("selectbox", "Gate").options
    assert any(" for each cohort" in subject for subject in offered), "one on each of them speaks of all"
    assert all("first_notice" not in subject and " for language" not in subject for subject in offered)
    screen.submit("Store the answer")
    assert "by the gate" in " ".join(screen.notices("status"))
    screen.app.button(key=f"incident_{incident.id}").click()
    screen._run()
    screen.submit("Store the answer")
    assert "no test case is named" in " ".join(screen.notices("alert"))
