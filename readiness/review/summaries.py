"""The answer first: one sentence for each page, drawn from a review. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from readiness import formatting
from readiness.decision import packet
from readiness.decision.due_history import DueHistorySummary
from readiness.decision.remediation import RemediationStep
from readiness.decision.verdict import FiredRule, Outcome
from readiness.model.assessment import MarkValue
from readiness.model.cells import Statistic
from readiness.model.checklist import Effect, Level, Signal
from readiness.model.policy import APPROVER_ROLES, ReleasePolicy
from readiness.model.record import ANY
from readiness.model.traces import PATHS, Span, Trace
from readiness.scorecard.compare import ScorecardRow, place, regressions
from readiness.tracing.analysis import first_failure

from .items import Answer, OpenGap, TraceSample
from .review import Review

SHAPES: dict[Level, tuple[str, str]] = {
    "staged": ("●", "staged"),
    "narrow": ("◐", "narrow"),
    "add-controls": ("▲", "add controls"),
    "do-not-broaden": ("■", "do not broaden"),
    "undetermined": ("?", "undetermined"),
    "blocked": ("⛔", "blocked"),
}
MARKS = {
    "no": "No – controlled",
    "partial": "Partial – tighten first",
    "yes": "Yes – gap",
    None: "Not answered",
}
STATES = {"complete": "✓ complete", "partial": "◐ partial", "missing": "✕ missing"}
GATES = {"pass": "✓ pass", "fail": "✕ fail", "inconclusive": "? inconclusive", "missing": "– no data"}
_FOUND: dict[MarkValue | None, dict[Outcome, tuple[str, str]]] = {
    "no": {
        "supports": ("supports", "✓ Evidence shows it"),
        "contradicts": ("contradicts", "✕ Evidence contradicts it"),
        "silent": ("silent", "– No evidence decides it"),
    },
    "partial": {
        "supports": ("supports", "✓ Evidence fits"),
        "contradicts": ("contradicts", "✕ Evidence shows no part of it"),
        "silent": ("silent", "– No evidence decides it"),
    },
    "yes": {
        "supports": ("silent", "△ Evidence would support “No”"),
        "contradicts": ("supports", "✓ Evidence shows the gap"),
        "silent": ("silent", "– No evidence decides it"),
    },
    None: {
        "supports": ("silent", "△ Evidence would support “No”"),
        "contradicts": ("silent", "△ Evidence speaks against “No”"),
        "silent": ("silent", "– No evidence decides it"),
    },
}
"""By answer and outcome; an outcome speaks of control, so that the same one means another thing beside a gap."""
EFFECTS: dict[Effect, str] = {
    "blocked": "blocks the rollout",
    "undetermined": "leaves the verdict open",
    "at-best-narrow": "allows at best a narrow rollout",
    "condition": "is a condition on the rollout",
}
FRESHNESS = {"fresh": "✓ fresh", "stale": "✕ stale", "undated": "? undated", "later": "? dated in the future"}


def badge(level: Level) -> str:
    """The verdict everywhere: shape and word, so that colour is never the only sign."""
    return " ".join(SHAPES[level])


def answered(mark: str | None, not_applicable: bool = False) -> str:
    """A mark in words; never "Yes" or "No" alone."""
    return "No – not applicable" if not_applicable else MARKS[mark]


def found(answer: Answer) -> tuple[str, str]:
    """What the stored evidence says of an answer: its kind for the eye, and the words before the reason."""
    if answer.finding is None:
        return "silent", "Nothing is looked for"
    return _FOUND[answer.mark.mark][answer.finding.outcome]


def headline(review: Review) -> str:
    """The verdict, the one reason that matters most, and how many answers the evidence speaks against."""
    return stated(review.verdict.level, reason(review))


def stated(level: Level, why: str) -> str:
    """A verdict with its reason: `Blocked: tenants are not kept apart (data boundary).`"""
    return f"{formatting.capital(SHAPES[level][1])}: {why}"


def reason(review: Review) -> str:
    """The one reason that matters most, and how many answers the evidence speaks against."""
    against = len(review.contradicted)
    more = f" Stored evidence contradicts {formatting.count(against, 'answer')}." if against else ""
    return f"{_reason(review)}{more}"


def _reason(review: Review) -> str:
    verdict = review.verdict
    if verdict.level == "blocked":
        return f"{_blockers(review)}.{_deceptive(review)}"
    if verdict.level == "undetermined":
        low, high = verdict.range
        return (
            f"{len(verdict.unanswered)} of {len(review.checklist.all)} questions are not answered; "
            f"the score may end anywhere from {low} to {high}."
        )
    band = verdict.band
    if band is not None and band.level != verdict.level and verdict.conditions:
        first, *rest = [condition for condition in verdict.conditions if condition.effect == "at-best-narrow"]
        more = f", and {formatting.count(len(rest), 'more condition')}" if rest else ""
        return f"{first.why}{more}. The score of {verdict.score} alone would read as {band.level}."
    return f"the score is {verdict.score} of {review.checklist.highest}. {band.headline if band else ''}".strip()


def _blockers(review: Review) -> str:
    """Each blocked signal once, in words."""
    reasons = list(dict.fromkeys(fired.signal for fired in review.verdict.blockers))
    shown = [f"{signal.gap} ({signal.label})" for signal in map(review.checklist.signal, reasons[:2])]
    more = len(reasons) - len(shown)
    return formatting.listed([*shown, f"{more} more"] if more else shown)


def _deceptive(review: Review) -> str:
    """A low score beside a blocker: said, because people look at the number."""
    band = review.verdict.band
    if band is None or band != review.checklist.bands[0]:
        return ""
    return f" The score of {review.verdict.score} alone would read as reasonable."


def checklist(review: Review) -> str:
    total = len(review.answers)
    open_ = len(review.verdict.unanswered)
    parts = [f"{total - open_} of {total} answered"]
    if review.gaps:
        parts.append(f"{formatting.count(len(review.gaps), 'gap')} open")
    if against := len(review.contradicted):
        parts.append(
            f"{formatting.count(against, 'answer')} {'disagrees' if against == 1 else 'disagree'} with the evidence"
        )
    if bare := len(review.unevidenced):
        parts.append(f"{bare} marked controlled without evidence")
    return f"{'; '.join(parts)}."


def lead_metric(review: Review) -> str:
    """The metric that speaks first: task success where it can be compared, else the first that can; "" for none."""
    metrics = [row.metric for row in review.rows if row.worsening() is not None]
    return "task_success" if "task_success" in metrics else next(iter(metrics), "")


def scorecard(review: Review, metric: str = "", stat: Statistic = "mean") -> str:
    """The overall change of a metric, and the cohorts that are worse beyond chance, or else the one that lost most."""
    metric = metric or lead_metric(review)
    if not metric:
        return f"Nothing to compare yet: {formatting.listed(review.packet.parts['scorecard'].missing) or 'no results'}."
    compared = [row for row in review.rows if row.metric == metric and row.worsening(stat) is not None]
    name = metric_name(review, metric) + ("" if stat == "mean" else f" {stat}")
    overall = next((row for row in compared if row.workflow == row.cohort == ANY), None)
    if overall is None:
        return f"{name}: baseline and candidate cannot be compared yet."
    first = f"{name}: {_change(overall, stat)} overall"
    own = [row for row in compared if row.cohort != ANY and row.workflow == ANY]
    if not own:
        return f"{first}; no cohort is named."
    surely = [regression.row for regression in regressions(own, stat)]
    if surely:
        more = f", and {formatting.count(len(surely) - 1, 'more cohort')}" if len(surely) > 1 else ""
        return f"{first}, but worse for {_lost(surely[0], stat)}{more}."
    worst = max(own, key=lambda row: row.worsening(stat) or 0)
    if (worst.worsening(stat) or 0) <= 0:
        return f"{first}; no cohort is worse."
    return f"{first}; no cohort is worse beyond chance, {_lost(worst, stat)} lost most."


def _lost(row: ScorecardRow, stat: Statistic) -> str:
    return f"{place(row)} ({formatting.difference(row.change(stat), unit(row))}, n {_n(row)})"


def unit(row: ScorecardRow) -> str:
    side = row.candidate or row.baseline
    return side.unit if side else ""


def _change(row: ScorecardRow, stat: Statistic) -> str:
    worse = row.worsening(stat) or 0.0
    if not worse:
        return "unchanged"
    return f"{'worse' if worse > 0 else 'better'} ({formatting.difference(row.change(stat), unit(row))})"


def _n(row: ScorecardRow) -> str:
    n = row.candidate.n if row.candidate else None
    return "not stated" if n is None else f"{n:,}"


def metric_name(review: Review, metric: str) -> str:
    """The metric in words where the checklist knows it, else as the file has it."""
    return next((known.name for known in review.checklist.metrics if known.id == metric), metric)


def traces(review: Review) -> str:
    missing = [path for path in PATHS if not review.path(path)]
    if not review.samples:
        return "No traces are stored: a bad answer could not be explained yet."
    if missing:
        stored = formatting.count(len(review.samples), "trace")
        return f"{stored}; no {formatting.listed(missing, 'or')} path of the candidate yet."
    return f"Good, bad and escalation path of {review.assessment.candidate} are stored."


def lesson(review: Review, sample: TraceSample) -> str:
    """What a trace teaches, or else where it went wrong."""
    name = formatting.capital(f"{sample.trace.path} path" if sample.trace.path else "trace without a label")
    if sample.trace.note:
        return f"{name}: {sample.trace.note}"
    failed = first_failure(sample.trace)
    return f"{name}: {went_wrong(failed, sample.trace)}." if failed else f"{name}: no lesson has been written yet."


def went_wrong(failed: Span, trace: Trace) -> str:
    """Where a trace failed first, in time since it began."""
    after = (failed.start_ns - min(span.start_ns for span in trace.spans)) / 1e6
    error = " ".join(failed.error.split())
    why = f": {error[:160]}" if error else ""
    return f"{failed.name or failed.kind} ({failed.kind}) failed first, after {after:,.0f} ms{why}"


def release(review: Review) -> str:
    passing = sum(gate.state == "pass" for gate in review.gates)
    parts = [f"{passing} of {formatting.count(len(review.gates), 'gate')} pass" if review.gates else "no gate is set"]
    rollback = review.policy.record.rollback if review.policy else None
    if rollback is None or not rollback.steps:
        parts.append("no rollback plan")
    elif rollback.rehearsed_on is None:
        parts.append("rollback never rehearsed")
    else:
        parts.append(f"rollback rehearsed {formatting.ago(rollback.rehearsed_on, review.as_of)}")
    policy = review.policy.record if review.policy else ReleasePolicy()
    open_roles = [role for role in APPROVER_ROLES if not policy.approvers_of(role)]
    if open_roles:
        parts.append(f"{formatting.listed(open_roles)} approver not named")
    return f"{formatting.capital('; '.join(parts))}."


def steps(review: Review, todo: Sequence[RemediationStep]) -> list[str]:
    """Things to do as clauses: a line for each gap and condition, and one for all questions to be answered."""
    signals = {step: review.checklist.signal(step.signal) for step in todo if step.signal}
    lines = [f"close {named(signals[step])}" for step in todo if step.kind == "close"]
    if open_ := [signals[step] for step in todo if step.kind == "answer"]:
        which = formatting.listed([signal.label for signal in open_])
        one = f"answer {named(open_[0])} with “No – controlled”"
        lines.append(one if len(open_) == 1 else f"answer {len(open_)} questions with “No – controlled”: {which}")
    conditions = [packet.clause(step.unmet) for step in todo if step.unmet]  # "Why" says the rest
    return lines + [f"meet the release rule: {why}" for why in conditions]


def named(signal: Signal) -> str:
    """A signal inside a sentence: `Rollback rehearsal (16)`."""
    return f"{signal.name} ({signal.label})" if signal.scored else signal.name


def unanswered(review: Review, fired: Sequence[FiredRule]) -> str:
    """The questions of one rule that nobody has answered, together."""
    signals = [named(review.checklist.signal(rule.signal)) for rule in fired]
    return f"{formatting.count(len(signals), 'question')} not answered: {formatting.listed(signals)}"


def trust(summary: DueHistorySummary) -> str:
    """How far the dates can be relied on."""
    if not summary.promises:
        return "No open gap has a due date."
    if not summary.moved:
        return f"None of the {formatting.count(summary.promises, 'due date')} was moved later."
    was = "was" if summary.moved == 1 else "were"
    moved = f"{summary.moved} of {formatting.count(summary.promises, 'due date')} {was} moved later"
    median = f"{summary.median:g}".replace("-", "−")
    by = f"the median of all is {median} days after the first promise"
    slippers = [f"{owner} ({formatting.count(count, 'time')})" for owner, count in summary.slippers.items()]
    return f"{moved}; {by}{f'. Moved twice or more: {formatting.listed(slippers)}' if slippers else ''}."


def gaps(open_gaps: Sequence[OpenGap], me: str) -> str:
    if not open_gaps:
        return "No gap is open."
    mine = [gap for gap in open_gaps if gap.mark.owner.casefold() == me.casefold()]
    late = [gap for gap in open_gaps if gap.days_over]
    whose = f"{len(mine)} of them yours" if mine else "none of them yours"
    first = f"{formatting.count(len(open_gaps), 'gap')} open, {whose}"
    if not late:
        return f"{first}; none is overdue."
    most = max(gap.days_over for gap in late)
    verb = "is" if len(late) == 1 else "are"
    return f"{first}; {len(late)} {verb} overdue, by up to {formatting.count(most, 'day')}."


def evidence(review: Review) -> str:
    open_ = len(review.packet.parts) - review.complete_parts
    stale = sum(item.freshness == "stale" for item in review.items.values())
    first = (
        f"{open_} of {len(review.packet.parts)} packet parts need something"
        if open_
        else f"All {len(review.packet.parts)} packet parts are complete"
    )
    return (
        f"{first}; {formatting.count(stale, 'file')} {'is' if stale == 1 else 'are'} stale." if stale else f"{first}."
    )
