"""What is stored for one assessment, as the decision reads it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from readiness.model.assessment import Assessment, Mark
from readiness.model.cells import Cell, Pair
from readiness.model.evidence import Evidence
from readiness.model.monitoring import MonitoringPlan
from readiness.model.policy import ReleasePolicy
from readiness.model.traces import Trace


@dataclass(frozen=True)
class Facts:
    """What is stored for one assessment: cells and traces each with the evidence they came from."""

    assessment: Assessment
    marks: Mapping[str, Mark]
    cells: Sequence[tuple[Cell, Evidence]] = ()
    pairs: Sequence[Pair] = ()
    traces: Sequence[tuple[Trace, Evidence]] = ()
    policy: ReleasePolicy | None = None
    monitoring: MonitoringPlan | None = None
