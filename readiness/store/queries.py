"""Every read. Rows leave the store as records with their id and the row version that a write must name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar, cast

from sqlmodel import Session, col, select

from readiness.errors import NotFound
from readiness.model.assessment import Assessment, Mark, System
from readiness.model.cells import Cell, Pair
from readiness.model.dossier import (
    AssessmentSheet,
    ChainStatus,
    Dossier,
    DueMove,
    Event,
    OpenMark,
    ReleasedText,
    Revision,
    Signed,
    Stored,
    StoredEvidence,
)
from readiness.model.evidence import Evidence, ReadAs
from readiness.model.monitoring import MonitoringPlan
from readiness.model.policy import ReleasePolicy
from readiness.model.record import Record
from readiness.model.sign_off import SignOff
from readiness.model.traces import Excerpt, StageFigure, Trace, TraceCount

from . import audit
from .engine import Store
from .statuses import CachedStatus
from .tables import (
    AssessmentRow,
    CellRow,
    DocumentRow,
    DueMoveRow,
    EventRow,
    EvidenceRow,
    ExcerptRow,
    MarkRow,
    MetaRow,
    OutcomeRow,
    PairRow,
    SignOffRow,
    StageRow,
    StatusRow,
    StoreTable,
    SystemRow,
    TraceCountRow,
    TraceRow,
)

R = TypeVar("R", bound=Record)
_NEWEST_FIRST = (col(AssessmentRow.assessed_on).desc(), col(AssessmentRow.id).desc())
"""The first one is the latest assessment of a system."""


def record_of(kind: type[R], row: StoreTable) -> R:
    """The validated record inside a table row."""
    return kind.model_validate({name: getattr(row, name) for name in kind.model_fields})


def stored(kind: type[R], row: Any) -> Stored[R]:
    return Stored(row.id, row.row_version, record_of(kind, row))


def systems(store: Store) -> list[System]:
    with store.reading() as session:
        return [record_of(System, row) for row in session.exec(select(SystemRow).order_by(SystemRow.name))]


def dossier(store: Store, slug: str, assessment_id: int | None = None) -> Dossier:
    """One assessment whole: the latest, or the one with this id. Raises NotFound."""
    with store.reading() as session:
        system = find_system(session, slug)
        rows = assessment_rows(session, system)
        chosen = next((row for row in rows if assessment_id in (None, row.id)), None)
        if chosen is None:
            raise NotFound(f"{slug} has no such assessment", expected="one of those that are stored")
        return _dossier(session, system, chosen, rows)


def latest_assessment(store: Store, slug: str) -> Assessment:
    """Raises NotFound where the system has none."""
    with store.reading() as session:
        rows = assessment_rows(session, find_system(session, slug))
        if not rows:
            raise NotFound(f"{slug} has no assessment", expected="an assessment file to be imported first")
        return record_of(Assessment, rows[0])


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


def statuses(store: Store) -> list[tuple[str, CachedStatus | None]]:
    """Every system that has an assessment, by its slug, and where it stands as far as that is kept."""
    kept = [getattr(StatusRow, field.name) for field in fields(CachedStatus)]
    assessed = select(AssessmentRow.id).where(AssessmentRow.system_id == SystemRow.id).exists()
    query = select(SystemRow.slug, *kept).outerjoin(StatusRow, col(StatusRow.system_id) == SystemRow.id).where(assessed)
    with store.reading() as session:
        return [(row[0], CachedStatus(*row[1:]) if row[1] else None) for row in session.connection().execute(query)]


def assessments(store: Store, slug: str) -> list[Stored[Assessment]]:
    """All of a system, the newest first. Raises NotFound."""
    with store.reading() as session:
        return [stored(Assessment, row) for row in assessment_rows(session, find_system(session, slug))]


def assessment_rows(session: Session, system: SystemRow) -> Sequence[AssessmentRow]:
    """Newest first."""
    return session.exec(
        select(AssessmentRow).where(AssessmentRow.system_id == system.id).order_by(*_NEWEST_FIRST)
    ).all()


def find_system(session: Session, slug: str) -> SystemRow:
    system = session.exec(select(SystemRow).where(SystemRow.slug == slug)).first()
    if system is None:
        names = session.exec(select(SystemRow.slug).order_by(SystemRow.slug)).all()
        raise NotFound(
            f"the system {slug!r} is not in the store",
            expected=f"one of {', '.join(names)}" if names else "a system that was imported; the store is empty",
        )
    return system


def outcomes(store: Store, slug: str) -> list[tuple[Evidence, bytes]]:
    """The files of a system whose cases can still be paired with those of another version."""
    with store.reading() as session:
        rows = session.exec(
            select(EvidenceRow, OutcomeRow.body)
            .join(OutcomeRow, col(OutcomeRow.evidence_id) == EvidenceRow.id)
            .where(EvidenceRow.system_id == find_system(session, slug).id)
            .order_by(col(EvidenceRow.id))
        )
        return [(record_of(Evidence, row), body) for row, body in rows]


def last_mapping(store: Store, slug: str, shape: str) -> dict[str, str]:
    """How a person last mapped a file of this shape for the system; without the names of its versions."""
    with store.reading() as session:
        system = session.exec(select(SystemRow).where(SystemRow.slug == slug)).first()
        rows = session.exec(
            select(EvidenceRow)
            .where(EvidenceRow.system_id == (system.id if system else None))
            .order_by(col(EvidenceRow.added_at).desc(), col(EvidenceRow.id).desc())
        )
        read_as = next((options for row in rows if (options := ReadAs(**row.options)).shape == shape), ReadAs())
    return {key: value for key, value in read_as.mapping.items() if not key.startswith("version:")}


def gaps(store: Store) -> list[OpenMark]:
    """The open gaps of every system's latest assessment."""
    newest = (
        select(AssessmentRow.id)
        .where(AssessmentRow.system_id == SystemRow.id)
        .order_by(*_NEWEST_FIRST)
        .limit(1)
        .correlate(SystemRow)
        .scalar_subquery()
    )
    query = (
        select(MarkRow, SystemRow.slug, AssessmentRow.checklist)
        .join(AssessmentRow, col(AssessmentRow.id) == MarkRow.assessment_id)
        .join(SystemRow, col(SystemRow.id) == AssessmentRow.system_id)
        .where(col(MarkRow.mark).in_(("partial", "yes")), AssessmentRow.id == newest)
    )
    with store.reading() as session:
        rows = session.exec(query).all()
        moves = _moves(session, query.with_only_columns(col(MarkRow.id)))
    return [OpenMark(slug, checklist, stored(Mark, mark), moves.get(mark.id, ())) for mark, slug, checklist in rows]


