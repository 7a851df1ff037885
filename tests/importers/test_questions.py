"""Somebody else's questionnaire as it is read: limits before work, and one sentence for what is none."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from readiness.errors import InputError
from readiness.importers import Source
from readiness.importers.sheets import questions
from readiness.importers.source import limits


def written(folder: Path, body: bytes) -> Source:
    path = folder / "asked.csv"
    path.write_bytes(body)
    return Source.open(path, path.name)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_is_read_by_the_delimiter_that_its_first_line_has_most_of(tmp_path: Path, delimiter: str) -> None:
    (sheet,) = questions.read(written(tmp_path, f'Id{delimiter}Question\n1{delimiter}"a\r\nb"\n'.encode()))
    assert [list(row) for row in sheet.rows] == [["Id", "Question"], ["1", "a\nb"]]


def test_a_table_of_another_encoding_is_read(tmp_path: Path) -> None:
    (sheet,) = questions.read(written(tmp_path, "Frage,Größe\n".encode("cp1252")))
    assert list(sheet.rows[0]) == ["Frage", "Größe"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "the file is empty"),
        (b",,\n,,\n", "nothing stands in the file"),
        (b'a,"b', "line 1: the CSV breaks off or is malformed"),
        (b"a\n" * (limits.SHEET_ROWS + 2), "is too large"),
        (b"," * (limits.SHEET_COLUMNS + 5) + b"a\n", "is too large"),
        (b"x" * (limits.SHEET_CAP + 1), "expected at most"),
    ],
)
def test_what_is_no_questionnaire_is_refused_in_one_sentence(tmp_path: Path, body: bytes, said: str) -> None:
    with pytest.raises(InputError) as refused:
        questions.read(written(tmp_path, body))
    assert said in str(refused.value)
    assert str(refused.value).startswith("asked.csv")
    assert "\n" not in str(refused.value)


def test_more_sheets_than_a_questionnaire_has_are_refused(tmp_path: Path) -> None:
    book = Workbook()
    for number in range(limits.SHEETS + 1):
        book.create_sheet(f"s{number}").append(["Question"])
    path = tmp_path / "asked.xlsx"
    book.save(path)
    with pytest.raises(InputError, match="sheets"):
        questions.read(Source.open(path, path.name))


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "asked.xlsx"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a.txt", "a")
    with pytest.raises(InputError):
        questions.read(Source.open(path, path.name))
