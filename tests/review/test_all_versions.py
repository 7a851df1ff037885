"""Several versions beside one baseline, in words, from figures alone."""

from __future__ import annotations

from typing import Any

import pytest

from readiness.model.cells import Cell
from readiness.model.policy import Gate
from readiness.review import all_versions
from readiness.scorecard.compare import ScorecardRow
from readiness.scorecard.versions import VersionRow
from tests.factories import BASELINE, CANDIDATE, cell
from tests.review.dossiers import measured

OTHER = "2026.10"


def figures(**means: float) -> list[Cell]:
    """Task success of the baseline, the candidate and another version, over all cases."""
    versions = {"baseline": BASELINE, "candidate": CANDIDATE, "other": OTHER}
    return [cell(versions[name], mean) for name, mean in means.items()]


def compared(version: str, reading: Any, p: float | None = 0.01, cohort: str = "*") -> VersionRow:
    row = ScorecardRow("task_success", "*", cohort, cell(BASELINE, 0.9), cell(version, 0.8))
    return VersionRow(version, row, reading, p)


def test_versions_are_compared_where_there_are_more_than_the_candidate() -> None:
    told = all_versions.of(measured(figures(baseline=0.9, candidate=0.91, other=0.7)), "task_success", "mean")
    assert [(one.version, one.reading) for one in told] == [(CANDIDATE, "cannot tell"), (OTHER, "worse")]
    assert all_versions.of(measured(figures(baseline=0.9, candidate=0.91)), "task_success", "mean") == []
    assert all_versions.of(measured(figures(baseline=0.9, candidate=0.91, other=0.7)), "mood", "mean") == []
    bare = measured(figures(baseline=0.9, candidate=0.91, other=0.7))
    assert bare.policy is not None
    without = all_versions.of(bare, "task_success", "mean")
    assert [one.version for one in without] == [CANDIDATE, OTHER]


def test_a_change_within_the_margin_of_a_gate_is_the_same() -> None:
    alike = figures(baseline=0.9, candidate=0.9, other=0.9)
    with_margin = measured(alike, Gate(metric="task_success", min=0.5, same_within=0.1))
    without = measured(alike, Gate(metric="task_success", min=0.5))
    readings = [
        [one.reading for one in all_versions.of(review, "task_success", "mean")] for review in (with_margin, without)
    ]
    assert readings == [["same", "same"], ["unchanged", "unchanged"]]


def test_versions_that_are_worse_or_better_are_named_with_the_number_of_comparisons() -> None:
    told = [
        compared("a", "better"),
        compared("a", "worse", cohort="language=de"),
        compared("b", "worse"),
        compared("c", None, None),
        compared("c", "better", cohort="language=de"),
    ]
    assert all_versions.sentence(told) == (
        "3 versions against the baseline, adjusted together for 4 comparisons (Holm): "
        "worse beyond chance: a (language=de) and b (all cases); better over all cases: a"
    )
    assert all_versions.sentence([compared("a", "cannot tell")]) == (
        "1 version against the baseline, adjusted together for 1 comparison (Holm): none is worse beyond chance"
    )


@pytest.mark.parametrize(
    ("most", "cohorts"),
    [
        (0, ["*", "*"]),
        (1, ["*", "ja", "*"]),
        (2, ["*", "de", "ja", "*"]),
        (3, ["*", "de", "ja", "fr", "*"]),
        (9, ["*", "de", "ja", "fr", "*", "es"]),
    ],
)
def test_all_cases_are_shown_and_of_the_cohorts_the_surest_that_are_worse_before_those_that_are_better(
    most: int, cohorts: list[str]
) -> None:
    told = [
        compared("a", "cannot tell"),
        compared("a", "worse", 0.02, "de"),
        compared("a", "cannot tell", 0.5, "en"),
        compared("a", "worse", 0.001, "ja"),
        compared("a", "better", 0.999, "fr"),
        compared("b", "worse", 0.0001),
        compared("b", "better", 0.99, "es"),
    ]
    assert [one.row.cohort for one in all_versions.shown(told, most)] == cohorts


def test_a_change_is_told_with_what_may_be_said_of_it() -> None:
    assert all_versions.words(compared("a", None), "mean") == "−10.0 points"
    assert all_versions.words(compared("a", "worse"), "mean").startswith("−10.0 points, worse")
