"""Numbers that states give to people, by their form and check digits (python-stdnum), or by the word that names them.

Forms and words are data (`ids.toml`). Where a form is a plain run of digits, a number counts only if it is set out as
such numbers are, or near a word, so that order numbers stay.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path

from .shapes import Hit

_DATA = tomllib.loads(Path(__file__).with_name("ids.toml").read_text("utf-8"))
_DIGITS_AND_LETTERS = str.maketrans(
    {**{chr(code): "9" for code in range(48, 58)}, **{chr(code): "A" for code in range(65, 91)}}
)


def _weighted(digits: str, weights: str) -> int:
    return sum(int(digit) * int(weight) for digit, weight in zip(digits, weights, strict=True))


def _luhn(number: str) -> bool:
    total = sum(sum(divmod(int(digit) * (1 + at % 2), 10)) for at, digit in enumerate(reversed(number)))
    return total % 10 == 0


def _nino(number: str) -> bool:
    """Prefixes that HMRC gives out; there is no check digit."""
    return bool(re.fullmatch("(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]", number))


def _nric(number: str) -> bool:
    """The check letter of Singapore's NRIC and FIN."""
    total = _weighted(number[1:8], "2765432") + {"T": 4, "G": 4, "M": 3}.get(number[0], 0)
    letters = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "G": "XWUTRQPNMLK", "M": "KLJNPQRTUWX"}
    order = letters.get(number[0], "")
    return bool(order) and number[8] == (order[10 - total % 11] if number[0] == "M" else order[total % 11])


def _taiwan(number: str) -> bool:
    letter = 10 + "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(number[0])
    return number[1] in "1289" and _weighted(f"{letter}{number[1:]}", "19876543211") % 10 == 0


def _hong_kong(number: str) -> bool:
    letters = [36, *(ord(letter) - 55 for letter in number[:-7])][-2:]
    digits = [int(digit) for digit in number[-7:-1]]
    total = sum(value * weight for value, weight in zip([*letters, *digits], range(9, 1, -1), strict=True))
    return (total + (10 if number[-1] == "A" else int(number[-1], 36))) % 11 == 0


def _snils(number: str) -> bool:
    return _weighted(number[:9], "987654321") % 101 % 100 == int(number[9:])


def _cedula_uy(number: str) -> bool:
    return -_weighted(number[:7], "2987634") % 10 == int(number[7])


def _pension(number: str) -> bool:
    """The German pension insurance: area, date of birth, first letter of the name, series, check digit."""
    digits = f"{number[:8]}{ord(number[8]) - 64:02}{number[9:11]}"
    sums = (sum(divmod(int(digit) * int(weight), 10)) for digit, weight in zip(digits, "212571212121", strict=True))
    return 1 <= int(number[2:4]) <= 31 and sum(sums) % 10 == int(number[11])


_OWN: dict[str, Callable[[str], bool]] = {
    "luhn": _luhn,
    "nino": _nino,
    "nric": _nric,
    "taiwan": _taiwan,
    "hong_kong": _hong_kong,
    "snils": _snils,
    "cedula_uy": _cedula_uy,
    "pension": _pension,
}


@cache
def _check(name: str) -> Callable[[str], bool]:
    return _OWN.get(name) or import_module(f"stdnum.{name}").is_valid


@dataclass(frozen=True)
class _Number:
    checks: tuple[str, ...]
    when: str
    set_out: re.Pattern[str] | None

    def is_valid(self, number: str, raw: str) -> bool:
        return any(_check(name)(raw) or (raw != number and _check(name)(number)) for name in self.checks)


def _by_form() -> dict[str, list[_Number]]:
    by_form = defaultdict(list)
    for row in _DATA["number"]:
        number = _Number(tuple(row["check"]), row["when"], re.compile(row["set"]) if "set" in row else None)
        for form in row["forms"]:
            by_form[form].append(number)
    return dict(by_form)


_FORMS = _by_form()


