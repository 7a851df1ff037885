"""Who changed what?"""

import streamlit as st

from readiness.access import allowed
from readiness.language import tr
from readiness.review import integrity
from readiness.services.reviews import chain
from readiness.web import guard, headline, reads, tables, widgets

visit = guard.enter()
status = chain(visit.store, visit.by, "" if allowed(visit.by, "read") else visit.chosen().slug)
headline.tell(integrity.chain(status), kicker=tr("Every write, in the order it happened"))
behind = st.empty()
right, left = st.columns([3, 4], vertical_alignment="bottom")
system, chosen = "", None
if visit.everything:
    chosen = visit.chosen()
    if left.toggle(tr("Only {name}", name=widgets.plain(chosen.name)), key="only", bind="query-params"):
        system = chosen.slug
everybody = reads.activity(visit.by, system)
actors = sorted({event.actor for event in everybody})
actor = right.selectbox(
    tr("Person"), actors, index=None, placeholder=tr("everybody"), key="person", bind="query-params"
)
events = [event for event in everybody if actor in (None, event.actor)]
if events:
    widgets.show("events", events=widgets.page(events, "event"))
    widgets.csv({tr("The last events"): tables.query("activity", system=system, person=actor or "")})
    st.caption(tr("Head of the chain: `{head}…`. Each event holds the hash of the one before.", head=status.head[:16]))
else:
    widgets.empty(tr("Nothing happened here yet."), tr("Every import, answer and moved date is listed here."))
if chosen:
    behind.caption(widgets.plain(integrity.facts(visit.facts(chosen.slug), chosen.name)))
