"""The portfolio and the verdict: scores against the bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import altair as alt
import pandas as pd
import pyarrow as pa

from readiness import formatting
from readiness.decision.verdict import Verdict
from readiness.model import checklist as checklists
from readiness.model.checklist import LEVELS, Checklist
from readiness.portfolio.status import SectionPoints, SystemStatus
from readiness.review import summaries
from readiness.review.colours import BANDS, COLOURS

from .base import ROWS, Ink, Picture, Spec, filled, label, laid_out

ROW, BAND = 46, 0.65
"""Pixels from one system to the next, and the share of them that its pictures fill."""


def _bands(checklist: Checklist) -> pd.DataFrame:
    ends = [band.min for band in checklist.bands[1:]] + [checklist.highest + 1]
    return pd.DataFrame(
        {
            "from": [band.min - 0.5 for band in checklist.bands],
            "to": [end - 0.5 for end in ends],
            "level": [band.level for band in checklist.bands],
            "word": [summaries.SHAPES[band.level][1] for band in checklist.bands],
            "points": [f"{band.min}–{end - 1}" for band, end in zip(checklist.bands, ends, strict=True)],
        }
    )


def _scale(checklist: Checklist) -> alt.X:
    return alt.X(
        "from:Q",
        scale=alt.Scale(domain=[-0.5, checklist.highest + 0.5], nice=False),
        axis=alt.Axis(
            values=[0, *(band.min for band in checklist.bands[1:]), checklist.highest], title=None, grid=False
        ),
    )


def _band_colour() -> alt.Color:
    return alt.Color("level:N", scale=alt.Scale(domain=list(BANDS), range=list(BANDS.values())), legend=None)


def score(verdict: Verdict, checklist: Checklist, theme: str | None) -> Spec:
    """Score and evidenced score on the scale of the bands; an interval while answers are missing."""
    low, high = verdict.range
    shown = f"score {verdict.score}" if verdict.band else f"score {low} to {high}"
    rows = pd.DataFrame(
        {
            "low": [low],
            "high": [high],
            "from": [(low + high) / 2],
            "what": [shown],
            "evidenced": [verdict.evidenced_score],
            "on_evidence": [summaries.on_evidence(verdict)],
        }
    )
    return filled(_score(checklist.id, theme), rows, bands=_bands(checklist))


@cache
def _score(checklist_id: str, theme: str | None) -> Spec:
    ink, checklist = Ink.of(theme), checklists.named(checklist_id)
    x = _scale(checklist).axis(None)
    # The name of a band only where it fits: 7 pixels a letter, on a scale of `width` pixels.
    letters = f"width * (datum.to - datum.from) / {checklist.highest + 1} / 7"
    named = "datum.word + ' ' + datum.points"
    bands = alt.Chart(alt.NamedData("bands")).transform_calculate(
        label=f"length({named}) < {letters} ? {named} : datum.points"
    )
    given = alt.Chart(ROWS)
    evidenced = given.encode(x=alt.X("evidenced:Q", axis=None))  # a layer that asks for an axis draws nothing at all
    return laid_out(
        alt.layer(
            bands.mark_rect(opacity=0.42, y=26, y2=58).encode(x=x, x2="to:Q", color=_band_colour()),
            bands.mark_text(align="left", dx=7, y=42, fontSize=12, color=ink.text).encode(x=x, text="label:N"),
            given.mark_rule(strokeWidth=4, y=22, color=ink.text).encode(x=alt.X("low:Q", axis=None), x2="high:Q"),
            given.mark_point(shape="triangle-down", filled=True, size=130, y=20, color=ink.text, opacity=1).encode(x=x),
            given.mark_text(y=6, fontSize=13, fontWeight=600, color=ink.text).encode(x=x, text="what:N"),
            evidenced.mark_point(shape="triangle-up", size=130, strokeWidth=2, y=65, color=ink.text),
            evidenced.mark_text(y=80, fontSize=12, color=ink.mute).encode(text="on_evidence:N"),
        )
        .properties(height=88, width="container")
        .configure_view(stroke=None)
    )


def portfolio(systems: Sequence[SystemStatus], names: Mapping[str, str], theme: str | None) -> Spec:
    """One row for each system: verdict, score on the bands, sections, and the score over its assessments.

    As Vega-Lite: putting the picture together takes far longer than its data, which alone differ from one to the next.
    """
    highest = max((step.score for system in systems for step in system.trend), default=0) or 1
    bands = _bands(checklists.named(systems[0].checklist)).to_dict("records")
    rows = list(enumerate(systems))
    data = {
        "systems": [_system(system, names) | _of(row, system) for row, system in rows],
        "bands": [band | _of(row, system) for row, system in rows for band in bands],
        "sections": [_points(part) | _of(row, system) for row, system in rows for part in system.sections],
        "trend": [step | _of(row, system) for row, system in rows for step in _steps(system, highest)],
    }
    tables = {name: pa.Table.from_pylist(facts) for name, facts in data.items()}
    return _spec(systems[0].checklist, theme) | {"datasets": tables}


def _of(row: int, system: SystemStatus) -> dict[str, Any]:
    return {"row": row, "slug": system.slug}


def _system(system: SystemStatus, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": label(system.name),
        "badge": summaries.badge(system.level) + (f" · {system.slug}" if names[system.slug] != system.name else ""),
        "level": system.level,
        "from": system.range[0],
        "to": system.range[1],
        "evidenced": system.evidenced_score,
        "middle": sum(system.range) / 2,
        "text": system.score_text,
    }


def _points(part: SectionPoints) -> dict[str, Any]:
    open_ = f", {part.unanswered} not answered" if part.unanswered else ""
    return {
        "section": formatting.capital(part.section),
        "name": part.name,
        "share": part.points / part.possible if part.possible else 0.0,
        "text": f"{part.points}" + ("+?" if part.unanswered else ""),
        "says": f"{part.points} of {part.possible} points{open_}",
    }


def _steps(system: SystemStatus, highest: int) -> list[dict[str, Any]]:
    last = len(system.trend) - 1
    return [
        {
            "when": step.assessed_on,
            "step": number / max(last, 1),
            "score": step.score,
            "offset": ROW * BAND * (1 - step.score / highest),
            "last": number == last,
            "version": step.candidate,
            "verdict": summaries.badge(step.level),
        }
        for number, step in enumerate(system.trend)
    ]


@cache
def _spec(checklist_id: str, theme: str | None) -> Spec:
    ink = Ink.of(theme)
    checklist = checklists.named(checklist_id)
    pick = alt.selection_point(name="system", fields=["slug"], on="click", empty=False)
    picture = (
        alt.hconcat(
            _names(ink).properties(width=205, title="System and verdict"),
            _scores(checklist, ink).properties(width=305, title="Score, 0 to 42; ○ on evidence alone"),
            _sections(checklist, ink).properties(width=250, title="Points by section"),
            _trend(ink).properties(width=90, title="Over time"),
            spacing=14,
        )
        .add_params(pick)
        .configure_view(stroke=None, discreteHeight={"step": ROW})
        .configure_title(fontSize=12, fontWeight="normal", anchor="start", color=ink.mute, offset=10)
    )
    spec: Spec = picture.to_dict()
    return spec


def _named(data: str) -> alt.Chart:
    y = alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=1 - BAND, paddingOuter=0.2))
    return alt.Chart(alt.NamedData(data)).encode(y=y)


def _names(ink: Ink) -> Picture:
    base = _named("systems")
    colour = alt.Color(
        "level:N", scale=alt.Scale(domain=list(LEVELS), range=[COLOURS[level] for level in LEVELS]), legend=None
    )
    return alt.layer(
        base.mark_bar(x=0, x2=5, cornerRadius=2).encode(color=colour),
        base.mark_text(align="left", x=14, dy=-8, fontSize=14, fontWeight=600, color=ink.text, limit=195).encode(
            text="name:N"
        ),
        base.mark_text(align="left", x=14, dy=9, fontSize=12, color=ink.mute, limit=195).encode(text="badge:N"),
    )


def _scores(checklist: Checklist, ink: Ink) -> Picture:
    x = _scale(checklist)
    base = _named("systems")
    return alt.layer(
        _named("bands").mark_rect(opacity=0.32).encode(x=x, x2="to:Q", color=_band_colour()),
        base.mark_rule(strokeWidth=5, color=ink.text).encode(x=x, x2="to:Q").transform_filter("datum.from != datum.to"),
        base.mark_point(filled=True, size=110, color=ink.text, opacity=1)
        .encode(x=x)
        .transform_filter("datum.from == datum.to"),
        base.mark_text(dy=-13, fontSize=12, fontWeight=600, color=ink.text).encode(x="middle:Q", text="text:N"),
        base.mark_point(filled=False, size=90, strokeWidth=2, color=ink.text, opacity=1).encode(x=alt.X("evidenced:Q")),
    )


def _sections(checklist: Checklist, ink: Ink) -> Picture:
    order = [formatting.capital(section.id) for section in checklist.sections]
    base = _named("sections").encode(
        x=alt.X("section:N", sort=order, title=None, axis=_under(), scale=alt.Scale(paddingInner=0.08)),
        tooltip=["name:N", "says:N"],
    )
    return alt.layer(
        base.mark_rect(cornerRadius=3).encode(
            color=alt.Color("share:Q", scale=alt.Scale(domain=[0, 1], range=_ramp(ink), interpolate="rgb"), legend=None)
        ),
        base.mark_text(fontSize=12, color=ink.text).encode(text="text:N"),
    )


def _under() -> alt.Axis:
    return alt.Axis(labelAngle=0, labelFontSize=10, domain=False, ticks=False)


def _ramp(ink: Ink) -> list[str]:
    return ["#20262d", "#a8501f"] if ink.paper != "#ffffff" else ["#f0f2f3", "#e48f5e"]


def _trend(ink: Ink) -> Picture:
    base = _named("trend").encode(
        x=alt.X("step:Q", axis=None, scale=alt.Scale(domain=[-0.1, 1.25])),
        yOffset=alt.YOffset("offset:Q", scale=None),
        tooltip=["version:N", "when:N", "score:Q", "verdict:N"],
    )
    return alt.layer(
        base.mark_line(strokeWidth=1.5, color=ink.mute).encode(detail="row:O", order="step:Q"),
        base.mark_point(filled=True, opacity=1, color=ink.text).encode(
            size=alt.condition("datum.last", alt.value(36), alt.value(12))
        ),
        base.mark_text(align="left", dx=7, fontSize=11, color=ink.text)
        .encode(text="score:Q")
        .transform_filter("datum.last"),
    )
