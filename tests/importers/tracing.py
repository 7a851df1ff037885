"""What the tests of trace importers share: samples, the spans that a file states, and documents gone wrong."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from readiness.errors import InputError
from readiness.importers import Batch, Options, Source, read
from readiness.importers.spans.raw_spans import DERIVED
from readiness.model.traces import Span
from tests import samples

DATA = samples.DATA
Row = tuple[str, str, str, int, int | None, str]
"""Span, parent, kind, start, end and status."""
ODD: tuple[Any, ...] = (None, True, -1, 7, 1.5, float("nan"), "", "odd", "0", [], [3], ["a", {}], {}, {"a": [None]})


def opened(path: Path, options: Options | None = None) -> Batch:
    return read(Source.open(path), options or Options())


def stated(batch: Batch) -> dict[str, list[Row]]:
    """The spans of each trace that stand in the file, in its order."""
    return {
        trace.trace_id: [row(span) for span in trace.spans if DERIVED not in span.attributes] for trace in batch.traces
    }


def kept(batch: Batch) -> int:
    """How many spans of the file stand in its traces, which is the number that the evidence states."""
    number = sum(map(len, stated(batch).values()))
    assert batch.evidence is not None
    assert (batch.evidence.kept, batch.evidence.skipped) == (number, len(batch.skipped))
    return number


def row(span: Span) -> Row:
    return span.span_id, span.parent_id, span.kind, span.start_ns, span.end_ns, span.status


def spans(batch: Batch) -> dict[str, Span]:
    """Every span by its id."""
    return {span.span_id: span for trace in batch.traces for span in trace.spans}


def gone_wrong(document: Any) -> Iterator[Any]:
    """The document with each of its values in turn replaced by something odd, or left out."""
    for path in list(_paths(document)):
        for odd in ODD:
            changed = copy.deepcopy(document)
            holder = changed
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = odd
            yield changed
        changed = copy.deepcopy(document)
        holder = changed
        for step in path[:-1]:
            holder = holder[step]
        del holder[path[-1]]
        yield changed


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, step)
        if isinstance(inner, (dict, list)):
            yield from _paths(inner, (*path, step))


def listed(value: Any) -> int:
    """How many spans a list states; anything else that stands in its place is one that can only be skipped."""
    return len(value) if isinstance(value, list) else int(value is not None)


def kept_or_refused(importer: Any, source: Source, spans: int) -> None:
    """Either a batch that a store can hold, in which every one of the spans is kept or skipped, or a sentence."""
    try:
        batch = importer.read(source, Options())
    except InputError as exc:
        assert str(exc).endswith(".")  # noqa: PT017
        return
    for trace in batch.traces:
        json.dumps(trace.model_dump(), allow_nan=False).encode()
    assert all(skip.reason for skip in batch.skipped)
    assert kept(batch) + len(batch.skipped) == spans


def refusal(importer: Any, source: Source) -> str:
    with pytest.raises(InputError) as caught:
        importer.read(source, Options())
    return str(caught.value)
