from __future__ import annotations

import datetime as dt

import pytest

from readiness import formatting

TODAY = dt.date(2026, 12, 1)


def test_a_day_is_written_without_a_leading_zero() -> None:
    assert formatting.day(TODAY) == "1 Dec 2026"
    assert formatting.day(None) == "no date"
    assert formatting.day(None, missing="not planned") == "not planned"


@pytest.mark.parametrize(("n", "said"), [(0, "0 gaps"), (1, "1 gap"), (2, "2 gaps"), (12_000, "12,000 gaps")])
def test_a_count_agrees_with_its_noun(n: int, said: str) -> None:
    assert formatting.count(n, "gap") == said


def test_an_irregular_plural_is_taken_as_given() -> None:
    assert formatting.count(2, "policy", "policies") == "2 policies"


@pytest.mark.parametrize(
    ("items", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_a_list_ends_with_and(items: list[str], said: str) -> None:
    assert formatting.listed(items) == said


def test_a_sentence_begins_with_a_capital_and_keeps_the_rest() -> None:
    assert formatting.capital("p95 of LLM") == "P95 of LLM"
    assert formatting.capital("") == ""


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "today"), (1, "yesterday"), (3, "3 days ago"), (-1, "in 1 day"), (-2, "in 2 days")],
)
def test_a_date_is_told_from_the_day_it_is_read(days: int, said: str) -> None:
    assert formatting.ago(TODAY - dt.timedelta(days=days), TODAY) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "ratio", "no data"),
        (0.925, "ratio", "92.5 %"),
        (1.0, "ratio", "100.0 %"),
        (1234.6, "ms", "1,235 ms"),
        (99.94, "ms", "99.9 ms"),
        (0.0213, "USD", "0.0213 USD"),
        (3, "", "3"),
    ],
)
def test_a_figure_reads_as_people_say_it(value: float | None, unit: str, said: str) -> None:
    assert formatting.figure(value, unit) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "ratio", "no data"),
        (-0.031, "ratio", "−3.1 points"),
        (0.02, "ratio", "+2.0 points"),
        (-12.34, "ms", "−12.3 ms"),
        (1234.0, "ms", "+1,234 ms"),
        (-25_000.0, "ms", "−25,000 ms"),
        (0.5, "", "+0.5"),
    ],
)
def test_a_difference_carries_its_sign(value: float | None, unit: str, said: str) -> None:
    assert formatting.difference(value, unit) == said
