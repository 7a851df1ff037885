"""The tables: validated records with an id, and what only the store knows of them.

`row_version` counts the edits of a row that people edit; a write names the one it saw, and a lost race is told.
(`version` alone would read as the version under review, which cells and traces carry.)
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from readiness.model.assessment import Assessment, Mark, MarkValue, System
from readiness.model.cells import Cell, Direction, Pair
from readiness.model.checklist import Level
from readiness.model.evidence import Evidence, EvidenceKind
from readiness.model.notes import Note, NoteKind, NoteReply, SubjectKind
from readiness.model.packs import SentPack
from readiness.model.people import Person, Token
from readiness.model.sign_off import SignOff, SignOffDecision
from readiness.model.traces import (
    Excerpt,
    SpanField,
    SpanKind,
    StageFigure,
    Trace,
    TraceCount,
    TracePath,
    UnredactedText,
)


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


_NEVER_REUSED = {"sqlite_autoincrement": True}
"""For rows that may be removed: a page that still holds the id of one must not reach the row that came after."""


_COMPARABLE = JSON().with_variant(JSONB(), "postgresql")
"""JSON that PostgreSQL can compare, which a default has to be."""


_NOTHING_EXPECTED = '{"workflows": {}, "cohorts": {}}'


def json_column() -> Any:
    return Field(sa_column=Column(JSON, nullable=False))


class MetaRow(StoreTable, table=True):
    """Facts about the store itself."""

    __tablename__ = "meta"
    key: str = Field(primary_key=True)
    value: str


class SystemRow(StoreTable, System, table=True):
    __tablename__ = "system"
    id: int = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    row_version: int = 1
    archived_on: dt.date | None = None
    archived_by: str | None = None
    archived_reason: str | None = None


class AssessmentRow(StoreTable, Assessment, table=True):
    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("system_id", "candidate", "assessed_on"),)
    id: int = Field(default=None, primary_key=True)
    system_id: int = Field(foreign_key="system.id", index=True)
    row_version: int = 1
    assessed_on: dt.date
    source_digest: str = ""
    author: str = ""
    expected: dict[str, Any] = Field(  # type: ignore[assignment]  # a row holds it as JSON
        sa_column=Column(_COMPARABLE, nullable=False, server_default=_NOTHING_EXPECTED)
    )


class MarkRow(StoreTable, Mark, table=True):
    __tablename__ = "mark"
    __table_args__ = (UniqueConstraint("assessment_id", "signal"),)
    id: int = Field(default=None, primary_key=True)
    assessment_id: int = Field(foreign_key="assessment.id")
    row_version: int = 1
    mark: MarkValue | None = Field(default=None, sa_type=String)
    evidence: list[str] = json_column()
    writers: list[str] = Field(
        default_factory=list, sa_column=Column(_COMPARABLE, nullable=False, server_default=text("'[]'"))
    )


class DueMoveRow(StoreTable, table=True):
    """One move of a gap's due date, kept for good."""

    __tablename__ = "due_change"
    id: int = Field(default=None, primary_key=True)
    mark_id: int = Field(foreign_key="mark.id", index=True)
    before: dt.date | None = None
    after: dt.date | None = None
    reason: str = ""
    by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))


class HandoverRow(StoreTable, table=True):
    """A gap that was offered to somebody; `accepted` is None until they, or whoever offered it, say so."""

    __tablename__ = "handover"
    id: int = Field(default=None, primary_key=True)
    mark_id: int = Field(foreign_key="mark.id", index=True)
    row_version: int = 1
    offered_to: str
    note: str = Field(default="", sa_type=Text)
    by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
    answered_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))
    answered_by: str = ""
    accepted: bool | None = None


