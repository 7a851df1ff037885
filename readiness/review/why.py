"""Why the verdict is what it is: each rule that fired in a few words, with all its reasons behind. Pure."""

from __future__ import annotations

from typing import NamedTuple

from readiness import formatting
from readiness.decision import packet
from readiness.decision.verdict import FiredRule
from readiness.language import marked, tr
from readiness.model.checklist import Effect, Rule, RuleId, Signal

from . import summaries
from .review import Review

_TOGETHER: tuple[RuleId, ...] = ("unanswered-override", "unanswered", "contradicted", "uncovered", "attested-override")
"""The rules that say the same of each signal, so that one line names them all."""
_BRIEF: dict[RuleId, str] = {
    "override-contradicted": marked("marked controlled, but the evidence speaks against it"),
    "contradicted": marked("marked controlled, but the evidence speaks against it"),
    "critical": marked("marked controlled, but the evidence speaks against it"),
    "override-not-shown": marked("marked controlled, but nothing shows it"),
    "uncovered": marked("the evidence leaves something out"),
    "attested-override": marked("attested, not measured"),
    "unanswered-override": marked("not answered"),
    "unanswered": marked("not answered"),
}
"""What a rule says of the signals that its line names; the others say it by what is wrong."""
_PAGES: dict[RuleId, str] = {"release-rule": "release", "rejected": "release", "evidence-band": "checklist"}
"""Where that can be seen or changed which is about no signal."""


class Why(NamedTuple):
    """A rule that fired on `signals`, or on none: the few `words` behind their names, and every reason in `lines`."""

    rule: Rule
    effect: Effect
    signals: tuple[Signal, ...]
    words: str
    lines: tuple[str, ...]

    @property
    def page(self) -> str:
        """Where it can be seen or changed."""
        return _PAGES.get(self.rule.id, "checklist")


def of(review: Review) -> list[Why]:
    """The rules that fired, the strongest first."""
    groups: dict[tuple[RuleId, Effect, str], list[FiredRule]] = {}
    for fired in review.verdict.fired:
        groups.setdefault((fired.rule, fired.effect, _apart(fired)), []).append(fired)
    return [_why(review, group) for group in groups.values()]


def _apart(fired: FiredRule) -> str:
    return "" if fired.rule in _TOGETHER else fired.signal


def _why(review: Review, group: list[FiredRule]) -> Why:
    first, checklist = group[0], review.checklist
    signals = tuple(checklist.signal(fired.signal) for fired in group if fired.signal)
    return Why(checklist.rule(first.rule), first.effect, signals, _words(review, group), tuple(_lines(review, group)))


def _words(review: Review, group: list[FiredRule]) -> str:
    if group[0].rule == "release-rule":
        return formatting.listed([packet.clause(unmet) for unmet in review.packet.release_rule])
    return formatting.listed(list(dict.fromkeys(_of_one(review, fired) for fired in group)))


def _of_one(review: Review, fired: FiredRule) -> str:
    mark = review.dossier.answers.get(fired.signal)
    if mark and mark.mark == "yes":
        return tr(review.checklist.signal(fired.signal).gap)
    if mark and fired.rule == "override-partial":
        return tr("holds only for {scope}", scope=mark.holds_for)
    return tr(_BRIEF[fired.rule]) if fired.rule in _BRIEF else fired.why


def _lines(review: Review, group: list[FiredRule]) -> list[str]:
    """A line for each reason, and one for all the questions that nobody answered."""
    if group[0].rule in ("unanswered", "unanswered-override") and len(group) > 1:
        return [summaries.unanswered(review, group)]
    return [fired.why for fired in group]
