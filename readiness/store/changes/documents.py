"""The documents of an assessment: stored whole, each save a numbered revision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from readiness import clock, english, formatting
from readiness.errors import Conflict
from readiness.language import marked, tr
from readiness.model import revision_diff
from readiness.model.documents import KINDS, D, Document, kind_of
from readiness.model.dossier import Done
from readiness.store import queries
from readiness.store.facts import Scope
from readiness.store.tables import DocumentRow

from .base import latest_assessment, recorded

SHOWN = 4
"""Differences that the answer tells; the audit event and the history hold them all."""


@dataclass(frozen=True)
class StoredDocument:
    """A revision that was stored, and how it differs from the one before."""

    kind: str
    revision: int
    differences: tuple[str, ...]


def save_document(
    session: Session,
    actor: str,
    slug: str,
    assessment_id: int,
    document: Document,
    *,
    seen: int,
) -> Done:
    """Store a document whole. `seen` is the revision the writer saw, 0 where there was none yet."""
    assessment = latest_assessment(session, slug, assessment_id)
    last = queries.latest_document(session, assessment_id, kind_of(document).id)
    if seen != (last.revision if last else 0):
        raise _lost(session, assessment_id, document, last, seen)
    kept = keep(session, actor, assessment_id, document) if document != _held(last, type(document)) else None
    if not kept:
        return Done(tr("Nothing was changed"), changed=False)
    title = KINDS[kept.kind].title
    return recorded(
        session,
        actor,
        "release.edit",
        slug,
        f"{title} of {assessment.candidate}",
        lambda: _told(kept, revision_diff.between(_held(last, type(document)), document)),
        wrote=[Scope("document", assessment_id)],
        detail={"revision": kept.revision, "differences": kept.differences},
    )


def _told(kept: StoredDocument, differences: Sequence[str]) -> str:
    more = len(differences) - SHOWN
    told = [*differences[:SHOWN], *([formatting.count(more, "more change")] if more > 0 else [])]
    said = {"revision": kept.revision, "differences": "; ".join(told)}
    return tr(_STORED[kept.kind], **said)


_STORED = {
    "policy": marked("Stored revision {revision} of the release policy: {differences}"),
    "monitoring": marked("Stored revision {revision} of the monitoring plan: {differences}"),
    "card": marked("Stored revision {revision} of the system card: {differences}"),
}
_OVERTAKEN = {
    "policy": marked("the release policy was changed by somebody else in the meantime; nothing was stored"),
    "monitoring": marked("the monitoring plan was changed by somebody else in the meantime; nothing was stored"),
    "card": marked("the system card was changed by somebody else in the meantime; nothing was stored"),
}
_between = english.said(revision_diff.between)
"""How a revision differs, as the record keeps it."""


def keep(session: Session, actor: str, assessment_id: int, document: Document) -> StoredDocument | None:
    """A new revision in the caller's transaction; None where the latest one says the same."""
    last = queries.latest_document(session, assessment_id, kind_of(document).id)
    before = _held(last, type(document))
    if last is not None and before == document:
        return None
    number = last.revision + 1 if last else 1
    session.add(
        DocumentRow(
            assessment_id=assessment_id,
            kind=kind_of(document).id,
            revision=number,
            body=document.model_dump(mode="json"),
            by=actor,
            at=clock.now(),
        )
    )
    return StoredDocument(kind_of(document).id, number, _between(before, document))


def held(session: Session, assessment_id: int, document: D) -> D:
    """What is stored in the place of a document; an empty one where nothing is."""
    return _held(queries.latest_document(session, assessment_id, kind_of(document).id), type(document))


def exists(session: Session, assessment_id: int, document: Document) -> bool:
    return queries.latest_document(session, assessment_id, kind_of(document).id) is not None


def every(session: Session, assessment_id: int) -> dict[str, Document]:
    """The latest revision of each document that there is, by its place in the assessment file."""
    rows = {name: queries.latest_document(session, assessment_id, name) for name in KINDS}
    return {name: _held(row, KINDS[name].record) for name, row in rows.items() if row}


def _lost(
    session: Session,
    assessment_id: int,
    mine: Document,
    last: DocumentRow | None,
    seen: int,
) -> Conflict:
    """What they wrote and what was to be written, each against the revision that the writer saw."""
    kind = type(mine)
    base = queries.document(session, assessment_id, kind_of(mine).id, seen)
    common = _held(base, kind)
    theirs: dict[str, object] = {
        tr("you changed"): "; ".join(revision_diff.between(common, mine)) or tr("nothing was changed")
    }
    if last is not None:
        theirs |= {
            tr("they changed"): "; ".join(revision_diff.between(common, _held(last, kind))),
            tr("stored now"): tr(
                "revision {revision}, by {person} on {day}",
                revision=last.revision,
                person=last.by,
                day=formatting.day(last.at),
            ),
        }
    return Conflict(
        tr(_OVERTAKEN[kind_of(mine).id]),
        theirs=theirs,
        expected=tr("a second look at what they wrote"),
    )


def _held(row: DocumentRow | None, kind: type[D]) -> D:
    """What a revision states; an empty document where there is none."""
    return kind.model_validate(row.body if row else {})
