"""OpenTelemetry's JSON in the shapes that collectors, SDKs and dumps write, and what goes wrong with it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from readiness.importers import Batch, Options, Source
from readiness.importers.formats.otlp import IMPORTER
from tests import samples
from tests.importers.tracing import DATA, Row, gone_wrong, kept_or_refused, listed, opened, refusal, row, spans, stated
from tests.soak import scaled
from tests.work import calls

TRACE, ROOT, CHILD = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b173", "eee19b7ec3c1b174"
START, END = 1_795_427_200_450_362_647, 1_795_427_200_553_983_506
SUPPORT: dict[str, list[Row]] = {
    "6a54fe9e30d113f0115fe5eab190d968": [
        ("26b899c626f8c852", "064c2b98bf19303f", "retrieval", 1795427200450419572, 1795427200470793359, "unset"),
        ("ee236339140154bc", "064c2b98bf19303f", "rerank", 1795427200473990187, 1795427200479442860, "unset"),
        ("02b3444909b21cf6", "064c2b98bf19303f", "tool", 1795427200482390987, 1795427200492553644, "unset"),
        ("cac6fa921e83f394", "064c2b98bf19303f", "model", 1795427200494026000, 1795427200553104715, "unset"),
        ("064c2b98bf19303f", "", "request", 1795427200450362647, 1795427200553983506, "unset"),
    ],
    "4fcdf948dcbaa461bc5dbe931771be3a": [
        ("fedcad0d00b75dfb", "2ef9996722dac14d", "retrieval", 1795427200554467488, 1795427200574640656, "unset"),
        ("45b9135a16ea0f46", "2ef9996722dac14d", "rerank", 1795427200576076127, 1795427200582929659, "unset"),
        ("52eb06270985c34b", "2ef9996722dac14d", "tool", 1795427200583559098, 1795427200594916898, "error"),
        ("2d7687a22084d214", "2ef9996722dac14d", "model", 1795427200595609741, 1795427200626242319, "unset"),
        ("2ef9996722dac14d", "", "request", 1795427200554432355, 1795427200627087680, "unset"),
    ],
    "c972aac466b9569ee656adce471d4de4": [
        ("5450faabccedef03", "e1d358639690011d", "retrieval", 1795427200627569118, 1795427200649050878, "unset"),
        ("53d79b1647bf3927", "e1d358639690011d", "rerank", 1795427200649767837, 1795427200655501529, "unset"),
        ("2a07fd3ca4d24f81", "e1d358639690011d", "tool", 1795427200656087353, 1795427200667507035, "unset"),
        ("0b74f8915372bff7", "e1d358639690011d", "model", 1795427200668201150, 1795427200699958847, "unset"),
        ("e1d358639690011d", "", "request", 1795427200627537892, 1795427200700752440, "unset"),
    ],
}
PUBLIC: dict[str, dict[str, list[Row]]] = {
    "otlp/otel_proto_example_trace.json": {
        TRACE: [(CHILD, ROOT, "other", 1544712660000000000, 1544712661000000000, "unset")]
    },
    "otlp/otlp_trace_full_spec.json": {
        "fullspec123": [
            ("span-llm-1", "", "request", 1737110400000000000, 1737110405000000000, "ok"),
            ("span-llm-2", "span-llm-1", "model", 1737110406000000000, 1737110410000000000, "ok"),
            ("span-tool-1", "span-llm-1", "other", 1737110403000000000, 1737110404000000000, "ok"),
        ]
    },
    "openinference/vercel_v6_readable_spans.json": {
        trace: [(span, "", "request", start, end, "unset")]
        for trace, span, start, end in [
            ("b3e700af9eab81e19f72f964d62a35af", "39d6e9b3ddec9996", 1770131992242000000, 1770131994021415667),
            ("700d5f98fe2420adcf6ab0822f7a323c", "648be1dfd8e521b6", 1770131992241000000, 1770131994022541000),
            ("edff2fc5854be6170e8cccccec0c82cf", "6c0201026326855d", 1770131994023000000, 1770131997057285833),
            ("673a889f59126f8b4c90dce5a1f99368", "d3661934fbcf93fd", 1770131994023000000, 1770131997057733667),
            ("8f60802815d6e97da2dbc4708a8e5c7b", "bf098ec12458e605", 1770131997066000000, 1770132000585812667),
            ("f99cc53c9bb8fe40462f7a48999e7088", "25ec6d8e42789717", 1770131997065000000, 1770132000588601792),
            ("478d4dcc697ecfabc5e7a3d6e4216291", "5a81ef3ffb5d8603", 1770132000598000000, 1770132005984307375),
            ("8185b815e471184c6525a601a042be42", "c8be0dc143acbe03", 1770132000594000000, 1770132005986741708),
            ("045d21a7f69972edf509fe0ff911f3f5", "53e12604843b0399", 1770132006016000000, 1770132006269719584),
            ("91621bbaaf1920e94ae594e91b3a99fd", "06a62ec64ae5b0a2", 1770132006015000000, 1770132006269932417),
        ]
    },
}


def pairs(values: dict[str, Any]) -> list[dict[str, Any]]:
    """Text, whole numbers, lists and objects as OTLP's names and values."""
    return [{"key": key, "value": any_value(value)} for key, value in values.items()]


