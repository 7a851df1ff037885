"""Incidents that are reported, answered by evidence, and withdrawn where they were none."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session

from readiness import clock, formatting
from readiness.errors import InputError
from readiness.language import tr, trn
from readiness.model import checklist as checklists
from readiness.model.dossier import Done
from readiness.model.incidents import TITLES, IncidentAnswer, ReportedIncident
from readiness.store import queries
from readiness.store.facts import Scope
from readiness.store.tables import IncidentAnswerRow, IncidentRow

from .base import Said, recorded, swap


def report(session: Session, actor: str, slug: str, incident: ReportedIncident, *, at: dt.datetime) -> Done:
    """Raises NotFound, and InputError for a day to come and for signals that the checklist does not have."""
    system = queries.find_system(session, slug)
    if incident.on > clock.today():
        raise InputError(
            tr("{day} is still to come", day=formatting.day(incident.on)), place="on", expected=tr("today or earlier")
        )
    _refuse_unknown(session, slug, incident)
    row = IncidentRow(**incident.model_dump(), system_id=system.id, by=actor, at=at)
    session.add(row)
    session.flush()

    return _recorded(
        session,
        actor,
        "incident",
        slug,
        row,
        lambda: tr(
            "Reported incident {number} of {slug}; it speaks {against}",
            number=row.id,
            slug=slug,
            against=trn("against {n} answer", "against {n} answers", len(incident.signals)),
        ),
        incident.model_dump(mode="json"),
    )


def _refuse_unknown(session: Session, slug: str, incident: ReportedIncident) -> None:
    newest = queries.in_force(queries.assessment_rows(session, queries.find_system(session, slug)), clock.today())
    known = checklists.named(newest.checklist).ids if newest else incident.signals
    if unknown := [signal for signal in incident.signals if signal not in known]:
        problem = tr("the checklist has no signal {signals}", signals=formatting.listed(unknown))
        raise InputError(problem, place="signals", expected=tr("some of {known}", known=formatting.some(known)))


def answer(session: Session, actor: str, slug: str, number: int, given: IncidentAnswer, *, at: dt.datetime) -> Done:
    """Keep evidence that answers an incident. Raises NotFound, and InputError where it was withdrawn."""
    row = queries.incidents.find(session, slug, number)
    if row.withdrawn:
        raise InputError(tr("incident {number} was withdrawn", number=number), expected=tr("one that stands"))
    kept = IncidentAnswerRow(**given.model_dump(), system_id=row.system_id, incident_id=number, by=actor, at=at)
    session.add(kept)
    session.flush()

    return _recorded(
        session,
        actor,
        "incident.answer",
        slug,
        row,
        lambda: tr(
            "Answered incident {number} of {slug} by the {kind} {reference}",
            number=number,
            slug=slug,
            kind=tr(TITLES[given.kind]),
            reference=given.reference,
        ),
        given.model_dump(mode="json"),
    )


def withdraw(session: Session, actor: str, slug: str, number: int, reason: str, *, seen: int) -> Done:
    """An incident that was none. Raises NotFound, InputError without a reason, and Conflict."""
    row = queries.incidents.find(session, slug, number)
    if not reason.strip():
        raise InputError(tr("no reason is given"), place="reason", expected=tr("a sentence that says why it was none"))
    if row.withdrawn:
        return Done(tr("Incident {number} was withdrawn already; nothing was changed", number=number), changed=False)
    swap(session, IncidentRow, row, seen, {"withdrawn": reason.strip()}, what=tr("This incident"))

    return _recorded(
        session,
        actor,
        "incident.withdraw",
        slug,
        row,
        lambda: tr("Withdrew incident {number} of {slug}; reason kept", number=number, slug=slug),
        {"reason": reason.strip()},
    )


def _recorded(
    session: Session, actor: str, action: str, slug: str, row: IncidentRow, told: Said, detail: dict[str, object]
) -> Done:
    wrote = [Scope("incident", row.system_id), Scope("incident_answer", row.system_id)]
    return recorded(session, actor, action, slug, f"incident {row.id}", told, wrote=wrote, detail=detail)
