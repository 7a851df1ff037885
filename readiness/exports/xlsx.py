"""A sheet of answers or gaps as an Excel workbook (ECMA-376): every text is a string, and none would run as a formula.

The same content gives the same bytes, whenever it is written.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from readiness import clock, formatting
from readiness.language import marked, tr
from readiness.model.sheets import LONGEST_CELL, Sheet, SheetCell, SheetColumn
from readiness.review.sheets import ANSWERS, YES_NO

from . import csv_table

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLES = {"marks": marked("Answers"), "gaps": marked("Gaps")}
HOW = marked("How this works")
ABOUT = (
    marked(
        "Change the white cells, save, and hand the file back: on the page that it came from, or with readiness update."
    ),
    marked(
        "You see every change, before and after, before anything is stored. Nothing is stored unless all of it can be."
    ),
    marked(
        "Grey cells are not read, but for the first four columns, which say what a row is about. "
        "Leave those as they are."
    ),
    marked(
        "Rows may be filtered, hidden or left out: each is found by its id, and what is not in the file stays as it is."
    ),
    marked(
        "The sheet is protected without a password; whoever wants to sort or delete rows takes "
        "the protection away first."
    ),
    marked(
        "A column may be deleted too, which leaves its values as they are. New columns, formulas "
        "and macros are refused."
    ),
    marked(
        "Dates are written as 2026-12-01. A date that moves later needs a reason: in the last column, or one for all."
    ),
    marked("Where somebody changed a row since this file was written, you are asked which of the two is right."),
    marked("An apostrophe before =, +, - or @ keeps a text from being run; it is taken away when the file comes back."),
)
_GREY, _HEAD = PatternFill("solid", fgColor="FFF0F0F0"), PatternFill("solid", fgColor="FFD9E2EC")
_MUTE, _BOLD = Font(color="FF6B7280"), Font(bold=True)
_WRAPPED = Alignment(vertical="top", wrap_text=True)
_OPEN = Protection(locked=False)
_DAY = "yyyy-mm-dd"
_FIRST = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can state."""
_LONGEST_TITLE = 31
_NO_TITLE = re.compile(r"[\[\]:*?/\\]")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def file(sheet: Sheet) -> bytes:
    """The workbook with a sheet for the rows and one that says how it works."""
    workbook = Workbook()
    rows, how = workbook.active, workbook.create_sheet(tr(HOW))
    assert isinstance(rows, Worksheet)  # noqa: S101 - what a new workbook begins with
    rows.title = tr(TITLES[sheet.kind])
    _head(rows, sheet.columns)
    for number, cells in enumerate(sheet.rows, start=2):
        for at, (column, value) in enumerate(zip(sheet.columns, cells, strict=True), start=1):
            _write(rows.cell(number, at), column, value)
    last = max(len(sheet) + 1, 2)
    rows.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{last}"
    _validate(rows, sheet.columns, last)
    how.column_dimensions["A"].width = 110
    for number, sentence in enumerate((HOW, *ABOUT), start=1):
        _put(how.cell(number, 1), tr(sentence))
        how.cell(number, 1).alignment = _WRAPPED
    how["A1"].font = _BOLD
    return _settled(workbook)


@dataclass(frozen=True)
class PlainSheet:
    """A sheet of texts in the order given; `head` is the row that names the columns, counted from 0, -1 for none.

    The columns from `added` on are ours, and stand out.
    """

    title: str
    rows: Sequence[Sequence[str]]
    head: int = 0
    added: int | None = None


def plain(sheets: Sequence[PlainSheet]) -> bytes:
    """A workbook of texts, none of which would run as a formula."""
    workbook = Workbook()
    assert workbook.active is not None  # noqa: S101 - what a new workbook begins with
    workbook.remove(workbook.active)
    titles: set[str] = set()
    for sheet in sheets:
        page = workbook.create_sheet(_title(sheet.title, titles))
        for number, row in enumerate(sheet.rows):
            for at, value in enumerate(row):
                _plain_cell(page, sheet, number, at, value)
        _widen(page, sheet)
    return _settled(workbook)


