"""Records of a file sorted by the traces they tell of, since one trace may be spread over many records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from readiness.errors import InputError
from readiness.importers.source.limits import MEBIBYTE, OPEN_TRACES
from readiness.language import tr

from .kept_traces import texts_in
from .spans import TraceBuilder

Held = TypeVar("Held")
Take = Callable[["GatheredTraces[Held]", str, Any, Callable[[str, str], None]], None]
"""Puts what a record holds, which stands at a place, where its traces are held; may skip a place for a reason."""


class GatheredTraces(Generic[Held]):
    """What is held of each trace until all its records were read; `touched` are those that the last record tells of."""

    def __init__(self, new: Callable[[], Held]) -> None:
        self._new = new
        self.held: dict[str, Held] = {}
        self.touched: dict[str, None] = {}

    def of(self, trace_id: str) -> Held:
        self.touched[trace_id] = None
        if trace_id not in self.held:
            self.held[trace_id] = self._new()
        return self.held[trace_id]


def whole_traces(
    traces: TraceBuilder, records: Callable[[], Iterator[tuple[str, Any]]], new: Callable[[], Held], take: Take[Held]
) -> Iterator[tuple[str, Held]]:
    """Each trace with all that the records have of it; of a streamed file as soon as its last record was read.

    Raises InputError where too much would have to be held until then.
    """
    gathered = GatheredTraces(new)
    if not traces.is_streamed:
        for place, record in records():
            take(gathered, place, record, traces.skip)
        yield from gathered.held.items()
        return
    if not traces.ends:
        _look_for_ends(traces.ends, records(), new, take)
    left = OPEN_TRACES
    held: dict[str, int] = {}
    for at, (place, record) in enumerate(records()):
        gathered.touched = {}
        take(gathered, place, record, traces.skip)
        size = sum(map(len, texts_in(record)))
        for trace_id in gathered.touched:
            held[trace_id] = held.get(trace_id, 0) + size
            left -= size
            if traces.ends[trace_id] == at:
                left += held.pop(trace_id)
                yield trace_id, gathered.held.pop(trace_id)
        if left < 0:
            problem, most = tr("the records of single traces stand too far apart"), f"{OPEN_TRACES // MEBIBYTE} MiB"
            expected = tr("at most {most} between the first and the last of a trace", most=most)
            raise InputError(problem, file=traces.source.name, place=place, expected=expected)


def _look_for_ends(
    ends: dict[str, int], records: Iterator[tuple[str, Any]], new: Callable[[], Held], take: Take[Held]
) -> None:
    for at, (place, record) in enumerate(records):
        gathered = GatheredTraces(new)
        take(gathered, place, record, lambda _place, _reason: None)
        ends.update(dict.fromkeys(gathered.touched, at))
