"""What would settle a gate: how many cases each of its bounds asks for, and what it could miss."""

from __future__ import annotations

from typing import Any

import pytest

from readiness.model.cells import Cell
from readiness.model.policy import Gate
from readiness.scorecard import planning, settling, uncertainty
from readiness.scorecard.bounds import Sample
from readiness.scorecard.compare import ScorecardRow
from readiness.scorecard.uncertainty import Pairs
from tests.factories import BASELINE, CANDIDATE, cell, pairs_of

CONFIDENCE = 0.95


def rate(mean: float, n: int = 200, version: str = CANDIDATE, **fields: Any) -> Cell:
    return cell(version, mean, n=n, passed=round(mean * n), **fields)


def latency(n: int | None, p95: float, version: str = CANDIDATE, **fields: Any) -> Cell:
    stated: dict[str, Any] = {"p95": p95, "p95_low": p95 - 100, "p95_high": p95 + 150, "unit": "ms"}
    return cell(version, 500.0, metric="latency_ms", direction="lower", n=n, passed=None, **stated | fields)


def row(candidate: Cell | None, baseline: Cell | None = None, pairs: Pairs | None = None) -> ScorecardRow:
    return ScorecardRow("task_success", "*", "*", baseline, candidate, pairs)


def gate(**bounds: Any) -> Gate:
    return Gate(**{"metric": "task_success"} | bounds)


def asked(
    candidate: Cell | None, baseline: Cell | None = None, pairs: Pairs | None = None, **bounds: Any
) -> int | None:
    return settling.needed(gate(**bounds), row(candidate, baseline, pairs), CONFIDENCE)


def sample(figure: Cell) -> Sample:
    known = uncertainty.sample_of(figure)
    assert known is not None
    return known


def least(figure: Cell, bound: float) -> int:
    return planning.needed(sample(figure), least=bound, confidence=CONFIDENCE) or 0


def most(figure: Cell, bound: float) -> int:
    return planning.needed(sample(figure), most=bound, confidence=CONFIDENCE) or 0


# One bound


@pytest.mark.parametrize(
    ("bounds", "mean", "expected"),
    [
        ({"min": 0.9}, 0.93, least(rate(0.93), 0.9)),
        ({"min": 0.9}, 0.88, most(rate(0.88), 0.9)),
        ({"max": 0.9}, 0.88, most(rate(0.88), 0.9)),
        ({"max": 0.9}, 0.93, least(rate(0.93), 0.9)),
        ({"min": 0.93}, 0.93, None),
        ({"max": 0.93}, 0.93, None),
    ],
)
def test_a_bound_is_settled_the_way_the_figure_points(
    bounds: dict[str, Any], mean: float, expected: int | None
) -> None:
    assert asked(rate(mean), **bounds) == expected


def test_the_surer_a_gate_is_to_be_the_more_cases_it_needs() -> None:
    wanted = gate(min=0.9), row(rate(0.93))
    counts = [settling.needed(*wanted, confidence) or 0 for confidence in (0.9, 0.95, 0.99)]
    assert counts == sorted(set(counts))


def test_nothing_settles_a_gate_without_figures() -> None:
    assert asked(None, min=0.9) is None
    assert asked(None, rate(0.9, version=BASELINE), max_regression=0.02) is None
    assert asked(rate(0.9), max_regression=0.02) is None
    assert asked(latency(400, 900), stat="p99", max=1000) is None
    assert asked(rate(0.93).model_copy(update={"n": None, "passed": None}), min=0.95) is None


# Several bounds


def test_of_bounds_that_are_kept_the_one_that_asks_for_most_decides() -> None:
    low, high = least(rate(0.93), 0.9), most(rate(0.93), 0.94)
    assert low < high
    assert asked(rate(0.93), min=0.9, max=0.94) == high
    assert asked(rate(0.93), min=0.92, max=0.99) == least(rate(0.93), 0.92)
    assert asked(rate(0.93), min=0.9, max=0.94, min_n=high + 1) == high + 1
    assert asked(rate(0.93), min=0.93, max=0.94) is None


def test_the_first_bound_that_is_surely_missed_is_enough() -> None:
    near, far = most(rate(0.93), 0.95), least(rate(0.93), 0.9)
    assert far < near
    assert asked(rate(0.93), min=0.95, max=0.9) == far
    assert asked(rate(0.93), min=0.95, max=0.99) == near
    assert asked(rate(0.93), min=0.93, max=0.9) == far
    assert asked(rate(0.93), min=0.95, max=0.9, min_n=far + 5) == far + 5


