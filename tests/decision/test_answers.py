"""What stands behind one answer, why, and what it counts when only evidence does."""

from __future__ import annotations

from typing import Any

import pytest

from readiness.decision.answers import AnswerStanding, Finding, Outcome, references, stand
from readiness.model.assessment import Mark
from readiness.model.checklist import AnswerState
from tests.factories import CHECKLIST, mark

WHY = "the candidate reached 0.71 of 0.90"
REFERENCE: dict[str, Any] = {"evidence": ["https://wiki/runbook"]}
NOT_APPLICABLE: dict[str, Any] = {"not_applicable": True, "note": "no tools"}


def standing(answer: Mark | None, outcome: Outcome | None) -> AnswerStanding:
    return stand(CHECKLIST, "capacity", answer, Finding("capacity", outcome, WHY) if outcome else None)


@pytest.mark.parametrize(
    ("answer", "outcome", "state", "points"),
    [
        (None, None, "unanswered", 2),
        (None, "supports", "unanswered", 2),
        (mark("capacity"), None, "unanswered", 2),
        (mark("capacity"), "contradicts", "unanswered", 2),
        (mark("capacity", "no"), "supports", "shown", 0),
        (mark("capacity", "no"), "contradicts", "contradicted", 2),
        (mark("capacity", "no"), "uncovered", "uncovered", 1),
        (mark("capacity", "no"), "silent", "not shown", 1),
        (mark("capacity", "no"), None, "not shown", 1),
        (mark("capacity", "no", **REFERENCE), "silent", "attested", 0),
        (mark("capacity", "no", **REFERENCE), None, "attested", 0),
        (mark("capacity", "no", **REFERENCE), "uncovered", "uncovered", 1),
        (mark("capacity", "no", **NOT_APPLICABLE), "silent", "attested", 0),
        (mark("capacity", "no", **NOT_APPLICABLE), "uncovered", "attested", 0),
        (mark("capacity", "no", **NOT_APPLICABLE), "contradicts", "contradicted", 2),
        (mark("capacity", "no", **NOT_APPLICABLE), "supports", "shown", 0),
        (mark("capacity", "partial"), "supports", "shown", 1),
        (mark("capacity", "partial"), "uncovered", "uncovered", 1),
        (mark("capacity", "partial"), "silent", "not shown", 1),
        (mark("capacity", "partial"), "contradicts", "contradicted", 2),
        (mark("capacity", "yes"), "contradicts", "shown", 2),
        (mark("capacity", "yes"), "supports", "not shown", 2),
        (mark("capacity", "yes"), "uncovered", "not shown", 2),
        (mark("capacity", "yes", **REFERENCE), "supports", "attested", 2),
    ],
)
def test_an_answer_stands_on_what_is_found_and_else_on_its_references(
    answer: Mark | None, outcome: Outcome | None, state: AnswerState, points: int
) -> None:
    told = standing(answer, outcome)
    assert (told.signal, told.state, told.points) == ("capacity", state, points)


def test_what_is_found_says_why_an_answer_stands_as_it_does() -> None:
    assert standing(mark("capacity", "no"), "contradicts").why == WHY
    assert standing(mark("capacity", "no"), "silent").why == WHY
    assert standing(mark("capacity", "no"), None).why == "nothing is looked for"
    assert standing(mark("capacity"), "supports").why == "nobody has answered"
    assert standing(None, None).why == "nobody has answered"


@pytest.mark.parametrize(
    ("named", "stands"),
    [
        (["one"], "it rests on one"),
        (["one", "two"], "it rests on one and two"),
        (["one", "two", "three"], "it rests on one and two and 1 more"),
        (["one", "two", "three", "four"], "it rests on one and two and 2 more"),
    ],
)
def test_an_attested_answer_names_two_references_and_counts_the_rest(named: list[str], stands: str) -> None:
    answer = mark("capacity", "no", evidence=named)
    assert standing(answer, "silent").why == f"{stands}, and no check decides: {WHY}"


def test_an_answer_that_does_not_apply_rests_on_its_reason() -> None:
    why = standing(mark("capacity", "no", **NOT_APPLICABLE), "uncovered").why
    assert why == f"it is said not to apply, with a reason, and no check decides: {WHY}"


def test_parts_and_files_are_references_only_where_they_hold_what_is_asked() -> None:
    named = mark("capacity", "no", evidence=[" Scorecard ", "load.csv", "old.csv", "", "  ", "https://wiki/runbook"])
    found = Finding("capacity", "silent", WHY, frozenset({"load.csv"}), frozenset({"scorecard", "old.csv"}))
    assert references(named, found) == ("load.csv", "https://wiki/runbook")
    both = Finding("capacity", "silent", WHY, frozenset({"scorecard"}), frozenset({"scorecard", "old.csv"}))
    assert references(named, both) == ("Scorecard", "load.csv", "https://wiki/runbook")
    assert references(named, None) == ("load.csv", "old.csv", "https://wiki/runbook")
