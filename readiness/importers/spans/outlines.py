"""Every span of a file without its texts: what figures are drawn from, and what decides which traces are kept.

Of a span only numbers stay, in columns, and of a trace what its roots say. So a file may be much larger than memory: it
is looked at once for this, and once more for the texts of the few traces that are kept.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from readiness import formatting
from readiness.errors import InputError
from readiness.importers.batch import Options
from readiness.importers.settings import Settings
from readiness.importers.source.limits import COUNTED_SPANS
from readiness.language import marked, tr
from readiness.model.traces import StageFigure, TraceCount, TracePath
from readiness.redaction.redactor import Looked, Redactor
from readiness.tracing import columnar, sampling
from readiness.tracing.columnar import KINDS, NO_END, Numbers, Roots, SpanTable
from readiness.tracing.sampling import Reasons

from .raw_spans import DERIVED, LONGEST_ID, RawSpan, derived_id, named_by, says
from .span_values import BadSpanError

_CODES = {"trace": "i", "own": "i", "parent": "i", "start": "q", "end": "q", "kind": "b", "error": "b", "name": "i"}
_MOST_FIELDS = 10_000
"""Names by which roots could be told apart."""
FEWER = marked("a part of them, or OTLP with one document in each line")
_AT_ONCE = 1_000
"""Names that are looked through together."""
_T = TypeVar("_T")
Stated = tuple[tuple[str, object], ...]


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


@dataclass(frozen=True)
class Drawn:
    """What all spans of a file come to: figures, and the traces to keep, with the reasons for each that is proposed."""

    stages: tuple[StageFigure, ...]
    counts: tuple[TraceCount, ...]
    proposal: dict[str, Reasons]
    chosen: frozenset[str]
    spans: int
    seen: Seen


@dataclass(slots=True)
class _Outline:
    """A trace: the numbers of the ids of its spans and of the parents they name, and what its roots say."""

    number: int
    ids: dict[str, int] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    root: _Root | None = None
    fields: dict[tuple[str, ...], None] = field(default_factory=dict)
    settings: dict[Stated, None] = field(default_factory=dict)
    asked: bool = False
    answered: bool = False
    escalated: bool = False
    puts_out: bool = False
    put_out: bool = False

    def numbered(self, span_id: str) -> int:
        """From 1; 0 for no id."""
        return self.ids.setdefault(span_id, len(self.ids) + 1) if span_id else 0


@dataclass(frozen=True, slots=True)
class _Root:
    """The first root of a trace; the end is None where no answer can be derived from it."""

    span_id: str
    version: str
    workflow: str
    path: TracePath | None
    answered_at: int | None


class Outlines:
    """The traces of a file as far as figures need them. `derive` adds the answer that went out."""

    def __init__(self, options: Options, *, derive: bool, whole_names: bool, file: str) -> None:
        self.options, self.derive, self.whole_names, self.file = options, derive, whole_names, file
        self.traces: dict[str, _Outline] = {}
        self._columns = {name: array(code) for name, code in _CODES.items()}
        self._names: dict[str, int] = {}
        self._roots: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._stated: dict[Stated, Stated] = {}
        self._own = 0

    def __len__(self) -> int:
        return len(self._columns["trace"])

    def add(self, raw_span: RawSpan) -> None:
        """Raises BadSpanError where the span stands in its trace already, and InputError for too many."""
        if len(self) == COUNTED_SPANS:
            raise InputError(
                tr("the file has more than {most} spans", most=formatting.whole(COUNTED_SPANS)),
                file=self.file,
                expected=tr(FEWER),
            )
        outline = self.traces.get(raw_span.trace_id) or _Outline(len(self.traces))
        if raw_span.span_id in outline.own:
            raise BadSpanError(f"the span {raw_span.span_id!r} stands twice in this trace; the first one was kept")
        self.traces[raw_span.trace_id] = outline
        outline.own.add(raw_span.span_id)
        end = NO_END if raw_span.end_ns is None else raw_span.end_ns
        failed = raw_span.status == "error"
        self._append(outline, raw_span.span_id, raw_span.parent_id, raw_span.start_ns, end, raw_span.kind, failed)
        self._columns["name"].append(self._name(raw_span.name))
        self._own += DERIVED not in raw_span.attributes
        if raw_span.settings:
            outline.settings.setdefault(_interned(self._stated, _stated(raw_span.settings)))
        if raw_span.kind == "output":
            outline.puts_out, outline.put_out = True, outline.put_out or says(raw_span.output)
        if not raw_span.parent_id:
            self._root(outline, raw_span)

    def _append(
        self, outline: _Outline, own: str, parent: str, start: int, end: int, kind: str, failed: bool = False
    ) -> None:
        columns = self._columns
        columns["trace"].append(outline.number)
        columns["own"].append(outline.numbered(own))
        columns["parent"].append(outline.numbered(parent))
        columns["start"].append(start)
        columns["end"].append(end)
        columns["kind"].append(KINDS[kind])  # type: ignore[index]
        columns["error"].append(failed)

    def _name(self, name: str) -> int:
        """Very long names are told apart by their digests where there may be very many of them."""
        if len(name) > LONGEST_ID and not self.whole_names:
            name = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
        return self._names.setdefault(name, len(self._names))

    def _root(self, outline: _Outline, raw_span: RawSpan) -> None:
        answered = says(raw_span.output)
        outline.asked |= says(raw_span.input)
        outline.answered |= answered
        outline.escalated |= any(sampling.says_escalated(*item) for item in raw_span.attributes.items())
        if self.whole_names or len(self._roots) < _MOST_FIELDS:
            outline.fields.setdefault(_interned(self._roots, tuple(raw_span.fields)))
        if outline.root is None:
            outline.root = _Root(
                raw_span.span_id,
                raw_span.version,
                raw_span.labels.get("workflow") or named_by(self.options, "workflow", raw_span.fields),
                raw_span.labels.get("path") or None,
                raw_span.end_ns if answered else None,
            )

    def drawn(self, skipped: int) -> Drawn:
        """What the spans come to; there is one at least."""
        options, outlines, ids = self.options, list(self.traces.values()), list(self.traces)
        latest = self._derive(outlines)
        table = self._table()
        named = [_named(outline, options) for outline in outlines]
        number = {group: at for at, group in enumerate(dict.fromkeys(named))}
        roots = Roots(
            np.array([number[group] for group in named], dtype=int),
            _flags([outline.asked for outline in outlines]),
            _flags([outline.put_out if outline.puts_out else outline.answered for outline in outlines]),
            _flags([outline.escalated for outline in outlines]),
            np.zeros(0, dtype=int),
        )
        groups = list(number)
        stages = columnar.stages(table, roots, as_read(list(self._names)))
        paths = {at: outline.root.path for at, outline in enumerate(outlines) if outline.root and outline.root.path}
        summaries = replace(columnar.summaries(table, roots, groups), paths=paths)
        reasons = sampling.propose(summaries, ids, options.labelled)
        chosen = range(len(ids)) if len(ids) <= sampling.MOST else list(reasons)
        return Drawn(
            stages=tuple(columnar.figures(stages, roots, groups)),
            counts=tuple(columnar.counts(table, stages, roots, groups)),
            proposal={ids[at]: reason for at, reason in reasons.items()},
            chosen=frozenset(ids[at] for at in chosen),
            spans=sum(len(outlines[at].own) for at in chosen),
            seen=self._seen(outlines, named, max(latest, int(table.start.max())), skipped),
        )

    def _derive(self, outlines: list[_Outline]) -> int:
        """Add the answers that went out; says when the last of them did."""
        latest = 0
        for outline in outlines if self.derive else ():
            root = outline.root
            if root is None or root.answered_at is None or outline.puts_out or derived_id(root.span_id) in outline.own:
                continue
            at = root.answered_at
            self._append(outline, derived_id(root.span_id), root.span_id, at, at, "output")
            self._columns["name"].append(self._name("answer"))
            latest = max(latest, at)
        return latest

    def _table(self) -> SpanTable:
        columns = {name: np.frombuffer(column, dtype=column.typecode) for name, column in self._columns.items()}
        columns["error"] = columns["error"].view(bool)
        none_odd = np.zeros(len(self), dtype=bool)
        return SpanTable(**columns, own_odd=none_odd, parent_odd=none_odd)

    def _seen(self, outlines: list[_Outline], named: list[tuple[str, str]], latest: int, skipped: int) -> Seen:
        rooted = [(outline, outline.root.version) for outline in outlines if outline.root]
        settings = Settings()
        for outline, version in rooted:
            for stated in outline.settings:
                settings.add(version, dict(stated))
        return Seen(
            spans=self._own,
            latest_ns=latest,
            nameless=sum(not version for version, _ in named),
            versions=tuple(version for version in dict.fromkeys(version for _, version in rooted) if version),
            fields=tuple(dict.fromkeys(name for outline in outlines for names in outline.fields for name in names)),
            skipped=skipped,
            settings=settings,
        )


def as_read(names: list[str]) -> Callable[[Numbers], Numbers]:
    """Gives the same number to numbers of names that are the same once they are redacted."""

    def same(numbers: Numbers) -> Numbers:
        used, places = np.unique(numbers, return_inverse=True)
        looked, shown = Looked(), list[str]()
        for at in range(0, len(used), _AT_ONCE):
            some = [names[number] for number in used[at : at + _AT_ONCE].tolist()]
            looked.through(some)
            shown += map(Redactor(looked=looked).text, some)
        order = {name: at for at, name in enumerate(dict.fromkeys(shown))}
        return np.array([order[name] for name in shown], dtype=np.int32)[places]

    return same


def _named(outline: _Outline, options: Options) -> tuple[str, str]:
    """Version and workflow as the trace will have them."""
    label, workflow = (outline.root.version, outline.root.workflow) if outline.root else ("", "")
    return options.version or options.rename(label), workflow


def _stated(settings: Mapping[str, object]) -> Stated:
    return tuple((what, value) for what, value in settings.items() if isinstance(value, (str, int)))


def _interned(known: dict[_T, _T], value: _T) -> _T:
    """One object for all that are the same, as long as they are not too many."""
    return known.setdefault(value, value) if len(known) < _MOST_FIELDS else known.get(value, value)


def _flags(values: list[bool]) -> Numbers:
    return np.array(values, dtype=bool)
