"""Files that were made to hurt: each is small where it lies, or of the size that is allowed, and asks for far more."""

from __future__ import annotations

import gzip
import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pyarrow as pa
from backports import zstd
from pyarrow import parquet

MIB = 1 << 20
FORMAT = 'format = "readiness-assessment/1"\nchecklist = "llm-rollout"\n'
ROW = "version,workflow,cohort,metric,value,case_id\n"
CRAFTED: dict[str, Callable[[], bytes]] = {}


def craft(name: str) -> Callable[[Callable[[], bytes | str]], Callable[[], bytes]]:
    def keep(make: Callable[[], bytes | str]) -> Callable[[], bytes]:
        def made() -> bytes:
            data = make()
            return data.encode() if isinstance(data, str) else data

        CRAFTED[name] = made
        return made

    return keep


def _texts(**texts: Callable[[], bytes | str]) -> None:
    for name, make in texts.items():
        craft(name)(make)


_texts(
    toml_dots=lambda: "a." * 39_999 + "a = 1\n",
    toml_dots_under_the_format=lambda: FORMAT + "a." * 39_999 + "a = 1\n",
    toml_quoted_dots=lambda: FORMAT + '"a".' * 30_000 + "a = 1\n",
    toml_header_of_dots=lambda: FORMAT + "[" + "a." * 39_999 + "a]\n",
    toml_inline_tables=lambda: FORMAT + "x = " + "{a = " * 20_000,
    toml_lists=lambda: FORMAT + "x = " + "[" * 70_000,
    toml_keys=lambda: FORMAT + "".join(f"a{at}=1\n" for at in range(700_000)),
    toml_tables=lambda: FORMAT + "".join(f"[a{at}]\n" for at in range(700_000)),
    toml_values=lambda: FORMAT + "x = [" + ("1," * 1_000 + "\n") * 3_500 + "]",
    toml_dots_that_share_nothing=lambda: FORMAT + "".join(f"a{at}.b.c.d.e.f.g.h=1\n" for at in range(300_000)),
    toml_long_line=lambda: FORMAT + 'note = "' + "a" * 7 * MIB + '"',
    toml_digits=lambda: FORMAT + "x = " + "9" * 140_000,
    toml_open_text=lambda: FORMAT + 'x = """' + "\n" * 7 * MIB,
    toml_backslashes=lambda: FORMAT + 'x = "' + "\\\\" * 70_000,
    csv_cohort_of_each_user=lambda: ROW + "".join(f"1,w{at % 5},user=u{at},m,{at % 2},{at}\n" for at in range(60_000)),
    csv_cohorts_in_one_cell=lambda: ROW + "1,*," + ";".join(f"u={at}" for at in range(150_000)) + ",m,1,1\n",
    csv_dimensions_in_one_cell=lambda: ROW + "1,*," + ";".join(f"u{at}=1" for at in range(150_000)) + ",m,1,1\n",
    csv_workflows=lambda: ROW + "".join(f"1,w{at},*,m,1,{at}\n" for at in range(120_000)),
    csv_versions=lambda: ROW + "".join(f"{at},*,*,m,1,c\n" for at in range(120_000)),
    csv_metrics=lambda: ROW + "".join(f"1,*,*,m{at},1,c\n" for at in range(120_000)),
    csv_stated=lambda: (
        "version,workflow,cohort,metric,value,n\n" + "".join(f"1,w{at},*,m,1,9\n" for at in range(120_000))
    ),
    csv_versions_of_the_same_cases=lambda: (
        ROW + "".join(f"{at % 100},*,u={at // 1000},m,1,{at // 100}\n" for at in range(100_000))
    ),
    csv_columns=lambda: ",".join(f"c{at}" for at in range(100_000)) + "\n" + "1," * 99_999 + "1\n",
    csv_columns_of_results=lambda: ROW.strip() + "".join(f",c{at}" for at in range(100_000)) + "\n1,*,*,m,1,1\n",
    csv_same_column=lambda: ROW.strip() + ",x" * 100_000 + "\n1,*,*,m,1,1\n",
    csv_one_line=lambda: ROW + "1,*,*,m,1," + "a" * 30 * MIB,
    csv_header_without_end=lambda: "a," * 15 * MIB,
    csv_open_quote=lambda: ROW + '1,*,*,"m,1,1\n' * 2_000_000,
    csv_blank_lines=lambda: ROW + "\n" * 30 * MIB,
    csv_only_commas=lambda: "a,b\n" + "," * 30 * MIB,
    csv_wide=lambda: ",".join(f"c{at}" for at in range(1_900)) + "\n" + ("0.5," * 1_899 + "1\n") * 3_000,
    csv_rows=lambda: "score,name\n" + "0.5,a\n" * 600_000,
    csv_rows_of_texts=lambda: "score,name,a,b,c,d\n" + "".join(f"0.5,{at},q,w,e,r\n" for at in range(400_000)),
    csv_scores=lambda: "id,a,b,c\n" + "".join(f"{at},0.{at},0.5,0.25\n" for at in range(400_000)),
    csv_in_utf16=lambda: (ROW + "1,*,*,m,1,1\n" * 1_000_000).encode("utf-16"),
    csv_nul=lambda: ROW + "1,*,*,m,1,1\n" * 1_000 + "1,*,*,m\0,1,1\n",
    csv_digits=lambda: ROW + "1,*,*,m," + "9" * 1_000_000 + ",1\n",
    csv_exponents=lambda: ROW + "1,*,*,m,1e308,1\n" * 1_000,
    json_lists_in_lists=lambda: "[" * 1_000_000,
    json_objects_in_objects=lambda: '{"a":' * 500_000,
    json_deep_and_whole=lambda: "[" * 500 + "]" * 500,
    json_empty_lists=lambda: '{"results":[' + "[]," * 20_000_000 + "[]]}",
    json_empty_objects=lambda: '{"resourceSpans":[' + "{}," * 15_000_000 + "{}]}",
    json_numbers=lambda: '{"results":[' + "1," * 30_000_000 + "1]}",
    json_keys_twice=lambda: "{" + "".join(f'"k{at}":1,' for at in range(1_000_000)) + '"k999999":1}',
    json_digits=lambda: '[{"score":' + "9" * 20 * MIB + ',"a":1}]',
    json_exponent=lambda: '[{"score":1e99999999999999999999,"a":1}]',
    json_long_text=lambda: json.dumps([{"score": 1, "answer": "a" * 60 * MIB}]),
    json_escapes=lambda: '[{"score":1,"answer":"' + "\\u00e9" * 8 * MIB + '"}]',
    json_nul=lambda: '[{"score":1,"answer":"\\u0000"}]',
    json_half_a_pair=lambda: '[{"score":1,"answer":"\\ud800"}]',
    json_array_of_rows=lambda: json.dumps([{"score": 1, "answer": "b"}] * 800_000),
    json_row_of_objects=lambda: json.dumps([{"score": 1, "m": {str(at): 1 for at in range(100_000)}}]),
    lines_of_depth=lambda: ('{"metric":' + "[" * 5_000 + "]" * 5_000 + ',"value":1}\n') * 1_000,
    lines_that_become_deep=lambda: (
        '{"metric":"m","case_id":"c","version":"1","workflow":"w","value":1}\n' * 3
        + ('{"metric":' + "[" * 5_000 + "]" * 5_000 + ',"value":1}\n') * 1_000
    ),
    lines_of_keys=lambda: ("{" + ",".join(f'"k{at}":1' for at in range(50_000)) + ',"metric":"m","value":1}\n') * 3,
    lines_each_with_a_key=lambda: "".join(f'{{"metric":"m","value":1,"k{at}":1}}\n' for at in range(200_000)),
    lines_of_nothing=lambda: "{}\n" * 10_000_000,
    lines_of_two=lambda: '{"score":1,"b":2}\n' * 600_000,
    lines_without_end=lambda: '{"metric":"' + "a" * 30 * MIB,
    text_of_spaces=lambda: " " * 60 * MIB,
    text_of_open_brackets=lambda: "{[" * 30 * MIB,
    mark_alone=lambda: b"\xef\xbb\xbf",
    noise=lambda: random.Random(1).randbytes(8 * MIB),  # noqa: S311
    gz=lambda: gzip.compress(b"0" * 500 * MIB, 9),
    zst=lambda: zstd.compress(b"0" * 500 * MIB),
    pdf=lambda: b"%PDF-1.7\n" + b"0" * MIB,
    yaml_laughs=lambda: 'a: &a ["x"]\n' + "".join(f"b{at}: &b{at} [*a,*a,*a,*a,*a,*a]\n" for at in range(100_000)),
)


