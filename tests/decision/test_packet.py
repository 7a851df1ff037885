from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from readiness.decision.facts import Facts, StoredCells
from readiness.decision.packet import PARTS, Packet, Unmet, assemble, clause, covered, sentence
from readiness.model.assessment import Expected, Mark
from readiness.model.cells import Cell
from readiness.model.checklist import Checklist
from readiness.model.evidence import Doubt, Evidence
from readiness.model.policy import Gate, ReleasePolicy, Rollback, RolloutStage
from readiness.scorecard.gates import GateResult, GateState
from tests import factories
from tests.factories import BASELINE, CANDIDATE, TODAY, cell, evidence, mark, marks, trace


def gates(*states: GateState) -> list[GateResult]:
    return [GateResult(Gate(metric="task_success", min=0.9), state) for state in states]


def stages(*shares: float | None, name: str = "some") -> list[RolloutStage]:
    return [RolloutStage(name=name, share=share) for share in shares]


def whole(checklist: Checklist, cells: Sequence[tuple[Cell, Evidence]] | None = None, **changes: Any) -> Facts:
    """Facts from which every part is complete."""
    facts = Facts(
        assessment=factories.assessment(),
        marks=marks(checklist, "no"),
        cells=StoredCells.of(factories.scored() if cells is None else cells),
        traces=factories.traced(),
        policy=factories.policy(),
        monitoring=factories.monitoring(),
    )
    return replace(facts, **changes)


def assembled(checklist: Checklist, as_of: dt.date = TODAY, **changes: Any) -> Packet:
    return packet_of(checklist, whole(checklist, **changes), gates("pass"), as_of)


def packet_of(checklist: Checklist, facts: Facts, results: list[GateResult], as_of: dt.date = TODAY) -> Packet:
    return assemble(checklist, facts, results, covered(checklist, facts, as_of), as_of)


def of_version(version: str) -> list[tuple[Cell, Evidence]]:
    return [pair for pair in factories.scored() if pair[0].version == version]


def told(packet: Packet) -> tuple[str, ...]:
    return tuple(sentence(unmet, factories.CHECKLIST) for unmet in packet.release_rule)


def test_a_packet_with_all_five_parts_is_complete_and_meets_the_release_rule(checklist: Checklist) -> None:
    packet = assembled(checklist)
    assert packet.complete
    assert {name: part.missing for name, part in packet.parts.items()} == dict.fromkeys(PARTS, ())
    assert packet.release_rule == ()


def test_nothing_stored_leaves_all_five_parts_missing(checklist: Checklist) -> None:
    empty = Facts(factories.assessment(baseline=""), {})
    packet = packet_of(checklist, empty, [])
    assert {part.state for part in packet.parts.values()} == {"missing"}
    assert all(part.missing for part in packet.parts.values())
    assert told(packet) == (
        "there is no versioned baseline",
        "no gate stands between a change and its release",
        "there is no canary or staged path",
        "there is no rollback plan",
    )


@pytest.mark.parametrize("version", [BASELINE, CANDIDATE])
def test_results_of_one_version_only_make_a_partial_scorecard(checklist: Checklist, version: str) -> None:
    cells = of_version(version)
    part = assembled(checklist, cells=cells).parts["scorecard"]
    other = {BASELINE: f"no results of the candidate {CANDIDATE}", CANDIDATE: f"no results of the baseline {BASELINE}"}
    assert (part.state, part.missing) == ("partial", (other[version],))


def test_results_of_another_version_do_not_count(checklist: Checklist) -> None:
    part = assembled(checklist, cells=[(cell("2026.05"), evidence())]).parts["scorecard"]
    assert part.state == "missing"
    assert len(part.missing) == 2


def test_an_unnamed_baseline_leaves_the_scorecard_partial(checklist: Checklist) -> None:
    part = assembled(checklist, assessment=factories.assessment(baseline="")).parts["scorecard"]
    assert (part.state, part.missing) == ("partial", ("the baseline version is not named",))


@pytest.mark.parametrize("n", [None, 0])
def test_figures_without_a_sample_size_measure_nothing(checklist: Checklist, n: int | None) -> None:
    cells = [(each.model_copy(update={"n": n}), file) for each, file in factories.scored()]
    part = assembled(checklist, cells=cells).parts["scorecard"]
    assert part.state == "partial"
    assert [text[: len("no case measures ")] for text in part.missing] == ["no case measures "] * 2


