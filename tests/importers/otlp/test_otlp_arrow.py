"""What Arrow takes of lines of OpenTelemetry is read as `spans` reads it; what it does not take, it says."""

from __future__ import annotations

import io
import json
import tempfile
from array import array
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readiness.errors import InputError
from readiness.importers import Source
from readiness.importers.otlp import arrow_blocks
from readiness.importers.otlp import lines as otlp_lines
from readiness.importers.otlp.arrow_blocks import Piece, UnusualError, parsed, pieces
from tests.importers.formats.test_otlp import END, START, span, wrapped
from tests.importers.otlp.test_otlp_lines import MAPPED, both, line, same
from tests.soak import scaled

IDS = ["a" * 16, "b" * 16, "c" * 16, "D" * 16, "3NvL5sT+8LM=", "AAAAAAAAAAA=", "0x1f", "0x" + "a" * 16]
ODD_IDS = ["0" * 16, "", None, "short", "x" * 400, "é" * 8, "a " * 8, "٣" * 8]
TRACES = ["1" * 32, "2" * 32, "F" * 32, "AQIDBAUGBwgJCgsMDQ4PEA==", "0x" + "1" * 32]
ODD_TRACES = ["0" * 32, "", None, "short", "x" * 400, "11 " * 10 + "11"]
TEXTS = [str(START), str(START + 1000), str(END)]
ODD_TEXTS = [None, "", "0", "9" * 19, "9" * 25, "2026-11-20T09:30:00Z", "soon", "-" + "1" * 18, "1" * 18, "٣" * 19]
WHOLE = [START, START + 1000, END]
ODD_WHOLE = [None, 0, -1, 5]
VALUES: list[Any] = [
    *({"stringValue": each} for each in ("TOOL", "chat", "nonsense", "", "refund", " two  words ", "é")),
    {"intValue": "5"},
    {"intValue": "0"},
    {"intValue": "five"},
    {"boolValue": True},
    {"boolValue": False},
    {"doubleValue": 1.5},
    {"bytesValue": "aGk="},
    {"arrayValue": {"values": [{"stringValue": "x"}]}},
    {"arrayValue": {}},
    {"kvlistValue": {"values": [{"key": "name", "value": {"stringValue": "chat"}}]}},
    {"kvlistValue": {}},
    {"stringValue": None},
    {},
    None,
]
NAMES = [
    *("openinference.span.kind", "gen_ai.operation.name", "gen_ai.operation", "gen_ai.system", "gen_ai.request.model"),
    *("ai.operationId", "input.value", "input", "output.value", "llm.input_messages", "app.workflow", "app"),
    *("app.escalated", "metadata", "service.version", "telemetry.sdk.version", "_hidden", "x", "x.0.y"),
]
ODD_ATTRIBUTES: list[Any] = [None, {}, {"key": None, "value": {"stringValue": "x"}}, {"value": {"stringValue": "x"}}]


