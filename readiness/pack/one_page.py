"""A pack that has to be one page, saying less step by step: fewer rows, which are counted, and shorter texts.

What is left out here stands in the whole pack, which is its HTML or its Markdown; the foot says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from readiness.language import marked

from .sections.base import Plain, clip, cut
from .snapshot import PackSection, Snapshot

SAID = marked("Shortened to one page; the whole pack, as HTML or Markdown, has the rest.")


@dataclass(frozen=True)
class Cut:
    """The most rows of a table and rows of a picture, and the most letters of a text, in a cell and elsewhere."""

    rows: int
    drawn: int
    cell: int
    text: int


CUTS = (
    *(Cut(5, 5, 130, 260), Cut(4, 5, 110, 240), Cut(4, 4, 100, 200), Cut(3, 4, 100, 180), Cut(3, 3, 90, 160)),
    *(Cut(2, 3, 90, 140), Cut(2, 2, 70, 100), Cut(1, 2, 60, 80), Cut(1, 1, 40, 60)),
)
_COUNTED = {"decision": "fired", "gaps": "gaps", "differences": "rows"}
"""Tables of which the first rows matter most; a section says how many `more` there are."""
_WORDS = {
    "decision": ("ways.steps", "fired.why", "again"),
    "outcome": ("reasons",),
    "risk": ("residual", "limits"),
    "gaps": ("gaps.action",),
    "packet": ("parts.missing",),
    "differences": ("undirected",),
}
"""Texts that may be cut, each by its path."""


def shorter(snapshot: Snapshot) -> Iterator[Snapshot]:
    """The same pack, each time with less of it."""
    for most in CUTS:
        sections = tuple(replace(section, data=_shortened(section, most)) for section in snapshot.sections)
        yield replace(snapshot, sections=sections)


def _clipped(text: str, letters: int) -> Plain:
    return cut(clip(text, letters))


def _shortened(section: PackSection, most: Cut) -> Mapping[str, Plain]:
    data: dict[str, Any] = {**section.data, "brief": True}
    table = _COUNTED.get(section.id, "")
    if table and len(data[table]) > most.rows:
        data["more"] = data.get("more", 0) + len(data[table]) - most.rows
        data[table] = data[table][: most.rows]
    if isinstance(data.get("picture"), list):
        data["picture"] = data["picture"][: most.drawn]
    for path in _WORDS.get(section.id, ()):
        name, _, within = path.partition(".")
        if name not in data:
            continue
        if within:
            data[name] = [{**row, within: _clipped(row[within], most.cell)} for row in data[name]]
        else:
            data[name] = _clipped(data[name], most.text)
    return data
