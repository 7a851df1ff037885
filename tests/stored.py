"""Stores that are copied, and files as they are stored without going through an importer."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from readiness.access import Principal
from readiness.model.cells import Cell, Pair
from readiness.model.dossier import Done, FileContents
from readiness.model.evidence import Evidence
from readiness.model.traces import StageFigure, Trace, TraceCount, UnredactedText
from readiness.services import Store, open_store
from readiness.services import evidence as evidence_service
from tests import factories, files

Fill = Callable[[Store, Path], object]
"""What writes into a new store; it may put files into the folder."""
CopyOf = Callable[[Fill | None], Store]
"""The fixture `copy_of`; without a function the store is empty."""


def file(folder: Path) -> Path:
    """Where `copied` puts a store."""
    return folder / "readiness.db"


@contextmanager
def copied(original: Path, folder: Path) -> Iterator[Store]:
    """A copy of a closed store, open for as long as the block runs."""
    with closing(open_store(f"sqlite:///{shutil.copy(original, file(folder))}")) as opened:
        yield opened


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


def whole_with_traces(store: Store, by: Principal) -> None:
    """A whole assessment with one gap, and a fresh trace of the candidate for each path."""
    file = files.whole(capacity="yes")
    evidence_service.add_assessment(store, by, file, name="a.toml", digest="1" * 64, as_of=factories.TODAY)
    samples = [trace for trace, _ in factories.traced()]
    add_evidence(store, by, factories.SLUG, factories.evidence("s.jsonl", kind="traces"), traces=samples)
