"""The portfolio and the verdict: scores against the bands."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import altair as alt
import pandas as pd

from ... import sentences, words
from ...catalogue import LEVELS, Checklist, Level
from ...review import Review
from ...verdict import Verdict
from .base import Ink, Picture

ROW = 46
Y = Callable[[], alt.Y]
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