def mostly(usual: list[Any], odd: list[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 9).flatmap(lambda number: st.sampled_from(usual if number else odd))


ATTRIBUTES = st.lists(
    st.builds(lambda name, value: {"key": name, "value": value}, st.sampled_from(NAMES), st.sampled_from(VALUES)),
    max_size=4,
)
ODDLY = ATTRIBUTES.flatmap(lambda held: mostly([held], [None, *([*held, odd] for odd in ODD_ATTRIBUTES)]))
EVENTS = st.lists(
    st.builds(
        lambda name, attributes: {"name": name, "attributes": attributes},
        st.sampled_from(["exception", "gen_ai.user.message", "gen_ai.choice", "other", None]),
        ODDLY,
    ).flatmap(lambda event: mostly([event], [None, {}])),
    max_size=2,
)
NAMED = [{"code": "STATUS_CODE_ERROR"}, {"code": "STATUS_CODE_OK"}, {"code": "STATUS_CODE_UNSET"}, {"code": "FINE"}]
ELSEWHERE = [
    *({name: each} for name in ("context", "spanContext") for each in (None, {}, {"spanId": "e" * 16})),
    {"parentSpanContext": {"spanId": "a" * 16}},
    {"parent_span_id": "a" * 16},
    {"parent_id": "a" * 16},
    {"links": []},
    {"traceState": "x", "flags": 1, "droppedAttributesCount": 0},
]


def spans(times: list[Any], odd_times: list[Any]) -> st.SearchStrategy[dict[str, Any]]:
    usual = {
        "traceId": mostly(TRACES, ODD_TRACES),
        "spanId": mostly(IDS, ODD_IDS),
        "parentSpanId": mostly([*IDS, None, "", "0" * 16], ODD_IDS),
        "name": mostly(["look up", "Rerank it", "call rosa@example.com"], [None, "", "x" * 30_000]),
        "startTimeUnixNano": mostly(times, odd_times),
        "endTimeUnixNano": mostly(times, odd_times),
        "attributes": ODDLY,
        "status": mostly(
            [None, {}, {"code": 0}, {"code": 1}, {"code": 2}, {"code": 2, "message": "m"}],
            [{"code": 3}, {"code": -1}, {"code": None, "status_code": "ERROR"}, {"message": "m"}],
        ).flatmap(lambda status: mostly([status], NAMED)),
        "events": st.one_of(st.none(), EVENTS),
    }
    return st.builds(
        lambda found, more, left: {key: value for key, value in (found | more).items() if key not in left},
        st.fixed_dictionaries(usual),
        mostly([{}], ELSEWHERE),
        st.sets(st.sampled_from(sorted(usual)), max_size=1).flatmap(lambda left: mostly([set[str]()], [left])),
    )


def documents(times: list[Any], odd_times: list[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    scope = st.lists(spans(times, odd_times), max_size=4).map(lambda held: {"scope": {"name": "app"}, "spans": held})
    scopes = st.lists(mostly([scope], [st.sampled_from([{}, {"spans": None}])]).flatmap(lambda each: each), max_size=2)
    resource = st.one_of(st.sampled_from([None, {}, {"attributes": None}]), ATTRIBUTES.map(lambda a: {"attributes": a}))
    group = st.builds(lambda said, held: {"resource": said, "scopeSpans": held}, resource, scopes)
    document = st.lists(group, max_size=3).map(lambda groups: {"resourceSpans": groups})
    sound = json.loads(line(7, startTimeUnixNano=times[0], endTimeUnixNano=times[-1]))
    return st.lists(document, min_size=1, max_size=3).map(lambda found: [*found, sound])


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=scaled(25))
@given(st.one_of(documents(TEXTS, ODD_TEXTS), documents(WHOLE, ODD_WHOLE)))
def test_what_arrow_takes_is_read_alike(found: list[dict[str, Any]]) -> None:
    lines = [json.dumps(each) for each in found]
    piece = Piece("\n".join(lines).encode(), bounds_of(lines), 1)
    try:
        block = parsed(piece)
    except UnusualError:  # a resource that is wrong
        block = None
    with tempfile.TemporaryDirectory() as folder:
        same(*both(Path(folder), "\n".join(lines)))
    if block is not None:
        rows = [[row, said] for row, said in map(block.span, range(len(block)))]
        assert [row for row, _ in rows] == [
            row
            for each in map(json.loads, lines)
            for group in each["resourceSpans"]
            for scope in group["scopeSpans"]
            for row in scope.get("spans") or []
        ]


def bounds_of(lines: list[str]) -> list[int]:
    bounds = [0]
    for each in lines:
        bounds.append(bounds[-1] + len(each.encode()) + 1)
    return [*bounds[:-1], bounds[-1] - 1]


def of(*lines: str | bytes, ends: bytes = b"\n") -> Piece:
    return next(pieces(io.BytesIO(ends.join(encoded(lines))), array("q"), 100_000))


def encoded(lines: tuple[str | bytes, ...]) -> list[bytes]:
    return [each if isinstance(each, bytes) else each.encode() for each in lines]


@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\n\n", b"\r\n\r\n"])
def test_the_spans_of_lines_are_numbered_by_their_lines(ends: bytes) -> None:
    block = parsed(of(line(0), line(1), ends=ends))
    step = ends.count(b"\n")
    assert block.line.tolist() == [1, 1, 1 + step, 1 + step]
    assert block.place_of(3) == f"line {1 + step}, resourceSpans[0].scopeSpans[0].spans[1]"
    assert block.span(3)[0]["parentSpanId"] == "a" * 16
    assert block.resources == [{"service.version": "2026.11"}]


SOUND = line(0)


@pytest.mark.parametrize(
    "lines",
    [
        ("null", SOUND),
        (SOUND, "null"),
        (f"{SOUND}null{SOUND}",),
        (f"{SOUND}{SOUND}",),
        (f"{SOUND}{SOUND}", SOUND[:40], SOUND[40:]),
        (f"[{SOUND}]",),
        (SOUND, "7"),
        (SOUND, "{"),
        (SOUND, "{}"),
        (SOUND, '{"resourceSpans": null}'),
        (SOUND, '{"resourceSpans": [null]}'),
        (SOUND, '{"resourceSpans": [{"scopeSpans": [null]}]}'),
        (SOUND, '{"resourceSpans": [{"scopeSpans": [{"spans": [null]}]}]}'),
        (SOUND, '{"resourceSpans": [{"scope_spans": []}]}'),
        (SOUND, '{"resourceSpans": [], "resourceSpans": []}'),
        (SOUND, '{"resourceSpans": [{"resource": {"attributes": [null]}}]}'),
        (SOUND, '{"resourceSpans": [{"resource": 5}]}'),
        (SOUND, SOUND.replace("refund", "\\u0000")),
        (SOUND, SOUND.replace("refund", "\\ud800")),
        (SOUND.encode(), SOUND.encode().replace(b"refund", b"\xff")),
        ("\ufeff" + SOUND,),
        (" " + SOUND,),
        ("   ",),
        (SOUND, SOUND.replace(f'"{START}"', str(START))),
    ],
)
def test_lines_that_are_not_as_collectors_write_them_are_not_taken(lines: tuple[str | bytes, ...]) -> None:
    with pytest.raises(UnusualError):
        parsed(of(*lines))


@pytest.mark.parametrize(
    ("attribute", "wide"),
    [({"stringValue": "x"}, False), ({"intValue": "5"}, False), ({"intValue": 5}, False), ({"boolValue": True}, True)],
)
def test_kinds_of_values_that_are_rare_are_asked_for_where_they_occur(attribute: Any, wide: bool) -> None:
    held = [{"key": "x", "value": attribute}]
    assert parsed(of(json.dumps(wrapped(span() | {"attributes": held})))).spelling.wide == wide
    document = wrapped(span())
    document["resourceSpans"][0]["resource"]["attributes"] = held
    assert parsed(of(json.dumps(document))).spelling.wide == wide


def test_codes_may_be_numbers_again_after_names() -> None:
    numbers = line(0, status={"code": 2})
    names = parsed(of(line(1, status={"code": "STATUS_CODE_ERROR"})))
    assert (names.spelling.named, parsed(of(numbers), names.spelling).spelling.named) == (True, False)
    with pytest.raises(UnusualError):
        parsed(of(numbers, SOUND.replace('"kind": 1', '"name": 1')), names.spelling)


def test_resources_are_told_apart_by_all_that_may_name_something() -> None:
    said: list[dict[str, Any]] = [
        {"a": 1},
        {"a": "1"},
        {"a": True},
        {"a": False},
        {"b": 1},
        {"a": 1, "b": ["x"]},
        {"a": {"x": 1}},
        {"a": {"x": 2}},
        {},
    ]
    block = parsed(of(*(json.dumps(wrapped(span(), **each)) for each in [*said, *said[:6], {"a": 1, "b": ["y"]}])))
    found = [block.resources[number] for number in block.resource]
    told = [{"a.x": each["a"]["x"]} if isinstance(each.get("a"), dict) else each for each in said]
    assert found == [*told, *told[:6], told[5]]  # what a list holds is not compared


def test_a_line_with_many_resources_is_read_once_for_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    load = arrow_blocks.loaded

    def loaded(line: bytes, place: str) -> Any:
        read.append(place)
        return load(line, place)

    monkeypatch.setattr(arrow_blocks, "loaded", loaded)
    groups = [wrapped(span(), instance=f"pod {at}")["resourceSpans"][0] for at in range(50)]
    block = parsed(of(SOUND, json.dumps({"resourceSpans": groups})))
    assert [block.resources[number] for number in block.resource[2:]] == [{"instance": f"pod {at}"} for at in range(50)]
    assert read == ["line 1", "line 2"]


@pytest.mark.parametrize("size", [1, 100, 5000])
def test_blocks_of_any_size_hold_whole_lines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, size: int) -> None:
    monkeypatch.setattr(arrow_blocks, "BLOCK", size)
    lines = [line(at) for at in range(30)]
    offsets = array("q")
    text = "\n".join(lines).encode()
    found = list(pieces(io.BytesIO(text), offsets, 100_000))
    assert [each.decode() for piece in found for _, each in piece.lines()] == [f"{each}\n" for each in lines[:-1]] + [
        lines[-1]
    ]
    assert [number for piece in found for number, _ in piece.lines()] == list(range(1, 31))
    assert [text[at : at + len(lines[0])].decode()[:40] for at in offsets] == [each[:40] for each in lines]
    same(*both(tmp_path, "\n".join(lines)))


@pytest.mark.parametrize("empty", ['{"resourceSpans": []}', '{"resourceSpans": [{"scopeSpans": [{"spans": []}]}]}'])
def test_a_block_may_hold_no_spans_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, empty: str) -> None:
    monkeypatch.setattr(arrow_blocks, "BLOCK", 1)
    same(*both(tmp_path, "\n".join([SOUND, empty, line(1)])))


