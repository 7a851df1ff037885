"""A picture on a page: drawn once of what does not change, and kept as it travels to the browser."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import streamlit as st
from streamlit.dataframe_util import convert_anything_to_arrow_bytes

from readiness.kept import Kept
from readiness.language import tr
from readiness.review.review import Review

from . import charts
from .charts.base import Spec

Draw = Callable[[str | None], Spec]
"""The picture in a theme."""


def show(draw: Draw, alt: str, *, of: Kept, asked: Hashable) -> None:
    """The picture that was `asked` for `of` something, over the whole width; `alt` says it in words."""
    theme = st.context.theme.type
    spec = of.lately(("picture", asked, theme), lambda: _packed(draw(theme)))
    st.vega_lite_chart(spec=spec, width="stretch", alt=alt)


def score(review: Review) -> None:
    """Where a review stands on the scale of the bands."""
    verdict = review.verdict
    told = tr(
        "Score {score}, on evidence alone {evidenced_score}, on the scale of the bands",
        score=verdict.score,
        evidenced_score=verdict.evidenced_score,
    )
    asked = "score", verdict.range, verdict.evidenced_score  # what it is drawn of
    show(lambda theme: charts.score(verdict, review.checklist, theme), told, of=review.kept, asked=asked)


def sections(review: Review) -> None:
    """Points by section."""
    told = "; ".join(
        tr(
            "{section} {points} of {possible}",
            section=tr(score.section.name),
            points=score.points,
            possible=score.possible,
        )
        for score in review.section_scores
    )
    show(lambda theme: charts.sections(review.section_scores, theme), told, of=review.kept, asked="sections")


def _packed(spec: Spec) -> Spec:
    """The figures as Streamlit sends them, which it would work out at every run otherwise."""
    return {
        **spec,
        "datasets": {name: convert_anything_to_arrow_bytes(rows) for name, rows in spec["datasets"].items()},
    }
