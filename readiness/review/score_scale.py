"""The scale of the bands as every picture of a score draws it: ranges, signs, words and colours. Pure."""

from __future__ import annotations

from typing import NamedTuple

from readiness.language import tr
from readiness.model.checklist import Checklist, Level

from .colours import BANDS
from .level_words import SHAPES


class BandRange(NamedTuple):
    """One band from its `first` to its `last` point."""

    level: Level
    sign: str
    word: str
    first: int
    last: int

    @property
    def points(self) -> str:
        return f"{self.first}–{self.last}"

    @property
    def colour(self) -> str:
        return BANDS[self.level]


def bands(checklist: Checklist) -> list[BandRange]:
    """From the best band to the worst."""
    ends = [band.min - 1 for band in checklist.bands[1:]] + [checklist.highest]
    return [
        BandRange(band.level, SHAPES[band.level][0], tr(SHAPES[band.level][1]), band.min, end)
        for band, end in zip(checklist.bands, ends, strict=True)
    ]
