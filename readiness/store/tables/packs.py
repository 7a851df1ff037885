"""Packs that left, and the addresses at which they are read."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Column, String, UniqueConstraint
from sqlmodel import Field

from readiness.model.checklist import Level
from readiness.model.packs import SentPack

from .base import NEVER_REUSED, StoreTable, Utc, json_column


class PackSentRow(StoreTable, SentPack, table=True):
    """A pack that left; the assessment is named and not referred to, since the row tells of it after it is gone."""

    __tablename__ = "pack_sent"
    __table_args__ = NEVER_REUSED
    id: int = Field(default=None, primary_key=True)
    system_id: int = Field(foreign_key="system.id", index=True)
    level: Level = Field(sa_type=String)
    digest: str
    snapshot: str
    parts: dict[str, str] = json_column()
    numbers: dict[str, str] = json_column()
    by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))


class PackLinkRow(StoreTable, table=True):
    """An address at which a pack is read; only the digest of what it ends in is here."""

    __tablename__ = "pack_link"
    __table_args__ = (UniqueConstraint("digest"), NEVER_REUSED)
    id: int = Field(default=None, primary_key=True)
    pack_id: int = Field(foreign_key="pack_sent.id", index=True)
    digest: str
    expires_on: dt.date
    made_by: str
    made_at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
    revoked_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))
    received_by: str = ""
    received_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))


class PackLookRow(StoreTable, table=True):
    """How often a link was followed, and when last."""

    __tablename__ = "pack_look"
    link_id: int = Field(primary_key=True, foreign_key="pack_link.id", sa_column_kwargs={"autoincrement": False})
    looks: int
    looked_at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
