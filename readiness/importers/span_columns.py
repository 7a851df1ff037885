"""Spans of OpenTelemetry as columns of numbers: what the figures over a file need, without its texts.

A span as collectors write it is taken with many others at once. Any other (ids or times in another spelling, events,
objects within attributes, something wrong) is a stray: `otlp` itself reads it, so that both ways agree.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import numpy as np

from ..records import Skipped
from ..sampling import says_escalated
from ..spantable import KINDS, NO_END, Numbers, Roots, Table, repeated
from ..traces import Group
from .batch import Options
from .genai import OF_THE_SDK
from .otlp import found_in, has_usual_ids
from .scored import plain
from .span_shapes import (
    KIND,
    OTHER,
    SPAN_ID,
    TRACE_ID,
    Numbered,
    Plan,
    Plans,
    StraysError,
    errors_of,
    held_in,
    ids_of,
    numbers_of,
    raise_for,
    times_of,
)
from .span_values import BadSpanError
from .spans import LONGEST_NAME, SKIPS_LISTED, Found, checked, named_by

NO_ID = "0" * 16
USUAL = ("traceId", "spanId", "name", "startTimeUnixNano", "endTimeUnixNano", "attributes")
OTHER_PARENTS = frozenset({"parent_span_id", "parent_id", "parentSpanContext"})
PLAIN = frozenset({"stringValue", "intValue", "boolValue", "doubleValue", "bytesValue", "arrayValue"})
EMPTY: tuple[Any, ...] = (None, "", [])
CODES = {"trace": "i", "own": "Q", "own_odd": "b", "parent": "Q", "parent_odd": "b", "start": "q", "end": "q"}
CODES |= {"kind": "b", "error": "b", "name": "i", "line": "i", "unusual": "b"}
"""The columns and how their numbers are stored."""
ROOT_CODES = {"row": "i", "group": "i", "asked": "b", "answered": "b", "ended": "b", "escalated": "b"}
_USUAL = itemgetter(*USUAL[:-1])
_VALUE = itemgetter("value")
_SPAN: dict[str, Any] = {"traceId": "0" * 31 + "1", "name": "", "attributes": []}
_SPAN |= dict.fromkeys(("spanId", "parentSpanId"), "0" * 15 + "1")
_SPAN |= dict.fromkeys(("startTimeUnixNano", "endTimeUnixNano"), "1" * 19)
"""What stands in the place of a stray while the others are taken."""


@dataclass
class Skips:
    """What was left out: all of it counted, the first of it listed."""

    listed: list[Skipped] = field(default_factory=list)
    number: int = 0

    def skip(self, place: str, reason: str) -> None:
        self.number += 1
        if self.number <= SKIPS_LISTED:
            self.listed.append(Skipped(place=place, reason=reason[:500]))


@dataclass(frozen=True)
class Origin:
    """Spans that stand together in a line, and what their resource says; `place` is that of their list, or of one."""

    line: int
    place: str
    resource: dict[str, Any]
    spans: Sequence[Any]
    listed: bool = True

    def place_of(self, at: int) -> str:
        return f"{self.place}[{at}]" if self.listed else self.place


@dataclass(frozen=True)
class Root:
    """What one root says of its trace."""

    group: int
    asked: bool
    answered: bool
    ended: bool
    escalated: bool


@dataclass(frozen=True)
class Whole:
    """All spans of a file, each once, with the line of each; `ids` and `roots` go by the number of the trace.

    `unusual` spans have ids of another length than OpenTelemetry's.
    """

    table: Table
    lines: Numbers
    ids: list[str]
    roots: Roots
    groups: list[Group]
    versions: tuple[str, ...]
    unusual: int


@dataclass
class Gathered:
    """What counts of many spans as it stands in the file: only texts and numbers, so that the rest can go at once."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    parents: list[Any] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    errors: list[bool] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    roots: dict[int, Root] = field(default_factory=dict)


