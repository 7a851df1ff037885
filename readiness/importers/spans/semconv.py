"""What the attributes and events of a span say: kind, status, texts, and what a root can be mapped by.

Three vocabularies occur, often in one span: OpenTelemetry's for generative AI, with messages as events until 1.36
(https://opentelemetry.io/docs/specs/semconv/gen-ai/), OpenInference
(https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md), and that of the AI SDK for
JavaScript (https://ai-sdk.dev/docs/ai-sdk-core/telemetry).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from readiness.importers.naming import plain
from readiness.importers.settings import found
from readiness.importers.source.python_literals import loaded
from readiness.model.traces import SpanStatus

from .raw_spans import RawSpan
from .span_values import BadSpanError, kind_of

INPUT = (
    *("gen_ai.input.messages", "gen_ai.prompt", "gen_ai.tool.call.arguments", "gen_ai.retrieval.query.text"),
    *("input.value", "llm.input_messages"),
    *("ai.prompt.messages", "ai.prompt", "ai.toolCall.args", "ai.values", "ai.value"),
)
OUTPUT = (
    *("gen_ai.output.messages", "gen_ai.completion", "gen_ai.tool.call.result", "gen_ai.retrieval.documents"),
    *("output.value", "llm.output_messages", "retrieval.documents", "reranker.output_documents"),
    *("ai.response.text", "ai.response.object", "ai.response.toolCalls", "ai.toolCall.result"),
)
"""Where the texts stand, the first that is there wins; the others stay attributes."""
ASKED = {f"gen_ai.{role}.message": role for role in ("system", "user", "assistant", "tool")}
ANSWERED = "gen_ai.choice"
OF_THE_SDK = "telemetry."
"""Resource attributes that say what wrote the spans, which names no workflow and no cohort."""
_WITH_TEXTS = ("gen_ai.client.inference.operation.details", "gen_ai.content.prompt", "gen_ai.content.completion")
TEXT_EVENTS = frozenset({*ASKED, ANSWERED, *_WITH_TEXTS})
"""Events that hold what was asked or answered."""
_SDK_OPERATIONS = {"doGenerate": "chat", "doStream": "chat", "doEmbed": "embeddings", "toolCall": "execute_tool"}
_CODES: dict[str, SpanStatus] = {
    **dict.fromkeys(("", "0", "UNSET"), "unset"),
    **dict.fromkeys(("1", "OK"), "ok"),
    **dict.fromkeys(("2", "ERROR"), "error"),
}
_NONE = re.compile("(0[xX])?0*")
NUMBERED = re.compile(r"\.[0-9]+(\.|$)")


@dataclass(frozen=True)
class SpanEvent:
    name: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    time: Any = None


def describe(
    span: RawSpan,
    attributes: Mapping[str, Any],
    events: Iterable[SpanEvent] = (),
    *,
    code: object = None,
    message: object = None,
    kinds: Iterable[object] = (),
    resource: Mapping[str, Any] | None = None,
) -> RawSpan:
    """The span with everything that its attributes (flat, by their whole names) and events say."""
    rest, events, resource = dict(attributes), list(events), resource or {}
    span.kind = kind_of(span.name, *kinds, *_operations(rest), root=not span.parent_id)
    span.status, span.error = _status(code, message, rest, events)
    if not span.parent_id:
        span.version = next(iter(plain({"": resource.get("service.version")}).values()), "")
    span.input = _text(rest, events, INPUT, [_asked(event) for event in events if event.name in ASKED])
    span.output = _text(rest, events, OUTPUT, [dict(event.attributes) for event in events if event.name == ANSWERED])
    if not span.parent_id:
        named = {name: value for name, value in resource.items() if not name.startswith(OF_THE_SDK)}
        span.fields = plain(named) | _fields(rest)
        span.settings = found(plain(named))
    kept = [_shown(event) for event in events if event.name not in ASKED and event.name != ANSWERED]
    if kept:
        put(rest, "events", kept)
    span.attributes = rest
    return span


def flat(value: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Objects within objects by their path (`metadata.tenant`), without what is null; lists stay."""
    flattened: dict[str, Any] = {}
    for key, item in value.items():
        if isinstance(item, dict) and item:
            for name, inner in flat(item, f"{prefix}{key}.").items():
                put(flattened, name, inner)
        elif item is not None:
            name = f"{prefix}{key}"
            if name in flattened:
                put(flattened, name, item)
            else:
                flattened[name] = item
    return flattened


