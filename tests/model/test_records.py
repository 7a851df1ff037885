from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from readiness.errors import from_validation
from readiness.model.assessment import Assessment, Mark, System
from readiness.model.cells import Cell
from readiness.model.evidence import Evidence
from readiness.model.policy import Gate, RolloutStage
from readiness.model.record import Record
from tests.factories import TODAY, cell, evidence, mark

REFUSED: list[tuple[type[Record], dict[str, Any], str]] = [
    (Mark, {"signal": "capacity", "mark": "maybe"}, "mark: 'maybe' is not allowed here; expected 'no', 'partial' or"),
    (Mark, {"signal": "Not A Slug"}, "signal: 'Not A Slug' is not allowed here"),
    (Mark, {"mark": "no"}, "signal: this required key is missing"),
    (Mark, {"signal": "capacity", "colour": "red"}, "colour: this key is not known"),
    (Mark, {"signal": "capacity", "mark": "partial"}, "a partial mark does not say what it holds for"),
    (Mark, {"signal": "capacity", "mark": "partial", "holds_for": "  "}, "a partial mark does not say"),
    (Mark, {"signal": "capacity", "mark": "no", "critical": True, "critical_reason": "x"}, "critical only with a yes"),
    (Mark, {"signal": "capacity", "mark": "yes", "critical": True}, "critical is set without a reason"),
    (Mark, {"signal": "capacity", "mark": "yes", "critical": True, "critical_reason": " "}, "without a reason"),
    (Mark, {"signal": "capacity", "mark": "no", "not_applicable": True}, "not_applicable stands alone"),
    (Mark, {"signal": "capacity", "mark": "yes", "not_applicable": True, "note": "no tools"}, "not_applicable"),
    (Mark, {"signal": "capacity", "due": "2026-02-30"}, "due: '2026-02-30' is not allowed here; expected a date that"),
    (Mark, {"signal": "capacity", "owner": "x" * 301}, "owner: "),
    (Gate, {"metric": "task_success"}, "the gate has no threshold; expected min, max or max_regression"),
    (Gate, {"metric": "task_success", "min": 0.9, "min_n": 0}, "min_n: 0 is not allowed here"),
    (Gate, {"metric": "task_success", "max_regression": -0.1}, "max_regression: -0.1 is not allowed here"),
    (Gate, {"metric": "task_success", "min": float("nan")}, "min: nan is not allowed here; expected"),
    (Gate, {"metric": "task_success", "min": 0.9, "max": float("inf")}, "max: inf is not allowed here; expected"),
    (Gate, {"metric": "task_success", "max_regression": float("inf")}, "max_regression: inf is not allowed here"),
    (RolloutStage, {"name": "canary", "share": 1.5}, "share: 1.5 is not allowed here"),
    (System, {"slug": "", "name": "Copilot"}, "slug: '' is not allowed here"),
    (Assessment, {"candidate": ""}, "candidate: '' is not allowed here"),
    (Cell, {"version": "2026.11", "metric": "task_success", "n": -1}, "n: -1 is not allowed here"),
    (Evidence, {"name": "a", "format": "f", "kind": "results", "digest": "abc", "size": 1}, "digest: 'abc' is not"),
]


@pytest.mark.parametrize(("kind", "fields", "sentence"), REFUSED)
def test_what_does_not_hold_together_is_refused_with_its_place(
    kind: type[Record], fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        kind.model_validate(fields)
    assert sentence in str(from_validation(refused.value))


def test_a_missing_mark_is_null_and_no_gap() -> None:
    unanswered = Mark(signal="capacity")
    assert unanswered.mark is None
    assert not unanswered.is_gap


@pytest.mark.parametrize(("value", "is_gap"), [("no", False), ("partial", True), ("yes", True)])
def test_a_partial_and_a_yes_are_gaps(value: Any, is_gap: bool) -> None:
    assert mark("capacity", value).is_gap == is_gap


@pytest.mark.parametrize(
    ("days", "shelf_life", "freshness"),
    [
        (-2, 30, "later"),
        (-1, 30, "fresh"),
        (0, 30, "fresh"),
        (30, 30, "fresh"),
        (31, 30, "stale"),
        (1, 1, "fresh"),
        (2, 1, "stale"),
    ],
)
def test_evidence_is_fresh_for_its_shelf_life(days: int, shelf_life: int, freshness: str) -> None:
    file = evidence(measured_on=TODAY, shelf_life_days=shelf_life)
    as_of = TODAY + dt.timedelta(days=days)
    assert file.freshness(as_of) == freshness
    assert file.stale(as_of) == (freshness != "fresh")
    assert file.fresh_days
    first, last = file.fresh_days
    assert (first <= as_of <= last) == (freshness == "fresh")


def test_evidence_without_a_date_of_measurement_never_counts() -> None:
    assert evidence(measured_on=None).freshness(TODAY) == "undated"
    assert evidence(measured_on=None).stale(TODAY)
    assert evidence(measured_on=None).fresh_days is None


def test_a_cohort_is_a_dimension_and_a_value() -> None:
    assert cell(dimension="tenant", value="acme").cohort == "tenant=acme"
    assert cell().cohort == "*"
