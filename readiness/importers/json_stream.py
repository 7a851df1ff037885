"""JSON documents one after another: lines, pretty-printed objects without anything between them, or only one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ..errors import InputError
from .gateway import Source, parse_json

LOOKED_AT = 20
"""How many documents at the beginning of a file are looked at to tell its format."""
_BLANK = re.compile(r"[ \t\r\n]*")
_ENDS = json.JSONDecoder(parse_int=str, parse_float=str)
"""Only to find where a document ends; `parse_json` reads what stands there."""
_LEVELS = 6


def documents(source: Source) -> Iterator[tuple[str, Any]]:
    """Each document with the line it begins on, or without a place where it is the only one.

    Raises InputError with line and column where one breaks off. NaN becomes a float that is never a figure.
    """
    text, line, counted = source.text, 1, 0
    at = first = _after_blank(text, 0)
    if at == len(text):
        raise InputError("there are only blank lines", file=source.name, expected="spans")
    while at < len(text):
        try:
            _, end = _ENDS.raw_decode(text, at)
        except json.JSONDecodeError as exc:
            place = f"line {exc.lineno}, column {exc.colno}"
            problem = "the JSON breaks off or is malformed"
            raise InputError(problem, file=source.name, place=place, expected="whole JSON documents") from exc
        line, counted = line + text.count("\n", counted, at), at
        after = _after_blank(text, end)
        place = "" if at == first and after == len(text) else f"line {line}"
        yield place, parse_json(text[at:end], file=source.name, place=place, nan=True)
        at = after


def objects(source: Source) -> Iterator[dict[str, Any]]:
    """The objects among the first documents, as far as they stand in the beginning of the file; of a list those in it.

    What is cut is None, so that a key is there even where its value is not.
    """
    text, found = source.head_text, 0
    at = _after_blank(text, 0)
    while text[at : at + 1] in ("{", "[") and found < LOOKED_AT:
        document, end = _partial(text, at, _LEVELS)
        found += 1
        yield from (each for each in (document if isinstance(document, list) else [document]) if isinstance(each, dict))
        if end is None:
            return
        at = _after_blank(text, end)


def _after_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _partial(text: str, at: int, levels: int) -> tuple[Any, int | None]:
    """A value and where it ends; None for an end that is cut or malformed."""
    try:
        return _ENDS.raw_decode(text, at)
    except (json.JSONDecodeError, RecursionError):
        if not levels or text[at : at + 1] not in ("{", "["):
            return None, None
    return _members(text, at + 1, levels) if text[at] == "{" else _items(text, at + 1, levels)


def _members(text: str, at: int, levels: int) -> tuple[Any, None]:
    found: dict[str, Any] = {}
    while True:
        key, end = _partial(text, _after_blank(text, at), 0)
        colon = None if end is None else _after_blank(text, end)
        if colon is None or not isinstance(key, str) or text[colon : colon + 1] != ":":
            return found, None
        found[key], end = _partial(text, _after_blank(text, colon + 1), levels - 1)
        comma = None if end is None else _after_blank(text, end)
        if comma is None or text[comma : comma + 1] != ",":
            return found, None
        at = comma + 1


def _items(text: str, at: int, levels: int) -> tuple[Any, None]:
    found = []
    while True:
        value, end = _partial(text, _after_blank(text, at), levels - 1)
        found.append(value)
        comma = None if end is None else _after_blank(text, end)
        if comma is None or text[comma : comma + 1] != ",":
            return found, None
        at = comma + 1
