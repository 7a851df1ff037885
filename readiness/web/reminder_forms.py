"""Reminders, at the end of the page Gaps: a calendar of one's own due dates, and what goes out next."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from readiness import clock
from readiness.access import allowed
from readiness.errors import ReadinessError
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.people import IssuedToken, Token
from readiness.outbound import channels
from readiness.portfolio import digest
from readiness.services import reminders, tokens

from . import guard, reads, session, widgets
from .guard import PageContext

FEED = "Calendar of due dates"
"""What the token of a calendar is called."""
NEW = "new_feed"
OUTGOING = "outgoing"
"""Of an address: whether what goes out next is seen."""


def show(visit: PageContext) -> None:
    with st.expander(tr("Calendar of your due dates"), expanded=NEW in st.session_state):
        _calendars(visit)
    slugs = [system.slug for system in visit.everything]
    if any(allowed(visit.by, "remind", slug) for slug in slugs):
        folded = st.expander(tr("What goes out next"), key=OUTGOING, bind="query-params")
        if folded.open:  # reading what everybody is told takes longer than all else on the page
            with folded:
                _next(visit)


def _calendars(visit: PageContext) -> None:
    st.caption(tr("An address that a calendar subscribes to: the gaps you own. Whoever has it can read them."))
    if NEW in st.session_state:
        st.code(session.address(f"calendar/{st.session_state.pop(NEW)}.ics"), language=None, wrap_lines=True)
        st.caption(tr("This address is not shown again."))
    for feed in _feeds(visit):
        words, button = st.columns([4, 1], vertical_alignment="center")
        with words:
            widgets.show("feed", feed=feed)
        if button.button(tr("Revoke"), key=f"revoke_{feed.id}"):
            _revoke(visit, feed.id)
    if st.button(tr("Make an address"), key="make_feed"):
        guard.write(lambda: _make(visit))


def _feeds(visit: PageContext) -> list[IssuedToken]:
    """One's own that hold."""
    return [
        issued
        for issued in reads.own_tokens(visit.by)
        if issued.token.name == FEED and not issued.revoked_at and issued.token.expires_on > visit.as_of
    ]


def _make(visit: PageContext) -> Done:
    until = clock.today() + dt.timedelta(days=tokens.LONGEST)
    secret, done = tokens.issue(visit.store, visit.by, Token(name=FEED, actions=["read"], expires_on=until))
    st.session_state[NEW] = secret
    return done


def _revoke(visit: PageContext, token_id: int) -> None:
    guard.write(lambda: tokens.revoke(visit.store, visit.by, token_id))


def _next(visit: PageContext) -> None:
    """By each way that is set up, else as it would be by mail."""
    ways = channels.configured()
    if not ways:
        st.caption(
            tr("Nothing is sent yet: docs/reminders.md says how mail or a webhook is set up for readiness remind.")
        )
    try:
        planned = [
            (way, one)
            for way in ways or ["mail"]
            for one in reminders.due(visit.store, visit.by, way, as_of=visit.as_of)
        ]
        withheld = max(reminders.withheld(visit.store, visit.by, way, as_of=visit.as_of) for way in ways or ["mail"])
    except ReadinessError as exc:
        widgets.problem(exc)
        return
    widgets.show("reminders", planned=planned, heading=digest.heading, withheld=withheld)
