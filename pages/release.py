"""What stops a bad release, and who watches?"""

from readiness.language import tr
from readiness.model.monitoring import MonitoringPlan
from readiness.model.policy import ReleasePolicy
from readiness.review import summaries
from readiness.scorecard import gate_words
from readiness.web import (
    document_forms,
    guard,
    headline,
    note_forms,
    reads,
    release_forms,
    sign_off_forms,
    stage_forms,
    tables,
    widgets,
)

visit = guard.enter()
review = visit.chosen()
said_of = note_forms.threads(visit, review)
policy = review.policy.record if review.policy else ReleasePolicy()
plan = review.monitoring.record if review.monitoring else MonitoringPlan()

headline.tell(summaries.release(review), kicker=widgets.about(review), level=review.verdict.level)
release_forms.heading(visit, review, "stages", widgets.revision(review.policy))
widgets.show("release", policy=policy, described=release_forms.described(review))
stage_forms.show(visit, review)
release_forms.heading(visit, review, "gates")
show_again = widgets.gates(review, tr("Edit adds thresholds, and so does the assessment file under [[policy.gates]]."))
note_forms.links(said_of, "gate", {one.gate.subject: gate_words.subject(one.gate) for one in review.gates})
release_forms.heading(visit, review, "judges")
if policy.judges:
    widgets.show(
        "notes",
        notes=[f"{check.judge.metric} {check.sentence}" for checks in review.judges.values() for check in checks],
    )
else:
    widgets.empty(
        tr("No judge is named."), tr("Edit says which model scores which metric, and how far it agrees with people.")
    )
release_forms.heading(visit, review, "rollback")
widgets.show("rollback", rollback=policy.rollback, as_of=visit.as_of)
release_forms.heading(visit, review, "budgets")
if policy.budgets or policy.peak_concurrency:
    widgets.show("budgets", policy=policy)
else:
    widgets.empty(tr("No budget is set."), tr("Edit adds timeout, retries and fallback for each stage."))
release_forms.heading(visit, review, "approvers")
sign_off_forms.rows(visit, review)
release_forms.heading(visit, review, "plan", widgets.revision(review.monitoring))
if review.monitoring:
    widgets.show("plan", plan=plan)
else:
    widgets.empty(
        tr("No monitoring plan."),
        tr("Edit states cadence and first-week watch list, and so does the assessment file under [monitoring]."),
    )
release_forms.heading(visit, review, "alerts")
if plan.alerts:
    widgets.show("alerts", alerts=plan.alerts, described=release_forms.described(review))
else:
    widgets.empty(tr("No alert is set."), tr("Edit adds what raises one, and where it goes."))
release_forms.heading(visit, review, "owners")
owners = plan.owners
widgets.show(
    "people",
    people=[
        (tr("Incident response"), owners.incident_response),
        (tr("Release review"), owners.release_review),
        (tr("Weekly decisions"), owners.weekly_decisions),
        (tr("Escalations"), plan.escalation_owner),
    ],
)
document_forms.elsewhere(
    visit, review, tr("Do alert rules, service level objectives, rollout steps or code owners stand elsewhere already")
)
if history := reads.history(visit.by, review, "policy", "monitoring"):
    widgets.heading(
        tr("Revisions"),
        tr("Every save of the policy and of the plan, the newest first."),
        tables.query("revisions", review),
    )
    widgets.show("revisions", revisions=history)
widgets.words("release")
show_again(visit.with_reruns)