def without(metric: str, version: str = CANDIDATE, **place: str) -> list[tuple[Cell, Evidence]]:
    """The scorecard without the figures of a metric, everywhere or in one place."""
    asked = {"metric": metric, "version": version} | place
    return [pair for pair in factories.scored() if any(getattr(pair[0], key) != asked[key] for key in asked)]


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        (without("correct_escalation"), f"no case measures correct_escalation of the candidate {CANDIDATE}"),
        (without("latency_ms", BASELINE), f"no case measures latency_ms of the baseline {BASELINE}"),
        (
            without("groundedness", value="ja"),
            f"no case of language=ja measures groundedness of the candidate {CANDIDATE}",
        ),
        (
            without("workflow_completion", workflow="quote"),
            f"no case of quote measures workflow_completion of the candidate {CANDIDATE}",
        ),
    ],
)
def test_every_metric_that_a_check_names_is_asked_of_both_versions_in_every_place(
    checklist: Checklist, cells: list[tuple[Cell, Evidence]], missing: str
) -> None:
    part = assembled(checklist, cells=cells).parts["scorecard"]
    assert (part.state, part.missing) == ("partial", (missing,))


def test_a_metric_over_all_cases_is_not_asked_of_each_cohort(checklist: Checklist) -> None:
    assert assembled(checklist, cells=without("citation_validity", value="ja")).parts["scorecard"].state == "complete"


def test_a_metric_that_only_an_answer_not_applicable_asks_for_is_not_missed(checklist: Checklist) -> None:
    beside = {"grounded_boundary": mark("grounded-boundary", "no", not_applicable=True, note="answers no questions")}
    cells = [pair for pair in without("groundedness") if pair[0].metric != "answer_mode_labelled"]
    assert assembled(checklist, cells=cells).parts["scorecard"].state == "partial"
    part = assembled(checklist, cells=cells, marks=marks(checklist, "no", **beside)).parts["scorecard"]
    assert (part.state, part.missing) == ("complete", ())


@pytest.mark.parametrize(
    ("gate", "missing"),
    [
        (Gate(metric="cost_usd", max=1), "no case measures cost_usd of the candidate"),
        (Gate(metric="task_success", workflow="fax", min=0.9), "no case of fax measures task_success of the candidate"),
        (
            Gate(metric="latency_ms", stat="p95", cohort="each", max=900),
            "no case of tenant=acme measures latency_ms of the candidate",
        ),
    ],
)
def test_a_gate_asks_for_its_metric_where_it_looks(checklist: Checklist, gate: Gate, missing: str) -> None:
    tenant = {"dimension": "tenant", "value": "acme"}
    measured = [pair for pair in factories.scored() if pair[0].value == "de" and pair[0].metric != "latency_ms"]
    more = [(each.model_copy(update=tenant), file) for each, file in measured]
    found = assembled(checklist, cells=[*factories.scored(), *more], policy=factories.policy(gates=[gate]))
    assert f"{missing} {CANDIDATE}" in found.parts["scorecard"].missing


def test_what_is_expected_is_asked_for_and_what_is_not_is_not_missed(checklist: Checklist) -> None:
    cells = without("task_success", value="ja")
    expected = Expected(cohorts={"language=de": 0.9})
    stated = factories.assessment(expected=expected)
    assert assembled(checklist, cells=cells, assessment=stated).parts["scorecard"].state == "complete"
    stated = factories.assessment(expected=Expected(cohorts={"language=de": 0.9, "language=fr": 0.1}))
    by_cohort = "task_success, correct_escalation, escalation_rate or 2 more"
    (now, before) = assembled(checklist, assessment=stated).parts["scorecard"].missing
    assert now == f"no case of language=fr measures {by_cohort} of the candidate {CANDIDATE}"
    assert before == now.replace(f"candidate {CANDIDATE}", f"baseline {BASELINE}")


def test_the_loads_of_a_load_test_are_no_cohorts_of_the_scorecard(checklist: Checklist) -> None:
    load = cell(metric="latency_ms", dimension="concurrency", value="200")
    assert assembled(checklist, cells=[*factories.scored(), (load, evidence())]).parts["scorecard"].state == "complete"


