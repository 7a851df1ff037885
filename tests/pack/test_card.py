"""The system card in a pack: every fact, “not stated” where nobody stated it, and no name that stays here."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from readiness.model.assessment import Mark, System
from readiness.model.card import Component, Incident, SystemCard
from readiness.model.evidence import Evidence
from readiness.model.policy import Approver, ReleasePolicy
from readiness.pack import render
from readiness.pack.sections.card import LIMITS_SHOWN
from tests import stored

from .conftest import DAY, Desk, cells, ordinary

AUDIENCES = ("security", "procurement")


def section(desk: Desk, audience: str, name: str) -> Any:
    return next(found.data for found in desk.take(audience).sections if found.id == name)


def card_of(desk: Desk, audience: str = "security") -> str:
    return render.markdown(desk.take(audience)).partition("## System card")[2].partition("\n## ")[0]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_without_a_card_every_fact_reads_not_stated(desk: Desk, audience: str) -> None:
    desk.bare()
    said = section(desk, audience, "card")
    assert said["counted"] == "0 of 18 facts are stated"
    assert {row["value"] for name in ("purpose", "limits", "evaluation") for row in said[name]} == {"not stated"}
    shown = card_of(desk, audience)
    for title in ("Pinned versions", "Sub-processors", "Regions", "Retention", "Training use"):
        assert f"- {title}: not stated" in shown
    assert "Runs of a red team: not stated." in shown
    assert "Incidents so far: not stated." in shown


def test_what_only_some_parts_say_is_not_stated_by_the_others(desk: Desk) -> None:
    parts = [
        Component(kind="model", name="Large", version="3", region="EU"),
        Component(kind="prompt", name="answer", version="41"),
        Component(kind="tool", name="registry"),
    ]
    desk.bare(card=SystemCard(components=parts, incidents_until=dt.date(2026, 11, 20), limits=["Slow", "", "Wrong"]))
    model, prompt, tool = section(desk, "security", "card")["components"]
    assert (model["region"], model["provider"]) == ("EU", "not stated")
    assert (prompt["version"], prompt["region"]) == ("41", "–")
    assert (tool["version"], tool["region"]) == ("not stated", "not stated")
    limits = [row for row in section(desk, "security", "card")["limits"] if row["value"] in ("Slow", "Wrong")]
    assert limits == [{"what": "Known limits", "value": "Slow"}, {"what": "", "value": "Wrong"}]
    assert "Incidents so far: None up to 20 Nov 2026." in card_of(desk)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_tenant_on_the_card_is_numbered_wherever_it_stands(desk: Desk, audience: str) -> None:
    told = {"trace.tenant": "Kuroda Lines", "card.limits": "Slow for Kuroda Lines", "incident.tenant": "Meyer & Sohn"}
    told |= {"card.residual_risk": "Meyer & Sohn may be told a wrong date", "incident.done": "Kuroda-Lines was called"}
    desk.fill(lambda field: told.get(field, ordinary(field)))
    shown = desk.build(audience, asked={}).body.decode()
    assert "Kuroda" not in shown
    assert "Meyer" not in shown
    assert "Slow for tenant " in shown


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_person_on_the_card_stands_by_the_role_and_a_provider_by_name(desk: Desk, audience: str) -> None:
    desk.bare(
        system=System(slug="copilot", name="Copilot", owner="Ines Albrecht"),
        policy=ReleasePolicy(approvers=[Approver(role="quality", name="Priya Nambiar")]),
        card=SystemCard(
            oversight="Ines Albrecht can stop it, or write to ops@vendor.example",
            components=[Component(kind="model", name="Large", provider="Northlake Models GmbH")],
            incidents=[Incident(what="A wrong date", done="Priya Nambiar called the customer")],
        ),
    )
    shown = card_of(desk, audience)
    for name in ("Ines", "Albrecht", "Priya", "Nambiar", "ops@"):
        assert name not in shown
    assert "system owner can stop it" in shown
    assert "quality approver called the customer" in shown
    assert "Northlake Models GmbH" in shown


def test_leaders_read_residual_risk_and_the_first_limits(desk: Desk) -> None:
    limits = [f"Limit {number}" for number in range(LIMITS_SHOWN + 2)]
    desk.bare(card=SystemCard(residual_risk="A wrong date may be sent", limits=limits))
    said = section(desk, "leadership", "risk")
    assert said["residual"] == "A wrong date may be sent"
    assert said["limits"] == "Limit 0; Limit 1; Limit 2"
    assert said["more"] == 2
    assert "card" not in [found.id for found in desk.take("leadership").sections]


def test_leaders_are_told_when_neither_is_stated(desk: Desk) -> None:
    desk.bare()
    assert section(desk, "leadership", "risk")["residual"] == "not stated."
    assert section(desk, "leadership", "risk")["limits"] == "not stated"


# Answers in words


def answers(desk: Desk) -> dict[str, str]:
    rows = section(desk, "procurement", "checklist")["answers"]
    return {row["signal"].partition(" · ")[2]: row["behind"] for row in rows if "behind" in row}


def test_what_stands_behind_each_answer_is_named_with_its_reason(desk: Desk) -> None:
    marks = [
        Mark(signal="cohort-success", mark="no", evidence=["scorecard"]),
        Mark(signal="ownership", mark="no", evidence=["https://wiki.example.com/on-call", "page 4"]),
        Mark(signal="citation-support", mark="no", not_applicable=True, note="It cites nothing"),
        Mark(signal="capacity", mark="no"),
        Mark(signal="tool-failure", mark="yes"),
    ]
    desk.bare(marks=marks)
    told = answers(desk)
    assert told["Task success per cohort"].startswith("not shown: ")
    assert told["Capacity at expansion"].startswith("not shown: ")
    assert told["Ownership after launch"].startswith("attested by person 1, 2 references: ")
    no_use = "attested by person 1: said not to apply, since: It cites nothing; "
    assert told["Citations that support claims"].startswith(no_use)
    assert told["Behaviour when tools fail"] == "–"
    assert "wiki.example.com" not in render.markdown(desk.take("procurement"))


def test_an_answer_that_evidence_speaks_against_says_so(desk: Desk) -> None:
    desk.fill()
    states = {told.partition(":")[0] for told in answers(desk).values()}
    assert {"contradicted", "not shown"} <= states


def test_a_pack_ends_with_what_its_words_mean(desk: Desk) -> None:
    desk.bare()
    for audience in AUDIENCES:
        *_, last = desk.take(audience).sections
        assert last.id == "glossary"
        terms: Any = last.data["terms"]
        means = {entry["term"]: entry["means"] for entry in terms}
        assert means["No – controlled"].startswith("The good answer.")
        assert {"shown", "attested", "uncovered", "not shown", "contradicted", "not stated", "n"} <= set(means)


def test_leaders_read_what_would_change_the_verdict(desk: Desk) -> None:
    desk.bare(marks=[Mark(signal="capacity", mark="yes")])
    stored.add_evidence(
        desk.store,
        desk.by,
        "copilot",
        Evidence(name="r.csv", format="results", kind="results", digest="a" * 64, size=1, measured_on=DAY),
        cells(ordinary, "2026.11", "2026.08"),
    )
    first, *_ = section(desk, "leadership", "decision")["ways"]
    review = desk.review()
    assert first["level"].endswith(review.remediations[0].level.replace("-", " "))
    assert "nswer 21 questions with “No – controlled”" in first["steps"]
