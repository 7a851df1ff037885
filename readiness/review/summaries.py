"""The answer first: one sentence for each page, drawn from a review. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from readiness import formatting, names
from readiness.decision import packet
from readiness.decision.answers import Outcome
from readiness.decision.due_history import DueHistorySummary
from readiness.decision.remediation import RemediationStep
from readiness.decision.verdict import FiredRule, Verdict
from readiness.model.checklist import AnswerState, Effect
from readiness.model.evidence import Freshness
from readiness.model.policy import APPROVER_ROLES, ReleasePolicy
from readiness.model.traces import PATHS, Span, Trace
from readiness.tracing.analysis import first_failure

from . import decided, level_words
from .items import Answer, OpenGap, TraceSample
from .review import Review

MARKS = {
    "no": "No – controlled",
    "partial": "Partial – tighten first",
    "yes": "Yes – gap",
    None: "Not answered",
}
STATES = {"complete": "✓ complete", "partial": "◐ partial", "missing": "✕ missing"}
ANSWERS: dict[AnswerState, tuple[str, str]] = {
    "shown": ("supports", "✓ Shown by evidence"),
    "attested": ("attested", "◇ Attested, not measured"),
    "uncovered": ("uncovered", "◐ Evidence leaves something out"),
    "not shown": ("silent", "– Nothing shows it"),
    "contradicted": ("contradicts", "✕ Evidence contradicts it"),
    "unanswered": ("silent", "– Not answered"),
}
"""By what stands behind an answer of control: its kind for the eye, and the words before the reason."""
_BESIDE_A_GAP: dict[Outcome, tuple[str, str]] = {
    "supports": ("silent", "△ Evidence would support “No”"),
    "contradicts": ("supports", "✓ Evidence shows the gap"),
}
_UNANSWERED: dict[Outcome, tuple[str, str]] = {
    "supports": ("silent", "△ Evidence would support “No”"),
    "contradicts": ("silent", "△ Evidence speaks against “No”"),
}
_UNDECIDED = ("silent", "– No evidence decides it")
BRIEF_STATES: dict[AnswerState, str] = {
    "shown": "✓ shown",
    "attested": "◇ attested",
    "uncovered": "◐ uncovered",
    "not shown": "– not shown",
    "contradicted": "✕ contradicted",
    "unanswered": "",
}
"""The same in a word, where a line has room for no more."""
EFFECTS: dict[Effect, str] = {
    "blocked": "blocks the rollout",
    "undetermined": "leaves the verdict open",
    "at-best-do-not-broaden": "allows no broader rollout",
    "at-best-add-controls": "asks for more controls before expanding",
    "at-best-narrow": "allows at best a narrow rollout",
    "condition": "is a condition on the rollout",
}
BRIEF_EFFECTS: dict[Effect, str] = {
    "blocked": "blocks",
    "undetermined": "leaves it open",
    "at-best-do-not-broaden": "at best do not broaden",
    "at-best-add-controls": "at best add controls",
    "at-best-narrow": "at best narrow",
    "condition": "condition",
}
FRESHNESS: dict[Freshness, str] = {
    "fresh": "✓ fresh",
    "doubtful": "? does not add up",
    "stale": "✕ stale",
    "undated": "? undated",
    "later": "? dated in the future",
}


def answered(mark: str | None, not_applicable: bool = False) -> str:
    """A mark in words; never "Yes" or "No" alone."""
    return "No – not applicable" if not_applicable else MARKS[mark]


def found(answer: Answer) -> tuple[str, str]:
    """What the stored evidence says of an answer: its kind for the eye, and the words before the reason."""
    mark, outcome = answer.mark.mark, answer.finding.outcome if answer.finding else "silent"
    if mark in ("no", "partial"):
        return ANSWERS[answer.state]
    return (_BESIDE_A_GAP if mark else _UNANSWERED).get(outcome, _UNDECIDED)


def headline(review: Review) -> str:
    """The verdict, the one reason that matters most, and how many answers the evidence speaks against."""
    return level_words.stated(review.verdict.level, reason(review), decided.clause(review))


def verdict(review: Review) -> str:
    """The verdict and the one reason that matters most."""
    return level_words.stated(review.verdict.level, _reason(review), decided.clause(review))


def reason(review: Review) -> str:
    """The one reason that matters most, and how many answers the evidence speaks against or leaves uncovered."""
    clauses = [_against(review), _left(review)]
    more = formatting.listed([clause for clause in clauses if clause])
    return f"{_reason(review)}{f' Evidence {more}.' if more else ''}"


def _against(review: Review) -> str:
    count = len(review.contradicted)
    return f"speaks against {formatting.count(count, 'answer')}" if count else ""


def _left(review: Review) -> str:
    count = len(review.uncovered)
    noun = "" if review.contradicted else f" {'answer' if count == 1 else 'answers'}"
    return f"leaves {count}{noun} uncovered" if count else ""


def _reason(review: Review) -> str:
    verdict = review.verdict
    if verdict.level == "blocked":
        return f"{_blockers(review)}.{_deceptive(review)}"
    if verdict.level == "undetermined":
        return _undetermined(review)
    band, decisive = verdict.band, verdict.decided_by
    if band is not None and decisive is not None:
        rest = len(verdict.caps) - 1
        more = f", and {formatting.count(rest, 'more condition')}" if rest else ""
        return f"{decisive.why}{more}. The score of {verdict.score} alone would read as {band.level}."
    return f"the score is {verdict.score} of {review.checklist.highest}. {band.headline if band else ''}".strip()


def _undetermined(review: Review) -> str:
    verdict, checklist_ = review.verdict, review.checklist
    bare = [checklist_.signal(fired.signal).named for fired in verdict.fired if fired.rule == "override-not-shown"]
    unshown = f"nothing shows {formatting.listed(bare, 'or')}"
    if not verdict.unanswered:
        return f"{unshown}. The score of {verdict.score} alone would read as {checklist_.band(verdict.score).level}."
    low, high = verdict.range
    more = f" and {unshown}" if bare else ""
    open_ = f"{len(verdict.unanswered)} of {len(checklist_.all)} questions are not answered{more}"
    return f"{open_}; the score may end anywhere from {low} to {high}."


def _blockers(review: Review) -> str:
    """Each blocked signal once, in words."""
    return formatting.named(blockers(review, review.verdict), shown=2)


def blockers(review: Review, verdict: Verdict) -> tuple[str, ...]:
    """What blocks a verdict of the system, each signal once."""
    return tuple(dict.fromkeys(blocker(review, fired) for fired in verdict.blockers))


def short_reason(review: Review) -> str:
    """The same as `reason` in one clause, without the figures behind it."""
    verdict = review.verdict
    if verdict.level == "blocked":
        return formatting.named(blockers(review, verdict), shown=1)
    decisive = verdict.decided_by
    if decisive is None:
        return f"the score is {verdict.score} of {review.checklist.highest}"
    if verdict.unanswered and verdict.level == "undetermined":
        return f"{len(verdict.unanswered)} of {len(review.checklist.all)} questions are not answered"
    against = decisive.signal and verdict.answers[decisive.signal].state
    told = {"contradicted": "evidence speaks against", "uncovered": "evidence leaves out part of"}.get(against, "")
    return f"{told} {review.checklist.signal(decisive.signal).named}" if told else decisive.why


def blocker(review: Review, fired: FiredRule) -> str:
    """A gap as its clause, what is on record against an answer, or who rejected it."""
    if fired.rule == "rejected":
        return fired.why
    signal = review.checklist.signal(fired.signal)
    return f"evidence speaks against {signal.named}" if fired.rule == "override-contradicted" else signal.told_gap


def _deceptive(review: Review) -> str:
    """A low score beside a blocker: said, because people look at the number."""
    band = review.verdict.band
    if band is None or band != review.checklist.bands[0]:
        return ""
    return f" The score of {review.verdict.score} alone would read as reasonable."


def evidenced(review: Review) -> str:
    """The two scores side by side, and how many answers rest on somebody's word: `Marked 4; 11 on evidence alone.`"""
    attested = f"; {len(review.attested)} attested" if review.attested else ""
    return f"Marked {review.verdict.score}; {on_evidence(review.verdict)}{attested}."


