"""OpenTelemetry traces as JSON lines, however large the file: every span counts, only chosen traces are read whole.

Each line is read once, and what the figures need goes into columns, so that memory does not grow with the texts. The
lines of the traces that are worth keeping are then read a second time in the ordinary way, redaction and all.
A line that is no JSON is skipped with its reason: in a file of this size one is no sign that the file is another.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import orjson

from .. import sampling, spantable
from ..errors import InputError
from ..records import StageFigure, TraceCount
from ..redaction import Redactor
from ..spantable import Numbers
from ..words import count
from .batch import Batch, Options
from .gateway import DOCUMENT_CAP, MEBIBYTE, Source, parse_json, to_text
from .otlp import ODD_IDS, found_in, resource_of, walk
from .progress import tell
from .span_columns import Columns, Gathered, Origin, Skips, Whole
from .span_shapes import StraysError
from .span_values import BadSpanError
from .spans import Seen, Traces

LARGE = 16 * MEBIBYTE
"""Files below are read whole, in the ordinary way."""
AT_ONCE = 512
"""Spans that are taken together."""
GROUP_NAMES = frozenset({"resource", "scopeSpans", "schemaUrl"})


def fits(source: Source) -> bool:
    """Whether the file is large and its first line is a whole document."""
    if source.size < LARGE:
        return False
    with source.path.open("rb") as file:
        line = file.readline(DOCUMENT_CAP)
    try:
        return isinstance(orjson.loads(line.removeprefix(b"\xef\xbb\xbf")), dict)
    except orjson.JSONDecodeError:
        return False


def read(source: Source, options: Options, format_: str) -> Batch:
    """The figures over all traces, and the traces that are proposed. Raises InputError where there are none."""
    drawn = _draw(source, options)
    traces = Traces(source, options, format_, tool="OpenTelemetry", tool_version=drawn.tool_version)
    for number, offset in drawn.lines.items():
        _look_again(source, number, offset, drawn.chosen, traces)
    traces.skipped = drawn.skips.listed
    if drawn.unusual:
        traces.notes.append(f"{count(drawn.unusual, 'span')} {ODD_IDS}")
    batch = traces.batch(drawn.seen)
    reasons = drawn.proposal
    kept = (each.model_copy(update={"kept_for": reasons.get(each.trace_id, "")}) for each in batch.traces)
    return replace(batch, traces=tuple(kept), stages=drawn.stages, counts=drawn.counts, proposal=reasons)


@dataclass(frozen=True)
class Drawn:
    """What the first look at a file comes to; `lines` are the numbers and offsets of those to look at again."""

    stages: tuple[StageFigure, ...]
    counts: tuple[TraceCount, ...]
    proposal: dict[str, str]
    chosen: frozenset[str]
    lines: dict[int, int]
    seen: Seen
    skips: Skips
    unusual: int
    tool_version: str


def _draw(source: Source, options: Options) -> Drawn:
    lines = Lines(source, options)
    lines.look()
    columns = lines.columns
    whole = columns.whole()
    if not whole.ids:
        first = next(iter(columns.skips.listed), None)
        why = f"no span can be kept: {first.reason}" if first else "there are no spans"
        raise InputError(why, file=source.name, place=first.place if first else "", expected="one trace at least")
    table, roots, groups = whole.table, whole.roots, whole.groups
    stages = spantable.stages(table, roots, _as_read(columns.names.held))
    proposal = sampling.propose(spantable.summaries(table, roots, groups, whole.ids), options.labelled)
    chosen = frozenset(whole.ids if len(whole.ids) <= sampling.MOST else proposal)
    wanted = np.array([trace_id in chosen for trace_id in whole.ids])
    return Drawn(
        stages=tuple(spantable.figures(stages, roots, groups)),
        counts=tuple(spantable.counts(table, stages, roots, groups)),
        proposal=proposal,
        chosen=chosen,
        lines={at: lines.offsets[at - 1] for at in np.unique(whole.lines[wanted[table.trace]]).tolist()},
        seen=_seen(whole, columns),
        skips=columns.skips,
        unusual=whole.unusual,
        tool_version=lines.tool_version,
    )


def _look_again(source: Source, number: int, offset: int, chosen: frozenset[str], traces: Traces) -> None:
    """Read a line whole. Raises InputError where it is not strictly JSON after all."""
    place = f"line {number}"
    with source.path.open("rb") as file:
        file.seek(offset)
        text = to_text(file.readline(DOCUMENT_CAP).rstrip(), file=source.name, place=place)
    document = parse_json(text, file=source.name, place=place, nan=True)
    for origin in _walked(document, number, Skips()):
        with suppress(BadSpanError):  # the first look has said so
            found = found_in(origin.spans[0], origin.resource)
            if found.trace_id in chosen:
                traces.add(found)


def _seen(whole: Whole, columns: Columns) -> Seen:
    nameless = [number for number, (version, _) in enumerate(whole.groups) if not version]
    return Seen(
        spans=len(whole.table),
        latest_ns=int(whole.table.start.max()),
        nameless=int(np.isin(whole.roots.group, nameless).sum()),
        versions=whole.versions,
        fields=tuple(columns.fields),
        skipped=columns.skips.number,
    )


def _as_read(names: list[str]) -> Any:
    """The same number for names that are the same once they are redacted."""

    def same(numbers: Numbers) -> Numbers:
        used, places = np.unique(numbers, return_inverse=True)
        shown = [Redactor().text(names[number]) for number in used.tolist()]
        order = {name: at for at, name in enumerate(dict.fromkeys(shown))}
        return np.array([order[name] for name in shown], dtype=np.int32)[places]

    return same


class Lines:
    """A file of lines that is looked at twice."""

    def __init__(self, source: Source, options: Options) -> None:
        self.source = source
        self.columns = Columns(options)
        self.tool_version = ""
        self.offsets = array("q")
        self._held: list[int] = []
        self._gathered = Gathered()
        self._strays = 0
        self._resource: tuple[Any, dict[str, Any]] = (None, {})

    def look(self) -> None:
        """Take every span of every line."""
        size, at = self.source.size, 0
        with self.source.path.open("rb", buffering=MEBIBYTE) as file:
            for line in iter(lambda: file.readline(DOCUMENT_CAP), b""):
                self.offsets.append(at)
                at += len(line)
                number = len(self.offsets)
                if number % 1000 == 0:
                    tell(at / size)
                if len(line) == DOCUMENT_CAP:
                    raise InputError(f"line {number} has more than {DOCUMENT_CAP:,} bytes", expected="shorter lines")
                if not line.isspace():
                    self._line(number, line)
        self._flush()

    def _line(self, number: int, line: bytes) -> None:
        origins = self._origins(number, line, self.columns.skips)
        for origin in origins:
            self.tool_version = self.tool_version or str(origin.resource.get("telemetry.sdk.version") or "")
            if origin.spans:
                self._gather(origin)
        if len(self._gathered.kinds) + self._strays >= AT_ONCE:
            self._flush()

    def _gather(self, origin: Origin) -> None:
        """Take what counts while the line is at hand; once a span is a stray, only keep where it and the next are."""
        self._held.append(origin.line)
        if not self._strays:
            try:
                self.columns.gather(origin.spans, origin.resource, origin.line, self._gathered)
            except StraysError:
                self._strays = len(origin.spans)
        else:
            self._strays += len(origin.spans)

    def _origins(self, number: int, line: bytes, skips: Skips) -> list[Origin]:
        try:
            document = orjson.loads(line)
        except orjson.JSONDecodeError:
            return list(self._odd(number, line, skips))
        try:
            return list(self._usual(number, document))
        except (AttributeError, BadSpanError, KeyError, TypeError):
            return list(_walked(document, number, skips))

    def _usual(self, number: int, document: dict[str, Any]) -> Iterator[Origin]:
        """The spans of a line as collectors write it; raises where it is another."""
        for at, group in enumerate(document["resourceSpans"]):
            if not group.keys() <= GROUP_NAMES:
                raise KeyError
            if group.get("resource") != self._resource[0] or self._resource[0] is None:
                self._resource = (group.get("resource"), resource_of(group))
            for inner, scope in enumerate(group["scopeSpans"]):
                spans = scope["spans"]
                if type(spans) is not list:
                    raise TypeError
                place = f"line {number}, resourceSpans[{at}].scopeSpans[{inner}].spans"
                yield Origin(number, place, self._resource[1], spans)

    def _odd(self, number: int, line: bytes, skips: Skips) -> Iterator[Origin]:
        """A line that the fast reader does not take: it may hold NaN, or be no JSON at all."""
        place = f"line {number}"
        try:
            document = parse_json(to_text(line.rstrip(), file="", place=place), file="", place=place, nan=True)
        except InputError as exc:
            skips.skip(exc.place or place, f"{exc.problem}; expected {exc.expected}")
            return
        yield from _walked(document, number, skips)

    def _flush(self) -> None:
        held, gathered, strays = self._held, self._gathered, self._strays
        self._held, self._gathered, self._strays = [], Gathered(), 0
        if not held:
            return None
        with suppress(StraysError):
            if not strays:
                return self.columns.take_usual(gathered)
        return self.columns.take(list(self._again(set(held))))

    def _again(self, numbers: set[int]) -> Iterator[Origin]:
        """The spans of these lines once more; what is wrong with the lines themselves has been said."""
        with self.source.path.open("rb") as file:
            for number in sorted(numbers):
                file.seek(self.offsets[number - 1])
                line = file.readline(DOCUMENT_CAP)
                yield from (origin for origin in self._origins(number, line, Skips()) if origin.spans)


def _walked(document: Any, number: int, skips: Skips) -> Iterator[Origin]:
    for place, row, resource in walk(document, f"line {number}", skips):
        yield Origin(number, place, dict(resource), [row], listed=False)
