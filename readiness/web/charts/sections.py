"""One assessment by section: points given, and points on evidence alone."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from readiness.review.items import SectionScore

from .base import Ink, Picture

ROW = 30


def sections(strips: Sequence[SectionScore], theme: str | None) -> Picture:
    """A bar for each section on a scale of its own points; the ring is what counts on evidence alone."""
    ink = Ink.of(theme)
    frame = pd.DataFrame(
        {
            "section": [strip.section.name for strip in strips],
            "points": [strip.points for strip in strips],
            "most": [strip.most for strip in strips],
            "evidenced": [strip.evidenced for strip in strips],
            "possible": [strip.possible for strip in strips],
            "says": [_says(strip) for strip in strips],
        }
    )
    most = max(strip.possible for strip in strips)
    base = alt.Chart(frame).encode(
        y=alt.Y(
            "section:N",
            sort=[strip.section.name for strip in strips],
            title=None,
            axis=alt.Axis(domain=False, ticks=False, labelFontSize=13, labelLimit=260, labelPadding=10),
        ),
        tooltip=["section:N", "says:N"],
    )
    x = alt.Scale(domain=[0, most * 1.8], nice=False)
    return (
        alt.layer(
            base.mark_bar(height=12, color=ink.mute, opacity=0.18, cornerRadius=2).encode(
                x=alt.X("possible:Q", scale=x, axis=None)
            ),
            base.mark_bar(height=12, color="#e0a33c", opacity=0.35).encode(x="most:Q"),
            base.mark_bar(height=12, color="#df7a50", cornerRadius=2).encode(x="points:Q"),
            base.mark_point(size=90, strokeWidth=2, color=ink.text, opacity=1).encode(x="evidenced:Q"),
            base.mark_text(align="left", dx=10, fontSize=12, color=ink.mute).encode(x="possible:Q", text="says:N"),
        )
        .properties(height=ROW * len(strips), width="container")
        .configure_view(stroke=None)
    )


def _says(strip: SectionScore) -> str:
    open_ = f", {strip.unanswered} not answered" if strip.unanswered else ""
    return f"{strip.points} of {strip.possible} points{open_}; {strip.evidenced} on evidence alone"
