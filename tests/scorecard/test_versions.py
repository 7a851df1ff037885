"""Several versions against one baseline: whoever picks the best of many has looked many times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from readiness.model.cells import Cell, Pair, Statistic
from readiness.model.checklist import Metric
from readiness.model.policy import Gate
from readiness.scorecard import compare, versions
from readiness.scorecard.versions import VersionRow
from tests.factories import BASELINE, CANDIDATE, TODAY, assessment, cell, digest, evidence, pair_figures


def told(
    cells: Sequence[Cell], pairs: Sequence[Pair] = (), stat: Statistic = "mean", **fields: Any
) -> list[VersionRow]:
    files = [(one, evidence(f"{one.version}.csv", **fields)) for one in cells]
    return versions.against_baseline(assessment(), files, pairs, TODAY, cells[0].metric, stat)


def test_one_candidate_alone_is_no_choice_among_versions() -> None:
    assert told([cell(BASELINE), cell()]) == []
    assert told([cell("a"), cell("b")], measured_on=None) == []


def test_without_a_baseline_no_version_is_compared() -> None:
    files = [(one, evidence(f"{one.version}.csv")) for one in (cell("a"), cell("b"))]
    found = versions.against_baseline(assessment(baseline=""), files, [], TODAY, "task_success", "mean")
    assert found == []


def test_every_version_has_the_margins_of_the_gates_then_those_of_the_metric() -> None:
    files = [(one, evidence(f"{one.version}.csv")) for one in (cell(BASELINE), cell(), cell("2026.12"))]
    gates = [Gate(metric="task_success", min=0.8, same_within=0.03)]
    known = [Metric(id="task_success", name="Task success", unit="ratio", direction="higher", same_within=0.01)]
    for given, margin in ((gates, 0.03), ([], 0.01)):
        found = versions.against_baseline(assessment(), files, [], TODAY, "task_success", "mean", given, known)
        assert [one.row.margins for one in found] == [{"mean": margin}] * 2


def test_only_figures_over_all_workflows_are_compared() -> None:
    flows = [cell(version, workflow=flow) for flow in ("*", "refund") for version in (BASELINE, CANDIDATE, "2026.12")]
    assert [(one.version, one.row.workflow) for one in told(flows)] == [(CANDIDATE, "*"), ("2026.12", "*")]


@pytest.mark.parametrize(
    ("n", "compared"), [((60, 60, 60), [True, True]), ((59, 60, 60), [False, False]), ((60, 59, 60), [False, True])]
)
def test_a_quantile_of_too_few_cases_on_either_side_is_shown_and_is_no_comparison(
    n: tuple[int, int, int], compared: list[bool]
) -> None:
    stated: dict[str, Any] = {"metric": "latency_ms", "unit": "ms", "direction": "lower", "passed": None}
    stated |= {"mean": 500.0, "p95": 900.0, "p95_low": 800.0, "p95_high": 1_000.0}
    cells = [cell(name, n=of, **stated) for name, of in zip((BASELINE, CANDIDATE, "2026.12"), n, strict=True)]
    found = told(cells, stat="p95")
    assert [one.reading is not None for one in found] == [one.p is not None for one in found] == compared


def test_every_version_stands_against_the_baseline_with_the_candidate_first() -> None:
    cells = [cell(BASELINE, 0.9), cell("2026.12", 0.8), cell(mean=0.9), cell("2026.10", 0.97), cell(metric="other")]
    found = told(cells)
    assert [(one.version, one.reading) for one in found] == [
        (CANDIDATE, "unchanged"),
        ("2026.10", "better"),
        ("2026.12", "worse"),
    ]
    assert [one.row.baseline for one in found] == [cells[0]] * 3


def test_cohorts_of_all_versions_share_one_adjustment() -> None:
    fields = {"dimension": "language", "value": "ja"}
    alone = [cell(BASELINE, 0.9, **fields), cell(mean=0.85, **fields)]
    (row,) = compare.compare(assessment(), alone)
    assert compare.readings([row]) == {("task_success", "*", "language=ja"): "worse"}
    others = [cell(f"v{k}", 0.9, **fields | {"value": value}) for k in range(4) for value in ("ja", "de")]
    found = {
        (one.version, one.row.cohort): one
        for one in told([*alone, *others, cell(BASELINE, 0.9, **fields | {"value": "de"})])
    }
    assert len(found) == 9
    one = found[CANDIDATE, "language=ja"]
    assert one.reading == "cannot tell"
    assert one.p is not None
    difference = one.row.difference()
    assert difference is not None
    assert abs(one.p - 9 * difference.p) < 1e-12


def test_a_version_without_a_baseline_beside_it_is_shown_and_is_no_comparison() -> None:
    cells = [cell(BASELINE), cell(), cell("2026.12", dimension="language", value="ja")]
    found = {(one.version, one.row.cohort): (one.reading, one.p) for one in told(cells)}
    assert found["2026.12", "language=ja"] == (None, None)


def test_the_same_cases_are_compared_as_pairs_for_each_version() -> None:
    cells = [cell(BASELINE, 0.9), cell(mean=0.9), cell("2026.12", 0.88)]
    stated: dict[str, Any] = {"metric": "task_success", "first": BASELINE, "first_file": digest(f"{BASELINE}.csv")}
    pairs = [
        Pair(**stated, second=version, second_file=digest(f"{version}.csv"), **pair_figures(*counts))
        for version, counts in ((CANDIDATE, (360, 0, 0, 40)), ("2026.12", (352, 8, 0, 40)))
    ]
    found = told(cells, pairs)
    assert [one.row.pairs.cases if one.row.pairs else None for one in found] == [400, 400]
    assert [one.reading for one in found] == ["unchanged", "worse"]
