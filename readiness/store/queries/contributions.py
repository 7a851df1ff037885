"""Who had a hand in what an approver signs."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from readiness.language import marked
from readiness.model.dossier import Contribution
from readiness.model.evidence import Confirmation
from readiness.store.tables import AssessmentRow, CellRow, DocumentRow, EvidenceRow, MarkRow, TraceCountRow, TraceRow

_REVISED = {
    "policy": marked("wrote a revision of the release policy"),
    "monitoring": marked("wrote a revision of the monitoring plan"),
    "card": marked("wrote a revision of the system card"),
}


def contributions(session: Session, assessment: AssessmentRow) -> list[Contribution]:
    """Everybody who wrote the assessment, an answer, a revision, or added evidence of a version under review."""
    marks = session.exec(select(MarkRow.writers).where(MarkRow.assessment_id == assessment.id))
    revisions = session.exec(
        select(DocumentRow.kind, DocumentRow.by)
        .where(DocumentRow.assessment_id == assessment.id)
        .order_by(col(DocumentRow.id))
    )
    wrote = [
        Contribution(marked("wrote the assessment"), assessment.author),
        *(Contribution(marked("answered a question"), name) for writers in marks for name in writers),
        *(Contribution(_REVISED[kind], name) for kind, name in revisions),
        *(Contribution(marked("added evidence"), name) for name in _added(session, assessment)),
        *(Contribution(marked("confirmed evidence"), name) for name in _confirmed(session, assessment)),
    ]
    return list(dict.fromkeys(wrote))


def answered_by(session: Session, assessment: AssessmentRow) -> dict[str, list[str]]:
    """Who wrote each answer, by signal."""
    query = select(MarkRow.signal, MarkRow.writers).where(MarkRow.assessment_id == assessment.id)
    return {signal: list(writers) for signal, writers in session.exec(query)}


def _added(session: Session, assessment: AssessmentRow) -> list[str]:
    return sorted(set(session.exec(select(EvidenceRow.added_by).where(*_speaks(assessment)))))


def _confirmed(session: Session, assessment: AssessmentRow) -> list[str]:
    """Who let a file count in which something does not fit."""
    confirmed = session.exec(select(EvidenceRow.confirmed).where(*_speaks(assessment)))
    return sorted({Confirmation.model_validate(given).by for given in confirmed if given})


def _speaks(assessment: AssessmentRow) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The files of a version under review."""
    versions = [assessment.candidate, assessment.baseline]
    speaks = [
        col(EvidenceRow.id).in_(select(table.evidence_id).where(col(table.version).in_(versions)))
        for table in (CellRow, TraceRow, TraceCountRow)
    ]
    return col(EvidenceRow.system_id) == assessment.system_id, or_(*speaks)