def any_value(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return {"kvlistValue": {"values": pairs(value)}}
    if isinstance(value, list):
        return {"arrayValue": {"values": [any_value(each) for each in value]}}
    if isinstance(value, bool):
        return {"boolValue": value}
    return {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}


def span(
    span_id: str = ROOT, parent: str = "", attributes: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "traceId": TRACE,
        "spanId": span_id,
        **({"parentSpanId": parent} if parent else {}),
        "name": f"name of {span_id}",
        "kind": 1,
        "startTimeUnixNano": str(START),
        "endTimeUnixNano": str(END),
        "attributes": pairs(attributes or {}),
        "status": {},
        **more,
    }


def wrapped(*found: Any, **resource: Any) -> dict[str, Any]:
    return {"resourceSpans": [{"resource": {"attributes": pairs(resource)}, "scopeSpans": [{"spans": list(found)}]}]}


def source(folder: Path, *documents: Any, between: str = "\n", indent: int | None = None) -> Source:
    path = folder / "upload"
    texts = [each if isinstance(each, str) else json.dumps(each, indent=indent) for each in documents]
    path.write_text(between.join(texts), "utf-8")
    return Source.open(path, "traces.json")


def read(folder: Path, *documents: Any, options: Options | None = None, **layout: Any) -> Batch:
    found = source(folder, *documents, **layout)
    assert IMPORTER.sniff(found)
    return IMPORTER.read(found, options or Options())


def one(folder: Path, attributes: dict[str, Any] | None = None, parent: str = ROOT, **more: Any) -> Any:
    """A single span below a root."""
    return spans(read(folder, wrapped(span(), span(CHILD, parent, attributes, **more))))[CHILD]


@pytest.mark.parametrize("name", ["otlp_batch.json", "otlp_collector_lines.jsonl"])
def test_an_sdk_and_a_collector_say_the_same_to_the_nanosecond(name: str) -> None:
    batch = opened(DATA / "otlp" / name)
    assert batch.format == "otlp"
    assert stated(batch) == SUPPORT
    assert batch.versions == ("2026.11.0",)
    assert batch.proposed == {"workflow": "app.workflow", "cohort": "app.cohort"}
    assert (batch.skipped, batch.warnings, [trace.flags for trace in batch.traces]) == ((), (), [[], [], []])
    assert batch.evidence is not None
    assert (batch.evidence.tool, batch.evidence.tool_version, batch.evidence.kept) == ("OpenTelemetry", "1.45.2", 15)


@pytest.mark.parametrize("path", samples.shared(*PUBLIC))
def test_files_from_public_repositories_are_read_span_for_span(path: Path) -> None:
    batch = opened(path)
    assert batch.format == "otlp"
    assert stated(batch) == PUBLIC[f"{path.parent.name}/{path.name}"]
    assert batch.skipped == ()


def test_texts_of_both_generations_of_the_conventions_are_found() -> None:
    found = spans(opened(DATA / "otlp" / "otlp_batch.json"))
    assert json.loads(found["cac6fa921e83f394"].input) == [
        {"role": "user", "parts": [{"type": "text", "content": "When will I be refunded?"}]}
    ]
    assert "Refunds are issued within 14 days." in found["cac6fa921e83f394"].output
    before = found["0b74f8915372bff7"]
    assert json.loads(before.input) == [{"role": "user", "gen_ai.system": "openai", "content": "Gift card refund?"}]
    assert json.loads(before.output)[0]["finish_reason"] == "stop"
    assert (found["02b3444909b21cf6"].input, found["02b3444909b21cf6"].output) == (
        '{"order_id": "A-1"}',
        '{"status": "delivered"}',
    )
    assert found["26b899c626f8c852"].input == "When will I be refunded?"
    assert found["cac6fa921e83f394"].attributes["gen_ai.usage.input_tokens"] == 120
    assert found["cac6fa921e83f394"].attributes["gen_ai.response.finish_reasons"] == ["stop"]


def test_workflow_and_cohort_are_named_by_what_the_root_and_its_resource_say() -> None:
    mapping = {"workflow": "app.workflow", "cohort": "app.cohort,deployment.environment.name"}
    traces = opened(DATA / "otlp" / "otlp_batch.json", Options(mapping=mapping)).traces
    assert [(trace.workflow, trace.cohort) for trace in traces] == [
        ("refund", "cohort=enterprise-eu;name=staging"),
        ("order-status", "cohort=smb-us;name=staging"),
        ("refund", "cohort=smb-us;name=staging"),
    ]


def test_a_failed_tool_under_a_healthy_root_says_why() -> None:
    found = spans(opened(DATA / "otlp" / "otlp_batch.json"))
    tool = found["52eb06270985c34b"]
    assert (tool.status, tool.error) == ("error", "orders API timed out")
    assert tool.attributes["events"][0]["exception.type"] == "TimeoutError"
    assert found["2ef9996722dac14d"].attributes["events"][0]["gen_ai.evaluation.name"] == "escalated"


CONSOLE = {
    "name": "chat",
    "context": {"trace_id": f"0x{TRACE}", "span_id": f"0x{CHILD}", "trace_state": "[]"},
    "kind": "SpanKind.CLIENT",
    "parent_id": f"0x{ROOT}",
    "start_time": "2026-11-23T09:46:40.450362Z",
    "end_time": "2026-11-23T09:46:40.553983Z",
    "status": {"status_code": "ERROR", "description": "quota"},
    "attributes": {"gen_ai.operation.name": "chat", "input.value": "hello"},
    "events": [],
    "links": [],
    "resource": {"attributes": {"service.version": "7"}, "schema_url": ""},
}
DUMP = {
    "name": "chat",
    "spanContext": {"traceId": TRACE, "spanId": CHILD},
    "parentSpanContext": {"traceId": TRACE, "spanId": ROOT},
    "startTime": [1795427200, 450362647],
    "endTime": [1795427200, 553983506],
    "kind": 0,
    "status": {"code": 2, "message": "quota"},
    "attributes": {"ai.operationId": "ai.generateText.doGenerate", "ai.prompt.messages": "hello"},
    "resource": {"attributes": {"service.version": "7"}},
}
CHILD_OF_ROOT = span(CHILD, ROOT, {"gen_ai.operation.name": "chat"}, status={"code": 2, "message": "quota"})
SNAKE = {
    "resource_spans": [
        {
            "resource": {"attributes": [{"key": "service.version", "value": {"string_value": "7", "int_value": None}}]},
            "scope_spans": [
                {
                    "scope": None,
                    "spans": [
                        {
                            "trace_id": base64.b64encode(bytes.fromhex(TRACE)).decode(),
                            "span_id": base64.b64encode(bytes.fromhex(CHILD)).decode(),
                            "parent_span_id": base64.b64encode(bytes.fromhex(ROOT)).decode(),
                            "name": "chat",
                            "kind": "SPAN_KIND_CLIENT",
                            "start_time_unix_nano": START,
                            "end_time_unix_nano": END,
                            "attributes": [{"key": "openinference.span.kind", "value": {"string_value": "LLM"}}],
                            "events": None,
                            "links": None,
                            "status": {"code": "STATUS_CODE_ERROR", "message": "quota"},
                        }
                    ],
                }
            ],
        }
    ],
}


@pytest.mark.parametrize(
    ("document", "cut"),
    [
        (CONSOLE, 1_000),
        (DUMP, 1),
        (SNAKE, 1),
        (wrapped(CHILD_OF_ROOT), 1),
        (wrapped(CHILD_OF_ROOT)["resourceSpans"][0], 1),
        (wrapped(CHILD_OF_ROOT)["resourceSpans"], 1),
        (wrapped({**CHILD_OF_ROOT, "status": {"code": "ERROR", "message": "quota"}}), 1),
        (wrapped({**CHILD_OF_ROOT, "traceId": TRACE.upper(), "spanId": f"0x{CHILD}"}), 1),
        (CHILD_OF_ROOT, 1),
    ],
    ids=["console", "js", "snake", "otlp", "bare", "list", "by name", "spelling", "span"],
)
def test_every_shape_says_the_same(tmp_path: Path, document: Any, cut: int) -> None:
    batch = read(tmp_path, document)
    start, end = START // cut * cut, END // cut * cut
    assert stated(batch) == {TRACE: [(CHILD, ROOT, "model", start, end, "error")]}
    assert spans(batch)[CHILD].error == "quota"


@pytest.mark.parametrize(
    "layout", [{"between": "\n"}, {"indent": 2}, {"indent": 2, "between": ""}, {"between": "\r\n\n"}]
)
def test_documents_may_follow_one_another_in_any_layout(tmp_path: Path, layout: dict[str, Any]) -> None:
    root = wrapped(span(), **{"service.version": "7"})
    batch = read(tmp_path, wrapped(span(CHILD, ROOT)), CONSOLE | {"context": DUMP["spanContext"]}, root, **layout)
    assert [each[0] for each in stated(batch)[TRACE]] == [CHILD, ROOT]
    assert [skip.place.split(",")[0].split(" ")[0] for skip in batch.skipped] == ["line"]
    assert "stands twice" in batch.skipped[0].reason
    assert batch.versions == ("7",)


def test_the_console_writes_a_root_with_a_null(tmp_path: Path) -> None:
    batch = read(tmp_path, CONSOLE | {"parent_id": None}, indent=4)
    assert row(batch.traces[0].spans[0])[:3] == (CHILD, "", "request")
    assert batch.versions == ("7",)


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({"gen_ai.operation.name": "chat"}, "model"),
        ({"gen_ai.operation.name": "text_completion"}, "model"),
        ({"gen_ai.operation.name": "embeddings"}, "retrieval"),
        ({"gen_ai.operation.name": "execute_tool"}, "tool"),
        ({"gen_ai.operation.name": "invoke_agent", "gen_ai.system": "x", "gen_ai.request.model": "m"}, "other"),
        ({"gen_ai.system": "x", "gen_ai.request.model": "m"}, "model"),
        ({"gen_ai.system": "x"}, "other"),
        ({"openinference.span.kind": "RERANKER"}, "rerank"),
        ({"openinference.span.kind": "CHAIN", "gen_ai.operation.name": "chat"}, "model"),
        ({"ai.operationId": "ai.toolCall"}, "tool"),
        ({"ai.operationId": "ai.embed.doEmbed"}, "retrieval"),
        ({"ai.operationId": "ai.generateText", "gen_ai.system": "x", "gen_ai.request.model": "m"}, "other"),
        ({}, "other"),
    ],
)
def test_a_kind_is_what_the_attributes_say(tmp_path: Path, attributes: dict[str, Any], kind: str) -> None:
    assert one(tmp_path, attributes).kind == kind


