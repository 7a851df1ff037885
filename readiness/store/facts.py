"""Digests of the stored facts: each event holds those of what it wrote, so that a change behind its back shows.

A scope is the rows of one table that belong together: `mark:12` is one answer, `cell:7` the figures of evidence 7.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Select, Table, inspect
from sqlmodel import Session, col, select

from readiness.model.dossier import ChangedFact, FactStatus

from . import audit
from .tables import (
    AssessmentRow,
    EventRow,
    EvidenceRow,
    MarkRow,
    NoteRow,
    PackLinkRow,
    PackSentRow,
    SourceRow,
    StoreTable,
    SystemRow,
)

OWNERS = {
    "meta": "key",
    "system": "id",
    "assessment": "id",
    "mark": "id",
    "due_change": "mark_id",
    "handover": "mark_id",
    "document": "assessment_id",
    "sign_off": "assessment_id",
    "decision": "assessment_id",
    "decision_condition": "assessment_id",
    "stage_step": "assessment_id",
    "weekly_review": "assessment_id",
    "evidence": "id",
    "cell": "evidence_id",
    "outcome": "evidence_id",
    "trace": "evidence_id",
    "stage_figure": "evidence_id",
    "trace_count": "evidence_id",
    "excerpt": "evidence_id",
    "raw_text": "evidence_id",
    "pair": "system_id",
    "incident": "system_id",
    "incident_answer": "system_id",
    "note": "id",
    "note_reply": "note_id",
    "pack_sent": "id",
    "person": "id",
    "person_address": "person_id",
    "person_login": "person_id",
    "role_grant": "person_id",
    "token": "id",
    "pack_link": "id",
    "source": "id",
}
"""The column that says what a row of each table belongs to; statuses are derived, events are the chain itself, a
login ends by itself, a reminder, a claim of an issue, the looks at a link and how far a source was read say nothing of
the system, a draft is no answer yet, and spans that were received are no evidence yet."""
_DECIDED = ("sign_off", "decision", "decision_condition", "stage_step", "weekly_review")
OF_NO_SYSTEM = ("meta", "person", "person_address", "person_login", "role_grant", "token")

_BENEATH_EVIDENCE = tuple(name for name, column in OWNERS.items() if column == "evidence_id")
_MAY_GO = frozenset({"raw_text"})
"""Texts before redaction expire, and a backup leaves them out."""

Digests = dict[str, str]
"""By the name of the scope; "" where it holds no row."""


class Scope(NamedTuple):
    table: str
    owner: int | str

    def __str__(self) -> str:
        return f"{self.table}:{self.owner}"


def of_assessment(session: Session, row: AssessmentRow) -> list[Scope]:
    """An assessment with its answers, their moves, its documents and decisions, and its system."""
    marks = session.exec(select(MarkRow.id).where(MarkRow.assessment_id == row.id)).all()
    return [
        Scope("system", row.system_id),
        *(Scope(name, row.id) for name in ("assessment", "document", *_DECIDED)),
        *itertools.chain.from_iterable(of_mark(mark) for mark in marks),
    ]


def of_mark(mark_id: int) -> list[Scope]:
    """An answer and the moves of its due date."""
    return [Scope("mark", mark_id), Scope("due_change", mark_id)]


def of_note(note_id: int) -> list[Scope]:
    """A note and its answers."""
    return [Scope("note", note_id), Scope("note_reply", note_id)]


def of_person(person_id: int) -> list[Scope]:
    """A person with their addresses, what providers call them, and their roles."""
    return [Scope(name, person_id) for name in ("person", "person_address", "person_login", "role_grant")]


def of_evidence(system_id: int, evidence_id: int) -> list[Scope]:
    """A file with all that it holds, and the pairs of its system."""
    return [
        Scope("evidence", evidence_id),
        *(Scope(name, evidence_id) for name in _BENEATH_EVIDENCE),
        Scope("pair", system_id),
    ]


def digests(session: Session, scopes: Iterable[Scope]) -> Digests:
    """SHA-256 over the rows of each scope as they are stored now, in the caller's transaction."""
    session.flush()
    wanted = sorted(set(scopes), key=str)
    stored: Digests = {}
    for name, group in itertools.groupby(wanted, key=lambda scope: scope.table):
        stored |= _of_table(session, StoreTable.metadata.tables[name], [scope.owner for scope in group])
    return {str(scope): stored.get(str(scope), "") for scope in wanted}


def verify(session: Session, slug: str = "", *, names: Mapping[str, Collection[str]] | None = None) -> FactStatus:
    """Hold every stored fact, or those of one system, against the last event that wrote it.

    `names` are the columns to hold, by table: all of them unless given.
    """
    recorded = _recorded(session, slug)
    stored = _stored(session, slug, names)
    changed = []
    for scope in sorted(recorded.keys() | stored.keys()):
        was, seq, system = recorded.get(scope, ("", None, ""))
        now = stored.get(scope, "")
        table, owner = scope.split(":", 1)
        if was != now and not (not now and table in _MAY_GO):
            changed.append(ChangedFact(table, owner, _how(was, now), seq, system or slug))
    return FactStatus(len(stored), tuple(changed))


