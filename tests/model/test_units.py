"""Every spelling of a unit and every word of a name that says one, and what values a unit allows."""

from __future__ import annotations

import math
from typing import Any

import pytest

from readiness.model import measures
from readiness.model.cells import Cell, Direction
from readiness.model.policy import Gate

SPELT = {
    "percent": ("%", "percent", "percentage", "pct", "per cent", "Per  Cent"),
    "ratio": ("ratio", "fraction", "rate", "share", " Ratio "),
    "ms": ("ms", "msec", "millis", "millisecond", "milliseconds", "MS"),
    "s": ("s", "sec", "secs", "second", "seconds"),
    "USD": ("usd", "$", "dollar", "dollars", "USD"),
    "EUR": ("eur", "€", "euro", "euros"),
    "": ("none", "None", "", " "),
    "stars": ("stars",),
    "Tokens / call": ("Tokens / call", "Tokens  /  call"),
}
ENDINGS = {
    "ms": ("ms", "msec", "millis", "milliseconds"),
    "s": ("s", "sec", "secs", "seconds"),
    "µs": ("us", "microseconds"),
    "ns": ("ns", "nanoseconds"),
    "min": ("minutes", "mins"),
    "h": ("hours",),
    "USD": ("usd", "dollars"),
    "EUR": ("eur", "euros"),
    "%": ("pct", "percent", "percentage"),
}
STATISTICS = "p50 p90 p95 p99 mean avg average median max min total sum"
SHARES = "rate ratio share fraction accuracy precision recall f1 score similarity"
AMOUNTS = (
    "time times latency latencies duration elapsed delay ttft tpot age timeout "
    "token tokens cost costs price spend bits bytes bit byte size memory "
    "count counts num number length len chars characters words sentences "
    "turns steps calls retries attempts perplexity loss throughput qps rps tps rank distance "
    "logprob logprobs loglikelihood entropy rating stars level n"
)


@pytest.mark.parametrize(("unit", "written"), [(unit, spelt) for unit, every in SPELT.items() for spelt in every])
def test_a_unit_is_kept_in_one_spelling(unit: str, written: str) -> None:
    assert measures.canonical(written) == unit


@pytest.mark.parametrize(("unit", "word"), [(unit, word) for unit, words in ENDINGS.items() for word in words])
def test_the_last_word_of_a_name_says_its_unit(unit: str, word: str) -> None:
    assert measures.unit_of(f"wait_{word}") == unit
    assert measures.unit_of(f"wait_{word}_p95") == unit
    assert measures.unit_of(word) in (None, "")


@pytest.mark.parametrize("word", STATISTICS.split())
def test_a_statistic_behind_the_name_changes_no_unit(word: str) -> None:
    assert measures.unit_of(f"wait_ms_{word}") == "ms"
    assert measures.unit_of(f"wait_ms_{word}_p99") == "ms"
    assert measures.unit_of(word) is None


@pytest.mark.parametrize("word", SHARES.split())
def test_a_share_of_an_amount_leaves_its_unit_to_the_values(word: str) -> None:
    assert measures.unit_of(f"token_{word}") is None
    assert measures.guess(f"token_{word}", 0, 1) == "ratio"


@pytest.mark.parametrize("word", AMOUNTS.split())
def test_an_amount_without_a_unit_is_no_share_whatever_its_values_are(word: str) -> None:
    assert measures.unit_of(f"answer_{word}") == ""
    assert measures.unit_of(f"{word}_of_answers") == ""
    assert measures.guess(f"answer_{word}", 0, 1) == ""


@pytest.mark.parametrize(
    ("metric", "unit"),
    [
        ("", None),
        ("-", None),
        ("p95", None),
        ("p95_p99", None),
        ("calls_per_minutes", ""),
        ("per_minutes", "min"),
        ("per_ms", "ms"),
        ("cost_€", ""),
        ("ms", None),
        ("ms_p95", None),
        ("costEUR", "EUR"),
        ("grounded", None),
    ],
)
def test_a_name_is_read_word_by_word(metric: str, unit: str | None) -> None:
    assert measures.unit_of(metric) == unit


@pytest.mark.parametrize(
    ("low", "high", "unit"), [(0, 1, "ratio"), (0.2, 0.3, "ratio"), (-0.1, 1, ""), (0, 1.1, ""), (-2, 3, "")]
)
def test_values_from_0_to_1_of_which_nothing_is_said_are_a_ratio(low: float, high: float, unit: str) -> None:
    assert measures.guess("grounded", low, high) == unit


@pytest.mark.parametrize("unit", ["ms", "s", "µs", "ns", "min", "h", "USD", "EUR", "count", "tokens", "%", "ratio"])
def test_what_is_counted_or_measured_is_not_negative(unit: str) -> None:
    assert not measures.is_possible(unit, -0.1, 0.5)
    assert measures.is_possible(unit, 0, 0.5)
    assert measures.is_possible(unit, -1e-12, 0.5)
    assert measures.allowed(unit) == {"ratio": "0 to 1", "%": "0 to 100"}.get(unit, "0 or more")


