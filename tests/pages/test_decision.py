"""The meeting: the case, what would be if, the decision, and what becomes of its conditions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from readiness import clock
from readiness.model.decisions import StoredDecision
from readiness.services import systems
from readiness.store import queries
from tests import factories
from tests.pages.dashboard import Dashboard, Screen
from tests.pages.test_tables import linked, rows

SYSTEM, OTHER = "freight-support", "claims-intake"
DAY = dt.timedelta(days=1)


def decisions(dashboard: Dashboard, system: str = SYSTEM) -> list[StoredDecision]:
    with dashboard.store() as store:
        return list(queries.dossier(store, system).decisions)


def part(dashboard: Dashboard, name: str, system: str = SYSTEM) -> Screen:
    return dashboard.open("decision", system=system, part=name)


def decide(screen: Screen, outcome: str, *fields: tuple[str, str, Any], who: str = "Marguerite Dubé") -> None:
    """Fill in a decision and store it; each field by kind, label and value."""
    screen.choose("radio", "Decision", outcome)
    people = screen.widget("multiselect", "Who decided")
    people.options.append(who)
    people.set_value([who])
    screen.widget("text_area", "Reasons").set_value("Two pilots went well")
    for kind, label, value in fields:
        if kind == "person":
            screen.name(label, value)
        else:
            screen.widget(kind, label).set_value(value)
    screen.press("Store the decision")


CONDITION = (
    ("text_input", "Condition", "Japanese answers are measured again"),
    ("person", "Owner", "priya.nambiar@example.com"),
    ("date_input", "Due", clock.today() + 9 * DAY),
)
RISK = (
    ("text_input", "Accepted risk", "a rollback takes an hour"),
    ("text_input", "Why it is accepted", "two tenants only"),
    ("person", "Accepted by", "henrik.solberg@example.com"),
    ("date_input", "Until", clock.today() + 20 * DAY),
)


def test_nothing_is_decided_and_the_case_is_laid_out(dashboard: Dashboard) -> None:
    screen = dashboard.open("decision", system=SYSTEM)
    assert screen.answer.startswith("Not decided yet: 2 reasons block it, 3 sign-offs open, rollout planned")
    assert "What speaks against it" in screen.text
    assert "2 answers contradicted by evidence" in screen.text
    assert "priya.nambiar@example.com" in screen.text


def test_a_go_against_the_verdict_with_a_condition_and_a_risk_reads_as_such_everywhere(dashboard: Dashboard) -> None:
    screen = part(dashboard, "Decide")
    assert "The verdict does not allow it" not in screen.text
    screen.choose("radio", "Decision", "conditional")
    assert "The verdict does not allow it" in screen.text
    decide(screen, "conditional", *CONDITION, *RISK)
    assert screen.notices("status") == [
        f"✓ Decided on {SYSTEM} 2026.11: go with conditions, with 1 condition and 1 accepted risk."
    ]
    (kept,) = decisions(dashboard)
    assert (kept.record.level, kept.record.people) == ("blocked", ["Marguerite Dubé"])
    until = clock.today() + 9 * DAY
    assert screen.answer.startswith("Go with 1 condition until ")
    assert [row[0] for row in screen.table("Accepted risk")] == ["a rollback takes an hour"]
    verdict = dashboard.open("verdict", system=SYSTEM)
    assert verdict.answer.startswith("Blocked; going on by decision of Marguerite Dubé until ")
    assert str(until.year) in verdict.answer
    portfolio = dashboard.open("portfolio")
    (row,) = [row for row in portfolio.table("What decides") if row[0].startswith("Freight Support")]
    assert "▷ go with conditions, until" in row[0]


def test_a_go_without_what_it_needs_is_refused_and_what_was_typed_stays(dashboard: Dashboard) -> None:
    screen = part(dashboard, "Decide")
    screen.press("Store the decision")
    assert "nothing is decided yet" in " ".join(screen.notices("alert"))
    decide(screen, "go")
    assert "accepts no risk" in " ".join(screen.notices("alert"))
    assert screen.widget("text_area", "Reasons").value == "Two pilots went well"
    decide(screen, "conditional")
    assert "a go with conditions names none" in " ".join(screen.notices("alert"))
    assert decisions(dashboard) == []


def test_a_condition_is_met_by_a_click_and_reopened_with_a_reason(dashboard: Dashboard) -> None:
    screen = part(dashboard, "Decide", OTHER)
    decide(screen, "hold")
    screen = part(dashboard, "Decide", OTHER)
    decide(screen, "conditional", *CONDITION)
    assert [one.record.outcome for one in decisions(dashboard, OTHER)] == ["hold", "conditional"]
    (condition,) = decisions(dashboard, OTHER)[-1].conditions
    (row,) = screen.rows
    assert "– open" in row
    header, told = rows(linked(screen)["conditions"])
    assert dict(zip(header, told, strict=True))["owner"] == "priya.nambiar@example.com"
    screen.dialog(f"condition_{condition.id}")
    screen.widget("text_area", "What shows it").set_value("run 812")
    screen.submit("Store")
    assert screen.notices("status") == [
        f"✓ The condition “Japanese answers are measured again” of {OTHER} is met; note kept."
    ]
    (row,) = screen.rows
    assert "✓ met" in row
    assert "run 812" in row
    screen.dialog(f"condition_{condition.id}")
    screen.widget("text_area", "Why it is open again").set_value("another version")
    screen.submit("Store")
    assert "open again; reason kept" in screen.notices("status")[0]
    assert [row[2] for row in part(dashboard, "Earlier decisions", OTHER).table("On the verdict")] == ["Hold"]


def test_what_if_says_what_the_verdict_would_be_and_stores_nothing(dashboard: Dashboard) -> None:
    screen = part(dashboard, "What if")
    assert "Nothing is assumed yet." in screen.text
    screen.choose("multiselect", "Gaps that are closed", ["rollback-rehearsal"])
    assert "With the gap Rollback rehearsal (16) closed and shown" in screen.text
    assert ["16 Rollback rehearsal", "Yes – gap", "No – controlled"] in [
        [" ".join(cell.split()) for cell in row] for row in screen.table("It would be")
    ]
    screen.choose("multiselect", "Cohorts out of scope", ["language=ja"])
    assert "language=ja out of scope" in screen.text
    screen.choose("selectbox", "Another threshold", 0)
    screen.choose("number_input", "At least", 0.5)
    assert "at least 50 %" in screen.text
    screen.choose("date_input", "Rollout on", clock.today() + 90 * DAY)
    assert "the rollout on" in screen.text
    with dashboard.store() as store:
        assert queries.dossier(store, SYSTEM).answers["rollback-rehearsal"].mark == "yes"


def test_what_changed_while_one_decided_is_said_before_anything_is_stored(dashboard: Dashboard) -> None:
    screen = part(dashboard, "Decide")
    with dashboard.store() as store:
        system = queries.system(store, SYSTEM)
        renamed = system.record.model_copy(update={"owner": "kim"})
        systems.edit(store, factories.principal(), renamed, seen=system.row_version)
    decide(screen, "hold")
    assert "changed while you looked; nothing was decided" in " ".join(screen.notices("alert"))
    screen.press("I have looked at it")
    decide(screen, "hold")
    assert [one.record.outcome for one in decisions(dashboard)] == ["hold"]


@pytest.mark.parametrize("outcome", ["hold", "no-go"])
def test_what_is_not_let_go_asks_for_no_risk(dashboard: Dashboard, outcome: str) -> None:
    screen = part(dashboard, "Decide")
    screen.choose("radio", "Decision", outcome)
    assert ("Add: condition" in screen.labels("button")) is (outcome == "hold")
    assert "Add: accepted risk" not in screen.labels("button")


def test_whoever_would_have_decided_otherwise_is_kept_with_the_decision(dashboard: Dashboard) -> None:
    screen = part(dashboard, "Decide")
    screen.press("Add: voice against")
    screen.name("Who", "henrik.solberg@example.com")
    screen.widget("text_input", "Would have decided otherwise because").set_value("the desk is short of people")
    decide(screen, "hold")
    (kept,) = decisions(dashboard)
    assert [voice.why for voice in kept.record.dissent] == ["the desk is short of people"]
    assert "the desk is short of people" in screen.text


def test_another_day_of_a_gap_is_told_in_what_if(dashboard: Dashboard) -> None:
    screen = part(dashboard, "What if")
    screen.choose("selectbox", "Another due date", "rollback-rehearsal")
    screen.choose("date_input", "Due", clock.today() + 200 * DAY)
    assert "Rollback rehearsal (16) due on" in screen.text
