"""JSON that is larger than what is held at once: documents, or the elements of a long list, one after another.

Each is read as strictly as a document of its own, and may be as long as a line of spans. What is longer is taken apart
into its members or elements; a text that is longer is refused.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from readiness.errors import InputError
from readiness.language import marked, tr

from .gateway import NotUtf8, Source, check_memory, json_at, memory, parse_json, too_deep
from .limits import DOCUMENT_CAP, JSON_MEMORY, MAX_DEPTH, MEBIBYTE, SPAN_LINE, VALUE_BYTES

Path = tuple[str, ...]
"""The keys that lead to a list in a document, an empty one through the elements of a list; none for the document."""
_BLANK = re.compile(r"[ \t\r\n]*")
_NEAR = 16
"""Characters from the end within which a word or an escape may be cut."""


@dataclass(frozen=True)
class Listed:
    """A document with long lists in it. `rest` is what stands around them; of a small file they are in it as well."""

    source: Source
    rest: Any
    paths: tuple[Path, ...]
    nan: bool = False

    def rows(self, *paths: Path) -> Iterable[Any] | None:
        """The elements of the first of these lists that is there, which may be gone through again; None for no list.

        Of a large file they are read from disk each time.
        """
        if self.source.is_streamed:
            path = next((path for path in paths if path in self.paths), None)
            return None if path is None else _Rows(self.source, path, self.nan)
        return next((found for path in paths if isinstance(found := _at(self.rest, path), list)), None)


@dataclass(frozen=True)
class _Rows:
    source: Source
    path: Path
    nan: bool

    def __iter__(self) -> Iterator[Any]:
        return (row for _, row in _document(self.source, [self.path], nan=self.nan))


def listed(source: Source, *paths: Path, nan: bool = False) -> Listed:
    """A document with lists at some of these paths. Raises InputError as `parse_json`.

    All of a large file is read at once, so that it is known to be right, and `rest` known, before its rows are.
    """
    if not source.is_streamed:
        whole = parse_json(source.text, file=source.name, nan=nan) if nan else source.json
        return Listed(source, whole, paths, nan)
    met: set[Path] = set()
    rest = _through(_document(source, paths, nan=nan), met)
    return Listed(source, rest, tuple(path for path in paths if path in met or _at(rest, path) == []), nan)


def without(source: Source, *paths: Path, nan: bool = False) -> Any:
    """A document without the lists at these paths, which may be of any length. Raises InputError as `parse_json`."""
    return listed(source, *paths, nan=nan).rest


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


Elements = Generator[tuple[Path, Any], None, Any]
"""The path of a list with each of its elements, and what stands around such lists as it ends."""


def _through(elements: Elements, met: set[Path]) -> Any:
    while True:
        try:
            met.add(next(elements)[0])
        except StopIteration as exc:
            return exc.value


def _document(source: Source, paths: list[Path] | tuple[Path, ...], *, nan: bool) -> Elements:
    with source.path.open("rb") as file:
        window = _Window(file, source.name, nan=nan)
        rest = yield from _value(window, (), frozenset(paths))
        if window.next():
            raise window.broken()
        return rest


def documents(source: Source, *keys: str) -> Iterator[tuple[str, Any, bool]]:
    """Every document of a large file with its place; NaN is read.

    A list, and an object that is too long and holds one under one of `keys`, comes element by element: then it is said
    that what comes is an element. What stands around such a list comes last, with an empty list in its place. Raises
    InputError where a document breaks off.
    """
    wanted = frozenset((key,) for key in keys)
    with source.path.open("rb") as file:
        window, alone = _Window(file, source.name, nan=True), True
        while window.next():
            line = window.line
            try:
                document = None if window.next() == "[" else [window.value()]
            except _TooLongError:
                document = None
            if document is not None:
                alone &= not window.next()
                yield "" if alone else f"line {line}", document[0], False
                alone = False
                continue
            place = "" if alone else f"line {line}"
            rest = yield from _placed(_value(window, (), wanted | {()}), place)
            if isinstance(rest, dict):
                if not any(isinstance(rest.get(key), list) for key in keys):
                    raise window.too_long()
                yield place, rest, False
            alone = False


def _placed(elements: Elements, place: str) -> Generator[tuple[str, Any, bool], None, Any]:
    at = 0
    while True:
        try:
            path, element = next(elements)
        except StopIteration as exc:
            return exc.value
        yield f"{', '.join(filter(None, [place, *path]))}[{at}]", element, True
        at += 1


def _value(window: _Window, path: Path, wanted: frozenset[Path], *, kept: bool = True, depth: int = 0) -> Elements:
    """A value: the elements of the wanted lists in it, and the rest; what is too long and not wanted is let go."""
    begins = window.next()
    if depth > MAX_DEPTH:
        raise too_deep().within(file=window.name, place=f"line {window.line}")
    leads = any(path == other[: len(path)] for other in wanted if len(other) > len(path))
    if begins == "[" and (leads or path in wanted):
        return (yield from _elements(window, path, wanted, kept=kept, depth=depth))
    if begins == "{" and leads:
        return (yield from _members(window, path, wanted, kept=kept, depth=depth))
    try:
        return window.value(beside=kept)
    except _TooLongError:
        if begins == "{":
            yield from _members(window, path, wanted, kept=False, depth=depth)
        elif begins == "[":
            yield from _elements(window, path, wanted, kept=False, depth=depth)
        else:
            raise window.too_long() from None
    return None


def _elements(window: _Window, path: Path, wanted: frozenset[Path], *, kept: bool, depth: int) -> Elements:
    """The elements of a wanted list are given away, those of any other that is kept are what it returns."""
    values: list[Any] = []
    window.take("[")
    if window.next() == "]":
        window.take("]")
        return values
    while True:
        if path in wanted:
            try:
                yield path, window.value()
            except _TooLongError:
                raise window.too_long() from None
        else:
            value = yield from _value(window, (*path, ""), wanted, kept=kept, depth=depth + 1)
            values += [value] * kept
        if window.next() == "]":
            window.take("]")
            return values
        window.take(",")


def _members(window: _Window, path: Path, wanted: frozenset[Path], *, kept: bool, depth: int) -> Elements:
    window.take("{")
    members: dict[str, Any] = {}
    if window.next() == "}":
        window.take("}")
        return members
    while True:
        key = window.key(beside=kept)
        if key in members:
            problem = tr("the key {key!r} stands twice in one object", key=key[:80])
            raise InputError(
                problem, file=window.name, place=tr("line {line}", line=window.line), expected=tr("each key once")
            )
        window.take(":")
        value = yield from _value(window, (*path, key), wanted, kept=kept, depth=depth + 1)
        if kept:
            members[key] = value
        if window.next() != ",":
            break
        window.take(",")
    window.take("}")
    return members


class _TooLongError(Exception):
    """A value that is longer than what is held."""


class _Window:
    """The text of a file from some place on, as far as it is held."""

    def __init__(self, file: BinaryIO, name: str, *, nan: bool) -> None:
        self.name, self.nan = name, nan
        self._file, self._decoder = file, codecs.getincrementaldecoder("utf-8-sig")()
        self._text, self._at, self._ended = "", 0, False
        self._lines, self._counted = 1, 0
        self._beside = self._needed = 0

    @property
    def line(self) -> int:
        self._lines += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._lines

    def _more(self) -> None:
        """Hold more of the file, twice as much as is left, and let go what was read."""
        _ = self.line
        self._text = self._text[self._at :]
        self._at = self._counted = 0
        data = self._file.read(max(MEBIBYTE, len(self._text)))
        self._ended = not data
        try:
            text = self._decoder.decode(data, final=self._ended)
        except UnicodeDecodeError as exc:
            raise NotUtf8(tr("the text is not UTF-8"), file=self.name, expected=tr("UTF-8 text")) from exc
        if "\0" in text:
            raise InputError(
                tr("there is a NUL character"),
                file=self.name,
                place=tr("line {line}", line=self._lines),
                expected=tr("text"),
            )
        self._text += text

    def next(self) -> str:
        """The next character that is not blank; empty at the end."""
        while True:
            match = _BLANK.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            self._more()

    def take(self, character: str) -> None:
        """Go past a character. Raises InputError where another stands."""
        if self.next() != character:
            raise self.broken()
        self._at += 1

    def key(self, *, beside: bool) -> str:
        if self.next() != '"':
            raise self.broken()
        try:
            return str(self.value(beside=beside))
        except _TooLongError:
            raise self.too_long() from None

    def value(self, *, beside: bool = False) -> Any:
        """The value that begins here. Raises _TooLongError for one that is longer than what is held at once.

        What stands beside the rows is held, so there may be less of it.
        """
        self.next()
        while True:
            try:
                check_memory(self._text, file=self.name, place=f"line {self.line}")
                value, end = json_at(self._text, self._at, nan=self.nan)
            except json.JSONDecodeError as exc:
                self._check_cut(exc)
            except RecursionError as exc:
                raise too_deep().within(file=self.name, place=f"line {self.line}") from exc
            except InputError as exc:
                raise exc.within(file=self.name, place=f"line {self.line}") from exc
            else:
                if end < len(self._text) or self._ended or isinstance(value, (dict, list, str)):
                    if beside:
                        self._hold(self._text[self._at : end])
                    self._at = end
                    return value
            if len(self._text) - self._at > SPAN_LINE:
                raise _TooLongError
            self._more()

    def _hold(self, text: str) -> None:
        self._beside += len(text)
        self._needed += VALUE_BYTES + memory(text)
        if self._beside > DOCUMENT_CAP:
            raise self.too_long(marked("what stands beside the rows"), DOCUMENT_CAP)
        if self._needed > JSON_MEMORY:
            raise self.too_long(marked("what stands beside the rows, as values in memory,"), JSON_MEMORY)

    def _check_cut(self, error: json.JSONDecodeError) -> None:
        """Raises InputError where the text is malformed, and not just cut where no more of it is held."""
        cut = error.pos >= len(self._text) - _NEAR or error.msg.startswith("Unterminated string")
        if self._ended or not cut:
            self._at = min(error.pos, len(self._text.rstrip("\r\n")))
            raise self.broken() from error

    def broken(self) -> InputError:
        column = self._at - self._text.rfind("\n", 0, self._at)
        place = (
            tr("line {line}, column {column}", line=self.line, column=column)
            if "\n" in self._text[: self._at]
            else tr("line {line}", line=self.line)
        )
        problem = tr("the JSON breaks off or is malformed")
        return InputError(problem, file=self.name, place=place, expected=tr("whole JSON documents"))

    def too_long(self, what: str = marked("a value"), cap: int = SPAN_LINE) -> InputError:
        most = tr("at most {most} MiB", most=cap // MEBIBYTE)
        return InputError(
            tr("{what} is too long", what=tr(what)),
            file=self.name,
            place=tr("line {line}", line=self.line),
            expected=most,
        )
