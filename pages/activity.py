"""Who changed what?"""

import streamlit as st

from readiness import formatting
from readiness.services.reviews import activity, chain
from readiness.web import guard, widgets

visit = guard.enter()
status = chain(visit.store, visit.by)
if status.broken_at is None:
    widgets.answer(
        f"Chain intact over {formatting.count(status.events, 'event')}.", kicker="Every write, in the order it happened"
    )
else:
    widgets.answer(
        f"The chain is broken at event {status.broken_at}: somebody changed the record.", kicker="Every write"
    )
right, left = st.columns([3, 4], vertical_alignment="bottom")
system = ""
if visit.everything:
    review = visit.chosen()
    if left.toggle(f"Only {widgets.plain(review.name)}", key="only", bind="query-params"):
        system = review.slug
everybody = activity(visit.store, visit.by, system=system)
actors = sorted({event.actor for event in everybody})
actor = right.selectbox("Person", actors, index=None, placeholder="everybody", key="person", bind="query-params")
events = [event for event in everybody if actor in (None, event.actor)]
if events:
    widgets.show("events", events=events)
    st.caption(f"Head of the chain: `{status.head[:16]}…`. Each event holds the hash of the one before.")
else:
    widgets.empty("Nothing happened here yet.", "Every import, answer and moved date is listed here.")
