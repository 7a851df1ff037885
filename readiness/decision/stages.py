"""What the evidence advises in a stage of the rollout: to go on, to hold, or to roll back, and why. Pure.

The figures of a stage are those of the file of this stage that was measured last: candidate and control of the same
days. They are judged like the gates of a release. A gate that fails advises to roll back; one without enough data, a
stage whose hours are not over, or one that states no gate advises to hold. No advice changes a verdict.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from readiness import formatting
from readiness.language import numeral, tr
from readiness.model.checklist import Metric
from readiness.model.policy import ReleasePolicy, RolloutStage
from readiness.model.stages import AdviceKind, StoredStep
from readiness.scorecard import compare, gate_words, margins
from readiness.scorecard.gates import GateResult, judge, looked

from .facts import Facts


@dataclass(frozen=True)
class StageResult:
    """How a stage stands on a day; `measured_on` is the day of its figures, None where there are none."""

    stage: RolloutStage
    gates: Sequence[GateResult]
    measured_on: dt.date | None


@dataclass(frozen=True)
class StageAdvice:
    """`current` is where the rollout stands, None before the first stage; `onward` is the next one.

    `why` are reasons in words, the weightiest first: what fails, or what is still missing.
    """

    kind: AdviceKind
    current: RolloutStage | None
    onward: RolloutStage | None
    why: tuple[str, ...]
    result: StageResult | None = None


def judged(facts: Facts, stage: RolloutStage, metrics: Mapping[str, Metric], as_of: dt.date) -> StageResult:
    """The gates of a stage, on the file of it that was measured last and counts."""
    cells = facts.staged.get(stage.name)
    versions = (facts.assessment.baseline, facts.assessment.candidate)
    filed = [pair for pair in (cells.of_version(*versions) if cells else ()) if not pair[1].stale(as_of)]
    last = max((file.measured_on or dt.date.min for _, file in filed), default=None)
    picked = compare.pick([pair for pair in filed if (pair[1].measured_on or dt.date.min) == last], as_of)
    compared = compare.compare(facts.assessment, picked.cells, facts.pairs, picked.files)
    rows = margins.given(compared, stage.gates, list(metrics.values()))
    seen = looked(cells.of_version(facts.assessment.candidate)) if cells else None
    return StageResult(stage, judge(stage.gates, rows, seen), last)


def advise(
    facts: Facts,
    steps: Sequence[StoredStep],
    metrics: Mapping[str, Metric],
    *,
    may_begin: str,
    now: dt.datetime,
    as_of: dt.date,
) -> StageAdvice:
    """What to do next. `may_begin` says why the rollout may not begin or go on at all; empty where it may."""
    stages = facts.policy.stages if facts.policy else []
    if not stages:
        return StageAdvice("hold", None, None, (tr("the release policy has no stages"),))
    last = steps[-1] if steps else None
    if last is None or not last.record.stage:
        return _before(facts.policy, last, may_begin)
    names = [stage.name for stage in stages]
    if last.record.stage not in names:
        return StageAdvice(
            "hold", None, None, (tr("the policy has no stage {stage} any more", stage=last.record.stage),)
        )
    at = names.index(last.record.stage)
    current, onward = stages[at], stages[at + 1] if at + 1 < len(stages) else None
    result = judged(facts, current, metrics, as_of)
    if failed := tuple(_told(gate, metrics) for gate in result.gates if gate.state == "fail"):
        return StageAdvice("roll back", current, onward, failed, result)
    missing = tuple(_missing(result, _entered(steps), metrics, may_begin, now))
    if missing:
        return StageAdvice("hold", current, onward, missing, result)
    return StageAdvice("advance" if onward else "done", current, onward, (), result)


def _before(policy: ReleasePolicy | None, last: StoredStep | None, may_begin: str) -> StageAdvice:
    first = policy.stages[0] if policy else None
    if last is not None and last.record.action == "roll back":
        note = f": {last.record.note}" if last.record.note else ""
        told = tr("it was rolled back on {day}", day=formatting.day(last.at))
        return StageAdvice("hold", None, first, (f"{told}{note}",))
    if may_begin:
        return StageAdvice("hold", None, first, (may_begin,))
    return StageAdvice("advance", None, first, ())


def _entered(steps: Sequence[StoredStep]) -> dt.datetime:
    """When the stage of now was entered: holding leaves it as it is."""
    return next(step.at for step in reversed(steps) if step.record.action == "advance")


def _missing(
    result: StageResult, entered: dt.datetime, metrics: Mapping[str, Metric], may_begin: str, now: dt.datetime
) -> Iterator[str]:
    if may_begin:
        yield may_begin
    stage = result.stage
    for gate in result.gates:
        if gate.state != "pass":
            yield _told(gate, metrics)
    if not stage.gates:
        words = f": {stage.proceed_if}" if stage.proceed_if else ""
        yield f"{tr('what it takes to go on is not stated as data')}{words}"
    over = (now - entered).total_seconds() / 3600
    if stage.hours is not None and over < stage.hours:
        passed, hours = numeral(f"{over:,.0f}"), numeral(f"{stage.hours:,g}")
        yield tr("{passed} of {hours} hours are over", passed=passed, hours=hours)


def _told(result: GateResult, metrics: Mapping[str, Metric]) -> str:
    return gate_words.sentence(result, metrics.get(result.gate.metric))
