"""Spans of OpenTelemetry as columns of numbers: what the figures over a file need, without its texts.

A span as collectors write it is taken with many others at once. Any other (running, with objects where names should
be, something wrong) is a stray: `spans` itself reads it, so that both ways agree.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from readiness.importers.batch import Options
from readiness.importers.spans.raw_spans import RawSpan, check
from readiness.importers.spans.span_values import BadSpanError
from readiness.importers.spans.spans import SKIPS_LISTED
from readiness.model.evidence import Skipped
from readiness.tracing.analysis import TraceGroup
from readiness.tracing.columnar import KINDS, NO_END, Numbers, Roots, SpanTable, repeated

from . import span_fields as fields
from .arrow_blocks import SpanBlock
from .span_roots import RootFields, RootReader
from .spans import SPAN_BYTES, TRACE_BYTES, SpanItem, found_in, has_usual_ids

CODES = {"trace": "i", "own": "Q", "own_odd": "b", "parent": "Q", "parent_odd": "b", "start": "q", "end": "q"}
CODES |= {"kind": "b", "error": "b", "name": "i", "line": "i", "unusual": "b"}
"""The columns and how their numbers are stored."""
SAID_CODES = {"row": "i", "group": "i", "asked": "b", "answered": "b", "ended": "b", "escalated": "b"}


@dataclass
class Skips:
    """What was left out: all of it counted, the first of it listed."""

    listed: list[Skipped] = field(default_factory=list)
    number: int = 0

    def skip(self, place: str, reason: str) -> None:
        self.number += 1
        if self.number <= SKIPS_LISTED:
            self.listed.append(Skipped(place=place, reason=reason[:500]))


class TraceIds:
    """Ids of traces, as numbers for as long as there are very many; one may be added more than once."""

    def __init__(self) -> None:
        self.odd = fields.Numbered()
        self._columns = {"odd": array("b"), "high": array("Q"), "low": array("Q")}
        self._one: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._columns["odd"])

    def add(self, ids: Numbers, *, odd: bool = False) -> int:
        """Add ids of two numbers each, or the numbers of odd ones; says where they begin."""
        start = len(self)
        for name, values in zip(self._columns, (np.full(len(ids), odd), *ids.T), strict=True):
            _put(self._columns[name], values)
        return start

    def one(self, text: str) -> int:
        if text not in self._one:
            numbers = fields.numbers_of(text, TRACE_BYTES)
            ids = np.array([numbers or (self.odd[text], 0)], dtype=np.uint64)
            self._one[text] = self.add(ids, odd=numbers is None)
        return self._one[text]

    def numbered(self, at: Numbers) -> tuple[Numbers, list[str]]:
        """The traces that stand at these places by new numbers, in this order and without gaps, and the id of each."""
        odd, high, low = (np.frombuffer(column, dtype=column.typecode) for column in self._columns.values())
        order = np.lexsort((low, high, odd))
        sorted_ = [column[order] for column in (odd, high, low)]
        new = np.append(True, np.logical_or.reduce([column[1:] != column[:-1] for column in sorted_]))[: len(order)]
        first = np.empty(len(order), dtype=np.int32)
        first[order] = order[np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))]
        number, there = _in_order(first[at], len(order))
        kept = zip(odd[there].tolist(), high[there].tolist(), low[there].tolist(), strict=True)
        ids = [self.odd.held[above] if is_odd else f"{above:016x}{below:016x}" for is_odd, above, below in kept]
        return number, ids


@dataclass(frozen=True)
class Whole:
    """All spans of a file, each once, with the line of each; `ids` and `roots` go by the number of the trace.

    `unusual` spans have ids of another length than OpenTelemetry's.
    """

    table: SpanTable
    lines: Numbers
    ids: list[str]
    roots: Roots
    groups: list[TraceGroup]
    versions: tuple[str, ...]
    unusual: int


class Columns:
    """Fills the columns as long as there are spans to take; `whole` is what they come to."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.skips = Skips()
        self.tool_version = ""
        self.traces = TraceIds()
        self.names = fields.Numbered()
        self.odd_ids = fields.Numbered()
        self.reader = RootReader(options)
        self.columns = {name: array(code) for name, code in CODES.items()}
        self.said = {name: array(code) for name, code in SAID_CODES.items()}

    def take(self, block: SpanBlock) -> None:
        """All spans of a block, in their order. What is wrong with one is noted in `skips`."""
        rows, odd = self._rows(block)
        is_root = rows["parent"] == 0
        odd |= is_root & fields.have_texts(block)
        usual, others = self.reader.many(block, np.flatnonzero(is_root & ~odd))
        odd[others] = True
        roots, kept = [usual], np.ones(len(block), dtype=bool)
        for at in np.flatnonzero(odd).tolist():
            try:
                row, root = self._stray(at, *block.span(at))
            except BadSpanError as exc:
                self.skips.skip(block.place_of(at), str(exc))
                kept[at] = False
                continue
            roots += [root] if root else []
            for name, value in row.items():
                rows[name][at] = value
        self._append(rows, roots, kept)
        _, first = np.unique(block.resource[kept], return_index=True)
        for number in block.resource[kept][np.sort(first)].tolist():
            self._name_tool(block.resources[number])

    def take_each(self, line: int, items: Iterable[SpanItem]) -> None:
        """The spans of a line one by one."""
        for place, span, resource in items:
            try:
                row, root = self._stray(len(self.columns["line"]), span, dict(resource))
            except BadSpanError as exc:
                self.skips.skip(place, str(exc))
                continue
            for name, value in (row | {"line": line}).items():
                self.columns[name].append(value)
            for name, column in self.said.items() if root else ():
                _put(column, getattr(root, name))
            self._name_tool(resource)

    def _name_tool(self, resource: Mapping[str, Any]) -> None:
        self.tool_version = self.tool_version or str(resource.get("telemetry.sdk.version") or "")

    def _rows(self, block: SpanBlock) -> tuple[dict[str, Numbers], Numbers]:
        trace, (ids, odd_ids) = fields.traces_of(block.column("traceId"))
        odd_ids |= (ids == 0).all(axis=1)
        odd_trace = np.append(odd_ids, True)[trace]
        names, reranks = fields.names_of(self.names, block.column("name"))
        columns = {
            "trace": (self.traces.add(ids) + trace, odd_trace),
            "own": fields.ids_of(block.column("spanId")),
            "parent": fields.ids_of(block.column("parentSpanId")),
            "start": fields.times_of(block.column("startTimeUnixNano")),
            "end": fields.times_of(block.column("endTimeUnixNano")),
            "name": names,
            "kind": fields.kinds_of(block),
            "error": fields.errors_of(block),
        }
        rows = {name: numbers for name, (numbers, _) in columns.items()}
        odd = np.logical_or.reduce([rows["own"] == 0, fields.unlike(block), *(flags for _, flags in columns.values())])
        rows |= {name: np.zeros(len(block), dtype=bool) for name in ("own_odd", "parent_odd", "unusual")}
        rows["kind"][reranks] = KINDS["rerank"]
        rows["kind"][rows["parent"] == 0] = KINDS["request"]
        return rows | {"line": block.line}, odd

    def _append(self, rows: dict[str, Numbers], roots: list[RootFields], kept: Numbers) -> None:
        number = np.cumsum(kept) - 1 + len(self.columns["line"])
        order = np.argsort(np.concatenate([root.row for root in roots]))
        for name, column in self.said.items():
            values = np.concatenate([getattr(root, name) for root in roots])[order]
            _put(column, number[values] if name == "row" else values)
        for name, column in self.columns.items():
            _put(column, rows[name][kept])

    def _stray(self, at: int, span: Any, resource: dict[str, Any]) -> tuple[dict[str, int], RootFields | None]:
        """What `spans` makes of a span, and what it says as a root. Raises BadSpanError where it is none."""
        raw_span = found_in(span, resource)
        check(raw_span)
        root = self.reader.one(at, raw_span) if not raw_span.parent_id else None
        return self._row(raw_span), root

    def _row(self, raw_span: RawSpan) -> dict[str, int]:
        own, own_odd = self._id(raw_span.span_id)
        parent, parent_odd = self._id(raw_span.parent_id)
        return {
            "trace": self.traces.one(raw_span.trace_id),
            "own": own,
            "own_odd": own_odd,
            "parent": parent,
            "parent_odd": parent_odd,
            "start": raw_span.start_ns,
            "end": NO_END if raw_span.end_ns is None else raw_span.end_ns,
            "kind": KINDS[raw_span.kind],
            "error": raw_span.status == "error",
            "name": self.names[raw_span.name],
            "unusual": not has_usual_ids(raw_span),
        }

    def _id(self, text: str) -> tuple[int, bool]:
        """An id as a number, and whether it is odd; none is 0."""
        if not text:
            return 0, False
        numbers = fields.numbers_of(text, SPAN_BYTES)
        return (self.odd_ids[text] + 1, True) if numbers is None else (numbers[0], False)

    def whole(self) -> Whole:
        """Everything that was taken; the second of two spans with the same id is noted and left out."""
        columns = {name: np.frombuffer(column, dtype=column.typecode) for name, column in self.columns.items()}
        columns |= {name: columns[name].view(bool) for name in ("own_odd", "parent_odd", "error")}
        lines, unusual = columns.pop("line"), columns.pop("unusual")
        columns["trace"], ids = self.traces.numbered(columns["trace"])
        table = SpanTable(**columns)
        twice = repeated(table)
        for row in twice.tolist():
            reason = f"the span {self._span_id(table, row)!r} stands twice in this trace; the first one was kept"
            self.skips.skip(f"line {lines[row]}", reason)
        kept = np.ones(len(table), dtype=bool)
        kept[twice] = False
        roots, groups, versions = self._roots_of(table, kept, len(ids))
        if len(twice):
            table, lines = table.only(kept), lines[kept]
        return Whole(table, lines, ids, roots, groups, versions, int(unusual[kept].sum()))

    def _span_id(self, table: SpanTable, row: int) -> str:
        own = int(table.own[row])
        return str(self.odd_ids.held[own - 1]) if table.own_odd[row] else f"{own:016x}"

    def _roots_of(
        self, table: SpanTable, kept: Numbers, traces: int
    ) -> tuple[Roots, list[TraceGroup], tuple[str, ...]]:
        columns = {name: np.frombuffer(column, dtype=column.typecode) for name, column in self.said.items()}
        is_kept = kept[columns["row"]]
        columns = {name: column[is_kept] for name, column in columns.items()}
        trace = table.trace[columns.pop("row")]
        owners, first = np.unique(trace, return_index=True)
        labels: list[TraceGroup] = [*self.reader.groups.held, ("", "")]
        named = [(self.options.version or self.options.rename(label), workflow) for label, workflow in labels]
        groups = list(dict.fromkeys(named))
        order = {pair: at for at, pair in enumerate(groups)}
        number = np.array([order[pair] for pair in named])
        group = np.full(traces, number[-1])
        group[owners] = number[columns["group"][first]]
        group, used = _in_order(group, len(groups))
        groups = [groups[at] for at in used.tolist()]
        derived = owners[(columns["answered"][first] & columns["ended"][first]).astype(bool)]

        def any_of(name: str) -> Numbers:
            return np.bincount(trace, columns[name], minlength=traces) > 0

        roots = Roots(group, any_of("asked"), any_of("answered"), any_of("escalated"), derived)
        versions = dict.fromkeys(labels[at][0] for at in columns["group"][first].tolist())
        return roots, groups, tuple(version for version in versions if version)


def _in_order(values: Numbers, size: int) -> tuple[Numbers, Numbers]:
    """Values below `size` by new numbers in the order they come, and the value that each number stands for."""
    first = np.full(size, -1, dtype=np.int32)
    first[values[::-1]] = np.arange(len(values) - 1, -1, -1, dtype=np.int32)
    present = np.flatnonzero(first >= 0)
    present = present[np.argsort(first[present])]
    number = np.empty(size, dtype=np.int32)
    number[present] = np.arange(len(present))
    return number[values], present


def _put(column: array[Any], numbers: Numbers) -> None:
    column.frombytes(numbers.astype(column.typecode).tobytes())
