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


def test_only_the_row_of_all_cases_of_the_metric_speaks_and_no_agreement_of_a_judge() -> None:
    every = cell(mean=1.0)
    places = [("task_success", "refund", "*"), ("task_success", "*", "language=de"), ("mood", "*", "*")]
    rows = [ScorecardRow(*place, None, every) for place in places]
    assert notes(rows, "task_success") == []
    assert len(notes([*rows, ScorecardRow("task_success", "*", "*", None, every)], "task_success")) == 1
    for metric in ("judge_kappa/groundedness", "judge_tpr/groundedness", "judge_tnr/groundedness"):
        assert notes([ScorecardRow(metric, "*", "*", None, every)], metric) == []


def test_cases_without_a_score_or_failures_on_one_side_are_not_saturated() -> None:
    assert told(None, None) == []
    assert told(None, cell(mean=None, n=0)) == []
    assert told(None, cell(mean=1.0, errors=1)) == []
    assert told(cell(BASELINE, 1.0, errors=1), cell(mean=1.0)) == [NO_FAILURES]
    assert told(cell(BASELINE, 1.0), cell(mean=0.9)) == [NO_FAILURES]
    assert told(cell(BASELINE, 0.8), cell(mean=1.0)) == []
    assert told(cell(BASELINE, 1.0), cell(mean=None, n=0)) == [
        "saturated: every case passes under 2026.08, so the set cannot show an improvement"
    ]


NO_FAILURES = "no headroom: no case fails under the baseline, so no candidate could be better"


def test_headroom_is_told_of_independent_cases_that_pass_or_fail() -> None:
    one = "no headroom: 1 case fails under the baseline, and mending them all would be within chance"
    assert told(cell(BASELINE, 399 / 400), cell(mean=0.9)) == [one]
    assert told(cell(BASELINE, 399 / 400, clusters=50, cases=50, se=0.01), cell(mean=0.9)) == []
    assert told(cell(BASELINE, 0.99, passed=None, sd=0.1), cell(mean=0.9)) == []
    assert told(None, cell(mean=0.9)) == []


def test_pairs_speak_where_each_case_passed_or_failed() -> None:
    sides = cell(BASELINE, 0.8), cell(mean=0.8)
    assert told(*sides, Pairs(400, 400, 0.8, 0.8, 0.1)) == []
    assert told(*sides, Pairs(400, 400, 0.8, 0.8, 0.1, both=320)) == []
    assert told(*sides, Pairs(0, 0, 0.8, 0.8, None, 0, 0, 0, 0)) == []
    flat = "flat: 0 of 400 cases fared differently under the two versions, too few to tell them apart"
    assert told(*sides, paired(320, 0, 0, 80)) == [flat]
    assert told(*sides, Pairs(400, 400, 0.8, 0.8, None, 320, None, None, 80)) == [flat]
    assert told(*sides, paired(317, 6, 0, 77)) == []
    assert told(*sides, paired(317, 0, 6, 77)) == []


def test_nine_in_ten_cases_that_never_fail_are_named_where_one_knows_what_failing_is() -> None:
    sides = cell(BASELINE, 0.95), cell(mean=0.95)
    assert told(*sides, paired(360, 10, 10, 20)) == ["360 of 400 cases never fail under either version"]
    assert told(*sides, paired(359, 11, 10, 20)) == []
    either = [side.model_copy(update={"direction": "informational"}) for side in sides]
    assert told(either[0], either[1], paired(390, 5, 5, 0)) == []
    assert told(either[0], either[1], paired(0, 5, 5, 390)) == []
