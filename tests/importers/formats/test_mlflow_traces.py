"""MLflow traces of 3.x and 2.x: what a sample states, counted apart from the importer, and what goes wrong."""

from __future__ import annotations

import base64
import copy
import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from readiness.importers import Batch, Options, Source, read
from readiness.importers.formats.mlflow_traces import IMPORTER
from tests.importers.tracing import DATA, Row, gone_wrong, kept_or_refused, listed, opened, refusal, spans, stated
from tests.soak import scaled
from tests.work import calls

TRACES: dict[str, list[Row]] = {
    "tr-261ceb01bca9ed6ffd2533649ab8c1f6": [
        ("edf6a01a120c1a6f", "", "request", 1795426421833820136, 1795426421907297798, "ok"),
        ("a45ab73c0ce6a1da", "edf6a01a120c1a6f", "retrieval", 1795426421834144620, 1795426421854619158, "ok"),
        ("203fd2673d9d5a32", "edf6a01a120c1a6f", "rerank", 1795426421854787279, 1795426421862554513, "ok"),
        ("27a781d5a336b8ed", "edf6a01a120c1a6f", "tool", 1795426421862756254, 1795426421874727229, "ok"),
        ("87f20338ebf62289", "edf6a01a120c1a6f", "model", 1795426421875298221, 1795426421907190397, "ok"),
    ],
    "tr-bd6c929df800f726cdc52207602c30fb": [
        ("bd9a37c630f80698", "", "request", 1795426421631424856, 1795426421833610834, "ok"),
        ("5cfe793656fe663f", "bd9a37c630f80698", "retrieval", 1795426421631843240, 1795426421807967648, "ok"),
        ("f1e04191e5c6d57a", "bd9a37c630f80698", "rerank", 1795426421808213725, 1795426421817658131, "ok"),
        ("883317473505c5ea", "bd9a37c630f80698", "tool", 1795426421817841805, 1795426421833298699, "error"),
    ],
    "tr-bdb210cdf7888143ce5c50a277ba7916": [
        ("e261e7770df5499f", "", "request", 1795426421493291361, 1795426421630411415, "ok"),
        ("cbaa4073999da7ec", "e261e7770df5499f", "retrieval", 1795426421561696687, 1795426421582249531, "ok"),
        ("326fa1ce120b414a", "e261e7770df5499f", "rerank", 1795426421583141672, 1795426421588930125, "ok"),
        ("56af74cb480b27b2", "e261e7770df5499f", "tool", 1795426421589104646, 1795426421599466510, "ok"),
        ("d07cdc84bfd19990", "e261e7770df5499f", "model", 1795426421599646569, 1795426421630271937, "ok"),
    ],
}
EVALUATED: dict[str, list[Row]] = {
    "tr-8b5db50a32e08363a0a2248b204b5eff": [
        ("cd7b26caa2eb5699", "", "request", 1795426427051558071, 1795426428095073533, "ok"),
        ("a968bc462641181b", "cd7b26caa2eb5699", "retrieval", 1795426427052139278, 1795426427072934044, "ok"),
        ("2d388e5825958ca1", "cd7b26caa2eb5699", "rerank", 1795426427233911931, 1795426427244806009, "ok"),
        ("d1b4fe39b92ab93c", "cd7b26caa2eb5699", "tool", 1795426427386421567, 1795426427400003565, "ok"),
        ("ea9b8f81a92ad731", "cd7b26caa2eb5699", "model", 1795426427826469414, 1795426427906083016, "ok"),
    ],
    "tr-5f87fb8a77414dd97aefeeeee5f696cb": [
        ("b4f99f4c7ebaea7c", "", "request", 1795426427052446526, 1795426427695841173, "ok"),
        ("958b07bec795ecd8", "b4f99f4c7ebaea7c", "retrieval", 1795426427052717140, 1795426427076426533, "ok"),
        ("e9a0d6aaed6e5829", "b4f99f4c7ebaea7c", "rerank", 1795426427203627692, 1795426427219691231, "ok"),
        ("63b2d010a330f6ac", "b4f99f4c7ebaea7c", "tool", 1795426427290175657, 1795426427356180533, "error"),
    ],
}
SAMPLE = DATA / "mlflow" / "v3.17.2_traces.jsonl"
TABLE = DATA / "mlflow" / "v3.17.2_genai_eval_results.csv"
START = 1_795_426_421_833_820_136
NO_VERSION = "1 trace without a version, since no root span states one"
Object = dict[str, Any]


