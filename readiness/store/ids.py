"""Ids that are never used again, of tables whose rows go with their system only.

A page that still holds the id of a row that was deleted must not reach the one that came after. PostgreSQL never gives
an id twice; SQLite does where the last row was deleted, unless a table was made otherwise from the start. For such
tables SQLite counts in `sqlite_sequence`, where what was deleted of the others is kept in the same way.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, event, func, select, text
from sqlmodel import Session

from .tables import AssessmentRow, MarkRow

_TABLES = (AssessmentRow, MarkRow)


def keep_highest(session: Session) -> None:
    """Before rows of these tables are deleted: remember how far their ids have come."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        return
    for table in _TABLES:
        name, highest = table.__tablename__, _highest(connection, table)
        session.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": name})
        session.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :seq)"), {"name": name, "seq": highest})


def _highest(connection: Connection, table: Any) -> int:
    """The highest id that a row has, or that a deleted one had."""
    there = connection.scalar(select(func.max(table.id))) or 0
    return max(there, _given(connection, table))


def _given(connection: Connection, table: Any) -> int:
    """How far ids had come when rows were deleted, and since; 0 where none was."""
    query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    return connection.scalar(query, {"name": table.__tablename__}) or 0


def _beyond(_mapper: object, connection: Connection, row: Any) -> None:
    """Give a new row an id beyond those of deleted ones, where there were any."""
    table = type(row)
    if connection.dialect.name == "sqlite" and row.id is None and _given(connection, table):
        row.id = _highest(connection, table) + 1
        values = {"name": table.__tablename__, "seq": row.id}  # others of this flush are not there yet
        connection.execute(text("UPDATE sqlite_sequence SET seq = :seq WHERE name = :name"), values)


for _table in _TABLES:
    event.listen(_table, "before_insert", _beyond)
