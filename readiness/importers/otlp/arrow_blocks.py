"""Lines of OTLP JSON as columns of Arrow: all spans of many lines at once, as collectors write them.

Arrow reads what the schema names and passes over the rest; its reader needs no lock, so that blocks are read side by
side. It takes only JSON of the types it expects: where a block holds anything else, it says so and gives nothing.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, BinaryIO

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json as arrow_json

from readiness import english, formatting
from readiness.errors import InputError
from readiness.importers.source.gateway import parse_json, to_text
from readiness.importers.source.limits import MEBIBYTE
from readiness.importers.spans.span_values import BadSpanError
from readiness.language import tr
from readiness.tracing.columnar import Numbers

from .arrow import POOL, Nested, filled, is_there, member, numbered
from .spans import resource_of

BLOCK = 3 * MEBIBYTE
"""Bytes that are read at once."""
ALTERNATIVES = ("context", "spanContext", "parentSpanContext"), ("parent_span_id", "parent_id")
"""Where ids stand in spans of other writers: objects, and texts."""
OTHER_SCOPES = ("scope_spans", "instrumentationLibrarySpans")
VALUES = ("stringValue", "intValue")
MORE_VALUES = ("boolValue", "doubleValue", "bytesValue", "arrayValue", "kvlistValue")
"""What an attribute may hold; each costs time for every attribute, so the rest is asked for where it occurs."""
WITHIN = ("arrayValue", "kvlistValue")
"""What may be malformed within a list."""
_OPAQUE = pa.struct([])
_NAMED_CODE = b'"STATUS_CODE_'


class UnusualError(Exception):
    """These lines are not all as collectors write them."""


@dataclass(frozen=True)
class Spelling:
    """How a file writes what may be written in several ways, as far as reading it all ways would take longer.

    `wide` where attributes hold more than texts and whole numbers, `named` where codes of a status are names.
    """

    wide: bool = False
    named: bool = False


_USUAL = Spelling()


@dataclass(frozen=True)
class Piece:
    """Whole lines that stand together in a file: between two bounds in `text` each; the first has this number."""

    text: bytes
    bounds: Sequence[int]
    first: int

    def __len__(self) -> int:
        return len(self.bounds) - 1

    @property
    def size(self) -> int:
        return self.bounds[-1] - self.bounds[0]

    def halves(self) -> tuple[Piece, Piece]:
        middle = len(self) // 2
        before, after = self.bounds[: middle + 1], self.bounds[middle:]
        return Piece(self.text, before, self.first), Piece(self.text, after, self.first + middle)

    def line(self, number: int) -> bytes:
        at = number - self.first
        return self.text[self.bounds[at] : self.bounds[at + 1]]

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """The lines that hold something, with their numbers in the file."""
        every = ((number, self.line(number)) for number in range(self.first, self.first + len(self)))
        return ((number, line) for number, line in every if not line.isspace())

    def objects(self) -> Numbers:
        """The numbers of the lines that hold something. Raises UnusualError where one begins or ends with no brace."""
        characters, bounds = np.frombuffer(self.text, np.uint8), np.array(self.bounds)
        starts, ends = bounds[:-1], bounds[1:] - (characters[bounds[1:] - 1] == ord("\n"))
        ends -= (ends > starts) & (characters[ends - 1] == ord("\r"))
        lines = np.flatnonzero(ends > starts)
        braces = characters[starts[lines]] == ord("{"), characters[ends[lines] - 1] == ord("}")
        if not np.logical_and(*braces).all():
            raise UnusualError
        return lines + self.first

    def document(self, number: int) -> Any:
        """What a line holds. Raises BadSpanError where it is no JSON after all."""
        try:
            return loaded(self.line(number), f"line {number}")
        except InputError as exc:
            raise BadSpanError(f"its line is no JSON: {exc.problem}; expected {exc.expected}") from exc


@dataclass(frozen=True)
class Attributes:
    """Attributes of many spans (or resources, or events): the number of each one's name, and what it holds."""

    held: Nested
    names: list[str]
    codes: Numbers
    values: Any

    @classmethod
    def of(cls, lists: Any) -> Attributes:
        nested = Nested.of(lists)
        names, codes = numbered(member(nested.values, "key"))
        return cls(nested, names, codes, member(nested.values, "value"))

    def which(self, told: Callable[[str], object], at: Numbers | None = None) -> Numbers:
        """For each attribute (or for those at these places) what is told of its name; False for one without a name."""
        names = np.array([bool(told(name)) for name in self.names] + [False])
        return names[self.codes if at is None else self.codes[at]]

    def of_kind(self, kind: str) -> Numbers:
        """Which attributes hold a value of this kind."""
        return is_there(self.as_kind(kind)) if kind in self.kinds else np.zeros(len(self.codes), dtype=bool)

    def as_kind(self, kind: str) -> Any:
        """What attributes hold as this kind, null where they hold another."""
        return member(self.values, kind)

    @cached_property
    def lengths(self) -> Numbers:
        """Bytes of each text; 1 for what is none."""
        lengths: Numbers = filled(pc.binary_length(self.as_kind("stringValue"), memory_pool=POOL), 1)
        return lengths

    @property
    def are_all_read(self) -> bool:
        """Whether each holds something of the kinds that were asked for."""
        columns = [self.as_kind(kind) for kind in self.kinds]
        return bool(sum(len(column) - column.null_count for column in columns) == len(self.values))

    @cached_property
    def are_plain(self) -> Numbers:
        """Which hold one value of the kinds that were asked for, no object and no list of lists or objects."""
        plain: Numbers = np.sum([self.of_kind(kind) for kind in self.kinds], axis=0) == 1
        plain &= ~self.of_kind("kvlistValue")
        if "arrayValue" in self.kinds:
            lists = Nested.of(member(self.as_kind("arrayValue"), "values"))
            for kind in WITHIN:
                plain[lists.owner[is_there(member(lists.values, kind))]] = False
        return plain

    @cached_property
    def kinds(self) -> list[str]:
        return [kind.name for kind in self.values.type]


