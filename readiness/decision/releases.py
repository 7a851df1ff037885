"""Releases: which rollouts began, on which verdict and decision, and what became of each in the days after. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple, TypeAlias, get_args

from readiness import clock
from readiness.model.assessment import MarkValue
from readiness.model.checklist import LEVELS, RULES, Level, RuleId, Signal
from readiness.model.incidents import StoredIncident
from readiness.model.promises import Promise
from readiness.model.releases import PastDecision, PastRollout, SystemRollouts
from readiness.model.stages import StoredStep

from .verdict import Verdict

WINDOW = dt.timedelta(days=30)
"""How long after a rollout began it is watched; its first day and the last one belong to it."""
ReleaseOutcome = Literal["well", "slipped", "trouble", "not over", "not known"]
"""`slipped`: no trouble, but a date that stood then was moved later. `not known`: put away before it was over."""
HindsightRule: TypeAlias = RuleId | Literal["score"]
"""A rule of the verdict, the bands of the score among them."""
HINDSIGHT_RULES: tuple[HindsightRule, ...] = (*RULES, "score")
DecisionKind = Literal["with the verdict", "against the verdict", "without a decision"]
DECISION_KINDS: tuple[DecisionKind, ...] = get_args(DecisionKind)


class Trouble(NamedTuple):
    """What went wrong on a day: `incident` is its number, None for a step that rolled back; `told` are their words."""

    day: dt.date
    incident: int | None
    told: str


class SlippedGap(NamedTuple):
    """A gap whose date stood when the rollout began and was moved later on a day."""

    signal: str
    on: dt.date
    was: dt.date
    to: dt.date


class AnswerThen(NamedTuple):
    """An answer when it was decided; `is_open` is None where nobody had answered."""

    signal: str
    name: str
    is_open: bool | None
    contradicted: bool


@dataclass(frozen=True)
class VerdictThen:
    """The verdict that a release began on: the rules that fired, and those without which it would have been another."""

    level: Level
    fired: frozenset[HindsightRule]
    deciding: frozenset[HindsightRule]
    answers: tuple[AnswerThen, ...]


@dataclass(frozen=True)
class Release:
    """An assessment whose rollout began: on the day of its step into the first stage, else of its first go.

    `decision` is the last one by that day where it lets go on. `then` is the verdict of the day `seen_on`, without what
    happened since it began; None where it has not been worked out. `over` says that its days have passed.
    """

    system: str
    name: str
    assessment: int
    candidate: str
    began: dt.date
    decision: PastDecision | None
    outcome: ReleaseOutcome
    over: bool
    trouble: tuple[Trouble, ...] = ()
    slips: tuple[SlippedGap, ...] = ()
    then: VerdictThen | None = None

    @property
    def seen_on(self) -> dt.date:
        return self.decision.decided_on if self.decision else self.began

    @property
    def last_day(self) -> dt.date:
        return self.began + WINDOW

    @property
    def level(self) -> Level | None:
        """As it was decided on, else as it was when the rollout began."""
        return self.decision.level if self.decision else self.then.level if self.then else None

    @property
    def kind(self) -> DecisionKind:
        if self.decision is None:
            return "without a decision"
        return "against the verdict" if self.decision.against else "with the verdict"

    @property
    def counted(self) -> bool:
        """Whether it is in the figures: bad ones are known early, so that none counts before its days have passed."""
        return self.over and self.outcome != "not known"


def releases(past: Iterable[SystemRollouts], promised: Iterable[Promise], as_of: dt.date) -> list[Release]:
    """What began by the end of a day and what became of it, as far as that was known then; the newest first."""
    by_system: dict[str, list[Promise]] = {}
    for promise in promised:
        by_system.setdefault(promise.system, []).append(promise)
    found = [release for one in past for release in _of_system(one, by_system.get(one.system, ()), as_of)]
    return sorted(found, key=lambda one: (-one.began.toordinal(), one.name, one.system, -one.assessment))


class _Begin(NamedTuple):
    """A rollout that began, and the steps until it began again."""

    rollout: PastRollout
    day: dt.date
    steps: Sequence[StoredStep]


def _of_system(past: SystemRollouts, promised: Sequence[Promise], as_of: dt.date) -> Iterator[Release]:
    begun = sorted((begin for one in past.rollouts for begin in _begins(one, as_of)), key=lambda one: one.day)
    troubles: list[list[Trouble]] = [[*_rolled_back(begin, as_of)] for begin in begun]
    for incident in past.incidents:
        at = _whose(incident, begun, as_of)
        if at is not None:
            troubles[at].append(Trouble(incident.record.on, incident.id, incident.record.what))
    for begin, trouble in zip(begun, troubles, strict=True):
        slips = tuple(_slips(begin.day, promised, as_of))
        over = as_of > begin.day + WINDOW
        put_away = past.archived_on is not None and past.archived_on <= min(begin.day + WINDOW, as_of)
        yield Release(
            past.system,
            past.name,
            begin.rollout.assessment,
            begin.rollout.candidate,
            begin.day,
            _decision(begin.rollout, begin.day),
            "trouble" if trouble else "not known" if put_away else _quiet(over=over, slipped=bool(slips)),
            over,
            tuple(sorted(trouble, key=lambda one: one.day)),
            slips,
        )


def _quiet(*, over: bool, slipped: bool) -> ReleaseOutcome:
    if slipped:
        return "slipped"
    return "well" if over else "not over"


def _begins(rollout: PastRollout, as_of: dt.date) -> Iterator[_Begin]:
    """Each step into a stage from none, with the steps after it; without one the first decision that goes on."""
    steps = [step for step in rollout.steps if clock.day_of(step.at) <= as_of]
    stages = ["", *(step.record.stage for step in steps)]
    into = [at for at, step in enumerate(steps) if step.record.action == "advance" and not stages[at]]
    for at, end in zip(into, [*into[1:], len(steps)], strict=False):
        yield _Begin(rollout, clock.day_of(steps[at].at), steps[at:end])
    if not into:
        gone_on = (one.decided_on for one in rollout.decisions if one.goes_on and one.decided_on <= as_of)
        yield from (_Begin(rollout, day, ()) for day in [*gone_on][:1])


def _decision(rollout: PastRollout, began: dt.date) -> PastDecision | None:
    known = [one for one in rollout.decisions if one.decided_on <= began]
    return known[-1] if known and known[-1].goes_on else None


def _rolled_back(begin: _Begin, as_of: dt.date) -> Iterator[Trouble]:
    for step in begin.steps:
        if step.record.action == "roll back" and clock.day_of(step.at) <= min(begin.day + WINDOW, as_of):
            yield Trouble(clock.day_of(step.at), None, step.record.note)


def _whose(incident: StoredIncident, begun: Sequence[_Begin], as_of: dt.date) -> int | None:
    """The release that an incident speaks of: the last one of its version, or of all where it names none."""
    record = incident.record
    known = max(record.on, clock.day_of(incident.at))
    if incident.withdrawn or known > as_of:
        return None
    before = [
        at
        for at, begin in enumerate(begun)
        if begin.day <= record.on and record.version in ("", begin.rollout.candidate)
    ]
    return before[-1] if before and record.on <= begun[before[-1]].day + WINDOW else None


def _slips(began: dt.date, promised: Sequence[Promise], as_of: dt.date) -> Iterator[SlippedGap]:
    """Of each gap that was open on the day, whether the date that stood was moved later by the end of the window."""
    for (_, signal, _), own in groupby(sorted(promised, key=_by_gap), key=lambda one: one.gap):
        made = list(own)
        stood = [one for one in made if one.made_on <= began]
        if not stood or stood[-1].until < began or (stood[-1].is_closed and stood[-1].until <= began):
            continue
        due = stood[-1].due
        later = [one for one in made if began < one.made_on <= min(began + WINDOW, as_of) and one.due > due]
        if later:
            yield SlippedGap(signal, later[0].made_on, due, later[-1].due)


def _by_gap(promise: Promise) -> tuple[tuple[str, str, int], dt.date]:
    return promise.gap, promise.made_on


def verdict_then(verdict: Verdict, answers: Iterable[tuple[Signal, MarkValue | None]]) -> VerdictThen:
    """What is kept of a verdict and of the answers that it rests on.

    A signal is open where it is marked partial or yes, and where evidence speaks against a no.
    """
    fired: set[HindsightRule] = {one.rule for one in verdict.fired}
    if verdict.bands[0].level != LEVELS[0]:
        fired.add("score")
    deciding = frozenset(rule for rule in fired if verdict.without(rule) != verdict.level)
    return VerdictThen(verdict.level, frozenset(fired), deciding, tuple(_answers(verdict, answers)))


def _answers(verdict: Verdict, answers: Iterable[tuple[Signal, MarkValue | None]]) -> Iterator[AnswerThen]:
    for signal, mark in answers:
        contradicted = verdict.answers[signal.id].state == "contradicted"
        yield AnswerThen(signal.id, signal.name, None if mark is None else contradicted or mark != "no", contradicted)
