"""Native spans: one JSON object per line and span, in any order; a trace may be spread over the file.

Nothing is repaired. What is odd about a trace (a parent that is missing, two roots, clocks that disagree) is said in
its flags. Texts are redacted here, before anybody stores them; a note is a person's own words and stays.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, get_args

from ..errors import InputError
from ..records import Evidence, Path, Skipped, Span, SpanKind, SpanStatus, Trace
from ..redaction import Redactor
from ..words import count, listed
from .batch import Batch, Options
from .gateway import Source, parse_json

ROOT_FIELDS = ("version", "workflow", "cohort", "path", "note")
FIELDS = {"trace_id", "start", "duration_ms", *Span.model_fields, *ROOT_FIELDS} - {"start_ns", "end_ns"}
NANO = 1_000_000_000
LONGEST_TEXT = 20_000
SKIPS_LISTED = 100
LONGEST_MS = 10**12
"""About 32 years; a longer span is a mistake in the unit."""

_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:([Zz])|([+-])([0-9]{2}):([0-9]{2}))"
)
_EPOCH = dt.datetime(1970, 1, 1)
_YEARS = range(1970, 2200)


class NativeSpans:
    format = "native-spans"
    title = "spans (JSON lines)"

    def sniff(self, source: Source) -> bool:
        """JSON objects, one per line, with our names; a fault in one of them is for `read` to tell."""
        lines = [line for line in source.head_text.split("\n") if line.strip()][:20]
        return bool(lines) and lines[0].lstrip().startswith("{") and any(_is_ours(line) for line in lines)

    def read(self, source: Source, options: Options) -> Batch:
        _check_options(source, options)
        skipped: list[Skipped] = []
        unknown: Counter[str] = Counter()
        traces: dict[str, _Draft] = {}
        for line, row in _rows(source):
            try:
                _add(traces, row)
                unknown.update(row.keys() - FIELDS)
            except _BadRowError as exc:
                skipped.append(Skipped(place=f"line {line}", reason=str(exc)))
        if not traces and skipped:
            raise InputError(f"no span can be kept: {skipped[0].reason}", file=source.name, place=skipped[0].place)
        if not traces:
            raise InputError("there are only blank lines", file=source.name, expected="spans")
        return _batch(source, options, list(traces.values()), skipped, unknown)


IMPORTER = NativeSpans()


def _is_ours(line: str) -> bool:
    names = set(re.findall(r'"(\w+)"\s*:', line))
    return {"trace_id", "span_id"} <= names and bool({"duration_ms", "start"} & names)


class _BadRowError(Exception):
    """Why one line cannot be kept."""


@dataclass
class _Draft:
    """A trace while its lines come in."""

    trace_id: str
    spans: dict[str, Span] = field(default_factory=dict)
    roots: list[dict[str, Any]] = field(default_factory=list)
    labelled_children: int = 0
    redactor: Redactor = field(default_factory=Redactor)


def _check_options(source: Source, options: Options) -> None:
    named = sorted(key for key in options.mapping if not key.startswith("version:"))
    if named:
        raise InputError(
            f"spans name workflow and cohort themselves, so {listed([repr(key) for key in named])} cannot be mapped",
            file=source.name,
            expected="version:LABEL=VERSION at most",
        )


def _rows(source: Source) -> Iterator[tuple[int, Any]]:
    """Lines as JSON, with their numbers; only a line feed ends one, since texts may hold other line ends."""
    for number, line in enumerate(source.text.split("\n"), start=1):
        if line.strip():
            yield number, parse_json(line, file=source.name, place=f"line {number}", exact=True)


def _add(traces: dict[str, _Draft], row: Any) -> None:
    """Everything that may be wrong with a row is looked at before the trace is touched."""
    if not isinstance(row, dict):
        raise _BadRowError("this is not a JSON object; expected one span")
    trace_id, span = _id(row, "trace_id", required=True), _span(row)
    labels = _labels(row)
    draft = traces.get(trace_id) or _Draft(trace_id)
    if span.span_id in draft.spans:
        raise _BadRowError(f"the span {span.span_id!r} stands twice in this trace; the first one was kept")
    traces[trace_id] = draft
    draft.spans[span.span_id] = span
    span.name = draft.redactor.text(span.name)
    span.error, span.input, span.output = (_shown(row.get(key), draft.redactor) for key in ("error", "input", "output"))
    span.attributes = draft.redactor.value(_plain(row.get("attributes") or {}))
    if not span.parent_id:
        draft.roots.append(labels)
    elif any(labels.values()):
        draft.labelled_children += 1


def _span(row: dict[str, Any]) -> Span:
    """The span without its texts."""
    start = _start(row)
    if not isinstance(row.get("attributes") or {}, dict):
        raise _BadRowError("attributes is not an object; expected names and values")
    return Span(
        span_id=_id(row, "span_id", required=True),
        parent_id=_id(row, "parent_id"),
        kind=_choice(row, "kind", get_args(SpanKind)),
        name=_text(row, "name", required=True, longest=LONGEST_TEXT),
        start_ns=start,
        end_ns=start + _duration(row),
        status=_choice(row, "status", get_args(SpanStatus)),
    )


def _labels(row: dict[str, Any]) -> dict[str, Any]:
    path = row.get("path") or None
    return {
        **{key: _text(row, key) for key in ("version", "workflow", "cohort")},
        "path": path and _choice(row, "path", get_args(Path)),
        "note": _text(row, "note", longest=LONGEST_TEXT),
    }


def _text(row: dict[str, Any], key: str, *, required: bool = False, longest: int = 300) -> str:
    value = row.get(key)
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise _BadRowError(f"{key} is {_brief(value)}; expected text")
    if required and not value:
        raise _BadRowError(f"{key} is missing; expected text")
    if len(value) > longest:
        raise _BadRowError(f"{key} has {len(value):,} characters; expected at most {longest:,}")
    return value


def _id(row: dict[str, Any], key: str, *, required: bool = False) -> str:
    """Hexadecimal ids in one spelling, so that tools that disagree on case or prefix still meet."""
    text = _text(row, key, required=required)
    return text.lower().removeprefix("0x") if re.fullmatch("(?:0[xX])?[0-9a-fA-F]+", text) else text


def _choice(row: dict[str, Any], key: str, allowed: tuple[str, ...]) -> Any:
    if key not in row:
        raise _BadRowError(f"{key} is missing; expected {listed(allowed, 'or')}")
    if row[key] not in allowed:
        raise _BadRowError(f"{key} is {_brief(row[key])}; expected {listed(allowed, 'or')}")
    return row[key]


def _start(row: dict[str, Any]) -> int:
    """Nanoseconds since the epoch, from the digits as they are written."""
    text = _text(row, "start", required=True)
    match = _TIME.fullmatch(text)
    if match is None:
        raise _BadRowError(f"start is {_brief(text)}; expected a time with its zone, such as 2026-11-20T09:30:00.25Z")
    try:
        moment = dt.datetime(*(int(part) for part in match.groups()[:6]))  # type: ignore[arg-type]
        offset = dt.timedelta(hours=int(match[10] or 0), minutes=int(match[11] or 0))
    except ValueError as exc:
        raise _BadRowError(f"start is {_brief(text)}; expected a time that exists") from exc
    if offset >= dt.timedelta(days=1) or int(match[11] or 0) > 59:
        raise _BadRowError(f"start is {_brief(text)}; expected a time that exists")
    if moment.year not in _YEARS:
        raise _BadRowError(f"start is {_brief(text)}; expected a time from {_YEARS.start} to {_YEARS.stop - 1}")
    since = moment - _EPOCH - (-offset if match[9] == "-" else offset)
    return (since.days * 86_400 + since.seconds) * NANO + int((match[7] or "").ljust(9, "0"))


def _duration(row: dict[str, Any]) -> int:
    value = row.get("duration_ms")
    if value is None:
        raise _BadRowError("duration_ms is missing; expected a number of milliseconds")
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or not 0 <= value <= LONGEST_MS:
        raise _BadRowError(f"duration_ms is {_brief(value)}; expected a number from 0 to {LONGEST_MS:,}")
    return int((Decimal(value) * 1_000_000).to_integral_value())


def _brief(value: Any) -> str:
    shown = str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"


def _plain(value: Any) -> Any:
    """Decimals as floats: exact digits matter for times only."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return {key: _plain(item) for key, item in value.items()} if isinstance(value, dict) else value