@pytest.mark.parametrize(
    ("unit", "high", "possible"),
    [
        ("ratio", 1, True),
        ("ratio", 1 + 1e-12, True),
        ("ratio", 1.01, False),
        ("%", 100, True),
        ("%", 100.1, False),
        ("ms", 9e9, True),
        ("", 9e9, True),
        ("stars", 5, True),
    ],
)
def test_a_share_has_a_highest_value_and_other_units_have_none(unit: str, high: float, possible: bool) -> None:
    assert measures.is_possible(unit, 0, high) is possible
    assert measures.is_possible("stars", -5, high)
    assert measures.allowed("stars") == "any number"


@pytest.mark.parametrize(
    ("unit", "lowest", "highest"),
    [
        ("ratio", 0, 1),
        ("%", 0, 100),
        ("ms", 0, math.inf),
        ("count", 0, math.inf),
        ("stars", -math.inf, math.inf),
        ("", -math.inf, math.inf),
        ("ratio?", -math.inf, math.inf),
    ],
)
def test_a_unit_says_between_which_figures_all_of_its_values_lie(unit: str, lowest: float, highest: float) -> None:
    assert measures.range_of(unit) == (lowest, highest)


def cell(unit: str = "", **figures: Any) -> Cell:
    return Cell(version="2", metric="m", unit=unit, **figures)


@pytest.mark.parametrize("figure", ["mean", "p50", "p95", "p99"])
@pytest.mark.parametrize(("value", "unit"), [(0.5, "ratio"), (1.5, "ratio?"), (-0.5, "ratio?")])
def test_a_ratio_has_all_its_figures_from_0_to_1(figure: str, value: float, unit: str) -> None:
    figures: dict[str, Any] = {figure: value}
    assert measures.unit_of_cell(cell(**figures), "ratio") == unit
    assert measures.unit_of_cell(cell("ratio", **figures), "") == unit
    assert measures.unit_of_cell(cell("%", **figures), "ratio") == "%"
    assert measures.unit_of_cell(cell(**figures), "ms") == "ms"


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (cell("ms", mean=5), cell("ms", mean=6), "ms"),
        (cell("", mean=5), cell("", mean=6), ""),
        (cell("ratio", mean=0.5), cell("", mean=0.6), "ratio"),
        (cell("", mean=0.5), cell("ratio", mean=0.6), "ratio"),
        (cell("", mean=5), cell("ratio", mean=0.6), None),
        (cell("ratio", mean=0.5), cell("", mean=6), None),
        (cell("ms", mean=0.5), cell("", mean=0.6), None),
        (cell("ms", mean=0.5), cell("s", mean=0.6), None),
        (cell("ratio", mean=0.5), cell("%", mean=0.6), None),
    ],
)
def test_two_figures_are_compared_in_the_unit_that_they_share(one: Cell, other: Cell, shared: str | None) -> None:
    assert measures.shared_unit(one, other) == shared


def way(direction: Direction) -> tuple[str, Direction]:
    return "m", direction


@pytest.mark.parametrize(
    ("known", "gates", "stated", "direction"),
    [
        ({"m": "unknown"}, [], [], "unknown"),
        ({"m": "informational"}, [Gate(metric="m", min=1, direction="lower")], [], "lower"),
        ({"m": "lower"}, [Gate(metric="m", min=1, direction="higher")], [], "lower"),
        ({}, [Gate(metric="m", min=1), Gate(metric="m", max=2, direction="lower")], [], "lower"),
        ({"m": "higher"}, [], [way("lower"), way("higher")], "higher"),
        ({}, [], [way("informational")], None),
        ({}, [], [way("higher"), way("unknown")], "higher"),
        ({"m": "informational"}, [], [way("higher")], "higher"),
    ],
)
def test_whoever_is_surest_says_which_way_is_better(
    known: dict[str, Direction], gates: list[Gate], stated: list[tuple[str, Direction]], direction: Direction | None
) -> None:
    assert measures.directions(known, gates, stated).get("m") == direction
    assert "other" not in measures.directions(known, gates, stated)


def test_each_metric_has_its_own_direction() -> None:
    gates = [Gate(metric="a", min=1), Gate(metric="b", max=1)]
    assert measures.directions({"c": "informational"}, gates) == {"a": "higher", "b": "lower", "c": "informational"}


@pytest.mark.parametrize("metric", ["HTTPLatencyMs", "TTFTms", "httpLatency_ms"])
def test_capitals_that_stand_together_are_a_word_of_their_own(metric: str) -> None:
    assert measures.unit_of(metric) == "ms"
