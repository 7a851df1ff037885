"""A forecast in words: its day, its past, and why there is none."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from readiness.decision.forecast import BackTest
from readiness.review import forecast_words
from readiness.review.items import GapForecast, WayForecast
from tests import factories
from tests.review.dossiers import reviewed

BY, MEDIAN = dt.date(2027, 1, 19), dt.date(2026, 12, 12)
TARGET = dt.date(2026, 12, 9)
(GAP,) = reviewed({"capacity": factories.mark("capacity", "yes", due=TARGET)}).gaps
WAY = WayForecast("staged", dated=1, undated=0, by=BY, median=MEDIAN, n=31, critical=GAP)


def test_a_gap_says_both_days_and_from_how_many_dates() -> None:
    assert forecast_words.gap(GapForecast(GAP, BY, MEDIAN, 31)) == (
        "80 % by 19 Jan 2027, half by 12 Dec 2026 (31 past dates)"
    )
    assert forecast_words.gap(GapForecast(GAP, why="no date")) == "No date"


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (
            WAY,
            "Staged: 80 % by 19 Jan 2027, half by 12 Dec 2026; the target is 9 Dec 2026 (31 past dates).",
        ),
        (
            replace(WAY, dated=3, undated=2, share=0.64, without=dt.date(2026, 12, 30)),
            "Staged: for the 3 gaps with a date, 80 % by 19 Jan 2027, half by 12 Dec 2026; the target is 9 Dec 2026 "
            f"(31 past dates). {GAP.signal.named} is the last in 64 % of cases; without it 80 % by 30 Dec 2026, "
            "20 days sooner. Not dated: 2 steps have no date.",
        ),
        (
            replace(WAY, dated=2, share=0.5, without=BY),
            "Staged: 80 % by 19 Jan 2027, half by 12 Dec 2026; the target is 9 Dec 2026 (31 past dates). "
            f"{GAP.signal.named} is the last in 50 % of cases; without it 80 % by 19 Jan 2027.",
        ),
        (WayForecast("narrow", 0, 2), "Narrow: not dated, 2 steps have no date."),
        (WayForecast("narrow", 2, 1, n=4, why="too few"), "Narrow: too few; 1 step has no date."),
    ],
)
def test_a_way_to_a_better_verdict_is_a_sentence(way: WayForecast, said: str) -> None:
    assert forecast_words.way(way, TARGET) == said


def test_without_a_target_none_is_named() -> None:
    assert "target" not in forecast_words.way(WAY, None)


def test_what_came_true_stands_with_its_number_and_interval() -> None:
    assert forecast_words.tested(BackTest(42, 35)) == (
        "Of 42 past dates that would have been named with 80 %, 35 came true (83.3 %, 68.6 % to 93.0 %)."
    )
    assert forecast_words.tested(BackTest(0, 0)) == "No forecast of the past has come due yet."


def test_nothing_is_said_of_a_review_that_was_not_asked() -> None:
    assert forecast_words.case(reviewed({})) == ""
