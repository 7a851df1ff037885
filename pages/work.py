"""What waits for me?"""

from readiness.portfolio import status, work
from readiness.web import gap_rows, guard, session, tables, widgets

visit = guard.enter()
visit.chosen()
items = session.work(visit.by, visit.as_of)
widgets.answer(work.sentence(items, visit.as_of), kicker=f"Work of {visit.by.name}")
gap_rows.work(visit, items, status.names(visit.everything))
if items:
    widgets.csv(What_waits_for_you=tables.query("work"))
