"""Langfuse: traces of its own tests, worked out apart from the importer; what is flagged, skipped or refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.errors import InputError
from readiness.importers import Batch, Options, Source
from readiness.importers.formats.langfuse import IMPORTER
from readiness.model.traces import Span, Trace
from tests import samples
from tests.importers.reading import read_file, refusal, skips
from tests.importers.tracing import kept, listed
from tests.soak import scaled
from tests.work import calls

Object = dict[str, Any]

LLAMAINDEX = [
    ("3344aabdd4e66110", "", "request", 1_749_138_352_971_000_000, 1_749_138_355_750_000_000),
    ("7ca8b22f6628d0c7", "3344aabdd4e66110", "model", 1_749_138_352_971_000_000, 1_749_138_355_747_000_000),
]
SPANS = {
    "export.json": [
        ("answer", "ask", "model", 1_795_167_001_100_000_000, 1_795_167_002_350_000_000),
        ("search", "ask", "retrieval", 1_795_167_000_010_000_000, 1_795_167_000_260_000_000),
        ("ask", "", "request", 1_795_167_000_000_000_000, 1_795_167_002_400_000_000),
        ("look-up", "ask", "tool", 1_795_167_000_300_000_000, 1_795_167_001_050_000_000),
    ],
    "trace_llamaindex.json": LLAMAINDEX,
    "uilog_llamaindex_ms_latency.json": LLAMAINDEX,
    "trace_openai-agents_tool.json": [
        ("e5a76f27f51ad40e", "", "request", 1_759_223_039_962_000_000, 1_759_223_042_152_000_000),
        ("d950b668796240b5", "e5a76f27f51ad40e", "other", 1_759_223_039_962_000_000, 1_759_223_042_152_000_000),
        ("90d94774e8e3724d", "d950b668796240b5", "model", 1_759_223_041_001_000_000, 1_759_223_042_151_000_000),
        ("98870087af69bf06", "d950b668796240b5", "model", 1_759_223_039_963_000_000, 1_759_223_040_999_000_000),
        ("5b99c3e3411ed17b", "d950b668796240b5", "tool", 1_759_223_041_000_000_000, 1_759_223_041_000_000_000),
    ],
    "trace_google-adk.json": [
        ("bded677884f031ce", "6d8beb2e6a36b133", "model", 1_756_366_351_222_000_000, 1_756_366_352_146_000_000),
        ("f6e4c65297e40c96", "6d8beb2e6a36b133", "model", 1_756_366_350_306_000_000, 1_756_366_351_217_000_000),
        ("86cd4912944ddc41", "", "request", 1_756_366_350_303_000_000, 1_756_366_352_151_000_000),
        ("6d8beb2e6a36b133", "86cd4912944ddc41", "other", 1_756_366_350_304_000_000, 1_756_366_352_150_000_000),
        ("04290e4d82aba1bc", "f6e4c65297e40c96", "tool", 1_756_366_351_216_000_000, 1_756_366_351_217_000_000),
    ],
}
TRACES = {
    "export.json": ("refund-1", "2026.11", 32),
    "trace_llamaindex.json": ("12ea412956f99347b0503c1144acd0ec", "1.0.0", 477),
    "uilog_llamaindex_ms_latency.json": ("12ea412956f99347b0503c1144acd0ec", "1.0.0", 477),
    "trace_openai-agents_tool.json": ("fee618f96dc31e0ca38b2f7b26eb8b29", "", 0),
    "trace_google-adk.json": ("b82a0bdc1994fc5d1c8576ca032543f7", "", 544),
}
"""The trace's id, its version, and how long the answer is: none of the samples has a failed span or a flag."""

SAMPLES = [
    *samples.own("langfuse/export.json"),
    *samples.shared(*(f"langfuse/{name}" for name in SPANS if name != "export.json")),
]