def _shown(value: Any, redactor: Redactor) -> str:
    """A text as it is; anything else as JSON, redacted while its parts still stand apart."""
    if value is None or isinstance(value, str):
        return redactor.text(value or "")
    return redactor.text(json.dumps(redactor.value(_plain(value)), ensure_ascii=False))


def _trace(draft: _Draft, options: Options) -> Trace:
    labels = draft.roots[0] if draft.roots else {}
    version = options.version or options.rename(labels.get("version", ""))
    return Trace(
        **{**labels, "version": version},
        trace_id=draft.trace_id,
        spans=list(draft.spans.values()),
        flags=list(_flags(draft)),
        redacted=dict(sorted(draft.redactor.counts.items())),
    )


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
        "in a circle of parents": _circular(spans),
        "with a start before the parent's, as when clocks disagree": sum(a.start_ns < b.start_ns for a, b in pairs),
        "with an end after the parent's": sum((a.end_ns or 0) > (b.end_ns or 0) for a, b in pairs),
        "below the root with version, workflow, cohort, path or note; only the root's count": draft.labelled_children,
    }
    yield from (f"{count(number, 'span')} {what}" for what, number in findings.items() if number)
    if draft.redactor.cut:
        yield f"{count(draft.redactor.cut, 'text')} cut after {draft.redactor.cap:,} characters"


