"""That a person looked at what does not fit in a file, and says why it counts all the same."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session

from readiness import clock
from readiness.decision import doubts
from readiness.errors import Conflict, InputError, NotFound
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.evidence import Confirmation, Doubt, Evidence
from readiness.store import queries
from readiness.store.facts import Scope
from readiness.store.tables import EvidenceRow

from .base import recorded, swap


def confirm(session: Session, actor: str, slug: str, evidence_id: int, reason: str, *, seen: Sequence[Doubt]) -> Done:
    """Let a file count although something in it does not fit; `seen` is what did not when the person looked."""
    system = queries.find_system(session, slug)
    row = session.get(EvidenceRow, evidence_id)
    if row is None or row.system_id != system.id:
        raise NotFound(
            tr("{slug} has no evidence {number}", slug=slug, number=evidence_id),
            expected=tr("an import that is stored"),
        )
    file = queries.record_of(Evidence, row)
    if file.doubts != list(seen):
        raise Conflict(
            tr("{file} was read again in the meantime; nothing was confirmed", file=file.name),
            expected=tr("a second look"),
        )
    if not file.doubted:
        return Done(tr("Nothing in {file} waits for a confirmation; nothing changed", file=file.name), changed=False)
    if not reason.strip():
        raise InputError(tr("the reason is missing"), place="reason", expected=tr("why the file counts all the same"))
    confirmed = Confirmation.checked(by=actor, at=clock.now(), reason=reason.strip())
    swap(session, EvidenceRow, row, row.row_version, {"confirmed": confirmed.model_dump()}, what=tr("This file"))
    return recorded(
        session,
        actor,
        "evidence.confirm",
        slug,
        f"evidence {evidence_id}",
        lambda: tr(
            "Confirmed {file}, which counts from now on: {doubts}", file=file.name, doubts=doubts.clauses(file.doubts)
        ),
        wrote=[Scope("evidence", evidence_id)],
        detail={"digest": file.digest, "reason": confirmed.reason, "doubts": [doubt.model_dump() for doubt in seen]},
    )
