"""Spans as Phoenix hands them out, in four layouts that say the same, and what goes wrong with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from readiness.importers import Batch, Options, Source
from readiness.importers.formats.openinference import IMPORTER
from readiness.importers.source.python_literals import loaded
from tests import samples
from tests.importers.tracing import (
    DATA,
    Row,
    gone_wrong,
    kept_or_refused,
    listed,
    opened,
    refusal,
    spans,
    stated,
)

FOLDER = DATA / "openinference"
DAY = 1_795_427_304_000_000_000
"""2026-11-23T09:48:24Z, the second in which every span of the samples began."""
A, B, C = "79e75569f1b687f1a56dcfe36222172d", "3e3c52c42dda57610a713ddc955431a4", "b9c63d30f4bbc5519faf783d50c14909"
MICROSECONDS: dict[str, list[tuple[str, str, str, int, int, str]]] = {
    A: [
        ("880ad7672273e67d", "b8605989af19b94a", "model", 941910, 972276, "unset"),
        ("cdddcd5d3962f6d2", "b8605989af19b94a", "tool", 927847, 938112, "unset"),
        ("636c78e41c8141c8", "b8605989af19b94a", "rerank", 918401, 923587, "unset"),
        ("c8a24be5160ec9cc", "b8605989af19b94a", "retrieval", 893183, 913443, "unset"),
        ("b8605989af19b94a", "", "request", 893081, 980601, "ok"),
    ],
    B: [
        ("0ab6ca3c107ce447", "9699b206fe9eb5c6", "model", 854437, 884730, "unset"),
        ("5c96f9c506c609cb", "9699b206fe9eb5c6", "tool", 838333, 849721, "error"),
        ("a577b922082d01cc", "9699b206fe9eb5c6", "rerank", 826196, 831381, "unset"),
        ("c46b6120ae4195c4", "9699b206fe9eb5c6", "retrieval", 796504, 817037, "unset"),
        ("9699b206fe9eb5c6", "", "request", 796392, 889818, "ok"),
    ],
    C: [
        ("2180ccc001ebb531", "e0f04f69a973b381", "model", 682188, 717216, "unset"),
        ("074169e986d950dc", "e0f04f69a973b381", "tool", 641289, 652077, "unset"),
        ("bb1edae9fdc99b48", "e0f04f69a973b381", "rerank", 621863, 629597, "unset"),
        ("298ed1880472fed9", "e0f04f69a973b381", "retrieval", 568192, 588491, "unset"),
        ("e0f04f69a973b381", "", "request", 568045, 787962, "ok"),
    ],
}


def expected(cut: int = 1, *, root_first: bool = False) -> dict[str, list[Row]]:
    found = {}
    for trace, rows in MICROSECONDS.items():
        exact = [(*row[:3], *(DAY + time // cut * cut * 1_000 for time in row[3:5]), row[5]) for row in rows]
        found[trace] = [exact[-1], *exact[:-1]] if root_first else exact
    return found  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("phoenix_spans.parquet", expected()),
        ("phoenix_spans.csv", expected()),
        ("phoenix_spans.jsonl", expected(1_000)),
        ("phoenix_rest_spans.json", expected(root_first=True)),
    ],
)
def test_every_layout_says_the_same_as_exactly_as_it_can(name: str, rows: dict[str, list[Row]]) -> None:
    options = Options(mapping={"workflow": "metadata.workflow", "cohort": "metadata.cohort"})
    batch = opened(FOLDER / name, options)
    assert batch.format == "openinference"
    assert stated(batch) == rows
    assert (batch.skipped, [trace.flags for trace in batch.traces]) == ((), [[], [], []])
    assert batch.proposed == options.mapping
    assert {"metadata.prompt_version", "session.id"} <= set(batch.fields)
    assert [(trace.workflow, trace.cohort) for trace in batch.traces] == [
        ("refund", "cohort=smb-us"),
        ("order-status", "cohort=smb-us"),
        ("refund", "cohort=enterprise-eu"),
    ]
    assert batch.warnings == ("3 traces without a version, since no root span states one",)
    found = spans(batch)
    assert found["0ab6ca3c107ce447"].input == '[{"role": "user", "content": "Where is my order?"}]'
    assert found["0ab6ca3c107ce447"].output == "I am handing you over to a human agent."
    assert found["5c96f9c506c609cb"].error == "TimeoutError: orders API timed out"
    assert found["5c96f9c506c609cb"].attributes["events"][0]["exception.message"] == "orders API timed out"
    assert found["0ab6ca3c107ce447"].attributes["tag.tags"] == ["smb-us", "order-status"]
    assert found[f"{'9699b206fe9eb5c6'}-output"].output == "I am handing you over to a human agent."


def test_annotations_are_no_spans() -> None:
    assert refusal(IMPORTER, Source.open(FOLDER / "phoenix_annotations.csv")) == (
        "phoenix_annotations.csv: these are annotations of spans, not spans; "
        "expected the spans themselves, or a table of scores."
    )
    assert IMPORTER.sniff(Source.open(FOLDER / "phoenix_annotations.csv"))


@pytest.mark.parametrize(
    "path",
    [
        *samples.own("openinference/attributes_alone.json"),
        *samples.shared(
            "openinference/attrs_openinference_client_span.json", "openinference/attrs_otel_genai_client_span.json"
        ),
    ],
)
def test_attributes_alone_are_no_spans(path: Path) -> None:
    assert IMPORTER.sniff(Source.open(path))
    assert "the attributes of a span stand alone, without its ids and times" in refusal(IMPORTER, Source.open(path))


def rest(span: str = "aa" * 8, parent: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "name": f"name of {span}",
        "context": {"trace_id": "ab" * 16, "span_id": span},
        "span_kind": "LLM",
        "parent_id": parent,
        "start_time": "2026-11-23T09:48:24.893081+00:00",
        "end_time": "2026-11-23T09:48:24.980601+00:00",
        "status_code": "OK",
        "status_message": "",
        "attributes": {},
        "events": [],
        **more,
    }


CHILD = "bb" * 8


def source(folder: Path, content: Any, name: str = "spans.json") -> Source:
    path = folder / "upload"
    text = content if isinstance(content, (str, bytes)) else json.dumps(content)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Source.open(path, name)


def read(folder: Path, content: Any, options: Options | None = None) -> Batch:
    found = source(folder, content)
    assert IMPORTER.sniff(found)
    return IMPORTER.read(found, options or Options())


@pytest.mark.parametrize(
    "attributes",
    [
        {"metadata": {"tenant": "acme"}},
        {"metadata.tenant": "acme"},
        {"metadata": '{"tenant": "acme"}'},
        {"metadata": "{'tenant': 'acme'}"},
    ],
)
def test_metadata_has_four_spellings(tmp_path: Path, attributes: dict[str, Any]) -> None:
    batch = read(tmp_path, {"data": [rest(attributes=attributes)]}, Options(mapping={"cohort": "metadata.tenant"}))
    assert batch.traces[0].cohort == "tenant=acme"
    assert batch.fields == ("metadata.tenant",)


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"span_kind": "EMBEDDING"}, "retrieval"),
        ({"span_kind": "AGENT"}, "other"),
        ({"span_kind": None, "attributes": {"openinference": {"span": {"kind": "TOOL"}}}}, "tool"),
        ({"span_kind": "UNKNOWN", "attributes": {"openinference.span.kind": "reranker"}}, "rerank"),
        ({"span_kind": 5, "attributes": {"gen_ai.operation.name": "chat"}}, "model"),
    ],
)
def test_a_kind_stands_in_either_place(tmp_path: Path, more: dict[str, Any], kind: str) -> None:
    assert spans(read(tmp_path, [rest(), rest(CHILD, "aa" * 8, **more)]))[CHILD].kind == kind


@pytest.mark.parametrize(
    ("start", "nanoseconds"),
    [
        ("2026-11-23T09:48:24.123456789Z", DAY + 123_456_789),
        ("2026-11-23 10:48:24.5+01:00", DAY + 500_000_000),
        ("2026-11-23T09:48:24", DAY),
        (1795427304941, DAY + 941_000_000),
        (1795427304941910, DAY + 941_910_000),
        (1795427304941910123, DAY + 941_910_123),
    ],
)
def test_a_start_is_as_exact_as_the_file_has_it(tmp_path: Path, start: Any, nanoseconds: int) -> None:
    assert read(tmp_path, [rest(start_time=start)]).traces[0].spans[0].start_ns == nanoseconds


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"start_time": None}, "the start time is missing"),
        ({"start_time": "NaT"}, "the start time is missing"),
        ({"start_time": 1795427304.941}, "a time is '1795427304.941'; expected one such as 2026-11-20T09:30:00.25Z"),
        ({"start_time": 17}, "a time is '17'; expected one such as 2026-11-20T09:30:00.25Z"),
        ({"end_time": "later"}, "a time is 'later'; expected one such as 2026-11-20T09:30:00.25Z"),
        ({"context": {"trace_id": "ab" * 16}}, "the span id is missing"),
        ({"context": {"trace_id": 5, "span_id": "c"}}, "the trace id is '5'; expected text"),
        ({"context": "x"}, "context is 'x'; expected an object"),
        ({"parent_id": ["x"]}, "the parent id is '[\"x\"]'; expected text"),
        ({"name": 5}, "the name is '5'; expected text"),
        ({"status_code": "GOOD"}, "the status code is 'GOOD'; expected 0, 1, 2, UNSET, OK or ERROR"),
        ({"attributes": []}, "attributes is '[]'; expected an object"),
        ({"events": "x"}, "events is 'x'; expected a list"),
        ({"events": [{"attributes": 3}]}, "an event is '{\"attributes\": 3}'; expected an object"),
        ({"context": rest()["context"]}, f"the span '{'aa' * 8}' stands twice in this trace; the first one was kept"),
    ],
)
def test_a_bad_span_is_skipped_with_its_place_and_why(tmp_path: Path, bad: dict[str, Any], reason: str) -> None:
    batch = read(tmp_path, {"data": [rest(), rest(CHILD, "aa" * 8, **bad)]})
    assert [(skip.place, skip.reason) for skip in batch.skipped] == [("data[1]", reason)]
    assert len(stated(batch)["ab" * 16]) == 1


@pytest.mark.parametrize(
    ("rows", "flags"),
    [
        ([rest(), rest(CHILD, "cc" * 8)], ["1 span whose parent is not in the trace"]),
        ([rest(), rest(CHILD, CHILD)], ["1 span in a circle of parents"]),
        ([rest(), rest(CHILD)], ["2 root spans; the first in the file names version, workflow, cohort and path"]),
        ([rest(), rest(CHILD, "aa" * 8, end_time=None)], ["1 span without an end"]),
        ([rest(attributes={"input.value": "y" * 10_000_000})], ["1 text cut after 20,000 characters"]),
    ],
)
def test_what_is_odd_is_flagged_and_not_repaired(tmp_path: Path, rows: list[Any], flags: list[str]) -> None:
    batch = read(tmp_path, "\n".join(map(json.dumps, rows)))
    assert (batch.traces[0].flags, batch.skipped) == (flags, ())


def test_a_page_of_several_says_that_there_are_more(tmp_path: Path) -> None:
    assert "the file is one page of several" in read(tmp_path, {"data": [rest()], "next_cursor": "x"}).warnings[-1]


def test_a_figure_that_is_no_number_is_kept_as_a_text(tmp_path: Path) -> None:
    assert read(tmp_path, [rest(attributes={"x": float("nan")})]).traces[0].spans[0].attributes == {"x": "nan"}


HEADER = "context.span_id,context.trace_id,name,span_kind,parent_id,start_time,context.span_id,attributes.metadata"
LINE = "aa,bb,n,LLM,,2026-11-23 09:48:24.5+00:00,aa,"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"{HEADER}\n{LINE}\naa,b", "spans.json, row 2: the row has 2 cells for 8 columns"),
        (f'{HEADER}\n{LINE}"x', "spans.json, line 2: the CSV breaks off or is malformed"),
        (f"{HEADER}\n", "spans.json: there are no spans"),
        (json.dumps({"data": [rest()]})[:80], "spans.json, line 1, column "),
        (f'{json.dumps(rest())}\n{{"a": 1, "a": 2}}', "spans.json, line 2: the key 'a' stands twice in one object"),
        ('{"data": 5}', "spans.json, data: no span can be kept: this is '5'; expected a list"),
        ("[5]", "spans.json, [0]: no span can be kept: this is '5'; expected one span"),
        (b"PAR1 and no more PAR1", "spans.json: the table cannot be read ("),
    ],
)
def test_a_file_that_is_not_whole_is_refused(tmp_path: Path, text: str | bytes, sentence: str) -> None:
    assert refusal(IMPORTER, source(tmp_path, text)).startswith(sentence)


def test_a_column_that_stands_twice_and_differs_keeps_both(tmp_path: Path) -> None:
    text = f"{HEADER},attributes.a,attributes.a\n{LINE},x,y\n"
    assert read(tmp_path, text).traces[0].spans[0].attributes == {"a": "x", "a 2": "y"}


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("{'a': [1, -2.5, None, True], 'b': nan}", {"a": [1, -2.5, None, True], "b": None}),
        ("[{'a': \"it's\", 'b': '\\n\\x41\\u00e9\\\\'}]", [{"a": "it's", "b": "\nAé\\"}]),
        ('{"a": null}', {"a": None}),
        ("plain", "plain"),
        ("{'a': __import__('os')}", "{'a': __import__('os')}"),
        ("[1 + 1]", "[1 + 1]"),
        ("{'a': 'cut", "{'a': 'cut"),
        ("['\\ud800']", "['\\ud800']"),
        ("['\\x00']", "['\\x00']"),
        ("['\\N{no such name}']", "['\\N{no such name}']"),
        ("[" * 100_000, "[" * 100_000),
        ("[" * 200 + "]" * 200, "[" * 200 + "]" * 200),
    ],
)
def test_a_cell_is_read_as_literals_only(cell: str, value: Any) -> None:
    assert loaded(cell) == value


def framed(folder: Path, **columns: Any) -> Source:
    path = folder / "upload"
    whole = {"context.trace_id": ["bb"], "context.span_id": ["aa"], "name": ["n"], "span_kind": ["LLM"], **columns}
    parquet.write_table(pa.table(whole), path)
    return Source.open(path, "spans.parquet")


@pytest.mark.parametrize(
    ("column", "nanoseconds"),
    [
        (pa.array([DAY + 123_456_789], pa.timestamp("ns", "UTC")), DAY + 123_456_789),
        (pa.array([DAY // 1000 + 5], pa.timestamp("us")), DAY + 5_000),
        (pa.array([DAY // 10**6], pa.timestamp("ms", "Europe/Berlin")), DAY),
        (pa.array([1_700_000_000_000_001], pa.timestamp("ns", "UTC")), 1_700_000_000_000_001),
        (pa.array(["2026-11-23T09:48:24.000000001Z"]), DAY + 1),
    ],
)
def test_parquet_keeps_nanoseconds(tmp_path: Path, column: Any, nanoseconds: int) -> None:
    found = framed(tmp_path, start_time=column)
    assert IMPORTER.sniff(found)
    span = IMPORTER.read(found, Options()).traces[0].spans[0]
    assert (span.start_ns, span.end_ns) == (nanoseconds, None)


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"start_time": pa.array([2**62], pa.timestamp("ms"))}, "spans.parquet, row 1: no span can be kept: a time is"),
        ({"start_time": pa.array([None], pa.timestamp("s"))}, "spans.parquet, row 1: no span can be kept: the start"),
        ({"start_time": ["x"], "attributes.a": ["\0"]}, "spans.parquet, row 1: there is a NUL character"),
    ],
)
def test_bad_parquet_is_refused_with_the_row(tmp_path: Path, columns: dict[str, Any], sentence: str) -> None:
    assert refusal(IMPORTER, framed(tmp_path, **columns)).startswith(sentence)


def test_parquet_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    table = pa.table({"context.trace_id": pa.array(["b"] * 500_001), "context.span_id": ["a"] * 500_001})
    parquet.write_table(table, tmp_path / "upload")
    assert "the table has 500,001 rows when it is unpacked" in refusal(IMPORTER, Source.open(tmp_path / "upload"))


def test_whatever_stands_in_place_of_a_value_is_kept_or_said(tmp_path: Path) -> None:
    flat = json.loads((FOLDER / "phoenix_spans.jsonl").read_text("utf-8").splitlines()[6])
    event = {"name": "exception", "timestamp": "x", "attributes": {"exception.type": "E"}}
    document = {"data": [rest(attributes={"a": {"b": [1]}}, events=[event]), flat]}
    for changed in gone_wrong(document):
        kept_or_refused(IMPORTER, source(tmp_path, changed), listed(changed.get("data", {})))


@pytest.mark.parametrize(
    ("content", "ours"),
    [
        ([rest()], True),
        ({"data": [rest()], "next_cursor": None}, True),
        (json.dumps({"data": [rest(attributes={"x": "y" * 100_000})]}), True),
        ({"data": [{"id": "x", "traceId": "y"}]}, False),
        ({"data": []}, False),
        ({"context": {"trace_id": "a", "span_id": "b"}, "kind": "SpanKind.CLIENT", "status": {}}, False),
        ({"trace_id": "a", "span_id": "b", "start": "x"}, False),
        ({"text": json.dumps(rest())}, False),
        (f"{HEADER}\n{LINE}", True),
        ("span_id,trace_id,score\n1,2,3", False),
        ("", False),
    ],
)
def test_spans_are_told_by_their_structure(tmp_path: Path, content: Any, ours: bool) -> None:
    assert IMPORTER.sniff(source(tmp_path, content or " ")) is ours
