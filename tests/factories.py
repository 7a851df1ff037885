"""Facts for tests, whole and in good order; a test states only what it is about."""

from __future__ import annotations

import datetime as dt
import hashlib
import statistics
from typing import Any

from readiness import paths
from readiness.access import GRANTS, Principal
from readiness.decision.answers import Finding, Outcome
from readiness.decision.packet import PARTS, Packet, PacketPart, PartState, ReleaseCondition, Unmet
from readiness.model.assessment import Assessment, AssessmentFile, Mark, MarkValue, System
from readiness.model.card import CardEvaluation, Component, Incident, RedTeamRun, SystemCard
from readiness.model.cells import Cell, Pair
from readiness.model.checklist import Checklist, load
from readiness.model.evidence import Evidence
from readiness.model.monitoring import Alert, MonitoringPlan, Owners
from readiness.model.packs import SentPack
from readiness.model.policy import APPROVER_ROLES, Approver, Budget, Gate, ReleasePolicy, Rollback, RolloutStage
from readiness.model.traces import PATHS, Span, Trace
from readiness.portfolio.status import SectionPoints, SystemStatus, TrendPoint
from readiness.scorecard.uncertainty import Pairs

TODAY = dt.date(2026, 11, 20)
BASELINE, CANDIDATE = "2026.08", "2026.11"
SLUG = "support-copilot"
WATCHED = ["task_success", "groundedness", "escalation_rate", "tool_success", "drift"]
CHECKLIST = load(paths.CHECKLISTS)["llm-rollout"]
PLACES = (("*", "*", "*"), ("refund", "*", "*"), ("quote", "*", "*"), ("*", "language", "de"), ("*", "language", "ja"))
OVERRIDES = ("regression-gates", "rollback-rehearsal", "traceability", "data-boundary")
CRITICAL = ("tail-latency", "ownership")


def principal(*roles: str, name: str = "dana", systems: frozenset[str] | None = None) -> Principal:
    return Principal.of(name, roles or GRANTS, systems)


def mark(signal: str, value: MarkValue | None = None, **fields: Any) -> Mark:
    """An answer with all that its value asks for."""
    stated: dict[str, Any] = {"holds_for": "English; not Japanese"} if value == "partial" else {}
    if value in ("partial", "yes"):
        stated |= {"owner": "omar", "due": TODAY + dt.timedelta(days=14), "action": "Close it"}
    return Mark(**{"signal": signal, "mark": value} | stated | fields)


def marks(checklist: Checklist, value: MarkValue | None = "no", **others: MarkValue | Mark | None) -> dict[str, Mark]:
    """Every signal answered with `value`, save for `others` by their ids (`_` for `-`); None leaves one out."""
    stated: dict[str, MarkValue | Mark | None] = dict.fromkeys(checklist.ids, value)
    stated |= {name.replace("_", "-"): other for name, other in others.items()}
    return {
        signal: other if isinstance(other, Mark) else mark(signal, other)
        for signal, other in stated.items()
        if other is not None
    }


def finding(signal: str, outcome: Outcome, why: str = "the candidate reached 0.71 of 0.90") -> dict[str, Finding]:
    return {signal: Finding(signal, outcome, why)}


def shown(checklist: Checklist) -> dict[str, Finding]:
    """Evidence that supports control of every signal."""
    return {name: Finding(name, "supports", "the evidence shows it") for name in checklist.ids}


def packet(*unmet: ReleaseCondition, state: PartState = "complete") -> Packet:
    return Packet({part: PacketPart(state) for part in PARTS}, tuple(Unmet(condition) for condition in unmet))


def assessment(**fields: Any) -> Assessment:
    stated: dict[str, Any] = {"candidate": CANDIDATE, "baseline": BASELINE, "assessed_on": TODAY}
    return Assessment(**stated | fields)