def _circular(spans: dict[str, Span]) -> int:
    """How many spans are their own ancestors."""
    walked: dict[str, str] = {}
    circular = 0
    for start in spans:
        way: list[str] = []
        at = start
        while at in spans and at not in walked:
            walked[at] = start
            way.append(at)
            at = spans[at].parent_id
        if walked.get(at) == start and way:
            circular += len(way) - way.index(at)
    return circular


def _batch(
    source: Source, options: Options, drafts: list[_Draft], skipped: list[Skipped], unknown: Counter[str]
) -> Batch:
    traces = tuple(_trace(draft, options) for draft in drafts)
    labels = tuple(dict.fromkeys(draft.roots[0]["version"] for draft in drafts if draft.roots))
    versions = tuple(label for label in labels if label)
    warnings = tuple(_warnings(traces, options, versions, skipped, unknown))
    spans = [span for trace in traces for span in trace.spans]
    evidence = Evidence(
        name=source.name[:300],
        format=NativeSpans.format,
        kind="traces",
        digest=source.digest,
        size=source.size,
        measured_on=options.measured_on or _day(max(span.start_ns for span in spans)),
        options={key: value for key, value in (("version", options.version), ("mapping", options.mapping)) if value},
        kept=len(spans),
        skipped=len(skipped),
        skips=skipped[:SKIPS_LISTED],
        warnings=list(warnings),
    )
    return Batch(
        NativeSpans.format,
        evidence=evidence,
        traces=traces,
        skipped=tuple(skipped),
        warnings=warnings,
        mapping=options.mapping,
        versions=versions,
    )


def _day(nanoseconds: int) -> dt.date:
    return _EPOCH.date() + dt.timedelta(days=nanoseconds // (86_400 * NANO))


def _warnings(
    traces: Iterable[Trace], options: Options, versions: tuple[str, ...], skipped: list[Skipped], unknown: Counter[str]
) -> Iterator[str]:
    nameless = sum(1 for trace in traces if not trace.version)
    if nameless:
        yield f"{count(nameless, 'trace')} without a version, since no root span states one"
    missing = sorted(options.renames() - set(versions))
    if missing:
        yield f"no root span states the version {listed([repr(label[:80]) for label in missing[:5]], 'or')}"
    if unknown:
        names = [repr(name[:80]) for name, _ in unknown.most_common(5)]
        yield f"left out, because the format does not know them: {listed(names)}"
    if len(skipped) > SKIPS_LISTED:
        yield f"{len(skipped):,} lines were skipped, of which the first {SKIPS_LISTED} are listed"
