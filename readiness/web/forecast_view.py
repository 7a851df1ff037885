"""When will it be ready? Each better verdict as a sentence, each gap as a line, and how far that can be relied on."""

from __future__ import annotations

from readiness.language import marked, tr
from readiness.review import forecast_words
from readiness.review.review import Review

from . import charts, pictures, tables, widgets
from .guard import PageContext

_SAYS = marked("Ring: promised. Tick: half are closed by then. Bar: until 80 % are.")


def show(visit: PageContext, seen: Review) -> None:
    """Nothing for an assessment that is not in force: of it nothing is to come."""
    review = visit.with_forecast(seen)
    told = review.forecast
    if told is None or not told.gaps:
        return
    named = any(one.by for one in told.gaps)
    widgets.heading(tr("When will it be ready?"), tr(_SAYS) if named else "", csv=tables.query("forecast", review))
    target = review.assessment.target_date
    if named:
        pictures.show(
            lambda theme: charts.forecasts(told.gaps, target, review.as_of, theme),
            "; ".join(f"{tr(one.gap.signal.name)}: {forecast_words.gap(one)}" for one in told.gaps),
            of=review.kept,
            asked=("forecast", tuple((one.gap.id, one.gap.mark.due, one.by, one.median, one.n) for one in told.gaps)),
        )
    widgets.show(
        "forecast",
        told=told,
        ways=[forecast_words.way(way, target) for way in told.ways],
        method=tr(forecast_words.METHOD),
        tested=forecast_words.tested(told.tested),
    )


def case(visit: PageContext, seen: Review) -> None:
    """The nearest better verdict in one sentence."""
    widgets.show("forecast_case", sentence=forecast_words.case(visit.with_forecast(seen)))
