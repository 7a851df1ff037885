"""Stored evidence held against each mark: what it supports, what it contradicts, and where it is silent. Pure.

No finding changes a mark. Control is supported only if every check of its signal supports it, and contradicted if one
contradicts it. Evidence that leaves something out is uncovered; what is stale, of another version or not there is
silent. An answer "partial" admits that control fails somewhere, so evidence speaks against it only where nothing shows
that it holds anywhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from readiness.decision import incidents
from readiness.decision.answers import Finding
from readiness.model.assessment import Mark
from readiness.model.cells import APART
from readiness.model.checklist import Checklist, Signal
from readiness.model.checks import Check, RehearsalCheck
from readiness.model.policy import ReleasePolicy

from . import breadth, documents, figures, judging, paths, plugged, serving, stored
from .context import WEIGHT, CheckResult, EvidenceContext

KINDS: dict[str, Callable[[Any, EvidenceContext], CheckResult]] = {
    "measured": figures.measured,
    "spread": figures.spread,
    "no-regression": figures.no_regression,
    "classes": breadth.classes,
    "share": breadth.share,
    "level": figures.level,
    "never": figures.never,
    "tail": serving.tail,
    "load": serving.load,
    "gates": serving.gates,
    "judged": judging.judged,
    "traced": paths.traced,
    "failed-tool": paths.failed_tool,
    "stage-times": paths.stage_times,
    "budgets": documents.budgets,
    "fields": documents.fields,
    "staged": documents.staged,
    "approvers": documents.approvers,
    "rehearsal": documents.rehearsal,
    "covers": documents.covers,
    "complete": documents.complete,
    "plugin": plugged.plugin,
}
OF_GATES = ("gates", "tail")
"""The kinds of checks that read how the gates of the policy stand."""
SAID = 2
"""How many checks of a signal speak in its sentence."""

__all__ = ["KINDS", "CheckResult", "EvidenceContext", "answer", "by_check", "find", "turns"]


def find(checklist: Checklist, marks: Mapping[str, Mark], context: EvidenceContext) -> dict[str, Finding]:
    """A finding for each signal that has checks; where nobody has answered yet, it is of the answer "no"."""
    context = replace(context, apart=checklist.loads | APART)
    found = {signal.id: _judge(signal, marks.get(signal.id), context) for signal in checklist.all if signal.checks}
    return found | _of_incidents(checklist, found, context)


def _of_incidents(checklist: Checklist, found: Mapping[str, Finding], context: EvidenceContext) -> dict[str, Finding]:
    """An incident that nothing answers speaks against an answer, whatever else was measured."""
    standings = incidents.standings(context.facts, context.gates, context.as_of)
    spoken = {}
    for signal in checklist.all:
        if open_ := incidents.against(standings, signal.id):
            why = "; ".join(one.why for one in open_[:SAID])
            before = found.get(signal.id, Finding(signal.id, "silent", ""))
            spoken[signal.id] = replace(before, outcome="contradicts", why=why)
    return spoken


def of_gates(checklist: Checklist, marks: Mapping[str, Mark], context: EvidenceContext) -> dict[str, Finding]:
    """The findings that may change with how the gates stand, and with nothing else."""
    context = replace(context, apart=checklist.loads | APART)
    asked = [signal for signal in checklist.all if any(check.kind in OF_GATES for check in signal.checks)]
    found = {signal.id: _judge(signal, marks.get(signal.id), context) for signal in asked}
    return found | _of_incidents(checklist, found, context)


def turns(checklist: Checklist, policy: ReleasePolicy | None) -> list[dt.date]:
    """The days from which time alone may change a finding, apart from evidence that begins or ceases to count."""
    checks = [check for signal in checklist.all for check in signal.checks if isinstance(check, RehearsalCheck)]
    return [day for check in checks for day in documents.turns(check, policy)]


def answer(check: Check, context: EvidenceContext) -> CheckResult:
    """What one check finds."""
    return KINDS[check.kind](check, context)


def _is_asked(check: Check, context: EvidenceContext) -> bool:
    """Whether there is anything that a check is about; some are about what not every system has."""
    if check.kind == "classes":
        return bool(context.classes(check.of))
    return check.kind != "judged" or bool(judging.asked(check, context))


def by_check(signal: Signal, context: EvidenceContext) -> list[tuple[Check, CheckResult]]:
    """What each check of a signal finds, of those that are about what the system has."""
    asked = [check for check in signal.checks if _is_asked(check, context)]
    return [(check, answer(check, context)) for check in asked or signal.checks]


def _judge(signal: Signal, mark: Mark | None, context: EvidenceContext) -> Finding:
    results = [result for _, result in by_check(signal, context)]
    outcome = min((result.outcome for result in results), key=WEIGHT.index)
    reasons = list(dict.fromkeys(result.why for result in results if result.outcome == outcome))
    if mark is not None and mark.mark == "partial" and outcome in ("contradicts", "uncovered"):
        lacking = [result for result in results if result.outcome in ("contradicts", "uncovered")]
        outcome = "supports" if all(result.partly for result in lacking) else outcome
    there, absent = stored.names(signal, context)
    return Finding(signal.id, outcome, "; ".join(reasons[:SAID]), there, absent)