def evidence(name: str = "results.csv", **fields: Any) -> Evidence:
    stated: dict[str, Any] = {"format": "results-csv", "kind": "results", "size": 1024, "measured_on": TODAY}
    return Evidence(**{"name": name, "digest": digest(name)} | stated | fields)


def digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def cell(version: str = CANDIDATE, mean: float | None = 0.93, **fields: Any) -> Cell:
    """A rate of 400 cases, so that passes are whole and it has an interval."""
    given: dict[str, Any] = {
        "version": version,
        "mean": mean,
        "metric": "task_success",
        "unit": "ratio",
        "direction": "higher",
        "n": 400,
    }
    given |= fields
    if "passed" not in fields and given["n"] and mean is not None and 0 <= mean <= 1:
        given["passed"] = round(mean * given["n"])
    return Cell(**given)


def pair_figures(both: int, only_first: int, only_second: int, neither: int) -> dict[str, Any]:
    """The fields of a pair whose cases passed with both versions, with one only, or with none."""
    differences = [*[-1.0] * only_first, *[1.0] * only_second, *[0.0] * (both + neither)]
    n = len(differences)
    return {
        "cases": n,
        "n": n,
        "mean_first": (both + only_first) / n,
        "mean_second": (both + only_second) / n,
        "sd": statistics.stdev(differences) if n > 1 else None,
        "both": both,
        "only_first": only_first,
        "only_second": only_second,
        "neither": neither,
    }


def pairs_of(both: int, only_baseline: int, only_candidate: int, neither: int) -> Pairs:
    """The same of baseline and candidate, as a scorecard has them."""
    stated: dict[str, Any] = {"first": BASELINE, "second": CANDIDATE, "first_file": "a", "second_file": "b"}
    stated |= {"metric": "task_success"}
    return Pairs.of(Pair(**stated | pair_figures(both, only_baseline, only_candidate, neither)), turned=False)


def trace(trace_id: str = "t-1", **fields: Any) -> Trace:
    span = Span(span_id="s-1", kind="request", name="answer", start_ns=1, end_ns=2_000_000, status="ok")
    return Trace(**{"trace_id": trace_id, "version": CANDIDATE, "spans": [span]} | fields)


def policy(**fields: Any) -> ReleasePolicy:
    stated: dict[str, Any] = {
        "gates": [Gate(metric="task_success", min=0.9, max_regression=0.05)],
        "stages": [
            RolloutStage(name="canary", share=0.05, hours=48, proceed_if="no incident"),
            RolloutStage(name="all", share=1, hours=168, proceed_if="no incident"),
        ],
        "rollback": Rollback(
            steps=["Route back"],
            owner="rosa",
            data_dependencies="The index stays",
            confirm="Ask twice",
            rehearsed_on=TODAY,
            rehearsal="passed",
        ),
        "budgets": {
            stage: Budget(timeout_ms=8000, retries=1, fallback="hand over") for stage in ("retrieval", "tool", "model")
        },
        "approvers": [Approver(role=role, name=f"{role} lead") for role in APPROVER_ROLES],
    }
    return ReleasePolicy(**stated | fields)


def monitoring(**fields: Any) -> MonitoringPlan:
    stated: dict[str, Any] = {
        "review_cadence": "weekly",
        "escalation_owner": "rosa",
        "watch_list": ["task_success by language"],
        "covers": WATCHED,
        "by_cohort": True,
        "owners": Owners(incident_response="rosa", release_review="dana", weekly_decisions="dana"),
        "alerts": [Alert(metric=metric, condition="off by 0.1 for 30 min", route="on call") for metric in WATCHED],
    }
    return MonitoringPlan(**stated | fields)


