"""One file by itself: judged by the same gates as a release, with what a verdict would need besides."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from readiness import access, clock, formatting, language
from readiness.access import Principal
from readiness.decision.packet import PARTS
from readiness.errors import InputError
from readiness.importers import Batch, Options
from readiness.importers.cases.scored import NOT_DATED, NOT_NAMED, UNNAMED
from readiness.language import tr
from readiness.model import checklist as checklists
from readiness.model.assessment import Assessment, AssessmentFile, System
from readiness.model.cells import Statistic
from readiness.model.evidence import SHELF_LIFE_DAYS
from readiness.model.policy import Gate, ReleasePolicy
from readiness.review.review import Review
from readiness.scorecard import thresholds
from readiness.services import Store, evidence, imports, passing_store, reviews

_SLUG = "this-file"
_STATISTIC = re.compile(r"(p50|p95|p99)_(.+)")
_OPTIONS = Options()


@dataclass(frozen=True)
class Trial:
    """A file that was read, and the review that it would make by itself.

    `holds` is None where a gate is not decided yet, or none was asked; `missing` says in order what a verdict needs.
    """

    batch: Batch
    review: Review
    missing: tuple[str, ...]

    @property
    def holds(self) -> bool | None:
        states = [result.state for result in self.review.gates]
        if "fail" in states:
            return False
        return True if states and set(states) == {"pass"} else None


def try_file(
    path: str | Path,
    gates: Sequence[Gate] = (),
    *,
    baseline: str = "",
    candidate: str = "",
    options: Options = _OPTIONS,
    as_of: dt.date | None = None,
) -> Trial:
    """Judge one file, and keep nothing of it. Raises InputError.

    Without `as_of` it is judged on the day it was measured, which is today where nobody says. A gate may name its
    statistic with its metric, as `p95_latency`.

    >>> import readiness
    >>> gate = readiness.Gate(metric="task_success", min=0.9)
    >>> trial = readiness.try_file(example("results.csv"), [gate], candidate="2026.11")
    >>> trial.holds, trial.missing[1]
    (True, 'checklist: 22 of 22 not answered')
    """
    with passing_store() as store:
        by = access.local()
        batch = _read(store, by, Path(path), options)
        if batch.assessment is not None:
            return _of_assessment(store, by, batch, batch.assessment, gates, as_of)
        measured = batch.evidence.measured_on if batch.evidence else None
        day = as_of or measured or clock.today()
        named = _named(batch, baseline, candidate, day)
        gates = [_meant(gate, {cell.metric for cell in batch.cells}) for gate in gates]
        _check(gates, batch, named)
        policy = ReleasePolicy(gates=list(gates)) if gates else None
        file = AssessmentFile(
            system=System(slug=_SLUG, name=formatting.line(batch.name)[:300]), assessment=named, policy=policy
        )
        evidence.add_assessment(store, by, file, name="", digest=batch.digest, as_of=day)
        imports.keep(store, by, batch, system=_SLUG, as_of=day)
        review = reviews.load(store, by, _SLUG, as_of=day)
    return Trial(batch, review, (tr("assessment file: none yet"), *_missing(review), *_aged(measured, as_of)))


def _read(store: Store, by: Principal, path: Path, options: Options) -> Batch:
    """The file, taken as measured today where it does not say when; that it names no version is no matter here."""
    batch = imports.read(store, by, imports.ImportRequest(path=path, options=options))
    if batch.evidence is None:
        return batch
    kept = tuple(warning for warning in batch.warnings if warning not in (NOT_DATED, NOT_NAMED))
    file = batch.evidence.model_copy(update={"measured_on": batch.evidence.measured_on or clock.today()})
    return replace(batch, evidence=file, warnings=kept)


def versions(batch: Batch) -> list[str]:
    """Those that have figures or traces in a file; a trace may name none."""
    return sorted({cell.version for cell in batch.cells} | {count.version for count in batch.counts})


def _named(batch: Batch, baseline: str, candidate: str, day: dt.date) -> Assessment:
    """Which version is which. Raises InputError where the file leaves that open, or has no such version."""
    known = versions(batch)
    for role, name in (("baseline", baseline), ("candidate", candidate)):
        if name and name not in known:
            raise InputError(
                tr("there is no version {name!r}", name=name),
                file=batch.name,
                place=role,
                expected=tr("one of {known}", known=formatting.some(known)),
            )
    others = [name for name in known if name != baseline]
    if not candidate and len(others) > 1:
        raise InputError(
            tr("the file holds {number} versions", number=len(known)),
            file=batch.name,
            place="candidate",
            expected=tr("which of them is judged: {versions}", versions=formatting.some(others)),
        )
    if not candidate and not others and baseline:
        raise InputError(tr("there is no version beside the baseline"), file=batch.name, expected=tr("two versions"))
    judged = candidate or next(iter(others), "") or UNNAMED
    return Assessment(candidate=judged, baseline=baseline, assessed_on=day)


def _meant(gate: Gate, known: Collection[str]) -> Gate:
    """`p95_latency` is p95 of `latency_ms` where the file has that one metric that it may mean."""
    metric, stat = gate.metric, gate.stat
    if metric not in known and (match := _STATISTIC.fullmatch(metric)):
        metric, stat = match[2], cast("Statistic", match[1])
    alike = [name for name in known if name.rpartition("_")[0] == metric]
    metric = alike[0] if metric not in known and len(alike) == 1 else metric
    return gate if metric not in known else gate.model_copy(update={"metric": metric, "stat": stat})


def _check(gates: Sequence[Gate], batch: Batch, assessment: Assessment) -> None:
    """Raises InputError for a gate on a metric that the file does not have, or that no figure can pass."""
    known = sorted({cell.metric for cell in batch.cells})
    for gate in gates:
        if gate.metric not in known:
            expected = tr("one of {known}", known=formatting.some(known)) if known else tr("a file with results")
            raise InputError(
                tr("there are no figures of {metric!r}", metric=gate.metric), file=batch.name, expected=expected
            )
        if gate.max_regression is not None and not assessment.baseline:
            raise InputError(tr("a change needs two versions"), place=gate.metric, expected=tr("a baseline beside it"))
    units = {cell.metric: cell.unit for cell in batch.cells}
    units |= {metric.id: metric.unit for metric in checklists.named(assessment.checklist).metrics}
    thresholds.check(((gate.metric, gate) for gate in gates), units)


def _of_assessment(
    store: Store, by: Principal, batch: Batch, file: AssessmentFile, gates: Sequence[Gate], as_of: dt.date | None
) -> Trial:
    if gates:
        problem = tr("an assessment file states its gates itself")
        raise InputError(problem, file=batch.name, expected=tr("a file with results beside a bound"))
    day = as_of or file.assessment.assessed_on or clock.today()
    imports.keep(store, by, batch, as_of=day)
    review = reviews.load(store, by, file.system.slug, as_of=day)
    return Trial(batch, review, tuple(_missing(review)))


def _missing(review: Review) -> list[str]:
    """What the packet lacks, the answers first: they are what a verdict cannot do without."""
    order = sorted(PARTS, key=lambda part: part != "checklist")
    parts = {name: review.packet.parts[name] for name in order}
    return [
        f"{language.within(tr(PARTS[name]))}: {formatting.few(part.missing)}"
        for name, part in parts.items()
        if part.missing
    ]


def _aged(measured: dt.date | None, as_of: dt.date | None) -> list[str]:
    """Results that were good on their day, and count no more today."""
    if measured is None or as_of is not None or (clock.today() - measured).days <= SHELF_LIFE_DAYS:
        return []
    return [
        tr(
            "fresh results: these are of {day}, and count for {days} days",
            day=formatting.day(measured),
            days=SHELF_LIFE_DAYS,
        )
    ]
