"""What checks stand on in tests, built as the review builds it; a test states only the evidence it is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from readiness import paths
from readiness.decision.facts import Facts, StoredCells
from readiness.decision.findings import EvidenceContext
from readiness.decision.packet import assemble, covered
from readiness.model import checklist as checklists
from readiness.model.assessment import Assessment, Mark
from readiness.model.cells import Cell
from readiness.model.evidence import Evidence
from readiness.model.monitoring import MonitoringPlan
from readiness.model.policy import Budget, ReleasePolicy, Rollback
from readiness.model.traces import Span, SpanStatus, Trace, TracePath
from readiness.scorecard import compare
from readiness.scorecard.gates import judge
from tests import factories
from tests.factories import BASELINE, CANDIDATE, TODAY

CHECKLIST = checklists.get(paths.CHECKLISTS, "llm-rollout")
METRICS = {metric.id: metric for metric in CHECKLIST.metrics}
ELSEWHERE = "2026.02"
LONG_AGO = TODAY - dt.timedelta(days=60)
MS = 1_000_000


@dataclass(frozen=True)
class Held:
    """What is stored; `files` gives each cell and trace its file, in which it is fresh."""

    cells: Sequence[Cell] = ()
    traces: Sequence[Trace] = ()
    policy: ReleasePolicy | None = None
    monitoring: MonitoringPlan | None = None
    marks: Mapping[str, Mark] = field(default_factory=dict)
    file: Evidence = field(default_factory=factories.evidence)
    assessment: Assessment = field(default_factory=factories.assessment)

    @property
    def measured(self) -> bool:
        """Whether anything stands here that has an age and a version."""
        return bool(self.cells or self.traces)

    def stale(self) -> Held:
        return replace(self, file=factories.evidence(measured_on=LONG_AGO))

    def of_another_version(self) -> Held:
        return replace(self, cells=[_elsewhere(cell) for cell in self.cells], traces=list(map(_elsewhere, self.traces)))


def _elsewhere(record: Any) -> Any:
    return record.model_copy(update={"version": ELSEWHERE}) if record.version == CANDIDATE else record


def ground(*held: Held, as_of: dt.date = TODAY) -> EvidenceContext:
    """All that is held together; assessment, policy, plan and marks are those of the first."""
    first = held[0]
    cells = [(cell, each.file) for each in held for cell in each.cells]
    facts = Facts(
        assessment=first.assessment,
        marks=first.marks,
        cells=StoredCells.of(cells),
        traces=[(trace, each.file) for each in held for trace in each.traces],
        policy=first.policy,
        monitoring=first.monitoring,
    )
    rows = compare.compare(facts.assessment, compare.pick(cells, as_of).cells)
    gates = judge(facts.policy.gates if facts.policy else (), rows)
    metrics = {metric.id: metric for metric in CHECKLIST.metrics}
    packet = assemble(CHECKLIST, facts, gates, covered(CHECKLIST, facts, as_of), as_of)
    return EvidenceContext(facts, rows, gates, packet, as_of, metrics)


def figure(metric: str, mean: float | None, n: int | None = 400, **fields: Any) -> Cell:
    """The candidate's figure of a metric that the checklist knows."""
    known = METRICS[metric]
    return factories.cell(
        mean=mean, metric=metric, n=n, **({"unit": known.unit, "direction": known.direction} | fields)
    )


def of(metric: str, by: str, n: int | None = 400, **means: float | None) -> list[Cell]:
    """The figure of each workflow, or of each value of a dimension."""
    places = {value: {"workflow": value} if by == "workflow" else {"dimension": by, "value": value} for value in means}
    return [figure(metric, mean, n, **places[value]) for value, mean in means.items()]


def split(metric: str, by: str, n: int = 400, **means: float) -> list[Cell]:
    """The same with the figure over all cases, which they make up."""
    whole = figure(metric, sum(means.values()) / len(means), n * len(means))
    return [whole, *of(metric, by, n, **means)]


def earlier(cells: Sequence[Cell]) -> list[Cell]:
    """The same figures of the baseline."""
    return [cell.model_copy(update={"version": BASELINE}) for cell in cells]


def latency(p50: float, p95: float, p99: float, n: int | None = 2000, spread: float = 0.04, **fields: Any) -> Cell:
    """Milliseconds; each quantile may be off by `spread` of itself."""
    bounds = {
        f"{name}_{side}": value * (1 + sign * spread)
        for name, value in (("p50", p50), ("p95", p95), ("p99", p99))
        for side, sign in (("low", -1), ("high", 1))
    }
    return figure("latency_ms", p50, n, p50=p50, p95=p95, p99=p99, **(bounds | fields))


def load_test(at: int, lost: int, n: int = 3000, **fields: Any) -> Cell:
    """Requests at once, how many of them were lost, and a p99 of 4 s."""
    stated: dict[str, Any] = {"errors": lost, "dimension": "concurrency", "value": str(at)}
    return latency(900, 2000, 4000, n).model_copy(update=stated | fields)


def walk(
    path: TracePath | None = "good",
    *,
    tool_ended: SpanStatus = "ok",
    ended: SpanStatus = "ok",
    answer: str = "Yes",
    **ms: int,
) -> Trace:
    """A whole trace of 100 ms, 10 of them in no stage; `ms` states other times of stages, 0 leaves one out."""
    times: dict[Any, int] = {"retrieval": 20, "tool": 10, "model": 60} | ms
    spans = [
        Span(span_id="root", kind="request", start_ns=0, end_ns=100 * MS, status=ended, input="May I?", output=answer)
    ]
    at = 0
    for kind, long in times.items():
        if long:
            status = tool_ended if kind == "tool" else "ok"
            spans.append(
                Span(
                    span_id=kind, parent_id="root", kind=kind, start_ns=at * MS, end_ns=(at + long) * MS, status=status
                )
            )
            at += long
    return factories.trace(f"t-{path}", path=path, spans=spans)


def walks(**fields: Any) -> list[Trace]:
    """One whole trace for each path."""
    return [walk("good", **fields), walk("bad", **fields), walk("escalation", **fields)]


def budgets(*stages: str, **fields: Any) -> ReleasePolicy:
    stated: dict[str, Any] = {"timeout_ms": 8000, "retries": 1, "fallback": "hand over"} | fields
    return factories.policy(budgets={stage: Budget(**stated) for stage in stages})


def rollback(**fields: Any) -> ReleasePolicy:
    stated = factories.policy().rollback.model_dump() | fields
    return factories.policy(rollback=Rollback(**stated))
