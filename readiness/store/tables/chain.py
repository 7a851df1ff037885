"""The audit chain, and facts about the store itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Column, Text, text
from sqlmodel import Field

from .base import COMPARABLE, StoreTable, Utc, json_column


class MetaRow(StoreTable, table=True):
    """Facts about the store itself."""

    __tablename__ = "meta"
    key: str = Field(primary_key=True)
    value: str


class EventRow(StoreTable, table=True):
    """The audit chain: `hash` covers the event and the hash before it, so that no event can change unseen."""

    __tablename__ = "event"

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
    actor: str
    action: str
    system: str = Field(default="", index=True)
    subject: str = ""
    sentence: str = Field(sa_type=Text)
    detail: dict[str, Any] = json_column()
    facts: dict[str, str] = Field(
        default_factory=dict, sa_column=Column(COMPARABLE, nullable=False, server_default=text("'{}'"))
    )
    previous: str
    hash: str
