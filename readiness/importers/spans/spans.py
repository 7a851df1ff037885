"""From spans to traces: what the importers of tracing tools share.

A tool's file becomes `RawSpan`s in any order; `TraceBuilder` draws figures from all of them, proposes which traces are
worth keeping, and has these put together and redacted before anybody stores them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from readiness import english, formatting
from readiness.errors import InputError
from readiness.importers.batch import Batch, Options
from readiness.importers.naming import propose
from readiness.importers.settings import dated
from readiness.importers.source.gateway import Source
from readiness.importers.source.limits import HELD_SPANS, MOST_SPANS
from readiness.language import tr
from readiness.model.evidence import Evidence, Origin, ReadAs, Skipped

from .kept_traces import KeptTraces
from .outlines import FEWER, Drawn, Outlines, Seen
from .raw_spans import RawSpan, check
from .span_values import EPOCH, NANO

SKIPS_LISTED = 100
MOST_ORIGINS = 200


@dataclass
class TraceBuilder:
    """The traces of a file. `derive` adds the answer that went out where the tool records none.

    Every span counts; only those of chosen traces are put together and redacted. `filled` works out which, unless
    `drawn` says so.
    """

    source: Source
    options: Options
    format: str
    tool: str = ""
    tool_version: str = ""
    derive: bool = True
    drawn: Drawn | None = None
    notes: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    left_out: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    """Of a file that is streamed: after which of its records each trace is whole (see `whole_traces`)."""

    def __post_init__(self) -> None:
        self.is_streamed = self.source.is_streamed
        self.is_held = self.source.size <= HELD_SPANS
        self.kept = KeptTraces(self.options, derive=self.derive)
        self._remarks: dict[str, list[str]] = {}
        self._held: dict[str, list[RawSpan]] = {}
        self._outlines = Outlines(self.options, derive=self.derive, whole_names=self.is_held, file=self.source.name)

    def filled(self, fill: Callable[[TraceBuilder], None]) -> Batch:
        """What `fill` adds to this as a batch; of a large file it is called twice, and must add the same again.

        Raises InputError where no span could be kept, or where there are too many.
        """
        fill(self)
        self.drawn = self._draw()
        if self.is_held:
            for trace_id in filter(self.drawn.chosen.__contains__, self._held):
                for raw_span in self._held[trace_id]:
                    self.kept.add(raw_span)
            return self.batch()
        again = replace(self, notes=[], skipped=[])
        fill(again)
        again.notes, again.skipped, again.tool_version = self.notes, self.skipped, self.tool_version
        return again.batch()

    def flag(self, trace_id: str, remark: str) -> None:
        """What only the importer can know of a trace; it stands before what its spans show."""
        if self.is_held or (self.drawn and trace_id in self.drawn.chosen):
            self._remarks.setdefault(trace_id, []).append(remark[:300])

    def skip(self, place: str, reason: str) -> None:
        self.left_out += 1
        if not self.is_streamed or self.left_out <= SKIPS_LISTED:
            self.skipped.append(Skipped(place=place, reason=reason[:500]))

    def add(self, raw_span: RawSpan) -> None:
        """Put a span into its trace. Raises BadSpanError, and then the trace is as it was; InputError for too many."""
        check(raw_span)
        if self.drawn is not None:
            if raw_span.trace_id in self.drawn.chosen:
                self.kept.add(raw_span)
            return
        self._outlines.add(raw_span)
        if self.is_held:
            self._held.setdefault(raw_span.trace_id, []).append(raw_span)

    def _draw(self) -> Drawn:
        if not len(self._outlines):
            if not self.skipped:
                raise InputError(tr("there are no spans"), file=self.source.name, expected=tr("one trace at least"))
            first = self.skipped[0]
            raise InputError(
                tr("no span can be kept: {reason}", reason=first.reason), file=self.source.name, place=first.place
            )
        drawn = self._outlines.drawn(self.left_out)
        if drawn.spans > MOST_SPANS:
            most = formatting.whole(MOST_SPANS)
            problem = tr("the traces to keep have more than {most} spans", most=most)
            if drawn.spans == len(self._outlines):
                problem = tr("the file has more than {most} spans", most=most)
            raise InputError(problem, file=self.source.name, expected=tr(FEWER))
        return drawn

    def batch(self) -> Batch:
        """What was drawn, with the chosen traces. Raises InputError where none of them could be kept."""
        drawn = self.drawn or self._draw()
        seen, options = drawn.seen, self.options
        if not self.kept.drafts:
            self._draw()
        proposal = {trace_id: reasons for trace_id, reasons in drawn.proposal.items() if trace_id in self.kept}
        traces = tuple(
            trace.model_copy(update={"kept_for": list(proposal.get(trace.trace_id, ()))})
            for trace in self.kept.traces(self._remarks)
        )
        raw = self.kept.unredacted()
        warnings = tuple(self._warnings(seen, len(raw)))
        evidence = Evidence(
            name=self.source.name[:300],
            format=self.format,
            kind="traces",
            digest=self.source.digest,
            size=self.source.size,
            tool=self.tool,
            tool_version=self.tool_version[:300],
            measured_on=options.measured_on or _day(seen.latest_ns),
            options=_stated(options),
            kept=seen.spans,
            skipped=seen.skipped,
            skips=self.skipped[:SKIPS_LISTED],
            warnings=list(warnings),
            origins=[
                Origin(
                    label=label,
                    version=options.version or options.rename(label),
                    settings=seen.settings.of(label),
                )
                for label in seen.versions[:MOST_ORIGINS]
            ],
            doubts=dated(_day(seen.latest_ns), options.measured_on),
        )
        return Batch(
            self.format,
            evidence=evidence,
            traces=traces,
            raw=raw,
            stages=drawn.stages,
            counts=drawn.counts,
            proposal=proposal,
            skipped=tuple(self.skipped),
            warnings=warnings,
            fields=seen.fields,
            proposed=propose(seen.fields),
            mapping=options.mapping,
            versions=seen.versions,
        )

    def _warnings(self, seen: Seen, unredacted: int) -> Iterator[str]:
        if seen.nameless:
            yield f"{english.counted(seen.nameless, 'trace')} without a version, since no root span states one"
        missing = sorted(self.options.renames() - set(seen.versions))
        if missing:
            yield f"no root span states the version {english.listed([repr(label[:80]) for label in missing[:5]], 'or')}"
        for key in ("workflow", "cohort"):
            paths = self.options.mapping.get(key, "").split(",")
            absent = [path for path in paths if path and path.strip() not in seen.fields]
            if absent:
                yield f"no root span has {english.listed([repr(path[:80]) for path in absent], 'or')}"
        yield from self.notes
        if self.options.raw_until:
            until = english.day(self.options.raw_until)
            yield f"the texts of {english.counted(unredacted, 'span')} before redaction are kept apart until {until}"
        if seen.skipped > SKIPS_LISTED:
            yield f"{seen.skipped:,} spans were skipped, of which the first {SKIPS_LISTED} are listed"


def _stated(options: Options) -> ReadAs:
    """What a person said, as the evidence keeps it."""
    names = ("version", "mapping", "raw_until")
    return ReadAs(**{name: value for name in names if (value := getattr(options, name))})


def _day(nanoseconds: int) -> dt.date:
    return EPOCH.date() + dt.timedelta(days=nanoseconds // (86_400 * NANO))
