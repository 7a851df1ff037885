"""What needs a decision this week?"""

import streamlit as st

from readiness import sentences, words
from readiness.web import charts, guard, widgets

visit = guard.enter()
widgets.answer(sentences.portfolio(visit.everything), kicker=f"Portfolio on {words.day(visit.as_of)}")
if not visit.everything:
    guard.first_steps(visit)
    st.stop()

picked = st.altair_chart(
    charts.portfolio(visit.everything, st.context.theme.type),
    on_select="rerun",
    selection_mode="system",
    key="portfolio",
    alt="Verdict, score, points by section and trend of every system; the table below says the same",
)
if chosen := picked["selection"].get("system"):
    st.switch_page("../../pages/verdict.py", query_params={"system": chosen[0]["slug"]})
widgets.show("portfolio", reviews=visit.everything)
