"""Names that files and people gave, as they stand in pictures."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from readiness.decision.hindsight import HeldShare, OutcomeCounts
from readiness.model.assessment import Mark
from readiness.model.dossier import DueMove
from readiness.model.traces import StageFigure
from readiness.review.items import Gap, GapForecast, OpenGap
from readiness.scorecard import display
from readiness.tracing import waterfall
from readiness.web import charts
from tests import factories
from tests.decision.findings.contexts import walks
from tests.factories import SLUG
from tests.review.dossiers import measured, reviewed

HOSTILE = "a\u202eb\x1b[31m\u200f\nשלום"
SHOWN = "ab[31m \u2068שלום\u2069"


def texts(value: Any) -> set[str]:
    """Every text in a picture, also in the frames that Streamlit sends beside it."""
    if isinstance(value, dict):
        return set().union(*(texts(inner) for inner in value.values()))
    if isinstance(value, list):
        return set().union(*(texts(inner) for inner in value))
    if hasattr(value, "to_dict"):
        return texts(value.to_dict("list"))
    if hasattr(value, "to_pydict"):
        return texts(value.to_pydict())
    return {value} if isinstance(value, str) else set()


def pictures() -> dict[str, Any]:
    cells = [
        factories.cell(version, value, dimension="team", value=HOSTILE, workflow=HOSTILE, n=400)
        for version, value in ((factories.BASELINE, 0.9), (factories.CANDIDATE, 0.8))
    ]
    review = measured(cells)
    board = display.lay_out(review.rows, "task_success", "mean")
    trace = walks()[0]
    named = trace.model_copy(update={"spans": [span.model_copy(update={"name": HOSTILE}) for span in trace.spans]})
    stage = StageFigure(kind="model", workflow=HOSTILE, n=9, p50=1, p95=2, p99=3, share=0.5)
    late = factories.mark("capacity", "yes", due=factories.TODAY)
    gaps = [replace(gap, id=number) for number, name in enumerate((SLUG, "other")) for gap in _gaps(late, name)]
    names = {SLUG: HOSTILE, "other": "Other"}
    return {
        "figures": charts.figures(board, (), "light"),
        "waterfall": charts.waterfall(waterfall.lay_out(named.spans), "light"),
        "stages": charts.stages([stage], {}, "light"),
        "forecasts": charts.forecasts([_foreseen(gap) for gap in gaps], factories.TODAY, factories.TODAY, "light"),
        "due dates": charts.due_dates(gaps, names, {}, factories.TODAY, "light"),
    }


def _foreseen(gap: Gap) -> GapForecast:
    named = gap.signal.model_copy(update={"name": HOSTILE})
    return GapForecast(replace(gap, signal=named), by=factories.TODAY, n=12)


def _gaps(late: Mark, system: str) -> list[Gap]:
    return [replace(gap, system=system) for gap in reviewed({"capacity": late}).gaps]


@pytest.mark.parametrize("name", pictures())
def test_no_picture_shows_what_is_not_seen_or_turns_what_stands_beside(name: str) -> None:
    found = texts(pictures()[name])
    assert not [text for text in found if "\u202e" in text or "\x1b" in text or "\u200f" in text]
    assert any(SHOWN in text for text in found), json.dumps(sorted(found), ensure_ascii=False)


DAY = dt.timedelta(days=1)
NOON = dt.datetime.combine(factories.TODAY, dt.time(12), dt.UTC)
TARGETS = {SLUG: factories.TODAY + 10 * DAY}


def gap(number: int, days: int, system: str = SLUG, *moved: int) -> OpenGap:
    """One that is due so many days from today, and was so many days from today before each move."""
    due = factories.TODAY + days * DAY
    dates = [factories.TODAY + at * DAY for at in moved] + [due]
    moves = [DueMove(before, after, "late", "rosa", NOON) for before, after in pairwise(dates)]
    signal = factories.CHECKLIST.signals[number % len(factories.CHECKLIST.signals)]
    mark = factories.mark(signal.id, "yes", due=due)
    return OpenGap(number, 1, system, signal, mark, moves, factories.TODAY)


def test_a_forecast_is_drawn_for_each_gap_that_has_one_with_its_past() -> None:
    told = [
        GapForecast(gap(0, 5), factories.TODAY + 9 * DAY, factories.TODAY + 7 * DAY, 14),
        GapForecast(gap(1, 5), n=3, why="too few past dates"),
    ]
    (row,) = charts.forecasts(told, None, factories.TODAY, None)["datasets"]["rows"].to_dict("records")
    assert row["says"] == "80 % by 29 Nov 2026, from 14 past dates"
    assert [row[name].date() for name in ("promised", "half", "by")] == [factories.TODAY + at * DAY for at in (5, 7, 9)]


def test_each_verdict_is_a_dot_within_its_interval_with_its_n_beside_its_name() -> None:
    counted = [
        OutcomeCounts("staged", HeldShare(8, 9), slipped=0, trouble=1),
        OutcomeCounts("against the verdict", HeldShare(0, 2), slipped=1, trouble=1),
    ]
    rows = charts.went_well(counted, "light")["datasets"]["rows"].to_dict("records")
    assert [row["what"] for row in rows] == ["Staged, 8 of 9", "Against the verdict, 0 of 2"]
    assert all(row["low"] <= row["share"] <= row["high"] for row in rows)
    assert [row["says"] for row in rows] == ["88.9 % (56.5 % to 98.0 %)", "0.0 % (0.0 % to 65.8 %)"]


def drawn(gaps: list[OpenGap]) -> dict[str, list[dict[str, Any]]]:
    """What the picture of due dates holds, by layer."""
    spec = charts.due_dates(gaps, {}, TARGETS, factories.TODAY, "light")
    return {name: rows.to_dict("records") for name, rows in spec["datasets"].items()}


def test_gaps_of_one_day_are_one_mark_with_their_count_and_names() -> None:
    marks = drawn([gap(0, 5), gap(1, 5), gap(2, 5, "other"), gap(3, 6)])["rows"]
    assert [(mark["line"], mark["count"]) for mark in marks] == [(SLUG, "2"), ("other", ""), (SLUG, "")]
    assert marks[0]["gap"].count(";") == 1


def test_what_is_overdue_and_what_is_due_after_the_rollout_are_told_apart() -> None:
    marks = drawn([gap(0, -1), gap(1, 5), gap(2, 11), gap(3, 11, "without a target")])["rows"]
    assert [mark["state"] for mark in marks] == ["overdue", "open", "after the rollout", "open"]


def test_every_slip_is_drawn_and_no_move_to_an_earlier_date() -> None:
    slips = drawn([gap(0, 9, SLUG, 1, 4, 2), gap(1, 3, "other", 2)])["slips"]
    days = [
        ((slip["due"].date() - factories.TODAY).days, (slip["after"].date() - factories.TODAY).days) for slip in slips
    ]
    assert days == [(1, 4), (2, 9), (2, 3)]


def test_of_many_systems_the_most_pressing_have_a_line_each_and_all_gaps_are_there() -> None:
    gaps = [gap(number, number, f"system-{number}") for number in range(40)]
    marks = drawn(gaps)["rows"]
    assert sum(int(mark["count"] or 1) for mark in marks) == 40
    moved = [gap(number, number, f"system-{number}", number - 1) for number in range(40)]
    assert {slip["line"] for slip in drawn(moved)["slips"]} == {f"system-{number}" for number in range(11)}
    assert len({mark["line"] for mark in marks}) == 12
    assert marks[0]["line"] == "system-0"
    assert charts.room(gaps) < 500
