"""A gate asks for something that can be, or is refused when it is stored."""

from __future__ import annotations

import pytest

from readiness.errors import InputError
from readiness.model.policy import Gate
from readiness.scorecard import thresholds

UNITS = {"task_success": "ratio", "latency_ms": "ms"}


@pytest.mark.parametrize(
    ("gate", "sentence"),
    [
        (Gate(metric="task_success", min=-5), "min: task_success cannot be -5, since it is a ratio; expected 0 to 1."),
        (
            Gate(metric="task_success", min=90),
            "min: task_success cannot be 90, since it is a ratio; expected 0 to 1, 0.9 for 90 %.",
        ),
        (Gate(metric="task_success", max=1.5), "max: task_success cannot be 1.5, since it is a ratio; expected 0 to 1"),
        (Gate(metric="latency_ms", max=-1), "max: latency_ms cannot be -1 ms; expected 0 or more."),
        (Gate(metric="wait_s", max=-1), "max: wait_s cannot be -1 s; expected 0 or more."),
        (
            Gate(metric="task_success", max_regression=2),
            "max_regression: task_success cannot get worse by 2, since it is a ratio; expected 0 to 1.",
        ),
        (
            Gate(metric="task_success", min=0.5, same_within=2),
            "same_within: task_success cannot change by 2, since it is a ratio; expected 0 to 1.",
        ),
        (Gate(metric="m", min=3, max=2), "min: no figure is at least 3 and at most 2; expected a min below max."),
    ],
)
def test_a_threshold_that_no_figure_can_have_is_refused_with_its_place(gate: Gate, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        thresholds.check([("gate 1", Gate(metric="task_success", min=0.5)), ("gate 2", gate)], UNITS, file="a.toml")
    assert str(caught.value).startswith(f"a.toml, gate 2.{sentence}")


@pytest.mark.parametrize(
    "gate",
    [
        Gate(metric="task_success", min=0.9),
        Gate(metric="latency_ms", stat="p95", max=6500),
        Gate(metric="rating", min=-5),
        Gate(metric="task_success", max=0.0, min=0.0, direction="lower", stat="p95"),
        Gate(metric="unknown", min=1.0),
    ],
)
def test_a_threshold_that_can_be_is_nothing_to_speak_of(gate: Gate) -> None:
    assert thresholds.check([("gate 1", gate)], UNITS) == []


@pytest.mark.parametrize(
    ("gate", "note"),
    [
        (
            Gate(metric="task_success", min=1.0),
            "nothing can pass the gate task_success at least 100 %: the 95 % interval of a rate never reaches 100 %; "
            "min = 0.99 with enough cases can be passed",
        ),
        (
            Gate(metric="task_success", max=0.0),
            "nothing can pass the gate task_success at most 0 %: the 95 % interval of a rate never reaches 0 %; "
            "max = 0.01 with enough cases can be passed",
        ),
    ],
)
def test_a_gate_that_nothing_can_pass_is_explained(gate: Gate, note: str) -> None:
    assert thresholds.check([("gate 1", gate)], UNITS) == [note]


@pytest.mark.parametrize(
    ("fields", "place", "expected"),
    [
        ({"min": 100}, "gate 1.min", "0 to 1, 1 for 100 %"),
        ({"min": 100.5}, "gate 1.min", "0 to 1"),
        ({"max": 1.5}, "gate 1.max", "0 to 1, 0.015 for 1.5 %"),
        ({"min": -0.5}, "gate 1.min", "0 to 1"),
        ({"max_regression": 5}, "gate 1.max_regression", "0 to 1"),
        ({"min": 0.9, "max": 0.8}, "gate 1.min", "a min below max"),
    ],
)
def test_a_refusal_says_where_and_what_can_be(fields: dict[str, float], place: str, expected: str) -> None:
    with pytest.raises(InputError) as refused:
        thresholds.check([("gate 1", Gate(metric="task_success", **fields))], UNITS, file="a.toml")  # type: ignore[arg-type]
    assert (refused.value.file, refused.value.place, refused.value.expected) == ("a.toml", place, expected)


def test_a_percentage_may_be_above_1_and_figures_may_lie_on_one_value() -> None:
    every = [
        Gate(metric="coverage_pct", min=50, max=50),
        Gate(metric="task_success", min=0.9, max=0.9),
        Gate(metric="task_success", max_regression=0.99),
        Gate(metric="latency_ms", max=0),
        Gate(metric="latency_ms", min=1, max=100),
        Gate(metric="task_success", min=1.0, stat="p50"),
    ]
    assert thresholds.check([("gate", gate) for gate in every], UNITS) == []
    with pytest.raises(InputError, match="latency_ms cannot get worse by") as caught:
        thresholds.check([("gate", Gate.model_construct(**dict(every[3]) | {"max_regression": -1.0}))], UNITS)
    assert caught.value.expected == "0 or more"


def test_the_unit_of_a_metric_that_nobody_knows_is_read_from_its_name() -> None:
    with pytest.raises(InputError, match="coverage_pct cannot be 120 %; expected 0 to 100"):
        thresholds.check([("gate", Gate(metric="coverage_pct", min=120))], {})
    with pytest.raises(InputError, match="coverage_pct cannot be 120, since it is a ratio"):
        thresholds.check([("gate", Gate(metric="coverage_pct", min=120))], {"coverage_pct": "ratio"})


def test_each_gate_has_notes_of_its_own() -> None:
    both = [("gate 1", Gate(metric="task_success", min=1)), ("gate 2", Gate(metric="task_success", max=0))]
    assert len(thresholds.check(both, UNITS)) == 2


@pytest.mark.parametrize("fields", [{"min": 0.0}, {"max": 1.0}, {"max_regression": 1.0}, {"min": 0.0, "max": 1.0}])
def test_a_gate_that_nothing_can_fail_is_told(fields: dict[str, float]) -> None:
    (note,) = thresholds.check([("gate", Gate(metric="task_success", **fields))], UNITS)  # type: ignore[arg-type]
    assert note.startswith("nothing can fail the gate task_success at ")
