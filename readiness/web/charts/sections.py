"""One assessment by section: points given, and points on evidence alone."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from readiness.kept import spoken
from readiness.language import tr
from readiness.review.items import SectionScore

from .base import ROWS, Ink, Spec, filled, laid_out, tips

LINE = 30


def sections(scores: Sequence[SectionScore], theme: str | None) -> Spec:
    """A bar for each section on a scale of its own points; the ring is what counts on evidence alone."""
    frame = pd.DataFrame(
        {
            "section": [tr(score.section.name) for score in scores],
            "points": [score.points for score in scores],
            "most": [score.most for score in scores],
            "evidenced": [score.evidenced for score in scores],
            "possible": [score.possible for score in scores],
            "says": [_says(score) for score in scores],
        }
    )
    return filled(_sections(tuple(frame["section"]), int(frame["possible"].max()), theme), frame)


@spoken(64)
def _sections(names: tuple[str, ...], most: int, theme: str | None) -> Spec:
    ink = Ink.of(theme)
    base = alt.Chart(ROWS).encode(
        y=alt.Y(
            "section:N",
            sort=list(names),
            title=None,
            axis=alt.Axis(domain=False, ticks=False, labelFontSize=13, labelLimit=260, labelPadding=10),
        ),
        tooltip=tips("section:N", "says:N"),
    )
    x = alt.Scale(domain=[0, most * 1.8], nice=False)
    return laid_out(
        alt.layer(
            base.mark_bar(height=12, color=ink.mute, opacity=0.18, cornerRadius=2).encode(
                x=alt.X("possible:Q", scale=x, axis=None)
            ),
            base.mark_bar(height=12, color="#e0a33c", opacity=0.35).encode(x="most:Q"),
            base.mark_bar(height=12, color="#df7a50", cornerRadius=2).encode(x="points:Q"),
            base.mark_point(size=90, strokeWidth=2, color=ink.text, opacity=1).encode(x="evidenced:Q"),
            base.mark_text(align="left", dx=10, fontSize=12, color=ink.mute).encode(x="possible:Q", text="says:N"),
        )
        .properties(height=LINE * len(names), width="container")
        .configure_view(stroke=None)
    )


def _says(score: SectionScore) -> str:
    told = {"points": score.points, "possible": score.possible, "evidenced": score.evidenced}
    if not score.unanswered:
        return tr("{points} of {possible} points; {evidenced} on evidence alone", **told)
    return tr(
        "{points} of {possible} points, {unanswered} not answered; {evidenced} on evidence alone",
        unanswered=score.unanswered,
        **told,
    )