@dataclass(frozen=True)
class SpanBlock:
    """The spans of a piece, a row each."""

    piece: Piece
    spelling: Spelling
    spans: Any
    line: Numbers
    resource: Numbers
    resources: list[dict[str, Any]]
    _groups: Nested
    _scopes: Nested
    _spans: Nested
    _read: dict[int, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.spans)

    def column(self, name: str) -> Any:
        return self.spans.field(name)

    @cached_property
    def attributes(self) -> Attributes:
        return Attributes.of(self.column("attributes"))

    @cached_property
    def events(self) -> Nested:
        return Nested.of(self.column("events"))

    def place_of(self, row: int) -> str:
        _, group, scope, at = self._path(row)
        return f"line {self.line[row]}, resourceSpans[{group}].scopeSpans[{scope}].spans[{at}]"

    def span(self, row: int) -> tuple[Any, dict[str, Any]]:
        """A span as its line has it, and what its resource says. Raises BadSpanError where it is no JSON after all."""
        line, group, scope, at = self._path(row)
        if line not in self._read:
            self._read.clear()  # spans are asked for in their order, so the last line is enough
            self._read[line] = self.piece.document(int(self.line[row]))
        scopes = self._read[line]["resourceSpans"][group]["scopeSpans"]
        return scopes[scope]["spans"][at], self.resources[self.resource[row]]

    def _path(self, row: int) -> tuple[int, int, int, int]:
        scope = int(self._spans.owner[row])
        group = int(self._scopes.owner[scope])
        line = int(self._groups.owner[group])
        within = ((self._groups, line, group), (self._scopes, group, scope), (self._spans, scope, row))
        return line, *(at - int(nested.first[owner]) for nested, owner, at in within)  # type: ignore[return-value]