@pytest.mark.parametrize(
    ("fields", "after", "counts"),
    [
        ({}, 0, True),
        ({}, 30, True),
        ({}, 31, False),
        ({"shelf_life_days": 7}, 8, False),
        ({"measured_on": None}, 0, False),
        ({}, -1, True),
        ({}, -2, False),
    ],
)
def test_evidence_counts_within_its_shelf_life_only(
    checklist: Checklist, fields: dict[str, Any], after: int, counts: bool
) -> None:
    cells = [(each, file.model_copy(update=fields)) for each, file in factories.scored()]
    traces = [(each, file.model_copy(update=fields)) for each, file in factories.traced()]
    packet = assembled(checklist, TODAY + dt.timedelta(days=after), cells=cells, traces=traces)
    state = "complete" if counts else "partial"
    assert (packet.parts["scorecard"].state, packet.parts["traces"].state) == (state, state)
    assert (packet.release_rule == ()) == counts
    if not counts:
        assert f"the results of the candidate {CANDIDATE} are stale" in packet.parts["scorecard"].missing
        assert packet.parts["traces"].missing == tuple(
            f"the {path} path is stale" for path in ("good", "bad", "escalation")
        )


@pytest.mark.parametrize(
    ("versions", "aged"), [((BASELINE, CANDIDATE), True), ((BASELINE,), True), ((CANDIDATE,), True), ((), False)]
)
def test_a_scorecard_that_was_whole_is_told_apart_from_one_that_never_was(
    checklist: Checklist, versions: tuple[str, ...], aged: bool
) -> None:
    old = evidence(measured_on=TODAY - dt.timedelta(days=90))
    cells = [(each, old if each.version in versions else file) for each, file in factories.scored()]
    assert assembled(checklist, cells=cells).parts["scorecard"].only_aged == aged
    unnamed = assembled(checklist, cells=cells, assessment=factories.assessment(baseline=""))
    assert not unnamed.parts["scorecard"].only_aged


def test_traces_that_were_whole_are_told_apart_from_those_that_never_were(checklist: Checklist) -> None:
    old = evidence("old.jsonl", kind="traces", measured_on=TODAY - dt.timedelta(days=90))
    traces = [(each, old) for each, _ in factories.traced()]
    assert assembled(checklist, traces=traces).parts["traces"].only_aged
    assert not assembled(checklist, traces=traces[1:]).parts["traces"].only_aged
    assert not assembled(checklist, traces=[]).parts["traces"].only_aged
    assert not assembled(checklist).parts["traces"].only_aged


@pytest.mark.parametrize(
    "only",
    [
        {"gates": factories.policy().gates},
        {"stages": factories.policy().stages},
        {"rollback": Rollback(steps=["Route back"])},
        {"approvers": factories.policy().approvers[:1]},
    ],
    ids=lambda only: next(iter(only)),
)
def test_a_policy_that_states_one_thing_is_partial(checklist: Checklist, only: dict[str, Any]) -> None:
    assert assembled(checklist, policy=ReleasePolicy(**only)).parts["policy"].state == "partial"


def test_an_unanswered_signal_makes_the_checklist_partial(checklist: Checklist) -> None:
    part = assembled(checklist, marks=marks(checklist, "no", capacity=None, data_boundary=None)).parts["checklist"]
    assert (part.state, part.missing) == ("partial", ("2 of 22 not answered",))


@pytest.mark.parametrize("value", ["partial", "yes"])
def test_every_gap_needs_an_owner_and_a_due_date(checklist: Checklist, value: Any) -> None:
    open_gaps = {
        "capacity": mark("capacity", value, owner=""),
        "data_boundary": mark("data-boundary", value, owner="  ", due=None),
    }
    part = assembled(checklist, marks=marks(checklist, "no", **open_gaps)).parts["checklist"]
    assert part.state == "partial"
    assert part.missing == ("no owner for the gaps 11, data boundary", "no due date for the gap data boundary")


def test_a_gap_with_an_owner_and_a_due_date_is_complete(checklist: Checklist) -> None:
    assert assembled(checklist, marks=marks(checklist, "no", capacity="yes")).parts["checklist"].state == "complete"


def test_marks_without_an_answer_leave_the_checklist_missing(checklist: Checklist) -> None:
    noted = {name: Mark(signal=name, note="to be asked") for name in checklist.ids}
    assert assembled(checklist, marks=noted).parts["checklist"].state == "missing"


@pytest.mark.parametrize("path", ["good", "bad", "escalation"])
def test_each_of_the_three_paths_is_needed(checklist: Checklist, path: str) -> None:
    traces = [pair for pair in factories.traced() if pair[0].path != path]
    part = assembled(checklist, traces=traces).parts["traces"]
    assert (part.state, part.missing) == ("partial", (f"no {path} path of {CANDIDATE}",))


def test_traces_of_another_version_or_without_a_label_complete_nothing(checklist: Checklist) -> None:
    older = [(each.model_copy(update={"version": BASELINE}), file) for each, file in factories.traced()]
    assert assembled(checklist, traces=older).parts["traces"].state == "missing"
    unlabelled = [(trace(), evidence("spans.jsonl", kind="traces"))]
    part = assembled(checklist, traces=unlabelled).parts["traces"]
    assert (part.state, len(part.missing)) == ("partial", 3)


