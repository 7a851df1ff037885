"""The packs that were sent, below the one that may be: to whom, how they stand, and what changed since one."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from readiness import formatting, pack
from readiness.access import allowed
from readiness.errors import ReadinessError
from readiness.language import tr, trn
from readiness.model.packs import PackState
from readiness.review.review import Review

from . import guard, headline, link_forms, pack_forms, pack_session, tables, widgets

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
        target = f"pack?{urlencode({'system': review.slug})}#packs-sent"
        widgets.show(
            "packs_line",
            words=trn(
                "{n} pack that was sent is out of date.", "{n} packs that were sent are out of date.", len(found)
            ),
            target=target,
        )


def words(found: Sequence[PackState]) -> str:
    """`3 packs were sent; 2 of them are out of date.`"""
    late = sum(bool(state.out_of_date) for state in found)
    if len(found) == 1:
        return tr("1 pack was sent; it is out of date.") if late else tr("1 pack was sent; it holds.")
    sent = formatting.whole(len(found))
    if not late:
        return tr("{sent} packs were sent; all of them hold.", sent=sent)
    return trn(
        "{sent} packs were sent; {late} of them is out of date.",
        "{sent} packs were sent; {late} of them are out of date.",
        late,
        sent=sent,
        late=late,
    )


def changes(visit: guard.PageContext, review: Review, number: int, top: DeltaGenerator) -> None:
    """What changed since a pack, all of it before anything leaves."""
    try:
        told = pack_session.changes(visit.by, review.slug, number, visit.as_of)
    except ReadinessError as exc:
        guard.refuse(exc)
    with top:
        headline.tell(
            tr("What changed in {name} since pack {number}.", name=review.name, number=number),
            kicker=widgets.about(review),
        )
        widgets.show(
            "packs_line",
            words=tr("For {reader}.", reader=told.reader),
            target=f"pack?system={review.slug}",
            label=tr("A whole pack"),
        )
    pack_forms.downloads(review, {SINCE: str(number)})
    widgets.heading(tr("Preview"), tr("All that leaves, as the reader will see it."))
    widgets.paper(told.fragment)


def show(visit: guard.PageContext, review: Review) -> None:
    """Every pack that was sent, the newest first."""
    found = _sent(visit, review)
    st.html('<div id="packs-sent"></div>')
    if not found:
        widgets.heading(tr("Packs sent"))
        widgets.empty(tr("No pack was sent yet."), tr("Each download is one, and stands here from then on."))
        return
    widgets.heading(tr("Packs sent"), words(found), tables.query("packs-sent", review))
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
