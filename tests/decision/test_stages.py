"""A stage of the rollout: what its own figures advise, and what is still missing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from readiness.decision.stages import StageAdvice
from readiness.model.cells import Cell
from readiness.model.evidence import ReadAs
from readiness.model.policy import Gate, RolloutStage
from readiness.model.stages import StageStep, StoredStep
from readiness.review import signoff, stage_words
from readiness.review.review import Review
from tests import factories
from tests.decided import DAY, RISK, decision, stored
from tests.factories import BASELINE, CANDIDATE, TODAY
from tests.review.dossiers import RESULTS, file, good, reviewed, revision

NOON = dt.datetime.combine(TODAY, dt.time(12), dt.UTC)
STAGED = 9
CANARY = RolloutStage(
    name="canary",
    share=0.05,
    hours=48,
    gates=[Gate(metric="task_success", cohort="each", min=0.8), Gate(metric="task_success", max_regression=0.05)],
)
STAGES = [RolloutStage(name="shadow", hours=24), CANARY, RolloutStage(name="all", share=1)]


def cells(rate: float, control: float = 0.9, ja: float = 0.9, n: int = 600) -> list[Cell]:
    return [
        factories.cell(version, value, metric="task_success", dimension=of, value=to, n=n, stated=True)
        for version, at, its in ((CANDIDATE, rate, ja), (BASELINE, control, control))
        for of, to, value in (("*", "*", at), ("language", "ja", its))
    ]


def step(action: Any, stage: str, at: dt.datetime) -> StoredStep:
    return StoredStep(1, 4, StageStep(action=action, stage=stage, advice=action, note="seen"), "omar", at)


ENTERED = step("advance", "canary", NOON - 3 * DAY)


def review(*found: Cell, steps: Any = (ENTERED,), measured_on: dt.date = TODAY, **fields: Any) -> Review:
    staged = factories.evidence("canary.csv", measured_on=measured_on, options=ReadAs(stage="canary"))
    stated: dict[str, Any] = {
        "policy": revision(factories.policy(stages=STAGES)),
        "evidence": file(factories.evidence()) | file(staged, STAGED),
        "cells": [*((RESULTS, cell) for cell in good()), *((STAGED, cell) for cell in found)],
        "traces": (),
        "steps": steps,
    }
    return reviewed(**stated | fields)


def advise(of: Review, now: dt.datetime = NOON) -> StageAdvice:
    return stage_words.advice(of, now)


def test_all_gates_of_the_stage_pass_and_its_hours_are_over() -> None:
    told = advise(review(*cells(0.92)))
    assert (told.kind, told.why) == ("advance", ())
    assert (told.current, told.onward) == (CANARY, STAGES[2])
    assert told.result is not None
    assert [gate.state for gate in told.result.gates] == ["pass", "pass"]
    assert stage_words.sentence(told) == "Canary, go on to all."


def test_one_cohort_that_fails_advises_to_roll_back() -> None:
    told = advise(review(*cells(0.92, ja=0.5)))
    assert told.kind == "roll back"
    assert "language=ja" in told.why[0]


def test_worse_than_the_control_of_the_same_days_advises_to_roll_back() -> None:
    assert advise(review(*cells(0.85, control=0.97))).kind == "roll back"


@pytest.mark.parametrize(
    ("found", "now", "missing"),
    [
        ([], NOON, "task success"),
        (cells(0.92, n=6), NOON, "task success"),
        (cells(0.92), NOON - 2 * DAY, "24 of 48 hours are over"),
    ],
)
def test_what_is_not_there_yet_advises_to_hold_and_is_named(found: list[Cell], now: dt.datetime, missing: str) -> None:
    told = advise(review(*found), now)
    assert told.kind == "hold"
    assert any(missing in why.lower() for why in told.why)


def test_figures_of_a_stage_are_no_figures_of_the_scorecard_and_the_other_way_round() -> None:
    bad = review(*cells(0.2, ja=0.2))
    assert bad.verdict == review().verdict
    rows = [row for row in bad.rows if row.metric == "task_success"]
    assert all(cell.mean != 0.2 for row in rows for cell in (row.candidate, row.baseline) if cell)
    assert advise(review(steps=(step("advance", "shadow", NOON - 3 * DAY),))).result is not None
    assert advise(review()).kind == "hold"


def test_what_is_stale_counts_no_more() -> None:
    assert advise(review(*cells(0.92), measured_on=TODAY - 400 * DAY)).kind == "hold"


def test_words_alone_are_no_criterion() -> None:
    told = advise(review(steps=(step("advance", "shadow", NOON - 3 * DAY),)))
    assert (told.kind, told.why[0]) == ("hold", "what it takes to go on is not stated as data")


def test_it_begins_where_the_verdict_or_a_decision_lets_it() -> None:
    assert advise(review(steps=())).kind == ("advance" if review().verdict.level in ("staged", "narrow") else "hold")
    blocked: dict[str, Any] = {"answers": {"rollback_rehearsal": "yes"}, "steps": ()}
    told = advise(review(**blocked))
    assert told.kind == "hold"
    assert told.why[0].endswith("and nobody decided to go on")
    go = stored(decision(level="blocked", risks=[RISK]))
    assert advise(review(**blocked, decisions=[go])).kind == "advance"
    held = advise(review(steps=(), decisions=[stored(decision(outcome="hold"))]))
    assert held.why == ("it was decided otherwise: hold",)


def test_a_rollout_that_was_rolled_back_holds_and_the_last_stage_is_the_end() -> None:
    back = advise(review(*cells(0.92), steps=(ENTERED, step("roll back", "", NOON))))
    assert (back.kind, back.onward) == ("hold", STAGES[0])
    assert "rolled back on 20 Nov 2026: seen" in back.why[0]
    last = [RolloutStage(name="all", gates=[Gate(metric="task_success", min=0.1)])]
    assert advise(review(steps=(step("advance", "gone", NOON),))).why == ("the policy has no stage gone any more",)
    done = review(steps=(step("advance", "all", NOON),), policy=revision(factories.policy(stages=last)))
    assert advise(done).kind == "hold"


def test_without_stages_there_is_nothing_to_advise() -> None:
    none = review(policy=revision(factories.policy(stages=[])))
    assert advise(none).why == ("the release policy has no stages",)


def test_a_file_of_a_stage_is_no_part_of_what_was_signed() -> None:
    before, after = review(), review(*cells(0.92))
    assert signoff.changed(after, signoff.seen(before)) == ()


def test_a_step_against_the_advice_says_why() -> None:
    with pytest.raises(ValueError, match="says why not"):
        StageStep(action="advance", stage="all", advice="hold")
