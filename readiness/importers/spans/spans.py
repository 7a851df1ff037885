"""From spans to traces: what the importers of tracing tools share.

A tool's file becomes `Found` spans in any order; `Traces` puts them together, redacts every text before anybody stores
it, and says in flags what is odd about a trace (a parent that is missing, two roots, clocks that disagree). Nothing is
repaired. What no tool records, the answer that went out, is derived from the root's output and marked so.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from readiness.errors import InputError
from readiness.formatting import count, day, listed
from readiness.importers.batch import Batch, Options
from readiness.importers.naming import propose
from readiness.importers.settings import Settings, dated
from readiness.importers.source.gateway import Source
from readiness.importers.source.limits import MOST_SPANS
from readiness.model.evidence import Evidence, Origin, ReadAs, Skipped
from readiness.model.traces import Span, SpanKind, SpanStatus, Trace, UnredactedText
from readiness.redaction.redactor import Redactor
from readiness.tracing.analysis import circular

from . import unredacted
from .span_values import EPOCH, NANO, BadSpanError

SKIPS_LISTED = 100
MOST_ORIGINS = 200
LONGEST_ID, LONGEST_NAME = 300, 20_000
MOST_VALUES = 2_000
DERIVED = "derived"
"""The attribute of a span that no tool recorded."""


@dataclass
class RawSpan:
    """One span as a tool has it; `fields` of a root can name workflow and cohort, and `version` is its label.

    `settings` are what it says of what ran (see `importers.settings`).

    Texts may be anything JSON can hold; they are redacted when the span is added.
    """

    trace_id: str
    span_id: str
    name: str
    start_ns: int
    end_ns: int | None
    parent_id: str = ""
    kind: SpanKind = "other"
    status: SpanStatus = "unset"
    error: Any = ""
    input: Any = ""
    output: Any = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass
class _Draft:
    """A trace while its spans come in."""

    trace_id: str
    spans: dict[str, Span] = field(default_factory=dict)
    roots: list[RawSpan] = field(default_factory=list)
    labelled_children: int = 0
    missed: int = 0
    redactor: Redactor = field(default_factory=Redactor)
    unredacted: list[UnredactedText] = field(default_factory=list)
    settings: list[Mapping[str, object]] = field(default_factory=list)


class Skipping(Protocol):
    """Where it is noted what was left out, and why."""

    def skip(self, place: str, reason: str) -> None: ...


@dataclass(frozen=True)
class Seen:
    """What stands in a whole file, of which only some traces may be looked at closely."""

    spans: int
    latest_ns: int
    nameless: int
    versions: tuple[str, ...]
    fields: tuple[str, ...]
    skipped: int
    settings: Settings


@dataclass
class TraceBuilder:
    """The traces of a file. `derive` adds the answer that went out where the tool records none."""

    source: Source
    options: Options
    format: str
    tool: str = ""
    tool_version: str = ""
    derive: bool = True
    notes: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    drafts: dict[str, _Draft] = field(default_factory=dict)
    held: int = 0
    flags: dict[str, list[str]] = field(default_factory=dict)
    seen: dict[str, tuple[str, dict[str, int]]] = field(default_factory=dict)

    def flag(self, trace_id: str, remark: str) -> None:
        """What only the importer can know of a trace; it stands before what its spans show."""
        self.flags.setdefault(trace_id, []).append(remark[:300])

    def skip(self, place: str, reason: str) -> None:
        self.skipped.append(Skipped(place=place, reason=reason[:500]))

    def add(self, raw_span: RawSpan) -> None:
        """Put a span into its trace. Raises BadSpanError, and then the trace is as it was; InputError for too many."""
        span = checked(raw_span)
        if self.held == MOST_SPANS:
            raise InputError(
                f"the file has more than {MOST_SPANS:,} spans",
                file=self.source.name,
                expected="a part of them, or OTLP with one document in each line",
            )
        draft = self.drafts.get(raw_span.trace_id) or _Draft(raw_span.trace_id, redactor=Redactor(seen=self.seen))
        if span.span_id in draft.spans:
            raise BadSpanError(f"the span {span.span_id!r} stands twice in this trace; the first one was kept")
        self.drafts[raw_span.trace_id] = draft
        draft.spans[span.span_id] = span
        self.held += 1
        redactor = draft.redactor
        span.name = redactor.text(raw_span.name)
        room = _Room()
        texts = [room.plain(value) for value in (raw_span.error, raw_span.input, raw_span.output)]
        span.error, span.input, span.output = (_shown(value, redactor) for value in texts)
        attributes = room.plain(dict(raw_span.attributes))
        span.attributes = redactor.value(attributes)
        draft.missed += room.missed
        if raw_span.settings:
            draft.settings.append(raw_span.settings)
        if self.options.raw_until:
            draft.unredacted += unredacted.changed(raw_span.trace_id, span, texts, attributes, self.options.raw_until)
        if not span.parent_id:
            draft.roots.append(raw_span)
        elif any(raw_span.labels.values()):
            draft.labelled_children += 1

    def batch(self, seen: Seen | None = None) -> Batch:
        """Every trace. Raises InputError where no span could be kept.

        `seen` is what the whole file says where these are not all of its traces.
        """
        if not self.drafts:
            if not self.skipped:
                raise InputError("there are no spans", file=self.source.name, expected="one trace at least")
            first = self.skipped[0]
            raise InputError(f"no span can be kept: {first.reason}", file=self.source.name, place=first.place)
        drafts = list(self.drafts.values())
        traces = tuple(self._trace(draft) for draft in drafts)
        seen = seen or self._seen(drafts, traces)
        warnings = tuple(self._warnings(seen))
        options = self.options
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
            raw=tuple(raw for draft in drafts for raw in draft.unredacted),
            skipped=tuple(self.skipped),
            warnings=warnings,
            fields=seen.fields,
            proposed=propose(seen.fields),
            mapping=options.mapping,
            versions=seen.versions,
        )

    def _seen(self, drafts: Sequence[_Draft], traces: Sequence[Trace]) -> Seen:
        spans = [span for draft in drafts for span in draft.spans.values()]
        labels = dict.fromkeys(draft.roots[0].version for draft in drafts if draft.roots)
        settings = Settings()
        for draft in drafts:
            for stated in draft.settings if draft.roots else ():
                settings.add(draft.roots[0].version, stated)
        return Seen(
            spans=sum(DERIVED not in span.attributes for span in spans),
            latest_ns=max(span.start_ns for span in spans),
            nameless=sum(not trace.version for trace in traces),
            versions=tuple(label for label in labels if label),
            fields=tuple(dict.fromkeys(name for draft in drafts for root in draft.roots for name in root.fields)),
            skipped=len(self.skipped),
            settings=settings,
        )

    def _trace(self, draft: _Draft) -> Trace:
        root = draft.roots[0] if draft.roots else None
        flags = [*self.flags.get(draft.trace_id, ()), *_flags(draft)]
        if self.derive and root is not None:
            _derive_output(draft, root)
        labels = dict(root.labels) if root else {}
        label = root.version if root else ""
        named = {key: named_by(self.options, key, root.fields) for key in ("workflow", "cohort")} if root else {}
        return Trace(
            **{**{key: value for key, value in named.items() if value}, **{k: v for k, v in labels.items() if v}},
            version=self.options.version or self.options.rename(label),
            trace_id=draft.trace_id,
            spans=list(draft.spans.values()),
            flags=flags,
            redacted=dict(sorted(draft.redactor.counts.items())),
        )

    def _warnings(self, seen: Seen) -> Iterator[str]:
        if seen.nameless:
            yield f"{count(seen.nameless, 'trace')} without a version, since no root span states one"
        missing = sorted(self.options.renames() - set(seen.versions))
        if missing:
            yield f"no root span states the version {listed([repr(label[:80]) for label in missing[:5]], 'or')}"
        for key in ("workflow", "cohort"):
            paths = self.options.mapping.get(key, "").split(",")
            absent = [path for path in paths if path and path.strip() not in seen.fields]
            if absent:
                yield f"no root span has {listed([repr(path[:80]) for path in absent], 'or')}"
        yield from self.notes
        if self.options.raw_until:
            spans = count(sum(len(draft.unredacted) for draft in self.drafts.values()), "span")
            yield f"the texts of {spans} before redaction are kept apart until {day(self.options.raw_until)}"
        if seen.skipped > SKIPS_LISTED:
            yield f"{seen.skipped:,} spans were skipped, of which the first {SKIPS_LISTED} are listed"


def named_by(options: Options, key: str, fields: Mapping[str, str]) -> str:
    """What the mapping says a root's workflow or cohorts are named by."""
    paths = [path.strip() for path in options.mapping.get(key, "").split(",") if path.strip()]
    if key == "workflow":
        return next((fields[path] for path in paths if fields.get(path)), "")[:300]
    named = (f"{path.rpartition('.')[2]}={fields[path]}" for path in paths if fields.get(path))
    return ";".join(part.replace(";", ",") for part in named)[:300]


