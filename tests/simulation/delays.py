"""Histories of gaps whose delays are drawn from known distributions, to see how often a forecast day holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from readiness.decision import forecast
from readiness.decision.forecast import LIKELY, AskedGap, Curve, PastPromises
from readiness.model.promises import Promise
from tests.simulation.worlds import Floats, Random

START = dt.date(2024, 1, 1)
OWNERS, SYSTEMS = 6, 8
AGAIN = 8
"""Forecasts from one past, of gaps that have nothing to do with each other."""
OWN = np.array([-15.0, -5.0, 0.0, 5.0, 15.0, 40.0])
"""By how many days each owner is later than all together, where owners differ."""
Ordinals = np.ndarray[tuple[int], np.dtype[np.int64]]


def _humps(random: Random, n: int) -> Floats:
    return np.where(random.random(n) < 0.6, random.normal(-3, 3, n), random.normal(45, 15, n))


def _on_time(random: Random, n: int) -> Floats:
    return np.where(random.random(n) < 0.5, 0, random.exponential(30, n))


DELAYS: dict[str, Callable[[Random, int], Floats]] = {
    "normal, mean 5, σ 20": lambda random, n: random.normal(5, 20, n),
    "lognormal, median 2, σ 1": lambda random, n: random.lognormal(2.5, 1, n) - 10,
    "two humps": _humps,
    "exponential, mean 15": lambda random, n: random.exponential(20, n) - 5,
    "half on the day, half later": _on_time,
}


@dataclass(frozen=True)
class Setting:
    """`n` gaps of the past, promised over two years; `censored`: those that are not closed today are open still.

    `at_once` more gaps are forecast together; `dependent`: they are late together.
    """

    n: int
    censored: bool = False
    differ: bool = False
    at_once: int = 1
    dependent: bool = False
    overdue: int = 0


@dataclass(frozen=True)
class Outcome:
    """Of so many forecasts how many days held, and how often none was named."""

    forecasts: int
    held: int
    silent: int

    @property
    def share(self) -> float:
        return self.held / self.forecasts


def day(number: float) -> dt.date:
    return START + dt.timedelta(days=int(number))


@dataclass(frozen=True)
class _World:
    owner: Ordinals
    system: Ordinals
    delay: Ordinals
    lead: Ordinals
    made: Ordinals


def _world(random: Random, delays: Callable[[Random, int], Floats], setting: Setting) -> _World:
    n = setting.n + AGAIN * setting.at_once
    owner, system = random.integers(0, OWNERS, n), random.integers(0, SYSTEMS, n)
    drawn = delays(random, n) + (OWN[owner] if setting.differ else 0)
    if setting.dependent:
        drawn[setting.n :] = np.repeat(drawn[setting.n :: setting.at_once], setting.at_once)
    lead, made = random.integers(70, 120, n), random.integers(0, 700, n)
    return _World(owner, system, np.maximum(np.round(drawn), 1 - lead).astype(np.int64), lead, made)


def _history(world: _World, setting: Setting, today: int) -> PastPromises:
    due = world.made + world.lead
    closed = due + world.delay
    promises = [
        Promise(
            f"s{world.system[at]}",
            f"q{at}",
            1,
            f"o{world.owner[at]}",
            day(world.made[at]),
            day(due[at]),
            moved=False,
            until=day(min(closed[at], today - 1)),
            is_closed=bool(closed[at] < today),
        )
        for at in range(setting.n)
    ]
    return PastPromises(promises, day(today))


def _asked(world: _World, at: int, due: int) -> AskedGap:
    return AskedGap(f"s{world.system[at]}", f"new {at}", f"o{world.owner[at]}", day(due), moved=False)


def _delay(random: Random, delays: Callable[[Random, int], Floats], setting: Setting, drawn: int) -> int:
    """A delay as it was drawn; of a gap that is overdue still, one that is as long."""
    while setting.overdue and drawn < setting.overdue:
        drawn = int(delays(random, 1)[0])
    return drawn


def _drawn(random: Random, delays: Callable[[Random, int], Floats], setting: Setting) -> Iterator[bool | None]:
    """Whether the days that are named from one past hold; None where none is named."""
    world = _world(random, delays, setting)
    today = 740 if setting.censored else 5000
    past = _history(world, setting, today)
    for first in range(setting.n, setting.n + AGAIN * setting.at_once, setting.at_once):
        curves: list[Curve] = []
        closed = []
        for at in range(first, first + setting.at_once):
            due = today - setting.overdue if setting.overdue else today + int(world.lead[at])
            curves.append(past.curve(_asked(world, at, due), day(today)))
            closed.append(due + _delay(random, delays, setting, int(world.delay[at])))
        by = (forecast.together(curves) if len(curves) > 1 else curves[0]).by(LIKELY)
        yield None if by is None or not all(curve.enough for curve in curves) else day(max(closed)) <= by


def measured(delays: Callable[[Random, int], Floats], setting: Setting, pasts: int, seed: int = 20261130) -> Outcome:
    """AGAIN forecasts from each of so many pasts."""
    random = np.random.default_rng(seed)
    held = [one for _ in range(pasts) for one in _drawn(random, delays, setting)]
    named = [one for one in held if one is not None]
    return Outcome(len(named), sum(named), len(held) - len(named))


SETTINGS = {
    "15 gaps": Setting(15),
    "40 gaps": Setting(40),
    "150 gaps": Setting(150),
    "40 gaps, some open": Setting(40, censored=True),
    "150 gaps, some open": Setting(150, censored=True),
    "40 gaps, owners differ": Setting(40, differ=True),
    "150 gaps, owners differ": Setting(150, differ=True),
    "150 gaps, 10 days overdue": Setting(150, overdue=10),
    "the last of 4, 40 gaps": Setting(40, at_once=4),
    "the last of 4, 150 gaps": Setting(150, at_once=4),
    "the last of 4 that are late together, 150 gaps": Setting(150, at_once=4, dependent=True),
}


def table(pasts: int) -> Iterator[str]:
    """The table of docs/statistics.md."""
    yield f"| forecast of | {' | '.join(DELAYS)} |"
    yield f"|---|{'---|' * len(DELAYS)}"
    for name, setting in SETTINGS.items():
        found = [measured(delays, setting, pasts) for delays in DELAYS.values()]
        yield f"| {name} | {' | '.join(f'{100 * one.share:.1f}' for one in found)} |"


if __name__ == "__main__":
    for line in table(1000):
        print(line, flush=True)
