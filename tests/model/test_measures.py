"""What the name of a metric says of its unit, and who may say which way is better."""

from __future__ import annotations

import pytest

from readiness.model import measures
from readiness.model.cells import Cell, Direction
from readiness.model.policy import Gate


@pytest.mark.parametrize(
    ("metric", "unit"),
    [
        ("latency_ms", "ms"),
        ("latency_s", "s"),
        ("duration_seconds", "s"),
        ("Latency (s)", "s"),
        ("responseTimeMs", "ms"),
        ("latency_ms_p95", "ms"),
        ("cost_usd", "USD"),
        ("coverage_pct", "%"),
        ("latency", ""),
        ("total_tokens", ""),
        ("cost", ""),
        ("bits_per_byte", ""),
        ("word_perplexity", ""),
        ("num_turns", ""),
        ("tokens_per_second", ""),
        ("faithfulness", None),
        ("time_accuracy", None),
        ("token_f1", None),
        ("s", None),
        ("pass", None),
    ],
)
def test_a_unit_is_read_from_the_name(metric: str, unit: str | None) -> None:
    assert measures.unit_of(metric) == unit


@pytest.mark.parametrize(
    ("metric", "low", "high", "unit"),
    [("faithfulness", 0, 1, "ratio"), ("faithfulness", 0, 1.3, ""), ("latency_s", 0, 1, "s"), ("tokens", 0, 0, "")],
)
def test_only_a_name_that_says_nothing_leaves_the_unit_to_the_values(
    metric: str, low: float, high: float, unit: str
) -> None:
    assert measures.guess(metric, low, high) == unit


def test_a_ratio_beyond_1_is_unclear_rather_than_thousands_of_per_cent() -> None:
    cell = Cell(version="2", metric="task_success", n=4, mean=92.5)
    assert measures.unit_of_cell(cell, "ratio") == "ratio?"
    assert measures.unit_of_cell(cell.model_copy(update={"mean": 0.925}), "ratio") == "ratio"


@pytest.mark.parametrize(
    ("gates", "direction"),
    [
        ([Gate(metric="m", min=0.5)], "higher"),
        ([Gate(metric="m", max=0.5)], "lower"),
        ([Gate(metric="m", min=0.2, max=0.5)], None),
        ([Gate(metric="m", min=0.5), Gate(metric="m", max=0.9)], None),
        ([Gate(metric="m", max_regression=0.1)], None),
        ([Gate(metric="m", max_regression=0.1, direction="lower")], "lower"),
        ([Gate(metric="m", min=0.2, max=0.5, direction="higher")], "higher"),
        ([Gate(metric="m", min=0.2, direction="higher"), Gate(metric="m", max=0.5, direction="lower")], None),
    ],
)
def test_a_gate_states_which_way_is_better(gates: list[Gate], direction: Direction | None) -> None:
    assert measures.directions({}, gates).get("m") == direction


def test_the_checklist_says_which_way_is_better_before_a_file_and_a_file_before_a_gate() -> None:
    gates = [Gate(metric="m", max=0.5)]
    assert measures.directions({"m": "higher"}, gates)["m"] == "higher"
    assert measures.directions({"m": "informational"}, gates)["m"] == "lower"
    stated: list[tuple[str, Direction]] = [("m", "lower"), ("m", "unknown")]
    assert measures.directions({"m": "higher"}, [], stated)["m"] == "higher"
    assert measures.directions({"m": "informational"}, [Gate(metric="m", min=0.5)], stated)["m"] == "lower"


def test_a_gate_without_a_direction_is_stored_as_it_always_was() -> None:
    assert "direction" not in Gate(metric="m", min=0.5).model_dump()
    assert Gate(metric="m", min=0.5, direction="higher").model_dump()["direction"] == "higher"