def labelled(store: Store, slug: str) -> frozenset[str]:
    """The ids of the traces of a system that a person labelled."""
    with store.reading() as session:
        rows = session.exec(
            select(TraceRow.trace_id)
            .join(EvidenceRow, col(EvidenceRow.id) == TraceRow.evidence_id)
            .join(SystemRow, col(SystemRow.id) == EvidenceRow.system_id)
            .where(SystemRow.slug == slug, TraceRow.labelled)
        )
        return frozenset(rows)


def drawn(session: Session, evidence_id: int) -> tuple[list[StageFigure], list[TraceCount]]:
    """What was drawn from all traces of one file."""
    stages = _figures(session, StageFigure, StageRow, StageRow.evidence_id == evidence_id, "evidence_id")
    counts = _figures(session, TraceCount, TraceCountRow, TraceCountRow.evidence_id == evidence_id, "evidence_id")
    return [figure for _, figure in stages], [count for _, count in counts]


def gap_owner(store: Store, gap_id: int) -> tuple[str, Stored[Mark]]:
    """The system's slug and the mark behind a gap's id. Raises NotFound."""
    with store.reading() as session:
        mark, slug = find_gap(session, gap_id)
        return slug, stored(Mark, mark)


def find_gap(session: Session, gap_id: int) -> tuple[MarkRow, str]:
    row = session.exec(
        select(MarkRow, SystemRow.slug)
        .join(AssessmentRow, col(AssessmentRow.id) == MarkRow.assessment_id)
        .join(SystemRow, col(SystemRow.id) == AssessmentRow.system_id)
        .where(MarkRow.id == gap_id)
    ).first()
    if row is None:
        raise NotFound(f"there is no gap {gap_id}", expected="an id that readiness gaps lists")
    return row


def events(store: Store, *, system: str = "", actor: str = "", limit: int = 500) -> list[Event]:
    """The newest events first."""
    query = select(EventRow).order_by(col(EventRow.seq).desc()).limit(limit)
    if system:
        query = query.where(EventRow.system == system)
    if actor:
        query = query.where(EventRow.actor == actor)
    with store.reading() as session:
        return [
            Event(**{field.name: getattr(row, field.name) for field in fields(Event)}) for row in session.exec(query)
        ]


def chain(store: Store) -> ChainStatus:
    with store.reading() as session:
        return audit.verify(session)


def meta(store: Store, key: str) -> str | None:
    with store.reading() as session:
        row = session.get(MetaRow, key)
        return row.value if row else None


def counter(store: Store) -> int:
    """Grows with every write: what a page may key what it has already read by."""
    with store.reading() as session:
        return last_event(session)


def last_event(session: Session) -> int:
    return session.exec(select(EventRow.seq).order_by(col(EventRow.seq).desc()).limit(1)).first() or 0


