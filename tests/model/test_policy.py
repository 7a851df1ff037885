"""Gates, stages and approvers: what of them makes sense, and what is stored."""

from __future__ import annotations

from typing import Any

import pytest

from readiness.errors import InputError
from readiness.model.judges import Judge
from readiness.model.policy import MAX_UNSCORED, Gate, ReleasePolicy, RolloutStage


def gate(**fields: Any) -> Gate:
    return Gate.checked(**{"metric": "task_success"} | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"min": 0.9, "max_unscored": -0.01},
        {"min": 0.9, "max_unscored": 1.01},
        {"min": 0.9, "looks": 0},
        {"critical": True, "stat": "p95"},
        {"critical": True, "stat": "p95", "max": 900},
        {"stat": "p95"},
        {},
    ],
)
def test_a_gate_that_cannot_decide_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        gate(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"min": 0.9, "max_unscored": 0},
        {"min": 0.9, "max_unscored": 1},
        {"min": 0.9, "looks": 1},
        {"critical": True},
        {"critical": True, "min": 0.9},
        {"max": 900, "stat": "p95"},
        {"min": 0.9},
        {"max": 0.9},
        {"max_regression": 0.05},
    ],
)
def test_one_threshold_is_enough_for_a_gate_and_so_is_that_no_critical_case_may_fail(fields: dict[str, Any]) -> None:
    kept = gate(**fields)
    assert {name: getattr(kept, name) for name in fields} == fields


def test_a_gate_decides_nothing_above_two_per_cent_of_cases_without_a_score_unless_it_states_another_share() -> None:
    assert gate(min=0.9).max_unscored == MAX_UNSCORED == 0.02
    assert (gate(min=0.9).critical, gate(min=0.9).looks, gate(min=0.9).direction) == (False, None, None)


def test_what_gates_could_not_state_at_first_is_stored_only_where_it_is_stated() -> None:
    plain = {"workflow": "*", "cohort": "*", "stat": "mean", "max": None, "max_regression": None, "min_n": 1}
    assert gate(min=0.9, looks=None, critical=False).model_dump() == plain | {"metric": "task_success", "min": 0.9}
    later = {"direction": "higher", "max_unscored": 0.1, "looks": 3, "critical": True, "same_within": 0.01}
    assert gate(min=0.9, **later).model_dump() == plain | {"metric": "task_success", "min": 0.9} | later


def test_what_policies_could_not_state_at_first_is_stored_only_where_it_is_stated() -> None:
    assert set(ReleasePolicy.model_fields) - set(ReleasePolicy().model_dump()) == {"judges", "public_dimensions"}
    judge = Judge(metric="groundedness", judge="model-x")
    stated = ReleasePolicy(judges=[judge], public_dimensions=["language"]).model_dump()
    assert (stated["judges"], stated["public_dimensions"]) == ([judge.model_dump()], ["language"])


def stage(name: str = "some", share: float | None = None) -> RolloutStage:
    return RolloutStage(name=name, share=share)


@pytest.mark.parametrize(
    ("stages", "staged"),
    [
        ([], False),
        ([stage(share=0.05)], False),
        ([stage(share=0.05), stage(share=1)], True),
        ([stage(share=0.99), stage(share=1), stage()], True),
        ([stage(share=1), stage(share=0.05)], False),
        ([stage(share=1), stage(share=1)], False),
        ([stage(), stage(share=1)], False),
        ([stage("Shadow traffic"), stage(share=1)], True),
        ([stage("shadow", 1), stage(share=1)], True),
    ],
)
def test_a_rollout_is_staged_where_it_begins_small_or_in_the_shadow_and_goes_on(
    stages: list[RolloutStage], staged: bool
) -> None:
    assert ReleasePolicy(stages=stages).staged is staged
