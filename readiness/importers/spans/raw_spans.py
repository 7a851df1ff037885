"""One span as a tool has it, before anything of it is redacted, and what makes one that cannot be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from readiness.importers.batch import Options
from readiness.model.traces import SpanKind, SpanStatus

from .span_values import BadSpanError

LONGEST_ID, LONGEST_NAME = 300, 20_000
DERIVED = "derived"
"""The attribute of a span that no tool recorded."""


@dataclass
class RawSpan:
    """One span as a tool has it; `fields` of a root can name workflow and cohort, and `version` is its label.

    `settings` are what it says of what ran (see `importers.settings`).

    Texts may be anything JSON can hold; they are redacted when the span is kept.
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


class Skipping(Protocol):
    """Where it is noted what was left out, and why."""

    def skip(self, place: str, reason: str) -> None: ...


class Unsaid:
    """Where nothing is noted, since it was before."""

    def skip(self, place: str, reason: str) -> None: ...


def named_by(options: Options, key: str, fields: Mapping[str, str]) -> str:
    """What the mapping says a root's workflow or cohorts are named by."""
    paths = [path.strip() for path in options.mapping.get(key, "").split(",") if path.strip()]
    if key == "workflow":
        return next((fields[path] for path in paths if fields.get(path)), "")[:300]
    named = (f"{path.rpartition('.')[2]}={fields[path]}" for path in paths if fields.get(path))
    return ";".join(part.replace(";", ",") for part in named)[:300]


def check(raw_span: RawSpan) -> None:
    """Raises BadSpanError where a span cannot be kept, whatever its texts are."""
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


def says(value: Any) -> bool:
    """Whether a text, or whatever stands in its place, is there: all but nothing is shown as JSON."""
    return value is not None and value != ""


def derived_id(root_id: str) -> str:
    """The id of the span of no length that the answer of a root becomes where the tool records none."""
    return f"{root_id[: LONGEST_ID - 7]}-output"
