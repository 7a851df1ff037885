"""What stops a bad release, and who watches?"""

from readiness import sentences
from readiness.records import APPROVER_ROLES, MonitoringPlan, ReleasePolicy
from readiness.scorecard import describe
from readiness.web import guard, widgets

visit = guard.enter()
review = visit.chosen()
policy = review.policy.record if review.policy else ReleasePolicy()
plan = review.monitoring.record if review.monitoring else MonitoringPlan()
approvers = {each.role: each.name for each in policy.approvers}

widgets.answer(sentences.release(review), kicker=widgets.about(review), level=review.verdict.level)
widgets.heading("The staged path", widgets.revision(review.policy))
widgets.show("release", policy=policy)
widgets.heading("Gates", "What a candidate must clear before the next stage.")
if review.gates:
    widgets.show("gates", gates=review.gates, describe=describe)
else:
    widgets.empty("No gate is set.", "State thresholds in the assessment file under [[policy.gates]].")
widgets.heading("Rollback")
widgets.show("rollback", rollback=policy.rollback, as_of=visit.as_of)
widgets.heading("Budgets", "What each stage may spend, and what happens after.")
if policy.budgets:
    widgets.show("budgets", budgets=policy.budgets)
else:
    widgets.empty(
        "No budget is set.", "State timeout, retries and fallback for each stage under [policy.budgets.STAGE]."
    )
widgets.heading("Who decides and who watches")
owners = plan.owners
widgets.show(
    "people",
    people=[
        *((f"Approves {role}", approvers.get(role, "")) for role in APPROVER_ROLES),
        ("Incident response", owners.incident_response),
        ("Release review", owners.release_review),
        ("Weekly decisions", owners.weekly_decisions),
        ("Escalations", plan.escalation_owner),
    ],
)
widgets.heading("Monitoring plan", widgets.revision(review.monitoring))
if review.monitoring:
    widgets.show("plan", plan=plan)
else:
    widgets.empty(
        "No monitoring plan.",
        "State alerts, cadence and the first-week watch list in the assessment file under [monitoring].",
    )
