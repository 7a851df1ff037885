"""The system card: what is stated, what is not, and how each section is edited."""

from __future__ import annotations

import datetime as dt

import pytest

from readiness.model.card import Component, Incident, RedTeamRun, SystemCard
from readiness.store import queries
from tests.pages.dashboard import Dashboard, Screen

WHOLE, IN_PART = "claims-intake", "billing-desk"
SECTIONS = ("purpose", "components", "limits", "evaluation", "red-team", "incidents")


def card(dashboard: Dashboard, system: str = WHOLE) -> SystemCard:
    with dashboard.store() as store:
        revision = queries.dossier(store, system).card
    assert revision
    return revision.record


def store(screen: Screen) -> str:
    screen.submit("Store a new revision")
    return screen.notices("status")[0]


def test_a_whole_card_says_so_and_shows_every_section(dashboard: Dashboard) -> None:
    screen = dashboard.open("card", system=WHOLE)
    assert screen.answer == "All 18 facts are stated."
    assert "not stated" not in screen.text
    assert [row[0] for row in screen.table("Training use")][:2] == ["Northlake Large model", "claims-intake prompt"]
    assert screen.table("Succeeded")[0][3] == "2 of 140"
    assert screen.table("To whom")[0][2] == "language=fr"
    assert "Changed since 2026.10: Model Northlake Large: version " in screen.text
    assert [row[0] for row in screen.table("What changed")] == ["System card 1"]
    assert screen.labels("button") == ["Edit"] * len(SECTIONS)


def test_what_nobody_stated_is_counted_and_asked_for(dashboard: Dashboard) -> None:
    screen = dashboard.open("card", system=IN_PART)
    missing = "excluded use, pinned versions, regions, retention, 10 more"
    assert screen.answer == f"4 of 18 facts are stated; missing: {missing}."
    assert "Excluded use not stated What must it not be used for?" in screen.text
    assert screen.table("Training use")[2][1:] == ["not stated", "Brannholt", *["not stated"] * 3]
    assert screen.table("Training use")[1][1:] == ["v2", *["–"] * 4]
    assert "Who attacked it when, with what, and what succeeded?" in screen.text


def test_a_system_without_a_card_says_what_buyers_ask(dashboard: Dashboard) -> None:
    with dashboard.store() as opened:
        first = queries.dossier(opened, WHOLE).others[-1].id
    screen = dashboard.open("card", system=WHOLE, assessment=str(first))
    assert screen.answer == "No system card yet: buyers ask 18 things first, and none of them is stated."
    assert "What is it meant for?" in screen.text
    assert screen.labels("button") == []


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_stored_as_it_stands_changes_nothing(dashboard: Dashboard, section: str) -> None:
    before = card(dashboard)
    screen = dashboard.open("card", system=WHOLE)
    screen.dialog(f"edit_{section}")
    assert "Nothing was changed" in store(screen)
    assert card(dashboard) == before


def test_texts_are_edited_a_line_each(dashboard: Dashboard) -> None:
    before = card(dashboard, IN_PART)
    screen = dashboard.open("card", system=IN_PART)
    screen.dialog("edit_limits")
    screen.widget("text_area", "Human oversight").set_value("The desk lead")
    screen.widget("text_area", "Known limits, one a line").set_value("Slow\n\nWrong on refunds")
    assert "Stored revision 2 of the system card: Human oversight: nothing → “The desk lead”; " in store(screen)
    changed = {"oversight": "The desk lead", "limits": ["Slow", "Wrong on refunds"]}
    assert card(dashboard, IN_PART) == before.model_copy(update=changed)
    assert screen.answer.startswith("5 of 18 facts are stated")


def test_components_runs_and_incidents_are_added_in_rows(dashboard: Dashboard) -> None:
    before = card(dashboard, IN_PART)
    screen = dashboard.open("card", system=IN_PART)
    screen.dialog("edit_components")
    screen.type_into({0: {"version": "2"}}, {"kind": "fallback", "name": "the desk", "training_use": "no"})
    assert "Model stub-model: version “1” → “2”; Fallback the desk added: training use “no”" in store(screen)
    first, *others = before.components
    added = Component(kind="fallback", name="the desk", training_use="no")
    assert card(dashboard, IN_PART).components == [first.model_copy(update={"version": "2"}), *others, added]
    screen.dialog("edit_red-team")
    screen.type_into({}, {"on": "2026-11-02", "tried": "Injection", "attacks": 9, "succeeded": 1})
    store(screen)
    run = RedTeamRun(on=dt.date(2026, 11, 2), tried="Injection", attacks=9, succeeded=1)
    assert card(dashboard, IN_PART).red_team == [run]
    screen.dialog("edit_incidents")
    screen.type_into({}, {"what": "A refund was sent twice", "cohort": "*"})
    store(screen)
    assert card(dashboard, IN_PART).incidents == [Incident(what="A refund was sent twice", cohort="*")]


def test_that_there_was_no_incident_is_said_with_its_day(dashboard: Dashboard) -> None:
    screen = dashboard.open("card", system=IN_PART)
    screen.dialog("edit_incidents")
    screen.widget("date_input", "Told up to").set_value(dt.date(2026, 11, 20))
    store(screen)
    assert "None up to 20 Nov 2026." in screen.text


@pytest.mark.parametrize(
    ("section", "typed", "sentence"),
    [
        ("components", {"kind": "model"}, "row 4.name: this required key is missing"),
        ("red-team", {"attacks": 1, "succeeded": 2}, "row 1: 2 attacks succeeded of 1; expected 1 at most"),
        ("incidents", {"done": "corrected"}, "row 1.what: this required key is missing"),
    ],
)
def test_a_row_that_is_not_whole_is_a_sentence_and_nothing_is_stored(
    dashboard: Dashboard, section: str, typed: dict[str, object], sentence: str
) -> None:
    before = card(dashboard, IN_PART)
    screen = dashboard.open("card", system=IN_PART)
    screen.dialog(f"edit_{section}")
    screen.type_into({}, typed)
    screen.submit("Store a new revision")
    assert sentence in screen.notices("alert")[0]
    assert card(dashboard, IN_PART) == before
