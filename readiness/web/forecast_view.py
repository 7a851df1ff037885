"""When will it be ready? Each better verdict as a sentence, each gap as a line, and how far that can be relied on."""

from __future__ import annotations

import streamlit as st

from readiness.language import marked, tr
from readiness.review import forecast_words
from readiness.review.review import Review

from . import charts, tables, widgets
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
    target, theme = review.assessment.target_date, st.context.theme.type
    if named:
        st.vega_lite_chart(
            spec=charts.forecasts(told.gaps, target, review.as_of, theme),
            width="stretch",
            alt="; ".join(f"{tr(one.gap.signal.name)}: {forecast_words.gap(one)}" for one in told.gaps),
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
