"""Decisions on an assessment, and conditions of them that are met."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session

from readiness import clock, formatting
from readiness.errors import Conflict, InputError
from readiness.language import tr, within
from readiness.model.decisions import TITLES, RolloutDecision
from readiness.model.dossier import Done
from readiness.store import queries
from readiness.store.facts import Scope
from readiness.store.tables import DecisionConditionRow, DecisionRow

from .base import Said, latest_assessment, recorded, swap


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
        raise Conflict(tr("something was stored in the meantime; nothing was decided"), expected=tr("another try"))
    today = clock.today()
    if given.decided_on > today or given.decided_on < assessment.assessed_on:
        problem = tr(
            "a decision on {candidate} cannot be of {day}",
            candidate=assessment.candidate,
            day=formatting.day(given.decided_on),
        )
        days = tr(
            "a day from {first} to {today}", first=formatting.day(assessment.assessed_on), today=formatting.day(today)
        )
        raise InputError(problem, place=tr("decided on"), expected=days)
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
        lambda: tr(
            "Decided on {slug} {candidate}: {outcome}{bound}",
            slug=slug,
            candidate=assessment.candidate,
            outcome=within(tr(TITLES[given.outcome])),
            bound=_bound(given),
        ),
        wrote=[Scope("decision", assessment_id), Scope("decision_condition", assessment_id)],
        detail={name: value for name, value in told.items() if name != "parts"},
    )


def _bound(given: RolloutDecision) -> str:
    held = [
        *([formatting.count(len(given.conditions), "condition")] if given.conditions else []),
        *([formatting.count(len(given.risks), "accepted risk")] if given.risks else []),
    ]
    return tr(", with {held}", held=formatting.listed(held)) if held else ""


def meet(session: Session, actor: str, number: int, *, seen: int, on: dt.date, note: str, at: dt.datetime) -> Done:
    """Say that a condition is met, on a day up to today. Raises NotFound, InputError and Conflict."""
    row, slug = queries.decisions.find_condition(session, number)
    if row.met_on is not None:
        problem = tr(
            "{person} said on {day} already that the condition is met",
            person=row.met_by,
            day=formatting.day(row.met_on),
        )
        raise InputError(problem, expected=tr("a condition that is open"))
    if on > clock.today() or not clock.is_plausible(on):
        raise InputError(
            tr("{day} is still to come", day=formatting.day(on)), place=tr("met on"), expected=tr("today or earlier")
        )
    if not note.strip():
        raise InputError(
            tr("nothing shows that it is met"), place="note", expected=tr("what was done, or where it is seen")
        )
    values = {"met_on": on, "met_by": actor, "note": note.strip(), "met_at": at}
    return _said(
        session,
        actor,
        slug,
        row,
        seen,
        values,
        lambda: tr("The condition “{condition}” of {slug} is met; note kept", condition=_brief(row), slug=slug),
    )


def reopen(session: Session, actor: str, number: int, *, seen: int, reason: str) -> Done:
    """Take back that a condition is met. Raises NotFound, InputError and Conflict."""
    row, slug = queries.decisions.find_condition(session, number)
    if row.met_on is None:
        return Done(tr("The condition is open; nothing was changed"), changed=False)
    if not reason.strip():
        raise InputError(tr("no reason is given"), place="reason", expected=tr("a sentence that says why"))
    values: dict[str, object] = {"met_on": None, "met_by": "", "note": "", "met_at": None}

    return _said(
        session,
        actor,
        slug,
        row,
        seen,
        values,
        lambda: tr(
            "The condition “{condition}” of {slug} is open again; reason kept", condition=_brief(row), slug=slug
        ),
        reason.strip(),
    )


def _said(
    session: Session,
    actor: str,
    slug: str,
    row: DecisionConditionRow,
    seen: int,
    values: dict[str, object],
    sentence: Said,
    reason: str = "",
) -> Done:
    assessment, number = row.assessment_id, row.id
    swap(session, DecisionConditionRow, row, seen, values, what=tr("This condition"))
    detail = {"condition": number, "met_on": values["met_on"], "note": values["note"] or reason}
    wrote = [Scope("decision_condition", assessment)]
    return recorded(
        session, actor, "decision.condition", slug, f"condition {number}", sentence, wrote=wrote, detail=detail
    )


def _brief(row: DecisionConditionRow) -> str:
    return row.what if len(row.what) <= 80 else f"{row.what[:79]}…"
