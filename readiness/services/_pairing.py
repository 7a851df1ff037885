"""The cases of a file beside the same cases under another version, in it and in the other files of its system."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from readiness.importers import Batch
from readiness.importers.cases import pairs
from readiness.model.cells import Pair
from readiness.store import Store, queries


@dataclass(frozen=True)
class Paired:
    """The pairs, the names of files that could not be compared, and whether those kept of the file itself could not."""

    pairs: tuple[Pair, ...] = ()
    unpaired: tuple[str, ...] = ()
    renews: bool = False


def paired(store: Store, batch: Batch, slug: str, as_of: dt.date) -> Paired:
    """The pairs of a file with itself and with every other one that is fresh."""
    if not batch.outcomes:
        return Paired()
    found, unpaired, renews = pairs.within(batch.outcomes, batch.digest), [], False
    for file, kept in queries.outcomes(store, slug):
        if file.digest == batch.digest:
            renews = not pairs.is_comparable(kept)
        elif file.freshness(as_of) not in ("fresh", "doubtful"):
            continue
        elif pairs.is_comparable(kept):
            found += pairs.between(batch.outcomes, batch.digest, kept, file.digest)
        else:
            unpaired.append(file.name)
    return Paired(tuple(found), tuple(unpaired), renews)