def checked(raw_span: RawSpan) -> Span:
    """The span without its texts."""
    for what, value in (("trace id", raw_span.trace_id), ("span id", raw_span.span_id)):
        if not value:
            raise BadSpanError(f"the {what} is missing")
    for what, value in (
        ("trace id", raw_span.trace_id),
        ("span id", raw_span.span_id),
        ("parent id", raw_span.parent_id),
    ):
        if len(value) > LONGEST_ID:
            raise BadSpanError(f"the {what} has {len(value):,} characters; expected at most {LONGEST_ID}")
    if len(raw_span.name) > LONGEST_NAME:
        raise BadSpanError(f"the name has {len(raw_span.name):,} characters; expected at most {LONGEST_NAME:,}")
    if not 0 <= raw_span.start_ns < 2**63 or not 0 <= (raw_span.end_ns or 0) < 2**63:
        raise BadSpanError("a time lies outside what can be kept; expected nanoseconds since 1970")
    return Span(
        span_id=raw_span.span_id,
        parent_id=raw_span.parent_id,
        kind=raw_span.kind,
        name="",
        start_ns=raw_span.start_ns,
        end_ns=raw_span.end_ns,
        status=raw_span.status,
    )


def _derive_output(draft: _Draft, root: RawSpan) -> None:
    """The answer that went out, at the end of the request and of no length, where no span says so itself."""
    kept = draft.spans[root.span_id]
    if kept.end_ns is None or not kept.output or any(span.kind == "output" for span in draft.spans.values()):
        return
    span_id = f"{root.span_id[: LONGEST_ID - 7]}-output"
    if span_id in draft.spans:
        return
    draft.spans[span_id] = Span(
        span_id=span_id,
        parent_id=root.span_id,
        kind="output",
        name="answer",
        start_ns=kept.end_ns,
        end_ns=kept.end_ns,
        output=kept.output,
        attributes={DERIVED: True},
    )


