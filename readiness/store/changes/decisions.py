"""Decisions on an assessment, and conditions of them that are met."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session

from readiness import clock, formatting
from readiness.errors import Conflict, InputError
from readiness.model.decisions import TITLES, RolloutDecision
from readiness.model.dossier import Done
from readiness.store import queries
from readiness.store.facts import Scope
from readiness.store.tables import DecisionConditionRow, DecisionRow

from .base import latest_assessment, recorded, swap


def decide(
    session: Session,
    actor: str,
    slug: str,
    assessment_id: int,
    given: RolloutDecision,
    *,
    seen: str,
    at: dt.datetime,
) -> Done:
    """Keep a decision whose digest is of the system at its head `seen`; any later write about it is a Conflict."""
    assessment = latest_assessment(session, slug, assessment_id)
    if queries.last_hash(session, slug) != seen:
        raise Conflict("something was stored in the meantime; nothing was decided", expected="another try")
    today = clock.today()
    if given.decided_on > today or given.decided_on < assessment.assessed_on:
        problem = f"a decision on {assessment.candidate} cannot be of {formatting.day(given.decided_on)}"
        days = f"a day from {formatting.day(assessment.assessed_on)} to {formatting.day(today)}"
        raise InputError(problem, place="decided on", expected=days)
    told = given.model_dump(mode="json")
    kept = {name: told[name] for name in ("people", "dissent", "risks", "parts")}
    row = DecisionRow(**(given.model_dump(exclude={"conditions"}) | kept), assessment_id=assessment_id, by=actor, at=at)
    session.add(row)
    session.flush()
    for condition in given.conditions:
        session.add(DecisionConditionRow(**condition.model_dump(), assessment_id=assessment_id, decision_id=row.id))
    session.flush()
    return recorded(
        session,
        actor,
        "decision",
        slug,
        f"decision {row.id}",
        f"Decided on {slug} {assessment.candidate}: {TITLES[given.outcome].lower()}{_bound(given)}",
        wrote=[Scope("decision", assessment_id), Scope("decision_condition", assessment_id)],
        detail={name: value for name, value in told.items() if name != "parts"},
    )


def _bound(given: RolloutDecision) -> str:
    held = [
        *([formatting.count(len(given.conditions), "condition")] if given.conditions else []),
        *([formatting.count(len(given.risks), "accepted risk")] if given.risks else []),
    ]
    return f", with {formatting.listed(held)}" if held else ""


def meet(session: Session, actor: str, number: int, *, seen: int, on: dt.date, note: str, at: dt.datetime) -> Done:
    """Say that a condition is met, on a day up to today. Raises NotFound, InputError and Conflict."""
    row, slug = queries.decisions.find_condition(session, number)
    if row.met_on is not None:
        problem = f"{row.met_by} said on {formatting.day(row.met_on)} already that the condition is met"
        raise InputError(problem, expected="a condition that is open")
    if on > clock.today() or not clock.is_plausible(on):
        raise InputError(f"{formatting.day(on)} is still to come", place="met on", expected="today or earlier")
    if not note.strip():
        raise InputError("nothing shows that it is met", place="note", expected="what was done, or where it is seen")
    values = {"met_on": on, "met_by": actor, "note": note.strip(), "met_at": at}
    return _said(session, actor, slug, row, seen, values, f"The condition “{_brief(row)}” of {slug} is met; note kept")


def reopen(session: Session, actor: str, number: int, *, seen: int, reason: str) -> Done:
    """Take back that a condition is met. Raises NotFound, InputError and Conflict."""
    row, slug = queries.decisions.find_condition(session, number)
    if row.met_on is None:
        return Done("The condition is open; nothing was changed", changed=False)
    if not reason.strip():
        raise InputError("no reason is given", place="reason", expected="a sentence that says why")
    values: dict[str, object] = {"met_on": None, "met_by": "", "note": "", "met_at": None}
    sentence = f"The condition “{_brief(row)}” of {slug} is open again; reason kept"
    return _said(session, actor, slug, row, seen, values, sentence, reason.strip())


def _said(
    session: Session,
    actor: str,
    slug: str,
    row: DecisionConditionRow,
    seen: int,
    values: dict[str, object],
    sentence: str,
    reason: str = "",
) -> Done:
    assessment, number = row.assessment_id, row.id
    swap(session, DecisionConditionRow, row, seen, values, what="This condition")
    detail = {"condition": number, "met_on": values["met_on"], "note": values["note"] or reason}
    wrote = [Scope("decision_condition", assessment)]
    return recorded(
        session, actor, "decision.condition", slug, f"condition {number}", sentence, wrote=wrote, detail=detail
    )


def _brief(row: DecisionConditionRow) -> str:
    return row.what if len(row.what) <= 80 else f"{row.what[:79]}…"
