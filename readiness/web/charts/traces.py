"""The waterfall of one trace."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from ...waterfall import Bar
from .base import Ink, Picture

KINDS = {
    "request": "#6b7280",
    "retrieval": "#1f6fb2",
    "rerank": "#5ba3dd",
    "tool": "#a86200",
    "model": "#0b7a5e",
    "output": "#8e1b4a",
    "other": "#9aa0a8",
}


def waterfall(bars: Sequence[Bar], theme: str | None) -> Picture:
    """The spans of one trace, drawn to scale in the order of their start; an error is outlined and marked ✕."""
    ink = Ink.of(theme)
    frame = pd.DataFrame(
        [
            {
                "row": number,
                "label": f"{'  ' * bar.depth}{bar.span.name}{'  ✕' if bar.span.status == 'error' else ''}",
                "kind": bar.span.kind,
                "start": bar.start_ms,
                "end": bar.start_ms + (bar.duration_ms or 0),
                "takes": f"{bar.duration_ms:,.1f} ms" if bar.duration_ms is not None else "no end",
                "error": bar.span.status == "error",
            }
            for number, bar in enumerate(bars)
        ]
    )
    y = alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.3))
    base = alt.Chart(frame).encode(y=y, tooltip=["label:N", "kind:N", "takes:N"])
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=list(KINDS), range=list(KINDS.values())),
        legend=alt.Legend(orient="top", title=None),
    )
    x = alt.X("start:Q", axis=alt.Axis(title="milliseconds since the request began", grid=True, tickCount=8))
    names = base.mark_text(align="left", x=0, fontSize=12, color=ink.text, limit=230).encode(text="label:N")
    picture = alt.layer(
        base.mark_bar(cornerRadius=2, minBandSize=3).encode(x=x, x2="end:Q", color=colour),
        base.mark_tick(thickness=3, height=16).encode(x=x, color=colour).transform_filter("datum.start == datum.end"),
        base.mark_bar(filled=False, stroke="#d1214f", strokeWidth=2, cornerRadius=2)
        .encode(x=x, x2="end:Q")
        .transform_filter("datum.error"),
        base.mark_text(align="left", dx=5, fontSize=11, color=ink.mute).encode(x=alt.X("end:Q"), text="takes:N"),
    )
    height = 24 * len(bars)
    return (
        alt.hconcat(names.properties(width=230, height=height), picture.properties(width=580, height=height), spacing=8)
        .configure_view(stroke=None)
        .configure_axis(domain=False)
    )
