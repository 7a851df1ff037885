"""From what is stored to a review, without a store."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from readiness.model.cells import Pair
from readiness.model.dossier import Stored
from readiness.model.incidents import ReportedIncident, StoredIncident
from readiness.model.policy import Gate
from readiness.model.traces import TraceCount
from readiness.review import build, signoff
from tests import factories
from tests.factories import BASELINE, CANDIDATE, CHECKLIST, TODAY, cell, evidence, mark
from tests.review import dossiers
from tests.review.dossiers import RESULTS, SPANS, answered, dossier, file, measured, reviewed, revision, sheet


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


def test_a_review_holds_what_was_decided_of_what_is_stored() -> None:
    given = dossier({"capacity": "yes"})
    review = build.build(CHECKLIST, given, TODAY)
    assert (review.as_of, review.checklist, review.dossier) == (TODAY, CHECKLIST, given)
    assert (review.verdict.level, review.verdict.score) == ("staged", 2)
    assert review.packet.complete
    assert {row.metric for row in review.rows} == {figure.metric for _, figure in given.cells}
    assert [(result.gate, result.state) for result in review.gates] == [(given.policy.record.gates[0], "pass")]  # type: ignore[union-attr]
    assert set(review.findings) >= set(CHECKLIST.ids)
    assert (review.rejections, review.reruns) == ((), None)
    (only,) = review.history
    assert (only.id, only.assessment, only.verdict) == (4, given.assessment.record, review.verdict)
    assert only.marks == given.answers


def test_without_a_policy_no_gate_is_judged() -> None:
    review = reviewed(policy=None, monitoring=None)
    assert review.gates == []
    assert (review.packet.parts["policy"].state, review.packet.parts["monitoring"].state) == ("missing", "missing")
    assert review.verdict.level == "narrow"


# Units and directions


@pytest.mark.parametrize(
    ("stated", "unit", "direction"),
    [
        ({"metric": "latency_ms", "unit": "", "direction": "unknown"}, "ms", "lower"),
        ({"metric": "latency_ms", "unit": "ms", "direction": "higher"}, "ms", "lower"),
        ({"metric": "task_success", "unit": "", "direction": "unknown"}, "ratio", "higher"),
        ({"metric": "task_success@model-x", "unit": "", "direction": "unknown"}, "ratio", "higher"),
        ({"metric": "task_success", "unit": "ratio", "direction": "lower"}, "ratio", "higher"),
        ({"metric": "escalation_rate", "unit": "", "direction": "unknown"}, "ratio", "informational"),
        ({"metric": "escalation_rate", "unit": "", "direction": "lower"}, "ratio", "lower"),
        ({"metric": "mood", "unit": "", "direction": "unknown"}, "", "unknown"),
        ({"metric": "mood", "unit": "stars", "direction": "lower"}, "stars", "lower"),
        ({"metric": "task_success@model-x", "unit": "", "direction": "lower"}, "ratio", "higher"),
    ],
)
def test_of_known_metrics_the_unit_is_filled_in_and_the_direction_is_that_of_the_checklist(
    stated: dict[str, Any], unit: str, direction: str
) -> None:
    figure = cell(mean=0.4, passed=None, **stated)
    (row,) = measured([figure]).rows
    assert row.candidate == figure.model_copy(update={"unit": unit, "direction": direction})


def test_a_gate_says_which_way_a_metric_is_better_that_nobody_else_knows() -> None:
    figure = cell(metric="mood", mean=0.4, passed=None, unit="", direction="unknown")
    gate = Gate(metric="mood", max=0.5)
    assert [row.candidate and row.candidate.direction for row in measured([figure], gate).rows] == ["lower"]
    judged = figure.model_copy(update={"metric": "mood@model-x"})
    assert [row.candidate and row.candidate.direction for row in measured([judged], gate).rows] == ["lower"]


@pytest.mark.parametrize("metric", ["task_success", "task_success@model-x"])
def test_where_files_disagree_which_way_a_known_metric_is_better_the_checklist_says(metric: str) -> None:
    (row,) = measured([cell(metric=metric), cell(BASELINE, metric=metric, direction="lower")]).rows
    assert [side and side.direction for side in (row.baseline, row.candidate)] == ["higher", "higher"]


# Figures


def test_a_row_has_the_margin_of_its_gate_and_else_that_of_the_checklist() -> None:
    gate = Gate(metric="task_success", max_regression=0.05, same_within=0.02)
    (row,) = measured([cell()], gate).rows
    assert row.margins == {"mean": 0.02}
    metrics = [metric.model_copy(update={"same_within": 0.01}) for metric in CHECKLIST.metrics]
    stated = CHECKLIST.model_copy(update={"metrics": tuple(metrics)})
    given = dossier(cells=[(RESULTS, cell())])
    assert [row.margins for row in build.build(stated, given, TODAY).rows] == [{"mean": 0.01}]


def test_figures_of_other_versions_are_no_rows_and_those_measured_last_count() -> None:
    files = file(evidence("new.csv")) | file(evidence("old.csv", measured_on=day(-5)), 9)
    cells = [
        (7, cell(mean=0.9)),
        (9, cell(mean=0.8)),
        (9, cell(BASELINE, 0.7)),
        (9, cell("2026.05", 0.6, metric="mood")),
    ]
    (row,) = reviewed(evidence=files, cells=cells, traces=()).rows
    assert (row.candidate and row.candidate.mean, row.baseline and row.baseline.mean) == (0.9, 0.7)


def test_the_figures_that_count_come_with_their_files() -> None:
    given = dossier(cells=[(RESULTS, cell()), (RESULTS, cell("2026.05"))])
    picked = build.build(CHECKLIST, given, TODAY).picked
    assert [figure.version for figure in picked.cells] == [CANDIDATE]
    assert picked.files == {(CANDIDATE, "task_success", "*", "*"): factories.digest("results.csv")}
    assert build.build(CHECKLIST, given, day(31)).picked.cells == []


def test_how_many_result_sets_were_looked_at_is_told_with_a_gate() -> None:
    files = file(evidence("new.csv")) | file(evidence("old.csv", measured_on=day(-5)), 9)
    cells = [(7, cell(mean=0.9)), (9, cell(mean=0.8))]
    (result,) = reviewed(evidence=files, cells=cells, traces=()).gates
    assert result.looks == 2


def test_facts_are_what_is_stored_each_with_its_file() -> None:
    given = dossier()
    facts = build.build(CHECKLIST, given, TODAY).facts
    assert {file.name for _, file in facts.cells.of_version(CANDIDATE)} == {"results.csv"}
    assert [file.name for file in facts.cells.files] == ["results.csv"]
    assert {file.name for _, file in facts.traces} == {"spans.jsonl"}
    assert [trace.path for trace, _ in facts.traces] == ["good", "bad", "escalation"]
    assert (facts.assessment, facts.marks) == (given.assessment.record, given.answers)
    assert (facts.policy, facts.monitoring) == (factories.policy(), factories.monitoring())
    bare = build.build(CHECKLIST, dossier(policy=None, monitoring=None), TODAY).facts
    assert (bare.policy, bare.monitoring) == (None, None)


# Items


def test_a_file_tells_its_versions_who_added_it_and_whether_it_is_fresh() -> None:
    files = (
        file(evidence()) | file(evidence("spans.jsonl", measured_on=day(-40)), SPANS) | file(evidence("bare.csv"), 9)
    )
    review = reviewed(
        evidence=files,
        cells=[(RESULTS, cell()), (RESULTS, cell(BASELINE))],
        traces=dossiers.traced(factories.trace(version="2026.05")),
        counts=[(SPANS, TraceCount(version=CANDIDATE, traces=3)), (SPANS, TraceCount(version="2026.01", traces=1))],
    )
    assert {item.evidence.name: item.versions for item in review.items.values()} == {
        "results.csv": (BASELINE, CANDIDATE),
        "spans.jsonl": ("2026.01", "2026.05", CANDIDATE),
        "bare.csv": (),
    }
    assert [(key, item.id, item.freshness) for key, item in review.items.items()] == [
        (RESULTS, RESULTS, "fresh"),
        (SPANS, SPANS, "stale"),
        (9, 9, "fresh"),
    ]
    assert {(item.added_by, item.added_at) for item in review.items.values()} == {("omar", dossiers.AT)}


# Rejections


def rejected(review: Any, **fields: Any) -> Any:
    parts = signoff.seen(review)
    return dossiers.signed("quality lead", parts, decision="reject", comment="Too early", **fields)


def test_a_rejection_of_what_is_stored_now_blocks_the_verdict_and_the_last_of_the_history() -> None:
    before = sheet(3, factories.assessment(candidate=BASELINE, baseline="", assessed_on=day(-60)))
    review = reviewed(earlier=(before,))
    again = reviewed(earlier=(before,), sign_offs=(rejected(review),))
    assert [(rejection.role, rejection.by, rejection.on) for rejection in again.rejections] == [
        ("quality", "quality lead", TODAY)
    ]
    assert again.verdict.level == "blocked"
    assert [past.verdict for past in again.history] == [review.history[0].verdict, again.verdict]
    assert [past.id for past in again.history] == [3, 4]
    changed = reviewed({"capacity": "partial"}, earlier=(before,), sign_offs=(rejected(review),))
    assert (changed.rejections, changed.verdict.level) == ((), "staged")


# The past


def test_an_earlier_assessment_has_the_verdict_of_its_own_day_and_answers() -> None:
    first = sheet(2, factories.assessment(candidate="2026.05", baseline="", assessed_on=day(-90)), traceability="yes")
    second = sheet(3, factories.assessment(candidate=BASELINE, baseline="", assessed_on=day(-60)), capacity="yes")
    review = reviewed(earlier=(second, first))
    assert [past.id for past in review.history] == [2, 3, 4]
    assert [past.assessment.candidate for past in review.history] == ["2026.05", BASELINE, CANDIDATE]
    assert [past.verdict.level for past in review.history] == ["blocked", "narrow", "staged"]
    assert [past.marks["capacity"].mark for past in review.history] == ["no", "yes", "no"]


@pytest.mark.parametrize(
    ("assessed", "measured_on", "shown"),
    [(-10, -10, True), (-10, -9, False), (-10, -20, True), (0, 0, True), (0, 1, True), (5, 1, True)],
)
def test_what_was_measured_after_the_day_of_an_assessment_did_not_count_then(
    assessed: int, measured_on: int, shown: bool
) -> None:
    past = factories.assessment(candidate=CANDIDATE, baseline=BASELINE, assessed_on=day(assessed))
    later = evidence(measured_on=day(measured_on)), evidence("spans.jsonl", kind="traces", measured_on=day(measured_on))
    review = reviewed(earlier=(sheet(3, past),), evidence=file(later[0]) | file(later[1], SPANS))
    answers = review.history[0].verdict.answers
    assert (answers["cohort-success"].state == "shown") is shown
    assert (answers["traceability"].state == "shown") is shown


def test_files_without_a_date_of_measurement_are_kept_beside_those_that_came_later() -> None:
    given = dossier(
        evidence=file(evidence(measured_on=None)) | file(evidence("spans.jsonl", measured_on=day(5)), SPANS),
        cells=[(RESULTS, cell()), (SPANS, cell(BASELINE))],
    )
    assert list(build._measured_by(given, TODAY)) == [RESULTS]
    assert list(build._measured_by(given, day(5))) == [RESULTS, SPANS]


def test_an_assessment_without_a_day_has_the_verdict_of_the_last_day_there_is() -> None:
    undated = factories.assessment(assessed_on=None)
    review = reviewed(earlier=(sheet(3, undated),))
    assert review.history[0].verdict.answers["cohort-success"].state == "attested"


# After another review

FILE = evidence()
BOTH: dict[str, Any] = {"first": BASELINE, "second": CANDIDATE, "first_file": FILE.digest, "second_file": FILE.digest}
PAIR = Pair(**BOTH, metric="task_success", **factories.pair_figures(80, 1, 12, 7))
APART = mark("grounded-boundary", "no", not_applicable=True, note="It answers no questions.")
REPORTED = ReportedIncident(what="It made a carrier up", on=TODAY, cohort="language=ja", signals=["abstention"])
PARTS = ("rows", "gates", "packet", "findings", "verdict", "history", "items")


@pytest.mark.parametrize(
    "changed",
    [
        {"policy": revision(factories.policy(gates=[Gate(metric="task_success", min=0.999)]))},
        {"assessment": Stored(4, 2, factories.assessment(candidate="2026.09"))},
        {"earlier": (sheet(3, factories.assessment(candidate=BASELINE, baseline="", assessed_on=day(-60))),)},
        {"evidence": file(evidence(measured_on=day(-400))) | file(evidence("spans.jsonl", kind="traces"), SPANS)},
        {"traces": ()},
        {"incidents": (StoredIncident(1, 1, REPORTED, (), "omar", dossiers.AT, ""),)},
        {"cells": [(RESULTS, cell(CANDIDATE, 0.2)), (RESULTS, cell(BASELINE, 0.9))]},
        {"pairs": (PAIR,)},
        {"marks": dossiers.stored(answered({"grounded_boundary": APART}))},
        {"marks": dossiers.stored(answered({"capacity": "yes"}))},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_after_another_review_it_is_what_it_would_be_alone(changed: dict[str, Any]) -> None:
    grounded = ("groundedness", "answer_mode_labelled")
    given = dossier(cells=[(RESULTS, one) for one in dossiers.good() if one.metric not in grounded])
    before, now = build.build(CHECKLIST, given, TODAY), replace(given, **changed)
    after, alone = build.build(CHECKLIST, now, TODAY, before), build.build(CHECKLIST, now, TODAY)
    for part in PARTS:
        assert getattr(after, part) == getattr(alone, part), part
    assert any(getattr(alone, part) != getattr(before, part) for part in PARTS)


def test_where_a_gap_moved_figures_are_those_of_the_review_before() -> None:
    given = dossier({"capacity": mark("capacity", "yes", due=day(3))})
    moved = replace(given, marks=dossiers.stored(answered({"capacity": mark("capacity", "yes", due=day(9))})))
    before = build.build(CHECKLIST, given, TODAY)
    after = build.build(CHECKLIST, moved, TODAY, before)
    assert (after.boards, after.rows, after.gates) == (before.boards, before.rows, before.gates)
    assert after.boards is before.boards
    assert after.facts.cells is before.facts.cells
    assert after.facts.marks["capacity"].due == day(9)
    other = CHECKLIST.model_copy()
    for again in (build.build(CHECKLIST, moved, day(1), before), build.build(other, moved, TODAY, before)):
        assert again.boards is not before.boards


# Gates that stand otherwise


def test_gates_that_stood_otherwise_change_what_rests_on_gates_alone() -> None:
    review = reviewed()
    failing = [replace(result, state="fail") for result in review.gates]
    again = build.decided_again(review, failing)
    assert build.decided_again(review, review.gates) == review.verdict
    assert again.level == "blocked"
    more = set(again.fired) - set(review.verdict.fired)
    assert {(fired.rule, fired.signal) for fired in more} == {
        ("override-contradicted", "regression-gates"),
        ("release-rule", ""),
    }
    assert again.answers["regression-gates"].state == "contradicted"
    same = {name: standing for name, standing in again.answers.items() if name != "regression-gates"}
    assert same == {name: review.verdict.answers[name] for name in same}


def test_gates_that_pass_again_leave_a_rejection_as_it_is() -> None:
    review = reviewed(sign_offs=(rejected(reviewed()),))
    assert build.decided_again(review, review.gates).level == "blocked"


def test_marks_are_held_against_the_evidence_of_their_own_signal() -> None:
    review = reviewed({"capacity": mark("capacity", "no")}, cells=())
    assert review.verdict.answers["capacity"].state == "not shown"
    assert review.verdict.answers["ownership"].state == "shown"
    assert Stored(4, 1, review.assessment) == review.dossier.assessment
