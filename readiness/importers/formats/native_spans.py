"""Native spans: one JSON object per line and span, in any order; a trace may be spread over the file.

Nothing is repaired. What is odd about a trace (a parent that is missing, two roots, clocks that disagree) is said in
its flags. Texts are redacted here, before anybody stores them; a note is a person's own words and stays.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, get_args

from readiness import english
from readiness.errors import InputError
from readiness.formatting import listed
from readiness.importers.batch import VERSION, Batch, Options
from readiness.importers.settings import found
from readiness.importers.source.gateway import Source, parse_json
from readiness.importers.source.lines import text_lines
from readiness.importers.spans.raw_spans import RawSpan
from readiness.importers.spans.span_values import BadSpanError, instant
from readiness.importers.spans.spans import TraceBuilder
from readiness.language import marked, tr
from readiness.model.traces import Span, SpanKind, SpanStatus, TracePath

CLUSTER = "cluster_id"
ROOT_FIELDS = ("version", "workflow", "cohort", "path", "note", CLUSTER)
FIELDS = {"trace_id", "start", "duration_ms", *Span.model_fields, *ROOT_FIELDS} - {"start_ns", "end_ns"}
LONGEST_TEXT = 20_000
LONGEST_MS = 10**12
"""About 32 years; a longer span is a mistake in the unit."""


class NativeSpans:
    format = "native-spans"
    title = marked("spans (JSON lines)")

    def sniff(self, source: Source) -> bool:
        """JSON objects, one per line, with our names; a fault in one of them is for `read` to tell."""
        lines = [line for line in source.head_text.split("\n") if line.strip()][:20]
        return bool(lines) and lines[0].lstrip().startswith("{") and any(_is_ours(line) for line in lines)

    def read(self, source: Source, options: Options) -> Batch:
        _check_options(source, options)
        return TraceBuilder(source, options, self.format, derive=False).filled(_fill)


IMPORTER = NativeSpans()


def _fill(traces: TraceBuilder) -> None:
    unknown: Counter[str] = Counter()
    blank = True
    for place, row in _rows(traces.source):
        blank = False
        try:
            traces.add(_found(row))
            unknown.update(row.keys() - FIELDS)
        except BadSpanError as exc:
            traces.skip(place, str(exc))
    if blank:
        raise InputError(tr("there are only blank lines"), file=traces.source.name, expected=tr("spans"))
    if unknown:
        names = [repr(name[:80]) for name, _ in unknown.most_common(5)]
        traces.notes.append(f"left out, because the format does not know them: {english.listed(names)}")


def _is_ours(line: str) -> bool:
    names = set(re.findall(r'"(\w+)"\s*:', line))
    return {"trace_id", "span_id"} <= names and bool({"duration_ms", "start"} & names)


def _check_options(source: Source, options: Options) -> None:
    named = sorted(key for key in options.mapping if not key.startswith(VERSION))
    if named:
        raise InputError(
            tr(
                "spans name workflow and cohort themselves, so {fields} cannot be mapped",
                fields=listed([repr(key) for key in named]),
            ),
            file=source.name,
            expected=tr("version:LABEL=VERSION at most"),
        )


def _rows(source: Source) -> Iterator[tuple[str, Any]]:
    """Lines as JSON, with their places; only a line feed ends one, since texts may hold other line ends."""
    for place, line in text_lines(source):
        yield place, parse_json(line, file=source.name, place=place, exact=True)


def _found(row: Any) -> RawSpan:
    """A line as a span; everything that may be wrong with it is looked at here."""
    if not isinstance(row, dict):
        raise BadSpanError("this is not a JSON object; expected one span")
    trace_id, span_id = _id(row, "trace_id", required=True), _id(row, "span_id", required=True)
    start = _start(row)
    if not isinstance(row.get("attributes") or {}, dict):
        raise BadSpanError("attributes is not an object; expected names and values")
    labels = _labels(row)
    return RawSpan(
        trace_id=trace_id,
        span_id=span_id,
        parent_id=_id(row, "parent_id"),
        kind=_choice(row, "kind", get_args(SpanKind)),
        name=_text(row, "name", required=True, longest=LONGEST_TEXT),
        start_ns=start,
        end_ns=start + _duration(row),
        status=_choice(row, "status", get_args(SpanStatus)),
        error=row.get("error"),
        input=row.get("input"),
        output=row.get("output"),
        attributes=(row.get("attributes") or {}) | ({CLUSTER: cluster} if (cluster := _text(row, CLUSTER)) else {}),
        version=labels["version"],
        settings=found(row.get("attributes") or {}),
        labels={key: value for key, value in labels.items() if key != "version"},
    )


def _labels(row: dict[str, Any]) -> dict[str, Any]:
    path = row.get("path") or None
    return {
        **{key: _text(row, key) for key in ("version", "workflow", "cohort")},
        "path": path and _choice(row, "path", get_args(TracePath)),
        "note": _text(row, "note", longest=LONGEST_TEXT),
    }


def _text(row: dict[str, Any], key: str, *, required: bool = False, longest: int = 300) -> str:
    value = row.get(key)
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise BadSpanError(f"{key} is {_brief(value)}; expected text")
    if required and not value:
        raise BadSpanError(f"{key} is missing; expected text")
    if len(value) > longest:
        raise BadSpanError(f"{key} has {len(value):,} characters; expected at most {longest:,}")
    return value


def _id(row: dict[str, Any], key: str, *, required: bool = False) -> str:
    """Hexadecimal ids in one spelling, so that tools that disagree on case or prefix still meet."""
    text = _text(row, key, required=required)
    return text.lower().removeprefix("0x") if re.fullmatch("(?:0[xX])?[0-9a-fA-F]+", text) else text


def _choice(row: dict[str, Any], key: str, allowed: tuple[str, ...]) -> Any:
    if key not in row:
        raise BadSpanError(f"{key} is missing; expected {english.listed(allowed, 'or')}")
    if row[key] not in allowed:
        raise BadSpanError(f"{key} is {_brief(row[key])}; expected {english.listed(allowed, 'or')}")
    return row[key]


def _start(row: dict[str, Any]) -> int:
    """Nanoseconds since the epoch, from the digits as they are written."""
    text = _text(row, "start", required=True)
    if not re.search("(?:[Zz]|[+-][0-9]{2}:[0-9]{2})$", text) or re.search(r"\.[0-9]{10}", text):
        raise BadSpanError(f"start is {_brief(text)}; expected a time with its zone, such as 2026-11-20T09:30:00.25Z")
    try:
        start = instant(text)
    except BadSpanError as exc:
        raise BadSpanError(f"start is {_brief(text)}; {str(exc).partition('; ')[2]}") from exc
    return start or 0


def _duration(row: dict[str, Any]) -> int:
    value = row.get("duration_ms")
    if value is None:
        raise BadSpanError("duration_ms is missing; expected a number of milliseconds")
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or not 0 <= value <= LONGEST_MS:
        raise BadSpanError(f"duration_ms is {_brief(value)}; expected a number from 0 to {LONGEST_MS:,}")
    return int((Decimal(value) * 1_000_000).to_integral_value())


def _brief(value: Any) -> str:
    shown = str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"
