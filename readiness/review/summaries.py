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
from readiness.language import marked, numeral, tr, trn
from readiness.model.checklist import AnswerState, Band, Effect
from readiness.model.evidence import Freshness
from readiness.model.policy import APPROVER_ROLES, ReleasePolicy
from readiness.model.traces import PATHS, Span, Trace
from readiness.tracing.analysis import first_failure

from . import decided, level_words
from .items import Answer, OpenGap, TraceSample
from .review import Review

MARKS = {
    "no": marked("No – controlled"),
    "partial": marked("Partial – tighten first"),
    "yes": marked("Yes – gap"),
    None: marked("Not answered"),
}
STATES = {"complete": marked("✓ complete"), "partial": marked("◐ partial"), "missing": marked("✕ missing")}
ANSWERS: dict[AnswerState, tuple[str, str]] = {
    "shown": ("supports", marked("✓ Shown by evidence")),
    "attested": ("attested", marked("◇ Attested, not measured")),
    "uncovered": ("uncovered", marked("◐ Evidence leaves something out")),
    "not shown": ("silent", marked("– Nothing shows it")),
    "contradicted": ("contradicts", marked("✕ Evidence contradicts it")),
    "unanswered": ("silent", marked("– Not answered")),
}
"""By what stands behind an answer of control: its kind for the eye, and the words before the reason."""
_BESIDE_A_GAP: dict[Outcome, tuple[str, str]] = {
    "supports": ("silent", marked("△ Evidence would support “No”")),
    "contradicts": ("supports", marked("✓ Evidence shows the gap")),
}
_UNANSWERED: dict[Outcome, tuple[str, str]] = {
    "supports": ("silent", marked("△ Evidence would support “No”")),
    "contradicts": ("silent", marked("△ Evidence speaks against “No”")),
}
_UNDECIDED = ("silent", marked("– No evidence decides it"))
BRIEF_STATES: dict[AnswerState, str] = {
    "shown": marked("✓ shown"),
    "attested": marked("◇ attested"),
    "uncovered": marked("◐ uncovered"),
    "not shown": marked("– not shown"),
    "contradicted": marked("✕ contradicted"),
    "unanswered": "",
}
"""The same in a word, where a line has room for no more."""
EFFECTS: dict[Effect, str] = {
    "blocked": marked("blocks the rollout"),
    "undetermined": marked("leaves the verdict open"),
    "at-best-do-not-broaden": marked("allows no broader rollout"),
    "at-best-add-controls": marked("asks for more controls before expanding"),
    "at-best-narrow": marked("allows at best a narrow rollout"),
    "condition": marked("is a condition on the rollout"),
}
BRIEF_EFFECTS: dict[Effect, str] = {
    "blocked": marked("blocks"),
    "undetermined": marked("leaves it open"),
    "at-best-do-not-broaden": marked("at best do not broaden"),
    "at-best-add-controls": marked("at best add controls"),
    "at-best-narrow": marked("at best narrow"),
    "condition": marked("condition"),
}
FRESHNESS: dict[Freshness, str] = {
    "fresh": marked("✓ fresh"),
    "doubtful": marked("? does not add up"),
    "stale": marked("✕ stale"),
    "undated": marked("? undated"),
    "later": marked("? dated in the future"),
}


def answered(mark: str | None, not_applicable: bool = False) -> str:
    """A mark in words; never "Yes" or "No" alone."""
    return tr("No – not applicable") if not_applicable else tr(MARKS[mark])


def found(answer: Answer) -> tuple[str, str]:
    """What the stored evidence says of an answer: its kind for the eye, and the words before the reason."""
    mark, outcome = answer.mark.mark, answer.finding.outcome if answer.finding else "silent"
    beside = _BESIDE_A_GAP if mark else _UNANSWERED
    kind, words = ANSWERS[answer.state] if mark in ("no", "partial") else beside.get(outcome, _UNDECIDED)
    return kind, tr(words)


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
    return f"{_reason(review)} {tr('Evidence {clauses}.', clauses=more)}" if more else _reason(review)


