"""Were we right? What became of releases, held against the verdicts and decisions they began on. Pure.

`docs/statistics.md` has the formulas and what they held in simulated histories. No verdict follows from any of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from readiness.model.checklist import EFFECTS, LEVELS
from readiness.scorecard import intervals
from readiness.scorecard.intervals import Interval

from .releases import DECISION_KINDS, HINDSIGHT_RULES, HindsightRule, Release

FEWEST = 10
"""Releases that are over below which nothing is told but what became of each."""
ALPHA = 0.05
"""A signal foretold trouble where its adjusted p-value is at most this."""


@dataclass(frozen=True)
class HeldShare:
    """How many of n; the interval is Wilson's, at 95 %."""

    held: int
    n: int

    @property
    def interval(self) -> Interval | None:
        return intervals.wilson(self.held, self.n) if self.n else None


@dataclass(frozen=True)
class OutcomeCounts:
    """How releases of one kind went; `what` is a level, or how they were decided."""

    what: str
    well: HeldShare
    slipped: int
    trouble: int


@dataclass(frozen=True)
class SignalHindsight:
    """Trouble among releases in which a signal was open, against those in which it was controlled.

    `p` is Fisher's, two-sided; `adjusted` for all signals that were looked at (Holm).
    """

    signal: str
    name: str
    opened: HeldShare
    controlled: HeldShare
    p: float
    adjusted: float

    @property
    def difference(self) -> float:
        return self.opened.held / self.opened.n - self.controlled.held / self.controlled.n

    @property
    def interval(self) -> Interval:
        return intervals.newcombe(self.opened.held, self.opened.n, self.controlled.held, self.controlled.n)

    @property
    def foretold(self) -> bool:
        return self.adjusted <= ALPHA and self.difference > 0


@dataclass(frozen=True)
class RuleHindsight:
    """In how many of n releases a rule fired and decided, and of those where it fired how many had trouble."""

    rule: HindsightRule
    n: int
    trouble: HeldShare
    decided: int

    @property
    def fired(self) -> int:
        return self.trouble.n

    @property
    def decides(self) -> bool:
        """Whether it may decide a level at all: a mere condition never does."""
        return self.rule == "score" or EFFECTS[self.rule] != "condition"

    @property
    def mattered(self) -> bool:
        return bool(self.decided if self.decides else self.fired)


@dataclass(frozen=True)
class Hindsight:
    """What became of all releases, and below `FEWEST` that are over nothing else."""

    as_of: dt.date
    releases: Sequence[Release]

    @cached_property
    def counted(self) -> Sequence[Release]:
        return [release for release in self.releases if release.counted]

    @property
    def enough(self) -> bool:
        return len(self.counted) >= FEWEST

    @cached_property
    def _told(self) -> Sequence[Release]:
        return self.counted if self.enough else ()

    @property
    def well(self) -> HeldShare:
        return HeldShare(sum(release.outcome == "well" for release in self.counted), len(self.counted))

    @cached_property
    def levels(self) -> Sequence[OutcomeCounts]:
        """By the verdict, the best first."""
        return [*_went(LEVELS, self._told, lambda release: release.level)]

    @cached_property
    def decisions(self) -> Sequence[OutcomeCounts]:
        return [*_went(DECISION_KINDS, self._told, lambda release: release.kind)]

    @cached_property
    def signals(self) -> Sequence[SignalHindsight]:
        """Those that were open in some releases and controlled in others, the smallest p-value first."""
        open_and_not: dict[str, tuple[list[Release], list[Release]]] = {}
        names: dict[str, str] = {}
        for release in self._told:
            for answer in release.then.answers if release.then else ():
                names.setdefault(answer.signal, answer.name)
                if answer.is_open is not None:
                    open_and_not.setdefault(answer.signal, ([], []))[not answer.is_open].append(release)
        looked = {
            signal: (_troubled(opened), _troubled(controlled))
            for signal, (opened, controlled) in open_and_not.items()
            if opened and controlled
        }
        p_each = [intervals.fisher(one.held, one.n, other.held, other.n) for one, other in looked.values()]
        found = [
            SignalHindsight(signal, names[signal], opened, controlled, p, adjusted)
            for (signal, (opened, controlled)), p, adjusted in zip(
                looked.items(), p_each, intervals.holm(p_each), strict=True
            )
        ]
        return sorted(found, key=lambda one: (one.p, -one.difference))

    @cached_property
    def rules(self) -> Sequence[RuleHindsight]:
        """Every rule, those that decided most often first."""
        known = [release for release in self._told if release.then]
        if not known:
            return ()
        found = (
            RuleHindsight(
                rule,
                len(known),
                _troubled([one for one in known if one.then and rule in one.then.fired]),
                sum(rule in one.then.deciding for one in known if one.then),
            )
            for rule in HINDSIGHT_RULES
        )
        return sorted(found, key=lambda one: (-one.decided, -one.fired))


def _troubled(found: Sequence[Release]) -> HeldShare:
    return HeldShare(sum(release.outcome == "trouble" for release in found), len(found))


def _went(
    kinds: Iterable[str], found: Sequence[Release], kind_of: Callable[[Release], str | None]
) -> Iterator[OutcomeCounts]:
    for kind in kinds:
        outcomes = [release.outcome for release in found if kind_of(release) == kind]
        if outcomes:
            well = HeldShare(outcomes.count("well"), len(outcomes))
            yield OutcomeCounts(kind, well, outcomes.count("slipped"), outcomes.count("trouble"))
