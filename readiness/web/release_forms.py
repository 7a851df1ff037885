"""What is asked for each section of the release policy and of the monitoring plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from streamlit.column_config import CheckboxColumn, NumberColumn, SelectboxColumn, TextColumn

from readiness.errors import InputError
from readiness.language import marked, tr
from readiness.model.judges import Judge
from readiness.model.monitoring import Alert, MonitoringPlan, Owners
from readiness.model.policy import APPROVER_ROLES, MAX_UNSCORED, Approver, Budget, Gate, ReleasePolicy, RolloutStage
from readiness.model.record import ANY
from readiness.pack import withheld
from readiness.review.review import Review
from readiness.scorecard import gate_words

from . import document_forms, person_pick
from .document_forms import Fields, FormSection
from .guard import PageContext

_GIVEN: dict[str, Any] = {
    "workflow": ANY,
    "cohort": ANY,
    "stat": "mean",
    "min_n": 1,
    "max_unscored": MAX_UNSCORED,
    "critical": False,
}
"""What stands in a new row before anybody types."""
_WHERE = ("workflow", "cohort", "stat")
"""Which figure a gate or an alert looks at."""


def _said(option: object) -> str:
    return tr(str(option))


def _where() -> dict[str, Any]:
    return {
        "workflow": TextColumn(tr("Workflow"), default=ANY, help=tr("* is all together, each asks it of every one.")),
        "cohort": TextColumn(tr("Cohort"), default=ANY, help=tr("* is all together, each asks it of every one.")),
        "stat": SelectboxColumn(
            tr("Figure"),
            options=[marked("mean"), "p50", "p95", "p99"],
            default="mean",
            required=True,
            format_func=_said,
        ),
    }


def described(review: Review) -> Callable[[Gate], str]:
    """A gate in words, by what the checklist knows of its metric."""
    return lambda gate: gate_words.describe(gate, review.metrics.get(gate.metric))


def heading(visit: PageContext, review: Review, name: str, note: str = "") -> None:
    document_forms.heading(visit, review, name, SECTIONS[name], note)


def _stages(visit: PageContext, review: Review, policy: ReleasePolicy) -> Fields:
    rows = [
        stage.model_dump() | {"step": number, "share": _hundred(stage.share)}
        for number, stage in enumerate(policy.stages, 1)
    ]
    columns = {
        "step": NumberColumn(tr("Step"), step=1, width=50, help=tr("Another number moves the stage.")),
        "name": TextColumn(tr("Stage"), help=tr("Such as shadow, canary, one region, all.")),
        "share": NumberColumn(tr("% of traffic"), min_value=0, max_value=100, format="plain"),
        "hours": NumberColumn(tr("Hours"), min_value=0, format="plain"),
        "proceed_if": TextColumn(tr("Goes on if"), width="large"),
    }
    table = document_forms.table(rows, columns)
    st.caption(tr("What it takes to go on, as data: figures that were measured in the stage are held against it."))
    gates = document_forms.table(
        [{"stage": stage.name, **dict(gate)} for stage in policy.stages for gate in stage.gates],
        {"stage": TextColumn(tr("Stage"), help=tr("By its name above.")), **_gate_columns(review)},
    )

    def fields() -> dict[str, Any]:
        typed = sorted(document_forms.typed(table), key=lambda row: row.get("step", len(table)))
        names = [row.get("name", "") for row in typed]
        gates_of = _gates_of(policy, names, document_forms.typed(gates, _GIVEN))
        shares = [row | {"share": row["share"] / 100} if "share" in row else row for row in typed]
        stated = [{key: row[key] for key in row if key != "step"} for row in shares]
        return {
            "stages": document_forms.records(
                RolloutStage, [row | {"gates": gates_of.get(row.get("name", ""), [])} for row in stated]
            )
        }

    return fields


def _gates_of(policy: ReleasePolicy, stages: Sequence[str], rows: Sequence[dict[str, Any]]) -> dict[str, list[Gate]]:
    """The gates by the name of their stage, also of the one that was renamed. Raises InputError with the row."""
    before = [stage.name for stage in policy.stages]
    gone, new = ([name for name in one if name not in other] for one, other in ((before, stages), (stages, before)))
    renamed = {gone[0]: new[0]} if len(gone) == len(new) == 1 else {}
    of_stage: dict[str, list[Gate]] = {}
    for number, row in enumerate(rows, 1):
        stage = row.pop("stage", "")
        stage = renamed.get(stage, stage)
        if stage not in stages:
            problem = tr("there is no stage {stage!r}", stage=stage) if stage else tr("the gate names no stage")
            raise InputError(
                problem,
                place=tr("gate {number}", number=number),
                expected=tr("one of {known}", known=", ".join(stages) or tr("none yet")),
            )
        of_stage.setdefault(stage, [])
        try:
            of_stage[stage].append(Gate.checked(**row))
        except InputError as exc:
            raise exc.within(place=tr("gate {number}", number=number)) from exc
    return of_stage


def _hundred(share: float | None) -> float | None:
    """The share in per cent, without the dust of binary fractions."""
    return None if share is None else round(share * 100, 10)


def _gate_columns(review: Review) -> dict[str, Any]:
    return {
        "metric": TextColumn(
            tr("Metric"),
            help=tr("Such as {names}.", names=", ".join(metric.id for metric in review.checklist.metrics[:5])),
        ),
        **_where(),
        "min": NumberColumn(tr("Minimum"), format="plain"),
        "max": NumberColumn(tr("Maximum"), format="plain"),
        "max_regression": NumberColumn(
            tr("Worse by at most"), min_value=0, format="plain", help=tr("Against the baseline.")
        ),
        "same_within": NumberColumn(
            tr("The same within"), min_value=0, format="plain", help=tr("A change surely below it is called the same.")
        ),
        "direction": SelectboxColumn(
            tr("Better"),
            options=[marked("higher"), marked("lower")],
            format_func=_said,
            help=tr("Where neither the checklist nor its file says it."),
        ),
        "min_n": NumberColumn(tr("Cases needed"), min_value=1, step=1, default=_GIVEN["min_n"]),
        "max_unscored": NumberColumn(
            tr("Unscored at most"),
            min_value=0,
            max_value=1,
            default=MAX_UNSCORED,
            help=tr("Share of cases without a score."),
        ),
        "looks": NumberColumn(tr("Planned looks"), min_value=1, step=1, help=tr("Result sets that share the error.")),
        "critical": CheckboxColumn(tr("Critical"), default=False, help=tr("No case may fail, whatever the rate.")),
    }


def _gates(visit: PageContext, review: Review, policy: ReleasePolicy) -> Fields:
    table = document_forms.table([dict(gate) for gate in policy.gates], _gate_columns(review))
    return lambda: {"gates": document_forms.records(Gate, document_forms.typed(table, _GIVEN))}


def _judges(visit: PageContext, review: Review, policy: ReleasePolicy) -> Fields:
    columns = {
        "metric": TextColumn(tr("Metric"), help=tr("A metric that a model scores.")),
        "judge": TextColumn(tr("Judge"), help=tr("The model, as files name it behind an @.")),
        "prompt": TextColumn(tr("Prompt"), help=tr("Its version.")),
        "n": NumberColumn(
            tr("Cases"), min_value=1, step=1, help=tr("That people labelled too, where no file shows them.")
        ),
        "kappa": NumberColumn(tr("Cohen's κ"), min_value=-1, max_value=1, format="plain"),
        "tpr": NumberColumn(tr("Passes met"), min_value=0, max_value=1, format="plain"),
        "tnr": NumberColumn(tr("Failures met"), min_value=0, max_value=1, format="plain"),
    }
    table = document_forms.table([judge.model_dump() for judge in policy.judges], columns)
    return lambda: {"judges": document_forms.records(Judge, document_forms.typed(table))}


def _rollback(visit: PageContext, _: Review, policy: ReleasePolicy) -> Fields:
    before = policy.rollback
    steps = document_forms.lines(tr("Steps, one a line"), before.steps)
    owner = person_pick.box(visit, st.container(), tr("Owner"), before.owner)
    data = st.text_input(tr("Data that stays after the rollback"), before.data_dependencies)
    confirm = st.text_input(tr("Confirmed by"), before.confirm, help=tr("How it is seen that the rollback worked."))
    left, right = st.columns(2)
    day = left.date_input(tr("Rehearsed on"), before.rehearsed_on, format="YYYY-MM-DD")
    results = [None, marked("passed"), marked("failed")]
    result = right.radio(
        tr("Rehearsal"),
        results,
        index=results.index(before.rehearsal),
        format_func=lambda option: tr(option or "no result"),
        horizontal=True,
    )
    typed = {"steps": steps, "owner": owner, "data_dependencies": data, "confirm": confirm}
    return lambda: {"rollback": typed | {"rehearsed_on": day, "rehearsal": result}}


def _budgets(visit: PageContext, _: Review, policy: ReleasePolicy) -> Fields:
    columns = {
        "stage": TextColumn(tr("Stage"), help=tr("Such as retrieval, rerank, model, tool."), required=True),
        "timeout_ms": NumberColumn(tr("Timeout, ms"), min_value=0, format="plain"),
        "retries": NumberColumn(tr("Retries"), min_value=0, step=1),
        "fallback": TextColumn(tr("Then"), width="large", help=tr("What happens when time and retries are spent.")),
    }
    rows = [{"stage": stage} | budget.model_dump() for stage, budget in policy.budgets.items()]
    table = document_forms.table(rows, columns)
    peak = st.number_input(
        tr("Requests at once, as planned for the rollout"),
        value=policy.peak_concurrency,
        min_value=1,
        step=1,
        help=tr("What a load test must reach."),
    )

    def fields() -> dict[str, Any]:
        typed = document_forms.typed(table)
        stages = [row.pop("stage", "") for row in typed]
        for number, stage in enumerate(stages, 1):
            if not stage or stage in stages[: number - 1]:
                problem = tr("the stage {stage!r} stands twice", stage=stage) if stage else tr("the stage has no name")
                raise InputError(problem, place=tr("row {number}", number=number), expected=tr("each stage once"))
        return {
            "budgets": dict(zip(stages, document_forms.records(Budget, typed), strict=True)),
            "peak_concurrency": peak,
        }

    return fields


def _approvers(visit: PageContext, review: Review, policy: ReleasePolicy) -> Fields:
    given = policy.approvers + [
        Approver(role=role, name="") for role in APPROVER_ROLES if role not in {one.role for one in policy.approvers}
    ]
    rows = [_approver(visit, number, one) for number, one in enumerate([*given, Approver(role="", name="")], 1)]
    kinds = [kind for kind in policy.public_dimensions if not withheld.is_producer(kind)]
    public = st.multiselect(
        tr("Kinds of cohorts whose values may be read in packs"),
        list(dict.fromkeys([*kinds, *review.dossier.index.dimensions])),
        kinds,
        accept_new_options=True,
        help=tr("Beside those that every pack shows, such as language. Values of all others are numbered."),
    )
    named = st.toggle(
        tr("Packs name who signed the evidence"),
        len(kinds) < len(policy.public_dimensions),
        help=tr("For every audience. Who signed is numbered otherwise."),
    )

    def fields() -> dict[str, Any]:
        approvers = document_forms.records(Approver, [row for row in rows if row["name"]])
        return {"approvers": approvers, "public_dimensions": public + [withheld.PRODUCER] * named}

    return fields


def _approver(visit: PageContext, number: int, before: Approver) -> dict[str, Any]:
    """A role and who decides in it; without a name it is left out."""
    left, right = st.columns([2, 5])
    role = left.text_input(
        tr("Role {number}", number=number), before.role, placeholder=tr("another one"), label_visibility="collapsed"
    )
    who = person_pick.box(visit, right, tr("Who {number}", number=number), before.name, label_visibility="collapsed")
    return {"role": role.strip(), "name": who}


def _owners(visit: PageContext, _: Review, plan: MonitoringPlan) -> Fields:
    before, place = plan.owners, st.container()
    incident = person_pick.box(visit, place, tr("Incident response"), before.incident_response)
    release = person_pick.box(visit, place, tr("Release review"), before.release_review)
    weekly = person_pick.box(visit, place, tr("Weekly decisions"), before.weekly_decisions)
    escalation = person_pick.box(visit, place, tr("Escalations"), plan.escalation_owner)
    owners = {"incident_response": incident, "release_review": release, "weekly_decisions": weekly}
    return lambda: {"owners": Owners.checked(**owners), "escalation_owner": escalation}


def _plan(visit: PageContext, review: Review, plan: MonitoringPlan) -> Fields:
    cadence = st.text_input(
        tr("Review cadence"), plan.review_cadence, placeholder=tr("daily in the first week, then weekly")
    )
    known = dict.fromkeys([*plan.covers, *(metric.id for metric in review.checklist.metrics), "drift"])
    covers = st.multiselect(tr("Watches"), list(known), plan.covers, accept_new_options=True)
    by_cohort = st.checkbox(tr("Every cohort is watched apart"), plan.by_cohort)
    watch = document_forms.lines(tr("First-week watch list, one a line"), plan.watch_list)
    return lambda: {"review_cadence": cadence, "covers": covers, "by_cohort": by_cohort, "watch_list": watch}


def _alerts(visit: PageContext, _: Review, plan: MonitoringPlan) -> Fields:
    columns = {
        "metric": TextColumn(tr("Alert on"), help=tr("A metric.")),
        "condition": TextColumn(tr("When"), width="large", help=tr("Such as < 0.85 in any language over 24 hours.")),
        "route": TextColumn(tr("Goes to")),
        **_where(),
        "min": NumberColumn(
            tr("Silent from"), format="plain", help=tr("Figures of operation below it raise the alert.")
        ),
        "max": NumberColumn(
            tr("Silent up to"), format="plain", help=tr("Figures of operation above it raise the alert.")
        ),
    }
    table = document_forms.table([dict(alert) for alert in plan.alerts], columns)
    given = {name: _GIVEN[name] for name in _WHERE}
    return lambda: {"alerts": document_forms.records(Alert, document_forms.typed(table, given))}


SECTIONS = {
    "stages": FormSection(
        marked("The staged path"),
        marked("Which share of the traffic, for how long, and what has to hold to go on."),
        ReleasePolicy,
        _stages,
        ("staged",),
    ),
    "gates": FormSection(
        marked("Gates"), marked("What a candidate must clear before the next stage."), ReleasePolicy, _gates, ("gates",)
    ),
    "judges": FormSection(
        marked("Judges"),
        marked("Which model scores a metric, and how far it agrees with people."),
        ReleasePolicy,
        _judges,
        ("judged",),
    ),
    "rollback": FormSection(
        marked("Rollback"),
        marked("What flips back, which data stays, and whether it was tried."),
        ReleasePolicy,
        _rollback,
        ("rehearsal",),
    ),
    "budgets": FormSection(
        marked("Budgets and load"),
        marked("What each stage may spend, what happens after, and the peak that is planned."),
        ReleasePolicy,
        _budgets,
        ("budgets", "load"),
    ),
    "approvers": FormSection(
        marked("Who decides"),
        marked("A sign-off holds for what was seen; whatever changes after it makes it void."),
        ReleasePolicy,
        _approvers,
        ("approvers",),
    ),
    "owners": FormSection(
        marked("Who watches"),
        marked("Who is called, who reviews, and who decides week by week."),
        MonitoringPlan,
        _owners,
        ("fields",),
    ),
    "plan": FormSection(
        marked("Monitoring plan"),
        marked("How often, on what, and what to look at in the first week."),
        MonitoringPlan,
        _plan,
        ("covers",),
    ),
    "alerts": FormSection(marked("Alerts"), marked("What raises one, and where it goes."), MonitoringPlan, _alerts),
}
