"""Who decides: where each approver stands, and the decision of the one who looks."""

from __future__ import annotations

import streamlit as st

from readiness import language
from readiness.errors import InputError
from readiness.language import marked, tr
from readiness.model.dossier import Done
from readiness.model.sign_off import SignOffDecision
from readiness.review import signoff, summaries
from readiness.review.review import Review
from readiness.review.signoff import ApproverStatus
from readiness.services import sign_offs

from . import guard, widgets
from .guard import PageContext

DECISIONS: dict[SignOffDecision, str] = {
    "approve": marked("Approve"),
    "changes": marked("Ask for changes"),
    "reject": marked("Reject"),
}


def rows(visit: PageContext, review: Review) -> None:
    """A row for each approver, with a button for the one who may decide."""
    with st.container(gap=None):
        for status in signoff.statuses(review):
            text, button = st.columns([9, 1], vertical_alignment="center")
            mine = visit.by.is_named(status.name) and review.latest
            refused = sign_offs.refusal(review, visit.by, status.role) if mine else ""
            with text:
                widgets.show("sign_off", status=status, states=signoff.STATES, refused=refused)
            if mine and not refused and button.button(tr("Decide"), key=f"decide_{status.role}", width="stretch"):
                _decide(visit, review, status)


@widgets.dialog(marked("Sign off"), width="large")
def _decide(visit: PageContext, review: Review, status: ApproverStatus) -> None:
    seen = signoff.seen(review)
    widgets.heading(
        tr("{name} {candidate}, for {role}", name=review.name, candidate=review.assessment.candidate, role=status.role),
        summaries.headline(review),
    )
    widgets.show("signing", review=review, digest=signoff.digest(seen), status=status)
    with st.form("sign_off", border=False):
        decision = st.radio(
            tr("Decision"), list(DECISIONS), index=None, format_func=language.said(DECISIONS), horizontal=True
        )
        comment = st.text_area(
            tr("Comment"), help=tr("Needed unless you approve."), placeholder=tr("needed unless you approve")
        )
        if not st.form_submit_button(tr("Store the decision"), type="primary"):
            return

    def store() -> Done:
        if decision is None:
            raise InputError(
                tr("nothing is decided yet"), place="decision", expected=tr("approve, ask for changes or reject")
            )
        return sign_offs.sign(
            visit.store,
            visit.by,
            review.slug,
            review.assessment_id,
            role=status.role,
            decision=decision,
            comment=comment,
            seen=seen,
            as_of=visit.as_of,
        )

    guard.write(store)
