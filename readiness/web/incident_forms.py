"""Incidents: reported, and answered by evidence of the version under review."""

from __future__ import annotations

import streamlit as st

from readiness import language
from readiness.access import allowed
from readiness.decision import incidents as deciding
from readiness.decision.incidents import IncidentStanding
from readiness.errors import InputError
from readiness.language import marked, tr, trc
from readiness.model.dossier import Done
from readiness.model.incidents import KINDS, TITLES, IncidentAnswerKind, ReportedIncident
from readiness.review.review import Review
from readiness.services import incidents

from . import guard, widgets
from .guard import PageContext


def report_button(visit: PageContext, review: Review) -> None:
    if allowed(visit.by, "incident", review.slug) and st.button(tr("Report an incident"), key="report_incident"):
        _report(visit, review)


@widgets.dialog(marked("Report an incident"), width="large")
def _report(visit: PageContext, review: Review) -> None:
    names = {signal.id: tr(signal.name) for signal in review.checklist.all}
    with st.form("incident", border=False):
        what = st.text_area(tr("What happened"), placeholder=tr("to whom, and what it did"))
        day, version, workflow = st.columns(3)
        on = day.date_input(trc("a day", "On"), visit.as_of, format="YYYY-MM-DD")
        ran = version.text_input(tr("Version"), review.assessment.candidate)
        where = workflow.text_input(tr("Workflow"))
        cohort, trace = st.columns(2)
        whom = cohort.text_input(tr("Cohort"), placeholder=tr("dimension=value, such as language=ja"))
        seen = trace.text_input(tr("Trace"), placeholder=tr("its id, where one is stored"))
        signals = st.multiselect(tr("Questions it speaks against"), list(names), format_func=names.__getitem__)
        if not st.form_submit_button(tr("Store the incident"), type="primary"):
            return
    stated = {"what": what, "on": on, "version": ran, "workflow": where, "cohort": whom, "trace": seen}
    guard.write(
        lambda: incidents.report(
            visit.store, visit.by, review.slug, ReportedIncident.checked(**stated, signals=signals)
        )
    )


def rows(visit: PageContext, review: Review) -> None:
    """A line for each, the latest first, with a button for who may answer."""
    names = {signal.id: tr(signal.name) for signal in review.checklist.all}
    may = review.latest and allowed(visit.by, "incident", review.slug)
    with st.container(gap=None):
        for one in sorted(review.incidents, key=lambda one: one.incident.record.on, reverse=True):
            text, button = st.columns([9, 1], vertical_alignment="center")
            with text:
                widgets.show("incident", one=one, names=names, review=review)
            if may and button.button(trc("a button", "Answer"), key=f"incident_{one.incident.id}", width="stretch"):
                _answer(visit, review, one)


@widgets.dialog(marked("Answer an incident"), width="large")
def _answer(visit: PageContext, review: Review, one: IncidentStanding) -> None:
    incident = one.incident
    widgets.heading(incident.record.what, tr("Evidence of the version under review that it does not happen any more."))
    kind = st.radio(tr("By a"), KINDS, format_func=language.said(TITLES), horizontal=True)
    reference = _reference(review, one, kind)
    note = st.text_input(tr("Note"))
    answer, withdraw = st.columns([2, 1])
    if answer.button(tr("Store the answer"), type="primary"):
        guard.write(lambda: _store(visit, review, incident.id, kind, reference, note))
    if withdraw.button(tr("It was none: withdraw it"), type="tertiary", help=tr("The note says why.")):
        guard.write(
            lambda: incidents.withdraw(visit.store, visit.by, review.slug, incident.id, note, seen=incident.row_version)
        )


def _store(
    visit: PageContext, review: Review, number: int, kind: IncidentAnswerKind, reference: str | None, note: str
) -> Done:
    if not reference:
        raise InputError(
            tr("no {what} is named", what=tr(TITLES[kind])), place="answer", expected=tr("one that is stored")
        )
    return incidents.answer(visit.store, visit.by, review.slug, number, kind, reference, note, as_of=visit.as_of)


def _reference(review: Review, one: IncidentStanding, kind: IncidentAnswerKind) -> str | None:
    if kind == "case":
        return st.text_input(tr("Test case"), placeholder=tr("its id in the results of this version"))
    if kind == "gate":
        fitting = [result for result in review.gates if deciding.covers(result.gate, one.incident)]
        subjects = {result.gate.subject: result.state for result in fitting}
        return st.selectbox(
            tr("Gate"),
            list(subjects),
            format_func=lambda subject: f"{subject.replace('_', ' ')} ({tr(subjects[subject])})",
            placeholder=tr("none looks at where it happened: add one on Release & monitoring"),
        )
    traces = {sample.trace.trace_id: sample.trace for sample in review.path("good")}
    names = widgets.trace_names(traces)
    return st.selectbox(
        tr("Trace"),
        list(traces),
        format_func=names.__getitem__,
        placeholder=tr("none of this version is labelled good"),
    )
