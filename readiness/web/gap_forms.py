"""Gaps as rows of one table, and the form that opens under one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from readiness.access import allowed
from readiness.review.items import OpenGap
from readiness.services import gaps as gaps_service

from . import gap_edits, gap_many, linked, widgets
from .gap_edits import DATES, NAMES, Draft, Mode, key
from .guard import PageContext


def rows(visit: PageContext, gaps: Sequence[OpenGap], names: Mapping[str, str], *, picking: bool = False) -> None:
    """The gaps as a table, and the form under the one that is open; `picking` lets one tick several instead."""
    chosen = 0 if picking else gap_edits.chosen()
    shown = _with_open(gaps, chosen)
    at = next((at + 1 for at, gap in enumerate(shown) if gap.id == chosen), len(shown))
    movable = {gap.id for gap in shown if gaps_service.movable(visit.by, gap)}
    facts: dict[str, Any] = {
        "names": names,
        "targets": {status.slug: status.target_date for status in visit.everything},
        "chosen": chosen,
        "notes": gap_edits.told(),
        "picking": picking,
        "movable": movable,
        "address": _address(),
    }
    if picking:
        gap_many.panel(visit, [gap for gap in shown if gap.id in movable], names)
    told: dict[int, str] = facts["notes"]
    with st.container(gap=None):
        widgets.show("told", notes={number: text for number, text in told.items() if number not in {*map(_id, shown)}})
        widgets.show("gap_rows", gaps=shown[:at], follows=False, **facts)
        with st.container(key=f"editor_{chosen}" if chosen else None, gap=None):
            if chosen in movable:
                _editor(visit, shown[at - 1])
        if shown[at:]:
            widgets.show("gap_rows", gaps=shown[at:], follows=True, **facts)
        wanted, turn = gap_edits.focus()
        linked.links(
            focus=wanted,
            turn=turn,
            picked=list(gap_many.several().picked) if picking else [],
            opened=gap_edits.open_row,
            ticked=gap_many.ticked,
        )


def _id(gap: OpenGap) -> int:
    return gap.id


def _with_open(gaps: Sequence[OpenGap], chosen: int) -> list[OpenGap]:
    """The open row is there although it is on another page, or somebody closed the gap meanwhile."""
    if any(gap.id == chosen for gap in gaps) or chosen not in gap_edits.drafts():
        return list(gaps)
    return [gap_edits.drafts()[chosen].seen, *gaps]


def _address() -> str:
    kept = {name: value for name, value in st.query_params.items() if name != gap_edits.OPEN}
    return f"?{urlencode(kept)}&" if kept else "?"


def _editor(visit: PageContext, gap: OpenGap) -> None:
    draft = gap_edits.drafts().setdefault(gap.id, Draft(gap))
    _told(draft, gap)
    FORMS[draft.mode](visit, gap, draft)


def _change(visit: PageContext, gap: OpenGap, draft: Draft) -> None:
    around = gap_edits.around(visit, gap.system)
    with st.form(f"gap form {gap.id}", border=False):
        for name in gap_edits.FIELDS:
            st.session_state.setdefault(key(gap.id, name), getattr(draft.seen.mark, name))
        due, reason, buttons = st.columns([2, 4, 3], vertical_alignment="bottom")  # a calendar opens beside the buttons
        due.date_input("Due date", key=key(gap.id, "due"), format="YYYY-MM-DD", **DATES)
        reason.text_input("Reason", key=key(gap.id, "reason"), placeholder="needed when the date moves later")
        with buttons, st.container(horizontal=True, horizontal_alignment="right"):
            label = "Store it all the same" if draft.question else "Store"
            asked = (visit, gap.id, around)
            st.form_submit_button(label, type="primary", on_click=gap_edits.store, args=asked, key=key(gap.id, "store"))
            st.form_submit_button("Cancel", type="tertiary", on_click=gap_edits.close_row, args=(gap.id,))
        owner, action = st.columns([2, 5])
        owner.text_input("Owner", key=key(gap.id, "owner"))
        action.text_input("Next action", key=key(gap.id, "action"), placeholder=gap.signal.remedy)
    with st.container(horizontal=True):
        if allowed(visit.by, "mark", gap.system):
            _switch(gap, "Close this gap…", "close")
    if gap.moves:
        widgets.show("moves", moves=gap.moves)


def _switch(gap: OpenGap, label: str, mode: Mode) -> None:
    st.button(label, type="tertiary", on_click=gap_edits.switch, args=(gap.id, mode), key=key(gap.id, f"to {mode}"))


def _close(visit: PageContext, gap: OpenGap, draft: Draft) -> None:
    """A gap is closed by another answer, with what shows it; what that does to the verdict is seen before."""
    widgets.heading("Close it with “No – controlled”", f"What shows it: {gap.signal.needs}")
    st.session_state.setdefault(key(gap.id, "evidence"), "\n".join(draft.seen.mark.evidence))
    with st.form(f"gap close {gap.id}", border=False):
        finding, evidence = st.columns(2)
        finding.text_area("Finding", key=key(gap.id, "finding"), placeholder="what was looked at, and what was found")
        evidence.text_area("Evidence, one a line", key=key(gap.id, "evidence"))
        if draft.foreseen:
            now, then = draft.foreseen
            widgets.show("foreseen", now=now, then=then, signal=gap.signal)
        with st.container(horizontal=True, horizontal_alignment="right"):
            label, press = (
                ("Close the gap", gap_edits.close) if draft.foreseen else ("See what it does", gap_edits.foresee)
            )
            st.form_submit_button(label, type="primary", on_click=press, args=(visit, gap.id), key=key(gap.id, "store"))
            st.form_submit_button("Back", type="tertiary", on_click=gap_edits.switch, args=(gap.id, "change"))


Form = Callable[[PageContext, OpenGap, Draft], None]
FORMS: Mapping[Mode, Form] = {"change": _change, "close": _close}


def _told(draft: Draft, now: OpenGap) -> None:
    """What speaks against storing it, and what somebody else did meanwhile."""
    if draft.problem:
        widgets.show("notice", kind="alert", text=draft.problem)
    elif now.row_version != draft.seen.row_version:
        widgets.show("notice", kind="alert", text="Somebody else changed this gap since you opened it.")
    if draft.question:
        widgets.show("notice", kind="question", text=draft.question)
    if draft.both or draft.merged:
        widgets.show("both", both=draft.both, merged=draft.merged, labels=NAMES, title="")
