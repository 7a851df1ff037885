"""Baseline against candidate, cell by cell, and the cohorts that are worse beyond chance. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from readiness.language import tr
from readiness.model import measures
from readiness.model.assessment import Assessment
from readiness.model.cells import Cell, Direction, Pair, Statistic
from readiness.model.evidence import Evidence, fresh
from readiness.model.record import ANY

from . import intervals, planning, uncertainty
from .intervals import Interval
from .uncertainty import Difference, Pairs

CellKey = tuple[str, str, str]
"""(metric, workflow, cohort); `"*"` is all of them."""
Reading = Literal["same", "better", "worse", "unchanged", "cannot tell"]
MARKS: dict[Reading, str] = {"worse": "▼", "better": "▲", "same": "≈"}
_SURE: tuple[Reading, ...] = ("worse", "better")
ALPHA = 0.05
SAME = 1e-12
"""Figures nearer than this are the same: sums of the same cases differ by their order in the last digits."""


@dataclass(frozen=True)
class ScorecardRow:
    """One metric of one workflow and cohort; a side is None where there is no data, which is never a pass.

    `pairs` are the cases that both versions ran, where they can be told apart: a change of the mean speaks of these.
    `margins` say within which a change is the same, by figure.
    """

    metric: str
    workflow: str
    cohort: str
    baseline: Cell | None
    candidate: Cell | None
    pairs: Pairs | None = None
    margins: Mapping[Statistic, float] = field(default_factory=dict, hash=False)

    def change(self, stat: Statistic = "mean") -> float | None:
        """Candidate minus baseline, in the metric's unit; None where a side has no such figure, or another unit."""
        if self.baseline is None or self.candidate is None or not self.comparable:
            return None
        before, now = self.figures(stat)
        if before is None or now is None:
            return None
        return 0.0 if math.isclose(now, before, rel_tol=SAME) else now - before

    def figures(self, stat: Statistic = "mean") -> tuple[float | None, float | None]:
        """What is compared, baseline and candidate: the means of the same cases, where there are any."""
        if stat == "mean" and self.pairs is not None:
            return self.pairs.baseline, self.pairs.candidate
        before, now = (getattr(side, stat) if side else None for side in (self.baseline, self.candidate))
        return before, now

    def worsening(self, stat: Statistic = "mean") -> float | None:
        """By how much the candidate is worse; negative where it is better, None where it cannot be told."""
        change = self.change(stat)
        return None if self.sign is None or change is None else self.sign * change

    def difference(self, stat: Statistic = "mean", confidence: float = uncertainty.CONFIDENCE) -> Difference | None:
        """How sure the change is; None where too little is known of a side."""
        if (stat, confidence) not in self._differences:
            self._differences[stat, confidence] = self._difference(stat, confidence)
        return self._differences[stat, confidence]

    @cached_property
    def _differences(self) -> dict[tuple[Statistic, float], Difference | None]:
        """Those that were worked out; each is asked for several times."""
        return {}

    def _difference(self, stat: Statistic, confidence: float) -> Difference | None:
        if self.baseline is None or self.candidate is None or self.change(stat) is None:
            return None
        return uncertainty.difference(self.baseline, self.candidate, self.pairs, stat, confidence=confidence)

    def worsened(self, stat: Statistic = "mean", confidence: float = uncertainty.CONFIDENCE) -> Interval | None:
        """The interval of `worsening`; None where it cannot be told."""
        difference = self.difference(stat, confidence)
        if difference is None or self.sign is None:
            return None
        low, high = difference.interval.low, difference.interval.high
        return Interval(low, high) if self.sign == 1 else Interval(-high, -low)

    def reading(self, stat: Statistic = "mean", confidence: float = uncertainty.CONFIDENCE) -> Reading:
        """What may be said of the change: the same where its interval lies within the margin, whichever way is better.

        Better or worse only where the interval leaves out no change; without a margin, "unchanged" of equal figures.
        """
        margin = self.margins.get(stat, 0.0)
        if margin and self.is_same(stat, confidence):
            return "same"
        if not margin and self.worsening(stat) == 0:
            return "unchanged"
        worsened = self.worsened(stat, confidence)
        return planning.judge(worsened, "lower") if worsened else "cannot tell"

    def is_same(self, stat: Statistic = "mean", confidence: float = uncertainty.CONFIDENCE) -> bool:
        """Whether the change lies within its margin with that confidence; never without a margin."""
        margin, difference = self.margins.get(stat), self.difference(stat, confidence)
        return margin is not None and difference is not None and planning.is_within(difference.interval, margin)

    @cached_property
    def sign(self) -> int | None:
        """1 where a higher figure is worse, −1 where a lower one is, None where that is not known."""
        sides = {side.direction for side in (self.baseline, self.candidate) if side} - {"unknown"}
        return {"higher": -1, "lower": 1}.get(next(iter(sides))) if len(sides) == 1 else None

    @cached_property
    def comparable(self) -> bool:
        """Whether both sides are in one unit, and that a clear one."""
        units = {side.unit for side in (self.baseline, self.candidate) if side}
        return len(units) < 2 and measures.UNCLEAR not in units

    @cached_property
    def undirected(self) -> bool:
        """Whether nobody has said which way the metric is better; some are neither way, and say so."""
        sides = {side.direction for side in (self.baseline, self.candidate) if side}
        return self.sign is None and "informational" not in sides


