"""What was promised before a rollout, held against what is measured in operation, week by week. Pure.

A rollout's weeks are counted from the day it went into the first stage that answers anybody. The figures of a week are
those that were measured in it in whichever stage, the last of each; beside them stands the figure of the release's own
scorecard.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from readiness import clock, names
from readiness.model.assessment import Assessment
from readiness.model.cells import Cell
from readiness.model.checklist import Metric
from readiness.model.evidence import Evidence, fresh
from readiness.model.monitoring import Alert, MonitoringPlan
from readiness.model.policy import Gate, RolloutStage
from readiness.model.record import ANY
from readiness.model.stages import StoredStep
from readiness.model.weeks import WeekState
from readiness.scorecard import compare, margins
from readiness.scorecard.compare import CellKey, Reading, ScorecardRow
from readiness.scorecard.gates import GateResult, judge

from .facts import Facts

DAYS = 7
_PROMISED = "as promised"
"""Stands for the version whose figures were measured before the rollout; no assessment compares it with anything."""


@dataclass(frozen=True)
class RolloutWeek:
    """`last` is its seventh day."""

    number: int
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class AlertAnswer:
    """An alert, and what the figures make of its bounds; None where it states none."""

    alert: Alert
    result: GateResult | None

    @property
    def fired(self) -> bool:
        return self.result is not None and self.result.state == "fail"


@dataclass(frozen=True)
class WatchAnswer:
    """An item of the watch list, and the figures of the metrics that it names; none where it names none."""

    item: str
    rows: Sequence[ScorecardRow]


@dataclass(frozen=True)
class ObservedWeek:
    """A week as far as it was measured, on `measured_on` for the last time; None where it was not.

    A row has what was promised as its baseline and what was measured as its candidate. `readings` say of each whether
    it is surely worse, adjusted for how many were looked at in this week. `watched` are metrics that the plan covers,
    `bounds` the release's own gates, without what they allow against the baseline.
    """

    week: RolloutWeek
    rows: Sequence[ScorecardRow]
    readings: Mapping[CellKey, Reading]
    bounds: Sequence[GateResult]
    alerts: Sequence[AlertAnswer]
    watch: Sequence[WatchAnswer]
    watched: frozenset[str]
    measured_on: dt.date | None

    @property
    def worse(self) -> list[ScorecardRow]:
        return [row for row in self.measured if self.reading(row) == "worse"]

    @property
    def measured(self) -> list[ScorecardRow]:
        return [row for row in self.rows if row.candidate is not None]

    @property
    def unmeasured(self) -> list[ScorecardRow]:
        """What was promised and not measured, of metrics that the plan watches or that were measured at all."""
        asked = self.watched | {row.metric for row in self.measured}
        return [row for row in self.rows if row.candidate is None and row.metric in asked]

    @property
    def asked(self) -> list[GateResult]:
        """The release's bounds, and those of alerts that state any."""
        return [*self.bounds, *(answer.result for answer in self.alerts if answer.result)]

    def reading(self, row: ScorecardRow) -> Reading:
        return self.readings[row.metric, row.workflow, row.cohort]

    @property
    def state(self) -> WeekState:
        """Off where an alert or a bound fails or a figure is surely worse; unclear where anything cannot be told."""
        if self.measured_on is None:
            return "silent"
        if self.worse or any(result.state == "fail" for result in self.asked):
            return "off"
        compared = any(row.baseline for row in self.measured)
        open_ = any(result.state != "pass" for result in self.asked) or not (self.asked or compared)
        return "unclear" if open_ or self.unmeasured else "kept"


def begun(steps: Sequence[StoredStep], as_of: dt.date) -> dt.date | None:
    """The day on which the rollout that runs on a day began to answer anybody; None where none runs.

    A shadow answers nobody.
    """
    first = None
    for step in steps:
        day = clock.day_of(step.at)
        if day > as_of:
            break
        if step.record.action == "roll back":
            first = None
        elif step.record.action == "advance" and not RolloutStage(name=step.record.stage).shadow:
            first = first or day
    return first


def since(began: dt.date, as_of: dt.date) -> list[RolloutWeek]:
    """The weeks that have begun by a day, the first one first."""
    count = (as_of - began).days // DAYS + 1
    starts = [began + dt.timedelta(days=DAYS * number) for number in range(count)]
    return [RolloutWeek(at, first, first + dt.timedelta(days=DAYS - 1)) for at, first in enumerate(starts, 1)]


def observed(
    facts: Facts, promised: Sequence[ScorecardRow], week: RolloutWeek, metrics: Mapping[str, Metric], as_of: dt.date
) -> ObservedWeek:
    """A week of the candidate beside what its scorecard promised, of the metrics that are watched or were measured.

    The figures of other metrics, which may be many, are left alone.
    """
    filed = list(_filed(facts, week, as_of))
    gates, plan = facts.policy.gates if facts.policy else [], facts.monitoring or MonitoringPlan()
    watched = _watched(plan, promised, metrics) if filed else frozenset()
    asked = watched | {cell.metric for cell, _ in filed}
    listed = [item for item in plan.watch_list if item.strip()]
    shown = asked | {row.metric for row in promised if any(_is_named(item, row, metrics) for item in listed)}
    beside = [row.candidate for row in promised if row.metric in shown]
    rows = _beside(facts, beside, filed, week, metrics, as_of)
    expected = facts.assessment.expected
    return ObservedWeek(
        week=week,
        rows=rows,
        readings=compare.readings(rows),
        bounds=judge([gate for gate in map(_bound, gates) if gate and gate.metric in asked], rows, None, expected),
        alerts=[
            AlertAnswer(alert, judge([alert.gate], rows, None, expected)[0] if alert.gate else None)
            for alert in plan.alerts
        ],
        watch=[WatchAnswer(item, _named(item, rows, metrics)) for item in listed],
        watched=watched,
        measured_on=max((file.measured_on for _, file in filed if file.measured_on), default=None),
    )


