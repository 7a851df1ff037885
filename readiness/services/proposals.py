"""Proposals from files of other tools: what they would change, and adopting the lines that a person chose."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from readiness import formatting
from readiness.access import Principal, authorize
from readiness.errors import InputError
from readiness.importers import Source
from readiness.importers import proposals as readers
from readiness.language import marked, tr
from readiness.model.documents import KINDS, Document
from readiness.model.dossier import Done
from readiness.model.proposals import Proposed, ProposedChange, adopted
from readiness.store import Store, queries

from . import revisions


@dataclass(frozen=True)
class Offer:
    """What a file proposes for a document as it stands, and what each of its lines would change.

    `seen` is the revision that the difference was drawn from, 0 where there was none yet.
    """

    proposed: Proposed
    assessment_id: int
    seen: int
    current: Document
    changes: tuple[ProposedChange, ...]

    @property
    def title(self) -> str:
        """What the document is called."""
        return KINDS[self.proposed.document].title


def look(
    store: Store, by: Principal, slug: str, path: Path, *, name: str = "", metrics: Mapping[str, str] | None = None
) -> Offer:
    """What the file would change in the assessment in force. Raises Denied, NotFound, InputError."""
    authorize(by, "read", slug)
    return _offer(store, slug, readers.read(Source.open(path, name), metrics))


def find(
    store: Store, by: Principal, slug: str, path: Path, *, name: str = "", metrics: Mapping[str, str] | None = None
) -> Offer | None:
    """The same; None where the file is none of those that propose anything. Raises what `look` raises."""
    authorize(by, "read", slug)
    proposed = readers.find(Source.open(path, name), metrics)
    return _offer(store, slug, proposed) if proposed else None


def _offer(store: Store, slug: str, proposed: Proposed) -> Offer:
    dossier = queries.dossier(store, slug)
    stored = getattr(dossier, proposed.document)
    current: Document = stored.record if stored else KINDS[proposed.document].record()
    seen = stored.number if stored else 0
    return Offer(proposed, dossier.assessment.id, seen, current, tuple(proposed.changes(current)))


def adopt(store: Store, by: Principal, slug: str, offer: Offer, numbers: Collection[int]) -> Done:
    """Store the document with the lines of these numbers, from 1, as a revision like any other.

    Raises Denied, NotFound, InputError where no line has such a number or none changes anything, and Conflict where
    the document changed since.
    """
    authorize(by, "release.edit", slug)
    there = len(offer.proposed.lines)
    if not numbers or not set(numbers) <= set(range(1, there + 1)):
        raise InputError(
            tr("no line has this number"), place="--adopt", expected=tr("numbers from 1 to {last}, or all", last=there)
        )
    changed = adopted(offer.current, offer.proposed.chosen(numbers))
    if changed == offer.current:
        problem = tr(_NOTHING_NEW[offer.proposed.document])
        raise InputError(problem, expected=tr("a line that changes something"))
    return revisions.save(store, by, slug, offer.assessment_id, changed, seen=offer.seen)


def told(offer: Offer) -> str:
    """What the file is, in a sentence."""
    lines = formatting.count(len(offer.proposed.lines), "line")
    return tr(_PROPOSES[offer.proposed.document], format=offer.proposed.format, lines=lines)


_PROPOSES = {
    "policy": marked("{format} proposes {lines} for the release policy"),
    "monitoring": marked("{format} proposes {lines} for the monitoring plan"),
    "card": marked("{format} proposes {lines} for the system card"),
}
_NOTHING_NEW = {
    "policy": marked("the release policy says all of this already"),
    "monitoring": marked("the monitoring plan says all of this already"),
    "card": marked("the system card says all of this already"),
}
