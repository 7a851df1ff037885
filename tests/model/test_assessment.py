"""What an assessment expects to be in scope, and what an answer may not leave out."""

from __future__ import annotations

from typing import Any

import pytest

from readiness.errors import InputError
from readiness.model.assessment import Expected, Mark
from tests import factories


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (
            {"workflows": {"refund": -0.01}},
            "workflows.refund is -0.01; expected a name and its share of the traffic, 0 to 1",
        ),
        ({"workflows": {"refund": 1.01}}, "workflows.refund is 1.01"),
        ({"workflows": {" ": 0.5}}, "workflows.  is 0.5"),
        ({"cohorts": {"language=de": 1.5}}, "cohorts.language=de is 1.5"),
        ({"cohorts": {"": 0.5}}, "cohorts. is 0.5"),
        (
            {"workflows": {"refund": 0.6, "quote": 0.5}},
            "the shares of the workflows add up to more than 1; expected 1 at most",
        ),
        ({"workflows": {"refund": 1, "quote": 2e-9}}, "the shares of the workflows add up to more than 1"),
        ({"cohorts": {"german": 0.5}}, "the cohort 'german' names no dimension; expected dimension=value"),
        ({"cohorts": {"=de": 0.5}}, "the cohort '=de' names no dimension"),
        ({"cohorts": {" =de": 0.5}}, "the cohort ' =de' names no dimension"),
        ({"cohorts": {"language=": 0.5}}, "the cohort 'language=' names no dimension"),
        ({"cohorts": {"language= ": 0.5}}, "the cohort 'language= ' names no dimension"),
    ],
)
def test_a_scope_that_makes_no_sense_is_refused(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(InputError) as refused:
        Expected.checked(**fields)
    assert problem in str(refused.value)


@pytest.mark.parametrize(
    ("fields", "anything"),
    [
        ({}, False),
        ({"workflows": {"refund": 1}}, True),
        ({"workflows": {"refund": 0}}, True),
        ({"workflows": dict.fromkeys("abcdefghij", 0.1)}, True),
        ({"workflows": {"refund": 1 / 3, "quote": 1 / 3, "fax": 1 / 3 + 1e-12}}, True),
        ({"workflows": {"refund": 1, "quote": 1e-9}}, True),
        ({"cohorts": {"language=de": 0.9, "language=ja": 0.9}}, True),
        ({"cohorts": {"language=de=x": 0}}, True),
    ],
)
def test_shares_of_workflows_add_up_to_all_traffic_at_most_and_cohorts_may_overlap(
    fields: dict[str, Any], anything: bool
) -> None:
    expected = Expected.checked(**fields)
    assert bool(expected) is anything
    assert (expected.workflows, expected.cohorts) == (fields.get("workflows", {}), fields.get("cohorts", {}))


@pytest.mark.parametrize("value", ["no", "partial", None])
def test_only_a_gap_can_be_critical(value: Any) -> None:
    with pytest.raises(InputError, match="expected critical only with a yes"):
        Mark.checked(signal="capacity", mark=value, holds_for="x", critical=True, critical_reason="board")


@pytest.mark.parametrize("value", ["partial", "yes", None])
def test_only_a_no_can_be_not_applicable(value: Any) -> None:
    with pytest.raises(InputError, match="not_applicable stands alone"):
        Mark.checked(signal="capacity", mark=value, holds_for="x", not_applicable=True, note="no tools")


def test_a_file_states_its_documents_and_no_card_where_it_has_none() -> None:
    policy, card = factories.policy(), factories.card()
    bare, whole = factories.assessment_file(policy=policy), factories.assessment_file(policy=policy, card=card)
    assert list(bare.documents()) == [("policy", policy)]
    assert dict(whole.documents()) == {"policy": policy, "card": card}
    assert bare.model_dump().keys() == {"system", "assessment", "marks", "policy", "monitoring"}
    assert whole.model_dump()["card"] == card.model_dump()