START, START_NS = "2026-11-20T09:30:00.000Z", 1_795_167_000_000_000_000
END, END_NS = "2026-11-20T09:30:02.000Z", START_NS + 2_000_000_000


def trace(**more: Any) -> Object:
    return {
        "id": "t1",
        "name": "ask",
        "timestamp": START,
        "projectId": "p",
        "environment": "default",
        "public": False,
        "release": None,
        "version": None,
        "tags": [],
        "metadata": {},
        "scores": [],
        "latency": 2,
        **more,
    }


def observation(span_id: Any = "o1", parent: Any = None, **more: Any) -> Object:
    return {
        "id": span_id,
        "traceId": "t1",
        "type": "SPAN",
        "name": f"name of {span_id}",
        "startTime": START,
        "endTime": END,
        "parentObservationId": parent,
        "level": "DEFAULT",
        "statusMessage": None,
        "metadata": "{}",
        "latency": 2000,
        **more,
    }


def export(*observations: Any, **more: Any) -> str:
    return json.dumps({"trace": trace(**more), "observations": list(observations)})


def one(folder: Path, data: str, options: Options | None = None) -> Trace:
    batch = read_file(folder, data, options)
    assert batch.format == "langfuse"
    assert len(batch.traces) == 1
    return batch.traces[0]


def recorded(trace: Trace) -> list[Span]:
    return [span for span in trace.spans if "derived" not in span.attributes]


def tree(trace: Trace) -> list[tuple[str, str, str]]:
    return [(span.span_id, span.parent_id, span.kind) for span in recorded(trace)]


@pytest.mark.parametrize("path", SAMPLES)
def test_a_sample_is_read_to_the_nanosecond(path: Path, tmp_path: Path) -> None:
    batch = read_file(tmp_path, path.read_bytes())
    assert (batch.format, batch.skipped, len(batch.traces)) == ("langfuse", (), 1)
    found = batch.traces[0]
    spans = [(span.span_id, span.parent_id, span.kind, span.start_ns, span.end_ns) for span in recorded(found)]
    assert spans == SPANS[path.name]
    answers = [len(span.output) for span in found.spans if span.kind == "output"]
    assert (found.trace_id, found.version, sum(answers)) == TRACES[path.name]
    assert {span.status for span in found.spans} == {"unset"}
    assert found.flags == []


@pytest.mark.parametrize(
    ("data", "ours"),
    [
        (export(observation()), True),
        (json.dumps([observation()]), True),
        (json.dumps({"traceId": "t", "spanId": "s", "startTimeUnixNano": "1"}), False),
        (json.dumps({"id": "t", "timestamp": START, "name": "x"}), False),
        (json.dumps({"input": export(observation())}), False),
        (json.dumps({"metadata": {"inner": {"trace": trace()}}}), False),
        (json.dumps(export(observation())), False),
        ("id,traceId,parentObservationId,startTime", False),
        ('{"trace": {"id": "cut off', False),
        ('{"trace": {"a": "\\', False),
        ("}{][", False),
    ],
)
def test_traces_are_told_by_the_names_of_their_fields(tmp_path: Path, data: str, ours: bool) -> None:
    path = tmp_path / "upload"
    path.write_text(data, "utf-8")
    assert IMPORTER.sniff(Source.open(path)) is ours


@pytest.mark.parametrize(
    "latencies", [(2, 2000), (2000, 2), (None, "2 s"), (-1, 1e300)], ids=lambda pair: f"{pair[0]} and {pair[1]}"
)
def test_latency_in_whatever_unit_changes_nothing(tmp_path: Path, latencies: tuple[Any, Any]) -> None:
    first, second = latencies
    spans = recorded(one(tmp_path, export(observation(latency=first), observation("o2", "o1", latency=second))))
    assert [(span.start_ns, span.end_ns) for span in spans] == [(START_NS, END_NS)] * 2
    assert all("latency" not in span.attributes for span in spans)


