"""Answers and gaps as spreadsheets: out, and back in once it was shown what would change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from sqlmodel import Session

from readiness.access import Principal, authorize, authorize_anywhere, authorize_gap
from readiness.errors import Conflict, Conflicts, InputError, ReadinessError
from readiness.importers import Source
from readiness.importers import sheets as reader
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.sheets import Sheet, SheetKind
from readiness.review import sheets
from readiness.store import Store, queries
from readiness.store.changes import marks as changes

from . import _sheet_rows, reviews
from . import gaps as gaps_service
from ._sheet_rows import SheetChange
from ._writing import Change, settle_all

__all__ = ["OnConflict", "SheetChange", "SheetPreview", "apply", "counted", "gaps", "marks", "preview"]

OnConflict = Literal["stop", "skip", "update"]


@dataclass(frozen=True)
class SheetPreview:
    """What a sheet would change, row by row; nothing is stored yet."""

    name: str
    kind: SheetKind
    rows: Sequence[SheetChange]

    @cached_property
    def sentence(self) -> str:
        return _sheet_rows.sentence(self.rows, self.kind)

    @cached_property
    def told(self) -> Sequence[SheetChange]:
        """The rows that do not stay as they are, those first with which something is wrong."""
        rows = [row for row in self.rows if row.state != "same"]
        return sorted(rows, key=lambda row: ("refused", "denied", "conflict", "changed").index(row.state))

    @property
    def stuck(self) -> bool:
        """Whether a row is refused, so that nothing can be stored."""
        return any(row.state in ("denied", "refused") for row in self.rows)

    @cached_property
    def conflicts(self) -> Sequence[SheetChange]:
        return [row for row in self.rows if row.state == "conflict"]


def marks(store: Store, by: Principal, slug: str, *, as_of: dt.date, assessment_id: int | None = None) -> Sheet:
    """The answers of a system's assessment in force on a day, or of another one. Raises Denied and NotFound."""
    return sheets.marks(reviews.load(store, by, slug, as_of=as_of, assessment_id=assessment_id))


def gaps(store: Store, by: Principal, *, as_of: dt.date, systems: Sequence[str] = ()) -> Sheet:
    """The open gaps of some systems, or of every one that this principal may read. Raises Denied."""
    authorize_anywhere(by, "read")
    found = gaps_service.every(store, by, as_of=as_of)
    return sheets.gaps(gap for gap in found if not systems or gap.system in systems)


def counted(sheet: Sheet) -> str:
    """`22 answers`, `1 gap`."""
    return _count(len(sheet), sheet.kind)


def _count(n: int, kind: SheetKind) -> str:
    return _sheet_rows.of_kind(n, kind)


def preview(store: Store, by: Principal, path: Path, *, name: str = "", reason: str = "") -> SheetPreview:
    """What a sheet that came back would change; `reason` is that of every date which moves later.

    Raises Denied for what may not be read, and InputError and NotFound for a file that is not one of ours, in which an
    id was changed, or which is of an assessment that is not in force.
    """
    authorize_anywhere(by, "read")
    source = Source.open(path, name)
    sheet = reader.read(source)
    try:
        with store.reading() as session:
            rows = list(_sheet_rows.changes(session, by, sheet, reason))
    except ReadinessError as exc:
        raise exc.within(file=source.name) from exc
    return SheetPreview(source.name, sheet.kind, rows)


def apply(
    store: Store, by: Principal, preview: SheetPreview, *, on_conflict: OnConflict = "stop", reason: str = ""
) -> Done:
    """Store what a preview shows, all of it or nothing; each row is authorised and leaves its own event.

    Where somebody changed a row since the sheet was written, it is left out (`skip`), the sheet wins (`update`), or
    nothing is stored. Raises Conflicts, Denied, NotFound and InputError.
    """
    if on_conflict == "stop" and preview.conflicts:
        raise Conflicts([_conflict(preview, row) for row in preview.conflicts])
    wanted = ("changed", "refused", "denied", *(("conflict",) if on_conflict == "update" else ()))
    rows = [row for row in preview.rows if row.state in wanted]
    for row in rows:
        _check(preview, row)
    changes = [_placed(preview, row, _change(by, preview.kind, row, reason)) for row in rows]
    skipped = len(preview.conflicts) if on_conflict == "skip" else 0

    def change(session: Session) -> Done:
        return _said(preview, sum(one(session).changed for one in changes), skipped)

    return settle_all(store, list(dict.fromkeys(row.system for row in rows)), change, dates=preview.kind == "gaps")


def _conflict(preview: SheetPreview, row: SheetChange) -> Conflict:
    told = "; ".join(
        tr("{column} is {before}, the sheet says {after}", column=cell.title, before=cell.before, after=cell.after)
        for cell in row.cells
    )
    return Conflict(
        tr(
            "{signal} of {system} was changed since the sheet was written: {told}",
            signal=row.signal,
            system=row.system,
            told=told,
        ),
        file=preview.name,
        place=row.place,
        expected=tr("a choice of which is right"),
    )


def _check(preview: SheetPreview, row: SheetChange) -> None:
    """What cannot be understood cannot be stored either; what else is refused the store says itself."""
    if row.mark is None:
        raise InputError(row.why.removesuffix("."), file=preview.name, place=row.place)


def _change(by: Principal, kind: SheetKind, row: SheetChange, reason: str) -> Change:
    mark = row.mark
    assert mark is not None  # noqa: S101 - looked at before
    why = row.reason or reason

    def answer(session: Session) -> Done:
        authorize(by, "mark", row.system)
        return changes.answer(session, by.name, row.system, row.id, mark, seen=row.seen, reason=why)

    def move(session: Session) -> Done:
        stored, system = queries.find_gap(session, row.id)
        authorize_gap(by, system, stored.owner)
        return changes.change_gap(
            session, by.name, row.id, seen=row.seen, due=mark.due, owner=mark.owner, action=mark.action, reason=why
        )

    return answer if kind == "marks" else move


def _placed(preview: SheetPreview, row: SheetChange, change: Change) -> Change:
    def placed(session: Session) -> Done:
        try:
            return change(session)
        except ReadinessError as exc:
            _sheet_rows.place(exc, row.place)
            raise exc.within(file=preview.name) from exc

    return placed


def _said(preview: SheetPreview, changed: int, skipped: int) -> Done:
    left = tr("; {number} in conflict left as they are", number=skipped) if skipped else ""
    if skipped == 1:
        left = tr("; {number} in conflict left as it is", number=skipped)
    if not changed:
        return Done(tr("Nothing was changed{left}", left=left), changed=False)
    return Done(
        tr("Changed {what} from {file}{left}", what=_count(changed, preview.kind), file=preview.name, left=left)
    )