def coded(number: int, length: int = 8) -> str:
    return base64.b64encode(number.to_bytes(length, "big")).decode()


def span(at: int = 1, parent: int | None = None, **more: Any) -> Object:
    """A span as 3.x writes it; keys that are None are left out."""
    own = {
        "trace_id": coded(0xAB, 16),
        "span_id": coded(at),
        "parent_span_id": "" if parent is None else coded(parent),
        "name": f"step {at}",
        "start_time_unix_nano": START + at,
        "end_time_unix_nano": START + 100,
        "events": [],
        "status": {"code": "STATUS_CODE_OK", "message": ""},
        "attributes": {"mlflow.traceRequestId": '"tr-1"', "mlflow.spanType": '"TOOL"'},
        "links": [],
    }
    return {key: value for key, value in (own | more).items() if value is not None}


def trace(*rows: Any, trace_id: str = "tr-1", **info: Any) -> Object:
    return {"info": {"trace_id": trace_id, "trace_metadata": {}, "tags": {}, **info}, "data": {"spans": list(rows)}}


def span_of_2(at: int = 1, parent: int | None = None, **more: Any) -> Object:
    return {
        "name": f"step {at}",
        "context": {"span_id": f"0x{at:016X}", "trace_id": f"0x{0xAB:032x}"},
        "parent_id": None if parent is None else f"0x{parent:016x}",
        "start_time": START + at,
        "end_time": START + 100,
        "status_code": "OK",
        "status_message": "",
        "attributes": {"mlflow.traceRequestId": '"tr-1"', "mlflow.spanType": '"TOOL"', "mlflow.spanInputs": "8"},
        "events": [],
        **more,
    }


def trace_of_2(*rows: Any) -> Object:
    info = {"request_id": "tr-1", "experiment_id": "0", "timestamp_ms": 1, "execution_time_ms": 2, "status": "OK"}
    metadata = {"request_metadata": {"mlflow.trace_schema.version": "2"}, "tags": {"workflow": "refund"}}
    return {"info": info | metadata, "data": {"spans": list(rows), "request": "8", "response": "8"}}


def source(folder: Path, *documents: Any) -> Source:
    """A line for each document; a text stands as it is."""
    path = folder / "upload"
    lines = (each if isinstance(each, str) else json.dumps(each) for each in documents)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return Source.open(path, "traces.bin")


def found(folder: Path, *documents: Any, **options: Any) -> Batch:
    batch = read(source(folder, *documents), Options(**options))
    assert batch.format == "mlflow-traces"
    return batch


def skips(batch: Batch) -> list[tuple[str, str]]:
    return [(skip.place, skip.reason) for skip in batch.skipped]


def table(*traces: Any, **columns: str) -> str:
    """What a frame of traces writes as CSV: the trace as JSON, its spans in the notation of Python."""
    file = io.StringIO()
    names = ["trace_id", "trace", "state", "request_time", "trace_metadata", "tags", "spans", *columns]
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(names)
    for each in traces:
        cell = each if isinstance(each, str) else json.dumps(each)
        writer.writerow(["tr-1", cell, "OK", "1", "{'a': 'b'}", "{}", "[{'span_id': None}]", *columns.values()])
    return file.getvalue()


def test_the_sample_has_the_spans_that_it_states() -> None:
    batch = opened(SAMPLE)
    assert (batch.format, stated(batch), batch.skipped) == ("mlflow-traces", TRACES, ())
    assert [trace.flags for trace in batch.traces] == [[], [], []]
    assert batch.warnings == (
        "3 traces without a version, since no root span states one",
        "1 attribute with NaN or Infinity, shown as nan",
    )


def test_traces_of_an_evaluation_table_are_read_where_a_person_says_so() -> None:
    batch = opened(TABLE, Options(format="mlflow-traces"))
    assert (stated(batch), batch.skipped) == (EVALUATED, ())
    assert "10 assessments of traces left out" in batch.warnings


