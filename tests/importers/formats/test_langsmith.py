"""LangSmith: the runs of its SDK, worked out apart from the importer, and what is flagged, skipped or refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.errors import InputError
from readiness.importers import Options, Source
from readiness.importers.formats.langsmith import IMPORTER
from readiness.model.traces import Span, Trace
from tests import samples
from tests.importers.reading import read_file, refusal, skips
from tests.importers.tracing import kept
from tests.soak import scaled
from tests.work import calls

RUNS = samples.DATA / "langsmith" / "v0.15.0_runs.jsonl"
Object = dict[str, Any]

REFUND, ORDER = "01a207ec-2393-7d9d-b986-0c85f7793785", "01a207ec-23e1-7302-8bcc-c886cfd223fc"
SECOND = 1_795_429_245_000_000_000
"""2026-11-23T10:20:45Z; the microseconds below are those of the file."""
SPANS = {
    REFUND: [
        (REFUND, "", "request", "support_agent", 843_975, 920_791, "unset"),
        ("01a207ec-239b-7bdb-8948-77bfba6208aa", REFUND, "retrieval", "kb_search", 851_888, 872_381, "unset"),
        ("01a207ec-23b1-7eae-ba6d-8ddd1305aa4d", REFUND, "rerank", "rerank", 873_055, 878_676, "unset"),
        ("01a207ec-23b6-739b-9449-a22ef2177422", REFUND, "tool", "order_lookup", 878_967, 889_467, "unset"),
        ("01a207ec-23c1-7135-a54f-e20d6468df7d", REFUND, "model", "llm", 889_886, 920_509, "unset"),
    ],
    ORDER: [
        (ORDER, "", "request", "support_agent", 921_046, 958_762, "unset"),
        ("01a207ec-23e1-70fc-a0bf-a92f061f42ae", ORDER, "retrieval", "kb_search", 921_383, 941_725, "unset"),
        ("01a207ec-23f6-7d02-9e71-bfd2cb2b8b5b", ORDER, "rerank", "rerank", 942_114, 947_641, "unset"),
        ("01a207ec-23fb-75b6-9166-365580b323d3", ORDER, "tool", "order_lookup", 947_865, 958_610, "error"),
    ],
}
START, START_NS = "2026-11-20T09:30:00.000001", 1_795_167_000_000_001_000
END, END_NS = "2026-11-20T09:30:02", 1_795_167_002_000_000_000
A_TIME = "expected a time such as 2026-11-20T09:30:00.25Z"


def run(span_id: Any = "r", parent: Any = None, **more: Any) -> Object:
    return {
        "id": span_id,
        "name": f"name of {span_id}",
        "run_type": "chain",
        "start_time": START,
        "end_time": END,
        "parent_run_id": parent,
        "trace_id": "r",
        "error": None,
        "status": None,
        "inputs": {"q": "?"},
        "outputs": {},
        "extra": {"metadata": {}},
        **more,
    }


def lines(*rows: Any) -> str:
    return "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows)


def one(folder: Path, data: str, options: Options | None = None) -> Trace:
    batch = read_file(folder, data, options)
    assert batch.format == "langsmith"
    assert len(batch.traces) == 1
    return batch.traces[0]


def recorded(trace: Trace) -> list[Span]:
    return [span for span in trace.spans if "derived" not in span.attributes]


def tree(trace: Trace) -> list[tuple[str, str, str]]:
    return [(span.span_id, span.parent_id, span.kind) for span in recorded(trace)]


def test_the_sample_is_read_to_the_nanosecond(tmp_path: Path) -> None:
    batch = read_file(tmp_path, RUNS.read_bytes())
    assert (batch.format, batch.skipped, batch.warnings) == ("langsmith", (), ())
    assert [trace.trace_id for trace in batch.traces] == list(SPANS)
    for trace in batch.traces:
        assert [
            (span.span_id, span.parent_id, span.kind, span.name, span.start_ns, span.end_ns, span.status)
            for span in recorded(trace)
        ] == [
            (span_id, parent, kind, name, SECOND + start * 1_000, SECOND + end * 1_000, status)
            for span_id, parent, kind, name, start, end, status in SPANS[trace.trace_id]
        ]
        assert (trace.version, trace.flags) == ("support-v2", [])
    assert recorded(batch.traces[1])[3].error.startswith("TimeoutError('orders API timed out')\n\nTraceback")


def test_the_sample_names_workflow_and_cohort_in_its_metadata(tmp_path: Path) -> None:
    batch = read_file(tmp_path, RUNS.read_bytes())
    assert batch.proposed == {"workflow": "metadata.workflow", "cohort": "metadata.cohort"}
    assert not [name for name in batch.fields if "LANGSMITH" in name]
    mapped = read_file(tmp_path, RUNS.read_bytes(), Options(mapping=batch.proposed)).traces
    assert [(trace.workflow, trace.cohort) for trace in mapped] == [
        ("refund", "cohort=enterprise-eu"),
        ("order-status", "cohort=smb-us"),
    ]


def test_the_evidence_says_what_was_read(tmp_path: Path) -> None:
    evidence = read_file(tmp_path, RUNS.read_bytes()).evidence
    assert evidence is not None
    assert (evidence.tool, evidence.tool_version) == ("LangSmith", "langsmith-py 0.15.0")
    assert (evidence.kind, str(evidence.measured_on), evidence.skipped) == ("traces", "2026-11-23", 0)


@pytest.mark.parametrize(
    ("row", "ours"),
    [
        (run(), True),
        ([run()], True),
        ({"runs": [run()]}, True),
        ({"id": "a", "run_type": "llm", "start_time": START}, False),
        ({"trace_id": "a", "span_id": "b", "start": START}, False),
        ({"inputs": json.dumps(run())}, False),
        ({"data": [run()]}, False),
        ({"deeper": {"runs": [run()]}}, False),
    ],
)
def test_runs_are_told_by_the_names_of_their_fields(tmp_path: Path, row: Any, ours: bool) -> None:
    path = tmp_path / "upload"
    path.write_text(json.dumps(row), "utf-8")
    assert IMPORTER.sniff(Source.open(path)) is ours


def shapes() -> dict[str, str]:
    root, child, leaf = run(), run("c", "r", run_type="tool"), run("l", "c", run_type="llm")
    bare = [{key: row[key] for key in row if key not in ("parent_run_id", "trace_id")} for row in (child, leaf)]
    nested = root | {"child_runs": [bare[0] | {"child_runs": [bare[1]]}]}
    inner = child | {"child_runs": [leaf]}
    return {
        "lines": lines(root, child, leaf),
        "children first": lines(leaf, child, root),
        "list": json.dumps([root, child, leaf], indent=2),
        "answer of the API": json.dumps({"runs": [root, child, leaf], "cursors": {}}),
        "nested": json.dumps(nested),
        "nested, on a line": lines(nested),
        "nested and on their own": lines(root | {"child_runs": [inner]}, inner, leaf),
        "empty lists": lines(*(row | {"child_runs": [], "child_run_ids": []} for row in (root, child, leaf))),
        "text None": lines(root | {"parent_run_id": "None", "error": "None", "child_runs": "None"}, child, leaf),
        "by dotted order": lines(
            *(
                {key: row[key] for key in row if key not in ("parent_run_id", "trace_id")} | {"dotted_order": order}
                for row, order in ((root, "1Zr"), (child, "1Zr.2Zc"), (leaf, "1Zr.2Zc.3Zl"))
            )
        ),
        "byte-order mark": "\ufeff" + lines(root, child, leaf),
    }


@pytest.mark.parametrize("shape", shapes())
def test_every_shape_gives_the_same_spans(tmp_path: Path, shape: str) -> None:
    batch = read_file(tmp_path, shapes()[shape])
    assert (batch.format, batch.skipped) == ("langsmith", ())
    assert sorted(tree(batch.traces[0])) == [("c", "r", "tool"), ("l", "c", "model"), ("r", "", "request")]
    assert batch.traces[0].flags == []


@pytest.mark.parametrize(
    ("run_type", "name", "kind"),
    [
        ("llm", "call", "model"),
        ("retriever", "search", "retrieval"),
        ("embedding", "embed", "retrieval"),
        ("tool", "lookup", "tool"),
        ("chain", "Rerank documents", "rerank"),
        ("chain", "chain", "other"),
        ("prompt", "fill", "other"),
        ("parser", "parse", "other"),
        ("None", "x", "other"),
        (None, "x", "other"),
        ([1], "x", "other"),
    ],
)
def test_kinds(tmp_path: Path, run_type: Any, name: str, kind: str) -> None:
    trace = one(tmp_path, lines(run(run_type="llm"), run("c", "r", run_type=run_type, name=name)))
    assert [span.kind for span in recorded(trace)] == ["request", kind]


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (None, None, "unset"),
        ("success", None, "ok"),
        ("error", None, "error"),
        ("pending", None, "unset"),
        ("None", "None", "unset"),
        ("success", "boom", "error"),
        (None, "boom", "error"),
        ("success", "", "ok"),
        (7, None, "unset"),
        (None, {"code": 5}, "error"),
    ],
)
def test_status(tmp_path: Path, status: Any, error: Any, expected: str) -> None:
    trace = one(tmp_path, lines(run(), run("c", "r", status=status, error=error)))
    assert [span.status for span in recorded(trace)] == ["unset", expected]
    assert bool(trace.spans[1].error) is bool(error and error != "None")


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("2026-11-20T09:30:00", 1_795_167_000_000_000_000),
        ("2026-11-20 09:30:00.843975", 1_795_167_000_843_975_000),
        ("2026-11-20 09:30:00.843975+00:00", 1_795_167_000_843_975_000),
        ("2026-11-20T10:30:00.1+01:00", 1_795_167_000_100_000_000),
        ("2026-11-20T09:30:00.123456789Z", 1_795_167_000_123_456_789),
    ],
)
def test_a_time_without_a_zone_is_utc(tmp_path: Path, text: str, nanoseconds: int) -> None:
    assert one(tmp_path, lines(run(start_time=text))).spans[0].start_ns == nanoseconds


@pytest.mark.parametrize("missing", [None, "", "None"])
def test_a_run_that_has_not_ended_has_no_end(tmp_path: Path, missing: Any) -> None:
    trace = one(tmp_path, lines(run(end_time=missing, status="pending")))
    assert (trace.spans[0].end_ns, trace.flags) == (None, ["1 span without an end"])


@pytest.mark.parametrize(
    ("metadata", "label"),
    [
        ({"revision_id": "d", "prompt_version": "c", "app_version": "b", "version": "a"}, "a"),
        ({"revision_id": "d", "prompt_version": "c", "app_version": "b"}, "b"),
        ({"revision_id": "d", "prompt_version": "c", "version": None}, "c"),
        ({"revision_id": "d", "version": "None"}, "d"),
        ({"version": 2.5}, "2.5"),
        ({"version": ["a"]}, ""),
        ({}, ""),
        ('{"version": "a"}', "a"),
        ("a", ""),
        (None, ""),
    ],
)
def test_the_version_is_the_first_that_the_roots_metadata_names(tmp_path: Path, metadata: Any, label: str) -> None:
    child = run("c", "r", extra={"metadata": {"version": "of the child"}})
    batch = read_file(tmp_path, lines(child, run(extra={"metadata": metadata})))
    assert batch.traces[0].version == label
    assert batch.versions == ((label,) if label else ())


def test_a_version_can_be_renamed(tmp_path: Path) -> None:
    options = Options(mapping={"version:support-v2": "candidate"})
    assert {trace.version for trace in read_file(tmp_path, RUNS.read_bytes(), options).traces} == {"candidate"}


@pytest.mark.parametrize("extra", ["None", None, "{'metadata': 1}", 5, [], {"metadata": []}])
def test_extra_of_an_odd_shape_is_kept_as_it_is(tmp_path: Path, extra: Any) -> None:
    attributes = one(tmp_path, lines(run(extra=extra))).spans[0].attributes
    assert attributes.get("extra") == (extra if extra in (5, "{'metadata': 1}") else None)


def test_texts_and_metadata_are_redacted_and_kept(tmp_path: Path) -> None:
    extra = {"metadata": {"to": "a@b.example", "n": 1}, "invocation_params": {"model": "m"}}
    span = one(tmp_path, lines(run(inputs="I am a@b.example", outputs=None, tags=["x"], extra=extra))).spans[0]
    assert (span.input, span.output) == ("I am [redacted: email]", "")
    assert span.attributes == {
        "run_type": "chain",
        "tags": ["x"],
        "metadata": {"to": "[redacted: email]", "n": 1},
        "invocation_params": {"model": "m"},
    }


@pytest.mark.parametrize(
    ("rows", "flags"),
    [
        ([run(), run("a", "x")], ["1 span whose parent is not in the trace"]),
        ([run("a", "x")], ["no root span: every span names a parent", "1 span whose parent is not in the trace"]),
        ([run(), run("a", "b"), run("b", "a")], ["2 spans in a circle of parents"]),
        ([run(), run("a", "a")], ["1 span in a circle of parents"]),
        ([run(), run("a")], ["2 root spans; the first in the file names version, workflow, cohort and path"]),
        ([run(start_time=END, end_time=START)], ["1 span that ends before it starts"]),
        (
            [run(), run("a", "r", start_time="2026-11-20T09:30:00")],
            ["1 span with a start before the parent's, as when clocks disagree"],
        ),
        ([run(), run("a", "r", end_time="2026-11-20T09:30:02.000000001")], ["1 span with an end after the parent's"]),
        ([run(inputs="x" * 20_001)], ["1 text cut after 20,000 characters"]),
    ],
)
def test_what_is_odd_about_a_trace_is_said_and_not_repaired(
    tmp_path: Path, rows: list[Object], flags: list[str]
) -> None:
    trace = one(tmp_path, lines(*rows))
    assert trace.flags == flags
    assert [span.parent_id for span in recorded(trace)] == [row["parent_run_id"] or "" for row in rows]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("5", "this is not a JSON object; expected a run"),
        ("null", "this is not a JSON object; expected a run"),
        (run(None), "id is missing; expected text"),
        (run("None"), "id is missing; expected text"),
        (run(17), "id is 17; expected text"),
        (run("a" * 301), "id has 301 characters; expected at most 300"),
        (run(), "the span 'r' stands twice in this trace; the first one was kept"),
        (run("c", 3), "parent_run_id is 3; expected text"),
        (run("c", "r", trace_id={}), "trace_id is {}; expected text"),
        (run("c", "r", trace_id=None), "trace_id is missing; expected text"),
        (run("c", "r", name=["x"]), 'name is ["x"]; expected text'),
        (run("c", "r", name="x" * 20_001), "the name has 20,001 characters; expected at most 20,000"),
        (run("c", "r", start_time=None), f"start_time is missing; {A_TIME}"),
        (run("c", "r", start_time="None"), f"start_time is missing; {A_TIME}"),
        (run("c", "r", start_time=1795167000000), f"start_time is 1795167000000; {A_TIME}"),
        (run("c", "r", end_time=1.5), f"end_time is 1.5; {A_TIME}"),
        (run("c", "r", end_time=True), f"end_time is true; {A_TIME}"),
        (run("c", "r", end_time="soon"), "end_time is 'soon'; expected one such as 2026-11-20T09:30:00.25Z"),
        (
            run("c", "r", end_time="2026-02-30 00:00:00"),
            "end_time is '2026-02-30 00:00:00'; expected a time that exists",
        ),
        (
            run("c", "r", start_time="1926-11-20T09:30:00"),
            "start_time is '1926-11-20T09:30:00'; expected a time from 1970 to 2199",
        ),
    ],
)
def test_a_bad_run_is_skipped_with_its_line_and_why(tmp_path: Path, bad: Any, reason: str) -> None:
    batch = read_file(tmp_path, lines(run(), bad))
    assert skips(batch) == [("line 2", reason)]
    assert tree(batch.traces[0]) == [("r", "", "request")]


@pytest.mark.parametrize(
    ("data", "place", "reason"),
    [
        (lines(run(child_runs=[5])), "child_runs[0]", "this is not a JSON object; expected a run"),
        (
            json.dumps([run(child_runs=[run("c", "r", child_runs=[5])])]),
            "[0].child_runs[0].child_runs[0]",
            "this is not a JSON object; expected a run",
        ),
        (
            lines(run(), run("c", "r", child_runs="many")),
            "line 2, child_runs",
            "child_runs is not a list; expected runs",
        ),
        (
            lines(run(), run("c", "r"), run("d", "r", child_runs=[run("c", "d")])),
            "line 3, child_runs[0]",
            "the span 'c' stands twice in this trace; the first one was kept",
        ),
        (json.dumps(run(start_time=5, child_runs=[run("c")])), "the outermost run", f"start_time is 5; {A_TIME}"),
        (json.dumps({"runs": [run(), 5]}), "runs[1]", "this is not a JSON object; expected a run"),
    ],
)
def test_the_place_leads_to_the_run(tmp_path: Path, data: str, place: str, reason: str) -> None:
    assert skips(read_file(tmp_path, data)) == [(place, reason)]


def test_runs_below_one_without_an_id_belong_to_nothing(tmp_path: Path) -> None:
    batch = read_file(tmp_path, lines(run(), run(None, child_runs=[run("c")])))
    assert skips(batch) == [
        ("line 2, child_runs[0]", "the run that holds this one has no id"),
        ("line 2", "id is missing; expected text"),
    ]


def test_ids_meet_whatever_their_case(tmp_path: Path) -> None:
    trace = one(tmp_path, lines(run(REFUND.upper(), trace_id=REFUND), run("C-1", REFUND, trace_id=REFUND.upper())))
    assert tree(trace) == [(REFUND, "", "request"), ("c-1", REFUND, "other")]
    assert trace.flags == []


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (lines(run(), run("c", "r"))[:-30], "upload.bin, line 2, column "),
        (json.dumps([run()])[:-30], "upload.bin, line 1, column "),
        (lines(run(), '{"id": 1, "id": 2}'), "line 2: the key 'id' stands twice in one object"),
        (lines(run(inputs="\x00")), "there is a NUL character"),
        (lines(run(outputs="\ud800")), "half of a surrogate pair stands alone"),
        (lines(run(), "[" * 200 + "]" * 200), "line 2: the JSON is nested too deeply"),
        (lines(run(), '{"n": ' + "9" * 401 + "}"), "line 2: a number has 401 digits"),
        (lines(run(start_time=5)), "no span can be kept: start_time is 5"),
    ],
)
def test_a_file_that_is_broken_or_holds_nothing_is_refused(tmp_path: Path, data: str, problem: str) -> None:
    assert problem in refusal(tmp_path, data)


def test_not_a_number_is_kept_as_a_word(tmp_path: Path) -> None:
    span = one(tmp_path, lines(run(outputs={"score": float("nan")}, total_cost=float("inf")))).spans[0]
    assert (span.output, span.attributes["total_cost"]) == ('{"score": "nan"}', "nan")


@pytest.mark.parametrize("field", ["inputs", "outputs", "error"])
def test_ten_megabytes_in_one_field_are_cut_and_told(tmp_path: Path, field: str) -> None:
    trace = one(tmp_path, lines(run(), run("c", "r", **{field: "word " * 2_000_000})))
    assert trace.flags == ["1 text cut after 20,000 characters"]


def chain(number: int) -> str:
    """Runs below each other."""
    bare = {"inputs": None, "outputs": None, "extra": None}
    return lines(*(run(f"{at:x}", f"{at - 1:x}" if at else None, **bare) for at in range(number)))


def test_the_work_grows_with_the_number_of_spans_only(tmp_path: Path) -> None:
    def work(number: int) -> int:
        path = tmp_path / "upload"
        path.write_text(chain(number), "utf-8")
        return calls(lambda: IMPORTER.read(Source.open(path), Options()))

    assert work(2_000) < 5 * work(500)


def test_a_chain_of_thousands_of_spans_is_read(tmp_path: Path) -> None:
    assert len(recorded(one(tmp_path, chain(scaled(5_000))))) == scaled(5_000)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**64) | st.floats() | st.text(max_size=8) | st.just("None"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from([*run(), "child_runs", "dotted_order", "tags"])


def test_runs_below_one_that_is_left_out_are_kept_or_skipped_themselves(tmp_path: Path) -> None:
    nameless = run(None, "r", child_runs=[run("l", "c", child_runs=[run("m", "l")])])
    batch = read_file(tmp_path, json.dumps([run(), nameless]))
    assert [place for place, _ in skips(batch)] == ["[1].child_runs[0]", "[1]"]
    assert [span.span_id for span in recorded(batch.traces[0])] == ["r", "m"]


def runs_in(row: Any) -> int:
    """The run and those below it, with what stands in the place of one or of a list of them."""
    below = row.get("child_runs") if isinstance(row, dict) else None
    if isinstance(below, list):
        return 1 + sum(map(runs_in, below))
    return 1 + (below not in (None, "None"))


@settings(max_examples=scaled(25))
@given(NAMES, NAMES, JSON_VALUES, JSON_VALUES)
def test_any_value_anywhere_is_kept_skipped_or_refused(
    tmp_path_factory: pytest.TempPathFactory, first: str, second: str, value: Any, other: Any
) -> None:
    changed = run("c", "r", child_runs=[run("l", "c") | {second: other}]) | {first: value}
    options = Options(format="langsmith", mapping={"workflow": "name", "cohort": "tags,metadata.a"})
    rows = [run(), changed, run() | {second: other}]
    try:
        batch = read_file(tmp_path_factory.getbasetemp(), json.dumps(rows), options)
    except InputError:
        return
    assert kept(batch) + len(batch.skipped) == sum(map(runs_in, rows))


def test_runs_that_are_printed_over_several_lines_one_after_another_are_read_too(tmp_path: Path) -> None:
    rows = [run("1"), run("2", "1")]
    text = "\n".join(json.dumps(row, indent=2) for row in rows)
    assert len(recorded(one(tmp_path, text))) == 2