def _against(review: Review) -> str:
    count = len(review.contradicted)
    return trn("speaks against {n} answer", "speaks against {n} answers", count) if count else ""


def _left(review: Review) -> str:
    count = len(review.uncovered)
    if count and review.contradicted:
        return tr("leaves {n} uncovered", n=count)
    return trn("leaves {n} answer uncovered", "leaves {n} answers uncovered", count) if count else ""


def _reason(review: Review) -> str:
    verdict = review.verdict
    if verdict.level == "blocked":
        return f"{_blockers(review)}.{_deceptive(review)}"
    if verdict.level == "undetermined":
        return _undetermined(review)
    band, decisive = verdict.band, verdict.decided_by
    if band is not None and decisive is not None:
        rest = len(verdict.caps) - 1
        more = f", {trn('and {n} more condition', 'and {n} more conditions', rest)}" if rest else ""
        return f"{decisive.why}{more}. {_alone(verdict, band)}"
    first = tr("the score is {score} of {highest}", score=verdict.score, highest=review.checklist.highest)
    return f"{first}. {tr(band.headline) if band else ''}".strip()


def _alone(verdict: Verdict, band: Band) -> str:
    """What the score would say by itself."""
    return tr("The score of {score} alone would read as {level}.", score=verdict.score, level=tr(band.level))


def _undetermined(review: Review) -> str:
    verdict, checklist_ = review.verdict, review.checklist
    bare = [checklist_.signal(fired.signal).named for fired in verdict.fired if fired.rule == "override-not-shown"]
    unshown = tr("nothing shows {signals}", signals=formatting.listed(bare, "or"))
    if not verdict.unanswered:
        return f"{unshown}. {_alone(verdict, checklist_.band(verdict.score))}"
    low, high = verdict.range
    open_ = formatting.listed([_open(review), *([unshown] if bare else [])])
    return f"{open_}; {tr('the score may end anywhere from {low} to {high}', low=low, high=high)}."


def _open(review: Review) -> str:
    unanswered_, every = len(review.verdict.unanswered), len(review.checklist.all)
    return tr("{unanswered} of {every} questions are not answered", unanswered=unanswered_, every=every)


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
        return tr("the score is {score} of {highest}", score=verdict.score, highest=review.checklist.highest)
    if verdict.unanswered and verdict.level == "undetermined":
        return _open(review)
    against = decisive.signal and verdict.answers[decisive.signal].state
    text = {"contradicted": _SPEAKS, "uncovered": _LEAVES_OUT}.get(against, "")
    return tr(text, signal=review.checklist.signal(decisive.signal).named) if text else decisive.why


_SPEAKS = marked("evidence speaks against {signal}")
_LEAVES_OUT = marked("evidence leaves out part of {signal}")


def blocker(review: Review, fired: FiredRule) -> str:
    """A gap as its clause, what is on record against an answer, or who rejected it."""
    if fired.rule == "rejected":
        return fired.why
    signal = review.checklist.signal(fired.signal)
    return tr(_SPEAKS, signal=signal.named) if fired.rule == "override-contradicted" else signal.told_gap


def _deceptive(review: Review) -> str:
    """A low score beside a blocker: said, because people look at the number."""
    band = review.verdict.band
    if band is None or band != review.checklist.bands[0]:
        return ""
    return f" {tr('The score of {score} alone would read as reasonable.', score=review.verdict.score)}"


def evidenced(review: Review) -> str:
    """The two scores side by side, and how many answers rest on somebody's word: `Marked 4; 11 on evidence alone.`"""
    attested = f"; {tr('{n} attested', n=len(review.attested))}" if review.attested else ""
    return f"{tr('Marked {score}', score=review.verdict.score)}; {on_evidence(review.verdict)}{attested}."


