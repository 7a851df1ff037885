from __future__ import annotations

from typing import Any

import pytest

from readiness.model.cells import Statistic
from readiness.model.policy import Gate
from readiness.scorecard import display
from readiness.scorecard.compare import MARKS, ScorecardRow, compare
from tests.factories import BASELINE, CANDIDATE, assessment, cell


def rows(**rates: tuple[float | None, float | None]) -> list[ScorecardRow]:
    """`ja=(0.9, 0.8)` is language=ja with these rates before and now; `all` is every case."""
    cells = []
    for name, sides in rates.items():
        where = {} if name == "all" else {"dimension": "tenant" if name.startswith("t_") else "language", "value": name}
        cells += [
            cell(version, mean, **where)
            for version, mean in zip((BASELINE, CANDIDATE), sides, strict=True)
            if mean is not None
        ]
    return compare(assessment(), cells)


def test_the_worst_cohort_comes_first_and_those_without_data_last() -> None:
    shown = display.lay_out(rows(all=(0.9, 0.9), de=(0.9, 0.95), ja=(0.9, 0.7), pl=(0.9, None)), "task_success", "mean")
    assert shown.cohorts == ("*", "language=ja", "language=de", "language=pl")
    assert [row.cohort for row in shown.overall] == list(shown.cohorts)
    assert [each.row.cohort for each in shown.surely] == ["language=ja"]


def test_cohorts_beyond_the_limit_are_counted_and_still_tested() -> None:
    many = {f"c{number}": (0.9, 0.9) for number in range(30)} | {"all": (0.9, 0.9), "ja": (0.9, 0.6)}
    shown = display.lay_out(rows(**many), "task_success", "mean", limit=1)
    assert (shown.cohorts, shown.hidden) == (("*", "language=ja"), 30)
    assert {row.cohort for row in shown.rows} == {"*", "language=ja"}
    assert [each.row.cohort for each in shown.surely] == ["language=ja"]
    assert display.lay_out(rows(**many), "task_success", "mean", limit=None).hidden == 0


def test_24_cohorts_are_shown_unless_more_are_asked_for() -> None:
    many = {f"c{number}": (0.9, 0.9) for number in range(30)} | {"all": (0.9, 0.9)}
    shown = display.lay_out(rows(**many), "task_success", "mean")
    assert (len(shown.cohorts), shown.hidden) == (25, 6)
    assert (shown.metric, shown.stat) == ("task_success", "mean")


def test_a_cohort_that_is_better_by_much_waits_behind_one_that_is_worse_by_little() -> None:
    found = rows(de=(0.7, 0.99), ja=(0.9, 0.88), pl=(0.9, 0.9), it=(0.9, None), fr=(None, 0.9))
    shown = display.lay_out(found, "task_success", "mean")
    assert shown.cohorts == ("*", "language=ja", "language=pl", "language=de", "language=fr", "language=it")


def test_where_no_direction_is_known_the_largest_change_comes_first() -> None:
    cells = [
        cell(version, mean, direction="unknown", dimension="language", value=value)
        for value, sides in (("de", (0.9, 0.88)), ("ja", (0.5, 0.7)), ("pl", (0.9, 0.8)))
        for version, mean in zip((BASELINE, CANDIDATE), sides, strict=True)
    ]
    shown = display.lay_out(compare(assessment(), cells), "task_success", "mean")
    assert shown.cohorts == ("*", "language=ja", "language=pl", "language=de")


def test_a_board_is_of_one_metric_and_tells_workflows_apart_within_the_cohorts_it_shows() -> None:
    cells = [
        cell(),
        cell(workflow="refund"),
        cell(dimension="language", value="ja"),
        cell(workflow="refund", dimension="language", value="ja"),
        cell(metric="groundedness", dimension="language", value="fr"),
    ]
    shown = display.lay_out(compare(assessment(), cells), "task_success", "mean")
    assert {row.metric for row in shown.rows} == {"task_success"}
    assert (shown.cohorts, len(shown.rows)) == (("*", "language=ja"), 4)
    assert [(row.workflow, row.cohort) for row in shown.overall] == [("*", "*"), ("*", "language=ja")]


def test_one_kind_of_cohort_can_be_asked_for() -> None:
    found = rows(all=(0.9, 0.9), ja=(0.9, 0.7), t_acme=(0.9, 0.6))
    assert display.dimensions(found) == ["language", "tenant"]
    assert display.lay_out(found, "task_success", "mean", "tenant").cohorts == ("*", "tenant=t_acme")


def arrows(board: display.Board) -> dict[str, str]:
    """Of all cohorts, hidden or not."""
    return {key[2]: MARKS[reading] for key, reading in board.readings.items() if reading in MARKS}


@pytest.mark.parametrize(("now", "said"), [(0.7, "▼"), (0.99, "▲"), (0.89, ""), (None, "")])
def test_an_arrow_stands_only_where_the_interval_leaves_no_doubt(now: float | None, said: str) -> None:
    (row,) = found = rows(all=(0.9, now))
    assert display.lay_out(found, "task_success", "mean").mark(row) == said


