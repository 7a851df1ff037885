"""What a scorecard lacks of what gates and checks ask for, place by place."""

from __future__ import annotations

from typing import Any

import pytest

from readiness.decision import coverage
from readiness.decision.facts import Facts, StoredCells
from readiness.model.assessment import Expected
from readiness.model.cells import Cell
from readiness.model.checklist import Checklist
from readiness.model.checks import MeasuredCheck
from readiness.model.policy import Gate
from tests import factories
from tests.factories import BASELINE, CANDIDATE, CHECKLIST, cell, evidence, mark


def asking(*checks: MeasuredCheck) -> Checklist:
    """A checklist of which one signal asks for figures."""
    signals = [signal.model_copy(update={"checks": ()}) for signal in CHECKLIST.signals]
    signals[0] = signals[0].model_copy(update={"checks": checks})
    attestations = tuple(signal.model_copy(update={"checks": ()}) for signal in CHECKLIST.attestations)
    return CHECKLIST.model_copy(update={"signals": tuple(signals), "attestations": attestations})


def check(by: Any = "", metric: str = "task_success") -> MeasuredCheck:
    return MeasuredCheck(kind="measured", metric=metric, by=by)


def figure(workflow: str = "*", cohort: str = "*", metric: str = "task_success", **fields: Any) -> Cell:
    dimension, _, value = cohort.partition("=")
    return cell(workflow=workflow, dimension=dimension, value=value or "*", metric=metric, **fields)


def lacking(
    checklist: Checklist, cells: list[Cell], *gates: Gate, others: list[Cell] | None = None, **facts: Any
) -> list[str]:
    """What the cells lack, where they and the others are stored."""
    stored = StoredCells.of([(each, evidence()) for each in [*cells, *(others or [])]])
    policy = factories.policy(gates=list(gates))
    usual: dict[str, Any] = {
        "assessment": factories.assessment(),
        "marks": {},
        "cells": stored,
        "policy": policy,
    }
    known = Facts(**usual | facts)
    return list(coverage.gaps(checklist, known, cells))


def test_a_figure_over_all_cases_is_enough_where_no_place_is_asked_for() -> None:
    assert lacking(asking(check()), [figure()]) == []
    assert lacking(asking(check()), [figure("refund")]) == []
    assert lacking(asking(check()), []) == ["no case measures task_success"]
    assert lacking(asking(check(), check(metric="mood")), [figure()]) == ["no case measures mood"]
    assert lacking(asking(check(), check(metric="mood")), []) == ["no case measures task_success or mood"]


def test_figures_of_no_cases_measure_nothing() -> None:
    assert lacking(asking(check()), [figure(n=0), figure("refund", n=None)]) == ["no case measures task_success"]


def test_a_metric_that_a_judge_scored_is_measured() -> None:
    assert lacking(asking(check()), [figure(metric="task_success@model-x")]) == []
    assert lacking(asking(check(metric="task_success@model-x")), [figure(metric="task_success@model-x")]) == []
    other = lacking(asking(check(metric="task_success@model-y")), [figure(metric="task_success@model-x")])
    assert other == ["no case measures task_success@model-y"]


@pytest.mark.parametrize(
    ("by", "missing"),
    [
        ("", []),
        ("workflow", ["no case of quote measures task_success"]),
        ("cohort", ["no case of language=ja or tenant=acme measures task_success"]),
        ("language", ["no case of language=ja measures task_success"]),
        ("tenant", ["no case of tenant=acme measures task_success"]),
        ("intent", []),
    ],
)
@pytest.mark.parametrize("version", [BASELINE, CANDIDATE])
def test_a_check_asks_for_each_place_that_is_stored_of_one_of_the_two_versions(
    by: str, missing: list[str], version: str
) -> None:
    there = [figure(), figure("refund"), figure(cohort="language=de")]
    elsewhere = [
        figure("quote", metric="mood", version=version),
        figure(cohort="language=ja", metric="mood", version=version),
        figure(cohort="tenant=acme", metric="mood", version=version),
    ]
    assert lacking(asking(check(by)), there, others=elsewhere) == missing
    older = [figure("fax", version="2026.05"), figure(cohort="language=fr", version="2026.05")]
    assert lacking(asking(check(by)), there, others=older) == []


