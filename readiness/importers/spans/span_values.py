"""What a tool writes of a span as ours: kinds, ids and times."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re

from readiness.model.traces import SpanKind

NANO = 1_000_000_000
EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - UTC throughout, counted from here
KINDS: dict[str, SpanKind] = {
    # OpenTelemetry GenAI operations
    **dict.fromkeys(("chat", "generate_content", "text_completion"), "model"),
    **dict.fromkeys(("retrieval", "embeddings"), "retrieval"),
    "execute_tool": "tool",
    # OpenInference and MLflow
    **dict.fromkeys(("llm", "chat_model"), "model"),
    **dict.fromkeys(("retriever", "embedding"), "retrieval"),
    "reranker": "rerank",
    "tool": "tool",
    # Langfuse
    "generation": "model",
}
"""What each tool calls a kind, in lower case, as ours; LangSmith and DeepEval use the names of OpenInference."""

_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9})[0-9]*)?"
    r"(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2}))?"
)
_HEX, _WHOLE = re.compile("[0-9a-f]+"), re.compile("[0-9]{1,20}")
_YEARS = range(1970, 2200)


class BadSpanError(Exception):
    """Why one span cannot be kept."""


def kind_of(name: str, *operations: object, root: bool = False) -> SpanKind:
    """Our kind for what a tool says of a span: a root is the request, a reranker may be known by its name only."""
    if root:
        return "request"
    if "rerank" in name.lower():
        return "rerank"
    return next((KINDS[str(operation).lower()] for operation in operations if str(operation).lower() in KINDS), "other")


def hex_id(value: object, length: int) -> str:
    """An id as hexadecimal in one spelling: hex of any case, with `0x`, or base64 of `length` bytes; else as it is."""
    text = "" if value is None else str(value)
    bare = text.lower().removeprefix("0x")
    if _HEX.fullmatch(bare):
        return bare
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return text
    return raw.hex() if len(raw) == length else text


def nanoseconds(value: object) -> int | None:
    """An integer of nanoseconds, as a number or as digits; None for nothing and for 0, which means not set."""
    if value in (None, "", 0, "0"):
        return None
    if isinstance(value, (int, str)) and not isinstance(value, bool) and _WHOLE.fullmatch(str(value)):
        return int(value)
    raise BadSpanError(f"a time is {str(value)[:60]!r}; expected nanoseconds since 1970")


def instant(value: object) -> int | None:
    """Nanoseconds of a time as text (ISO 8601; without a zone it is UTC), digit for digit; None for nothing."""
    if value is None or value in ("", "None"):
        return None
    match = _TIME.fullmatch(str(value))
    if match is None:
        raise BadSpanError(f"a time is {str(value)[:60]!r}; expected one such as 2026-11-20T09:30:00.25Z")
    whole, fraction, sign, hours, minutes = match.groups()
    try:
        moment = dt.datetime.fromisoformat(whole)
    except ValueError as exc:
        raise _no_such_time(value) from exc
    if moment.year not in _YEARS:
        years = f"from {_YEARS.start} to {_YEARS.stop - 1}"
        raise BadSpanError(f"a time is {str(value)[:60]!r}; expected a time {years}")
    since = moment - EPOCH
    seconds = since.days * 86_400 + since.seconds
    if sign:
        if int(hours) > 23 or int(minutes) > 59:
            raise _no_such_time(value)
        seconds -= (-1 if sign == "-" else 1) * (int(hours) * 3_600 + int(minutes) * 60)
    return seconds * NANO + int((fraction or "").ljust(9, "0"))


def took_ms(start: object, end: object) -> float | None:
    """Milliseconds between two times; None where either is none, or where the end is before the start."""
    try:
        began, ended = instant(start), instant(end)
    except BadSpanError:
        return None
    return (ended - began) / 1_000_000 if began is not None and ended is not None and ended >= began else None


def _no_such_time(value: object) -> BadSpanError:
    return BadSpanError(f"a time is {str(value)[:60]!r}; expected a time that exists")
