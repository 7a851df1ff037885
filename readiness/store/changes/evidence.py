"""Storing the figures and traces of a result file, and the labels that people give to traces."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlmodel import Session, col, delete, or_, select

from readiness import clock, formatting
from readiness.access import Principal
from readiness.errors import NotFound
from readiness.model.cells import Cell, Pair
from readiness.model.dossier import Done
from readiness.model.evidence import Evidence
from readiness.model.record import Record
from readiness.model.traces import Excerpt, StageFigure, Trace, TraceCount, TracePath, UnredactedText
from readiness.store import audit, queries
from readiness.store.engine import Store
from readiness.store.tables import (
    CellRow,
    EvidenceRow,
    ExcerptRow,
    OutcomeRow,
    PairRow,
    StageRow,
    SystemRow,
    TraceCountRow,
    TraceRow,
    UnredactedTextRow,
)

from .base import copy, swap, writing
from .unredacted import forget_raw, keep_raw


def add_evidence(
    store: Store,
    by: Principal,
    slug: str,
    evidence: Evidence,
    cells: tuple[Cell, ...] = (),
    traces: tuple[Trace, ...] = (),
    outcomes: bytes = b"",
    pairs: tuple[Pair, ...] = (),
    as_of: dt.date | None = None,
    raw: tuple[UnredactedText, ...] = (),
    *,
    stages: tuple[StageFigure, ...] = (),
    counts: tuple[TraceCount, ...] = (),
) -> Done:
    """Store a file's figures and traces, and how its cases fared beside those of other versions.

    `stages` and `counts` are drawn from every trace of the file, of which `traces` are those to keep.
    The same bytes again store nothing; read in another way, they replace. Labels and lessons that a person gave a trace
    survive a replacement, and so does the trace; texts that somebody let out may still leave if they are the same.
    """
    with writing(store, by, "import", slug) as session:
        system = queries.find_system(session, slug)
        row = session.exec(
            select(EvidenceRow).where(EvidenceRow.system_id == system.id, EvidenceRow.digest == evidence.digest)
        ).first()
        if row is not None and _same(session, row, evidence, stages, counts):
            return Done(f"{evidence.name} is stored already, as {row.name}; nothing changed", changed=False)
        labels: dict[str, tuple[str | None, str]] = {}
        verb = "Stored"
        if row is None:
            row = EvidenceRow(**evidence.model_dump(), system_id=system.id, added_by=by.name, added_at=clock.now())
            session.add(row)
            session.flush()
        else:
            verb = "Read again and replaced"
            labels = _labels(session, row)
            _forget(session, system, row, labels.keys() - {trace.trace_id for trace in traces})
            copy(row, evidence)
            row.skips = [skip.model_dump() for skip in evidence.skips]
            row.row_version += 1
            _hold_back_changed(session, by, slug, row, traces)
        _fill(session, row, cells, traces, labels)
        _insert(session, StageRow, row, stages)
        _insert(session, TraceCountRow, row, counts)
        _keep_pairs(session, system, row, outcomes, pairs, as_of or clock.today())
        keep_raw(session, row.id, raw)
        what = formatting.count(len(cells), "scorecard cell") if evidence.kind == "results" else _kept(traces, counts)
        left = f", {formatting.count(evidence.skipped, 'row')} skipped" if evidence.skipped else ""
        why = formatting.few([trace.kept_for for trace in traces if trace.kept_for])
        sentence = f"{verb} {what} of {slug} from {evidence.name}{left}{': ' if why else ''}{why}"
        audit.append(
            session,
            actor=by.name,
            action="import",
            system=slug,
            subject=f"evidence {row.id}",
            sentence=sentence,
            **evidence.model_dump(mode="json"),
        )
        return Done(sentence)


def remove_evidence(store: Store, by: Principal, slug: str, evidence_id: int) -> Done:
    """Take an import back: its cells and traces go, the audit chain keeps that it was there."""
    with writing(store, by, "evidence.remove", slug) as session:
        system = queries.find_system(session, slug)
        row = session.get(EvidenceRow, evidence_id)
        if row is None or row.system_id != system.id:
            raise NotFound(f"{slug} has no evidence {evidence_id}", expected="an import that is stored")
        _forget(session, system, row)
        session.exec(delete(ExcerptRow).where(col(ExcerptRow.evidence_id) == row.id))
        session.delete(row)
        sentence = f"Removed the evidence from {row.name}"
        audit.append(
            session,
            actor=by.name,
            action="evidence.remove",
            system=slug,
            subject=f"evidence {evidence_id}",
            sentence=sentence,
            name=row.name,
            digest=row.digest,
        )
        return Done(sentence)


def _hold_back_changed(session: Session, by: Principal, slug: str, row: EvidenceRow, traces: tuple[Trace, ...]) -> None:
    """What was let out of these traces stays so only where the same text stands there again."""
    spans = {(trace.trace_id, span.span_id): span for trace in traces for span in trace.spans}
    known = {trace.trace_id for trace in traces}
    for each in session.exec(select(ExcerptRow).where(ExcerptRow.evidence_id == row.id)):
        span = spans.get((each.trace_id, each.span_id))
        same = span and Excerpt.of(each.trace_id, span, each.field).digest == each.digest
        if each.trace_id in known and not same:
            session.delete(each)
            audit.append(
                session,
                actor=by.name,
                action="excerpt.hold-back",
                system=slug,
                subject=f"trace {each.trace_id}",
                sentence=f"The {each.field} of a span no longer leaves in packs, since another text stands there now",
                span_id=each.span_id,
                field=each.field,
                digest=each.digest,
            )


def _labels(session: Session, row: EvidenceRow) -> dict[str, tuple[str | None, str]]:
    traces = session.exec(select(TraceRow).where(TraceRow.evidence_id == row.id, TraceRow.row_version > 1))
    return {trace.trace_id: (trace.path, trace.note) for trace in traces}


def _same(
    session: Session,
    row: EvidenceRow,
    evidence: Evidence,
    stages: tuple[StageFigure, ...],
    counts: tuple[TraceCount, ...],
) -> bool:
    """Whether the file is stored and was read in the same way; figures are there since the sixth schema only."""
    before = queries.record_of(Evidence, row).model_dump(exclude={"name"})
    return before == evidence.model_dump(exclude={"name"}) and queries.drawn(session, row.id) == (
        list(stages),
        list(counts),
    )


def _kept(traces: tuple[Trace, ...], counts: tuple[TraceCount, ...]) -> str:
    """How many traces are kept, out of those the file holds where these are more."""
    found = sum(each.traces for each in counts)
    if found <= len(traces):
        return formatting.count(len(traces), "trace")
    return f"{len(traces):,} of {formatting.count(found, 'trace')}"


def _forget(session: Session, system: SystemRow, row: EvidenceRow, but: Collection[str] = ()) -> None:
    for table in (CellRow, OutcomeRow, StageRow, TraceCountRow):
        session.exec(delete(table).where(col(table.evidence_id) == row.id))
    forget_raw(session, col(UnredactedTextRow.evidence_id) == row.id)
    session.exec(delete(TraceRow).where(col(TraceRow.evidence_id) == row.id, col(TraceRow.trace_id).not_in(but)))
    ours = or_(col(PairRow.first_file) == row.digest, col(PairRow.second_file) == row.digest)
    session.exec(delete(PairRow).where(col(PairRow.system_id) == system.id, ours))


def _keep_pairs(
    session: Session, system: SystemRow, row: EvidenceRow, outcomes: bytes, pairs: tuple[Pair, ...], as_of: dt.date
) -> None:
    """Outcomes go once their file is stale: nothing new is paired with it then."""
    for old in session.exec(select(EvidenceRow).where(EvidenceRow.system_id == system.id)):
        if old.id != row.id and queries.record_of(Evidence, old).freshness(as_of) == "stale":
            session.exec(delete(OutcomeRow).where(col(OutcomeRow.evidence_id) == old.id))
    if outcomes:
        session.add(OutcomeRow(evidence_id=row.id, body=outcomes))
    if pairs:
        session.connection().execute(
            PairRow.__table__.insert(),  # type: ignore[attr-defined]
            [pair.model_dump() | {"system_id": system.id} for pair in pairs],
        )


def _insert(session: Session, table: Any, row: EvidenceRow, records: Sequence[Record]) -> None:
    """Many small records of one file at once."""
    if records:
        session.connection().execute(
            table.__table__.insert(), [record.model_dump() | {"evidence_id": row.id} for record in records]
        )


def _fill(
    session: Session,
    row: EvidenceRow,
    cells: tuple[Cell, ...],
    traces: tuple[Trace, ...],
    labels: dict[str, tuple[str | None, str]],
) -> None:
    _insert(session, CellRow, row, cells)
    for trace in traces:
        fields = trace.model_dump()
        if trace.trace_id in labels:
            fields["path"], fields["note"] = labels[trace.trace_id]
        session.add(TraceRow(**fields, evidence_id=row.id, row_version=2 if trace.trace_id in labels else 1))


def label_trace(
    store: Store, by: Principal, slug: str, trace_id: int, path: TracePath | None, note: str, *, seen: int
) -> Done:
    """Say which path a trace shows, and its lesson in one line."""
    with writing(store, by, "trace.label", slug) as session:
        row = owned_trace(session, slug, trace_id)
        Trace.checked(trace_id=row.trace_id, path=path, note=note)
        swap(session, TraceRow, row, seen, {"path": path, "note": note}, what="This trace")
        sentence = f"Trace {row.trace_id} is labelled {path or 'nothing'}"
        audit.append(
            session,
            actor=by.name,
            action="trace.label",
            system=slug,
            subject=f"trace {row.trace_id}",
            sentence=sentence,
            before={"path": row.path, "note": row.note},
            after={"path": path, "note": note},
        )
        return Done(sentence)


def owned_trace(session: Session, slug: str, trace_id: int) -> TraceRow:
    row = session.exec(
        select(TraceRow)
        .join(EvidenceRow, col(EvidenceRow.id) == TraceRow.evidence_id)
        .join(SystemRow, col(SystemRow.id) == EvidenceRow.system_id)
        .where(TraceRow.id == trace_id, SystemRow.slug == slug)
    ).first()
    if row is None:
        raise NotFound(f"{slug} has no trace {trace_id}", expected="a trace that is stored")
    return row