def test_a_line_that_is_too_long_is_refused_with_its_number() -> None:
    with pytest.raises(InputError, match=r"line 2 has more than 3,000,000 bytes"):
        list(pieces(io.BytesIO(b"{}\n" + b"x" * 4_000_000), array("q"), 3_000_000))


def test_one_bad_line_among_many_takes_nothing_from_the_others(tmp_path: Path) -> None:
    lines = [line(at) for at in range(200)]
    lines[77] = lines[77].replace("refund", "\\u0000")
    lines[150] = '{"resourceSpans": [null]}'
    path = tmp_path / "spans.jsonl"
    path.write_text("\n".join(lines))
    found = otlp_lines.read(Source.open(path), MAPPED, "otlp")
    assert [(each.place, each.reason) for each in found.skipped] == [
        ("line 78", "there is a NUL character; expected text"),
        ("line 151, resourceSpans[0]", "this is 'null'; expected an object with scopeSpans"),
    ]
    assert found.evidence
    assert found.evidence.kept == 2 * 198


def test_what_no_store_can_keep_is_skipped_where_only_the_second_look_sees_it(tmp_path: Path) -> None:
    """Arrow passes over what an object holds, and over what it does not know."""
    lines = [line(at) for at in range(300)]
    version = [{"key": "version", "value": {"stringValue": "2026\0"}}]
    told = [{"key": "service", "value": {"kvlistValue": {"values": version}}}]
    for number, more in ((77, {"resource": {"attributes": told}}), (299, {"schemaUrl": "\0"})):
        document = json.loads(lines[number])
        document["resourceSpans"][0] |= more
        lines[number] = json.dumps(document)
    path = tmp_path / "spans.jsonl"
    path.write_text("\n".join(lines))
    found = otlp_lines.read(Source.open(path), MAPPED, "otlp")
    assert [(each.place, each.reason) for each in found.skipped] == [
        ("line 78", "there is a NUL character; expected text"),
        ("line 300", "its times count, its texts cannot be kept: there is a NUL character"),
    ]
    assert found.evidence
    assert (found.found, found.evidence.skipped) == (299, 2)
    assert set(found.proposal) == {each.trace_id for each in found.traces} == {f"{151:032x}"}


