"""In how many reruns gates and verdict would hold: what is worked out from kept runs, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from readiness.model.cells import Cell
from readiness.model.policy import Gate
from readiness.review import reruns
from readiness.review.items import Reruns
from readiness.review.review import Review
from readiness.scorecard.reruns import Source
from readiness.scorecard.resampling import CaseLabels, Runs
from tests.factories import BASELINE, CANDIDATE, cell, digest
from tests.review.dossiers import good, measured

FILE = digest("results.csv")
ALL = CaseLabels(np.zeros(100, dtype=np.int64), ["*"])


def kept(passed: int, metric: str = "task_success", version: str = CANDIDATE) -> dict[Source, Runs]:
    """A hundred cases of which so many passed."""
    runs = Runs(
        metric=CaseLabels(ALL.codes, [metric]),
        workflow=ALL,
        cohorts=CaseLabels(ALL.codes, [""]),
        case=np.arange(100, dtype=np.uint64),
        cluster=np.zeros(100, dtype=np.uint64),
        clustered=np.zeros(100, dtype=np.bool_),
        value=(np.arange(100) < passed).astype(np.float64),
    )
    return {(FILE, version): runs}


def success(**bounds: Any) -> Gate:
    return Gate(metric="task_success", **bounds)


def rate(passed: int, version: str = CANDIDATE, **fields: Any) -> Cell:
    return cell(version, passed / 100, n=100, **fields)


NARROW, WIDE = success(min=0.9), success(min=0.5)


def test_shares_are_those_of_the_gates_one_by_one_and_all_together() -> None:
    review = measured([rate(97)], WIDE, NARROW)
    drawn = reruns.of(review, kept(97))
    wide, narrow = drawn.gates
    assert (wide, drawn.every, drawn.why) == (1.0, narrow, "")
    assert narrow is not None
    assert 0.3 < narrow < 0.9
    assert (drawn.resamplings, drawn.clusters) == (500, 100)
    assert drawn.share == 1.0
    assert review.verdict.level != "staged"


def whole(passed: int, **bounds: float) -> tuple[Review, Reruns]:
    """A candidate of which everything else is shown, and how often that would hold."""
    others = [figure for figure in good() if (figure.metric, figure.n) != ("task_success", 1200)]
    review = measured([rate(passed), rate(97, BASELINE), *others], success(max_regression=0.9, **bounds))
    return review, reruns.of(review, kept(passed) | kept(97, version=BASELINE))


def test_the_level_holds_where_it_would_be_as_good_as_today_or_better() -> None:
    review, drawn = whole(97, min=0.9)
    assert (review.gates[0].state, review.verdict.level) == ("pass", "staged")
    assert drawn.share == drawn.every
    assert drawn.every is not None
    assert 0.3 < drawn.every < 0.9
    review, drawn = whole(92, min=0.9)
    assert (review.gates[0].state, review.verdict.level) == ("inconclusive", "narrow")
    assert drawn.share is not None
    assert drawn.every is not None
    assert 0 < drawn.every < drawn.share <= 1.0
    review, drawn = whole(50, min=0.99)
    assert review.verdict.level == "blocked"
    assert drawn == Reruns(1.0, 0.0, (0.0,), 500, 100)


def test_runs_of_other_versions_and_files_are_not_drawn() -> None:
    review = measured([rate(97)], NARROW)
    assert reruns.of(review, kept(97, version="2026.05")).why == reruns.NOT_KEPT
    assert reruns.of(review, {}).why == reruns.NOT_KEPT
    beside = kept(97) | kept(50, version="2026.05")
    assert reruns.of(review, beside) == reruns.of(review, kept(97))


@pytest.mark.parametrize(
    ("cells", "gates", "passed", "why"),
    [
        ([rate(97)], [], 97, "no gate is set"),
        ([rate(97)], [Gate(metric="mood", min=0.5)], 97, "the gates have no data of the candidate"),
        ([rate(97)], [NARROW], 96, reruns.NOT_KEPT),
        ([rate(97)], [success(min=0.9, min_n=500)], 97, reruns.UNDECIDABLE),
    ],
)
def test_where_nothing_can_be_drawn_it_is_said_why(cells: list[Cell], gates: list[Gate], passed: int, why: str) -> None:
    assert reruns.of(measured(cells, *gates), kept(passed)) == Reruns(None, None, (None,) * len(gates), why=why)


def test_one_gate_without_data_beside_one_that_has_some_is_drawn() -> None:
    drawn = reruns.of(measured([rate(97)], Gate(metric="mood", min=0.5), WIDE), kept(97))
    assert (drawn.gates, drawn.every) == ((0.0, 1.0), 0.0)


def test_a_gate_whose_cases_are_not_kept_leaves_open_how_often_all_pass() -> None:
    cells = [rate(97), rate(90, metric="groundedness"), rate(91, metric="tool_success")]
    gates = [WIDE, Gate(metric="groundedness", min=0.5), Gate(metric="tool_success", min=0.5)]
    drawn = reruns.of(measured(cells, *gates), kept(97))
    assert (drawn.share, drawn.every, drawn.gates) == (None, None, (1.0, None, None))
    assert drawn.why == "of 2 gates the single cases are not kept"


CRITICAL = rate(50, dimension="severity", value="critical")


def test_critical_cases_that_failed_fail_in_every_rerun_although_nothing_is_drawn() -> None:
    gates = [NARROW, Gate(metric="mood", min=0.5)]
    drawn = reruns.of(measured([rate(97), CRITICAL], *gates), {})
    assert (drawn.every, drawn.gates, drawn.resamplings, drawn.clusters) == (0.0, (0.0, 0.0), 1, 0)
    assert drawn.why == ""


def test_beside_critical_cases_that_failed_a_gate_whose_cases_are_not_kept_leaves_everything_open() -> None:
    cells = [rate(97), CRITICAL, rate(90, metric="groundedness")]
    drawn = reruns.of(measured(cells, NARROW, Gate(metric="groundedness", min=0.5)), {})
    assert drawn == Reruns(None, None, (None, None), why=reruns.NOT_KEPT)


def test_more_cases_than_can_be_drawn_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readiness.scorecard.reruns.MOST_DRAWN", 100)
    drawn = reruns.of(measured([rate(97)], NARROW), kept(97))
    assert (drawn.gates, drawn.why) == ((None,), "100 clusters of cases are too many to draw anew")


def test_the_files_that_gates_rest_on_are_those_of_their_metrics() -> None:
    cells = [rate(97), rate(96, BASELINE), rate(90, metric="groundedness")]
    assert reruns.files(measured(cells, NARROW)) == {FILE}
    assert reruns.files(measured(cells)) == frozenset()
    assert reruns.files(measured(cells, Gate(metric="mood", min=0.5))) == frozenset()
    assert reruns.files(measured([rate(97, "2026.05")], NARROW)) == frozenset()


# In words


def told(level: str, drawn: Reruns | None) -> Review:
    review = measured([rate(97)], NARROW)
    return replace(review, verdict=replace(review.verdict, level=level), reruns=drawn)  # type: ignore[arg-type]


SHARES = Reruns(0.58, 0.51, (0.51, None), 500, 1200)


@pytest.mark.parametrize(
    ("level", "drawn", "said"),
    [
        ("staged", SHARES, "Staged; would hold in 58 % of reruns, and all gates would pass in 51 %."),
        ("narrow", SHARES, "Narrow; would hold or be better in 58 % of reruns, and all gates would pass in 51 %."),
        (
            "add-controls",
            SHARES,
            "Add controls; would hold or be better in 58 % of reruns, and all gates would pass in 51 %.",
        ),
        ("blocked", SHARES, "All gates would pass in 51 % of reruns."),
        ("staged", None, ""),
        (
            "staged",
            Reruns(None, 0.5, (None,), why="no gate is set"),
            "In how many reruns this would hold is not known: no gate is set.",
        ),
        (
            "staged",
            Reruns(0.5, None, (None,), why="no gate is set"),
            "In how many reruns this would hold is not known: no gate is set.",
        ),
    ],
)
def test_how_often_a_verdict_would_hold_is_one_sentence(level: str, drawn: Reruns | None, said: str) -> None:
    assert reruns.sentence(told(level, drawn)) == said


def test_how_the_shares_were_come_by_and_those_of_each_gate_are_told_where_some_were_drawn() -> None:
    assert reruns.method(told("staged", SHARES)).startswith(
        "Bootstrap: 500 resamplings of 1,200 clusters of cases, drawn for all gates together (seed "
    )
    assert reruns.method(told("staged", SHARES)).endswith(", on cases of the same kind.")
    assert reruns.of_gates(told("staged", SHARES)) == ["51 %", "not known"]
    for nothing in (None, Reruns(None, None, (None,))):
        assert (reruns.method(told("staged", nothing)), reruns.of_gates(told("staged", nothing))) == ("", [])


def test_the_method_says_what_becomes_of_critical_cases_where_a_gate_has_some() -> None:
    fixed = " Critical cases that failed, or have no score, do so in every rerun."
    review = measured([rate(97), CRITICAL], NARROW)
    assert reruns.method(replace(review, reruns=SHARES)).endswith(f", on cases of the same kind.{fixed}")
    assert reruns.method(replace(review, reruns=Reruns(1.0, 0.0, (0.0,), 1, 0))) == f"Nothing was drawn.{fixed}"
    bare = replace(told("staged", SHARES), reruns=Reruns(1.0, 0.0, (0.0,), 1, 0))
    assert reruns.method(bare) == "Nothing was drawn."


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (None, "not known"),
        (0.0, "0 %"),
        (0.001, "< 1 %"),
        (0.00499, "< 1 %"),
        (0.005, "< 1 %"),
        (0.006, "1 %"),
        (0.51, "51 %"),
        (0.994, "99 %"),
        (0.995, "> 99 %"),
        (0.999, "> 99 %"),
        (1.0, "100 %"),
    ],
)
def test_a_share_is_whole_only_where_it_is_never_or_always_so(share: float | None, said: str) -> None:
    assert reruns.percent(share) == said