def test_one_fresh_trace_is_enough_where_another_is_stale(checklist: Checklist) -> None:
    old = evidence("old.jsonl", kind="traces", measured_on=TODAY - dt.timedelta(days=90))
    traces = [*factories.traced(), *[(trace(f"old-{path}", path=path), old) for path in ("good", "bad")]]
    assert assembled(checklist, traces=traces).parts["traces"].state == "complete"


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"gates": []}, "no gate thresholds"),
        ({"stages": []}, "no staged path"),
        ({"stages": stages(1.0)}, "no stage below full share with another after it"),
        ({"stages": stages(0.1)}, "no stage below full share with another after it"),
        ({"stages": stages(1.0, 0.1)}, "no stage below full share with another after it"),
        ({"stages": stages(None, 1.0)}, "no stage below full share with another after it"),
        ({"rollback": Rollback(owner="rosa")}, "no rollback steps"),
        ({"approvers": factories.policy().approvers[1:]}, "no quality approver"),
        ({"approvers": factories.policy().approvers[:2]}, "no operations approver"),
    ],
)
def test_a_release_policy_names_what_it_lacks(checklist: Checklist, fields: dict[str, Any], missing: str) -> None:
    part = assembled(checklist, policy=factories.policy(**fields)).parts["policy"]
    assert (part.state, part.missing) == ("partial", (missing,))


@pytest.mark.parametrize("path", [stages(0.05, 1.0), stages(None, 1.0, name="Shadow"), stages(0.0, None)])
def test_a_path_is_staged_from_a_first_stage_below_full_share_or_in_the_shadow(
    checklist: Checklist, path: list[RolloutStage]
) -> None:
    packet = assembled(checklist, policy=factories.policy(stages=path))
    assert (packet.parts["policy"].state, packet.release_rule) == ("complete", ())


def test_an_approver_without_a_name_approves_nothing(checklist: Checklist) -> None:
    approvers = [each.model_copy(update={"name": " "}) for each in factories.policy().approvers]
    part = assembled(checklist, policy=factories.policy(approvers=approvers)).parts["policy"]
    assert part.missing == ("no quality approver", "no policy approver", "no operations approver")


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"alerts": []}, "no alerts"),
        ({"review_cadence": " "}, "no review cadence"),
        ({"escalation_owner": ""}, "no escalation owner"),
        ({"watch_list": []}, "no first-week watch list"),
    ],
)
def test_a_monitoring_plan_names_what_it_lacks(checklist: Checklist, fields: dict[str, Any], missing: str) -> None:
    part = assembled(checklist, monitoring=factories.monitoring(**fields)).parts["monitoring"]
    assert (part.state, part.missing) == ("partial", (missing,))


@pytest.mark.parametrize("kind", ["policy", "monitoring"])
def test_an_empty_document_is_as_missing_as_none(checklist: Checklist, kind: Any) -> None:
    empty = type(getattr(factories, kind)())()
    nothing: dict[str, Any] = {kind: None}
    assert assembled(checklist, **{kind: empty}).parts[kind].state == "missing"
    assert assembled(checklist, **nothing).parts[kind].state == "missing"


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"assessment": factories.assessment(baseline="")}, "there is no versioned baseline"),
        ({"cells": of_version(CANDIDATE)}, f"the baseline {BASELINE} has no fresh results"),
        ({"policy": factories.policy(stages=[])}, "there is no canary or staged path"),
        ({"policy": factories.policy(rollback=Rollback(owner="rosa"))}, "there is no rollback plan"),
        ({"policy": factories.policy(rollback=Rollback(steps=["Route back"]))}, "the rollback plan names no owner"),
    ],
)
def test_the_release_rule_names_each_thing_it_misses(
    checklist: Checklist, changes: dict[str, Any], missing: str
) -> None:
    assert told(assembled(checklist, **changes)) == (missing,)


@pytest.mark.parametrize(
    ("state", "words"), [("fail", "fails"), ("inconclusive", "inconclusive"), ("missing", "no data")]
)
def test_a_gate_that_does_not_pass_breaks_the_release_rule(checklist: Checklist, state: GateState, words: str) -> None:
    packet = packet_of(checklist, whole(checklist), gates("pass", state))
    assert told(packet) == (f"1 of 2 gates does not pass: Task success at least 90 % ({words})",)
    assert [result.state for result in packet.release_rule[0].failing] == [state]