def test_loads_and_severities_are_no_groups_of_users() -> None:
    apart = [figure(cohort="concurrency=200", metric="mood"), figure(cohort="severity=critical", metric="mood")]
    loads = [check for signal in CHECKLIST.all for check in signal.checks if check.kind == "load"]
    assert {load.dimension for load in loads} == {"concurrency"}
    checklist = asking(check("cohort")).model_copy(update={"attestations": (signal_with(loads),)})
    assert lacking(checklist, [figure(), figure(metric="latency_ms")], others=apart) == []


def signal_with(checks: list[Any]) -> Any:
    return CHECKLIST.attestations[0].model_copy(update={"checks": tuple(checks)})


def test_what_is_expected_is_asked_for_whatever_is_stored() -> None:
    expected = Expected(workflows={"fax": 1.0}, cohorts={"language=fr": 0.5})
    there = [figure(), figure("refund"), figure(cohort="language=de")]
    elsewhere = [figure("quote", metric="mood"), figure(cohort="language=ja", metric="mood")]
    stated: dict[str, Any] = {"assessment": factories.assessment(expected=expected), "others": elsewhere}
    assert lacking(asking(check("workflow")), there, **stated) == ["no case of fax measures task_success"]
    assert lacking(asking(check("cohort")), there, **stated) == ["no case of language=fr measures task_success"]
    assert lacking(asking(check("language")), there, **stated) == ["no case of language=fr measures task_success"]


def test_an_answer_that_does_not_apply_asks_for_nothing() -> None:
    signal = CHECKLIST.signals[0].id
    apart = mark(signal, "no", not_applicable=True, note="answers no questions")
    assert lacking(asking(check()), [], marks={signal: apart}) == []
    assert lacking(asking(check()), [], marks={signal: mark(signal, "no")}) == ["no case measures task_success"]


def gate(workflow: str = "*", cohort: str = "*") -> Gate:
    return Gate(metric="task_success", workflow=workflow, cohort=cohort, min=0.9)


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        (gate(), []),
        (gate("fax"), ["no case of fax measures task_success"]),
        (gate("fax", "language=de"), ["no case of fax, language=de measures task_success"]),
        (gate(cohort="tenant=acme"), ["no case of tenant=acme measures task_success"]),
        (gate("each"), ["no case of quote measures task_success"]),
        (gate(cohort="each"), ["no case of language=ja measures task_success"]),
        (gate("refund", "each"), ["no case of refund, language=de or refund, language=ja measures task_success"]),
    ],
)
def test_a_gate_asks_for_each_place_that_it_looks_at(asked: Gate, missing: list[str]) -> None:
    there = [figure(), figure("refund"), figure(cohort="language=de")]
    elsewhere = [figure("quote", metric="mood"), figure(cohort="language=ja", metric="mood")]
    assert lacking(asking(), there, asked, others=elsewhere) == missing


@pytest.mark.parametrize("asked", [gate("refund", "each"), gate("each", "language=de"), gate("each", "each")])
def test_each_place_is_none_that_spans_several(asked: Gate) -> None:
    assert lacking(asking(), [figure(), figure("refund", "language=de")], asked) == []


def test_metrics_that_lack_the_same_places_are_told_together() -> None:
    there = [figure(metric=metric) for metric in ("task_success", "mood", "tone")]
    there += [figure("refund", metric="tone")]
    checks = [check("workflow", metric) for metric in ("task_success", "mood", "tone")]
    others = [figure("quote", metric="other")]
    assert lacking(asking(*checks), there, others=others) == [
        "no case of quote or refund measures task_success or mood",
        "no case of quote measures tone",
    ]


def test_without_a_policy_only_checks_ask() -> None:
    assert lacking(asking(), [], policy=None) == []
    assert lacking(asking(check()), [], policy=None) == ["no case measures task_success"]
