"""What rules are made of: places in a text, patterns that give them, and what tells a drawn value from a word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from .signs import Hit, Text

Finder = Callable[[Text], Iterable[Hit]]

EDGE = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))"
"""The left edge of a word; the n of an escaped line end is no part of the word after it."""


def pattern(regex: str, *, group: int = 0, digit: bool = False, flags: int = 0) -> Finder:
    """Hits are what `group` holds; with `digit` only those that contain one."""
    compiled = re.compile(regex, flags)

    def find(text: Text) -> Iterator[Hit]:
        for match in compiled.finditer(text.raw):
            if match[group] and not (digit and not re.search("[0-9]", match[group])):
                yield match.span(group)

    return find


_DIGIT, _LETTER, _LOWER, _UPPER = (re.compile(letters) for letters in ("[0-9]", "[^\\W\\d_]", "[a-z]", "[A-Z]"))
_TURNS = re.compile("[0-9](?=[A-Za-z])|[A-Za-z](?=[0-9])|[a-z](?=[A-Z])")
_UUID_OR_DATE = re.compile(
    r"(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9]{4}-[0-9]{2}-[0-9]{2}.*)", re.IGNORECASE
)


def has_digit_and_letter(value: str) -> bool:
    return bool(_DIGIT.search(value) and _LETTER.search(value))


def has_both_cases(value: str) -> bool:
    return bool(_LOWER.search(value) and _UPPER.search(value))


def looks_drawn(value: str, length: int = 16) -> bool:
    """Whether a value is long and turns between digits and letters as chance does, and is neither a UUID nor a date."""
    if len(value) < length or not has_digit_and_letter(value) or _UUID_OR_DATE.fullmatch(value):
        return False
    head = value[:200]
    return len(_TURNS.findall(head)) >= len(head) / 8 and len(set(head)) >= 8