@dataclass(frozen=True)
class Regression:
    """A cohort in which the candidate is worse: `p` is adjusted for how many cohorts were looked at (Holm)."""

    row: ScorecardRow
    p: float


@dataclass(frozen=True)
class PickedCells:
    """The figures that count, and the digest of the file that each comes from."""

    cells: list[Cell]
    files: dict[tuple[str, ...], str]


def pick(cells: Iterable[tuple[Cell, Evidence]], as_of: dt.date) -> PickedCells:
    """One cell for each (version, metric, workflow, cohort): the one measured last, of evidence that is not stale.

    Two files that state the same cell are never averaged.
    """
    chosen: dict[tuple[str, ...], tuple[Cell, Evidence]] = {}
    for cell, evidence in fresh(cells, as_of):
        day = evidence.measured_on or dt.date.min
        key = (cell.version, cell.metric, cell.workflow, cell.cohort)
        if key not in chosen or day >= (chosen[key][1].measured_on or day):
            chosen[key] = (cell, evidence)
    return PickedCells(
        cells=[cell for cell, _ in chosen.values()],
        files={key: evidence.digest for key, (_, evidence) in chosen.items()},
    )


def compare(
    assessment: Assessment,
    cells: Sequence[Cell],
    pairs: Iterable[Pair] = (),
    files: Mapping[tuple[str, ...], str] | None = None,
) -> list[ScorecardRow]:
    """Baseline and candidate side by side, sorted by metric, workflow and cohort with the overall figure first.

    A pair counts for a row only if both its cells come from the files it was made of (see `Picked`).
    """
    sides: dict[CellKey, dict[str, Cell]] = {}
    for cell in cells:
        if cell.version in (assessment.baseline, assessment.candidate):
            sides.setdefault((cell.metric, cell.workflow, cell.cohort), {})[cell.version] = cell
    oriented = dict(_oriented(assessment, pairs, files or {}))
    return [
        ScorecardRow(*key, *_alike(side.get(assessment.baseline), side.get(assessment.candidate)), oriented.get(key))
        for key, side in sorted(sides.items())
    ]


def _alike(baseline: Cell | None, candidate: Cell | None) -> tuple[Cell | None, Cell | None]:
    """Both sides in the unit that they share; as they are where they share none."""
    unit = measures.shared_unit(baseline, candidate) if baseline and candidate else None
    if unit is None or baseline is None or candidate is None or baseline.unit == candidate.unit:
        return baseline, candidate
    return baseline.model_copy(update={"unit": unit}), candidate.model_copy(update={"unit": unit})


def _oriented(
    assessment: Assessment, pairs: Iterable[Pair], files: Mapping[tuple[str, ...], str]
) -> Iterator[tuple[CellKey, Pairs]]:
    """The pairs of baseline and candidate, whichever of them stands first."""
    for pair in pairs:
        key = (pair.metric, pair.workflow, pair.cohort)
        apart = files.get((pair.first, *key)) != pair.first_file or files.get((pair.second, *key)) != pair.second_file
        if apart or not pair.cases:
            continue
        if (pair.first, pair.second) == (assessment.baseline, assessment.candidate):
            yield key, Pairs.of(pair, turned=False)
        elif (pair.second, pair.first) == (assessment.baseline, assessment.candidate):
            yield key, Pairs.of(pair, turned=True)


def regressions(rows: Iterable[ScorecardRow], stat: Statistic = "mean") -> list[Regression]:
    """The cohorts in which the candidate is worse beyond chance, the surest first.

    Every cohort of the rows is tested, so the p-values are adjusted (Holm): the chance that any cohort is named here
    without being worse is at most 5 %, for quantiles as far as docs/statistics.md shows. None is named whose interval
    holds no change, so that what is said and the interval beside it agree.
    """
    sure = _sure([row for row in rows if row.cohort != ANY and _testable(row, stat)], stat, "worse")
    worse = [Regression(row, p) for row, p in sure]
    return sorted(worse, key=lambda regression: (regression.p, -(regression.row.worsening(stat) or 0)))


def adjusted(rows: Iterable[ScorecardRow], stat: Statistic = "mean") -> dict[CellKey, float]:
    """The p-value against "worse" of every row that has one, adjusted for how many were looked at beside it (Holm).

    All cases of a metric are one question, its cohorts over all workflows a family, its single workflows another.
    """
    return {_key(row): p for family in _families(rows) for row, p in p_values(family, stat)}


