"""The pictures, with Altair: each answers its page's question, and a table beside it says the same in text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd

from .. import sentences, words
from ..catalogue import LEVELS, Checklist, Level
from ..records import Statistic
from ..review import Gap, Review
from ..scorecard import Row
from ..verdict import Verdict
from ..waterfall import Bar

ROW = 46
Y = Callable[[], alt.Y]
Picture = alt.LayerChart | alt.HConcatChart | alt.FacetChart
COLOURS: dict[Level, str] = {
    "staged": "#0b7a5e",
    "narrow": "#1f6fb2",
    "add-controls": "#a86200",
    "do-not-broaden": "#b8431a",
    "undetermined": "#6b7280",
    "blocked": "#8e1b4a",
}
BANDS: dict[Level, str] = {
    "staged": "#2fa98a",
    "narrow": "#5ba3dd",
    "add-controls": "#e0a33c",
    "do-not-broaden": "#df7a50",
}
KINDS = {
    "request": "#6b7280",
    "retrieval": "#1f6fb2",
    "rerank": "#5ba3dd",
    "tool": "#a86200",
    "model": "#0b7a5e",
    "output": "#8e1b4a",
    "other": "#9aa0a8",
}


@dataclass(frozen=True)
class Ink:
    """What a chart takes from the theme around it."""

    text: str
    mute: str
    paper: str

    @classmethod
    def of(cls, theme: str | None) -> Ink:
        return cls("#f3f4f6", "#a3a9b3", "#14171c") if theme == "dark" else cls("#1c2430", "#667080", "#ffffff")


def _bands(checklist: Checklist) -> pd.DataFrame:
    ends = [band.min for band in checklist.bands[1:]] + [checklist.highest + 1]
    return pd.DataFrame(
        {
            "from": [band.min - 0.5 for band in checklist.bands],
            "to": [end - 0.5 for end in ends],
            "level": [band.level for band in checklist.bands],
            "word": [
                f"{sentences.SHAPES[band.level][1]} {band.min}–{end - 1}"
                for band, end in zip(checklist.bands, ends, strict=True)
            ],
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


def score(verdict: Verdict, checklist: Checklist, theme: str | None) -> Picture:
    """Score and evidenced score on the scale of the bands; an interval while answers are missing."""
    ink = Ink.of(theme)
    low, high = verdict.range
    shown = f"score {verdict.score}" if verdict.band else f"score {low} to {high}"
    x = _scale(checklist).axis(None)
    bands = alt.Chart(_bands(checklist))
    span = alt.Chart(pd.DataFrame({"from": [low], "to": [high]}))
    given = alt.Chart(pd.DataFrame({"from": [(low + high) / 2], "what": [shown]}))
    evidenced = alt.Chart(
        pd.DataFrame({"from": [verdict.evidenced_score], "what": [f"{verdict.evidenced_score} on evidence alone"]})
    )
    return (
        alt.layer(
            bands.mark_rect(opacity=0.42, y=26, y2=58).encode(x=x, x2="to:Q", color=_band_colour()),
            bands.mark_text(align="left", dx=7, y=42, fontSize=12, color=ink.text).encode(x=x, text="word:N"),
            span.mark_rule(strokeWidth=4, y=22, color=ink.text).encode(x=x, x2="to:Q"),
            given.mark_point(shape="triangle-down", filled=True, size=130, y=20, color=ink.text, opacity=1).encode(x=x),
            given.mark_text(y=6, fontSize=13, fontWeight=600, color=ink.text).encode(x=x, text="what:N"),
            evidenced.mark_point(shape="triangle-up", size=130, strokeWidth=2, y=65, color=ink.text).encode(x=x),
            evidenced.mark_text(y=80, fontSize=12, color=ink.mute).encode(x=x, text="what:N"),
        )
        .properties(height=88, width="container")
        .configure_view(stroke=None)
    )


def portfolio(reviews: Sequence[Review], theme: str | None) -> Picture:
    """One row for each system: verdict, score on the bands, sections, and the score over its assessments."""
    ink = Ink.of(theme)
    checklist = reviews[0].checklist
    order = [review.slug for review in reviews]
    height = ROW * len(order)

    def y() -> alt.Y:
        return alt.Y(
            "slug:N", sort=order, axis=None, scale=alt.Scale(domain=order, paddingInner=0.35, paddingOuter=0.2)
        )

    pick = alt.selection_point(name="system", fields=["slug"], on="click", empty=False)
    return (
        alt.hconcat(
            _names(reviews, y, ink).properties(width=205, height=height, title="System and verdict"),
            _scores(reviews, checklist, y, ink).properties(
                width=330, height=height, title="Score, 0 to 42; ○ on evidence alone"
            ),
            _sections(reviews, y, ink).properties(width=250, height=height, title="Points by section"),
            _trend(reviews, y, ink).properties(width=90, height=height, title="Over time"),
            spacing=14,
        )
        .add_params(pick)
        .configure_view(stroke=None)
        .configure_title(fontSize=12, fontWeight="normal", anchor="start", color=ink.mute, offset=10)
    )


def _names(reviews: Sequence[Review], y: Y, ink: Ink) -> Picture:
    frame = pd.DataFrame(
        {
            "slug": [review.slug for review in reviews],
            "name": [review.name for review in reviews],
            "badge": [sentences.badge(review.verdict.level) for review in reviews],
            "level": [review.verdict.level for review in reviews],
        }
    )
    base = alt.Chart(frame).encode(y=y())
    colour = alt.Color(
        "level:N", scale=alt.Scale(domain=list(LEVELS), range=[COLOURS[level] for level in LEVELS]), legend=None
    )
    return alt.layer(
        base.mark_bar(x=0, x2=5, cornerRadius=2).encode(color=colour),
        base.mark_text(align="left", x=14, dy=-8, fontSize=14, fontWeight=600, color=ink.text, limit=195).encode(
            text="name:N"
        ),
        base.mark_text(align="left", x=14, dy=9, fontSize=12, color=ink.mute).encode(text="badge:N"),
    )


def _scores(reviews: Sequence[Review], checklist: Checklist, y: Y, ink: Ink) -> Picture:
    bands = _bands(checklist).merge(pd.DataFrame({"slug": [review.slug for review in reviews]}), how="cross")
    frame = pd.DataFrame(
        {
            "slug": [review.slug for review in reviews],
            "from": [review.verdict.range[0] for review in reviews],
            "to": [review.verdict.range[1] for review in reviews],
            "evidenced": [review.verdict.evidenced_score for review in reviews],
            "middle": [sum(review.verdict.range) / 2 for review in reviews],
            "text": [
                str(review.verdict.score) if review.verdict.band else "{}–{}".format(*review.verdict.range)
                for review in reviews
            ],
        }
    )
    x = _scale(checklist)
    base = alt.Chart(frame).encode(y=y())
    return alt.layer(
        alt.Chart(bands).mark_rect(opacity=0.32).encode(x=x, x2="to:Q", y=y(), color=_band_colour()),
        base.mark_rule(strokeWidth=5, color=ink.text).encode(x=x, x2="to:Q").transform_filter("datum.from != datum.to"),
        base.mark_point(filled=True, size=110, color=ink.text, opacity=1)
        .encode(x=x)
        .transform_filter("datum.from == datum.to"),
        base.mark_text(dy=-13, fontSize=12, fontWeight=600, color=ink.text).encode(x="middle:Q", text="text:N"),
        base.mark_point(filled=False, size=90, strokeWidth=2, color=ink.text, opacity=1).encode(x=alt.X("evidenced:Q")),
    )


def _sections(reviews: Sequence[Review], y: Y, ink: Ink) -> Picture:
    rows = [
        {
            "slug": review.slug,
            "section": words.capital(strip.section.id),
            "name": strip.section.name,
            "share": strip.points / strip.possible if strip.possible else 0,
            "text": f"{strip.points}" + ("+?" if strip.unanswered else ""),
            "says": f"{strip.points} of {strip.possible} points"
            + (f", {strip.unanswered} not answered" if strip.unanswered else ""),
        }
        for review in reviews
        for strip in review.strips
    ]
    order = [words.capital(section.id) for section in reviews[0].checklist.sections]
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X("section:N", sort=order, title=None, axis=_under(), scale=alt.Scale(paddingInner=0.08)),
        y=y(),
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


def _trend(reviews: Sequence[Review], y: Y, ink: Ink) -> Picture:
    highest = max((past.verdict.score for review in reviews for past in review.history), default=0) or 1
    rows = [
        {
            "slug": review.slug,
            "when": past.assessment.assessed_on.isoformat() if past.assessment.assessed_on else "",
            "step": step / max(len(review.history) - 1, 1),
            "score": past.verdict.score,
            "offset": ROW * 0.6 * (0.5 - past.verdict.score / highest),
            "last": step == len(review.history) - 1,
            "version": past.assessment.candidate,
            "verdict": sentences.badge(past.verdict.level),
        }
        for review in reviews
        for step, past in enumerate(review.history)
    ]
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X("step:Q", axis=None, scale=alt.Scale(domain=[-0.1, 1.25])),
        y=y(),
        yOffset=alt.YOffset("offset:Q", scale=None),
        tooltip=["version:N", "when:N", "score:Q", "verdict:N"],
    )
    return alt.layer(
        base.mark_line(strokeWidth=1.5, color=ink.mute).encode(detail="slug:N"),
        base.mark_point(filled=True, size=36, opacity=1, color=ink.text),
        base.mark_text(align="left", dx=7, fontSize=11, color=ink.text)
        .encode(text="score:Q")
        .transform_filter("datum.last"),
    )


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


def due_dates(
    gaps: Sequence[Gap], names: Mapping[str, str], targets: Mapping[str, dt.date], as_of: dt.date, theme: str | None
) -> Picture:
    """Due dates on a line: a line for each gap of one system, else one for each system, with its target date as |."""
    ink = Ink.of(theme)
    alone = len({gap.system for gap in gaps}) == 1
    rows = [
        {
            "line": gap.signal.name if alone else names[gap.system],
            "gap": gap.signal.name,
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
        for line in (lines if alone else [names[slug]])
        if line in lines
    ]
    y = alt.Y("line:N", sort=lines, title=None, axis=alt.Axis(labelLimit=260))
    x = alt.X("due:T", title=None, axis=alt.Axis(format="%-d %b", grid=True, tickCount=8))
    colour = alt.Color(
        "state:N", scale=alt.Scale(domain=["open", "overdue"], range=["#1f6fb2", "#8e1b4a"]), legend=None
    )
    shape = alt.Shape("state:N", scale=alt.Scale(domain=["open", "overdue"], range=["circle", "diamond"]), legend=None)
    tip = ["gap:N", alt.Tooltip("due:T", format="%-d %b %Y")]
    today = alt.Chart(pd.DataFrame([{"due": pd.Timestamp(as_of), "what": "today"}]))
    base = alt.Chart(pd.DataFrame(rows)).encode(y=y)
    return (
        alt.layer(
            today.mark_rule(strokeDash=[4, 3], color=ink.mute).encode(x=x),
            today.mark_text(y=-8, fontSize=11, color=ink.mute).encode(x=x, text="what:N"),
            base.mark_rule(strokeWidth=2, color=ink.mute).encode(x="first:T", x2="due:T"),
            base.mark_point(filled=True, size=140, opacity=0.9).encode(x=x, color=colour, shape=shape, tooltip=tip),
            alt.Chart(pd.DataFrame(goals, columns=["line", "due", "gap"]))
            .mark_tick(thickness=3, height=22, color=ink.text)
            .encode(x=x, y=y, tooltip=tip),
        )
        .properties(width="container", height=alt.Step(30))
        .configure_view(stroke=None)
        .configure_axis(domain=False, ticks=False, labelFontSize=12)
    )
