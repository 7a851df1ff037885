"""Due dates on a line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache

import altair as alt
import pandas as pd

from readiness.review.items import OpenGap

from .base import ROWS, Ink, Spec, filled, label, laid_out

STEP, AROUND = 30, 76


def room(gaps: Sequence[OpenGap]) -> int:
    """Pixels that the picture takes, so that what stands below does not move when it is drawn."""
    systems = {gap.system for gap in gaps if gap.mark.due}
    dated = [gap.signal.id for gap in gaps if gap.mark.due]
    return STEP * (len(set(dated)) if len(systems) == 1 else len(systems)) + AROUND


def due_dates(
    gaps: Sequence[OpenGap], names: Mapping[str, str], targets: Mapping[str, dt.date], as_of: dt.date, theme: str | None
) -> Spec:
    """Due dates on a line: a line for each gap of one system, else one for each system, with its target date as |."""
    alone = len({gap.system for gap in gaps}) == 1
    rows = [
        {
            "line": label(gap.signal.name if alone else names[gap.system]),
            "gap": label(gap.signal.name),
            "due": pd.Timestamp(gap.mark.due or as_of),
            "state": "overdue" if gap.days_over else "open",
            "first": pd.Timestamp(next((move.before for move in gap.moves if move.before), gap.mark.due) or as_of),
        }
        for gap in gaps
        if gap.mark.due
    ]
    lines = list(dict.fromkeys(str(row["line"]) for row in rows))
    goals = [
        {"line": line, "due": pd.Timestamp(day), "gap": "target date"}
        for slug, day in targets.items()
        for line in (lines if alone else [label(names[slug])])
        if line in lines
    ]
    today = pd.DataFrame([{"due": pd.Timestamp(as_of), "what": "today"}])
    goal_frame = pd.DataFrame(goals, columns=["line", "due", "gap"])
    return filled(_due_dates(tuple(lines), theme), pd.DataFrame(rows), today=today, goals=goal_frame)


@lru_cache(maxsize=64)
def _due_dates(lines: tuple[str, ...], theme: str | None) -> Spec:
    ink = Ink.of(theme)
    y = alt.Y("line:N", sort=list(lines), title=None, axis=alt.Axis(labelLimit=260))
    x = alt.X("due:T", title=None, axis=alt.Axis(format="%-d %b", grid=True, tickCount=8))
    colour = alt.Color(
        "state:N", scale=alt.Scale(domain=["open", "overdue"], range=["#1f6fb2", "#8e1b4a"]), legend=None
    )
    shape = alt.Shape("state:N", scale=alt.Scale(domain=["open", "overdue"], range=["circle", "diamond"]), legend=None)
    tip = ["gap:N", alt.Tooltip("due:T", format="%-d %b %Y")]
    today = alt.Chart(alt.NamedData("today"))
    base = alt.Chart(ROWS).encode(y=y)
    return laid_out(
        alt.layer(
            today.mark_rule(strokeDash=[4, 3], color=ink.mute).encode(x=x),
            today.mark_text(y=-8, fontSize=11, color=ink.mute).encode(x=x, text="what:N"),
            base.mark_rule(strokeWidth=2, color=ink.mute).encode(x="first:T", x2="due:T"),
            base.mark_point(filled=True, size=140, opacity=0.9).encode(x=x, color=colour, shape=shape, tooltip=tip),
            alt.Chart(alt.NamedData("goals"))
            .mark_tick(thickness=3, height=22, color=ink.text)
            .encode(x=x, y=y, tooltip=tip),
        )
        .properties(width="container", height=alt.Step(STEP))
        .configure_view(stroke=None)
        .configure_axis(domain=False, ticks=False, labelFontSize=12)
    )
