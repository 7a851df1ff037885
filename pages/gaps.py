"""What is mine, and when?"""

from collections.abc import Sequence

import streamlit as st

from readiness import names
from readiness.portfolio import status
from readiness.review import summaries
from readiness.review.items import OpenGap
from readiness.web import charts, gap_edits, gap_rows, guard, session, sheet_forms, widgets

visit = guard.enter()
review = visit.chosen()
everything = session.gaps(visit.by, visit.as_of)
titles = {gap.system: gap.system for gap in everything} | status.names(visit.everything)

lead = st.container()
who, only, late, many = st.columns([3, 3, 2, 2], vertical_alignment="bottom")
owner = who.selectbox(
    "Owner",
    session.gap_owners(visit.by, visit.as_of),
    index=None,
    placeholder="everybody",
    key="owner",
    bind="query-params",
)
alone = only.toggle(f"Only {widgets.plain(review.name)}", key="only", bind="query-params")
overdue = late.toggle("Overdue only", key="overdue", bind="query-params")
picking = many.toggle("Select several", key="several")
gaps: Sequence[OpenGap] = [
    gap
    for gap in everything
    if (owner is None or names.key(owner) == names.key(gap.mark.owner))
    and (not overdue or gap.days_over)
    and (gap.system == review.slug or not alone)
]
with lead:
    widgets.answer(summaries.gaps(gaps, visit.by.name), kicker=f"Gaps of {review.name if alone else 'every system'}")
by_id = {gap.id: gap for gap in everything}
gaps = gap_edits.settled("gaps", {gap.id: gap for gap in gaps}, by_id, (owner, alone and review.slug, overdue))
if not gaps:
    widgets.empty(
        "No gap to show.", "A partial or a yes on the page Checklist opens one, with an owner and a due date."
    )
    st.stop()
if any(gap.mark.due for gap in gaps):
    systems = {gap.system for gap in gaps}
    targets = {
        system.slug: system.target_date for system in visit.everything if system.target_date and system.slug in systems
    }
    widgets.heading(
        "Due dates",
        "◆ overdue, ● open, ▲ after the rollout, ❙ the planned rollout; ○ and a trail show where a date was moved."
        f"{summaries.undated(gaps)}",
    )
    with st.container(height=charts.room(gaps), border=False):
        st.vega_lite_chart(
            spec=charts.due_dates(gaps, titles, targets, visit.as_of, st.context.theme.type),
            width="stretch",
            alt="Due dates of the gaps on a line; the list below says the same",
        )
gap_rows.rows(visit, widgets.page(gaps, "gap"), by_id, titles, picking=picking)
sheet_forms.gaps(visit)
