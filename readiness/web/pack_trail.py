"""The packs that were sent, below the one that may be: to whom, how they stand, and what changed since one."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from readiness import pack
from readiness.access import allowed
from readiness.errors import ReadinessError
from readiness.model.packs import PackState
from readiness.review.review import Review

from . import guard, link_forms, pack_forms, pack_session, tables, widgets

SINCE = "since"
"""What the address calls the pack that is compared with today."""


def asked() -> int:
    """The pack in the address; 0 where there is none."""
    told = st.query_params.get(SINCE, "")
    return int(told) if told.isdecimal() and len(told) < 10 else 0


def line(visit: guard.PageContext, review: Review) -> None:
    """How many packs were sent and are out of date, with the way to them; nothing where none was."""
    found = _sent(visit, review)
    if found:
        widgets.show("packs_line", words=words(found), target="#packs-sent")


def outdated(visit: guard.PageContext, review: Review) -> None:
    """That packs are out of date, for another page; nothing where none is."""
    found = [state for state in _sent(visit, review) if state.out_of_date]
    if found:
        count = "1 pack that was sent is" if len(found) == 1 else f"{len(found):,} packs that were sent are"
        target = f"pack?{urlencode({'system': review.slug})}#packs-sent"
        widgets.show("packs_line", words=f"{count} out of date.", target=target)


def words(found: Sequence[PackState]) -> str:
    """`3 packs were sent; 2 of them are out of date.`"""
    late = sum(bool(state.out_of_date) for state in found)
    if len(found) == 1:
        return f"1 pack was sent; it {'is out of date' if late else 'holds'}."
    told = f"{late} of them {'is' if late == 1 else 'are'} out of date" if late else "all of them hold"
    return f"{len(found):,} packs were sent; {told}."


def changes(visit: guard.PageContext, review: Review, number: int, top: DeltaGenerator) -> None:
    """What changed since a pack, all of it before anything leaves."""
    try:
        told = pack_session.changes(visit.by, review.slug, number, visit.as_of)
    except ReadinessError as exc:
        guard.refuse(exc)
    with top:
        widgets.answer(f"What changed in {review.name} since pack {number}.", kicker=widgets.about(review))
        widgets.show(
            "packs_line", words=f"For {told.reader}.", target=f"pack?system={review.slug}", label="A whole pack"
        )
    pack_forms.downloads(review, {SINCE: str(number)})
    widgets.heading("Preview", "All that leaves, as the reader will see it.")
    widgets.paper(told.fragment)


def show(visit: guard.PageContext, review: Review) -> None:
    """Every pack that was sent, the newest first."""
    found = _sent(visit, review)
    st.html('<div id="packs-sent"></div>')
    if not found:
        widgets.heading("Packs sent")
        widgets.empty("No pack was sent yet.", "Each download is one, and stands here from then on.")
        return
    widgets.heading("Packs sent", words(found), tables.query("packs-sent", review))
    may = allowed(visit.by, "pack", review.slug)
    rows = [{"state": state, "changes": _changes(state) if may else ""} for state in widgets.page(found, "packs")]
    widgets.show("packs_sent", rows=rows, audiences=pack.AUDIENCES)
    link_forms.show(visit, review, found)


def _changes(state: PackState) -> str:
    """The way to what changed since; neither a pack of changes nor a questionnaire is compared."""
    sent = state.sent
    if sent.record.since or sent.record.is_questionnaire:
        return ""
    return f"pack?{urlencode({'system': sent.system, SINCE: str(sent.id)})}"


def _sent(visit: guard.PageContext, review: Review) -> list[PackState]:
    try:
        return pack_session.sent_packs(visit.by, review.slug, visit.as_of)
    except ReadinessError as exc:
        guard.refuse(exc)
