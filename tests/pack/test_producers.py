"""Who signed the evidence, as packs say it: numbered, or by name where the policy makes producers public."""

from __future__ import annotations

import dataclasses

import pytest

from readiness import pack

from .conftest import NOON, Desk, asking

NAME = "Plain evidence producer"
ONE = "All evidence of these versions comes from one producer"


@pytest.fixture(scope="module")
def filled(shared_desk: Desk) -> Desk:
    shared_desk.fill()
    return shared_desk


@pytest.mark.parametrize("audience", pack.AUDIENCES)
def test_that_all_comes_from_one_producer_is_said_once_and_nobody_is_named(filled: Desk, audience: str) -> None:
    said = filled.build(audience).body.decode()
    assert said.count(f"{ONE}, producer 1.") == 1
    assert NAME not in said


def test_a_file_says_whether_and_by_whom_it_was_signed(filled: Desk, desk: Desk) -> None:
    assert "| Signed by" in filled.build("security").body.decode()
    desk.fill(lambda field: "" if field == "evidence.producer" else f"Plain {field}")
    said = desk.build("security").body.decode()
    assert "not signed" in said
    assert ONE not in said


def test_a_producer_is_named_where_the_policy_makes_producers_public(filled: Desk) -> None:
    review = filled.review()
    assert review.policy
    record = review.policy.record.model_copy(update={"public_dimensions": ["producer"]})
    dossier = dataclasses.replace(review.dossier, policy=dataclasses.replace(review.policy, record=record))
    review = dataclasses.replace(review, dossier=dossier)
    for audience in ("leadership", "security"):
        taken = pack.snapshot(review, asking(audience, review), chain_head="", made_at=NOON)
        assert f"{ONE}, {NAME}." in pack.render.markdown(taken)