def on_evidence(verdict: Verdict) -> str:
    """`35 on evidence alone`, and what it makes of open questions where the other score leaves them open."""
    low, high = verdict.range
    if low == high:
        return tr("{score} on evidence alone", score=verdict.evidenced_score)
    return tr("{score} on evidence alone, counting open questions as gaps", score=verdict.evidenced_score)


def decided_by(review: Review) -> str:
    """The rule that decides the level, or the score where none does."""
    decisive, verdict = review.verdict.decided_by, review.verdict
    if decisive is None:
        return tr("the score: marked {score}, {evidenced}", score=verdict.score, evidenced=on_evidence(verdict))
    return tr("the rule {rule}: {why}", rule=decisive.rule, why=decisive.why)


def eased(review: Review) -> str:
    """The rules that this checklist makes mere conditions, to stand beside the verdict; empty where there is none."""
    rules = [tr("“{rule}”", rule=tr(rule.name)) for rule in review.checklist.eased]
    if not rules:
        return ""
    text = marked("This checklist treats {rules} as a condition only; by itself it would decide.")
    return tr(text, rules=formatting.listed(rules))


def removed(review: Review) -> str:
    """What was taken back of the candidate's files, to stand beside the verdict; empty where nothing was."""
    if not review.removed:
        return ""
    last, candidate, day = review.removed[-1], review.assessment.candidate, formatting.day(review.removed[-1].at)
    if len(review.removed) == 1:
        text = marked("1 file of {candidate} was taken back: {file}, by {name} on {day}.")
        return tr(text, candidate=candidate, file=last.name, name=last.by, day=day)
    many = formatting.whole(len(review.removed))
    text = marked("{n} files of {candidate} were taken back: the last by {name} on {day}.")
    return tr(text, n=many, candidate=candidate, name=last.by, day=day)


def one_producer(review: Review) -> str:
    """Who signed every file of the versions under review; empty where one came unsigned, or from somebody else."""
    asked = {review.assessment.candidate, review.assessment.baseline} - {""}
    own = [item.evidence.producer for item in review.items.values() if asked & set(item.versions)]
    return own[0] if len(set(own)) == 1 else ""


def from_one(producer: str) -> str:
    """What to know of evidence that one producer signed, to stand beside the verdict, on which it has no bearing."""
    return (
        tr("All evidence of these versions comes from one producer, {producer}.", producer=producer) if producer else ""
    )


def answers(review: Review) -> str:
    """How far the answering is."""
    return f"{_answered(review)}."


def _answered(review: Review) -> str:
    total = len(review.answers)
    return tr("{answered} of {total} answered", answered=total - len(review.verdict.unanswered), total=total)


def checklist(review: Review) -> str:
    parts = [_answered(review)]
    if waiting := len(review.to_confirm):
        parts.append(tr("{n} to be confirmed from the version before", n=waiting))
    if review.gaps:
        parts.append(trn("{n} gap open", "{n} gaps open", len(review.gaps)))
    if clauses := [clause for clause in (_against(review), _left(review)) if clause]:
        parts.append(tr("evidence {clauses}", clauses=formatting.listed(clauses)))
    if attested := len(review.attested):
        parts.append(tr("{n} attested", n=attested))
    if bare := len(review.unevidenced):
        parts.append(tr("{n} marked controlled with nothing to show", n=bare))
    return f"{'; '.join(parts)}."


def answer(one: Answer) -> str:
    """One question and where it stands: `Rollback rehearsal: Yes – gap.`"""
    name = f"{one.signal.number}. {tr(one.signal.name)}" if one.signal.scored else tr(one.signal.name)
    behind = tr(BRIEF_STATES[one.state]) if one.mark.mark in ("no", "partial") else ""
    return f"{name}: {answered(one.mark.mark, one.mark.not_applicable)}{f', {behind[2:]}' if behind else ''}."


