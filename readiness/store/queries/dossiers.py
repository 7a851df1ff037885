"""One assessment whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlmodel import Session, col, select

from readiness import clock
from readiness.errors import NotFound
from readiness.language import tr
from readiness.model.assessment import Assessment, System
from readiness.model.card import SystemCard
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
    PairRow,
    StageRow,
    SystemRow,
    TraceCountRow,
    TraceRow,
)

from . import decisions, incidents, stages, weeks
from .contributions import answered_by, contributions
from .documents import document_of, sign_offs
from .evidence import removed
from .gaps import marks_of, moves_of
from .past import Past, past
from .records import figures, record_of, stored
from .systems import assessment_rows, find_system, in_force, in_use, refuse_before


def dossier(
    store: Store,
    slug: str,
    assessment_id: int | None = None,
    *,
    day: dt.date | None = None,
    before: Dossier | None = None,
) -> Dossier:
    """One assessment whole, as it stood on a day: the one in force, or the one with this id. Raises NotFound.

    The day is today unless another is asked about. Figures are taken from what was read `before` where the files are
    the same ones (see `events.gaps_alone_since`).
    """
    asked = day or clock.today()
    with store.reading() as session:
        system = find_system(session, slug)
        rows = assessment_rows(session, system)
        if assessment_id is None:
            chosen = in_force(rows, asked)
        else:
            chosen = next((row for row in rows if row.id == assessment_id), None)
        if chosen is None and assessment_id is None:
            raise refuse_before(slug, rows, asked)
        if chosen is None:
            raise NotFound(tr("{slug} has no such assessment", slug=slug), expected=tr("one of those that are stored"))
        return _dossier(session, system, chosen, rows, asked, before)


def dossiers(store: Store, *, day: dt.date | None = None) -> list[Dossier]:
    """The assessment of every system that is in force on a day, read in one transaction."""
    asked = day or clock.today()
    with store.reading() as session:
        assessed = [
            (system, rows, in_force(rows, asked))
            for system in session.exec(select(SystemRow).where(in_use(asked)).order_by(SystemRow.slug))
            if (rows := assessment_rows(session, system))
        ]
        return [_dossier(session, system, chosen, rows, asked) for system, rows, chosen in assessed if chosen]


def latest_dossier(session: Session, slug: str) -> Dossier | None:
    """The assessment in force today, in a transaction that is under way; None where the system has none."""
    system, today = find_system(session, slug), clock.today()
    rows = assessment_rows(session, system)
    chosen = in_force(rows, today)
    return _dossier(session, system, chosen, rows, today) if chosen else None


def _dossier(
    session: Session,
    system: SystemRow,
    chosen: AssessmentRow,
    rows: Sequence[AssessmentRow],
    day: dt.date,
    before: Dossier | None = None,
) -> Dossier:
    then = past(session, system.slug, day)
    sheet = _sheet(session, chosen, then)
    files = session.exec(select(EvidenceRow).where(EvidenceRow.system_id == system.id).order_by(col(EvidenceRow.id)))
    evidence = {
        row.id: StoredEvidence(row.id, row.row_version, record_of(Evidence, row), row.added_by, row.added_at)
        for row in files
        if then is None or row.measured_on is None or row.measured_on <= day
    }
    ended = clock.end_of(day) if then else None
    owned, there = list(evidence), {file.record.digest for file in evidence.values()}
    same = before if before and before.evidence == evidence else None
    traces = session.exec(select(TraceRow).where(col(TraceRow.evidence_id).in_(owned)).order_by(col(TraceRow.id)))
    released = session.exec(select(ExcerptRow).where(col(ExcerptRow.evidence_id).in_(owned)))
    earlier = [(row, _sheet(session, row, then)) for row in rows[rows.index(chosen) + 1 :]]
    sheets = [(chosen, sheet.marks), *((row, before.marks) for row, before in earlier)]
    signed = sign_offs(session, chosen.id)
    known = stored(System, system)
    return Dossier(
        **vars(sheet),
        wrote=contributions(session, chosen),
        answered_by=answered_by(session, chosen),
        sign_offs=[given for given in signed if then is None or given.at <= then.until(chosen)],
        system=replace(known, record=then.system(chosen, known.record)) if then else known,
        others=[stored(Assessment, row) for row in rows if row.assessed_on <= day],
        earlier=[before for _, before in earlier],
        moves=moves_of(session, sheets, then),
        evidence=evidence,
        **(_figures_of(same) if same else _figures(session, system, owned)),
        traces=[(row.evidence_id, then.trace(stored(Trace, row)) if then else stored(Trace, row)) for row in traces],
        excerpts=[(row.evidence_id, ReleasedText(record_of(Excerpt, row), row.by, row.at)) for row in released],
        removed=removed(session, system.slug, there, ended),
        decisions=decisions.of_assessments(session, [chosen, *(row for row, _ in earlier)], ended),
        incidents=incidents.of_system(session, system.id, ended),
        steps=stages.of_assessment(session, chosen.id, ended),
        weeks=weeks.of_assessment(session, chosen.id, ended),
        next_on=min((row.assessed_on for row in rows if row.assessed_on > day), default=None),
    )


def _figures(session: Session, system: SystemRow, owned: Sequence[int]) -> dict[str, Any]:
    pairs = figures(session, Pair, PairRow, PairRow.system_id == system.id, "system_id")
    return {
        "cells": figures(session, Cell, CellRow, col(CellRow.evidence_id).in_(owned), "evidence_id"),
        "pairs": [pair for _, pair in pairs],
        "stages": figures(session, StageFigure, StageRow, col(StageRow.evidence_id).in_(owned), "evidence_id"),
        "counts": figures(session, TraceCount, TraceCountRow, col(TraceCountRow.evidence_id).in_(owned), "evidence_id"),
    }


def _figures_of(before: Dossier) -> dict[str, Any]:
    return {name: getattr(before, name) for name in ("cells", "pairs", "stages", "counts")}


def _sheet(session: Session, row: AssessmentRow, then: Past | None) -> AssessmentSheet:
    marks = marks_of(session, row)
    assessment, until = stored(Assessment, row), then.until(row) if then else None
    return AssessmentSheet(
        assessment=replace(assessment, record=then.assessment(row, assessment.record)) if then else assessment,
        marks=then.marks(row, marks) if then else marks,
        policy=document_of(session, row, ReleasePolicy, until),
        monitoring=document_of(session, row, MonitoringPlan, until),
        card=document_of(session, row, SystemCard, until),
    )