EXCEPTION = {"name": "exception", "attributes": pairs({"exception.type": "E", "exception.message": "no"})}


@pytest.mark.parametrize(
    ("more", "status", "error"),
    [
        ({"status": None}, "unset", ""),
        ({"status": {"code": 0}}, "unset", ""),
        ({"status": {"code": "STATUS_CODE_UNSET"}}, "unset", ""),
        ({"status": {"code": 1}}, "ok", ""),
        ({"status": {"code": "2"}}, "error", ""),
        ({"status": {"code": "Error", "message": "why"}}, "error", "why"),
        ({"events": [EXCEPTION]}, "error", "E: no"),
        ({"events": [EXCEPTION], "status": {"code": 1}}, "ok", "E: no"),
        ({"events": [{"name": "exception"}]}, "error", "exception"),
    ],
)
def test_a_status_is_what_the_code_or_an_exception_says(tmp_path: Path, more: Any, status: str, error: str) -> None:
    found = one(tmp_path, **more)
    assert (found.status, found.error) == (status, error)


def test_values_are_flat_and_none_is_lost(tmp_path: Path) -> None:
    twice = [*pairs({"a": {"b": 1, "c": [True, {"d": 2}]}, "a.b": "x"}), {"key": "n", "value": {"doubleValue": "NaN"}}]
    found = spans(read(tmp_path, wrapped(span() | {"attributes": twice})))[ROOT]
    assert found.attributes == {"a.b": 1, "a.c": [True, {"d": 2}], "a.b 2": "x", "n": "NaN"}


