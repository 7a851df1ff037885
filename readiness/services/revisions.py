"""How the release policy and the monitoring plan came to be: every revision, and what it changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from readiness.access import Principal, authorize
from readiness.model import revision_diff
from readiness.model.dossier import Done
from readiness.model.monitoring import MonitoringPlan
from readiness.model.policy import ReleasePolicy
from readiness.review.review import Review
from readiness.store import Store, queries
from readiness.store.changes import documents

from ._writing import write


@dataclass(frozen=True)
class SavedRevision:
    """One revision. `changes` tell it from the one before; the first is compared with an empty document."""

    title: str
    number: int
    by: str
    at: dt.datetime
    changes: tuple[str, ...]


def history(store: Store, by: Principal, review: Review) -> list[SavedRevision]:
    """Every revision of both documents of an assessment, newest first. Raises Denied."""
    authorize(by, "read", review.slug)
    last: dict[str, ReleasePolicy | MonitoringPlan] = {
        "Release policy": ReleasePolicy(),
        "Monitoring plan": MonitoringPlan(),
    }
    saved = []
    for revision in queries.revisions(store, review.assessment_id):
        title = "Release policy" if isinstance(revision.record, ReleasePolicy) else "Monitoring plan"
        saved.append(
            SavedRevision(
                title, revision.number, revision.by, revision.at, revision_diff.between(last[title], revision.record)
            )
        )
        last[title] = revision.record
    return saved[::-1]


def save(
    store: Store, by: Principal, slug: str, assessment_id: int, document: ReleasePolicy | MonitoringPlan, *, seen: int
) -> Done:
    """Store a policy or a plan whole. `seen` is the revision the writer saw, 0 where there was none yet.

    Raises Denied, NotFound, InputError for an earlier assessment, and Conflict with what both changed.
    """
    return write(
        store,
        by,
        "release.edit",
        slug,
        lambda session: documents.save_document(session, by.name, slug, assessment_id, document, seen=seen),
    )
