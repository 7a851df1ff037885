"""When each gap will be closed: what was promised, and the days by which half and 80 % of gaps like it were closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import altair as alt
import pandas as pd

from readiness import formatting
from readiness.kept import spoken
from readiness.language import tr, trn
from readiness.review.items import GapForecast

from .base import ROWS, Ink, Spec, filled, label, laid_out, tips

STEP = 30


def forecasts(told: Sequence[GapForecast], target: dt.date | None, as_of: dt.date, theme: str | None) -> Spec:
    """A line for each gap that has a forecast: ring = promised, bar = today to 80 %, tick = half; the rollout as |."""
    rows = [
        {
            "gap": label(tr(one.gap.signal.name)),
            "promised": pd.Timestamp(one.gap.mark.due),
            "half": pd.Timestamp(one.median) if one.median else pd.NaT,
            "by": pd.Timestamp(one.by),
            "from": pd.Timestamp(as_of),
            "says": trn(
                "80 % by {day}, from {n} past date",
                "80 % by {day}, from {n} past dates",
                one.n,
                day=formatting.day(one.by),
            ),
        }
        for one in told
        if one.by and one.gap.mark.due
    ]
    days = [{"day": pd.Timestamp(as_of), "what": tr("today")}]
    days += [{"day": pd.Timestamp(target), "what": tr("planned rollout")}] if target else []
    order = tuple(str(row["gap"]) for row in rows)
    return filled(_forecasts(order, theme), pd.DataFrame(rows), days=pd.DataFrame(days))


@spoken(64)
def _forecasts(order: tuple[str, ...], theme: str | None) -> Spec:
    ink = Ink.of(theme)
    y = alt.Y("gap:N", sort=list(order), title=None, axis=alt.Axis(labelLimit=260))
    axis = alt.Axis(format="%-d %b", grid=True, tickCount=6)
    base = alt.Chart(ROWS).encode(y=y, tooltip=tips("gap:N", "says:N"))
    days = alt.Chart(alt.NamedData("days")).encode(x=alt.X("day:T", title=None, axis=axis))
    return laid_out(
        alt.layer(
            days.mark_rule(strokeDash=[4, 3], color=ink.mute),
            days.mark_text(y=-8, fontSize=11, color=ink.mute).encode(text="what:N"),
            base.mark_bar(height=8, color="#e0a33c", opacity=0.55, cornerRadius=2).encode(x="from:T", x2="by:T"),
            base.mark_tick(thickness=3, height=18, color=ink.text).encode(x="half:T"),
            base.mark_point(size=90, strokeWidth=2, color=ink.text, opacity=1).encode(x="promised:T"),
        )
        .properties(width="container", height=alt.Step(STEP))
        .configure_view(stroke=None)
        .configure_axis(domain=False, ticks=False, labelFontSize=12)
    )
