"""What redaction changes in a span, as it was before, for those who ask to keep it for some days."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from readiness.model.traces import Span, UnredactedText
from readiness.redaction.redactor import CAP


def as_text(plain: Any) -> str:
    """A text as it is; anything else as JSON."""
    if plain is None or isinstance(plain, str):
        return plain or ""
    return json.dumps(plain, ensure_ascii=False, default=str)


def changed(
    trace_id: str, span: Span, texts: Sequence[Any], attributes: Mapping[str, Any], until: dt.date
) -> Iterator[UnredactedText]:
    """Error, input, output and attributes as far as they differ from what the span holds now, cut where it is cut."""
    now = (span.error, span.input, span.output)
    error, input_, output = (_unlike(before, after) for before, after in zip(texts, now, strict=True))
    pairs = zip(attributes.items(), span.attributes.items(), strict=True)
    named = {
        key: as_text(before)[:CAP] for (key, before), (name, after) in pairs if key != name or _unlike(before, after)
    }
    if error or input_ or output or named:
        yield UnredactedText(
            trace_id=trace_id,
            span_id=span.span_id,
            error=error,
            input=input_,
            output=output,
            attributes=named,
            expires_on=until,
        )


def _unlike(before: Any, after: Any) -> str:
    text = as_text(before)[:CAP]
    return text if text != as_text(after)[:CAP] else ""
