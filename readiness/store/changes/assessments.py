"""Storing an assessment file."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session, col, select

from readiness import formatting
from readiness.model.assessment import Assessment, AssessmentFile, Mark, System
from readiness.model.dossier import Done
from readiness.store.tables import AssessmentRow, MarkRow, SystemRow

from . import documents
from .base import copy, keep_move, recorded

_UNSTATED = frozenset({"assessed_on"})


def add_assessment(
    session: Session, actor: str, file: AssessmentFile, *, name: str, digest: str, as_of: dt.date
) -> Done:
    """Store what an assessment file states. Marks and documents it does not hold are left as they are.

    The file that was imported last changes nothing the second time, so that edits made since are safe from it.
    """
    slug = file.system.slug
    system = _system(session, file.system)
    row = _find_assessment(session, system, file.assessment)
    if row is not None and row.source_digest == digest:
        return Done(f"{name} is the file that {slug} was last imported from; nothing changed", changed=False)
    changes: list[str] = []
    if copy(system, file.system):
        system.row_version += 1
        changes.append("the system")
    if row is None:
        row = _new_assessment(session, actor, system, file.assessment, as_of)
        changes.append("a new assessment")
    elif copy(row, file.assessment, skip=_UNSTATED if file.assessment.assessed_on is None else frozenset()):
        changes.append("the assessment")
    row.source_digest = digest
    if changed := sum(_import_mark(session, actor, row, mark, name) for mark in file.marks):
        changes.append(formatting.count(changed, "mark"))
    stated = [document for document in (file.policy, file.monitoring) if document is not None]
    saved = [kept for document in stated if (kept := documents.keep(session, actor, row.id, document))]
    changes += [f"the {document.title}" for document in saved]
    session.add(row)
    if not changes:
        return Done(f"{name} states what is stored already; nothing changed", changed=False)
    return recorded(
        session,
        actor,
        "import",
        slug,
        f"assessment {row.candidate}",
        f"Stored {formatting.listed(changes)} of {slug} {row.candidate} from {name}",
        detail={
            "file": name,
            "digest": digest,
            "content": file.model_dump(mode="json"),
            "differences": [sentence for document in saved for sentence in document.differences],
        },
    )


def _system(session: Session, system: System) -> SystemRow:
    """The system as it is stored; made where there is none yet."""
    row = session.exec(select(SystemRow).where(SystemRow.slug == system.slug)).first()
    if row is None:
        row = SystemRow(**system.model_dump())
        session.add(row)
        session.flush()
    return row


def _find_assessment(session: Session, system: SystemRow, assessment: Assessment) -> AssessmentRow | None:
    query = (
        select(AssessmentRow)
        .where(AssessmentRow.system_id == system.id, AssessmentRow.candidate == assessment.candidate)
        .order_by(col(AssessmentRow.assessed_on).desc())
    )
    if assessment.assessed_on is not None:
        query = query.where(AssessmentRow.assessed_on == assessment.assessed_on)
    return session.exec(query).first()


def _new_assessment(
    session: Session, actor: str, system: SystemRow, assessment: Assessment, as_of: dt.date
) -> AssessmentRow:
    stated = assessment.model_dump() | {"assessed_on": assessment.assessed_on or as_of}
    row = AssessmentRow(**stated, system_id=system.id, author=actor)
    session.add(row)
    session.flush()
    return row


def _import_mark(session: Session, actor: str, assessment: AssessmentRow, mark: Mark, name: str) -> bool:
    row = session.exec(
        select(MarkRow).where(MarkRow.assessment_id == assessment.id, MarkRow.signal == mark.signal)
    ).first()
    if row is None:
        session.add(MarkRow(**mark.model_dump(), assessment_id=assessment.id, writers=[actor]))
        return True
    before = row.due
    if not copy(row, mark):
        return False
    row.row_version += 1
    row.writers = sorted({*row.writers, actor})
    if row.due != before:
        keep_move(session, actor, row.id, before, row.due, f"stated in {name}")
    return True
