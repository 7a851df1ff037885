"""For each signal of the shipped checklist, evidence that supports, contradicts, leaves something out or is silent.

Beside each stands the sentence that it must give.
"""

from __future__ import annotations

from dataclasses import replace

from readiness.decision.answers import Outcome
from readiness.model.cells import Cell
from readiness.model.monitoring import Owners
from readiness.model.policy import Gate, RolloutStage
from readiness.model.traces import Trace
from tests import factories
from tests.decision.findings.contexts import (
    CHECKLIST,
    Held,
    budgets,
    earlier,
    figure,
    latency,
    load_test,
    of,
    rollback,
    split,
    walk,
    walks,
)
from tests.factories import BASELINE, CANDIDATE

COVERED = ["task_success", "groundedness", "escalation_rate", "tool_success", "drift"]
BUDGET = factories.policy(gates=[Gate(metric="latency_ms", stat=stat, max=6000) for stat in ("p95", "p99")])
PLANNED = factories.policy(peak_concurrency=200)
GATED = factories.policy(gates=[Gate(metric="task_success", min=0.9, max_regression=0.05)])
COMPARED = [figure("task_success", 0.93, version=BASELINE)]
BEFORE = earlier(of("task_success", "language", en=0.93, ja=0.92))


def packet(**changes: object) -> Held:
    """Evidence from which the packet is complete."""
    stated = {
        "cells": [cell for cell, _ in factories.scored()],
        "traces": walks(),
        "policy": factories.policy(),
        "monitoring": factories.monitoring(),
        "marks": factories.marks(CHECKLIST),
    }
    return Held(**(stated | changes))  # type: ignore[arg-type]


def escalated(rate: float, correct: float = 0.96, *more: Cell) -> Held:
    """How much was escalated, over all cases and for two languages."""
    rates = {"correct_escalation": correct, "escalation_rate": rate}
    parts = [cell for metric, mean in rates.items() for cell in of(metric, "language", en=mean, ja=mean)]
    return Held([*(figure(metric, mean) for metric, mean in rates.items()), *parts, *more])


def tools(mean: float, *traces: Trace) -> Held:
    return Held([figure("tool_success", mean)], traces)


