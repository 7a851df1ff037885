"""Numbers with a check digit or a plan behind them: cards, accounts, telephones."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from phonenumbers import Leniency, NumberParseException, PhoneNumberMatcher, is_valid_number, parse

from .shapes import EDGE
from .signs import Hit, Text


def international_phones(text: Text) -> Iterator[Hit]:
    """International numbers; the matcher is slow, so it only sees what begins with a plus sign and a digit."""
    for window in re.finditer(r"[+＋][0-9(][0-9 ()./\u00a0-]{5,30}", text.raw):
        for match in PhoneNumberMatcher(window[0], None, Leniency.VALID):
            yield window.start() + match.start, window.start() + match.end


_FREE: tuple[set[str], ...] = (set(), {" "}, {"\u00a0"}, {"-"})
"""What may stand between digits of a card however they are grouped."""
_CARD_SHAPES = {(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4)}
_CARD_RUN = re.compile(r"[0-9](?:(?:[ \u00a0./_-]| - )?[0-9]){12,}+")
FEWEST_OF_CARD, _FIRST_DIGITS = 13, re.compile("[3-6]|2[2-7]")
_DIGITS, _NO_DIGIT = re.compile("[0-9]+"), re.compile("[^0-9]")


def cards(text: Text) -> Iterator[Hit]:
    """A whole run of digits, or the groups within it that are set as on a card."""
    for run in _CARD_RUN.finditer(text.raw) if text.longest_digits >= FEWEST_OF_CARD else ():
        if set(_NO_DIGIT.findall(run[0])) in _FREE and _is_card(run[0]):
            yield run.span()
            continue
        groups = list(_DIGITS.finditer(run[0]))
        for first in range(len(groups)):
            for last in range(first, min(first + 5, len(groups))):
                shape = tuple(len(group[0]) for group in groups[first : last + 1])
                start, end = groups[first].start(), groups[last].end()
                if (len(shape) == 1 or shape in _CARD_SHAPES) and _is_card(run[0][start:end]):
                    yield run.start() + start, run.start() + end


def _is_card(text: str) -> bool:
    """13 to 19 digits with a card's first digits, so that dates and clock readings are left alone, and Luhn's sum."""
    digits = _NO_DIGIT.sub("", text[:64])
    if not FEWEST_OF_CARD <= len(digits) <= 19 or not _FIRST_DIGITS.match(digits):
        return False
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(int(digit) for digit in digits[-1::-2]) + sum(doubled)) % 10 == 0


_IBAN_LENGTHS = {
    country: int(length)
    for country, length in re.findall(
        "([A-Z]{2})([0-9]{2})",
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 "
        "ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 "
        "LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 "
        "PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 "
        "YE30",
    )
}
_IBAN = re.compile(EDGE + r"(?=([A-Z]{2}[0-9]{2}(?:(?:[ \u00a0./_-]| - )?[A-Z0-9]){11,30}))", re.IGNORECASE | re.ASCII)

_IBAN_DIGITS = re.compile("[0-9](?<=[A-Za-z]{2}[0-9])[0-9]")
"""Begins at a digit, of which most texts have few, so that they are soon looked through."""


def ibans(looked_at: Text) -> Iterator[Hit]:
    """As long as the country says, neither cut nor continued, and with a valid check number."""
    text = looked_at.raw
    for digits in _IBAN_DIGITS.finditer(text):
        length = _IBAN_LENGTHS.get(text[digits.start() - 2 : digits.start()].upper())
        match = _IBAN.match(text, digits.start() - 2) if length else None
        places = [at for at, character in enumerate(match[1]) if character.isalnum()] if match else []
        if not match or not length or length > len(places):
            continue
        end = places[length - 1] + 1
        after = text[match.start() + end : match.start() + end + 1]
        if not (after.isascii() and after.isalnum()) and _is_iban(match[1][:end]):
            yield match.start(), match.start() + end


def _is_iban(text: str) -> bool:
    code = re.sub("[^A-Z0-9]", "", text.upper())
    return int("".join(str(int(character, 36)) for character in code[4:] + code[:4])) % 97 == 1


_REGIONS = re.findall(
    "[A-Z]{2}",
    "US GB DE FR IT ES NL BE AT CH PL PT SE NO DK FI IE CZ SK HU RO GR TR JP KR CN IN AU NZ BR MX AR ZA IL RU UA SG HK",
)
_NATIONAL = re.compile(
    r"[0-9(](?<![\w.:/+-].)(?:(?<=\()[0-9]{1,5}\)|(?<=[0-9]))(?:[ ./()\u00a0-]{0,2}[0-9]){6,14}(?![\w-]|[.:,/][0-9])"
)
_SET_OUT = re.compile(
    r"\([2-9][0-9]{2}\) ?[2-9][0-9]{2}[-. ][0-9]{4}|[2-9][0-9]{2}([-.])[2-9][0-9]{2}\1[0-9]{4}"  # North America
    r"|0[1-9](?:([ .-])[0-9]{2})(?:\2[0-9]{2}){3}"  # France
    r"|0[1-9]0-[0-9]{4}-[0-9]{4}|01[016789]-[0-9]{3,4}-[0-9]{4}|0[1-9]-[0-9]{4}-[0-9]{4}"  # Japan, Korea
    r"|\([1-9]{2}\) ?9?[0-9]{4}-[0-9]{4}"  # Brazil
    r"|07[0-9]{3} [0-9]{3} ?[0-9]{3}|020 [0-9]{4} [0-9]{4}|01[0-9]{2,3} [0-9]{3} [0-9]{4}"  # United Kingdom
)
_WORDS = tomllib.loads(Path(__file__).with_name("names.toml").read_text("utf-8"))["phone"]
_CALLS = re.compile(
    rf"(?<![a-zà-ÿ])(?:{'|'.join(_WORDS['begin'])})|{'|'.join(_WORDS['anywhere'])}|\b(?:{'|'.join(_WORDS['whole'])})\b",
    re.IGNORECASE,
)
_MOST_NATIONAL = 50
_DATE = re.compile(r"(?!00)[0-9]{4}[-./][0-9]{2}[-./][0-9]{2}")


def national_phones(looked_at: Text) -> Iterator[Hit]:
    """Numbers without the code of their country: set out as in one, or valid in one and beside a word that says so."""
    if all(_DATE.fullmatch(run) for run in looked_at.digit_runs):
        return
    text, tried = looked_at.raw, 0
    for match in _NATIONAL.finditer(text):
        if _DATE.match(match[0]):
            continue
        abroad = match[0][:2] == "00" and not match[0].isdigit()
        if _SET_OUT.fullmatch(match[0]) or abroad or _CALLS.search(text[max(0, match.start() - 28) : match.start()]):
            tried += 1
            if tried <= _MOST_NATIONAL and _is_phone(match[0]):
                yield match.span()


def _is_phone(number: str) -> bool:
    digits = re.sub("[^0-9]", "", number)
    if digits.startswith("00"):
        return _is_valid(f"+{digits[2:]}", None)
    grouped = len(digits) != len(number)
    regions = (
        _REGIONS if digits[0] == "0" or grouped else ("US", "ES", "FR", "DK", "NO", "PL", "CZ", "PT", "GR", "CN", "IN")
    )
    return any(_is_valid(number, region) for region in regions)


def _is_valid(number: str, region: str | None) -> bool:
    try:
        return is_valid_number(parse(number, region))
    except NumberParseException:
        return False
