"""The verdict as an argument: from the claim on top over rules, answers and evidence down to the files. Pure.

By default what decides: the rules that fired with their answers, and the answers that carry points. The others are one
claim together, unless everything is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from readiness import formatting
from readiness.decision import packet
from readiness.decision.findings import EvidenceContext
from readiness.decision.packet import Unmet
from readiness.language import marked, tr
from readiness.model.checklist import ALLOWED, CAPS, AnswerState, Effect, Level

from . import argument_evidence, build, decided, incident_words, level_words, scorecard_words, summaries, why
from .argument_evidence import ShownEvidence
from .argument_graph import Argument, ArgumentBuilder, ClaimState, NodeKind, PageLink, worst
from .items import Answer
from .review import Review
from .why import Why

FEW = 5
"""Answers that stand by themselves below a rule that fired on many; the others are one claim together."""
PIECES, FILES = 3, 2
"""Of the evidence behind one answer, and of its files."""
_ROLLED: dict[Level, str] = {
    "staged": marked("{system} {version} may be rolled out in stages"),
    "narrow": marked("{system} {version} may be rolled out narrowly"),
}
_STANDING: dict[AnswerState | Literal["gap"], str] = {
    "gap": marked("gap"),
    "shown": marked("shown"),
    "attested": marked("attested"),
    "uncovered": marked("uncovered"),
    "not shown": marked("not shown"),
    "contradicted": marked("contradicted"),
    "unanswered": marked("unanswered"),
}
_CLAIMED: dict[Level, ClaimState] = {"staged": "holds", "narrow": "holds", "undetermined": "open"}
"""Of a verdict that lets nothing go on, the evidence is against the claim."""


def of(review: Review, *, everything: bool = False) -> Argument:
    """The argument; with `everything` each answer of the checklist with all of its evidence."""
    return _Drawn(review, build.evidence(review), everything).argument()


@dataclass
class _Drawn:
    """`placed` are the signals that stand in the argument, with the ids of their nodes."""

    review: Review
    context: EvidenceContext
    everything: bool
    graph: ArgumentBuilder = field(default_factory=ArgumentBuilder)
    placed: dict[str, str] = field(default_factory=dict)

    def argument(self) -> Argument:
        review, level = self.review, self.review.verdict.level
        text = _ROLLED.get(level, marked("{system} {version} may be rolled out"))
        claim = tr(text, system=review.name, version=review.assessment.candidate)
        state = _CLAIMED.get(level, "against")
        top = self.graph.add("", "goal", claim, PageLink("system"), state=state, detail=level_words.badge(level))
        self._contexts(top)
        for fired in why.of(review):
            self._rule(top, fired)
        self._score(top)
        return self.graph.built()

    def _contexts(self, top: str) -> None:
        review, assessment = self.review, self.review.assessment
        day, baseline = formatting.day(assessment.assessed_on), assessment.baseline
        about = (
            tr("Assessed {day} against {baseline}", day=day, baseline=baseline)
            if baseline
            else tr("Assessed {day}, without a baseline", day=day)
        )
        self.graph.add(top, "context", about, PageLink("system"), detail=tr(review.checklist.name))
        if decided.standing(review).last:
            self.graph.add(top, "context", decided.sentence(review), PageLink("decision"))
        if review.incidents:
            self.graph.add(top, "context", incident_words.sentence(review), PageLink("incidents"))

    def _rule(self, top: str, fired: Why) -> None:
        page = _page(fired)
        effect, name = formatting.capital(tr(summaries.EFFECTS[fired.effect])), tr(fired.rule.name)
        rule = self.graph.add(top, "strategy", name, page, state=_of_effect(fired.effect), detail=effect)
        if fired.rule.id == "release-rule":
            for unmet in self.review.packet.release_rule:
                self._unmet(rule, unmet)
        elif fired.rule.id == "rejected":
            for line in fired.lines:
                self.graph.add(rule, "solution", formatting.capital(line), page, state="against")
        elif fired.rule.id == "evidence-band":
            self._answers(rule, [one for one in self.review.answers if self._unshown(one)])
        else:
            asked = {signal.id for signal in fired.signals}
            self._answers(rule, [one for one in self.review.answers if one.signal.id in asked])

    def _unmet(self, rule: str, unmet: Unmet) -> None:
        words = formatting.capital(packet.clause(unmet))
        if not unmet.failing:
            self.graph.add(rule, "undeveloped", words, PageLink("release"), state="open")
            return
        failing = [
            f"{scorecard_words.gate(result)}: {scorecard_words.gate_asked(self.review, result)}"
            for result in unmet.failing
        ]
        state: ClaimState = "against" if any(result.state == "fail" for result in unmet.failing) else "open"
        kind: NodeKind = "solution" if state == "against" else "undeveloped"
        self.graph.add(rule, kind, words, PageLink("release"), state=state, detail=formatting.few(failing))

    def _unshown(self, answer: Answer) -> bool:
        """Whether an answer has more points on evidence alone than it was given."""
        return self._evidenced(answer) > self._marked(answer)

    def _marked(self, answer: Answer) -> int:
        mark = answer.mark.mark
        return self.review.checklist.points[mark] if answer.signal.scored and mark else 0

    def _evidenced(self, answer: Answer) -> int:
        return self.review.verdict.evidenced.get(answer.signal.id, 0)

    def _score(self, top: str) -> None:
        """What the level rests on where no rule decides it: the score, and every answer that no rule is about."""
        review, verdict = self.review, self.review.verdict
        low, high = verdict.range
        score = str(low) if low == high else tr("{low} to {high}", low=low, high=high)
        bands = formatting.listed([_word(band.level) for band in verdict.bands], "or")
        rule = self.graph.add(
            top,
            "strategy",
            tr("Score {score} of {highest}: {bands}", score=score, highest=review.checklist.highest, bands=bands),
            PageLink("checklist"),
            state=worst([_of_level(band.level) for band in verdict.bands]) if verdict.band else "open",
            detail=summaries.on_evidence(verdict),
        )
        rest = [answer for answer in review.answers if answer.signal.id not in self.placed]
        carrying = [one for one in rest if self._marked(one) or self._evidenced(one)]
        self._answers(rule, rest if self.everything else carrying)
        if not self.everything:
            self._together(rule, [answer for answer in rest if answer not in carrying], more=False)

    def _answers(self, rule: str, answers: Sequence[Answer]) -> None:
        """The first of them, those that stand elsewhere joined to it, and the others together."""
        shown = answers if self.everything or len(answers) <= FEW + 1 else answers[:FEW]
        for there in dict.fromkeys(self.placed[one.signal.id] for one in shown if one.signal.id in self.placed):
            self.graph.join(rule, there)
        for answer in shown:
            if answer.signal.id not in self.placed:
                self._answer(rule, answer)
        rest = [answer for answer in answers[len(shown) :] if answer.signal.id not in self.placed]
        self._together(rule, rest, more=True)

    def _together(self, rule: str, answers: Sequence[Answer], *, more: bool) -> None:
        if not answers:
            return
        counted = Counter(_STANDING["gap" if one.mark.mark == "yes" else one.state] for one in answers)
        told = formatting.listed([f"{number} {tr(state)}" for state, number in counted.items()])
        state = worst([argument_evidence.state(answer) for answer in answers])
        words = formatting.count(len(answers), "more answer") if more else formatting.count(len(answers), "answer")
        goal = self.graph.add(rule, "goal", words, PageLink("checklist"), state=state, detail=told)
        self.placed |= dict.fromkeys((one.signal.id for one in answers), goal)

    def _answer(self, rule: str, answer: Answer) -> None:
        signal, mark = answer.signal, answer.mark
        said = summaries.answered(mark.mark, mark.not_applicable)
        part = f", {tr('for {where}', where=mark.holds_for)}" if mark.mark == "partial" and mark.holds_for else ""
        brief = tr(summaries.BRIEF_STATES[answer.state]) if mark.mark in ("no", "partial") else ""
        goal = self.graph.add(
            rule,
            "goal",
            f"{signal.number}. {tr(signal.name)}" if signal.scored else tr(signal.name),
            argument_evidence.own_page(answer),
            state=argument_evidence.state(answer),
            detail=f"{said}{part}{f' · {brief}' if brief else ''}",
        )
        self.placed[signal.id] = goal
        found = argument_evidence.behind(self.review, self.context, answer)
        shown = found if self.everything or len(found) <= PIECES + 1 else found[:PIECES]
        for one in shown:
            self._evidence(goal, one)
        if more := found[len(shown) :]:
            state = worst([one.state for one in more])
            kind: NodeKind = "undeveloped" if state == "open" else "solution"
            words = tr("{n} more", n=len(more))
            self.graph.add(goal, kind, words, argument_evidence.own_page(answer), state=state)

    def _evidence(self, goal: str, one: ShownEvidence) -> None:
        kind: NodeKind = "undeveloped" if one.state == "open" else "solution"
        solution = self.graph.add(goal, kind, one.words, one.link, state=one.state, detail=one.detail)
        for stands in one.files[:FILES]:
            self.graph.add(solution, "file", stands.words, stands.link, state=stands.state)
        if more := one.files[FILES:]:
            words = formatting.count(len(more), "more file")
            self.graph.add(solution, "file", words, PageLink("evidence"), state=worst([each.state for each in more]))


def _page(fired: Why) -> PageLink:
    """Where a rule that fired can be seen: at its answer, where it is about one alone."""
    alone = fired.signals[0].id if len(fired.signals) == 1 else ""
    return PageLink(fired.page, (("signal", alone),) if alone else ())


def _of_effect(effect: Effect) -> ClaimState:
    """A rule that lets nothing go on is against the claim; one that only limits how lets it hold in part."""
    if effect == "undetermined":
        return "open"
    return "against" if effect == "blocked" or (effect in CAPS and CAPS[effect] not in ALLOWED) else "in part"


def _of_level(level: Level) -> ClaimState:
    return "holds" if level in ALLOWED else "against"


def _word(level: Level) -> str:
    return tr(level_words.SHAPES[level][1])
