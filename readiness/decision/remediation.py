"""What would lift a verdict: for each better level the fewest things to do, smallest first. Pure.

A thing to do is to close a gap, to answer a question with “no”, to show evidence for an answer, to meet a condition of
the release rule, or to settle a rejection. What is closed or answered is taken to be shown too. Points only add up, and
those on evidence alone are never fewer than those of the marks, so the fewest are the steps that a rule demands and
then the answers with most points; the tests hold this against every possible choice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from readiness.model.assessment import Mark
from readiness.model.checklist import LEVELS, Checklist, Level, RuleId, Signal

from .answers import AnswerStanding, Finding, stand
from .packet import Packet, Unmet
from .verdict import Rejection, decide

CAP: Level = "narrow"
"""The best level that the rules about single answers and about the release leave open."""
StepKind = Literal["close", "answer", "show", "meet", "settle"]


@dataclass(frozen=True)
class RemediationStep:
    """One thing to do about a `signal`, a condition of the release rule (`unmet`) or a `rejection`."""

    kind: StepKind
    signal: str = ""
    unmet: Unmet | None = None
    rejection: Rejection | None = None


@dataclass(frozen=True)
class Remediation:
    """The level that these steps together lead to, none of which can be left out."""

    level: Level
    steps: tuple[RemediationStep, ...]

    def contains(self, other: Remediation) -> bool:
        return len(other.steps) < len(self.steps) and all(step in self.steps for step in other.steps)

    def beyond(self, other: Remediation) -> tuple[RemediationStep, ...]:
        """The steps that the other does not have."""
        return tuple(step for step in self.steps if step not in other.steps)


@dataclass(frozen=True)
class _Case:
    """What the verdict of today rests on."""

    checklist: Checklist
    marks: Mapping[str, Mark]
    findings: Mapping[str, Finding]
    packet: Packet
    rejections: Sequence[Rejection]

    def answer(self, signal: str) -> AnswerStanding:
        return stand(self.checklist, signal, self.marks.get(signal), self.findings.get(signal))

    def eases(self, rule: RuleId) -> bool:
        """Whether this checklist makes the rule a mere condition."""
        return self.checklist.rule(rule).effect is not None

    def after(self, steps: Sequence[RemediationStep]) -> Level:
        """The verdict once the steps are done, which is decided where every verdict is."""
        done = {step.signal for step in steps if step.signal}
        marks = dict(self.marks) | {signal: Mark(signal=signal, mark="no") for signal in done}
        findings = dict(self.findings) | {signal: Finding(signal, "supports", "") for signal in done}
        met, settled = [step.unmet for step in steps], [step.rejection for step in steps]
        packet = Packet(self.packet.parts, tuple(unmet for unmet in self.packet.release_rule if unmet not in met))
        left = [rejection for rejection in self.rejections if rejection not in settled]
        return decide(self.checklist, marks, findings, packet, left).level


def remediations(
    checklist: Checklist,
    marks: Mapping[str, Mark],
    findings: Mapping[str, Finding],
    packet: Packet,
    rejections: Sequence[Rejection] = (),
) -> tuple[Remediation, ...]:
    """A way to each level better than today's, unless the same number of steps leads further."""
    case = _Case(checklist, marks, findings, packet, rejections)
    best: dict[int, Remediation] = {}
    today = LEVELS.index(case.after(()))
    for level in reversed(LEVELS[:today]):
        steps = tuple(_steps(case, level))
        if steps and case.after(steps) == level:
            best[len(steps)] = Remediation(level, steps)
    return tuple(best[count] for count in sorted(best))


def _steps(case: _Case, level: Level) -> Iterator[RemediationStep]:
    """The fewest steps after which the verdict is the level or better."""
    yield from (RemediationStep("settle", rejection=rejection) for rejection in case.rejections)
    demanded = dict(_demanded(case, level))
    yield from demanded.values()
    if _above(level, CAP):
        yield from (RemediationStep("meet", unmet=unmet) for unmet in case.packet.release_rule)
    if level == "undetermined":
        return
    points = {
        signal.id: _points(case, signal.id)
        for signal in case.checklist.signals
        if signal.id not in demanded and (mark := case.marks.get(signal.id)) is not None and mark.mark is not None
    }
    control = case.checklist.points["no"]
    closed = control * sum(signal.id in demanded for signal in case.checklist.signals)
    over = sum(points.values()) + closed - _most(case.checklist, level)
    for signal in sorted(points, key=lambda signal: (-points[signal], case.marks[signal].due or dt.date.max)):
        if over <= 0:
            return
        over -= points[signal] - control
        yield RemediationStep("close" if case.marks[signal].is_gap else "show", signal)


def _points(case: _Case, signal: str) -> int:
    """What an answer counts: on evidence alone, unless the checklist does not let that decide."""
    if case.eases("evidence-band"):
        mark = case.marks[signal].mark
        return case.checklist.points[mark] if mark else 0
    return case.answer(signal).points


def _above(level: Level, other: Level) -> bool:
    return LEVELS.index(level) < LEVELS.index(other)


def _demanded(case: _Case, level: Level) -> Iterator[tuple[str, RemediationStep]]:
    """Signals that a rule asks for by itself, whatever the score."""
    for signal in case.checklist.all:
        mark = case.marks.get(signal.id)
        if mark is None or mark.mark is None:
            if level != "undetermined":
                yield signal.id, RemediationStep("answer", signal.id)
        elif _stops(case, signal, mark, level):
            yield signal.id, RemediationStep("close" if mark.is_gap else "show", signal.id)


def _stops(case: _Case, signal: Signal, mark: Mark, level: Level) -> bool:
    """Whether an answer keeps the verdict from the level, whatever the others are."""
    if mark.mark == "yes":
        return bool(signal.override or signal.critical or mark.critical)
    state = case.answer(signal.id).state
    if state == "contradicted" and (signal.override or (signal.critical and _above(level, CAP))):
        return True
    if not signal.override:
        return False
    if mark.mark == "partial":
        return _above(level, CAP)
    bare = state in ("not shown", "uncovered") and not case.eases("override-not-shown")
    return bare and level != "undetermined"


def _most(checklist: Checklist, level: Level) -> int:
    """The highest score that is still in the band of a level or a better one."""
    worse = [band.min for band in checklist.bands if LEVELS.index(band.level) > LEVELS.index(level)]
    return min(worse) - 1 if worse else checklist.highest
