"""Which evidence is of the version under review, which answers are of one before, and what one can point at."""

from __future__ import annotations

import datetime as dt
from typing import Any

from readiness.model.assessment import Mark
from readiness.model.dossier import AssessmentSheet
from readiness.review import references, summaries, whose
from tests import factories
from tests.factories import BASELINE, CANDIDATE, TODAY, mark
from tests.review import dossiers

BEFORE = TODAY - dt.timedelta(days=30)


def earlier(number: int, candidate: str, day: dt.date, **answers: Any) -> AssessmentSheet:
    return dossiers.sheet(number, factories.assessment(candidate=candidate, baseline="", assessed_on=day), **answers)


def test_an_open_question_shows_the_last_answer_of_the_versions_before() -> None:
    sheets = (earlier(3, "2026.10", BEFORE, ownership=None), earlier(2, "2026.09", BEFORE - dt.timedelta(days=30)))
    found = dossiers.reviewed({"ownership": None, "capacity": None}, earlier=sheets)
    by_id = {answer.signal.id: answer for answer in found.answers}
    ownership, capacity = by_id["ownership"].was, by_id["capacity"].was
    assert ownership
    assert capacity
    assert (ownership.candidate, ownership.assessed_on) == ("2026.09", BEFORE - dt.timedelta(days=30))
    assert capacity.candidate == "2026.10"
    assert found.to_confirm == (by_id["capacity"], by_id["ownership"])
    assert "2 to be confirmed from the version before" in summaries.checklist(found)
    assert all(answer.was is None for answer in found.answers if answer.mark.mark)


def test_what_was_confirmable_counts_for_nothing() -> None:
    sheets = (earlier(3, "2026.10", BEFORE),)
    found = dossiers.reviewed({"ownership": None}, earlier=sheets)
    assert found.verdict == dossiers.reviewed({"ownership": None}).verdict
    assert "ownership" in found.verdict.unanswered


def test_a_gap_of_the_version_before_is_shown_and_not_confirmed_by_one_word() -> None:
    sheets = (earlier(3, "2026.10", BEFORE, ownership="yes"),)
    found = dossiers.reviewed({"ownership": None}, earlier=sheets)
    (answer,) = [answer for answer in found.answers if answer.was]
    assert answer.was
    assert answer.was.mark.mark == "yes"
    assert not answer.to_confirm
    assert found.to_confirm == ()


def test_files_are_of_the_candidate_and_versions_are_earlier_ones() -> None:
    found = dossiers.reviewed(earlier=(earlier(3, "2026.10", BEFORE), earlier(2, BASELINE, BEFORE)))
    assert {item.evidence.name for item in whose.own_files(found)} == {"results.csv", "spans.jsonl"}
    assert whose.earlier_versions(found) == {"2026.10"}
    other = dossiers.reviewed(cells=[(dossiers.RESULTS, factories.cell(BASELINE))], traces=())
    assert whose.own_files(other) == ()


def test_an_answer_points_at_files_traces_figures_and_what_others_point_at() -> None:
    odd = mark("capacity", "no", evidence=["https://evidence.example/load"])
    before = Mark(signal="ownership", mark="no", evidence=["https://evidence.example/owners"])
    known = references.known(
        dossiers.reviewed(
            {"capacity": odd, "ownership": None}, earlier=(earlier(3, "2026.10", BEFORE, ownership=before),)
        )
    )
    assert known[:2] == ["results.csv", "spans.jsonl"]
    assert "scorecard: task_success" in known
    assert any(name.startswith("trace ") and name.endswith(" bad path") for name in known)
    assert {"https://evidence.example/load", "https://evidence.example/owners", "policy"} <= set(known)
    assert len(known) == len(set(known))
    assert CANDIDATE not in known