def marks(rows: Iterable[ScorecardRow], stat: Statistic = "mean") -> dict[CellKey, str]:
    """`▼` where the candidate is worse beyond chance, `▲` where better, `≈` where the same, by row; see `readings`."""
    return {key: MARKS[reading] for key, reading in readings(rows, stat).items() if reading in MARKS}


def readings(rows: Iterable[ScorecardRow], stat: Statistic = "mean") -> dict[CellKey, Reading]:
    """What may be said of the change of every row, adjusted for how many were looked at beside it.

    Worse and better by Holm's method; the same by intervals that hold together (Bonferroni).
    """
    return {_key(row): reading for family in _families(rows) for row, reading in read(family, stat)}


def read(family: Sequence[ScorecardRow], stat: Statistic = "mean") -> list[tuple[ScorecardRow, Reading]]:
    """What may be said of rows that are looked at together, and so share the error; see `readings`."""
    told = {id(row): _unsure(row, stat) for row in family}
    told |= {id(row): "same" for row in _same(family, stat)}
    tested = [row for row in family if _testable(row, stat)]
    told |= {id(row): reading for reading in _SURE for row, _ in _sure(tested, stat, reading)}
    return [(row, told[id(row)]) for row in family]


def _unsure(row: ScorecardRow, stat: Statistic) -> Reading:
    return "unchanged" if row.worsening(stat) == 0 and stat not in row.margins else "cannot tell"


def _same(family: Sequence[ScorecardRow], stat: Statistic) -> list[ScorecardRow]:
    """The rows of a family whose changes all lie within their margins, with 95 % confidence for all of them."""
    own = [row for row in family if row.margins.get(stat) and row.difference(stat) is not None]
    if not own:
        return []
    confidence = uncertainty.for_all(len(own))
    return [row for row in own if row.is_same(stat, confidence)]


def _key(row: ScorecardRow) -> CellKey:
    return row.metric, row.workflow, row.cohort


def _testable(row: ScorecardRow, stat: Statistic) -> bool:
    return row.sign is not None and row.difference(stat) is not None


def _sure(family: Sequence[ScorecardRow], stat: Statistic, reading: Reading) -> list[tuple[ScorecardRow, float]]:
    """The rows that are worse, or better, beyond chance, with their adjusted p-values.

    A row whose interval holds no change is none whatever its p-value, which need not be worked out then, and neither is
    one that is the same within its margin.
    """
    same = {id(row) for row in _same(family, stat)}
    p_each = [_p(row, stat, reading) if id(row) not in same and _leads(row, stat) == reading else 1.0 for row in family]
    return [(row, p) for row, p in zip(family, intervals.holm(p_each), strict=True) if p <= ALPHA]


def _leads(row: ScorecardRow, stat: Statistic) -> Reading:
    """Which way the change surely is, however small."""
    worsened = row.worsened(stat)
    return planning.judge(worsened, "lower") if worsened else "cannot tell"


def _p(row: ScorecardRow, stat: Statistic, reading: Reading) -> float:
    """One-sided against worse, or against better: that is against worse where the other way is better."""
    if reading == "better":
        row = replace(row, baseline=_turned(row.baseline), candidate=_turned(row.candidate))
    difference = row.difference(stat)
    return difference.p if difference else 1.0


def _turned(cell: Cell | None) -> Cell | None:
    other: dict[str, Direction] = {"higher": "lower", "lower": "higher"}
    return cell and cell.model_copy(update={"direction": other.get(cell.direction, cell.direction)})


def _families(rows: Iterable[ScorecardRow]) -> list[list[ScorecardRow]]:
    """The rows that are looked at together, and so share the error."""
    families: dict[tuple[str, str], list[ScorecardRow]] = {}
    for row in rows:
        kind = "workflow" if row.workflow != ANY else "cohort" if row.cohort != ANY else ANY
        families.setdefault((row.metric, kind), []).append(row)
    return list(families.values())


def p_values(family: Iterable[ScorecardRow], stat: Statistic) -> list[tuple[ScorecardRow, float]]:
    """Those that have one, adjusted for all of them."""
    looked = [(row, row.difference(stat)) for row in family if row.sign is not None]
    tested = [(row, difference.p) for row, difference in looked if difference is not None]
    adjusted = intervals.holm([p for _, p in tested])
    return [(row, p) for (row, _), p in zip(tested, adjusted, strict=True)]


def place(row: ScorecardRow | Cell) -> str:
    """Where a row or a figure stands, in words: `refund, language=ja` or `all cases`."""
    parts = [part for part in (row.workflow, row.cohort) if part != ANY]
    return ", ".join(parts) or tr("all cases")