def put(values: dict[str, Any], name: str, value: Any) -> None:
    """Add a value; where the name is taken both stay, and the later one is numbered."""
    shown, number = name, 1
    while shown in values:
        number += 1
        shown = f"{name} {number}"
    values[shown] = value


def brief(value: object) -> str:
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return repr(shown) if len(shown) <= 60 else f"{shown[:57]!r}…"


def identifier(value: object, what: str) -> str:
    """An id as text. Raises BadSpanError where it is something else; zeros alone mean that there is none."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadSpanError(f"the {what} is {brief(value)}; expected text")
    return "" if _NONE.fullmatch(value) else value


def text(value: object, what: str) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    raise BadSpanError(f"the {what} is {brief(value)}; expected text")


def _operations(attributes: Mapping[str, Any]) -> list[object]:
    """What the span says it does; before 1.27 a model call named a system and a model only."""
    named = [attributes.get("openinference.span.kind"), attributes.get("gen_ai.operation.name")]
    sdk = str(attributes.get("ai.operationId") or "").rpartition(".")[2]
    named.append(_SDK_OPERATIONS.get(sdk))
    if not any(named) and not sdk and {"gen_ai.system", "gen_ai.request.model"} <= attributes.keys():
        named.append("chat")
    return named


def status_of(code: object) -> SpanStatus:
    """The status by its number or name. Raises BadSpanError where it is neither."""
    known = "" if code is None else str(code).upper().removeprefix("STATUSCODE.").removeprefix("STATUS_CODE_")
    if known not in _CODES or isinstance(code, float):
        raise BadSpanError(f"the status code is {brief(code)}; expected 0, 1, 2, UNSET, OK or ERROR")
    return _CODES[known]


def _status(code: object, message: object, rest: Mapping[str, Any], events: list[SpanEvent]) -> tuple[SpanStatus, Any]:
    """An exception makes a span fail unless its status says OK in so many words; unset is normal."""
    status = status_of(code)
    exceptions = [_exception(event.attributes) for event in events if event.name == "exception"]
    if exceptions and status == "unset":
        status = "error"
    reason = message or next(iter(exceptions), "")
    return status, reason or (rest.get("error.type", "") if status == "error" else "")


def _exception(attributes: Mapping[str, Any]) -> str:
    parts = (attributes.get("exception.type"), attributes.get("exception.message"))
    return ": ".join(str(part) for part in parts if part) or "exception"


def _text(rest: dict[str, Any], events: list[SpanEvent], names: tuple[str, ...], messages: list[dict[str, Any]]) -> Any:
    """The first of the attributes, which then is none any more; else the messages; else what an event holds."""
    for name in names:
        if rest.get(name) not in (None, "", []):
            return rest.pop(name)
    if messages:
        return messages
    candidates = [event.attributes for event in events if event.name in _WITH_TEXTS]
    return next((candidate[name] for name in names for candidate in candidates if candidate.get(name)), "")


def _asked(event: SpanEvent) -> dict[str, Any]:
    return {"role": ASKED[event.name], **event.attributes}


def _shown(event: SpanEvent) -> dict[str, Any]:
    return {"name": event.name, **({} if event.time is None else {"time": event.time}), **event.attributes}


def _fields(attributes: Mapping[str, Any]) -> dict[str, str]:
    """Plain values by their names; the members of a list, such as messages, name nothing."""
    fields = plain({name: value for name, value in attributes.items() if not NUMBERED.search(name)})
    metadata = attributes.get("metadata")
    inner = loaded(metadata) if isinstance(metadata, str) else metadata
    if isinstance(inner, dict):
        fields.pop("metadata", None)
        fields = plain(flat(inner), "metadata.") | fields
    return fields