def shapes() -> dict[str, str]:
    rows = [observation(), observation("o2", "o1", type="GENERATION")]
    nested = trace(observations=rows)
    return {
        "beside": export(*rows),
        "within": json.dumps(nested),
        "both": json.dumps({"trace": nested, "observations": rows}),
        "wrapped": json.dumps({"trace": nested}),
        "list": json.dumps([nested], indent=1),
        "list of exports": f"[{export(*rows)}]",
        "answer of the API": json.dumps({"data": [nested], "meta": {"page": 1}}),
        "observations only": json.dumps(rows),
        "lines": f"{json.dumps(nested)}\n",
        "spread over lines": f"{export(rows[1])}\n\n{json.dumps({'trace': trace(), 'observations': [rows[0]]})}\n",
        "lines of observations": "\n".join(json.dumps(row) for row in rows),
        "byte-order mark": "\ufeff" + export(*rows),
    }


@pytest.mark.parametrize("shape", shapes())
def test_every_shape_gives_the_same_spans(tmp_path: Path, shape: str) -> None:
    batch = read_file(tmp_path, shapes()[shape])
    assert batch.format == "langfuse"
    assert batch.skipped == ()
    assert sorted(tree(batch.traces[0])) == [("o1", "", "request"), ("o2", "o1", "model")]
    assert batch.traces[0].flags == []


def test_traces_of_one_file_stay_apart(tmp_path: Path) -> None:
    rows = [trace(id=name, observations=[observation(traceId=name)]) for name in ("a", "b")]
    assert [(found.trace_id, tree(found)) for found in read_file(tmp_path, json.dumps(rows)).traces] == [
        ("a", [("o1", "", "request")]),
        ("b", [("o1", "", "request")]),
    ]


def test_of_two_copies_the_one_beside_the_trace_counts_and_what_it_lacks_is_taken_from_the_other(
    tmp_path: Path,
) -> None:
    inner = observation(input=None, output="inner", metadata='{"a": 1}', endTime=END)
    outer = observation(input="outer", output=None, metadata="{}", endTime=None)
    batch = read_file(tmp_path, json.dumps({"trace": trace(observations=[inner]), "observations": [outer]}))
    span = batch.traces[0].spans[0]
    assert (span.input, span.output, span.end_ns, span.attributes["metadata"]) == ("outer", "inner", END_NS, {"a": 1})
    assert batch.skipped == ()


@pytest.mark.parametrize(
    "other",
    [
        {"endTime": "2026-11-20T09:30:01Z"},
        {"parentObservationId": "x"},
        {"parentObservationId": None},
        {"level": "ERROR"},
        {"startTime": END},
    ],
    ids=lambda each: next(iter(each)),
)
def test_copies_that_disagree_are_told(tmp_path: Path, other: Object) -> None:
    inner = observation("o2", "o1") | other
    outer = [observation(), observation("o2", "o1")]
    batch = read_file(tmp_path, json.dumps({"trace": trace(observations=[inner]), "observations": outer}))
    assert batch.warnings[-1] == (
        "1 observation in the trace and beside it with other times, parents or levels; what stands beside it was kept"
    )
    span = batch.traces[0].spans[1]
    assert (span.parent_id, span.start_ns, span.end_ns, span.status) == ("o1", START_NS, END_NS, "unset")


@pytest.mark.parametrize(
    ("type_", "name", "kind"),
    [
        ("GENERATION", "call", "model"),
        ("EMBEDDING", "embed", "retrieval"),
        ("RETRIEVER", "search", "retrieval"),
        ("TOOL", "lookup", "tool"),
        ("SPAN", "Cohere Rerank", "rerank"),
        ("RETRIEVER", "reranker", "rerank"),
        ("AGENT", "agent", "other"),
        ("CHAIN", "chain", "other"),
        ("EVENT", "click", "other"),
        ("GUARDRAIL", "check", "other"),
        (None, "x", "other"),
        (7, "x", "other"),
        ({"a": 1}, "x", "other"),
    ],
)
def test_kinds(tmp_path: Path, type_: Any, name: str, kind: str) -> None:
    found = one(tmp_path, export(observation(), observation("o2", "o1", type=type_, name=name)))
    assert recorded(found)[1].kind == kind


