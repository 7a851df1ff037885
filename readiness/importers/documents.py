"""JSON as tracing services export it: one document, a list, or a document per line, each with its place in the file.

What is wrong with one value of a record is a BadSpanError with the name of the value, so that the rest can be kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import InputError
from .gateway import Source, parse_json
from .scored import label
from .spans import LONGEST_ID, BadSpanError, instant

Object = dict[str, Any]

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*+)(?:("\s*:)|"|\\?\Z)|[{}]', re.DOTALL)
_HEX = re.compile("(?:0x)?([0-9a-f-]+)")
_NO_VERSION = ("", "None", "nan", "True", "False")


def documents(source: Source, *keys: str) -> Iterator[tuple[str, Any]]:
    """Every record with its place. `keys` are those under which a service's answer holds its list of records.

    NaN and Infinity are read, since programs write them for figures that they could not work out.
    """
    if _is_lines(source.text):
        for number, line in enumerate(source.text.split("\n"), start=1):
            if line.strip():
                yield f"line {number}", parse_json(line, file=source.name, place=f"line {number}", nan=True)
        return
    whole = parse_json(source.text, file=source.name, nan=True)
    key = next((key for key in keys if isinstance(whole, dict) and isinstance(whole.get(key), list)), "")
    records = whole[key] if key else whole
    if isinstance(records, list):
        yield from ((f"{key}[{at}]", record) for at, record in enumerate(records))
    else:
        yield "", records


def _is_lines(text: str) -> bool:
    """Whether the first line is a whole object and more follows."""
    first, _, rest = text.strip().partition("\n")
    if not rest or first[0] != "{" or first.rstrip()[-1] != "}":
        return False
    try:
        json.loads(first, parse_int=str)
    except (ValueError, RecursionError):
        return False
    return True


def keys_at(source: Source) -> tuple[set[str], set[str]]:
    """The keys of the outermost objects, and those of the objects right within them, as far as the beginning shows."""
    found: tuple[set[str], set[str]] = (set(), set())
    if source.head_text.lstrip()[:1] not in ("{", "["):
        return found
    depth = 0
    for token in _TOKEN.finditer(source.head_text):
        if token[0] == "{":
            depth += 1
        elif token[0] == "}":
            depth -= 1
        elif token[2] and 1 <= depth <= 2:
            found[depth - 1].add(token[1])
    return found


def joined(place: str, *steps: str | int) -> str:
    """A place within a record: `line 3, observations[2]`, `[3].trace`."""
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
    if not place:
        return path
    return f"{place}, {path}" if re.fullmatch("line [0-9]+", place) else f"{place}.{path}"


def an_object(value: Any, what: str) -> Object:
    if not isinstance(value, dict):
        raise BadSpanError(f"this is not a JSON object; expected {what}")
    return value


def an_id(row: Mapping[str, Any], key: str, *, required: bool = False) -> str:
    """Hexadecimal ids and UUIDs in one spelling; any other text as it is. The text "None" is none."""
    value = row.get(key)
    if value is None or value in ("", "None"):
        if required:
            raise BadSpanError(f"{key} is missing; expected text")
        return ""
    text = a_text(row, key)
    if len(text) > LONGEST_ID:
        raise BadSpanError(f"{key} has {len(text):,} characters; expected at most {LONGEST_ID}")
    match = _HEX.fullmatch(text.lower())
    return match[1] if match else text


def a_text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadSpanError(f"{key} is {brief(value)}; expected text")
    return value


def a_time(row: Mapping[str, Any], key: str) -> int | None:
    """Nanoseconds, digit for digit; None for no time. Numbers have no unit, so they are not times."""
    if isinstance(row.get(key), (int, float)):
        raise BadSpanError(f"{key} is {brief(row[key])}; expected a time such as 2026-11-20T09:30:00.25Z")
    try:
        return instant(row.get(key))
    except BadSpanError as exc:
        raise BadSpanError(str(exc).replace("a time", key, 1)) from exc


def a_start(row: Mapping[str, Any], key: str) -> int:
    start = a_time(row, key)
    if start is None:
        raise BadSpanError(f"{key} is missing; expected a time such as 2026-11-20T09:30:00.25Z")
    return start


def a_version(*values: object) -> str:
    """The first that is text or a number, as a label."""
    stated = (label(value) for value in values if isinstance(value, (str, int, float)))
    return next((each for each in stated if each not in _NO_VERSION), "")


def unpacked(value: Any) -> Any:
    """JSON within a text as what it holds; any other text as it is."""
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return value
    try:
        return parse_json(value, file="", nan=True)
    except InputError:
        return value


def brief(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"