def on_evidence(verdict: Verdict) -> str:
    """`35 on evidence alone`, and what it makes of open questions where the other score leaves them open."""
    low, high = verdict.range
    return f"{verdict.evidenced_score} on evidence alone{'' if low == high else ', counting open questions as gaps'}"


def decided_by(review: Review) -> str:
    """The rule that decides the level, or the score where none does."""
    decisive, verdict = review.verdict.decided_by, review.verdict
    if decisive is None:
        return f"the score: marked {verdict.score}, {on_evidence(verdict)}"
    return f"the rule {decisive.rule}: {decisive.why}"


def eased(review: Review) -> str:
    """The rules that this checklist makes mere conditions, to stand beside the verdict; empty where there is none."""
    rules = [f"“{rule.name}”" for rule in review.checklist.eased]
    if not rules:
        return ""
    return f"This checklist treats {formatting.listed(rules)} as a condition only; by itself it would decide."


def removed(review: Review) -> str:
    """What was taken back of the candidate's files, to stand beside the verdict; empty where nothing was."""
    if not review.removed:
        return ""
    last, count = review.removed[-1], len(review.removed)
    which = f"{last.name}, " if count == 1 else "the last "
    were = "was" if count == 1 else "were"
    of = f"{formatting.count(count, 'file')} of {review.assessment.candidate}"
    return f"{of} {were} taken back: {which}by {last.by} on {formatting.day(last.at)}."


