"""Two assessments side by side: which ones stands in the address, as `left=SYSTEM:ASSESSMENT` and `right=…`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from readiness.errors import ReadinessError
from readiness.language import marked, tr
from readiness.review import glance, scorecard_words, side_by_side, summaries
from readiness.review.review import Review
from readiness.scorecard import display
from readiness.services import reviews

from . import guard, reads, tables, widgets
from .guard import PageContext

Side = tuple[str, int | None]
_LABELS = {
    "left": (marked("Left system"), marked("Left assessment")),
    "right": (marked("Right system"), marked("Right assessment")),
}


def sides(visit: PageContext, review: Review) -> tuple[Review, Review]:
    """The two that are asked for; by default the version before beside the one that is chosen."""
    asked = st.query_params
    right = tables.side_of(asked["right"]) if asked.get("right") else (review.slug, review.assessment_id)
    left = tables.side_of(asked["left"]) if asked.get("left") else _before(visit, review)
    try:
        first, second = reviews.both(visit.store, visit.by, left, right, as_of=visit.as_of)
    except ReadinessError as exc:
        guard.refuse(exc)
    columns = st.columns(2)
    for place, (side, shown) in zip(columns, {"left": first, "right": second}.items(), strict=True):
        with place:
            _pick(visit, side, shown)
    return first, second


def _before(visit: PageContext, review: Review) -> Side:
    """The version before, else another system, else the same."""
    if review.previous:
        return review.slug, review.previous.id
    other = next((system.slug for system in visit.everything if system.slug != review.slug), "")
    return (other, None) if other else (review.slug, review.assessment_id)


def _pick(visit: PageContext, side: str, shown: Review) -> None:
    """A system and one of its assessments for a side."""
    names = dict(visit.names)
    names = names if shown.slug in names else {shown.slug: shown.name} | names
    of_system, of_version = map(tr, _LABELS[side])
    system, version = st.columns(2)
    with system:
        widgets.pick(of_system, names, shown.slug, lambda slug: _keep(side, slug))
    versions = {str(number): told for number, told in reads.assessments(visit.by, shown.slug).items()}
    with version:
        widgets.pick(
            of_version,
            versions,
            str(shown.assessment_id),
            lambda number: _keep(side, f"{shown.slug}:{number}"),
        )


def _keep(side: str, told: str) -> None:
    st.query_params[side] = told


def parts(visit: PageContext, left: Review, right: Review) -> None:
    """Side by side, and how a question or a metric moved over the versions of the right one."""
    widgets.parts({name: partial(show, left, right) for name, show in _PARTS.items()})


def query(table: str, left: Review, right: Review) -> str:
    first, second = (f"{one.slug}:{one.assessment_id}" for one in (left, right))
    return tables.query(table, left=first, right=second)


def _beside(left: Review, right: Review) -> None:
    about = {"left": left, "right": right, "name": side_by_side.name}
    widgets.show("sides", own_day=side_by_side.own_day, csv=query("comparison", left, right), **about)
    pairs = side_by_side.signals(left, right)
    widgets.show("signal_pairs", pairs=pairs, found=summaries.found, **about)
    measured, note = side_by_side.metrics(left, right), side_by_side.caution(left, right)
    widgets.show("metric_pairs", pairs=measured, note=note, told=display.told, interval=display.interval, **about)


def _of_signal(left: Review, right: Review) -> None:
    signals = {signal.id: signal for signal in right.checklist.all}
    chosen = st.selectbox(
        tr("Question"),
        list(signals),
        format_func=lambda option: widgets.plain(signals[option].name),
        key="signal",
        bind="query-params",
    )
    told = side_by_side.signal_history(right, chosen)
    widgets.heading(
        signals[chosen].named,
        tr("Each assessment on its own day."),
        tables.query("signal-history", right, signal=chosen),
    )
    widgets.show("signal_history", told=told)


def _of_metric(left: Review, right: Review) -> None:
    metrics = [line.metric for line in glance.lines(right)]
    if not metrics:
        widgets.empty(tr("No fresh results are stored."), tr("Import results on the page Evidence in."))
        return
    chosen = st.selectbox(
        tr("Metric"),
        metrics,
        format_func=lambda option: scorecard_words.metric_name(right, option),
        key="metric",
        bind="query-params",
    )
    told = side_by_side.metric_history(right, chosen)
    if not told:
        widgets.empty(
            tr("No version has a figure over all cases."), tr("The scorecard has those of its workflows and cohorts.")
        )
        return
    name = scorecard_words.metric_name(right, chosen)
    note = tr("Over all cases, as measured last, with its 95 % interval; stale figures too.")
    widgets.heading(name, note, tables.query("metric-history", right, metric=chosen))
    stat = glance.stat_of(chosen)
    widgets.show("metric_history", told=told, stat=stat, told_figure=display.told, interval=display.interval)


_PARTS: dict[str, Callable[[Review, Review], None]] = {
    marked("Side by side"): _beside,
    marked("One question over versions"): _of_signal,
    marked("One metric over versions"): _of_metric,
}
