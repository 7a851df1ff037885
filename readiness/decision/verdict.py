"""The verdict: one pure function from the checklist, the marks, the findings, the packet and the sign-offs.

Nothing else in the product decides. The rules are those of the checklist's source; see `data/checklists/`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from readiness import formatting
from readiness.language import tr
from readiness.model.assessment import Mark
from readiness.model.checklist import (
    ALLOWED,
    CAPS,
    EFFECTS,
    LEVELS,
    WORST_EFFECT_FIRST,
    Band,
    Checklist,
    Effect,
    Level,
    RuleId,
    Signal,
)

from .answers import AnswerStanding, Finding, stand
from .packet import Packet, sentence

SOON_DAYS = 30
"""A target date this near is looked at when deciding what is at risk."""


class Rejection(NamedTuple):
    """A named approver who rejected what is stored now."""

    role: str
    by: str
    on: dt.date


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

    `answers` holds what stands behind each answer, the attestations included; `evidenced` the points of each scored
    signal when only what can be shown counts. `evidence_band` is that of their sum.
    """

    level: Level
    score: int
    range: tuple[int, int]
    band: Band | None
    bands: tuple[Band, ...]
    evidenced: Mapping[str, int]
    evidence_band: Band
    answers: Mapping[str, AnswerStanding] = field(default_factory=dict)
    fired: tuple[FiredRule, ...] = field(default=())
    unanswered: tuple[str, ...] = field(default=())

    @property
    def evidenced_score(self) -> int:
        return sum(self.evidenced.values())

    @property
    def conditions(self) -> tuple[FiredRule, ...]:
        return tuple(fired for fired in self.fired if fired.effect not in ("blocked", "undetermined"))

    @property
    def caps(self) -> tuple[FiredRule, ...]:
        """The rules that leave open at best some level."""
        return tuple(fired for fired in self.fired if fired.effect in CAPS)

    @property
    def blockers(self) -> tuple[FiredRule, ...]:
        return tuple(fired for fired in self.fired if fired.effect == "blocked")

    @property
    def decided_by(self) -> FiredRule | None:
        """The rule that decides the level; None where the score alone does."""
        if self.level == "blocked":
            return self.blockers[0]
        if self.level == "undetermined":
            return next(fired for fired in self.fired if fired.effect == "undetermined")
        if self.band is not None and self.band.level == self.level:
            return None
        return next(fired for fired in self.caps if CAPS[fired.effect] == self.level)

    @property
    def unsigned(self) -> Level:
        """The level before anybody approved or rejected, which is what approvers look at."""
        return self.without("rejected")

    def without(self, rule: RuleId | Literal["score"]) -> Level:
        """The level if a rule had not fired, or the score had been in the best band."""
        band = LEVELS[0] if rule == "score" else self.bands[0].level
        return _level(band, [fired for fired in self.fired if fired.rule != rule])


def worst(*levels: Level) -> Level:
    return max(levels, key=LEVELS.index)


def decide(
    checklist: Checklist,
    marks: Mapping[str, Mark],
    findings: Mapping[str, Finding],
    packet: Packet,
    rejections: Sequence[Rejection] = (),
) -> Verdict:
    """Apply every rule of the checklist; `marks` and `findings` go by signal id, a missing key is no answer."""
    given = {signal.id: marks[signal.id].mark for signal in checklist.all if signal.id in marks}
    unanswered = tuple(signal.id for signal in checklist.all if given.get(signal.id) is None)
    scored = [given.get(signal.id) for signal in checklist.signals]
    score = sum(checklist.points[mark] for mark in scored if mark is not None)
    missing = sum(mark is None for mark in scored)
    low = score + missing * min(checklist.points.values())
    high = score + missing * max(checklist.points.values())
    answers = {
        signal.id: stand(checklist, signal.id, marks.get(signal.id), findings.get(signal.id))
        for signal in checklist.all
    }
    evidenced = {signal.id: answers[signal.id].points for signal in checklist.signals}
    evidence_band = checklist.band(sum(evidenced.values()))
    fired = [
        *(rule for signal in checklist.all for rule in _on_signal(signal, marks.get(signal.id), answers[signal.id])),
        *(() if missing else _on_evidence(checklist.band(score), evidence_band, score, sum(evidenced.values()))),
        *(
            FiredRule("release-rule", "", EFFECTS["release-rule"], sentence(unmet, checklist))
            for unmet in packet.release_rule
        ),
        *(_rejected(rejection) for rejection in rejections),
    ]
    eased = {rule.id for rule in checklist.eased}
    rules = tuple(_in_order(_ease(rule, eased) for rule in fired))
    return Verdict(
        level=_level(checklist.band(low).level, rules),
        score=score,
        range=(low, high),
        band=None if missing else checklist.band(score),
        bands=checklist.spans(low, high),
        evidenced=evidenced,
        evidence_band=evidence_band,
        answers=answers,
        fired=rules,
        unanswered=unanswered,
    )


