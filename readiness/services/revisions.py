"""How the release policy and the monitoring plan came to be: every revision, and what it changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from readiness import formatting
from readiness.access import Principal, authorize
from readiness.model import revision_diff
from readiness.model.dossier import Done
from readiness.model.monitoring import MonitoringPlan
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
