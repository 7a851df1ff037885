"""Is the candidate at least as good, for everyone?"""

import streamlit as st

from readiness import formatting
from readiness.review import scorecard_words
from readiness.scorecard import display, health
from readiness.web import charts, guard, scorecard_forms, tables, widgets

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

chosen = scorecard_forms.choose(review)
metric, stat, shown, name = chosen.metric, chosen.stat, chosen.board, chosen.name
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