def system(review: Review) -> str:
    """Which version is under review, and what is planned."""
    candidate, target = review.assessment.candidate, review.assessment.target_date
    owner = review.dossier.system.record.owner or tr("nobody")
    if target is None:
        text = marked("{system} {version} is under review; {owner} owns it.")
        return tr(text, system=review.name, version=candidate, owner=owner)
    text = marked("{system} {version} is under review, to be rolled out on {day}; {owner} owns it.")
    return tr(text, system=review.name, version=candidate, day=formatting.day(target), owner=owner)


def traces(review: Review) -> str:
    missing = [path for path in PATHS if not review.path(path)]
    if not review.samples:
        return tr("No traces are stored: a bad answer could not be explained yet.")
    if missing:
        stored = formatting.count(len(review.samples), "trace")
        paths = formatting.listed([tr(packet.PATH_WORDS[path]) for path in missing], "or")
        return tr("{traces}; no {paths} path of the candidate yet.", traces=stored, paths=paths)
    return tr("Good, bad and escalation path of {candidate} are stored.", candidate=review.assessment.candidate)


def lesson(review: Review, sample: TraceSample) -> str:
    """What a trace teaches, or else where it went wrong."""
    path = sample.trace.path
    told = tr("{path} path", path=tr(packet.PATH_WORDS[path])) if path else tr("trace without a label")
    name = formatting.capital(told)
    if sample.trace.note:
        return f"{name}: {sample.trace.note}"
    failed = first_failure(sample.trace)
    return f"{name}: {went_wrong(failed, sample.trace) if failed else tr('no lesson has been written yet')}."


def went_wrong(failed: Span, trace: Trace) -> str:
    """Where a trace failed first, in time since it began."""
    after = (failed.start_ns - min(span.start_ns for span in trace.spans)) / 1e6
    error = " ".join(failed.error.split())
    why = f": {error[:160]}" if error else ""
    named = f"{failed.name or failed.kind} ({failed.kind})"
    return tr("{span} failed first, after {time} ms", span=named, time=numeral(f"{after:,.0f}")) + why


def release(review: Review) -> str:
    passing = sum(gate.state == "pass" for gate in review.gates)
    of_gates = trn("of {n} gate", "of {n} gates", len(review.gates))
    told = tr("{passing} {of_gates} pass", passing=passing, of_gates=of_gates)
    parts = [told if review.gates else tr("no gate is set")]
    rollback = review.policy.record.rollback if review.policy else None
    if rollback is None or not rollback.steps:
        parts.append(tr("no rollback plan"))
    elif rollback.rehearsed_on is None:
        parts.append(tr("rollback never rehearsed"))
    elif rollback.rehearsed_on > review.as_of:
        parts.append(tr("rollback to be rehearsed {when}", when=formatting.ago(rollback.rehearsed_on, review.as_of)))
    else:
        parts.append(tr("rollback rehearsed {when}", when=formatting.ago(rollback.rehearsed_on, review.as_of)))
    policy = review.policy.record if review.policy else ReleasePolicy()
    open_roles = [role for role in APPROVER_ROLES if not policy.approvers_of(role)]
    if open_roles:
        parts.append(tr("{roles} approver not named", roles=formatting.listed(open_roles)))
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
        Todo(
            tr("settle the rejection of {name} ({role})", name=step.rejection.by, role=step.rejection.role),
            page="release",
        )
        for step in remaining
        if step.rejection
    ]
    for kind, text in (("close", marked("close {signal}")), ("show", marked("show {signal}"))):
        own = [step for step in remaining if step.kind == kind]
        lines += [Todo(tr(text, signal=signals[step].named), step.signal) for step in own]
    if open_ := [signals[step] for step in remaining if step.kind == "answer"]:
        which = formatting.listed([signal.label for signal in open_])
        one = tr("answer {signal} with “No – controlled”", signal=open_[0].named)
        many = tr("answer {n} questions with “No – controlled”: {signals}", n=len(open_), signals=which)
        lines.append(Todo(one, open_[0].id) if len(open_) == 1 else Todo(many))
    conditions = [packet.clause(step.unmet) for step in remaining if step.unmet]  # "Why" says the rest
    text = marked("meet the release rule: {condition}")
    return lines + [Todo(tr(text, condition=condition), page="release") for condition in conditions]


