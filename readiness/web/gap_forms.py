"""The forms that open under the row of a gap: change it, close it, hand it over."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from readiness.access import allowed
from readiness.language import tr
from readiness.model.dossier import Handover
from readiness.review.items import OpenGap
from readiness.services import gaps

from . import gap_edits, person_pick, reads, widgets
from .gap_edits import DATES, Draft, Mode, key
from .guard import PageContext


def editor(visit: PageContext, gap: OpenGap) -> None:
    """What this person may do with a gap."""
    draft = gap_edits.draft_of(gap)
    movable = gaps.movable(visit.by, draft.seen)
    offer = reads.offers(visit.by).get(gap.id)
    _told(draft, gap)
    if offer:
        _offer(visit, offer, movable=movable)
    if movable and not (offer and visit.by.is_named(offer.offered_to)):  # who is asked answers first
        FORMS[draft.mode](visit, gap, draft)


def _offer(visit: PageContext, offer: Handover, *, movable: bool) -> None:
    """Who is to answer, and the answer for who may give it."""
    mine = visit.by.is_named(offer.offered_to)
    widgets.show("offered", offer=offer, mine=mine)
    if not (mine or movable):
        return
    with st.container(horizontal=True):
        if mine:
            _answer(visit, offer, tr("Accept"), accept=True)
        _answer(visit, offer, tr("Turn down") if mine else tr("Take the offer back"), accept=False)


def _answer(visit: PageContext, offer: Handover, label: str, *, accept: bool) -> None:
    st.button(
        label,
        type="primary" if accept else "secondary",
        on_click=gap_edits.answer,
        args=(visit, offer),
        kwargs={"accept": accept},
        key=key(offer.gap_id, f"offer {accept}"),
    )


def _change(visit: PageContext, gap: OpenGap, draft: Draft) -> None:
    around = gap_edits.around(visit, gap.system)
    with st.form(f"gap form {gap.id}", border=False):
        for name in gap_edits.FIELDS:
            st.session_state.setdefault(key(gap.id, name), getattr(draft.seen.mark, name) or None)
        due, reason, buttons = st.columns([2, 4, 3], vertical_alignment="bottom")  # a calendar opens beside the buttons
        due.date_input(tr("Due date"), key=key(gap.id, "due"), format="YYYY-MM-DD", **DATES)
        reason.text_input(tr("Reason"), key=key(gap.id, "reason"), placeholder=tr("needed when the date moves later"))
        with buttons, st.container(horizontal=True, horizontal_alignment="right"):
            label = tr("Store it all the same") if draft.question else tr("Store")
            asked = (visit, gap.id, around)
            st.form_submit_button(label, type="primary", on_click=gap_edits.store, args=asked, key=key(gap.id, "store"))
            st.form_submit_button(tr("Cancel"), type="tertiary", on_click=gap_edits.close_row, args=(gap.id,))
        owner, action = st.columns([2, 5])
        person_pick.box(visit, owner, tr("Owner of the gap"), draft.seen.mark.owner, key=key(gap.id, "owner"))
        action.text_input(tr("Next action"), key=key(gap.id, "action"), placeholder=tr(gap.signal.remedy))
    with st.container(horizontal=True):
        if allowed(visit.by, "mark", gap.system):
            _switch(gap, tr("Close this gap…"), "close")
        if gap.id not in reads.offers(visit.by):
            _switch(gap, tr("Hand it over…"), "hand over")
    if gap.moves:
        widgets.show("moves", moves=gap.moves)


def _switch(gap: OpenGap, label: str, mode: Mode) -> None:
    st.button(label, type="tertiary", on_click=gap_edits.switch, args=(gap.id, mode), key=key(gap.id, f"to {mode}"))


def _close(visit: PageContext, gap: OpenGap, draft: Draft) -> None:
    """A gap is closed by another answer, with what shows it; what that does to the verdict is seen before."""
    widgets.heading(tr("Close it with “No – controlled”"), tr("What shows it: {needs}", needs=tr(gap.signal.needs)))
    st.session_state.setdefault(key(gap.id, "evidence"), "\n".join(draft.seen.mark.evidence))
    with st.form(f"gap close {gap.id}", border=False):
        finding, evidence = st.columns(2)
        finding.text_area(
            tr("Finding"), key=key(gap.id, "finding"), placeholder=tr("what was looked at, and what was found")
        )
        evidence.text_area(tr("Evidence, one a line"), key=key(gap.id, "evidence"))
        if draft.foreseen:
            now, then = draft.foreseen
            widgets.show("foreseen", now=now, then=then, signal=gap.signal)
        with st.container(horizontal=True, horizontal_alignment="right"):
            label, press = (
                (tr("Close the gap"), gap_edits.close)
                if draft.foreseen
                else (tr("See what it does"), gap_edits.foresee)
            )
            st.form_submit_button(label, type="primary", on_click=press, args=(visit, gap.id), key=key(gap.id, "store"))
            st.form_submit_button(tr("Back"), type="tertiary", on_click=gap_edits.switch, args=(gap.id, "change"))


def _hand_over(visit: PageContext, gap: OpenGap, draft: Draft) -> None:
    widgets.heading(tr("Hand it over"), tr("It stays with its owner until the other one accepts."))
    with st.form(f"gap hand over {gap.id}", border=False):
        to, note, buttons = st.columns([3, 4, 3], vertical_alignment="bottom")
        person_pick.box(visit, to, tr("Hand over to"), key=key(gap.id, "to"), placeholder=tr("a person"))
        note.text_input(tr("Note for them"), key=key(gap.id, "note"))
        with buttons, st.container(horizontal=True, horizontal_alignment="right"):
            asked = (visit, gap.id)
            st.form_submit_button(
                tr("Offer it"), type="primary", on_click=gap_edits.offer, args=asked, key=key(gap.id, "store")
            )
            st.form_submit_button(tr("Back"), type="tertiary", on_click=gap_edits.switch, args=(gap.id, "change"))


Form = Callable[[PageContext, OpenGap, Draft], None]
FORMS: Mapping[Mode, Form] = {"change": _change, "close": _close, "hand over": _hand_over}


def _told(draft: Draft, now: OpenGap) -> None:
    """What speaks against storing it, and what somebody else did meanwhile."""
    if draft.problem:
        widgets.show("notice", kind="alert", text=draft.problem)
    elif now.row_version != draft.seen.row_version:
        widgets.show("notice", kind="alert", text=tr("Somebody else changed this gap since you opened it."))
    if draft.question:
        widgets.show("notice", kind="question", text=draft.question)
    if draft.both or draft.merged:
        widgets.show("both", both=draft.both, merged=draft.merged, labels=gap_edits.labels(), title="")
