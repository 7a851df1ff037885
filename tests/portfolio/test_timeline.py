from __future__ import annotations

import datetime as dt

from readiness.portfolio import timeline
from readiness.portfolio.status import TrendPoint
from readiness.portfolio.timeline import VerdictSpan, Window
from tests.factories import TODAY, standing


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


def test_each_verdict_holds_up_to_the_next_assessment_and_the_latest_up_to_today() -> None:
    trend = (
        TrendPoint("0", "", "undetermined", 0),
        TrendPoint("1", day(-90).isoformat(), "blocked", 9),
        TrendPoint("2", day(-20).isoformat(), "narrow", 4),
    )
    assert timeline.spans(standing(trend=trend)) == [
        VerdictSpan(day(-90), day(-20), "blocked", "1", 9),
        VerdictSpan(day(-20), TODAY, "narrow", "2", 4),
    ]
    assert timeline.spans(standing(trend=trend[:1])) == []


def test_the_window_spans_all_assessments_and_target_dates_and_never_less_than_four_weeks() -> None:
    old = standing(trend=(TrendPoint("1", day(-200).isoformat(), "staged", 0),))
    planned = standing(target_date=day(30), trend=())
    assert timeline.window([old, planned]) == Window(day(-200), day(30))
    assert timeline.window([standing()]) == Window(day(-28), TODAY)


def test_a_day_has_its_place_in_per_cent_and_months_are_thinned_out() -> None:
    window = Window(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert (window.at(dt.date(2025, 1, 1)), window.at(dt.date(2026, 12, 31))) == (0, 100)
    assert round(window.at(dt.date(2026, 7, 2))) == 50
    assert [month.month for month in window.months] == [2, 4, 6, 8, 10, 12]
    assert Window(dt.date(2026, 3, 2), dt.date(2026, 3, 31)).months == []
