from __future__ import annotations

import datetime as dt
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from readiness.errors import InputError, from_validation
from readiness.model.assessment import Assessment, Mark, System
from readiness.model.cells import QUANTILES, Cell, Pair
from readiness.model.checks import JudgedCheck
from readiness.model.dossier import AssessmentSheet, Done, FileContents, Stored
from readiness.model.evidence import Evidence, ReadAs
from readiness.model.monitoring import MonitoringPlan
from readiness.model.policy import APPROVER_ROLES, Approver, Budget, Gate, ReleasePolicy, RolloutStage
from readiness.model.record import Record
from readiness.model.sign_off import SignOff
from readiness.model.traces import (
    PATHS,
    UNREDACTED_DAYS,
    Excerpt,
    KeptReason,
    Span,
    StageFigure,
    TraceCount,
    TracePath,
)
from tests.factories import TODAY, assessment, cell, evidence, mark

FILE: dict[str, Any] = {"name": "a", "format": "f", "kind": "results", "digest": "0" * 64, "size": 0}
CELL: dict[str, Any] = {"version": "2026.11", "metric": "task_success"}
COUNTS = ("n", "errors", "passed", "cases", "clusters")
JUDGED: dict[str, Any] = {"kind": "judged"}
PAIRED = dict.fromkeys(("cases", "n", "both", "only_first", "only_second", "neither"), 0)
PAIR: dict[str, Any] = PAIRED | {
    "mean_first": 0.9,
    "mean_second": 0.9,
    "first": "1",
    "second": "2",
    "first_file": "",
    "second_file": "",
    "metric": "task_success",
}
STAGE: dict[str, Any] = {
    "kind": "model",
    "p50": 1.0,
    "p95": 2.0,
    "p99": 3.0,
    "share": 0.5,
    "n": 0,
    "errors": 0,
    "retries": 0,
}
COUNT: dict[str, Any] = dict.fromkeys(("traces", "no_request", "no_retrieval", "no_tool", "no_output", "no_timing"), 0)
SIGNED: dict[str, Any] = {"role": "quality", "decision": "approve", "parts": {}, "digest": "0" * 64}
REFUSED: list[tuple[type[BaseModel], dict[str, Any], str]] = [
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
    (RolloutStage, {"name": "canary", "share": -0.1}, "share: -0.1 is not allowed here"),
    (RolloutStage, {"name": "canary", "hours": -1}, "hours: -1 is not allowed here"),
    (Budget, {"timeout_ms": 0}, "timeout_ms: 0 is not allowed here"),
    (Budget, {"retries": -1}, "retries: -1 is not allowed here"),
    (ReleasePolicy, {"peak_concurrency": 0}, "peak_concurrency: 0 is not allowed here"),
    (Mark, {"signal": "capacity", "mark": "no", "not_applicable": True, "note": " "}, "not_applicable stands alone"),
    (Mark, {"signal": "s" * 81}, "signal: "),
    (Mark, {"signal": "capacity", "note": "x" * 20_001}, "note: "),
    (Assessment, {"candidate": "1", "baseline": "1"}, "the baseline is the candidate itself"),
    (Assessment, {"candidate": "x" * 301}, "candidate: "),
    (SignOff, SIGNED | {"decision": "reject"}, "the decision has no comment; expected one that says what has to"),
    (SignOff, SIGNED | {"decision": "changes", "comment": " "}, "the decision has no comment"),
    (SignOff, SIGNED | {"digest": "0" * 63}, "digest: "),
    (System, {"slug": "", "name": "Copilot"}, "slug: '' is not allowed here"),
    (Assessment, {"candidate": ""}, "candidate: '' is not allowed here"),
    (Cell, {"version": "2026.11", "metric": "task_success", "n": -1}, "n: -1 is not allowed here"),
    (Evidence, {"name": "a", "format": "f", "kind": "results", "digest": "abc", "size": 1}, "digest: 'abc' is not"),
    *[(Evidence, FILE | {name: -1}, f"{name}: -1 is not allowed here") for name in ("size", "kept", "skipped")],
    (Evidence, FILE | {"shelf_life_days": 0}, "shelf_life_days: 0 is not allowed here"),
    *[(Cell, CELL | {name: -1}, f"{name}: -1 is not allowed here") for name in COUNTS],
    (Cell, CELL | {"repeats": 1}, "repeats: 1 is not allowed here"),
    (Gate, {"metric": "m", "min": 0.9, "same_within": 0}, "same_within: 0 is not allowed here"),
    (Gate, {"metric": "m", "max_regression": 0.01, "same_within": 0.02}, "a change of 0.02 is not the same where at"),
    *[(ReleasePolicy, {"public_dimensions": [name]}, "a public dimension has no name") for name in (" ", "*")],
    *[(JudgedCheck, JUDGED | {name: 0}, f"{name}: 0 is not allowed here") for name in ("min_n", "min_kappa")],
    (JudgedCheck, JUDGED | {"min_kappa": 1}, "min_kappa: 1 is not allowed here"),
    *[(Pair, PAIR | {name: -1}, f"{name}: -1 is not allowed here") for name in PAIRED],
    *[(StageFigure, STAGE | {name: -1}, f"{name}: -1 is not") for name in ("n", "errors", "retries")],
    *[(TraceCount, COUNT | {name: -1}, f"{name}: -1 is not allowed here") for name in COUNT],
]
ACCEPTED: list[tuple[type[Record], dict[str, Any]]] = [
    (Mark, {"signal": "s" * 80, "note": "x" * 20_000, "owner": "x" * 300}),
    (Mark, {"signal": "capacity", "mark": "no", "not_applicable": True, "note": "no tools"}),
    (Mark, {"signal": "capacity", "mark": "yes", "critical": True, "critical_reason": "a regulator asked"}),
    (Assessment, {"candidate": "2", "baseline": "1"}),
    (Assessment, {"candidate": "x" * 300, "baseline": ""}),
    (Cell, CELL | dict.fromkeys(COUNTS, 0) | {"repeats": 2}),
    (Gate, {"metric": "m", "max_regression": 0.01, "same_within": 0.01}),
    (Gate, {"metric": "m", "max_regression": 0, "same_within": None}),
    (Gate, {"metric": "m", "min": 0.9, "same_within": 0.5}),
    (ReleasePolicy, {"public_dimensions": ["language"]}),
    (SignOff, SIGNED),
    (SignOff, SIGNED | {"decision": "reject", "comment": "too short"}),
    (Gate, {"metric": "latency_ms", "max": 1, "min_n": 1}),
    (Gate, {"metric": "latency_ms", "max_regression": 0}),
    (RolloutStage, {"name": "canary", "share": 0, "hours": 0}),
    (RolloutStage, {"name": "everybody", "share": 1}),
    (Budget, {"timeout_ms": 0.5, "retries": 0}),
    (ReleasePolicy, {"peak_concurrency": 1}),
    (Evidence, FILE | {"kept": 0, "skipped": 0, "shelf_life_days": 1}),
    (Cell, CELL | {"n": 0, "errors": 0, "passed": 0}),
    (Pair, PAIR),
    (StageFigure, STAGE),
    (TraceCount, COUNT),
]
"""What lies at the very edge of what is allowed."""


