"""What every assessment ever said of every question, day by day, as the record tells it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence

from sqlmodel import col, func, select

from readiness import clock
from readiness.model.promises import PastSheet, StatedAnswer, SystemPast
from readiness.store.engine import Store
from readiness.store.tables import AssessmentRow, EventRow, SystemRow

from .past import ANSWERING, replayed, states


def pasts(store: Store, systems: Collection[str] | None = None) -> dict[str, SystemPast]:
    """The past of some of the systems by their slugs, or of all of them, in two queries."""
    rows = select(SystemRow, AssessmentRow)
    rows = rows.join(AssessmentRow, col(AssessmentRow.system_id) == SystemRow.id)
    rows = rows.order_by(col(AssessmentRow.assessed_on), col(AssessmentRow.id))
    gone = select(EventRow.system, func.max(EventRow.seq).label("seq")).where(EventRow.action == "system.delete")
    deleted = gone.group_by(EventRow.system).subquery()
    told = select(EventRow).outerjoin(deleted, deleted.c.system == EventRow.system)
    told = told.where(col(EventRow.action).in_(ANSWERING), col(EventRow.seq) > func.coalesce(deleted.c.seq, 0))
    if systems is not None:
        rows = rows.where(col(SystemRow.slug).in_(systems))
        told = told.where(col(EventRow.system).in_(systems))
    events: dict[str, list[EventRow]] = {}
    found: dict[str, SystemPast] = {}
    with store.reading() as session:
        for event in session.exec(told.order_by(col(EventRow.seq))):
            events.setdefault(event.system, []).append(event)
        for system, row in session.exec(rows):
            slug = system.slug
            earlier = found.get(slug, SystemPast(slug, ())).sheets
            sheet = PastSheet(row.assessed_on, tuple(_answers(events.get(slug, ()), row)))
            found[slug] = SystemPast(slug, (*earlier, sheet), system.archived_on)
    return found


def _answers(events: Sequence[EventRow], row: AssessmentRow) -> Iterator[StatedAnswer]:
    """What an assessment said when it was stored first it said of its own day, and the rest on the day it was said."""
    first = True
    for event, changed in replayed(events, row):
        began = first and states(event, row)
        first = first and not began
        day = row.assessed_on if began else max(clock.day_of(event.at), row.assessed_on)
        for signal, mark in changed.items():
            due = mark.get("due")
            yield StatedAnswer(
                day, signal, mark.get("mark"), mark.get("owner", ""), dt.date.fromisoformat(due) if due else None
            )