def test_texts_kinds_and_names_of_the_sample() -> None:
    held = spans(opened(SAMPLE))
    tool = held["27a781d5a336b8ed"]
    assert (tool.name, tool.input) == ("order_lookup", '{"order_id": "A-NaN"}')
    assert tool.output == '{"order_id": "A-NaN", "status": "delivered", "amount": "nan"}'
    assert held["edf6a01a120c1a6f"].output == "Refunds are issued within 14 days."
    assert held["87f20338ebf62289"].attributes["model"] == "stub-model-2"
    assert held["87f20338ebf62289"].attributes["mlflow.chat.tokenUsage"] == {
        "input_tokens": 120,
        "output_tokens": 31,
        "total_tokens": 151,
    }
    failed = held["883317473505c5ea"]
    assert failed.error == "TimeoutError: orders API timed out after 10 ms"
    assert failed.attributes["span.events"][0]["attributes"]["exception.type"] == "TimeoutError"
    answer = held["edf6a01a120c1a6f-output"]
    assert (answer.kind, answer.start_ns, answer.end_ns) == ("output", 1795426421907297798, 1795426421907297798)


def test_tags_of_the_sample_can_name_workflow_and_cohort() -> None:
    split = {"workflow": "tags.workflow", "cohort": "tags.cohort"}
    batch = opened(SAMPLE, Options(mapping=split))
    assert (batch.fields, batch.proposed) == (("tags.cohort", "tags.workflow"), split)
    assert [(each.workflow, each.cohort) for each in batch.traces] == [
        ("order-status", "cohort=smb-us"),
        ("order-status", "cohort=smb-us"),
        ("refund", "cohort=enterprise-eu"),
    ]


SHAPES: dict[str, Any] = {
    "a line for each": lambda *held: "\n\n".join(map(json.dumps, held)),
    "one line": lambda *held: json.dumps(list(held)),
    "indented": lambda *held: json.dumps(list(held), indent=2),
    "sorted": lambda *held: json.dumps(list(held), sort_keys=True),
    "answer of a service": lambda *held: json.dumps({"traces": list(held)}),
    "CSV": table,
    "frame": lambda *held: json.dumps([{"trace": json.dumps(each)} for each in held]),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_traces_give_the_same_spans_in_every_shape(tmp_path: Path, shape: str) -> None:
    held = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]
    options = {"format": "mlflow-traces"} if shape in ("frame", "answer of a service") else {}
    batch = found(tmp_path, SHAPES[shape](*held), **options)
    assert (stated(batch), batch.skipped) == (TRACES, ())


@pytest.mark.parametrize("indent", [None, 1])
def test_one_document_may_be_one_trace(tmp_path: Path, indent: int | None) -> None:
    first = json.loads(SAMPLE.read_text("utf-8").splitlines()[0])
    batch = found(tmp_path, "\ufeff" + json.dumps(first, indent=indent))
    assert stated(batch) == {name: rows for at, (name, rows) in enumerate(TRACES.items()) if not at}


def test_spans_of_2x_have_their_ids_in_a_context(tmp_path: Path) -> None:
    failed = span_of_2(3, 2, status_code="ERROR", status_message="timed out", end_time=None)
    batch = found(tmp_path, trace_of_2(span_of_2(), span_of_2(2, 1, status_code="UNSET"), failed))
    assert stated(batch) == {
        "tr-1": [
            ("0000000000000001", "", "request", START + 1, START + 100, "ok"),
            ("0000000000000002", "0000000000000001", "tool", START + 2, START + 100, "unset"),
            ("0000000000000003", "0000000000000002", "tool", START + 3, None, "error"),
        ]
    }
    assert (batch.fields, batch.traces[0].flags) == (("tags.workflow",), ["1 span without an end"])
    assert [each.error for each in batch.traces[0].spans] == ["", "", "timed out"]
    assert batch.traces[0].spans[0].input == "8"


def test_spans_of_later_3x_have_ids_in_hex_and_name_the_trace(tmp_path: Path) -> None:
    own: dict[str, Any] = {
        "trace_id": "tr-1",
        "otel_trace_id": f"{0xAB:032x}",
        "status": {"code": "OK", "message": None},
    }
    root = span(span_id=f"{1:016x}", parent_span_id=None, **own)
    batch = found(tmp_path, trace(root, span(span_id=f"{2:016x}", parent_span_id=f"{1:016x}", **own)))
    assert [row[:2] for row in stated(batch)["tr-1"]] == [(f"{1:016x}", ""), (f"{2:016x}", f"{1:016x}")]
    assert (batch.traces[0].flags, batch.warnings) == ([], (NO_VERSION,))


