"""What the system card says, and what it does not, in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from readiness import formatting
from readiness.model import revision_diff
from readiness.model.card import FACTS, CardFact, CardSection, FactState, RedTeamRun, SystemCard

from .review import Review

NOT_STATED = "not stated"
_SHOWN = 4
"""Facts that are missing and named in one sentence; the rest is counted."""


@dataclass(frozen=True)
class ToldFact:
    """A fact with what is stated of it, a text for each item; `silent` are the components that do not say it."""

    fact: CardFact
    state: FactState
    said: tuple[str, ...]
    silent: tuple[str, ...] = ()


def facts(card: SystemCard, *sections: CardSection) -> list[ToldFact]:
    """Every fact of these sections, or of all of them, stated or not."""
    return [
        ToldFact(
            fact,
            card.state(fact),
            tuple(value for value in card.said(fact) if value.strip()),
            tuple(card.silent(fact)),
        )
        for fact in FACTS
        if fact.section in (sections or [fact.section])
    ]


def counted(card: SystemCard) -> str:
    """`12 of 18 facts are stated`."""
    lacking = len(card.lacking())
    return f"{len(FACTS) - lacking} of {formatting.count(len(FACTS), 'fact')} are stated"


def lacking(card: SystemCard) -> str:
    """What is missing, the first few by name; empty where nothing is."""
    missing = [fact.title.lower() for fact in card.lacking()]
    return formatting.few(missing, _SHOWN, between=", ") if missing else ""


def answer(review: Review) -> str:
    """The card in one sentence."""
    if review.card is None:
        return f"No system card yet: buyers ask {len(FACTS)} things first, and none of them is stated."
    missing = lacking(review.card.record)
    return f"{counted(review.card.record)}; missing: {missing}." if missing else f"All {len(FACTS)} facts are stated."


def succeeded(run: RedTeamRun) -> str:
    """`2 of 140 attacks`."""
    if run.attacks is None:
        return f"{run.succeeded:,} attacks" if run.succeeded is not None else NOT_STATED
    return f"{run.succeeded:,} of {run.attacks:,}" if run.succeeded is not None else f"{NOT_STATED}, of {run.attacks:,}"


def no_incident(card: SystemCard) -> str:
    """That there was none, where somebody says so; otherwise that nobody says it."""
    return f"None up to {formatting.day(card.incidents_until)}" if card.incidents_until else NOT_STATED


def component_changes(review: Review) -> tuple[str, ...]:
    """What the answers come from now and did not at the assessment before; nothing where there is none."""
    if not review.dossier.earlier:
        return ()
    before, now = review.dossier.earlier[0].card, review.card
    return revision_diff.components(before.record if before else None, now.record if now else None)