# Changes


def change(figure: Cell, other: Cell, **bound: float) -> int:
    return planning.needed_apart(sample(figure), sample(other), **bound, confidence=CONFIDENCE) or 0


@pytest.mark.parametrize(
    ("direction", "mean", "bound"),
    [
        ("higher", 0.895, {"least": -0.02}),
        ("higher", 0.85, {"most": -0.02}),
        ("higher", 0.95, {"least": -0.02}),
        ("lower", 0.905, {"most": 0.02}),
        ("lower", 0.95, {"least": 0.02}),
        ("lower", 0.85, {"most": 0.02}),
    ],
)
def test_other_cases_settle_by_how_much_the_candidate_is_worse(
    direction: Any, mean: float, bound: dict[str, float]
) -> None:
    now, before = rate(mean, 300, direction=direction), rate(0.9, 500, BASELINE, direction=direction)
    expected = change(now, before, **bound)
    assert expected > 1
    assert asked(now, before, max_regression=0.02) == expected


def test_a_regression_beside_a_bound_settles_with_it() -> None:
    now, before = rate(0.895, 300), rate(0.9, 300, BASELINE)
    changed = change(now, before, least=-0.02)
    assert asked(now, before, max_regression=0.02, min=0.5) == changed
    assert asked(now, before, max_regression=0.02, min=0.9) == most(now, 0.9)


def test_the_same_cases_settle_a_change_by_their_own_interval() -> None:
    same = pairs_of(170, 11, 9, 10)
    now, before = rate(0.895), rate(0.905, version=BASELINE)
    compared = row(now, before, same)
    worsened = compared.worsened()
    assert worsened is not None
    expected = planning.needed_for(0.01, worsened, 0.02, 200)
    assert settling.needed(gate(max_regression=0.02), compared, CONFIDENCE) == expected
    assert expected is not None
    assert expected > 200
    surer = compared.worsened(confidence=0.99)
    assert surer is not None
    assert settling.needed(gate(max_regression=0.02), compared, 0.99) == planning.needed_for(0.01, surer, 0.02, 200)


def test_quantiles_settle_a_change_by_the_cases_of_the_candidate() -> None:
    compared = row(latency(400, 900), latency(800, 850, BASELINE))
    worsened = compared.worsened("p95")
    assert worsened is not None
    expected = planning.needed_for(50.0, worsened, 100.0, 400)
    assert expected is not None
    assert settling.needed(gate(stat="p95", max_regression=100), compared, CONFIDENCE) == expected


def test_a_change_of_means_without_a_spread_is_settled_by_no_number_of_cases() -> None:
    now, before = latency(400, 900), latency(400, 850, BASELINE)
    assert asked(now, before, max_regression=10) is None
    assert asked(latency(400, 900, p95_low=None, p95_high=None), before, stat="p95", max_regression=10) is None


# Quantiles and clusters


def test_a_quantile_that_rests_on_too_few_cases_needs_as_many_as_can_show_one() -> None:
    assert asked(latency(40, 900), stat="p95", max=1000) == 60
    assert asked(latency(40, 900), stat="p95", max=1000, min_n=80) == 80
    own = uncertainty.of_cell(latency(100, 900), "p95", confidence=CONFIDENCE)
    assert own is not None
    assert asked(latency(100, 900), stat="p95", max=1000) == planning.needed_for(900, own, 1000, 100) == 225
    bounds: list[dict[str, Any]] = [{"max": 900}, {"min": 900}]
    for bound in bounds:
        both = asked(latency(40, 900), latency(40, 850, BASELINE), stat="p95", max_regression=100, **bound)
        assert both == asked(latency(40, 900), latency(40, 850, BASELINE), stat="p95", max_regression=100) == 520
    assert asked(latency(100, 900), stat="p95", max=850) == planning.needed_for(900, own, 850, 100) == 400


def test_scores_of_which_nobody_knows_the_spread_need_nothing_that_can_be_told() -> None:
    scores = cell(mean=4.2, unit="", n=100, passed=None, metric="tone")
    assert asked(scores, min=4.0) is None
    spread = scores.model_copy(update={"sd": 1.5})
    assert asked(spread, min=4.0) == least(spread, 4.0)


