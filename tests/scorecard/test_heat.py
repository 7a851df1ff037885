from __future__ import annotations

import math
from typing import Any

from readiness.scorecard import display, heat
from readiness.scorecard.compare import ScorecardRow, compare
from readiness.scorecard.intervals import Interval
from tests.factories import BASELINE, CANDIDATE, assessment, cell


def row(before: float, now: float, **where: Any) -> ScorecardRow:
    sides = [cell(BASELINE, before, passed=None, **where), cell(CANDIDATE, now, passed=None, **where)]
    (found,) = compare(assessment(), sides)
    return found


def test_tiles_stand_by_workflow_and_cohort_with_all_workflows_first() -> None:
    german = {"dimension": "language", "value": "de"}
    rows = [row(0.9, 0.9), row(0.9, 0.5, **german), row(0.9, 0.6, workflow="refund"), row(0.9, 0.89, workflow="claim")]
    board = display.lay_out(rows, "task_success", "mean")
    assert heat.workflows(board) == ["*", "claim", "refund"]
    (whole, everyone), (cohort, own) = heat.tiles(board)
    assert (whole, cohort) == ("*", "language=de")
    assert [(tile.certainty, tile.way, tile.strength) for tile in everyone] == [
        ("faint", "", heat.FAINT),
        ("faint", "worse", heat.FAINT),
        ("sure", "worse", round(heat.PALEST + (heat.STRONGEST - heat.PALEST) * 3 / 4)),
    ]
    assert [(tile.certainty, tile.strength) for tile in own] == [("sure", heat.STRONGEST), ("none", 0), ("none", 0)]


def test_a_tile_of_few_cases_has_no_colour_however_great_its_difference() -> None:
    board = display.lay_out([row(0.9, 0.1, n=29), row(0.9, 0.99, workflow="refund")], "task_success", "mean")
    ((_, (few, sure)),) = heat.tiles(board)
    assert (few.certainty, few.way, few.strength) == ("few", "worse", 0)
    assert (sure.certainty, sure.way, sure.strength) == ("sure", "better", heat.STRONGEST)


def test_where_nothing_is_sure_nothing_is_strong() -> None:
    board = display.lay_out([row(0.9, 0.9), row(0.9, 0.9, workflow="refund", n=3)], "task_success", "mean")
    ((_, tiles),) = heat.tiles(board)
    assert [tile.strength for tile in tiles] == [heat.FAINT, 0]


def test_a_strip_stands_around_no_change_on_a_scale_that_others_share() -> None:
    worse = row(0.9, 0.7)
    difference = worse.difference()
    assert difference
    assert heat.reach([(worse, "mean"), (row(0.9, 0.9), "mean")]) == max(abs(difference.interval.low), 0.2)
    strip = heat.strip(worse, "mean", 0.4)
    assert strip
    assert math.isclose(strip.at, 25)
    assert strip.low < strip.at < strip.high < 50
    assert heat.strip(worse, "mean", 0.1) == heat.Strip(0, 0, 0)
    (alone,) = compare(assessment(), [cell(CANDIDATE, 0.9)])
    assert heat.strip(alone, "mean", 1) is heat.strip(None, "mean", 1) is None
    assert heat.reach([(alone, "mean")]) == 0


def test_a_difference_without_an_interval_is_a_dot() -> None:
    strip = heat.strip(row(0.9, 0.7, n=None), "mean", 0.4)
    assert strip
    assert strip.low == strip.at == strip.high


def test_a_side_that_is_open_or_not_known_ends_at_the_figure() -> None:
    assert heat.bounded(Interval(-math.inf, 3), 2) == (2, 2, 3)
    assert heat.bounded(Interval(1, math.inf), 2) == (1, 2, 2)
    assert heat.bounded(None, 2) == (2, 2, 2)
