"""One question by itself: its answer, what stands behind it, how it was answered before, and what would show it."""

from __future__ import annotations

import streamlit as st

from readiness.language import tr
from readiness.review import side_by_side, summaries
from readiness.review.items import Answer
from readiness.review.review import Review

from . import forms, headline, tables, widgets
from .guard import PageContext
from .note_forms import Threads

SIGNAL = "signal"
"""Of an address: which question is shown by itself."""


def asked(review: Review) -> Answer | None:
    """The question that the address asks for; None where it asks for none, or for one that there is not."""
    wanted = st.query_params.get(SIGNAL, "")
    return next((answer for answer in review.answers if answer.signal.id == wanted), None)


def show(visit: PageContext, review: Review, answer: Answer, said: Threads) -> None:
    gap = next((gap for gap in review.gaps if gap.signal.id == answer.signal.id), None)
    headline.tell(summaries.answer(answer), kicker=widgets.about(review), level=review.verdict.level)
    widgets.show("signal_ways", review=review, answers=review.answers, answer=answer)
    forms.signal_row(review, answer, gap, said, whole=True)
    with st.container(horizontal=True):
        forms.signal_buttons(visit, review, answer)
    widgets.heading(tr("What shows it"), tr(answer.signal.needs))
    section = next(section for section in review.checklist.sections if section.id == answer.signal.section)
    about = {
        tr("If it is open"): tr(answer.signal.remedy),
        tr("All of {section}", section=tr(section.name)): tr(section.prove),
    }
    widgets.show("notes", notes=[f"{what}: {told.rstrip('.')}" for what, told in about.items()])
    told = side_by_side.signal_history(review, answer.signal.id)
    if len(told) > 1:
        widgets.heading(tr("How it was answered"), csv=tables.query("signal-history", review, signal=answer.signal.id))
        widgets.show("signal_history", told=told)