def _span(at: int, **more: Any) -> dict[str, Any]:
    ids = {"traceId": f"{at // 10 + 1:032x}", "spanId": f"{at + 1:016x}", "name": "chat"}
    times = {"startTimeUnixNano": str(10**18 + at), "endTimeUnixNano": str(10**18 + at + 5)}
    return {**ids, **times, **more}


def _otlp(spans: list[dict[str, Any]]) -> str:
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}, separators=(",", ":"))


def _kvlist(depth: int) -> str:
    return '{"kvlistValue":{"values":[{"key":"a","value":' * depth + '{"stringValue":"x"}' + "}]}}" * depth


def _attribute(at: int) -> dict[str, Any]:
    return {"key": f"a{at}", "value": {"stringValue": "x"}}


def _native(at: int, **more: Any) -> str:
    span = {"trace_id": "t", "span_id": f"s{at}", "kind": "tool", "name": "n", "start": "2026-11-20T09:30:00Z"}
    return json.dumps({**span, "duration_ms": 1, "status": "ok", **more}) + "\n"


def _test_cases(number: int, more: str = "") -> str:
    case = f"<testcase name='a'{more}/>"
    return f'<testsuite name="s">{case * number}</testsuite>'


_texts(
    spans_attributes=lambda: _otlp([_span(1, attributes=[_attribute(at) for at in range(600_000)])]),
    spans_attributes_in_reach=lambda: _otlp([_span(1, attributes=[_attribute(at) for at in range(100_000)])]),
    spans_many=lambda: _otlp([_span(at) for at in range(300_000)]),
    spans_in_reach=lambda: _otlp([_span(at) for at in range(90_000)]),
    spans_deep_value=lambda: _otlp([_span(1)]).replace('"name"', f'"attributes":[{_kvlist(5_000)}],"name"'),
    spans_in_a_circle=lambda: _otlp([_span(at, parentSpanId=f"{(at + 1) % 9 + 1:016x}") for at in range(9)]),
    spans_in_a_chain=lambda: "".join(_native(at, parent_id=f"s{at - 1}" if at else None) for at in range(60_000)),
    spans_of_many_traces=lambda: "".join(_native(at, trace_id=f"t{at}") for at in range(150_000)),
    spans_lines=lambda: (_otlp([_span(at) for at in range(20)]) + "\n") * 8_000,
    spans_long_line=lambda: _otlp([_span(1)]) + "\n" + _otlp([_span(at) for at in range(150_000)]) + "\n",
    spans_native_attributes=lambda: _native(1, attributes={f"a{at}": 1 for at in range(400_000)}),
    spans_native_text=lambda: _native(1, input="a" * 50 * MIB),
    spans_duration=lambda: _native(1, duration_ms=10**300) + _native(2, duration_ms=-1),
    langfuse=lambda: json.dumps(
        {"trace": {"id": "t", "scores": []}, "observations": [{"id": "o", "type": "SPAN"}] * 900_000}
    ),
    langsmith=lambda: '{"id":"a","run_type":"llm","trace_id":"t","dotted_order":"x"}\n' * 700_000,
    promptfoo=lambda: json.dumps({"version": 3, "results": {"results": [{"success": True, "score": 1}] * 900_000}}),
    inspect=lambda: json.dumps(
        {
            "status": "success",
            "eval": {"run_id": "r", "task": "t", "task_id": "i", "model": "m"},
            "samples": [{"id": at, "epoch": 1, "scores": {"s": {"value": 1}}} for at in range(400_000)],
        }
    ),
    inspect_scores=lambda: json.dumps(
        {
            "status": "success",
            "eval": {"run_id": "r", "task": "t", "task_id": "i", "model": "m"},
            "samples": [{"id": 1, "epoch": 1, "scores": {f"s{at}": {"value": 1} for at in range(200_000)}}],
        }
    ),
    junit_cases=lambda: _test_cases(1_600_000),
    junit_cases_in_reach=lambda: _test_cases(700_000),
    junit_attributes=lambda: _test_cases(1, "".join(f" a{at}='1'" for at in range(1_400_000))),
    junit_properties=lambda: (
        "<testsuite><properties>"
        + "".join(f'<property name="p{at}" value="v"/>' for at in range(300_000))
        + "</properties><testcase name='a'/></testsuite>"
    ),
    junit_nested=lambda: "<testsuite>" * 200_000 + "</testsuite>" * 200_000,
    junit_text=lambda: "<testsuite><testcase name='a'><failure>" + "a" * 60 * MIB + "</failure></testcase></testsuite>",
    junit_name=lambda: "<testsuite><testcase name='" + "a" * 30 * MIB + "'/></testsuite>",
    junit_laughs=lambda: (
        '<!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>'
    ),
    junit_outside=lambda: (
        '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><testsuite><testcase name="&a;"/></testsuite>'
    ),
    junit_spaces=lambda: "<testsuite xmlns:a='x'" + " " * 30 * MIB + "/>",
)