def _watched(plan: MonitoringPlan, promised: Sequence[ScorecardRow], metrics: Mapping[str, Metric]) -> frozenset[str]:
    """The metrics with a figure that the plan covers, by id or name."""
    covered = {names.words(name) for name in plan.covers}
    there = {row.metric: _name(row, metrics) for row in promised}
    return frozenset(metric for metric, name in there.items() if covered & {names.words(metric), names.words(name)})


def against_baseline(
    facts: Facts, promised: Sequence[ScorecardRow], week: RolloutWeek, metrics: Mapping[str, Metric], as_of: dt.date
) -> list[ScorecardRow]:
    """The same figures of a week beside those of the baseline, as the scorecard of the release has them."""
    filed = list(_filed(facts, week, as_of))
    measured = {cell.metric for cell, _ in filed}
    return _beside(facts, [row.baseline for row in promised if row.metric in measured], filed, week, metrics, as_of)


def _filed(facts: Facts, week: RolloutWeek, as_of: dt.date) -> Iterator[tuple[Cell, Evidence]]:
    """What was measured in a week, in files that count on its last day."""
    day = min(week.last, as_of)
    within = (pair for pair in _of_candidate(facts) if week.first <= (pair[1].measured_on or dt.date.min) <= day)
    return fresh(within, day)


def _beside(
    facts: Facts,
    cells: Iterable[Cell | None],
    filed: Sequence[tuple[Cell, Evidence]],
    week: RolloutWeek,
    metrics: Mapping[str, Metric],
    as_of: dt.date,
) -> list[ScorecardRow]:
    """Figures of the scorecard on one side, what was measured in a week on the other."""
    shown = [cell.model_copy(update={"version": _PROMISED}) for cell in cells if cell]
    found = compare.pick(filed, min(week.last, as_of)).cells
    sides = Assessment(baseline=_PROMISED, candidate=facts.assessment.candidate)
    gates = facts.policy.gates if facts.policy else []
    return margins.given(compare.compare(sides, [*shown, *found]), gates, list(metrics.values()))


def silent_since(facts: Facts, as_of: dt.date) -> dt.date | None:
    """Since when a rollout that runs was not measured, where that is longer than the plan allows; else None.

    A plan that names no cadence looks every week.
    """
    if facts.running_since is None:
        return None
    last = last_measured(facts, as_of) or facts.running_since
    allowed = (facts.monitoring or MonitoringPlan()).days_between
    return last if (as_of - last).days > allowed else None


def last_measured(facts: Facts, as_of: dt.date) -> dt.date | None:
    """The last day on which the candidate was measured in operation since its rollout began."""
    days = {file.measured_on for _, file in _of_candidate(facts) if file.measured_on and not file.doubted}
    began = facts.running_since or dt.date.max
    return max((day for day in days if began <= day <= as_of), default=None)


def turns(facts: Facts, as_of: dt.date) -> list[dt.date]:
    """The day from which a rollout has gone too long without a figure, if nothing more is measured."""
    if facts.running_since is None:
        return []
    last = last_measured(facts, as_of) or facts.running_since
    return [last + dt.timedelta(days=(facts.monitoring or MonitoringPlan()).days_between + 1)]


def _of_candidate(facts: Facts) -> list[tuple[Cell, Evidence]]:
    candidate = facts.assessment.candidate
    return [pair for cells in facts.staged.values() for pair in cells.of_version(candidate)]


def _bound(gate: Gate) -> Gate | None:
    """A gate as a promise for operation: what it asks of the candidate alone, looked at once a week."""
    if gate.min is None and gate.max is None and not gate.critical:
        return None
    return gate.model_copy(update={"max_regression": None, "looks": None})


def _named(item: str, rows: Sequence[ScorecardRow], metrics: Mapping[str, Metric]) -> list[ScorecardRow]:
    """The rows of the metrics that an item names by id or name, of a cohort or kind of cohorts if it names one too."""
    own = [row for row in rows if _is_named(item, row, metrics)]
    parts = [(row, *row.cohort.partition("=")) for row in own]
    of_value = [row for row, _, _, value in parts if _says(item, value)]
    of_kind = [row for row, kind, _, value in parts if value and _says(item, kind)]
    overall = [row for row in own if (row.workflow, row.cohort) == (ANY, ANY)]
    return of_value or of_kind or overall or own


def _is_named(item: str, row: ScorecardRow, metrics: Mapping[str, Metric]) -> bool:
    return _says(item, row.metric) or _says(item, _name(row, metrics))


def _name(row: ScorecardRow, metrics: Mapping[str, Metric]) -> str:
    known = metrics.get(row.metric)
    return known.name if known else ""


def _says(item: str, name: str) -> bool:
    """Whether a text holds the words of a name side by side."""
    return bool(names.words(name)) and f" {names.words(name)} " in f" {names.words(item)} "
