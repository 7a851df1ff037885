"""The minimum packet: five parts, each complete, partial or missing, and the release rule. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from readiness import names
from readiness.language import marked, tr, trn
from readiness.model.cells import Cell
from readiness.model.checklist import Checklist
from readiness.model.evidence import fresh
from readiness.model.monitoring import MonitoringPlan
from readiness.model.policy import APPROVER_ROLES, ReleasePolicy
from readiness.model.traces import PATHS, TracePath
from readiness.scorecard import gate_words
from readiness.scorecard.gates import ORDER, GateResult, GateState

from . import coverage
from .facts import Facts

PartState = Literal["complete", "partial", "missing"]
PartId = Literal["scorecard", "checklist", "traces", "policy", "monitoring"]
ReleaseCondition = Literal[
    "baseline", "baseline-results", "gates", "gates-pass", "stages", "rollback", "rollback-owner"
]
_STATES: dict[GateState, str] = {
    "fail": marked("fails"),
    "missing": marked("no data"),
    "inconclusive": marked("inconclusive"),
}
PARTS: dict[PartId, str] = {
    "scorecard": marked("Scorecard"),
    "checklist": marked("Checklist"),
    "traces": marked("Traces"),
    "policy": marked("Release policy"),
    "monitoring": marked("Monitoring plan"),
}
PATH_WORDS: dict[TracePath, str] = {
    "good": marked("good"),
    "bad": marked("bad"),
    "escalation": marked("escalation"),
}


class _Side(NamedTuple):
    """What is said of a version whose figures do not complete the scorecard."""

    unnamed: str
    bare: str
    doubtful: str
    stale: str
    gap: str


_CANDIDATE = _Side(
    marked("the candidate version is not named"),
    marked("no results of the candidate {version}"),
    marked("the results of the candidate {version} do not add up"),
    marked("the results of the candidate {version} are stale"),
    marked("{gap} of the candidate {version}"),
)
_BASELINE = _Side(
    marked("the baseline version is not named"),
    marked("no results of the baseline {version}"),
    marked("the results of the baseline {version} do not add up"),
    marked("the results of the baseline {version} are stale"),
    marked("{gap} of the baseline {version}"),
)


@dataclass(frozen=True)
class PacketPart:
    """`only_aged` is true where nothing but its age keeps the part from being complete."""

    state: PartState
    missing: tuple[str, ...] = ()
    only_aged: bool = False


@dataclass(frozen=True)
class Unmet:
    """A condition of the release rule that does not hold.

    `baseline` is the version without fresh results; `failing` are the gates that do not pass, of `gates`.
    """

    condition: ReleaseCondition
    baseline: str = ""
    failing: tuple[GateResult, ...] = ()
    gates: int = 0


@dataclass(frozen=True)
class Packet:
    """The parts by id, and the conditions of the release rule that do not hold."""

    parts: Mapping[PartId, PacketPart]
    release_rule: tuple[Unmet, ...] = ()

    @property
    def complete(self) -> bool:
        return all(part.state == "complete" for part in self.parts.values())


def assemble(
    checklist: Checklist, facts: Facts, gates: Sequence[GateResult], scorecard: PacketPart, as_of: dt.date
) -> Packet:
    """The packet as it stands on a day, with the part of the `scorecard`, for which `covered` looks at every figure.

    Stale evidence and evidence of another version complete nothing.
    """
    return Packet(
        parts={
            "scorecard": scorecard,
            "checklist": _checklist(checklist, facts),
            "traces": _traces(facts, as_of),
            "policy": _policy(facts.policy),
            "monitoring": _monitoring(facts.monitoring),
        },
        release_rule=release_rule(facts, gates, as_of),
    )


def _part(missing: Sequence[str], anything: bool, aged: int = 0) -> PacketPart:
    """`aged` of the missing are there but stale."""
    if not missing:
        return PacketPart("complete")
    return PacketPart("partial" if anything else "missing", tuple(missing), only_aged=aged == len(missing))


def _counted(facts: Facts, version: str, as_of: dt.date) -> list[Cell]:
    return [cell for cell, _ in fresh(facts.cells.of_version(version), as_of)]


def covered(checklist: Checklist, facts: Facts, as_of: dt.date) -> PacketPart:
    """How far the figures of both versions are those that gates and checks ask for."""
    missing, anything, aged = [], False, 0
    for told, version in ((_CANDIDATE, facts.assessment.candidate), (_BASELINE, facts.assessment.baseline)):
        if not version:
            missing.append(tr(told.unnamed))
            continue
        stored, counted = facts.cells.of_version(version), _counted(facts, version, as_of)
        anything = anything or bool(stored)
        if not stored:
            missing.append(tr(told.bare, version=version))
        elif not counted:
            doubtful = any(evidence.freshness(as_of) == "doubtful" for _, evidence in stored)
            missing.append(tr(told.doubtful if doubtful else told.stale, version=version))
            aged += not doubtful
        else:
            missing += [tr(told.gap, gap=gap, version=version) for gap in coverage.gaps(checklist, facts, counted)]
    return _part(missing, anything, aged)


def _checklist(checklist: Checklist, facts: Facts) -> PacketPart:
    answered = [signal for signal in checklist.all if (mark := facts.marks.get(signal.id)) and mark.mark]
    gaps = [signal for signal in answered if facts.marks[signal.id].is_gap]
    missing = []
    if unanswered := len(checklist.all) - len(answered):
        missing.append(tr("{unanswered} of {total} not answered", unanswered=unanswered, total=len(checklist.all)))
    for what in ("owner", "due"):
        stated = {signal.label: str(getattr(facts.marks[signal.id], what) or "") for signal in gaps}
        without = [label for label, text in stated.items() if names.is_none(text)]
        if without:
            missing.append(_lacking(what, without))
    return _part(missing, bool(answered))


def _lacking(what: str, gaps: Sequence[str]) -> str:
    named = ", ".join(gaps)
    if what == "owner":
        return trn("no owner for the gap {gaps}", "no owner for the gaps {gaps}", len(gaps), gaps=named)
    return trn("no due date for the gap {gaps}", "no due date for the gaps {gaps}", len(gaps), gaps=named)


def _traces(facts: Facts, as_of: dt.date) -> PacketPart:
    own = [(trace, evidence) for trace, evidence in facts.traces if trace.version == facts.assessment.candidate]
    missing, aged = [], 0
    for path in PATHS:
        labelled = [(trace, evidence) for trace, evidence in own if trace.path == path]
        if not labelled:
            candidate = facts.assessment.candidate
            missing.append(tr("no {path} path of {candidate}", path=tr(PATH_WORDS[path]), candidate=candidate))
        elif all(evidence.stale(as_of) for _, evidence in labelled):
            doubtful = any(evidence.freshness(as_of) == "doubtful" for _, evidence in labelled)
            named = tr(PATH_WORDS[path])
            stale = tr("the {path} path is stale", path=named)
            missing.append(tr("the {path} path does not add up", path=named) if doubtful else stale)
            aged += not doubtful
    return _part(missing, bool(own), aged)


def _policy(policy: ReleasePolicy | None) -> PacketPart:
    if policy is None:
        return PacketPart("missing", (tr("no release policy"),))
    missing = []
    if not policy.gates:
        missing.append(tr("no gate thresholds"))
    if not policy.staged:
        missing.append(
            tr("no staged path") if not policy.stages else tr("no stage below full share with another after it")
        )
    if not _steps(policy):
        missing.append(tr("no rollback steps"))
    named = [role for role in policy.roles if policy.approvers_of(role)]
    missing += [tr("no {role} approver", role=role) for role in APPROVER_ROLES if role not in named]
    return _part(missing, bool(policy.gates or policy.stages or _steps(policy) or named))


def _steps(policy: ReleasePolicy) -> list[str]:
    """The rollback steps that say something."""
    return [step for step in policy.rollback.steps if not names.is_none(step)]


def _monitoring(plan: MonitoringPlan | None) -> PacketPart:
    if plan is None:
        return PacketPart("missing", (tr("no monitoring plan"),))
    asked = {
        tr("no alerts"): plan.alerts,
        tr("no review cadence"): not names.is_none(plan.review_cadence),
        tr("no escalation owner"): not names.is_none(plan.escalation_owner),
        tr("no first-week watch list"): plan.watch_list,
    }
    missing = [problem for problem, value in asked.items() if not value]
    return _part(missing, len(missing) < len(asked))


def release_rule(facts: Facts, gates: Sequence[GateResult], as_of: dt.date) -> tuple[Unmet, ...]:
    """The conditions of the release rule that do not hold on a day."""
    return tuple(_release_rule(facts, gates, as_of))


def _release_rule(facts: Facts, gates: Sequence[GateResult], as_of: dt.date) -> Iterator[Unmet]:
    """What the release rule misses: versioned baseline, gated results, staged path, rollback with a named owner."""
    policy, baseline = facts.policy or ReleasePolicy(), facts.assessment.baseline
    if not baseline:
        yield Unmet("baseline")
    elif not _counted(facts, baseline, as_of):
        yield Unmet("baseline-results", baseline=baseline)
    if not gates:
        yield Unmet("gates")
    elif failing := tuple(result for result in gates if result.state != "pass"):
        yield Unmet("gates-pass", failing=failing, gates=len(gates))
    if not policy.staged:
        yield Unmet("stages")
    if not _steps(policy):
        yield Unmet("rollback")
    elif names.is_none(policy.rollback.owner):
        yield Unmet("rollback-owner")


def clause(unmet: Unmet) -> str:
    """A condition that does not hold, in a few words."""
    of_gates = trn("of {n} gate", "of {n} gates", unmet.gates)
    failing = trn("{n} {of_gates} does not pass", "{n} {of_gates} do not pass", len(unmet.failing), of_gates=of_gates)
    clauses: dict[ReleaseCondition, str] = {
        "baseline": tr("there is no versioned baseline"),
        "baseline-results": tr("the baseline {version} has no fresh results", version=unmet.baseline),
        "gates": tr("no gate stands between a change and its release"),
        "gates-pass": failing,
        "stages": tr("there is no canary or staged path"),
        "rollback": tr("there is no rollback plan"),
        "rollback-owner": tr("the rollback plan names no owner"),
    }
    return clauses[unmet.condition]


def sentence(unmet: Unmet, checklist: Checklist) -> str:
    """A condition that does not hold, with every gate that does not pass, the failing first."""
    worst_first = sorted(unmet.failing, key=lambda result: ORDER.index(result.state))
    gates = [f"{_described(result, checklist)} ({tr(_STATES[result.state])})" for result in worst_first]
    return f"{clause(unmet)}: {'; '.join(gates)}" if gates else clause(unmet)


def _described(result: GateResult, checklist: Checklist) -> str:
    return gate_words.asked(result, checklist.metric(result.gate.metric))