def _zip(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name, data in members:
            written.writestr(zipfile.ZipInfo(name), data, compress_type=zipfile.ZIP_DEFLATED)
    return out.getvalue()


HEADER = json.dumps({"status": "success", "eval": {"run_id": "r", "task": "t", "task_id": "i", "model": "m"}}).encode()


def _log(*members: tuple[str, bytes]) -> bytes:
    return _zip(("_journal/start.json", b"{}"), ("header.json", HEADER), *members)


def _one(packed: bytes, size: int, crc: int, method: int) -> bytes:
    """An archive of one member written by hand, so that it may state anything."""
    name, sizes = b"header.json", (crc, len(packed), size)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, method, 0, 0, *sizes, len(name), 0) + name
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, method, 0, 0, *sizes, len(name), 0, 0, 0, 0, 0, 0) + name
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(entry), len(local + packed), 0)
    return local + packed + entry + end


_texts(
    zip_ratio=lambda: _log(("summaries.json", b"[" + b" " * 60 * MIB + b"]")),
    zip_members=lambda: _log(*((f"samples/{at}.json", b"{}") for at in range(60_000))),
    zip_members_in_reach=lambda: _log(
        *((f"samples/{at}.json", b'{"id":%d,"scores":{"s":{"value":1}}}' % at) for at in range(20_000))
    ),
    zip_deep=lambda: _log(("summaries.json", b"[" * 900_000)),
    zip_values=lambda: _log(
        ("summaries.json", b"[" + b",".join(b"%d" % (at % 977) for at in range(12_000_000)) + b"]")
    ),
    zip_in_a_zip=lambda: _zip(("header.json", _log()), ("samples/a.json", b"{}")),
    zip_escape=lambda: _zip(("header.json", HEADER), ("samples/../../etc/passwd", b"{}")),
    zip_twice=lambda: _zip(("header.json", HEADER), ("header.json", HEADER), ("samples/a.json", b"{}")),
    zip_sheet=lambda: _zip(("[Content_Types].xml", b"<a/>"), ("xl/worksheets/sheet1.xml", b"<a/>" * 100_000)),
    zip_lies_about_its_size=lambda: _one(zlib.compress(b"0" * 400 * MIB, 9)[2:-4], 900_000, 0, 8),
    zip_of_zstandard=lambda: _one(zstd.compress(b"0" * 400 * MIB), 900_000, 0, 93),
    zip_with_a_wide_window=lambda: _one(b"\x28\xb5\x2f\xfd\x00\xf8" + b"\0" * 60, 900_000, 0, 93),
    zip_of_the_64_bit_kind=lambda: _log()[:-22] + b"PK\6\7" + b"\xff" * 16 + _log()[-22:],
    zip_all_together=lambda: _log(
        *((f"samples/{at}.json", random.Random(at).randbytes(20_000).hex().encode() * 200) for at in range(90))  # noqa: S311
    ),
)