def _words(kind: str) -> re.Pattern[str]:
    words = sorted(_DATA["words"][kind], key=len, reverse=True)
    spaced = "|".join(re.escape(word).replace(r"\ ", " ?") for word in words)
    return re.compile(rf"(?<![a-zà-ÿ])(?:{spaced})(?![a-zà-ÿ])")


_NAMED, _PERSON = _words("named"), _words("person")
_BETWEEN = re.compile(r"[\s\S]{0,26}\Z")
_RUN = re.compile(r"(?<![A-Za-z0-9.@/_-])[A-Z0-9]{1,18}(?:[ .\-/+(]{1,2}[A-Z0-9]{1,18}){0,24}\)?")
_BEGINS = re.compile(r"[0-9](?:[ .\-/+(]{0,2}[A-Z0-9]){4}")
"""Begins at a digit, of which most texts have few, so that they are soon looked through."""
_GROUP = re.compile("[A-Z0-9]+")
_MOST_GROUPS = 6


def national_ids(text: str) -> Iterator[Hit]:
    """Numbers of at least six digits, alone or in up to six groups; the longest that counts goes."""
    done = 0
    for begins in _BEGINS.finditer(text):
        if begins.start() < done:
            continue
        runs = _RUN.finditer(text, max(done, begins.start() - 8), begins.end() + 120)
        run = next((run for run in runs if run.end() > begins.start()), None)
        if run:
            done = run.end()
            yield from _in_run(text, run)


def _in_run(text: str, run: re.Match[str]) -> Iterator[Hit]:
    groups = [match.span() for match in _GROUP.finditer(run[0])]
    first = 0
    while first < len(groups):
        for last in range(min(first + _MOST_GROUPS, len(groups)), first, -1):
            start, end = groups[first][0], groups[last - 1][1]
            before = text[max(0, run.start() + start - 60) : run.start() + start]
            following = text[run.start() + end : run.start() + end + 1]
            neighbours = groups[first - 1 : first] + groups[last : last + 1] if first else groups[last : last + 1]
            part = any(run[0][slice(*group)].isdigit() for group in neighbours)
            if not following.isalnum() and _counts(run[0][start:end], before, part=part):
                yield run.start() + start, run.start() + end
                first = last - 1
                break
        first += 1


@lru_cache(maxsize=1024)
def _nearby(before: str) -> tuple[bool, bool]:
    """Whether a word that names such a number stands right before it, and one for a person near it."""
    plain = re.sub(r"[_\-.]+", " ", re.sub("(?<=[a-z])(?=[A-Z])", " ", before)).casefold()
    return bool(_NAMED.search(plain[-50:])), bool(_PERSON.search(plain))


def _counts(raw: str, before: str, *, part: bool) -> bool:
    """Whether it is such a number; a `part` of a longer row of groups only where a word names it."""
    number = re.sub("[^A-Z0-9]", "", raw)
    digits = sum(map(str.isdigit, number))
    if not 7 <= len(number) <= 18 or digits < 6 - (len(number) == 16):
        return False
    named, person = _nearby(before)
    if named and _is_told(raw, number):
        return True
    if part:
        return False
    for form in _FORMS.get(number.translate(_DIGITS_AND_LETTERS), ()):
        set_out = form.set_out is not None and form.set_out.fullmatch(raw)
        if (set_out or form.when == "always" or (person and form.when == "person")) and form.is_valid(number, raw):
            return True
    return False


def _is_told(raw: str, number: str) -> bool:
    """Whether what follows a naming word can be its number: no date, and no words between its digits."""
    if not all(re.search("[0-9]", group) or len(group) <= 2 for group in _GROUP.findall(raw)):
        return False
    if not re.search(r"[0-9)]\)?\Z|[0-9][ .-]?[A-Z]{1,2}\Z", raw) or " - " in raw or len(re.findall("[ /]", raw)) > 4:
        return False
    return (
        not re.search(r"(?:19|20)\d\d[-./ ][01]\d[-./ ][0-3]\d\Z", raw)
        and not re.fullmatch(r"(?:19|20)\d\d[-./]\d\d[-./]\d\d|\d\d[-./]\d\d[-./](?:19|20)\d\d", raw)
        and not re.search("[A-Z]{7}", number)
    )
