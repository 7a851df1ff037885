"""Tables as people make them: other encodings and numerals, rows that are no case, columns that are no metric."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from readiness.importers import Batch, Options, Source, read
from tests import samples
from tests.importers.reading import cells, read_file, refusal, skips

CASES = samples.DATA / "cases"
CANDIDATE = Options(version="2")


def case(name: str) -> Batch:
    return read(Source.open(CASES / name), CANDIDATE)


def figures(batch: Batch) -> dict[str, tuple[int | None, int, Any]]:
    """Metric -> cases with a score, cases without one, and their mean; of all cases together."""
    return {
        key[3]: (cell.n, cell.errors, cell.mean if cell.mean is None else pytest.approx(cell.mean, rel=1e-3))
        for key, cell in cells(batch).items()
        if key[1:3] == ("*", "*")
    }


def notes(batch: Batch) -> str:
    return "\n".join(batch.warnings)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("decimal-comma/dc.csv", {"faithfulness": (3, 0, 0.4867), "answer_relevancy": (3, 0, 0.9367)}),
        ("excel-encodings/utf16.csv", {"score": (2, 0, 0.6)}),
        ("excel-encodings/latin1.csv", {"score": (2, 0, 0.6)}),
        ("excel-encodings/sep.csv", {"score": (2, 0, 0.6)}),
        ("excel-encodings/index.csv", {"score": (2, 0, 0.6)}),
        ("json-array-table/jsonarr.json", {"score": (2, 0, 0.6)}),
        ("long-table/longform.csv", {"Faithfulness": (2, 0, 0.85), "Relevancy": (2, 0, 0.5)}),
        ("ragged-row-refuses-file/ragged.csv", {"score": (2, 0, 0.7)}),
        ("ragged-row-refuses-file/short.csv", {"score": (2, 0, 0.7), "rel": (2, 0, 0.2)}),
        ("text-cell-drops-column/repeatheader.csv", {"score": (2, 0, 0.6)}),
        ("text-cell-drops-column/na.csv", {"score": (2, 2, 0.6), "rel": (4, 0, 0.5)}),
        ("text-cell-drops-column/thousand.csv", {"tokens": (3, 0, 2345), "score": (3, 0, 0.7)}),
        (
            "text-cell-drops-column/intlabel.csv",
            {"num_turns": (3, 0, 3.333), "rating": (3, 0, 4), "passed": (3, 0, 0.6667)},
        ),
        ("empty-metric-hidden/allempty.csv", {"relevancy": (2, 0, 0.6)}),
        ("total-row-counted/total.csv", {"score": (2, 0, 0.6)}),
        ("unit-seconds-as-percent/latn.csv", {"latency_s": (4, 0, 0.9875), "score": (4, 0, 0.75)}),
    ],
)
def test_a_table_that_people_made_has_the_figures_that_they_see(name: str, expected: dict[str, Any]) -> None:
    assert figures(case(name)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "ragged-row-refuses-file/ragged.csv",
            [("row 2", "the row has 3 cells for 2 columns"), ("row 3", "the row has 1 cell for 2 columns")],
        ),
        ("ragged-row-refuses-file/short.csv", [("row 2", "the row has 2 cells for 3 columns")]),
        ("text-cell-drops-column/repeatheader.csv", [("row 2", "the row repeats the header")]),
        (
            "total-row-counted/total.csv",
            [
                ("row 3", "the row looks like a summary (TOTAL), not like a case"),
                ("row 4", "the row looks like a summary (Average), not like a case"),
            ],
        ),
    ],
)
def test_a_row_that_is_no_case_is_skipped_with_its_place(name: str, expected: list[tuple[str, str]]) -> None:
    assert skips(case(name)) == expected


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("decimal-comma/dc.csv", "a comma is read as the decimal one: faithfulness and answer_relevancy"),
        ("decimal-comma/dc.csv", "not read, since it holds text: question"),
        ("excel-encodings/utf16.csv", "the text is read as UTF-16"),
        ("excel-encodings/latin1.csv", "the text is read as Windows-1252"),
        ("excel-encodings/latin1.csv", "not read, since it holds text: réponse"),
        ("excel-encodings/sep.csv", "the first line 'sep=,' is no row"),
        ("empty-metric-hidden/allempty.csv", "not read, since all cells are empty (2 of 2): faithfulness"),
        ("text-cell-drops-column/thousand.csv", "thousands separators are left out of the numbers: tokens"),
        ("long-table/longform.csv", "columns that have no field here are left out: question"),
        ("total-row-counted/total.csv", "not read, until it is said to name the case (--map case_id=COLUMN): id"),
    ],
)
def test_what_was_made_of_a_table_is_said(name: str, note: str) -> None:
    assert note in case(name).warnings


def test_a_copy_in_utf8_is_still_known_by_the_bytes_that_were_handed_in() -> None:
    source = Source.open(CASES / "excel-encodings" / "utf16.csv")
    batch = read(source, CANDIDATE)
    assert batch.evidence is not None
    assert (batch.evidence.digest, batch.evidence.size) == (source.digest, 44)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_every_unicode_encoding_of_a_table_reads_alike(tmp_path: Path, encoding: str) -> None:
    batch = read_file(tmp_path, "name,score\r\nJürgen,0.5\r\nZoë,1\r\n".encode(encoding), Options(format="table"))
    assert figures(batch) == {"score": (2, 0, 0.75)}


def test_results_with_a_row_for_each_metric_are_read_from_utf16_too(tmp_path: Path) -> None:
    data = "version\tworkflow\tcohort\tmetric\tvalue\n2\tfaq\tlang=de\tm\t1\n".encode("utf-16")
    batch = read_file(tmp_path, data)
    assert batch.format == "native-results"
    assert cells(batch)["2", "faq", "lang=de", "m"].n == 1


def test_a_western_letter_far_down_does_not_refuse_a_table(tmp_path: Path) -> None:
    rows = b"".join(b"q%d,1\n" % at for at in range(20_000))
    batch = read_file(tmp_path, b"name,score\n" + rows + b"caf\xe9,0\n")
    assert batch.cells[0].n == 20_001
    assert "the text is read as Windows-1252" in batch.warnings


@pytest.mark.parametrize("separator", [",", ";", "|", "\t"])
def test_the_line_that_names_the_separator_may_name_any(tmp_path: Path, separator: str) -> None:
    rows = [["id", "score"], ["1", "0.5"], ["2", "0.7"]]
    data = f"sep={separator}\r\n" + "".join(separator.join(row) + "\r\n" for row in rows)
    assert figures(read_file(tmp_path, data)) == {"score": (2, 0, 0.6)}


@pytest.mark.parametrize(
    ("written", "mean"),
    [
        (["0,71", "0,5", "1"], 0.7367),
        (["1.234,5", "2", "3"], 413.1667),
        (["1,234", "2,345", "0,5"], 1.3597),
        (["1,234,567", "1", "1"], 411523),
        (["1,234.5", "1", "1"], 412.1667),
        (["1 234,5", "1", "1"], 412.1667),
        (["1'234.5", "1", "1"], 412.1667),
        (["\u22121.5", "1", "2"], 0.5),
        (["92 %", "85%", "100%"], 0.9233),
        (["92,5 %", "85%", "100%"], 0.925),
    ],
)
def test_numbers_are_read_as_people_write_them(tmp_path: Path, written: list[str], mean: float) -> None:
    data = "q;m\n" + "".join(f"x;{number}\n" for number in written)
    assert figures(read_file(tmp_path, data)) == {"m": (3, 0, mean)}


def test_shares_that_are_written_as_per_cent_are_a_ratio(tmp_path: Path) -> None:
    batch = read_file(tmp_path, "q,m\nx,92%\ny,85 %\n")
    assert batch.cells[0].unit == "ratio"
    assert batch.cells[0].mean == pytest.approx(0.885)
    assert "cells with % are read as shares of 1: m" in batch.warnings


def test_a_comma_that_may_mean_either_is_not_read_and_named(tmp_path: Path) -> None:
    batch = read_file(tmp_path, "q;good;took\nx;1;1,234\ny;0;2,345\n")
    assert figures(batch) == {"good": (2, 0, 0.5)}
    assert "not read, since 1,234 may be 1234 or 1.234 there: took" in batch.warnings
    said = refusal(tmp_path, "q;good;took\nx;1;1,234\ny;0;2,345\n", Options(mapping={"metric": "took"}))
    assert "the column 'took' holds no number (1,234 may be 1234 or 1.234 there)" in said


@pytest.mark.parametrize("cell", ["N/A", "n/a", "NA", "#N/A", "-", "\u2013", "#DIV/0!", "?", "n.a.", "nil"])
def test_a_cell_that_says_there_is_no_value_is_an_error_of_its_metric(tmp_path: Path, cell: str) -> None:
    assert figures(read_file(tmp_path, f"q,m\nx,0.5\ny,{cell}\nz,1\n")) == {"m": (2, 1, 0.75)}


def test_a_region_may_be_called_na(tmp_path: Path) -> None:
    batch = read_file(tmp_path, "region,m\nNA,1\nEU,0\n", Options(mapping={"cohort": "region"}))
    assert {key[2] for key in cells(batch)} == {"*", "region=NA", "region=EU"}


def test_yes_and_no_are_a_metric_where_the_name_asks_or_a_person_says_so(tmp_path: Path) -> None:
    data = "q,is_grounded,answer,good\nx,yes,yes,1\ny,No,no,0\n"
    batch = read_file(tmp_path, data)
    assert figures(batch) == {"is_grounded": (2, 0, 0.5), "good": (2, 0, 0.5)}
    assert "not read, since yes and no may be texts (--map metric=COLUMN reads them as 1 and 0): answer" in notes(batch)
    said = read_file(tmp_path, data, Options(mapping={"metric": "answer"}))
    assert figures(said) == {"answer": (2, 0, 0.5)}


def test_an_error_that_reads_failed_is_an_error(tmp_path: Path) -> None:
    assert figures(read_file(tmp_path, "m,error\n1,failed\n1,no\n0,\n")) == {"m": (2, 1, 0.5)}


@pytest.mark.parametrize(
    "rows",
    [
        [{"id": 1, "score": 0.5}, {"id": 2, "score": 0.7}],
        [{"id": 1, "score": 0.5, "meta": {"lang": "de"}}, {"id": 2, "score": 0.7, "extra": None}],
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_of_rows_is_a_table(tmp_path: Path, rows: list[dict[str, Any]], indent: int | None) -> None:
    assert figures(read_file(tmp_path, json.dumps(rows, indent=indent))) == {"score": (2, 0, 0.6)}


def test_an_entry_of_an_array_that_is_no_row_is_skipped(tmp_path: Path) -> None:
    batch = read_file(tmp_path, '[{"id": 1, "score": 0.5}, 3, {"id": 2, "score": 0.7}]')
    assert skips(batch) == [("[1]", "the row is not an object")]
    assert figures(batch) == {"score": (2, 0, 0.6)}


def test_the_index_of_pandas_is_no_column(tmp_path: Path) -> None:
    data = pd.DataFrame({"m": [0.5, 1.0]}).to_csv()
    assert figures(read_file(tmp_path, data)) == {"m": (2, 0, 0.75)}


def test_empty_columns_behind_the_last_one_do_not_refuse_a_table(tmp_path: Path) -> None:
    assert figures(read_file(tmp_path, "q,m,,\nx,0.5,,\ny,1,,\n")) == {"m": (2, 0, 0.75)}


def test_a_table_of_figures_of_many_cases_is_not_read_as_cases(tmp_path: Path) -> None:
    data = "model,mean,std,n\na,0.8,0.1,200\nb,0.9,0.1,200\n"
    assert refusal(tmp_path, data) == (
        "upload.bin: the rows look like figures of many cases each (columns mean, std and n); "
        "expected a row for each case, or --map metric=COLUMN where each row is one."
    )
    assert figures(read_file(tmp_path, data.replace("model", "q"), Options(mapping={"metric": "mean"}))) == {
        "mean": (2, 0, 0.85)
    }


@pytest.mark.parametrize(
    "header", ["question,metric,score,passed", "question,metric_name,value,passed", "Question,Metric,Result,Passed"]
)
@pytest.mark.parametrize("format_", ["", "table"])
def test_a_table_with_a_column_of_metrics_gives_each_its_own_figure(tmp_path: Path, header: str, format_: str) -> None:
    data = (
        header + "\nq1,Faithfulness,0.9,True\nq1,Relevancy,0.4,False\nq2,Faithfulness,0.8,True\nq2,Relevancy,0.6,True\n"
    )
    batch = read_file(tmp_path, data, Options(version="2", format=format_))
    assert figures(batch) == {"Faithfulness": (2, 0, 0.85), "Relevancy": (2, 0, 0.5)}
    unnamed = read_file(tmp_path, data)
    assert {cell.version for cell in unnamed.cells} == {"this file"}
    assert "the file names no version, so its figures count for none until one is given" in unnamed.warnings


def test_an_array_of_results_gives_each_metric_its_own_figure_too(tmp_path: Path) -> None:
    rows = [
        {"version": "2", "metric": "f", "value": 0.5, "cohort": "lang= de"},
        {"version": "2", "metric": "g", "value": 1, "cohort": "lang=de", "case_id": "c"},
        {"version": "2", "metric": "f", "value": 0.7, "cohort": "lang=de"},
    ]
    batch = read_file(tmp_path, json.dumps(rows, indent=1))
    assert {key: cell.n for key, cell in cells(batch).items()} == {
        ("2", "*", "*", "f"): 2,
        ("2", "*", "*", "g"): 1,
        ("2", "*", "lang=de", "f"): 2,
        ("2", "*", "lang=de", "g"): 1,
    }