def test_every_gate_that_does_not_pass_is_named_the_failing_first(checklist: Checklist) -> None:
    packet = packet_of(checklist, whole(checklist), gates("inconclusive", "pass", "missing", "fail"))
    (sentence,) = told(packet)
    assert sentence.startswith("3 of 4 gates do not pass: ")
    assert [part.rpartition("(")[2] for part in sentence.split("; ")] == ["fails)", "no data)", "inconclusive)"]


def test_a_release_without_gates_breaks_the_release_rule(checklist: Checklist) -> None:
    packet = packet_of(checklist, whole(checklist), [])
    assert told(packet) == ("no gate stands between a change and its release",)


DOUBTED = evidence(doubts=[Doubt(kind="total", what="accuracy", stated="0.9", counted="0.8")])
OLD = evidence(measured_on=TODAY - dt.timedelta(days=90))


def of(files: dict[str, Evidence]) -> list[tuple[Cell, Evidence]]:
    return [(each, files.get(each.version, file)) for each, file in factories.scored()]


@pytest.mark.parametrize(
    ("files", "missing", "aged"),
    [
        ({CANDIDATE: DOUBTED}, (f"the results of the candidate {CANDIDATE} do not add up",), False),
        ({CANDIDATE: OLD}, (f"the results of the candidate {CANDIDATE} are stale",), True),
        (
            {CANDIDATE: DOUBTED, BASELINE: OLD},
            (
                f"the results of the candidate {CANDIDATE} do not add up",
                f"the results of the baseline {BASELINE} are stale",
            ),
            False,
        ),
    ],
)
def test_results_that_do_not_add_up_are_told_apart_from_those_that_are_old(
    checklist: Checklist, files: dict[str, Evidence], missing: tuple[str, ...], aged: bool
) -> None:
    part = assembled(checklist, cells=of(files)).parts["scorecard"]
    assert (part.state, part.missing, part.only_aged) == ("partial", missing, aged)


def test_traces_that_do_not_add_up_are_told_apart_from_those_that_are_old(checklist: Checklist) -> None:
    files = dict(zip(("good", "bad", "escalation"), (DOUBTED, OLD, evidence()), strict=True))
    part = assembled(checklist, traces=[(each, files[each.path or ""]) for each, _ in factories.traced()]).parts[
        "traces"
    ]
    assert part.missing == ("the good path does not add up", "the bad path is stale")
    assert (part.state, part.only_aged) == ("partial", False)
    beside = [(trace("t-good", path="good"), OLD), (trace("t-more", path="good"), DOUBTED)]
    whole_but_good = [pair for pair in factories.traced() if pair[0].path != "good"]
    again = assembled(checklist, traces=[*beside, *whole_but_good]).parts["traces"]
    assert again.missing == ("the good path does not add up",)


def test_an_unnamed_version_hides_nothing_that_the_other_lacks(checklist: Checklist) -> None:
    unnamed = factories.assessment(baseline="")
    part = assembled(checklist, assessment=unnamed, cells=of_version(BASELINE)).parts["scorecard"]
    assert (part.state, part.missing) == (
        "missing",
        (f"no results of the candidate {CANDIDATE}", "the baseline version is not named"),
    )


def test_conditions_of_the_release_rule_are_clauses_with_their_figures() -> None:
    assert (Unmet("stages").baseline, Unmet("stages").failing, Unmet("stages").gates) == ("", (), 0)
    failing = tuple(gates("fail", "inconclusive"))
    assert clause(Unmet("gates-pass", failing=failing, gates=3)) == "2 of 3 gates do not pass"
    assert clause(Unmet("gates-pass", failing=failing[:1], gates=1)) == "1 of 1 gate does not pass"
    assert clause(Unmet("baseline-results", baseline="7")) == "the baseline 7 has no fresh results"


def test_policy_and_plan_that_state_one_thing_alone_are_partial_and_say_the_rest(checklist: Checklist) -> None:
    bare = assembled(checklist, policy=ReleasePolicy(rollback=Rollback(steps=[" "]))).parts["policy"]
    assert bare.state == "missing"
    assert bare.missing == (
        "no gate thresholds",
        "no staged path",
        "no rollback steps",
        "no quality approver",
        "no policy approver",
        "no operations approver",
    )
    plan = assembled(checklist, monitoring=factories.monitoring(alerts=[], watch_list=[], escalation_owner=" "))
    assert plan.parts["monitoring"].missing == ("no alerts", "no escalation owner", "no first-week watch list")
    assert plan.parts["monitoring"].state == "partial"
