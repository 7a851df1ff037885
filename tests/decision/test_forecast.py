"""When a gap will be closed: the days hold as often as they say, and nothing is said where the past says too little."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.decision import forecast
from readiness.decision.forecast import FEWEST, HALF, LIKELY, AskedGap, BackTest, Curve, PastPromises
from readiness.model.promises import Promise
from tests.simulation import delays
from tests.simulation.delays import DELAYS, SETTINGS
from tests.soak import scaled

TODAY = dt.date(2026, 6, 1)
DUE = dt.date(2026, 7, 1)
ASKED = AskedGap("desk", "capacity", "omar", DUE, moved=False)


def after(due: dt.date, days: int) -> dt.date:
    return due + dt.timedelta(days=days)


def promise(number: int, late: int, *, closed: bool = True, **other: Any) -> Promise:
    """A gap of another system and owner that was promised for the first of March, and closed so many days late."""
    due = dt.date(2026, 3, 1)
    stated: dict[str, Any] = {"system": "other", "owner": "rosa", "moved": False, "opened": 1, "signal": f"q{number}"}
    stated |= other
    return Promise(made_on=after(due, -60), due=due, until=after(due, late), is_closed=closed, **stated)


def past(lates: Iterable[int], *more: Promise, **other: Any) -> PastPromises:
    return PastPromises([*(promise(at, late, **other) for at, late in enumerate(lates)), *more], TODAY)


def late(curve: Curve, share: float = LIKELY) -> int | None:
    by = curve.by(share)
    return (by - DUE).days if by else None


def test_the_day_is_that_of_the_rank_that_holds_for_one_more_gap() -> None:
    curve = past(range(14)).curve(ASKED, TODAY)
    assert (curve.n, late(curve), late(curve, HALF)) == (14, 11, 7)  # the 12th and the 8th of 14: 12/15 and 8/15
    assert late(past(range(1, 10)).curve(ASKED, TODAY)) == 8  # the 8th of 9: 8/10


@pytest.mark.parametrize("setting", [name for name in SETTINGS if "differ" not in name and "together" not in name])
def test_of_days_named_with_80_per_cent_75_to_85_per_cent_hold(setting: str) -> None:
    found = [delays.measured(one, SETTINGS[setting], scaled(60)) for one in DELAYS.values()]
    assert sum(one.silent for one in found) <= 0.05 * sum(one.forecasts for one in found)
    assert 0.75 <= sum(one.held for one in found) / sum(one.forecasts for one in found) <= 0.85
    assert all(0.7 <= one.share <= 0.9 for one in found)


@pytest.mark.parametrize("setting", [name for name in SETTINGS if "differ" in name or "together" in name])
def test_where_owners_differ_and_where_gaps_are_late_together_no_fewer_hold(setting: str) -> None:
    found = [delays.measured(one, SETTINGS[setting], scaled(40)) for one in DELAYS.values()]
    assert sum(one.held for one in found) / sum(one.forecasts for one in found) >= 0.77


def test_an_owner_with_a_past_of_their_own_is_forecast_from_it_more_than_from_others() -> None:
    quick = [promise(100 + at, 0, owner="omar") for at in range(40)]
    slow = [promise(at, 50) for at in range(40)]
    both = PastPromises([*quick, *slow], TODAY)
    assert (late(both.curve(ASKED, TODAY), HALF), late(both.curve(ASKED, TODAY), 0.6)) == (0, 0)
    rosa = both.curve(AskedGap("desk", "capacity", "Rosa", DUE, moved=False), TODAY)
    assert late(rosa, HALF) == 50
    nobody = both.curve(AskedGap("desk", "capacity", "", DUE, moved=False), TODAY)
    assert float(nobody.at(np.array([DUE.toordinal()]))[0]) == pytest.approx(0.5)


def test_a_gap_of_nobody_is_forecast_from_its_system_and_the_rest_and_not_from_other_gaps_of_nobody() -> None:
    of_nobody = [promise(100 + at, 90, owner="") for at in range(20)]
    both = past([*range(20)], *of_nobody)
    asked = AskedGap("desk", "capacity", "", DUE, moved=False)
    share = float(both.curve(asked, TODAY).at(np.array([after(DUE, 30).toordinal()]))[0])
    assert share == pytest.approx(0.5)


def test_below_ten_gaps_that_were_closed_nothing_is_enough_however_many_are_open() -> None:
    assert past(range(FEWEST)).curve(ASKED, TODAY).enough
    open_ = [promise(100 + at, 40, closed=False) for at in range(30)]
    few = past(range(FEWEST - 1), *open_).curve(ASKED, TODAY)
    assert (few.enough, few.n) == (False, FEWEST - 1)
    empty = PastPromises([], TODAY).curve(ASKED, TODAY)
    assert (empty.enough, empty.n, empty.by(HALF)) == (False, 0, None)


def test_a_gap_with_many_dates_counts_once() -> None:
    again = [promise(0, 30 + at, moved=True) for at in range(12)]
    assert past([], *again).curve(AskedGap("desk", "capacity", "omar", DUE, moved=True), TODAY).n == 1
    effective = past(range(12), *again).curve(ASKED, TODAY).effective
    assert effective == pytest.approx(12)


def test_first_dates_are_held_against_first_dates_and_moved_ones_against_moved_ones() -> None:
    moved = [promise(100 + at, 70, moved=True) for at in range(15)]
    both = past([0] * 15, *moved)
    asked = AskedGap("desk", "capacity", "omar", DUE, moved=True)
    assert (late(both.curve(ASKED, TODAY)), late(both.curve(asked, TODAY))) == (0, 70)


def test_gaps_that_are_still_open_make_the_day_later_and_never_earlier() -> None:
    closed = past(range(20))
    open_ = [promise(100 + at, 10, closed=False) for at in range(10)]
    censored = past(range(20), *open_)
    dropped = late(closed.curve(ASKED, TODAY), HALF)
    kept = late(censored.curve(ASKED, TODAY), HALF)
    as_if_closed = late(past([*range(20), *[10] * 10]).curve(ASKED, TODAY), HALF)
    assert dropped is not None
    assert kept is not None
    assert as_if_closed is not None
    assert kept > max(dropped, as_if_closed)


def test_where_most_gaps_are_open_still_no_day_is_named() -> None:
    open_ = [promise(100 + at, 90, closed=False) for at in range(30)]
    curve = past(range(FEWEST), *open_).curve(ASKED, TODAY)
    assert curve.enough
    assert curve.by(LIKELY) is None


def test_a_gap_that_is_overdue_is_held_against_gaps_that_were_as_late() -> None:
    overdue = AskedGap("desk", "capacity", "omar", after(TODAY, -30), moved=False)
    lates = [*range(30), *range(30, 42)]
    curve = past(lates).curve(overdue, TODAY)
    assert curve.n == 12
    by = curve.by(LIKELY)
    assert by is not None
    assert by >= TODAY


@settings(max_examples=scaled(50))
@given(st.lists(st.integers(-40, 90), min_size=12, max_size=40), st.integers(0, 60), st.integers(0, 11))
def test_later_gaps_in_the_past_make_the_day_later_and_never_earlier(lates: list[int], slip: int, one: int) -> None:
    on = after(TODAY, 300)  # all of them are closed by then
    asked = AskedGap("desk", "capacity", "omar", after(on, 60), moved=False)

    def named(past_lates: list[int]) -> int:
        by = past(past_lates).curve(asked, on).by(LIKELY)
        assert by is not None
        return by.toordinal()

    before = named(lates)
    assert named([each + slip for each in lates]) == before + slip
    assert named([each + slip * (at == one) for at, each in enumerate(lates)]) >= before
    assert named([*lates, max(lates)]) >= before


def test_a_day_in_the_past_rests_on_what_was_known_the_day_before() -> None:
    long_ago = dt.date(2026, 3, 6)
    then = past(range(20)).curve(AskedGap("desk", "capacity", "omar", after(long_ago, 30), moved=False), long_ago)
    assert then.n == 5  # closed on the first of March to the fifth
    assert past(range(20)).curve(ASKED, dt.date(2025, 1, 1)).n == 0


def test_the_earlier_dates_of_the_gap_itself_are_no_past_of_it() -> None:
    own = promise(0, 80, system="desk", signal="capacity", owner="omar", closed=False)
    asked = AskedGap("desk", "capacity", "omar", DUE, moved=False, opened=1)
    assert past(range(20), own).curve(asked, TODAY).effective == pytest.approx(20)


def test_the_last_of_several_gaps_is_later_than_each_and_the_critical_one_is_last_most_often() -> None:
    quick = past(range(20)).curve(ASKED, TODAY)
    slow = past(range(10, 30)).curve(ASKED, TODAY)
    both = forecast.together([quick, slow])
    assert (late(slow) or 0) <= (late(both) or 0)
    assert (late(quick) or 0) < (late(both) or 0)
    shares = forecast.last_shares([quick, slow, slow])
    assert shares.sum() == pytest.approx(1)
    assert shares[1] == pytest.approx(shares[2])
    assert shares[0] < shares[1]
    assert forecast.last_shares([quick]) == pytest.approx([1])


def test_shares_of_being_last_are_those_of_drawing() -> None:
    lates = {"a": [0, 5, 9, 14] * 5, "b": [3, 4, 12, 20] * 5}
    curves = [past(one).curve(ASKED, TODAY) for one in lates.values()]
    draws = [(a > b) + (a == b) / 2 for a in lates["a"] for b in lates["b"]]
    assert forecast.last_shares(curves)[0] == pytest.approx(sum(draws) / len(draws))


def history(n: int, *, mean: float, sd: float, seed: int = 7) -> list[Promise]:
    """Gaps promised one after the other, four days apart; those that are not closed by today are open."""
    random = np.random.default_rng(seed)
    made = [after(TODAY, -4 * (n - at)) for at in range(n)]
    closes = [after(one, 30 + int(random.normal(mean, sd))) for one in made]
    return [
        Promise("desk", f"q{at}", 1, "omar", start, after(start, 30), False, min(end, TODAY), end <= TODAY)
        for at, (start, end) in enumerate(zip(made, closes, strict=True))
    ]


def test_the_back_test_counts_what_was_named_before_it_was_known() -> None:
    found = PastPromises(history(200, mean=10, sd=8), TODAY).back_test
    assert 120 < found.n < 190
    assert 0.72 < found.held / found.n < 0.88
    assert found.interval is not None
    assert found.interval.low < 0.8 < found.interval.high


def test_the_back_test_notices_that_gaps_became_later() -> None:
    promises = [
        Promise("desk", f"q{at}", 1, "omar", made, after(made, 30), False, after(made, 30 + at), True)
        for at in range(100)
        if (made := after(TODAY, -1000 + 7 * at))
    ]
    found = PastPromises(promises, TODAY).back_test
    assert found.n > 50
    assert found.held == 0


@pytest.mark.parametrize("seed", range(5))
def test_what_is_said_today_changes_nothing_of_the_back_test_and_what_was_said_before_does(seed: int) -> None:
    told = history(200, mean=10, sd=8, seed=seed)
    before = PastPromises(told, TODAY)
    open_ones = [at for at, one in enumerate(told) if not one.is_closed]
    closed = [replace(one, is_closed=at in open_ones or one.is_closed) for at, one in enumerate(told)]
    made = [replace(told[0], signal=f"new{at}", owner="omar" * at, made_on=TODAY, until=TODAY) for at in range(3)]
    today = PastPromises([*made, *closed], TODAY)
    assert open_ones
    assert (today.settled, today.back_test) == (before.settled, before.back_test)
    for other in (
        [*told[:-1], replace(told[-1], made_on=after(told[-1].made_on, -1))],
        [replace(told[0], until=after(told[0].until, -1)), *told[1:]],
        [replace(told[0], owner="rosa"), *told[1:]],
        told[1:],
    ):
        assert PastPromises(other, TODAY).settled != before.settled
    assert PastPromises(told, after(TODAY, 1)).settled != before.settled


def test_a_past_in_which_nothing_was_named_has_no_back_test() -> None:
    assert past(range(5)).back_test == BackTest(0, 0)
    assert BackTest(0, 0).interval is None


def test_a_day_beyond_the_calendar_is_its_last() -> None:
    asked = AskedGap("desk", "capacity", "omar", dt.date.max, moved=False)
    assert past(range(20)).curve(asked, TODAY).by(LIKELY) == dt.date.max
