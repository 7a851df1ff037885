"""Release policy and operations: stages, rollback, budgets, monitoring, owners."""

from __future__ import annotations

from readiness import formatting
from readiness.model.policy import ReleasePolicy, Rollback, RolloutStage
from readiness.review.review import Review

from .base import Plain, approvers, named, person, stored
from .figures import gate_rows

NEVER = "never rehearsed"
NOT_SET = "not set"


def rollback(review: Review) -> dict[str, Plain]:
    plan = review.policy.record.rollback if review.policy else Rollback()
    return {
        "steps": [step for step in plan.steps if step.strip()],
        "owner": person(plan.owner),
        "data_dependencies": named(plan.data_dependencies, "not stated"),
        "confirm": named(plan.confirm, "not stated"),
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
            {"what": "Steps", "value": f"{formatting.count(len(release_policy.rollback.steps), 'step')} written down"},
            {"what": "Owner", "value": person(release_policy.rollback.owner)},
            {"what": "Rehearsal", "value": _rehearsal(review, release_policy.rollback)},
        ],
    }


def budgets(review: Review) -> dict[str, Plain]:
    by_stage = review.policy.record.budgets if review.policy else {}
    return {
        "budgets": [
            {
                "stage": stage,
                "timeout": formatting.figure(budget.timeout_ms, "ms") if budget.timeout_ms is not None else NOT_SET,
                "retries": str(budget.retries) if budget.retries is not None else NOT_SET,
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
        "covers": formatting.listed(plan.covers if plan else []) or "not stated",
        "by_cohort": bool(plan and plan.by_cohort),
        "alerts": [
            {"metric": alert.metric, "condition": alert.condition, "route": named(alert.route, "no route")}
            for alert in (plan.alerts if plan else [])
        ],
        "watch": [item for item in (plan.watch_list if plan else []) if item.strip()],
    }


def ownership(review: Review) -> dict[str, Plain]:
    plan = review.monitoring.record if review.monitoring else None
    policy = review.policy.record if review.policy else ReleasePolicy()
    owners = [
        ("System", review.dossier.system.record.owner),
        ("Incident response", plan.owners.incident_response if plan else ""),
        ("Release review", plan.owners.release_review if plan else ""),
        ("Weekly decisions", plan.owners.weekly_decisions if plan else ""),
        ("Escalation", plan.escalation_owner if plan else ""),
        ("Rollback", policy.rollback.owner),
    ]
    return {
        "owners": [{"role": role, "name": person(name)} for role, name in owners],
        "approvers": approvers(review, policy),
        "open": sum(not name.strip() for _, name in owners),
    }


def _stage(stage: RolloutStage) -> dict[str, Plain]:
    return {
        "name": named(stage.name),
        "share": f"{stage.share * 100:g} %" if stage.share is not None else NOT_SET,
        "hours": f"{stage.hours:g}" if stage.hours is not None else NOT_SET,
        "proceed_if": named(stage.proceed_if, "not stated"),
    }


def _rehearsal(review: Review, plan: Rollback) -> str:
    if plan.rehearsed_on is None:
        return NEVER
    when = f"{formatting.day(plan.rehearsed_on)}, {formatting.ago(plan.rehearsed_on, review.as_of)}"
    if plan.rehearsed_on > review.as_of:
        return f"still to come: {when}"
    return f"{when}, {plan.rehearsal or 'result not stated'}"