def test_metadata_in_a_text_names_fields(tmp_path: Path) -> None:
    root = span(attributes={"metadata": '{"tenant": "acme", "n": 1}', "input.value": "hi", "output.value": "ho"})
    batch = read(
        tmp_path, wrapped(root, **{"service.version": "7"}), options=Options(mapping={"cohort": "metadata.tenant"})
    )
    assert batch.fields == ("service.version", "metadata.tenant", "metadata.n")
    assert batch.traces[0].cohort == "tenant=acme"
    assert (batch.traces[0].spans[0].input, batch.traces[0].spans[-1].output) == ("hi", "ho")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"startTimeUnixNano": None}, "the start time is missing"),
        ({"startTimeUnixNano": 1.7e18}, "a time is '1.7e+18'; expected nanoseconds since 1970"),
        ({"startTimeUnixNano": "soon"}, "a time is 'soon'; expected nanoseconds since 1970"),
        ({"startTimeUnixNano": float("nan")}, "a time is 'nan'; expected nanoseconds since 1970"),
        ({"endTimeUnixNano": [1, 10**9]}, "a time is '[1, 1000000000]'; expected [seconds, nanoseconds]"),
        ({"endTimeUnixNano": "9" * 20}, "a time lies outside what can be kept; expected nanoseconds since 1970"),
        ({"spanId": 5}, "the span id is '5'; expected text"),
        ({"spanId": "0" * 16}, "the span id is missing"),
        ({"traceId": ["x"]}, "the trace id is '[\"x\"]'; expected text"),
        ({"traceId": ""}, "the trace id is missing"),
        ({"name": {}}, "the name is '{}'; expected text"),
        ({"status": {"code": 9}}, "the status code is '9'; expected 0, 1, 2, UNSET, OK or ERROR"),
        ({"status": "bad"}, "status is 'bad'; expected an object"),
        ({"attributes": "x"}, "attributes is 'x'; expected names and values"),
        ({"attributes": [5]}, "an attribute is '5'; expected a key with a value"),
        (
            {"attributes": [{"key": "a", "value": {"arrayValue": 5}}]},
            "the value of an attribute is '5'; expected a list of values",
        ),
        ({"events": {}}, "events is '{}'; expected a list"),
        ({"events": [1]}, "an event is '1'; expected an object"),
    ],
)
def test_a_bad_span_is_skipped_with_its_place_and_why(tmp_path: Path, bad: dict[str, Any], reason: str) -> None:
    batch = read(tmp_path, wrapped(span(), span(CHILD, ROOT) | bad), wrapped(span(traceId="ff" * 16)))
    assert [(skip.place, skip.reason) for skip in batch.skipped] == [
        ("line 1, resourceSpans[0].scopeSpans[0].spans[1]", reason)
    ]
    assert len(batch.traces) == 2


