"""What is known of the files of a system."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import sqlalchemy
from sqlmodel import Session, col, select, true

from readiness.model.cells import Cell
from readiness.model.dossier import RemovedFile
from readiness.model.evidence import Evidence, ReadAs
from readiness.model.record import ANY
from readiness.model.traces import StageFigure, TraceCount
from readiness.store.engine import Store
from readiness.store.tables import (
    AssessmentRow,
    CellRow,
    EventRow,
    EvidenceRow,
    OutcomeRow,
    StageRow,
    SystemRow,
    TraceCountRow,
    TraceRow,
)

from .past import deleted_at
from .records import figures, record_of
from .systems import find_system

_NAMES = ("version", "workflow", "dimension", "value", "metric")


def outcomes(store: Store, slug: str, digests: Collection[str] | None = None) -> list[tuple[Evidence, bytes]]:
    """The files of a system whose cases are still kept, to be paired or drawn anew; those with a digest, or all."""
    with store.reading() as session:
        rows = session.exec(
            select(EvidenceRow, OutcomeRow.body)
            .join(OutcomeRow, col(OutcomeRow.evidence_id) == EvidenceRow.id)
            .where(EvidenceRow.system_id == find_system(session, slug).id)
            .where(true() if digests is None else col(EvidenceRow.digest).in_(digests))
            .order_by(col(EvidenceRow.id))
        )
        return [(record_of(Evidence, row), body) for row, body in rows]


def versions_in(session: Session, evidence_id: int) -> list[str]:
    """The versions of the system of which a file holds figures or traces."""
    queries = (
        select(table.version).where(table.evidence_id == evidence_id).distinct() for table in (CellRow, TraceRow)
    )
    return sorted({version for query in queries for version in session.exec(query)})


def removed(session: Session, slug: str, there: Collection[str], until: dt.datetime | None) -> list[RemovedFile]:
    """The files that were taken back up to a moment, the first first, save those that are `there` again by digest."""
    query = select(EventRow.actor, EventRow.at, EventRow.detail)
    query = query.where(EventRow.system == slug, EventRow.action == "evidence.remove")
    query = query.where(col(EventRow.seq) > deleted_at(slug)).order_by(col(EventRow.seq))
    return [
        RemovedFile(detail["name"], actor, at, detail.get("versions"))
        for actor, at, detail in session.exec(query)
        if detail["digest"] not in there and (until is None or at <= until)
    ]


def file_versions(session: Session, system_id: int) -> dict[str, int]:
    """The files of a system by their digests, each with its row version."""
    query = select(EvidenceRow.digest, EvidenceRow.row_version).where(EvidenceRow.system_id == system_id)
    return dict(session.exec(query).all())


def beside(store: Store, slug: str) -> dict[str, int]:
    """The files that another one is worked out beside (see `FileContents`)."""
    with store.reading() as session:
        return file_versions(session, find_system(session, slug).id)


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


def metric_units(store: Store, slug: str) -> dict[str, str]:
    """The unit of each metric that the files of a system state, where all of them state the same."""
    with store.reading() as session:
        rows = session.exec(
            select(CellRow.metric, CellRow.unit)
            .join(EvidenceRow, col(EvidenceRow.id) == CellRow.evidence_id)
            .join(SystemRow, col(SystemRow.id) == EvidenceRow.system_id)
            .where(SystemRow.slug == slug)
            .distinct()
        )
        units: dict[str, set[str]] = {}
        for metric, unit in rows:
            units.setdefault(metric, set()).add(unit)
    return {metric: next(iter(stated)) for metric, stated in units.items() if len(stated) == 1}


def names(store: Store, slug: str, *, without: str) -> list[Cell]:
    """What the figures of a system are called, once each, without those of the file with this digest."""
    columns = [col(getattr(CellRow, name)) for name in _NAMES]
    query = sqlalchemy.select(*columns).select_from(CellRow).distinct()
    query = query.join(EvidenceRow, col(EvidenceRow.id) == CellRow.evidence_id)
    query = query.join(SystemRow, col(SystemRow.id) == EvidenceRow.system_id)
    with store.reading() as session:
        rows = session.execute(query.where(col(SystemRow.slug) == slug, col(EvidenceRow.digest) != without)).all()
    return [Cell(**dict(zip(_NAMES, row, strict=True))) for row in rows]


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
    stages = figures(session, StageFigure, StageRow, StageRow.evidence_id == evidence_id, "evidence_id")
    counts = figures(session, TraceCount, TraceCountRow, TraceCountRow.evidence_id == evidence_id, "evidence_id")
    return [figure for _, figure in stages], [count for _, count in counts]


def files(store: Store, slug: str) -> list[Evidence]:
    """The files of a system, in the order they were stored; none of a system that is not there."""
    with store.reading() as session:
        rows = session.exec(
            select(EvidenceRow).join(SystemRow).where(SystemRow.slug == slug).order_by(col(EvidenceRow.id))
        )
        return [record_of(Evidence, row) for row in rows]


def versions(store: Store, slug: str) -> frozenset[str]:
    """The versions that the assessments of a system speak of."""
    with store.reading() as session:
        query = select(AssessmentRow.candidate, AssessmentRow.baseline).join(SystemRow).where(SystemRow.slug == slug)
        return frozenset(version for row in session.exec(query) for version in row if version)


def traces_of(store: Store, slug: str, *, without: str) -> list[tuple[str, str]]:
    """Id and version of every trace that is stored of a system, without those of the file with this digest."""
    with store.reading() as session:
        query = select(TraceRow.trace_id, TraceRow.version).join(EvidenceRow).join(SystemRow)
        return list(session.exec(query.where(SystemRow.slug == slug, EvidenceRow.digest != without)))


def overall(store: Store, slug: str, *, without: str) -> list[tuple[str, Cell]]:
    """The figures over all cases in the files of a system, each with the digest of its file, without those of one."""
    with store.reading() as session:
        query = select(EvidenceRow.digest, CellRow).join(EvidenceRow).join(SystemRow)
        rows = session.exec(
            query.where(
                SystemRow.slug == slug,
                EvidenceRow.digest != without,
                CellRow.workflow == ANY,
                CellRow.dimension == ANY,
            )
        )
        return [(digest, record_of(Cell, row)) for digest, row in rows]
