"""What a set of cases cannot show is said beside its metric."""

from __future__ import annotations

from readiness.model.cells import Cell
from readiness.scorecard.compare import ScorecardRow
from readiness.scorecard.health import notes
from readiness.scorecard.uncertainty import Pairs
from tests.factories import BASELINE, cell


def told(baseline: Cell | None, candidate: Cell | None, pairs: Pairs | None = None) -> list[str]:
    return notes([ScorecardRow("task_success", "*", "*", baseline, candidate, pairs)], "task_success")


def paired(both: int, lost: int, won: int, neither: int) -> Pairs:
    n = both + lost + won + neither
    return Pairs(n, n, (both + lost) / n, (both + won) / n, None, both, lost, won, neither)


def test_cases_that_all_pass_are_saturated_and_nothing_more_is_said() -> None:
    every = paired(400, 0, 0, 0)
    saturated = ["saturated: every case passes under both versions, so the set cannot show an improvement"]
    assert told(cell(BASELINE, 1.0), cell(mean=1.0), every) == saturated
    assert told(None, cell(mean=1.0)) == [saturated[0].replace("both versions", "2026.11")]


def test_a_set_that_fails_often_enough_and_differs_enough_is_healthy() -> None:
    assert told(cell(BASELINE, 0.8), cell(mean=0.85), paired(300, 20, 40, 40)) == []


def test_five_failures_leave_no_headroom_and_six_do() -> None:
    """Six changes in one direction have p = 2 · 0.5⁶ = 0.031, five 0.0625."""
    head = "no headroom: 5 cases fail under the baseline, and mending them all would be within chance"
    assert told(cell(BASELINE, 395 / 400), cell(mean=0.9)) == [head]
    assert told(cell(BASELINE, 394 / 400), cell(mean=0.9)) == []


def test_versions_that_hardly_differ_by_case_are_flat() -> None:
    flat = "flat: 5 of 400 cases fared differently under the two versions, too few to tell them apart"
    assert told(cell(BASELINE, 0.8), cell(mean=0.8), paired(317, 3, 2, 78)) == [flat]


def test_cases_that_never_fail_are_counted_where_they_are_most() -> None:
    idle = "370 of 400 cases never fail under either version"
    assert told(cell(BASELINE, 0.95), cell(mean=0.95), paired(370, 10, 10, 10)) == [idle]
    lower = [cell(version, 0.05, direction="lower") for version in (BASELINE, "2026.11")]
    assert told(lower[0], lower[1], paired(10, 10, 10, 370)) == [idle]
