"""Checks on what the release policy and the monitoring plan say, and on the packet as a whole."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any

from readiness import formatting, names
from readiness.decision import weeks
from readiness.decision.packet import PARTS
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

_DOCUMENTS = {"policy": "release policy", "monitoring": "monitoring plan"}


def fields(check: FieldsCheck, context: EvidenceContext) -> CheckResult:
    document: ReleasePolicy | MonitoringPlan | None = getattr(context.facts, check.document)
    name = _DOCUMENTS[check.document]
    if document is None:
        return CheckResult("silent", f"no {name} is stored")
    body = document.model_dump()
    open_ = [path for path in check.fields if _missing(body, path)]
    missing = [check.fields[path] for path in open_ if not any(path.startswith(f"{other}.") for other in open_)]
    if missing:
        clause = f"the {name} states no {formatting.listed(missing, 'or')}"
        return CheckResult("uncovered", clause, partly=len(open_) < len(check.fields))
    return CheckResult(
        "supports", f"the {name} states all that is asked: {formatting.listed(list(check.fields.values()))}"
    )


def staged(_: StagedCheck, context: EvidenceContext) -> CheckResult:
    """From the last stage nothing goes on, and a shadow answers nobody, so that it has no share to state."""
    if context.policy is None:
        return CheckResult("silent", "no release policy is stored")
    stages = context.policy.stages
    if not context.policy.staged:
        without = "stage below full share with another after it" if stages else "staged path"
        return CheckResult("uncovered", f"the release policy has no {without}")
    open_ = {
        "share of traffic": [stage for stage in stages if stage.share is None and not stage.shadow],
        "duration": [stage for stage in stages[:-1] if not stage.hours],
        "condition to go on": [stage for stage in stages[:-1] if names.is_none(stage.proceed_if)],
    }
    missing = [f"{what} for {formatting.named([stage.name for stage in bare])}" for what, bare in open_.items() if bare]
    if missing:
        return CheckResult("uncovered", f"the release policy states no {formatting.listed(missing, 'or')}", partly=True)
    return CheckResult(
        "supports", f"the rollout goes on from {stages[0].name} in {len(stages)} stages, each on a condition"
    )


def approvers(check: ApproversCheck, context: EvidenceContext) -> CheckResult:
    """Somebody who may approve several roles stands for one of them."""
    if context.policy is None:
        return CheckResult("silent", "no release policy is stored")
    named = {role: {names.key(name): name for name in context.policy.approvers_of(role)} for role in check.roles}
    missing = [role for role in check.roles if not named[role]]
    if missing:
        clause = f"the release policy names no {formatting.listed(missing, 'or')} approver"
        return CheckResult("uncovered", clause, partly=len(missing) < len(check.roles))
    if not any(len(set(chosen)) == len(check.roles) for chosen in itertools.product(*named.values())):
        persons = {person: name for of_role in named.values() for person, name in of_role.items()}
        roles = {person: [role for role in check.roles if person in named[role]] for person in persons}
        shared = [f"{persons[person]} for {formatting.listed(held)}" for person, held in roles.items() if len(held) > 1]
        clause = f"one person approves for several roles, {formatting.named(shared)}"
        return CheckResult("uncovered", clause, partly=len(persons) > 1)
    return CheckResult("supports", f"approvers are named for {formatting.listed(check.roles)}, each another person")


def budgets(check: BudgetsCheck, context: EvidenceContext) -> CheckResult:
    if context.policy is None:
        return CheckResult("silent", "no release policy is stored")
    stated = context.policy.budgets
    used = {span.kind for trace in context.traces for span in trace.spans}
    needed = [stage for stage in check.stages if stage in used]
    if missing := [stage for stage in needed if stage not in stated]:
        clause = f"the release policy has no budget for {formatting.listed(missing)}, which the traces show"
        return CheckResult("uncovered", clause, partly=len(missing) < len(needed))
    if not stated:
        return CheckResult("uncovered", "the release policy has no budget for any stage")
    open_ = [
        f"{name} of {stage}"
        for stage, budget in stated.items()
        for name, value in (("timeout", budget.timeout_ms), ("retries", budget.retries), ("fallback", budget.fallback))
        if _blank(value)
    ]
    if open_:
        clause = f"the release policy leaves open {formatting.listed(open_)}"
        return CheckResult("uncovered", clause, partly=len(open_) < 3 * len(stated))
    if not needed:
        none = CheckResult("silent", "no trace shows which stages need a budget")
        return none if context.traces or not context.facts.traces else context.no_trace()
    return CheckResult("supports", f"timeout, retries and fallback are set for {formatting.listed(list(stated))}")


def rehearsal(check: RehearsalCheck, context: EvidenceContext) -> CheckResult:
    if context.policy is None:
        return CheckResult("silent", "no release policy is stored")
    rollback = context.policy.rollback
    if rollback.rehearsed_on is None:
        return CheckResult("uncovered", "the release policy holds no date of a rehearsal")
    day, age = formatting.day(rollback.rehearsed_on), (context.as_of - rollback.rehearsed_on).days
    if age < 0:
        return CheckResult("silent", f"the rehearsal is dated {day}, which is still to come")
    if age > check.max_age_days:
        return CheckResult("silent", f"the last rehearsal, of {day}, is more than {check.max_age_days} days old")
    if rollback.rehearsal is None:
        return CheckResult("uncovered", f"the outcome of the rehearsal of {day} is not stated")
    passed = rollback.rehearsal == "passed"
    clause = f"the rehearsal of {day} is recorded as {'passed' if passed else 'failed'}"
    return CheckResult("supports" if passed else "contradicts", clause)


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
        return CheckResult("silent", "no monitoring plan is stored")
    listed = {names.words(measure) for measure in plan.covers}
    missing = [measure for measure in check.measures if names.words(measure) not in listed]
    if missing:
        clause = f"the monitoring plan does not cover {formatting.listed(missing, 'or')}"
        return CheckResult("uncovered", clause, partly=len(missing) < len(check.measures))
    alerts = [alert for alert in plan.alerts if not names.is_none(alert.condition)]
    routed = [alert for alert in alerts if not names.is_none(alert.route)]
    for what, known in (("alert on", alerts), ("route for the alert on", routed)):
        if silent := [measure for measure in check.measures if not any(_watches(alert, measure) for alert in known)]:
            clause = f"the monitoring plan has no {what} {formatting.listed(silent, 'or')}"
            return CheckResult("uncovered", clause, partly=len(silent) < len(check.measures))
    if check.by_cohort and not plan.by_cohort:
        return CheckResult("uncovered", "the monitoring plan does not look at cohorts", partly=True)
    if last := weeks.silent_since(context.facts, context.as_of):
        clause = f"nothing was measured in operation since {formatting.day(last)}"
        return CheckResult("silent", f"{clause}, and the plan looks every {_every(plan.days_between)}")
    where = " by cohort" if check.by_cohort else ""
    return CheckResult(
        "supports", f"the monitoring plan covers {formatting.listed(check.measures)}{where}, each with an alert"
    )


def _every(days: int) -> str:
    return "day" if days == 1 else f"{days} days"


def _watches(alert: Alert, measure: str) -> bool:
    return f" {names.words(measure)} " in f" {names.words(f'{alert.metric} {alert.condition}')} "


def complete(check: CompleteCheck, context: EvidenceContext) -> CheckResult:
    open_ = {part_id: part for part_id, part in context.packet.parts.items() if part.state != "complete"}
    if not open_:
        return CheckResult("supports", f"all {len(context.packet.parts)} parts of the packet are complete and fresh")
    short = {part_id: part for part_id, part in open_.items() if not part.only_aged}
    shown = [f"{PARTS[part_id].lower()} ({part.missing[0]})" for part_id, part in (short or open_).items()]
    clause = f"the packet is not complete: {formatting.listed(shown)}"
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
