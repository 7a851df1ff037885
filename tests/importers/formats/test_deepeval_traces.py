"""Traces in DeepEval test runs: what a sample states, counted apart from the importer, and what goes wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from readiness.importers import Batch, Options, Source, read
from readiness.importers.formats.deepeval_traces import IMPORTER
from readiness.tracing.waterfall import lay_out
from tests import samples
from tests.importers.tracing import (
    Row,
    gone_wrong,
    kept_or_refused,
    listed,
    opened,
    refusal,
    spans,
    stated,
)
from tests.soak import scaled
from tests.work import calls

OWN, PUBLIC = "deepeval/run_of_traces.json", "deepeval/test_run_with_trace.json"
SAMPLES = [*samples.own(OWN), *samples.shared(PUBLIC)]
PREFIX = "020e0001-0000-0000-0000-"
AGENT, CHECKER, SEARCH = f"{PREFIX}00000000a001", f"{PREFIX}00000000a002", f"{PREFIX}0000000000r1"
MINUTE = 1_778_554_860_000_000_000
"""2026-05-12T03:01:00Z."""
MS = 1_000_000
ROWS: list[Row] = [
    (f"{PREFIX}000000000001", AGENT, "other", 1778554860010000000, 1778554860082000000, "ok"),
    (AGENT, "", "request", 1778554860000000000, 1778554871420000000, "error"),
    (CHECKER, AGENT, "other", 1778554869600000000, 1778554871380000000, "ok"),
    (f"{PREFIX}0000000000l1", SEARCH, "rerank", 1778554861020000000, 1778554862110000000, "ok"),
    (f"{PREFIX}0000000000l2", AGENT, "model", 1778554865800000000, 1778554868220000000, "error"),
    (f"{PREFIX}0000000000l3", AGENT, "model", 1778554868600000000, 1778554869520000000, "ok"),
    (f"{PREFIX}0000000000l4", CHECKER, "model", 1778554869700000000, 1778554871320000000, "ok"),
    (SEARCH, AGENT, "retrieval", 1778554860100000000, 1778554862150000000, "ok"),
    (f"{PREFIX}0000000000t1", AGENT, "tool", 1778554862300000000, 1778554865700000000, "ok"),
]
OWN_ROWS: list[Row] = [
    ("read", "ask", "other", 1795167000000000000, 1795167000020000000, "ok"),
    ("ask", "", "request", 1795167000000000000, 1795167002400000000, "error"),
    ("rank", "search", "rerank", 1795167000100000000, 1795167000200000000, "ok"),
    ("answer", "ask", "model", 1795167001100000000, 1795167002350000000, "error"),
    ("search", "ask", "retrieval", 1795167000030000000, 1795167000260000000, "ok"),
    ("look-up", "ask", "tool", 1795167000300000000, 1795167001050000000, "ok"),
]
STATED: dict[str, dict[str, list[Row]]] = {
    OWN: {"refund-1": OWN_ROWS},
    PUBLIC: {"abf91011-1111-4111-8111-111111111111": ROWS},
}
NAMES = {OWN: ("workflow", "tenant"), PUBLIC: ("deployment", "feature_flag")}
"""What the metadata of the trace names."""
READING = {
    OWN: [(0, "ask"), (1, "read"), (1, "search"), (2, "rank"), (1, "look-up"), (1, "answer")],
    PUBLIC: [
        (depth, f"{PREFIX}00000000{end}")
        for depth, end in [
            *((0, "a001"), (1, "0001"), (1, "00r1"), (2, "00l1")),
            *((1, "00t1"), (1, "00l2"), (1, "00l3"), (1, "a002")),
        ]
    ],
}
"""Depth and id, as far as the spans lie one after the other."""
NO_VERSION = "1 trace without a version, since no root span states one"
Object = dict[str, Any]


def at(milliseconds: int) -> str:
    return f"2026-05-12T03:01:00.{milliseconds:03}Z"


def span(uuid: str = "s1", parent: str | None = None, **more: Any) -> Object:
    return {
        "uuid": uuid,
        "name": f"name of {uuid}",
        "status": "SUCCESS",
        "parentUuid": parent,
        "startTime": at(1),
        "endTime": at(100),
        **more,
    }


def trace(*tools: Any, **more: Any) -> Object:
    """A trace of tool spans; other lists come by their names."""
    times = {"startTime": at(1), "endTime": at(100), "status": "SUCCESS"}
    return {"uuid": "t1", **times, "toolSpans": list(tools), "llmSpans": None, **more}


def case(held: Any, **more: Any) -> Object:
    return {"name": "a", "input": "?", "actualOutput": "!", "success": None, "metricsData": None, "trace": held, **more}


def run(*cases: Any, **more: Any) -> Object:
    return {"testRunData": {"testCases": list(cases), "conversationalTestCases": [], "metricsScores": [], **more}}


def source(folder: Path, document: Any) -> Source:
    path = folder / "upload"
    path.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return Source.open(path, "run.bin")


def found(folder: Path, document: Any, **options: Any) -> Batch:
    return read(source(folder, document), Options(format="deepeval-traces", **options))


def skips(batch: Batch) -> list[tuple[str, str]]:
    return [(skip.place, skip.reason) for skip in batch.skipped]


def name(path: Path) -> str:
    """Of a sample, as the tables above have it."""
    return f"{path.parent.name}/{path.name}"


@pytest.mark.parametrize("path", SAMPLES)
def test_a_sample_has_the_spans_that_it_states(path: Path) -> None:
    batch = opened(path, Options(format="deepeval-traces"))
    assert (batch.format, stated(batch), batch.skipped) == ("deepeval-traces", STATED[name(path)], ())
    assert (batch.traces[0].flags, batch.warnings) == ([], () if name(path) == OWN else (NO_VERSION,))
    assert batch.fields == (
        "name",
        "trace.name",
        *(f"trace.metadata.{key}" for key in NAMES[name(path)]),
        "trace.tags",
    )


@pytest.mark.parametrize("path", SAMPLES)
def test_the_five_lists_of_a_sample_are_one_tree(path: Path) -> None:
    bars = lay_out(opened(path, Options(format="deepeval-traces")).traces[0].spans)
    reading = READING[name(path)]
    assert [(bar.depth, bar.span.span_id) for bar in bars][: len(reading)] == reading


def test_texts_of_our_sample() -> None:
    held = spans(opened(samples.DATA / OWN))
    assert (held["answer"].error, held["answer"].output) == ("QuotaError: no tokens left", "")
    assert (held["answer"].attributes["model"], held["search"].input) == ("stub-model-1", "refund period")
    assert json.loads(held["ask-output"].output) == json.loads(held["ask"].output) == {"answer": "I cannot tell."}


@pytest.mark.parametrize("path", samples.shared(PUBLIC))
def test_texts_of_a_public_sample(path: Path) -> None:
    held = spans(opened(path, Options(format="deepeval-traces")))
    failed, root = held[f"{PREFIX}0000000000l2"], held[AGENT]
    assert failed.error == "openai.RateLimitError: Rate limit exceeded for gpt-4o (tier 1)."
    assert (failed.output, failed.attributes["model"]) == ("", "gpt-4o")
    assert held[SEARCH].input == "cecl forecasting abrigo allowance variance"
    assert held[SEARCH].attributes["metricsData"][0]["score"] == 0.78
    assert root.attributes["trace"]["output"]["citations"] == ["chunk_a", "chunk_b"]
    assert json.loads(held[f"{AGENT}-output"].output) == json.loads(root.output)
    assert list(json.loads(root.output)) == ["answer"]


@pytest.mark.parametrize("path", samples.shared(PUBLIC))
def test_a_file_with_results_is_a_scorecard_that_tells_of_its_traces(path: Path) -> None:
    batch = opened(path)
    assert batch.format == "deepeval"
    assert "1 trace in the file, which --format deepeval-traces reads in place of the scores" in batch.warnings


def test_a_pass_or_a_fail_is_a_result_too(tmp_path: Path) -> None:
    batch = read(source(tmp_path, run(case(trace(span()), success=True), case(trace(span("s2"), uuid="t2")))))
    assert batch.format == "deepeval"
    assert "2 traces in the file, which --format deepeval-traces reads in place of the scores" in batch.warnings


def test_a_run_with_traces_and_no_results_is_told_by_its_content(tmp_path: Path) -> None:
    batch = read(source(tmp_path, run(case(trace(span())))))
    assert batch.format == "deepeval-traces"
    assert stated(batch) == {"t1": [("s1", "", "request", MINUTE + MS, MINUTE + 100 * MS, "ok")]}


KINDS = [
    ("baseSpans", "other"),
    ("agentSpans", "other"),
    ("llmSpans", "model"),
    ("retrieverSpans", "retrieval"),
    ("toolSpans", "tool"),
]


@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_the_list_says_what_a_span_is(tmp_path: Path, name: str, kind: str) -> None:
    below = {"agentSpans": [span()], "toolSpans": []}
    below[name] = [*below.get(name, []), span("s2", "s1"), span("s3", "s1", name="Rerank hits")]
    kinds = {each[0]: each[2] for each in stated(found(tmp_path, run(case(trace(**below)))))["t1"]}
    assert kinds == {"s1": "request", "s2": kind, "s3": "rerank"}


@pytest.mark.parametrize(
    ("own", "ours"),
    [
        ({"status": "SUCCESS"}, ("ok", "")),
        ({"status": "ERRORED"}, ("error", "")),
        ({"status": "errored", "error": "no"}, ("error", "no")),
        ({"status": "SUCCESS", "error": "no"}, ("error", "no")),
        ({"status": None}, ("unset", "")),
    ],
)
def test_a_status_or_an_error_says_how_a_span_went(tmp_path: Path, own: Object, ours: tuple[str, str]) -> None:
    held = found(tmp_path, run(case(trace(span(**own))))).traces[0].spans[0]
    assert (held.status, held.error) == ours


@pytest.mark.parametrize(
    ("start", "nanoseconds"),
    [
        ("2026-05-12T03:01:00Z", MINUTE),
        ("2026-05-12T03:01:00.123456Z", MINUTE + 123_456_000),
        ("2026-05-12T03:01:00.123456789+00:00", MINUTE + 123_456_789),
        ("2026-05-12T05:01:00.001+02:00", MINUTE + MS),
        ("2026-05-12T03:01:00.000001", MINUTE + 1_000),
        ("2026-05-12 03:01:00", MINUTE),
    ],
)
def test_a_time_is_exact_to_the_nanosecond(tmp_path: Path, start: str, nanoseconds: int) -> None:
    assert found(tmp_path, run(case(trace(span(startTime=start))))).traces[0].spans[0].start_ns == nanoseconds


def test_the_run_names_the_version_and_case_and_trace_what_it_was_for(tmp_path: Path) -> None:
    held = trace(span(), span("s2", "s1"), metadata={"tenant": "acme"}, tags=["lang:en", "x"], environment="staging")
    one = case(held, metadata={"workflow": "refund"}, tags=["tier:gold"])
    split = {"workflow": "metadata.workflow", "cohort": "trace.metadata.tenant,trace.tags.lang,tags.tier"}
    batch = found(tmp_path, run(one, identifier="build 7"), mapping=split)
    assert batch.versions == ("build 7",)
    assert (batch.traces[0].version, batch.traces[0].workflow) == ("build 7", "refund")
    assert batch.traces[0].cohort == "tenant=acme;lang=en;tier=gold"
    assert "trace.environment" in batch.fields


def test_a_span_that_bears_the_name_of_the_derived_answer_is_kept_as_it_is(tmp_path: Path) -> None:
    held = spans(found(tmp_path, run(case(trace(span(output="own"), span("s1-output", "s1", output="its own"))))))
    assert list(held) == ["s1", "s1-output"]
    assert held["s1-output"].output == "its own"


def test_the_texts_of_the_trace_stand_for_a_root_without_any(tmp_path: Path) -> None:
    batch = found(tmp_path, run(case(trace(span(output="own"), input={"q": "?"}, output="whole"))))
    held = spans(batch)
    assert (held["s1"].input, held["s1"].output, held["s1-output"].output) == ('{"q": "?"}', "own", "own")
    assert held["s1"].attributes["trace"] == {
        "startTime": at(1),
        "endTime": at(100),
        "status": "SUCCESS",
        "output": "whole",
    }


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (3, "this is not a JSON object; expected a span"),
        (span(uuid=None), "uuid is missing; expected text"),  # type: ignore[arg-type]
        (span(uuid=17), "uuid is 17; expected text"),  # type: ignore[arg-type]
        (span("a" * 301), "uuid has 301 characters; expected at most 300"),
        (span(parentUuid=["s1"]), 'parentUuid is ["s1"]; expected text'),
        (span(name={"a": 1}), 'name is {"a": 1}; expected text'),
        (span(status="DONE"), 'status is "DONE"; expected SUCCESS or ERRORED'),
        (span(status=True), "status is true; expected text"),
        (span(startTime=None), "startTime is missing; expected a time such as 2026-11-20T09:30:00.25Z"),
        (span(startTime=1778554860), "startTime is 1778554860; expected a time such as 2026-11-20T09:30:00.25Z"),
        (span(startTime="today"), "startTime is 'today'; expected one such as 2026-11-20T09:30:00.25Z"),
        (span(endTime="2026-02-30T00:00:00Z"), "endTime is '2026-02-30T00:00:00Z'; expected a time that exists"),
        (span(endTime=False), "endTime is false; expected a time such as 2026-11-20T09:30:00.25Z"),
        (span(endTime=float("nan")), "endTime is NaN; expected a time such as 2026-11-20T09:30:00.25Z"),
    ],
)
def test_a_bad_span_is_skipped_with_its_place_and_why(tmp_path: Path, bad: Any, reason: str) -> None:
    batch = found(tmp_path, run(case(trace(span("good"))), case(trace(span("s2"), bad, uuid="t2"))))
    assert skips(batch) == [("testCases[1].trace.toolSpans[1]", reason)]
    assert {name: len(rows) for name, rows in stated(batch).items()} == {"t1": 1, "t2": 1}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (3, "this is not a JSON object; expected a test case"),
        (case(["a"]), "this is not a JSON object; expected a trace"),
        (case({}), "uuid is missing; expected text"),
        (case(trace()), "the trace holds no spans"),
        (case(trace(toolSpans="none")), 'toolSpans is "none"; expected a list of spans'),
    ],
)
def test_a_case_without_spans_is_skipped_with_its_place_and_why(tmp_path: Path, bad: Any, reason: str) -> None:
    batch = found(tmp_path, run(case(trace(span("good"))), bad))
    assert [said for _, said in skips(batch)][:1] == [reason]
    assert all(place.startswith("testCases[1]") for place, _ in skips(batch))
    assert list(stated(batch)) == ["t1"]


def test_cases_without_a_trace_are_counted(tmp_path: Path) -> None:
    batch = found(tmp_path, run(case(None), case(trace(span())), {"name": "b"}))
    assert (batch.skipped, batch.warnings) == ((), (NO_VERSION, "2 test cases without a trace"))


@pytest.mark.parametrize(
    ("rows", "flags"),
    [
        ([span(), span("s2", "x"), span("s3", "x")], ["2 spans whose parent is not in the trace"]),
        ([span(), span("s2")], ["2 root spans; the first in the file names version, workflow, cohort and path"]),
        (
            [span("s1", "s2"), span("s2", "s1")],
            ["no root span: every span names a parent", "2 spans in a circle of parents"],
        ),
        ([span(), span("s2", "s1", endTime=None)], ["1 span without an end"]),
        ([span(), span("s2", "s1", startTime=at(50), endTime=at(49))], ["1 span that ends before it starts"]),
        (
            [span(startTime=at(5)), span("s2", "s1")],
            ["1 span with a start before the parent's, as when clocks disagree"],
        ),
    ],
)
def test_what_is_odd_about_a_trace_is_said_and_not_repaired(
    tmp_path: Path, rows: list[Object], flags: list[str]
) -> None:
    batch = found(tmp_path, run(case(trace(*rows))))
    assert (batch.traces[0].flags, batch.skipped) == (flags, ())
    assert [row[1] for row in stated(batch)["t1"]] == [row["parentUuid"] or "" for row in rows]


def test_a_span_that_stands_in_two_lists_is_kept_once(tmp_path: Path) -> None:
    batch = found(tmp_path, run(case(trace(span(name="second"), baseSpans=[span(name="first")]))))
    assert [each.name for each in batch.traces[0].spans] == ["first"]
    assert skips(batch) == [
        ("testCases[0].trace.toolSpans[0]", "the span 's1' stands twice in this trace; the first one was kept")
    ]


def test_ids_meet_whatever_their_case(tmp_path: Path) -> None:
    upper = "ABF91011-1111-4111-8111-11111111111A"
    batch = found(tmp_path, run(case(trace(span(upper), span("s2", upper.lower())))))
    assert batch.traces[0].flags == []


def test_numbers_that_could_not_be_worked_out_are_kept_and_said(tmp_path: Path) -> None:
    batch = found(tmp_path, run(case(trace(span(output={"score": float("nan")}, topK=float("inf"))))))
    held = batch.traces[0].spans[0]
    assert (held.output, held.attributes["topK"]) == ('{"score": "nan"}', "nan")
    assert "the file holds NaN or Infinity, which are shown as nan" in batch.warnings
    assert read(source(tmp_path, run(case(trace(span(topK=float("nan"))))))).format == "deepeval-traces"


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (json.dumps(run(case(trace(span()))))[:-5], "run.bin, line 1, column "),
        ("[]", "run.bin: this is not a DeepEval test run; expected a list of testCases."),
        ({"testCases": {"a": 1}}, "run.bin, testCases: the test cases are not a list; expected a list."),
        (run(), "run.bin: there are no spans; expected one trace at least."),
        (run(case(None)), "run.bin: there are no spans; expected one trace at least."),
        (run(case(trace())), "run.bin, testCases[0]: no span can be kept: the trace holds no spans."),
    ],
)
def test_a_file_that_breaks_off_or_holds_no_span_is_refused(tmp_path: Path, document: Any, sentence: str) -> None:
    assert refusal(IMPORTER, source(tmp_path, document)).startswith(sentence)


def spans_in(document: Any) -> int:
    """The spans that the run states in its lists, or the test case or the trace that is none in their place."""
    held = document.get("testRunData", document)
    lists = [held.get(kind) for kind in ("testCases", "conversationalTestCases")] if isinstance(held, dict) else []
    cases = [case for cases in lists if isinstance(cases, list) for case in cases]
    traces = [case.get("trace") if isinstance(case, dict) else "none" for case in cases]
    kinds = ("baseSpans", "agentSpans", "llmSpans", "retrieverSpans", "toolSpans")
    return sum(
        sum(listed(each.get(kind)) for kind in kinds) if isinstance(each, dict) else listed(each) for each in traces
    )


def test_any_value_of_another_kind_is_kept_or_skipped(tmp_path: Path) -> None:
    held = trace(span(), span("s2", "s1", input={"a": 1}), metadata={"a": "b"}, tags=["c:d"], output="o")
    for changed in gone_wrong(run(case(held, metadata={"w": "x"}), identifier="i")):
        kept_or_refused(IMPORTER, source(tmp_path, changed), spans_in(changed))
        IMPORTER.sniff(source(tmp_path, changed))


@pytest.mark.parametrize(
    ("document", "ours"),
    [
        (run(case(trace(span()))), True),
        (run(case(None), case(trace(span()), metricsData=[])), True),
        (run(case(trace(span(metricsData=[{"name": "a", "score": 1}])))), True),
        (run(case("x" * 100_000), case(trace(span()))), True),
        (run(case(trace(span()), metricsData=[{"name": "a", "score": 1}])), False),
        (run(case(trace(span()), success=True)), False),
        (run(case(trace(span())), case(None, success=False)), False),
        (run(case({"uuid": "t1"})), False),
        (run(case(None)), False),
        ({"trace": trace(span())}, False),
        (json.dumps(run(case(trace(span()))))[:-3], False),
        ("\n", False),
    ],
)
def test_only_traces_without_results_are_told_by_their_content(tmp_path: Path, document: Any, ours: bool) -> None:
    assert IMPORTER.sniff(source(tmp_path, document)) is ours


def test_the_work_grows_with_the_number_of_spans_only(tmp_path: Path) -> None:
    def work(number: int) -> int:
        whole = source(tmp_path, run(case(trace(*(span(f"s{n}", f"s{n - 1}" if n else None) for n in range(number))))))
        return calls(lambda: IMPORTER.read(whole, Options()))

    assert work(2_000) < 5 * work(500)


def test_many_spans_and_a_long_text_are_read(tmp_path: Path) -> None:
    number = scaled(5_000)
    rows = [span(f"s{n}", f"s{n - 1}" if n else None) for n in range(number)]
    batch = found(tmp_path, run(case(trace(*rows)), case(trace(span(input="word " * 2_000_000), uuid="t2"))))
    assert [len(rows) for rows in stated(batch).values()] == [number, 1]
    assert batch.traces[1].flags == ["1 text cut after 20,000 characters"]
