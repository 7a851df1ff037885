"""The one door for files: size, encoding and JSON are checked here, before any importer sees them."""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from itertools import chain
from math import isinf
from pathlib import Path
from typing import Any

from readiness.errors import InputError

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
            raise InputError("the file cannot be read", file=shown, expected="a file that exists") from exc
        if path.is_dir():
            raise InputError("this is a folder", file=shown, expected="a file")
        if not size:
            raise InputError("the file is empty", file=shown, expected="an assessment, results or spans file")
        if size > TABLE_CAP:
            raise InputError(f"the file has {size:,} bytes", file=shown, expected=f"at most {TABLE_CAP:,}")
        return cls(shown, path)

    @property
    def size(self) -> int:
        return self.path.stat().st_size

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
            raise InputError("the file cannot be read", file=self.name, expected="a file that may be opened") from exc

    @cached_property
    def head_text(self) -> str:
        """The beginning as text, for telling formats apart; a character cut at the end does not matter."""
        return self.head.decode("utf-8-sig", errors="replace")

    @cached_property
    def text(self) -> str:
        """All of it as UTF-8 (a byte-order mark is tolerated), line ends as they are."""
        if self.size > DOCUMENT_CAP:
            raise InputError(
                f"the file has {self.size:,} bytes, too many for a document that is read whole",
                file=self.name,
                expected=f"at most {DOCUMENT_CAP:,}; results as CSV, JSONL or Parquet and OTLP lines may be larger",
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
            "the text is not UTF-8", file=file, place=f"{where}byte {exc.start:,}", expected="UTF-8 text"
        ) from exc
    nul = text.find("\0")
    if nul >= 0:
        raise InputError("there is a NUL character", file=file, place=f"{where}character {nul:,}", expected="text")
    return text


def check_memory(text: str, *, file: str, place: str = "") -> None:
    """Raises InputError for JSON whose values would take too much memory, before any of them is made.

    Brackets and commas within texts are counted as well, which are few where texts are long.
    """
    needed = text.count("{") * OBJECT_BYTES + text.count("[") * LIST_BYTES + text.count(",") * VALUE_BYTES
    if needed > JSON_MEMORY:
        problem = f"the values of the JSON would take about {needed // MEBIBYTE:,} MiB of memory"
        expected = f"at most {JSON_MEMORY // MEBIBYTE:,} MiB in one document"
        raise InputError(problem, file=file, place=place, expected=expected)


def parse_json(  # noqa: C901 - the hooks of the parser are counted in
    text: str, *, file: str, place: str = "", exact: bool = False, nan: bool = False
) -> Any:
    """Strict JSON; raises InputError naming line and column. Depth and digits are capped.

    `place` says where the text stands in the file, if it is not all of it. With `exact` numbers that are not whole
    become Decimal, digit for digit, instead of the nearest float. With `nan` the words NaN and Infinity, which some
    tools write for a score that they could not work out, become a float that is never a figure.
    """

    def refuse(problem: str, expected: str) -> InputError:
        return InputError(problem, file=file, place=place, expected=expected)

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(items)
        if len(members) != len(items):
            names = [name for name, _ in items]
            twice = Counter(names).most_common(1)[0][0]
            raise refuse(f"the key {twice[:80]!r} stands twice in one object", "each key once")
        return members

    def constant(name: str) -> float:
        if nan:
            return float("nan")
        raise refuse(f"{name} is not JSON", "finite numbers, or null")

    def number(digits: str) -> float | Decimal:
        if len(digits) > MAX_DIGITS:
            raise too_long(digits)
        value = float(digits)
        if isinf(value):
            raise refuse("a number is too large", "finite numbers")
        try:
            return Decimal(digits) if exact else value
        except InvalidOperation as exc:
            raise refuse("a number has an exponent that is out of range", "finite numbers") from exc

    def whole(digits: str) -> int:
        if len(digits) > MAX_DIGITS:
            raise too_long(digits)
        return int(digits)

    def too_long(digits: str) -> InputError:
        return refuse(f"a number has {len(digits):,} digits", f"at most {MAX_DIGITS}")

    check_memory(text, file=file, place=place)
    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_constant=constant, parse_float=number, parse_int=whole)
    except json.JSONDecodeError as exc:
        at = f"column {exc.colno}" if place and "\n" not in text else f"line {exc.lineno}, column {exc.colno}"
        raise InputError(
            "the JSON breaks off or is malformed",
            file=file,
            place=f"{place}, {at}" if place else at,
            expected="one whole JSON document",
        ) from exc
    except RecursionError as exc:
        raise refuse("the JSON is nested too deeply", f"at most {MAX_DEPTH} levels") from exc
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _check_depth(value, refuse)
    if re.search(r"\\u(?:[dD][89a-fA-F]|0000)", text):
        _check_characters(value, refuse)
    return value


def _check_depth(value: Any, refuse: Any) -> None:
    layer: list[Any] = [[value]]
    for _ in range(MAX_DEPTH + 1):
        children = chain.from_iterable(item.values() if type(item) is dict else item for item in layer)
        layer = [child for child in children if type(child) is dict or type(child) is list]
        if not layer:
            return
    raise refuse("the JSON is nested too deeply", f"at most {MAX_DEPTH} levels")


def _check_characters(value: Any, refuse: Any) -> None:
    """No store can keep these two, and escapes bring them in past the check of the bytes."""
    shown = json.dumps(value, ensure_ascii=False, default=str)
    if re.search(r"(?<!\\)(?:\\\\)*\\u0000", shown):
        raise refuse("there is a NUL character", "text")
    try:
        shown.encode("utf-8")
    except UnicodeEncodeError as exc:
        raise refuse("half of a surrogate pair stands alone", "Unicode text") from exc
