"""What the verdict would be: gaps closed, cohorts left out, another threshold, another day; nothing is stored."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from readiness.errors import InputError
from readiness.language import marked, tr
from readiness.model.policy import Gate
from readiness.review import effects, what_if
from readiness.review.review import Review
from readiness.review.what_if import WhatIf
from readiness.scorecard import gate_words

from . import pictures, widgets
from .guard import PageContext

_BOUNDS = {
    "min": marked("At least"),
    "max": marked("At most"),
    "max_regression": marked("Worse than the baseline by at most"),
}


def show(visit: PageContext, review: Review) -> None:
    """What is asked, and the verdict as it would be beside that of now."""
    try:
        change = _asked(review)
    except InputError as exc:
        widgets.problem(exc)
        return
    if not change:
        widgets.empty(
            tr("Nothing is assumed yet."), tr("Close a gap, leave out a cohort, or move a threshold or the rollout.")
        )
        return
    then = what_if.applied(review, change)
    widgets.show("what_if", change=change, told=what_if.told(review, change), now=review, then=then)
    pictures.score(then)
    answers = effects.between(review, then).answers
    widgets.show("effect_rows", answers=answers, before=tr("Now"), after=tr("It would be"), review=review)


def _asked(review: Review) -> WhatIf:
    gaps, cohorts = st.columns(2)
    named = {gap.signal.id: tr(gap.signal.name) for gap in review.gaps}
    closed = gaps.multiselect(
        tr("Gaps that are closed"), list(named), format_func=named.__getitem__, placeholder=tr("none"), key="if closed"
    )
    left_out = cohorts.multiselect(
        tr("Cohorts out of scope"), what_if.cohorts(review), placeholder=tr("none"), key="if out of scope"
    )
    gate, bound = st.columns(2)
    gates = review.policy.record.gates if review.policy else []
    at = gate.selectbox(
        tr("Another threshold"),
        range(len(gates)),
        index=None,
        format_func=lambda number: gate_words.subject(gates[number]),
        placeholder=tr("none"),
        key="if gate",
    )
    changed = {at: _other(bound, gates[at], at)} if at is not None else {}
    moved, rollout = st.columns(2)
    gap = moved.selectbox(
        tr("Another due date"),
        list(named),
        index=None,
        format_func=named.__getitem__,
        placeholder=tr("none"),
        key="if gap",
    )
    dates = {gap: day} if gap and (day := moved.date_input(tr("Due"), None, format="YYYY-MM-DD", key="if due")) else {}
    target = rollout.date_input(tr("Rollout on"), None, format="YYYY-MM-DD", key="if target")
    return WhatIf(
        frozenset(closed),
        frozenset(left_out),
        {at: gate for at, gate in changed.items() if gate != gates[at]},
        dates,
        target,
    )


def _other(place: DeltaGenerator, gate: Gate, at: int) -> Gate:
    stated = {name: label for name, label in _BOUNDS.items() if getattr(gate, name) is not None}
    if not stated:
        return gate
    bounds = {
        name: place.number_input(tr(label), value=float(getattr(gate, name)), format="%g", key=f"if bound {at} {name}")
        for name, label in stated.items()
    }
    return Gate.checked(**gate.model_dump() | bounds)
