"""Requests of hey: seconds become milliseconds, and what was lost without an answer is not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from readiness.importers import Options, Source, read
from tests import samples
from tests.importers.reading import cells, read_file, refusal, skips

REQUESTS = samples.DATA / "hey" / "hey.csv"
HEADER = "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset"


def test_every_answer_counts_and_a_status_of_500_is_an_http_error() -> None:
    found = cells(read(Source.open(REQUESTS), Options(mapping={"concurrency": "4"})))
    seconds = [float(row.split(",")[0]) for row in REQUESTS.read_text().splitlines()[1:]]
    for cohort in ("*", "concurrency=4"):
        took, broken = (found["this file", "*", cohort, metric] for metric in ("latency_ms", "http_error_rate"))
        assert (took.n, took.unit) == (120, "ms")
        assert took.mean == pytest.approx(1000 * sum(seconds) / 120)
        assert (broken.n, broken.passed, broken.direction) == (120, 4, "lower")


def test_no_figure_says_that_nothing_was_lost() -> None:
    batch = read(Source.open(REQUESTS))
    assert "request_failure_rate" not in {cell.metric for cell in batch.cells}
    assert {cell.stated for cell in batch.cells} == {True}
    assert "a request without an answer has no row, so how many were lost is not known" in batch.warnings


def test_a_row_that_cannot_be_used_is_skipped(tmp_path: Path) -> None:
    lines = ["0.5,0,0,0,0,0,200,0", "soon,0,0,0,0,0,200,0", "0.5,0,0,0,0,0,ok,0", "0.5"]
    assert skips(read_file(tmp_path, "\n".join([HEADER, *lines, ""]))) == [
        ("row 2", "response-time soon is no time"),
        ("row 3", "status-code ok is no status"),
        ("row 4", "the row has 1 cell for 8 columns"),
    ]


def test_a_file_without_an_answer_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, HEADER + "\n").startswith("upload.bin: the run holds no results")
    assert "the table cannot be read" in refusal(tmp_path, f'{HEADER}\n0.5,"0,0,0,0,0,200,0\n')


def test_a_table_of_something_else_says_which_columns_it_lacks(tmp_path: Path) -> None:
    assert refusal(tmp_path, "response-time,offset\n0.1,0.2\n", Options(format="hey")) == (
        "upload.bin: the table has no column status-code; "
        "expected a first line with offset, response-time, status-code."
    )
