"""One assessment whole."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from readiness.errors import NotFound
from readiness.model.assessment import Assessment, Mark, System
from readiness.model.cells import Cell, Pair
from readiness.model.dossier import (
    AssessmentSheet,
    Dossier,
    ReleasedText,
    StoredEvidence,
)
from readiness.model.evidence import Evidence
from readiness.model.monitoring import MonitoringPlan
from readiness.model.policy import ReleasePolicy
from readiness.model.traces import Excerpt, StageFigure, Trace, TraceCount
from readiness.store.engine import Store
from readiness.store.tables import (
    AssessmentRow,
    CellRow,
    EvidenceRow,
    ExcerptRow,
    MarkRow,
    PairRow,
    StageRow,
    SystemRow,
    TraceCountRow,
    TraceRow,
)

from .contributions import contributions
from .documents import document_of, sign_offs
from .gaps import moves_of
from .records import figures, record_of, stored
from .systems import assessment_rows, find_system


def dossier(store: Store, slug: str, assessment_id: int | None = None) -> Dossier:
    """One assessment whole: the latest, or the one with this id. Raises NotFound."""
    with store.reading() as session:
        system = find_system(session, slug)
        rows = assessment_rows(session, system)
        chosen = next((row for row in rows if assessment_id in (None, row.id)), None)
        if chosen is None:
            raise NotFound(f"{slug} has no such assessment", expected="one of those that are stored")
        return _dossier(session, system, chosen, rows)


def dossiers(store: Store) -> list[Dossier]:
    """The latest assessment of every system that has one, read in one transaction."""
    with store.reading() as session:
        assessed = [
            (system, assessment_rows(session, system))
            for system in session.exec(select(SystemRow).order_by(SystemRow.slug))
        ]
        return [_dossier(session, system, rows[0], rows) for system, rows in assessed if rows]


def latest_dossier(session: Session, slug: str) -> Dossier | None:
    """The latest assessment whole, in a transaction that is under way; None where the system has none."""
    system = find_system(session, slug)
    rows = assessment_rows(session, system)
    return _dossier(session, system, rows[0], rows) if rows else None


def _dossier(session: Session, system: SystemRow, chosen: AssessmentRow, rows: Sequence[AssessmentRow]) -> Dossier:
    sheet = _sheet(session, chosen)
    files = session.exec(select(EvidenceRow).where(EvidenceRow.system_id == system.id).order_by(col(EvidenceRow.id)))
    evidence = {
        row.id: StoredEvidence(row.id, row.row_version, record_of(Evidence, row), row.added_by, row.added_at)
        for row in files
    }
    owned = list(evidence)
    cells = figures(session, Cell, CellRow, col(CellRow.evidence_id).in_(owned), "evidence_id")
    pairs = figures(session, Pair, PairRow, PairRow.system_id == system.id, "system_id")
    traces = session.exec(select(TraceRow).where(col(TraceRow.evidence_id).in_(owned)).order_by(col(TraceRow.id)))
    released = session.exec(select(ExcerptRow).where(col(ExcerptRow.evidence_id).in_(owned)))
    return Dossier(
        **vars(sheet),
        wrote=contributions(session, chosen),
        sign_offs=sign_offs(session, chosen.id),
        system=stored(System, system),
        others=[stored(Assessment, row) for row in rows],
        earlier=[_sheet(session, row) for row in rows[rows.index(chosen) + 1 :]],
        moves=moves_of(session, [mark.id for mark in sheet.marks.values()]),
        evidence=evidence,
        cells=cells,
        pairs=[pair for _, pair in pairs],
        traces=[(row.evidence_id, stored(Trace, row)) for row in traces],
        stages=figures(session, StageFigure, StageRow, col(StageRow.evidence_id).in_(owned), "evidence_id"),
        counts=figures(session, TraceCount, TraceCountRow, col(TraceCountRow.evidence_id).in_(owned), "evidence_id"),
        excerpts=[(row.evidence_id, ReleasedText(record_of(Excerpt, row), row.by, row.at)) for row in released],
    )


def _sheet(session: Session, assessment: AssessmentRow) -> AssessmentSheet:
    marks = session.exec(select(MarkRow).where(MarkRow.assessment_id == assessment.id).order_by(col(MarkRow.id)))
    return AssessmentSheet(
        assessment=stored(Assessment, assessment),
        marks={row.signal: stored(Mark, row) for row in marks},
        policy=document_of(session, assessment, "policy", ReleasePolicy),
        monitoring=document_of(session, assessment, "monitoring", MonitoringPlan),
    )