@pytest.mark.parametrize("stayed", [1_000.0, 0.0])
def test_no_arrow_stands_where_the_interval_ends_at_no_change(stayed: float) -> None:
    fixed = {"metric": "latency_ms", "direction": "lower", "passed": None}
    bounds = {"p95": stayed, "p95_low": stayed, "p95_high": stayed}
    found = compare(assessment(), [cell(version, 800.0, **fixed | bounds) for version in (BASELINE, CANDIDATE)])
    assert arrows(display.lay_out(found, "latency_ms", "p95")) == {}


def test_arrows_are_adjusted_for_every_cohort_that_was_looked_at() -> None:
    many = {f"c{number}": (0.9, 0.9) for number in range(29)} | {
        "all": (0.9, 0.9),
        "ja": (0.9, 0.85),
        "de": (0.9, 0.94),
    }
    alone = {row.cohort: display.lay_out([row], "task_success", "mean").mark(row) for row in rows(**many)}
    assert (alone["language=ja"], alone["language=de"]) == ("▼", "▲")
    assert arrows(display.lay_out(rows(**many), "task_success", "mean", limit=2)) == {}
    worse, better = many | {"ja": (0.9, 0.8)}, many | {"de": (0.9, 0.99)}
    marks = [arrows(display.lay_out(rows(**stated), "task_success", "mean")) for stated in (worse, better)]
    assert marks == [{"language=ja": "▼"}, {"language=de": "▲"}]


@pytest.mark.parametrize(
    ("n", "now", "certainty"),
    [(400, 0.7, "sure"), (400, 0.99, "sure"), (400, 0.89, "faint"), (10, 0.1, "few"), (29, 0.1, "few")],
)
def test_a_difference_is_sure_unless_it_may_be_none_or_rests_on_few_cases(n: int, now: float, certainty: str) -> None:
    (row,) = compare(assessment(), [cell(BASELINE, 0.9, n=n, passed=None), cell(CANDIDATE, now, n=n, passed=None)])
    assert display.certainty(row, "mean") == certainty


@pytest.mark.parametrize(
    ("stat", "n", "told"),
    [
        ("p95", 59, "too few cases"),
        ("p95", 60, "900 ms"),
        ("p99", 299, "too few cases"),
        ("p99", 300, "900 ms"),
        ("p50", 3, "900 ms"),
        ("p99", None, "900 ms"),
    ],
)
def test_a_quantile_of_too_few_cases_is_not_shown(stat: Statistic, n: int | None, told: str) -> None:
    fields: dict[str, Any] = {"unit": "ms", "direction": "lower", "n": n, "passed": None, stat: 900.0}
    latency = cell(mean=500.0, metric="latency_ms", **fields)
    assert display.told(latency, stat) == told
    assert display.shown(latency, stat) == (None if told.startswith("too few") else 900.0)


def test_quantiles_of_dependent_cases_count_the_clusters() -> None:
    turns: dict[str, Any] = {"unit": "ms", "n": 400, "cases": 400, "clusters": 20, "p95": 900.0, "passed": None}
    assert display.told(cell(mean=500.0, metric="latency_ms", **turns), "p95") == "too few cases"


def test_a_class_of_failures_without_a_share_comes_last() -> None:
    shares = {"timeout": None, "wrong tool": 0.6, "no source": 0.3}
    cells = [cell(CANDIDATE, share, metric=f"failure_class/{name}") for name, share in shares.items()]
    assert [row.metric.partition("/")[2] for row in display.failures(compare(assessment(), cells))] == [
        "wrong tool",
        "no source",
        "timeout",
    ]


def test_a_figure_may_have_a_bound_on_either_side() -> None:
    gates = [Gate(metric="share", min=0.2, max=0.5), Gate(metric="share", max_regression=0.1), Gate(metric="a", min=1)]
    assert display.thresholds(gates, "share", "mean") == ((0.2, "at least"), (0.5, "at most"))


def test_classes_of_failures_stand_by_how_frequent_they_are() -> None:
    cells = [
        cell(CANDIDATE, share, metric=f"failure_class/{name}", direction="informational")
        for name, share in (("timeout", 0.1), ("wrong tool", 0.6), ("no source", 0.3))
    ]
    found = display.failures(display.Boards(compare(assessment(), cells)).overall)
    assert [row.metric for row in found] == [
        "failure_class/wrong tool",
        "failure_class/no source",
        "failure_class/timeout",
    ]


def test_classes_of_failures_are_over_all_cases_and_read_either_side() -> None:
    shares = {"direction": "informational", "metric": "failure_class/timeout"}
    cells = [
        cell(BASELINE, 0.4, **shares),
        cell(CANDIDATE, 0.1, **shares),
        cell(CANDIDATE, 0.3, **shares | {"metric": "failure_class/no source"}),
        cell(CANDIDATE, 0.9, workflow="refund", **shares),
        cell(CANDIDATE, 0.9, **shares | {"dimension": "language", "value": "ja"}),
        cell(CANDIDATE, 0.9),
    ]
    found = display.failures(display.Boards(compare(assessment(), cells)).overall)
    assert [(row.metric, row.workflow, row.cohort) for row in found] == [
        ("failure_class/timeout", "*", "*"),
        ("failure_class/no source", "*", "*"),
    ]


