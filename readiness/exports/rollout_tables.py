"""The tables of what became of an assessment: what was decided, the steps of its rollout, its weeks, incidents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from readiness.language import tr
from readiness.review import decided, incident_words, weeks
from readiness.review.review import Review

Rows = Iterator[Sequence[object]]


def _conditions(review: Review) -> Rows:
    last = decided.standing(review).last
    for one in last.conditions if last else ():
        yield one.record.what, one.record.owner, one.record.due, one.met_on, one.met_by, one.note


def _risks(review: Review) -> Rows:
    last = decided.standing(review).last
    for risk in last.record.risks if last else ():
        yield risk.what, risk.reason, risk.approver, risk.expires


def _decisions(review: Review) -> Rows:
    for one in reversed(review.dossier.decisions):
        record = one.record
        people = " | ".join(record.people)
        yield record.decided_on, one.candidate, record.outcome, record.level, people, record.reasons, one.by


def _reported(review: Review) -> Rows:
    for one in review.incidents:
        record = one.incident.record
        where = (record.version, record.workflow, record.cohort, record.trace)
        yield one.incident.id, record.on, record.what, *where, " | ".join(record.signals), incident_words.answered(one)


def _steps(review: Review) -> Rows:
    for step in review.dossier.steps:
        record = step.record
        yield step.at, record.action, record.stage, record.advice, step.by, record.note


def _week_figures(review: Review) -> Rows:
    for week in weeks.of(review):
        seen = weeks.observed(review, week)
        for row in seen.measured:
            difference, (promised, measured) = row.difference(), row.figures()
            limits = (difference.interval.low, difference.interval.high) if difference else (None, None)
            where = (week.number, week.first, week.last, row.metric, row.workflow, row.cohort)
            told = (promised, measured, row.change(), *limits, seen.reading(row))
            yield *where, *told, row.candidate.n if row.candidate else None


def _week_alerts(review: Review) -> Rows:
    for week in weeks.of(review):
        for answer in weeks.observed(review, week).alerts:
            state = answer.result.state if answer.result else tr("in words only")
            yield week.number, answer.alert.metric, answer.alert.condition, state, answer.alert.route


def _week_watch(review: Review) -> Rows:
    for week in weeks.of(review):
        for told in weeks.watched(review, weeks.observed(review, week)):
            yield week.number, *told


def _week_reviews(review: Review) -> Rows:
    for one in review.dossier.weeks:
        record = one.record
        said = (record.week, record.held_on, record.outcome, record.state, " | ".join(record.people), record.minutes)
        yield *said, one.by, one.at


ROLLOUT: dict[str, tuple[str, Callable[[Review], Rows]]] = {
    "conditions": ("condition,owner,due,met_on,met_by,note", _conditions),
    "risks": ("risk,why,approver,expires", _risks),
    "decided": ("decided_on,version,decision,verdict_then,people,reasons,written_by", _decisions),
    "reported-incidents": ("id,on,what,version,workflow,cohort,trace,signals,answer", _reported),
    "stage-steps": ("at,step,stage,advised,by,note", _steps),
    "weekly": (
        "week,first,last,metric,workflow,cohort,promised,measured,change,change_low,change_high,reading,cases",
        _week_figures,
    ),
    "weekly-alerts": ("week,alert_on,when,result,goes_to", _week_alerts),
    "weekly-watch": ("week,item,figures,said", _week_watch),
    "weekly-reviews": ("week,held_on,outcome,figures_said,people,minutes,written_by,at", _week_reviews),
}
"""By name: the header, and the rows."""