class DocumentRow(StoreTable, table=True):
    """A policy, a monitoring plan or a system card, whole; every save is a numbered revision."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("assessment_id", "kind", "revision"),)
    id: int = Field(default=None, primary_key=True)
    assessment_id: int = Field(foreign_key="assessment.id")
    kind: str
    revision: int
    body: dict[str, Any] = json_column()
    by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))


class SignOffRow(StoreTable, SignOff, table=True):
    """A decision of an approver, never changed: a later one stands beside it."""

    __tablename__ = "sign_off"
    id: int = Field(default=None, primary_key=True)
    assessment_id: int = Field(foreign_key="assessment.id", index=True)
    decision: SignOffDecision = Field(sa_type=String)
    comment: str = Field(default="", sa_type=Text)
    parts: dict[str, str] = json_column()
    by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))


class EvidenceRow(StoreTable, Evidence, table=True):
    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("system_id", "digest"), _NEVER_REUSED)
    id: int = Field(default=None, primary_key=True)
    system_id: int = Field(foreign_key="system.id")
    kind: EvidenceKind = Field(sa_type=String)
    size: int = Field(sa_type=BigInteger)
    row_version: int = 1
    options: dict[str, Any] = json_column()  # type: ignore[assignment]  # a row holds it as JSON
    skips: list[Any] = json_column()
    warnings: list[Any] = json_column()
    origins: list[Any] = Field(sa_column=Column(_COMPARABLE, nullable=False, server_default=text("'[]'")))
    doubts: list[Any] = Field(sa_column=Column(_COMPARABLE, nullable=False, server_default=text("'[]'")))
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


class TraceRow(StoreTable, Trace, table=True):
    __tablename__ = "trace"
    __table_args__ = (UniqueConstraint("evidence_id", "trace_id"), _NEVER_REUSED)
    id: int = Field(default=None, primary_key=True)
    evidence_id: int = Field(foreign_key="evidence.id")
    row_version: int = 1
    path: TracePath | None = Field(default=None, sa_type=String)
    note: str = Field(default="", sa_type=Text)
    spans: list[Any] = json_column()
    flags: list[Any] = json_column()
    redacted: dict[str, Any] = json_column()
    kept_for: list[Any] = Field(sa_column=Column(_COMPARABLE, nullable=False, server_default=text("'[]'")))
    labelled: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class StageRow(StoreTable, StageFigure, table=True):
    """Drawn from every trace of a file, of which only some are kept."""

    __tablename__ = "stage_figure"
    id: int = Field(default=None, primary_key=True)
    evidence_id: int = Field(foreign_key="evidence.id", index=True)
    kind: SpanKind = Field(sa_type=String)


class TraceCountRow(StoreTable, TraceCount, table=True):
    __tablename__ = "trace_count"
    id: int = Field(default=None, primary_key=True)
    evidence_id: int = Field(foreign_key="evidence.id", index=True)


class StatusRow(StoreTable, table=True):
    """Where a system stands by its latest assessment, as the core last worked it out; no row is: not worked out yet."""

    __tablename__ = "standing"
    system_id: int = Field(primary_key=True, foreign_key="system.id")
    rules: str
    valid_from: dt.date
    valid_until: dt.date
    body: str = Field(sa_type=Text)


class UnredactedTextRow(StoreTable, UnredactedText, table=True):
    __tablename__ = "raw_text"
    __table_args__ = (UniqueConstraint("evidence_id", "trace_id", "span_id"),)
    id: int = Field(default=None, primary_key=True)
    evidence_id: int = Field(foreign_key="evidence.id")
    expires_on: dt.date = Field(index=True)
    attributes: dict[str, str] = json_column()


class ExcerptRow(StoreTable, Excerpt, table=True):
    """A text that may leave, until somebody takes that back; the audit chain keeps both."""

    __tablename__ = "excerpt"
    __table_args__ = (UniqueConstraint("evidence_id", "trace_id", "span_id", "field"),)
    id: int = Field(default=None, primary_key=True)
    evidence_id: int = Field(foreign_key="evidence.id", index=True)
    field: SpanField = Field(sa_type=String)
    by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))


class NoteRow(StoreTable, Note, table=True):
    """What was said or asked; it is closed or withdrawn, never deleted while its system is there."""

    __tablename__ = "note"
    __table_args__ = _NEVER_REUSED
    id: int = Field(default=None, primary_key=True)
    system_id: int = Field(foreign_key="system.id", index=True)
    row_version: int = 1
    kind: NoteKind = Field(sa_type=String)
    about: SubjectKind = Field(sa_type=String)
    text: str = Field(sa_type=Text)
    mentions: list[str] = json_column()
    by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
    closed_by: str = ""
    closed_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))
    withdrawn_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))


class NoteReplyRow(StoreTable, NoteReply, table=True):
    __tablename__ = "note_reply"
    __table_args__ = _NEVER_REUSED
    id: int = Field(default=None, primary_key=True)
    note_id: int = Field(foreign_key="note.id", index=True)
    row_version: int = 1
    text: str = Field(default="", sa_type=Text)
    references: list[str] = json_column()
    mentions: list[str] = json_column()
    by: str
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
    withdrawn_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))


class PackSentRow(StoreTable, SentPack, table=True):
    """A pack that left; the assessment is named and not referred to, since the row tells of it after it is gone."""

    __tablename__ = "pack_sent"
    __table_args__ = _NEVER_REUSED
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
    __table_args__ = (UniqueConstraint("digest"), _NEVER_REUSED)
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


class PersonRow(StoreTable, Person, table=True):
    __tablename__ = "person"
    id: int = Field(default=None, primary_key=True)
    row_version: int = 1
    address: str = Field(unique=True)


class PersonAddressRow(StoreTable, table=True):
    """Another address of a person; no two people share one."""

    __tablename__ = "person_address"
    address: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)


class PersonLoginRow(StoreTable, table=True):
    """What a provider calls a person, from their first login on: their address alone does not make somebody them."""

    __tablename__ = "person_login"
    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)


class GrantRow(StoreTable, table=True):
    """A role of a person on one system, by its slug, or with "" on all of them."""

    __tablename__ = "role_grant"
    person_id: int = Field(primary_key=True, foreign_key="person.id")
    role: str = Field(primary_key=True)
    system: str = Field(primary_key=True)


class LoginRow(StoreTable, table=True):
    """A login while it holds: when it was last used, and when it was ended."""

    __tablename__ = "login"
    key: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    seen_at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
    ended_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))


class TokenRow(StoreTable, Token, table=True):
    """What a program or a calendar shows instead of a login; only its digest is here."""

    __tablename__ = "token"
    __table_args__ = (UniqueConstraint("digest"), _NEVER_REUSED)
    id: int = Field(default=None, primary_key=True)
    row_version: int = 1
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    digest: str
    actions: list[str] = json_column()  # type: ignore[assignment]  # a row holds it as JSON
    systems: list[str] = json_column()
    made_by: str
    made_at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
    revoked_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))


class ReminderRow(StoreTable, table=True):
    """That somebody is reminded of a gap: before it is sent without `sent_at`, so that nobody else sends the same.

    The signal tells the gap, which goes on under it in the next assessment; another date is another reminder.
    """

    __tablename__ = "reminder"
    system_id: int = Field(primary_key=True, foreign_key="system.id")
    signal: str = Field(primary_key=True)
    owner: str = Field(primary_key=True)
    due: dt.date = Field(primary_key=True)
    stage: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    channel: str = Field(primary_key=True)
    claimed_at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))
    sent_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))


class IssueClaimRow(StoreTable, table=True):
    """That an issue is made for a gap in a tracker: without `answered_at` until the tracker said that it is there.

    `claimed_at` is empty where the tracker refused to make it; `row_version` counts how often it was begun.
    """

    __tablename__ = "issue_claim"
    system_id: int = Field(primary_key=True, foreign_key="system.id")
    signal: str = Field(primary_key=True)
    tracker: str = Field(primary_key=True)
    row_version: int
    claimed_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))
    answered_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc, nullable=True))


class DraftRow(StoreTable, table=True):
    """What somebody has begun to answer, for them alone: no event tells of it, and nothing rests on it."""

    __tablename__ = "draft"
    person: str = Field(primary_key=True)
    assessment_id: int = Field(primary_key=True, foreign_key="assessment.id", sa_column_kwargs={"autoincrement": False})
    signal: str = Field(primary_key=True)
    body: dict[str, Any] = json_column()
    at: dt.datetime = Field(sa_column=Column(Utc, nullable=False))


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
        default_factory=dict, sa_column=Column(_COMPARABLE, nullable=False, server_default=text("'{}'"))
    )
    previous: str
    hash: str
