from __future__ import annotations

import datetime as dt
import json
import tomllib
import unicodedata

import pytest
import tomli_w

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
    ("value", "said"),
    [
        (2999 / 3000, "99.97 %"),
        (1 / 3000, "0.03 %"),
        (0.99996, "99.996 %"),
        (0.00000001, "0.000001 %"),
        (0.0, "0.0 %"),
        (1 - 1e-16, "100.0 %"),
        (0.999, "99.9 %"),
    ],
)
def test_a_rate_that_is_not_whole_never_reads_as_all_or_none(value: float, said: str) -> None:
    assert formatting.figure(value, "ratio") == said


@pytest.mark.parametrize(
    ("value", "unit", "bound", "said"),
    [
        (0.8996, "ratio", 0.9, "89.96 %"),
        (0.9004, "ratio", 0.9, "90.04 %"),
        (0.9, "ratio", 0.9, "90.0 %"),
        (0.8875, "ratio", 0.8875, "88.75 %"),
        (0.97, "ratio", 0.9, "97.0 %"),
        (2999 / 3000, "", 1, "0.9997"),
        (2000.4, "ms", 2000, "2,000.4 ms"),
        (1999.96, "ms", 2000, "1,999.96 ms"),
        (2000, "ms", 2000, "2,000 ms"),
        (99.98, "ms", 100, "99.98 ms"),
        (4.496, "", 4.5, "4.496"),
        (0.030001, "USD", 0.03, "0.030001 USD"),
    ],
)
def test_a_figure_is_never_rounded_onto_or_across_its_bound(value: float, unit: str, bound: float, said: str) -> None:
    assert formatting.figure(value, unit, [bound]) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (-1 / 3000, "ratio", "−0.03 points"),
        (0.00004, "ratio", "+0.004 points"),
        (0.99996, "ratio", "+99.996 points"),
        (1e-16, "ratio", "+0.0 points"),
        (-1e-16, "ratio", "+0.0 points"),
        (0.0, "ms", "+0 ms"),
    ],
)
def test_a_difference_never_reads_as_none(value: float, unit: str, said: str) -> None:
    assert formatting.difference(value, unit) == said


def test_limits_stay_on_their_side_of_no_change_and_of_a_bound() -> None:
    assert formatting.span((-0.1, -0.0001), "ratio") == "−10.0 to −0.01"
    assert formatting.span((-0.0204, 0.01), "ratio", [-0.02]) == "−2.04 to +1.0"
    assert formatting.between(0.998, 0.99999, "ratio") == "99.8 % to 99.999 %"
    assert formatting.between(0.8996, 0.95, "ratio", [0.9]) == "89.96 % to 95.0 %"


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.88, "ratio", "88 %"),
        (0.8875, "ratio", "88.75 %"),
        (0.29, "ratio", "29 %"),
        (2_000_000, "ms", "2,000,000 ms"),
        (0, "ratio", "0 %"),
        (0.03, "USD", "0.03 USD"),
        (4.5, "", "4.5"),
    ],
)
def test_a_bound_is_said_as_it_was_set(value: float, unit: str, said: str) -> None:
    assert formatting.bound(value, unit) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"), [(0.01, "ratio", "1 point"), (0.025, "ratio", "2.5 points"), (200, "ms", "200 ms")]
)
def test_a_bound_on_a_difference_is_in_points_or_in_the_unit(value: float, unit: str, said: str) -> None:
    assert formatting.margin(value, unit) == said


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


@pytest.mark.parametrize(
    ("items", "last", "said"),
    [
        ([], "and", ""),
        (["a"], "or", "a"),
        (["a", "b", "c"], "or", "a, b or c"),
        (["a", "b", "c", "d"], "and", "a, b, c and 1 more"),
        (["a", "b", "c", "d", "e"], "or", "a, b, c or 2 more"),
    ],
)
def test_many_names_are_told_by_the_first_and_how_many_more_there_are(items: list[str], last: str, said: str) -> None:
    assert formatting.named(items, last) == said


def test_what_is_not_seen_leaves_no_text() -> None:
    every = "".join(map(chr, range(0x110000)))
    seen = formatting.visible(every)
    hidden = {char for char in seen if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert hidden == {"\n", "\u200c", "\u200d"}
    assert not {"\ufffe", "\uffff", "\ufdd0", "\U0001ffff"} & set(seen)
    assert {"e", "é", "日", "א", "\u0301", "🚦", "\u00a0"} <= set(seen)


@pytest.mark.parametrize(
    ("text", "line", "plain"),
    [
        ("two  words", "two  words", "two words"),
        ("a\r\nb\rc\u2028d\x85e\x0bf", "a b c d e f", "a b c d e f"),
        (" \x1b[31mred\x1b]8;;x\x07\u202e\t", " [31mred]8;;x ", "[31mred]8;;x"),
        ("\ud800a", "a", "a"),
    ],
)
def test_a_text_on_one_line_moves_no_cursor(text: str, line: str, plain: str) -> None:
    assert (formatting.line(text), formatting.plain(text)) == (line, plain)


@pytest.mark.parametrize("toml", [False, True])
def test_an_escaped_document_means_the_same_and_shows_all_of_it(toml: bool) -> None:
    text = "".join(map(chr, [*range(1, 0xD800), *range(0xE000, 0x11000), 0xE0001, 0x1F6A6]))
    written = tomli_w.dumps({"a": text}) if toml else json.dumps({"a": text}, ensure_ascii=False)
    escaped = formatting.escaped(written, toml=toml)
    assert (tomllib.loads(escaped) if toml else json.loads(escaped)) == {"a": text}
    assert formatting.visible(escaped) == escaped.replace("\t", " ")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("refund, language=de (n 20)", "refund, language=de (n 20)"),
        ("refund, שלום עולם (n 20)", "refund, \u2068שלום עולם\u2069 (n 20)"),
        ("مرحبا 12 عالم | x", "\u2068مرحبا 12 عالم\u2069 | x"),
        ("日本", "日本"),
    ],
)
def test_what_runs_from_right_to_left_is_set_apart(text: str, shown: str) -> None:
    assert formatting.isolated(text) == shown


def test_of_many_names_the_first_are_told_and_of_long_ones_their_beginning() -> None:
    assert formatting.some(["a", "b"]) == "a, b"
    assert formatting.some(["a", "b", "c"], 2) == "a, b and 1 more"
    assert formatting.some(["x" * 80, "y" * 81]) == f"{'x' * 80}, {'y' * 79}…"
