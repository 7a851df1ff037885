"""What is mine, and when?"""

import streamlit as st

from readiness import sentences
from readiness.web import charts, forms, guard, widgets

visit = guard.enter()
review = visit.chosen()
names = {each.slug: each.name for each in visit.everything}
everything = sorted(
    (gap for each in visit.everything for gap in each.gaps),
    key=lambda gap: (gap.mark.due is None, gap.mark.due, gap.system),
)

lead = st.container()
who, only, late = st.columns([3, 3, 2], vertical_alignment="bottom")
owners = sorted({gap.mark.owner for gap in everything if gap.mark.owner})
owner = who.selectbox("Owner", owners, index=None, placeholder="everybody", key="owner", bind="query-params")
alone = only.toggle(f"Only {widgets.plain(review.name)}", key="only", bind="query-params")
overdue = late.toggle("Overdue only", key="overdue", bind="query-params")
gaps = [
    gap
    for gap in everything
    if owner in (None, gap.mark.owner) and (gap.days_over or not overdue) and (gap.system == review.slug or not alone)
]
with lead:
    widgets.answer(sentences.gaps(gaps, visit.by.name), kicker=f"Gaps of {review.name if alone else 'every system'}")
if not gaps:
    widgets.empty(
        "No gap to show.", "A partial or a yes on the page Checklist opens one, with an owner and a due date."
    )
    st.stop()
if any(gap.mark.due for gap in gaps):
    targets = {each.slug: each.assessment.target_date for each in visit.everything if each.assessment.target_date}
    shown = {slug: day for slug, day in targets.items() if slug in {gap.system for gap in gaps}}
    widgets.heading("Due dates", "◆ overdue, ● open, ❙ the planned rollout; a trail shows where a date was moved.")
    with st.container(height=charts.room(gaps), border=False):
        st.altair_chart(
            charts.due_dates(gaps, names, shown, visit.as_of, st.context.theme.type),
            width="stretch",
            alt="Due dates of the gaps on a line; the list below says the same",
        )
with st.container(gap=None):
    for gap in gaps:
        forms.gap_row(visit, gap, names[gap.system])
