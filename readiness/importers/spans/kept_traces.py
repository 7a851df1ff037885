"""The traces of a file that are kept: put together from their spans, redacted, and with flags for what is odd.

Nothing is repaired. What no tool records, the answer that went out, is derived from the root's output and marked so.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from readiness import english
from readiness.importers.batch import Options
from readiness.model.traces import Span, Trace, UnredactedText
from readiness.redaction.redactor import Looked, Redactor
from readiness.tracing.analysis import circular

from . import unredacted
from .raw_spans import DERIVED, RawSpan, derived_id, named_by
from .span_values import BadSpanError

MOST_VALUES = 2_000
AT_ONCE = 64
"""Spans whose texts are looked through together."""


@dataclass
class _Draft:
    """A trace while its spans come in."""

    trace_id: str
    spans: dict[str, Span] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    roots: list[RawSpan] = field(default_factory=list)
    labelled_children: int = 0
    missed: int = 0
    redactor: Redactor = field(default_factory=Redactor)
    unredacted: list[UnredactedText] = field(default_factory=list)


@dataclass
class _Waiting:
    """A span that is to be redacted, with error, input and output, and attributes, as JSON can hold them."""

    draft: _Draft
    raw_span: RawSpan
    texts: list[Any]
    attributes: dict[str, Any]


class KeptTraces:
    """Takes the spans in any order; `traces` are what they come to. `derive` adds the answer that went out."""

    def __init__(self, options: Options, *, derive: bool) -> None:
        self.options, self.derive = options, derive
        self.drafts: dict[str, _Draft] = {}
        self._waiting: list[_Waiting] = []
        self._looked = Looked()

    def __contains__(self, trace_id: str) -> bool:
        return trace_id in self.drafts

    def add(self, raw_span: RawSpan) -> None:
        """Put a span into its trace. Raises BadSpanError, and then the trace is as it was."""
        draft = self.drafts.get(raw_span.trace_id) or _Draft(raw_span.trace_id, redactor=Redactor(looked=self._looked))
        if raw_span.span_id in draft.ids:
            raise BadSpanError(f"the span {raw_span.span_id!r} stands twice in this trace; the first one was kept")
        self.drafts[raw_span.trace_id] = draft
        draft.ids.add(raw_span.span_id)
        if not raw_span.parent_id:
            draft.roots.append(raw_span)
        elif any(raw_span.labels.values()):
            draft.labelled_children += 1
        self._redact_later(draft, raw_span)

    def _redact_later(self, draft: _Draft, raw_span: RawSpan) -> None:
        room = _Room()
        texts = [room.plain(value) for value in (raw_span.error, raw_span.input, raw_span.output)]
        self._waiting.append(_Waiting(draft, raw_span, texts, room.plain(dict(raw_span.attributes))))
        draft.missed += room.missed
        if len(self._waiting) == AT_ONCE:
            self._redact()

    def _redact(self) -> None:
        """Redact the spans that wait, whose texts are looked through together."""
        waiting, self._waiting = self._waiting, []
        self._looked.through(text for span in waiting for text in _texts_of(span))
        parted = [[_parted(text, span.draft.redactor) for text in span.texts] for span in waiting]
        names = [span.draft.redactor.text(span.raw_span.name) for span in waiting]
        attributes = [span.draft.redactor.value(span.attributes) for span in waiting]
        self._looked.through(text for texts in parted for text in texts if text)
        for span, name, texts, kept in zip(waiting, names, parted, attributes, strict=True):
            self._keep(span, name, [span.draft.redactor.text(text) if text else "" for text in texts], kept)

    def _keep(self, waiting: _Waiting, name: str, texts: list[str], attributes: dict[str, Any]) -> None:
        draft, raw_span = waiting.draft, waiting.raw_span
        error, input_, output = texts
        span = draft.spans[raw_span.span_id] = Span(
            span_id=raw_span.span_id,
            parent_id=raw_span.parent_id,
            kind=raw_span.kind,
            name=name,
            start_ns=raw_span.start_ns,
            end_ns=raw_span.end_ns,
            status=raw_span.status,
            error=error,
            input=input_,
            output=output,
            attributes=attributes,
        )
        until = self.options.raw_until
        if until:
            draft.unredacted += unredacted.changed(draft.trace_id, span, waiting.texts, waiting.attributes, until)

    def traces(self, remarks: Mapping[str, Sequence[str]]) -> Iterator[Trace]:
        """Every trace; remarks on it stand before what its spans show."""
        self._redact()
        for draft in self.drafts.values():
            yield self._trace(draft, remarks.get(draft.trace_id, ()))

    def unredacted(self) -> tuple[UnredactedText, ...]:
        return tuple(text for draft in self.drafts.values() for text in draft.unredacted)

    def _trace(self, draft: _Draft, remarks: Sequence[str]) -> Trace:
        root = draft.roots[0] if draft.roots else None
        flags = [*remarks, *_flags(draft)]
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


def _derive_output(draft: _Draft, root: RawSpan) -> None:
    """The answer that went out, at the end of the request and of no length, where no span says so itself."""
    kept = draft.spans[root.span_id]
    if kept.end_ns is None or not kept.output or any(span.kind == "output" for span in draft.spans.values()):
        return
    span_id = derived_id(root.span_id)
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
        if isinstance(value, str):
            return value
        if isinstance(value, Decimal):
            value = float(value)
        if isinstance(value, float) and not math.isfinite(value):
            return str(value)
        if isinstance(value, (list, tuple)):
            return [self.plain(item) for item in self._fitting(value)]
        if isinstance(value, dict):
            return {str(key): self.plain(value[key]) for key in self._fitting(value)}
        return value

    def _fitting(self, values: Sequence[Any] | dict[Any, Any]) -> Iterable[Any]:
        if len(values) <= self.left:
            self.left -= len(values)
            return values
        kept = list(itertools.islice(values, max(self.left, 0)))
        self.missed += len(values) - len(kept)
        self.left -= len(kept)
        return kept


def _texts_of(span: _Waiting) -> Iterator[str]:
    """The name of a span, and every text and key within its structures."""
    structures = (text for text in span.texts if not isinstance(text, str))
    return texts_in(span.raw_span.name, span.attributes, *structures)


def texts_in(*values: Any) -> Iterator[str]:
    """Every text and key within values as JSON can hold them."""
    left = list(values)
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from value
            left += value.values()
        elif isinstance(value, list):
            left += value


def _parted(plain: Any, redactor: Redactor) -> str:
    """What is no text is redacted while its parts still stand apart; it is redacted once more when they are one."""
    return unredacted.as_text(plain if isinstance(plain, str) else redactor.value(plain))


def _flags(draft: _Draft) -> Iterator[str]:
    """What a reader should know before trusting the picture, in words."""
    spans = draft.spans
    pairs = [(span, spans[span.parent_id]) for span in spans.values() if span.parent_id in spans]
    orphans = sum(1 for span in spans.values() if span.parent_id and span.parent_id not in spans)
    if not draft.roots:
        yield "no root span: every span names a parent"
    if len(draft.roots) > 1:
        roots = english.counted(len(draft.roots), "root span")
        yield f"{roots}; the first in the file names version, workflow, cohort and path"
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
    yield from (f"{english.counted(number, 'span')} {what}" for what, number in findings.items() if number)
    if draft.missed:
        missed = english.counted(draft.missed, "value")
        yield f"{missed} left out of structures with more than {MOST_VALUES:,} values in a span"
    if draft.redactor.cut:
        yield f"{english.counted(draft.redactor.cut, 'text')} cut after {draft.redactor.cap:,} characters"


def _backwards(span: Span) -> bool:
    return span.end_ns is not None and span.end_ns < span.start_ns
