"""What needs a decision this week?"""

import streamlit as st

from readiness import formatting
from readiness.model import checklist as checklists
from readiness.portfolio import listing, status, triage
from readiness.review import summaries
from readiness.web import charts, guard, session, system_forms, tables, widgets

LISTED = 5

visit = guard.enter()
systems = visit.everything
pressing = session.decisions(visit.by, visit.as_of)
counts = [f"{count} {summaries.SHAPES[level][1]}" for level, count in triage.levels(systems)]
widgets.answer(
    triage.sentence(systems, pressing), kicker=" · ".join([f"Portfolio on {formatting.day(visit.as_of)}", *counts])
)
if visit.behind:
    guard.working_out(visit)
if not systems:
    guard.first_steps(visit)
    system_forms.archive(visit)
    st.stop()
names = status.names(systems)
if pressing:
    widgets.show("week", decisions=pressing[:LISTED], more=len(pressing[LISTED:]), names=names)
    widgets.csv(All_that_need_a_decision=tables.query("decisions"))

heading, button = st.columns([8, 2], vertical_alignment="bottom")
with heading:
    note = "Click a row of the picture, or a name, for the verdict."
    widgets.heading("Every system", note, tables.query("portfolio"))
system_forms.new(visit, button)
ask = st.columns([4, 3, 3, 3, 3], vertical_alignment="bottom")
text = ask[0].text_input(
    "Find", key="find", type="search", live=True, placeholder="name, version, owner", bind="query-params"
)
levels = [level for level in reversed(checklists.LEVELS) if any(system.level == level for system in systems)]
level = ask[1].selectbox(
    "Verdict",
    levels,
    index=None,
    format_func=lambda option: summaries.SHAPES[option][1],
    placeholder="every verdict",
    key="level",
    bind="query-params",
)
owners = sorted({system.owner for system in systems if system.owner})
owner = ask[2].selectbox("Owner", owners, index=None, placeholder="everybody", key="owner", bind="query-params")
order = ask[3].selectbox("Sort by", list(listing.ORDERS), key="sort", bind="query-params")
only = ask[4].toggle("Needs a decision", key="week", bind="query-params")

asked = [decision.standing for decision in pressing] if only else systems
kept = listing.ORDERS[order](listing.select(asked, level=level, owner=owner, text=text or ""))
if not kept:
    widgets.empty("No system fits.", "Take a filter away to see more.")
    st.stop()
shown = widgets.page(kept, "system")
with st.container(key="overview"):
    picked = st.vega_lite_chart(
        spec=charts.portfolio(shown, names, st.context.theme.type),
        on_select="rerun",
        selection_mode="system",
        key="portfolio",
        alt="Verdict, score, points by section and trend of every system; the table below says the same",
    )
if chosen := picked["selection"].get("system"):
    st.switch_page("../../pages/verdict.py", query_params={"system": chosen[0]["slug"]})
widgets.show("portfolio", systems=shown, names=names)
system_forms.archive(visit)
