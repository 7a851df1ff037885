"""The verdict as it would be if a gap were closed, a date moved, a cohort left out or a threshold another. Pure.

Nothing of it is stored, and everything is decided where every verdict is. A gap that is closed is taken to be shown. A
cohort that is left out takes its own figures along; those over all cases still hold its cases, since they were summed
before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from readiness import formatting
from readiness.decision.answers import Finding
from readiness.decision.verdict import decide
from readiness.language import tr
from readiness.model.assessment import Assessment, Mark
from readiness.model.dossier import Dossier, Revision, Stored
from readiness.model.policy import Gate, ReleasePolicy
from readiness.model.record import ANY
from readiness.scorecard import gate_words

from .build import build
from .review import Review


@dataclass(frozen=True)
class WhatIf:
    """What would be otherwise: signals whose gap is closed, cohorts (`dimension=value`) that are out of scope.

    `gates` replaces gates of the policy by their place in it, `dues` moves due dates of gaps by signal, and `target`
    moves the rollout.
    """

    closed: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    gates: Mapping[int, Gate] = field(default_factory=dict)
    dues: Mapping[str, dt.date] = field(default_factory=dict)
    target: dt.date | None = None

    def __bool__(self) -> bool:
        return bool(self.closed or self.left_out or self.gates or self.dues or self.target)


def applied(review: Review, change: WhatIf) -> Review:
    """The review as it would be; without what came before, which does not bear on it."""
    if not change:
        return review
    dossier = _dossier(review.dossier, change)
    now = build(review.checklist, replace(dossier, earlier=()), review.as_of)
    shown = {signal: Finding(signal, "supports", "") for signal in change.closed}
    found = dict(now.findings) | shown
    verdict = decide(review.checklist, now.dossier.answers, found, now.packet, now.rejections)
    return replace(now, findings=found, verdict=verdict)


def cohorts(review: Review) -> list[str]:
    """The cohorts that figures of the candidate or the scope speak of, `dimension=value`."""
    cells = review.dossier.index.by_version.get(review.assessment.candidate, ())
    named = [cell.cohort for _, cell in cells if cell.cohort != ANY]
    return sorted({*named, *review.assessment.expected.cohorts})


def told(review: Review, change: WhatIf) -> list[str]:
    """Each thing that would be otherwise, as a clause."""
    return [*_told(review, change)]


def _told(review: Review, change: WhatIf) -> Iterator[str]:
    names = {signal.id: signal.named for signal in review.checklist.all}
    yield from (tr("the gap {signal} closed and shown", signal=names[signal]) for signal in sorted(change.closed))
    yield from (tr("{cohort} out of scope", cohort=cohort) for cohort in sorted(change.left_out))
    yield from (gate_words.describe(gate, review.metrics.get(gate.metric)) for _, gate in sorted(change.gates.items()))
    for signal, day in sorted(change.dues.items()):
        yield tr("{signal} due on {day}", signal=names[signal], day=formatting.day(day))
    if change.target:
        yield tr("the rollout on {day}", day=formatting.day(change.target))


def _dossier(dossier: Dossier, change: WhatIf) -> Dossier:
    assessment, policy = dossier.assessment, dossier.policy
    return replace(
        dossier,
        assessment=replace(assessment, record=_assessment(assessment.record, change)),
        marks={signal: _mark(stored, change) for signal, stored in dossier.marks.items()},
        policy=policy and _policy(policy, change),
        cells=[filed for filed in dossier.cells if filed[1].cohort not in change.left_out],
        pairs=[pair for pair in dossier.pairs if f"{pair.dimension}={pair.value}" not in change.left_out],
    )


def _assessment(record: Assessment, change: WhatIf) -> Assessment:
    inside = {name: share for name, share in record.expected.cohorts.items() if name not in change.left_out}
    expected = record.expected.model_copy(update={"cohorts": inside})
    return record.model_copy(update={"expected": expected, "target_date": change.target or record.target_date})


def _mark(stored: Stored[Mark], change: WhatIf) -> Stored[Mark]:
    mark = stored.record
    if mark.signal in change.closed:
        return replace(stored, record=Mark(signal=mark.signal, mark="no", evidence=list(mark.evidence)))
    if mark.is_gap and mark.signal in change.dues:
        return replace(stored, record=mark.model_copy(update={"due": change.dues[mark.signal]}))
    return stored


def _policy(policy: Revision[ReleasePolicy], change: WhatIf) -> Revision[ReleasePolicy]:
    """Without the gates of cohorts that are left out."""
    gates = [change.gates.get(at, gate) for at, gate in enumerate(policy.record.gates)]
    inside = [gate for gate in gates if gate.cohort not in change.left_out]
    return replace(policy, record=policy.record.model_copy(update={"gates": inside}))
