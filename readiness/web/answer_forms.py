"""Answering one question after the other: a click or a key each, and fields of a gap only where there is one.

What is typed and not stored yet is kept as a draft of whoever types, so that it survives a reload; the address says
which question is open, and no more, since proxies and browsers write addresses down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from readiness.errors import ReadinessError
from readiness.language import tr
from readiness.model.assessment import Mark, MarkValue
from readiness.model.dossier import Done
from readiness.model.drafts import AnswerDraft
from readiness.review import references, summaries
from readiness.review.items import Answer
from readiness.review.review import Review
from readiness.services import drafts, marks

from . import forms, guard, person_pick, widgets
from .guard import PageContext

STORED, SAID = "answered_last", "said_last"
"""The question that was answered last, and what else was stored a moment ago."""
_BEGUN = "begun"
"""Where the draft stands that this session keeps: of which question, and what was kept of it last."""
_FIELDS = ("note", "evidence", "holds_for", "owner", "due", "action", "reason")
_GAPS: tuple[MarkValue, ...] = ("partial", "yes")
_QUESTION = "question"
_LONGEST = 5_000
"""Letters of a finding here; the list takes longer ones."""


@dataclass
class _Begun:
    """What this person has begun to answer; `kept` is the draft in the store."""

    of: tuple[int, str]
    kept: AnswerDraft
    mark: MarkValue | None


def one_by_one(visit: PageContext, review: Review) -> None:
    """The question at hand, and the ways to answer it."""
    open_ = [answer for answer in review.answers if answer.mark.mark is None]
    st.progress(1 - len(open_) / len(review.answers))
    if not open_:
        _over(visit, review)
        return
    wanted = st.query_params.get(_QUESTION, "")
    answer = next((answer for answer in open_ if answer.signal.id == wanted), open_[0])
    try:
        begun = _take_up(visit, review, answer)
    except ReadinessError as exc:
        guard.refuse(exc)
    _ask(visit, review, answer, _after(open_, answer), begun)


def _key(name: str) -> str:
    return f"answer_{name}"


def _take_up(visit: PageContext, review: Review, answer: Answer) -> _Begun:
    """What was begun of this question before, in the fields; nothing of another one reaches it."""
    of = (review.assessment_id, answer.signal.id)
    begun: _Begun | None = st.session_state.get(_BEGUN)
    st.query_params[_QUESTION] = answer.signal.id
    if begun is None or begun.of != of or _key("note") not in st.session_state:
        kept = drafts.mine(visit.store, visit.by, review.slug, *of)
        begun = st.session_state[_BEGUN] = _Begun(of, kept, kept.mark)
        for name in _FIELDS:
            st.session_state.pop(_key(name), None)
    owner = begun.kept.owner or review.dossier.system.record.owner
    st.session_state.setdefault(_key("owner"), owner.strip() or None)
    for name in _FIELDS:  # Streamlit forgets those that were not drawn in the last run
        st.session_state.setdefault(_key(name), getattr(begun.kept, name))
    return begun


def _keep(visit: PageContext, review: Review, begun: _Begun) -> None:
    """Keep what is typed, where it changed since it was kept; what cannot be kept is said, and stays in the fields."""
    blank = AnswerDraft(signal=begun.kept.signal)
    typed = {name: st.session_state[_key(name)] or getattr(blank, name) for name in _FIELDS}
    if typed["owner"] == review.dossier.system.record.owner:
        typed["owner"] = ""
    try:
        draft = AnswerDraft.checked(**typed, signal=begun.kept.signal, mark=begun.mark)
        if draft != begun.kept:
            drafts.keep(visit.store, visit.by, review.slug, review.assessment_id, draft)
            begun.kept = draft
    except ReadinessError as exc:
        widgets.problem(exc)


def _discard(visit: PageContext, review: Review, begun: _Begun) -> None:
    nothing = AnswerDraft(signal=begun.kept.signal)
    try:
        drafts.keep(visit.store, visit.by, review.slug, review.assessment_id, nothing)
    except ReadinessError as exc:
        widgets.problem(exc)
        return
    st.session_state.pop(_BEGUN, None)
    st.rerun()


def _after(open_: Sequence[Answer], answer: Answer) -> str:
    """The question that comes next, and the first one after the last."""
    following = [other.signal.id for other in open_]
    return following[(following.index(answer.signal.id) + 1) % len(following)]


def _over(visit: PageContext, review: Review) -> None:
    widgets.empty(
        tr("Every question is answered."), tr("The verdict follows from the answers and from what shows them.")
    )
    with st.container(horizontal=True):
        if st.button(tr("See the verdict"), type="primary", key="to_verdict"):
            st.switch_page("../../pages/verdict.py", query_params={"system": review.slug})
        _stored_last(visit, review)


def _ask(visit: PageContext, review: Review, answer: Answer, following: str, begun: _Begun) -> None:
    section = next(part for part in review.checklist.sections if part.id == answer.signal.section)
    widgets.show("question", answer=answer, section=section)
    finding = st.text_area(
        tr("Finding"),
        key=_key("note"),
        height=80,
        max_chars=_LONGEST,
        placeholder=tr("What was looked at, and what was found"),
    )
    proof = st.multiselect(
        tr("Evidence"),
        list(dict.fromkeys([*references.known(review), *st.session_state[_key("evidence")]])),
        key=_key("evidence"),
        accept_new_options=True,
        placeholder=tr("A stored file, a trace, a figure, or an address"),
    )
    said = {"signal": answer.signal.id, "note": finding or "", "evidence": list(proof)}
    with st.container(horizontal=True, key="marks", vertical_alignment="center"):
        pressed = _buttons(answer, begun)
    if pressed == "no":
        _store(visit, review, answer, following, said | {"mark": "no"})
    elif pressed == "same":
        _confirm(visit, review, answer, following)
    elif pressed == "discard":
        _discard(visit, review, begun)
    elif pressed in _GAPS:
        begun.mark = pressed
    if begun.mark in _GAPS:
        _gap(visit, review, answer, following, said, begun.mark)
    _keep(visit, review, begun)
    if pressed == "later":
        _go_on(following)
        st.rerun()
    _stored_last(visit, review)


def _buttons(answer: Answer, begun: _Begun) -> str:
    """What was pressed: a mark, `same` for what was found before, `later`, or `discard`; else nothing."""
    pressed = ""
    for value, key in (("no", "1"), ("partial", "2"), ("yes", "3")):
        if st.button(summaries.answered(value), shortcut=key, key=f"mark_{value}"):
            pressed = value
    if answer.to_confirm and st.button(tr("Confirm"), shortcut="4", key="mark_same", type="primary"):
        pressed = "same"
    if st.button(tr("Later"), shortcut="5", key="mark_later", type="tertiary"):
        pressed = "later"
    if begun.kept and st.button(
        tr("Discard"), key="mark_discard", type="tertiary", help=tr("Forget what is typed here.")
    ):
        pressed = "discard"
    return pressed


def _gap(
    visit: PageContext, review: Review, answer: Answer, following: str, said: dict[str, Any], value: MarkValue
) -> None:
    """What only a gap has: who closes it by when, and how. No form, so that what is typed is kept as it is typed."""
    with st.container(border=True, key="gap_fields"):
        holds = ""
        if value == "partial":
            holds = st.text_input(tr("Holds for which cohorts, environments or releases"), key=_key("holds_for"))
        left, right = st.columns(2)
        owner = person_pick.box(visit, left, tr("Owner"), review.dossier.system.record.owner, key=_key("owner"))
        due = right.date_input(tr("Due date"), key=_key("due"), format="YYYY-MM-DD")
        action = st.text_input(tr("Next action"), key=_key("action"), placeholder=tr(answer.signal.remedy))
        moved = bool(answer.was and answer.was.mark.due)
        reason = st.text_input(tr("Reason, when the date moves later"), key=_key("reason")) if moved else ""
        if not st.button(
            tr("Store “{answered}” and go on", answered=summaries.answered(value)), type="primary", key="store_gap"
        ):
            return
    gap = {"mark": value, "holds_for": holds or "", "owner": owner or "", "due": due, "action": action or ""}
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
        st.caption(f"✓ {widgets.plain(tr(answer.signal.name))}: {summaries.answered(answer.mark.mark)}")
        if st.button(tr("Change"), type="tertiary", key="change_last"):
            forms.answer(visit, review, answer)
