"""What the system card says, and what it does not, in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from readiness import formatting
from readiness.language import marked, tr, trn, within
from readiness.model import revision_diff
from readiness.model.card import FACTS, CardFact, CardSection, FactState, RedTeamRun, SystemCard

from .review import Review

NOT_STATED = marked("not stated")
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
    stated = len(FACTS) - len(card.lacking())
    of_facts = trn("of {n} fact", "of {n} facts", len(FACTS))
    return tr("{stated} {of_facts} are stated", stated=stated, of_facts=of_facts)


def lacking(card: SystemCard) -> str:
    """What is missing, the first few by name; empty where nothing is."""
    missing = [within(tr(fact.title)) for fact in card.lacking()]
    return formatting.few(missing, _SHOWN, between=", ") if missing else ""


def answer(review: Review) -> str:
    """The card in one sentence."""
    if review.card is None:
        return tr("No system card yet: buyers ask {n} things first, and none of them is stated.", n=len(FACTS))
    if missing := lacking(review.card.record):
        return tr("{counted}; missing: {missing}.", counted=counted(review.card.record), missing=missing)
    return tr("All {n} facts are stated.", n=len(FACTS))


def succeeded(run: RedTeamRun) -> str:
    """`2 of 140 attacks`."""
    if run.attacks is None and run.succeeded is None:
        return tr(NOT_STATED)
    if run.attacks is None:
        return tr("{succeeded} attacks", succeeded=formatting.whole(run.succeeded or 0))
    attacks = formatting.whole(run.attacks)
    if run.succeeded is None:
        return tr("not stated, of {attacks}", attacks=attacks)
    return tr("{some} of {every}", some=formatting.whole(run.succeeded), every=attacks)


def no_incident(card: SystemCard) -> str:
    """That there was none, where somebody says so; otherwise that nobody says it."""
    if not card.incidents_until:
        return tr(NOT_STATED)
    return tr("None up to {day}", day=formatting.day(card.incidents_until))


def component_changes(review: Review) -> tuple[str, ...]:
    """What the answers come from now and did not at the assessment before; nothing where there is none."""
    if not review.dossier.earlier:
        return ()
    before, now = review.dossier.earlier[0].card, review.card
    return revision_diff.components(before.record if before else None, now.record if now else None)