@pytest.mark.parametrize(
    ("level", "message", "status", "error"),
    [
        ("DEFAULT", None, "unset", ""),
        ("ERROR", None, "error", ""),
        ("ERROR", "timed out", "error", "timed out"),
        ("DEFAULT", "timed out", "error", "timed out"),
        (None, "timed out", "error", "timed out"),
        ("WARNING", "slow", "unset", "slow"),
        ("DEBUG", "hit", "unset", "hit"),
        ("error", "", "error", ""),
        (5, None, "unset", ""),
        ("ERROR", {"code": 5}, "error", '{"code": 5}'),
    ],
)
def test_status(tmp_path: Path, level: Any, message: Any, status: str, error: str) -> None:
    found = one(tmp_path, export(observation(), observation("o2", "o1", level=level, statusMessage=message)))
    assert (recorded(found)[1].status, recorded(found)[1].error) == (status, error)
    assert found.spans[0].status == "unset"


def test_several_observations_without_a_parent_hang_under_the_traces_own_record(tmp_path: Path) -> None:
    rows = [
        observation("a", type="GENERATION", endTime="2026-11-20T09:30:05Z"),
        observation("b", type="TOOL", endTime=None),
        observation("c", "a"),
    ]
    found = one(tmp_path, export(*rows, input="?", output="!", version="7", metadata={"flow": "refund"}))
    assert tree(found) == [("t1", "", "request"), ("a", "t1", "model"), ("b", "t1", "tool"), ("c", "a", "other")]
    root = found.spans[0]
    assert (root.name, root.start_ns, root.end_ns) == ("ask", START_NS, START_NS + 5_000_000_000)
    assert (root.input, root.output, found.version) == ("?", "!", "7")
    assert root.attributes["trace"]["metadata"] == {"flow": "refund"}
    assert found.flags == [
        "the trace's own record is the root, since 2 observations have no parent; it ends with the last of them",
        "1 span without an end",
    ]


def test_a_trace_that_names_parents_only_outside_keeps_its_own_record_as_the_root(tmp_path: Path) -> None:
    found = one(tmp_path, export(observation("a", "elsewhere"), observation("b", "t1")))
    assert tree(found) == [("t1", "", "request"), ("a", "elsewhere", "other"), ("b", "t1", "other")]
    assert found.flags == [
        "the trace's own record is the root, since every observation names a parent; it ends with the last of them",
        "1 span whose parent is not in the trace",
    ]


def test_a_trace_without_observations_has_no_end(tmp_path: Path) -> None:
    found = one(tmp_path, json.dumps([trace(observations=[])]))
    assert (found.spans[0].start_ns, found.spans[0].end_ns) == (START_NS, None)
    assert found.flags == [
        "the trace's own record is the root, since it has no observations",
        "1 span without an end",
    ]


def test_without_a_record_of_the_trace_two_roots_stay_two(tmp_path: Path) -> None:
    found = one(tmp_path, json.dumps([observation("a"), observation("b")]))
    assert tree(found) == [("a", "", "request"), ("b", "", "request")]
    assert found.flags == ["2 root spans; the first in the file names version, workflow, cohort and path"]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"timestamp": None}, "timestamp is missing; expected a time such as 2026-11-20T09:30:00.25Z"),
        ({"timestamp": "soon"}, "timestamp is 'soon'; expected one such as 2026-11-20T09:30:00.25Z"),
        ({"name": 5}, "name is 5; expected text"),
        ({"name": "x" * 20_001}, "the name has 20,001 characters; expected at most 20,000"),
        (
            {"timestamp": "1970-01-01T00:00:00+01:00"},
            "a time lies outside what can be kept; expected nanoseconds since 1970",
        ),
    ],
)
def test_a_record_that_cannot_be_the_root_is_skipped_and_the_observations_are_kept(
    tmp_path: Path, more: Object, reason: str
) -> None:
    batch = read_file(tmp_path, export(observation("a"), observation("b"), **more))
    assert skips(batch) == [("trace", reason)]
    assert tree(batch.traces[0]) == [("a", "", "request"), ("b", "", "request")]


