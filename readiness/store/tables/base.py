"""What every table is made of."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class Utc(TypeDecorator[dt.datetime]):
    """An instant in UTC, aware on the way in and on the way out, whatever the database makes of zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        return value.astimezone(dt.UTC) if value else None

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class StoreTable(SQLModel, registry=registry()):
    """A registry of our own, so that a module that is loaded twice does not define a table twice."""


NEVER_REUSED = {"sqlite_autoincrement": True}
"""For rows that may be removed: a page that still holds the id of one must not reach the row that came after."""
COMPARABLE = JSON().with_variant(JSONB(), "postgresql")
"""JSON that PostgreSQL can compare, which a default has to be."""


def json_column() -> Any:
    return Field(sa_column=Column(JSON, nullable=False))
