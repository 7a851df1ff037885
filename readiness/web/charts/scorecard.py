"""The scorecard: differences by workflow and cohort, figures with their intervals, latency against its bounds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from readiness import formatting
from readiness.model.cells import Cell
from readiness.model.record import ANY
from readiness.review import scorecard_words
from readiness.scorecard import display
from readiness.scorecard.compare import ScorecardRow
from readiness.scorecard.display import Board

from .base import Ink, Picture, label

WORSE, BETTER = "#e0701c", "#3f8fc5"
BOUND = "#d1214f"
CLOSE = 0.3
"""Share of the scale within which the words of two bounds would touch on a phone."""
FAINT = 0.3
"""How much of its colour a tile keeps where the difference may be none, or rests on few cases."""
SIDES = ("baseline", "candidate")


def differences(shown: Board, theme: str | None) -> Picture:
    """Candidate minus baseline by workflow and cohort, sign and n written in; no data is said, not left white."""
    ink = Ink.of(theme)
    frame = pd.DataFrame([_tile(row, shown) for row in shown.rows])
    frame["worse"] = frame["worse"].astype(float)  # nothing is worse or better where none can be told
    sure = frame[frame["strength"] == 1]["worse"].abs().max()
    reach = sure if sure and not math.isnan(sure) else frame["worse"].abs().max()
    workflows = sorted(set(frame["workflow"]), key=lambda name: (name != "all workflows", name))
    base = alt.Chart(frame).encode(
        x=alt.X(
            "workflow:N",
            sort=workflows,
            title=None,
            axis=alt.Axis(orient="top", labelAngle=0, labelLimit=900 // len(workflows), labelFlush=False),
        ),
        y=alt.Y(
            "cohort:N", sort=[_cohort(cohort) for cohort in shown.cohorts], title=None, axis=alt.Axis(labelLimit=220)
        ),
        tooltip=["workflow:N", "cohort:N", "difference:N", "interval:N", "from:N"],
    )
    middle = "#23272e" if theme == "dark" else "#f4f5f6"
    reach = reach if reach and not math.isnan(reach) else 1
    colour = alt.Color(
        "worse:Q",
        scale=alt.Scale(domain=[-reach, 0, reach], range=[BETTER, middle, WORSE], interpolate="rgb", clamp=True),
        legend=None,
    )
    return (
        alt.layer(
            base.mark_rect(
                cornerRadius=3, stroke=ink.mute, strokeDash=[3, 3], strokeOpacity=0.6, fillOpacity=0
            ).transform_filter("!isValid(datum.worse)"),
            base.mark_rect(cornerRadius=3, stroke=ink.paper, strokeWidth=2)
            .encode(color=colour, fillOpacity=alt.FillOpacity("strength:Q", scale=None))
            .transform_filter("isValid(datum.worse)"),
            base.mark_text(dy=-6, fontSize=13, fontWeight=600, color=ink.text).encode(text="text:N"),
            base.mark_text(dy=9, fontSize=11, color=ink.text, opacity=0.8).encode(text="n:N"),
        )
        .properties(width="container", height=alt.Step(40))
        .configure_view(stroke=None)
        .configure_axis(domain=False, ticks=False, labelFontSize=12, labelColor=ink.text)
    )


def _tile(row: ScorecardRow, shown: Board) -> dict[str, Any]:
    change, unit = row.change(shown.stat), scorecard_words.unit(row)
    difference, thin = row.difference(shown.stat), display.thin(row, shown.stat)
    return {
        "workflow": _workflow(row.workflow),
        "cohort": _cohort(row.cohort),
        "worse": None if thin else row.worsening(shown.stat),
        "strength": FAINT if display.faint(row, shown.stat) else 1.0,
        "text": f"{formatting.change(change, unit)} {shown.mark(row)}"
        if change is not None and not thin
        else scorecard_words.no_change(row, shown.stat),
        "difference": scorecard_words.changed(row, shown.stat),
        "interval": formatting.span((difference.interval.low, difference.interval.high), unit)
        if difference and not thin
        else "not known",
        "from": difference.method if difference else "",
        "n": formatting.sample(row.candidate) if row.candidate and row.candidate.n is not None else "",
    }


def _cohort(cohort: str) -> str:
    return "all cases" if cohort == ANY else label(cohort)


def _workflow(workflow: str) -> str:
    return "all workflows" if workflow == ANY else label(workflow)


def figures(shown: Board, bounds: Sequence[tuple[float, str]], theme: str | None) -> Picture:
    """The chosen figure of both versions for each cohort, with its 95 % interval and the bounds of the policy."""
    ink = Ink.of(theme)
    unit = next((scorecard_words.unit(row) for row in shown.rows), "")
    scale = 100.0 if unit == "ratio" else 1.0
    rows = [
        _figure(side, name, row.cohort, shown, scale)
        for row in shown.overall
        for name, side in zip(SIDES, (row.baseline, row.candidate), strict=True)
        if side is not None and display.shown(side, shown.stat) is not None
    ]
    frame = pd.DataFrame(rows, columns=["cohort", "version", "value", "low", "high", "says", "n"])
    order = [_cohort(cohort) for cohort in shown.cohorts]
    y = alt.Y("cohort:N", sort=order, title=None, axis=alt.Axis(labelLimit=220, grid=True, gridOpacity=0.4))
    offset = alt.YOffset("version:N", sort=list(SIDES), scale=alt.Scale(paddingOuter=0.6))
    colour = alt.Color(
        "version:N",
        scale=alt.Scale(domain=list(SIDES), range=[ink.mute, ink.text]),
        legend=alt.Legend(orient="top", title=None, symbolType="circle"),
    )
    x = alt.X("value:Q", scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(title=_axis(unit), grid=False))
    base = alt.Chart(frame).encode(
        y=y, yOffset=offset, color=colour, tooltip=["cohort:N", "version:N", "says:N", "n:N"]
    )
    layers: list[Any] = [
        base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q"), x2="high:Q"),
        base.mark_point(filled=True, size=60, opacity=1).encode(x=x),
    ]
    words = [(bound * scale, f"{word} {formatting.bound(bound, unit)}") for bound, word in bounds]
    return _by_row(layers + _bounds(words, [*frame["low"], *frame["high"]], ink))


def _by_row(layers: Sequence[Any]) -> Picture:
    return (
        alt.layer(*layers)
        .properties(width="container", height=alt.Step(30, **{"for": "position"}))
        .configure_view(stroke=None)
        .configure_axis(domain=False, ticks=False, labelFontSize=12)
    )


def _bounds(words: Sequence[tuple[float, str]], values: Sequence[float], ink: Ink) -> list[Any]:
    """A dashed line for each bound, with its words above; words of bounds that lie close stand one above another."""
    layers: list[Any] = []
    reach = [value for value in (*values, *(bound for bound, _ in words)) if math.isfinite(value)]
    last, level = -math.inf, 0
    for bound, word in sorted(words):
        level = level + 1 if bound - last < CLOSE * (max(reach) - min(reach)) else 0
        last = bound
        line = alt.Chart(pd.DataFrame({"bound": [bound], "word": [word]})).encode(x="bound:Q")
        layers += [
            line.mark_rule(color=BOUND, strokeDash=[5, 3]),
            line.mark_text(color=ink.text, fontSize=11, dy=-6 - 13 * level, y=0).encode(text="word:N"),
        ]
    return layers


def _figure(side: Cell, version: str, cohort: str, shown: Board, scale: float) -> dict[str, Any]:
    value = getattr(side, shown.stat)
    interval = display.interval(side, shown.stat)
    low, high = (interval.low, interval.high) if interval else (value, value)
    says = formatting.figure(value, side.unit)
    return {
        "cohort": _cohort(cohort),
        "version": version,
        "value": value * scale,
        "low": (value if math.isinf(low) else low) * scale,
        "high": (value if math.isinf(high) else high) * scale,
        "says": f"{says}, {formatting.between(low, high, side.unit)}" if interval else says,
        "n": formatting.runs(side),
    }


def _axis(unit: str) -> str:
    return "per cent" if unit == "ratio" else unit


def latency(rows: Sequence[ScorecardRow], bounds: Sequence[tuple[float, str]], theme: str | None) -> Picture:
    """p50, p95 and p99 of both versions by workflow on one scale, with the bounds on p95."""
    ink = Ink.of(theme)
    records = [
        {
            "workflow": _workflow(row.workflow),
            "version": name,
            **{stat: display.shown(side, stat) for stat in display.TAILS},
            "to": max(value for stat in display.TAILS if (value := display.shown(side, stat)) is not None),
            "says": ", ".join(f"{stat} {display.told(side, stat)}" for stat in display.TAILS),
            "n": formatting.runs(side),
        }
        for row in rows
        for name, side in zip(SIDES, (row.baseline, row.candidate), strict=True)
        if side is not None and side.p50 is not None
    ]
    frame = pd.DataFrame(records).astype(dict.fromkeys(display.TAILS, float))
    y = alt.Y("workflow:N", title=None, sort=[record["workflow"] for record in records], axis=alt.Axis(labelLimit=220))
    offset = alt.YOffset("version:N", sort=list(SIDES), scale=alt.Scale(paddingOuter=0.6))
    colour = alt.Color(
        "version:N",
        scale=alt.Scale(domain=list(SIDES), range=[ink.mute, ink.text]),
        legend=alt.Legend(orient="top", title=None, symbolType="circle"),
    )
    base = alt.Chart(frame).encode(
        y=y, yOffset=offset, color=colour, tooltip=["workflow:N", "version:N", "says:N", "n:N"]
    )
    x = alt.X("p95:Q", scale=alt.Scale(zero=True), axis=alt.Axis(title="milliseconds", tickCount=8))
    layers: list[Any] = [
        base.mark_rule(strokeWidth=2).encode(x=alt.X("p50:Q"), x2="to:Q"),
        base.mark_tick(thickness=2, height=9).encode(x="p50:Q"),
        base.mark_point(filled=True, size=70, opacity=1).encode(x=x).transform_filter("isValid(datum.p95)"),
        base.mark_tick(thickness=2, height=9).encode(x="p99:Q").transform_filter("isValid(datum.p99)"),
    ]
    words = [(bound, f"p95 {word} {formatting.bound(bound, 'ms')}") for bound, word in bounds]
    return _by_row(layers + _bounds(words, [0, *frame["to"]], ink))