@pytest.mark.parametrize(("kind", "fields", "sentence"), REFUSED)
def test_what_does_not_hold_together_is_refused_with_its_place(
    kind: type[BaseModel], fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        kind.model_validate(fields)
    assert sentence in str(from_validation(refused.value))


@pytest.mark.parametrize(("kind", "fields"), ACCEPTED)
def test_what_lies_at_the_edge_of_what_is_allowed_is_kept_as_it_is(kind: type[Record], fields: dict[str, Any]) -> None:
    kept = kind.checked(**fields)
    assert {name: getattr(kept, name) for name in fields} == fields


@pytest.mark.parametrize(
    ("record", "plain"),
    [
        (Cell(**CELL), {"workflow": "*", "dimension": "*", "value": "*", "n": None, "errors": 0, "passed": None}),
        (Cell(**CELL), {"stated": False}),
        (Pair(**PAIR), {"workflow": "*", "dimension": "*", "value": "*"}),
        (Evidence(**FILE), {"shelf_life_days": 30, "kept": 0, "skipped": 0, "measured_on": None}),
        (Gate(metric="task_success", min=0.9), {"workflow": "*", "cohort": "*", "stat": "mean", "min_n": 1}),
        (Mark(signal="capacity"), {"evidence": [], "critical": False, "not_applicable": False, "due": None}),
        (TraceCount(traces=3), COUNT | {"traces": 3}),
        (StageFigure(kind="model", n=1, p50=1, p95=2, p99=3, share=0.5), {"workflow": "*", "errors": 0, "retries": 0}),
        (KeptReason(kind="labelled"), {"duration_ns": 0, "count": 0, "total": 0, "path": None}),
        (MonitoringPlan(), {"by_cohort": False, "alerts": [], "covers": []}),
        (RolloutStage(name="canary"), {"share": None, "hours": None}),
        (Budget(), {"timeout_ms": None, "retries": None}),
        (ReleasePolicy(), {"peak_concurrency": None, "gates": []}),
    ],
    ids=lambda record: type(record).__name__,
)
def test_what_nobody_states_has_a_harmless_value(record: Record, plain: dict[str, Any]) -> None:
    assert {name: getattr(record, name) for name in plain} == plain


def test_a_gate_says_what_it_looks_at() -> None:
    assert Gate(metric="task_success", min=0.9).subject == "task_success"
    assert Gate(metric="latency_ms", stat="p95", workflow="each", max=1).subject == "latency_ms p95 in each workflow"
    asked = Gate(metric="task_success", workflow="refund", cohort="language=ja", min=0.9)
    assert asked.subject == "task_success in refund for language=ja"
    assert Gate(metric="task_success", cohort="each", min=0.9).subject == "task_success for each cohort"


def test_an_excerpt_is_bound_to_the_text_of_its_span() -> None:
    span = Span(span_id="s-1", start_ns=1, input="What?", output="That.")
    assert Excerpt.of("t-1", span, "output").model_dump() == {
        "trace_id": "t-1",
        "span_id": "s-1",
        "field": "output",
        "digest": "748b06c5c3f0552b975ae77d54509970455e4208ffbf7c311824a1bdd2e5259f",
    }


def test_a_pair_names_its_cohort() -> None:
    assert Pair(**PAIR).cohort == "*"
    assert Pair(**PAIR | {"dimension": "language", "value": "ja"}).cohort == "language=ja"


def test_a_figure_is_of_as_many_independent_cases_as_it_has_clusters() -> None:
    assert [Cell(**CELL | {"n": 400, "clusters": clusters}).independent for clusters in (20, None)] == [20, 400]


def test_evidence_counts_from_the_day_before_to_the_end_of_its_shelf_life_and_never_leaves_the_calendar() -> None:
    assert evidence(measured_on=TODAY, shelf_life_days=7).fresh_days == (
        TODAY - dt.timedelta(days=1),
        TODAY + dt.timedelta(days=7),
    )
    assert evidence(measured_on=dt.date.min).fresh_days == (dt.date.min, dt.date(1, 1, 31))
    assert evidence(measured_on=dt.date.max).fresh_days == (dt.date(9999, 12, 30), dt.date.max)


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


def test_what_a_person_typed_is_refused_in_one_sentence_with_its_field() -> None:
    with pytest.raises(InputError) as refused:
        Gate.checked(metric="task_success", min_n=0, min=0.9)
    assert str(refused.value).startswith("min_n: 0 is not allowed here; expected ")


def test_a_write_changes_something_and_erases_nothing_unless_it_says_otherwise() -> None:
    done = Done("stored")
    assert (done.changed, done.erased) == (True, False)


def test_the_answers_of_a_sheet_are_its_marks_by_signal() -> None:
    marks = {signal: Stored(at, 1, mark(signal, "yes")) for at, signal in enumerate(("capacity", "sign-off"))}
    sheet = AssessmentSheet(Stored(1, 1, assessment()), marks, None, None, None)
    assert sheet.answers == {"capacity": marks["capacity"].record, "sign-off": marks["sign-off"].record}


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ({}, {}),
        ({"version": "2", "chosen": ["t-1"]}, {"version": "2", "chosen": ["t-1"]}),
        ({"raw_until": TODAY, "mapping": {}}, {"mapping": {}, "raw_until": "2026-11-20"}),
        ({"raw_until": None, "shape": "a"}, {"shape": "a", "raw_until": None}),
    ],
)
def test_of_how_a_file_is_read_only_what_was_said_is_stored(said: dict[str, Any], stored: dict[str, Any]) -> None:
    assert ReadAs(**said).model_dump() == stored
    assert ReadAs.model_validate(stored) == ReadAs(**said)