def _plain_cell(page: Worksheet, sheet: PlainSheet, number: int, at: int, value: str) -> None:
    if not value:
        return
    cell = page.cell(number + 1, at + 1)
    _put(cell, value)
    cell.alignment = _WRAPPED
    if number == sheet.head:
        cell.font, cell.fill = _BOLD, _HEAD
    elif sheet.added is not None and at >= sheet.added:
        cell.fill = _GREY


def _widen(page: Worksheet, sheet: PlainSheet) -> None:
    """As wide as most of what stands there asks for, within what a screen shows."""
    longest: dict[int, int] = {}
    for row in sheet.rows:
        for at, value in enumerate(row):
            longest[at] = max(longest.get(at, 0), min(len(value), 60))
    for at, width in longest.items():
        page.column_dimensions[get_column_letter(at + 1)].width = max(8, width + 2)
    if sheet.head >= 0:
        page.freeze_panes = f"A{sheet.head + 2}"


def _title(told: str, taken: set[str]) -> str:
    """A title that a workbook may have, each once whatever its case."""
    bare = " ".join(_NO_TITLE.sub(" ", formatting.plain(told)).split()).strip("'")[:_LONGEST_TITLE] or tr("Sheet")
    title, number = bare, 1
    while title.casefold() in taken:
        number += 1
        title = f"{bare[: _LONGEST_TITLE - len(str(number)) - 1]} {number}"
    taken.add(title.casefold())
    return title


def text(value: str) -> str:
    """A text as its cell holds it."""
    return _ESCAPE.sub("_x005F_", csv_table.lines(value))[:LONGEST_CELL]


def back(value: str) -> str:
    """The text of that cell as a reader gives it."""
    return text(value).replace("_x005F_", "_")


def _head(rows: Worksheet, columns: Sequence[SheetColumn]) -> None:
    for at, column in enumerate(columns, start=1):
        head = rows.cell(1, at)
        _put(head, column.title)
        head.font, head.fill, head.alignment = _BOLD, _HEAD, _WRAPPED
        rows.column_dimensions[get_column_letter(at)].width = column.width
    rows.freeze_panes = "A2"
    rows.protection.enable()
    for allowed in ("formatColumns", "formatRows", "autoFilter"):
        setattr(rows.protection, allowed, False)


def _write(cell: Any, column: SheetColumn, value: SheetCell) -> None:
    if isinstance(value, str):
        _put(cell, value)
    else:
        cell.value = value
    cell.alignment = _WRAPPED
    if column.editable:
        cell.protection = _OPEN
    else:
        cell.fill, cell.font = _GREY, _MUTE
    if column.kind == "date":
        cell.number_format = _DAY


def _put(cell: Any, value: str) -> None:
    """A string, whatever it looks like."""
    cell.value = text(value) or None
    cell.data_type = "s" if value else "n"


def _validate(rows: Worksheet, columns: Sequence[SheetColumn], last: int) -> None:
    """Drop-downs where words are expected, and dates where dates are."""
    for at, column in enumerate(columns, start=1):
        if column.kind in ("answer", "yes-no"):
            words = ANSWERS if column.kind == "answer" else YES_NO
            rule = DataValidation("list", formula1=f'"{",".join(words)}"', allow_blank=True, showErrorMessage=True)
            rule.error = tr("One of: {known}", known=", ".join(words))
        elif column.kind == "date":
            first, latest = clock.FIRST - dt.date(1899, 12, 30), clock.LAST - dt.date(1899, 12, 30)
            rule = DataValidation("date", "between", str(first.days), str(latest.days), allow_blank=True)
            rule.error = tr("A date, as 2026-12-01")
        else:
            continue
        rule.showErrorMessage = True
        rule.add(f"{get_column_letter(at)}2:{get_column_letter(at)}{last}")
        rows.add_data_validation(rule)


def _settled(workbook: Workbook) -> bytes:
    """The bytes without the time of writing, which openpyxl puts into the properties and into the zip."""
    written, settled = io.BytesIO(), io.BytesIO()
    workbook.properties.creator = "readiness"
    workbook.save(written)
    with zipfile.ZipFile(written) as before, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            body = before.read(name)
            if name == "docProps/core.xml":
                body = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", body)
            after.writestr(zipfile.ZipInfo(name, _FIRST), body, zipfile.ZIP_DEFLATED)
    return settled.getvalue()