def test_an_observation_with_the_id_of_the_trace_is_not_joined_by_a_second_one(tmp_path: Path) -> None:
    found = one(tmp_path, export(observation("t1"), observation("b")))
    assert tree(found) == [("t1", "", "request"), ("b", "", "request")]
    assert found.flags == ["2 root spans; the first in the file names version, workflow, cohort and path"]


@pytest.mark.parametrize(
    ("rows", "flags"),
    [
        ([observation(), observation("a", "x")], ["1 span whose parent is not in the trace"]),
        ([observation(), observation("a", "b"), observation("b", "a")], ["2 spans in a circle of parents"]),
        ([observation(), observation("a", "a")], ["1 span in a circle of parents"]),
        ([observation(endTime=None)], ["1 span without an end"]),
        ([observation(endTime="")], ["1 span without an end"]),
        ([observation(startTime=END, endTime=START)], ["1 span that ends before it starts"]),
        (
            [observation(), observation("a", "o1", startTime="2026-11-20T09:29:59.999999999Z")],
            ["1 span with a start before the parent's, as when clocks disagree"],
        ),
        (
            [observation(), observation("a", "o1", endTime="2026-11-20T09:30:02.000000001Z")],
            ["1 span with an end after the parent's"],
        ),
        ([observation(input="x" * 20_001)], ["1 text cut after 20,000 characters"]),
    ],
)
def test_what_is_odd_about_a_trace_is_said_and_not_repaired(
    tmp_path: Path, rows: list[Object], flags: list[str]
) -> None:
    found = one(tmp_path, export(*rows))
    assert found.flags == flags
    assert [span.parent_id for span in recorded(found)] == [row["parentObservationId"] or "" for row in rows]


AN_OBJECT = "this is not a JSON object; expected an observation"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (None, AN_OBJECT),
        ("o9", AN_OBJECT),
        ([], AN_OBJECT),
        (observation(None), "id is missing; expected text"),
        (observation(""), "id is missing; expected text"),
        (observation(17), "id is 17; expected text"),
        (observation(["a"]), 'id is ["a"]; expected text'),
        (observation("a" * 301), "id has 301 characters; expected at most 300"),
        (observation("o1"), "the span 'o1' stands twice in this trace; the first one was kept"),
        (observation("b", 3), "parentObservationId is 3; expected text"),
        (observation("b", {}), "parentObservationId is {}; expected text"),
        (observation("b", "o1", traceId=3), "traceId is 3; expected text"),
        (observation("b", "o1", name=["x"]), 'name is ["x"]; expected text'),
        (observation("b", "o1", name="x" * 20_001), "the name has 20,001 characters; expected at most 20,000"),
        (
            observation("b", "o1", startTime=None),
            "startTime is missing; expected a time such as 2026-11-20T09:30:00.25Z",
        ),
        (
            observation("b", "o1", startTime=1795167000),
            "startTime is 1795167000; expected a time such as 2026-11-20T09:30:00.25Z",
        ),
        (
            observation("b", "o1", endTime=1795167000.5),
            "endTime is 1795167000.5; expected a time such as 2026-11-20T09:30:00.25Z",
        ),
        (
            observation("b", "o1", endTime=False),
            "endTime is false; expected a time such as 2026-11-20T09:30:00.25Z",
        ),
        (
            observation("b", "o1", endTime="1795167000"),
            "endTime is '1795167000'; expected one such as 2026-11-20T09:30:00.25Z",
        ),
        (
            observation("b", "o1", startTime=["x"]),
            "startTime is \"['x']\"; expected one such as 2026-11-20T09:30:00.25Z",
        ),
        (
            observation("b", "o1", endTime="2026-02-30T09:30:00Z"),
            "endTime is '2026-02-30T09:30:00Z'; expected a time that exists",
        ),
        (
            observation("b", "o1", startTime="1926-11-20T09:30:00Z"),
            "startTime is '1926-11-20T09:30:00Z'; expected a time from 1970 to 2199",
        ),
    ],
)
def test_a_bad_observation_is_skipped_with_its_place_and_why(tmp_path: Path, bad: Any, reason: str) -> None:
    batch = read_file(tmp_path, export(observation(), bad))
    assert skips(batch) == [("observations[1]", reason)]
    assert tree(batch.traces[0]) == [("o1", "", "request")]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (json.dumps({"trace": trace(observations=[observation(), 5])}), "trace.observations[1]"),
        (json.dumps(trace(observations=[observation(), 5])), "observations[1]"),
        (json.dumps([trace(observations=[observation(), 5])]), "[0].observations[1]"),
        (json.dumps({"data": [trace(observations=[observation(), 5])]}), "data[0].observations[1]"),
        (f"{export(observation())}\n{export(5)}", "line 2, observations[0]"),
        (f"{export(observation())}\n{json.dumps({'trace': trace(observations=[5])})}", "line 2, trace.observations[0]"),
    ],
)
def test_the_place_leads_to_the_observation(tmp_path: Path, data: str, place: str) -> None:
    assert skips(read_file(tmp_path, data)) == [(place, AN_OBJECT)]


