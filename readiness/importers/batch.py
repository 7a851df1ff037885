"""What an importer is given and what it gives back."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from readiness import formatting
from readiness.errors import InputError
from readiness.formatting import some
from readiness.importers.source.gateway import Source
from readiness.importers.source.limits import MOST_VERSIONS
from readiness.language import tr
from readiness.model.assessment import AssessmentFile
from readiness.model.cells import Cell
from readiness.model.evidence import Evidence, Skipped
from readiness.model.traces import KeptReason, StageFigure, Trace, TraceCount, UnredactedText

VERSION, UNIT, DIRECTION = "version:", "unit:", "direction:"
PREFIXES = (VERSION, UNIT, DIRECTION)
"""Before the version or the metric that a mapping speaks of, rather than of a field of the file."""


def mapped(pairs: Iterable[str], *, place: str) -> dict[str, str]:
    """What a person says of fields, versions and metrics, a pair of KEY=FIELD each. Raises InputError."""
    fields = {}
    for pair in pairs:
        key, equals, name = pair.rpartition("=") if pair.startswith(PREFIXES) else pair.partition("=")
        if not (key and equals and name):
            raise InputError(tr("{pair!r} does not name a field", pair=pair), place=place, expected="KEY=FIELD")
        fields[key] = name
    return fields


@dataclass(frozen=True)
class Options:
    """What the person says about a file, since nothing is guessed.

    `version` names every row's version; `mapping` names fields (`workflow=metadata.flow`, `cohort=metadata.tenant`,
    several dimensions joined by a comma), renames the versions a file holds (`version:LABEL=2026.11`) and states what a
    metric is (`unit:METRIC=percent`, `direction:METRIC=higher`). Until the day `raw_until` the texts of traces are kept
    as they were before redaction, too. `labelled` are traces that a person labelled before; they are kept. `units` are
    those of the metrics that the checklist knows. `stage` is the one of the rollout in which all of it was measured.
    """

    version: str = ""
    format: str = ""
    mapping: dict[str, str] = field(default_factory=dict)
    measured_on: dt.date | None = None
    raw_until: dt.date | None = None
    labelled: frozenset[str] = frozenset()
    units: Mapping[str, str] = field(default_factory=dict)
    stage: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """What is said of the fields of the file, without what is said of single versions and metrics."""
        return {key: value for key, value in self.mapping.items() if not key.startswith(PREFIXES)}

    def stated(self, prefix: str) -> dict[str, str]:
        """What is said of single metrics: `unit:` or `direction:`."""
        return {key.removeprefix(prefix): text for key, text in self.mapping.items() if key.startswith(prefix)}

    def rename(self, label: str) -> str:
        return self.mapping.get(f"version:{label}", label)

    def renames(self) -> set[str]:
        return {key.removeprefix("version:") for key in self.mapping if key.startswith("version:")}


def refuse_merging(labels: Sequence[str], options: Options, source: Source) -> None:
    """Raises InputError where a renamed version is not in the file, or where one name would merge several.

    Also where there are so many that they cannot be versions.
    """
    if len(labels) > MOST_VERSIONS:
        raise InputError(
            tr("the file has results of {number} versions", number=formatting.whole(len(labels))),
            file=source.name,
            expected=tr(
                "at most {most}; a column with an id in each row is seldom a version",
                most=formatting.whole(MOST_VERSIONS),
            ),
        )
    unknown = options.renames() - set(labels)
    if unknown:
        raise InputError(
            tr("there is no version {version!r}", version=min(unknown)),
            file=source.name,
            expected=tr("one of {known}", known=some(labels)),
        )
    named = Counter(options.rename(label) for label in labels)
    twice = next((name for name, number in named.items() if number > 1), None)
    if twice is not None:
        raise InputError(
            tr("two versions would be merged into {version!r}", version=twice),
            file=source.name,
            expected=tr("a name for each"),
        )
    if options.version and len(labels) > 1 and not options.renames():
        raise InputError(
            tr("the file holds {number} versions, which one name would merge", number=len(labels)),
            file=source.name,
            expected=tr('--map "version:LABEL=NAME" for {labels}', labels=some(labels)),
        )


@dataclass(frozen=True)
class Batch:
    """One file, read whole: the records it holds, what was left out and why, and how it was understood.

    Exactly one of `assessment` or `evidence` is set; cells and traces belong to the evidence. `fields` are those
    that could be mapped to a workflow or a cohort, `proposed` those that look like it, `mapping` the ones in use,
    `versions` the labels in the file. `outcomes` is what `pairs` makes of the cases. `name` and `digest` (SHA-256) are
    those of the file; `importers.read` fills them in.

    `stages` and `counts` are drawn from every trace; `traces` holds those that may be kept, and `proposal` those that
    are unless a person says otherwise, with the reason for each.
    """

    format: str
    assessment: AssessmentFile | None = None
    evidence: Evidence | None = None
    cells: tuple[Cell, ...] = ()
    outcomes: bytes = b""
    traces: tuple[Trace, ...] = ()
    raw: tuple[UnredactedText, ...] = ()
    stages: tuple[StageFigure, ...] = ()
    counts: tuple[TraceCount, ...] = ()
    proposal: dict[str, tuple[KeptReason, ...]] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    warnings: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    proposed: dict[str, str] = field(default_factory=dict)
    shape: str = ""
    mapping: dict[str, str] = field(default_factory=dict)
    versions: tuple[str, ...] = ()
    name: str = ""
    digest: str = ""

    @property
    def found(self) -> int:
        """How many traces the file holds."""
        return sum(counts.traces for counts in self.counts)

    def samples(self, chosen: Collection[str] | None = None) -> tuple[Trace, ...]:
        """The traces to store: those that are proposed, or those that a person chose."""
        traces = {trace.trace_id: trace for trace in self.traces}
        ids = self.proposal if chosen is None else chosen
        return tuple(traces[trace_id] for trace_id in dict.fromkeys([*self.proposal, *traces]) if trace_id in ids)


class Importer(Protocol):
    """One file format. `sniff` looks at the content only, `read` takes all of it or raises InputError."""

    format: str
    title: str

    def sniff(self, source: Source) -> bool: ...

    def read(self, source: Source, options: Options) -> Batch: ...
