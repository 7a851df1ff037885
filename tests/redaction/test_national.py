"""Numbers that states give to people: by check digits, by how they are set out, or by the word that names them.

The numbers are those that authorities and their handbooks print as examples.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.redaction import national
from readiness.redaction.detectors import SIGNS
from readiness.redaction.national import national_ids
from tests.soak import scaled

FORMS = sorted(form for number in national._DATA["number"] for form in number["forms"])
SEPARATORS = ("", "", "", " ", "-", ".", "/", "+", "(", ") ")


@st.composite
def set_out(draw: st.DrawFn) -> str:
    """Digits and letters in the form of such a number, with anything between them."""
    kinds = {"9": "0123456789", "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    letters = (draw(st.sampled_from(kinds[letter])) for letter in draw(st.sampled_from(FORMS)))
    return "".join(f"{letter}{draw(st.sampled_from(SEPARATORS))}" for letter in letters)


@settings(max_examples=scaled(120))
@given(set_out(), st.sampled_from(["version ", "patient ", "passport ", ""]))
def test_whatever_looks_like_such_a_number_is_told_from_one_without_an_error(text: str, before: str) -> None:
    assert all(found in text for found in told(f"{before}{text}"))


@pytest.mark.parametrize("number", national._DATA["number"])
def test_every_check_takes_every_number_of_its_forms(number: dict[str, Any]) -> None:
    for form in number["forms"]:
        for digit, letter in product("0159", "AIOZ"):
            drawn = form.replace("A", letter).replace("9", digit)
            for name in number["check"]:
                assert national._check(name)(drawn, f"{drawn[:3]}-{drawn[3:]}") in (True, False)


def told(text: str) -> list[str]:
    return [text[start:end] for start, end in national_ids(SIGNS.read(text))]


@pytest.mark.parametrize(
    "number",
    [
        "12345678Z",
        "S1234567D",
        "T1234567J",
        "F1234567N",
        "G1234567X",
        "M1234567K",
        "A123456789",
        "15070649C103",
        "65180539W001",
        "15010649C100",
        "15310649C106",
        "AB 12 34 56 C",
        "A123456(3)",
        "AB987654(3)",
        "G123456(A)",
        "112-233-445 95",
        "087-654-303 00",
        "1.234.567-2",
        "784-1980-1234567-8",
        "65 180539 W 001",
        "S 1234567 D",
    ],
)
def test_a_number_of_a_state_is_found_by_its_form_and_its_check_digit(number: str) -> None:
    assert told(f"see {number}, or") == [number]


@pytest.mark.parametrize(
    "text",
    [
        "12345678A",
        "S1234567J",
        "T1234567D",
        "F1234567X",
        "G1234567N",
        "M1234567X",
        "A1234567D",
        "A123456780",
        "A323456789",
        "15070649C104",
        "15000649C105",
        "15320649C102",
        "BG 12 34 56 C",
        "AD 12 34 56 C",
        "AB 12 34 56 E",
        "A123456(4)",
        "A123456(A)",
        "AB987654(4)",
        "112-233-445 96",
        "1.234.567-3",
        "784-1980-1234567-9",
        "12345678Zx",
        "2026-11-20 10:20:30",
        "20.11.2026",
    ],
)
def test_what_fails_the_check_or_goes_on_is_no_such_number(text: str) -> None:
    assert told(f"see {text}, or") == []


@pytest.mark.parametrize(
    ("check", "number", "wrong"),
    [
        ("luhn", "784198012345678", "784198012345679"),
        ("hong_kong", "A1234563", "A1234564"),
        ("hong_kong", "AB9876543", "AB9876544"),
        ("hong_kong", "G123456A", "A123456A"),
        ("hong_kong", "BA1234568", "BA1234567"),
        ("snils", "11223344595", "11223344596"),
        ("snils", "08765430300", "08765430301"),
        ("cedula_uy", "12345672", "12345673"),
    ],
)
def test_check_digits_are_those_that_the_states_print(check: str, number: str, wrong: str) -> None:
    assert national._check(check)(number, number)
    assert not national._check(check)(wrong, wrong)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("patient 9434765919", ["9434765919"]),
        ("order 9434765919", []),
        ("order 943 476 5919", ["943 476 5919"]),
        ("patient 9434765918", []),
        (f"patient{' ' * 53}9434765919", ["9434765919"]),
        (f"patient{' ' * 54}9434765919", []),
        ("CustomerId: 9434765919", ["9434765919"]),
    ],
)
def test_a_plain_number_counts_where_it_is_set_out_or_a_person_is_spoken_of(text: str, numbers: list[str]) -> None:
    assert told(text) == numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("passport 1234567", ["1234567"]),
        ("passport 123456", []),
        ("passport 123456A", ["123456A"]),
        ("passport 12345AB", []),
        ("passport 123456ABC", []),
        ("passport 123456789 012345678", ["123456789 012345678"]),
        ("passport 1234567890 123456789", ["1234567890", "123456789"]),
        ("passport AB 1234567", ["AB 1234567"]),
        ("passport (A)1234567", ["1234567"]),
        ("passport ABC 1234567", ["1234567"]),
        ("passport 12345678 - 12345678", ["12345678", "12345678"]),
        ("passport 12.34.56.78.90.12", ["12.34.56.78.90.12"]),
        ("passport 12.34.56.78.90.12.34", ["12.34.56.78.90.12"]),
        ("passport 12 34 56 78 90", ["12 34 56 78 90"]),
        ("passport 12 34 56 78 90 12", ["12 34 56 78 90"]),
        ("passport 12/34/56/78/90", ["12/34/56/78/90"]),
        ("passport 12/34 56 78/90/12", ["12/34 56 78/90"]),
        ("passport 2026-11-20", []),
        ("passport 20.11.2026", []),
        (f"passport{' ' * 42}1234567", ["1234567"]),
        (f"passport{' ' * 43}1234567", []),
        (f"passport{'.' * 51} 1234567", ["1234567"]),
        (f"passport{'.' * 52} 1234567", []),
        ("passportNumber_1 1234567", ["1234567"]),
        ("tax id 1234567", ["1234567"]),
        ("taxid 1234567", ["1234567"]),
        ("codice fiscale RCCMNL83S1UD96VH", ["RCCMNL83S1UD96VH"]),
        ("codice fiscale RCCMNL83S1UD96H", []),
        ("codice fiscale RCCMNLS83S18D969", []),
    ],
)
def test_a_word_that_names_such_a_number_tells_what_follows_it(text: str, numbers: list[str]) -> None:
    assert told(text) == numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("77 12345678Z", []),
        ("12345678Z 77", []),
        ("AB 12345678Z AB", ["12345678Z"]),
        ("77 AB 12345678Z", ["12345678Z"]),
        ("12345678Z AB 77", ["12345678Z"]),
        ("DNI 77 12345678Z", ["77 12345678Z"]),
        ("12345678Z S1234567D", ["12345678Z", "S1234567D"]),
        ("on 2026-11-20, 12345678Z", ["12345678Z"]),
        ("on 2026-11-20T10:20:30Z 12345678Z", ["12345678Z"]),
        ("1.2.3.4.5, 12345678Z", ["12345678Z"]),
        ("20.11.2026, 12345678Z", ["12345678Z"]),
    ],
)
def test_a_number_that_is_part_of_a_longer_row_counts_only_if_it_is_named(text: str, numbers: list[str]) -> None:
    assert told(text) == numbers