BROKEN = {"arrayValue": {"values": [{"kvlistValue": {"values": 5}}]}}


def test_a_text_that_is_empty_in_some_roots_is_a_field_of_theirs(tmp_path: Path) -> None:
    texts = enumerate([{"input.value": "q"}, {"input.value": ""}], start=5)
    lines = [json.dumps(wrapped(span("a" * 16, attributes=each, traceId=f"{at:032x}"))) for at, each in texts]
    whole, columns = both(tmp_path, "\n".join(lines))
    same(whole, columns)
    assert columns.fields == ("input.value",)


SOUND_LIST = {"arrayValue": {"values": [{"stringValue": "x"}]}}


def alike(*values: Any) -> str:
    """A root for each value of the same attribute."""
    held = [{"attributes": [{"key": "x", "value": each}]} for each in values]
    rows = [span("a" * 16, traceId=f"{at:032x}") | own for at, own in enumerate(held, start=5)]
    return "\n".join([SOUND, *(json.dumps(wrapped(row)) for row in rows)])


@pytest.mark.parametrize("first", [SOUND_LIST, BROKEN])
def test_a_root_with_a_broken_list_is_skipped_whatever_others_of_its_shape_are(tmp_path: Path, first: Any) -> None:
    same(*both(tmp_path, alike(first, BROKEN, SOUND_LIST)))