def test_spans_without_their_info_name_the_trace_themselves(tmp_path: Path) -> None:
    batch = found(tmp_path, {"spans": [span(), span(2, 1, attributes={}, trace_id=coded(7, 16))], "request": "8"})
    assert list(stated(batch)) == ["tr-1", f"{7:032x}"]


@pytest.mark.parametrize(
    ("info", "version"),
    [
        ({"trace_metadata": {"mlflow.modelId": "m-1", "version": "2"}, "tags": {"version": "3"}}, "m-1"),
        ({"trace_metadata": {"version": "2"}, "tags": {"version": "3"}}, "3"),
        ({"trace_metadata": {"version": "2", "mlflow.source.git.commit": "c0ffee"}}, "2"),
        ({"trace_metadata": {"mlflow.source.git.commit": "c0ffee"}, "tags": {"version": ""}}, "c0ffee"),
        ({"trace_metadata": {"mlflow.source.git.commit": ""}}, ""),
        ({"trace_metadata": {"version": ["2"]}}, ""),
    ],
)
def test_the_version_is_the_first_that_tags_or_metadata_state(tmp_path: Path, info: Object, version: str) -> None:
    batch = found(tmp_path, trace(span(), **info))
    assert (batch.traces[0].version, batch.versions) == (version, (version,) if version else ())


def test_only_plain_values_of_a_persons_own_can_name_a_workflow(tmp_path: Path) -> None:
    info: dict[str, Any] = {
        "tags": {"flow": "a", "mlflow.user": "x", "deep": {"a": 1}},
        "trace_metadata": {"n": 3, "mlflow.x": "y"},
    }
    assert found(tmp_path, trace(span(), **info)).fields == ("tags.flow", "metadata.n")


@pytest.mark.parametrize(
    ("status", "ours"),
    [
        ({"code": "OK"}, "ok"),
        ({"code": "STATUS_CODE_OK"}, "ok"),
        ({"code": "ERROR"}, "error"),
        ({"code": "STATUS_CODE_ERROR", "message": "no"}, "error"),
        ({"code": 2}, "error"),
        ({"code": "UNSET"}, "unset"),
        ({"code": "STATUS_CODE_UNSET"}, "unset"),
        ({}, "unset"),
        (None, "unset"),
        ("StatusCode.ERROR", "error"),
    ],
)
def test_a_status_stands_in_several_spellings(tmp_path: Path, status: Any, ours: str) -> None:
    assert found(tmp_path, trace(span(status=status))).traces[0].spans[0].status == ours