def pieces(file: BinaryIO, offsets: array[int], cap: int) -> Iterator[Piece]:
    """Whole lines in blocks; where each begins goes to `offsets`. Raises InputError for a line longer than `cap`."""
    while text := file.read(BLOCK):
        if not text.endswith(b"\n"):
            text += file.readline(cap)
        start, bounds = file.tell() - len(text), array("q", [0])
        while end := text.find(b"\n", bounds[-1]) + 1:
            bounds.append(end)
        if bounds[-1] < len(text):
            bounds.append(len(text))
        first = len(offsets) + 1
        offsets.extend(start + bound for bound in bounds[:-1])
        if bounds[-1] - bounds[-2] >= cap:
            raise InputError(
                tr("line {line} has more than {cap} bytes", line=len(offsets), cap=formatting.whole(cap)),
                expected=tr("shorter lines"),
            )
        yield Piece(text, bounds, first)


def parsed(piece: Piece, spelling: Spelling = _USUAL) -> SpanBlock:
    """The spans of these lines. Raises UnusualError where one of them holds something else, or is malformed.

    Arrow reads one value after another, whatever the lines. Each of these is one object: it begins and ends with its
    braces, and there are as many objects as lines. (Arrow also fails badly where null stands before any object.)
    """
    numbers, start, end = piece.objects(), piece.bounds[0], piece.bounds[-1]
    try:
        piece.text.isascii() or str(memoryview(piece.text)[start:end], "utf-8")
        groups = _groups(_table(piece.text, start, end, spelling), len(numbers))
        told = Attributes.of(member(groups.values.field("resource"), "attributes"))
        block = _flat(piece, numbers, groups, told, spelling)
    except (UnicodeDecodeError, pa.ArrowInvalid, pa.ArrowCapacityError, BadSpanError) as exc:
        named = piece.text.find(_NAMED_CODE, start, end) >= 0
        if named != spelling.named:
            return parsed(piece, replace(spelling, named=named))
        raise UnusualError from exc
    if spelling.wide or (told.are_all_read and block.attributes.are_all_read):
        return block
    return parsed(piece, replace(spelling, wide=True))


def _table(text: bytes, start: int, end: int, spelling: Spelling) -> Any:
    times, numbers = (_is_text(text, name, start, end) for name in (b'"startTimeUnixNano"', b'"intValue"'))
    return arrow_json.read_json(
        pa.BufferReader(pa.py_buffer(text).slice(start, end - start)),
        read_options=arrow_json.ReadOptions(use_threads=False, block_size=end - start + 1),
        parse_options=arrow_json.ParseOptions(
            explicit_schema=_schema(times, numbers, spelling), unexpected_field_behavior="ignore"
        ),
        memory_pool=POOL,
    )


def _is_text(text: bytes, name: bytes, start: int, end: int) -> bool:
    """Whether these numbers are written as text, as the protocol wants it; the first tells for all."""
    at = text.find(name, start, end)
    value = text[at + len(name) : at + len(name) + 10].lstrip(b" :")
    return at < 0 or value.startswith(b'"')


@lru_cache
def _schema(times: bool, numbers: bool, spelling: Spelling) -> Any:
    text, whole = pa.string(), pa.int64()
    values: dict[str, Any] = dict.fromkeys(VALUES, text) | ({} if numbers else {"intValue": whole})
    within = pa.struct(list(dict.fromkeys(WITHIN, _OPAQUE).items()))
    array, pairs = (pa.struct([("values", pa.list_(element))]) for element in (within, _OPAQUE))
    if spelling.wide:
        values |= dict(zip(MORE_VALUES, (pa.bool_(), pa.float64(), text, array, pairs), strict=True))
    attributes = _named(values)
    objects, texts = ALTERNATIVES
    time = text if times else whole
    span = {
        **dict.fromkeys(("traceId", "spanId", "parentSpanId", "name"), text),
        **dict.fromkeys(("startTimeUnixNano", "endTimeUnixNano"), time),
        "attributes": attributes,
        "status": pa.struct([("code", text if spelling.named else whole), ("status_code", text)]),
        "events": pa.list_(pa.struct([("name", text), ("attributes", _named(values | {"kvlistValue": pairs}))])),
        **dict.fromkeys(objects, _OPAQUE),
        **dict.fromkeys(texts, text),
    }
    scope = pa.struct([("spans", pa.list_(pa.struct(list(span.items()))))])
    group = [
        ("resource", pa.struct([("attributes", attributes)])),
        ("scopeSpans", pa.list_(scope)),
        *((name, pa.list_(_OPAQUE)) for name in OTHER_SCOPES),
    ]
    return pa.schema([("resourceSpans", pa.list_(pa.struct(group)))])


