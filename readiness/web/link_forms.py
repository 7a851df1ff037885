"""Links to packs for readers without a login: made, shown once, listed with their looks and receipts, revoked."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from readiness import clock
from readiness.access import allowed
from readiness.errors import ReadinessError
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.packs import PackLink, PackState, StoredLink
from readiness.review.review import Review
from readiness.services import links

from . import guard, session, widgets
from .guard import PageContext

NEW = "new_pack_link"
_USUAL = 30
"""Days."""


def show(visit: PageContext, review: Review, sent: list[PackState]) -> None:
    """Below the packs that were sent; nothing where none may be shared."""
    if not allowed(visit.by, "pack", review.slug):
        return
    open_to_readers = [
        state for state in sent if state.sent.record.is_document and state.sent.record.valid_until >= clock.today()
    ]
    try:
        found = links.every(visit.store, visit.by, review.slug)
    except ReadinessError as exc:
        guard.refuse(exc)
    if not open_to_readers and not found:
        return
    widgets.heading(
        tr("Links"), tr("One pack, as it was sent, for a reader without a login; nothing else is reached by it.")
    )
    if secret := st.session_state.pop(NEW, ""):
        st.caption(tr("Shown once. Whoever has it reads the pack."))
        st.code(session.address(f"shared/{secret}"), language=None, wrap_lines=True)
    if open_to_readers:
        _form(visit, review, open_to_readers)
    for link in found:
        _row(visit, review, link)


def _form(visit: PageContext, review: Review, sent: list[PackState]) -> None:
    packs = {state.sent.id: state for state in sent}
    which, until, button = st.columns([5, 2, 2], vertical_alignment="bottom")
    number = which.selectbox(tr("Pack"), list(packs), format_func=lambda number: _named(packs[number]), key="link_pack")
    last = min(packs[number].sent.record.valid_until, clock.today() + dt.timedelta(days=links.LONGEST))
    usual = min(last, clock.today() + dt.timedelta(days=_USUAL))
    day = until.date_input(
        tr("Until"), usual, min_value=clock.today(), max_value=last, format="YYYY-MM-DD", key=f"link_until_{number}"
    )

    def make() -> Done:
        secret, done = links.make(visit.store, visit.by, review.slug, PackLink(pack=number, expires_on=day))
        st.session_state[NEW] = secret
        return done

    if button.button(tr("Make a link"), key="link_make", width="stretch"):
        guard.write(make)


def _named(state: PackState) -> str:
    record = state.sent.record
    return tr(
        "{number} · {audience} for {recipient}",
        number=state.sent.id,
        audience=record.audience,
        recipient=record.recipient or tr("not stated"),
    )


def _row(visit: PageContext, review: Review, link: StoredLink) -> None:
    told, button = st.columns([7, 2], vertical_alignment="center")
    with told:
        widgets.show("pack_link", link=link, holds=link.holds(clock.today()))
    if link.holds(clock.today()) and button.button(tr("Revoke"), key=f"link_revoke_{link.id}", width="stretch"):
        guard.write(lambda: links.revoke(visit.store, visit.by, review.slug, link.id))