def one_producer(review: Review) -> str:
    """Who signed every file of the versions under review; empty where one came unsigned, or from somebody else."""
    asked = {review.assessment.candidate, review.assessment.baseline} - {""}
    own = [item.evidence.producer for item in review.items.values() if asked & set(item.versions)]
    return own[0] if len(set(own)) == 1 else ""


def from_one(producer: str) -> str:
    """What to know of evidence that one producer signed, to stand beside the verdict, on which it has no bearing."""
    return f"All evidence of these versions comes from one producer, {producer}." if producer else ""


def answers(review: Review) -> str:
    """How far the answering is."""
    return f"{_answered(review)}."


def _answered(review: Review) -> str:
    total = len(review.answers)
    return f"{total - len(review.verdict.unanswered)} of {total} answered"


def checklist(review: Review) -> str:
    parts = [_answered(review)]
    if waiting := len(review.to_confirm):
        parts.append(f"{waiting} to be confirmed from the version before")
    if review.gaps:
        parts.append(f"{formatting.count(len(review.gaps), 'gap')} open")
    if clauses := [clause for clause in (_against(review), _left(review)) if clause]:
        parts.append(f"evidence {formatting.listed(clauses)}")
    if attested := len(review.attested):
        parts.append(f"{attested} attested")
    if bare := len(review.unevidenced):
        parts.append(f"{bare} marked controlled with nothing to show")
    return f"{'; '.join(parts)}."


def answer(one: Answer) -> str:
    """One question and where it stands: `Rollback rehearsal: Yes – gap.`"""
    name = f"{one.signal.number}. {one.signal.name}" if one.signal.scored else one.signal.name
    behind = BRIEF_STATES[one.state] if one.mark.mark in ("no", "partial") else ""
    return f"{name}: {answered(one.mark.mark, one.mark.not_applicable)}{f', {behind[2:]}' if behind else ''}."