@pytest.mark.parametrize(
    ("document", "place", "reason"),
    [
        (5, "line 2", "this is '5'; expected an object with spans"),
        ({"resourceLogs": []}, "line 2", "there are no spans in this object (resourceLogs)"),
        ({"resourceSpans": {}}, "line 2, resourceSpans", "this is '{}'; expected a list"),
        ({"resourceSpans": [7]}, "line 2, resourceSpans[0]", "this is '7'; expected an object with scopeSpans"),
        ({"scopeSpans": ["x"]}, "line 2, scopeSpans[0]", "this is 'x'; expected an object with spans"),
        (
            {"resourceSpans": [{"scopeSpans": [{"spans": ["x"]}]}]},
            "line 2, resourceSpans[0].scopeSpans[0].spans[0]",
            "this is 'x'; expected one span",
        ),
        (
            {"resourceSpans": [{"resource": 3, "scopeSpans": [{"spans": [span()]}]}]},
            "line 2, resourceSpans[0]",
            "its spans are left out, because of its resource: resource is '3'; expected an object",
        ),
    ],
)
def test_what_holds_no_spans_is_skipped_with_its_place(tmp_path: Path, document: Any, place: str, reason: str) -> None:
    batch = read(tmp_path, wrapped(span()), document)
    assert [(skip.place, skip.reason) for skip in batch.skipped] == [(place, reason)]


