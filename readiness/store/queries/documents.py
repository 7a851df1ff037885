"""Revisions of the documents of an assessment, and the decisions of approvers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from readiness.model.documents import KINDS, D, Document, kind_of
from readiness.model.dossier import Revision, Signed
from readiness.model.sign_off import SignOff
from readiness.store.engine import Store
from readiness.store.tables import (
    AssessmentRow,
    DocumentRow,
    SignOffRow,
    SystemRow,
)

from .records import record_of
from .systems import newest


def revisions(store: Store, assessment_id: int) -> list[Revision[Document]]:
    """Every revision of every document of an assessment, in the order they were stored."""
    with store.reading() as session:
        rows = session.exec(
            select(DocumentRow).where(DocumentRow.assessment_id == assessment_id).order_by(col(DocumentRow.id))
        ).all()
    return [_revision(row, KINDS[row.kind].record) for row in rows]


def sign_offs(session: Session, assessment_id: int) -> list[Signed]:
    """In the order they were given."""
    rows = session.exec(
        select(SignOffRow).where(SignOffRow.assessment_id == assessment_id).order_by(col(SignOffRow.id))
    )
    return [Signed(record_of(SignOff, row), row.by, row.at) for row in rows]


def latest_document(
    session: Session, assessment_id: int | None, kind: str, until: dt.datetime | None = None
) -> DocumentRow | None:
    """The latest revision there is, or was at an instant."""
    query = select(DocumentRow).where(DocumentRow.assessment_id == assessment_id, DocumentRow.kind == kind)
    if until is not None:
        query = query.where(DocumentRow.at <= until)
    return session.exec(query.order_by(col(DocumentRow.revision).desc()).limit(1)).first()


def policies(store: Store, day: dt.date) -> list[tuple[str, Mapping[str, Any]]]:
    """The latest policy of each system's assessment in force on a day, as it is stored."""
    later = aliased(DocumentRow)
    newer = select(later.id).where(
        later.assessment_id == DocumentRow.assessment_id,
        later.kind == "policy",
        col(later.revision) > col(DocumentRow.revision),
    )
    query = (
        select(SystemRow.slug, DocumentRow.body)
        .join(AssessmentRow, col(AssessmentRow.system_id) == SystemRow.id)
        .join(DocumentRow, col(DocumentRow.assessment_id) == AssessmentRow.id)
        .where(AssessmentRow.id == newest(day), DocumentRow.kind == "policy", ~newer.exists())
        .order_by(SystemRow.slug)
    )
    with store.reading() as session:
        return [(slug, body) for slug, body in session.exec(query)]


def document(session: Session, assessment_id: int, kind: str, revision: int) -> DocumentRow | None:
    return session.exec(
        select(DocumentRow).where(
            DocumentRow.assessment_id == assessment_id, DocumentRow.kind == kind, DocumentRow.revision == revision
        )
    ).first()


def document_of(
    session: Session, assessment: AssessmentRow, kind: type[D], until: dt.datetime | None = None
) -> Revision[D] | None:
    row = latest_document(session, assessment.id, kind_of(kind).id, until)
    return _revision(row, kind) if row else None


def _revision(row: DocumentRow, kind: type[D]) -> Revision[D]:
    return Revision(row.revision, kind.model_validate(row.body), row.by, row.at)
