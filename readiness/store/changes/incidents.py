"""Incidents that are reported, answered by evidence, and withdrawn where they were none."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session

from readiness import clock, formatting
from readiness.errors import InputError
from readiness.model import checklist as checklists
from readiness.model.dossier import Done
from readiness.model.incidents import TITLES, IncidentAnswer, ReportedIncident
from readiness.store import queries
from readiness.store.facts import Scope
from readiness.store.tables import IncidentAnswerRow, IncidentRow

from .base import recorded, swap


def report(session: Session, actor: str, slug: str, incident: ReportedIncident, *, at: dt.datetime) -> Done:
    """Raises NotFound, and InputError for a day to come and for signals that the checklist does not have."""
    system = queries.find_system(session, slug)
    if incident.on > clock.today():
        raise InputError(f"{formatting.day(incident.on)} is still to come", place="on", expected="today or earlier")
    _refuse_unknown(session, slug, incident)
    row = IncidentRow(**incident.model_dump(), system_id=system.id, by=actor, at=at)
    session.add(row)
    session.flush()
    told = (
        f"Reported incident {row.id} of {slug}; it speaks against {formatting.count(len(incident.signals), 'answer')}"
    )
    return _recorded(session, actor, "incident", slug, row, told, incident.model_dump(mode="json"))


def _refuse_unknown(session: Session, slug: str, incident: ReportedIncident) -> None:
    newest = queries.in_force(queries.assessment_rows(session, queries.find_system(session, slug)), clock.today())
    known = checklists.named(newest.checklist).ids if newest else incident.signals
    if unknown := [signal for signal in incident.signals if signal not in known]:
        problem = f"the checklist has no signal {formatting.listed(unknown)}"
        raise InputError(problem, place="signals", expected=f"some of {formatting.some(known)}")


def answer(session: Session, actor: str, slug: str, number: int, given: IncidentAnswer, *, at: dt.datetime) -> Done:
    """Keep evidence that answers an incident. Raises NotFound, and InputError where it was withdrawn."""
    row = queries.incidents.find(session, slug, number)
    if row.withdrawn:
        raise InputError(f"incident {number} was withdrawn", expected="one that stands")
    kept = IncidentAnswerRow(**given.model_dump(), system_id=row.system_id, incident_id=number, by=actor, at=at)
    session.add(kept)
    session.flush()
    told = f"Answered incident {number} of {slug} by the {TITLES[given.kind]} {given.reference}"
    return _recorded(session, actor, "incident.answer", slug, row, told, given.model_dump(mode="json"))


def withdraw(session: Session, actor: str, slug: str, number: int, reason: str, *, seen: int) -> Done:
    """An incident that was none. Raises NotFound, InputError without a reason, and Conflict."""
    row = queries.incidents.find(session, slug, number)
    if not reason.strip():
        raise InputError("no reason is given", place="reason", expected="a sentence that says why it was none")
    if row.withdrawn:
        return Done(f"Incident {number} was withdrawn already; nothing was changed", changed=False)
    swap(session, IncidentRow, row, seen, {"withdrawn": reason.strip()}, what="This incident")
    told = f"Withdrew incident {number} of {slug}; reason kept"
    return _recorded(session, actor, "incident.withdraw", slug, row, told, {"reason": reason.strip()})


def _recorded(
    session: Session, actor: str, action: str, slug: str, row: IncidentRow, told: str, detail: dict[str, object]
) -> Done:
    wrote = [Scope("incident", row.system_id), Scope("incident_answer", row.system_id)]
    return recorded(session, actor, action, slug, f"incident {row.id}", told, wrote=wrote, detail=detail)