def _how(was: str, now: str) -> Literal["added", "changed", "removed"]:
    if not was:
        return "added"
    return "changed" if now else "removed"


def adopt(session: Session, but: Collection[str] = (), *, names: Mapping[str, Collection[str]] | None = None) -> None:
    """Take the facts that the chain does not hold as they stand, except some; one event a system.

    `names` are the columns to hold, by table: all of them unless given.
    """
    recorded, doubted = _recorded(session, ""), set(but)
    for slug in [*session.exec(select(SystemRow.slug).order_by(SystemRow.slug)), ""]:
        stored = _stored(session, slug, names) if slug else _of_none(session, names)
        new = {
            scope: digest
            for scope, digest in stored.items()
            if scope not in doubted and recorded.get(scope, ("",))[0] != digest
        }
        if new:
            audit.append(
                session,
                actor="readiness upgrade",
                action="facts",
                system=slug,
                sentence=f"Took {len(new):,} stored facts into the audit chain as they stand",
                detail={},
                facts=new,
            )


def columns_of(connection: Connection) -> dict[str, set[str]]:
    """The columns that each table has in the database now."""
    there = inspect(connection)
    return {name: {str(column["name"]) for column in there.get_columns(name)} for name in there.get_table_names()}


def _recorded(session: Session, slug: str) -> dict[str, tuple[str, int, str]]:
    """By scope: its digest in the last event that wrote it, and the number and the system of that event."""
    query = select(EventRow.seq, EventRow.system, EventRow.facts).order_by(col(EventRow.seq))
    if slug:
        query = query.where(EventRow.system == slug)
    return {
        scope: (digest, seq, system)
        for seq, system, facts in session.execute(query, execution_options={"yield_per": 1000})
        for scope, digest in facts.items()
    }


def _stored(session: Session, slug: str, names: Mapping[str, Collection[str]] | None) -> Digests:
    stored: Digests = {}
    for name in OWNERS:
        if names is not None and name not in names:
            continue
        if slug and name in OF_NO_SYSTEM:
            continue
        table = StoreTable.metadata.tables[name]
        among = _owners(name, slug) if slug else None
        stored |= _of_table(session, table, among, None if names is None else names[name])
    return stored


def _of_none(session: Session, names: Mapping[str, Collection[str]] | None) -> Digests:
    """Those of what belongs to no system."""
    found: Digests = {}
    for name in OF_NO_SYSTEM:
        if names is None or name in names:
            found |= _of_table(session, StoreTable.metadata.tables[name], None, None if names is None else names[name])
    return found


def _owners(name: str, slug: str) -> Select[Any]:
    """The owners of a table's rows that belong to a system."""
    system = select(SystemRow.id).where(SystemRow.slug == slug)
    assessments = select(AssessmentRow.id).where(col(AssessmentRow.system_id).in_(system))
    owner = OWNERS[name]
    if name == "system" or owner == "system_id":
        return system
    if name == "assessment" or owner == "assessment_id":
        return assessments
    if name == "mark" or owner == "mark_id":
        return select(MarkRow.id).where(col(MarkRow.assessment_id).in_(assessments))
    if name in ("note", "source") or owner == "note_id":
        row = SourceRow if name == "source" else NoteRow
        return select(row.id).where(col(row.system_id).in_(system))
    packs = select(PackSentRow.id).where(col(PackSentRow.system_id).in_(system))
    if name in ("pack_sent", "pack_link"):
        return packs if name == "pack_sent" else select(PackLinkRow.id).where(col(PackLinkRow.pack_id).in_(packs))
    return select(EvidenceRow.id).where(col(EvidenceRow.system_id).in_(system))


def _of_table(session: Session, table: Table, among: Any = None, names: Collection[str] | None = None) -> Digests:
    """The digest of each scope of a table that has rows: over the names of its columns and every row, by key."""
    columns = sorted((c for c in table.columns if names is None or c.name in names), key=lambda c: c.name)
    owner = table.columns[OWNERS[table.name]]
    query = select(owner, *columns).order_by(owner, *table.primary_key.columns)
    if among is not None:
        query = query.where(owner.in_(among))
    header = _line([column.name for column in columns])
    found: Digests = {}
    rows = session.execute(query, execution_options={"yield_per": 1000})
    for of, group in itertools.groupby(rows, key=lambda row: row[0]):
        digest = hashlib.sha256(header)
        for row in group:
            digest.update(_line(row[1:]))
        found[str(Scope(table.name, of))] = digest.hexdigest()
    return found


def _line(values: Iterable[Any]) -> bytes:
    return json.dumps(list(values), sort_keys=True, separators=(",", ":"), default=_plain).encode() + b"\n"


def _plain(value: Any) -> str:
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else str(value.isoformat())
