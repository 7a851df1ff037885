"""Due dates on a line."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from readiness import formatting
from readiness.kept import spoken
from readiness.language import tr, trn
from readiness.review.colours import DUE
from readiness.review.items import OpenGap

from .base import ROWS, Ink, Spec, filled, label, laid_out, tips, titled

STEP, AROUND = 30, 76
MOST = 12
"""Lines in one picture; of more systems those with the earliest date have one each, and the others share the last."""
_SHAPES = ("circle", "diamond", "triangle-up")


def room(gaps: Sequence[OpenGap]) -> int:
    """Pixels that the picture takes, so that what stands below does not move when it is drawn."""
    return STEP * max(len(dict.fromkeys(_lines(gaps, {}).values())), 1) + AROUND


def _lines(gaps: Sequence[OpenGap], names: Mapping[str, str]) -> dict[int, str]:
    """The line of each gap that has a date: its own where all are of one system, else that of its system."""
    dated = sorted((gap for gap in gaps if gap.mark.due), key=lambda gap: gap.mark.due or dt.date.max)
    systems = list(dict.fromkeys(gap.system for gap in dated))
    if len(systems) == 1:
        return {gap.id: label(tr(gap.signal.name)) for gap in dated}
    own = systems if len(systems) <= MOST else systems[: MOST - 1]
    rest = trn("{n} other system", "{n} other systems", len(systems) - len(own))
    return {gap.id: label(names.get(gap.system, gap.system)) if gap.system in own else rest for gap in dated}


def due_dates(
    gaps: Sequence[OpenGap], names: Mapping[str, str], targets: Mapping[str, dt.date], as_of: dt.date, theme: str | None
) -> Spec:
    """Due dates on a line, with the target date as |: gaps of one day and kind are one mark with their count."""
    lines = _lines(gaps, names)
    dated = [gap for gap in gaps if gap.id in lines]
    order = list(dict.fromkeys(lines.values()))
    of_line = {gap.system: lines[gap.id] for gap in dated}
    alone, often = len(of_line) == 1, Counter(of_line.values())
    own = [gap for gap in dated if often[of_line[gap.system]] == 1]  # trails of many systems on one line tell nothing
    goals = [
        {"line": line, "due": pd.Timestamp(day), "gap": tr("planned rollout")}
        for slug, day in targets.items()
        if slug in of_line and often[of_line[slug]] == 1
        for line in (order if alone else [of_line[slug]])
    ]
    return filled(
        _due_dates(tuple(order), theme),
        pd.DataFrame(_marks(dated, lines, targets)),
        today=pd.DataFrame([{"due": pd.Timestamp(as_of), "what": tr("today")}]),
        goals=pd.DataFrame(goals, columns=["line", "due", "gap"]),
        slips=pd.DataFrame(_slips(dated if alone else own, lines), columns=["line", "due", "after", "gap"]),
    )


def _marks(gaps: Sequence[OpenGap], lines: Mapping[int, str], targets: Mapping[str, dt.date]) -> list[dict[str, Any]]:
    """A mark for all gaps of one line, day and kind."""
    together: dict[tuple[str, dt.date, str], list[str]] = {}
    for gap in gaps:
        if gap.mark.due:
            together.setdefault((lines[gap.id], gap.mark.due, _state(gap, targets)), []).append(tr(gap.signal.name))
    return [
        {
            "line": line,
            "due": pd.Timestamp(due),
            "state": state,
            "gap": label(formatting.few(_counted(names), shown=6)),
            "count": str(len(names)) if len(names) > 1 else "",
            "size": 330 if len(names) > 1 else 140,
        }
        for (line, due, state), names in together.items()
    ]


def _counted(names: Sequence[str]) -> list[str]:
    return [name if count == 1 else f"{name} ({count})" for name, count in Counter(names).items()]


def _state(gap: OpenGap, targets: Mapping[str, dt.date]) -> str:
    """By which its colour and shape are chosen; nobody reads it."""
    if gap.days_over:
        return "overdue"
    target = targets.get(gap.system)
    return "after the rollout" if target and gap.mark.due and gap.mark.due > target else "open"


def _slips(gaps: Sequence[OpenGap], lines: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    """Every move to a later date, from the day that was promised to the next; those that are alike are one trail."""
    moved: dict[tuple[str, dt.date, dt.date], list[str]] = {}
    for gap in gaps:
        for move in gap.moves:
            if move.before and move.after and move.after > move.before:
                moved.setdefault((lines[gap.id], move.before, move.after), []).append(tr(gap.signal.name))
    for (line, before, after), names in moved.items():
        told = tr("{gaps}: moved to {day}", gaps=formatting.few(_counted(names)), day=formatting.day(after))
        yield {"line": line, "due": pd.Timestamp(before), "after": pd.Timestamp(after), "gap": label(told)}


@spoken(64)
def _due_dates(lines: tuple[str, ...], theme: str | None) -> Spec:
    ink = Ink.of(theme)
    y = alt.Y("line:N", sort=list(lines), title=None, axis=alt.Axis(labelLimit=260))
    x = alt.X("due:T", title=None, axis=alt.Axis(format="%-d %b", grid=True, tickCount=8))
    colour = alt.Color("state:N", scale=alt.Scale(domain=list(DUE), range=list(DUE.values())), legend=None)
    shape = alt.Shape("state:N", scale=alt.Scale(domain=list(DUE), range=_SHAPES), legend=None)
    size = alt.Size("size:Q", scale=None)
    tip = [*tips("gap:N"), alt.Tooltip("due:T", format="%-d %b %Y", **titled("due"))]
    today, slips = alt.Chart(alt.NamedData("today")), alt.Chart(alt.NamedData("slips")).encode(y=y)
    base = alt.Chart(ROWS).encode(y=y)
    return laid_out(
        alt.layer(
            today.mark_rule(strokeDash=[4, 3], color=ink.mute).encode(x=x),
            today.mark_text(y=-8, fontSize=11, color=ink.mute).encode(x=x, text="what:N"),
            slips.mark_rule(strokeWidth=2, color=ink.mute, opacity=0.55).encode(x=x, x2="after:T"),
            slips.mark_point(size=45, strokeWidth=1.5, color=ink.mute).encode(x=x, tooltip=tip),
            base.mark_point(filled=True, opacity=0.95).encode(x=x, color=colour, shape=shape, size=size, tooltip=tip),
            base.mark_text(fontSize=11, fontWeight="bold", color="#ffffff", dy=0.5).encode(x=x, text="count:N"),
            alt.Chart(alt.NamedData("goals"))
            .mark_tick(thickness=3, height=22, color=ink.text)
            .encode(x=x, y=y, tooltip=tip),
        )
        .properties(width="container", height=alt.Step(STEP))
        .configure_view(stroke=None)
        .configure_axis(domain=False, ticks=False, labelFontSize=12)
    )
