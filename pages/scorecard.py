"""Is the candidate at least as good, for everyone?"""

import streamlit as st

from readiness import formatting
from readiness.model.cells import Statistic
from readiness.review import scorecard_words
from readiness.scorecard import display, health
from readiness.web import charts, guard, tables, widgets

FIGURES: list[Statistic] = ["p50", "p95", "p99", "mean"]

visit = guard.enter()
review = visit.chosen()
theme = st.context.theme.type
lead = st.container()
if not review.rows:
    with lead:
        widgets.answer(scorecard_words.scorecard(review), kicker=widgets.about(review), level=review.verdict.level)
    widgets.empty(
        "No fresh results are stored.",
        "Import the results of an evaluation on the page Evidence in: the tools it reads are listed there.",
    )
    st.stop()

first = scorecard_words.lead_metric(review)
metrics = sorted(review.boards.by_metric, key=lambda name: (name != first, name))
ask = st.columns([3, 3, 2, 2], vertical_alignment="bottom")
metric = ask[0].selectbox(
    "Metric",
    metrics,
    format_func=lambda option: scorecard_words.metric_name(review, option),
    key="metric",
    bind="query-params",
)
stat: Statistic = "mean"
if metric.endswith("_ms"):
    stat = ask[1].segmented_control("Figure", FIGURES, default="p95", key="stat", required=True, bind="query-params")
kinds = display.dimensions(review.boards.by_metric[metric])
kind = ask[2].selectbox("Cohorts by", kinds, index=None, placeholder="everything", key="dimension", bind="query-params")
every = ask[3].toggle("Every cohort", key="every", bind="query-params")
shown = review.boards.lay_out(metric, stat, kind or "", None if every else display.SHOWN)
name = scorecard_words.metric_name(review, metric) + ("" if stat == "mean" else f" {stat}")
with lead:
    said = scorecard_words.scorecard(review, metric, stat)
    widgets.answer(said, kicker=widgets.about(review), level=review.verdict.level)
    widgets.show("sources", review=review)

apart = [told.sentence for told in visit.disagreements(review, metric)]
notes = [*scorecard_words.judges(review, metric), *apart, *health.notes(review.boards.overall, metric)]
widgets.show("notes", notes=notes)

widgets.heading(scorecard_words.differences(shown, name), scorecard_words.legend(shown, metric))
st.vega_lite_chart(
    spec=charts.differences(shown, theme),
    width="stretch",
    alt="Differences by workflow and cohort; the table below says the same",
)
if shown.hidden:
    st.caption(
        f"The {len(shown.cohorts) - 1} worst cohorts; {formatting.count(shown.hidden, 'more cohort')} not shown."
    )
widgets.show("regressions", board=shown)
bounds = display.thresholds([result.gate for result in review.gates], metric, stat)
widgets.heading(f"{name} of each cohort", "With its 95 % interval; the dashed line is what the policy asks for.")
st.vega_lite_chart(
    spec=charts.figures(shown, bounds, theme), width="stretch", alt="Intervals; the table below says the same"
)
if times := display.latencies(review.boards.by_metric.get("latency_ms", [])):
    bounds = display.thresholds([result.gate for result in review.gates], "latency_ms", "p95")
    widgets.heading("Latency by workflow", "From the median to p99, the dot at p95.")
    st.vega_lite_chart(
        spec=charts.latency(times, bounds, theme), width="stretch", alt="Latency; metric latency_ms as a table"
    )
widgets.heading(
    "Gates",
    "Passed only where the whole interval clears the threshold; no data is never a pass.",
    tables.query("gates", review),
)
show_again = widgets.gates(review, "State thresholds in the assessment file under [[policy.gates]].")
overall = review.boards.overall
widgets.show("failures", errors=display.errors(overall), failures=display.failures(overall), review=review)
widgets.versions(review, metric, stat)
widgets.heading("All figures", csv=tables.query("figures", review))
widgets.cells(shown, review.assessment, name)
show_again(visit.with_reruns)