@pytest.mark.parametrize(
    ("line", "place", "reason"),
    [
        ("5", "line 2", "this is not a JSON object; expected a trace or an observation"),
        ('{"a": 1}', "line 2", "id is missing; expected text"),
        ('{"trace": 5}', "line 2, trace", "this is not a JSON object; expected a trace"),
        ('{"trace": {"id": 5}}', "line 2, trace", "id is 5; expected text"),
        ('{"id": "t2", "timestamp": 5}', "line 2", "timestamp is 5; expected a time such as 2026-11-20T09:30:00.25Z"),
        (
            json.dumps(trace(name="other")),
            "line 2",
            "the trace 't1' stands twice with other content; the first one was kept",
        ),
        (
            json.dumps(trace(observations={"a": 1})),
            "line 2, observations",
            "observations is not a list; expected observations",
        ),
    ],
)
def test_a_bad_record_is_skipped_with_its_line_and_why(tmp_path: Path, line: str, place: str, reason: str) -> None:
    batch = read_file(tmp_path, f"{export(observation())}\n{line}\n")
    assert skips(batch) == [(place, reason)]
    assert len(batch.traces) == 1


def test_the_only_record_of_a_file_has_a_place_too(tmp_path: Path) -> None:
    data = json.dumps(trace(timestamp=5, observations=[observation("a"), observation("b")]))
    assert skips(read_file(tmp_path, data)) == [
        ("the trace", "timestamp is 5; expected a time such as 2026-11-20T09:30:00.25Z")
    ]


def test_an_observation_is_filed_under_the_trace_that_it_names(tmp_path: Path) -> None:
    batch = read_file(tmp_path, export(observation(), observation("o2", traceId="t2")))
    assert [(found.trace_id, tree(found)) for found in batch.traces] == [
        ("t1", [("o1", "", "request")]),
        ("t2", [("o2", "", "request")]),
    ]


