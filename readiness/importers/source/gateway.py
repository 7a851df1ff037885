"""The one door for files: size, encoding and JSON are checked here, before any importer sees them."""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from itertools import chain
from math import isinf
from pathlib import Path
from typing import Any

import orjson

from readiness import formatting
from readiness.errors import InputError
from readiness.language import tr

from .limits import (
    DOCUMENT_CAP,
    HEAD,
    JSON_MEMORY,
    LIST_BYTES,
    MAX_DEPTH,
    MAX_DIGITS,
    MEBIBYTE,
    OBJECT_BYTES,
    TABLE_CAP,
    VALUE_BYTES,
)

_ODD_ESCAPE = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")


class NotUtf8(InputError):
    """A text in another encoding."""


@dataclass(frozen=True)
class Source:
    """A file on disk under the name the person knows it by; `original` is the file that `path` is a UTF-8 copy of."""

    name: str
    path: Path
    original: Path | None = None

    @classmethod
    def open(cls, path: Path, name: str = "") -> Source:
        shown = name or path.name or str(path)
        try:
            size = path.stat().st_size
        except OSError as exc:
            raise InputError(tr("the file cannot be read"), file=shown, expected=tr("a file that exists")) from exc
        if path.is_dir():
            raise InputError(tr("this is a folder"), file=shown, expected=tr("a file"))
        if not size:
            raise InputError(tr("the file is empty"), file=shown, expected=tr("an assessment, results or spans file"))
        if size > TABLE_CAP:
            raise InputError(
                tr("the file has {size} bytes", size=formatting.whole(size)),
                file=shown,
                expected=tr("at most {most}", most=formatting.whole(TABLE_CAP)),
            )
        return cls(shown, path)

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    @property
    def is_streamed(self) -> bool:
        """Whether the file is too large to be held whole, so that it is read piece by piece."""
        return self.size > DOCUMENT_CAP

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes as the person handed them in, in hex."""
        with (self.original or self.path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @cached_property
    def head(self) -> bytes:
        try:
            with self.path.open("rb") as file:
                return file.read(HEAD)
        except OSError as exc:
            raise InputError(
                tr("the file cannot be read"), file=self.name, expected=tr("a file that may be opened")
            ) from exc

    @cached_property
    def head_text(self) -> str:
        """The beginning as text, for telling formats apart; a character cut at the end does not matter."""
        return self.head.decode("utf-8-sig", errors="replace")

    @cached_property
    def text(self) -> str:
        """All of it as UTF-8 (a byte-order mark is tolerated), line ends as they are."""
        if self.is_streamed:
            raise InputError(
                tr(
                    "the file has {size} bytes, too many for a document that is read whole",
                    size=formatting.whole(self.size),
                ),
                file=self.name,
                expected=tr(
                    "at most {most}; lists of rows or of spans may be larger", most=formatting.whole(DOCUMENT_CAP)
                ),
            )
        text = to_text(self.path.read_bytes(), file=self.name)
        if self.head.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"["):
            check_memory(text, file=self.name)
        return text

    @cached_property
    def json(self) -> Any:
        """The JSON document, strict: no duplicate keys, no NaN or infinity, no lone surrogates."""
        return parse_json(self.text, file=self.name)


def to_text(data: bytes, *, file: str, place: str = "") -> str:
    """The bytes as UTF-8 text without NUL; `place` says where they stand in the file, if they are not all of it."""
    where = f"{place}, " if place else ""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise NotUtf8(
            tr("the text is not UTF-8"), file=file, place=f"{where}byte {exc.start:,}", expected=tr("UTF-8 text")
        ) from exc
    nul = text.find("\0")
    if nul >= 0:
        raise InputError(
            tr("there is a NUL character"), file=file, place=f"{where}character {nul:,}", expected=tr("text")
        )
    return text


def memory(text: str) -> int:
    """About how many bytes the values of some JSON take, without its texts.

    Brackets and commas within texts are counted as well, which are few where texts are long.
    """
    return text.count("{") * OBJECT_BYTES + text.count("[") * LIST_BYTES + text.count(",") * VALUE_BYTES


def check_memory(text: str, *, file: str, place: str = "") -> None:
    """Raises InputError for JSON whose values would take too much memory, before any of them is made."""
    if len(text) * OBJECT_BYTES <= JSON_MEMORY:
        return
    needed = memory(text)
    if needed > JSON_MEMORY:
        problem = tr(
            "the values of the JSON would take about {needed} MiB of memory",
            needed=formatting.whole(needed // MEBIBYTE),
        )
        expected = tr("at most {most} MiB in one document", most=formatting.whole(JSON_MEMORY // MEBIBYTE))
        raise InputError(problem, file=file, place=place, expected=expected)


def _pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(items)
    if len(members) != len(items):
        twice = Counter(name for name, _ in items).most_common(1)[0][0]
        raise InputError(tr("the key {key!r} stands twice in one object", key=twice[:80]), expected=tr("each key once"))
    return members


def _no_constant(name: str) -> float:
    raise InputError(tr("{name} is not JSON", name=name), expected=tr("finite numbers, or null"))


def _number(digits: str) -> float:
    value = float(_short(digits))
    if isinf(value):
        raise InputError(tr("a number is too large"), expected=tr("finite numbers"))
    return value


def _exact(digits: str) -> Decimal:
    _number(digits)
    try:
        return Decimal(digits)
    except InvalidOperation as exc:
        raise InputError(tr("a number has an exponent that is out of range"), expected=tr("finite numbers")) from exc


def _whole(digits: str) -> int:
    return int(_short(digits))


def _short(digits: str) -> str:
    if len(digits) > MAX_DIGITS:
        raise InputError(
            tr("a number has {number} digits", number=formatting.whole(len(digits))),
            expected=tr("at most {most}", most=MAX_DIGITS),
        )
    return digits


_DECODERS = {
    (exact, nan): json.JSONDecoder(
        object_pairs_hook=_pairs,
        parse_constant=(lambda _: float("nan")) if nan else _no_constant,
        parse_float=_exact if exact else _number,
        parse_int=_whole,
    )
    for exact in (False, True)
    for nan in (False, True)
}
"""Made once, since many documents are a few characters within another."""


def parse_json(text: str, *, file: str, place: str = "", exact: bool = False, nan: bool = False) -> Any:
    """Strict JSON; raises InputError naming line and column. Depth and digits are capped.

    `place` says where the text stands in the file, if it is not all of it. With `exact` numbers that are not whole
    become Decimal, digit for digit, instead of the nearest float. With `nan` the words NaN and Infinity, which some
    tools write for a score that they could not work out, become a float that is never a figure.
    """
    if (
        text[:1] == '"' and "\\u" not in text
    ):  # many attributes are a text within a text, with nothing to look for in it
        with suppress(orjson.JSONDecodeError):
            return orjson.loads(text)
    check_memory(text, file=file, place=place)
    try:
        value = _DECODERS[exact, nan].decode(text)
        _check(value, text, 0, len(text))
    except json.JSONDecodeError as exc:
        at = (
            tr("column {column}", column=exc.colno)
            if place and "\n" not in text
            else tr("line {line}, column {column}", line=exc.lineno, column=exc.colno)
        )
        raise InputError(
            tr("the JSON breaks off or is malformed"),
            file=file,
            place=f"{place}, {at}" if place else at,
            expected=tr("one whole JSON document"),
        ) from exc
    except RecursionError as exc:
        raise too_deep().within(file=file, place=place) from exc
    except InputError as exc:
        raise exc.within(file=file, place=place) from exc
    return value


def json_at(text: str, at: int, *, nan: bool = True) -> tuple[Any, int]:
    """The document that begins at a place, and where it ends.

    Raises JSONDecodeError, RecursionError or InputError, which do not say where in the file.
    """
    value, end = _DECODERS[False, nan].raw_decode(text, at)
    _check(value, text, at, end)
    return value, end


def _check(value: Any, text: str, start: int, end: int) -> None:
    if text.count("[", start, end) + text.count("{", start, end) > MAX_DEPTH:
        _check_depth(value)
    if _ODD_ESCAPE.search(text, start, end):
        _check_characters(value)


def too_deep() -> InputError:
    """What is said of JSON that is nested too deeply."""
    return InputError(tr("the JSON is nested too deeply"), expected=tr("at most {most} levels", most=MAX_DEPTH))


def _check_depth(value: Any) -> None:
    layer: list[Any] = [[value]]
    for _ in range(MAX_DEPTH + 1):
        children = chain.from_iterable(item.values() if type(item) is dict else item for item in layer)
        layer = [child for child in children if type(child) is dict or type(child) is list]
        if not layer:
            return
    raise too_deep()


def _check_characters(value: Any) -> None:
    """No store can keep these two, and escapes bring them in past the check of the bytes."""
    shown = json.dumps(value, ensure_ascii=False, default=str)
    if re.search(r"(?<!\\)(?:\\\\)*\\u0000", shown):
        raise InputError(tr("there is a NUL character"), expected=tr("text"))
    try:
        shown.encode("utf-8")
    except UnicodeEncodeError as exc:
        raise InputError(tr("half of a surrogate pair stands alone"), expected=tr("Unicode text")) from exc