def test_the_error_of_a_span_without_a_message_is_its_first_exception(tmp_path: Path) -> None:
    events = ["odd", {"name": "a"}, {"name": "exception", "attributes": {"exception.message": "no route"}}]
    batch = found(tmp_path, trace(span(status={"code": "ERROR"}, events=events)))
    assert batch.traces[0].spans[0].error == "no route"
    assert batch.traces[0].spans[0].attributes["span.events"] == events


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (3, "this is not a JSON object; expected a span"),
        (span(span_id=None), "the span id is missing"),
        (span(span_id=17), "span_id is 17; expected text"),
        (span(span_id="a" * 301), "the span id has 301 characters; expected at most 300"),
        (span(parent_span_id={"a": 1}), 'parent_span_id is {"a": 1}; expected text'),
        (span(name=["n"]), 'name is ["n"]; expected text'),
        (span(attributes="a"), "this is not a JSON object; expected names and values in attributes"),
        (span(attributes=["a"]), "an attribute is 'a'; expected a key with a value"),
        (span(context="ab"), "this is not a JSON object; expected context with trace_id and span_id"),
        (span(status={"code": "FINE"}), 'the status is "FINE"; expected OK, ERROR or UNSET'),
        (span(status={"code": 2.0}), "the status is 2.0; expected OK, ERROR or UNSET"),
        (span(status={"code": True}), "the status is true; expected OK, ERROR or UNSET"),
        (span(status=["OK"]), 'the status is ["OK"]; expected OK, ERROR or UNSET'),
        (span(start_time_unix_nano=None), "the start is missing; expected nanoseconds since 1970"),
        (span(start_time_unix_nano=0), "the start is missing; expected nanoseconds since 1970"),
        (span(start_time_unix_nano=1.5e18), "start_time_unix_nano is 1.5e+18; expected nanoseconds since 1970"),
        (span(start_time_unix_nano=-1), "start_time_unix_nano is -1; expected nanoseconds since 1970"),
        (span(start_time_unix_nano=True), "start_time_unix_nano is true; expected nanoseconds since 1970"),
        (span(end_time_unix_nano="soon"), 'end_time_unix_nano is "soon"; expected nanoseconds since 1970'),
        (span(end_time_unix_nano=float("nan")), "end_time_unix_nano is NaN; expected nanoseconds since 1970"),
        (span(end_time_unix_nano=10**19), "a time lies outside what can be kept; expected nanoseconds since 1970"),
    ],
)
def test_a_bad_span_is_skipped_with_its_place_and_why(tmp_path: Path, bad: Any, reason: str) -> None:
    batch = found(tmp_path, trace(span(9)), trace(span(8), bad, trace_id="tr-2"))
    assert skips(batch) == [("line 2, data.spans[1]", reason)]
    assert {name: len(rows) for name, rows in stated(batch).items()} == {"tr-1": 1, "tr-2": 1}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("3", "this is not a JSON object; expected a trace"),
        (trace(), "there is no span; expected a list of spans"),
        ({"info": {}, "data": {"spans": {"a": 1}}}, "spans is not a list"),
        ({"info": {}, "data": {"spans": None}}, "there is no span; expected a list of spans"),
        ({"info": {}, "data": "spans"}, "this is not a JSON object; expected data with spans"),
        ({"info": {}}, "there is no span; expected a list of spans"),
        ({"info": ["a"], "data": {"spans": [span()]}}, "this is not a JSON object; expected info with an id, tags and"),
        (trace(span(), trace_id=5), "trace_id is 5; expected text"),  # type: ignore[arg-type]
        ({"trace": "Trace(trace_id='tr-1')"}, "the column trace does not hold one trace as JSON: the JSON breaks off"),
        ({"trace": None}, "this is not a JSON object; expected a trace in the column trace"),
    ],
)
def test_a_trace_without_spans_is_skipped_with_its_line_and_why(tmp_path: Path, bad: Any, reason: str) -> None:
    batch = found(tmp_path, trace(span()), bad)
    [(place, said)] = skips(batch)
    assert place.partition(",")[0] == "line 2"
    assert said.startswith(reason)


@pytest.mark.parametrize(
    ("rows", "flags"),
    [
        ([span(), span(2, 7), span(3, 7)], ["2 spans whose parent is not in the trace"]),
        ([span(), span(2)], ["2 root spans; the first in the file names version, workflow, cohort and path"]),
        (
            [span(1, 2, start_time_unix_nano=START + 2), span(2, 1)],
            ["no root span: every span names a parent", "2 spans in a circle of parents"],
        ),
        ([span(), span(2, 1, end_time_unix_nano=None)], ["1 span without an end"]),
        ([span(), span(2, 1, end_time_unix_nano=0)], ["1 span without an end"]),
        ([span(), span(2, 1, end_time_unix_nano=START)], ["1 span that ends before it starts"]),
        ([span(5), span(2, 5)], ["1 span with a start before the parent's, as when clocks disagree"]),
        ([span(), span(2, 1, trace_id=coded(7, 16))], ["1 span with the id of another trace than the rest"]),
    ],
)
def test_what_is_odd_about_a_trace_is_said_and_not_repaired(
    tmp_path: Path, rows: list[Object], flags: list[str]
) -> None:
    batch = found(tmp_path, trace(*rows))
    assert (batch.traces[0].flags, batch.skipped) == (flags, ())
    assert [row[1] for row in stated(batch)["tr-1"]] == [
        base64.b64decode(row["parent_span_id"]).hex() if row["parent_span_id"] else "" for row in rows
    ]


