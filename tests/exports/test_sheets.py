"""Sheets leave without a formula, come back as they left, and are the same bytes for the same content."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from openpyxl import load_workbook

from readiness import clock
from readiness.errors import InputError
from readiness.exports import csv_table, sheets, xlsx
from readiness.importers import Source
from readiness.importers.sheets import read
from readiness.model.assessment import Mark
from readiness.model.sheets import COLUMNS, LONGEST_CELL, ReadRow, Sheet
from readiness.review import sheets as rows
from tests.exports.test_csv_table import PAYLOADS, STARTS, texts
from tests.factories import TODAY

FORMS: tuple[sheets.SheetFormat, ...] = ("xlsx", "csv")
COLUMN = {column.title: column for column in COLUMNS["marks"]}
HOSTILE = some.lists(
    some.sampled_from(
        [
            *STARTS,
            *PAYLOADS,
            "_x003D_",
            "_x000D_",
            "_",
            "'",
            '"',
            "|",
            ";",
            ",",
            " ",
            "\n",
            "\r\n",
            "ß",
            "日",
            "＝",
            "\x00",
        ]
    )
    | some.text(max_size=5),
    max_size=8,
).map("".join)


def sheet(*marks: Mark) -> Sheet:
    return Sheet(
        "marks",
        [rows._row("marks", f"1:{mark.signal}", 3, ("desk", mark.signal, "A question"), mark) for mark in marks],
    )


def back(body: bytes) -> Sequence[ReadRow]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet"
        path.write_bytes(body)
        return read(Source.open(path)).rows


def mark(text: str, **fields: Any) -> Mark:
    stated: dict[str, Any] = {"note": text, "action": text, "evidence": [text, "x"], "holds_for": f"x{text}"}
    return Mark(**{"signal": "capacity", "mark": "partial", "owner": text[:300]} | stated | fields)


@pytest.mark.parametrize("form", FORMS)
@given(text=HOSTILE)
@example("'=1")
@example("a\n=1")
@example("=_x003D_1")
@example("x" * 19_999)
@example("_x005F_x003D_1")
def test_a_row_that_nobody_changed_says_what_is_stored_whatever_its_texts_are(
    form: sheets.SheetFormat, text: str
) -> None:
    stored = mark(text)
    (row,) = back(sheets.file(sheet(stored), form))
    for column in COLUMNS["marks"]:
        if column.field:
            assert sheets.is_unchanged(column, rows.cell(stored, column), row.cells.get(column.title, "")), column.title
    assert rows.seen("marks", row, row.cells["As exported"]) == (3, True)


@pytest.mark.parametrize("form", FORMS)
@given(text=some.text(some.characters(exclude_categories=["C", "Z"], exclude_characters="'|")).filter(bool))
@example("=1")
@example("-a;=b")
def test_a_text_without_signs_of_ours_comes_back_by_itself_too(form: sheets.SheetFormat, text: str) -> None:
    (row,) = back(sheets.file(sheet(mark(text)), form))
    assert csv_table.original(row.cells["Finding"]) == text


def test_of_ten_thousand_cells_of_a_workbook_none_is_a_formula_and_none_becomes_one_in_another_form() -> None:
    marks = [mark(text.replace("\ud800", "")) for text in texts()[:2_000]]
    workbook = load_workbook(io.BytesIO(xlsx.file(sheet(*marks))))
    cells = [cell for sheet in workbook.worksheets for row in sheet.iter_rows() for cell in row if cell.value]
    assert len(cells) > 10_000
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    lines = [line.replace('"', "").lstrip() for cell in cells for line in str(cell.value).split("\n")]
    assert [line for line in lines if line.startswith((*STARTS, "＝", "＋", "－", "＠"))] == []
    assert [cell for cell in cells if cell.data_type == "n"] == []


def test_of_ten_thousand_cells_of_a_table_none_is_a_formula() -> None:
    marks = [mark(text.replace("\ud800", "")) for text in texts()[:2_000]]
    table = sheets.csv(sheet(*marks)).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(table, newline="")) for cell in row]
    assert len(cells) > 10_000
    assert [cell for cell in cells if cell.replace('"', "").lstrip().startswith((*STARTS, "＝", "－"))] == []
    assert not any("\n" in cell for cell in cells)


def test_what_a_spreadsheet_would_read_as_an_escape_stays_as_it_is() -> None:
    (row,) = back(sheets.file(sheet(mark("_x003D_1+1")), "xlsx"))
    assert row.cells["Finding"] == "_x003D_1+1"
    workbook = load_workbook(io.BytesIO(xlsx.file(sheet(mark("_x003D_1+1")))))
    assert workbook["Answers"]["G2"].value == "_x005F_x003D_1+1"


def test_a_workbook_has_drop_downs_dates_a_frozen_head_and_locks_what_is_not_to_be_changed() -> None:
    workbook = load_workbook(io.BytesIO(xlsx.file(sheet(mark("x", due=TODAY)))))
    answers, how = workbook.worksheets
    assert (answers.title, how.title) == ("Answers", xlsx.HOW)
    assert answers.freeze_panes == "A2"
    assert answers.protection.sheet
    rules = {str(rule.sqref): (rule.type, rule.formula1) for rule in answers.data_validations.dataValidation}
    assert rules["F2"] == ("list", '"No – controlled,Partial – tighten first,Yes – gap,Not answered"')
    assert rules["M2"] == rules["O2"] == ("list", '"Yes,No"')
    assert rules["K2"][0] == "date"
    assert (answers["K2"].value, answers["K2"].number_format) == (dt.datetime(2026, 11, 20), "yyyy-mm-dd")  # noqa: DTZ001
    assert [answers.cell(2, at).protection.locked for at in range(1, 17)] == [True] * 5 + [False] * 11
    assert answers["A2"].fill.fgColor.rgb != answers["G2"].fill.fgColor.rgb
    assert answers["G2"].alignment.wrap_text
    assert [how.cell(number, 1).value for number in range(2, 4)] == list(xlsx.ABOUT[:2])


def test_the_same_content_is_the_same_bytes_on_another_day(monkeypatch: pytest.MonkeyPatch) -> None:
    first = xlsx.file(sheet(mark("x")))
    monkeypatch.setattr("time.localtime", lambda *_: (2031, 1, 2, 3, 4, 5, 0, 1, 0))
    monkeypatch.setattr("time.time", lambda: 1_925_000_000.0)
    assert xlsx.file(sheet(mark("x"))) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}
        assert str(clock.now().year).encode() not in archive.read("docProps/core.xml")


def test_a_text_that_no_cell_can_hold_is_known_by_its_beginning() -> None:
    long = mark("x", evidence=["y" * 19_000, "z" * 19_000])
    (row,) = back(sheets.file(sheet(long), "xlsx"))
    assert len(row.cells["Evidence"]) == LONGEST_CELL
    before = rows.cell(long, COLUMN["Evidence"])
    assert sheets.is_unchanged(COLUMN["Evidence"], before, row.cells["Evidence"])
    assert not sheets.is_whole(before)
    assert sheets.is_whole("x")


def test_lines_of_evidence_come_back_as_lines_from_both_forms() -> None:
    stored = mark("x", evidence=["https://a.example", "=b"])
    for form in FORMS:
        (row,) = back(sheets.file(sheet(stored), form))
        told = csv_table.original(row.cells["Evidence"])
        assert rows.value(COLUMN["Evidence"], told) == ["https://a.example", "=b"]


def test_the_words_of_a_choice_are_known_in_any_case_and_with_any_dash() -> None:
    for told, value in (("yes - GAP", "yes"), (" no – Controlled ", "no"), ("", None), ("not answered", None)):
        assert rows.value(COLUMN["Answer"], told) == value
    for told, critical in (("YES", True), ("no", False), ("", False)):
        assert rows.value(COLUMN["Critical"], told) is critical


@pytest.mark.parametrize(
    ("title", "told", "sentence"),
    [
        ("Answer", "Yes", "Answer: 'Yes' is not a choice; expected one of No – controlled, Partial – tighten first,"),
        ("Critical", "maybe", "Critical: 'maybe' is not a choice; expected one of Yes, No."),
        ("Due date", "1999-12-31", "Due date: 1999-12-31 cannot be meant; expected a date from 2000-01-01 to"),
        ("Due date", "soon", "Due date: 'soon' is not a date; expected a date that exists, as YYYY-MM-DD."),
        ("Due date", "2026-12-01 07:30:00", "is not a date; expected a date that exists, as YYYY-MM-DD."),
    ],
)
def test_what_a_cell_cannot_say_is_one_sentence(title: str, told: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        rows.value(COLUMN[title], told)
    assert sentence in str(caught.value)
