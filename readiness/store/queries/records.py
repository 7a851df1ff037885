"""Rows as records: validated, with their id and the row version that a write must name."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlmodel import Session, select

from readiness.model.dossier import (
    Stored,
)
from readiness.model.record import Record
from readiness.store.tables import (
    StoreTable,
)

R = TypeVar("R", bound=Record)


def record_of(kind: type[R], row: StoreTable) -> R:
    """The validated record inside a table row."""
    return kind.model_validate({name: getattr(row, name) for name in kind.model_fields})


def stored(kind: type[R], row: Any) -> Stored[R]:
    return Stored(row.id, row.row_version, record_of(kind, row))


def figures(session: Session, kind: type[R], table: Any, condition: Any, owner: str) -> list[tuple[int, R]]:
    """Many small records, each with the id of what it belongs to; they were validated on the way in, so not again."""
    names = list(kind.model_fields)
    columns = [getattr(table, name) for name in (owner, *names)]
    rows = session.execute(select(*columns).where(condition).order_by(table.id))
    return [(row[0], kind.trusted(dict(zip(names, row[1:], strict=True)))) for row in rows]
