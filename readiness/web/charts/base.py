"""What the pictures share: kinds of chart, and the inks of the theme."""

from __future__ import annotations

from dataclasses import dataclass

import altair as alt

Picture = alt.LayerChart | alt.HConcatChart | alt.FacetChart


@dataclass(frozen=True)
class Ink:
    """What a chart takes from the theme around it."""

    text: str
    mute: str
    paper: str

    @classmethod
    def of(cls, theme: str | None) -> Ink:
        return cls("#f3f4f6", "#a3a9b3", "#14171c") if theme == "dark" else cls("#1c2430", "#667080", "#ffffff")