@dataclass
class _Room:
    """How many values of structures one span may still hold; what comes after is left out, and counted."""

    left: int = MOST_VALUES
    missed: int = 0

    def plain(self, value: Any) -> Any:
        """What JSON and the store can hold: exact decimals as floats, and numbers that are none as text."""
        if isinstance(value, Decimal):
            value = float(value)
        if isinstance(value, float) and not math.isfinite(value):
            return str(value)
        if isinstance(value, (list, tuple)):
            return [self.plain(item) for item in self._fitting(value)]
        if isinstance(value, dict):
            return {str(key): self.plain(value[key]) for key in self._fitting(value)}
        return value

    def _fitting(self, values: Sequence[Any] | dict[Any, Any]) -> list[Any]:
        kept = list(itertools.islice(values, max(self.left, 0)))
        self.missed += len(values) - len(kept)
        self.left -= len(kept)
        return kept


def _shown(plain: Any, redactor: Redactor) -> str:
    """What is no text is redacted while its parts still stand apart, and once more when they are one."""
    text = unredacted.as_text(plain if isinstance(plain, str) else redactor.value(plain))
    return redactor.text(text) if text else ""


def _flags(draft: _Draft) -> Iterator[str]:
    """What a reader should know before trusting the picture, in words."""
    spans = draft.spans
    pairs = [(span, spans[span.parent_id]) for span in spans.values() if span.parent_id in spans]
    orphans = sum(1 for span in spans.values() if span.parent_id and span.parent_id not in spans)
    if not draft.roots:
        yield "no root span: every span names a parent"
    if len(draft.roots) > 1:
        yield f"{count(len(draft.roots), 'root span')}; the first in the file names version, workflow, cohort and path"
    findings = {
        "whose parent is not in the trace": orphans,
        "in a circle of parents": len(circular(list(spans.values()))),
        "without an end": sum(span.end_ns is None for span in spans.values()),
        "that ends before it starts": sum(_backwards(span) for span in spans.values()),
        "with a start before the parent's, as when clocks disagree": sum(a.start_ns < b.start_ns for a, b in pairs),
        "with an end after the parent's": sum(
            a.end_ns > b.end_ns for a, b in pairs if a.end_ns is not None and b.end_ns is not None
        ),
        "below the root with version, workflow, cohort, path or note; only the root's count": draft.labelled_children,
    }
    yield from (f"{count(number, 'span')} {what}" for what, number in findings.items() if number)
    if draft.missed:
        yield f"{count(draft.missed, 'value')} left out of structures with more than {MOST_VALUES:,} values in a span"
    if draft.redactor.cut:
        yield f"{count(draft.redactor.cut, 'text')} cut after {draft.redactor.cap:,} characters"


def _backwards(span: Span) -> bool:
    return span.end_ns is not None and span.end_ns < span.start_ns


def _stated(options: Options) -> ReadAs:
    """What a person said, as the evidence keeps it."""
    names = ("version", "mapping", "raw_until")
    return ReadAs(**{name: value for name in names if (value := getattr(options, name))})


def _day(nanoseconds: int) -> dt.date:
    return EPOCH.date() + dt.timedelta(days=nanoseconds // (86_400 * NANO))
