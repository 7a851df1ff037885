"""Release policy and operations: stages, rollback, budgets, monitoring, owners."""

from __future__ import annotations

from readiness import formatting
from readiness.language import marked, tr
from readiness.model.policy import ReleasePolicy, Rollback, RolloutStage
from readiness.review.review import Review

from .base import Plain, approvers, named, person, stored
from .figures import gate_rows

_NO_RESULT = marked("result not stated")
NEVER = marked("never rehearsed")
NOT_SET, NOT_STATED = marked("not set"), marked("not stated")


def rollback(review: Review) -> dict[str, Plain]:
    plan = review.policy.record.rollback if review.policy else Rollback()
    return {
        "steps": [step for step in plan.steps if step.strip()],
        "owner": person(plan.owner),
        "data_dependencies": named(plan.data_dependencies, NOT_STATED),
        "confirm": named(plan.confirm, NOT_STATED),
        "rehearsal": _rehearsal(review, plan),
    }


def policy(review: Review) -> dict[str, Plain]:
    """The policy as an outsider needs it: thresholds, stages, approvers, and whether rollback works."""
    release_policy = review.policy.record if review.policy else ReleasePolicy()
    return {
        "stored": review.policy is not None,
        "revision": stored(review.policy),
        "gates": gate_rows(review),
        "stages": [_stage(stage) for stage in release_policy.stages],
        "approvers": approvers(review, release_policy),
        "rollback": [
            {
                "what": tr("Steps"),
                "value": tr("{steps} written down", steps=formatting.count(len(release_policy.rollback.steps), "step")),
            },
            {"what": tr("Owner"), "value": person(release_policy.rollback.owner)},
            {"what": tr("Rehearsal"), "value": _rehearsal(review, release_policy.rollback)},
        ],
    }


def budgets(review: Review) -> dict[str, Plain]:
    by_stage = review.policy.record.budgets if review.policy else {}
    return {
        "budgets": [
            {
                "stage": stage,
                "timeout": formatting.figure(budget.timeout_ms, "ms") if budget.timeout_ms is not None else tr(NOT_SET),
                "retries": str(budget.retries) if budget.retries is not None else tr(NOT_SET),
                "fallback": named(budget.fallback, NOT_SET),
            }
            for stage, budget in by_stage.items()
        ]
    }


def monitoring(review: Review) -> dict[str, Plain]:
    plan = review.monitoring.record if review.monitoring else None
    return {
        "stored": plan is not None,
        "cadence": named(plan.review_cadence if plan else "", NOT_SET),
        "escalation": person(plan.escalation_owner if plan else ""),
        "covers": formatting.listed(plan.covers if plan else []) or tr(NOT_STATED),
        "by_cohort": bool(plan and plan.by_cohort),
        "alerts": [
            {"metric": alert.metric, "condition": alert.condition, "route": named(alert.route, marked("no route"))}
            for alert in (plan.alerts if plan else [])
        ],
        "watch": [item for item in (plan.watch_list if plan else []) if item.strip()],
    }


def ownership(review: Review) -> dict[str, Plain]:
    plan = review.monitoring.record if review.monitoring else None
    policy = review.policy.record if review.policy else ReleasePolicy()
    owners = [
        (tr("System"), review.dossier.system.record.owner),
        (tr("Incident response"), plan.owners.incident_response if plan else ""),
        (tr("Release review"), plan.owners.release_review if plan else ""),
        (tr("Weekly decisions"), plan.owners.weekly_decisions if plan else ""),
        (tr("Escalation"), plan.escalation_owner if plan else ""),
        (tr("Rollback"), policy.rollback.owner),
    ]
    return {
        "owners": [{"role": role, "name": person(name)} for role, name in owners],
        "approvers": approvers(review, policy),
        "open": sum(not name.strip() for _, name in owners),
    }


def _stage(stage: RolloutStage) -> dict[str, Plain]:
    return {
        "name": named(stage.name),
        "share": f"{stage.share * 100:g} %" if stage.share is not None else tr(NOT_SET),
        "hours": f"{stage.hours:g}" if stage.hours is not None else tr(NOT_SET),
        "proceed_if": named(stage.proceed_if, NOT_STATED),
    }


def _rehearsal(review: Review, plan: Rollback) -> str:
    if plan.rehearsed_on is None:
        return tr(NEVER)
    when = f"{formatting.day(plan.rehearsed_on)}, {formatting.ago(plan.rehearsed_on, review.as_of)}"
    if plan.rehearsed_on > review.as_of:
        return tr("still to come: {when}", when=when)
    return f"{when}, {tr(plan.rehearsal or _NO_RESULT)}"
