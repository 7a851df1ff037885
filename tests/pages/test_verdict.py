"""The verdict, what decides it and what would change it."""

from __future__ import annotations

from readiness.store import queries
from tests.pages.dashboard import Dashboard

SYSTEM = "freight-support"


def test_the_verdict_stands_first_then_the_rules_that_fired_the_ways_out_and_the_gaps(dashboard: Dashboard) -> None:
    screen = dashboard.open("verdict", system=SYSTEM)
    assert screen.answer.startswith(
        "Blocked: evidence speaks against Regression gates (14) and rollback has not been rehearsed (16). "
        "The score of 3 alone would read as reasonable."
        " Evidence speaks against 2 answers and leaves "
    )
    assert "Override: blocks the rollout." in screen.text
    assert "Close Rollback rehearsal (16)" in screen.text
    gaps = screen.table("Closed alone, it gives")
    assert [row[0] for row in gaps] == [
        "16 Rollback rehearsal Yes – gap",
        "19 Monitoring of outcomes Partial – tighten first",
    ]
    assert "2 of 2 due dates were moved later" in screen.text
    assert [row[:3] for row in screen.table("Signal") if row[0].startswith("2 ")] == [
        ["2 Escalation and abstention", "Partial – tighten first", "No – controlled"]
    ]


def test_all_parts_of_the_packet_and_every_approver_are_named(dashboard: Dashboard) -> None:
    text = dashboard.open("verdict", system=SYSTEM).text
    assert "Scorecard◐ partial" in text
    for part in ("Checklist", "Traces", "Release policy", "Monitoring plan"):
        assert f"{part}✓ complete" in text
    for role in ("Quality", "Policy", "Operations"):
        assert f"{role} (" in text


def test_questions_that_nobody_answered_are_one_line(dashboard: Dashboard) -> None:
    screen = dashboard.open("verdict", system="billing-desk")
    assert "8 questions not answered: Retrieval on hard queries" in screen.text


def test_an_earlier_assessment_says_that_it_is_one(dashboard: Dashboard) -> None:
    with dashboard.store() as store:
        earlier = queries.assessments(store, SYSTEM)[-1].id
    screen = dashboard.open("verdict", system=SYSTEM, assessment=str(earlier))
    (note,) = screen.app.info
    assert note.value.startswith("This is an earlier assessment, shown with what is known on ")
    assert not dashboard.open("verdict", system=SYSTEM).app.info


def test_how_often_the_verdict_would_hold_again_stands_below_it(dashboard: Dashboard) -> None:
    text = dashboard.open("verdict", system="claims-intake").text
    assert "Staged; would hold in " in text
    assert "Bootstrap: 500 resamplings of " in text


def test_gaps_that_are_due_after_the_rollout_are_told_here_and_on_the_portfolio(dashboard: Dashboard) -> None:
    assert "2 gaps are due after the rollout" in dashboard.open("verdict", system="claims-intake").text
    assert "due after the rollout" not in dashboard.open("verdict", system="customs-advisor").text
    told = {row[0].split(",")[0]: row[7] for row in dashboard.open("portfolio").table("What decides") if len(row) > 7}
    assert [told[name].endswith("2 gaps are due after the rollout") for name in told if "Claims" in name] == [True]
    assert [told[name].endswith("after the rollout") for name in told if "Customs" in name] == [False]
