"""Answering one question after the other: a click or a key each, and fields of a gap only where there is one.

What is typed and not stored yet stands in the address, so that it survives a reload.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from readiness.model.assessment import Mark, MarkValue
from readiness.model.dossier import Done
from readiness.review import references, summaries
from readiness.review.items import Answer
from readiness.review.review import Review
from readiness.services import marks

from . import forms, guard, widgets
from .guard import PageContext

STORED, SAID = "answered_last", "said_last"
"""The question that was answered last, and what else was stored a moment ago."""
TYPED: dict[str, Any] = {"finding": "", "proof": [], "holds": "", "action": ""}
"""What is typed for the question at hand, by its key in the address."""
_TYPED_FOR = "typed_for"
"""The question that it was typed for: nothing of it reaches another one."""
_GAPS: dict[str, MarkValue] = {"partial": "partial", "yes": "yes"}
_QUESTION, _GAP = "question", "gap"
_LONGEST = 1000
"""Letters of a finding here, since all of it stands in the address; the list takes longer ones."""


def one_by_one(visit: PageContext, review: Review) -> None:
    """The question at hand, and the ways to answer it."""
    open_ = [answer for answer in review.answers if answer.mark.mark is None]
    st.progress(1 - len(open_) / len(review.answers))
    if not open_:
        _over(visit, review)
        return
    wanted = st.query_params.get(_QUESTION, "")
    answer = next((answer for answer in open_ if answer.signal.id == wanted), open_[0])
    fits = _take_up(review, answer)
    _ask(visit, review, answer, _after(open_, answer))
    if not fits:
        st.rerun()


def _take_up(review: Review, answer: Answer) -> bool:
    """Forget what was typed for another question, or for that of another system.

    Whether that is done: what an address brings is bound once the fields are drawn, and forgotten in the run after.
    """
    here, wanted = f"{review.assessment_id} {answer.signal.id}", st.query_params.get(_QUESTION, answer.signal.id)
    before = st.session_state.get(_TYPED_FOR)
    st.session_state[_TYPED_FOR] = here if before else f"{review.assessment_id} {wanted}"
    st.query_params[_QUESTION] = answer.signal.id
    if before not in (None, here):
        st.session_state.update(TYPED)
        st.query_params.pop(_GAP, None)
    return bool(before) or wanted == answer.signal.id


def _after(open_: Sequence[Answer], answer: Answer) -> str:
    """The question that comes next, and the first one after the last."""
    following = [other.signal.id for other in open_]
    return following[(following.index(answer.signal.id) + 1) % len(following)]


def _over(visit: PageContext, review: Review) -> None:
    widgets.empty("Every question is answered.", "The verdict follows from the answers and from what shows them.")
    with st.container(horizontal=True):
        if st.button("See the verdict", type="primary", key="to_verdict"):
            st.switch_page("../../pages/verdict.py", query_params={"system": review.slug})
        _stored_last(visit, review)


def _ask(visit: PageContext, review: Review, answer: Answer, following: str) -> None:
    section = next(part for part in review.checklist.sections if part.id == answer.signal.section)
    widgets.show("question", answer=answer, section=section)
    finding = st.text_area(
        "Finding",
        key="finding",
        height=80,
        max_chars=_LONGEST,
        placeholder="What was looked at, and what was found",
        bind="query-params",
    )
    proof = st.multiselect(
        "Evidence",
        references.known(review),
        key="proof",
        accept_new_options=True,
        placeholder="A stored file, a trace, a figure, or an address",
        bind="query-params",
    )
    said = {"signal": answer.signal.id, "note": finding or "", "evidence": list(proof)}
    with st.container(horizontal=True, key="marks", vertical_alignment="center"):
        pressed = _buttons(answer)
    if pressed == "no":
        _store(visit, review, answer, following, said | {"mark": "no"})
    elif pressed == "same":
        _confirm(visit, review, answer, following)
    elif pressed == "later":
        _go_on(following)
        st.rerun()
    elif pressed:
        st.query_params[_GAP] = pressed
    if chosen := _GAPS.get(st.query_params.get(_GAP, "")):
        _gap(visit, review, answer, following, said, chosen)
    _stored_last(visit, review)


def _buttons(answer: Answer) -> str:
    """What was pressed: a mark, `same` for what was found before, `later` for another question; else nothing."""
    pressed = ""
    for value, key in (("no", "1"), ("partial", "2"), ("yes", "3")):
        if st.button(summaries.answered(value), shortcut=key, key=f"mark_{value}"):
            pressed = value
    if answer.to_confirm and st.button("Confirm", shortcut="4", key="mark_same", type="primary"):
        pressed = "same"
    if st.button("Later", shortcut="5", key="mark_later", type="tertiary"):
        pressed = "later"
    return pressed


def _gap(
    visit: PageContext, review: Review, answer: Answer, following: str, said: dict[str, Any], value: MarkValue
) -> None:
    """What only a gap has: who closes it by when, and how."""
    signal, of = answer.signal, f"{review.assessment_id}_{answer.signal.id}"
    with st.form(f"gap_{of}"):
        holds = ""
        if value == "partial":
            holds = st.text_input("Holds for which cohorts, environments or releases", key="holds", bind="query-params")
        left, right = st.columns(2)
        owner = left.text_input("Owner", review.dossier.system.record.owner, key=f"owner_{of}")
        due = right.date_input("Due date", None, format="YYYY-MM-DD", key=f"due_{of}")
        action = st.text_input("Next action", key="action", placeholder=signal.remedy, bind="query-params")
        moved = bool(answer.was and answer.was.mark.due)
        reason = st.text_input("Reason, when the date moves later", key=f"reason_{of}") if moved else ""
        if not st.form_submit_button(f"Store “{summaries.answered(value)}” and go on", type="primary"):
            return
    gap = {"mark": value, "holds_for": holds or "", "owner": owner, "due": due, "action": action or ""}
    _store(visit, review, answer, following, said | gap, reason)


def _store(
    visit: PageContext, review: Review, answer: Answer, following: str, fields: dict[str, Any], reason: str = ""
) -> None:
    def store() -> Done:
        return marks.answer(
            visit.store,
            visit.by,
            review.slug,
            review.assessment_id,
            Mark.checked(**fields),
            seen=answer.row_version,
            reason=reason,
        )

    guard.write(store, then=lambda _: _go_on(following, answer.signal.id))


def _confirm(visit: PageContext, review: Review, answer: Answer, following: str) -> None:
    signal, seen = answer.signal.id, answer.row_version
    guard.write(
        lambda: marks.confirm(visit.store, visit.by, review.slug, review.assessment_id, signal, seen=seen),
        then=lambda _: _go_on(following, signal),
    )


def _go_on(following: str, stored: str = "") -> None:
    """To another question."""
    if stored:
        st.session_state[STORED] = stored
    st.query_params[_QUESTION] = following


def _stored_last(visit: PageContext, review: Review) -> None:
    """What was stored a moment ago, and the way to change it."""
    if said := st.session_state.pop(SAID, ""):
        st.caption(f"✓ {widgets.plain(said)}")
    last = st.session_state.get(STORED)
    answer = next((answer for answer in review.answers if answer.signal.id == last and answer.mark.mark), None)
    if answer is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="stored_last"):
        st.caption(f"✓ {widgets.plain(answer.signal.name)}: {summaries.answered(answer.mark.mark)}")
        if st.button("Change", type="tertiary", key="change_last"):
            forms.answer(visit, review, answer)
