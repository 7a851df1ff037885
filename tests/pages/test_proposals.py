"""Policies and lists of other tools, dropped where files are: shown line by line, adopted by whoever ticks them."""

from __future__ import annotations

import json

import pytest

from readiness.access import Principal
from readiness.model.documents import D
from readiness.model.dossier import Dossier, Revision
from readiness.model.monitoring import Alert, MonitoringPlan
from readiness.services import revisions
from readiness.store import queries
from readiness.web import proposal_forms, session
from tests import factories, samples
from tests.pages.dashboard import Dashboard, Screen

SYSTEM = "freight-support"
DATA = samples.DATA / "proposals"
FOLDED = "What is read: "


def stored(dashboard: Dashboard) -> Dossier:
    with dashboard.store() as store:
        return queries.dossier(store, SYSTEM)


def record(revision: Revision[D] | None) -> D:
    assert revision
    return revision.record


def plan(dashboard: Dashboard) -> MonitoringPlan:
    return record(stored(dashboard).monitoring)


def dropped(dashboard: Dashboard, name: str, body: bytes = b"") -> Screen:
    screen = dashboard.open("evidence", system=SYSTEM)
    content = body or (DATA / name).read_bytes()
    screen.choose("file_uploader", "File", (name, content, "application/octet-stream"))
    return screen


def test_each_line_is_shown_beside_what_stands_today_and_nothing_is_stored(dashboard: Dashboard) -> None:
    before = stored(dashboard)
    screen = dropped(dashboard, "prometheus_rules.yaml")
    assert "Recognised asPrometheus rules" in screen.text
    assert "Proposes2 lines for the monitoring plan" in screen.text
    assert screen.labels("checkbox") == [
        "All 2 lines",
        "Alert on SlowAnswers",
        "Alert on TooManyHandovers",
    ]
    assert "Today not there Adopted when “escalation_rate > 0.3” from copilot, TooManyHandovers" in " ".join(
        screen.text.split()
    )
    assert "copilot, job:latency:p99: records a figure and alerts nobody" in screen.text
    assert not [name for name in screen.labels("button") if name.startswith("Adopt")]
    assert stored(dashboard) == before


def test_what_is_ticked_is_adopted_and_told_with_where_it_stands(dashboard: Dashboard) -> None:
    before = plan(dashboard)
    screen = dropped(dashboard, "prometheus_rules.yaml")
    screen.choose("selectbox", "“SlowAnswers” speaks of", "latency_ms")
    screen.choose("checkbox", "Alert on latency\\_ms", True)
    screen.press("Adopt 1 line")
    assert screen.notices("status")[0].startswith("✓ Stored revision 2 of the monitoring plan: Alert on latency_ms")
    added = Alert(metric="latency_ms", condition="job:latency:p99 > 4 for 10m", route="operations")
    assert added in plan(dashboard).alerts
    assert {alert.metric for alert in plan(dashboard).alerts} == {alert.metric for alert in [*before.alerts, added]}
    assert "What was adopted stands on Release & monitoring." in screen.text
    assert not screen.widget("file_uploader", "File").value


def test_all_lines_are_adopted_at_once_and_stand_there_then(dashboard: Dashboard) -> None:
    screen = dropped(dashboard, "argo_rollout.yaml")
    screen.choose("checkbox", "All 2 lines", True)
    screen.press("Adopt 2 lines")
    assert "What was adopted stands on Release & monitoring." in screen.text
    screen = dropped(dashboard, "argo_rollout.yaml")
    shares = [stage.share for stage in record(stored(dashboard).policy).stages if stage.share]
    assert shares == sorted(shares)
    assert "3 lines there already" in screen.text
    assert screen.labels("checkbox") == []
    assert not [name for name in screen.labels("button") if name.startswith("Adopt")]


def test_a_bill_of_materials_leads_to_the_card(dashboard: Dashboard) -> None:
    screen = dropped(dashboard, "cyclonedx.json")
    screen.choose("checkbox", "Model gpt-echo", True)
    screen.press("Adopt 1 line")
    assert "What was adopted stands on System card." in screen.text
    assert "gpt-echo" in {part.name for part in record(stored(dashboard).card).components}


