"""Native spans: what is kept, skipped, flagged, redacted and refused."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.errors import InputError
from readiness.importers.batch import Batch, Options
from readiness.importers.formats.native_spans import IMPORTER
from readiness.importers.source.gateway import Source
from readiness.importers.spans import spans
from tests.soak import scaled

START = "2026-11-20T09:30:00Z"
START_NS = 1_795_167_000_000_000_000


def row(span: str = "s1", parent: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "trace_id": "t1",
        "span_id": span,
        "parent_id": parent,
        "kind": "request" if parent is None else "tool",
        "name": f"name of {span}",
        "start": START,
        "duration_ms": 100,
        "status": "ok",
        **more,
    }


def source(folder: Path, *rows: Any) -> Source:
    path = folder / "upload"
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in rows), "utf-8")
    return Source.open(path, "spans.jsonl")


def read(folder: Path, *rows: Any, options: Options | None = None) -> Batch:
    return IMPORTER.read(source(folder, *rows), options or Options())


def reason(folder: Path, bad: Any) -> str:
    """Why one row is skipped beside a good one."""
    batch = read(folder, row("good", trace_id="other"), bad)
    assert [skip.place for skip in batch.skipped] == ["line 2"]
    assert len(batch.traces) == 1
    return batch.skipped[0].reason


def refusal(folder: Path, *rows: Any, options: Options | None = None) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, *rows, options=options)
    return str(caught.value)


def test_a_trace_is_put_together_from_lines_in_any_order(tmp_path: Path) -> None:
    root = row(version="2", workflow="billing", cohort="language=en", path="bad", note="The tool was down.")
    batch = read(tmp_path, row("s3", "s2"), row("x", trace_id="t2"), "", row("s2", "s1", status="error"), root)
    first, second = batch.traces
    assert (first.trace_id, second.trace_id) == ("t1", "t2")
    assert [(span.span_id, span.parent_id, span.kind, span.status) for span in first.spans] == [
        ("s3", "s2", "tool", "ok"),
        ("s2", "s1", "tool", "error"),
        ("s1", "", "request", "ok"),
    ]
    assert (first.version, first.workflow, first.cohort, first.path) == ("2", "billing", "language=en", "bad")
    assert (first.note, first.flags, first.redacted) == ("The tool was down.", [], {})


def test_the_evidence_says_what_was_read_and_when_it_was_true(tmp_path: Path) -> None:
    late = row("s2", "s1", start="2026-11-21T00:30:00+01:00")
    batch = read(tmp_path, row(version="2"), late, {"trace_id": "t1"}, row("s4", "s1", start="2026-11-20T23:59:59Z"))
    evidence = batch.evidence
    assert evidence is not None
    assert (evidence.name, evidence.format, evidence.kind) == ("spans.jsonl", "native-spans", "traces")
    assert (evidence.kept, evidence.skipped, len(evidence.skips)) == (3, 1, 1)
    assert evidence.measured_on == dt.date(2026, 11, 20)
    opened = Source.open(tmp_path / "upload")
    assert (evidence.size, evidence.digest) == (opened.size, opened.digest)
    assert batch.versions == ("2",)


def test_the_day_that_a_person_names_wins(tmp_path: Path) -> None:
    batch = read(tmp_path, row(), options=Options(measured_on=dt.date(2026, 1, 2)))
    assert batch.evidence is not None
    assert batch.evidence.measured_on == dt.date(2026, 1, 2)


@pytest.mark.parametrize(
    ("start", "nanoseconds"),
    [
        (START, START_NS),
        ("2026-11-20t09:30:00z", START_NS),
        ("2026-11-20 10:30:00+01:00", START_NS),
        ("2026-11-20T04:00:00-05:30", START_NS),
        ("2026-11-20T09:30:00.5Z", START_NS + 500_000_000),
        ("2026-11-20T09:30:00.123456789Z", START_NS + 123_456_789),
        ("2026-11-20T09:30:00.000000001Z", START_NS + 1),
    ],
)
def test_a_start_is_exact_to_the_nanosecond(tmp_path: Path, start: str, nanoseconds: int) -> None:
    assert read(tmp_path, row(start=start)).traces[0].spans[0].start_ns == nanoseconds


@pytest.mark.parametrize(
    ("duration", "nanoseconds"),
    [
        ("0", 0),
        ("1", 1_000_000),
        ("0.000001", 1),
        ("1234567.891234", 1_234_567_891_234),
        ("999999999999.999999", 999_999_999_999_999_999),
        ("1e3", 1_000_000_000),
        ("0.1", 100_000),
    ],
)
def test_a_duration_is_exact_to_the_nanosecond(tmp_path: Path, duration: str, nanoseconds: int) -> None:
    line = json.dumps(row()).replace('"duration_ms": 100', f'"duration_ms": {duration}')
    span = read(tmp_path, line).traces[0].spans[0]
    assert span.end_ns == START_NS + nanoseconds


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ("3", "this is not a JSON object; expected one span"),
        (row(trace_id=""), "trace_id is missing; expected text"),
        (row(span=None), "span_id is missing; expected text"),  # type: ignore[arg-type]
        (row(span=17), "span_id is 17; expected text"),  # type: ignore[arg-type]
        (row("a" * 301), "span_id has 301 characters; expected at most 300"),
        (row(name=""), "name is missing; expected text"),
        (
            row(kind="agent"),
            'kind is "agent"; expected request, retrieval, rerank, tool, model, output or other',
        ),
        (row(status="OK"), 'status is "OK"; expected ok, error or unset'),
        (row(status=["ok"]), 'status is ["ok"]; expected ok, error or unset'),
        (row(path="ugly"), 'path is "ugly"; expected good, bad or escalation'),
        (row(version=2), "version is 2; expected text"),
        (row(start=5), "start is 5; expected text"),
        (
            row(start="2026-11-20T09:30:00"),
            'start is "2026-11-20T09:30:00"; expected a time with its zone, such as 2026-11-20T09:30:00.25Z',
        ),
        (
            row(start="2026-11-20T09:30:00.1234567891Z"),
            'start is "2026-11-20T09:30:00.1234567891Z"; '
            "expected a time with its zone, such as 2026-11-20T09:30:00.25Z",
        ),
        (row(start="2026-02-30T09:30:00Z"), 'start is "2026-02-30T09:30:00Z"; expected a time that exists'),
        (row(start="2026-11-20T23:59:60Z"), 'start is "2026-11-20T23:59:60Z"; expected a time that exists'),
        (row(start="1926-11-20T09:30:00Z"), 'start is "1926-11-20T09:30:00Z"; expected a time from 1970 to 2199'),
        (row(start="2026-11-20T09:30:00+24:00"), 'start is "2026-11-20T09:30:00+24:00"; expected a time that exists'),
        (row(start="2026-11-20T09:30:00+00:60"), 'start is "2026-11-20T09:30:00+00:60"; expected a time that exists'),
        (row(duration_ms=None), "duration_ms is missing; expected a number of milliseconds"),
        (row(duration_ms="5"), 'duration_ms is "5"; expected a number from 0 to 1,000,000,000,000'),
        (row(duration_ms=True), "duration_ms is true; expected a number from 0 to 1,000,000,000,000"),
        (row(duration_ms=-0.5), "duration_ms is -0.5; expected a number from 0 to 1,000,000,000,000"),
        (row(duration_ms=1e13), "duration_ms is 10000000000000.0; expected a number from 0 to 1,000,000,000,000"),
        (row(attributes=[1]), "attributes is not an object; expected names and values"),
    ],
)
def test_a_bad_row_is_skipped_with_its_line_and_why(tmp_path: Path, bad: Any, sentence: str) -> None:
    assert reason(tmp_path, bad) == sentence


def test_a_span_that_stands_twice_is_kept_once(tmp_path: Path) -> None:
    batch = read(tmp_path, row(name="first"), row(name="second"), row(trace_id="t2"))
    assert [span.name for span in batch.traces[0].spans] == ["first"]
    assert [(skip.place, skip.reason) for skip in batch.skipped] == [
        ("line 2", "the span 's1' stands twice in this trace; the first one was kept")
    ]
    assert len(batch.traces) == 2


@pytest.mark.parametrize(
    ("rows", "flags"),
    [
        ([row(), row("a", "x"), row("b", "x")], ["2 spans whose parent is not in the trace"]),
        (
            [row(), row("s2")],
            ["2 root spans; the first in the file names version, workflow, cohort and path"],
        ),
        (
            [row("a", "b"), row("b", "c"), row("c", "b")],
            ["no root span: every span names a parent", "2 spans in a circle of parents"],
        ),
        ([row(), row("a", "a")], ["1 span in a circle of parents"]),
        (
            [row(), row("a", "s1", start="2026-11-20T09:29:59.999999999Z")],
            ["1 span with a start before the parent's, as when clocks disagree"],
        ),
        ([row(), row("a", "s1", duration_ms=100.000001)], ["1 span with an end after the parent's"]),
        (
            [row(), row("a", "s1", workflow="x")],
            ["1 span below the root with version, workflow, cohort, path or note; only the root's count"],
        ),
        ([row(input="x" * 20_001, output="y" * 20_000)], ["1 text cut after 20,000 characters"]),
    ],
)
def test_what_is_odd_about_a_trace_is_said_and_not_repaired(
    tmp_path: Path, rows: list[dict[str, Any]], flags: list[str]
) -> None:
    trace = read(tmp_path, *rows).traces[0]
    assert trace.flags == flags
    assert [span.parent_id for span in trace.spans] == [each["parent_id"] or "" for each in rows]


def test_more_spans_than_may_be_held_are_refused_with_what_would_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spans, "MOST_SPANS", 2)
    assert len(read(tmp_path, row("a"), row("b")).traces[0].spans) == 2
    with pytest.raises(InputError) as told:
        read(tmp_path, row("a"), row("b"), row("c"))
    assert told.value.problem == "the file has more than 2 spans"
    assert told.value.expected == "a part of them, or OTLP with one document in each line"


def test_a_long_chain_of_parents_is_walked_without_recursion(tmp_path: Path) -> None:
    rows = [row(f"n{at}", f"n{at + 1}") for at in range(5_000)]
    assert read(tmp_path, *rows, row("n5000")).traces[0].flags == []


def test_ids_in_hex_meet_whatever_their_case_and_prefix(tmp_path: Path) -> None:
    trace, other = read(
        tmp_path,
        row("00AB", trace_id="0xABCDEF"),
        row("1", "0x00ab", trace_id="abcdef"),
        row("Zulu", trace_id="Other"),
    ).traces
    assert trace.trace_id == "abcdef"
    assert trace.spans[1].parent_id == trace.spans[0].span_id == "00ab"
    assert (other.trace_id, other.spans[0].span_id) == ("Other", "Zulu")
    assert trace.flags == []


def test_texts_are_redacted_and_counted_before_anybody_stores_them(tmp_path: Path) -> None:
    token = "ghp_" + "a1B2" * 9
    trace = read(
        tmp_path,
        row(
            name="mail to dana@example.com",
            input="I am dana@example.com",
            output={"text": f"\nsk-{'a1B2' * 9}", "n": 1.5},
            error=f"401 for {token}",
            status="error",
            attributes={"http": [{"to": "dana@example.com", "password": "x", "ms": 1.25}], "n": 3, "ok": True},
            note="Dana (dana@example.com) will look at it.",
        ),
    ).traces[0]
    span = trace.spans[0]
    assert span.name == "mail to [redacted: email]"
    assert span.input == "I am [redacted: email]"
    assert span.output == '{"text": "\\n[redacted: api-key]", "n": 1.5}'
    assert span.error == "401 for [redacted: github-token]"
    assert span.attributes == {
        "http": [{"to": "[redacted: email]", "password": "[redacted: password]", "ms": 1.25}],
        "n": 3,
        "ok": True,
    }
    assert trace.redacted == {"api-key": 1, "email": 3, "github-token": 1, "password": 1}
    assert trace.note == "Dana (dana@example.com) will look at it."
    assert json.loads(json.dumps(span.attributes)) == span.attributes


def test_a_row_that_is_skipped_leaves_no_trace_and_no_count(tmp_path: Path) -> None:
    trace = read(tmp_path, row(), row("s2", "s1", input="a@b.example", status="?")).traces[0]
    assert (len(trace.spans), trace.redacted) == (1, {})


def test_the_version_is_the_persons_then_the_renamed_then_the_roots(tmp_path: Path) -> None:
    rows = (row(version="build 7"), row("s2", trace_id="t2"))
    renamed = Options(mapping={"version:build 7": "2026.11"})
    assert [trace.version for trace in read(tmp_path, *rows).traces] == ["build 7", ""]
    assert [trace.version for trace in read(tmp_path, *rows, options=renamed).traces] == ["2026.11", ""]
    assert [trace.version for trace in read(tmp_path, *rows, options=Options(version="3")).traces] == ["3", "3"]


def test_what_was_left_out_or_not_found_is_warned_about(tmp_path: Path) -> None:
    batch = read(tmp_path, row(colour="red"), options=Options(mapping={"version:1": "2"}))
    assert batch.warnings == (
        "1 trace without a version, since no root span states one",
        "no root span states the version '1'",
        "left out, because the format does not know them: 'colour'",
    )
    assert batch.evidence is not None
    assert batch.evidence.warnings == list(batch.warnings)


def test_of_many_skipped_lines_the_first_hundred_are_stored(tmp_path: Path) -> None:
    batch = read(tmp_path, row(version="1"), *["0"] * 150)
    assert batch.evidence is not None
    assert (batch.evidence.skipped, len(batch.evidence.skips), len(batch.skipped)) == (150, 100, 150)
    assert batch.warnings == ("150 spans were skipped, of which the first 100 are listed",)


def test_a_file_that_breaks_off_is_refused_whole(tmp_path: Path) -> None:
    assert refusal(tmp_path, row(), json.dumps(row("s2"))[:40]) == (
        "spans.jsonl, line 2, column 37: the JSON breaks off or is malformed; expected one whole JSON document."
    )


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("trace_id,span_id", "spans.jsonl, line 2, column 1: the JSON breaks off or is malformed"),
        ('{"a": 1, "a": 2}', "spans.jsonl, line 2: the key 'a' stands twice in one object"),
        ('{"duration_ms": NaN}', "spans.jsonl, line 2: NaN is not JSON"),
        ("[" * 200 + "]" * 200, "spans.jsonl, line 2: the JSON is nested too deeply"),
    ],
)
def test_a_line_that_is_not_strict_json_refuses_the_file(tmp_path: Path, line: str, sentence: str) -> None:
    assert refusal(tmp_path, row(), line).startswith(sentence)


def test_a_file_without_one_good_row_is_refused_with_the_first_reason(tmp_path: Path) -> None:
    assert refusal(tmp_path, row(status="fine"), row(kind="x")) == (
        'spans.jsonl, line 1: no span can be kept: status is "fine"; expected ok, error or unset.'
    )


def test_a_mapping_of_workflow_or_cohort_is_refused_and_not_ignored(tmp_path: Path) -> None:
    assert refusal(tmp_path, row(), options=Options(mapping={"cohort": "tenant"})) == (
        "spans.jsonl: spans name workflow and cohort themselves, so 'cohort' cannot be mapped; "
        "expected version:LABEL=VERSION at most."
    )


def test_line_separators_within_a_text_do_not_end_the_line(tmp_path: Path) -> None:
    line = json.dumps(row(input="a\u2028b\x85c"), ensure_ascii=False)
    assert read(tmp_path, line + "\r").traces[0].spans[0].input == "a\u2028b\x85c"


@pytest.mark.parametrize(
    ("line", "ours"),
    [
        (row(), True),
        ({"span_id": "a", "trace_id": "b", "start": "x"}, True),
        ({"trace_id": "a", "run_type": "llm", "start_time": "x"}, False),
        ({"context": {"trace_id": "a", "span_id": "b"}, "start_time": "x"}, False),
        ({"input": json.dumps(row())}, False),
        ("version,trace_id,span_id,duration_ms", False),
        ("", False),
    ],
)
def test_spans_are_told_by_the_names_of_their_fields(tmp_path: Path, line: Any, ours: bool) -> None:
    assert IMPORTER.sniff(source(tmp_path, line)) is ours


def test_a_first_line_that_is_bad_does_not_hide_the_format(tmp_path: Path) -> None:
    assert IMPORTER.sniff(source(tmp_path, {"span_id": "s"}, row()))


@settings(max_examples=scaled(20))
@given(
    st.lists(st.tuples(st.integers(0, 8), st.none() | st.integers(0, 8), st.integers(0, 200)), min_size=1, max_size=12),
    st.randoms(use_true_random=False),
)
def test_the_order_of_lines_changes_no_flag(
    tmp_path_factory: pytest.TempPathFactory, shape: list[tuple[int, int | None, int]], random: Random
) -> None:
    folder = tmp_path_factory.getbasetemp()
    unique = {span: (parent, ms) for span, parent, ms in shape}
    rows = [
        row(str(span), None if parent is None else str(parent), duration_ms=ms) for span, (parent, ms) in unique.items()
    ]
    before = read(folder, *rows).traces[0].flags
    random.shuffle(rows)
    assert read(folder, *rows).traces[0].flags == before


def test_a_structure_of_very_many_values_is_cut_before_anybody_looks_through_it(tmp_path: Path) -> None:
    batch = read(tmp_path, row(attributes={"rows": ["x"] * 300_000, "last": 1}))
    (trace,) = batch.traces
    assert len(trace.spans[0].attributes["rows"]) < 2_001
    assert "298,002 values left out of structures with more than 2,000 values in a span" in trace.flags