def system(review: Review) -> str:
    """Which version is under review, and what is planned."""
    assessment = review.assessment
    target = f", to be rolled out on {formatting.day(assessment.target_date)}" if assessment.target_date else ""
    owner = review.dossier.system.record.owner or "nobody"
    return f"{review.name} {assessment.candidate} is under review{target}; {owner} owns it."


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
    elif rollback.rehearsed_on > review.as_of:
        parts.append(f"rollback to be rehearsed {formatting.ago(rollback.rehearsed_on, review.as_of)}")
    else:
        parts.append(f"rollback rehearsed {formatting.ago(rollback.rehearsed_on, review.as_of)}")
    policy = review.policy.record if review.policy else ReleasePolicy()
    open_roles = [role for role in APPROVER_ROLES if not policy.approvers_of(role)]
    if open_roles:
        parts.append(f"{formatting.listed(open_roles)} approver not named")
    return f"{formatting.capital('; '.join(parts))}."


class Todo(NamedTuple):
    """A thing to do as a clause, with the signal it is about and the page where it is done."""

    words: str
    signal: str = ""
    page: str = "checklist"


def todo(review: Review, remaining: Sequence[RemediationStep]) -> list[Todo]:
    """A line for each gap and condition, and one for all questions to be answered."""
    signals = {step: review.checklist.signal(step.signal) for step in remaining if step.signal}
    lines = [
        Todo(f"settle the rejection of {step.rejection.by} ({step.rejection.role})", page="release")
        for step in remaining
        if step.rejection
    ]
    for kind in ("close", "show"):
        lines += [Todo(f"{kind} {signals[step].named}", step.signal) for step in remaining if step.kind == kind]
    if open_ := [signals[step] for step in remaining if step.kind == "answer"]:
        which = formatting.listed([signal.label for signal in open_])
        one = f"answer {open_[0].named} with “No – controlled”"
        many = f"answer {len(open_)} questions with “No – controlled”: {which}"
        lines.append(Todo(one, open_[0].id) if len(open_) == 1 else Todo(many))
    conditions = [packet.clause(step.unmet) for step in remaining if step.unmet]  # "Why" says the rest
    return lines + [Todo(f"meet the release rule: {why}", page="release") for why in conditions]


def steps(review: Review, remaining: Sequence[RemediationStep]) -> list[str]:
    """Things to do as clauses."""
    return [line.words for line in todo(review, remaining)]


def unanswered(review: Review, fired: Sequence[FiredRule]) -> str:
    """The questions of one rule that nobody has answered, together."""
    signals = [review.checklist.signal(rule.signal).named for rule in fired]
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


def days_after(due: dt.date | None, target: dt.date | None) -> int:
    """Days from the rollout that is planned to a due date that is later; 0 where it is not."""
    return max((due - target).days, 0) if due and target else 0


def undated(open_gaps: Sequence[OpenGap]) -> str:
    """The gaps that a picture of dates cannot show, as a sentence of its own; empty where there is none."""
    count = sum(gap.mark.due is None for gap in open_gaps)
    return f" {formatting.count(count, 'gap')} {'has' if count == 1 else 'have'} no date." if count else ""


def gaps(open_gaps: Sequence[OpenGap], me: str) -> str:
    if not open_gaps:
        return "No gap is open."
    myself = names.key(me)
    mine = [gap for gap in open_gaps if names.key(gap.mark.owner) == myself]
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
    counts = Counter(item.freshness for item in review.items.values())
    stale, doubtful = counts["stale"], counts["doubtful"]
    first = (
        f"{open_} of {len(review.packet.parts)} packet parts need something"
        if open_
        else f"All {len(review.packet.parts)} packet parts are complete"
    )
    notes = [f"{formatting.count(stale, 'file')} {'is' if stale == 1 else 'are'} stale"] if stale else []
    if doubtful:
        notes.append(f"{formatting.count(doubtful, 'file')} {'does' if doubtful == 1 else 'do'} not add up")
    return f"{'; '.join([first, *notes])}."