def test_latency_is_told_by_workflow_over_all_cohorts() -> None:
    cells = [
        cell(metric="latency_ms", p95=800.0),
        cell(metric="latency_ms", p95=900.0, workflow="refund"),
        cell(metric="latency_ms", mean=900.0, workflow="quote"),
        cell(metric="latency_ms", p95=900.0, dimension="language", value="ja"),
        cell(),
    ]
    found = display.latencies(compare(assessment(), cells))
    assert [(row.metric, row.workflow, row.cohort) for row in found] == [
        ("latency_ms", "*", "*"),
        ("latency_ms", "refund", "*"),
    ]


@pytest.mark.parametrize("version", [BASELINE, CANDIDATE])
def test_unscored_cases_of_one_side_only_are_found_over_all_cases(version: str) -> None:
    cells = [cell(version, errors=2), cell(version, errors=2, workflow="refund"), cell(metric="groundedness")]
    found = display.errors(display.Boards(compare(assessment(), cells)).overall)
    assert [(row.metric, row.workflow) for row in found] == [("task_success", "*")]


def test_metrics_with_unscored_cases_are_found_whichever_side_has_them() -> None:
    cells = [cell(BASELINE, errors=2), cell(), cell(BASELINE, metric="groundedness"), cell(metric="groundedness")]
    assert [row.metric for row in display.errors(compare(assessment(), cells))] == ["task_success"]


@pytest.mark.parametrize(
    ("stat", "said"), [("p95", [(4000.0, "at most"), (6500.0, "at most")]), ("p99", []), ("mean", [])]
)
def test_the_bounds_are_those_of_the_figure_that_is_shown(stat: Statistic, said: list[tuple[float, str]]) -> None:
    gates = [
        Gate(metric="latency_ms", stat="p95", max=6500),
        Gate(metric="latency_ms", stat="p95", workflow="refund", max=4000),
        Gate(metric="task_success", min=0.9),
    ]
    assert display.thresholds(gates, "latency_ms", stat) == tuple(said)


@pytest.mark.parametrize(
    ("before", "now", "certainty"), [(30, 30, "sure"), (29, 30, "few"), (30, 29, "few"), (None, 30, "faint")]
)
def test_a_difference_is_not_sure_where_either_side_rests_on_few_cases(
    before: int | None, now: int, certainty: str
) -> None:
    sides = [cell(BASELINE, 0.95, n=before, passed=None), cell(CANDIDATE, 0.1, n=now, passed=None)]
    (row,) = compare(assessment(), [side.model_copy(update={"stated": True}) for side in sides])
    assert display.certainty(row, "mean") == certainty


@pytest.mark.parametrize(("before", "now", "thin"), [(60, 60, False), (59, 60, True), (60, 59, True)])
def test_a_change_is_thin_where_either_side_has_too_few_cases(before: int, now: int, thin: bool) -> None:
    sides = [
        cell(version, 500.0, metric="latency_ms", unit="ms", direction="lower", n=n, passed=None, p95=900.0)
        for version, n in ((BASELINE, before), (CANDIDATE, now))
    ]
    (row,) = compare(assessment(), sides)
    assert display.thin(row, "p95") is thin
    (alone,) = compare(assessment(), sides[1:])
    assert display.thin(alone, "p95") is (now < 60)
    assert not display.thin(row, "mean")


def test_what_was_not_measured_is_no_data_however_few_cases_there_are() -> None:
    assert display.told(None, "mean") == "no data"
    assert display.told(cell(mean=0.9, n=10, p95=None), "p95") == "no data"
    assert display.told(cell(mean=None, n=0), "mean") == "no data"
    assert display.told(cell(mean=0.91), "mean") == "91.0 %"


def test_the_interval_of_a_figure_is_there_where_the_figure_is() -> None:
    few = cell(mean=500.0, metric="latency_ms", unit="ms", n=59, passed=None, p95=900.0, p95_low=800.0)
    assert display.interval(few, "p95") is None
    enough = display.interval(few.model_copy(update={"n": 60}), "p95")
    assert enough is not None
    assert enough.low == 800.0


def test_where_there_is_no_difference_nothing_is_sure_of_it() -> None:
    (alone,) = compare(assessment(), [cell(CANDIDATE, 0.9)])
    assert display.certainty(alone, "mean") == "none"
    sides = [
        cell(version, n=40, metric="latency_ms", p95=900.0, direction="lower") for version in (BASELINE, CANDIDATE)
    ]
    (thin,) = compare(assessment(), sides)
    assert display.certainty(thin, "p95") == "none"
