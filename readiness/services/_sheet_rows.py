"""What each row of a sheet that came back would change, held against what is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from sqlmodel import Session

from readiness import formatting
from readiness.access import Principal, authorize, authorize_gap
from readiness.errors import Denied, InputError, NotFound, ReadinessError
from readiness.exports import csv_table
from readiness.exports import sheets as files
from readiness.language import tr, trn
from readiness.model import checklist as checklists
from readiness.model.assessment import Mark
from readiness.model.dossier import Stored
from readiness.model.sheets import COLUMNS, ID, REASON, SEEN, SIGNAL, SYSTEM, ReadRow, ReadSheet, SheetKind
from readiness.review import sheets
from readiness.store import queries
from readiness.store.changes import marks
from readiness.store.changes.base import latest_assessment

RowState = Literal["same", "changed", "conflict", "denied", "refused"]


@dataclass(frozen=True)
class CellChange:
    """What a cell says of what is stored, in words."""

    title: str
    before: str
    after: str


@dataclass(frozen=True)
class SheetChange:
    """What a row of the sheet would change; `why` says why it is in conflict, denied or refused.

    `mark` is the answer as it would be, None where the row cannot be understood; `seen` is the row version that is
    stored. `id` is that of the gap, or of the assessment of an answer.
    """

    place: str
    system: str
    id: int
    signal: str
    name: str
    state: RowState
    cells: Sequence[CellChange] = ()
    why: str = ""
    mark: Mark | None = None
    seen: int = 0
    reason: str = ""


@dataclass(frozen=True)
class _Row:
    """A row, and what is stored of what it is about."""

    kind: SheetKind
    read: ReadRow
    system: str
    id: int
    stored: Stored[Mark]
    checklist: str

    @property
    def same(self) -> SheetChange:
        """The row as one that changes nothing."""
        signal = self.stored.record.signal
        name = checklists.named(self.checklist).signal(signal).name
        return SheetChange(self.read.place, self.system, self.id, signal, name, "same", seen=self.stored.row_version)


def changes(session: Session, by: Principal, sheet: ReadSheet, reason: str) -> Iterator[SheetChange]:
    """Raises InputError and NotFound for a row that is about nothing stored, Denied for what may not be read."""
    known: dict[int, dict[str, Stored[Mark]]] = {}
    find = partial(_mark, known=known) if sheet.kind == "marks" else _gap
    if sheet.kind == "marks":
        _check_one_assessment(sheet)
    for row in sheet.rows:
        try:
            yield _change(session, by, find(session, by, row), reason)
        except ReadinessError as exc:
            place(exc, row.place)
            raise


def place(exc: ReadinessError, row: str) -> None:
    """Say in which row it was, before what is said of the place within it."""
    exc.place = ", ".join(part for part in (row, exc.place) if part)


def _check_one_assessment(sheet: ReadSheet) -> None:
    numbers = {row.id.partition(":")[0] for row in sheet.rows}
    if len(numbers) > 1:
        raise InputError(
            tr("the rows are of several assessments"), expected=tr("the {column} of each row as it was", column=ID)
        )


def _gap(session: Session, by: Principal, row: ReadRow) -> _Row:
    number = _number(row.id)
    mark, slug = queries.find_gap(session, number)
    authorize(by, "read", slug)
    _check_key(row, slug, mark.signal)
    assessment = queries.assessment_of(session, mark)
    return _Row("gaps", row, slug, number, queries.stored(Mark, mark), assessment.checklist)


def _mark(session: Session, by: Principal, row: ReadRow, *, known: dict[int, dict[str, Stored[Mark]]]) -> _Row:
    assessment_id, _, signal = row.id.strip().partition(":")
    slug, number = row.cells[SYSTEM.title].strip()[:80], _number(assessment_id)
    authorize(by, "read", slug)
    assessment = latest_assessment(session, slug, number)
    if signal not in checklists.named(assessment.checklist).ids:
        raise NotFound(
            tr("there is no answer {id!r}", id=row.id.strip()[:60]), expected=tr("the {column} as it was", column=ID)
        )
    _check_key(row, slug, signal)
    if number not in known:
        known[number] = queries.marks_of(session, assessment)
    stored = known[number].get(signal) or Stored(0, 0, Mark(signal=signal))
    return _Row("marks", row, slug, number, stored, assessment.checklist)


def _number(told: str) -> int:
    if not (told.strip().isdecimal() and len(told.strip()) < 18):
        raise InputError(
            tr("{told!r} is not an id", told=told.strip()[:60]), expected=tr("the {column} as it was", column=ID)
        )
    return int(told)


def _check_key(row: ReadRow, slug: str, signal: str) -> None:
    """An id that was changed is one of another row, or of another store."""
    told = row.cells[SYSTEM.title].strip(), row.cells[SIGNAL.title].strip()
    if told != (slug, signal):
        raise InputError(
            tr(
                "the id {id} is of {signal} of {slug}, not of {told}",
                id=row.id.strip()[:60],
                signal=signal,
                slug=slug,
                told=tr("{signal} of {system}", signal=told[1], system=told[0])[:120],
            ),
            expected=tr("the first four columns as they were"),
        )


def _change(session: Session, by: Principal, row: _Row, reason: str) -> SheetChange:
    version, untouched = sheets.seen(row.kind, row.read, row.read.cells[SEEN])
    try:
        fields = dict(_fields(row))
        mark = Mark.checked(**row.stored.record.model_dump() | fields)
    except InputError as exc:
        return replace(row.same, state="refused", why=str(exc))
    newer = version != row.stored.row_version
    if mark == row.stored.record or (newer and untouched):
        return row.same
    told = csv_table.original(row.read.cells.get(REASON.title, "")).strip() or reason
    change = replace(row.same, state="changed", cells=_told(row, mark), mark=mark, reason=told)
    try:
        _authorize(by, row)
        _check(session, row, mark, told)
    except Denied as exc:
        return replace(change, state="denied", why=str(exc))
    except ReadinessError as exc:
        return replace(change, state="conflict" if newer else "refused", why=str(exc))
    if newer:
        return replace(change, state="conflict", why=tr("Somebody changed this since the sheet was written."))
    return change


def _fields(row: _Row) -> Iterator[tuple[str, object]]:
    """What the cells say, where they are not as they left; of a column that was deleted nothing."""
    for column in COLUMNS[row.kind]:
        if not column.field or column.title not in row.read.cells:
            continue
        before, told = sheets.cell(row.stored.record, column), row.read.cells[column.title]
        if files.is_unchanged(column, before, told):
            continue
        if not files.is_whole(before):
            raise InputError(
                tr("the text is longer than a cell holds"),
                place=column.title,
                expected=tr("a change of it on the page"),
            )
        yield column.field, sheets.value(column, csv_table.original(told))


def _told(row: _Row, mark: Mark) -> list[CellChange]:
    cells = []
    for column in COLUMNS[row.kind]:
        if column.field and getattr(mark, column.field) != getattr(row.stored.record, column.field):
            before, after = (sheets.told(column, record) for record in (row.stored.record, mark))
            cells.append(CellChange(column.title, before, after))
    return cells


def _authorize(by: Principal, row: _Row) -> None:
    if row.kind == "marks":
        authorize(by, "mark", row.system)
    else:
        authorize_gap(by, row.system, row.stored.record.owner)


def _check(session: Session, row: _Row, mark: Mark, reason: str) -> None:
    if row.kind == "marks":
        marks.check_answer(session, row.system, row.id, mark, reason=reason)
    else:
        marks.check_gap(session, row.id, due=mark.due, owner=mark.owner, action=mark.action, reason=reason)


def counted(rows: Sequence[SheetChange]) -> Mapping[RowState, int]:
    """How many rows there are of each kind."""
    states: tuple[RowState, ...] = ("changed", "conflict", "denied", "refused", "same")
    return {state: sum(row.state == state for row in rows) for state in states}


def sentence(rows: Sequence[SheetChange], kind: SheetKind) -> str:
    """`3 gaps would change, 1 is in conflict, 28 stay as they are`."""
    parts = [
        f"{n if at else of_kind(n, kind)} {_will(state, n)}"
        for at, (state, n) in enumerate((state, n) for state, n in counted(rows).items() if n)
    ]
    return formatting.capital(formatting.listed(parts)) if parts else tr("The sheet has no row")


def of_kind(n: int, kind: SheetKind) -> str:
    """`22 answers`, `1 gap`."""
    return formatting.count(n, "answer") if kind == "marks" else formatting.count(n, "gap")


def _will(state: RowState, n: int) -> str:
    said: dict[RowState, str] = {
        "changed": trn("would change", "would change", n),
        "conflict": trn("is in conflict", "are in conflict", n),
        "denied": trn("is not yours to change", "are not yours to change", n),
        "refused": trn("cannot be stored", "cannot be stored", n),
        "same": trn("stays as it is", "stay as they are", n),
    }
    return said[state]
