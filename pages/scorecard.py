"""Is the candidate at least as good, for everyone?"""

import streamlit as st

from readiness import sentences
from readiness.scorecard import describe
from readiness.web import charts, guard, widgets

visit = guard.enter()
review = visit.chosen()
lead = st.container()
if not review.rows:
    with lead:
        widgets.answer(sentences.scorecard(review), kicker=widgets.about(review), level=review.verdict.level)
    widgets.empty(
        "No fresh results are stored.",
        "Import a results file on the page Evidence in: CSV, JSON lines, Parquet, or promptfoo JSON.",
    )
    st.stop()

first = sentences.lead_metric(review)
metrics = sorted({row.metric for row in review.rows}, key=lambda name: (name != first, name))
left, right = st.columns([2, 3])
metric = left.selectbox(
    "Metric", metrics, format_func=lambda each: sentences.metric_name(review, each), key="metric", bind="query-params"
)
stat = "mean"
if metric.endswith("_ms"):
    stat = right.segmented_control(
        "Figure", ["p50", "p95", "p99", "mean"], default="p95", key="stat", required=True, bind="query-params"
    )
rows = [row for row in review.rows if row.metric == metric]
name = sentences.metric_name(review, metric)
with lead:
    widgets.answer(sentences.scorecard(review, metric, stat), kicker=widgets.about(review), level=review.verdict.level)

widgets.heading(
    f"Difference by workflow and cohort: {name}",
    "Candidate minus baseline. Orange is worse, blue is better; the sign and the number of cases stand in each cell.",
)
st.altair_chart(
    charts.differences(rows, stat, st.context.theme.type),
    width="stretch",
    alt="Differences by workflow and cohort; the table below says the same",
)
widgets.heading("Gates", "Thresholds that the candidate must clear; no data is never a pass.")
if review.gates:
    widgets.show("gates", gates=review.gates, describe=describe)
else:
    widgets.empty("No gate is set.", "State thresholds in the assessment file under [[policy.gates]].")
widgets.heading("All figures")
widgets.show("cells", rows=rows, stat=stat, assessment=review.assessment, caption=f"{name}, {stat}; ▼ worse, ▲ better")
