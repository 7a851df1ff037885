"""OpenTelemetry traces as JSON lines, however large the file: every span counts, only chosen traces are read whole.

Lines are read in blocks, and what the figures need goes into columns, so that memory does not grow with the texts. The
lines of the traces that are worth keeping are then read a second time in the ordinary way, redaction and all.
A line that is no JSON is skipped with its reason: in a file of this size one is no sign that the file is another.
"""

from __future__ import annotations

import os
from array import array
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
import orjson

from readiness import english
from readiness.errors import InputError
from readiness.importers.batch import Batch, Options
from readiness.importers.source.gateway import Source, parse_json, to_text
from readiness.importers.source.limits import DOCUMENT_CAP, MEBIBYTE, SPAN_LINE
from readiness.importers.source.progress import tell
from readiness.importers.spans.outlines import Drawn, Seen, as_read
from readiness.importers.spans.span_values import BadSpanError
from readiness.importers.spans.spans import TraceBuilder
from readiness.language import tr
from readiness.tracing import columnar, sampling

from .arrow_blocks import Piece, SpanBlock, Spelling, UnusualError, loaded, parsed, pieces
from .span_columns import Columns, Skips, Whole
from .spans import ODD_IDS, found_in, walk

LARGE = 16 * MEBIBYTE
"""Files below are read whole, in the ordinary way."""
AT_ONCE = min(os.cpu_count() or 1, 4)
"""Blocks that are parsed side by side."""
SMALL = 64 * 1024
"""Bytes of lines that are not worth trying to read together."""


def fits(source: Source) -> bool:
    """Whether the file is large and its first line is a whole document."""
    if source.size < LARGE:
        return False
    with source.path.open("rb") as file:
        line = file.readline(SPAN_LINE + 1)
    if len(line) > SPAN_LINE:
        return False
    try:
        return isinstance(orjson.loads(line.removeprefix(b"\xef\xbb\xbf")), dict)
    except orjson.JSONDecodeError:
        return False


def read(source: Source, options: Options, format_: str) -> Batch:
    """The figures over all traces, and the traces that are proposed. Raises InputError where there are none."""
    look, tool = _look(source, options), "OpenTelemetry"
    traces = TraceBuilder(source, options, format_, tool, look.tool_version, drawn=look.drawn)
    look_again = english.said(_look_again)  # what is wrong with it is kept with the file
    for number, offset in look.lines.items():
        try:
            look_again(source, number, offset, traces)
        except InputError as exc:
            look.skips.skip(exc.place, f"its times count, its texts cannot be kept: {exc.problem}")
    traces.skipped = look.skips.listed
    traces.drawn = replace(look.drawn, seen=replace(look.drawn.seen, skipped=look.skips.number))
    if look.unusual:
        traces.notes.append(f"{english.counted(look.unusual, 'span')} {ODD_IDS}")
    return traces.batch()


@dataclass(frozen=True)
class Look:
    """What the first look at a file comes to; `lines` are the numbers and offsets of those to look at again."""

    drawn: Drawn
    lines: dict[int, int]
    skips: Skips
    unusual: int
    tool_version: str


def _look(source: Source, options: Options) -> Look:
    lines = Lines(source, options)
    lines.look()
    columns = lines.columns
    whole = columns.whole()
    if not whole.ids:
        first = next(iter(columns.skips.listed), None)
        why = tr("no span can be kept: {reason}", reason=first.reason) if first else tr("there are no spans")
        raise InputError(why, file=source.name, place=first.place if first else "", expected=tr("one trace at least"))
    table, roots, groups = whole.table, whole.roots, whole.groups
    stages = columnar.stages(table, roots, as_read(columns.names.held))
    reasons = sampling.propose(columnar.summaries(table, roots, groups), whole.ids, options.labelled)
    kept = range(len(whole.ids)) if len(whole.ids) <= sampling.MOST else list(reasons)
    wanted = np.zeros(len(whole.ids), dtype=bool)
    wanted[kept] = True
    drawn = Drawn(
        stages=tuple(columnar.figures(stages, roots, groups)),
        counts=tuple(columnar.counts(table, stages, roots, groups)),
        proposal={whole.ids[at]: reason for at, reason in reasons.items()},
        chosen=frozenset(whole.ids[at] for at in kept),
        spans=int(wanted[table.trace].sum()),
        seen=_seen(whole, columns),
    )
    return Look(
        drawn,
        lines={at: lines.offsets[at - 1] for at in np.unique(whole.lines[wanted[table.trace]]).tolist()},
        skips=columns.skips,
        unusual=whole.unusual,
        tool_version=columns.tool_version,
    )


def _look_again(source: Source, number: int, offset: int, traces: TraceBuilder) -> None:
    """Read a line whole. Raises InputError where it is not strictly JSON after all."""
    place = f"line {number}"
    with source.path.open("rb") as file:
        file.seek(offset)
        text = to_text(file.readline(DOCUMENT_CAP).rstrip(), file=source.name, place=place)
    document = parse_json(text, file=source.name, place=place, nan=True)
    for _, span, resource in walk(document, place, Skips()):
        with suppress(BadSpanError):  # the first look has said so
            traces.add(found_in(span, resource))


def _seen(whole: Whole, columns: Columns) -> Seen:
    nameless = [number for number, (version, _) in enumerate(whole.groups) if not version]
    return Seen(
        spans=len(whole.table),
        latest_ns=int(whole.table.start.max()),
        nameless=int(np.isin(whole.roots.group, nameless).sum()),
        versions=whole.versions,
        fields=tuple(columns.reader.fields),
        skipped=columns.skips.number,
        settings=columns.reader.settings,
    )


class Lines:
    """A file of lines that is looked at twice."""

    def __init__(self, source: Source, options: Options) -> None:
        self.source = source
        self.columns = Columns(options)
        self.offsets = array("q")
        self._spelling = Spelling()

    def look(self) -> None:
        """Take every span of every line."""
        size = self.source.size
        with self.source.path.open("rb") as file, ThreadPoolExecutor(AT_ONCE) as pool:
            waiting: deque[tuple[Piece, Future[SpanBlock]]] = deque()
            for piece in pieces(file, self.offsets, DOCUMENT_CAP):
                waiting.append((piece, pool.submit(parsed, piece, self._spelling)))
                if len(waiting) > AT_ONCE:
                    self._take(*waiting.popleft())
                    tell(self.offsets[-1] / size)
            while waiting:
                self._take(*waiting.popleft())

    def _take(self, piece: Piece, block: Future[SpanBlock]) -> None:
        try:
            self._take_block(block.result())
        except UnusualError:
            self._take_apart(piece)

    def _take_apart(self, piece: Piece) -> None:
        """Lines that are not all as collectors write them: half of them may be, and the last few are read singly."""
        if len(piece) == 1 or piece.size <= SMALL:
            for number, line in piece.lines():
                self._take_line(number, line)
            return
        for half in piece.halves():
            try:
                self._take_block(parsed(half, self._spelling))
            except UnusualError:
                self._take_apart(half)

    def _take_block(self, block: SpanBlock) -> None:
        self._spelling = block.spelling
        self.columns.take(block)

    def _take_line(self, number: int, line: bytes) -> None:
        place, skips = f"line {number}", self.columns.skips
        try:
            document = loaded(line, place)
        except InputError as exc:
            skips.skip(exc.place or place, f"{exc.problem}; expected {exc.expected}")
            return
        self.columns.take_each(number, walk(document, place, skips))
