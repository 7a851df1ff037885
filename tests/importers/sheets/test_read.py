"""What comes back is read as texts, and what readiness would not have written is one sentence."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from readiness.errors import InputError
from readiness.exports import sheets as files
from readiness.importers import Source
from readiness.importers.sheets import read
from readiness.importers.source import limits
from readiness.model.sheets import COLUMNS, Sheet, SheetCell
from readiness.review import sheets
from tests import factories

GAP = factories.mark("capacity", "yes")
ROW: list[SheetCell] = [7, "v1-0123456789ab", "desk", "capacity", "Capacity", "Yes – gap", ""]
ROW += ["omar", GAP.due, "Close it", 0, 0, ""]
SHEET = Sheet("gaps", [ROW])
BOOK = files.file(SHEET, "xlsx")


def source(folder: Path, body: bytes, name: str = "gaps.xlsx") -> Source:
    path = folder / "handed in"
    path.write_bytes(body)
    return Source.open(path, name)


def changed(change: Callable[[Any], None], body: bytes = BOOK) -> bytes:
    """The workbook as somebody saved it after a change."""
    workbook, saved = load_workbook(io.BytesIO(body)), io.BytesIO()
    change(workbook)
    workbook.save(saved)
    return saved.getvalue()


def cell(address: str, value: Any) -> bytes:
    def put(workbook: Workbook) -> None:
        workbook["Gaps"][address] = value

    return changed(put)


def packed(*more: tuple[str, bytes], without: str = "", body: bytes = BOOK) -> bytes:
    """The workbook with members added or exchanged."""
    out, names = io.BytesIO(), [name for name, _ in more]
    with zipfile.ZipFile(io.BytesIO(body)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            if name not in names and name != without:
                after.writestr(name, before.read(name))
        for name, data in more:
            after.writestr(name, data)
    return out.getvalue()


def member(name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(BOOK)) as archive:
        return archive.read(name)


def refusal(folder: Path, body: bytes, name: str = "gaps.xlsx") -> str:
    with pytest.raises(InputError) as caught:
        read(source(folder, body, name))
    return str(caught.value)


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_both_forms_come_back_as_the_texts_that_left(tmp_path: Path, form: files.SheetFormat) -> None:
    back = read(source(tmp_path, files.file(SHEET, form), f"gaps.{form}"))
    assert back.kind == "gaps"
    (row,) = back.rows
    titles = [column.title for column in COLUMNS["gaps"]]
    expected = dict(zip(titles, map(sheets.text, ROW), strict=True))
    assert {title: row.cells.get(title, "") for title in titles} == expected
    assert row.place in ("sheet Gaps, row 2", "row 2")


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_table_that_a_spreadsheet_saved_with_another_delimiter_is_read(tmp_path: Path, delimiter: str) -> None:
    body = files.csv(SHEET).decode("utf-8-sig").replace(",", delimiter).encode()
    assert read(source(tmp_path, body, "gaps.csv")).rows[0].cells["Owner"] == "omar"


@pytest.mark.parametrize(
    ("address", "value", "text"),
    [
        ("I2", dt.datetime(2026, 12, 1), "2026-12-01"),  # noqa: DTZ001 - cells have no zone
        ("I2", dt.date(2026, 12, 1), "2026-12-01"),
        ("I2", "2026-12-01", "2026-12-01"),
        ("I2", 46357, "2026-12-01"),
        ("I2", dt.datetime(2026, 12, 1, 7, 30), "2026-12-01 07:30:00"),  # noqa: DTZ001
        ("I2", None, ""),
        ("J2", 46357, "46357"),
        ("J2", True, "Yes"),
        ("J2", 1.5, "1.5"),
        ("J2", 2.0, "2"),
        ("J2", "a_x000D_\nb_x005F_x", "a\nb_x"),
    ],
)
def test_a_cell_of_any_kind_is_a_text(tmp_path: Path, address: str, value: Any, text: str) -> None:
    row = read(source(tmp_path, cell(address, value))).rows[0].cells
    assert row["Due date" if address == "I2" else "Next action"] == text


def test_texts_that_a_program_keeps_apart_from_their_cells_are_read(tmp_path: Path) -> None:
    texts: list[bytes] = []

    def share(found: re.Match[bytes]) -> bytes:
        texts.append(b"<si>" + found[2] + b"</si>")
        return found[1] + b't="s"><v>%d</v></c>' % (len(texts) - 1)

    rows = re.sub(rb'(<c [^>]*)t="inlineStr"><is>(.*?)</is></c>', share, member("xl/worksheets/sheet1.xml"))
    assert len(texts) == 20
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind, named = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml", b"sharedStrings.xml"
    office = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    types = b'<Override PartName="/xl/%s" ContentType="%s"/></Types>' % (named, kind)
    relation = b'<Relationship Id="rId99" Type="%s" Target="%s"/></Relationships>' % (office, named)
    body = packed(
        ("xl/worksheets/sheet1.xml", rows),
        ("xl/sharedStrings.xml", b'<sst xmlns="%s">%s</sst>' % (main, b"".join(texts))),
        ("[Content_Types].xml", member("[Content_Types].xml").replace(b"</Types>", types)),
        (
            "xl/_rels/workbook.xml.rels",
            member("xl/_rels/workbook.xml.rels").replace(b"</Relationships>", relation),
        ),
    )
    assert read(source(tmp_path, body)) == read(source(tmp_path, BOOK))


def test_rows_and_columns_may_stand_in_another_order_and_with_blank_rows_between(tmp_path: Path) -> None:
    def reorder(workbook: Workbook) -> None:
        rows = [[cell.value for cell in row][::-1] for row in workbook["Gaps"].iter_rows()]
        workbook["Gaps"].delete_rows(1, 2)
        for number, row in enumerate(rows):
            for at, value in enumerate(row, start=1):
                workbook["Gaps"].cell(1 + 3 * number, at, value)

    (row,) = read(source(tmp_path, changed(reorder))).rows
    assert (row.id, row.cells["Owner"], row.place) == ("7", "omar", "sheet Gaps, row 4")


@pytest.mark.parametrize("value", ["=1+1", '=HYPERLINK("https://evil.example","x")', "=cmd|' /c calc'!A1"])
def test_a_formula_is_refused_by_its_sheet_and_cell(tmp_path: Path, value: str) -> None:
    told = "gaps.xlsx, sheet Gaps, cell J2: there is a formula; expected a value."
    assert refusal(tmp_path, cell("J2", value)) == told
    assert "cell A1: there is a formula" in refusal(tmp_path, packed(("xl/worksheets/sheet1.xml", _first_as_formula())))


def _first_as_formula() -> bytes:
    """Beside a column of ids that is named again."""
    body = member("xl/worksheets/sheet1.xml")
    head = body.index(b'<c r="A1"')
    end = body.index(b"</c>", head)
    moved = body[head:end].replace(b'"A1"', b'"N1"') + b"</c>"
    formula = b'<c r="A1"><f>1+1</f><v>2</v></c>'
    row = body.index(b"</row>", end)
    return body[:head] + formula + body[end + 4 : row] + moved + body[row:]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (packed(("xl/vbaProject.bin", b"x")), "xl/vbaProject.bin: the workbook holds a macro or an object"),
        (packed(("xl/VBAPROJECT.BIN", b"x")), "xl/VBAPROJECT.BIN: the workbook holds a macro or an object"),
        (packed(("xl/macrosheets/sheet1.xml", b"<x/>")), "the workbook holds a macro or an object"),
        (packed(("xl/embeddings/oleObject1.bin", b"x")), "the workbook holds a macro or an object"),
        (
            packed(("[Content_Types].xml", member("[Content_Types].xml").replace(b"sheet.main", b"macroEnabled.main"))),
            "[Content_Types].xml: the workbook holds a macro",
        ),
        (packed(("xl/externalLinks/externalLink1.xml", b"<x/>")), "is linked with something outside"),
        (packed(("xl/connections.xml", b"<x/>")), "is linked with something outside"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "the workbook is encrypted, or of the kind before 2007"),
        (
            packed(("xl/workbook.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><workbook>&a;</workbook>')),
            "xl/workbook.xml: the workbook declares entities",
        ),
        (
            packed(("xl/workbook.xml", '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><x/>'.encode("utf-16"))),
            "xl/workbook.xml: the workbook declares entities",
        ),
        (
            packed(("xl/workbook.xml", b'<?xml version="1.0" encoding="cp037"?>' + "<workbook/>".encode("cp037"))),
            "xl/workbook.xml: the workbook is written in 'cp037'; expected UTF-8 or UTF-16.",
        ),
        (packed(("xl/theme/theme1.xml", b" " * (8 << 20))), "the member unpacks to"),
        (packed(("xl/styles.xml", b"<a/>" * limits.SHEET_OTHER_TAGS + b"<b/>")), "the workbook is too large"),
        (packed(without="xl/workbook.xml"), "the workbook is damaged"),
        (packed(("xl/worksheets/sheet1.xml", b"<worksheet><sheetData>")), "the workbook is damaged"),
        (BOOK[: len(BOOK) // 2], "breaks off or is damaged"),
        (changed(lambda workbook: workbook.remove(workbook["Gaps"])), "no column is called Mark ID or Gap ID"),
        (changed(lambda workbook: workbook.copy_worksheet(workbook["Gaps"])), "two sheets have a column of ids"),
        (changed(lambda workbook: workbook["Gaps"].delete_cols(3)), "the column 'System' is missing"),
        (cell("H1", "Onwer"), "sheet Gaps, row 1: the column 'Onwer' is not known; expected only Gap ID, As exported,"),
        (cell("H1", "Due date"), "the column 'Due date' stands twice"),
        (cell("O2", "aside"), "sheet Gaps, row 2: 'aside' stands in a column without a name"),
        (cell("A2", None), "sheet Gaps, row 2: the row has no id"),
        (
            changed(lambda workbook: workbook["Gaps"].append(ROW)),
            "row 2 and sheet Gaps, row 3: the id '7' stands twice",
        ),
        (cell("B30000", "far below"), "the sheet is too long; expected at most 10,000 rows"),
        (cell("I2", "#REF!"), "sheet Gaps, cell I2: there is an error"),
    ],
)
def test_a_workbook_that_is_not_ours_is_one_sentence(tmp_path: Path, body: bytes, told: str) -> None:
    said = refusal(tmp_path, body)
    assert said.startswith("gaps.xlsx")
    assert told in said


def test_what_a_workbook_says_of_its_own_size_is_not_believed(tmp_path: Path) -> None:
    body = member("xl/worksheets/sheet1.xml").replace(b'<dimension ref="A1:M2"', b'<dimension ref="A1:XFD1048576"')
    assert body != member("xl/worksheets/sheet1.xml")
    assert len(read(source(tmp_path, packed(("xl/worksheets/sheet1.xml", body)))).rows) == 1


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"a,b\r\n1,2\r\n", "no column is called Mark ID or Gap ID"),
        (b'"Gap ID","As exported","System","Signal"\r\n"1","v1', "the CSV breaks off or is malformed"),
        (b"Gap ID,As exported,System,Signal\n1,a,b,c\n2,a,b,c\n1,a,b,c\n", "row 2 and row 4: the id '1' stands twice"),
        (b"Gap ID,As exported,System,Signal\n\xff,a,b,c\n", "the text is not UTF-8"),
        (b"Gap ID,As exported,System,Signal\n" + b"1,a,b,c\n" * 10_001, "the sheet is too long"),
        (b"Gap ID,As exported,System,Signal" + b",x" * 200 + b"\n", "the table is too large"),
    ],
)
def test_a_table_that_is_not_ours_is_one_sentence(tmp_path: Path, body: bytes, told: str) -> None:
    assert told in refusal(tmp_path, body, "gaps.csv")


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readiness.importers.sheets.SHEET_CAP", len(BOOK) - 1)
    assert f"the file has {len(BOOK):,} bytes" in refusal(tmp_path, BOOK)


def test_a_sheet_as_long_as_may_be_is_read(tmp_path: Path) -> None:
    many = Sheet("gaps", [[number, *ROW[1:]] for number in range(limits.SHEET_ROWS)])
    forms: tuple[files.SheetFormat, ...] = ("xlsx", "csv")
    for form in forms:
        assert len(read(source(tmp_path, files.file(many, form))).rows) == limits.SHEET_ROWS


@pytest.mark.parametrize("piece", [b"<c/>", b"<c><v>1</v></c>", b"<row/>", b"<x/>"])
def test_more_tags_than_a_sheet_of_ours_has_are_refused_before_they_are_read(tmp_path: Path, piece: bytes) -> None:
    body = member("xl/worksheets/sheet1.xml").replace(b"</sheetData>", piece * limits.SHEET_TAGS + b"</sheetData>")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            after.writestr(name, body if name == "xl/worksheets/sheet1.xml" else before.read(name))
    assert "the workbook is too large; expected at most 10,000 rows" in refusal(tmp_path, out.getvalue())
