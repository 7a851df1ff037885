"""The spans of very many traces as columns: the same figures as `traces` draws, without a record for each span. Pure.

Ids are numbers here. An id that is no number of 64 bits has one given to it and is marked odd, so that both kinds stay
apart; `tests/tracing/test_columnar.py` holds the columns to what `traces` says of the same spans.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from readiness.model.record import ANY
from readiness.model.traces import PIECES, StageFigure, TraceCount

from .analysis import STAGES, TraceGroup, stage_figure, told_apart
from .sampling import Summaries

Numbers = NDArray[Any]
KINDS = {kind: number for number, kind in enumerate(STAGES)}
NO_END = -1
BLOCK = 10_000
"""Traces that are worked on together."""


@dataclass(frozen=True)
class SpanTable:
    """A row for each span, in the order of the file. `own` and `parent` are ids, 0 for a parent that is not named.

    `trace` and `name` are numbers too; `error` says whether the span failed; `end` may be `NO_END`.
    """

    trace: Numbers
    own: Numbers
    own_odd: Numbers
    parent: Numbers
    parent_odd: Numbers
    start: Numbers
    end: Numbers
    kind: Numbers
    error: Numbers
    name: Numbers

    def __len__(self) -> int:
        return len(self.trace)

    def only(self, rows: Numbers) -> SpanTable:
        return SpanTable(**{name: column[rows] for name, column in vars(self).items()})


@dataclass(frozen=True)
class Roots:
    """What the roots of a trace say, a row for each trace: `group` is the number of its version and workflow.

    `derived` are the numbers of the traces whose answer is a span of no length, derived from the root.
    """

    group: Numbers
    asked: Numbers
    answered: Numbers
    escalated: Numbers
    derived: Numbers


def repeated(table: SpanTable) -> Numbers:
    """Rows whose span stood in the same trace before."""
    space = table.trace * 2 + table.own_odd
    order = np.lexsort((table.own, space))
    same = (space[order[1:]] == space[order[:-1]]) & (table.own[order[1:]] == table.own[order[:-1]])
    rows: Numbers = np.sort(order[1:][same])
    return rows


def parents(table: SpanTable) -> Numbers:
    """The row of each span's parent, -1 where it is not in the trace. No span stands twice."""
    rows = len(table)
    named = np.flatnonzero((table.parent != 0) | table.parent_odd)
    space = np.concatenate([table.trace * 2 + table.own_odd, table.trace[named] * 2 + table.parent_odd[named]])
    ids = np.concatenate([table.own, table.parent[named]])
    order = np.lexsort((ids, space))  # a span comes before those that name it, since it stands before them
    space, ids = space[order], ids[order]
    first = np.concatenate([[True], (space[1:] != space[:-1]) | (ids[1:] != ids[:-1])])
    owner = order[np.maximum.accumulate(np.where(first, np.arange(len(order), dtype=np.int32), np.int32(0)))]
    parent = np.full(rows, -1, dtype=np.int64)
    asking = order >= rows
    parent[named[order[asking] - rows]] = np.where(owner[asking] < rows, owner[asking], -1)
    return parent


def self_times(table: SpanTable, parent: Numbers) -> Numbers:
    """Nanoseconds that each span spent outside its children; 0 for a span without an end."""
    own = np.maximum(np.where(table.end == NO_END, 0, table.end - table.start), 0)
    child = (parent >= 0) & (table.end != NO_END)
    child[_circular(parent)] = False
    rows = np.flatnonzero(child)
    rows = rows[np.lexsort((table.start[rows], parent[rows]))]
    above = parent[rows]
    low = np.maximum(table.start[rows], table.start[above])
    high = np.minimum(table.end[rows], table.end[above])
    reach = np.maximum(_reached(above, high), table.start[above])
    covered = np.bincount(above, np.maximum(high - np.maximum(low, reach), 0), minlength=len(table))
    times: Numbers = np.maximum(own - covered.astype(np.int64), 0)
    return times


def _reached(group: Numbers, high: Numbers) -> Numbers:
    """The highest value before each row within its group, very low for the first; groups stand together."""
    ranks = np.empty(len(high), dtype=np.int64)
    order = np.argsort(high, kind="stable")
    ranks[order] = np.arange(len(high))
    first = np.concatenate([[True], group[1:] != group[:-1]])[: len(high)]
    ahead = np.cumsum(first) * len(high)  # so that no group reaches into the next
    best = np.maximum.accumulate(ranks + ahead) - ahead
    before = np.concatenate([[0], best[:-1]])[: len(high)]
    return np.where(first, np.iinfo(np.int64).min, high[order[before]] if len(high) else high)


def _circular(parent: Numbers) -> Numbers:
    """Rows that are their own ancestors: where a walk up that never ends has come to after many steps."""
    up = parent
    for _ in range(len(parent).bit_length()):
        endless = np.flatnonzero(up >= 0)
        if not len(endless):
            break
        further = np.full(len(up), -1, dtype=np.int64)
        further[endless] = up[up[endless]]
        up = further
    return np.unique(up[up >= 0])