class Columns:
    """Fills the columns as long as there are spans to `take`; `table` and `roots` are what they come to."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.skips = Skips()
        self.traces = Numbered(lambda each: isinstance(each, str) and bool(TRACE_ID.fullmatch(each)))
        self.names = Numbered(lambda each: isinstance(each, str) and len(each) <= LONGEST_NAME)
        self.reranks: list[bool] = []
        self.odd_ids = Numbered()
        self.groups = Numbered()
        self.fields: dict[str, None] = {}
        self.columns = {name: array(code) for name, code in CODES.items()}
        self.root_columns = {name: array(code) for name, code in ROOT_CODES.items()}
        self._plans = Plans(options)
        self._resource: tuple[Any, str, dict[str, str]] = (None, "", {})
        self._known: dict[tuple[tuple[str, Any], ...], int] = {}

    def take(self, origins: Sequence[Origin]) -> None:
        """Spans in the order of the file. What is wrong with one is noted in `skips`."""
        strays: set[int] = set()
        while True:
            try:
                gathered = self._gathered(origins, strays)
                rows = self._rows(gathered)
                break
            except StraysError as exc:
                strays |= exc.places
        kept = np.ones(len(gathered.kinds), dtype=bool)
        for at in sorted(strays):
            kept[at] = self._take_stray(at, origins, rows, gathered.roots)
        self._append(rows, gathered.roots, kept)

    def take_usual(self, gathered: Gathered) -> None:
        """Spans that were gathered one after another. Raises StraysError, and then none of them is taken."""
        rows = self._rows(gathered)
        self._append(rows, gathered.roots, np.ones(len(gathered.kinds), dtype=bool))

    def _gathered(self, origins: Sequence[Origin], strays: set[int]) -> Gathered:
        gathered, odd = Gathered(), set[int]()
        for origin in origins:
            base = len(gathered.kinds)
            spans = [_SPAN if base + at in strays else span for at, span in enumerate(origin.spans)]
            try:
                self.gather(spans, origin.resource, origin.line, gathered)
            except StraysError as exc:
                odd |= {base + at for at in exc.places}
                self.gather([_SPAN] * len(spans), origin.resource, origin.line, gathered)
        raise_for(odd)
        return gathered

    def gather(self, spans: Sequence[Any], resource: dict[str, Any], line: int, into: Gathered) -> None:
        """What counts of spans that stand together, while they are at hand. Raises StraysError and gathers nothing."""
        try:
            rows = list(map(_USUAL, spans))
        except (KeyError, TypeError):
            raise StraysError(at for at, each in enumerate(spans) if not _has_usual_names(each)) from None
        parents = [span.get("parentSpanId") or NO_ID for span in spans]
        attributes = [span["attributes"] for span in spans]
        plans = self._plans.of(attributes)
        kinds, errors = _kinds(attributes, plans), errors_of(spans)
        base, roots = len(into.kinds), {}
        for at, parent in enumerate(parents):
            if parent == NO_ID:
                root = self._root(spans[at], plans[at], resource)
                if root is None or not _is_root(spans[at]):
                    raise StraysError([at])
                roots[base + at] = root
        into.rows += rows
        into.parents += parents
        into.kinds += kinds
        into.errors += errors
        into.lines += [line] * len(rows)
        into.roots |= roots

    def _append(self, rows: dict[str, Numbers], roots: dict[int, Root], kept: Numbers) -> None:
        number = (np.cumsum(kept) - 1 + len(self.columns["trace"])).tolist()
        for at in sorted(roots):
            for name, value in (("row", number[at]), *vars(roots[at]).items()):
                self.root_columns[name].append(value)
        for name, column in self.columns.items():
            column.frombytes(rows[name][kept].astype(column.typecode).tobytes())

    def _rows(self, gathered: Gathered) -> dict[str, Numbers]:
        traces, own, names, starts, ends = zip(*gathered.rows, strict=True)
        rows = {
            "own": ids_of(own),
            "parent": ids_of(gathered.parents),
            "start": times_of(starts),
            "end": times_of(ends),
        }
        rows |= {"trace": numbers_of(self.traces, traces), "name": numbers_of(self.names, names)}
        rows |= {name: np.zeros(len(own), dtype=bool) for name in ("own_odd", "parent_odd", "unusual")}
        rows |= {"error": np.array(gathered.errors), "line": np.array(gathered.lines)}
        raise_for(np.flatnonzero(rows["own"] == 0).tolist())
        tops = np.flatnonzero(rows["parent"] == 0).tolist()
        raise_for(gathered.roots.keys() ^ set(tops))
        self.reranks += ["rerank" in each.lower() for each in self.names.held[len(self.reranks) :]]
        rows["kind"] = np.array(gathered.kinds, dtype=np.int8)
        rows["kind"][np.array(self.reranks, dtype=bool)[rows["name"]]] = KINDS["rerank"]
        rows["kind"][tops] = KINDS["request"]
        return rows

    def _root(self, span: Any, plan: Plan, resource: dict[str, Any]) -> Root | None:
        """None for one that is a stray. The first of each shape says what fields such a root has."""
        if plan.stray_root:
            return None
        try:
            if not plan.known:
                self.fields.update(dict.fromkeys(found_in(span, resource).fields))
                plan.known = True
            attributes = span["attributes"]
            if not PLAIN.issuperset(set().union(*map(_VALUE, attributes))):
                return None
            return Root(
                self._group(resource, attributes, plan),
                asked=any(held_in(attributes[at]) not in EMPTY for at in plan.asked),
                answered=any(held_in(attributes[at]) not in EMPTY for at in plan.answered),
                ended=True,
                escalated=any(says_escalated(name, held_in(attributes[at])) for name, at in plan.escalated),
            )
        except (AttributeError, KeyError, TypeError, BadSpanError):
            return None

    def _group(self, resource: dict[str, Any], attributes: list[Any], plan: Plan) -> int:
        """The number of what a root's resource and attributes name: the label of its version, and its workflow."""
        if self._resource[0] is not resource:
            label = next(iter(plain({"": resource.get("service.version")}).values()), "")
            fields = plain({key: value for key, value in resource.items() if not key.startswith(OF_THE_SDK)})
            self.fields.update(dict.fromkeys(fields))
            self._resource = (resource, label, fields)
            self._known.clear()
        said = tuple([(path, held_in(attributes[at])) for path, at in plan.named])
        if said not in self._known:
            _, label, fields = self._resource
            self._known[said] = self._number(
                label, named_by(self.options, "workflow", fields | plain(dict(said))) if self._plans.paths else ""
            )
        return self._known[said]

    def _number(self, label: str, workflow: str) -> int:
        _refuse_nul(label, workflow)
        return self.groups[label, workflow]

    def _take_stray(self, at: int, origins: Sequence[Origin], rows: dict[str, Numbers], roots: dict[int, Root]) -> bool:
        """Put what `otlp` makes of a span into its row; False where it cannot be kept."""
        inner = at
        for origin in origins:
            if inner < len(origin.spans):
                break
            inner -= len(origin.spans)
        try:
            found = found_in(origin.spans[inner], origin.resource)
            checked(found)
            _refuse_nul(found.trace_id)
            root = self._root_of(found) if not found.parent_id else None
        except BadSpanError as exc:
            self.skips.skip(origin.place_of(inner), str(exc))
            return False
        if root:
            roots[at] = root
        for name, value in self._row(found).items():
            rows[name][at] = value
        return True

    def _row(self, found: Found) -> dict[str, int]:
        own, own_odd = self._id(found.span_id)
        parent, parent_odd = self._id(found.parent_id)
        return {
            "trace": self.traces.of(found.trace_id),
            "own": own,
            "own_odd": own_odd,
            "parent": parent,
            "parent_odd": parent_odd,
            "start": found.start_ns,
            "end": NO_END if found.end_ns is None else found.end_ns,
            "kind": KINDS[found.kind],
            "error": found.status == "error",
            "name": self.names.of(found.name),
            "unusual": not has_usual_ids(found),
        }

    def _id(self, text: str) -> tuple[int, bool]:
        """An id as a number, and whether it is odd; none is 0."""
        if not text:
            return 0, False
        return (int(text, 16), False) if SPAN_ID.fullmatch(text) else (self.odd_ids[text] + 1, True)

    def _root_of(self, found: Found) -> Root:
        self.fields.update(dict.fromkeys(found.fields))
        return Root(
            self._number(found.version, named_by(self.options, "workflow", found.fields)),
            asked=found.input not in EMPTY,
            answered=found.output not in EMPTY,
            ended=found.end_ns is not None,
            escalated=any(says_escalated(*each) for each in found.attributes.items()),
        )

    def whole(self) -> Whole:
        """Everything that was taken; the second of two spans with the same id is noted and left out."""
        columns = {name: np.frombuffer(column, dtype=column.typecode) for name, column in self.columns.items()}
        columns |= {name: columns[name].view(bool) for name in ("own_odd", "parent_odd", "error")}
        lines, unusual = columns.pop("line"), columns.pop("unusual")
        table = Table(**columns)
        twice = repeated(table)
        for row in twice.tolist():
            reason = f"the span {self._span_id(table, row)!r} stands twice in this trace; the first one was kept"
            self.skips.skip(f"line {lines[row]}", reason)
        kept = np.ones(len(table), dtype=bool)
        kept[twice] = False
        there = np.bincount(table.trace, minlength=len(self.traces.held)) > 0
        if not there.all():  # a trace of which no span could be kept
            columns["trace"] = (np.cumsum(there) - 1).astype(np.int32)[table.trace]
            table = Table(**columns)
        ids = [each for each, kept_one in zip(self.traces.held, there.tolist(), strict=True) if kept_one]
        roots, groups, versions = self._roots_of(table, kept, len(ids))
        if len(twice):
            table, lines = table.only(kept), lines[kept]
        return Whole(table, lines, ids, roots, groups, versions, int(unusual[kept].sum()))

    def _span_id(self, table: Table, row: int) -> str:
        own = int(table.own[row])
        return str(self.odd_ids.held[own - 1]) if table.own_odd[row] else f"{own:016x}"

    def _roots_of(self, table: Table, kept: Numbers, traces: int) -> tuple[Roots, list[Group], tuple[str, ...]]:
        columns = {name: np.frombuffer(column, dtype=column.typecode) for name, column in self.root_columns.items()}
        held = kept[columns["row"]]
        columns = {name: column[held] for name, column in columns.items()}
        trace = table.trace[columns.pop("row")]
        owners, first = np.unique(trace, return_index=True)
        labels: list[Group] = [*self.groups.held, ("", "")]
        named = [(self.options.version or self.options.rename(label), workflow) for label, workflow in labels]
        groups = list(dict.fromkeys(named))
        order = {each: at for at, each in enumerate(groups)}
        number = np.array([order[each] for each in named])
        group = np.full(traces, number[-1])
        group[owners] = number[columns["group"][first]]
        derived = owners[(columns["answered"][first] & columns["ended"][first]).astype(bool)]

        def any_of(name: str) -> Numbers:
            return np.bincount(trace, columns[name], minlength=traces) > 0

        roots = Roots(group, any_of("asked"), any_of("answered"), any_of("escalated"), derived)
        said = dict.fromkeys(labels[each][0] for each in columns["group"][first].tolist())
        return roots, groups, tuple(each for each in said if each)


def _is_root(span: dict[str, Any]) -> bool:
    return span.get("parentSpanId") in (None, "", NO_ID) and OTHER_PARENTS.isdisjoint(span)


def _kinds(attributes: Sequence[Any], plans: Sequence[Plan]) -> list[int]:
    kinds, odd = [OTHER] * len(plans), []
    for at, plan in enumerate(plans):
        if plan.kind >= 0:
            try:
                kinds[at] = KIND[attributes[at][plan.kind]["value"]["stringValue"]]
            except (KeyError, TypeError):
                odd.append(at)
        elif plan.tells:
            odd.append(at)
    raise_for(odd)
    return kinds


def _has_usual_names(span: Any) -> bool:
    return isinstance(span, dict) and span.keys() >= set(USUAL)


def _refuse_nul(*texts: str) -> None:
    """No store can keep it."""
    if any("\0" in text for text in texts):
        raise BadSpanError("there is a NUL character in what names the trace, its version or workflow; expected text")
