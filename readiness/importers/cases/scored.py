"""From scored cases to a batch: what the importers of evaluation tools share.

A tool's file becomes a `Run` of cases, each of a version that the file names in its own words (its label) until the
person says which version it is. Figures are always worked out from the cases where the file holds them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow

from readiness import clock, english, formatting
from readiness.errors import InputError
from readiness.importers.batch import DIRECTION, Batch, Options, refuse_merging
from readiness.importers.naming import propose
from readiness.importers.settings import Settings, dated, found
from readiness.importers.source.gateway import Source
from readiness.importers.source.limits import MOST_SCORES
from readiness.language import tr
from readiness.model.cells import CRITICAL, Cell
from readiness.model.evidence import Doubt, Evidence, Origin, ReadAs, Skipped

from . import sizes
from .cells import CASES, Measure, aggregate, gather, too_many, workbench
from .measured import Extent, per_cent, settle
from .pairs import outcomes
from .sizes import SEPARATOR

PASS, LATENCY, COST = "pass", "latency_ms", "cost_usd"
MEASURES = {PASS: Measure("ratio", "higher"), LATENCY: Measure("ms", "lower"), COST: Measure("USD", "lower")}
SPENT = (LATENCY, COST)
"""What a case takes rather than how good it is: a case without them is not an error."""
CLUSTER = "cluster"
"""The field whose cases depend on each other (`--map cluster=FIELD`)."""
MARKED = "critical"
"""The field that marks the cases of which not one may fail (`--map critical=FIELD`); one of this name is read so."""
IS_CRITICAL = ("critical", "true", "t", "yes", "y", "1", "1.0")
NOT_CRITICAL = ("", "false", "f", "no", "n", "0", "0.0")
UNNAMED = "this file"
"""The label of cases in a file that names no version at all."""
NOT_NAMED = "the file names no version, so its figures count for none until one is given"
NOT_DATED = "the results are not dated, so they do not count until a date is given"
_SPREAD = pyarrow.schema(
    [
        *((name, pyarrow.string()) for name in ("version", "workflow", "cohorts", "metric")),
        ("value", pyarrow.float64()),
        ("passed", pyarrow.bool_()),
        *((name, pyarrow.string()) for name in ("case_id", "cluster_id")),
    ]
)
"""A row for each score, as `CASES` has them."""
_FIGURES = ("mean", "sd", "p50", "p95", "p99")
LISTED_SKIPS = 200
LISTED_DOUBTS = 20
MOST_ORIGINS = 200
LONGEST_METRIC = 300


@dataclass(frozen=True, slots=True)
class Case:
    """One run of a case of one version.

    A score of None is an error of that metric; an `errored` case is one of every metric that its version has.
    `fields` are plain values a workflow or a cohort can be named by; `case_id` is the same for the same case under
    another version, and for each of its runs under one. Cases of one `cluster` depend on each other: a conversation, or
    the same input where the file has no id.
    """

    label: str
    scores: Mapping[str, float | None]
    fields: Mapping[str, str] = field(default_factory=dict)
    case_id: str = ""
    errored: bool = False
    cluster: str = ""


@dataclass
class Run:
    """A file as it is understood. `stated` are figures without cases, `notes` what the person should know.

    `counted` are figures of `rows` cases that were counted as they were read, and need not be held. `doubts` are totals
    of the file that its rows do not give, `ids` those of the run, by their names, and `settings` what ran under each
    label.
    """

    cases: list[Case] = field(default_factory=list)
    stated: list[Cell] = field(default_factory=list)
    skips: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    measures: dict[str, Measure] = field(default_factory=dict)
    tool: str = ""
    tool_version: str = ""
    measured_on: dt.date | None = None
    doubts: list[Doubt] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    counted: list[Cell] = field(default_factory=list)
    rows: int = 0

    @property
    def figures(self) -> list[Cell]:
        """Those that stand as they are."""
        return [*self.counted, *self.stated]

    def ran_at(self, stamp: object) -> None:
        """A part of it ran then; it was measured on the last of such days."""
        self.measured_on = max(filter(None, (self.measured_on, day(stamp))), default=None)

    def skip(self, place: str, reason: str) -> None:
        self.skips.append(Skipped(place=place, reason=reason[:500]))


def number(value: object) -> float | None:
    """A finite number, a boolean as 0 or 1, or None for anything else."""
    try:
        return float(value) if isinstance(value, (bool, int, float)) and math.isfinite(value) else None
    except OverflowError:
        return None


def usable(name: str) -> bool:
    """Whether a score may stand under this name: it has one, that fits, and that is not one of ours."""
    return 0 < len(name) <= LONGEST_METRIC and name not in MEASURES


def same_input(asked: Iterable[object]) -> str:
    """What tells the runs of one case where a file has no id for it: its input and what is expected of the answer.

    The first of these must be there, or the second where there is none; empty where nothing is asked.
    """
    parts = [None if part in ("", [], {}) else part for part in asked]
    if all(part is None for part in parts[:2]):
        return ""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:32]


def unless_said(options: Options, **mapping: str) -> Options:
    """The options with what a format knows of its own fields, as far as the person says nothing of these keys."""
    return replace(options, mapping=mapping | options.mapping)


def marks_critical(text: str) -> bool:
    return text.strip().lower() in IS_CRITICAL


def day(stamp: object) -> dt.date | None:
    """The day of an ISO timestamp, or of seconds or milliseconds since 1970."""
    try:
        if isinstance(stamp, str):
            return dt.date.fromisoformat(stamp[:10])
        if isinstance(stamp, (int, float)) and not isinstance(stamp, bool):
            return dt.datetime.fromtimestamp(stamp / 1000 if stamp > 1e11 else stamp, dt.UTC).date()
    except (ValueError, OverflowError, OSError):
        return None
    return None


def to_batch(source: Source, options: Options, run: Run, format_: str) -> Batch:
    """The run as cells. Raises InputError where it holds nothing, or where versions would be merged."""
    if _is_empty(run):
        problem = tr("the run holds no results")
        if run.skips:
            problem = tr("the run holds no results: {reason}", reason=run.skips[0].reason)
        raise InputError(problem, file=source.name, expected=tr("a run that has finished"))
    labels = tuple(dict.fromkeys([*(case.label for case in run.cases), *(cell.version for cell in run.figures)]))
    refuse_merging(labels, options, source)
    measures = _measures(run, options, source)
    counted, passed = _cells(run, options, measures)
    sizes.check_stated(len(run.stated), more=len(counted) + len(run.counted))
    cells = [*counted, *_stated(run, options, measures)]
    stated = run.measured_on if run.measured_on and clock.is_plausible(run.measured_on) else None
    if run.measured_on != stated:
        run.notes.append(f"{run.measured_on} cannot be when it was measured; expected {clock.PLAUSIBLE}")
    measured = options.measured_on or stated
    warnings = list(_warnings(run, options, measured, cells))
    mapping = dict(options.mapping)
    skips = run.skips[:LISTED_SKIPS]
    fields = tuple(dict.fromkeys(name for case in run.cases for name in case.fields))
    _find_settings(run, options)
    evidence = Evidence(
        name=source.name,
        format=format_,
        kind="results",
        digest=source.digest,
        size=source.size,
        tool=run.tool,
        tool_version=run.tool_version,
        measured_on=measured,
        options=ReadAs(version=options.version, mapping=mapping) if options.version or mapping else ReadAs(),
        kept=len(run.cases) + len(run.stated) + run.rows,
        skipped=len(run.skips),
        skips=skips,
        warnings=warnings,
        origins=[
            Origin(label=label, version=_named(label, options), run=run.ids, settings=run.settings.of(label))
            for label in labels[:MOST_ORIGINS]
        ],
        doubts=[*dated(stated, options.measured_on), *run.doubts][:LISTED_DOUBTS],
    )
    return Batch(
        format=format_,
        evidence=evidence,
        cells=tuple(cells),
        outcomes=passed,
        skipped=tuple(skips),
        warnings=tuple(warnings),
        fields=fields,
        proposed=propose(fields),
        mapping=mapping,
        versions=labels,
    )


def _is_empty(run: Run) -> bool:
    """Whether there is nothing to count, or no case with a figure since all that stands there was left out."""
    scores = (score for case in run.cases for score in case.scores.values())
    unread = len(run.skips) >= len(run.cases) and all(score is None for score in scores)
    return unread and not run.figures


def _find_settings(run: Run, options: Options) -> None:
    """What the fields of cases state of what ran; one that tells cohorts apart is none of the version."""
    known = {name for case in run.cases for name in case.fields}
    mapped = [path for key in options.fields for path in _paths(options, key, known)]
    for case in run.cases:
        run.settings.add(case.label, found(case.fields, mapped))


def _named(label: str, options: Options) -> str:
    return options.rename(label) if options.renames() else options.version or label


def _cells(run: Run, options: Options, measures: Mapping[str, Measure]) -> tuple[list[Cell], bytes]:
    if not run.cases:
        return [], b""
    metrics = _metrics(run.cases)
    scores = sum(len(metrics[case.label] if case.errored else case.scores) for case in run.cases)
    if scores > MOST_SCORES:
        problem = tr("the run has {number} scores, an errored case one of each metric", number=formatting.whole(scores))
        raise InputError(
            problem, expected=tr("at most {most}; native results may have more", most=formatting.whole(MOST_SCORES))
        )
    columns = list(zip(*_spread(run.cases, options), strict=True)) or [()] * len(_SPREAD)
    arrays = [pyarrow.array(column, field.type) for column, field in zip(columns, _SPREAD, strict=True)]
    frame = pyarrow.Table.from_arrays(arrays, schema=_SPREAD)
    with workbench() as connection:
        connection.execute(CASES)
        connection.register("frame", frame)
        connection.execute("INSERT INTO cases BY NAME SELECT * FROM frame")
        gather(connection)
        return aggregate(connection, measures), outcomes(connection)


def _stated(run: Run, options: Options, measures: Mapping[str, Measure]) -> Iterator[Cell]:
    shares, said = per_cent(options), options.stated(DIRECTION)
    for cell in run.figures:
        measure, scale = measures[cell.metric], 100 if cell.metric in shares else 1
        told = {name: value / scale for name in _FIGURES if (value := getattr(cell, name)) is not None}
        direction = measure.direction if cell.metric in said else cell.direction
        named = {"version": _named(cell.version, options), "unit": measure.unit, "direction": direction}
        yield cell.model_copy(update={**told, **named})


def _spread(cases: Sequence[Case], options: Options) -> Iterator[tuple[object, ...]]:
    """A row for each score; an errored case is one of every score that its version has."""
    metrics = _metrics(cases)
    named = options.mapping.get(CLUSTER, "")
    marked = _marks(cases, options)
    shares = per_cent(options)
    dimensions = named_paths(options, "cohort", {name for case in cases for name in case.fields})
    for case in cases:
        version = _named(case.label, options)
        workflow = case.fields.get(options.mapping.get("workflow", ""))
        cohorts = [
            f"{dimension}={case.fields[path]}".replace(SEPARATOR, ",")
            for path, dimension in dimensions.items()
            if case.fields.get(path)
        ]
        cohorts += [CRITICAL] if any(marks_critical(case.fields.get(path, "")) for path in marked) else []
        for metric in [*metrics[case.label], *(name for name in SPENT if name in case.scores)]:
            if case.errored or metric in case.scores:
                yield (
                    version,
                    workflow or None,
                    SEPARATOR.join(cohorts),
                    metric,
                    _scaled(case.scores.get(metric), metric in shares),
                    None,
                    case.case_id or None,
                    (case.fields.get(named, "") if named else case.cluster) or None,
                )


def _metrics(cases: Sequence[Case]) -> dict[str, dict[str, None]]:
    """The scores that each version has, but for what a case took."""
    metrics: dict[str, dict[str, None]] = {}
    for case in cases:
        scored = [name for name in case.scores if name not in SPENT]
        metrics.setdefault(case.label, {}).update(dict.fromkeys(scored))
    return metrics


def _marks(cases: Iterable[Case], options: Options) -> list[str]:
    """The fields that mark critical cases: as a person says, else those of that name."""
    stated = _paths(options, MARKED)
    return stated or list(
        dict.fromkeys(path for case in cases for path in case.fields if path.rpartition(".")[2].lower() == MARKED)
    )


def _critical(run: Run, options: Options) -> Iterator[str]:
    """How many cases are critical, and what was not read as a mark of it."""
    for path in _marks(run.cases, options):
        texts = [case.fields.get(path, "") for case in run.cases]
        others = dict.fromkeys(text for text in texts if text.strip().lower() not in (*IS_CRITICAL, *NOT_CRITICAL))
        read = f"; read as not critical: {english.few(list(others))}" if others else ""
        marked = f"{sum(map(marks_critical, texts)):,} of {english.counted(len(texts), 'case')}"
        yield f"{marked} marked critical by {path}{read}"


def _paths(options: Options, key: str, known: Collection[str] = ()) -> list[str]:
    return list(named_paths(options, key, known))


def named_paths(options: Options, key: str, known: Collection[str] = ()) -> dict[str, str]:
    """Each field that a mapping names, with what it is called: `cohort=concurrency:allThreads,metadata.tenant`."""
    paths = filter(None, map(str.strip, options.mapping.get(key, "").split(",")))
    return dict(dimension_of(path, known) for path in paths)


def dimension_of(path: str, known: Collection[str]) -> tuple[str, str]:
    """The field and its dimension: what stands before it, or the last part of its name; a `known` field is whole."""
    name, given, field = (part.strip() for part in path.partition(":"))
    if given and field and path not in known and name.isidentifier():
        return field, name
    return path, path.rpartition(".")[2]


def _scaled(value: float | None, is_per_cent: bool) -> float | None:
    return value / 100 if is_per_cent and value is not None else value


def _measures(run: Run, options: Options, source: Source) -> dict[str, Measure]:
    """Unit and direction of every metric, whether it has cases or is stated."""
    shares = per_cent(options)
    extents: dict[str, tuple[float, float]] = {}
    others: dict[str, None] = {}
    values = [(metric, value) for case in run.cases for metric, value in case.scores.items()]
    values += [(cell.metric, getattr(cell, name)) for cell in run.figures for name in _FIGURES if name != "sd"]
    for metric, score in values:
        value = _scaled(score, metric in shares)
        if value is None:
            others[metric] = None
        elif (extent := extents.get(metric)) is None:
            extents[metric] = (value, value)
        elif not extent[0] <= value <= extent[1]:
            extents[metric] = (min(value, extent[0]), max(value, extent[1]))
    known = {cell.metric: Measure(cell.unit, cell.direction) for cell in run.figures} | MEASURES | run.measures
    ends = {metric: Extent(*ends) for metric, ends in extents.items()}
    bare = {cell.metric for cell in run.stated if cell.n is None}
    return settle(ends, known, options, source, others, unguessed=bare)


def _warnings(run: Run, options: Options, measured: dt.date | None, cells: list[Cell]) -> Iterator[str]:
    known = {name for case in run.cases for name in case.fields}
    for key in ("workflow", "cohort", CLUSTER) if run.cases else ():
        paths = _paths(options, key, known)
        if not paths and key != CLUSTER:
            yield f"no {key} is named, so no figure is split by it; name one with --map {key}={_example(run)}"
        for path in paths:
            without = sum(not case.fields.get(path) for case in run.cases)
            if without:
                what = "stand each for itself" if key == CLUSTER else "count in the overall figures only"
                yield f"{without} of {len(run.cases)} rows have no {path} and {what}"
    yield from _critical(run, options)
    if UNNAMED in {cell.version for cell in cells}:
        yield NOT_NAMED
    if bare := sum(cell.n is None for cell in run.stated):
        figures = english.counted(bare, "figure")
        yield f"{figures} stated without the number of cases, which no gate that asks for it can pass"
    yield from run.notes
    if measured is None:
        yield NOT_DATED
    yield from too_many(cells)


def _example(run: Run) -> str:
    fields = list(dict.fromkeys(name for case in run.cases[:100] for name in case.fields))
    return f"FIELD ({english.listed(fields[:6], 'or')})" if fields else "FIELD (the file has none)"