def _parquet(columns: dict[str, Any], **how: Any) -> bytes:
    out = io.BytesIO()
    parquet.write_table(pa.table(columns), out, **how)
    return out.getvalue()


def _same(text: str, rows: int) -> Any:
    return pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([text]))


_texts(
    parquet_one_long_text=lambda: _parquet({"score": [0.5] * 400_000, "answer": _same("a" * 900, 400_000)}),
    parquet_longer_text=lambda: _parquet({"score": [0.5] * 20_000, "answer": _same("a" * MIB, 20_000)}),
    parquet_long_names=lambda: _parquet(
        {"metric": _same("m", 400_000), "value": [0.5] * 400_000, "case_id": _same("c" * 100_000, 400_000)}
    ),
    parquet_spans=lambda: _parquet(
        {
            "context.trace_id": _same("0" * 32, 100_000),
            "context.span_id": [f"{at:016x}" for at in range(100_000)],
            "span_kind": _same("LLM", 100_000),
            "attributes.input.value": _same("a" * MIB, 100_000),
        }
    ),
    parquet_columns=lambda: _parquet({f"c{at}": [0.5] for at in range(20_000)}),
    parquet_rows=lambda: _parquet({"score": pa.array([0.5] * 3_000_000), "b": pa.array([1] * 3_000_000)}),
    parquet_lists=lambda: _parquet({"score": [0.5] * 5, "b": [[["x"] * 200_000]] * 5}),
    parquet_large_page=lambda: _parquet(
        {"score": [0.5], "answer": ["0" * 600 * MIB]}, compression="zstd", use_dictionary=False
    ),
    parquet_cut=lambda: _parquet({"score": [0.5] * 1_000, "b": [1] * 1_000})[:-200] + b"\xff\xff\xff\x7fPAR1",
    parquet_metadata=lambda: b"PAR1" + b"\x15\xff\xff\xff\xff\x0f" * 1_000 + struct.pack("<I", 6_000) + b"PAR1",
)
