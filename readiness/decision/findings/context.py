"""What a finding stands on: the facts of one assessment, indexed for the questions that checks ask."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from readiness import formatting
from readiness.decision import doubts
from readiness.decision.answers import Outcome
from readiness.decision.facts import Facts
from readiness.decision.packet import Packet
from readiness.language import marked, tr, within
from readiness.model.cells import Cell
from readiness.model.checklist import Metric
from readiness.model.evidence import Evidence, fresh
from readiness.model.judges import base, judge_of
from readiness.model.policy import ReleasePolicy
from readiness.model.record import ANY
from readiness.model.traces import Trace
from readiness.scorecard import gate_words
from readiness.scorecard.compare import ScorecardRow, place
from readiness.scorecard.gates import GateResult
from readiness.scorecard.judges import JudgeCheck

from . import wording

WEIGHT: tuple[Outcome, ...] = ("contradicts", "uncovered", "silent", "supports")
"""The outcome of a signal is that of its weightiest check."""


@dataclass(frozen=True)
class CheckResult:
    """What one check finds; `why` is a clause that fits behind "but" and holds the figures.

    `partly` says of what speaks against a claim, or leaves part of it out, that it holds somewhere, as an answer
    "partial" admits.
    """

    outcome: Outcome
    why: str
    partly: bool = False


@dataclass(frozen=True)
class EvidenceContext:
    """`rows` hold fresh figures of candidate and baseline only, `facts` everything that is stored.

    `metrics` are those that the checklist knows; `apart` are dimensions that tell loads or severities apart, and not
    groups of users.
    """

    facts: Facts
    rows: Sequence[ScorecardRow]
    gates: Sequence[GateResult]
    packet: Packet
    as_of: dt.date
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    apart: frozenset[str] = frozenset()

    def name(self, metric: str) -> str:
        """A metric inside a sentence."""
        known = self.metrics.get(metric)
        return within(tr(known.name) if known else metric)

    def gate(self, result: GateResult) -> str:
        """A gate in words, and why it stands as it does."""
        return gate_words.sentence(result, self.metrics.get(result.gate.metric))

    @property
    def candidate(self) -> str:
        return self.facts.assessment.candidate

    @property
    def policy(self) -> ReleasePolicy | None:
        return self.facts.policy

    @cached_property
    def judges(self) -> Mapping[str, list[JudgeCheck]]:
        """The judges that the policy names, by metric, each with its agreement with people."""
        return self.facts.judges(self.as_of)

    @cached_property
    def _by_metric(self) -> Mapping[str, list[ScorecardRow]]:
        by_metric: dict[str, list[ScorecardRow]] = defaultdict(list)
        for row in self.rows:
            by_metric[row.metric].append(row)
        for metric, variant in self._by_judge(by_metric).items():
            by_metric.setdefault(metric, by_metric[variant])
        return by_metric

    def _by_judge(self, metrics: Collection[str]) -> Mapping[str, str]:
        """What stands for a metric that only judges have by name: the only one, or the one that the policy names."""
        variants: dict[str, list[str]] = defaultdict(list)
        for name in metrics:
            if base(name) != name:
                variants[base(name)].append(name)
        named = {metric: [check.judge.judge for check in checks] for metric, checks in self.judges.items()}
        chosen: dict[str, str] = {}
        for metric, own in variants.items():
            candidates = [name for name in own if judge_of(name) in named.get(metric, ())] or own
            chosen |= {metric: candidates[0]} if len(candidates) == 1 else {}
        return chosen

    def overall(self, metric: str) -> Cell | None:
        """The candidate's figure over all cases."""
        return self.by(metric, "").get("")

    def by(self, metric: str, by: str) -> dict[str, Cell | None]:
        """The candidate's figure for each workflow or cohort; None where only the baseline or another metric has it.

        Where the assessment says what is expected, it is that and nothing else. Not split by anything, the figure over
        all cases stands under "".
        """
        return {value: row.candidate if row else None for value, row in self.rows_by(metric, by).items()}

    def rows_by(self, metric: str, by: str) -> dict[str, ScorecardRow | None]:
        """The same with the figure of the baseline beside that of the candidate."""
        expected = self.expected(by)
        rows: dict[str, ScorecardRow | None] = dict.fromkeys(expected or self._known.get(by, ()))
        there = self._rows_of(metric).get(by, {})
        return rows | {value: row for value, row in there.items() if not expected or value in rows}

    def _rows_of(self, metric: str) -> Mapping[str, Mapping[str, ScorecardRow]]:
        """The rows of a metric by what they are split by, and by their value of it."""
        if metric not in self._looked_through:
            rows: dict[str, dict[str, ScorecardRow]] = defaultdict(dict)
            for row in self._by_metric.get(metric, ()):
                for by, value in self._split(row):
                    rows[by][value] = row
            self._looked_through[metric] = rows
        return self._looked_through[metric]

    @cached_property
    def _looked_through(self) -> dict[str, Mapping[str, Mapping[str, ScorecardRow]]]:
        """The metrics that somebody asked for already."""
        return {}

    def everywhere(self, metric: str) -> dict[str, Cell]:
        """Each of the candidate's figures by its place, expected or not; that over all cases stands first, under ""."""
        rows = [row for row in self._by_metric.get(metric, ()) if row.candidate]
        return {"" if row.workflow == row.cohort == ANY else place(row): row.candidate for row in rows if row.candidate}

    def every_file(self, metric: str) -> Sequence[Cell]:
        """The candidate's figures in all files that are fresh, also where another file took their place."""
        return self.facts.cells.fresh(self.candidate, self.as_of).cells.get(metric, ())

    def classes(self, of: str) -> list[str]:
        """The metrics into which cases of the candidate are sorted: `failure_class/timeout`."""
        return sorted(metric for metric in self._by_metric if metric.startswith(f"{of}/") and self.known(metric))

    def expected(self, by: str) -> tuple[str, ...]:
        """The workflows or cohorts that the assessment expects; none where it does not say."""
        expected = self.facts.assessment.expected
        if by == "workflow":
            return tuple(expected.workflows)
        return tuple(
            cohort for cohort in expected.cohorts if by == cohort.partition("=")[0] or (by == "cohort" and cohort)
        )

    @cached_property
    def _known(self) -> Mapping[str, Sequence[str]]:
        """Workflows and cohorts that any fresh figure names, the cohorts also by their dimension."""
        known: dict[str, dict[str, None]] = defaultdict(dict)
        for row in self.rows:
            for by, value in self._split(row):
                if by:
                    known[by][value] = None
        return {kind: sorted(values) for kind, values in known.items()}

    @cached_property
    def traces(self) -> Sequence[Trace]:
        """Fresh traces of the candidate."""
        return [trace for trace, _ in fresh(self._own_traces(), self.as_of)]

    @property
    def files_with(self) -> Mapping[str, frozenset[str]]:
        """For each metric the names, in lower case, of fresh files with cases of the candidate."""
        return self.facts.cells.fresh(self.candidate, self.as_of).files

    @cached_property
    def files_with_traces(self) -> frozenset[str]:
        """The names, in lower case, of fresh files with traces of the candidate."""
        return frozenset(file.name.lower() for _, file in fresh(self._own_traces(), self.as_of))

    @cached_property
    def file_names(self) -> frozenset[str]:
        """The names of all files, in lower case."""
        files = (*self.facts.cells.files, *(file for _, file in self.facts.traces))
        return frozenset(file.name.lower() for file in files)

    def _own_traces(self) -> Iterator[tuple[Trace, Evidence]]:
        return ((trace, file) for trace, file in self.facts.traces if trace.version == self.candidate)

    def known(self, metric: str) -> bool:
        """Whether any figure of the candidate is fresh."""
        return any(row.candidate for row in self._by_metric.get(metric, ()))

    def no_figure(self, metric: str, by: str = "") -> CheckResult:
        """Why no figure answers, split as asked: all are stale or of another version, or there are none.

        Where the metric is known but not as asked, the evidence leaves something out; else it is silent.
        """
        outcome: Outcome = "uncovered" if self.known(metric) else "silent"
        stored = self.facts.cells.stated(metric)
        asked = [(cell, file) for cell, file in stored if by in dict(self._split(cell))]
        candidate, split = self.candidate, wording.noun(by)
        name = " ".join([self.name(metric), *([tr("by {dimension}", dimension=split)] if asked and by else [])])
        if not asked and self.known(metric):
            clause = tr("no figures of {candidate} show {metric} over all cases", candidate=candidate, metric=name)
            if by:
                text = marked("no figures of {candidate} split {metric} by {dimension}")
                clause = tr(text, candidate=candidate, metric=name, dimension=split)
            return CheckResult(outcome, clause)
        if own := [file for cell, file in asked or stored if cell.version == self.candidate]:
            text = marked("the figures of {metric} for {candidate} {why}")
            return CheckResult(outcome, tr(text, metric=name, candidate=candidate, why=self._age(own)))
        if versions := sorted({cell.version for cell, _ in asked or stored}):
            text = marked("figures of {metric} are stored for {versions} only, not for {candidate}")
            told = formatting.listed(versions[:3])
            return CheckResult(outcome, tr(text, metric=name, versions=told, candidate=candidate))
        return CheckResult(outcome, tr("no figure of {metric} is stored", metric=name))

    def no_trace(self) -> CheckResult:
        """Why the traces say nothing."""
        if own := [file for _, file in self._own_traces()]:
            return CheckResult(
                "silent", tr("the traces of {candidate} {why}", candidate=self.candidate, why=self._age(own))
            )
        if self.facts.traces:
            return CheckResult(
                "silent", tr("the traces that are stored are not of {candidate}", candidate=self.candidate)
            )
        return CheckResult("silent", tr("no trace is stored"))

    def _split(self, at: ScorecardRow | Cell) -> Iterator[tuple[str, str]]:
        """What a figure is split by, with its value: nothing where it is crossed, a cohort also by its dimension."""
        if at.cohort == ANY:
            yield ("", "") if at.workflow == ANY else ("workflow", at.workflow)
        elif at.workflow == ANY:
            dimension = at.cohort.partition("=")[0]
            if dimension not in ("", "workflow"):
                yield dimension, at.cohort
            if dimension not in self.apart:
                yield "cohort", at.cohort

    def _age(self, files: Sequence[Evidence]) -> str:
        """Why none of the files counts today, by one that does not add up, or by the one that was measured last."""
        if doubtful := next((file for file in files if file.freshness(self.as_of) == "doubtful"), None):
            return doubts.why_silent(doubtful)
        dated = [file for file in files if file.measured_on is not None]
        if not dated:
            return tr("have no date of measurement")
        last = max(dated, key=lambda file: file.measured_on or dt.date.min)
        if last.freshness(self.as_of) == "later":
            return tr("are dated {day}, which is still to come", day=formatting.day(last.measured_on))
        shelf_life = formatting.count(last.shelf_life_days, "day")
        return tr("date from {day} and count for {days} only", day=formatting.day(last.measured_on), days=shelf_life)