def _named(values: dict[str, Any]) -> Any:
    return pa.list_(pa.struct([("key", pa.string()), ("value", pa.struct(list(values.items())))]))


def _groups(table: Any, lines: int) -> Nested:
    if table.num_rows != lines:
        raise UnusualError
    column = table.column(0).chunk(0)
    buffers = [buffer for texts in _texts(column) if (buffer := texts.buffers()[2])]
    if any(np.frombuffer(buffer, np.uint8).min(initial=1) == 0 for buffer in buffers):
        raise UnusualError  # an escaped NUL
    groups = _whole(Nested.of(_whole_column(column)))
    if any(groups.values.field(name).null_count < len(groups.values) for name in OTHER_SCOPES):
        raise UnusualError
    return groups


def _texts(values: Any) -> Iterator[Any]:
    """All columns of text within a column."""
    if pa.types.is_struct(values.type):
        for at in range(values.type.num_fields):
            yield from _texts(values.field(at))
    elif pa.types.is_list(values.type):
        yield from _texts(values.values)
    elif pa.types.is_string(values.type):
        yield values


def _flat(piece: Piece, numbers: Numbers, groups: Nested, told: Attributes, spelling: Spelling) -> SpanBlock:
    scopes = _whole(Nested.of(groups.values.field("scopeSpans")))
    spans = _whole(Nested.of(scopes.values.field("spans")))
    group = scopes.owner[spans.owner]
    line = numbers[groups.owner[group]]
    number, first = _resources(told)
    resources = list(_read(piece, numbers, groups, first))
    return SpanBlock(piece, spelling, spans.values, line, number[group], resources, groups, scopes, spans)


def _whole_column(lists: Any) -> Any:
    if lists.null_count:
        raise UnusualError
    return lists


def _whole(nested: Nested) -> Nested:
    _whole_column(nested.values)
    return nested


def _resources(attributes: Attributes) -> tuple[Numbers, list[int]]:
    """A number for each group, the same where the resources say the same, and the first group of each number.

    What a list of plain values holds is not compared, since it names nothing; what is not plain is taken for different.
    """
    columns = [attributes.codes, np.where(attributes.are_plain, -1, np.arange(len(attributes.codes)))]
    for kind in attributes.kinds:
        columns.append(attributes.of_kind(kind) if kind in WITHIN else numbered(attributes.as_kind(kind))[1])
    matrix, seen = np.ascontiguousarray(np.column_stack(columns).astype(np.int32)), dict[bytes, int]()
    numbers, first = list[int](), list[int]()
    start = 0
    for at, length in enumerate(attributes.held.lengths.tolist()):
        key = matrix[start : start + length].tobytes()
        start += length
        if key not in seen:
            seen[key] = len(first)
            first.append(at)
        numbers.append(seen[key])
    return np.array(numbers, dtype=np.int32), first


def _read(piece: Piece, numbers: Numbers, groups: Nested, chosen: list[int]) -> Iterator[dict[str, Any]]:
    """What the resources of these groups say; a line that holds many of them is read once."""
    for row, own in itertools.groupby(chosen, key=lambda at: int(groups.owner[at])):
        resource_spans = piece.document(int(numbers[row]))["resourceSpans"]
        yield from (resource_of(resource_spans[at - int(groups.first[row])]) for at in own)


@english.said
def loaded(line: bytes, place: str) -> Any:
    """What a line holds. Raises InputError where it is no JSON, or holds what no store can keep."""
    if b"\\u0000" not in line:
        with suppress(orjson.JSONDecodeError):
            return orjson.loads(line)
    return parse_json(to_text(line.rstrip(), file="", place=place), file="", place=place, nan=True)
