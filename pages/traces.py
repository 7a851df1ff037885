"""Can we explain a bad answer?"""

import streamlit as st

from readiness import formatting
from readiness.language import tr
from readiness.model.policy import ReleasePolicy
from readiness.model.traces import PATHS
from readiness.review import summaries
from readiness.tracing import analysis, sampling, waterfall
from readiness.web import charts, forms, guard, headline, note_forms, pictures, tables, widgets

KINDS = "OpenTelemetry, Phoenix, Langfuse, MLflow, LangSmith, DeepEval"

visit = guard.enter()
review = visit.chosen()
said_of = note_forms.threads(visit, review)
theme = st.context.theme.type
if not review.samples:
    headline.tell(summaries.traces(review), kicker=widgets.about(review), level=review.verdict.level)
    widgets.empty(
        tr("No trace is stored."),
        tr("Import them on the page Evidence in: {kinds} or spans.", kinds=KINDS),
    )
    guard.end()

paths = {path: review.path(path)[0] for path in PATHS if review.path(path)}
samples = {str(sample.id): sample for sample in sorted(review.samples, key=lambda sample: sample.trace.path != "bad")}
wanted = st.query_params.get("trace", "")
chosen = wanted if wanted in samples else next(iter(samples))
sample = samples[chosen]
headline.tell(summaries.lesson(review, sample), kicker=widgets.about(review), level=review.verdict.level)
widgets.show("paths", review=review, paths=paths, chosen=sample, all=PATHS)
names = widgets.trace_names({key: sample.trace for key, sample in samples.items()})
widgets.pick(tr("Trace"), names, chosen, lambda picked: st.query_params.update({"trace": picked}))
note_forms.links(said_of, "trace", {sample.trace.trace_id: tr("this trace")})
bars = waterfall.lay_out(sample.trace.spans)
widgets.show(
    "sample",
    sample=sample,
    candidate=review.assessment.candidate,
    complete=analysis.completeness(sample.trace),
    kept_for=sampling.told,
)
st.vega_lite_chart(spec=charts.waterfall(bars, theme), alt=tr("Spans to scale; the table below says the same"))
with st.expander(tr("Label and lesson")):
    forms.label(visit, review, sample)
widgets.show("span", spans=bars)
widgets.csv(
    {
        tr("These spans"): tables.query("spans", review, trace=chosen),
        tr("every trace"): tables.query("traces", review),
    }
)

widgets.heading(tr("What went in and out"), tr("Plain text as it was stored, after redaction."))
spans = [formatting.line(f"{number + 1}. {bar.span.name}") for number, bar in enumerate(bars)]
picked = st.selectbox(tr("Span"), range(len(bars)), format_func=spans.__getitem__, key=f"span_{chosen}")
span = bars[picked].span
fields = [(tr("Input"), span.input), (tr("Output"), span.output), (tr("Error"), span.error), *span.attributes.items()]
if any(value for _, value in fields):
    widgets.show("fields", fields=fields)
else:
    widgets.empty(
        tr("This span carries no text."), tr("Inputs and outputs are stored where the trace file holds them.")
    )
forms.excerpts(visit, review, sample, span)
forms.raw_text(visit, review, sample, span)

widgets.heading(
    tr("Where the time goes"),
    tr(
        "Self time of each stage over every trace of the candidate in a file, so that nested and parallel spans count "
        "once; red marks the budget."
    ),
    tables.query("stage-times", review),
)
if not review.timings:
    widgets.empty(
        tr("No figures over all traces of {candidate} are stored.", candidate=review.assessment.candidate),
        tr("Import their file again."),
    )
    guard.end()
timing = forms.timing(review, sample)
figures, budgets = timing.stages, (review.policy.record if review.policy else ReleasePolicy()).budgets
widgets.show("counts", timing=timing, lost=analysis.lost(timing.counts))
pictures.show(
    lambda theme: charts.stages(figures, budgets, theme),
    tr("Stage times; the table says the same"),
    of=review.kept,
    asked=("stages", timing.item.id),
)
widgets.show("stages", figures=figures, budgets=budgets)