def test_what_somebody_else_stored_meanwhile_is_not_written_over(dashboard: Dashboard) -> None:
    screen = dropped(dashboard, "prometheus_rules.yaml")
    screen.choose("checkbox", "All 2 lines", True)
    with dashboard.store() as store:
        now = queries.dossier(store, SYSTEM)
        theirs = plan(dashboard).model_copy(update={"escalation_owner": "kim@example.com"})
        revisions.save(store, factories.principal(), SYSTEM, now.assessment.id, theirs, seen=1)
    screen.press("Adopt 2 lines")
    assert "the monitoring plan was changed by somebody else in the meantime" in screen.notices("alert")[0]
    assert "kim@example.com" in screen.text
    assert plan(dashboard) == theirs
    screen.press("Adopt 2 lines")
    assert "Stored revision 3 of the monitoring plan" in screen.notices("status")[0]
    assert plan(dashboard).escalation_owner == "kim@example.com"


def test_whoever_may_not_edit_the_policy_sees_the_difference_and_no_tick(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "principal", lambda: Principal.of("eve", {"viewer"}))
    screen = dropped(dashboard, "prometheus_rules.yaml")
    assert "Alert on SlowAnswers" in screen.text
    assert "Nothing is stored: whoever edits the release policy adopts lines." in screen.text
    assert (screen.labels("checkbox"), [name for name in screen.labels("button") if "Adopt" in name]) == ([], [])


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"groups: [", "rules.yaml, line 1, column 10: "),
        (
            b"groups:\n- rules:\n  - {record: a, expr: b}\n",
            "rules.yaml: the file proposes nothing: , a: records a figure",
        ),
        (b"groups: 1\ngroups: 2\n", "rules.yaml, line 1, column 1: a key stands twice in one object"),
    ],
)
def test_a_broken_file_is_one_sentence_and_offers_nothing(dashboard: Dashboard, body: bytes, sentence: str) -> None:
    screen = dropped(dashboard, "rules.yaml", body)
    (alert,) = screen.notices("alert")
    assert sentence in alert
    assert not [name for name in screen.labels("button") if name.startswith(("Adopt", "Store"))]


def test_a_gate_that_no_figure_can_meet_is_refused_whole(dashboard: Dashboard) -> None:
    before = stored(dashboard).policy
    screen = dropped(dashboard, "flagger_canary.yaml")
    screen.choose("selectbox", "“request-success-rate” speaks of", "task_success")
    screen.choose("checkbox", "All 4 lines", True)
    screen.press(next(label for label in screen.labels("button") if label.startswith("Adopt ")))
    assert "task_success" in screen.notices("alert")[0]
    assert stored(dashboard).policy == before


def test_of_many_lines_some_have_a_tick_and_all_are_adopted(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposal_forms, "LISTED", 3)
    incidents = [
        {"incident_number": at, "created_at": "2026-11-02T09:00:00Z", "title": f"Outage {at}", "status": "resolved"}
        for at in range(5)
    ]
    screen = dropped(dashboard, "incidents.json", json.dumps({"incidents": incidents}).encode())
    assert len(screen.labels("checkbox")) == 1 + 3
    assert "and 2 more" in screen.app.caption[0].value
    screen.choose("checkbox", "All 5 lines", True)
    screen.press("Adopt 5 lines")
    told = {incident.what for incident in record(stored(dashboard).card).incidents}
    assert {f"Outage {at}" for at in range(5)} <= told


def test_what_is_read_is_folded_and_where_policies_are_edited_leads_here(dashboard: Dashboard) -> None:
    screen = dashboard.open("evidence", system=SYSTEM)
    (block,) = [block for block in screen.blocks if FOLDED in block]
    assert "<details" in block
    assert "promptfoo results (JSON)" in block
    assert "Prometheus rules" in block
    for page in ("release", "card"):
        (block,) = [block for block in dashboard.open(page, system=SYSTEM).blocks if "adopt its lines" in block]
        assert f"evidence?system={SYSTEM}" in block
