"""Histories of releases whose chance of trouble is known, to see how often what is told of them holds."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from readiness.decision.hindsight import Hindsight
from readiness.decision.releases import WINDOW, AnswerThen, VerdictThen, releases
from readiness.model.checklist import Level
from readiness.model.incidents import ReportedIncident, StoredIncident
from readiness.model.releases import PastDecision, PastRollout, SystemRollouts
from readiness.scorecard import intervals
from readiness.scorecard.intervals import Interval
from tests.simulation.worlds import Random

START = dt.date(2025, 1, 1)
LEVELS: tuple[Level, ...] = ("staged", "narrow", "add-controls")
SIGNALS = 22
SEED = 20261130


@dataclass(frozen=True)
class ReleaseWorld:
    """`n` releases over a year, each with trouble by the chance of its level, plus `worse` where signal 0 is open.

    `asked` is how many days after the first day it is asked: below 400 some are not over.
    """

    n: int
    trouble: Mapping[Level, float]
    worse: float = 0.0
    asked: int = 400


@dataclass(frozen=True)
class HeldCount:
    held: int
    n: int

    @property
    def share(self) -> float:
        return self.held / self.n


def history(random: Random, world: ReleaseWorld) -> Hindsight:
    """One of them, as it is told: decisions and incidents go through what tells releases from what is stored."""
    levels = random.choice(len(world.trouble), world.n)
    opened = random.random((world.n, SIGNALS)) < random.uniform(0.1, 0.6, SIGNALS)
    systems, thens = [], {}
    for at in range(world.n):
        level = list(world.trouble)[levels[at]]
        began = START + dt.timedelta(days=int(random.integers(0, 365)))
        chance = world.trouble[level] + world.worse * bool(opened[at, 0])
        incidents = [_incident(at, began + dt.timedelta(days=int(random.integers(0, WINDOW.days + 1))))]
        rollout = PastRollout(at, "v1", (PastDecision(began, goes_on=True, level=level),), ())
        happened = incidents if random.random() < chance else []
        systems.append(SystemRollouts(f"s{at}", f"s{at}", (rollout,), happened))
        answers = tuple(AnswerThen(f"q{one}", f"q{one}", bool(opened[at, one]), False) for one in range(SIGNALS))
        thens[f"s{at}"] = VerdictThen(level, frozenset(), frozenset(), answers)
    as_of = START + dt.timedelta(days=world.asked)
    return Hindsight(as_of, [replace(one, then=thens[one.system]) for one in releases(systems, (), as_of)])


def _incident(number: int, on: dt.date) -> StoredIncident:
    record = ReportedIncident(what="It was wrong", on=on, signals=["abstention"])
    return StoredIncident(number, 1, record, (), "omar", dt.datetime.combine(on, dt.time(12), dt.UTC))


def told(world: ReleaseWorld, histories: int, seed: int = SEED) -> Iterator[Hindsight]:
    """Those with enough releases that are over."""
    random = np.random.default_rng(seed)
    drawn = (history(random, world) for _ in range(histories))
    return (one for one in drawn if one.enough)


def levels_held(
    world: ReleaseWorld,
    histories: int,
    interval: Callable[[float, float], Interval] = intervals.wilson,
    *,
    early: bool = False,
) -> HeldCount:
    """How many intervals of the share that went well hold it, over all verdicts that are told.

    `early` counts trouble as soon as it is known, which the product does not.
    """
    found = []
    for past in told(world, histories):
        for level, trouble in world.trouble.items():
            own = [one for one in past.releases if one.level == level]
            outcomes = [one.outcome for one in own if one.counted or (early and one.outcome == "trouble")]
            if outcomes:
                found.append(_holds(interval(outcomes.count("well"), len(outcomes)), 1 - trouble))
    return HeldCount(sum(found), len(found))


def normal(held: float, n: float) -> Interval:
    """The interval of the normal approximation."""
    half = 1.96 * math.sqrt(held * (n - held) / n) / n
    return Interval(held / n - half, held / n + half)


def differences_held(world: ReleaseWorld, histories: int) -> HeldCount:
    """How many intervals hold the difference that an open signal makes."""
    found = [
        _holds(one.interval, world.worse if one.signal == "q0" else 0.0)
        for past in told(world, histories)
        for one in past.signals
    ]
    return HeldCount(sum(found), len(found))


def foretold(world: ReleaseWorld, histories: int) -> HeldCount:
    """In how many histories some signal without any effect is said to have foretold trouble."""
    found = [any(one.foretold and one.signal != "q0" for one in past.signals) for past in told(world, histories)]
    return HeldCount(sum(found), len(found))


def found(world: ReleaseWorld, histories: int) -> HeldCount:
    """In how many the signal that makes it worse is named."""
    named = [any(one.foretold and one.signal == "q0" for one in past.signals) for past in told(world, histories)]
    return HeldCount(sum(named), len(named))


def _holds(interval: Interval | None, truth: float) -> bool:
    return interval is not None and interval.low <= truth <= interval.high


ALIKE: dict[Level, float] = dict.fromkeys(LEVELS, 0.25)
APART: dict[Level, float] = {"staged": 0.1, "narrow": 0.25, "add-controls": 0.5}
WORLDS = {
    f"{n} releases{', asked while they go on' if asked < 400 else ''}": ReleaseWorld(n, APART, asked=asked)
    for n, asked in ((15, 400), (40, 400), (40, 250), (120, 400))
}


YOUNG = ReleaseWorld(200, APART, asked=60)
"""An organisation after two months: some 33 releases, half of which are over."""


def main() -> None:
    """Writes the rows of `docs/statistics.md`, and what was tried instead."""
    for name, world in WORLDS.items():
        effect = replace(world, trouble=ALIKE, worse=0.5)
        null = replace(world, trouble=ALIKE)
        cells = (
            levels_held(world, 2_000),
            differences_held(effect, 1_000),
            foretold(null, 2_000),
            found(effect, 1_000),
        )
        print(f"| {name} | {' | '.join(f'{100 * cell.share:.1f}' for cell in cells)} |")
    for name, world in WORLDS.items():
        tried = [levels_held(world, 1_000, interval) for interval in (intervals.exact, normal)]
        print(f"{name}: {100 * tried[0].share:.1f} exact, {100 * tried[1].share:.1f} normal")
    young = [levels_held(YOUNG, 600, early=early) for early in (False, True)]
    print(f"after two months: {100 * young[0].share:.1f}, counted early {100 * young[1].share:.1f}")


if __name__ == "__main__":
    main()
