"""The scorecard: figures with their intervals, latency against its bounds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import altair as alt
import pandas as pd

from readiness import formatting
from readiness.kept import kept, spoken
from readiness.language import marked, tr
from readiness.model.cells import Cell
from readiness.model.record import ANY
from readiness.review import scorecard_words
from readiness.scorecard import display
from readiness.scorecard.compare import ScorecardRow
from readiness.scorecard.display import Board

from .base import ROWS, Ink, Spec, filled, label, laid_out, tips

BOUND = "#d1214f"
CLOSE = 0.3
"""Share of the scale within which the words of two bounds would touch on a phone."""
SIDES = (marked("baseline"), marked("candidate"))


class Bound(NamedTuple):
    """What the policy asks for, on the scale of the picture, in words that stand at a level above it."""

    at: float
    words: str
    level: int


def _cohort(cohort: str) -> str:
    return tr("all cases") if cohort == ANY else label(cohort)


def _workflow(workflow: str) -> str:
    return tr("all workflows") if workflow == ANY else label(workflow)


@kept
def figures(shown: Board, bounds: tuple[tuple[float, str], ...], theme: str | None) -> Spec:
    """The chosen figure of both versions for each cohort, with its 95 % interval and the bounds of the policy."""
    unit = next((scorecard_words.unit(row) for row in shown.rows), "")
    scale = 100.0 if unit == "ratio" else 1.0
    rows = [
        _figure(side, name, row.cohort, shown, scale)
        for row in shown.overall
        for name, side in zip(SIDES, (row.baseline, row.candidate), strict=True)
        if side is not None and display.shown(side, shown.stat) is not None
    ]
    frame = pd.DataFrame(rows, columns=["cohort", "version", "value", "low", "high", "says", "n"])
    words = [(bound * scale, f"{word} {formatting.bound(bound, unit)}") for bound, word in bounds]
    levels = _levels(words, [*frame["low"], *frame["high"]])
    return filled(_figures(tuple(map(_cohort, shown.cohorts)), _axis(unit), levels, theme), frame)


@spoken(64)
def _figures(cohorts: tuple[str, ...], title: str, bounds: tuple[Bound, ...], theme: str | None) -> Spec:
    ink = Ink.of(theme)
    y = alt.Y("cohort:N", sort=list(cohorts), title=None, axis=alt.Axis(labelLimit=220, grid=True, gridOpacity=0.4))
    base = _of_version(y, "cohort", ink)
    x = alt.X("value:Q", scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(title=title, grid=False))
    return _by_row(
        base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q"), x2="high:Q"),
        base.mark_point(filled=True, size=60, opacity=1).encode(x=x),
        *_bounds(bounds, ink),
    )


def _of_version(y: alt.Y, place: str, ink: Ink) -> alt.Chart:
    """What is drawn of both versions, one above the other at each place."""
    return alt.Chart(ROWS).encode(
        y=y,
        yOffset=alt.YOffset("version:N", sort=[tr(side) for side in SIDES], scale=alt.Scale(paddingOuter=0.6)),
        color=alt.Color(
            "version:N",
            scale=alt.Scale(domain=[tr(side) for side in SIDES], range=[ink.mute, ink.text]),
            legend=alt.Legend(orient="top", title=None, symbolType="circle"),
        ),
        tooltip=tips(f"{place}:N", "version:N", "says:N", "n:N"),
    )


def _by_row(*layers: alt.Chart) -> Spec:
    return laid_out(
        alt.layer(*layers)
        .properties(width="container", height=alt.Step(30, **{"for": "position"}))
        .configure_view(stroke=None)
        .configure_axis(domain=False, ticks=False, labelFontSize=12)
    )


def _levels(words: Sequence[tuple[float, str]], values: Sequence[float]) -> tuple[Bound, ...]:
    """Bounds that lie close have their words one above another."""
    levels: list[Bound] = []
    reach = [value for value in (*values, *(bound for bound, _ in words)) if math.isfinite(value)]
    last, level = -math.inf, 0
    for bound, word in sorted(words):
        level = level + 1 if bound - last < CLOSE * (max(reach) - min(reach)) else 0
        last = bound
        levels.append(Bound(bound, word, level))
    return tuple(levels)


def _bounds(bounds: Sequence[Bound], ink: Ink) -> Iterator[alt.Chart]:
    """A dashed line for each bound, with its words above."""
    for bound in bounds:
        line = alt.Chart(alt.InlineData([{"bound": bound.at, "word": bound.words}])).encode(x="bound:Q")
        yield line.mark_rule(color=BOUND, strokeDash=[5, 3])
        yield line.mark_text(color=ink.text, fontSize=11, dy=-6 - 13 * bound.level, y=0).encode(text="word:N")


def _figure(side: Cell, version: str, cohort: str, shown: Board, scale: float) -> dict[str, Any]:
    value = getattr(side, shown.stat)
    interval = display.interval(side, shown.stat)
    low, high = (interval.low, interval.high) if interval else (value, value)
    says = formatting.figure(value, side.unit)
    return {
        "cohort": _cohort(cohort),
        "version": tr(version),
        "value": value * scale,
        "low": (value if math.isinf(low) else low) * scale,
        "high": (value if math.isinf(high) else high) * scale,
        "says": f"{says}, {formatting.between(low, high, side.unit)}" if interval else says,
        "n": formatting.runs(side),
    }


def _axis(unit: str) -> str:
    return tr("per cent") if unit == "ratio" else unit


def latency(rows: Sequence[ScorecardRow], bounds: Sequence[tuple[float, str]], theme: str | None) -> Spec:
    """p50, p95 and p99 of both versions by workflow on one scale, with the bounds on p95."""
    records = [
        {
            "workflow": _workflow(row.workflow),
            "version": tr(name),
            **{stat: display.shown(side, stat) for stat in display.TAILS},
            "to": max(value for stat in display.TAILS if (value := display.shown(side, stat)) is not None),
            "says": ", ".join(f"{stat} {display.told(side, stat)}" for stat in display.TAILS),
            "n": formatting.runs(side),
        }
        for row in rows
        for name, side in zip(SIDES, (row.baseline, row.candidate), strict=True)
        if side is not None and display.has_tail(side)
    ]
    frame = pd.DataFrame(records).astype(dict.fromkeys(display.TAILS, float))
    words = [(bound, f"p95 {word} {formatting.bound(bound, 'ms')}") for bound, word in bounds]
    return filled(_latency(tuple(dict.fromkeys(frame["workflow"])), _levels(words, [0, *frame["to"]]), theme), frame)


@spoken(64)
def _latency(workflows: tuple[str, ...], bounds: tuple[Bound, ...], theme: str | None) -> Spec:
    y = alt.Y("workflow:N", title=None, sort=list(workflows), axis=alt.Axis(labelLimit=220))
    base = _of_version(y, "workflow", Ink.of(theme))
    x = alt.X("p95:Q", scale=alt.Scale(zero=True), axis=alt.Axis(title=tr("milliseconds"), tickCount=8))
    return _by_row(
        base.mark_rule(strokeWidth=2).encode(x=alt.X("p50:Q"), x2="to:Q").transform_filter("isValid(datum.p50)"),
        base.mark_tick(thickness=2, height=9).encode(x="p50:Q").transform_filter("isValid(datum.p50)"),
        base.mark_point(filled=True, size=70, opacity=1).encode(x=x).transform_filter("isValid(datum.p95)"),
        base.mark_tick(thickness=2, height=9).encode(x="p99:Q").transform_filter("isValid(datum.p99)"),
        *_bounds(bounds, Ink.of(theme)),
    )