def retries(table: SpanTable, same_name: Callable[[Numbers], Numbers]) -> Numbers:
    """Which spans do again what one before them had failed to do, under the same parent and name.

    `same_name` gives a number for each number of a name, the same for names that are the same to a reader.
    """
    failing = np.zeros(int(table.trace.max(initial=0)) + 1, dtype=bool)
    failing[table.trace[table.error]] = True
    rows = np.flatnonzero(failing[table.trace])
    keys = [
        same_name(table.name[rows]),
        table.kind[rows],
        table.parent[rows],
        table.parent_odd[rows],
        table.trace[rows],
    ]
    order = np.lexsort((table.start[rows], *keys))
    new = np.zeros(len(rows), dtype=bool)
    for key in keys:
        new[1:] |= key[order][1:] != key[order][:-1]
    failed = np.cumsum(table.error[rows][order])
    before = failed - table.error[rows][order]
    start = np.maximum.accumulate(np.where(new, np.arange(len(rows)), 0))
    again = np.zeros(len(table), dtype=bool)
    again[rows[order]] = before > before[start]
    return again


@dataclass(frozen=True)
class Stages:
    """A row for each trace and a column for each stage."""

    spans: Numbers
    self_ns: Numbers
    errors: Numbers
    retries: Numbers


def stages(table: SpanTable, roots: Roots, same_name: Callable[[Numbers], Numbers], block: int = BLOCK) -> Stages:
    """A block of traces after another, so that what is worked out in between stays small."""
    shape = (len(roots.group), len(STAGES))
    by_trace = Stages(np.zeros(shape, np.int32), np.zeros(shape), np.zeros(shape, np.int32), np.zeros(shape, np.int32))
    for low in range(0, len(roots.group), block):
        own = table.only((table.trace >= low) & (table.trace < low + block))
        cell = (own.trace - low) * len(STAGES) + own.kind
        again = retries(own, same_name)
        times = self_times(own, parents(own))
        for column, weights in zip(vars(by_trace).values(), (None, times, own.error, again), strict=True):
            part = column[low : low + block]
            part += np.bincount(cell, weights, minlength=part.size).reshape(part.shape).astype(column.dtype)
    by_trace.spans[roots.derived, KINDS["output"]] += 1
    return by_trace


def figures(by_trace: Stages, roots: Roots, groups: Sequence[TraceGroup]) -> list[StageFigure]:
    """As `traces.figures`."""
    numbers: dict[TraceGroup, list[int]] = {(version, ANY): [] for version, _ in groups}
    for number, group in enumerate(groups):
        numbers[group[0], ANY].append(number)
        numbers[group] = numbers.get(group, [number])
    each_size = np.bincount(roots.group, minlength=len(groups))
    sizes = {group: int(each_size[indices].sum()) for group, indices in numbers.items()}
    told = told_apart({group: size for group, size in sizes.items() if size})
    members = {group: np.flatnonzero(np.isin(roots.group, numbers[group])) for group in told}
    return [
        stage_figure(
            *group,
            kind,
            by_trace.self_ns[own, column],
            whole_ns=float(by_trace.self_ns[members[group]].sum()),
            errors=int(by_trace.errors[own, column].sum()),
            retries=int(by_trace.retries[own, column].sum()),
        )
        for group in told
        for column, kind in enumerate(STAGES)
        if len(own := members[group][by_trace.spans[members[group], column] > 0])
    ]


def counts(table: SpanTable, by_trace: Stages, roots: Roots, groups: Sequence[TraceGroup]) -> list[TraceCount]:
    """As `traces.counts`."""
    endless = np.bincount(table.trace[table.end == NO_END], minlength=len(roots.group)) > 0
    there = {
        "request": roots.asked,
        "retrieval": by_trace.spans[:, KINDS["retrieval"]] > 0,
        "tool": by_trace.spans[:, KINDS["tool"]] > 0,
        "output": roots.answered,
        "timing": ~endless,
    }
    versions = np.array([version for version, _ in groups], dtype=object)[roots.group]
    told = []
    for version in sorted({version for version, _ in groups}):
        own = (versions == version).astype(bool)
        if number := int(own.sum()):
            lost: dict[str, Any] = {f"no_{piece}": int((own & ~there[piece]).sum()) for piece in PIECES}
            told.append(TraceCount(version=version, traces=number, **lost))
    return told


def summaries(table: SpanTable, roots: Roots, groups: Sequence[TraceGroup]) -> Summaries:
    """As `Summaries.of` the same traces."""
    number = len(roots.group)
    start = np.full(number, np.iinfo(np.int64).max)
    end = np.full(number, NO_END)
    np.minimum.at(start, table.trace, table.start)
    np.maximum.at(end, table.trace, table.end)
    return Summaries(
        group=roots.group,
        groups=groups,
        duration_ns=np.where(end == NO_END, 0, np.maximum(end - start, 0)),
        failed=np.bincount(table.trace, table.error, minlength=number) > 0,
        escalated=roots.escalated,
    )