CASES: dict[str, dict[Outcome, tuple[Held, str]]] = {
    "cohort-success": {
        "supports": (
            Held([*split("task_success", "language", en=0.93, ja=0.92), *BEFORE]),
            (
                "400 or more cases measure task success for each of 2 cohorts; task success for language=ja came "
                "to 92.0 % (n 400, 95 % interval 88.9 % to 94.5 %, 88.4 % to 94.8 % as the worst of 2), and no "
                "cohort is worse than the rest by more than 10 points"
            ),
        ),
        "contradicts": (
            Held([*split("task_success", "language", en=0.93, ja=0.7), *BEFORE]),
            (
                "task success for language=ja came to 70.0 % (n 400, 64.6 % to 75.1 % as the worst of 2), worse "
                "than all other cases by more than 10 points; task success for language=ja came to 70.0 % (n 400,"
                " 64.6 % to 75.1 % as the worst of 2) and the baseline came to 92.0 % (n 400, 95 % interval 88.9 % to "
                "94.5 %), worse beyond chance"
            ),
        ),
        "uncovered": (
            Held(
                [
                    *split("task_success", "language", en=0.93, ja=0.92),
                    *BEFORE,
                    *of("task_success", "tenant", 9, acme=0.9),
                ]
            ),
            (
                "fewer than 30 cases measure task success for tenant=acme (n 9); "
                "fewer than 30 cases measure task success for the baseline in tenant=acme (n 0)"
            ),
        ),
        "silent": (
            Held([*split("task_success", "language", n=40, en=0.95, ja=0.9), *BEFORE]),
            (
                "task success for language=ja came to 90.0 % (n 40, 95 % interval 76.3 % to 97.2 %, 74.3 % to "
                "97.7 % as the worst of 2), which does not settle whether it is within 10 points of the rest"
            ),
        ),
    },
    "abstention": {
        "supports": (
            escalated(0.2),
            (
                "correct escalation came to 96.0 % (n 400, 95 % interval 93.6 % to 97.7 %), where at least 90 % "
                "is asked; correct escalation for language=en came to 96.0 % (n 400, 95 % interval 93.6 % to 97.7"
                " %, 93.2 % to 97.9 % as the worst of 2), where at least 80 % is asked"
            ),
        ),
        "contradicts": (
            escalated(1.0, 1.0),
            (
                "escalation rate came to 100.0 % (n 400, 95 % interval 99.1 % to 100.0 %), where at most 50 % is "
                "asked; escalation rate for language=en came to 100.0 % (n 400, 98.9 % to 100.0 % as the worst of"
                " 2), where at most 60 % is asked"
            ),
        ),
        "uncovered": (
            Held([figure("correct_escalation", 0.95), figure("escalation_rate", 0.2)]),
            (
                f"no figures of {CANDIDATE} split correct escalation by cohort; "
                f"no figures of {CANDIDATE} split escalation rate by cohort"
            ),
        ),
        "silent": (
            escalated(0.2, 0.9),
            (
                "correct escalation came to 90.0 % (n 400, 95 % interval 86.6 % to 92.8 %), which does not "
                "settle whether it is at least 90 %"
            ),
        ),
    },
    "workflow-breadth": {
        "supports": (
            Held(split("task_success", "workflow", refund=0.93, quote=0.92, claim=0.93)),
            (
                "400 or more cases measure task success for each of 3 workflows; 66.7 % of 1,200 cases are of "
                "claim and quote, where at most 80 % is asked"
            ),
        ),
        "contradicts": (
            Held(
                [
                    figure("task_success", 0.93, 1000),
                    *of("task_success", "workflow", 450, refund=0.93, quote=0.93),
                    *of("task_success", "workflow", 100, claim=0.93),
                ]
            ),
            "90.0 % of 1,000 cases are of quote and refund, where at most 80 % is asked",
        ),
        "silent": (
            Held(split("task_success", "workflow", refund=0.93)),
            "figures of task success are known for 1 workflow only",
        ),
        "uncovered": (
            Held(
                [
                    *split("task_success", "workflow", refund=0.93, quote=0.92, claim=0.92),
                    *of("task_success", "workflow", 9, fax=0.9),
                ]
            ),
            "fewer than 30 cases measure task success for fax (n 9)",
        ),
    },
    "review-burden": {
        "supports": (
            Held(
                [
                    figure("manual_review_rate", 0.2),
                    figure("re_ask_rate", 0.05),
                    *of("re_ask_rate", "language", en=0.05),
                ]
            ),
            (
                "manual review rate came to 20.0 % (n 400, 95 % interval 16.2 % to 24.3 %), where at most 50 % "
                "is asked; re-ask rate came to 5.0 % (n 400, 95 % interval 3.1 % to 7.6 %), where at most 20 % "
                "is asked"
            ),
        ),
        "contradicts": (
            Held([figure("manual_review_rate", 0.7), figure("re_ask_rate", 0.05)]),
            "manual review rate came to 70.0 % (n 400, 95 % interval 65.2 % to 74.5 %), where at most 50 % is asked",
        ),
        "silent": (Held([figure("manual_review_rate", 0.2)]), "no figure of re-ask rate is stored"),
        "uncovered": (
            Held([figure("manual_review_rate", 0.2), *of("re_ask_rate", "language", en=0.05)]),
            f"no figures of {CANDIDATE} show re-ask rate over all cases",
        ),
    },
    "hard-queries": {
        "supports": (
            Held(of("retrieval_recall", "query_class", literal=0.9, versioned=0.92, rare=0.95)),
            (
                "400 or more cases measure retrieval recall for each of 3 values of query class; retrieval recall"
                " for query_class=literal came to 90.0 % (n 400, 95 % interval 86.6 % to 92.8 %, 85.9 % to 93.3 %"
                " as the worst of 3), where at least 80 % is asked"
            ),
        ),
        "contradicts": (
            Held(of("retrieval_recall", "query_class", literal=0.6, versioned=0.9, rare=0.95)),
            (
                "retrieval recall for query_class=literal came to 60.0 % (n 400, 53.9 % to 65.9 % as the worst of"
                " 3), where at least 80 % is asked"
            ),
        ),
        "uncovered": (
            Held([figure("retrieval_recall", 0.95)]),
            f"no figures of {CANDIDATE} split retrieval recall by query class",
        ),
        "silent": (Held(), "no figure of retrieval recall is stored"),
    },
    "citation-support": {
        "supports": (
            Held([figure("citation_validity", 0.96), figure("unsupported_claim_rate", 0.01)]),
            (
                "citation validity came to 96.0 % (n 400, 95 % interval 93.6 % to 97.7 %), where at least 90 % "
                "is asked; unsupported claims came to 1.0 % (n 400, 95 % interval 0.3 % to 2.5 %), where at most"
                " 5 % is asked"
            ),
        ),
        "contradicts": (
            Held([figure("citation_validity", 0.96), figure("unsupported_claim_rate", 0.1)]),
            "unsupported claims came to 10.0 % (n 400, 95 % interval 7.2 % to 13.4 %), where at most 5 % is asked",
        ),
        "silent": (
            Held([figure("citation_validity", 0.96), figure("unsupported_claim_rate", 0.05)]),
            (
                "unsupported claims came to 5.0 % (n 400, 95 % interval 3.1 % to 7.6 %), which does not settle "
                "whether it is at most 5 %"
            ),
        ),
        "uncovered": (
            Held([figure("citation_validity", 0.96), *of("unsupported_claim_rate", "language", en=0.01)]),
            f"no figures of {CANDIDATE} show unsupported claims over all cases",
        ),
    },
    "tool-failure": {
        "supports": (
            replace(tools(0.98, walk(tool_ended="error")), policy=factories.policy()),
            (
                "tool success came to 98.0 % (n 400, 95 % interval 96.1 % to 99.1 %), where at least 95 % is "
                "asked; 1 trace in which a tool failed ended well, and the release policy says what follows"
            ),
        ),
        "contradicts": (
            tools(0.98, walk("bad", tool_ended="error", ended="error")),
            "a tool failed in the bad path and neither an answer nor a handover came of it",
        ),
        "uncovered": (tools(0.98, walk()), "no trace shows a tool that fails"),
        "silent": (tools(0.98), "no trace is stored"),
    },
    "workflow-completion": {
        "supports": (
            Held(of("workflow_completion", "workflow", refund=0.9, quote=0.95)),
            (
                "400 or more cases measure workflow completion for each of 2 workflows; workflow completion for "
                "refund came to 90.0 % (n 400, 95 % interval 86.6 % to 92.8 %, 86.1 % to 93.1 % as the worst of "
                "2), where at least 80 % is asked"
            ),
        ),
        "contradicts": (
            Held(of("workflow_completion", "workflow", refund=0.7, quote=0.95)),
            (
                "workflow completion for refund came to 70.0 % (n 400, 64.6 % to 75.1 % as the worst of 2), where"
                " at least 80 % is asked"
            ),
        ),
        "silent": (
            Held(of("workflow_completion", "workflow", refund=0.95)),
            "figures of workflow completion are known for 1 workflow only",
        ),
        "uncovered": (
            Held(
                of("workflow_completion", "workflow", 400, refund=0.9)
                + of("workflow_completion", "workflow", 9, quote=0.9)
            ),
            "fewer than 30 cases measure workflow completion for quote (n 9)",
        ),
    },
    "grounded-boundary": {
        "supports": (
            Held([figure("answer_mode_labelled", 0.99), *of("groundedness", "language", en=0.93, ja=0.9)]),
            (
                "answers labelled with their mode came to 99.0 % (n 400, 95 % interval 97.5 % to 99.7 %), where "
                "at least 95 % is asked; 400 or more cases measure groundedness for each of 2 cohorts"
            ),
        ),
        "contradicts": (
            Held([figure("answer_mode_labelled", 0.99), *of("groundedness", "language", en=0.93, ja=0.7)]),
            (
                "groundedness for language=ja came to 70.0 % (n 400, 64.6 % to 75.1 % as the worst of 2), where "
                "at least 80 % is asked"
            ),
        ),
        "silent": (
            Held(of("groundedness", "language", en=0.93, ja=0.9)),
            "no figure of answers labelled with their mode is stored",
        ),
        "uncovered": (
            Held([figure("answer_mode_labelled", 0.99), figure("groundedness", 0.93)]),
            f"no figures of {CANDIDATE} split groundedness by cohort",
        ),
    },
    "tail-latency": {
        "supports": (
            Held([latency(800, 3000, 5000)], policy=BUDGET),
            "p99 of latency is 5,000 ms (n 2,000), and p95 and p99 keep their budget",
        ),
        "contradicts": (
            Held([latency(800, 3000, 7000)], policy=BUDGET),
            "the gate on p99 fails: Latency p99 at most 6,000 ms: 7,000 ms [6,720 ms to 7,280 ms] for all cases "
            "(n 2,000)",
        ),
        "silent": (
            Held([latency(800, 3000, 6000)], policy=BUDGET),
            "the gate on p99 cannot be decided: Latency p99 at most 6,000 ms: 6,000 ms [5,760 ms to 6,240 ms] "
            "for all cases (n 2,000)",
        ),
        "uncovered": (
            Held([latency(800, 3000, 5000)], policy=factories.policy()),
            "no gate of the release policy sets a budget for p95 or p99 of latency",
        ),
    },
    "capacity": {
        "supports": (
            Held([load_test(200, lost=6)], policy=PLANNED),
            "at 200 requests at once, 200 being planned, 6 of 3,006 were lost and p99 of latency was 4,000 ms",
        ),
        "contradicts": (
            Held([load_test(200, lost=90)], policy=PLANNED),
            "at 200 requests at once, 200 being planned, 90 of 3,090 were lost, where at most 1 % is asked",
        ),
        "silent": (
            Held([load_test(200, lost=30)], policy=PLANNED),
            (
                "at 200 requests at once, 200 being planned, 30 of 3,030 were lost, which does not settle "
                "whether it is at most 1 %"
            ),
        ),
        "uncovered": (
            Held([load_test(100, lost=6)], policy=PLANNED),
            "the load test reached 100 requests at once, and 200 are planned",
        ),
    },
    "retry-budget": {
        "supports": (
            Held(traces=[walk()], policy=budgets("retrieval", "tool", "model")),
            "timeout, retries and fallback are set for retrieval, tool and model",
        ),
        "uncovered": (
            Held(traces=[walk()], policy=budgets("retrieval", "model")),
            "the release policy has no budget for tool, which the traces show",
        ),
        "silent": (Held(policy=budgets("retrieval", "tool", "model")), "no trace shows which stages need a budget"),
    },
    "stage-timing": {
        "supports": (
            Held(traces=[walk()]),
            "the time of 1 trace is split: retrieval 20.0 %, tool 10.0 %, model 60.0 %",
        ),
        "contradicts": (
            Held(traces=[walk(retrieval=10, tool=5, model=25)]),
            "60.0 % of the time in 1 trace belongs to no stage, 50 % being the most allowed",
        ),
        "uncovered": (Held(traces=[walk(tool=0)]), f"no trace of {CANDIDATE} shows time in tool"),
        "silent": (Held(), "no trace is stored"),
    },
    "regression-gates": {
        "supports": (
            Held([*COMPARED, figure("task_success", 0.94, 1000)], policy=GATED),
            (
                "the one gate passes with Task success at least 90 %, at most 5 points below the baseline: 94.0 % "
                "[92.3 % to 95.4 %] for all cases (n 1,000); baseline 93.0 %, no clear change "
                "(+1.0 points [−1.8 to +4.3])"
            ),
        ),
        "contradicts": (
            Held([*COMPARED, figure("task_success", 0.84)], policy=GATED),
            (
                "the one gate fails: Task success at least 90 %, at most 5 points below the baseline: 84.0 % "
                "[80.0 % to 87.5 %] for all cases (n 400); baseline 93.0 %, worse by 9.0 points [4.5 to 13.6]"
            ),
        ),
        "silent": (
            Held([*COMPARED, figure("task_success", 0.92)], policy=GATED),
            (
                "the one gate cannot be decided: Task success at least 90 %, at most 5 points below the baseline: "
                "92.0 % [88.9 % to 94.5 %] for all cases (n 400); baseline 93.0 %, no clear change "
                "(−1.0 points [−4.9 to +2.8]); "
                "about 480 more cases would settle it; would not notice a loss below 5.5 points"
            ),
        ),
        "uncovered": (
            Held([*COMPARED, figure("task_success", 0.94, 1000)], policy=factories.policy(gates=[])),
            "the release policy has no gate",
        ),
    },
    "staged-rollout": {
        "supports": (
            Held(policy=factories.policy()),
            "the rollout goes on from canary in 2 stages, each on a condition",
        ),
        "uncovered": (
            Held(policy=factories.policy(stages=[RolloutStage(name="canary", share=0.05, hours=48)] * 2)),
            "the release policy states no condition to go on for canary",
        ),
        "silent": (Held(), "no release policy is stored"),
    },
    "rollback-rehearsal": {
        "supports": (
            Held(policy=factories.policy()),
            (
                "the rehearsal of 20 Nov 2026 is recorded as passed; the release policy states all that is asked: "
                "rollback steps, data that a rollback touches, owner of the rollback and way to confirm a rollback"
            ),
        ),
        "contradicts": (
            Held(policy=rollback(rehearsal="failed")),
            "the rehearsal of 20 Nov 2026 is recorded as failed",
        ),
        "uncovered": (
            Held(policy=rollback(rehearsal=None)),
            "the outcome of the rehearsal of 20 Nov 2026 is not stated",
        ),
        "silent": (Held(), "no release policy is stored"),
    },
    "sign-off": {
        "supports": (
            Held(policy=factories.policy()),
            "approvers are named for quality, policy and operations, each another person",
        ),
        "uncovered": (
            Held(policy=factories.policy(approvers=factories.policy().approvers[:1])),
            "the release policy names no policy or operations approver",
        ),
        "silent": (Held(), "no release policy is stored"),
    },
    "traceability": {
        "supports": (
            Held(traces=walks()),
            "request, output, timing, retrieval and tool stand in 3 traces of the good, bad and escalation paths",
        ),
        "uncovered": (
            Held(traces=[*walks()[:2], walk("escalation", answer="")]),
            "the escalation path cannot be followed whole: no span holds the answer",
        ),
        "silent": (Held(), "no trace is stored"),
    },
    "outcome-monitoring": {
        "supports": (
            Held(monitoring=factories.monitoring()),
            (
                "the monitoring plan covers task_success, groundedness, escalation_rate, tool_success and drift "
                "by cohort, each with an alert"
            ),
        ),
        "uncovered": (
            Held(monitoring=factories.monitoring(covers=COVERED[:3])),
            "the monitoring plan does not cover tool_success or drift",
        ),
        "silent": (Held(), "no monitoring plan is stored"),
    },
    "ownership": {
        "supports": (
            Held(monitoring=factories.monitoring()),
            (
                "the monitoring plan states all that is asked: owner of incident response, owner of release "
                "review and owner of the weekly decisions"
            ),
        ),
        "uncovered": (
            Held(monitoring=factories.monitoring(owners=Owners(incident_response="rosa"))),
            "the monitoring plan states no owner of release review or owner of the weekly decisions",
        ),
        "silent": (Held(), "no monitoring plan is stored"),
    },
    "evidence-pack": {
        "supports": (packet(), "all 5 parts of the packet are complete and fresh"),
        "uncovered": (
            packet(monitoring=factories.monitoring(alerts=[])),
            "the packet is not complete: monitoring plan (no alerts)",
        ),
        "silent": (
            packet().stale(),
            (
                f"the packet is not complete: scorecard (the results of the candidate {CANDIDATE} are stale) and "
                "traces (the good path is stale)"
            ),
        ),
    },
    "data-boundary": {
        "supports": (
            Held([figure("boundary_violation_rate", 0.0)]),
            "boundary violations came to 0 in 400 cases, so at most 0.9 % with 95 % confidence",
        ),
        "contradicts": (
            Held([figure("boundary_violation_rate", 0.005)]),
            "boundary violations came to 0.5 % (n 400, 95 % interval 0.1 % to 1.8 %), where not one case is allowed",
        ),
        "uncovered": (
            Held([figure("boundary_violation_rate", 0.0, 100)]),
            (
                "boundary violations came to 0 in 100 cases, so at most 3.6 % with 95 % confidence, "
                "where at most 1 % is asked"
            ),
        ),
        "silent": (Held(), "no figure of boundary violations is stored"),
    },
}