@pytest.mark.parametrize(
    ("found", "flags"),
    [
        ([span(), span(CHILD, "ab" * 8)], ["1 span whose parent is not in the trace"]),
        (
            [span(ROOT, CHILD), span(CHILD, ROOT)],
            ["no root span: every span names a parent", "2 spans in a circle of parents"],
        ),
        ([span(), span(CHILD)], ["2 root spans; the first in the file names version, workflow, cohort and path"]),
        ([span(), span(CHILD, ROOT, endTimeUnixNano="0")], ["1 span without an end"]),
        (
            [span(), span(CHILD, ROOT, startTimeUnixNano=str(START - 1))],
            ["1 span with a start before the parent's, as when clocks disagree"],
        ),
        ([span(endTimeUnixNano=str(START - 1))], ["1 span that ends before it starts"]),
        ([span(), span(CHILD, ROOT, {"x": "y" * 10_000_000})], ["1 text cut after 20,000 characters"]),
        ([span(parentSpanId="0" * 16)], []),
    ],
)
def test_what_is_odd_is_flagged_and_not_repaired(tmp_path: Path, found: list[Any], flags: list[str]) -> None:
    batch = read(tmp_path, wrapped(*found))
    assert (batch.traces[0].flags, batch.skipped) == (flags, ())


