"""JTL files of JMeter: samples count, transactions that repeat them do not, and a load is what many samples met."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from readiness.importers import Batch, Options, Source, read
from readiness.importers.cases.loads import FAILURES
from tests import samples
from tests.importers.reading import cells, read_file, refusal, skips

RESULTS = samples.DATA / "jmeter" / "results.jtl"
HERE = "this file"
HEADER = "timeStamp,elapsed,label,success,allThreads,grpThreads,tenant"
XML = '<?xml version="1.0" encoding="UTF-8"?>\n<testResults version="1.2">{}</testResults>'


def told(batch: Batch, word: str) -> list[str]:
    return [warning for warning in batch.warnings if word in warning]


def rows(*lines: str, header: str = HEADER) -> str:
    return "\n".join([header, *lines, ""])


def test_figures_by_label_and_by_load_are_those_of_the_samples() -> None:
    batch = read(Source.open(RESULTS))
    found = cells(batch)
    for name, n, failed in (("refund", 80, 4), ("claims", 40, 2), ("*", 120, 6)):
        for cohort in ("*", "concurrency=50"):
            took, lost = found[HERE, name, cohort, "latency_ms"], found[HERE, name, cohort, FAILURES]
            assert (took.n, took.errors, lost.n, lost.passed) == (n, 0, n, failed)
    assert {cell.workflow for cell in batch.cells} == {"*", "refund", "claims"}
    assert told(batch, "transaction") == [
        "3 rows of transaction controllers repeat their samples and are left out: Journey"
    ]
    assert batch.evidence is not None
    assert (batch.evidence.kept, batch.evidence.measured_on, batch.skipped) == (120, dt.date(2025, 11, 25), ())


def test_the_mean_and_the_quantiles_are_those_of_the_rows() -> None:
    took = [int(row.split(",")[1]) for row in RESULTS.read_text().splitlines()[1:] if ",refund," in row]
    cell = cells(read(Source.open(RESULTS)))[HERE, "refund", "*", "latency_ms"]
    assert cell.mean == pytest.approx(sum(took) / 80)
    assert cell.p50 == sorted(took)[39] / 2 + sorted(took)[40] / 2


def test_a_step_of_the_ramp_is_no_load(tmp_path: Path) -> None:
    ramp = [f"1764060000000,10,a,true,{users},{users},x" for users in range(1, 11)]
    steady = ["1764060000000,20,a,true,11,11,x"] * 30
    batch = read_file(tmp_path, rows(*ramp, *steady))
    found = {cell.cohort: cell.n for cell in batch.cells if cell.metric == "latency_ms" and cell.workflow == "*"}
    assert found == {"*": 40, "concurrency=11": 30}
    assert told(batch, "ran beside") == [
        "10 requests ran while fewer than 30 ran beside as many others, so they count for no load of their own"
    ]


def test_a_person_names_other_columns_and_the_dimension_of_a_cohort(tmp_path: Path) -> None:
    lines = [f"1764060000000,20,a,true,11,{users},acme" for users in (3, 4)] * 30
    mapping = {"workflow": "tenant", "concurrency": "grpThreads", "cohort": "size:allThreads,label"}
    batch = read_file(tmp_path, rows(*lines), Options(mapping=mapping))
    places = {(cell.workflow, cell.cohort) for cell in batch.cells if cell.workflow != "*"}
    assert places == {
        ("acme", "*"),
        ("acme", "concurrency=3"),
        ("acme", "concurrency=4"),
        ("acme", "size=11"),
        ("acme", "label=a"),
    }


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1764060000000,slow,a,true,1,1,x", "elapsed slow is no time"),
        ("1764060000000,-4,a,true,1,1,x", "elapsed -4 is no time"),
        ("1764060000000,nan,a,true,1,1,x", "elapsed nan is no time"),
        ("1764060000000,4,a,,1,1,x", "success  is neither true nor false"),
    ],
)
def test_a_row_that_cannot_be_used_is_skipped_with_its_place(tmp_path: Path, row: str, reason: str) -> None:
    batch = read_file(tmp_path, rows("1764060000000,5,a,false,1,1,x", row, "1764060000000,7,a,true,1,1,x"))
    assert skips(batch) == [("row 2", reason)]
    assert cells(batch)[HERE, "*", "*", "latency_ms"].n == 2


def test_a_row_of_too_few_columns_is_skipped_and_the_others_count(tmp_path: Path) -> None:
    batch = read_file(
        tmp_path, rows("1764060000000,5,a,false,1,1,x", "1764060000000,5", "1764060000000,7,a,true,1,1,x")
    )
    assert [place for place, _ in skips(batch)] == ["row 2"]
    assert cells(batch)[HERE, "*", "*", FAILURES].n == 2


def test_samples_without_an_address_that_are_no_transaction_count(tmp_path: Path) -> None:
    header = "timeStamp,elapsed,label,responseCode,responseMessage,dataType,success,URL"
    text = rows(
        "1,5,script,200,OK,text,true,null",
        '1,9,Journey,200,"Number of samples in transaction : 2, number of failing samples : 0",,true,null',
        header=header,
    )
    batch = read_file(tmp_path, text)
    assert {cell.workflow for cell in batch.cells} == {"*", "script"}


def test_xml_counts_the_samples_of_a_transaction_and_no_part_of_a_page(tmp_path: Path) -> None:
    image = '<httpSample t="9" lb="image" s="true"/>'
    page = f'<httpSample t="40" lb="page" s="true" na="5" ts="1764060000250">{image}</httpSample>'
    inner = '<httpSample t="10" lb="a" s="true" na="5"/><httpSample t="30" lb="b" s="false" na="5"/>'
    transaction = f'<sample t="40" lb="Journey" s="false" rm="Number of samples in transaction : 2">{inner}</sample>'
    odd = '<httpSample t="x" lb="c" s="true"/><sample t="4" lb="c" s="maybe"/>'
    batch = read_file(tmp_path, XML.format(page + transaction + odd))
    found = {cell.workflow: (cell.n, cell.mean) for cell in batch.cells if cell.metric == "latency_ms"}
    assert found == {"*": (3, 80 / 3), "page": (1, 40), "a": (1, 10), "b": (1, 30)}
    assert skips(batch) == [("sample 3", "t x is no time"), ("sample 4", "s maybe is neither true nor false")]
    assert told(batch, "Journey") == ["1 row of transaction controllers repeat their samples and are left out: Journey"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (XML.format("")[:-5], "upload.bin, line 2, column 28: the XML breaks off or is malformed"),
        ("<testResults>&x;</testResults>", "upload.bin, line 1, column 14: the XML breaks off or is malformed"),
        (
            XML.format("").replace("<testResults", "<!DOCTYPE x><testResults"),
            "upload.bin: the format is not recognised",
        ),
        (XML.format(""), "upload.bin: the run holds no results"),
        (rows("1,x,a,true,1,1,x"), "upload.bin: the run holds no results: elapsed x is no time"),
        (rows("1,\xff"), "upload.bin"),
    ],
    ids=["cut", "entity", "doctype", "empty", "nothing usable", "one short row"],
)
def test_what_is_no_jtl_is_refused_in_a_sentence(tmp_path: Path, data: str, sentence: str) -> None:
    assert refusal(tmp_path, data).startswith(sentence)


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    text = rows("1,5,a,true,1,1,x")
    assert "there is no column 'nope'" in refusal(tmp_path, text, Options(mapping={"cohort": "nope"}))
    assert "'metric' is not a field" in refusal(tmp_path, text, Options(format="jmeter", mapping={"metric": "elapsed"}))
