"""The release policy and the monitoring plan: stored whole, each save a numbered revision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from sqlmodel import Session

from readiness import clock, formatting
from readiness.errors import Conflict
from readiness.model import revision_diff
from readiness.model.dossier import Done
from readiness.model.monitoring import MonitoringPlan
from readiness.model.policy import ReleasePolicy
from readiness.model.record import Record
from readiness.store import queries
from readiness.store.facts import Scope
from readiness.store.tables import DocumentRow

from .base import latest_assessment, recorded

D = TypeVar("D", bound=Record)
SHOWN = 4
"""Differences that the answer tells; the audit event and the history hold them all."""


@dataclass(frozen=True)
class StoredDocument:
    """A revision that was stored, and how it differs from the one before."""

    title: str
    revision: int
    differences: tuple[str, ...]


def save_document(
    session: Session,
    actor: str,
    slug: str,
    assessment_id: int,
    document: ReleasePolicy | MonitoringPlan,
    *,
    seen: int,
) -> Done:
    """Store a policy or a plan whole. `seen` is the revision the writer saw, 0 where there was none yet."""
    assessment = latest_assessment(session, slug, assessment_id)
    last = queries.latest_document(session, assessment_id, _kind(document))
    if seen != (last.revision if last else 0):
        raise _lost(session, assessment_id, document, last, seen)
    kept = keep(session, actor, assessment_id, document) if document != _held(last, type(document)) else None
    if not kept:
        return Done("Nothing was changed", changed=False)
    more = len(kept.differences) - SHOWN
    told = [*kept.differences[:SHOWN], *([formatting.count(more, "more change")] if more > 0 else [])]
    return recorded(
        session,
        actor,
        "release.edit",
        slug,
        f"{kept.title} of {assessment.candidate}",
        f"Stored revision {kept.revision} of the {kept.title}: {'; '.join(told)}",
        wrote=[Scope("document", assessment_id)],
        detail={"revision": kept.revision, "differences": kept.differences},
    )


def keep(
    session: Session, actor: str, assessment_id: int, document: ReleasePolicy | MonitoringPlan
) -> StoredDocument | None:
    """A new revision in the caller's transaction; None where the latest one says the same."""
    last = queries.latest_document(session, assessment_id, _kind(document))
    before = _held(last, type(document))
    if last is not None and before == document:
        return None
    number = last.revision + 1 if last else 1
    session.add(
        DocumentRow(
            assessment_id=assessment_id,
            kind=_kind(document),
            revision=number,
            body=document.model_dump(mode="json"),
            by=actor,
            at=clock.now(),
        )
    )
    return StoredDocument(_title(document), number, revision_diff.between(before, document))


def held(session: Session, assessment_id: int, document: D) -> D:
    """What is stored in the place of a document; an empty one where nothing is."""
    row = queries.latest_document(session, assessment_id, _kind(document))  # type: ignore[arg-type]  # it is one of both
    return type(document).model_validate(row.body if row else {})


def exists(session: Session, assessment_id: int, document: ReleasePolicy | MonitoringPlan) -> bool:
    return queries.latest_document(session, assessment_id, _kind(document)) is not None


def _lost(
    session: Session,
    assessment_id: int,
    mine: ReleasePolicy | MonitoringPlan,
    last: DocumentRow | None,
    seen: int,
) -> Conflict:
    """What they wrote and what was to be written, each against the revision that the writer saw."""
    kind = type(mine)
    base = queries.document(session, assessment_id, _kind(mine), seen)
    common = _held(base, kind)
    theirs: dict[str, object] = {"you changed": "; ".join(revision_diff.between(common, mine)) or "nothing was changed"}
    if last is not None:
        theirs |= {
            "they changed": "; ".join(revision_diff.between(common, _held(last, kind))),
            "stored now": f"revision {last.revision}, by {last.by} on {formatting.day(last.at)}",
        }
    return Conflict(
        f"the {_title(mine)} was changed by somebody else in the meantime; nothing was stored",
        theirs=theirs,
        expected="a second look at what they wrote",
    )


def _held(row: DocumentRow | None, kind: type[ReleasePolicy | MonitoringPlan]) -> ReleasePolicy | MonitoringPlan:
    """What a revision states; an empty document where there is none."""
    return kind.model_validate(row.body if row else {})


def _kind(document: ReleasePolicy | MonitoringPlan) -> str:
    return "policy" if isinstance(document, ReleasePolicy) else "monitoring"


def _title(document: ReleasePolicy | MonitoringPlan) -> str:
    return "release policy" if isinstance(document, ReleasePolicy) else "monitoring plan"
