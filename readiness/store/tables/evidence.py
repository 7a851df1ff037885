"""Files, and the figures that were read from them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, String, UniqueConstraint, text
from sqlmodel import Field

from readiness.model.cells import Cell, Direction, Pair
from readiness.model.evidence import Evidence, EvidenceKind

from .base import COMPARABLE, NEVER_REUSED, StoreTable, Utc, json_column


class EvidenceRow(StoreTable, Evidence, table=True):
    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("system_id", "digest"), NEVER_REUSED)
    id: int = Field(default=None, primary_key=True)
    system_id: int = Field(foreign_key="system.id")
    kind: EvidenceKind = Field(sa_type=String)
    size: int = Field(sa_type=BigInteger)
    row_version: int = 1
    options: dict[str, Any] = json_column()  # type: ignore[assignment]  # a row holds it as JSON
    skips: list[Any] = json_column()
    warnings: list[Any] = json_column()
    origins: list[Any] = Field(sa_column=Column(COMPARABLE, nullable=False, server_default=text("'[]'")))
    doubts: list[Any] = Field(sa_column=Column(COMPARABLE, nullable=False, server_default=text("'[]'")))
    confirmed: dict[str, Any] | None = Field(  # type: ignore[assignment]  # a row holds it as JSON
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )
    producer: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    added_by: str
    added_at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))


class CellRow(StoreTable, Cell, table=True):
    __tablename__ = "cell"
    id: int = Field(default=None, primary_key=True)
    evidence_id: int = Field(foreign_key="evidence.id", index=True)
    direction: Direction = Field(default="unknown", sa_type=String)


class OutcomeRow(StoreTable, table=True):
    """Which cases of a file passed, kept while the file is fresh, so that another version's run can be paired."""

    __tablename__ = "outcome"
    evidence_id: int = Field(primary_key=True, foreign_key="evidence.id")
    body: bytes


class PairRow(StoreTable, Pair, table=True):
    __tablename__ = "pair"
    id: int = Field(default=None, primary_key=True)
    system_id: int = Field(foreign_key="system.id", index=True)
