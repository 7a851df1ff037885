"""Single fields of many spans of OpenTelemetry as numbers, and which of them are not as collectors write them.

Columns are those of `arrow_blocks`. Each function says which rows are odd beside what it found; what stands in an odd
row is of no meaning, since `spans` reads that span itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from readiness.importers.spans.raw_spans import LONGEST_NAME
from readiness.importers.spans.semconv import TEXT_EVENTS, status_of
from readiness.importers.spans.span_values import BadSpanError, hex_id, kind_of
from readiness.model.traces import SpanStatus
from readiness.tracing.columnar import KINDS, Numbers

from .arrow import POOL, filled, is_there, member, numbered, taken
from .arrow_blocks import ALTERNATIVES, Attributes, SpanBlock
from .spans import SPAN_BYTES, TRACE_BYTES

OPERATIONS = ("openinference.span.kind", "gen_ai.operation.name")
BY_MODEL = ("gen_ai.system", "gen_ai.request.model")
ELSEWHERE = {"ai.operationId"} | {
    name[: dot.start()] for name in (*OPERATIONS, *BY_MODEL, "ai.operationId") for dot in re.finditer(r"\.", name)
}
"""Attributes by which `spans` tells the kind: those of the AI SDK, and objects that may hold one that tells it."""
_TELLING = {*OPERATIONS, *BY_MODEL, *ELSEWHERE}
_POWERS = 10 ** np.arange(18, -1, -1, dtype=np.uint64)
_OTHER = KINDS["other"]
_STATUSES: list[SpanStatus] = ["unset", "ok", "error"]
_UNSET, _ERROR = 0, 2
FoundIn = tuple[Numbers, Numbers]
"""A number for each row, and which rows are odd."""


class Numbered(dict[Any, int]):
    """Numbers given to values in the order they come; `held` are the values."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[Any] = []

    def __missing__(self, value: Any) -> int:
        self[value] = len(self.held)
        self.held.append(value)
        return self[value]


def ids_of(column: Any) -> FoundIn:
    """Ids of spans; 0 for none."""
    ids, odd = _ids(column, SPAN_BYTES)
    return ids[:, 0], odd


def traces_of(column: Any) -> tuple[Numbers, FoundIn]:
    """For each row which of the distinct ids of traces it has (-1 for none), and these ids as two numbers each."""
    encoded = pc.dictionary_encode(column, memory_pool=POOL)
    return filled(encoded.indices, -1), _ids(encoded.dictionary, TRACE_BYTES)