@pytest.mark.parametrize(
    ("metadata", "kept"),
    [
        ('{"flow": "refund", "n": {"deep": [1]}}', {"flow": "refund", "n": {"deep": [1]}}),
        ({"flow": "refund"}, {"flow": "refund"}),
        ('{"score": NaN}', {"score": "nan"}),
        ('{"broken', '{"broken'),
        ('{"a": 1, "a": 2}', '{"a": 1, "a": 2}'),
        ("plain words", "plain words"),
        (["a"], ["a"]),
        (3, 3),
    ],
)
def test_metadata_is_an_object_or_a_text(tmp_path: Path, metadata: Any, kept: Any) -> None:
    found = one(tmp_path, export(observation(), observation("o2", "o1", metadata=metadata)))
    assert recorded(found)[1].attributes["metadata"] == kept


def test_workflow_and_cohort_come_from_the_fields_that_a_person_names(tmp_path: Path) -> None:
    data = export(
        observation(metadata={"language": "de", "tier": "gold"}, environment="eu"),
        metadata='{"workflow": "refund", "tier": "silver"}',
        tags=["a", "b", None],
        environment="production",
        sessionId="s",
        userId="u",
    )
    batch = read_file(tmp_path, data)
    assert set(batch.fields) == {
        *("metadata.workflow", "metadata.language", "metadata.tier", "name", "environment", "tags")
    }
    assert batch.proposed == {"workflow": "metadata.workflow", "cohort": "metadata.language"}
    mapping = {"workflow": "metadata.workflow", "cohort": "metadata.tier,environment,tags"}
    found = one(tmp_path, data, Options(mapping=mapping))
    assert (found.workflow, found.cohort) == ("refund", "tier=silver;environment=production;tags=a, b")


@pytest.mark.parametrize(
    ("more", "label"),
    [
        ({"version": "2026.11", "release": "r1"}, "2026.11"),
        ({"version": None, "release": "r1"}, "r1"),
        ({"version": "", "release": " r1\n"}, "r1"),
        ({"version": 3}, "3"),
        ({"version": {"a": 1}}, "of the root"),
        ({}, "of the root"),
    ],
)
def test_the_version_is_the_traces_then_its_release_then_the_roots(tmp_path: Path, more: Object, label: str) -> None:
    batch = read_file(tmp_path, export(observation(version="of the root"), **more))
    assert (batch.traces[0].version, batch.versions) == (label, (label,))


def test_a_version_can_be_renamed_and_a_long_one_is_cut_and_still_told_apart(tmp_path: Path) -> None:
    named = one(tmp_path, export(observation(), version="1"), Options(mapping={"version:1": "candidate"}))
    assert named.version == "candidate"
    long = {one(tmp_path, export(observation(), version=f"{'x' * 5_000}{end}")).version for end in "ab"}
    assert [len(each) for each in long] == [119, 119]


def test_scores_and_texts_of_the_trace_are_those_of_its_request(tmp_path: Path) -> None:
    scores = [{"id": "s", "name": "toxicity", "value": 0, "comment": "mild", "observationId": None}, 5]
    found = one(tmp_path, export(observation(), input="mail a@b.example", output={"a": "!"}, scores=scores))
    root = found.spans[0]
    assert (root.input, root.output) == ("mail [redacted: email]", '{"a": "!"}')
    assert root.attributes["trace"]["scores"] == [{"name": "toxicity", "value": 0, "comment": "mild"}]
    assert [span.output for span in found.spans if span.kind == "output"] == ['{"a": "!"}']
    own = one(tmp_path, export(observation(input="own", output="own"), input="?", output="!"))
    assert (own.spans[0].input, own.spans[0].output) == ("own", "own")


