"""A sheet as an Excel workbook (ECMA-376), read with openpyxl from members that were unpacked and looked at before.

What would run is refused, not ignored: whoever made such a file did not get it from readiness.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from openpyxl import load_workbook

from readiness import formatting
from readiness.errors import InputError
from readiness.importers.source.archive import Archive
from readiness.importers.source.gateway import Source
from readiness.importers.source.limits import (
    SHEET_COLUMNS,
    SHEET_OTHER_TAGS,
    SHEET_ROWS,
    SHEET_TAGS,
    SHEET_UNPACKED,
    SHEETS,
)
from readiness.language import marked, tr

from .lines import SheetLine

_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
"""How an encrypted workbook begins, and one of the kind before 2007."""
_RUNS = re.compile(r"vbaproject|vbadata|macrosheets/|dialogsheets/|activex|ctrlprops/|embeddings/", re.IGNORECASE)
_REACHES_OUT = re.compile(r"externallinks/|connections\.xml|querytables/|webextensions/|model/", re.IGNORECASE)
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"'>]*)")
_ENCODINGS = {b"utf-8", b"utf8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1"}
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_PLAIN = marked("a plain workbook without macros")
_EXPECTED = marked("a plain workbook, as readiness has written it")


def refuse_others(source: Source) -> None:
    """Raises InputError for a workbook that cannot be looked into."""
    if source.head.startswith(_COMPOUND):
        raise InputError(
            tr("the workbook is encrypted, or of the kind before 2007"),
            file=source.name,
            expected=tr("an XLSX without a password"),
        )


def lines(source: Source, ids: AbstractSet[str]) -> list[SheetLine]:
    """The header and every row of the sheet in which a column is an id; nothing where there is none.

    Raises InputError for macros, links out, formulas, and what is larger than a sheet of ours can be.
    """
    body = _unpacked(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl says what it leaves out, such as a date that cannot be one
            opened = load_workbook(body, read_only=True, data_only=False, keep_links=False)
            ours = [sheet for sheet in opened.worksheets if ids & _heads(source, sheet)]
            found = [list(_rows(source, sheet, SHEET_ROWS + 2)) for sheet in ours[:1]]
    except InputError:
        raise
    except Exception as exc:  # openpyxl meets what is malformed with whatever breaks first
        raise InputError(tr("the workbook is damaged"), file=source.name, expected=tr(_EXPECTED)) from exc
    if len(ours) > 1:
        raise InputError(tr("two sheets have a column of ids"), file=source.name, expected=tr("one sheet of them"))
    return found[0] if found else []


def every(source: Source) -> list[tuple[str, list[list[str]]]]:
    """Each sheet with all its cells as texts: a formula as the value it had, or as it stands where it had none.

    Raises InputError for macros, links out, and what is larger than a sheet can be.
    """
    body = _unpacked(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values, formulas = (
                load_workbook(io.BytesIO(body.getvalue()), read_only=True, data_only=only, keep_links=False)
                for only in (True, False)
            )
            pairs = list(zip(values.worksheets, formulas.worksheets, strict=True))
            return [(value.title, list(_texts(value, formula))) for value, formula in pairs[: SHEETS + 1]]
    except InputError:
        raise
    except Exception as exc:  # openpyxl meets what is malformed with whatever breaks first
        raise InputError(tr("the workbook is damaged"), file=source.name, expected=tr(_PLAIN)) from exc


def _texts(values: Any, formulas: Any) -> Iterator[list[str]]:
    """One row and one column more than a sheet may have, for whoever asks to see that there are more."""
    for sheet in (values, formulas):
        sheet.reset_dimensions()
    most = {"max_row": SHEET_ROWS + 1, "max_col": SHEET_COLUMNS + 1, "values_only": True}
    for row, written in zip(values.iter_rows(**most), formulas.iter_rows(**most), strict=True):
        pairs = zip(row, written, strict=True)
        texts = [_text(getattr(told, "text", told) if value is None else value) for value, told in pairs]
        while texts and not texts[-1]:
            texts.pop()
        yield texts


def _heads(source: Source, sheet: Any) -> set[str]:
    return {text.strip() for line in _rows(source, sheet, 1, formulas=True) for text in line.texts}


def _rows(source: Source, sheet: Any, most: int, *, formulas: bool = False) -> Iterator[SheetLine]:
    """What stands in the first rows, whatever the sheet says of its own size."""
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(max_row=most, max_col=SHEET_COLUMNS), start=1):
        place = f"sheet {sheet.title[:40]}"
        for cell in row:
            if cell.data_type in ("f", "e") and not formulas:
                problem = tr("there is a formula") if cell.data_type == "f" else tr("there is an error")
                where = tr("sheet {sheet}, cell {cell}", sheet=sheet.title[:40], cell=cell.coordinate)
                raise InputError(problem, file=source.name, place=where, expected=tr("a value"))
        texts = [_text(cell.value) for cell in row]
        while texts and not texts[-1]:
            texts.pop()
        yield SheetLine(f"{place}, row {number}", texts)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), str(value))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unpacked(source: Source) -> io.BytesIO:
    """The members of the archive, as another one: each was held against its caps, and against what may not be there."""
    archive, left, tags, others = Archive(source), SHEET_UNPACKED, SHEET_TAGS, SHEET_OTHER_TAGS
    for name in archive.names():
        _check_name(source, name)
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as plain:
        for name in archive.names():
            if name.endswith("/") or not name.lower().endswith((".xml", ".rels")):
                continue  # pictures and printer settings
            data = archive.read(name)
            left, count = left - len(data), data.count(b"<") + data.count(b"<\0")
            tags -= count
            others -= 0 if re.search(r"/(worksheets/[^/]*|sharedStrings)\.xml$", name) else count
            if min(left, tags, others) < 0:
                raise InputError(
                    tr("the workbook is too large"),
                    file=source.name,
                    expected=tr("at most {rows} rows", rows=formatting.whole(SHEET_ROWS)),
                )
            _check_content(source, name, data)
            plain.writestr(name, data)
    body.seek(0)
    return body


def _check_name(source: Source, name: str) -> None:
    if _RUNS.search(name):
        raise InputError(
            tr("the workbook holds a macro or an object"), file=source.name, place=name, expected=tr(_EXPECTED)
        )
    if _REACHES_OUT.search(name):
        raise InputError(
            tr("the workbook is linked with something outside"), file=source.name, place=name, expected=tr(_EXPECTED)
        )


def _check_content(source: Source, name: str, data: bytes) -> None:
    text = data.replace(b"\0", b"")  # as UTF-16 has them
    declared = _ENCODING.search(text[:400])
    if declared and declared[1].lower() not in _ENCODINGS:  # in others, tags cannot be told by their bytes
        told = repr(declared[1].decode("ascii", "replace")[:40])
        raise InputError(
            tr("the workbook is written in {told}", told=told),
            file=source.name,
            place=name,
            expected=tr("UTF-8 or UTF-16"),
        )
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise InputError(tr("the workbook declares entities"), file=source.name, place=name, expected=tr(_EXPECTED))
    if name == "[Content_Types].xml" and b"macroenabled" in text.lower():
        raise InputError(tr("the workbook holds a macro"), file=source.name, place=name, expected=tr(_EXPECTED))
