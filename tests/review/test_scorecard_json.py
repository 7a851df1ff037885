"""The scorecard as a program reads it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from readiness.model.cells import Cell, Pair, Statistic
from readiness.model.policy import Gate
from readiness.review import scorecard_json
from readiness.review.items import Reruns
from readiness.review.review import Review
from readiness.scorecard import compare, display, gate_words, intervals
from readiness.scorecard.compare import ScorecardRow
from readiness.scorecard.intervals import Interval
from readiness.scorecard.judges import Disagreement, Labels, SharedCases
from readiness.scorecard.uncertainty import Difference
from tests.factories import BASELINE, CANDIDATE, cell, digest, pair_figures
from tests.figures import near
from tests.review.dossiers import measured


def both(before: float, now: float, **fields: Any) -> list[Cell]:
    return [cell(BASELINE, before, **fields), cell(CANDIDATE, now, **fields)]


def latency(version: str, p95: float | None, **fields: Any) -> Cell:
    stated: dict[str, Any] = {"metric": "latency_ms", "unit": "ms", "direction": "lower", "passed": None, "sd": 90.0}
    quantile = {"p95": p95, "p95_low": p95 - 20, "p95_high": p95 + 30} if p95 else {}
    return cell(version, 500.0, **stated | quantile | fields)


def rows(review: Review, metric: str = "") -> list[dict[str, Any]]:
    stated: list[dict[str, Any]] = scorecard_json.answer(review, metric)["rows"]
    return stated


def own(cell: Cell | None, stat: Statistic = "mean") -> list[float]:
    assert cell is not None
    return limits(display.interval(cell, stat))


def limits(interval: intervals.Interval | None) -> list[float]:
    assert interval is not None
    return [interval.low, interval.high]


def test_a_row_holds_both_sides_and_how_sure_their_change_is() -> None:
    review = measured(both(0.9, 0.8, workflow="refund", dimension="language", value="ja", errors=3))
    (row,) = review.rows
    difference = row.difference()
    assert difference is not None
    assert rows(review) == [
        {
            "metric": "task_success",
            "workflow": "refund",
            "cohort": "language=ja",
            "unit": "ratio",
            "direction": "higher",
            "baseline": {
                "n": 400,
                "clusters": 400,
                "errors": 3,
                "mean": 0.9,
                "interval": own(row.baseline),
                "p50": None,
                "p95": None,
                "p99": None,
            },
            "candidate": {
                "n": 400,
                "clusters": 400,
                "errors": 3,
                "mean": 0.8,
                "interval": own(row.candidate),
                "p50": None,
                "p95": None,
                "p99": None,
            },
            "change": {
                "value": near(-0.1),
                "interval": limits(difference.interval),
                "pairs": None,
                "method": "400 cases against 400 others",
                "p_adjusted": compare.adjusted([row])["task_success", "refund", "language=ja"],
                "same_within": None,
                "reading": "worse",
            },
        }
    ]


@pytest.mark.parametrize(
    ("version", "there", "missing"), [(BASELINE, "baseline", "candidate"), (CANDIDATE, "candidate", "baseline")]
)
def test_a_side_without_data_holds_nothing(version: str, there: str, missing: str) -> None:
    (row,) = rows(measured([cell(version, 0.9)]))
    nothing = dict.fromkeys(("n", "clusters", "errors", "mean", "interval", "p50", "p95", "p99"))
    assert row[missing] == nothing
    assert (row[there]["mean"], row["unit"], row["direction"]) == (0.9, "ratio", "higher")
    known = ("value", "interval", "pairs", "method", "p_adjusted", "same_within", "reading")
    assert row["change"] == dict.fromkeys(known)


def test_a_row_of_no_side_has_neither_unit_nor_direction() -> None:
    empty = replace(measured([]), rows=[ScorecardRow("mood", "*", "*", None, None)])
    (row,) = rows(empty)
    assert (row["metric"], row["unit"], row["direction"]) == ("mood", "", "unknown")


def test_quantiles_speak_for_durations_and_means_for_the_rest() -> None:
    slow = [latency(BASELINE, 900.0), latency(CANDIDATE, 950.0)]
    (row,) = rows(measured(slow))
    assert (row["candidate"]["p95"], row["candidate"]["interval"]) == (950.0, [930.0, 980.0])
    assert (row["baseline"]["interval"], row["change"]["value"]) == ([880.0, 930.0], 50.0)
    assert row["candidate"]["mean"] == 500.0
    (half,) = rows(measured([latency(BASELINE, 900.0), latency(CANDIDATE, None)]))
    assert (half["baseline"]["interval"], half["candidate"]["interval"]) == ([880.0, 930.0], None)
    (alone,) = rows(measured([latency(CANDIDATE, 950.0)]))
    assert alone["candidate"]["interval"] == [930.0, 980.0]
    (means,) = rows(measured([latency(BASELINE, None), latency(CANDIDATE, None)]))
    assert means["candidate"]["interval"] is not None
    assert means["change"]["value"] == 0.0
    (other,) = rows(measured([latency(version, 900.0, unit="s", metric="wait_s") for version in (BASELINE, CANDIDATE)]))
    assert other["candidate"]["interval"] == limits(display.interval(latency(CANDIDATE, 900.0, unit="s"), "mean"))


def test_an_open_limit_is_null() -> None:
    opened = latency(CANDIDATE, 950.0, p95_high=None)
    (row,) = rows(measured([latency(BASELINE, 900.0), opened]))
    assert row["candidate"]["interval"] == [930.0, None]


def test_p_values_are_adjusted_among_rows_that_speak_by_the_same_figure() -> None:
    cells = [
        *both(0.9, 0.8, dimension="language", value="de"),
        *both(0.9, 0.86, dimension="language", value="ja"),
        *both(0.9, 0.7, metric="groundedness", dimension="language", value="ja"),
    ]
    review = measured([*cells, latency(BASELINE, 900.0), latency(CANDIDATE, 950.0)])
    expected = compare.adjusted([row for row in review.rows if row.metric != "latency_ms"])
    slow = compare.adjusted([row for row in review.rows if row.metric == "latency_ms"], "p95")
    told = {(row["metric"], row["workflow"], row["cohort"]): row["change"]["p_adjusted"] for row in rows(review)}
    assert told == expected | slow
    assert len(told) == 4
    assert [row["metric"] for row in rows(review, "groundedness")] == ["groundedness"]
    assert [row["metric"] for row in rows(review, "task_success")] == ["task_success"] * 2


def test_rows_that_speak_by_another_figure_are_not_looked_at_beside_a_row() -> None:
    slow = [
        latency(version, 900.0, dimension="language", value=value)
        for version in (BASELINE, CANDIDATE)
        for value in ("de", "en")
    ]
    means = [
        latency(version, None, dimension="language", value="ja").model_copy(update={"mean": mean})
        for version, mean in ((BASELINE, 500.0), (CANDIDATE, 513.0))
    ]
    told = {row["cohort"]: row["change"]["reading"] for row in rows(measured([*slow, *means]))}
    assert told["language=ja"] == "worse"  # one-sided p 0.02, which would be 0.06 as one of three


def test_a_quantile_of_too_few_cases_has_no_reading() -> None:
    few, many = ([latency(BASELINE, 900.0, n=n), latency(CANDIDATE, 990.0, n=n)] for n in (40, 400))
    assert [row["change"]["reading"] for row in rows(measured([*few]))] == [None]
    assert [row["change"]["reading"] for row in rows(measured([*many]))] == ["worse"]


OTHER = "2026.10"


def test_every_version_stands_beside_the_baseline_as_a_row_does() -> None:
    cells = [*both(0.9, 0.8), cell(OTHER, 0.7, errors=2)]
    (_, told) = scorecard_json.answer(measured(cells))["versions"]
    (row,) = rows(measured([cell(BASELINE, 0.9), cell(CANDIDATE, 0.7, errors=2)]))
    change = row["change"]
    assert told == {
        "version": OTHER,
        "metric": "task_success",
        "workflow": "*",
        "cohort": "*",
        "unit": "ratio",
        "direction": "higher",
        "baseline": row["baseline"],
        "figures": row["candidate"],
        "change": change | {"p_adjusted": pytest.approx(2 * change["p_adjusted"])},  # the smallest of two, by Holm
    }
    assert (told["figures"]["mean"], told["figures"]["errors"], change["reading"]) == (0.7, 2, "worse")


def test_versions_are_told_of_each_metric_by_the_figure_that_speaks_for_it() -> None:
    cells = [*both(0.9, 0.8), cell(OTHER, 0.7), cell("2026.09", 0.9, direction="unknown", unit="count", passed=None)]
    cells += [latency(BASELINE, 900.0), latency(CANDIDATE, 950.0), latency(OTHER, 800.0)]
    review = measured(cells)
    told = {
        (each["metric"], each["version"]): (each["change"]["value"], each["change"]["reading"])
        for each in scorecard_json.answer(review)["versions"]
    }
    assert told == {
        ("latency_ms", CANDIDATE): (50.0, "worse"),
        ("latency_ms", OTHER): (-100.0, "better"),
        ("task_success", CANDIDATE): (near(-0.1), "worse"),
        ("task_success", OTHER): (near(-0.2), "worse"),
        ("task_success", "2026.09"): (None, None),
    }
    assert {each["metric"] for each in scorecard_json.answer(review, "latency_ms")["versions"]} == {"latency_ms"}


ONE, ANOTHER = (cell(CANDIDATE, mean, metric=f"safe@{judge}") for judge, mean in (("x", 0.93), ("y", 0.9)))
DIFFERENCE = Difference(Interval(-0.01, 0.07), "labels", lambda: 0.5)
SHARED = SharedCases(200, 10, Interval(0.02, 0.09), 0.04, Labels(120, 5, 70, 5))


@pytest.mark.parametrize(
    ("difference", "shared", "told"),
    [
        (
            DIFFERENCE,
            SHARED,
            {
                "interval": [-0.01, 0.07],
                "cases": 200,
                "change": 0.04,
                "differ": 0.05,
                "differ_interval": [0.02, 0.09],
                "kappa": near((0.95 - 0.53125) / (1 - 0.53125)),
            },
        ),
        (
            None,
            replace(SHARED, labels=None),
            {
                "interval": None,
                "cases": 200,
                "change": 0.04,
                "differ": 0.05,
                "differ_interval": [0.02, 0.09],
                "kappa": None,
            },
        ),
        (
            DIFFERENCE,
            None,
            {
                "interval": [-0.01, 0.07],
                "cases": None,
                "change": None,
                "differ": None,
                "differ_interval": None,
                "kappa": None,
            },
        ),
    ],
    ids=["the same cases", "scores", "other cases"],
)
def test_judges_that_disagree_are_told_with_the_cases_that_both_judged(
    difference: Difference | None, shared: SharedCases | None, told: dict[str, Any]
) -> None:
    apart = Disagreement("safe", ONE, ANOTHER, difference, shared)
    (stated,) = scorecard_json.answer(measured([]), apart=[apart])["judges"]
    limits = stated.pop("kappa_interval")
    assert (
        stated
        == {
            "metric": "safe",
            "version": CANDIDATE,
            "judges": ["safe@x", "safe@y"],
            "means": [0.93, 0.9],
        }
        | told
    )
    if shared is None or shared.labels is None:
        assert limits is None
    else:
        low, high = limits
        assert low < stated["kappa"] < high


def test_the_same_cases_are_counted_as_pairs() -> None:
    pair = Pair(
        first=BASELINE,
        second=CANDIDATE,
        first_file=digest("results.csv"),
        second_file=digest("results.csv"),
        metric="task_success",
        **pair_figures(340, 22, 18, 20),
    )
    (row,) = rows(measured(both(0.905, 0.895), pairs=(pair,)))
    assert row["change"]["pairs"] == 400
    assert row["change"]["method"] == "the same 400 cases under both versions"


SUCCESS, SLOW = Gate(metric="task_success", min=0.9), Gate(metric="latency_ms", stat="p95", max=900)


def test_gates_come_with_their_state_why_and_the_share_of_reruns_in_which_they_pass() -> None:
    review = measured([*both(0.9, 0.93, n=200), latency(CANDIDATE, 950.0)], SUCCESS, SLOW)
    first, second = scorecard_json.answer(review)["gates"]
    assert first == {
        "gate": "Task success at least 90 %",
        "metric": "task_success",
        "state": "inconclusive",
        "why": gate_words.reason(review.gates[0]),
        "looks": 1,
        "needed": gate_words.needed(review.gates[0]),
        "holds_again": None,
    }
    assert first["needed"] > 200
    assert (second["gate"], second["state"], second["needed"]) == ("Latency p95 at most 900 ms", "fail", None)
    assert [stated["metric"] for stated in scorecard_json.answer(review, "latency_ms")["gates"]] == ["latency_ms"]
    drawn = replace(review, reruns=Reruns(0.5, 0.25, (0.25, None), 500, 100))
    assert [stated["holds_again"] for stated in scorecard_json.answer(drawn)["gates"]] == [0.25, None]
    unknown = replace(review, reruns=Reruns(None, None, ()))
    assert [stated["holds_again"] for stated in scorecard_json.answer(unknown)["gates"]] == [None, None]
