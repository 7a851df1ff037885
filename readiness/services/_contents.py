"""What is stored of a batch that was read, beside the files that are there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from readiness.access import Principal, allowed
from readiness.errors import InputError
from readiness.importers import Batch
from readiness.language import tr
from readiness.model.cells import Pair
from readiness.model.dossier import FileContents
from readiness.model.evidence import Evidence
from readiness.model.traces import Trace
from readiness.store import Store, queries

from . import _origins, _pairing

_OWN = ("total", "time")
"""What a file leaves in doubt by itself."""


def contents(
    store: Store, by: Principal, batch: Batch, slug: str, as_of: dt.date, chosen: Collection[str] | None = None
) -> FileContents:
    """What is to be stored, beside the files that are there now: its pairs, and whose results it may hold.

    Raises InputError for a batch with nothing to store.
    """
    file, traces = batch.evidence, batch.samples(chosen)
    if file is None:
        raise InputError(
            tr("the file holds nothing to store"), file=batch.name, expected=tr("results, traces or marks")
        )
    beside, ids = queries.beside(store, slug), {trace.trace_id for trace in traces}
    try:
        paired = _pairing.paired(store, batch, slug, as_of)
    except InputError as exc:
        raise exc.within(file=batch.name) from exc
    return FileContents(
        evidence=_as_chosen(batch, doubted(store, by, slug, batch, file, paired.pairs), traces),
        cells=batch.cells,
        traces=traces,
        stages=batch.stages,
        counts=batch.counts,
        outcomes=batch.outcomes,
        pairs=paired.pairs,
        unredacted=[text for text in batch.raw if text.trace_id in ids],
        beside=beside,
        unpaired=paired.unpaired,
        renews=paired.renews,
    )


def doubted(
    store: Store, by: Principal, slug: str, batch: Batch, file: Evidence, paired: Sequence[Pair] = ()
) -> Evidence:
    """The file with what it leaves in doubt itself, and whose results it may hold."""
    if not slug or not allowed(by, "import", slug):
        return file
    own = [doubt for doubt in file.doubts if doubt.kind in _OWN]
    return file.model_copy(update={"doubts": [*own, *_origins.doubts(store, slug, batch, file, paired)]})


def _as_chosen(batch: Batch, file: Evidence, traces: Sequence[Trace]) -> Evidence:
    """The file with the traces that a person chose, so that another choice is another way to read it."""
    ids = [trace.trace_id for trace in traces]
    if batch.found and not ids:
        raise InputError(tr("no trace is chosen"), file=batch.name, expected=tr("one at least"))
    if set(ids) == set(batch.proposal):
        return file
    return file.model_copy(update={"options": file.options.model_copy(update={"chosen": sorted(ids)})})
