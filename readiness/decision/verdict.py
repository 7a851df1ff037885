"""The verdict: one pure function from the checklist, the marks, the findings and the packet.

Nothing else in the product decides. The rules are those of the checklist's source; see `data/checklists/`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from readiness.model.assessment import Mark
from readiness.model.checklist import EFFECTS, LEVELS, Band, Checklist, Effect, Level, RuleId, Signal

from .packet import Packet, sentence

Outcome = Literal["supports", "contradicts", "silent"]
CAP: Level = "narrow"
"""The best level that `at-best-narrow` leaves open."""
_GO: tuple[Level, ...] = ("staged", "narrow")
SOON_DAYS = 30
"""A target date this near is looked at when deciding what is at risk."""


@dataclass(frozen=True)
class Finding:
    """What the stored evidence says of one mark, in one sentence that holds the figures."""

    signal: str
    outcome: Outcome
    why: str


@dataclass(frozen=True)
class FiredRule:
    """A rule that fired, with the signal it fired on ("" where it is about none) and the reason in words."""

    rule: RuleId
    signal: str
    effect: Effect
    why: str


@dataclass(frozen=True)
class Verdict:
    """`score` sums the marks given; `band` is None while marks are missing, `range` then spans what is possible.

    `evidenced` holds the points of each scored signal when only what can be shown counts.
    """

    level: Level
    score: int
    range: tuple[int, int]
    band: Band | None
    bands: tuple[Band, ...]
    evidenced: Mapping[str, int]
    fired: tuple[FiredRule, ...] = field(default=())
    unanswered: tuple[str, ...] = field(default=())

    @property
    def evidenced_score(self) -> int:
        return sum(self.evidenced.values())

    @property
    def conditions(self) -> tuple[FiredRule, ...]:
        return tuple(fired for fired in self.fired if fired.effect in ("at-best-narrow", "condition"))

    @property
    def blockers(self) -> tuple[FiredRule, ...]:
        return tuple(fired for fired in self.fired if fired.effect == "blocked")


def worst(*levels: Level) -> Level:
    return max(levels, key=LEVELS.index)


def decide(checklist: Checklist, marks: Mapping[str, Mark], findings: Mapping[str, Finding], packet: Packet) -> Verdict:
    """Apply every rule of the checklist; `marks` and `findings` go by signal id, a missing key is no answer."""
    given = {signal.id: marks[signal.id].mark for signal in checklist.all if signal.id in marks}
    unanswered = tuple(signal.id for signal in checklist.all if given.get(signal.id) is None)
    scored = [given.get(signal.id) for signal in checklist.signals]
    score = sum(checklist.points[mark] for mark in scored if mark is not None)
    missing = sum(mark is None for mark in scored)
    low = score + missing * min(checklist.points.values())
    high = score + missing * max(checklist.points.values())
    fired = tuple(_fire(checklist, marks, findings, packet))
    return Verdict(
        level=_level(checklist.band(low).level, fired),
        score=score,
        range=(low, high),
        band=None if missing else checklist.band(score),
        bands=checklist.spans(low, high),
        evidenced={
            signal.id: _evidenced(checklist, marks.get(signal.id), findings.get(signal.id), packet)
            for signal in checklist.signals
        },
        fired=fired,
        unanswered=unanswered,
    )


def _level(band: Level, fired: tuple[FiredRule, ...]) -> Level:
    effects = {rule.effect for rule in fired}
    if "blocked" in effects:
        return "blocked"
    if "undetermined" in effects:
        return "undetermined"
    return worst(band, CAP) if "at-best-narrow" in effects else band


def _fire(
    checklist: Checklist, marks: Mapping[str, Mark], findings: Mapping[str, Finding], packet: Packet
) -> Iterator[FiredRule]:
    """Every rule that fires, worst effect first, then in the order of the checklist."""
    fired = [
        FiredRule(rule, signal.id, EFFECTS[rule], why)
        for signal in checklist.all
        for rule, why in _on_signal(signal, marks.get(signal.id), findings.get(signal.id))
    ]
    fired += [FiredRule("release-rule", "", EFFECTS["release-rule"], sentence(unmet)) for unmet in packet.release_rule]
    order: tuple[Effect, ...] = ("blocked", "undetermined", "at-best-narrow", "condition")
    return iter(sorted(fired, key=lambda rule: order.index(rule.effect)))


def _on_signal(signal: Signal, mark: Mark | None, finding: Finding | None) -> Iterator[tuple[RuleId, str]]:
    value = mark.mark if mark else None
    if mark is None or value is None:
        name = f"{signal.name} ({signal.label})" if signal.scored else signal.name
        yield ("unanswered-override" if signal.override else "unanswered"), f"{name} has not been answered"
    elif value == "yes":
        if signal.override:
            yield "override", f"{signal.gap} ({signal.label})"
        if signal.critical or mark.critical:
            raised = f"; raised to critical: {mark.critical_reason}" if mark.critical else ""
            yield "critical", f"{signal.gap} ({signal.label}){raised}"
    elif value == "partial" and signal.override:
        yield "override-partial", f"{signal.name} ({signal.label}) holds only for {mark.holds_for}"
    elif value == "no" and finding is not None and finding.outcome == "contradicts":
        yield "contradicted", f"{signal.name} ({signal.label}) is marked controlled, but {finding.why}"


def _evidenced(checklist: Checklist, mark: Mark | None, finding: Finding | None, packet: Packet) -> int:
    """Points when only what can be shown counts."""
    if mark is None or mark.mark is None:
        return checklist.evidence_points["unanswered"]
    outcome = finding.outcome if finding else "silent"
    points = checklist.points[mark.mark]
    if mark.mark == "no" and outcome == "contradicts":
        return checklist.evidence_points["contradicted-no"]
    if mark.mark == "partial" and outcome == "contradicts":
        return checklist.evidence_points["contradicted-partial"]
    if mark.mark == "no" and outcome != "supports" and not packet.backs(mark.evidence):
        return checklist.evidence_points["unevidenced-no"]
    return points


def at_risk(level: Level, target: dt.date | None, as_of: dt.date) -> bool:
    """Whether a target date is near or past and the verdict does not let the rollout go ahead as planned."""
    return target is not None and (target - as_of).days <= SOON_DAYS and level not in _GO
