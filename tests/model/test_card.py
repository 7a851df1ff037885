"""Which facts of the system card are stated: never one that nobody wrote."""

from __future__ import annotations

import datetime as dt
from typing import get_args

import pytest

from readiness.errors import InputError
from readiness.model.card import FACTS, CardEvaluation, CardSection, Component, Incident, RedTeamRun, SystemCard
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


def test_every_field_of_a_card_is_a_fact_with_a_title_and_a_question() -> None:
    whole = SystemCard.model_fields.keys() - {"components", "evaluation", "incidents_until"}
    parts = {f"components.{name}" for name in Component.model_fields.keys() - {"kind", "name"}}
    judged = {f"evaluation.{name}" for name in CardEvaluation.model_fields}
    assert sorted(fact.id for fact in FACTS) == sorted(whole | parts | judged)
    assert all(fact.asked.endswith("?") and "?" not in fact.title for fact in FACTS)
    assert {fact.section for fact in FACTS} == set(get_args(CardSection))
    listed = [fact.id for fact in FACTS if fact.section != "components" and fact.listed]
    assert listed == ["not_for", "limits", "customer_duties", "evaluation.not_tested", "red_team", "incidents"]


def test_a_red_team_run_says_what_was_tried_or_how_often() -> None:
    card = SystemCard(red_team=[RedTeamRun(tried=" jailbreaks "), RedTeamRun(attacks=40, succeeded=40), RedTeamRun()])
    assert card.said(BY_ID["red_team"]) == ["jailbreaks", "40"]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"attacks": 3, "succeeded": 4}, "4 attacks succeeded of 3; expected 3 at most"),
        ({"attacks": -1}, "attacks: -1"),
        ({"succeeded": -1}, "succeeded: -1"),
    ],
)
def test_a_red_team_run_that_cannot_have_been_is_refused(fields: dict[str, int], problem: str) -> None:
    with pytest.raises(InputError) as refused:
        RedTeamRun.checked(**fields)
    assert problem.partition(":")[0] in str(refused.value)
    assert RedTeamRun.checked(attacks=0, succeeded=0).attacks == 0