def test_a_trace_may_be_spread_over_lines_and_a_span_that_stands_twice_is_kept_once(tmp_path: Path) -> None:
    batch = found(tmp_path, trace(span(2, 1)), trace(span(1), span(2, 1, name="again")))
    assert [each.name for each in batch.traces[0].spans] == ["step 2", "step 1"]
    assert skips(batch) == [
        ("line 2, data.spans[1]", "the span '0000000000000002' stands twice in this trace; the first one was kept")
    ]


@pytest.mark.parametrize("odd", ["AQ==", "abc", "0x123", "no id, and no base64 either"])
def test_an_id_of_another_length_is_kept_as_it_is_and_said(tmp_path: Path, odd: str) -> None:
    batch = found(tmp_path, trace(span(span_id=odd), span(2, parent_span_id=odd)))
    first, second = stated(batch)["tr-1"]
    assert first[0] == second[1] == odd.removeprefix("0x")
    assert batch.warnings == (NO_VERSION, "1 span with an id that is not of 16 hexadecimal digits, kept as it is")


@pytest.mark.parametrize(
    ("value", "shown", "warning"),
    [
        ('{"a": [NaN, -Infinity, 1]}', '{"a": ["nan", "nan", 1]}', "1 attribute with NaN or Infinity, shown as nan"),
        (float("inf"), "nan", "1 attribute with NaN or Infinity, shown as nan"),
        ("{'a': 1}", "{'a': 1}", "1 attribute without JSON, kept as text"),
        ('{"a": 1, "a": 2}', '{"a": 1, "a": 2}', "1 attribute without JSON, kept as text"),
        ("[" * 5_000, "[" * 5_000, "1 attribute without JSON, kept as text"),
        ("", "", ""),
        ("null", "", ""),
        ('"\\u00e4"', "ä", ""),
        ('{"b": 12345678901234567890}', '{"b": 12345678901234567890}', ""),
        ({"a": 1}, '{"a": 1}', ""),
    ],
)
def test_what_an_attribute_holds_is_kept_and_flagged(tmp_path: Path, value: Any, shown: str, warning: str) -> None:
    batch = found(tmp_path, trace(span(attributes={"mlflow.spanInputs": value, "mlflow.spanType": '"TOOL"'})))
    held = batch.traces[0].spans[0]
    assert held.input == shown
    assert batch.warnings == (NO_VERSION, *([warning] if warning else []))


def test_tags_of_another_shape_name_nothing_and_are_said(tmp_path: Path) -> None:
    batch = found(tmp_path, trace(span(), tags=[{"key": "version", "value": "2"}]))
    assert batch.fields == ()
    assert "1 trace whose tags or metadata are no object, so that they name nothing" in batch.warnings


def test_secrets_within_the_json_of_an_attribute_are_redacted(tmp_path: Path) -> None:
    attributes = {
        "mlflow.spanInputs": json.dumps({"password": "abc", "to": "dana@example.com"}),
        "who": '"a@b.example"',
    }
    held = found(tmp_path, trace(span(attributes=attributes))).traces[0]
    assert held.spans[0].input == '{"password": "[redacted: password]", "to": "[redacted: email]"}'
    assert held.spans[0].attributes["who"] == "[redacted: email]"
    assert held.redacted == {"email": 2, "password": 1}


@pytest.mark.parametrize(
    ("documents", "sentence"),
    [
        ([json.dumps(trace(span()))[:-9]], "traces.bin, line 1, column "),
        ([trace(span()), json.dumps(trace(span()))[:50]], "traces.bin, line 2, column 51: the JSON breaks off"),
        ([json.dumps([trace(span())], indent=1)[:-3]], "traces.bin, line "),
        ([trace(span(start_time_unix_nano=0))], "traces.bin, data.spans[0]: no span can be kept: the start is missing"),
        ([table(trace(span())) + "tr-1,half"], "traces.bin, row 2: the row has 2 cells for 7 columns"),
        ([table("Trace(trace_id='tr-1')")], "traces.bin, row 1: no span can be kept: the column trace does not hold"),
    ],
)
def test_a_file_that_breaks_off_or_holds_no_span_is_refused(
    tmp_path: Path, documents: list[Any], sentence: str
) -> None:
    assert refusal(IMPORTER, source(tmp_path, *documents)).startswith(sentence)