@pytest.mark.parametrize("wide", [[], [{"key": "x", "value": {"boolValue": True}}]])
def test_a_span_with_a_broken_object_in_an_event_is_skipped(tmp_path: Path, wide: list[Any]) -> None:
    broken = [{"key": "x", "value": {"kvlistValue": {"values": [{"key": 5}]}}}]
    odd = span("c" * 16, "a" * 16, traceId="9" * 32, events=[{"name": "other", "attributes": broken}])
    same(*both(tmp_path, "\n".join([SOUND, json.dumps(wrapped(odd | {"attributes": wide}))])))


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ([SOUND_LIST, BROKEN], {}),
        ([{"string_value": "1"}, {"string_value": "2"}], {}),
        ([{"stringValue": "1", "intValue": "2"}, {"intValue": "2", "stringValue": "1"}], {}),
        ([{"boolValue": True}, {"boolValue": False}], {"stringValue": "1", "intValue": "2"}),
    ],
)
def test_resources_that_are_spelled_in_another_way_are_not_taken_for_the_same(
    tmp_path: Path, said: list[Any], more: Any
) -> None:
    lines = [SOUND]
    for at, each in enumerate(said):
        document = wrapped(span("a" * 16, traceId=f"{at + 5:032x}"))
        held = [{"key": "x", "value": more}, {"key": "service.version", "value": each}]
        document["resourceSpans"][0]["resource"]["attributes"] = held
        lines.append(json.dumps(document))
    same(*both(tmp_path, "\n".join(lines)))


@pytest.mark.parametrize(
    ("parent", "attributes"),
    [
        ("a" * 16, []),
        ("", [{"key": "x", "value": BROKEN}]),
        ("", [{"key": "app.escalated", "value": {"arrayValue": {"values": [{"stringValue": "rosa"}]}}}]),
    ],
)
def test_a_block_may_hold_no_root_or_only_strays(tmp_path: Path, parent: str, attributes: Any) -> None:
    odd = wrapped(span("c" * 16, parent, traceId="9" * 32) | {"attributes": attributes})
    assert len(parsed(of(json.dumps(odd)))) == 1
    same(*both(tmp_path, "\n".join([json.dumps(odd), SOUND])))
    path = tmp_path / "alone.jsonl"
    path.write_text(json.dumps(odd) + "\n")
    if attributes and attributes[0]["value"] == BROKEN:
        with pytest.raises(InputError, match=r"no span can be kept: the value of an attribute is '5'"):
            otlp_lines.read(Source.open(path), MAPPED, "otlp")
    else:
        assert otlp_lines.read(Source.open(path), MAPPED, "otlp").found == 1
