"""What a scorecard must hold: each metric that a gate or a check names, for every workflow and cohort asked. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from readiness import formatting
from readiness.language import tr
from readiness.model.cells import APART, Cell
from readiness.model.checklist import Checklist
from readiness.model.judges import base
from readiness.model.record import ANY

from .facts import Facts


class Place(NamedTuple):
    """Where figures stand: a workflow and a cohort, `"*"` being all of them."""

    workflow: str
    cohort: str


WHOLE = Place(ANY, ANY)


def gaps(checklist: Checklist, facts: Facts, cells: Sequence[Cell]) -> Iterator[str]:
    """What the fresh cells of one version lack, as clauses that go on with whose cells they are."""
    counted: dict[str, set[Place]] = defaultdict(set)
    for cell in cells:
        if cell.n:
            for metric in (cell.metric, base(cell.metric)):
                counted[metric].add(Place(cell.workflow, cell.cohort))
    asked = _asked(checklist, facts)
    if unmeasured := [metric for metric in asked if not counted.get(metric)]:
        yield tr("no case measures {metrics}", metrics=formatting.named(unmeasured, "or"))
    bare: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for metric, places in asked.items():
        lacking = tuple(_told(place) for place in places if place != WHOLE and place not in counted.get(metric, ()))
        if lacking and counted.get(metric):
            bare[lacking].append(metric)
    for lacks, metrics in bare.items():
        yield tr(
            "no case of {where} measures {metrics}",
            where=formatting.named(lacks, "or"),
            metrics=formatting.named(metrics, "or"),
        )


def _asked(checklist: Checklist, facts: Facts) -> Mapping[str, Collection[Place]]:
    """The places at which each metric is asked for, by gates of the policy and checks of signals that apply."""
    asked: dict[str, dict[Place, None]] = defaultdict(dict)
    seen = _seen(facts, checklist.loads | APART)
    for gate in facts.policy.gates if facts.policy else ():
        workflows = seen["workflow"] if gate.workflow == "each" else (gate.workflow,)
        cohorts = seen["cohort"] if gate.cohort == "each" else (gate.cohort,)
        asked[gate.metric] |= dict.fromkeys(Place(workflow, cohort) for workflow in workflows for cohort in cohorts)
    for signal in checklist.all:
        mark = facts.marks.get(signal.id)
        if mark is not None and mark.not_applicable:
            continue
        for check in signal.checks:
            if metric := getattr(check, "metric", ""):
                by = getattr(check, "by", "")
                split = [Place(value, ANY) if by == "workflow" else Place(ANY, value) for value in seen.get(by, ())]
                asked[metric] |= dict.fromkeys(split or [WHOLE])
    return asked


def _seen(facts: Facts, apart: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Workflows and cohorts in scope, the cohorts also by dimension; where none is expected, those that are stored.

    `apart` are dimensions that tell loads or severities and not groups of users apart.
    """
    expected = facts.assessment.expected
    own = (facts.assessment.baseline, facts.assessment.candidate)
    stored = [cell for cell, _ in facts.cells.of_version(*own)]
    workflows = expected.workflows or dict.fromkeys(cell.workflow for cell in stored if cell.workflow != ANY)
    groups = (cell.cohort for cell in stored if cell.cohort != ANY and cell.dimension not in apart)
    cohorts = expected.cohorts or dict.fromkeys(groups)
    seen: dict[str, list[str]] = defaultdict(list, workflow=sorted(workflows), cohort=sorted(cohorts))
    for cohort in sorted(cohorts):
        seen[cohort.partition("=")[0]].append(cohort)
    return seen


def _told(place: Place) -> str:
    return ", ".join(part for part in place if part != ANY)
