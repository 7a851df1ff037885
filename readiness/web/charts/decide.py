"""The verdict: its scores against the bands."""

from __future__ import annotations

from functools import cache

import altair as alt
import pandas as pd

from readiness.decision.verdict import Verdict
from readiness.language import tr
from readiness.model import checklist as checklists
from readiness.model.checklist import Checklist
from readiness.review import score_scale, summaries
from readiness.review.colours import BANDS

from .base import ROWS, Ink, Spec, filled, laid_out


def _bands(checklist: Checklist) -> pd.DataFrame:
    bands = score_scale.bands(checklist)
    return pd.DataFrame(
        {
            "from": [band.first - 0.5 for band in bands],
            "to": [band.last + 0.5 for band in bands],
            "level": [band.level for band in bands],
            "word": [band.word for band in bands],
            "points": [band.points for band in bands],
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
    shown = (
        tr("score {score}", score=verdict.score) if verdict.band else tr("score {low} to {high}", low=low, high=high)
    )
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
