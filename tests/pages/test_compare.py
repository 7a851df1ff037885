"""Two assessments side by side, and one question or metric over the versions of a system."""

from __future__ import annotations

import pytest

from readiness.access import Grant, Principal
from readiness.store import queries
from readiness.web import session
from tests.pages.dashboard import Dashboard
from tests.pages.test_tables import linked, rows

SYSTEM, OTHER = "freight-support", "claims-intake"


def numbers(dashboard: Dashboard) -> list[int]:
    """The assessments of a system, the newest first."""
    with dashboard.store() as store:
        return [stored.id for stored in queries.assessments(store, SYSTEM)]


def test_the_version_before_stands_beside_the_one_that_is_chosen(dashboard: Dashboard) -> None:
    screen = dashboard.open("compare", system=SYSTEM)
    assert screen.answer.startswith("2026.11 is blocked, worse than 2026.08, which is ")
    shown = {row[0]: row[1:] for row in screen.table("Freight Support Copilot 2026.11")}
    assert list(shown) == [
        *("Verdict", "On its own day", "Score", "Assessed", "Planned rollout", "Open gaps", "Packet"),
    ]
    assert shown["Open gaps"][1] == "2 1 overdue"
    answers = {row[0].split("\u2002")[-1].lstrip("0123456789 "): row for row in screen.table("Question")}
    assert "Yes – gap" in answers["Rollback rehearsal"][2]
    metrics = screen.table("Metric")
    assert metrics[0][:2] == ["Task success", "89.4 % 871 cases"]
    assert metrics[0][3] == "91.0 % 814 cases"


def test_two_systems_stand_side_by_side_and_it_is_said_that_this_is_no_test(dashboard: Dashboard) -> None:
    screen = dashboard.open("compare", left=SYSTEM, right=OTHER)
    assert screen.answer.startswith("Claims Intake Assistant is staged, better than Freight Support Copilot")
    assert "is not a test: they answer other cases" in screen.text


def test_each_side_is_chosen_and_stands_in_the_address(dashboard: Dashboard) -> None:
    newest, *_, oldest = numbers(dashboard)
    screen = dashboard.open("compare", system=SYSTEM)
    screen.choose("selectbox", "Left assessment", str(oldest))
    assert screen.app.query_params["left"] == f"{SYSTEM}:{oldest}"
    screen.choose("selectbox", "Right system", OTHER)
    assert screen.app.query_params["right"] == OTHER
    assert screen.answer.startswith("Claims Intake Assistant is staged")
    same = dashboard.open("compare", left=f"{SYSTEM}:{newest}", right=f"{SYSTEM}:{newest}")
    assert same.answer == "2026.11 is blocked, no other than 2026.11; 0 answers differ."
    assert "Every question has the same answer" in same.text


@pytest.mark.parametrize("left", ["nothing", "freight-support:999999", "freight-support:x", ":"])
def test_a_side_that_is_not_there_is_one_sentence(dashboard: Dashboard, left: str) -> None:
    (sentence,) = dashboard.open("compare", system=SYSTEM, left=left).notices("alert")
    assert "expected one of" in sentence


def test_whoever_may_read_one_of_two_systems_sees_neither_beside_the_other(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = Principal("omar@example.com", frozenset({Grant("viewer", OTHER)}))
    monkeypatch.setattr(session, "principal", lambda: by)
    screen = dashboard.open("compare", left=OTHER, right=SYSTEM)
    assert any("may not read" in told for told in screen.notices("alert"))
    assert "Freight" not in screen.text


def test_a_question_is_followed_over_versions(dashboard: Dashboard) -> None:
    screen = dashboard.open("compare", system=SYSTEM, part="One question over versions")
    screen.choose("selectbox", "Question", "rollback-rehearsal")
    told = screen.table("Behind it")
    assert told[-1][0] == "2026.11"
    assert told[-1][2] == "Yes – gap"
    assert len(told) == len(numbers(dashboard))
    assert len(rows(linked(screen)["signal-history"])) == len(told) + 1


def test_a_metric_is_followed_over_versions_with_its_interval(dashboard: Dashboard) -> None:
    screen = dashboard.open("compare", system=SYSTEM, part="One metric over versions")
    told = screen.table("Figure")
    assert [row[0] for row in told] == ["2026.08", "2026.11"]
    assert [row[2:4] for row in told] == [["89.4 %", "871"], ["91.0 %", "814"]]
    assert 'aria-label="95 % interval 8' in "".join(screen.blocks)
    header, *figures = rows(linked(screen)["metric-history"])
    assert header == ["version", "measured_on", "figure", "low", "high", "cases", "unit"]
    assert [row[0] for row in figures] == ["2026.08", "2026.11"]


def test_what_stands_side_by_side_leaves_as_a_file(dashboard: Dashboard) -> None:
    header, *told = rows(linked(dashboard.open("compare", system=SYSTEM))["comparison"])
    assert header == ["what", "of", "left", "right"]
    assert ["verdict", "", "undetermined", "blocked"] in told or ["verdict", "", "narrow", "blocked"] in told
    assert {"answer", "metric", "metric_cases"} <= {row[0] for row in told}
