"""How far the judge of a metric agrees with people: Cohen's κ, and how often each label is met. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from readiness import formatting
from readiness.language import numeral, tr, trn
from readiness.model.cells import Cell
from readiness.model.evidence import Evidence, fresh
from readiness.model.judges import KAPPA, TNR, TPR, Judge, base, judge_of, names
from readiness.model.record import ANY

from . import uncertainty
from .compare import ScorecardRow
from .intervals import Interval, exact
from .uncertainty import Difference

KINDS = (KAPPA, TPR, TNR)
"""What the figures of a judge's agreement with people are called, before the name of its metric."""


@dataclass(frozen=True)
class Labels:
    """Cases with a label of a person and one of the judge: `hit` and `missed` are those that people pass."""

    hit: int
    missed: int
    rejected: int
    accepted: int

    @property
    def n(self) -> int:
        return self.hit + self.missed + self.rejected + self.accepted

    @property
    def chance(self) -> float:
        """The agreement that both would reach by their own shares of passes alone."""
        by_people, by_judge = (self.hit + self.missed) / self.n, (self.hit + self.accepted) / self.n
        return by_people * by_judge + (1 - by_people) * (1 - by_judge)

    @property
    def kappa(self) -> float | None:
        """Cohen 1960, Educ. Psychol. Meas. 20:37–46: (p − c) / (1 − c) of the agreement p beyond that of chance c.

        None where both give every case the same label, of which nothing can be told from chance.
        """
        if not self.n or self.chance == 1:
            return None
        return _beyond((self.hit + self.rejected) / self.n, self.chance)

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of κ: the limits of `intervals.exact` for the agreement, with that of chance as it was.

        Cohen's own interval (1960) takes chance for known too, with √(p (1 − p) / n) in place of the exact limits; it
        shrinks to a point where all labels agree, which this one never does. In simulated labels of 20, 50 and 200
        cases (κ 0.34 to 0.96, 50 to 95 % passing) it held κ in 96 % or more.
        """
        if self.kappa is None:
            return None
        agreement = exact(self.hit + self.rejected, self.n)
        return Interval(max(-1.0, _beyond(agreement.low, self.chance)), _beyond(agreement.high, self.chance))


def _beyond(agreement: float, chance: float) -> float:
    return (agreement - chance) / (1 - chance)


@dataclass(frozen=True)
class Agreement:
    """Of one judge on `n` cases; `stated` where a person says so in the policy and no file shows the cases."""

    n: int
    kappa: float | None
    interval: Interval | None
    tpr: float | None = None
    tnr: float | None = None
    stated: bool = False


@dataclass(frozen=True)
class JudgeCheck:
    """A judge that the policy names, and its agreement with people where it is known."""

    judge: Judge
    agreement: Agreement | None

    @property
    def told(self) -> str:
        """`judge agrees with people: κ 0.78 (n 120)`, or that nobody checked it."""
        agreement = self.agreement
        if agreement is None:
            return tr("judge not checked")
        cases = formatting.whole(agreement.n)
        if agreement.kappa is None:
            return tr("judge and people gave all {cases} cases one label, so that κ cannot be told", cases=cases)
        details = [f"n {cases}"]
        if agreement.interval:
            details.append(tr("95 % interval {interval}", interval=_between(agreement.interval)))
        if agreement.stated:
            details.append(tr("as stated"))
        kappa = numeral(f"{agreement.kappa:.2f}")
        return tr("judge agrees with people: κ {kappa} ({details})", kappa=kappa, details=", ".join(details))

    @property
    def sentence(self) -> str:
        return tr("scored by {judge}: {agreement}", judge=self.judge.label, agreement=self.told)


def _between(interval: Interval) -> str:
    """An interval of κ."""
    low, high = (numeral(f"{side:.2f}") for side in (interval.low, interval.high))
    return tr("{low} to {high}", low=low, high=high)


def checked(
    judges: Iterable[Judge], cells: Sequence[tuple[Cell, Evidence]], as_of: dt.date
) -> dict[str, list[JudgeCheck]]:
    """The judges that a policy names by metric, each with its agreement: that of fresh labels, else as stated.

    `cells` are figures of `KINDS`.
    """
    labelled = list(fresh(cells, as_of))
    by_metric: dict[str, list[JudgeCheck]] = {}
    for judge in judges:
        by_metric.setdefault(judge.metric, []).append(JudgeCheck(judge, _measured(judge, labelled) or _stated(judge)))
    return by_metric


def _measured(judge: Judge, cells: Sequence[tuple[Cell, Evidence]]) -> Agreement | None:
    """Of the file that was measured last, one that names the judge before one that names the metric only.

    The labels are of any version of the system, since it is the judge that they are about.
    """
    for name in (*names(judge.metric, judge.judge), judge.metric):
        files: dict[tuple[dt.date, str, str], dict[str, Cell]] = {}
        for cell, file in cells:
            kind, _, metric = cell.metric.partition("/")
            if metric == name and cell.workflow == cell.cohort == ANY:
                day = file.measured_on or dt.date.min
                files.setdefault((day, file.digest, cell.version), {})[kind] = cell
        whole = [files[key] for key in sorted(files) if KAPPA in files[key]]
        if whole:
            return _of(whole[-1])
    return None


def _of(figures: Mapping[str, Cell]) -> Agreement:
    """The labels again, which the counts of both rates tell."""
    kappa, tpr, tnr = figures[KAPPA], figures.get(TPR), figures.get(TNR)
    hit, rejected = (cell.passed or 0 if cell else 0 for cell in (tpr, tnr))
    missed, accepted = ((cell.n or 0) - (cell.passed or 0) if cell else 0 for cell in (tpr, tnr))
    labels = Labels(hit, missed, rejected, accepted)
    interval = labels.interval if labels.n == kappa.n else None
    met, refused = (cell.mean if cell else None for cell in (tpr, tnr))
    return Agreement(kappa.n or 0, kappa.mean, interval, met, refused)


def _stated(judge: Judge) -> Agreement | None:
    """κ as the policy states it, or of its rates where people pass half of the cases: tpr + tnr − 1.

    The interval is that of labels half of which pass, since how many did is not stated; κ 0.78 is an agreement of 0.89.
    """
    if judge.n is None:
        return None
    kappa = judge.kappa
    if kappa is None and judge.tpr is not None and judge.tnr is not None:
        kappa = judge.tpr + judge.tnr - 1
    if kappa is None:
        return None
    agreement = exact((1 + kappa) / 2 * judge.n, judge.n)
    interval = Interval(_beyond(agreement.low, 0.5), _beyond(agreement.high, 0.5))
    return Agreement(judge.n, kappa, interval, judge.tpr, judge.tnr, stated=True)


@dataclass(frozen=True)
class SharedCases:
    """The cases that two judges scored both: of how many (`differ`) the scores are not the same, as a share.

    `change` is the mean of one judge less that of the other; `labels` are there where every case passed or failed.
    """

    cases: int
    differ: int
    interval: Interval
    change: float
    labels: Labels | None = None

    @property
    def sentence(self) -> str:
        share = formatting.figure(self.differ / self.cases, "ratio")
        span = formatting.between(self.interval.low, self.interval.high, "ratio")
        told = trn(
            "of the {n} case that both judged they differ in {differ} ({share}, 95 % interval {interval})",
            "of the {n} cases that both judged they differ in {differ} ({share}, 95 % interval {interval})",
            self.cases,
            differ=formatting.whole(self.differ),
            share=share,
            interval=span,
        )
        if self.labels is None:
            return told
        kappa, limits = self.labels.kappa, self.labels.interval
        if kappa is None or limits is None:
            return f"{told}, {tr('where κ cannot be told since both gave every case one label')}"
        return f"{told}, κ {numeral(f'{kappa:.2f}')} ({_between(limits)})"


@dataclass(frozen=True)
class Disagreement:
    """Two judges of one metric over all cases of one version; the difference is that of `one` less `other`.

    `shared` are the cases that both judged, where these are kept; the difference is then that of the same cases.
    """

    metric: str
    one: Cell
    other: Cell
    difference: Difference | None
    shared: SharedCases | None = None

    @property
    def sentence(self) -> str:
        sides = [
            f"{judge_of(cell.metric) or tr('no named judge')} {formatting.figure(cell.mean, cell.unit)} "
            f"({formatting.sample(cell)})"
            for cell in (self.one, self.other)
        ]
        between = f" {tr('against')} "
        told = f"{self.one.version}: {between.join(sides)}"
        if self.one.mean is None or self.other.mean is None:
            return f"{told}; {tr('their difference cannot be told')}"
        if self.shared is not None:
            told = f"{told}; {self.shared.sentence}"
        change = self.one.mean - self.other.mean if self.shared is None else self.shared.change
        by = formatting.difference(change, self.one.unit)
        if self.difference is None:
            unsure = tr("they differ by {difference}, with an interval that is not known", difference=by)
            return f"{told}; {unsure}"
        interval = self.difference.interval
        span = formatting.span((interval.low, interval.high), self.one.unit)
        told = f"{told}; {tr('they differ by {difference}, 95 % interval {interval}', difference=by, interval=span)}"
        apart = tr("as of different cases, since those that both judged are not kept")
        return told if self.shared else f"{told}, {apart}"


def disagreements(rows: Iterable[ScorecardRow], metric: str) -> list[Disagreement]:
    """Each two judges of a metric, over all cases of either version, as two independent sets of cases.

    Where both judged the same cases, and these are kept, `judge_pairs` says more.
    """
    own = [row for row in rows if row.workflow == row.cohort == ANY and base(row.metric) == base(metric)]
    pairs = []
    for side in ("baseline", "candidate"):
        cells = [cell for row in own if (cell := getattr(row, side)) is not None and cell.n]
        pairs += [(one, other) for at, one in enumerate(cells) for other in cells[at + 1 :] if one.unit == other.unit]
    return [Disagreement(base(metric), one, other, uncertainty.difference(other, one, None)) for one, other in pairs]
