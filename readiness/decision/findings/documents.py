"""Checks on what the release policy and the monitoring plan say, and on the packet as a whole."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from readiness import formatting, names
from readiness.decision import weeks
from readiness.decision.packet import PARTS
from readiness.language import marked, tr, within
from readiness.model.checks import (
    ApproversCheck,
    BudgetsCheck,
    CompleteCheck,
    CoversCheck,
    FieldsCheck,
    RehearsalCheck,
    StagedCheck,
)
from readiness.model.monitoring import Alert, MonitoringPlan
from readiness.model.policy import ReleasePolicy

from .context import CheckResult, EvidenceContext


class _Document(NamedTuple):
    """What is said of a document that is not there, that lacks something, and that states all."""

    absent: str
    lacking: str
    whole: str


_DOCUMENTS = {
    "policy": _Document(
        marked("no release policy is stored"),
        marked("the release policy states no {what}"),
        marked("the release policy states all that is asked: {what}"),
    ),
    "monitoring": _Document(
        marked("no monitoring plan is stored"),
        marked("the monitoring plan states no {what}"),
        marked("the monitoring plan states all that is asked: {what}"),
    ),
}


def fields(check: FieldsCheck, context: EvidenceContext) -> CheckResult:
    document: ReleasePolicy | MonitoringPlan | None = getattr(context.facts, check.document)
    told = _DOCUMENTS[check.document]
    if document is None:
        return CheckResult("silent", tr(told.absent))
    body = document.model_dump()
    open_ = [path for path in check.fields if _missing(body, path)]
    missing = [check.fields[path] for path in open_ if not any(path.startswith(f"{other}.") for other in open_)]
    if missing:
        clause = tr(told.lacking, what=formatting.listed([tr(field) for field in missing], "or"))
        return CheckResult("uncovered", clause, partly=len(open_) < len(check.fields))
    every = formatting.listed([tr(field) for field in check.fields.values()])
    return CheckResult("supports", tr(told.whole, what=every))


def staged(_: StagedCheck, context: EvidenceContext) -> CheckResult:
    """From the last stage nothing goes on, and a shadow answers nobody, so that it has no share to state."""
    if context.policy is None:
        return CheckResult("silent", tr("no release policy is stored"))
    stages = context.policy.stages
    if not context.policy.staged:
        lone = tr("the release policy has no stage below full share with another after it")
        return CheckResult("uncovered", lone if stages else tr("the release policy has no staged path"))
    open_ = {
        marked("share of traffic for {stages}"): [one for one in stages if one.share is None and not one.shadow],
        marked("duration for {stages}"): [one for one in stages[:-1] if not one.hours],
        marked("condition to go on for {stages}"): [one for one in stages[:-1] if names.is_none(one.proceed_if)],
    }
    missing = [
        tr(text, stages=formatting.named([stage.name for stage in bare])) for text, bare in open_.items() if bare
    ]
    if missing:
        clause = tr(_DOCUMENTS["policy"].lacking, what=formatting.listed(missing, "or"))
        return CheckResult("uncovered", clause, partly=True)
    text = marked("the rollout goes on from {stage} in {n} stages, each on a condition")
    return CheckResult("supports", tr(text, stage=stages[0].name, n=len(stages)))


def approvers(check: ApproversCheck, context: EvidenceContext) -> CheckResult:
    """Somebody who may approve several roles stands for one of them."""
    if context.policy is None:
        return CheckResult("silent", tr("no release policy is stored"))
    named = {role: {names.key(name): name for name in context.policy.approvers_of(role)} for role in check.roles}
    missing = [role for role in check.roles if not named[role]]
    if missing:
        clause = tr("the release policy names no {roles} approver", roles=formatting.listed(missing, "or"))
        return CheckResult("uncovered", clause, partly=len(missing) < len(check.roles))
    if not any(len(set(chosen)) == len(check.roles) for chosen in itertools.product(*named.values())):
        persons = {person: name for of_role in named.values() for person, name in of_role.items()}
        roles = {person: [role for role in check.roles if person in named[role]] for person in persons}
        shared = [
            tr("{person} for {roles}", person=persons[person], roles=formatting.listed(held))
            for person, held in roles.items()
            if len(held) > 1
        ]
        clause = tr("one person approves for several roles, {people}", people=formatting.named(shared))
        return CheckResult("uncovered", clause, partly=len(persons) > 1)
    return CheckResult(
        "supports", tr("approvers are named for {roles}, each another person", roles=formatting.listed(check.roles))
    )


def budgets(check: BudgetsCheck, context: EvidenceContext) -> CheckResult:
    if context.policy is None:
        return CheckResult("silent", tr("no release policy is stored"))
    stated = context.policy.budgets
    used = {span.kind for trace in context.traces for span in trace.spans}
    needed = [stage for stage in check.stages if stage in used]
    if missing := [stage for stage in needed if stage not in stated]:
        clause = tr(
            "the release policy has no budget for {stages}, which the traces show", stages=formatting.listed(missing)
        )
        return CheckResult("uncovered", clause, partly=len(missing) < len(needed))
    if not stated:
        return CheckResult("uncovered", tr("the release policy has no budget for any stage"))
    open_ = [
        tr(text, stage=stage)
        for stage, budget in stated.items()
        for text, value in (
            (marked("timeout of {stage}"), budget.timeout_ms),
            (marked("retries of {stage}"), budget.retries),
            (marked("fallback of {stage}"), budget.fallback),
        )
        if _blank(value)
    ]
    if open_:
        clause = tr("the release policy leaves open {what}", what=formatting.listed(open_))
        return CheckResult("uncovered", clause, partly=len(open_) < 3 * len(stated))
    if not needed:
        none = CheckResult("silent", tr("no trace shows which stages need a budget"))
        return none if context.traces or not context.facts.traces else context.no_trace()
    return CheckResult(
        "supports", tr("timeout, retries and fallback are set for {stages}", stages=formatting.listed(list(stated)))
    )


def rehearsal(check: RehearsalCheck, context: EvidenceContext) -> CheckResult:
    if context.policy is None:
        return CheckResult("silent", tr("no release policy is stored"))
    rollback = context.policy.rollback
    if rollback.rehearsed_on is None:
        return CheckResult("uncovered", tr("the release policy holds no date of a rehearsal"))
    day, age = formatting.day(rollback.rehearsed_on), (context.as_of - rollback.rehearsed_on).days
    if age < 0:
        return CheckResult("silent", tr("the rehearsal is dated {day}, which is still to come", day=day))
    if age > check.max_age_days:
        return CheckResult(
            "silent", tr("the last rehearsal, of {day}, is more than {days} days old", day=day, days=check.max_age_days)
        )
    if rollback.rehearsal is None:
        return CheckResult("uncovered", tr("the outcome of the rehearsal of {day} is not stated", day=day))
    passed = rollback.rehearsal == "passed"
    recorded = tr("the rehearsal of {day} is recorded as passed", day=day)
    failed = tr("the rehearsal of {day} is recorded as failed", day=day)
    return CheckResult("supports", recorded) if passed else CheckResult("contradicts", failed)


def turns(check: RehearsalCheck, policy: ReleasePolicy | None) -> list[dt.date]:
    """The days from which a rehearsal counts, and from which it is too old."""
    day = policy.rollback.rehearsed_on if policy else None
    if day is None:
        return []
    ends = day.toordinal() + check.max_age_days + 1
    return [day, dt.date.fromordinal(min(ends, dt.date.max.toordinal()))]


def covers(check: CoversCheck, context: EvidenceContext) -> CheckResult:
    """A list of words watches nothing: each measure has an alert with a condition, which reaches somebody."""
    plan = context.facts.monitoring
    if plan is None:
        return CheckResult("silent", tr("no monitoring plan is stored"))
    listed = {names.words(measure) for measure in plan.covers}
    missing = [measure for measure in check.measures if names.words(measure) not in listed]
    if missing:
        clause = tr("the monitoring plan does not cover {measures}", measures=_listed(missing, "or"))
        return CheckResult("uncovered", clause, partly=len(missing) < len(check.measures))
    alerts = [alert for alert in plan.alerts if not names.is_none(alert.condition)]
    routed = [alert for alert in alerts if not names.is_none(alert.route)]
    for text, known in ((_NO_ALERT, alerts), (_NO_ROUTE, routed)):
        if silent := [measure for measure in check.measures if not any(_watches(alert, measure) for alert in known)]:
            clause = tr(text, measures=_listed(silent, "or"))
            return CheckResult("uncovered", clause, partly=len(silent) < len(check.measures))
    if check.by_cohort and not plan.by_cohort:
        return CheckResult("uncovered", tr("the monitoring plan does not look at cohorts"), partly=True)
    if last := weeks.silent_since(context.facts, context.as_of):
        clause = tr("nothing was measured in operation since {day}", day=formatting.day(last))
        return CheckResult("silent", f"{clause}, {_every(plan.days_between)}")
    text = (
        marked("the monitoring plan covers {measures} by cohort, each with an alert")
        if check.by_cohort
        else marked("the monitoring plan covers {measures}, each with an alert")
    )
    return CheckResult("supports", tr(text, measures=_listed(check.measures)))


_NO_ALERT = marked("the monitoring plan has no alert on {measures}")
_NO_ROUTE = marked("the monitoring plan has no route for the alert on {measures}")


def _listed(measures: Sequence[str], last: str = formatting.AND) -> str:
    return formatting.listed([tr(measure) for measure in measures], last)


def _every(days: int) -> str:
    if days == 1:
        return tr("and the plan looks every day")
    return tr("and the plan looks every {days} days", days=days)


def _watches(alert: Alert, measure: str) -> bool:
    return f" {names.words(measure)} " in f" {names.words(f'{alert.metric} {alert.condition}')} "


def complete(check: CompleteCheck, context: EvidenceContext) -> CheckResult:
    open_ = {part_id: part for part_id, part in context.packet.parts.items() if part.state != "complete"}
    if not open_:
        return CheckResult(
            "supports", tr("all {n} parts of the packet are complete and fresh", n=len(context.packet.parts))
        )
    short = {part_id: part for part_id, part in open_.items() if not part.only_aged}
    shown = [f"{within(tr(PARTS[part_id]))} ({part.missing[0]})" for part_id, part in (short or open_).items()]
    clause = tr("the packet is not complete: {parts}", parts=formatting.listed(shown))
    if not short:
        return CheckResult("silent", clause)
    return CheckResult("uncovered", clause, partly=len(open_) < len(context.packet.parts))


def _missing(body: Any, path: str) -> bool:
    """Whether nothing stands at a path, or something there is empty."""
    values = list(_at(body, path.split(".")))
    nobody = "owner" in path and any(isinstance(value, str) and names.is_none(value) for value in values)
    return not values or nobody or any(_blank(value) for value in values)


def _blank(value: Any) -> bool:
    """Whether nothing is stated; a 0 is."""
    if isinstance(value, str):
        return names.is_to_come(value)
    return value is None or value == {} or (isinstance(value, list) and all(_blank(item) for item in value))


def _at(body: Any, path: list[str]) -> Iterator[Any]:
    if not path:
        yield body
    elif path[0] == "*":
        for item in body.values() if isinstance(body, dict) else body:
            yield from _at(item, path[1:])
    else:
        yield from _at(body.get(path[0]), path[1:]) if isinstance(body, dict) else ()
