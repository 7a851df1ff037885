"""Which facts of the system card are stated: never one that nobody wrote."""

from __future__ import annotations

import datetime as dt

import pytest

from readiness.model.card import FACTS, Component, Incident, RedTeamRun, SystemCard
from tests import factories

BY_ID = {fact.id: fact for fact in FACTS}
REGION, VERSION, INCIDENTS = (BY_ID[name] for name in ("components.region", "components.version", "incidents"))


def test_a_whole_card_lacks_nothing_and_an_empty_one_everything() -> None:
    assert factories.card().lacking() == []
    assert SystemCard().lacking() == list(FACTS)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.id)
def test_a_fact_that_is_blank_is_not_stated(fact: object) -> None:
    blank = SystemCard(
        intended_use=" ", not_for=["", " "], components=[Component(kind="model", name="a")], red_team=[RedTeamRun()]
    )
    assert fact in blank.lacking()


def test_what_only_some_components_say_is_stated_in_part() -> None:
    parts = [Component(kind="model", name="a", region="EU"), Component(kind="tool", name="b")]
    card = SystemCard(components=parts)
    assert (card.state(REGION), card.silent(REGION)) == ("in part", ["b"])
    assert REGION in card.lacking()


def test_a_prompt_has_a_version_and_is_sent_no_data() -> None:
    parts = [Component(kind="Prompt", name="a"), Component(kind="model", name="b", version="1", region="EU")]
    card = SystemCard(components=parts)
    assert card.state(REGION) == "stated"
    assert (card.state(VERSION), card.silent(VERSION)) == ("in part", ["a"])
    assert SystemCard(components=parts[:1]).state(REGION) == "missing"


def test_that_there_was_no_incident_is_a_statement_of_its_own() -> None:
    assert SystemCard().state(INCIDENTS) == "missing"
    assert SystemCard(incidents_until=dt.date(2026, 11, 20)).state(INCIDENTS) == "stated"
    assert SystemCard(incidents=[Incident(what="a wrong date")]).state(INCIDENTS) == "stated"
