"""Sheets of answers and gaps as files, in either form."""

from __future__ import annotations

from typing import Literal

from readiness.model.sheets import LONGEST_CELL, Sheet, SheetCell, SheetColumn
from readiness.review import sheets

from . import csv_table, xlsx

SheetFormat = Literal["xlsx", "csv"]
MEDIA_TYPES: dict[SheetFormat, str] = {"xlsx": xlsx.MEDIA_TYPE, "csv": "text/csv; charset=utf-8"}


def file(sheet: Sheet, form: SheetFormat) -> bytes:
    """The sheet with drop-downs, or as a plain table."""
    return xlsx.file(sheet) if form == "xlsx" else csv(sheet)


def csv(sheet: Sheet) -> bytes:
    """The same rows as a plain table, each on one line."""
    rows = [[_one_line(column, cell) for column, cell in zip(sheet.columns, row, strict=True)] for row in sheet.rows]
    return csv_table.file([column.title for column in sheet.columns], rows)


def is_unchanged(column: SheetColumn, before: SheetCell, told: str) -> bool:
    """Whether a cell came back as it left, in whichever form."""
    text = sheets.text(before)
    left = {xlsx.back(text), csv_table.cell(_one_line(column, text)), text}
    return told.strip() in {one.strip() for one in left}


def is_whole(before: SheetCell) -> bool:
    """Whether a cell of a spreadsheet can hold the text."""
    return len(xlsx.text(sheets.text(before))) < LONGEST_CELL


def _one_line(column: SheetColumn, cell: SheetCell) -> SheetCell:
    return cell.replace("\n", sheets.BETWEEN) if column.kind == "lines" and isinstance(cell, str) else cell
