"""The system card as a buyer reads it: every fact, and “not stated” where nobody stated it."""

from __future__ import annotations

from readiness import formatting
from readiness.language import tr
from readiness.model.card import CardSection, Component, Incident, RedTeamRun, SystemCard
from readiness.review import card_words
from readiness.review.card_words import NOT_STATED
from readiness.review.review import Review

from .base import Plain, clip, named, stored

LIMITS_SHOWN = 3
_BRIEF = 160
_ALL_LIMITS = 240


def card(review: Review) -> dict[str, Plain]:
    stated = _stated(review)
    return {
        "revision": stored(review.card),
        "counted": card_words.counted(stated),
        "lacking": card_words.lacking(stated),
        "purpose": _facts(stated, "purpose"),
        "components": [_component(part) for part in stated.components],
        "asked": [tr(told.fact.title) for told in card_words.facts(stated, "components")],
        "changes": list(card_words.component_changes(review)),
        "limits": _facts(stated, "limits"),
        "evaluation": _facts(stated, "evaluation"),
        "red_team": [_run(run) for run in stated.red_team],
        "incidents": [_incident(incident) for incident in stated.incidents],
        "until": formatting.day(stated.incidents_until, missing=""),
        "none": card_words.no_incident(stated),
    }


def risk(review: Review) -> dict[str, Plain]:
    """What may still go wrong, for those who decide: a few lines."""
    stated = _stated(review)
    limits = [limit.strip().rstrip(".") for limit in stated.limits if limit.strip()]
    return {
        "residual": clip(stated.residual_risk, _BRIEF) or f"{tr(NOT_STATED)}.",
        "limits": clip("; ".join(limits[:LIMITS_SHOWN]), _ALL_LIMITS) or tr(NOT_STATED),
        "more": max(len(limits) - LIMITS_SHOWN, 0),
        "counted": card_words.counted(stated),
    }


def _stated(review: Review) -> SystemCard:
    return review.card.record if review.card else SystemCard()


def _facts(stated: SystemCard, section: CardSection) -> list[Plain]:
    """A row for each fact, and one more for each further item of a list."""
    rows: list[Plain] = []
    for told in card_words.facts(stated, section):
        first, *others = told.said or (tr(NOT_STATED),)
        rows += [{"what": tr(told.fact.title), "value": first}, *({"what": "", "value": value} for value in others)]
    return rows


def _component(part: Component) -> dict[str, Plain]:
    silent = NOT_STATED if part.takes_data else "–"
    return {
        "part": f"{formatting.capital(tr(part.kind))}: {part.name}",
        "version": named(part.version, NOT_STATED),
        "provider": named(part.provider, silent),
        "region": named(part.region, silent),
        "retention": named(part.retention, silent),
        "training": named(part.training_use, silent),
    }


def _run(run: RedTeamRun) -> dict[str, Plain]:
    return {
        "on": formatting.day(run.on, missing=tr(NOT_STATED)),
        "by": named(run.by, NOT_STATED),
        "tried": named(run.tried, NOT_STATED),
        "succeeded": card_words.succeeded(run),
        "report": named(run.report, NOT_STATED),
    }


def _incident(incident: Incident) -> dict[str, Plain]:
    return {
        "on": formatting.day(incident.on, missing=tr(NOT_STATED)),
        "what": incident.what,
        "cohort": named(incident.cohort, NOT_STATED),
        "done": named(incident.done, NOT_STATED),
    }
