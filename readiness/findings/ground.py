"""What a finding stands on: the facts of one assessment, indexed for the questions that checks ask."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from .. import words
from ..packet import Facts, Packet
from ..records import ANY, Cell, Evidence, ReleasePolicy, Trace
from ..scorecard import GateResult, Row
from ..verdict import Outcome


@dataclass(frozen=True)
class Said:
    """What one check finds; `why` is a clause that fits behind "but" and holds the figures.

    `partly` says of a contradiction that the claim holds somewhere, as an answer "partial" admits.
    """

    outcome: Outcome
    why: str
    partly: bool = False


@dataclass(frozen=True)
class Ground:
    """`rows` hold fresh figures of candidate and baseline only, `facts` everything that is stored.

    `names` are those of the metrics, in words.
    """

    facts: Facts
    rows: Sequence[Row]
    gates: Sequence[GateResult]
    packet: Packet
    as_of: dt.date
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, metric: str) -> str:
        """A metric inside a sentence."""
        name = self.names.get(metric, metric)
        return name[:1].lower() + name[1:]

    @property
    def candidate(self) -> str:
        return self.facts.assessment.candidate

    @property
    def policy(self) -> ReleasePolicy | None:
        return self.facts.policy

    @cached_property
    def _by_metric(self) -> Mapping[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows:
            found[row.metric].append(row)
        return found

    def overall(self, metric: str) -> Cell | None:
        """The candidate's figure over all cases."""
        rows = self._by_metric.get(metric, ())
        return next((row.candidate for row in rows if row.workflow == row.cohort == ANY), None)

    def by(self, metric: str, by: str) -> dict[str, Cell | None]:
        """The candidate's figure for each workflow or cohort; None where only the baseline or another metric has it."""
        found: dict[str, Cell | None] = dict.fromkeys(self._known.get(by, ()))
        for row in self._by_metric.get(metric, ()):
            if (value := _value(row, by)) is not None:
                found[value] = row.candidate
        return found

    @cached_property
    def _known(self) -> Mapping[str, Sequence[str]]:
        """Workflows and cohorts that any fresh figure names, the cohorts also by their dimension."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for row in self.rows:
            if row.cohort == ANY and row.workflow != ANY:
                found["workflow"][row.workflow] = None
            elif row.workflow == ANY and row.cohort != ANY:
                found["cohort"][row.cohort] = found[row.cohort.partition("=")[0]][row.cohort] = None
        return {kind: sorted(values) for kind, values in found.items()}

    @cached_property
    def traces(self) -> Sequence[Trace]:
        """Fresh traces of the candidate."""
        return [trace for trace, evidence in self._own_traces() if not evidence.stale(self.as_of)]

    def _own_traces(self) -> Iterator[tuple[Trace, Evidence]]:
        return ((trace, file) for trace, file in self.facts.traces if trace.version == self.candidate)

    def no_figure(self, metric: str) -> Said:
        """Why the metric says nothing: it is stale, of another version, or was never there."""
        held = [(cell, file) for cell, file in self.facts.cells if cell.metric == metric]
        own = [file for cell, file in held if cell.version == self.candidate]
        if own:
            return Said("silent", f"{self.name(metric)} of {self.candidate} {_age(own)}")
        if held:
            versions = words.listed(sorted({cell.version for cell, _ in held})[:3])
            return Said("silent", f"{self.name(metric)} is stored of {versions} only, not of {self.candidate}")
        return Said("silent", f"no figure of {self.name(metric)} is stored")

    def no_trace(self) -> Said:
        """Why the traces say nothing."""
        if own := [file for _, file in self._own_traces()]:
            return Said("silent", f"what the traces of {self.candidate} show {_age(own)}")
        if self.facts.traces:
            return Said("silent", f"the traces that are stored are not of {self.candidate}")
        return Said("silent", "no trace is stored")


def _value(row: Row, by: str) -> str | None:
    """The workflow or cohort that a row is about, if it is one of those asked for and not crossed with the other."""
    if by == "workflow":
        return row.workflow if row.cohort == ANY and row.workflow != ANY else None
    if row.workflow != ANY or row.cohort == ANY:
        return None
    return row.cohort if by in ("cohort", row.cohort.partition("=")[0]) else None


def _age(files: Sequence[Evidence]) -> str:
    dated = [file for file in files if file.measured_on is not None]
    if not dated:
        return "has no date of measurement"
    last = max(dated, key=lambda file: file.measured_on or dt.date.min)
    return (
        f"was measured on {words.day(last.measured_on)} and counts for {words.count(last.shelf_life_days, 'day')} only"
    )