def test_any_value_of_another_kind_is_kept_or_skipped(tmp_path: Path) -> None:
    info: dict[str, Any] = {"trace_metadata": {"a": "b"}, "tags": {"c": "d"}, "assessments": [{"a": 1}]}
    row = span(2, 1, events=[{"name": "exception", "attributes": {"exception.message": "no"}}])
    for whole in (trace(span(), row, **info), trace_of_2(span_of_2(), span_of_2(2, 1))):
        for changed in gone_wrong(copy.deepcopy(whole)):
            data = changed.get("data")
            kept_or_refused(
                IMPORTER, source(tmp_path, changed), listed(data.get("spans")) if isinstance(data, dict) else 0
            )


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        (json.dumps(trace(span())), True),
        (json.dumps([trace(span())], indent=2), True),
        (json.dumps(trace_of_2(span_of_2())), True),
        (json.dumps({"spans": [span()]}), True),
        (table(trace(span())), True),
        (json.dumps(trace(span(attributes={"mlflow.spanInputs": json.dumps("x" * 100_000)})), sort_keys=True), True),
        (table(trace(span()), **{"judge/value": "1"}), False),
        (json.dumps([{"trace_id": "a", "judge/value": 1, "spans": [span()]}]), False),
        (json.dumps({"info": {"trace_id": "a"}, "data": [1]}), False),
        (json.dumps({"input": json.dumps(trace(span()))}), False),
        (json.dumps({"spans": [{"trace_id": "a", "span_id": "b", "start": "c"}]}), False),
        ("trace_id,trace,spans,faithfulness\n", False),
        ("\n", False),
    ],
)
def test_traces_are_told_by_the_names_of_their_fields(tmp_path: Path, text: str, ours: bool) -> None:
    assert IMPORTER.sniff(source(tmp_path, text)) is ours


def test_the_work_grows_with_the_number_of_spans_only(tmp_path: Path) -> None:
    def work(number: int) -> int:
        whole = source(tmp_path, trace(*(span(at + 1, at or None) for at in range(number))))
        return calls(lambda: IMPORTER.read(whole, Options()))

    assert work(2_000) < 5 * work(500)


def test_many_spans_and_a_long_text_are_read(tmp_path: Path) -> None:
    number = scaled(5_000)
    rows = [span(at + 1, at or None, attributes={"mlflow.spanType": '"TOOL"'}) for at in range(number)]
    long = {"mlflow.spanInputs": json.dumps("word " * 2_000_000)}
    batch = found(tmp_path, trace(*rows), trace(span(attributes=long), trace_id="tr-2"))
    assert [len(rows) for rows in stated(batch).values()] == [number, 1]
    assert batch.traces[1].flags == ["1 text cut after 20,000 characters"]


API = DATA / "mlflow_api" / "traces_batchGet.json"


def test_answers_of_the_rest_interface_are_read_one_after_another(tmp_path: Path) -> None:
    whole = json.loads(API.read_text())
    pages = tmp_path / "pages.jsonl"
    pages.write_text("\n".join(json.dumps({"traces": [one]}) for one in whole["traces"]))
    alone, several = read(Source.open(API)), read(Source.open(pages))
    assert (len(alone.traces), alone.traces) == (11, several.traces)
    first = alone.traces[0]
    assert (first.trace_id, first.version, first.spans[0].kind) == (
        "tr-0afaebd739efc52634d3ae4a706e9c45",
        "2026.11",
        "request",
    )
    assert [(span.kind, span.input) for span in first.spans[1:3]] == [("tool", '{"q": "q3"}'), ("model", '{"q": "q3"}')]


def test_a_bad_answer_of_the_rest_interface_is_told_by_its_place(tmp_path: Path) -> None:
    whole = json.loads(API.read_text())
    whole["traces"][0]["spans"][0]["attributes"] = ["a"]
    pages = tmp_path / "pages.jsonl"
    pages.write_text("\n".join(json.dumps({"traces": [one]}) for one in whole["traces"]))
    (skip,) = read(Source.open(pages)).skipped
    assert (skip.place, skip.reason) == (
        "line 1, traces[0].spans[0]",
        "an attribute is 'a'; expected a key with a value",
    )
