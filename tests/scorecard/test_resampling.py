"""Figures of cases that are drawn anew, held against those of the runs written out as often as they were drawn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from readiness.model.cells import Cell
from readiness.scorecard import intervals, resampling
from readiness.scorecard.resampling import CaseLabels, PairedSides, Runs, Side, shared_clusters
from readiness.scorecard.uncertainty import Pairs
from tests.factories import CANDIDATE, cell

Run = tuple[str, float]
"""A case and its score."""


def labels(names: list[str]) -> CaseLabels:
    known = sorted(set(names))
    return CaseLabels(np.array([known.index(name) for name in names], dtype=np.int64), known)


def runs(*stated: Run, clusters: dict[str, int] | None = None, **columns: list[str]) -> Runs:
    """Runs of cases, of which some stand in a cluster."""
    usual = {"metric": "task_success", "workflow": "*", "cohorts": ""}
    named = {name: labels(columns.get(name, [value] * len(stated))) for name, value in usual.items()}
    known = clusters or {}
    return Runs(
        **named,
        case=np.array([ord(case[0]) * 1000 + int(case[1:] or 0) for case, _ in stated], dtype=np.uint64),
        cluster=np.array([known.get(case, 0) for case, _ in stated], dtype=np.uint64),
        clustered=np.array([case in known for case, _ in stated], dtype=np.bool_),
        value=np.array([value for _, value in stated], dtype=np.float64),
    )


def weights(clusters: Any, *counts: int) -> Any:
    """How often each cluster was drawn, by the order in which they first stand in the runs."""
    numbers = list(dict.fromkeys(int(number) for number in clusters))
    drawn_so_often = np.zeros((1, len(numbers)), dtype=np.int64)
    drawn_so_often[0, numbers] = counts
    return drawn_so_often


def side(figure: Cell, of: Runs) -> Side:
    made = Side.of(figure, of, shared_clusters([of])[0])
    assert made is not None
    return made


def drawn(figure: Cell, of: Runs, *counts: int, stat: Any = "mean") -> dict[str, float]:
    """The figures where each cluster was drawn so often."""
    made = side(figure, of)
    return {name: float(values[0]) for name, values in made.figures(weights(made.cluster, *counts), stat).items()}


# What a figure is made of


PLACED = runs(
    ("a", 1.0),
    ("b", 0.0),
    ("c", 1.0),
    ("d", 0.0),
    metric=["task_success", "task_success", "task_success", "mood"],
    workflow=["refund", "refund", "quote", "refund"],
    cohorts=["language=de;tenant=a", "language=de", "tenant=a ; language=de2", "language=de"],
)


@pytest.mark.parametrize(
    ("place", "rows"),
    [
        (("task_success", "*", "*"), [0, 1, 2]),
        (("mood", "*", "*"), [3]),
        (("task_success", "refund", "*"), [0, 1]),
        (("task_success", "*", "language=de"), [0, 1]),
        (("task_success", "*", "tenant=a"), [0, 2]),
        (("task_success", "refund", "tenant=a"), [0]),
        (("task_success", "fax", "*"), []),
        (("tone", "*", "*"), []),
    ],
)
def test_the_runs_behind_a_figure_are_those_of_its_metric_workflow_and_cohort(
    place: tuple[str, str, str], rows: list[int]
) -> None:
    assert PLACED.at(*place).tolist() == rows


def test_some_of_the_runs_are_the_same_runs() -> None:
    some = PLACED.of(np.array([2, 3]))
    assert some.at("task_success", "quote", "tenant=a").tolist() == [0]
    assert some.at("mood", "refund", "language=de").tolist() == [1]
    assert (some.value.tolist(), some.case.tolist()) == (PLACED.value[2:].tolist(), PLACED.case[2:].tolist())
    clustered = runs(("a", 1), ("b", 0), clusters={"b": 7}).of(np.array([1]))
    assert (clustered.cluster.tolist(), clustered.clustered.tolist()) == ([7], [True])


def test_the_same_id_in_another_workflow_is_another_case() -> None:
    apart = runs(("a", 1), ("a", 1), ("a", 0), ("b", 0), workflow=["refund", "quote", "refund", "refund"])
    first, second, third, other = apart.cases.tolist()
    assert first == third
    assert len({first, second, other}) == 3


def test_runs_of_one_case_and_cases_of_one_cluster_hang_together() -> None:
    plain = runs(("a", 1), ("b", 1), ("a", 0))
    one, two, again = plain.units.tolist()
    assert one == again != two
    assert plain.named.tolist() == plain.cases.tolist()
    joined = runs(("a", 1), ("b", 1), ("c", 0), ("d", 0), clusters={"a": 7, "c": 7, "d": 8})
    a, b, c, d = joined.units.tolist()
    assert a == c
    assert len({a, b, d}) == 3
    assert joined.named.tolist() == [7, joined.cases[1], 7, 8]


def test_a_case_in_two_clusters_makes_them_one() -> None:
    both = runs(("a", 1), ("b", 1), ("b", 0), ("c", 0), ("d", 0), clusters={"a": 7, "b": 7, "c": 8, "d": 9})
    both.cluster[2] = 8
    first, second, again, third, apart = both.units.tolist()
    assert first == second == again == third != apart


def test_versions_are_drawn_by_what_hangs_together_in_any_of_them() -> None:
    assert shared_clusters([]) == []
    before, now = runs(("a", 1), ("b", 1)), runs(("b", 0), ("c", 0), ("c", 1))
    (a, b), (again, c, c2) = (each.tolist() for each in shared_clusters([before, now]))
    assert b == again
    assert c == c2
    assert sorted({a, b, c}) == [0, 1, 2]
    linked = runs(("b", 0), ("c", 0), ("e", 0), clusters={"b": 7, "c": 7})
    (a, b), (again, c, e) = (each.tolist() for each in shared_clusters([before, linked]))
    assert b == again == c
    assert sorted({a, b, e}) == [0, 1, 2]


def test_a_figure_is_drawn_anew_only_from_its_own_runs() -> None:
    of = runs(("a", 1), ("b", 0), ("c", 1), ("d", 1))
    figure = cell(CANDIDATE, 0.75, n=4)
    every = shared_clusters([of])[0]
    assert Side.of(figure, of, every) is not None
    wrong: list[dict[str, Any]] = [
        {"n": 5},
        {"mean": 0.7501},
        {"mean": None},
        {"clusters": 3},
        {"metric": "mood", "n": 0},
    ]
    assert [Side.of(figure.model_copy(update=other), of, every) for other in wrong] == [None] * len(wrong)
    assert Side.of(figure.model_copy(update={"mean": 0.75 + 1e-12}), of, every) is not None
    rounded = timed(float(np.mean(SCORES)) + 3e-9)
    assert Side.of(rounded, TIMES, shared_clusters([TIMES])[0]) is not None


# Means


def test_a_rate_drawn_anew_is_the_share_of_passes_among_as_many_cases() -> None:
    of = runs(("a", 1), ("b", 0), ("c", 1), ("d", 1))
    figure = cell(CANDIDATE, 0.75, n=4)
    assert drawn(figure, of, 1, 1, 1, 1) == {"mean": 0.75, "passed": 3.0}
    assert drawn(figure, of, 0, 3, 1, 0) == {"mean": 0.25, "passed": 1.0}
    assert drawn(figure, of, 2, 0, 2, 0) == {"mean": 1.0, "passed": 4.0}


def test_a_rate_that_no_float_holds_is_still_a_rate() -> None:
    assert 1 / 49 * 49 != 1
    of = runs(*((f"a{at}", float(at == 0)) for at in range(49)))
    figures = drawn(cell(CANDIDATE, 1 / 49, n=49, passed=1, sd=1 / 7), of, *[1] * 49)
    assert figures == {"mean": pytest.approx(1 / 49), "passed": pytest.approx(1.0)}


SCORES = (3.5, 9.25, 1.0, 4.0, 7.0)
TIMES = runs(*((f"a{at}", value) for at, value in enumerate(SCORES)), metric=["latency_ms"] * 5)


def timed(mean: float = float(np.mean(SCORES)), **fields: Any) -> Cell:
    spread = float(np.std(SCORES, ddof=1))
    usual: dict[str, Any] = {"metric": "latency_ms", "unit": "ms", "n": 5, "passed": None, "sd": spread}
    return cell(CANDIDATE, mean, **usual | fields)


@pytest.mark.parametrize("counts", [(1, 1, 1, 1, 1), (2, 0, 1, 1, 1), (0, 4, 0, 1, 0), (3, 3, 3, 3, 3)])
def test_a_mean_drawn_anew_and_its_spread_are_those_of_what_was_drawn(counts: tuple[int, ...]) -> None:
    written_out = np.repeat(SCORES, counts)
    figures = drawn(timed(), TIMES, *counts)
    assert set(figures) == {"mean", "sd"}
    assert figures["mean"] == pytest.approx(float(written_out.mean()))
    assert figures["sd"] == pytest.approx(float(np.sqrt(written_out.var() * 5 / 4)))
    assert set(drawn(timed(sd=None), TIMES, *counts)) == {"mean"}


def test_one_score_drawn_again_and_again_spreads_by_nothing_and_stays_what_it_is() -> None:
    figures = drawn(timed(), TIMES, 0, 0, 0, 0, 5)
    assert figures == {"mean": 7.0, "sd": pytest.approx(0.0, abs=1e-7)}


def test_scores_are_added_up_near_their_mean_and_passes_as_they_are() -> None:
    far = runs(*((f"a{at}", 1e9 + value) for at, value in enumerate(SCORES)), metric=["latency_ms"] * 5)
    figure = timed(1e9 + float(np.mean(SCORES)))
    assert side(figure, far).centre == pytest.approx(1e9 + float(np.mean(SCORES)))
    assert drawn(figure, far, 1, 1, 1, 1, 1)["sd"] == pytest.approx(float(np.std(SCORES, ddof=1)))
    assert side(cell(CANDIDATE, 0.5, n=2), runs(("a", 1), ("b", 0))).centre == 0.0
    assert side(timed(), TIMES).centre == pytest.approx(float(np.mean(SCORES)))


GROUPED = (("a", 1.0), ("a", 0.0), ("b", 1.0), ("b", 1.0), ("b", 1.0), ("c", 0.0), ("c", 1.0), ("c", 1.0))


def standard_error(groups: list[list[float]], count: int) -> float:
    """Of the ratio of totals to sizes between groups, with as many degrees of freedom as were measured."""
    n, mean = sum(map(len, groups)), sum(map(sum, groups)) / sum(map(len, groups))
    squares = sum((sum(group) - mean * len(group)) ** 2 for group in groups)
    return math.sqrt(squares * len(groups) / (count - 1)) / n


@pytest.mark.parametrize("counts", [(1, 1, 1), (2, 1, 0), (0, 1, 2), (1, 0, 2)])
def test_runs_of_a_case_are_drawn_together_with_the_standard_error_between_cases(counts: tuple[int, int, int]) -> None:
    of = runs(*GROUPED)
    by_case = [[value for case, value in GROUPED if case == name] for name in "abc"]
    figure = cell(CANDIDATE, 0.75, n=8, cases=3, clusters=3, se=0.1, passed=6)
    written_out = [group for group, count in zip(by_case, counts, strict=True) for _ in range(count)]
    figures = drawn(figure, of, *counts)
    mean = sum(map(sum, written_out)) / sum(map(len, written_out))
    assert figures == pytest.approx({"mean": mean, "passed": mean * 8, "se": standard_error(written_out, 3)})
    assert set(drawn(figure.model_copy(update={"se": None}), of, *counts)) == {"mean", "passed"}


# Quantiles


MANY = [float(value) for value in np.random.default_rng(7).permutation(np.arange(200) ** 1.5)]
SLOW = runs(*((f"a{at}", value) for at, value in enumerate(MANY)), metric=["latency_ms"] * 200)


def quantile(level: float) -> tuple[float, float, float]:
    low, high = intervals.rank_limits(np.array([200]), np.array([200]), level)
    ordered = sorted(MANY)
    return float(np.quantile(ordered, level)), ordered[int(low[0]) - 1], ordered[int(high[0]) - 1]


@pytest.mark.parametrize(("stat", "level"), [("p50", 0.5), ("p95", 0.95)])
@pytest.mark.parametrize("times", [1, 2])
def test_a_quantile_of_what_was_drawn_evenly_is_that_of_the_runs(stat: Any, level: float, times: int) -> None:
    value, low, high = quantile(level)
    stated: dict[str, Any] = {stat: value, f"{stat}_low": low, f"{stat}_high": high, "n": 200, "sd": None}
    figures = drawn(timed(float(np.mean(MANY)), **stated), SLOW, *[times] * 200, stat=stat)
    if times == 1:
        assert figures == pytest.approx({stat: value, f"{stat}_low": low, f"{stat}_high": high})
    assert low <= figures[f"{stat}_low"] <= figures[stat] <= figures[f"{stat}_high"] <= high


def test_a_quantile_follows_what_was_drawn_most() -> None:
    figure = timed(p50=4.0, p50_low=1.0)
    assert drawn(figure, TIMES, 1, 1, 1, 1, 1, stat="p50") == {"p50": 4.0, "p50_low": 1.0}
    assert drawn(figure, TIMES, 0, 5, 0, 0, 0, stat="p50") == {"p50": 9.25, "p50_low": 9.25}
    assert drawn(figure, TIMES, 3, 0, 1, 0, 1, stat="p50")["p50"] == 3.5
    assert math.isnan(drawn(figure, TIMES, 0, 0, 0, 0, 0, stat="p50")["p50"])


def test_a_quantile_between_two_ranks_lies_between_their_values() -> None:
    four = runs(*((f"a{at}", value) for at, value in enumerate((10.0, 20.0, 30.0, 40.0))), metric=["latency_ms"] * 4)
    figure = timed(25.0, n=4, sd=None, p95=38.5)
    assert drawn(figure, four, 1, 1, 1, 1, stat="p95") == {"p95": pytest.approx(38.5)}
    assert drawn(figure, four, 2, 2, 0, 0, stat="p95") == {"p95": pytest.approx(20.0)}


# Pairs


def paired(before: Runs, now: Runs, pairs: Pairs, sides: tuple[Cell, Cell]) -> PairedSides | None:
    first, second = shared_clusters([before, now])
    one, two = Side.of(sides[0], before, first), Side.of(sides[1], now, second)
    assert one is not None
    assert two is not None
    return PairedSides.of(pairs, one, two)


BEFORE = runs(("a", 1), ("b", 0), ("c", 1), ("d", 1))
NOW = runs(("a", 1), ("b", 1), ("c", 0), ("d", 0))
RATES = (cell("2026.08", 0.75, n=4), cell(CANDIDATE, 0.5, n=4))
COUNTED = Pairs(4, 4, 0.75, 0.5, None, 1, 2, 1, 0)


def again(before: Runs, now: Runs, pairs: Pairs, sides: tuple[Cell, Cell], *counts: int) -> dict[str, float]:
    pair = paired(before, now, pairs, sides)
    assert pair is not None
    clusters, _ = shared_clusters([before, now])
    return {name: float(values[0]) for name, values in pair.figures(weights(clusters, *counts)).items()}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((1, 1, 1, 1), (0.75, 0.5, 2, 1, 1)),
        ((4, 0, 0, 0), (1.0, 1.0, 0, 0, 4)),
        ((0, 2, 1, 1), (0.5, 0.5, 2, 2, 0)),
        ((2, 0, 0, 0), (1.0, 1.0, 0, 0, 4)),
        ((0, 1, 1, 0), (0.5, 0.5, 2, 2, 0)),
    ],
)
def test_pairs_drawn_anew_tell_how_many_of_as_many_cases_passed_with_one_version_only(
    counts: tuple[int, ...], expected: tuple[float, ...]
) -> None:
    names = ("baseline", "candidate", "only_baseline", "only_candidate", "both")
    figures = again(BEFORE, NOW, COUNTED, RATES, *counts)
    assert figures == pytest.approx(dict(zip(names, expected, strict=True)) | {"neither": 0.0})


@pytest.mark.parametrize("counts", [(1, 1, 1, 1, 1), (2, 0, 1, 1, 1), (0, 3, 1, 0, 1)])
def test_differences_of_scores_drawn_anew_spread_as_those_that_were_drawn(counts: tuple[int, ...]) -> None:
    better = tuple(value + shift for value, shift in zip(SCORES, (0.5, -1.0, 0.25, 3.0, 0.0), strict=True))
    now = runs(*((f"a{at}", value) for at, value in enumerate(better)), metric=["latency_ms"] * 5)
    moved = np.array(better) - np.array(SCORES)
    sides = timed(), timed(float(np.mean(better)))
    pairs = Pairs(5, 5, float(np.mean(SCORES)), float(np.mean(better)), float(moved.std(ddof=1)))
    figures = again(TIMES, now, pairs, sides, *counts)
    written_out = np.repeat(moved, counts)
    assert figures == pytest.approx(
        {
            "baseline": float(np.repeat(SCORES, counts).mean()),
            "candidate": float(np.repeat(better, counts).mean()),
            "sd": math.sqrt(written_out.var() * 5 / 4),
        }
    )
    unspread = Pairs(5, 5, float(np.mean(SCORES)), float(np.mean(better)))
    assert set(again(TIMES, now, unspread, sides, *counts)) == {
        "baseline",
        "candidate",
    }


def test_pairs_of_clusters_spread_by_the_sums_of_their_clusters() -> None:
    clusters = {"a0": 7, "a1": 7, "a2": 8}
    before = runs(*((f"a{at}", value) for at, value in enumerate(SCORES)), clusters=clusters, metric=["latency_ms"] * 5)
    better = (4.0, 9.0, 2.0, 4.5, 6.0)
    now = runs(*((f"a{at}", value) for at, value in enumerate(better)), clusters=clusters, metric=["latency_ms"] * 5)
    moved = np.array(better) - np.array(SCORES)
    groups = [[0, 1], [2], [3], [4]]
    pairs = Pairs(5, 4, float(np.mean(SCORES)), float(np.mean(better)), 1.0)
    figures = [timed(mean, clusters=4, cases=5, se=None, sd=None) for mean in (pairs.baseline, pairs.candidate)]
    one = again(before, now, pairs, (figures[0], figures[1]), 1, 1, 1, 1)
    change = float(moved.mean())
    squares = sum(float(moved[group].sum() - change * len(group)) ** 2 for group in groups)
    assert one["sd"] == pytest.approx(math.sqrt(squares * 4 * 4 / 3) / 5)


def test_of_several_runs_a_case_counts_by_their_mean() -> None:
    now = runs(("a", 1), ("a", 0), ("b", 1), ("c", 0), ("d", 0))
    sides = (RATES[0], cell(CANDIDATE, 0.4, n=5, passed=2, clusters=4, cases=4, se=0.2))
    figures = again(BEFORE, now, Pairs(4, 4, 0.75, 0.375, 0.6), sides, 1, 1, 1, 1)
    assert (figures["baseline"], figures["candidate"]) == (0.75, 0.375)


def test_pairs_are_drawn_anew_only_from_their_own_cases() -> None:
    assert paired(BEFORE, NOW, COUNTED, RATES) is not None
    others = [
        Pairs(3, 3, 0.75, 0.5, None, 1, 2, 1, 0),
        Pairs(4, 3, 0.75, 0.5, None, 1, 2, 1, 0),
        Pairs(4, 4, 0.7, 0.5, None, 1, 2, 1, 0),
        Pairs(4, 4, 0.75, 0.55, None, 1, 2, 1, 0),
    ]
    assert [paired(BEFORE, NOW, pairs, RATES) for pairs in others] == [None] * 4


def test_a_pair_names_the_lowest_cluster_of_its_runs_on_the_side_that_names_one() -> None:
    clustered = runs(("a", 1), ("b", 0), ("c", 1), ("d", 1), clusters={"a": 7, "b": 7})
    unclustered = runs(("a", 1), ("b", 1), ("c", 0), ("d", 0))
    sides = (RATES[0].model_copy(update={"clusters": 3}), RATES[1])
    assert paired(clustered, unclustered, Pairs(4, 3, 0.75, 0.5, 0.1), sides) is not None
    turned = (RATES[0], RATES[1].model_copy(update={"clusters": 3}))
    other = runs(("a", 1), ("b", 1), ("c", 0), ("d", 0), clusters={"a": 7, "b": 7})
    assert paired(BEFORE, other, Pairs(4, 3, 0.75, 0.5, 0.1), turned) is not None


def test_figures_of_a_resampling_take_the_place_of_those_that_were_measured() -> None:
    assert resampling.cell_with(cell(mean=0.9), {"mean": 0.8, "passed": 3}).mean == 0.8
    assert resampling.pairs_with(COUNTED, {"baseline": 0.1}) == Pairs(4, 4, 0.1, 0.5, None, 1, 2, 1, 0)
