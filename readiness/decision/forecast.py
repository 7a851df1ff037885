"""When a gap will be closed: how late gaps were closed before, against the date that was promised. Pure and exact.

`docs/statistics.md` has the formulas and how often the dates held in simulated histories.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from readiness import names
from readiness.model.promises import Promise
from readiness.scorecard import intervals
from readiness.scorecard.intervals import Interval

LIKELY = 0.8
"""The share of gaps that are to be closed by the date that is named."""
HALF = 0.5
FEWEST = 10
"""Gaps that were closed after as many days as this one is open, below which nothing is forecast."""
SHRINKAGE = 20.0
"""With so many promises an owner's, or a system's, own past counts as much as all that stands behind it."""
LOOKED_BACK = 400
"""The last promises that the back test forecasts."""
_ROUNDING = 1e-9

Days: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Truths: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class AskedGap:
    """A gap whose day is asked for: what was promised, by whom, and whether that date followed another one."""

    system: str
    signal: str
    owner: str
    due: dt.date
    moved: bool
    opened: int = 0


@dataclass(frozen=True)
class Curve:
    """The share of gaps that are closed by each of these days (ordinals), from `n` gaps that were closed.

    `effective` is the number of equally weighted gaps that would say as much.
    """

    days: Days
    share: Floats
    n: int
    effective: float

    @property
    def enough(self) -> bool:
        return self.n >= FEWEST

    def by(self, share: float) -> dt.date | None:
        """The first day by which the share of one more gap is reached at least; None where the past does not say."""
        reached = self.share * self.effective / (self.effective + 1) >= share - _ROUNDING
        return dt.date.fromordinal(int(self.days[np.argmax(reached)])) if reached.any() else None

    def at(self, days: Days) -> Floats:
        """The share by each of the days."""
        return np.concatenate([[0.0], self.share])[np.searchsorted(self.days, days, side="right")]


@dataclass(frozen=True)
class BackTest:
    """Of the dates named with 80 % for promises of the past, how many came true."""

    n: int
    held: int

    @property
    def interval(self) -> Interval | None:
        return intervals.exact(self.held, self.n) if self.n else None


class PastPromises:
    """All promises that are known at the end of a day, as columns."""

    def __init__(self, promises: Iterable[Promise], as_of: dt.date) -> None:
        self.as_of = as_of
        self.promises = sorted(promises, key=lambda promise: (promise.made_on, promise.gap, promise.due))
        self._gaps = {gap: at for at, gap in enumerate(dict.fromkeys(promise.gap for promise in self.promises))}
        self._of_signal: dict[tuple[str, str], list[Promise]] = defaultdict(list)
        for promise in self.promises:
            self._of_signal[promise.system, promise.signal].append(promise)
        self._gap = np.array([self._gaps[promise.gap] for promise in self.promises], dtype=np.int64)
        self._owner = np.array([names.key(promise.owner) for promise in self.promises], dtype=np.str_)
        self._system = np.array([promise.system for promise in self.promises], dtype=np.str_)
        self._moved = np.array([promise.moved for promise in self.promises], dtype=np.bool_)
        self._closed = np.array([promise.is_closed for promise in self.promises], dtype=np.bool_)
        self._made = _ordinals([promise.made_on for promise in self.promises])
        self._due = _ordinals([promise.due for promise in self.promises])
        self._until = _ordinals([promise.until for promise in self.promises])

    def curve(self, asked: AskedGap, on: dt.date) -> Curve:
        """When a gap that is open on a day will be closed, from what was known on the day before."""
        today = on.toordinal()
        closed = self._closed & (self._until < today)
        delay = np.where(closed, self._until, np.minimum(self._until, today - 1)) - self._due
        at_risk = (self._made < today) & (delay >= today - asked.due.toordinal()) & (self._moved == asked.moved)
        at_risk &= self._gap != self._gaps.get((asked.system, asked.signal, asked.opened), -1)
        weights = self._weights(asked, at_risk)[at_risk]
        gaps = self._gap[at_risk]
        delays, share = _closed_by(delay[at_risk], closed[at_risk], weights)
        by_gap = np.bincount(gaps, weights) if len(gaps) else np.zeros(1)
        effective = weights.sum() ** 2 / (by_gap**2).sum() if len(gaps) else 0.0
        n = len(np.unique(self._gap[at_risk & closed]))
        days = np.minimum(delays + asked.due.toordinal(), dt.date.max.toordinal())
        return Curve(days, share, n, float(effective))

    def _weights(self, asked: AskedGap, at_risk: Truths) -> Floats:
        """Of each promise: those closest to the gap count most, the more the more there are of them (see SHRINKAGE)."""
        owner = (self._owner == names.key(asked.owner)) if asked.owner else np.zeros_like(at_risk)
        system = self._system == asked.system
        weights, left = np.zeros(len(at_risk)), 1.0
        for close in (owner & system, owner, system):
            of_them = close & at_risk
            if number := int(of_them.sum()):
                share = left * number / (number + SHRINKAGE)
                weights[of_them] += share / number
                left -= share
        weights[at_risk] += left / max(int(at_risk.sum()), 1)
        return weights

    @cached_property
    def settled(self) -> str:
        """A digest of what was known before the day: all that `curve` on that day, and `back_test`, rest on."""
        today = self.as_of.toordinal()
        before, closed = self._made < today, self._closed & (self._until < today)
        until = np.where(closed, self._until, np.minimum(self._until, today - 1))
        columns = (self._gap, self._moved, self._made, self._due, closed, until)
        told = [self.as_of.isoformat(), *self._owner[before], *self._system[before]]
        digest = hashlib.sha256("\0".join(told).encode())
        for column in columns:
            digest.update(column[before].tobytes())
        return digest.hexdigest()

    @cached_property
    def back_test(self) -> BackTest:
        """The last promises of days before, each forecast on the day it was made, where what came of it is known."""
        n = held = 0
        before = [promise for promise in self.promises if promise.made_on < self.as_of]
        for promise in before[-LOOKED_BACK:]:
            asked = AskedGap(promise.system, promise.signal, promise.owner, promise.due, promise.moved, promise.opened)
            curve = self.curve(asked, promise.made_on)
            by = curve.by(LIKELY) if curve.enough else None
            if by is None or by >= self.as_of or (promise.until <= by and not promise.is_closed):
                continue
            n, held = n + 1, held + (promise.until <= by)
        return BackTest(n, held)

    def standing(self, system: str, signal: str) -> Sequence[Promise]:
        """What was promised of a gap that is open, in the order in which it was."""
        own = self._of_signal.get((system, signal), [])
        return [promise for promise in own if promise.opened == own[-1].opened and not promise.is_closed]


def _ordinals(days: Sequence[dt.date]) -> Days:
    return np.array([day.toordinal() for day in days], dtype=np.int64)


def _closed_by(delays: Days, closed: Truths, weights: Floats) -> tuple[Days, Floats]:
    """The weighted product-limit estimate (Kaplan and Meier 1958): the share that is closed by each delay."""
    order = np.lexsort((~closed, delays))
    delays, closed, weights = delays[order], closed[order], weights[order]
    open_ = np.cumsum(weights[::-1])[::-1]
    stays = np.cumprod(np.where(closed, np.maximum(1 - weights / np.maximum(open_, _ROUNDING**2), 0), 1))
    last = np.append(delays[1:] != delays[:-1], True)[: len(delays)]
    return delays[last], (1 - stays)[last]


def together(curves: Sequence[Curve]) -> Curve:
    """When the last of several gaps will be closed, each taken to be as late as the others leave it."""
    days = np.unique(np.concatenate([curve.days for curve in curves]))
    share = np.prod([curve.at(days) for curve in curves], axis=0)
    return Curve(days, share, min(curve.n for curve in curves), min(curve.effective for curve in curves))


def last_shares(curves: Sequence[Curve]) -> Floats:
    """How often each gap is the last one, among several; gaps that are last on one day share it."""
    days = np.unique(np.concatenate([curve.days for curve in curves]))
    by = np.array([np.append(curve.at(days), 1.0) for curve in curves])  # what the past does not reach comes after it
    on = np.diff(by, axis=1, prepend=0.0)
    before = by - on / 2
    last = np.array([(on[at] * np.prod(np.delete(before, at, axis=0), axis=0)).sum() for at in range(len(curves))])
    return np.asarray(last / last.sum(), dtype=np.float64)
