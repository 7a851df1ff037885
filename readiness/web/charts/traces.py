"""The waterfall of one trace, and where the time of many goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from readiness.kept import spoken
from readiness.language import numeral, tr
from readiness.model.policy import Budget
from readiness.model.record import ANY
from readiness.model.traces import StageFigure
from readiness.tracing.waterfall import Bar

from .base import ROWS, Ink, Spec, filled, label, laid_out, tips

KINDS = {
    "request": "#6b7280",
    "retrieval": "#1f6fb2",
    "rerank": "#5ba3dd",
    "tool": "#a86200",
    "model": "#0b7a5e",
    "output": "#8e1b4a",
    "other": "#9aa0a8",
}


DRAWN = 500
"""Spans drawn at most; beyond, nobody can tell them apart."""
NAMES, INDENT, DEEPEST = 230, 8, 64
"""Pixels for the names of spans, and how far each level stands in, down to the deepest that is told apart."""
FEW = 60
"""Spans up to which each has a line of its own height and its time written beside it."""


def waterfall(bars: Sequence[Bar], theme: str | None) -> Spec:
    """The spans of one trace, drawn to scale in the order of their start; an error is outlined and marked ✕."""
    frame = pd.DataFrame(
        [
            {
                "row": number,
                "label": f"{label(bar.span.name[:80])}{'  ✕' if bar.span.status == 'error' else ''}",
                "indent": min(bar.depth * INDENT, DEEPEST),
                "kind": bar.span.kind,
                "start": bar.start_ms,
                "end": bar.start_ms + max(bar.duration_ms or 0, 0),
                "takes": f"{numeral(f'{bar.duration_ms:,.1f}')} ms" if bar.duration_ms is not None else tr("no end"),
                "error": bar.span.status == "error",
            }
            for number, bar in enumerate(bars[:DRAWN])
        ]
    )
    kinds = set(frame["kind"])
    return filled(_waterfall(len(frame), tuple(kind for kind in KINDS if kind in kinds), theme), frame)


@spoken(64)
def _waterfall(rows: int, present: tuple[str, ...], theme: str | None) -> Spec:
    ink = Ink.of(theme)
    step, size = (24, 12) if rows <= FEW else (13, 10)
    y = alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.3))
    base = alt.Chart(ROWS).encode(y=y, tooltip=tips("label:N", "kind:N", "takes:N"))
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=list(present), range=[KINDS[kind] for kind in present]),
        legend=alt.Legend(orient="top", title=None),
    )
    x = alt.X("start:Q", axis=alt.Axis(title=tr("milliseconds since the request began"), grid=True, tickCount=8))
    inward = alt.X("indent:Q", axis=None, scale=alt.Scale(domain=[0, NAMES]))
    words = base.mark_text(align="left", fontSize=size, color=ink.text, limit=NAMES - DEEPEST)
    names = words.encode(x=inward, text="label:N")
    layers = [
        base.mark_bar(cornerRadius=2, minBandSize=3).encode(x=x, x2="end:Q", color=colour),
        base.mark_tick(thickness=3, height=step * 2 // 3)
        .encode(x=x, color=colour)
        .transform_filter("datum.start == datum.end"),
        base.mark_bar(filled=False, stroke="#d1214f", strokeWidth=2, cornerRadius=2)
        .encode(x=x, x2="end:Q")
        .transform_filter("datum.error"),
    ]
    if rows <= FEW:
        layers.append(
            base.mark_text(align="left", dx=5, fontSize=11, color=ink.mute).encode(x=alt.X("end:Q"), text="takes:N")
        )
    height = step * rows
    picture = alt.layer(*layers).properties(width=580, height=height)
    return laid_out(
        alt.hconcat(names.properties(width=NAMES, height=height), picture, spacing=8)
        .configure_view(stroke=None)
        .configure_axis(domain=False)
    )


def stages(figures: Sequence[StageFigure], budgets: Mapping[str, Budget], theme: str | None) -> Spec:
    """Self time of each stage by workflow, from the median to p99 with the dot at p95, against the stage's budget."""
    figures = [figure for figure in figures if figure.workflow != ANY]
    frame = pd.DataFrame(
        [
            {
                "stage": figure.kind,
                "workflow": label(figure.workflow) or tr("no workflow"),
                "p50": figure.p50,
                "p95": figure.p95,
                "p99": figure.p99,
                "says": f"p50 {_ms(figure.p50)}, p95 {_ms(figure.p95)}, n {figure.n}",
                "budget": _timeout(budgets, figure.kind),
            }
            for figure in figures
        ]
    )
    kinds = set(frame["stage"])
    order = tuple(kind for kind in KINDS if kind in kinds)
    return filled(_stages(order, frame["workflow"].nunique(), theme), frame)


@spoken(64)
def _stages(order: tuple[str, ...], workflows: int, theme: str | None) -> Spec:
    ink = Ink.of(theme)
    y = alt.Y("stage:N", sort=list(order), title=None, axis=alt.Axis(labelLimit=160))
    offset = alt.YOffset("workflow:N", scale=alt.Scale(paddingOuter=0.5))
    colour = alt.Color("workflow:N", legend=alt.Legend(orient="top", title=None) if workflows > 1 else None)
    base = alt.Chart(ROWS).encode(y=y, yOffset=offset, color=colour, tooltip=tips("workflow:N", "stage:N", "says:N"))
    x = alt.X("p95:Q", axis=alt.Axis(title=tr("milliseconds of its own"), tickCount=8))
    return laid_out(
        alt.layer(
            base.mark_rule(strokeWidth=2).encode(x=alt.X("p50:Q"), x2="p99:Q"),
            base.mark_point(filled=True, size=70, opacity=1).encode(x=x),
            alt.Chart(ROWS)
            .mark_tick(thickness=3, height=20, color="#d1214f")
            .encode(y=y, x="budget:Q")
            .transform_filter("isValid(datum.budget)"),
        )
        .properties(width="container", height=alt.Step(16 + 12 * workflows, **{"for": "position"}))
        .configure_view(stroke=None)
        .configure_axis(domain=False, ticks=False, labelFontSize=12, labelColor=ink.text)
    )


def _ms(value: float) -> str:
    return f"{numeral(f'{value:,.0f}')} ms"


def _timeout(budgets: Mapping[str, Budget], kind: str) -> float | None:
    budget = budgets.get(kind)
    return budget.timeout_ms if budget else None