def _ids(column: Any, size: int) -> FoundIn:
    """Ids of so many bytes as numbers of 64 bits, 0 for none."""
    lengths, characters = _fitting(column, 2 * size)
    usual = lengths == 2 * size
    ids, odd = np.zeros((len(usual), size // 8), dtype=np.uint64), np.zeros(len(usual), dtype=bool)
    try:
        raw = bytes.fromhex(characters.decode("ascii"))  # which passes over spaces
    except ValueError:
        raw = b""
    if 2 * len(raw) == len(characters):
        ids[usual] = np.frombuffer(raw, ">u8").reshape(-1, size // 8)
    else:
        usual[:] = False
    for at in np.flatnonzero(~usual & (lengths > 0)).tolist():  # in base64, for one
        numbers = numbers_of(hex_id(column[at].as_py(), size), size)
        ids[at] = numbers or 0
        odd[at] = numbers is None
    return ids, odd


def numbers_of(text: str, size: int) -> tuple[int, ...] | None:
    """The numbers of 64 bits in an id of so many bytes; None for one that is no such id."""
    if not re.fullmatch(f"[0-9a-f]{{{2 * size}}}", text):
        return None
    return tuple(int(text[at : at + 16], 16) for at in range(0, len(text), 16))


def _fitting(column: Any, length: int) -> tuple[Numbers, bytes]:
    """The length of each text, 0 for null, and the characters of all that are of this length, in one."""
    texts = filled(column, "")
    _, offsets, characters = texts.buffers()
    bounds = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    lengths = np.diff(bounds)
    if not ((lengths == length) | (lengths == 0)).all():
        return lengths, _fitting(taken(texts, lengths == length), length)[1]
    return lengths, characters[int(bounds[0]) : int(bounds[-1])].to_pybytes() if characters is not None else b""


def times_of(column: Any) -> FoundIn:
    """Nanoseconds from 19 digits, or from whole numbers."""
    if not pa.types.is_string(column.type):
        times = np.array(filled(column, 0))
        return times, times <= 0
    lengths, characters = _fitting(column, len(_POWERS))
    digits = np.frombuffer(characters, np.uint8).reshape(-1, len(_POWERS)) - ord("0")
    numbers = digits.astype(np.uint64) @ _POWERS
    right = (digits <= 9).all(axis=1) & (numbers < 2**63)
    times = np.zeros(len(lengths), dtype=np.int64)
    times[lengths == len(_POWERS)] = np.where(right, numbers, 0)
    return times, times == 0


def names_of(numbers: Numbered, column: Any) -> tuple[FoundIn, Numbers]:
    """Names by their numbers, and which of the rows a name tells to be a reranking."""
    texts, codes = numbered(filled(column, ""))
    names = np.array([numbers[text] if len(text) <= LONGEST_NAME else -1 for text in texts], dtype=np.int32)[codes]
    reranks = np.array([kind_of(text) == "rerank" for text in texts], dtype=bool)
    return (names, names < 0), reranks[codes]


def kinds_of(block: SpanBlock) -> FoundIn:
    """What the attributes say of the kind: one operation, or, as before 1.27, a system and a model."""
    attributes, rows = block.attributes, len(block)
    places = np.flatnonzero(attributes.which(_TELLING.__contains__))
    owner, texts = attributes.held.owner[places], taken(attributes.as_kind("stringValue"), places)
    is_text = is_there(texts)

    def number(of: Numbers) -> Numbers:
        return np.bincount(owner[of], minlength=rows)

    telling = attributes.which(OPERATIONS.__contains__, places)
    shown, codes = numbered(taken(texts, telling))
    kinds = np.array([KINDS[kind_of("", text)] if text else -1 for text in shown] + [-1], dtype=np.int8)[codes]
    by_row, tellings = np.full(rows, _OTHER, dtype=np.int8), number(telling)
    by_row[owner[telling]] = kinds
    odd = (tellings > 1) | (number(attributes.which(ELSEWHERE.__contains__, places)) > 0)
    odd[owner[telling][kinds < 0]] = True
    models = [attributes.which(name.__eq__, places) for name in BY_MODEL]
    named = (tellings == 0) & np.logical_and.reduce([number(mask) > 0 for mask in models])
    plain = np.logical_and.reduce([(number(mask) == 1) & (number(mask & is_text) == 1) for mask in models])
    by_row[named] = KINDS["model"]
    return by_row, odd | (named & ~plain)


def errors_of(block: SpanBlock) -> FoundIn:
    """Which spans failed: by their status, or, where it says nothing, by an exception among their events."""
    status, events = block.column("status"), block.events
    codes, at = numbered(member(status, "code"))
    known = np.array([*map(_status, codes), _UNSET])[at]
    odd = (known < 0) | is_there(member(status, "status_code"))
    raised = _per_event(block, {"exception"}.__contains__)
    if len(events.values):
        attributes = Attributes.of(member(events.values, "attributes"))
        wrong = ~is_there(events.values)
        wrong[attributes.held.owner[_is_nameless(attributes) | attributes.of_kind("kvlistValue")]] = True
        odd[events.owner[wrong]] = True
    return (known == _ERROR) | ((known == _UNSET) & raised), odd


def _status(code: object) -> int:
    try:
        return _STATUSES.index(status_of(code))
    except BadSpanError:
        return -1


def have_texts(block: SpanBlock) -> Numbers:
    """Which spans say in their events what was asked or answered."""
    return _per_event(block, TEXT_EVENTS.__contains__)


def _per_event(block: SpanBlock, told: Callable[[str], object]) -> Numbers:
    """Which rows have an event with such a name."""
    events = block.events
    names, at = numbered(member(events.values, "name"))
    which = np.array([*(bool(told(name)) for name in names), False])[at]
    return np.bincount(events.owner[which], minlength=len(block)) > 0


def unlike(block: SpanBlock) -> Numbers:
    """Rows that are odd for what else stands in them: ids in other places, attributes without a name."""
    names = [name for names in ALTERNATIVES for name in names]
    odd: Numbers = np.logical_or.reduce([is_there(block.column(name)) for name in names])
    odd[block.attributes.held.owner[_is_nameless(block.attributes)]] = True
    return odd


def _is_nameless(attributes: Attributes) -> Numbers:
    return attributes.codes < 0
