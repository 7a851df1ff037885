"""What is open, whose is it, and when is it due?"""

import streamlit as st

from readiness.language import tr
from readiness.review import summaries
from readiness.web import gap_edits, gap_rows, guard, headline, note_forms, reads, reminder_forms, sheet_forms, widgets

visit = guard.enter()
review = visit.chosen()
titles = visit.names

note_forms.opened(visit, review)
lead = headline.Lead()


def look(owner: str | None, alone: bool, overdue: bool) -> reads.GapView:
    """The gaps that are asked for, and what is said of them."""
    view = reads.gap_view(visit.by, visit.as_of, owner=owner, system=review.slug if alone else "", overdue=overdue)
    lead.tell(
        view.kept.once(("answer", visit.by.name), lambda: summaries.gaps(view.gaps, visit.by.name)),
        kicker=tr("Gaps of {name}", name=review.name) if alone else tr("Gaps of every system"),
    )
    return view


if foreseen := headline.foreseen(owner=None, only=False, overdue=False):
    look(*foreseen)
who, only, late, many = st.columns([3, 3, 2, 2], vertical_alignment="bottom")
owner = who.selectbox(
    tr("Owner"),
    reads.gap_owners(visit.by, visit.as_of),
    index=None,
    placeholder=tr("everybody"),
    key="owner",
    bind="query-params",
)
alone = only.toggle(tr("Only {name}", name=widgets.plain(review.name)), key="only", bind="query-params")
overdue = late.toggle(tr("Overdue only"), key="overdue", bind="query-params")
picking = many.toggle(tr("Select several"), key="several")
system = review.slug if alone else ""
view = look(owner, alone, overdue)
silent = [one for one in visit.everything if one.silent_since and system in ("", one.slug)]
widgets.show("silent", statuses=silent, names=titles)
gaps = gap_edits.settled("gaps", view.by_id, view.every, (owner, system, overdue))
if not gaps:
    widgets.empty(
        tr("No gap to show."), tr("A partial or a yes on the page Checklist opens one, with an owner and a due date.")
    )
    guard.end()
gap_rows.picture(visit, view, titles)
gap_rows.rows(visit, widgets.page(gaps, "gap"), view.every, titles, picking=picking)
sheet_forms.gaps(visit)
reminder_forms.show(visit)
