"""What is asked for each section of the system card, and how it is shown: every fact, also where nobody stated it."""

from __future__ import annotations

import datetime as dt
from typing import Any, get_args

import streamlit as st
from streamlit.column_config import DateColumn, NumberColumn, TextColumn

from readiness.language import marked, tr
from readiness.model.card import CardEvaluation, CardSection, Component, Incident, RedTeamRun, SystemCard
from readiness.review import card_words
from readiness.review.review import Review

from . import document_forms, widgets
from .document_forms import Fields, FormSection
from .guard import PageContext


def overview(card: SystemCard) -> None:
    """How much of each section is stated, and what is missing."""
    parts = []
    for name in get_args(CardSection):
        told = card_words.facts(card, name)
        missing = [tr(one.fact.title) for one in told if one.state != "stated"]
        parts.append((tr(SECTIONS[name].title), len(told) - len(missing), len(told), missing))
    widgets.show("card_parts", parts=parts)


def sections(visit: PageContext, review: Review) -> None:
    """Each section with its edit, its facts and its rows."""
    card = review.card.record if review.card else SystemCard()
    for name in get_args(CardSection):
        document_forms.heading(visit, review, name, SECTIONS[name])
        widgets.show("card", section=name, card=card, facts=card_words.facts(card, name))
        if name == "components" and (changes := card_words.component_changes(review)):
            widgets.show("card_changes", changes=changes, before=review.dossier.earlier[0].assessment.record.candidate)


def _purpose(visit: PageContext, _: Review, card: SystemCard) -> Fields:
    use = st.text_area(tr("Intended use"), card.intended_use, height=80)
    not_for = document_forms.lines(tr("Excluded use, one a line"), card.not_for)
    users = st.text_area(tr("Users, and who is affected by the answers"), card.users, height=80)
    return lambda: {"intended_use": use, "not_for": not_for, "users": users}


def _components(visit: PageContext, _: Review, card: SystemCard) -> Fields:
    columns = {
        "kind": TextColumn(tr("Kind"), help=tr("model, prompt, index, tool, fallback, or another word.")),
        "name": TextColumn(tr("Name")),
        "version": TextColumn(tr("Version"), help=tr("Pinned: a date or a number, not “latest”.")),
        "provider": TextColumn(tr("Provider"), help=tr("Who runs it; another company is a sub-processor.")),
        "region": TextColumn(tr("Region"), help=tr("Where data is processed.")),
        "retention": TextColumn(tr("Retention"), help=tr("How long it keeps what it is sent.")),
        "training_use": TextColumn(tr("Training use"), help=tr("Whether it learns from what it is sent.")),
    }
    table = document_forms.table([part.model_dump() for part in card.components], columns)
    return lambda: {"components": document_forms.records(Component, document_forms.typed(table))}


def _limits(visit: PageContext, _: Review, card: SystemCard) -> Fields:
    oversight = st.text_area(
        tr("Human oversight"),
        card.oversight,
        height=80,
        help=tr("Who can stop it, and how. Roles, not names: it leaves."),
    )
    limits = document_forms.lines(tr("Known limits, one a line"), card.limits)
    risk = st.text_area(
        tr("Residual risk"), card.residual_risk, height=80, help=tr("What can still go wrong once all is done.")
    )
    duties = document_forms.lines(tr("What the customer must do, one a line"), card.customer_duties)
    return lambda: {"oversight": oversight, "limits": limits, "residual_risk": risk, "customer_duties": duties}


def _evaluation(visit: PageContext, _: Review, card: SystemCard) -> Fields:
    before = card.evaluation
    sampling = st.text_area(tr("How cases were chosen and labelled"), before.sampling, height=80)
    judge = st.text_input(tr("Judge"), before.judge, help=tr("Model and version of its prompt, or people."))
    agreement = st.text_input(tr("Agreement of judge and people"), before.agreement)
    missing = document_forms.lines(tr("Not tested, one a line"), before.not_tested)
    stated = {"sampling": sampling, "judge": judge, "agreement": agreement, "not_tested": missing}
    return lambda: {"evaluation": CardEvaluation.checked(**stated)}


def _red_team(visit: PageContext, _: Review, card: SystemCard) -> Fields:
    columns = {
        "on": DateColumn(tr("When"), format="YYYY-MM-DD"),
        "by": TextColumn(tr("By whom"), help=tr("A team or a firm, no person: it stands in packs.")),
        "tried": TextColumn(tr("What was tried"), width="large"),
        "attacks": NumberColumn(tr("Attacks"), min_value=0, step=1),
        "succeeded": NumberColumn(tr("Succeeded"), min_value=0, step=1),
        "report": TextColumn(tr("Report"), help=tr("Where it is, and who gets it.")),
    }
    table = document_forms.table([run.model_dump() for run in card.red_team], columns)
    return lambda: {"red_team": document_forms.records(RedTeamRun, document_forms.typed(table))}


def _incidents(visit: PageContext, _: Review, card: SystemCard) -> Fields:
    columns = {
        "on": DateColumn(tr("When"), format="YYYY-MM-DD"),
        "what": TextColumn(tr("What happened"), width="large"),
        "cohort": TextColumn(tr("To whom"), help=tr("dimension=value, or * for all.")),
        "done": TextColumn(tr("What was done"), width="large"),
    }
    table = document_forms.table([incident.model_dump() for incident in card.incidents], columns)
    until: dt.date | None = st.date_input(
        tr("Told up to"),
        card.incidents_until,
        format="YYYY-MM-DD",
        help=tr("With no incident above: there was none until then."),
    )

    def fields() -> dict[str, Any]:
        return {
            "incidents": document_forms.records(Incident, document_forms.typed(table)),
            "incidents_until": until,
        }

    return fields


SECTIONS: dict[CardSection, FormSection] = {
    "purpose": FormSection(
        marked("Purpose"), marked("What it is for, what it is not for, and whom it touches."), SystemCard, _purpose
    ),
    "components": FormSection(
        marked("Components"),
        marked("What the answers come from, who runs each part, and what happens to the data there."),
        SystemCard,
        _components,
    ),
    "limits": FormSection(
        marked("Oversight and limits"),
        marked("Who can stop it, where it is weak, what may still happen, and what the customer must do."),
        SystemCard,
        _limits,
    ),
    "evaluation": FormSection(
        marked("How it was tested"),
        marked("How cases were chosen, labelled and judged, and what was left out."),
        SystemCard,
        _evaluation,
    ),
    "red-team": FormSection(
        marked("Red team"), marked("Who attacked it, with what, and what succeeded."), SystemCard, _red_team
    ),
    "incidents": FormSection(
        marked("Incidents"), marked("What has gone wrong so far, for whom, and what was done."), SystemCard, _incidents
    ),
}
