"""What is looked at on the scorecard: a metric, a figure of it, and which cohorts; all of it stands in the address."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from readiness.model.cells import Statistic
from readiness.review import scorecard_words
from readiness.review.review import Review
from readiness.scorecard import display
from readiness.scorecard.display import Board

FIGURES: list[Statistic] = ["p50", "p95", "p99", "mean"]


@dataclass(frozen=True)
class ShownMetric:
    metric: str
    stat: Statistic
    board: Board
    name: str


def choose(review: Review) -> ShownMetric:
    """The fields above the scorecard; the metric that leads is the first."""
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
        stat = ask[1].segmented_control(
            "Figure", FIGURES, default="p95", key="stat", required=True, bind="query-params"
        )
    kinds = display.dimensions(review.boards.by_metric[metric])
    kind = ask[2].selectbox(
        "Cohorts by", kinds, index=None, placeholder="everything", key="dimension", bind="query-params"
    )
    every = ask[3].toggle("Every cohort", key="every", bind="query-params")
    board = review.boards.lay_out(metric, stat, kind or "", None if every else display.SHOWN)
    name = scorecard_words.metric_name(review, metric) + ("" if stat == "mean" else f" {stat}")
    return ShownMetric(metric, stat, board, name)