def test_three_roles_have_to_agree_and_then_those_that_somebody_is_named_for() -> None:
    assert APPROVER_ROLES == ("quality", "policy", "operations")
    named = [Approver(role=role, name=name) for role, name in (("legal", "zoe"), ("policy", "dana"), ("legal", "ada"))]
    assert ReleasePolicy(approvers=named).roles == ["quality", "policy", "operations", "legal"]
    assert ReleasePolicy().roles == ["quality", "policy", "operations"]


def test_an_approver_of_a_role_is_named_once_however_the_name_is_written() -> None:
    names = (" Zoe ", "zoe", "", "  ", "Ada")
    named = [Approver(role="legal", name=name) for name in names] + [Approver(role="policy", name="Omar")]
    assert [name.casefold() for name in ReleasePolicy(approvers=named).approvers_of("legal")] == ["zoe", "ada"]
    assert ReleasePolicy(approvers=named).approvers_of("quality") == []


def test_the_paths_of_a_packet_are_those_that_a_trace_can_take() -> None:
    assert get_args(TracePath) == PATHS == ("good", "bad", "escalation")


def test_texts_before_redaction_are_kept_for_thirty_days_at_most() -> None:
    assert UNREDACTED_DAYS == 30


def test_a_check_of_judges_may_ask_for_little_or_much() -> None:
    lenient = JudgedCheck(**JUDGED, min_n=1, min_kappa=0.99)
    assert (lenient.min_n, lenient.min_kappa) == (1, 0.99)


def test_the_quantiles_of_a_figure_are_those_that_its_name_says() -> None:
    assert (
        {name: float(name.replace("p", "0.")) for name in QUANTILES}
        == QUANTILES
        == dict(zip(("p50", "p95", "p99"), (0.5, 0.95, 0.99), strict=True))
    )


def test_a_file_renews_what_is_kept_of_it_only_where_that_is_said() -> None:
    assert not FileContents(Evidence(**FILE)).renews


def test_a_record_of_what_was_validated_before_is_the_one_that_was() -> None:
    one = cell(n=3, mean=0.5)
    again, other = (Cell.trusted({**one.__dict__, "errors": errors}) for errors in (one.errors, 7))
    assert again == one
    assert (again.model_dump(), hash(again.cohort)) == (one.model_dump(), hash(one.cohort))
    assert (other.errors, other.model_copy(update={"errors": one.errors})) == (7, one)
    assert Cell.model_validate(other.model_dump()) == other
    assert one.errors == again.errors != 7
