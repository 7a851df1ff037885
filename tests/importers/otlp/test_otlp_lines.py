"""A large file of OpenTelemetry lines says the same whether it is read whole or in columns."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readiness.errors import InputError
from readiness.importers import Batch, Options, Source, read
from readiness.importers.otlp import lines as otlp_lines
from readiness.tracing import sampling
from tests.importers.formats.test_otlp import END, START, pairs, span, wrapped
from tests.soak import scaled

MAPPED = Options(mapping={"workflow": "app.workflow"})
ODD: list[Any] = [None, "", "0", 0, 5, "odd", [], {}, [1], True, "0" * 16, "A" * 16, "x" * 400, "é"]


def both(folder: Path, text: str | bytes, options: Options = MAPPED) -> tuple[Batch, Batch]:
    """What the two ways make of a file."""
    path = folder / "spans.jsonl"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    opened = Source.open(path)
    whole, columns = read(opened, options), otlp_lines.read(opened, options, "otlp")
    return whole, replace(columns, name=whole.name, digest=whole.digest, shape=whole.shape)


def same(whole: Batch, columns: Batch) -> None:
    approximate = ("p50", "p95", "p99", "share")
    assert [each.model_dump() for each in columns.stages] == [
        each.model_dump() | {name: pytest.approx(getattr(each, name)) for name in approximate} for each in whole.stages
    ]
    assert columns.counts == whole.counts
    assert {each.trace_id: each for each in columns.traces} == {each.trace_id: each for each in whole.traces}
    assert columns.proposal == whole.proposal
    assert set(columns.fields) >= set(whole.fields)  # a root that stands twice is seen before that is known
    assert sorted(columns.versions) == sorted(whole.versions)
    assert whole.evidence is not None
    assert columns.evidence is not None
    twice = any("stands twice" in each.reason for each in whole.skipped)  # which may be the one that names the tool
    left = {"skips", "warnings", "options"} | ({"tool_version"} if twice else set())
    assert columns.evidence.model_dump(exclude=left) == whole.evidence.model_dump(exclude=left)
    noted = [{each for each in batch.warnings if not each.startswith("no root span has")} for batch in (columns, whole)]
    assert noted[0] == noted[1]
    assert len(columns.skipped) == len(whole.skipped)
    assert {each.reason for each in columns.skipped} == {each.reason for each in whole.skipped}


ATTRIBUTES: list[dict[str, Any]] = [
    {},
    {"openinference.span.kind": "TOOL", "input.value": "q"},
    {"openinference.span.kind": "RETRIEVER", "gen_ai.operation.name": "chat"},
    {"gen_ai.operation.name": "chat", "output.value": "a", "input.value": ""},
    {"gen_ai.system": "x", "gen_ai.request.model": "m"},
    {"gen_ai": {"operation": {"name": "execute_tool"}}, "app": {"workflow": "quote"}},
    {"ai.operationId": "ai.generateText.doGenerate"},
    {"app.workflow": "refund", "input.value": "q", "output.value": "a", "app.escalated": True},
    {"app.workflow": " two  words ", "metadata": '{"tenant": "t"}', "list": ["a"], "many": 3},
    {"app.workflow": 7, "input.value": [], "output.value": 0},
]


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = []
    for _ in range(draw(st.integers(1, 9))):
        start = START + draw(st.integers(0, 20)) * 1000
        row = span(
            draw(st.sampled_from(["a" * 16, "b" * 16, "c" * 16, "D" * 16, "0x1f", "3NvL5sT+8LM="])),
            draw(st.sampled_from(["", "a" * 16, "b" * 16, "d" * 16, "0" * 16, "f" * 16, "0x1f"])),
            draw(st.sampled_from(ATTRIBUTES)),
            traceId=draw(st.sampled_from(["1" * 32, "2" * 32, "F" * 32, "short", "0" * 32])),
            name=draw(st.sampled_from(["look up", "Rerank it", "call rosa@example.com", "call omar@example.com"])),
            startTimeUnixNano=draw(st.sampled_from([str(start), start])),
            endTimeUnixNano=draw(st.sampled_from([str(start + 3000), str(END), str(start), "0", start + 1])),
            status=draw(
                st.sampled_from([{}, {"code": 1}, {"code": 2}, {"code": "STATUS_CODE_ERROR"}, {"message": "m"}])
            ),
        )
        if draw(st.booleans()):
            row |= draw(st.sampled_from([{"events": []}, {"events": [{"name": "exception"}]}, {"links": [1]}]))
        for name in draw(st.lists(st.sampled_from(sorted(row)), max_size=1)) if draw(st.integers(0, 3)) == 0 else []:
            row[name] = draw(st.sampled_from(ODD))
        found.append(row)
    return found


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=scaled(15))
@given(st.lists(st.tuples(rows(), st.sampled_from(["2026.11", "2026.08", ""])), min_size=1, max_size=4))
def test_both_ways_say_the_same_of_the_same_lines(lines: list[tuple[list[dict[str, Any]], str]]) -> None:
    documents = [wrapped(*own, **({"service.version": version} if version else {})) for own, version in lines]
    text = "".join(f"{json.dumps(each)}\n" for each in documents)
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = both(Path(folder), text)
        except InputError as exc:
            assert "no span can be kept" in exc.problem  # noqa: PT017
            return
    same(*found)


def line(trace: int, **fields: Any) -> str:
    """A request of one trace with a tool below it, as a collector writes it."""
    own = {"traceId": f"{trace + 1:032x}", "endTimeUnixNano": str(START + (trace + 1) * 1_000_000)} | fields
    texts = {"app.workflow": "refund", "input.value": "q", "output.value": "mail rosa@example.com"}
    return json.dumps(
        wrapped(
            span("a" * 16, "", texts, **own),
            span("b" * 16, "a" * 16, {"openinference.span.kind": "TOOL"}, **own),
            **{"service.version": "2026.11"},
        )
    )


def test_of_many_traces_only_the_proposed_are_read_whole(tmp_path: Path) -> None:
    whole, columns = both(tmp_path, "\n".join(line(trace) for trace in range(300)))
    same(whole, columns)
    assert (columns.found, len(columns.traces)) == (300, 2)
    assert {sampling.told(each.kept_for) for each in columns.traces} == {
        "slowest of refund, 300 ms",
        "typical of refund, 150 ms",
    }
    assert all(each.redacted == {"email": 1} or each.redacted for each in columns.traces)


def test_a_trace_may_be_spread_over_the_lines(tmp_path: Path) -> None:
    ends = [json.dumps(wrapped(span("c" * 16, "a" * 16, traceId=f"{trace + 1:032x}"))) for trace in range(60)]
    whole, columns = both(tmp_path, "\n".join([*(line(trace) for trace in range(60)), *reversed(ends)]))
    same(whole, columns)
    assert {len(each.spans) for each in columns.traces} == {4}


def test_of_traces_that_show_the_same_the_first_in_the_file_is_proposed(tmp_path: Path) -> None:
    own: list[dict[str, Any]] = [{"traceId": f"{trace + 1:032x}"} for trace in range(60)]
    requests = [span("a" * 16, **each) for each in own]
    late = [span("b" * 16, "a" * 16, **own[0] | {"startTimeUnixNano": "soon"}), *requests[1:], requests[0]]
    whole, columns = both(tmp_path, json.dumps(wrapped(*late)) + "\n")
    assert set(columns.proposal) == {f"{2:032x}"}
    same(whole, columns)


def test_of_workflows_of_the_same_size_the_first_in_the_file_have_room(tmp_path: Path) -> None:
    own: list[dict[str, Any]] = [{"traceId": f"{trace + 1:032x}"} for trace in range(300)]
    steps = [span("b" * 16, "a" * 16, **each) for each in own]
    requests = [span("a" * 16, "", {"app.workflow": f"w{at}"}, **each) for at, each in enumerate(own)]
    same(*both(tmp_path, json.dumps(wrapped(*steps, *requests[::-1])) + "\n"))


@pytest.mark.parametrize(
    ("bad", "place", "reason"),
    [
        ("{", "line 2, column 2", "the JSON breaks off or is malformed; expected one whole JSON document"),
        ('{"a": "\\ud800"}', "line 2", "half of a surrogate pair stands alone; expected Unicode text"),
        ("7", "line 2", "this is '7'; expected an object with spans"),
        ('{"a": 1}', "line 2", "there are no spans in this object (a)"),
        (b"\xff", "line 2, byte 0", "the text is not UTF-8; expected UTF-8 text"),
    ],
)
def test_a_bad_line_is_skipped_with_its_reason(tmp_path: Path, bad: str | bytes, place: str, reason: str) -> None:
    path = tmp_path / "spans.jsonl"
    second = bad.encode() if isinstance(bad, str) else bad
    path.write_bytes(b"\n".join([line(0).encode(), second, line(1).encode(), b""]))
    columns = otlp_lines.read(Source.open(path), MAPPED, "otlp")
    assert columns.found == 2
    assert [(each.place, each.reason) for each in columns.skipped] == [(place, reason)]


def test_a_span_that_stands_twice_is_skipped_with_its_line(tmp_path: Path) -> None:
    _, columns = both(tmp_path, "\n".join([line(0), line(1), line(0)]))
    assert [(each.place, each.reason) for each in columns.skipped] == [
        ("line 3", f"the span {each * 16!r} stands twice in this trace; the first one was kept") for each in "ab"
    ]
    assert columns.evidence
    assert (columns.evidence.kept, columns.evidence.skipped) == (4, 2)


def test_skipped_spans_are_all_counted_and_the_first_are_listed(tmp_path: Path) -> None:
    bad = [line(trace, traceId=5) for trace in range(70)]
    _, columns = both(tmp_path, "\n".join([line(0), *bad]))
    assert columns.evidence
    assert (columns.evidence.skipped, len(columns.skipped)) == (140, 100)
    assert "140 spans were skipped, of which the first 100 are listed" in columns.warnings


def test_a_file_without_a_span_that_can_be_kept_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "spans.jsonl"
    path.write_text(line(0, traceId=5) + "\n")
    with pytest.raises(InputError, match=r"no span can be kept: the trace id is '5'; expected text"):
        otlp_lines.read(Source.open(path), MAPPED, "otlp")


def test_only_large_files_of_whole_lines_are_read_in_columns(tmp_path: Path) -> None:
    path = tmp_path / "spans.jsonl"
    path.write_text(line(0) + "\n")
    assert not otlp_lines.fits(Source.open(path))
    path.write_text("".join(f"{line(0)}\n{' ' * 1_000_000}\n" for _ in range(20)))
    assert otlp_lines.fits(Source.open(path))
    batch = read(Source.open(path), MAPPED)
    assert (batch.found, batch.digest) == (1, Source.open(path).digest)
    path.write_text(json.dumps(wrapped(*[span(attributes={"a": "x" * 1000})] * 20_000), indent=1))
    assert not otlp_lines.fits(Source.open(path))


def test_a_label_of_a_person_is_kept_in_a_large_file_too(tmp_path: Path) -> None:
    options = replace(MAPPED, labelled=frozenset({f"{8:032x}"}))
    same(*both(tmp_path, "\n".join(line(trace) for trace in range(300)), options))


def test_versions_are_renamed_and_workflows_fall_back_to_the_resource(tmp_path: Path) -> None:
    resource = {"app.workflow": "of the resource", "service.version": "build 7"}
    bare = json.dumps(wrapped(span("a" * 16, traceId="9" * 32), **resource))
    options = Options(mapping={"workflow": "none.such,app.workflow", "version:build 7": "2026.11"})
    whole, columns = both(tmp_path, "\n".join([line(0), bare, line(1)]), options)
    same(whole, columns)
    assert {(each.version, each.workflow) for each in columns.stages} >= {("2026.11", "of the resource")}


def test_attributes_of_a_root_may_come_in_any_shape(tmp_path: Path) -> None:
    shapes = [pairs(each) for each in ATTRIBUTES]
    lines = [
        json.dumps(wrapped(span("a" * 16, traceId=f"{at + 1:032x}") | {"attributes": shape}, a=again))
        for again in range(2)
        for at, shape in enumerate(shapes * 2, start=again * 100)
    ]
    same(*both(tmp_path, "\n".join(lines)))


@pytest.mark.parametrize(
    "attributes",
    [
        [{"key": "openinference.span.kind"}],
        [{"key": "openinference.span.kind", "value": None}],
        [{"key": "openinference.span.kind", "value": "TOOL"}],
        [{"key": "openinference.span.kind", "value": {"stringValue": None}}],
        [{"key": "openinference.span.kind", "value": {"intValue": 3}}],
        [{"key": "input.value", "value": {"kvlistValue": {"values": []}}}],
        [{"key": "input.value", "value": 5}],
        [{"key": 5, "value": {"stringValue": "x"}}],
        [{"value": {"stringValue": "x"}}],
        [5],
        {"openinference.span.kind": "TOOL"},
    ],
)
def test_attributes_that_are_not_as_collectors_write_them_are_read_alike(tmp_path: Path, attributes: Any) -> None:
    odd = [
        span("c" * 16, parent, traceId=f"{at + 1:032x}") | {"attributes": attributes}
        for at, parent in enumerate(["", "a" * 16, "", "a" * 16])
    ]
    same(*both(tmp_path, "\n".join([line(0), *(json.dumps(wrapped(each)) for each in odd), line(9)])))
