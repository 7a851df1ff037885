"""Signs that stand in a text are all found in one pass, and none that does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.redaction.signs import ANY_DIGIT, SHORTEST_RUN, Signs, Text, folded

WORDS = ["key", "token", "密码", "κωδικός", "@", "pw", "contraseña", "identified by", "sig"]
EXACT = ["AKIA", "-----BEGIN ", "SK", "ghp_", "＋", "."]
PIECES = [*WORDS, *EXACT, *(word.upper() for word in WORDS), "İ", "ſ", "\u212aEY", "e", "k", "to", "\ud800", "\n", " "]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=9).map("".join))
def test_a_sign_stands_where_a_plain_search_finds_it(text: str) -> None:
    stood = Signs(EXACT, WORDS).read(text).stood
    assert stood == {sign for sign in EXACT if sign in text} | {sign for sign in WORDS if folded(sign) in folded(text)}


@given(st.lists(st.one_of(st.sampled_from([*PIECES, ""]), st.text(max_size=4)), max_size=9))
def test_of_texts_that_are_looked_through_together_each_has_its_own_signs(texts: list[str]) -> None:
    signs = Signs(EXACT, WORDS)
    assert [text.stood for text in signs.read_all(texts)] == [signs.read(text).stood for text in texts]


def test_any_digit_stands_for_all_of_them() -> None:
    signs = Signs([ANY_DIGIT, "x"], ())
    assert [text.stood for text in signs.read_all(["a 7", "0x", "x \u0663", "0-9"])] == [
        {ANY_DIGIT},
        {ANY_DIGIT, "x"},
        {"x"},
        {ANY_DIGIT},
    ]


def test_places_are_those_of_the_text_as_it_was_given() -> None:
    text = Signs((), WORDS).read("İ TOKEN, key and Token")
    assert [(at, sign) for at, sign in text.places(WORDS)] == [(2, "token"), (9, "key"), (17, "token")]


@given(st.text(alphabet="aZ9_. \n,é", max_size=60), st.integers(SHORTEST_RUN, 30))
def test_long_runs_are_the_longest_stretches_of_characters_of_tokens(raw: str, length: int) -> None:
    expected, at = [], 0
    for stretch in raw.translate(dict.fromkeys(map(ord, " \n,é"), " ")).split(" "):
        if len(stretch) >= length:
            expected.append((at, at + len(stretch)))
        at += len(stretch) + 1
    assert Text(raw, raw, frozenset()).long_runs(length) == expected


def test_a_run_is_long_from_fourteen_characters_on() -> None:
    text = Text("a" * 13 + " " + "b" * 14 + " " + "c" * 15, "", frozenset())
    assert text.long_runs(0) == text.long_runs(14) == [(14, 28), (29, 44)]
    assert text.long_runs(15) == [(29, 44)]
    assert text.longest_run == 15
    assert Text("a" * 14, "", frozenset()).long_runs(14) == [(0, 14)]
    assert Text("a" * 13, "", frozenset()).longest_run == Text("", "", frozenset()).longest_run == 0


def test_seven_digits_in_a_row_are_a_run_and_six_are_none() -> None:
    raw = "123456, 12-34-567; (01) 2345 / 6789x"
    assert Text(raw, raw, frozenset()).digit_runs == ["12-34-567", "01) 2345 / 6789"]


def test_a_sign_is_found_at_each_of_its_places_but_not_where_it_did_not_stand() -> None:
    text = Text("aaa key keykey", "aaa key keykey", frozenset({"aa", "key"}))
    assert text.places(["key", "aa", "a"]) == [(0, "aa"), (4, "key"), (8, "key"), (11, "key")]


@pytest.mark.parametrize(
    ("text", "fold"),
    [("KEY", "key"), ("\u212aEY", "key"), ("ſıgn İn", "sign in"), ("STRASSE ß", "strasse ss")],
)
def test_letters_are_folded_to_those_that_a_pattern_takes_them_for(text: str, fold: str) -> None:
    assert folded(text) == fold


def test_a_text_in_small_letters_is_as_long_as_it_was() -> None:
    assert Signs((), WORDS).read("İ KEY").lower == "i key"
    assert Signs((), WORDS).read("É KEY").lower == "é key"
    assert Signs((), WORDS).read("A KEY").lower == "a key"


def test_a_sign_of_both_lists_is_found_in_any_case() -> None:
    assert Signs(["key", "ab", "x"], ["key", "xy"]).read("KEY AB XY").stood == {"key", "xy"}
    assert Signs(["key", "ab", "x"], ["key", "xy"]).read("ab x").stood == {"ab", "x"}
