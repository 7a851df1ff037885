"""What the pictures share: kinds of chart, and the inks of the theme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from readiness import formatting

Picture = alt.LayerChart | alt.HConcatChart | alt.FacetChart
Spec = dict[str, Any]
"""A picture as Vega-Lite reads it."""
ROWS = alt.NamedData("rows")
"""Stands for the figures in a picture that is laid out before they are there."""


def label(text: str) -> str:
    """A name that a file or a person gave, as it may stand in a picture."""
    return formatting.isolated(formatting.line(text))


def laid_out(picture: Picture) -> Spec:
    """Altair checks a picture at every step, longer than all else on a page takes: so once, and without figures."""
    spec: Spec = picture.to_dict()
    for default in ("continuousWidth", "continuousHeight"):  # Altair's own, where Streamlit has better ones
        spec.get("config", {}).get("view", {}).pop(default, None)
    _silent(spec)
    return spec


def _silent(spec: Any) -> None:
    """A picture is read aloud by its own text and by the table beside it, not mark by mark."""
    if isinstance(spec, dict):
        if "mark" in spec:
            mark = spec["mark"]
            spec["mark"] = {**(mark if isinstance(mark, dict) else {"type": mark}), "aria": False}
        for part in spec.values():
            _silent(part)
    elif isinstance(spec, list):
        for part in spec:
            _silent(part)


def filled(spec: Spec, rows: pd.DataFrame, **others: pd.DataFrame) -> Spec:
    """A picture that was laid out, with its figures; `others` by the names under which it asks for them."""
    return {**spec, "datasets": {**spec.get("datasets", {}), ROWS.name: rows, **others}}


@dataclass(frozen=True)
class Ink:
    """What a chart takes from the theme around it."""

    text: str
    mute: str
    paper: str

    @classmethod
    def of(cls, theme: str | None) -> Ink:
        return cls("#f3f4f6", "#a3a9b3", "#14171c") if theme == "dark" else cls("#1c2430", "#667080", "#ffffff")
