"""How often releases went well: a dot with its interval for each verdict, and for each way in which it was decided."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from readiness.decision.hindsight import OutcomeCounts
from readiness.kept import spoken
from readiness.language import tr
from readiness.review import hindsight_words
from readiness.review.colours import COLOURS

from .base import ROWS, Ink, Spec, filled, label, laid_out, tips

STEP = 28


def went_well(counted: Sequence[OutcomeCounts], theme: str | None) -> Spec:
    """A line for each, in the order given: dot = share that went well, line = its 95 % interval."""
    rows = [
        {
            "what": label(
                tr("{kind}, {held} of {total}", kind=hindsight_words.kind(one), held=one.well.held, total=one.well.n)
            ),
            "of": one.what,
            "share": one.well.held / one.well.n,
            "low": one.well.interval.low,
            "high": one.well.interval.high,
            "says": hindsight_words.share(one.well),
        }
        for one in counted
        if one.well.interval
    ]
    return filled(_went_well(tuple(str(row["what"]) for row in rows), theme), pd.DataFrame(rows))


@spoken(64)
def _went_well(order: tuple[str, ...], theme: str | None) -> Spec:
    ink = Ink.of(theme)
    y = alt.Y("what:N", sort=list(order), title=None, axis=alt.Axis(labelLimit=220))
    scale = alt.Scale(domain=[0, 1], nice=False)
    x = alt.X("share:Q", scale=scale, title=None, axis=alt.Axis(format="%", grid=True, tickCount=5))
    colour = alt.Color("of:N", scale=_colours(ink), legend=None)
    base = alt.Chart(ROWS).encode(y=y, tooltip=tips("what:N", "says:N"))
    return laid_out(
        alt.layer(
            base.mark_rule(strokeWidth=3, opacity=0.7).encode(x=alt.X("low:Q", scale=scale), x2="high:Q", color=colour),
            base.mark_point(filled=True, size=150, opacity=1).encode(x=x, color=colour),
        )
        .properties(width="container", height=alt.Step(STEP))
        .configure_view(stroke=None)
        .configure_axis(domain=False, ticks=False, labelFontSize=12)
    )


def _colours(ink: Ink) -> alt.Scale:
    """By verdict; how it was decided has no colour of its own."""
    kinds = ("with the verdict", "against the verdict", "without a decision")
    return alt.Scale(domain=[*COLOURS, *kinds], range=[*COLOURS.values(), *(ink.mute for _ in kinds)])
