"""Incidents: reported, and answered by evidence of the version under review."""

from __future__ import annotations

import streamlit as st

from readiness.access import allowed
from readiness.decision import incidents as deciding
from readiness.decision.incidents import IncidentStanding
from readiness.errors import InputError
from readiness.model.dossier import Done
from readiness.model.incidents import KINDS, TITLES, IncidentAnswerKind, ReportedIncident
from readiness.review.review import Review
from readiness.services import incidents

from . import guard, widgets
from .guard import PageContext


def report_button(visit: PageContext, review: Review) -> None:
    if allowed(visit.by, "incident", review.slug) and st.button("Report an incident", key="report_incident"):
        _report(visit, review)


@st.dialog("Report an incident", width="large")
def _report(visit: PageContext, review: Review) -> None:
    names = {signal.id: signal.name for signal in review.checklist.all}
    with st.form("incident", border=False):
        what = st.text_area("What happened", placeholder="to whom, and what it did")
        day, version, workflow = st.columns(3)
        on = day.date_input("On", visit.as_of, format="YYYY-MM-DD")
        ran = version.text_input("Version", review.assessment.candidate)
        where = workflow.text_input("Workflow")
        cohort, trace = st.columns(2)
        whom = cohort.text_input("Cohort", placeholder="dimension=value, such as language=ja")
        seen = trace.text_input("Trace", placeholder="its id, where one is stored")
        signals = st.multiselect("Questions it speaks against", list(names), format_func=names.__getitem__)
        if not st.form_submit_button("Store the incident", type="primary"):
            return
    stated = {"what": what, "on": on, "version": ran, "workflow": where, "cohort": whom, "trace": seen}
    guard.write(
        lambda: incidents.report(
            visit.store, visit.by, review.slug, ReportedIncident.checked(**stated, signals=signals)
        )
    )


def rows(visit: PageContext, review: Review) -> None:
    """A line for each, the latest first, with a button for who may answer."""
    names = {signal.id: signal.name for signal in review.checklist.all}
    may = review.latest and allowed(visit.by, "incident", review.slug)
    with st.container(gap=None):
        for one in sorted(review.incidents, key=lambda one: one.incident.record.on, reverse=True):
            text, button = st.columns([9, 1], vertical_alignment="center")
            with text:
                widgets.show("incident", one=one, names=names, review=review)
            if may and button.button("Answer", key=f"incident_{one.incident.id}", width="stretch"):
                _answer(visit, review, one)


@st.dialog("Answer an incident", width="large")
def _answer(visit: PageContext, review: Review, one: IncidentStanding) -> None:
    incident = one.incident
    widgets.heading(incident.record.what, "Evidence of the version under review that it does not happen any more.")
    kind = st.radio("By a", KINDS, format_func=TITLES.__getitem__, horizontal=True)
    reference = _reference(review, one, kind)
    note = st.text_input("Note")
    answer, withdraw = st.columns([2, 1])
    if answer.button("Store the answer", type="primary"):
        guard.write(lambda: _store(visit, review, incident.id, kind, reference, note))
    if withdraw.button("It was none: withdraw it", type="tertiary", help="The note says why."):
        guard.write(
            lambda: incidents.withdraw(visit.store, visit.by, review.slug, incident.id, note, seen=incident.row_version)
        )


def _store(
    visit: PageContext, review: Review, number: int, kind: IncidentAnswerKind, reference: str | None, note: str
) -> Done:
    if not reference:
        raise InputError(f"no {TITLES[kind]} is named", place="answer", expected="one that is stored")
    return incidents.answer(visit.store, visit.by, review.slug, number, kind, reference, note, as_of=visit.as_of)


def _reference(review: Review, one: IncidentStanding, kind: IncidentAnswerKind) -> str | None:
    if kind == "case":
        return st.text_input("Test case", placeholder="its id in the results of this version")
    if kind == "gate":
        fitting = [result for result in review.gates if deciding.covers(result.gate, one.incident)]
        subjects = {result.gate.subject: result.state for result in fitting}
        return st.selectbox(
            "Gate",
            list(subjects),
            format_func=lambda subject: f"{subject.replace('_', ' ')} ({subjects[subject]})",
            placeholder="none looks at where it happened: add one on Release & monitoring",
        )
    traces = {sample.trace.trace_id: sample.trace for sample in review.path("good")}
    names = widgets.trace_names(traces)
    return st.selectbox(
        "Trace", list(traces), format_func=names.__getitem__, placeholder="none of this version is labelled good"
    )
