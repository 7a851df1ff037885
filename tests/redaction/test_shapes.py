"""What tells a drawn value from a word: how long it is, how often it turns, how many characters it has."""

from __future__ import annotations

import re

import pytest

from readiness.redaction.shapes import has_both_cases, has_digit_and_letter, looks_drawn, pattern
from readiness.redaction.signs import Text

TURNING_25_TIMES = "a1b2c3d4e5f6" + "h" * 10 + "5a9b8c7d6e5f" + "K" + "k" * 165


@pytest.mark.parametrize(
    ("value", "length"),
    [
        ("a1b2c3d4e5f6a7b8", 16),
        ("a1b2c3d4e5f6", 12),
        ("abcdefgh1jklmnop", 16),
        ("abcdefghIjKlmno1", 16),
        ("abcd1234abcd1234", 16),
        ("a1b2c3d4-89ab-cdef-0123-456789abcdeg", 16),
        (f"{TURNING_25_TIMES}k", 16),
        ("a1b2c3d4" * 25 + "abcdefgh" * 100, 201),
    ],
)
def test_what_turns_often_enough_between_enough_characters_looks_drawn(value: str, length: int) -> None:
    assert looks_drawn(value, length)


@pytest.mark.parametrize(
    "value",
    [
        "a1b2c3d4e5f6a7b",
        "abcdefghijklmno1",
        "aBcDeFgHiJkLmNoP",
        "1234567890123456",
        "abc1234abc1234ab",
        "a1b2c3d4-89ab-cdef-0123-456789abcdef",
        "A1B2C3D4-89AB-CDEF-0123-456789ABCDEF",
        "2026-11-20T10a20b30c",
        TURNING_25_TIMES.replace("K", "k"),
        "k" * 200 + "a1b2c3d4e5f6a7b8" * 4,
    ],
)
def test_what_is_short_or_turns_too_seldom_or_is_a_date_or_a_uuid_does_not(value: str) -> None:
    assert not looks_drawn(value)


def test_sixteen_characters_are_asked_for_unless_another_length_is() -> None:
    assert not looks_drawn("a1b2c3d4e5f6a7b")
    assert looks_drawn("a1b2c3d4e5f6a7b", 15)
    assert not looks_drawn("a1b2c3d4e5f6a7b", 16)


@pytest.mark.parametrize(
    ("value", "digit_and_letter", "both_cases"),
    [
        ("a1", True, False),
        ("é1", True, False),
        ("_1", False, False),
        ("aB", False, True),
        ("AB", False, False),
        ("ab", False, False),
        ("", False, False),
    ],
)
def test_digits_letters_and_cases_are_told(value: str, digit_and_letter: bool, both_cases: bool) -> None:
    assert has_digit_and_letter(value) is digit_and_letter
    assert has_both_cases(value) is both_cases


def test_a_pattern_gives_its_group_or_the_whole_of_it_and_only_with_a_digit_if_one_is_asked_for() -> None:
    text = Text("key=ab, KEY=a1, key=", "key=ab, key=a1, key=", frozenset())
    assert list(pattern("key=(\\w*)")(text)) == [(0, 6), (16, 20)]
    assert list(pattern("key=(\\w*)", group=1)(text)) == [(4, 6)]
    assert list(pattern("key=(\\w*)", group=1, digit=True, flags=re.IGNORECASE)(text)) == [(12, 14)]
