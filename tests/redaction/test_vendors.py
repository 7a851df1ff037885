"""Keys that tell their service by their form, and those that only look like one."""

from __future__ import annotations

import re

import pytest

from readiness.redaction import vendors
from readiness.redaction.detectors import SIGNS
from readiness.redaction.shapes import Finder
from readiness.redaction.vendors import keys, prefixed

TRIGGER = "maker.ifttt.com/trigger"
TURNING = "a1b2c3d4e5f6g7h8i9j0"
BOTH = "aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV"


def told(finder: Finder, text: str) -> list[str]:
    return [text[start:end] for start, end in finder(SIGNS.read(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hf_" + "a1" * 15, ["hf_" + "a1" * 15]),
        ("hf_" + "aB" * 15, ["hf_" + "aB" * 15]),
        ("hf_" + "ab" * 15, []),
        ("hf_" + "a1" * 14 + "a", []),
        ("fw-" + "aB" * 10, []),
        ("fw-" + "a1" * 10, ["fw-" + "a1" * 10]),
        ("fw-" + "a1" * 30, ["fw-" + "a1" * 30]),
        ("see fw-" + "a1" * 10 + ", hf_" + "a1" * 15, ["fw-" + "a1" * 10, "hf_" + "a1" * 15]),
        ("xfw-" + "a1" * 10, []),
        ("\\nfw-" + "a1" * 10, ["fw-" + "a1" * 10]),
        ("hf_" + "a1" * 2_048, ["hf_" + "a1" * 2_048]),
        ("hf_" + "a1" * 2_048 + "a", ["hf_" + "a1" * 2_048]),
        (f"/x/https://hook.eu1.make.com/{TURNING}", [f"hook.eu1.make.com/{TURNING}"]),
        (f"x/https://hook.eu1.make.com/{TURNING}", [f"hook.eu1.make.com/{TURNING}"]),
        (f"/hooks/{TURNING}abcd", [f"/hooks/{TURNING}abcd"]),
        (f"xoxd-{TURNING}.~/ rest", [f"xoxd-{TURNING}"]),
        (f"pscale_tkn_{TURNING * 2}", [f"pscale_tkn_{TURNING * 2}"]),
        (f"pscale_tkn_{TURNING * 2}.x=", [f"pscale_tkn_{TURNING * 2}.x="]),
        ("hc-ping.com/01234567-89ab-cdef-0123-456789abcdef", ["hc-ping.com/01234567-89ab-cdef-0123-456789abcdef"]),
        ("hc-ping.com/01234567-89ab-cdef-0123-456789abcdeg", []),
        (f"{TRIGGER}/team_1/with/key/{TURNING}", [f"{TRIGGER}/team_1/with/key/{TURNING}"]),
        (f"{TRIGGER}/{'t' * 40}/with/key/{TURNING}", [f"{TRIGGER}/{'t' * 40}/with/key/{TURNING}"]),
        (f"{TRIGGER}/{'t' * 41}/with/key/{TURNING}", []),
    ],
)
def test_a_key_has_the_form_of_its_service_and_a_digit_or_an_underscore_and_both_cases(
    text: str, found: list[str]
) -> None:
    assert told(keys, text) == found


@pytest.mark.parametrize(
    ("letter", "of_it", "not_of_it"),
    [
        ("a", "aZ09", "_-+/"),
        ("b", "aZ09+/", "_-="),
        ("c", "aZ09-", "_+"),
        ("d", "09", "aA"),
        ("h", "af09", "gAF"),
        ("k", "AZ27", "a0189"),
        ("l", "az09", "AZ-"),
        ("L", "azAZ", "09_"),
        ("t", "aZ09_.=~+/-", ":|$!"),
        ("u", "AZ09", "az"),
        ("w", "aZ09_-", ".+/"),
        ("x", "afAF09", "gG"),
    ],
)
def test_a_field_takes_the_letters_that_the_table_says(letter: str, of_it: str, not_of_it: str) -> None:
    pattern = re.compile(vendors._any_of([f"key.{{{letter}1}}"]))
    assert [mark for mark in of_it + not_of_it if pattern.fullmatch(f"key.{mark}")] == list(of_it)


def test_what_is_written_out_further_is_tried_first() -> None:
    for shapes in (["a_{w2}{w2}{w2}", "a_bc_{t2}"], ["a_bc_{t2}", "a_{w2}{w2}{w2}"]):
        found = re.match(vendors._any_of(shapes), "a_bc_123.4")
        assert found
        assert found[0] == "a_bc_123.4"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"acme_key_{TURNING}", [f"acme_key_{TURNING}"]),
        (f"acme-key-{TURNING}", [f"acme-key-{TURNING}"]),
        (f"acme_live2_{TURNING}", [f"acme_live2_{TURNING}"]),
        (f"token_{TURNING}", [f"token_{TURNING}"]),
        (f"acme_key_{TURNING[:19]}", []),
        (f"acme_{TURNING}", []),
        (f"acme_{BOTH}", [f"acme_{BOTH}"]),
        (f"acme_{BOTH[:31]}", []),
        (f"acme_{BOTH.lower()}", []),
        (f"acme_{BOTH.upper()}", []),
        (f"run_{BOTH}", []),
        (f"chatcmpl-{BOTH}", []),
        (f"acme_{BOTH}_rest", [f"acme_{BOTH}_rest"]),
        (f"run_{BOTH} acme_{BOTH}", [f"acme_{BOTH}"]),
        ("acme_key_" + "abcdefghijklmnopqrs1", []),
        (f"acme_{BOTH * 128}", [f"acme_{BOTH * 128}"]),
    ],
)
def test_a_drawn_tail_goes_with_a_prefix_that_says_key_or_is_of_no_id(text: str, found: list[str]) -> None:
    assert told(prefixed, text) == found
