"""Texts within texts: what they say, and where in the text each of their characters stands."""

from __future__ import annotations

import base64

import pytest

from readiness.redaction.coded import _from_entity, _from_escape, _from_url, from_base64, readings
from readiness.redaction.detectors import SIGNS
from readiness.redaction.redactor import redact

NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "commat": "@", "period": ".", "nbsp": " "}


def read(text: str) -> list[str]:
    return [reading.raw for _, reading, _ in readings([SIGNS.read(text)], SIGNS.read_all)]


def places(text: str, part: str) -> list[str]:
    """What stands in the text where a reading says the part."""
    return [
        text[slice(*place((reading.raw.index(part), reading.raw.index(part) + len(part))))]
        for _, reading, place in readings([SIGNS.read(text)], SIGNS.read_all)
        if part in reading.raw
    ]


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ("TWFu", "Man"),
        ("TWE=", "Ma"),
        ("TWE", "Ma"),
        ("TQ==", "M"),
        ("TQ", "M"),
        ("TWFuT", "Man"),
        ("TWFuTQ", "ManM"),
        ("TWFuTWE", "ManMa"),
        ("w7_Dvw", "ÿÿ"),
        ("w7/Dvw", "ÿÿ"),
        ("Pj4-", ">>>"),
        ("CglBDQ", "\n\tA\r"),
        ("AEFC", None),
        ("QUIL", None),
        ("____", None),
    ],
)
def test_base64_says_a_text_or_nothing(run: str, said: str | None) -> None:
    assert from_base64(run) == said


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ("\\u0041", "A"),
        ("\\u0041\\\\u00e9", "Aé"),
        ("\\ud83d\\ude00", "😀"),
        ("\\x41", "A"),
        ("\\\\n", "\n"),
        ("\\t", "\t"),
        ("\\r", "\r"),
        ("\\b", " "),
        ("\\f", " "),
        ('\\"', '"'),
        ("\\/", "/"),
    ],
)
def test_an_escape_says_a_character(run: str, said: str) -> None:
    assert _from_escape(run) == said


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ("&#64;", "@"),
        ("&#x40;", "@"),
        ("&#10;", "\n"),
        ("&#1;", "\x01"),
        ("&#0;", None),
        ("&#xD7FF;", "\ud7ff"),
        ("&#xD800;", None),
        ("&#xDFFF;", None),
        ("&#xE000;", "\ue000"),
        ("&#x10FFFF;", "\U0010ffff"),
        ("&#x110000;", None),
        *((f"&{name};", said) for name, said in NAMED.items()),
    ],
)
def test_an_entity_says_a_character_where_there_is_one(run: str, said: str | None) -> None:
    assert _from_entity(run) == said


def test_what_is_escaped_for_an_address_says_a_text_or_nothing() -> None:
    assert _from_url("%40%C3%A9") == "@é"
    assert _from_url("%C3") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("plain", []),
        ("a%40b", ["a@b"]),
        ("%40", ["@"]),
        ("a%C3b%40c", ["a%C3b@c"]),
        ("100%", []),
        ("a\\nb", ["a\nb"]),
        ("a&amp;b", ["a&b"]),
        ("a&#0;b", []),
        ("ａ１", ["a1"]),
        ("a\u200bb", ["ab"]),
        ("1\u20132", ["1-2"]),
        ("1\u22122", ["1-2"]),
        ("1\u20152", ["1-2"]),
        ("1\u20102", ["1-2"]),
        ("a%2540b", ["a%40b", "a@b"]),
        ("a%252540b", ["a%2540b", "a%40b"]),
        ("x \u2013 y", []),
        ("VGhlIHF1aWNrIGJyb3duIGZv", ["The quick brown fo"]),
        ("VGhlIHF1aWNrIGJyb3duIG", []),
    ],
)
def test_a_text_is_read_in_each_way_and_each_reading_once_more(text: str, said: list[str]) -> None:
    assert read(text) == said


@pytest.mark.parametrize(
    ("layers", "said"), [(1, ["a%2540b"]), (2, ["a%2540b", "a%40b"]), (3, ["a%2540b", "a%40b", "a@b"])]
)
def test_a_text_is_read_through_as_many_layers_as_are_asked_for(layers: int, said: list[str]) -> None:
    assert [reading.raw for _, reading, _ in readings([SIGNS.read("a%252540b")], SIGNS.read_all, layers)] == said


@pytest.mark.parametrize(
    ("text", "part", "stands"),
    [
        ("see a%40b there", "a", ["a"]),
        ("see a%40b there", "@", ["%40"]),
        ("see a%40b there", "a@b", ["a%40b"]),
        ("see a%40%41b there", "A", ["%40%41"]),
        ("see a%40b there", "there", ["there"]),
        ("%40b", "@", ["%40"]),
        ("b%40", "@", ["%40"]),
        ("a\\u0040b and c", "@b a", ["\\u0040b a"]),
        ("a%2540b there", "a@b", ["a%2540b"]),
        ("a%2540b there", "there", ["there", "there"]),
        ("x&#64;y z", "y z", ["y z"]),
    ],
)
def test_what_a_reading_says_is_found_where_it_stands(text: str, part: str, stands: list[str]) -> None:
    assert places(text, part) == stands


@pytest.mark.parametrize(
    ("part", "start", "end"),
    [("A", 0, 2), ("B", 1, 3), ("C", 2, 4), ("D", 4, 6), ("ABC", 0, 4), ("CD", 2, 6), ("XYZ", 28, 32), ("Z", 30, 32)],
)
@pytest.mark.parametrize("before", ["", "see "])
def test_in_base64_all_characters_go_that_say_a_part_of_it(before: str, part: str, start: int, end: int) -> None:
    coded = base64.b64encode(b"ABCDEFGHIJKLMNOPQRSTUXYZ").decode()
    assert places(f"{before}{coded} there", part) == [coded[start:end]]


def test_in_base64_what_is_not_of_plain_letters_goes_whole() -> None:
    coded = base64.b64encode("ABCéééDEFGHIJKLMNOPQR".encode()).decode()
    assert places(coded, "C") == [coded[2:4]]
    assert places(coded, "é") == [coded[4:12]]
    assert places(coded, "D") == [coded[12:14]]


def test_a_secret_goes_from_each_reading_and_what_stands_around_it_stays() -> None:
    assert redact("a=%64ana%40example.com&b") == ("a=[redacted: email]&b", {"email": 1})
    assert redact("a=dana%2540example.com&b") == ("a=[redacted: email]&b", {"email": 1})
    assert redact("a \\u0064ana&#64;example.com b") == ("a [redacted: email] b", {"email": 1})
