"""Where the rollout stands in its stages: what the evidence advises, and the step that somebody takes."""

from __future__ import annotations

import streamlit as st

from readiness import language
from readiness.access import allowed
from readiness.decision.stages import StageAdvice
from readiness.language import marked, tr
from readiness.model.stages import ACTIONS, StageAction
from readiness.review.review import Review
from readiness.services import stages

from . import guard, tables, widgets
from .guard import PageContext

_LABELS: dict[StageAction, str] = {"advance": marked("Go on"), "hold": marked("Hold"), "roll back": marked("Roll back")}


def show(visit: PageContext, review: Review) -> None:
    """Advice and steps, for a policy that has stages."""
    if not (review.policy and review.policy.record.stages):
        return
    told = stages.advice(visit.by, review)
    text, button = st.columns([13, 2], vertical_alignment="top")
    with text:
        widgets.show("advice", told=told)
    may = review.latest and allowed(visit.by, "stage", review.slug)
    if may and button.button(tr("Record"), key="stage_step", help=tr("Record a step that was taken"), width="stretch"):
        _record(visit, review, told)
    if review.dossier.steps:
        widgets.heading(tr("Steps taken"), csv=tables.query("stage-steps", review))
        widgets.show("steps", steps=review.dossier.steps)


@widgets.dialog(marked("Record a step"))
def _record(visit: PageContext, review: Review, told: StageAdvice) -> None:
    possible = [action for action in ACTIONS if _is_possible(action, told)]
    widgets.show("advice", told=told)
    with st.form("stage step", border=False):
        advised = possible.index(told.kind) if told.kind in possible else 0
        action = st.radio(tr("Step"), possible, index=advised, format_func=language.said(_LABELS), horizontal=True)
        note = st.text_area(tr("Note"), placeholder=tr("needed for a step that is not advised"))
        if not st.form_submit_button(tr("Store the step"), type="primary"):
            return
    number, seen, day = review.assessment_id, len(review.dossier.steps), visit.as_of
    guard.write(
        lambda: stages.take(visit.store, visit.by, review.slug, number, action, note=note, seen=seen, as_of=day)
    )


def _is_possible(action: StageAction, told: StageAdvice) -> bool:
    return told.onward is not None if action == "advance" else told.current is not None
