"""The scorecard: differences, intervals and latency."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from ... import sentences, words
from ...records import Statistic
from ...scorecard import Row
from .base import Ink, Picture


def differences(rows: Sequence[Row], stat: Statistic, theme: str | None) -> Picture:
    """Candidate minus baseline by workflow and cohort, sign and n written in; no data is said, not left white."""
    ink = Ink.of(theme)
    frame = pd.DataFrame(
        [
            {
                "workflow": "all workflows" if row.workflow == "*" else row.workflow,
                "cohort": "all cases" if row.cohort == "*" else row.cohort,
                "worse": row.worsening(stat),
                "difference": words.difference(row.change(stat), sentences.unit(row)),
                "n": f"n {row.candidate.n:,}" if row.candidate and row.candidate.n is not None else "",
            }
            for row in rows
        ]
    )
    reach = max((abs(worse) for row in rows if (worse := row.worsening(stat)) is not None), default=1) or 1
    workflows = sorted(set(frame["workflow"]), key=lambda name: (name != "all workflows", name))
    cohorts = sorted(set(frame["cohort"]), key=lambda name: (name != "all cases", name))
    base = alt.Chart(frame).encode(
        x=alt.X(
            "workflow:N",
            sort=workflows,
            title=None,
            axis=alt.Axis(orient="top", labelAngle=0, labelLimit=160, labelFlush=False),
        ),
        y=alt.Y("cohort:N", sort=cohorts, title=None, axis=alt.Axis(labelLimit=220)),
        tooltip=["workflow:N", "cohort:N", "difference:N", "n:N"],
    )
    middle = "#23272e" if theme == "dark" else "#f4f5f6"
    colour = alt.Color(
        "worse:Q",
        scale=alt.Scale(domain=[-reach, 0, reach], range=["#3f8fc5", middle, "#e0701c"], interpolate="rgb"),
        legend=None,
    )
    return (
        alt.layer(
            base.mark_rect(
                cornerRadius=3, stroke=ink.mute, strokeDash=[3, 3], strokeOpacity=0.6, fillOpacity=0
            ).transform_filter("!isValid(datum.worse)"),
            base.mark_rect(cornerRadius=3, stroke=ink.paper, strokeWidth=2)
            .encode(color=colour)
            .transform_filter("isValid(datum.worse)"),
            base.mark_text(dy=-6, fontSize=13, fontWeight=600, color=ink.text).encode(text="difference:N"),
            base.mark_text(dy=9, fontSize=11, color=ink.text, opacity=0.8).encode(text="n:N"),
        )
        .properties(width="container", height=alt.Step(42))
        .configure_view(stroke=None)
        .configure_axis(domain=False, ticks=False, labelFontSize=12, labelColor=ink.text)
    )
