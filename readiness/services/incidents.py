"""Incidents held against later releases: reported, answered by evidence that is there, withdrawn."""

from __future__ import annotations

import datetime as dt

from readiness import clock, formatting
from readiness.access import Principal, authorize
from readiness.decision import incidents as deciding
from readiness.errors import InputError
from readiness.importers.cases import pairs
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.incidents import IncidentAnswer, IncidentAnswerKind, ReportedIncident, StoredIncident
from readiness.review.review import Review
from readiness.store import Store, queries
from readiness.store.changes import incidents as changes

from . import reviews
from ._writing import write


def report(
    store: Store, by: Principal, slug: str, incident: ReportedIncident, *, at: dt.datetime | None = None
) -> Done:
    """It is reported now unless `at` says when. Raises Denied, NotFound and InputError."""
    told = at or clock.now()
    return write(store, by, "incident", slug, lambda session: changes.report(session, by.name, slug, incident, at=told))


def withdraw(store: Store, by: Principal, slug: str, number: int, reason: str, *, seen: int) -> Done:
    """Raises Denied, NotFound, InputError and Conflict."""
    return write(
        store, by, "incident", slug, lambda session: changes.withdraw(session, by.name, slug, number, reason, seen=seen)
    )


def answer(
    store: Store,
    by: Principal,
    slug: str,
    number: int,
    kind: IncidentAnswerKind,
    reference: str,
    note: str = "",
    *,
    as_of: dt.date,
    at: dt.datetime | None = None,
) -> Done:
    """Keep that evidence answers an incident for the version in force, once it is found to; now unless `at` says when.

    Raises Denied, NotFound, and InputError that says why it does not.
    """
    authorize(by, "incident", slug)
    review = reviews.load(store, by, slug, as_of=as_of)
    incident = queries.incidents.one(store, slug, number)
    digest = _case(store, review, reference.strip()) if kind == "case" else ""
    version = "" if kind == "gate" else review.assessment.candidate
    given = IncidentAnswer.checked(kind=kind, reference=reference, version=version, digest=digest, note=note)
    if kind == "gate":
        _check_gate(review, incident, given.reference)
    if kind == "trace":
        _check_trace(review, given.reference)
    told = at or clock.now()
    return write(
        store, by, "incident", slug, lambda session: changes.answer(session, by.name, slug, number, given, at=told)
    )


def _check_gate(review: Review, incident: StoredIncident, subject: str) -> None:
    named = [result for result in review.gates if result.gate.subject == subject]
    if not named:
        raise InputError(
            tr("the release policy has no gate {subject!r}", subject=subject),
            place="gate",
            expected=_gates(review, incident),
        )
    if not any(deciding.covers(result.gate, incident) for result in named):
        problem = tr("the gate {subject!r} does not look at where it happened", subject=subject)
        raise InputError(problem, place="gate", expected=_gates(review, incident))
    if not all(result.state == "pass" for result in named):
        problem = tr(
            "the gate {subject!r} does not pass for {candidate}", subject=subject, candidate=review.assessment.candidate
        )
        raise InputError(problem, place="gate", expected=tr("a gate that passes"))


def _gates(review: Review, incident: StoredIncident) -> str:
    fitting = [result.gate.subject for result in review.gates if deciding.covers(result.gate, incident)]
    other = tr("one over its workflow and cohort, which the policy does not have yet")
    return f" {tr(formatting.OR)} ".join(fitting) or other


def _check_trace(review: Review, reference: str) -> None:
    good = [sample.trace.trace_id for sample in review.path("good")]
    if reference not in good:
        problem = tr(
            "no trace {reference!r} of {candidate} is labelled good",
            reference=reference,
            candidate=review.assessment.candidate,
        )
        expected = f" {tr(formatting.OR)} ".join(good[:5]) or tr("a trace that somebody labels good")
        raise InputError(problem, place="trace", expected=expected)


def _case(store: Store, review: Review, case: str) -> str:
    """The digest of the file in which a case passed for the version under review."""
    candidate = review.assessment.candidate
    good = {row.metric: float(row.sign < 0) for row in review.rows if row.sign}
    met = False
    for file, body in queries.outcomes(store, review.slug):
        if file.stale(review.as_of):
            continue
        fared = pairs.fared(body, case).get(candidate, {})
        judged = {metric: mean for metric, mean in fared.items() if metric in good}
        met = met or bool(fared)
        if judged and all(mean == good[metric] for metric, mean in judged.items()):
            return file.digest
    problem = tr("the case {case!r} is in no fresh results of {candidate}", case=case, candidate=candidate)
    if met:
        problem = tr("the case {case!r} did not pass of {candidate}", case=case, candidate=candidate)
    raise InputError(problem, place="case", expected=tr("a case that passed in results that are stored"))
