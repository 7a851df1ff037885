"""What changed between two revisions: said in full, and nothing said where nothing did."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.model.card import CardEvaluation, Component, Incident, RedTeamRun, SystemCard
from readiness.model.cells import Statistic
from readiness.model.judges import Judge
from readiness.model.monitoring import Alert, MonitoringPlan, Owners
from readiness.model.policy import Approver, Budget, Gate, ReleasePolicy, Rollback, RolloutStage
from readiness.model.record import Record
from readiness.model.revision_diff import FIELDS, between, components
from tests import factories

FEW = st.sampled_from(["", "a", "b", "a b", " a", "x" * 130 + "1", "x" * 130 + "2"])
NAMES = st.sampled_from(["quality", "policy", "task_success"])
NUMBERS = st.one_of(st.none(), st.sampled_from([0.1, 0.1000001, 0.10000010000000001, 1.0, 2.0, 3000.0]))
PLACES = st.sampled_from(["*", "each", "refund"])


@st.composite
def gates(draw: st.DrawFn) -> Gate:
    figures: dict[str, Any] = {name: draw(NUMBERS) for name in ("min", "max", "max_regression")}
    if not any(value is not None for value in figures.values()):
        figures["min"] = 0.5
    stats: list[Statistic] = ["mean", "p95"]
    stat, min_n = draw(st.sampled_from(stats)), draw(st.integers(1, 3))
    where = {"metric": draw(NAMES), "workflow": draw(PLACES), "cohort": draw(PLACES)}
    later = {"max_unscored": draw(st.sampled_from([0, 0.02, 0.1])), "looks": draw(st.sampled_from([None, 1, 3]))}
    later |= {"same_within": draw(st.sampled_from([None, 0.05]))}
    if figures["max_regression"]:
        later |= {"same_within": draw(st.sampled_from([None, figures["max_regression"]]))}
    later |= {"critical": stat == "mean" and draw(st.booleans())}
    return Gate.model_validate(where | later | figures | {"stat": stat, "min_n": min_n})


STAGES = st.builds(
    RolloutStage, name=NAMES, share=st.sampled_from([None, 0, 0.05, 0.07, 1]), hours=NUMBERS, proceed_if=FEW
)
ROLLBACKS = st.builds(
    Rollback,
    steps=st.lists(FEW, max_size=3),
    owner=FEW,
    data_dependencies=FEW,
    confirm=FEW,
    rehearsed_on=st.sampled_from([None, dt.date(2026, 11, 2), dt.date(2026, 11, 10)]),
    rehearsal=st.sampled_from([None, "passed", "failed"]),
)
BUDGETS = st.builds(Budget, timeout_ms=NUMBERS, retries=st.sampled_from([None, 0, 1]), fallback=FEW)
JUDGES = st.builds(
    lambda metric, judge, prompt, kappa: Judge(metric=metric, judge=judge, prompt=prompt, n=kappa and 120, kappa=kappa),
    NAMES,
    NAMES,
    FEW,
    st.sampled_from([None, 0.7, 0.8]),
)
POLICIES = st.builds(
    ReleasePolicy,
    gates=st.lists(gates(), max_size=3),
    stages=st.lists(STAGES, max_size=3),
    rollback=ROLLBACKS,
    budgets=st.dictionaries(NAMES, BUDGETS, max_size=2),
    approvers=st.lists(st.builds(Approver, role=NAMES, name=FEW), max_size=3),
    judges=st.lists(JUDGES, max_size=2),
    public_dimensions=st.lists(NAMES, max_size=2),
)
PLANS = st.builds(
    MonitoringPlan,
    review_cadence=FEW,
    escalation_owner=FEW,
    watch_list=st.lists(FEW, max_size=3),
    covers=st.lists(FEW, max_size=3),
    by_cohort=st.booleans(),
    owners=st.builds(Owners, incident_response=FEW, release_review=FEW, weekly_decisions=FEW),
    alerts=st.lists(
        st.builds(Alert, metric=NAMES, condition=FEW, route=FEW, max=st.sampled_from([None, 1.0]))
        | st.builds(
            Alert,
            metric=NAMES,
            condition=FEW,
            min=st.sampled_from([0.5, 2.0]),
            cohort=NAMES,
            stat=st.sampled_from(["mean", "p95"]),
        ),
        max_size=3,
    ),
)
DAYS = st.sampled_from([None, dt.date(2026, 11, 2), dt.date(2026, 11, 10)])
TEXTS = st.lists(FEW, max_size=2)
CARDS = st.builds(
    SystemCard,
    intended_use=FEW,
    not_for=TEXTS,
    users=FEW,
    components=st.lists(
        st.builds(
            Component,
            kind=st.sampled_from(["model", "prompt"]),
            name=NAMES,
            **dict.fromkeys(("version", "provider", "region", "retention", "training_use"), FEW),
        ),
        max_size=3,
    ),
    oversight=FEW,
    limits=TEXTS,
    residual_risk=FEW,
    customer_duties=TEXTS,
    evaluation=st.builds(CardEvaluation, sampling=FEW, judge=FEW, agreement=FEW, not_tested=TEXTS),
    red_team=st.lists(
        st.builds(
            RedTeamRun,
            on=DAYS,
            by=FEW,
            tried=FEW,
            attacks=st.sampled_from([None, 3, 4]),
            succeeded=st.sampled_from([None, 0, 3]),
            report=FEW,
        ),
        max_size=2,
    ),
    incidents=st.lists(st.builds(Incident, on=DAYS, what=NAMES, cohort=FEW, done=FEW), max_size=2),
    incidents_until=DAYS,
)


@settings(deadline=None)
@given(POLICIES, POLICIES)
def test_something_is_said_of_two_policies_exactly_where_they_differ(one: ReleasePolicy, other: ReleasePolicy) -> None:
    assert bool(between(one, other)) == (one != other)
    assert between(one, one.model_copy(deep=True)) == ()


@settings(deadline=None)
@given(PLANS, PLANS)
def test_something_is_said_of_two_plans_exactly_where_they_differ(one: MonitoringPlan, other: MonitoringPlan) -> None:
    assert bool(between(one, other)) == (one != other)
    assert between(one, one.model_copy(deep=True)) == ()


@settings(deadline=None)
@given(CARDS, CARDS)
def test_something_is_said_of_two_cards_exactly_where_they_differ(one: SystemCard, other: SystemCard) -> None:
    assert bool(between(one, other)) == (one != other)
    assert between(one, one.model_copy(deep=True)) == ()


@settings(deadline=None)
@given(st.lists(gates(), min_size=1, max_size=4), st.data())
def test_every_field_of_an_item_that_changed_is_named_in_one_sentence(found: list[Gate], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(found) - 1))
    other = data.draw(gates())
    stated = {field: getattr(other, field) for field in FIELDS[Gate]}
    stated["critical"] = stated["critical"] and found[at].stat == "mean"
    after = [*found[:at], found[at].model_copy(update=stated), *found[at + 1 :]]
    said = between(ReleasePolicy(gates=found), ReleasePolicy(gates=after))
    changed = [label for field, (label, _) in FIELDS[Gate].items() if getattr(found[at], field) != stated[field]]
    assert len(said) == bool(changed)
    for sentence in said:
        assert sentence.startswith(f"Gate {found[at].subject}")
        assert [label for label, _ in FIELDS[Gate].values() if f"{label} " in sentence] == changed


NAMING = {
    Gate: {"metric", "workflow", "cohort", "stat"},
    RolloutStage: {"name"},
    Approver: {"role"},
    Alert: {"metric"},
    Judge: {"metric", "judge"},
    Component: {"kind", "name"},
    RedTeamRun: {"on", "by"},
    Incident: {"on", "what"},
}
"""The fields that name an item: another value there is another item."""
ELSEWHERE = {
    ReleasePolicy: {"gates", "stages", "rollback", "budgets", "approvers", "judges", "public_dimensions"},
    Rollback: {"steps", "rehearsed_on", "rehearsal"},
    MonitoringPlan: {"watch_list", "covers", "owners", "alerts"},
    CardEvaluation: {"not_tested"},
    SystemCard: {"not_for", "components", "limits", "customer_duties", "evaluation", "red_team", "incidents"},
}


@pytest.mark.parametrize("kind", FIELDS, ids=lambda kind: kind.__name__)
def test_every_field_of_every_record_has_its_words(kind: type[Record]) -> None:
    told = set(FIELDS[kind]) | NAMING.get(kind, set()) | ELSEWHERE.get(kind, set())
    assert told == set(kind.model_fields)


def changed(record: Any, **fields: Any) -> Any:
    return record.model_copy(update=fields)


POLICY = factories.policy(
    stages=factories.policy().stages[:1],
    gates=[Gate(metric="task_success", cohort="each", min=0.9), Gate(metric="latency_ms", stat="p95", max=6500)],
)
ROLLBACK = POLICY.rollback
SHADOW = RolloutStage(name="shadow", share=0, hours=24, proceed_if="no difference\non 500 chats")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"gates": [changed(POLICY.gates[0], min=0.92, min_n=200), POLICY.gates[1]]},
            ["Gate task_success for each cohort: minimum 0.9 → 0.92, cases needed 1 → 200"],
        ),
        ({"gates": POLICY.gates[:1]}, ["Gate latency_ms p95 removed"]),
        (
            {"gates": [*POLICY.gates, POLICY.gates[0]]},
            ["Gate task_success for each cohort (2) added: minimum 0.9"],
        ),
        (
            {"gates": POLICY.gates[::-1]},
            ["Order of the gates: Gate latency_ms p95, Gate task_success for each cohort"],
        ),
        (
            {"stages": [SHADOW, *POLICY.stages]},
            ["Stage shadow added: share 0 %, duration 24 h, goes on if “no difference on 500 chats”"],
        ),
        ({"stages": [changed(POLICY.stages[0], share=0.07)]}, ["Stage canary: share 5 % → 7 %"]),
        (
            {"rollback": changed(ROLLBACK, rehearsal="failed", rehearsed_on=dt.date(2026, 11, 22))},
            ["Rollback rehearsal: passed on 20 Nov 2026 → failed on 22 Nov 2026"],
        ),
        (
            {"rollback": changed(ROLLBACK, rehearsal=None, rehearsed_on=None, owner="")},
            [
                "Rollback owner: rosa → nobody",
                "Rollback rehearsal: passed on 20 Nov 2026 → never",
            ],
        ),
        ({"rollback": changed(ROLLBACK, steps=["Route back", "Drain chats"])}, ["Rollback step added: “Drain chats”"]),
        (
            {"budgets": POLICY.budgets | {"output": Budget(timeout_ms=3000)}},
            ["Budget of output added: timeout 3000 ms"],
        ),
        ({"peak_concurrency": 200}, ["Planned requests at once: none → 200"]),
        (
            {"approvers": [changed(POLICY.approvers[0], name="zoe"), *POLICY.approvers[1:]]},
            ["Approver of quality: quality lead → zoe"],
        ),
    ],
)
def test_a_change_of_the_policy_reads_like_this(fields: dict[str, Any], said: list[str]) -> None:
    assert list(between(POLICY, changed(POLICY, **fields))) == said


PLAN = factories.monitoring(
    alerts=[Alert(metric="groundedness", condition="below 0.9 for 30 min", route="on call")],
    covers=["drift", "task_success"],
    by_cohort=False,
    owners=Owners(),
)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"review_cadence": "daily"}, ["Review cadence: “weekly” → “daily”"]),
        (
            {"by_cohort": True, "escalation_owner": ""},
            ["Escalation owner: rosa → nobody", "Every cohort apart: no → yes"],
        ),
        ({"covers": ["task_success"]}, ["Watched metric removed: “drift”"]),
        ({"covers": ["task_success", "drift"]}, ["Watched metric: another order"]),
        ({"owners": Owners(release_review="zoe")}, ["Release review: nobody → zoe"]),
        ({"alerts": [changed(PLAN.alerts[0], route="")]}, ["Alert on groundedness: goes to on call → nobody"]),
        (
            {"watch_list": ["task_success  by language"]},
            [
                "First-week watch removed: “task_success by language”",
                "First-week watch added: “task_success by language”",
            ],
        ),
        ({"watch_list": ["task_success by language", "drift"]}, ["First-week watch added: “drift”"]),
        ({"watch_list": []}, ["First-week watch removed: “task_success by language”"]),
        (
            {"review_cadence": "x" * 120, "watch_list": ["task_success by language", "y" * 121]},
            [
                f"Review cadence: “weekly” → “{'x' * 120}”",
                f"First-week watch added: “{'y' * 120}…”",
            ],
        ),
        ({"review_cadence": "weekly "}, ["Review cadence: reworded"]),
    ],
)
def test_a_change_of_the_plan_reads_like_this(fields: dict[str, Any], said: list[str]) -> None:
    assert list(between(PLAN, changed(PLAN, **fields))) == said


CARD = factories.card()
MODEL, PROMPT = CARD.components


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"residual_risk": ""}, ["Residual risk: “A wrong date may be sent” → nothing"]),
        ({"not_for": ["Legal advice", "Claims"]}, ["Not for added: “Claims”"]),
        (
            {"components": [changed(MODEL, version="2026-11-01"), PROMPT]},
            ["Model nl-large: version “2026-09-30” → “2026-11-01”"],
        ),
        ({"components": [PROMPT, MODEL]}, ["Order of the components: Prompt answer, Model nl-large"]),
        ({"evaluation": changed(CARD.evaluation, judge="people")}, ["Judge: “judge-small, prompt 7” → “people”"]),
        (
            {"red_team": [changed(CARD.red_team[0], succeeded=0)]},
            ["Red-team run by Platform red team, 20 Nov 2026: succeeded 1 → 0"],
        ),
        ({"incidents": []}, ["Incident “Wrong tariff quoted”, 20 Nov 2026 removed"]),
        ({"incidents_until": None}, ["Incidents told until: 20 Nov 2026 → no day"]),
    ],
)
def test_a_change_of_the_card_reads_like_this(fields: dict[str, Any], said: list[str]) -> None:
    assert list(between(CARD, changed(CARD, **fields))) == said


def test_what_the_answers_come_from_is_compared_only_where_both_cards_state_it() -> None:
    now = changed(CARD, components=[changed(MODEL, region="US")], users="nobody")
    assert components(CARD, now) == ("Model nl-large: region “EU” → “US”", "Prompt answer removed")
    assert components(None, now) == components(CARD, None) == ()


def test_a_policy_is_not_compared_with_a_plan() -> None:
    with pytest.raises(TypeError):
        between(POLICY, PLAN)