def test_what_a_gate_rests_on_are_pairs_clusters_or_cases() -> None:
    same = pairs_of(170, 11, 9, 10)
    clustered = rate(0.9, 400, clusters=80, cases=80, se=0.02)
    assert settling.independent(gate(max_regression=0.02), row(rate(0.9), rate(0.9), same)) == 200
    assert settling.independent(gate(min=0.5), row(rate(0.9, 300), rate(0.9), same)) == 300
    timed = gate(stat="p95", max_regression=1)
    assert settling.independent(timed, row(rate(0.9, 300), rate(0.9), same)) == 300
    assert settling.independent(gate(max_regression=0.02), row(rate(0.9, 300), rate(0.9))) == 300
    assert settling.independent(gate(min=0.5), row(clustered)) == 80
    assert settling.independent(gate(min=0.5), row(None)) is None


# In words


def told(candidate: Cell | None, baseline: Cell | None = None, pairs: Pairs | None = None, **bounds: Any) -> str:
    return settling.sentence(gate(**bounds), row(candidate, baseline, pairs), CONFIDENCE)


@pytest.mark.parametrize(
    ("min_n", "said"),
    [
        (201, "about 1 more case would settle it"),
        (299, "about 99 more cases would settle it"),
        (300, "about 100 more cases would settle it"),
        (301, "about 110 more cases would settle it"),
        (1191, "about 1,000 more cases would settle it"),
        (1434, "about 1,300 more cases would settle it"),
        (200, ""),
    ],
)
def test_what_is_missing_is_rounded_up_to_two_digits(min_n: int, said: str) -> None:
    assert told(rate(0.95), min=0.5, min_n=min_n) == said


def test_what_is_missing_is_counted_as_what_the_gate_rests_on() -> None:
    runs = rate(0.95, 400, clusters=80, cases=80, se=0.01)
    assert told(runs, min=0.5, min_n=100) == "about 20 more clusters would settle it"
    same = pairs_of(170, 11, 9, 10)
    paired = {"max_regression": 0.02, "min_n": 5000}
    assert told(rate(0.895), rate(0.905), same, **paired).startswith("about 4,800 more pairs would settle it; ")
    turns = Pairs(200, 50, 0.9, 0.9, 0.1)
    assert told(rate(0.9), rate(0.9), turns, **paired).startswith("about 5,000 more clusters would settle it; ")
    assert told(rate(0.95), rate(0.9), same, min=0.5, min_n=300) == "about 100 more cases would settle it"
    assert told(None, min=0.5) == ""


def test_what_a_regression_could_miss_is_told_in_the_unit_of_the_figure() -> None:
    now, before = rate(0.895, 300), rate(0.9, 300, BASELINE)
    interval = uncertainty.difference(before, now).interval  # type: ignore[union-attr]
    loss = planning.unnoticed(-0.005, interval, "higher", confidence=CONFIDENCE)
    clause = f"would not notice a loss below {loss * 100:.1f} points"
    assert told(now, before, max_regression=0.02).endswith(f"more cases would settle it; {clause}")
    assert told(now, before, min=0.5) == ""
    perfect, few = rate(1.0, 60), rate(0.9, 60, BASELINE)
    interval = uncertainty.difference(few, perfect).interval  # type: ignore[union-attr]
    loss = (interval.high - 0.1) * (1 + 0.8416212 / 1.959964)
    assert told(perfect, few, max_regression=0.02).endswith(f"would not notice a loss below {loss * 100:.1f} points")
    slower, faster = latency(400, 900), latency(400, 850, BASELINE)
    interval = uncertainty.difference(faster, slower, stat="p95").interval  # type: ignore[union-attr]
    loss = planning.unnoticed(50, interval, "lower", confidence=CONFIDENCE)
    assert told(slower, faster, stat="p95", max_regression=1_000) == f"would not notice a loss below {loss:.0f} ms"


def test_nothing_is_said_of_losses_where_they_cannot_be_told() -> None:
    assert told(rate(0.9), max_regression=0.02) == ""
    either = rate(0.9, direction="informational"), rate(0.9, version=BASELINE, direction="informational")
    assert told(*either, max_regression=0.02) == ""
    assert told(latency(400, 900), latency(400, 850, BASELINE), max_regression=10) == ""
    opened = latency(400, 900, p95_low=None), latency(400, 900, BASELINE)
    assert told(*opened, stat="p95", max_regression=1_000) == ""
