"""How the documents of an assessment came to be: every revision, and what it changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import get_args

from readiness import formatting
from readiness.access import Principal, authorize
from readiness.model import revision_diff
from readiness.model.documents import KINDS, Document, DocumentId, kind_of
from readiness.model.dossier import Done
from readiness.model.policy import ReleasePolicy
from readiness.review.review import Review
from readiness.store import Store, queries
from readiness.store.changes import documents

from . import _policies
from ._writing import write


@dataclass(frozen=True)
class SavedRevision:
    """One revision. `changes` tell it from the one before; the first is compared with an empty document."""

    title: str
    number: int
    by: str
    at: dt.datetime
    changes: tuple[str, ...]


def history(
    store: Store, by: Principal, review: Review, of: Collection[DocumentId] = get_args(DocumentId)
) -> list[SavedRevision]:
    """Every revision of these documents of an assessment, newest first. Raises Denied."""
    authorize(by, "read", review.slug)
    last: dict[str, Document] = {name: KINDS[name].record() for name in of}
    saved = []
    for revision in queries.revisions(store, review.assessment_id):
        kind = kind_of(revision.record)
        if kind.id in last:
            changes = revision_diff.between(last[kind.id], revision.record)
            title = formatting.capital(kind.title)
            saved.append(SavedRevision(title, revision.number, revision.by, revision.at, changes))
            last[kind.id] = revision.record
    return saved[::-1]


def save(store: Store, by: Principal, slug: str, assessment_id: int, document: Document, *, seen: int) -> Done:
    """Store a document whole. `seen` is the revision the writer saw, 0 where there was none yet.

    Raises Denied, NotFound, InputError for an earlier assessment and for a gate that cannot be, and Conflict with what
    both changed.
    """
    authorize(by, "release.edit", slug)
    notes = _check_gates(store, slug, assessment_id, document) if isinstance(document, ReleasePolicy) else []
    done = write(
        store,
        by,
        "release.edit",
        slug,
        lambda session: documents.save_document(session, by.name, slug, assessment_id, document, seen=seen),
    )
    return replace(done, sentence=". ".join([done.sentence, *map(formatting.capital, notes)]))


def _check_gates(store: Store, slug: str, assessment_id: int, policy: ReleasePolicy) -> list[str]:
    """What to know of the gates that are new; those that stood before may stay, so that the rest can be edited."""
    before = queries.dossier(store, slug, assessment_id)
    kept = before.policy.record.gates if before.policy else []
    checklist = before.assessment.record.checklist
    gates = [(f"gate {at}", gate) for at, gate in enumerate(policy.gates, start=1) if gate not in kept]
    return _policies.check(store, slug, checklist, gates)
