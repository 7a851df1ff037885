"""The release policy, the monitoring plan and the sign-off: shown, edited section by section, decided."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from readiness import clock
from readiness.model.dossier import Dossier
from readiness.model.monitoring import MonitoringPlan
from readiness.model.policy import APPROVER_ROLES, Approver, Gate, ReleasePolicy
from readiness.services import revisions
from readiness.store import queries
from tests import factories
from tests.pages.dashboard import Dashboard, Screen

SYSTEM = "freight-support"
APPROVER = "marguerite.dube@example.com"
SECTIONS = ("stages", "gates", "judges", "rollback", "budgets", "approvers", "plan", "alerts", "owners")


def stored(dashboard: Dashboard) -> Dossier:
    with dashboard.store() as store:
        return queries.dossier(store, SYSTEM)


def policy(dashboard: Dashboard) -> ReleasePolicy:
    revision = stored(dashboard).policy
    assert revision
    return revision.record


def plan(dashboard: Dashboard) -> MonitoringPlan:
    revision = stored(dashboard).monitoring
    assert revision
    return revision.record


def edit(screen: Screen, section: str, *fields: tuple[str, str, object]) -> None:
    """Open a section, give its fields their values and store it; each field by kind, label and value."""
    screen.dialog(f"edit_{section}")
    for kind, label, value in fields:
        if kind == "person":
            screen.name(label, str(value))
        else:
            screen.widget(kind, label).set_value(value)
    screen.submit("Store a new revision")


def test_the_answer_counts_the_gates_and_every_section_is_shown(dashboard: Dashboard) -> None:
    screen = dashboard.open("release", system=SYSTEM)
    assert screen.answer == "3 of 5 gates pass; rollback never rehearsed."
    assert len(screen.table("Gate")) == 5
    assert [row[0] for row in screen.table("Timeout")] == ["retrieval", "rerank", "model", "tool"]
    assert [row[0] for row in screen.table("Alert on")] == [alert.metric for alert in plan(dashboard).alerts]
    assert ["Incident response", "henrik.solberg@example.com"] in screen.table("Responsibility")
    assert [row[0] for row in screen.table("What changed")] == ["Monitoring plan 1", "Release policy 1"]
    assert [row.split()[0] for row in screen.rows] == ["Quality", "Policy", "Operations"]
    assert screen.labels("button") == ["Edit", "Record", *["Edit"] * (len(SECTIONS) - 1)]


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_stored_as_it_stands_changes_nothing(dashboard: Dashboard, section: str) -> None:
    before = stored(dashboard)
    screen = dashboard.open("release", system=SYSTEM)
    edit(screen, section)
    assert "Nothing was changed" in screen.notices("status")[0]
    assert (stored(dashboard).policy, stored(dashboard).monitoring) == (before.policy, before.monitoring)


def test_a_rehearsal_is_entered(dashboard: Dashboard) -> None:
    before, day = policy(dashboard), clock.today() - dt.timedelta(days=1)
    screen = dashboard.open("release", system=SYSTEM)
    edit(
        screen,
        "rollback",
        ("date_input", "Rehearsed on", day),
        ("radio", "Rehearsal", "passed"),
        ("text_area", "Steps, one a line", "Point the alias back\n\nTell the desks"),
    )
    assert "Stored revision 2 of the release policy: " in screen.notices("status")[0]
    rollback = before.rollback.model_copy(
        update={"rehearsed_on": day, "rehearsal": "passed", "steps": ["Point the alias back", "Tell the desks"]}
    )
    assert policy(dashboard) == before.model_copy(update={"rollback": rollback})


def test_a_threshold_is_edited_in_its_row_and_a_gate_is_added_below(dashboard: Dashboard) -> None:
    first, *others = policy(dashboard).gates
    screen = dashboard.open("release", system=SYSTEM)
    screen.dialog("edit_gates")
    screen.type_into(
        {0: {"min": 0.9}}, {"metric": " new_metric ", "workflow": "*", "max": 0.5, "min_n": 1}, {"min_n": 1}
    )
    screen.submit("Store a new revision")
    assert "Gate task_success: minimum 0.88 → 0.9; Gate new_metric added: maximum 0.5" in screen.notices("status")[0]
    assert policy(dashboard).gates == [
        first.model_copy(update={"min": 0.9}),
        *others,
        Gate(metric="new_metric", max=0.5),
    ]


def test_another_step_moves_a_stage_and_shares_are_typed_as_per_cent(dashboard: Dashboard) -> None:
    before = policy(dashboard).stages
    screen = dashboard.open("release", system=SYSTEM)
    screen.dialog("edit_stages")
    screen.type_into({0: {"step": len(before) + 1}, 1: {"share": 7}})
    screen.submit("Store a new revision")
    assert screen.notices("status")
    assert policy(dashboard).stages == [before[1].model_copy(update={"share": 0.07}), *before[2:], before[0]]


@pytest.mark.parametrize(
    ("section", "typed", "sentence"),
    [
        ("gates", {"metric": "new_metric"}, "row 6: the gate has no threshold; expected min, max or"),
        ("stages", {"name": "x" * 301}, "name: "),
        ("budgets", {"stage": "model"}, "row 5: the stage 'model' stands twice; expected each stage once"),
        ("budgets", {"retries": 1}, "row 5: the stage has no name; expected each stage once"),
        ("alerts", {"metric": "x" * 301}, ".metric: "),
    ],
)
def test_a_row_that_is_not_whole_is_a_sentence_and_nothing_is_stored(
    dashboard: Dashboard, section: str, typed: dict[str, object], sentence: str
) -> None:
    before = stored(dashboard)
    screen = dashboard.open("release", system=SYSTEM)
    screen.dialog(f"edit_{section}")
    screen.type_into({}, typed)
    screen.submit("Store a new revision")
    assert sentence in screen.notices("alert")[0]
    assert (stored(dashboard).policy, stored(dashboard).monitoring) == (before.policy, before.monitoring)


def test_approvers_and_alerts_are_added_in_rows(dashboard: Dashboard) -> None:
    before = policy(dashboard).approvers
    screen = dashboard.open("release", system=SYSTEM)
    last = 1 + len({*APPROVER_ROLES, *(approver.role for approver in before)})
    edit(screen, "approvers", ("text_input", f"Role {last}", "legal"), ("person", f"Who {last}", "lea"))
    assert policy(dashboard).approvers == [*before, Approver(role="legal", name="lea")]
    edit(screen, "approvers", ("text_input", f"Role {last + 1}", "nobody yet"))
    assert policy(dashboard).approvers == [*before, Approver(role="legal", name="lea")]
    alerts = plan(dashboard).alerts
    screen.dialog("edit_alerts")
    screen.type_into({0: {"route": "night desk"}})
    screen.submit("Store a new revision")
    assert plan(dashboard).alerts == [alerts[0].model_copy(update={"route": "night desk"}), *alerts[1:]]


def test_what_may_be_read_in_packs_is_edited_beside_the_approvers(dashboard: Dashboard) -> None:
    before = policy(dashboard)
    screen = dashboard.open("release", system=SYSTEM)
    public = "Kinds of cohorts whose values may be read in packs"
    edit(screen, "approvers", ("multiselect", public, ["tenant"]))
    assert policy(dashboard) == before.model_copy(update={"public_dimensions": ["tenant"]})
    text = dashboard.open("pack", system=SYSTEM, audience="security").text
    assert "Values of cohorts that may be read: language," in text
    assert " and tenant." in text


def test_whoever_signed_is_named_in_packs_by_a_choice_of_its_own(dashboard: Dashboard) -> None:
    screen = dashboard.open("release", system=SYSTEM)
    for named, public in ((True, ["producer"]), (False, [])):
        edit(screen, "approvers", ("toggle", "Packs name who signed the evidence", named))
        assert policy(dashboard).public_dimensions == public


def test_the_peak_is_edited_beside_the_budgets(dashboard: Dashboard) -> None:
    before = policy(dashboard)
    screen = dashboard.open("release", system=SYSTEM)
    edit(screen, "budgets", ("number_input", "Requests at once, as planned for the rollout", 77))
    assert policy(dashboard) == before.model_copy(update={"peak_concurrency": 77})


def test_the_monitoring_plan_and_its_owners_are_edited(dashboard: Dashboard) -> None:
    screen = dashboard.open("release", system=SYSTEM)
    edit(
        screen,
        "plan",
        ("text_input", "Review cadence", "daily"),
        ("multiselect", "Watches", ["task_success", "drift"]),
        ("checkbox", "Every cohort is watched apart", False),
    )
    assert "Stored revision 2 of the monitoring plan: Review cadence: " in screen.notices("status")[0]
    edit(screen, "owners", ("person", "Release review", "nils"), ("person", "Escalations", "rosa"))
    after = plan(dashboard)
    assert (after.review_cadence, after.covers, after.by_cohort) == ("daily", ["task_success", "drift"], False)
    assert (after.owners.release_review, after.escalation_owner) == ("nils", "rosa")
    assert [row[0] for row in screen.table("What changed")][:2] == ["Monitoring plan 3", "Monitoring plan 2"]


def test_a_field_that_is_too_long_is_a_sentence_and_nothing_is_stored(dashboard: Dashboard) -> None:
    before = policy(dashboard)
    screen = dashboard.open("release", system=SYSTEM)
    edit(screen, "rollback", ("person", "Owner", "x" * 301))
    assert "rollback.owner: " in screen.notices("alert")[0]
    assert policy(dashboard) == before


def test_the_named_approver_decides_with_a_comment(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READINESS_USER", APPROVER)
    screen = dashboard.open("release", system=SYSTEM)
    assert screen.labels("button").count("Decide") == 1
    screen.dialog("decide_policy")
    assert "Blocked: evidence speaks against Regression gates (14)" in screen.text
    screen.submit("Store the decision")
    assert "decision: nothing is decided yet; expected approve" in screen.notices("alert")[0]
    screen.widget("radio", "Decision").set_value("changes")
    screen.submit("Store the decision")
    assert "the decision has no comment; expected one that says" in screen.notices("alert")[0]
    assert not stored(dashboard).sign_offs
    screen.widget("radio", "Decision").set_value("changes")
    screen.widget("text_area", "Comment").set_value("Rehearse the rollback <b>first</b>")
    screen.submit("Store the decision")
    assert f"Policy asked for changes to {SYSTEM} 2026.11; comment kept" in screen.notices("status")[0]
    (signed,) = stored(dashboard).sign_offs
    assert (signed.by, signed.record.role, signed.record.decision) == (APPROVER, "policy", "changes")
    assert signed.record.comment == "Rehearse the rollback <b>first</b>"
    assert "Rehearse the rollback <b>first</b>" in screen.rows[1]


def test_who_wrote_the_policy_may_not_decide(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READINESS_USER", APPROVER)
    screen = dashboard.open("release", system=SYSTEM)
    edit(screen, "rollback", ("person", "Owner", "nils"))
    assert "Decide" not in screen.labels("button")
    assert f"{APPROVER} wrote a revision of the release policy of {SYSTEM}" in screen.rows[1]


def test_an_earlier_assessment_is_read_only(dashboard: Dashboard) -> None:
    earlier = stored(dashboard).others[-1].id
    assert not dashboard.open("release", system=SYSTEM, assessment=str(earlier)).labels("button")


def test_each_section_leads_to_the_questions_that_read_it_and_each_gate_to_its_metric(dashboard: Dashboard) -> None:
    screen = dashboard.open("release", system=SYSTEM)
    blocks = [block for block in screen.blocks if "Asked for by" in block]
    asked = [re.findall(r"[?&;]signal=([a-z-]+)", block) for block in blocks]
    assert asked == [
        ["staged-rollout"],
        ["regression-gates"],
        ["cohort-success", "citation-support", "grounded-boundary"],
        ["rollback-rehearsal"],
        ["capacity", "retry-budget"],
        ["sign-off"],
        ["outcome-monitoring"],
        ["ownership"],
    ]
    gates = "".join(block for block in screen.blocks if "Correct escalation at least" in block)
    assert f'href="scorecard?system={SYSTEM}&amp;metric=correct_escalation&amp;from=release"' in gates


def test_a_step_through_the_stages_is_recorded_with_what_was_advised(dashboard: Dashboard) -> None:
    screen = dashboard.open("release", system=SYSTEM)
    assert "Not begun" in screen.text
    assert "and nobody decided to go on" in screen.text
    screen.dialog("stage_step")
    screen.submit("Store the step")
    assert "says why not" in " ".join(screen.notices("alert"))
    screen.dialog("stage_step")
    screen.widget("text_area", "Note").set_value("the pilot begins")
    screen.submit("Store the step")
    assert "against the advice to hold" in screen.notices("status")[0]
    (row,) = screen.table("Advised")
    assert row[0] == "advance"
    assert row[-2:] == ["hold", "the pilot begins"]


def test_what_a_stage_takes_as_data_is_shown_and_outlives_an_edit_of_the_table(dashboard: Dashboard) -> None:
    gated = policy(dashboard)
    gated.stages[0].gates = [Gate(metric="task_success", min=0.9)]
    with dashboard.store() as store:
        found = queries.dossier(store, SYSTEM)
        revisions.save(store, factories.principal(), SYSTEM, found.assessment.id, gated, seen=1)
    screen = dashboard.open("release", system=SYSTEM)
    assert "Task success at least 90 %" in screen.text
    screen.dialog("edit_stages")
    screen.type_into({0: {"name": "dark launch", "hours": 12}})
    screen.submit("Store a new revision")
    first = policy(dashboard).stages[0]
    assert (first.name, first.hours, first.gates) == ("dark launch", 12, [Gate(metric="task_success", min=0.9)])


def test_gates_of_a_stage_are_edited_and_one_of_no_stage_is_named(dashboard: Dashboard) -> None:
    first = policy(dashboard).stages[0].name
    screen = dashboard.open("release", system=SYSTEM)
    screen.dialog("edit_stages")
    screen.type_into({}, {"stage": first, "metric": "task_success", "min": 0.9, "cohort": "each"}, at=1)
    screen.submit("Store a new revision")
    assert policy(dashboard).stages[0].gates == [Gate(metric="task_success", min=0.9, cohort="each")]
    screen.dialog("edit_stages")
    screen.type_into({}, {"stage": "nowhere", "metric": "task_success", "min": 0.9}, at=1)
    screen.submit("Store a new revision")
    assert "gate 2: there is no stage 'nowhere'; expected one of" in screen.notices("alert")[0]
    assert len(policy(dashboard).stages[0].gates) == 1


def test_an_alert_says_as_data_within_which_bounds_it_is_silent(dashboard: Dashboard) -> None:
    metric = plan(dashboard).alerts[0].metric
    screen = dashboard.open("release", system=SYSTEM)
    screen.dialog("edit_alerts")
    screen.type_into({0: {"max": 0.05, "cohort": "each"}})
    screen.submit("Store a new revision")
    alert = plan(dashboard).alerts[0]
    assert alert.gate == Gate(metric=metric, cohort="each", max=0.05)
    assert "at most" in screen.table("Alert on")[0][1]
    screen.dialog("edit_alerts")
    screen.type_into({1: {"cohort": "each"}})
    screen.submit("Store a new revision")
    assert "no bound; expected min or max" in screen.notices("alert")[0]