def steps(review: Review, remaining: Sequence[RemediationStep]) -> list[str]:
    """Things to do as clauses."""
    return [line.words for line in todo(review, remaining)]


def unanswered(review: Review, fired: Sequence[FiredRule]) -> str:
    """The questions of one rule that nobody has answered, together."""
    signals = [review.checklist.signal(rule.signal).named for rule in fired]
    told = formatting.listed(signals)
    return trn(
        "{n} question not answered: {signals}", "{n} questions not answered: {signals}", len(signals), signals=told
    )


def trust(summary: DueHistorySummary) -> str:
    """How far the dates can be relied on."""
    if not summary.promises:
        return tr("No open gap has a due date.")
    if not summary.moved:
        return trn(
            "None of the {n} due date was moved later.", "None of the {n} due dates was moved later.", summary.promises
        )
    of_dates = trn("of {n} due date", "of {n} due dates", summary.promises)
    moved = trn("{n} {of_dates} was moved later", "{n} {of_dates} were moved later", summary.moved, of_dates=of_dates)
    median = numeral(f"{summary.median:g}").replace("-", "−")
    by = tr("the median of all is {median} days after the first promise", median=median)
    slippers = [f"{owner} ({formatting.count(count, 'time')})" for owner, count in summary.slippers.items()]
    often = f". {tr('Moved twice or more: {owners}', owners=formatting.listed(slippers))}" if slippers else ""
    return f"{moved}; {by}{often}."


def days_after(due: dt.date | None, target: dt.date | None) -> int:
    """Days from the rollout that is planned to a due date that is later; 0 where it is not."""
    return max((due - target).days, 0) if due and target else 0


def undated(open_gaps: Sequence[OpenGap]) -> str:
    """The gaps that a picture of dates cannot show, as a sentence of its own; empty where there is none."""
    count = sum(gap.mark.due is None for gap in open_gaps)
    return f" {trn('{n} gap has no date.', '{n} gaps have no date.', count)}" if count else ""


def gaps(open_gaps: Sequence[OpenGap], me: str) -> str:
    if not open_gaps:
        return tr("No gap is open.")
    myself = names.key(me)
    mine = [gap for gap in open_gaps if names.key(gap.mark.owner) == myself]
    late = [gap for gap in open_gaps if gap.days_over]
    whose = tr("{n} of them yours", n=len(mine)) if mine else tr("none of them yours")
    first = f"{trn('{n} gap open', '{n} gaps open', len(open_gaps))}, {whose}"
    if not late:
        return f"{first}; {tr('none is overdue')}."
    most = formatting.count(max(gap.days_over for gap in late), "day")
    text = trn("{n} is overdue, by up to {days}", "{n} are overdue, by up to {days}", len(late), days=most)
    return f"{first}; {text}."


def evidence(review: Review) -> str:
    open_ = len(review.packet.parts) - review.complete_parts
    counts = Counter(item.freshness for item in review.items.values())
    stale, doubtful = counts["stale"], counts["doubtful"]
    every = len(review.packet.parts)
    first = (
        tr("{open} of {every} packet parts need something", open=open_, every=every)
        if open_
        else tr("All {n} packet parts are complete", n=every)
    )
    notes = [trn("{n} file is stale", "{n} files are stale", stale)] if stale else []
    if doubtful:
        notes.append(trn("{n} file does not add up", "{n} files do not add up", doubtful))
    return f"{'; '.join([first, *notes])}."
