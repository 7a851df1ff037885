"""What waits for me?"""

import streamlit as st

from readiness.language import tr
from readiness.portfolio import work
from readiness.web import gap_rows, guard, headline, note_forms, reads, tables, widgets

visit = guard.enter()
note_forms.opened(visit, visit.chosen())
items = reads.work(visit.by, visit.as_of)
lead = st.container()
asked = note_forms.queue(visit)
with lead:
    headline.tell(
        work.sentence(items, visit.as_of, asked), kicker=tr("Work of {person}", person=visit.by.shown or visit.by.name)
    )
if items or not asked:
    gap_rows.work(visit, items, visit.names)
if items:
    widgets.csv({tr("What waits for you"): tables.query("work")})
