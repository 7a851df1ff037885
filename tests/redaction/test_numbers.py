"""Telephones without the code of their country, and how far is looked for what tells numbers."""

from __future__ import annotations

import pytest

from readiness.redaction.detectors import SIGNS
from readiness.redaction.numbers import cards, ibans, international_phones, national_phones
from readiness.redaction.shapes import Finder
from tests.redaction.test_redactor import grouped, iban, luhn

WITHOUT_ZERO = [
    *("5002345678", "400123456", "360123456", "34412345", "82012345", "870123456", "93123456789", "2101234567"),
    *("1012345678", "7410410123"),
]
"""Numbers of one country each of those whose numbers begin with no zero: US, ES, FR, DK, NO, PL, CZ, GR, CN, IN."""


def told(finder: Finder, text: str) -> list[str]:
    return [text[start:end] for start, end in finder(SIGNS.read(text))]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("tel 030 901820", ["030 901820"]),
        ("see 030 901820", []),
        ("tel 030901820", ["030901820"]),
        ("tel 2125552368", ["2125552368"]),
        ("see 2125552368", []),
        ("see (212) 555-2368", ["(212) 555-2368"]),
        ("see 212-555-2368", ["212-555-2368"]),
        ("see 01 23 45 67 89", ["01 23 45 67 89"]),
        ("see 0049 30 901820", ["0049 30 901820"]),
        ("see 004930901820", []),
        ("tel 004930901820", ["004930901820"]),
        ("see 0000 30 901820", []),
        ("tel 5123 4567", ["5123 4567"]),
        ("tel 800123", []),
        *((f"tel {number}", [number]) for number in WITHOUT_ZERO),
        ("tel 12345678", []),
        ("tel 4441444", []),
        ("tel 444 14 44", ["444 14 44"]),
        ("tel 2026-11-20", []),
        ("at 2026-11-20, tel 030 901820", ["030 901820"]),
        ("tel 030 901820, 040 901820", ["030 901820", "040 901820"]),
        ("tel 000 0000, 040 901820", ["040 901820"]),
        (f"tel{' ' * 25}030 901820", ["030 901820"]),
        (f"tel{' ' * 26}030 901820", []),
    ],
)
def test_a_number_without_a_code_counts_if_it_is_set_out_or_beside_a_word(text: str, numbers: list[str]) -> None:
    assert told(national_phones, text) == numbers


def test_fifty_numbers_of_a_text_are_tried() -> None:
    assert len(told(national_phones, "tel 030 901820\n" * 50)) == 50
    assert len(told(national_phones, "tel 030 901820\n" * 52)) == 50


def test_international_numbers_are_found_where_they_stand() -> None:
    text = "call +49 30 901820 or (+44 20 7946 0958), not +12"
    assert told(international_phones, text) == ["+49 30 901820", "+44 20 7946 0958"]


VISA, MAESTRO, SHORT = luhn("411111111111111"), luhn("630412345678901234"), luhn("411111111111")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (SHORT, [SHORT]),
        (luhn("41111111111"), []),
        (f"1 {grouped(MAESTRO)} 2", [grouped(MAESTRO)]),
        (f"1 2 3 4 5 6 {grouped(VISA)}", [grouped(VISA)]),
        (f"{VISA[:3]} {VISA[3:6]} {VISA[6:]}", [f"{VISA[:3]} {VISA[3:6]} {VISA[6:]}"]),
        (f"{VISA[:3]}-{VISA[3:6]}-{VISA[6:]}", [f"{VISA[:3]}-{VISA[3:6]}-{VISA[6:]}"]),
        (f"{VISA[:3]}\u00a0{VISA[3:6]}\u00a0{VISA[6:]}", [f"{VISA[:3]}\u00a0{VISA[3:6]}\u00a0{VISA[6:]}"]),
        (f"{VISA[:3]} {VISA[3:6]}-{VISA[6:]}", []),
        (f"{VISA[:3]}.{VISA[3:6]}.{VISA[6:]}", []),
        (f"{VISA}, {grouped(VISA)}, {SHORT}", [VISA, grouped(VISA), SHORT]),
        (grouped(VISA, " - "), [grouped(VISA, " - ")]),
        (f"{VISA}.{SHORT}", [VISA, SHORT]),
        (luhn("21" + "1" * 13), []),
        (luhn("22" + "1" * 13), [luhn("22" + "1" * 13)]),
        (luhn("27" + "1" * 13), [luhn("27" + "1" * 13)]),
        (luhn("28" + "1" * 13), []),
        (luhn("2" + "7" * 14), [luhn("2" + "7" * 14)]),
        (luhn("4" + "1" * 18), []),
    ],
)
def test_cards_are_found_by_their_length_their_groups_and_their_first_digits(text: str, numbers: list[str]) -> None:
    assert told(cards, text) == numbers


GERMAN, NORWEGIAN = iban("DE", "370400440532013000"), iban("NO", "86011117947")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (f"to {GERMAN}, {NORWEGIAN}", [GERMAN, NORWEGIAN]),
        (f"DE12 and {GERMAN}", [GERMAN]),
        (f"ZZ12 and {GERMAN}", [GERMAN]),
        (f"{GERMAN[:-1]} {NORWEGIAN}", [NORWEGIAN]),
        (f"{NORWEGIAN}-1", [NORWEGIAN]),
        (f"{NORWEGIAN}1", []),
        (f"{NORWEGIAN}x", []),
        (f"{NORWEGIAN}ü", [NORWEGIAN]),
        (f"{grouped(GERMAN)} x", [grouped(GERMAN)]),
        (f"{grouped(GERMAN, ' - ')} x", [grouped(GERMAN, " - ")]),
        (f"to {GERMAN.lower()}.", [GERMAN.lower()]),
        (GERMAN[:2] + str(99 - int(GERMAN[2:4])).zfill(2) + GERMAN[4:], []),
    ],
)
def test_an_account_is_as_long_as_its_country_says_and_stands_on_its_own(text: str, numbers: list[str]) -> None:
    assert told(ibans, text) == numbers
