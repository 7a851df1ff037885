"""What the pictures share: kinds of chart, and the inks of the theme."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import altair as alt
import pandas as pd

from readiness import formatting, language
from readiness.language import marked, numeral, tr

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
    if language.current() != language.ENGLISH:
        spec = {**spec, "config": {**spec.get("config", {}), "locale": _locale(language.current())}}
    return {**spec, "datasets": {**spec.get("datasets", {}), ROWS.name: rows, **others}}


@cache
def _locale(spoken: str) -> Spec:
    """The marks of numbers and the names of months and days, as Vega asks for them; none where they are not known."""
    from babel import Locale, UnknownLocaleError

    try:
        known = Locale.parse(spoken)
    except UnknownLocaleError:
        return {}
    decimal, thousands = (numeral(mark) for mark in ".,")
    months, days = known.months["format"], known.days["format"]
    from_sunday = (6, 0, 1, 2, 3, 4, 5)
    return {
        "number": {"decimal": decimal, "thousands": thousands, "grouping": [3], "currency": ["", ""]},
        "time": {
            "dateTime": "%x %X",
            "date": "%Y-%m-%d",
            "time": "%H:%M:%S",
            "periods": ["", ""],
            "days": [days["wide"][day] for day in from_sunday],
            "shortDays": [days["abbreviated"][day] for day in from_sunday],
            "months": [months["wide"][month] for month in range(1, 13)],
            "shortMonths": [months["abbreviated"][month] for month in range(1, 13)],
        },
    }


_FIELDS = {
    "cohort": marked("cohort"),
    "due": marked("due"),
    "gap": marked("gap"),
    "kind": marked("kind"),
    "label": marked("label"),
    "n": marked("n"),
    "says": marked("says"),
    "section": marked("section"),
    "stage": marked("stage"),
    "takes": marked("takes"),
    "version": marked("version"),
    "what": marked("what"),
    "workflow": marked("workflow"),
}
"""What the figures of a picture are called, in it and where it is pointed at."""


def titled(field: str) -> dict[str, Any]:
    """The name of a figure where it is not the one by which the picture knows it."""
    name = tr(_FIELDS[field])
    return {} if name == field else {"title": name}


def tips(*fields: str) -> list[alt.Tooltip]:
    """What is said where somebody points: figures by their names, as `gap:N`."""
    return [alt.Tooltip(field, **titled(field.partition(":")[0])) for field in fields]


@dataclass(frozen=True)
class Ink:
    """What a chart takes from the theme around it."""

    text: str
    mute: str
    paper: str

    @classmethod
    def of(cls, theme: str | None) -> Ink:
        return cls("#f3f4f6", "#a3a9b3", "#14171c") if theme == "dark" else cls("#1c2430", "#667080", "#ffffff")
