"""Can we explain a bad answer?"""

import streamlit as st

from readiness import sentences, waterfall
from readiness.web import charts, forms, guard, widgets

visit = guard.enter()
review = visit.chosen()

widgets.answer(sentences.traces(review), kicker=widgets.about(review), level=review.verdict.level)
if not review.samples:
    widgets.empty(
        "No trace is stored.",
        "Import a spans file on the page Evidence in: a line for each span, the root with version, workflow and path.",
    )
    st.stop()

samples = {str(sample.id): sample for sample in sorted(review.samples, key=lambda each: each.trace.path != "bad")}
chosen = st.selectbox(
    "Trace",
    list(samples),
    format_func=lambda each: widgets.trace_label(samples[each].trace),
    key="trace",
    bind="query-params",
)
sample = samples[chosen]
bars = waterfall.lay_out(sample.trace.spans)
widgets.show("sample", sample=sample, candidate=review.assessment.candidate)
st.altair_chart(charts.waterfall(bars, st.context.theme.type), alt="Spans to scale; the table below says the same")
with st.expander("Label and lesson"):
    forms.label(visit, review, sample)
widgets.show("span", spans=bars)

widgets.heading("What went in and out", "Plain text as it was stored, after redaction.")
names = [f"{number + 1}. {bar.span.name}" for number, bar in enumerate(bars)]
picked = st.selectbox("Span", range(len(bars)), format_func=names.__getitem__, key=f"span_{chosen}")
span = bars[picked].span
fields = [("Input", span.input), ("Output", span.output), ("Error", span.error), *span.attributes.items()]
if any(value for _, value in fields):
    widgets.show("fields", fields=fields)
else:
    widgets.empty("This span carries no text.", "Inputs and outputs are stored where the trace file holds them.")
