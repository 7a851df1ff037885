"""Judges of metrics: what is stated of them, and how the names of metrics name them."""

from __future__ import annotations

from typing import Any

import pytest

from readiness.errors import InputError
from readiness.model.judges import Judge, base, judge_of, names

JUDGE: dict[str, Any] = {"metric": "groundedness", "judge": "model-x"}


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"metric": " "}, "a judge has no name or no metric"),
        ({"judge": " "}, "a judge has no name or no metric"),
        ({"kappa": 0.8}, "the agreement stands without the number of cases"),
        ({"tpr": 0.8, "tnr": 0.9}, "the agreement stands without the number of cases"),
        ({"n": 50, "tpr": 0.8}, "tpr and tnr say little without each other"),
        ({"n": 50, "kappa": 0.8, "tnr": 0.8}, "tpr and tnr say little without each other"),
        ({"n": 50}, "n stands without an agreement"),
        ({"n": 0, "kappa": 0.8}, "n: 0 is not allowed here"),
        ({"n": 50, "kappa": 1.01}, "kappa: 1.01 is not allowed here"),
        ({"n": 50, "kappa": -1.01}, "kappa: -1.01 is not allowed here"),
        ({"n": 50, "tpr": 1.01, "tnr": 0.5}, "tpr: 1.01 is not allowed here"),
        ({"n": 50, "tpr": -0.01, "tnr": 0.5}, "tpr: -0.01 is not allowed here"),
        ({"n": 50, "tpr": 0.5, "tnr": 1.01}, "tnr: 1.01 is not allowed here"),
        ({"n": 50, "tpr": 0.5, "tnr": -0.01}, "tnr: -0.01 is not allowed here"),
    ],
)
def test_a_judge_whose_agreement_says_nothing_is_refused(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        Judge.checked(**JUDGE | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"n": 1, "kappa": 1},
        {"n": 1, "kappa": -1},
        {"n": 1, "tpr": 0, "tnr": 1},
        {"n": 1, "tpr": 1, "tnr": 0},
        {"n": 50, "kappa": 0.8, "tpr": 0.5, "tnr": 0.5},
    ],
)
def test_a_judge_may_stand_alone_or_with_a_whole_agreement(fields: dict[str, Any]) -> None:
    kept = Judge.checked(**JUDGE | fields)
    assert {name: getattr(kept, name) for name in ("n", "kappa", "tpr", "tnr")} == {
        "n": None,
        "kappa": None,
        "tpr": None,
        "tnr": None,
    } | fields


def test_a_judge_is_called_by_its_model_and_its_prompt() -> None:
    assert Judge(**JUDGE).label == "model-x"
    assert Judge(**JUDGE, prompt="v3").label == "model-x, prompt v3"


@pytest.mark.parametrize(
    ("metric", "measured", "judge"),
    [
        ("groundedness", "groundedness", ""),
        ("groundedness@model-x", "groundedness", "model-x"),
        ("recall@5", "recall@5", ""),
        ("recall@k", "recall@k", ""),
        ("recall@5@model-x", "recall@5", "model-x"),
        ("recall@5x", "recall", "5x"),
        ("@model-x", "@model-x", ""),
        ("groundedness@", "groundedness@", ""),
    ],
)
def test_what_follows_an_at_sign_in_a_metric_is_its_judge_unless_it_is_a_cutoff(
    metric: str, measured: str, judge: str
) -> None:
    assert (base(metric), judge_of(metric)) == (measured, judge)


def test_files_name_a_metric_with_its_judge_behind_an_at_sign_or_in_brackets() -> None:
    assert names("groundedness", "model-x") == ("groundedness@model-x", "groundedness (model-x)")
