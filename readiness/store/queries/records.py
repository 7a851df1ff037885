"""Rows as records: validated, with their id and the row version that a write must name."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, select

from readiness.errors import NotFound
from readiness.language import tr
from readiness.model.dossier import Stored
from readiness.model.record import Record
from readiness.store.tables import StoreTable, SystemRow

R = TypeVar("R", bound=Record)
T = TypeVar("T", bound=SQLModel)


def record_of(kind: type[R], row: StoreTable) -> R:
    """The validated record inside a table row."""
    return kind.model_validate({name: getattr(row, name) for name in kind.model_fields})


def stored(kind: type[R], row: Any) -> Stored[R]:
    return Stored(row.id, row.row_version, record_of(kind, row))


def owned(session: Session, table: type[T], slug: str, row_id: int, *, unknown: str, listed_by: str) -> T:
    """The row with this id, of that system alone. Raises NotFound; `listed_by` is the command that names them."""
    rows: Any = table
    query = select(table).join(SystemRow, col(SystemRow.id) == rows.system_id)
    row = session.exec(query.where(rows.id == row_id, SystemRow.slug == slug)).first()
    if row is None:
        raise NotFound(
            tr(unknown, slug=slug, number=row_id),
            expected=tr("one that {command} names", command=listed_by),
        )
    return row


def figures(session: Session, kind: type[R], table: Any, condition: Any, owner: str) -> list[tuple[int, R]]:
    """Many small records, each with the id of what it belongs to; they were validated on the way in, so not again."""
    names = list(kind.model_fields)
    columns = [getattr(table, name) for name in (owner, *names)]
    rows = session.execute(select(*columns).where(condition).order_by(table.id))
    return [(row[0], kind.trusted(dict(zip(names, row[1:], strict=True)))) for row in rows]