def card(**fields: Any) -> SystemCard:
    """A card on which every fact is stated."""
    where = {"provider": "Northlake Models", "region": "EU", "retention": "30 days", "training_use": "no"}
    stated: dict[str, Any] = {
        "intended_use": "Draft answers that a person sends",
        "not_for": ["Legal advice"],
        "users": "Support desks; customers read the answers",
        "components": [
            Component(kind="model", name="nl-large", version="2026-09-30", **where),
            Component(kind="prompt", name="answer", version="41"),
        ],
        "oversight": "The desk lead switches it off in the console",
        "limits": ["Weak on scanned tables"],
        "residual_risk": "A wrong date may be sent",
        "customer_duties": ["Keep the desk staffed"],
        "evaluation": CardEvaluation(
            sampling="Every tenth chat of October, labelled by two people",
            judge="judge-small, prompt 7",
            agreement="κ 0.78 on 120 cases",
            not_tested=["Voice"],
        ),
        "red_team": [
            RedTeamRun(
                on=TODAY, by="Platform red team", tried="Prompt injection", attacks=40, succeeded=1, report="RT-7"
            )
        ],
        "incidents": [Incident(on=TODAY, what="Wrong tariff quoted", cohort="language=ja", done="Index rebuilt")],
        "incidents_until": TODAY,
    }
    return SystemCard(**stated | fields)


def sent_pack(**fields: Any) -> SentPack:
    stated: dict[str, Any] = {"assessment_id": 1, "candidate": CANDIDATE, "audience": "security", "recipient": "Acme"}
    stated |= {"classification": "Confidential", "valid_until": TODAY + dt.timedelta(days=90), "format": "md"}
    return SentPack(**stated | {"level": "staged", "digest": "d" * 64, "snapshot": "e" * 64} | fields)


def scored() -> list[tuple[Cell, Evidence]]:
    """Fresh results of both versions: each metric that a check names, for all cases, each workflow and each cohort."""
    file = evidence()
    named = {getattr(check, "metric", "") for signal in CHECKLIST.all for check in signal.checks}
    return [
        (cell(version, metric=metric, workflow=workflow, dimension=dimension, value=value), file)
        for version in (BASELINE, CANDIDATE)
        for metric in sorted(named - {""})
        for workflow, dimension, value in PLACES
    ]


def traced() -> list[tuple[Trace, Evidence]]:
    """A fresh trace of the candidate for each path."""
    file = evidence("spans.jsonl", kind="traces")
    return [(trace(f"t-{path}", path=path), file) for path in PATHS]


def standing(**fields: Any) -> SystemStatus:
    """A staged system without a target date, gaps or files."""
    stated: dict[str, Any] = {
        "as_of": TODAY,
        "slug": SLUG,
        "name": "Support Copilot",
        "owner": "dana",
        "assessment_id": 1,
        "checklist": "llm-rollout",
        "candidate": CANDIDATE,
        "assessed_on": TODAY - dt.timedelta(days=20),
        "target_date": None,
        "level": "staged",
        "score": 0,
        "range": (0, 0),
        "band": "staged",
        "evidenced_score": 2,
        "reason": "the score is 0 of 42.",
        "short": "the score is 0 of 42",
        "blockers": (),
        "contradicted": (),
        "sections": (SectionPoints("outcome", "Outcomes", 0, 8, 0),),
        "due": (),
        "files": 0,
        "stale": 0,
        "warnings": (),
        "fresh_until": (),
        "parts": 5,
        "complete_parts": 5,
        "sign_offs": 3,
        "open_sign_offs": 0,
        "week_ago": None,
        "decision": "",
        "against": "",
        "reopened": (),
        "week": "",
        "alarm": "",
        "silent_since": None,
        "due_reviews": (),
        "reviewer": "",
        "trend": (TrendPoint(CANDIDATE, TODAY.isoformat(), "staged", 0),),
        "valid_from": dt.date.min,
        "valid_until": dt.date.max,
    }
    return SystemStatus(**stated | fields)


def assessment_file(*given: Mark, **fields: Any) -> AssessmentFile:
    stated: dict[str, Any] = {
        "system": System(slug=SLUG, name="Support Copilot", owner="dana"),
        "assessment": assessment(),
        "marks": list(given),
    }
    return AssessmentFile(**stated | fields)
