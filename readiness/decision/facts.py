"""What is stored for one assessment, as the decision reads it. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from readiness.model.assessment import Assessment, Mark
from readiness.model.cells import Cell, CellIndex, FiledCell, Pair
from readiness.model.evidence import Evidence, fresh
from readiness.model.incidents import StoredIncident
from readiness.model.judges import base
from readiness.model.monitoring import MonitoringPlan
from readiness.model.policy import ReleasePolicy
from readiness.model.traces import Trace
from readiness.scorecard import judges
from readiness.scorecard.judges import JudgeCheck


@dataclass(frozen=True)
class FreshCells:
    """Figures that count on a day, by metric: what a judge makes of one stands under both of its names.

    `files` are the names, in lower case, of files with cases of each.
    """

    cells: Mapping[str, Sequence[Cell]]
    files: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, pairs: Iterable[tuple[Cell, Evidence]]) -> FreshCells:
        cells, files = defaultdict[str, list[Cell]](list), defaultdict[str, set[str]](set)
        for cell, file in pairs:
            for name in {cell.metric, base(cell.metric)}:
                cells[name].append(cell)
            if cell.n:
                files[cell.metric].add(file.name.lower())
        return cls(cells, {metric: frozenset(names) for metric, names in files.items()})


class StoredCells:
    """Figures, each with the file it came from, found by version or by metric without a look at the others.

    Only those of `files` are there; `complete` adds what is known of a figure that its file does not state.
    """

    def __init__(
        self, index: CellIndex, files: Mapping[int, Evidence], complete: Callable[[Cell], Cell] = lambda cell: cell
    ) -> None:
        self._index, self._files, self._complete = index, files, complete
        self._versions: dict[str, Sequence[tuple[Cell, Evidence]]] = {}
        self._fresh: dict[tuple[str, dt.date], FreshCells] = {}

    @classmethod
    def of(cls, cells: Sequence[tuple[Cell, Evidence]]) -> StoredCells:
        """Each figure in a file of its own, as far as the index is concerned."""
        files = dict(enumerate(file for _, file in cells))
        return cls(CellIndex([(at, cell) for at, (cell, _) in enumerate(cells)]), files)

    def of_version(self, *versions: str) -> Sequence[tuple[Cell, Evidence]]:
        if len(versions) > 1:
            return [pair for version in dict.fromkeys(versions) for pair in self.of_version(version)]
        (version,) = versions
        if version not in self._versions:
            stated = self._with_files(self._index.by_version.get(version, ()))
            self._versions[version] = [(self._complete(cell), file) for cell, file in stated]
        return self._versions[version]

    def fresh(self, version: str, as_of: dt.date) -> FreshCells:
        """Those of a version that count on a day."""
        if (version, as_of) not in self._fresh:
            self._fresh[version, as_of] = FreshCells.of(fresh(self.of_version(version), as_of))
        return self._fresh[version, as_of]

    def of_metric(self, metric: str) -> Sequence[tuple[Cell, Evidence]]:
        return [(self._complete(cell), file) for cell, file in self.stated(metric)]

    def stated(self, metric: str) -> Sequence[tuple[Cell, Evidence]]:
        """Those of a metric as their files state them."""
        return self._with_files(self._index.by_metric.get(metric, ()))

    def of_kinds(self, kinds: Collection[str]) -> Sequence[tuple[Cell, Evidence]]:
        """Those of the metrics that are called `kind/…`, or `kind` alone."""
        metrics = [metric for metric in self._index.by_metric if metric.partition("/")[0] in kinds]
        return [pair for metric in metrics for pair in self.of_metric(metric)]

    @property
    def files(self) -> Sequence[Evidence]:
        """The files that state figures."""
        return [self._files[file] for file in self._index.files if file in self._files]

    def _with_files(self, filed: Sequence[FiledCell]) -> Sequence[tuple[Cell, Evidence]]:
        return [(cell, self._files[file]) for file, cell in filed if file in self._files]


NO_CELLS = StoredCells.of(())


@dataclass(frozen=True)
class Facts:
    """What is stored for one assessment: cells and traces each with the evidence they came from.

    `staged` are the figures that were measured in a stage of the rollout, by its name; no other figure is among them.
    `running_since` is the day on which the rollout that runs began; None where none runs.
    """

    assessment: Assessment
    marks: Mapping[str, Mark]
    cells: StoredCells = NO_CELLS
    pairs: Sequence[Pair] = ()
    traces: Sequence[tuple[Trace, Evidence]] = ()
    policy: ReleasePolicy | None = None
    monitoring: MonitoringPlan | None = None
    incidents: Sequence[StoredIncident] = ()
    staged: Mapping[str, StoredCells] = field(default_factory=dict)
    running_since: dt.date | None = None

    def judges(self, as_of: dt.date) -> Mapping[str, list[JudgeCheck]]:
        """The judges that the policy names, by metric, each with its agreement with people."""
        named = self.policy.judges if self.policy else ()
        return judges.checked(named, self.cells.of_kinds(judges.KINDS), as_of)