def _level(band: Level, fired: Sequence[FiredRule]) -> Level:
    effects = {rule.effect for rule in fired}
    if "blocked" in effects:
        return "blocked"
    if "undetermined" in effects:
        return "undetermined"
    return worst(band, *(CAPS[effect] for effect in effects if effect in CAPS))


def _in_order(fired: Iterator[FiredRule]) -> list[FiredRule]:
    """The worst effect first, then in the order of the checklist."""
    return sorted(fired, key=lambda rule: WORST_EFFECT_FIRST.index(rule.effect))


def _ease(fired: FiredRule, eased: Collection[RuleId]) -> FiredRule:
    return FiredRule(fired.rule, fired.signal, "condition", fired.why) if fired.rule in eased else fired


def _on_signal(signal: Signal, mark: Mark | None, answer: AnswerStanding) -> Iterator[FiredRule]:
    if mark is None or mark.mark is None:
        rule: RuleId = "unanswered-override" if signal.override else "unanswered"
        yield _fire(rule, signal, tr("{signal} has not been answered", signal=signal.named))
    elif mark.mark == "yes":
        yield from _on_gap(signal, mark)
    else:
        if mark.mark == "partial" and signal.override:
            yield _fire(
                "override-partial",
                signal,
                tr("{signal} holds only for {scope}", signal=signal.named, scope=mark.holds_for),
            )
        if answer.state == "contradicted":
            yield _contradicted(signal, mark, answer)
        elif mark.mark == "no" and signal.override:
            yield from _on_override(signal, answer)
        elif answer.state == "uncovered":
            why = tr("the evidence for {signal} leaves something out: {why}", signal=signal.named, why=answer.why)
            yield _fire("uncovered", signal, why)


def _on_gap(signal: Signal, mark: Mark) -> Iterator[FiredRule]:
    if signal.override:
        yield _fire("override", signal, signal.told_gap)
    if signal.critical or mark.critical:
        raised = tr("raised to critical: {reason}", reason=mark.critical_reason) if mark.critical else ""
        yield _fire("critical", signal, f"{signal.told_gap}; {raised}" if raised else signal.told_gap)


def _contradicted(signal: Signal, mark: Mark, answer: AnswerStanding) -> FiredRule:
    if mark.mark == "no":
        why = tr("{signal} is marked controlled, but {why}", signal=signal.named, why=answer.why)
    else:
        why = tr("{signal} is marked controlled in part, but {why}", signal=signal.named, why=answer.why)
    if signal.override:
        return _fire("override-contradicted", signal, why)
    if signal.critical:
        return FiredRule("critical", signal.id, "at-best-narrow", why)
    return _fire("contradicted", signal, why)


def _on_override(signal: Signal, answer: AnswerStanding) -> Iterator[FiredRule]:
    """A claim of control in an area that can block alone is worth what stands behind it."""
    if answer.state in ("not shown", "uncovered"):
        yield _fire(
            "override-not-shown",
            signal,
            tr("{signal} is marked controlled and not shown: {why}", signal=signal.named, why=answer.why),
        )
    elif answer.state == "attested":
        yield _fire(
            "attested-override",
            signal,
            tr("{signal} is attested, not measured: {why}", signal=signal.named, why=answer.why),
        )


def _fire(rule: RuleId, signal: Signal, why: str) -> FiredRule:
    return FiredRule(rule, signal.id, EFFECTS[rule], why)


def _on_evidence(band: Band, evidence_band: Band, score: int, evidenced: int) -> Iterator[FiredRule]:
    """A verdict is never better than what can be shown."""
    if LEVELS.index(evidence_band.level) > LEVELS.index(band.level):
        effect = next(effect for effect, level in CAPS.items() if level == evidence_band.level)
        yield FiredRule(
            "evidence-band",
            "",
            effect,
            tr("marked {score}, but {evidenced} on evidence alone", score=score, evidenced=evidenced),
        )


def _rejected(rejection: Rejection) -> FiredRule:
    why = tr(
        "{name} rejected what is stored now, for {role}, on {day}",
        name=rejection.by,
        role=rejection.role,
        day=formatting.day(rejection.on),
    )
    return FiredRule("rejected", "", EFFECTS["rejected"], why)


def at_risk(level: Level, target: dt.date | None, as_of: dt.date) -> bool:
    """Whether a target date is near or past and the verdict does not let the rollout go ahead as planned."""
    return target is not None and (target - as_of).days <= SOON_DAYS and level not in ALLOWED
