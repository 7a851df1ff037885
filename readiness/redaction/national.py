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

from .signs import Hit, Text

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
def _check(name: str) -> Callable[[str, str], bool]:
    """Takes a number without and with what sets it out, which those of stdnum know how to read, and ours do not."""
    if own := _OWN.get(name):
        return lambda number, _: own(number)
    valid: Callable[[str], bool] = import_module(f"stdnum.{name}").is_valid
    return lambda number, raw: valid(raw) or (raw != number and valid(number))


@dataclass(frozen=True)
class _Number:
    checks: tuple[str, ...]
    when: str
    set_out: re.Pattern[str] | None

    def is_valid(self, number: str, raw: str) -> bool:
        return any(_check(name)(number, raw) for name in self.checks)


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
    by_letter: dict[str, list[str]] = defaultdict(list)
    for word in words:
        by_letter[word[0]].append(re.escape(word[1:]).replace(r"\ ", " ?"))
    branches = "|".join(f"{re.escape(letter)}(?:{'|'.join(rests)})" for letter, rests in by_letter.items())
    return re.compile(rf"(?<![a-zà-ÿ])(?:{branches})(?![a-zà-ÿ])")


_NAMED, _PERSON = _words("named"), _words("person")
_BETWEEN_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])|[_\-.]+")
_RUN = re.compile(r"(?<![A-Za-z0-9.@/_-])[A-Z0-9]{1,18}(?:[ .\-/+(]{1,2}[A-Z0-9]{1,18}){0,24}\)?")
_TIME = r"[T ][0-2][0-9]:[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?+)?+Z?"
_GAP = r"[ .\-/+(]"
_BEGINS = re.compile(
    r"[0-9](?<![0-9]{2})(?:"
    r"(?<=(?<![0-9A-Za-z.@/_-])[12])(?:(?<=1)9|(?<=2)0)[0-9]{2}-[01][0-9]-[0-3][0-9]"
    rf"(?:{_TIME}|(?!{_GAP}{{0,2}}[A-Z0-9]))"
    rf"|(?:(?<=[A-Z].)|(?<=[A-Z]{_GAP}.)|(?<=[A-Z]{_GAP}{{2}}.)|(?=(?:{_GAP}{{0,2}}[A-Z0-9]){{6}}))"
    r"(?P<number>(?:[ .\-/+(A-Z]{0,8}[0-9]){4}))"
)
"""A date, with a time of the day or without, which is no such number, or where five digits begin."""
_GROUP, _OTHER, _DIGIT = re.compile("[A-Z0-9]+"), re.compile("[^A-Z0-9]+"), re.compile("[0-9]")
_DATE = re.compile(r"(?:19|20)[0-9]{2}([-./])[01][0-9]\1[0-3][0-9]|[0-3][0-9]([-./])[01][0-9]\2(?:19|20)[0-9]{2}")
_MOST_GROUPS = 6


def national_ids(looked_at: Text) -> Iterator[Hit]:
    """Numbers of at least six digits, alone or in up to six groups; the longest that counts goes."""
    text, done = looked_at.raw, 0
    for begins in _BEGINS.finditer(text):
        if begins.start() < done:
            continue
        if not begins["number"]:
            done = begins.end()
            continue
        runs = _RUN.finditer(text, max(done, begins.start() - 8), begins.end() + 120)
        run = next((run for run in runs if run.end() > begins.start()), None)
        if run:
            done = run.end()
            if run.end() - run.start() >= 7 and not _DATE.fullmatch(run[0]):
                yield from _in_run(text, run)


def _in_run(text: str, run: re.Match[str]) -> Iterator[Hit]:
    groups = [match.span() for match in _GROUP.finditer(text, *run.span())]
    first = 0
    while first < len(groups):
        for last in range(min(first + _MOST_GROUPS, len(groups)), first, -1):
            start, end = groups[first][0], groups[last - 1][1]
            letters = sum(stop - begin for begin, stop in groups[first:last])
            if 7 <= letters <= 18 and not text[end : end + 1].isalnum():
                neighbours = groups[first - 1 : first] if first else []
                part = any(text[slice(*group)].isdigit() for group in neighbours + groups[last : last + 1])
                if _counts(text[start:end], text[max(0, start - 60) : start], part=part):
                    closes = text[end : end + 1] == ")" and "(" in text[start:end]
                    yield start, end + closes
                    first = last - 1
                    break
        first += 1


def _plain(before: str) -> str:
    return _BETWEEN_WORDS.sub(" ", before).casefold()


@lru_cache(maxsize=1024)
def _is_named(before: str) -> bool:
    """Whether a word that names such a number stands right before it."""
    return bool(_NAMED.search(_plain(before)[-50:]))


@lru_cache(maxsize=1024)
def _is_of_person(before: str) -> bool:
    return bool(_PERSON.search(_plain(before)))


def _counts(raw: str, before: str, *, part: bool) -> bool:
    """Whether it is such a number; a `part` of a longer row of groups only where a word names it."""
    number = _OTHER.sub("", raw)
    if len(_DIGIT.findall(raw)) < 6 - (len(number) == 16) or _DATE.fullmatch(raw):
        return False
    if _is_told(raw, number) and _is_named(before):
        return True
    if part:
        return False
    for form in _FORMS.get(number.translate(_DIGITS_AND_LETTERS), ()):
        set_out = form.set_out is not None and form.set_out.fullmatch(raw)
        likely = set_out or form.when == "always" or (form.when == "person" and _is_of_person(before))
        if likely and form.is_valid(number, raw):
            return True
    return False


_ENDS = re.compile(r"[0-9)]\)?\Z|[0-9][ .-]?[A-Z]{1,2}\Z")
_ENDS_AS_DATE = re.compile(
    r"(?:19|20)\d\d[-./ ][01]\d[-./ ][0-3]\d\Z|\A(?:(?:19|20)\d\d[-./]\d\d[-./]\d\d|\d\d[-./]\d\d[-./](?:19|20)\d\d)\Z"
)
_WORD = re.compile("[A-Z]{7}")


def _is_told(raw: str, number: str) -> bool:
    """Whether what follows a naming word can be its number: no date, and no words between its digits."""
    if not _ENDS.search(raw) or _ENDS_AS_DATE.search(raw) or " - " in raw or raw.count(" ") + raw.count("/") > 4:
        return False
    groups = _GROUP.findall(raw)
    return all(len(group) <= 2 or _DIGIT.search(group) for group in groups) and not _WORD.search(number)
