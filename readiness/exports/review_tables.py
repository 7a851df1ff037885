"""The tables of one assessment, by name: what its pages show, whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from readiness.decision import packet
from readiness.language import tr
from readiness.model.assessment import Mark
from readiness.model.monitoring import MonitoringPlan
from readiness.model.policy import ReleasePolicy
from readiness.review import (
    card_words,
    glance,
    scorecard_json,
    scorecard_words,
    signoff,
    summaries,
)
from readiness.review.items import TraceSample
from readiness.review.review import Review
from readiness.scorecard import display, gate_words
from readiness.tracing import waterfall

from .rollout_tables import ROLLOUT, Rows
from .tables import FlatTable, yes


def _answers(review: Review) -> Rows:
    for answer in review.answers:
        mark, signal = answer.mark, answer.signal
        yield (
            *(
                signal.id,
                tr(signal.name),
                signal.section,
                summaries.answered(mark.mark, mark.not_applicable),
                mark.note,
            ),
            *(" | ".join(mark.evidence), mark.holds_for, answer.state, answer.standing.why),
            *(mark.owner, mark.due, mark.action, yes(mark.critical)),
        )


def _gaps(review: Review) -> Rows:
    for gap in review.gaps:
        mark = gap.mark
        yield (
            *(gap.id, gap.signal.id, tr(gap.signal.name), summaries.answered(mark.mark), mark.owner, mark.due),
            *(gap.days_over, gap.slips, mark.action or gap.signal.remedy, gap.closed.score, gap.closed.level),
        )


def _rules(review: Review) -> Rows:
    for fired in review.verdict.fired:
        yield fired.rule, fired.effect, fired.signal, fired.why


def _due_histories(review: Review) -> Rows:
    for history in review.due_histories:
        yield history.signal, history.owner, history.dates[0], history.dates[-1], history.slips, history.days


def _changes(review: Review) -> Rows:
    for signal, before, now in review.changes:
        yield signal.id, tr(signal.name), _answer(before), _answer(now)


def _answer(mark: Mark | None) -> str:
    return summaries.answered(mark.mark, mark.not_applicable) if mark else summaries.answered(None)


def _packet(review: Review) -> Rows:
    for part, found in review.packet.parts.items():
        yield tr(packet.PARTS[part]), found.state, "; ".join(found.missing)


def _sign_offs(review: Review) -> Rows:
    for status in signoff.statuses(review):
        last = status.last
        at, comment = (last.at.isoformat(), last.record.comment) if last else ("", "")
        yield status.role, status.name, status.state, status.sentence, at, comment


def _gates(review: Review) -> Rows:
    for gate in review.gates:
        yield scorecard_words.gate_asked(review, gate), gate.gate.metric, gate.state, gate_words.reason(gate)


_SIDE = ("mean", "n", "clusters", "errors", "p50", "p95", "p99")
_CHANGE = ("value", "low", "high", "method", "p_adjusted", "reading", "pairs")
_FIGURES = ["metric", "workflow", "cohort", "unit", "direction"]
_FIGURES += [f"{side}_{name}" for side in ("baseline", "candidate") for name in (*_SIDE, "low", "high")]
_FIGURES += [f"change_{name}" if name != "value" else "change" for name in _CHANGE]


def _figures(review: Review) -> Rows:
    for row in scorecard_json.answer(review)["rows"]:
        yield _figure(row, "candidate")


def _metrics(review: Review) -> Rows:
    for line in glance.lines(review):
        row, difference = line.row, line.row.difference(line.stat)
        sides = [getattr(side, line.stat) if side else None for side in (row.baseline, row.candidate)]
        limits = (difference.interval.low, difference.interval.high) if difference else (None, None)
        worst = (line.worst.cohort, line.worst.change(line.stat)) if line.worst else ("", None)
        count = row.candidate.n if row.candidate else None
        yield (
            *(line.metric, line.stat, scorecard_words.unit(row), row.workflow, row.cohort, *sides),
            *(row.change(line.stat), *(end if end is None or math.isfinite(end) else None for end in limits)),
            *(line.reading, count, line.gate or "", *worst),
        )


def _versions(review: Review) -> Rows:
    for row in scorecard_json.answer(review)["versions"]:
        yield row["version"], *_figure(row, "figures")


def _figure(row: Mapping[str, Any], candidate: str) -> list[object]:
    cells = [row[name] for name in ("metric", "workflow", "cohort", "unit", "direction")]
    for side in (row["baseline"], row[candidate]):
        cells += [*(side[name] for name in _SIDE), *(side["interval"] or (None, None))]
    change = row["change"]
    low, high = change["interval"] or (None, None)
    return [*cells, *((change | {"low": low, "high": high})[name] for name in _CHANGE)]


def _failures(review: Review) -> Rows:
    for row in display.failures(review.boards.overall):
        sides = [(side.mean, side.n) if side else (None, None) for side in (row.baseline, row.candidate)]
        yield row.metric.removeprefix(display.CLASSES), *sides[0], *sides[1]


def _unscored(review: Review) -> Rows:
    for row in display.errors(review.boards.overall):
        sides = [(side.errors, side.n) if side else (None, None) for side in (row.baseline, row.candidate)]
        yield row.metric, *sides[0], *sides[1]


def _files(review: Review) -> Rows:
    for item in review.items.values():
        file = item.evidence
        yield (
            *(file.name, file.format, file.kind, file.tool, file.tool_version, file.digest, file.size),
            *(", ".join(item.versions), file.measured_on, item.freshness, file.kept, file.skipped, len(file.doubts)),
            *(yes(file.confirmed is not None), item.added_by, item.added_at.isoformat(), file.producer),
        )


def _traces(review: Review) -> Rows:
    for sample in review.samples:
        trace = sample.trace
        yield (
            *(trace.trace_id, trace.version, trace.workflow, trace.cohort, trace.path, trace.note, len(trace.spans)),
            *(_milliseconds(sample), sum(trace.redacted.values()), sample.item.evidence.name),
        )


def _milliseconds(sample: TraceSample) -> float | None:
    """From the first start to the last end that is known."""
    bars = waterfall.lay_out(sample.trace.spans)
    return max((bar.start_ms + bar.duration_ms for bar in bars if bar.duration_ms is not None), default=None)


def _stage_times(review: Review) -> Rows:
    for timing in review.timings:
        for figure in timing.stages:
            yield (
                *(timing.item.evidence.name, figure.workflow, figure.kind, figure.p50, figure.p95, figure.p99),
                *(figure.share, figure.n, figure.errors, figure.retries),
            )


def _policy(review: Review) -> ReleasePolicy:
    return review.policy.record if review.policy else ReleasePolicy()


def _plan(review: Review) -> MonitoringPlan:
    return review.monitoring.record if review.monitoring else MonitoringPlan()


def _stages(review: Review) -> Rows:
    for number, stage in enumerate(_policy(review).stages, start=1):
        yield number, stage.name, stage.share, stage.hours, stage.proceed_if


def _rollback(review: Review) -> Rows:
    yield from enumerate(_policy(review).rollback.steps, start=1)


def _budgets(review: Review) -> Rows:
    for stage, budget in _policy(review).budgets.items():
        yield stage, budget.timeout_ms, budget.retries, budget.fallback


def _judges(review: Review) -> Rows:
    for checks in review.judges.values():
        for check in checks:
            yield check.judge.metric, check.sentence


def _alerts(review: Review) -> Rows:
    for alert in _plan(review).alerts:
        yield alert.metric, alert.condition, alert.route


def _owners(review: Review) -> Rows:
    plan = _plan(review)
    yield tr("Incident response"), plan.owners.incident_response
    yield tr("Release review"), plan.owners.release_review
    yield tr("Weekly decisions"), plan.owners.weekly_decisions
    yield tr("Escalations"), plan.escalation_owner


def _card(review: Review) -> Rows:
    for told in card_words.facts(review.card.record) if review.card else ():
        yield told.fact.section, tr(told.fact.title), told.state, " | ".join(told.said)


def _components(review: Review) -> Rows:
    for part in review.card.record.components if review.card else ():
        yield part.kind, part.name, part.version, part.provider, part.region, part.retention, part.training_use


def _red_team(review: Review) -> Rows:
    for run in review.card.record.red_team if review.card else ():
        yield run.on, run.by, run.tried, run.attacks, run.succeeded, run.report


def _incidents(review: Review) -> Rows:
    for incident in review.card.record.incidents if review.card else ():
        yield incident.on, incident.what, incident.cohort, incident.done


_TABLES: dict[str, tuple[str, Callable[[Review], Rows]]] = {
    "answers": (
        "signal,question,section,answer,finding,evidence,holds_for,standing,why,owner,due,next_action,critical",
        _answers,
    ),
    "gaps": (
        "gap,signal,question,answer,owner,due,days_over,moved_later,next_action,score_once_closed,verdict_once_closed",
        _gaps,
    ),
    "rules": ("rule,effect,signal,why", _rules),
    **ROLLOUT,
    "due-dates": ("signal,owner,first_promised,now,moved_later,days_later", _due_histories),
    "changes": ("signal,question,before,now", _changes),
    "packet": ("part,state,missing", _packet),
    "sign-offs": ("role,name,state,sentence,at,comment", _sign_offs),
    "gates": ("gate,metric,result,why", _gates),
    "metrics": (
        "metric,figure,unit,workflow,cohort,baseline,candidate,change,change_low,change_high,reading,cases,gates,"
        "worst_cohort,worst_change",
        _metrics,
    ),
    "figures": (",".join(_FIGURES), _figures),
    "versions": (",".join(["version", *(name.replace("candidate", "version") for name in _FIGURES)]), _versions),
    "failures": ("class,baseline,baseline_n,candidate,candidate_n", _failures),
    "unscored": ("metric,baseline_unscored,baseline_scored,candidate_unscored,candidate_scored", _unscored),
    "files": (
        "file,format,kind,tool,tool_version,digest,bytes,versions,measured_on,state,kept,skipped,doubts,confirmed,"
        "added_by,added_at,producer",
        _files,
    ),
    "traces": ("trace,version,workflow,cohort,path,lesson,spans,takes_ms,redacted,file", _traces),
    "stage-times": (
        "file,workflow,stage,p50_ms,p95_ms,p99_ms,share_of_all_time,traces,failed,tried_again",
        _stage_times,
    ),
    "stages": ("number,stage,share,hours,goes_on_if", _stages),
    "rollback": ("number,step", _rollback),
    "budgets": ("stage,timeout_ms,retries,then", _budgets),
    "judges": ("metric,agreement", _judges),
    "alerts": ("alert_on,when,goes_to", _alerts),
    "owners": ("responsibility,who", _owners),
    "card": ("section,fact,state,stated", _card),
    "components": ("kind,name,version,provider,region,retention,training_use", _components),
    "red-team": ("on,by,tried,attacks,succeeded,report", _red_team),
    "incidents": ("on,what,cohort,done", _incidents),
}
NAMES = tuple(_TABLES)


def read(review: Review, name: str) -> FlatTable:
    """One of `NAMES`."""
    header, rows = _TABLES[name]
    return FlatTable(header.split(","), list(rows(review)))


def has_rows(review: Review, name: str) -> bool:
    """Whether there is anything in it."""
    return next(_TABLES[name][1](review), None) is not None
