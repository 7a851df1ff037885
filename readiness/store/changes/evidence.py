"""Storing the figures and traces of a result file, and the labels that people give to traces."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlmodel import Session, col, delete, or_, select

from readiness import clock, formatting
from readiness.decision import doubts
from readiness.errors import Conflict, NotFound
from readiness.language import marked, tr, trn
from readiness.model.dossier import Done, FileContents
from readiness.model.evidence import Evidence
from readiness.model.record import Record
from readiness.model.traces import Excerpt, Trace, TracePath
from readiness.store import facts, queries
from readiness.store.facts import Scope
from readiness.store.tables import (
    CellRow,
    EvidenceRow,
    ExcerptRow,
    OutcomeRow,
    PairRow,
    SpanBatchRow,
    StageRow,
    SystemRow,
    TraceCountRow,
    TraceRow,
    UnredactedTextRow,
)
from readiness.tracing import sampling

from . import packs, unredacted
from .base import copy, recorded, swap


class FilesChanged(Conflict):
    """Another file was stored, read again or taken back since the contents of this one were worked out."""


Labels = dict[str, tuple[TracePath | None, str]]
"""Path and lesson that a person gave, by the id of the trace."""
_Known = tuple[int, int]
"""Id and row version of a trace that was there before: whoever looks at its page goes on doing so."""


def add_evidence(
    session: Session, actor: str, slug: str, contents: FileContents, *, as_of: dt.date, goes_on: int | None = None
) -> Done:
    """Store a file's figures and traces, and how its cases fared beside those of other versions.

    The same bytes again store nothing; read in another way, they replace. Labels and lessons that a person gave a trace
    survive a replacement, and so does the trace; released texts may still leave if they are the same. `goes_on` is the
    file that this one is more of, whatever its bytes were. Raises FilesChanged where the file was worked out beside
    others than are there now: the cases of both would not be paired.
    """
    system = queries.find_system(session, slug)
    if contents.beside is not None and contents.beside != queries.file_versions(session, system.id):
        raise FilesChanged(
            tr("another file of the system was stored in the meantime; nothing was stored"), expected=tr("another try")
        )
    same = EvidenceRow.digest == contents.evidence.digest if goes_on is None else EvidenceRow.id == goes_on
    row = session.exec(select(EvidenceRow).where(EvidenceRow.system_id == system.id, same)).first()
    contents = replace(contents, evidence=_as_before(row, contents.evidence))
    evidence = contents.evidence
    if row is not None and not contents.renews and _same(session, row, contents):
        return Done(
            tr("{file} is stored already, as {stored}; nothing changed", file=evidence.name, stored=row.name),
            changed=False,
        )
    labels: Labels = {}
    known: dict[str, _Known] = {}
    verb, erased = marked("Stored {what} of {slug} from {file}"), False
    if row is None:
        row = EvidenceRow(**evidence.model_dump(), system_id=system.id, added_by=actor, added_at=clock.now())
        session.add(row)
        session.flush()
    else:
        verb = marked("Read again and replaced {what} of {slug} from {file}")
        if goes_on is not None:
            verb = marked("Went on with {what} of {slug} from {file}")
        labels, known = _labels(session, row), _known(session, row)
        erased = _forget(session, system, row, labels.keys() - {trace.trace_id for trace in contents.traces})
        copy(row, evidence)
        row.row_version += 1
        _withdraw_changed(session, actor, slug, row, contents.traces)
    _fill(session, row, contents, labels, known)
    stale = _keep_pairs(session, system, row, contents, as_of)
    unredacted.keep(session, row.id, contents.unredacted)
    return recorded(
        session,
        actor,
        "import",
        slug,
        f"evidence {row.id}",
        lambda: _told(verb, contents, slug),
        wrote=[*facts.of_evidence(system.id, row.id), *(Scope("outcome", old) for old in stale)],
        detail=evidence.model_dump(mode="json"),
        erased=erased,
    )


def _as_before(row: EvidenceRow | None, evidence: Evidence) -> Evidence:
    """What a person confirmed stays so where the same and nothing else does not fit.

    Whoever signed these bytes did, though they come unsigned this time.
    """
    before = queries.record_of(Evidence, row) if row else None
    if before is None:
        return evidence
    kept: dict[str, Any] = {"producer": evidence.producer or before.producer}
    if before.doubts == evidence.doubts:
        kept["confirmed"] = before.confirmed
    return evidence.model_copy(update=kept)


def _told(did: str, contents: FileContents, slug: str) -> str:
    evidence = contents.evidence
    what = _kept(contents)
    if evidence.kind == "results":
        what = formatting.count(len(contents.cells), "scorecard cell")
    left = trn(", {n} row skipped", ", {n} rows skipped", evidence.skipped) if evidence.skipped else ""
    why = formatting.few([sampling.told(trace.kept_for) for trace in contents.traces if trace.kept_for])
    doubted = tr("; it {pending}", pending=doubts.pending(evidence.doubts)) if evidence.doubted else ""
    apart = f"; {unpaired(contents.unpaired)}" if contents.unpaired else ""
    told = tr(did, what=what, slug=slug, file=evidence.name)
    return f"{told}{left}{': ' if why else ''}{why}{doubted}{apart}"


def unpaired(names: Sequence[str]) -> str:
    """Files whose cases are kept in a form that is not that of today, and what to do."""
    return tr(
        "not compared case by case with {files}, whose cases another release kept in a form that "
        "cannot be read: import that again",
        files=formatting.few(names),
    )


def remove_evidence(session: Session, actor: str, slug: str, evidence_id: int) -> Done:
    """Take an import back: its cells and traces go, the audit chain keeps that it was there."""
    system = queries.find_system(session, slug)
    row = session.get(EvidenceRow, evidence_id)
    if row is None or row.system_id != system.id:
        raise NotFound(
            tr("{slug} has no evidence {number}", slug=slug, number=evidence_id),
            expected=tr("an import that is stored"),
        )
    versions = queries.versions_in(session, row.id)
    released = session.exec(select(ExcerptRow).where(ExcerptRow.evidence_id == row.id)).first() is not None
    said = packs.forget_texts(session, system.id) if released else []
    erased = forget_file(session, system, row)
    return recorded(
        session,
        actor,
        "evidence.remove",
        slug,
        f"evidence {evidence_id}",
        lambda: tr("Removed the evidence from {file}", file=row.name),
        wrote=[*facts.of_evidence(system.id, evidence_id), *said],
        detail={"name": row.name, "digest": row.digest, "versions": versions},
        erased=erased or bool(said),
    )


def forget_file(session: Session, system: SystemRow, row: EvidenceRow) -> bool:
    """Delete a file with all that it holds; whether texts before redaction were among it."""
    erased = _forget(session, system, row)
    session.exec(delete(SpanBatchRow).where(col(SpanBatchRow.evidence_id) == row.id))
    session.exec(delete(ExcerptRow).where(col(ExcerptRow.evidence_id) == row.id))
    session.delete(row)
    return erased


def _withdraw_changed(session: Session, actor: str, slug: str, row: EvidenceRow, traces: Sequence[Trace]) -> None:
    """What was released of these traces stays so only where the same text stands there again."""
    spans = {(trace.trace_id, span.span_id): span for trace in traces for span in trace.spans}
    known = {trace.trace_id for trace in traces}
    for excerpt in session.exec(select(ExcerptRow).where(ExcerptRow.evidence_id == row.id)):
        span = spans.get((excerpt.trace_id, excerpt.span_id))
        same = span and Excerpt.of(excerpt.trace_id, span, excerpt.field).digest == excerpt.digest
        if excerpt.trace_id in known and not same:
            session.delete(excerpt)
            recorded(
                session,
                actor,
                "excerpt.hold-back",
                slug,
                f"trace {excerpt.trace_id}",
                partial(_withdrawn, excerpt.field),
                wrote=[Scope("excerpt", row.id)],
                detail={"span_id": excerpt.span_id, "field": excerpt.field, "digest": excerpt.digest},
            )


def _withdrawn(field: str) -> str:
    return tr("The {field} of a span no longer leaves in packs, since another text stands there now", field=field)


def _labels(session: Session, row: EvidenceRow) -> Labels:
    traces = session.exec(select(TraceRow).where(TraceRow.evidence_id == row.id, TraceRow.labelled))
    return {trace.trace_id: (trace.path, trace.note) for trace in traces}


def _known(session: Session, row: EvidenceRow) -> dict[str, _Known]:
    there = select(TraceRow.trace_id, TraceRow.id, TraceRow.row_version).where(TraceRow.evidence_id == row.id)
    return {trace_id: (number, version) for trace_id, number, version in session.exec(there)}


def _same(session: Session, row: EvidenceRow, contents: FileContents) -> bool:
    """Whether the file is stored and was read in the same way; figures are there since the sixth schema only."""
    before = queries.record_of(Evidence, row).model_dump(exclude={"name"})
    return before == contents.evidence.model_dump(exclude={"name"}) and queries.drawn(session, row.id) == (
        list(contents.stages),
        list(contents.counts),
    )


def _kept(contents: FileContents) -> str:
    """How many traces are kept, out of those the file holds where these are more."""
    there = sum(count.traces for count in contents.counts)
    if there <= len(contents.traces):
        return formatting.count(len(contents.traces), "trace")
    kept = formatting.whole(len(contents.traces))
    return trn("{kept} of {n} trace", "{kept} of {n} traces", there, kept=kept)


def _forget(session: Session, system: SystemRow, row: EvidenceRow, but: Collection[str] = ()) -> bool:
    """Delete what a file holds; whether texts before redaction were among it."""
    for table in (CellRow, OutcomeRow, StageRow, TraceCountRow):
        session.exec(delete(table).where(col(table.evidence_id) == row.id))
    session.exec(delete(TraceRow).where(col(TraceRow.evidence_id) == row.id, col(TraceRow.trace_id).not_in(but)))
    ours = or_(col(PairRow.first_file) == row.digest, col(PairRow.second_file) == row.digest)
    session.exec(delete(PairRow).where(col(PairRow.system_id) == system.id, ours))
    return unredacted.forget(session, col(UnredactedTextRow.evidence_id) == row.id)


def _keep_pairs(
    session: Session, system: SystemRow, row: EvidenceRow, contents: FileContents, as_of: dt.date
) -> list[int]:
    """Keep outcomes and pairs; the stale files whose outcomes went, since nothing new is paired with them."""
    others = session.exec(select(EvidenceRow).where(EvidenceRow.system_id == system.id, EvidenceRow.id != row.id))
    stale = [old.id for old in others if queries.record_of(Evidence, old).freshness(as_of) == "stale"]
    session.exec(delete(OutcomeRow).where(col(OutcomeRow.evidence_id).in_(stale)))
    if contents.outcomes:
        session.add(OutcomeRow(evidence_id=row.id, body=contents.outcomes))
    _insert(session, PairRow, contents.pairs, system_id=system.id)
    return stale


def _insert(session: Session, table: Any, records: Sequence[Record], **owner: int) -> None:
    """Many small records of one owner at once."""
    if records:
        session.connection().execute(table.__table__.insert(), [record.model_dump() | owner for record in records])


def _fill(session: Session, row: EvidenceRow, contents: FileContents, labels: Labels, known: dict[str, _Known]) -> None:
    _insert(session, CellRow, contents.cells, evidence_id=row.id)
    _insert(session, StageRow, contents.stages, evidence_id=row.id)
    _insert(session, TraceCountRow, contents.counts, evidence_id=row.id)
    for trace in contents.traces:
        fields, labelled = trace.model_dump(), trace.trace_id in labels
        if labelled:
            fields["path"], fields["note"] = labels[trace.trace_id]
        if trace.trace_id in known:
            fields["id"], fields["row_version"] = known[trace.trace_id]
        session.add(TraceRow(**fields, evidence_id=row.id, labelled=labelled))


def label_trace(
    session: Session, actor: str, slug: str, trace_id: int, path: TracePath | None, note: str, *, seen: int
) -> Done:
    """Say which path a trace shows, and its lesson in one line; neither takes the label back."""
    row = owned_trace(session, slug, trace_id)
    Trace.checked(trace_id=row.trace_id, path=path, note=note)
    before = {"path": row.path, "note": row.note}
    values = {"path": path, "note": note, "labelled": bool(path or note.strip())}
    swap(session, TraceRow, row, seen, values, what=tr("This trace"))
    return recorded(
        session,
        actor,
        "trace.label",
        slug,
        f"trace {row.trace_id}",
        lambda: tr("Trace {trace} is labelled {path}", trace=row.trace_id, path=path or tr("nothing")),
        wrote=[Scope("trace", row.evidence_id)],
        detail={"before": before, "after": {"path": path, "note": note}},
    )


def owned_trace(session: Session, slug: str, trace_id: int) -> TraceRow:
    row = session.exec(
        select(TraceRow)
        .join(EvidenceRow, col(EvidenceRow.id) == TraceRow.evidence_id)
        .join(SystemRow, col(SystemRow.id) == EvidenceRow.system_id)
        .where(TraceRow.id == trace_id, SystemRow.slug == slug)
    ).first()
    if row is None:
        raise NotFound(
            tr("{slug} has no trace {trace}", slug=slug, trace=trace_id), expected=tr("a trace that is stored")
        )
    return row
