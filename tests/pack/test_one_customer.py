"""A pack for one customer: their own figures and traces, everybody else numbered, and left out where they are few."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest

from readiness import pack
from readiness.errors import InputError
from readiness.kept import Kept
from readiness.model.assessment import Mark
from readiness.model.cells import Cell
from readiness.model.evidence import Evidence
from readiness.model.policy import Gate, ReleasePolicy
from readiness.pack import render
from readiness.pack.snapshot import Snapshot
from tests import stored

from .conftest import DAY, Desk, ordinary

COUNTS = {"Acme": 300, "Globex": 120, "Initech": 60, "Umbrella": 12, "Hooli": 7}


@pytest.fixture
def tenants(desk: Desk) -> Desk:
    """Five tenants, two of them with few cases, in figures, gates and what people wrote."""
    gates = [Gate(metric="task_success", cohort=f"tenant={name}", min=0.95) for name in COUNTS]
    desk.bare(
        policy=ReleasePolicy(gates=gates),
        marks=[
            Mark(
                signal="data-boundary",
                mark="partial",
                holds_for="Acme, Globex and Hooli",
                owner="Rosa",
                due=DAY,
                action="Ask Globex",
            )
        ],
    )
    cells = tuple(
        Cell(
            version=version,
            metric="task_success",
            dimension=dimension,
            value=value,
            mean=mean,
            n=n,
            unit="ratio",
            direction="higher",
        )
        for version, mean in (("2026.11", 0.9),)
        for dimension, value, n in [("*", "*", 499), *(("tenant", name, n) for name, n in COUNTS.items())]
    )
    file = Evidence(name="r.csv", format="csv", kind="results", digest="5" * 64, size=1, measured_on=DAY)
    stored.add_evidence(desk.store, desk.by, "copilot", file, cells)
    return desk


def shown(desk: Desk, customer: str, **asked: Any) -> str:
    return render.markdown(desk.take("customer", customer=customer, **asked))


@pytest.mark.parametrize("customer", ["Acme", "Globex", "Initech", "acme"])
def test_each_customer_reads_their_own_name_and_nobody_elses(tenants: Desk, customer: str) -> None:
    text = shown(tenants, customer).casefold()
    assert {name for name in COUNTS if name.casefold() in text} == {customer.capitalize()}
    assert f"all cases of {customer.casefold()} together" in text


def test_others_are_numbered_where_they_are_many_and_left_out_where_they_are_few(tenants: Desk) -> None:
    text = shown(tenants, "Initech")
    assert "tenant 1" in text
    assert "tenant 2" in text
    assert "tenant 3" not in text
    assert not re.search(r"\(n (12|7)\b", text)
    assert "What tells of fewer than 20 cases of another customer is left out." in text


def test_a_sentence_about_few_cases_of_another_is_left_out_whole(tenants: Desk) -> None:
    assert "Holds for: left out, since it tells of fewer than 20 cases of another customer" in shown(tenants, "Acme")


def test_one_that_is_alone_in_being_few_could_be_worked_out_and_takes_the_next_with_it(tenants: Desk) -> None:
    review = tenants.review()
    few = {"Hooli", "Umbrella"}
    cells = [(file, cell) for file, cell in review.dossier.cells if cell.value != "Hooli"]
    gates = [gate for gate in review.gates if "Hooli" not in gate.gate.cohort]
    assert len(review.dossier.cells) > len(cells)
    without = dataclasses.replace(
        review, dossier=dataclasses.replace(review.dossier, cells=tuple(cells)), gates=gates, kept=Kept()
    )
    left = pack.withholding.Withholding.of(without, pack.AUDIENCES["customer"], "Acme")
    out = {left.stand_ins[at].key for at in range(len(left.stand_ins)) if pack.withholding.character(at) in left.few()}
    assert out == {"umbrella", "initech"}
    assert few


def test_only_their_own_traces_are_theirs(desk: Desk) -> None:
    desk.fill(lambda field: {"trace.tenant": "Globex", "cell.tenant": "Acme"}.get(field, ordinary(field)))
    assert "Plain span name" in shown(desk, "Globex")
    theirs = shown(desk, "Acme")
    assert "Plain span name" not in theirs
    assert "No good path of this candidate is on file." in theirs


def test_the_verdict_is_the_same_for_everybody(tenants: Desk) -> None:
    taken: list[Snapshot] = [tenants.take("customer", customer=name) for name in COUNTS]
    assert {one.level for one in taken} == {tenants.review().verdict.level}


def test_a_customer_of_whom_nothing_is_stored_is_refused_with_those_there_are(tenants: Desk) -> None:
    with pytest.raises(InputError, match=r"copilot has no cohort of 'Stark'.*Acme") as refused:
        tenants.take("customer", customer="Stark", draft=False)
    assert "\n" not in str(refused.value)


def test_a_customer_pack_without_a_customer_is_refused(tenants: Desk) -> None:
    with pytest.raises(InputError, match="a customer pack is for one customer; expected the customer's name"):
        pack.Request.checked(audience="customer")


def test_a_name_that_holds_anothers_is_the_customers_own(desk: Desk) -> None:
    desk.fill(lambda field: {"cell.tenant": "Acme Logistics", "trace.tenant": "Acme"}.get(field, ordinary(field)))
    assert "All cases of Acme Logistics together" in shown(desk, "Acme Logistics")
    assert "Logistics" not in shown(desk, "Acme")
