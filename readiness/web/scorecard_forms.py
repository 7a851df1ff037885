"""What is looked at on the scorecard: a metric, a figure of it, and which cohorts; all of it stands in the address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from readiness.language import marked, tr
from readiness.model.cells import Statistic
from readiness.review import glance, scorecard_words
from readiness.review.review import Review
from readiness.scorecard import display
from readiness.scorecard.display import Board

from . import charts, figures_view, headline, pictures, tables, widgets
from .guard import PageContext

FIGURES: list[Statistic] = ["p50", "p95", "p99", marked("mean")]


@dataclass(frozen=True)
class ShownMetric:
    metric: str
    stat: Statistic
    board: Board
    name: str


def foreseen(review: Review) -> tuple[str, Statistic] | None:
    """The metric and the figure that the fields are about to hold; None where that cannot be told before."""
    values = headline.foreseen(metric=scorecard_words.lead_metric(review), stat=None)
    if values is None or values[0] not in review.boards.by_metric:
        return None
    metric, asked = values
    stat = glance.stat_of(metric)
    return metric, stat if stat == "mean" else asked or stat


def choose(review: Review) -> ShownMetric:
    """The fields above the scorecard; the metric that leads is the first."""
    first = scorecard_words.lead_metric(review)
    metrics = sorted(review.boards.by_metric, key=lambda name: (name != first, name))
    ask = st.columns([3, 3, 2, 2], vertical_alignment="bottom")
    metric = ask[0].selectbox(
        tr("Metric"),
        metrics,
        format_func=lambda option: scorecard_words.metric_name(review, option),
        key="metric",
        bind="query-params",
    )
    stat = glance.stat_of(metric)
    if stat != "mean":
        widgets.understood("stat", FIGURES)
        stat = ask[1].segmented_control(
            tr("Figure"), FIGURES, default=stat, format_func=tr, key="stat", required=True, bind="query-params"
        )
    kinds = display.dimensions(review.boards.by_metric[metric])
    kind = ask[2].selectbox(
        tr("Cohorts by"), kinds, index=None, placeholder=tr("everything"), key="dimension", bind="query-params"
    )
    every = ask[3].toggle(tr("Every cohort"), key="every", bind="query-params")
    board = review.boards.lay_out(metric, stat, kind or "", None if every else display.SHOWN)
    name = scorecard_words.metric_name(review, metric) + ("" if stat == "mean" else f" {stat}")
    return ShownMetric(metric, stat, board, name)


def parts(visit: PageContext, review: Review, chosen: ShownMetric) -> None:
    """What else there is, each behind a tab of its own and worked out when that is opened."""
    widgets.parts({name: partial(show, visit, review, chosen) for name, show in _PARTS.items()})


def _intervals(visit: PageContext, review: Review, chosen: ShownMetric) -> None:
    bounds = display.thresholds([result.gate for result in review.gates], chosen.metric, chosen.stat)
    note = tr("With its 95 % interval; the dashed line is what the policy asks for.")
    widgets.heading(tr("{name} of each cohort", name=chosen.name), note)
    pictures.show(
        lambda theme: charts.figures(chosen.board, bounds, theme),
        tr("Intervals; the tab All figures says the same"),
        of=review.kept,
        asked=("figures", chosen.metric, chosen.stat, chosen.board.cohorts),
    )


def _gates(visit: PageContext, review: Review, chosen: ShownMetric) -> None:
    note = tr("Passed only where the whole interval clears the threshold; no data is never a pass.")
    widgets.heading(marked("Gates"), note, tables.query("gates", review))
    show_again = widgets.gates(review, tr("State thresholds in the assessment file under [[policy.gates]]."))
    show_again(visit.with_reruns)


def _latency(visit: PageContext, review: Review, chosen: ShownMetric) -> None:
    times = display.latencies(review.boards.by_metric.get("latency_ms", []))
    if not times:
        widgets.empty(tr("No latency is stored."), tr("Results with latency_ms show it here, by workflow."))
        return
    bounds = display.thresholds([result.gate for result in review.gates], "latency_ms", "p95")
    widgets.heading(tr("Latency by workflow"), tr("From the median to p99, the dot at p95."))
    pictures.show(
        lambda theme: charts.latency(times, bounds, theme),
        tr("Latency; metric latency_ms as a table"),
        of=review.kept,
        asked="latency",
    )


def _unscored(visit: PageContext, review: Review, chosen: ShownMetric) -> None:
    overall = review.boards.overall
    errors, failures = display.errors(overall), display.failures(overall)
    if not errors and not failures:
        widgets.empty(
            tr("Every case has a score."), tr("Cases without one are counted apart here: never as 0, never left out.")
        )
    widgets.show("failures", errors=errors, failures=failures, review=review)


def _versions(visit: PageContext, review: Review, chosen: ShownMetric) -> None:
    if not figures_view.versions(review, chosen.metric, chosen.stat):
        widgets.empty(tr("The candidate is the only version."), tr("Results of further versions stand beside it here."))


def _figures(visit: PageContext, review: Review, chosen: ShownMetric) -> None:
    widgets.heading(marked("All figures"), csv=tables.query("figures", review))
    figures_view.cells(chosen.board, review.assessment, chosen.name)


_PARTS: dict[str, Callable[[PageContext, Review, ShownMetric], None]] = {
    marked("Intervals"): _intervals,
    marked("Gates"): _gates,
    marked("Latency"): _latency,
    marked("Cases without a score"): _unscored,
    marked("Versions"): _versions,
    marked("All figures"): _figures,
}