def test_ids_of_another_length_are_kept_and_said(tmp_path: Path) -> None:
    batch = read(tmp_path, wrapped(span("abc"), span("not hex", "abc")))
    assert [each[:2] for each in stated(batch)[TRACE]] == [("abc", ""), ("not hex", "abc")]
    assert "2 spans with ids that are not of 32 and 16 hexadecimal digits, kept as they are" in batch.warnings


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (json.dumps(wrapped(span()))[:200], "traces.json, line 1, column 201: the JSON breaks off or is malformed"),
        (json.dumps(wrapped(span())) + "\n{", "traces.json, line 2, column 2: the JSON breaks off or is malformed"),
        (json.dumps(wrapped(span())) + "\n,", "traces.json, line 2, column 1: the JSON breaks off or is malformed"),
        (
            '{"resourceSpans": [], "resourceSpans": []}',
            "traces.json: the key 'resourceSpans' stands twice in one object",
        ),
        ('{"resourceSpans": []}', "traces.json: there are no spans"),
        ('{"resourceSpans": ' + "[" * 200 + "]" * 200 + "}", "traces.json: the JSON is nested too deeply"),
        ('{"resourceSpans": [5]}', "traces.json, resourceSpans[0]: no span can be kept: this is '5'"),
    ],
)
def test_a_file_that_is_not_whole_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    assert refusal(IMPORTER, source(tmp_path, text)).startswith(sentence)


def spans_in(document: Any) -> int:
    """The spans in a document of this test, with what stands in the place of one or of a list of them."""
    if isinstance(document, list):
        return sum(map(spans_in, document))
    if not isinstance(document, dict) or "resourceSpans" not in document:
        return 1
    return spans_below(document["resourceSpans"], "scopeSpans", "spans")


def spans_below(value: Any, *keys: str) -> int:
    if not keys or not isinstance(value, list):
        return listed(value)
    return sum(spans_below(each.get(keys[0]), *keys[1:]) if isinstance(each, dict) else 1 for each in value)


def test_whatever_stands_in_place_of_a_value_is_kept_or_said(tmp_path: Path) -> None:
    document = wrapped(span(attributes={"a": [{"b": 1}]}, events=[EXCEPTION]), **{"service.version": "1"})
    for changed in gone_wrong([document, CONSOLE, DUMP]):
        kept_or_refused(IMPORTER, source(tmp_path, changed), spans_in(changed))


def chain(folder: Path, number: int) -> Source:
    """Spans below each other."""
    return source(
        folder, wrapped(*(span(f"{at:016x}", f"{at - 1:016x}" if at > 1 else "") for at in range(1, number + 1)))
    )


def test_the_work_grows_with_the_number_of_spans_only(tmp_path: Path) -> None:
    def work(number: int) -> int:
        whole = chain(tmp_path, number)
        return calls(lambda: IMPORTER.read(whole, Options()))

    assert work(2_000) < 5 * work(500)


def test_a_chain_of_thousands_of_spans_is_read(tmp_path: Path) -> None:
    batch = IMPORTER.read(chain(tmp_path, scaled(5_000)), Options())
    assert len(batch.traces[0].spans) == scaled(5_000)
    assert batch.traces[0].flags == []


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ('{"resourceSpans": [{"resource"', True),
        ('{"resource": {"attributes": []}, "scopeSpans": [', True),
        ('{"resourceLogs": []}\n{"resourceSpans": []}', True),
        ('{"text": "{\\"resourceSpans\\": []}"}', False),
        ('{"note": {"resourceSpans": []}}', False),
        ('{"trace_id": "a", "span_id": "b", "start": "x"}', False),
        ('{"context": {"trace_id": "a", "span_id": "b"}, "span_kind": "LLM", "status_code": "OK"}', False),
        ('{"info": {"trace_id": "a"}, "data": {"spans": []}}', False),
        ("resourceSpans,spanId", False),
        ("", False),
    ],
)
def test_traces_are_told_by_their_structure(tmp_path: Path, text: str, ours: bool) -> None:
    assert IMPORTER.sniff(source(tmp_path, text or " ")) is ours