def test_the_evidence_says_what_was_read(tmp_path: Path) -> None:
    evidence = read_file(tmp_path, export(observation(), 5)).evidence
    assert evidence is not None
    assert (evidence.format, evidence.kind, evidence.tool) == ("langfuse", "traces", "Langfuse")
    assert (str(evidence.measured_on), evidence.kept, evidence.skipped) == ("2026-11-20", 1, 1)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (export(observation())[:-40], "upload.bin, line 1, column "),
        (f"{export(observation())}\n{export(observation('b'))[:-9]}", "upload.bin, line 2, column "),
        ('{"trace": {"id": "t", "timestamp": "x", "timestamp": "y", "public": 1, "release": 1, "scores": 1}}', "twice"),
        (export(observation(metadata="\x00")), "there is a NUL character"),
        (export(observation(output="\ud800")), "half of a surrogate pair stands alone"),
        ("[" * 200 + export() + "]" * 200, "nested too deeply"),
        ('{"trace": null, "observations": []}', "this is not a JSON object; expected a trace"),
        (json.dumps([{"traceId": 5, "parentObservationId": None, "startTime": 1}]), "traceId is 5; expected text"),
    ],
)
def test_a_file_that_is_broken_or_holds_nothing_is_refused(tmp_path: Path, data: str, problem: str) -> None:
    assert problem in refusal(tmp_path, data, Options(format="langfuse"))


def test_not_a_number_is_kept_as_a_word(tmp_path: Path) -> None:
    data = export(observation(output={"score": float("nan")}, totalCost=float("inf")))
    span = one(tmp_path, data).spans[0]
    assert (span.output, span.attributes["totalCost"]) == ('{"score": "nan"}', "nan")


@pytest.mark.parametrize(
    ("span_id", "kept"),
    [("00AB", "00ab"), ("0x00ab", "00ab"), ("Zulu-1", "Zulu-1"), ("ä ö", "ä ö"), ("🦊", "🦊"), ("a" * 300, "a" * 300)],
)
def test_ids_of_any_shape_still_meet(tmp_path: Path, span_id: str, kept: str) -> None:
    found = one(tmp_path, export(observation(span_id), observation("child", span_id)))
    assert tree(found) == [(kept, "", "request"), ("child", kept, "other")]


@pytest.mark.parametrize("field", ["input", "output", "metadata", "statusMessage"])
def test_ten_megabytes_in_one_field_are_cut_and_told(tmp_path: Path, field: str) -> None:
    found = one(tmp_path, export(observation(**{field: "word " * 2_000_000})))
    assert any("cut after 20,000 characters" in flag for flag in found.flags)


def chain(number: int) -> str:
    """Observations below each other, which stand both in the trace and beside it."""
    bare = {"level": None, "name": None}
    rows = [observation(f"{at:x}", f"{at - 1:x}" if at else None, **bare) for at in range(number)]
    return json.dumps({"trace": trace(observations=rows), "observations": rows})


def test_the_work_grows_with_the_number_of_spans_only(tmp_path: Path) -> None:
    def work(number: int) -> int:
        path = tmp_path / "upload"
        path.write_text(chain(number), "utf-8")
        return calls(lambda: IMPORTER.read(Source.open(path), Options()))

    assert work(2_000) < 5 * work(500)


def test_a_chain_of_thousands_of_spans_is_read(tmp_path: Path) -> None:
    assert len(one(tmp_path, chain(scaled(5_000))).spans) == scaled(5_000)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**64) | st.floats() | st.text(max_size=8) | st.just(START),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(sorted({*observation(), *trace(), "observations", "trace", "scores", "data"}))


@settings(max_examples=scaled(25))
@given(NAMES, NAMES, JSON_VALUES, JSON_VALUES)
def test_any_value_anywhere_is_kept_skipped_or_refused(
    tmp_path_factory: pytest.TempPathFactory, first: str, second: str, value: Any, other: Any
) -> None:
    changed = observation("o2", "o1") | {first: value}
    data = json.dumps(trace(observations=[observation(), changed]) | {second: other})
    options = Options(format="langfuse", mapping={"workflow": "name", "cohort": "tags,metadata.a"})
    try:
        batch: Batch = read_file(tmp_path_factory.getbasetemp(), data, options)
    except InputError:
        return
    records = sum("the trace's own record is the root" in flag for trace in batch.traces for flag in trace.flags)
    left_out = [place for place, _ in skips(batch) if "observations" in place]
    assert kept(batch) - records + len(left_out) == listed(json.loads(data).get("observations"))
