"""Incidents held against a version: each speaks against the answers it touches until evidence answers it. Pure.

An incident speaks from its day on, against the version that ran and every later one. It is answered by a gate that
looks at where it happened and passes, by a test case that passed for this version in a file that still counts, or by a
trace of this version that a person labelled good.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from readiness import formatting
from readiness.language import tr
from readiness.model.evidence import fresh
from readiness.model.incidents import StoredIncident, StoredIncidentAnswer
from readiness.model.policy import Gate
from readiness.model.record import ANY
from readiness.scorecard.gates import GateResult

from .facts import Facts


@dataclass(frozen=True)
class IncidentStanding:
    """`answer` is the evidence that answers it for the version under review; None where it is open."""

    incident: StoredIncident
    answer: StoredIncidentAnswer | None = None

    @property
    def why(self) -> str:
        """What it says against an answer, as a clause without what somebody wrote: it leaves in packs."""
        record = self.incident.record
        number, day = self.incident.id, formatting.day(record.on)
        if not record.cohort:
            return tr("incident {number} of {day} is not answered yet", number=number, day=day)
        cohort = record.cohort
        return tr("incident {number} of {day} for {cohort} is not answered yet", number=number, day=day, cohort=cohort)


def standings(facts: Facts, gates: Sequence[GateResult], as_of: dt.date) -> list[IncidentStanding]:
    """Those that speak on the day, in the order they were reported."""
    there = [one for one in facts.incidents if not one.withdrawn and one.record.on <= as_of]
    return [IncidentStanding(one, _answer(one, facts, gates, as_of)) for one in there]


def against(standings: Iterable[IncidentStanding], signal: str) -> list[IncidentStanding]:
    """The open ones that touch a signal."""
    return [one for one in standings if one.answer is None and signal in one.incident.record.signals]


def covers(gate: Gate, incident: StoredIncident) -> bool:
    """Whether a gate looks at the workflow and the cohort in which it happened."""
    record = incident.record
    return _at(gate.workflow, record.workflow) and _at(gate.cohort, record.cohort)


def _at(asked: str, where: str) -> bool:
    """A gate over all together shows nothing of one of them; one on each of them speaks of all."""
    return asked in ("each", where or ANY)


def _answer(
    one: StoredIncident, facts: Facts, gates: Sequence[GateResult], as_of: dt.date
) -> StoredIncidentAnswer | None:
    """The last of its answers that holds."""
    return next((answer for answer in reversed(one.answers) if _holds(one, answer, facts, gates, as_of)), None)


def _holds(
    one: StoredIncident, answer: StoredIncidentAnswer, facts: Facts, gates: Sequence[GateResult], as_of: dt.date
) -> bool:
    record = answer.record
    if record.kind == "gate":
        named = [result for result in gates if result.gate.subject == record.reference and covers(result.gate, one)]
        return bool(named) and all(result.state == "pass" for result in named)
    if record.version != facts.assessment.candidate:
        return False
    if record.kind == "case":
        return any(file.digest == record.digest and not file.stale(as_of) for file in facts.cells.files)
    return any(
        (trace.trace_id, trace.version, trace.path) == (record.reference, record.version, "good")
        for trace, _ in fresh(facts.traces, as_of)
    )
