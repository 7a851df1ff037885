"""Files as they are stored, without going through an importer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from readiness.access import Principal
from readiness.model.cells import Cell, Pair
from readiness.model.dossier import Done, FileContents
from readiness.model.evidence import Evidence
from readiness.model.traces import StageFigure, Trace, TraceCount, UnredactedText
from readiness.services import Store
from readiness.services import evidence as evidence_service


def add_evidence(
    store: Store,
    by: Principal,
    slug: str,
    file: Evidence,
    cells: Sequence[Cell] = (),
    traces: Sequence[Trace] = (),
    outcomes: bytes = b"",
    pairs: Sequence[Pair] = (),
    as_of: dt.date | None = None,
    unredacted: Sequence[UnredactedText] = (),
    *,
    stages: Sequence[StageFigure] = (),
    counts: Sequence[TraceCount] = (),
) -> Done:
    """A file that was read, stored as the service stores it."""
    contents = FileContents(file, cells, traces, stages, counts, outcomes, pairs, unredacted)
    return evidence_service.add(store, by, slug, contents, as_of=as_of)
