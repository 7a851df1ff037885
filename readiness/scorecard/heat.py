"""Where differences stand on a picture: by workflow and cohort, and as intervals around no change. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from readiness.model.cells import Statistic
from readiness.model.record import ANY

from . import display
from .compare import ScorecardRow
from .display import Board, Certainty
from .intervals import Interval

FAINT = 14
"""Per cent of its colour that a difference has where the interval holds no change."""
PALEST, STRONGEST = 35, 90
"""The same of the least and the greatest of those that leave no change out."""


class Tile(NamedTuple):
    """One difference: how sure it is, which way it goes, and how much of its colour it has, in per cent."""

    row: ScorecardRow | None
    certainty: Certainty
    way: str
    strength: int


class Strip(NamedTuple):
    """An interval on a scale around no change, in per cent of the scale's width; no change is at 50."""

    low: float
    at: float
    high: float


def workflows(board: Board) -> list[str]:
    """All workflows together first, the others by name."""
    return sorted({row.workflow for row in board.rows}, key=lambda name: (name != ANY, name))


def tiles(board: Board) -> list[tuple[str, list[Tile]]]:
    """A line of tiles for each cohort, one for each of `workflows`."""
    by_place = {(row.cohort, row.workflow): row for row in board.rows}
    sure = [row for row in board.rows if display.certainty(row, board.stat) == "sure"]
    reach = max((abs(row.worsening(board.stat) or 0) for row in sure), default=0)
    places = workflows(board)
    return [(cohort, [_tile(by_place.get((cohort, at)), board, reach) for at in places]) for cohort in board.cohorts]


def _tile(row: ScorecardRow | None, board: Board, reach: float) -> Tile:
    if row is None:
        return Tile(None, "none", "", 0)
    certainty, worse = display.certainty(row, board.stat), row.worsening(board.stat)
    way = "worse" if (worse or 0) > 0 else "better" if (worse or 0) < 0 else ""
    share = abs(worse or 0) / reach if reach else 0
    strength = {"sure": round(PALEST + (STRONGEST - PALEST) * share), "faint": FAINT}.get(certainty, 0)
    return Tile(row, certainty, way, strength)


def reach(rows: Iterable[tuple[ScorecardRow, Statistic]]) -> float:
    """How far a scale around no change has to reach for these; 0 where nothing is known of any."""
    return max((abs(value) for row, stat in rows for value in _values(row, stat)), default=0.0)


def _values(row: ScorecardRow, stat: Statistic) -> Iterator[float]:
    change, difference = row.change(stat), row.difference(stat)
    limits = (difference.interval.low, difference.interval.high) if difference else ()
    yield from (value for value in (change, *limits) if value is not None and math.isfinite(value))


def strip(row: ScorecardRow | None, stat: Statistic, reach: float) -> Strip | None:
    """A difference on a scale that reaches that far; None where there is none, or too few cases for one."""
    change = row.change(stat) if row else None
    if row is None or change is None or display.thin(row, stat):
        return None
    difference = row.difference(stat)
    ends = (difference.interval.low, difference.interval.high) if difference else (change, change)
    low, at, high = (50 + 50 * min(max(value / (reach or 1), -1), 1) for value in (ends[0], change, ends[1]))
    return Strip(low, at, high)


def bounded(interval: Interval | None, value: float) -> tuple[float, float, float]:
    """Low end, figure and high end of what is drawn; a side that is open, or not known, ends at the figure."""
    low, high = (interval.low, interval.high) if interval else (value, value)
    return (low if math.isfinite(low) else value, value, high if math.isfinite(high) else value)
