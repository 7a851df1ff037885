"""Policies and plans of other tools: what each proposes, with its place, and why the rest proposes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from readiness.errors import InputError
from readiness.importers import Source, proposals
from readiness.model.monitoring import MonitoringPlan, Owners
from readiness.model.policy import Gate, ReleasePolicy
from readiness.model.proposals import Proposal, Proposed, adopted
from tests import samples

DATA = samples.DATA / "proposals"


def of(name: str, **metrics: str) -> Proposed:
    return proposals.read(Source.open(DATA / name), metrics)


def refusal(folder: Path, text: str) -> str:
    path = folder / "upload"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        proposals.read(Source.open(path))
    return str(caught.value)


def parts(proposed: Proposed) -> list[dict[str, object]]:
    return [{name: value for name, value in line.part.model_dump().items() if value} for line in proposed.lines]


def test_a_rule_that_alerts_is_an_alert_and_one_that_records_is_none() -> None:
    rules = of("prometheus_rules.yaml", SlowAnswers="latency_ms")
    assert (rules.format, rules.document) == ("prometheus-rules", "monitoring")
    assert [line.place for line in rules.lines] == ["copilot, SlowAnswers", "copilot, TooManyHandovers"]
    assert parts(rules) == [
        {"metric": "latency_ms", "condition": "job:latency:p99 > 4 for 10m", "route": "operations"},
        {"metric": "TooManyHandovers", "condition": "escalation_rate > 0.3"},
    ]
    assert rules.left_out == ("copilot, job:latency:p99: records a figure and alerts nobody",)


def test_an_objective_is_a_gate_where_a_gate_can_ask_it() -> None:
    slo = of("openslo.yaml", latency="latency_ms")
    assert slo.document == "policy"
    gates = [line.part for line in slo.lines]
    assert gates == [Gate(metric="latency_ms", stat="p99", max=4000), Gate(metric="task_success", min=0.9)]
    assert slo.lines[0].beside == "over 28d"
    assert slo.left_out == (
        "answers, objective 2: a share of 0.97 with a bound is no gate; p50, p95 and p99 from above are",
        "answers, objective 3: a share of 0.95 with a bound is no gate; p50, p95 and p99 from above are",
        "burn: AlertPolicy is no objective",
    )


@pytest.mark.parametrize("path", samples.shared("openslo/occurrences.yaml", "cyclonedx_mlbom/bom.json"))
def test_public_files_propose_what_they_state(path: Path) -> None:
    proposed = proposals.read(Source.open(path))
    assert len(proposed.lines) == {"openslo": 1, "cyclonedx": 2}[proposed.format]


def test_steps_of_a_rollout_are_stages_and_a_bare_pause_waits_for_a_person() -> None:
    rollout = of("argo_rollout.yaml")
    assert parts(rollout) == [
        {"name": "5 %", "share": 0.05, "hours": 1.5, "proceed_if": "the analysis success-rate passes"},
        {"name": "25 %", "share": 0.25, "proceed_if": "a person resumes it"},
        {"name": "all", "share": 1.0},
    ]
    assert rollout.left_out == (
        "copilot, step 1: comes before any weight",
        "copilot, step 7: setCanaryScale says neither share nor time",
        "copilot, step 8: soon is no duration",
    )
    policy = adopted(ReleasePolicy(), rollout.lines)
    assert isinstance(policy, ReleasePolicy)
    assert policy.staged


def test_weights_of_a_canary_are_stages_and_its_metrics_gates() -> None:
    canary = of("flagger_canary.yaml", **{"request-duration": "latency_ms"})
    stages, gates = canary.lines[:3], canary.lines[3:]
    assert [(line.part.model_dump()["share"], line.part.model_dump()["hours"]) for line in stages] == [
        (0.2, 0.5),
        (0.4, 0.5),
        (1.0, None),
    ]
    assert [line.part for line in gates] == [
        Gate(metric="request-success-rate", min=99),
        Gate(metric="latency_ms", max=500),
    ]
    assert gates[0].beside == "percent in Flagger's own metrics"
    assert canary.left_out[0].startswith("copilot, metric tone: the gate has no threshold")


def test_of_the_owners_of_everything_the_last_line_counts() -> None:
    owners = of("CODEOWNERS")
    assert (owners.lines[0].place, parts(owners)) == ("line 4", [{"release_review": "@acme/ai-platform, @dana"}])
    assert owners.left_out == ("line 3: /docs/ is a part only",)
    plan = MonitoringPlan(owners=Owners(incident_response="on call"))
    assert adopted(plan, owners.lines) == MonitoringPlan(
        owners=Owners(incident_response="on call", release_review="@acme/ai-platform, @dana")
    )


def test_models_and_data_of_a_bill_are_components() -> None:
    bill = of("cyclonedx.json")
    assert parts(bill) == [
        {"kind": "data", "name": "support-evals", "version": "3"},
        {"kind": "model", "name": "gpt-echo", "version": "2026-10-01"},
    ]


@pytest.mark.parametrize(
    ("name", "what", "left_out"),
    [
        ("pagerduty.json", "Answers in the wrong language", ("incidents[2]: does not say what happened",)),
        ("pagerduty.csv", "Answers in the wrong language", ("row 2: the row has 2 cells for 7 columns",)),
        ("opsgenie.json", "Tool calls time out", ()),
        ("opsgenie.csv", "Tool calls time out", ()),
    ],
)
def test_incidents_are_told_with_their_day_and_whether_they_ended(
    name: str, what: str, left_out: tuple[str, ...]
) -> None:
    incidents = of(name)
    first = incidents.lines[0].part.model_dump()
    assert (incidents.document, first["what"], first["done"]) == ("card", what, "resolved, as the tool says")
    assert first["on"] is not None
    assert incidents.left_out == left_out


def test_what_stands_there_already_changes_nothing_and_what_speaks_of_the_same_is_replaced() -> None:
    slo = of("openslo.yaml", latency="latency_ms")
    policy = ReleasePolicy(
        gates=[Gate(metric="latency_ms", stat="p99", max=9000), Gate(metric="task_success", min=0.9)]
    )
    assert [len(change.told) for change in slo.changes(policy)] == [1, 0]
    assert [change.before for change in slo.changes(policy)] == policy.gates
    after = adopted(policy, slo.chosen({1}))
    assert isinstance(after, ReleasePolicy)
    assert [gate.max for gate in after.gates] == [4000, None]


def test_what_a_file_leaves_out_takes_nothing_away() -> None:
    stricter = Gate(metric="task_success", min=0.88, max_regression=0.02, min_n=500)
    [*_, change] = of("openslo.yaml").changes(ReleasePolicy(gates=[stricter]))
    assert (change.before, change.after) == (stricter, stricter.model_copy(update={"min": 0.9}))
    assert change.told == ("Gate task_success: minimum 0.88 → 0.9",)


def test_a_part_of_another_document_is_no_line_of_this_one() -> None:
    with pytest.raises(TypeError, match="a Gate is no part of a MonitoringPlan"):
        adopted(MonitoringPlan(), [Proposal("here", Gate(metric="m", min=1))])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("just words\n", "upload: the file proposes nothing that is known"),
        ("{}", "upload: the file proposes nothing that is known"),
        ("groups: [", "upload, line 1, column 10: "),
        ("groups: &a [1]\nother: *a\n", "upload, line 2, column 8: an alias stands for another value"),
        ("groups: 1\ngroups: 2\n", "upload, line 1, column 1: a key stands twice in one object"),
        ("groups: " + "[" * 200 + "\n", "upload, line 1, column "),
        ("groups: !!python/object:os.system x\n", "upload, line 1, column 9: could not determine a constructor"),
        ("groups:\n- rules:\n  - {record: a, expr: b}\n", "upload: the file proposes nothing: , a: records a figure"),
        ("# " + "x" * (1 << 20) + "\ngroups: 1\n", "upload: the file proposes nothing that is known"),
        ("groups: 1\n# " + "x" * (1 << 20) + "\n", "upload: the file has 1,048,5"),
        ("? [a]\n: groups: 1\n", "upload, line 1, column 3: found unhashable key"),
        ("apiVersion: openslo/v1\nkind: SLO\n", "upload: the file proposes nothing; expected Prometheus rules"),
    ],
)
def test_what_proposes_nothing_is_refused_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    assert refusal(tmp_path, text).startswith(sentence)