def _dossier(session: Session, system: SystemRow, chosen: AssessmentRow, rows: Sequence[AssessmentRow]) -> Dossier:
    sheet = _sheet(session, chosen)
    files = session.exec(select(EvidenceRow).where(EvidenceRow.system_id == system.id).order_by(col(EvidenceRow.id)))
    evidence = {
        row.id: StoredEvidence(row.id, row.row_version, record_of(Evidence, row), row.added_by, row.added_at)
        for row in files
    }
    owned = list(evidence)
    cells = _figures(session, Cell, CellRow, col(CellRow.evidence_id).in_(owned), "evidence_id")
    pairs = _figures(session, Pair, PairRow, PairRow.system_id == system.id, "system_id")
    traces = session.exec(select(TraceRow).where(col(TraceRow.evidence_id).in_(owned)).order_by(col(TraceRow.id)))
    released = session.exec(select(ExcerptRow).where(col(ExcerptRow.evidence_id).in_(owned)))
    return Dossier(
        **vars(sheet),
        author=chosen.author,
        sign_offs=sign_offs(session, chosen.id),
        system=stored(System, system),
        others=[stored(Assessment, row) for row in rows],
        earlier=[_sheet(session, row) for row in rows[rows.index(chosen) + 1 :]],
        moves=_moves(session, [mark.id for mark in sheet.marks.values()]),
        evidence=evidence,
        cells=cells,
        pairs=[pair for _, pair in pairs],
        traces=[(row.evidence_id, stored(Trace, row)) for row in traces],
        stages=_figures(session, StageFigure, StageRow, col(StageRow.evidence_id).in_(owned), "evidence_id"),
        counts=_figures(session, TraceCount, TraceCountRow, col(TraceCountRow.evidence_id).in_(owned), "evidence_id"),
        excerpts=[(row.evidence_id, ReleasedText(record_of(Excerpt, row), row.by, row.at)) for row in released],
    )


def _figures(session: Session, kind: type[R], table: Any, condition: Any, owner: str) -> list[tuple[int, R]]:
    """Many small records, each with the id of what it belongs to; they were validated on the way in, so not again."""
    names = list(kind.model_fields)
    columns = [getattr(table, name) for name in (owner, *names)]
    rows = session.execute(select(*columns).where(condition).order_by(table.id))
    return [(row[0], cast("R", kind.model_construct(**dict(zip(names, row[1:], strict=True))))) for row in rows]


def _sheet(session: Session, assessment: AssessmentRow) -> AssessmentSheet:
    marks = session.exec(select(MarkRow).where(MarkRow.assessment_id == assessment.id).order_by(col(MarkRow.id)))
    return AssessmentSheet(
        assessment=stored(Assessment, assessment),
        marks={row.signal: stored(Mark, row) for row in marks},
        policy=_document(session, assessment, "policy", ReleasePolicy),
        monitoring=_document(session, assessment, "monitoring", MonitoringPlan),
    )


def _moves(session: Session, mark_ids: Any) -> Mapping[int, Sequence[DueMove]]:
    moves: dict[int, list[DueMove]] = {}
    query = select(DueMoveRow).where(col(DueMoveRow.mark_id).in_(mark_ids)).order_by(col(DueMoveRow.id))
    for row in session.exec(query):
        moves.setdefault(row.mark_id, []).append(DueMove(row.before, row.after, row.reason, row.by, row.at))
    return moves


def revisions(store: Store, assessment_id: int) -> list[Revision[ReleasePolicy] | Revision[MonitoringPlan]]:
    """Every revision of the policy and of the plan of an assessment, in the order they were stored."""
    with store.reading() as session:
        rows = session.exec(
            select(DocumentRow).where(DocumentRow.assessment_id == assessment_id).order_by(col(DocumentRow.id))
        ).all()
    return [_revision(row, ReleasePolicy) if row.kind == "policy" else _revision(row, MonitoringPlan) for row in rows]


def sign_offs(session: Session, assessment_id: int) -> list[Signed]:
    """In the order they were given."""
    rows = session.exec(
        select(SignOffRow).where(SignOffRow.assessment_id == assessment_id).order_by(col(SignOffRow.id))
    )
    return [Signed(record_of(SignOff, row), row.by, row.at) for row in rows]


def latest_document(session: Session, assessment_id: int | None, kind: str) -> DocumentRow | None:
    return session.exec(
        select(DocumentRow)
        .where(DocumentRow.assessment_id == assessment_id, DocumentRow.kind == kind)
        .order_by(col(DocumentRow.revision).desc())
        .limit(1)
    ).first()


def document(session: Session, assessment_id: int, kind: str, revision: int) -> DocumentRow | None:
    return session.exec(
        select(DocumentRow).where(
            DocumentRow.assessment_id == assessment_id, DocumentRow.kind == kind, DocumentRow.revision == revision
        )
    ).first()


def _document(session: Session, assessment: AssessmentRow, name: str, kind: type[R]) -> Revision[R] | None:
    row = latest_document(session, assessment.id, name)
    return _revision(row, kind) if row else None


def _revision(row: DocumentRow, kind: type[R]) -> Revision[R]:
    return Revision(row.revision, kind.model_validate(row.body), row.by, row.at)
