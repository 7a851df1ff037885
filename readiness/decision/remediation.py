"""What would lift a verdict: for each better level the fewest things to do, smallest first. Pure.

A thing to do is to close a gap, to answer a question with “no”, or to meet a condition of the release rule. Points only
add up and every rule asks for its own signal, so the fewest are those that a rule demands and then the gaps with most
points; the tests hold this against every possible choice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from readiness.model.assessment import Mark
from readiness.model.checklist import LEVELS, Checklist, Level

from .packet import Packet, Unmet
from .verdict import CAP, Finding, decide

StepKind = Literal["close", "answer", "meet"]


@dataclass(frozen=True)
class RemediationStep:
    """One thing to do; `signal` is "" for a condition of the release rule, which `unmet` then is."""

    kind: StepKind
    signal: str = ""
    unmet: Unmet | None = None


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


def remediations(
    checklist: Checklist, marks: Mapping[str, Mark], findings: Mapping[str, Finding], packet: Packet
) -> tuple[Remediation, ...]:
    """A way to each level better than today's, unless the same number of steps leads further."""
    best: dict[int, Remediation] = {}
    today = LEVELS.index(decide(checklist, marks, findings, packet).level)
    for level in reversed(LEVELS[:today]):
        steps = tuple(_steps(checklist, marks, packet, level))
        if steps and _after(checklist, marks, findings, packet, steps) == level:
            best[len(steps)] = Remediation(level, steps)
    return tuple(best[count] for count in sorted(best))


def _steps(checklist: Checklist, marks: Mapping[str, Mark], packet: Packet, level: Level) -> Iterator[RemediationStep]:
    """The fewest steps after which the verdict is the level or better."""
    demanded = dict(_demanded(checklist, marks, level))
    yield from demanded.values()
    if LEVELS.index(level) < LEVELS.index(CAP):
        yield from (RemediationStep("meet", unmet=unmet) for unmet in packet.release_rule)
    if level == "undetermined":
        return
    points = {
        signal.id: checklist.points[mark.mark]
        for signal in checklist.signals
        if signal.id not in demanded and (mark := marks.get(signal.id)) is not None and mark.mark is not None
    }
    over = sum(points.values()) - _most(checklist, level)
    for signal in sorted(points, key=lambda signal: (-points[signal], marks[signal].due or dt.date.max)):
        if over <= 0:
            return
        over -= points[signal] - checklist.points["no"]
        yield RemediationStep("close", signal)


def _demanded(checklist: Checklist, marks: Mapping[str, Mark], level: Level) -> Iterator[tuple[str, RemediationStep]]:
    """Signals that a rule asks for by itself, whatever the score."""
    above_cap = LEVELS.index(level) < LEVELS.index(CAP)
    for signal in checklist.all:
        mark = marks.get(signal.id)
        if mark is None or mark.mark is None:
            if level != "undetermined":
                yield signal.id, RemediationStep("answer", signal.id)
            continue
        blocks = mark.mark == "yes" and (signal.override or signal.critical or mark.critical)
        if blocks or (mark.mark == "partial" and signal.override and above_cap):
            yield signal.id, RemediationStep("close", signal.id)


def _most(checklist: Checklist, level: Level) -> int:
    """The highest score that is still in the band of a level or a better one."""
    worse = [band.min for band in checklist.bands if LEVELS.index(band.level) > LEVELS.index(level)]
    return min(worse) - 1 if worse else checklist.highest


def _after(
    checklist: Checklist,
    marks: Mapping[str, Mark],
    findings: Mapping[str, Finding],
    packet: Packet,
    steps: tuple[RemediationStep, ...],
) -> Level:
    """The verdict once the steps are done, which is decided where every verdict is."""
    done = {step.signal: Mark(signal=step.signal, mark="no") for step in steps if step.signal}
    met = [step.unmet for step in steps]
    left = Packet(packet.parts, tuple(unmet for unmet in packet.release_rule if unmet not in met))
    return decide(checklist, dict(marks) | done, findings, left).level
