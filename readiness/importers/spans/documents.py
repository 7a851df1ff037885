"""JSON as tracing tools write it: one document, a list, lines, or pretty-printed objects without anything between them.

What is wrong with one value of a record is a BadSpanError with the name of the value, so that the rest can be kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from readiness.errors import InputError
from readiness.importers.naming import label
from readiness.importers.source import streamed
from readiness.importers.source.gateway import Source, json_at, parse_json
from readiness.importers.source.limits import MAX_DEPTH
from readiness.language import tr

from .raw_spans import LONGEST_ID
from .span_values import BadSpanError, instant

Object = dict[str, Any]

LOOKED_AT = 20
"""How many documents at the beginning of a file are looked at to tell its format."""
_LEVELS = 6
_BLANK = re.compile(r"[ \t\r\n]*")
_ENDS = json.JSONDecoder(parse_int=str, parse_float=str)
"""Only to find where a document ends; `parse_json` reads what stands there."""
_HEX = re.compile("(?:0x)?([0-9a-f-]+)")
_NO_VERSION = ("", "None", "nan", "True", "False")


def documents(source: Source, *keys: str) -> Iterator[tuple[str, Any]]:
    """Each document with the line it begins on, or without a place where it is the only one.

    Raises InputError with line and column where one breaks off. NaN and Infinity are read, since programs write them
    for figures that they could not work out. A list in a large file comes element by element.
    """
    if source.is_streamed:
        yield from ((place, document) for place, document, _ in streamed.documents(source, *keys))
        return
    text, line, counted = source.text, 1, 0
    at = first = _after_blank(text, 0)
    if at == len(text):
        raise InputError(tr("there are only blank lines"), file=source.name, expected=tr("spans"))
    while at < len(text):
        try:
            document, end = json_at(text, at)
        except (json.JSONDecodeError, RecursionError, InputError):
            document, end = None, _end(text, at, source.name)
        line, counted = line + text.count("\n", counted, at), at
        after = _after_blank(text, end)
        place = "" if at == first and after == len(text) else f"line {line}"
        if document is None:  # null, or something that is to be said with its place
            document = parse_json(text[at:end], file=source.name, place=place, nan=True)
        yield place, document
        at = after


def _end(text: str, at: int, file: str) -> int:
    try:
        return _ENDS.raw_decode(text, at)[1]
    except json.JSONDecodeError as exc:
        pos = min(exc.pos, len(text.rstrip("\r\n")))  # where the text ends, and not the blank lines after
        line, column = text.count("\n", 0, pos) + 1, pos - text.rfind("\n", 0, pos)
        place = tr("line {line}, column {column}", line=line, column=column)
        problem = tr("the JSON breaks off or is malformed")
        raise InputError(problem, file=file, place=place, expected=tr("whole JSON documents")) from exc
    except RecursionError as exc:
        problem = tr("the JSON is nested too deeply")
        raise InputError(problem, file=file, expected=tr("at most {most} levels", most=MAX_DEPTH)) from exc


def records(source: Source, *keys: str) -> Iterator[tuple[str, Any]]:
    """Every record with its place: the documents, what the list in the only one holds, or in each answer of several.

    `keys` are those under which a service's answer holds its list.
    """
    if source.is_streamed:
        whole = streamed.documents(source, *keys)
    else:
        whole = ((place, document, False) for place, document in documents(source))
    for place, document, is_element in whole:
        if is_element:
            yield place, document
            continue
        key = next((key for key in keys if isinstance(document, dict) and isinstance(document.get(key), list)), "")
        listed = document[key] if key else document
        if isinstance(listed, list) and (key or not place):
            within = f"{place}, {key}" if place else key
            yield from ((f"{within}[{at}]", record) for at, record in enumerate(listed))
        else:
            yield place, document


def objects(source: Source) -> Iterator[Object]:
    """The objects among the first documents, as far as they stand in the beginning of the file; of a list those in it.

    What is cut is None, so that a key is there even where its value is not.
    """
    text, seen = source.head_text, 0
    at = _after_blank(text, 0)
    while text[at : at + 1] in ("{", "[") and seen < LOOKED_AT:
        document, end = _partial(text, at, _LEVELS)
        seen += 1
        yield from (item for item in (document if isinstance(document, list) else [document]) if isinstance(item, dict))
        if end is None:
            return
        at = _after_blank(text, end)


def keys_at(source: Source) -> tuple[set[str], set[str]]:
    """The keys of the outermost objects, and those of the objects right within them, as far as the beginning shows."""
    outer: set[str] = set()
    inner: set[str] = set()
    for document in objects(source):
        outer.update(document)
        for value in document.values():
            items = value if isinstance(value, list) else [value]
            inner.update(key for item in items if isinstance(item, dict) for key in item)
    return outer, inner


def _after_blank(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _partial(text: str, at: int, levels: int) -> tuple[Any, int | None]:
    """A value and where it ends; None for an end that is cut or malformed."""
    try:
        return _ENDS.raw_decode(text, at)
    except (json.JSONDecodeError, RecursionError):
        if not levels or text[at : at + 1] not in ("{", "["):
            return None, None
    return _members(text, at + 1, levels) if text[at] == "{" else _items(text, at + 1, levels)


def _members(text: str, at: int, levels: int) -> tuple[Any, None]:
    members: dict[str, Any] = {}
    while True:
        key, end = _partial(text, _after_blank(text, at), 0)
        colon = None if end is None else _after_blank(text, end)
        if colon is None or not isinstance(key, str) or text[colon : colon + 1] != ":":
            return members, None
        members[key], end = _partial(text, _after_blank(text, colon + 1), levels - 1)
        comma = None if end is None else _after_blank(text, end)
        if comma is None or text[comma : comma + 1] != ",":
            return members, None
        at = comma + 1


def _items(text: str, at: int, levels: int) -> tuple[Any, None]:
    items = []
    while True:
        value, end = _partial(text, _after_blank(text, at), levels - 1)
        items.append(value)
        comma = None if end is None else _after_blank(text, end)
        if comma is None or text[comma : comma + 1] != ",":
            return items, None
        at = comma + 1


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
    return next((version for version in stated if version not in _NO_VERSION), "")


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
