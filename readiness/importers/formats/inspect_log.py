"""Inspect logs (https://inspect.aisi.org.uk/eval-logs.html): `.eval` archives and JSON, over all versions of the tool.

A case is a sample. Its epochs are runs of it where they are reduced by their mean and every sample has as many: the
mean over the runs is then that of the samples. Else they are reduced before anything is counted, by the tool's own
reductions where the log holds them and else by their mean. A sample errored if any of its epochs did; where others
were scored it counts both ways, so that no mean hides the error. Figures are worked out from the samples: the totals
and plain means that stand in the log are only held against them. What differs between versions (`options` and `params`,
`transcript` and `events`) is not needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from readiness import english
from readiness.errors import InputError
from readiness.importers.batch import Batch, Options
from readiness.importers.cases import totals
from readiness.importers.cases.many import check_held
from readiness.importers.cases.scored import LATENCY, Case, Run, day, number, to_batch, usable
from readiness.importers.naming import label, plain
from readiness.importers.settings import COMMIT, MODEL, digest, found
from readiness.importers.source.archive import Archive, ends, is_archive
from readiness.importers.source.gateway import Source
from readiness.importers.source.streamed import listed
from readiness.language import marked, tr

GRADES = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0}
WORDS = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
MEAN = "mean"

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_HEADER, _SUMMARIES, _REDUCTIONS = "header.json", "summaries.json", "reductions.json"
_JOURNAL, _SAMPLES = "_journal/start.json", "samples/"
_BEGINS = [
    re.compile(pattern)
    for pattern in (
        r'"status"\s*:\s*"(?:started|success|cancelled|error)"',
        r'"eval"\s*:\s*\{',
        r'"(?:run_id|task_id)"\s*:\s*"',
        r'"task"\s*:\s*"',
    )
]
_KEPT = ("id", "epoch", "scores", "score", "metadata", "error", "invalidation", "total_time")

Object = dict[str, Any]
Values = dict[str, float | None]


class InspectLog:
    format = "inspect"
    title = marked("Inspect logs (.eval, JSON)")

    def sniff(self, source: Source) -> bool:
        if is_archive(source):
            names = ends(source)
            has_samples = _SUMMARIES.encode() in names or _SAMPLES.encode() in names
            return _JOURNAL.encode() in names or (_HEADER.encode() in names and has_samples)
        text = source.head_text.lstrip()
        return text.startswith("{") and all(pattern.search(text) for pattern in _BEGINS)

    def read(self, source: Source, options: Options) -> Batch:
        """All samples as cells. Raises InputError where there are none, or where it is not a log."""
        log = _from_archive(Archive(source)) if is_archive(source) else _from_json(source)
        described = _object(log.header.get("eval"))
        version = label(described.get("task"), described.get("model"))
        if not version:
            raise InputError(
                tr("this is not an Inspect log"), file=source.name, expected=tr("a task and a model under eval")
            )
        run = Run(
            tool="Inspect",
            tool_version=str(_object(described.get("packages")).get("inspect_ai") or "")[:300],
            measured_on=day(described.get("created")) or day(_object(log.header.get("stats")).get("completed_at")),
        )
        run.ids = {key: str(described[key])[:300] for key in ("run_id", "task_id", "eval_id") if described.get(key)}
        run.settings.add(version, _settings(log.header, described))
        samples = _samples(log.rows, run, source)
        _tell_gaps(run, log.header, sum(map(len, samples.values())), source)
        every = [sample for epochs in samples.values() for sample in epochs]
        _tell_completed(run, log.header, every)
        reducer = _Reducer(log, run)
        singly = reducer.by_mean and _are_even(list(samples.values()))
        for epochs in samples.values():
            for runs in [[epoch] for epoch in epochs] if singly else [epochs]:
                run.cases += _cases(version, runs, reducer, reduced=not singly)
        _tell_scores(run, log.header, every)
        _tell_errors(run, described)
        return to_batch(source, options, run, self.format)


IMPORTER = InspectLog()


@dataclass(frozen=True)
class Log:
    """What is read of a log: its header, the samples with the place of each, and the reduced scores."""

    header: Object
    rows: Iterable[tuple[str, Any]]
    reductions: list[Any]


@dataclass(frozen=True)
class InspectSample:
    """One epoch of a sample."""

    place: str
    row: Object

    @property
    def errored(self) -> bool:
        return bool(self.row.get("error"))

    @property
    def counts(self) -> bool:
        return not self.errored and not self.row.get("invalidation")

    @property
    def scores(self) -> Object:
        """Scorer -> score; the oldest logs hold one score without a name."""
        return _object(self.row.get("scores")) or {name: self.row[name] for name in ("score",) if self.row.get(name)}

    @property
    def figures(self) -> dict[tuple[str, str], float | None]:
        """Each score as a number, by its scorer and, of an object, its key."""
        parts = {scorer: _object(score).get("value") for scorer, score in self.scores.items()}
        return {
            (scorer, str(key)): figure_of(part)
            for scorer, value in parts.items()
            for key, part in (value.items() if isinstance(value, dict) else [("", value)])
        }

    @property
    def fields(self) -> dict[str, str]:
        return plain(self.row.get("metadata"), "metadata.")


def _object(value: object) -> Object:
    return value if isinstance(value, dict) else {}


def _settings(header: Object, described: Object) -> dict[str, object]:
    """The commit of the task, the model, and what was done with each sample: the prompts are a part of that."""
    revision, steps = _object(described.get("revision")), _list(_object(header.get("plan")).get("steps"))
    dirty = ", with changes" if revision.get("dirty") is True else ""
    stated = {COMMIT: f"{revision['commit']}{dirty}"} if revision.get("commit") else {}
    plan = [(_object(step).get("solver"), _object(step).get("params")) for step in steps]
    planned = {f"plan of {described.get('task')}": digest(plan, described.get("task_args"))} if plan else {}
    return {**found(plain(described.get("metadata"))), MODEL: described.get("model"), **stated, **planned}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _from_json(source: Source) -> Log:
    document = listed(source, ("samples",), nan=True)
    header = _object(document.rest)
    reductions = header.get("reductions") or _object(header.get("results")).get("sample_reductions")
    rows = document.rows(("samples",)) or ()
    if source.is_streamed:
        rows = map(_slim, rows)
    return Log(header, ((f"samples[{n}]", row) for n, row in enumerate(rows)), _list(reductions))


def _slim(row: object) -> object:
    """A sample without its texts, of which a large log has too many to hold."""
    if not isinstance(row, dict):
        return row
    slim = {key: row[key] for key in _KEPT if key in row} | ({"error": True} if row.get("error") else {})
    if isinstance(scores := slim.get("scores"), dict):
        slim["scores"] = {name: {"value": _object(score).get("value")} for name, score in scores.items()}
    return slim | {"metadata": plain(row.get("metadata"))}


def _from_archive(archive: Archive) -> Log:
    if _HEADER not in archive:
        raise InputError(
            tr("there is no {member}", member=_HEADER),
            file=archive.source.name,
            expected=tr("a log of a run that has ended"),
        )
    header = _object(archive.json(_HEADER, nan=True))
    reductions = archive.json(_REDUCTIONS, nan=True) if _REDUCTIONS in archive else None
    return Log(header, _archived(archive, bool(header.get("invalidated"))), _list(reductions))


def _archived(archive: Archive, invalidated: bool) -> Iterator[tuple[str, Any]]:
    """The summaries where they say enough (metadata and times came late, invalidation never), else the samples."""
    members = [name for name in archive.names() if name.startswith(_SAMPLES) and name.endswith(".json")]
    summaries = _list(archive.json(_SUMMARIES, nan=True)) if _SUMMARIES in archive else []
    enough = not invalidated and all("metadata" in _object(row) and "total_time" in row for row in summaries)
    if len(summaries) >= len(members) and (enough or not members):
        yield from ((f"{_SUMMARIES}[{n}]", row) for n, row in enumerate(summaries))
        return
    for name in members:
        row = archive.json(name, nan=True)
        yield name, {key: row[key] for key in _KEPT if key in row} if isinstance(row, dict) else row


def _samples(rows: Iterable[tuple[str, Any]], run: Run, source: Source) -> dict[int | str, list[InspectSample]]:
    """The samples by their id, each with its epochs."""
    by_id: dict[int | str, dict[object, InspectSample]] = {}
    for place, row in rows:
        sample = row.get("id") if isinstance(row, dict) else None
        if isinstance(sample, bool) or not isinstance(sample, (int, str)):
            run.skip(place, "the sample has no id")
            continue
        check_held(len(by_id), source)
        epochs = by_id.setdefault(sample, {})
        if (epoch := str(row.get("epoch", 1))) in epochs:
            run.skip(place, f"epoch {epoch[:20]} of this sample stands twice")
        else:
            epochs[epoch] = InspectSample(place, row)
    return {sample: list(epochs.values()) for sample, epochs in by_id.items()}


def _tell_gaps(run: Run, header: Object, samples: int, source: Source) -> None:
    status, total = str(header.get("status"))[:40], _object(header.get("results")).get("total_samples")
    if not samples and not run.skips:
        raise InputError(
            tr("the log holds no samples, and its status is {status}", status=status),
            file=source.name,
            expected=tr("a run that has finished, with its samples"),
        )
    if status != "success":
        run.notes.append(f"the run's status is {status}, so it may hold only a part of its samples")
    run.doubts += totals.counts("samples, each epoch as one", total, samples + _unnamed(run))


def _unnamed(run: Run) -> int:
    """The samples that the log holds and that were left out so far."""
    return len(run.skips)


def _tell_completed(run: Run, header: Object, samples: Iterable[InspectSample]) -> None:
    """Samples without an error, where the log states how many were completed."""
    completed = sum(not sample.errored for sample in samples) + _unnamed(run)
    stated = _object(header.get("results")).get("completed_samples")
    run.doubts += totals.counts("completed samples, each epoch as one", stated, completed)


def _tell_scores(run: Run, header: Object, samples: Iterable[InspectSample]) -> None:
    """The mean that the log states of each scorer, where it can be worked out again from all samples that have it."""
    if run.skips or any(sample.row.get("invalidation") for sample in samples):
        return
    for score in map(_object, _list(_object(header.get("results")).get("scores"))):
        names = {str(score.get(key) or "") for key in ("name", "scorer")}
        if len(names) > 1 or score.get("reducer") not in (None, MEAN):
            continue
        (name,) = names
        scored = [case for case in run.cases if case.scores.get(name) is not None]
        figures = [figure for case in scored if (figure := case.scores[name]) is not None]
        if not figures:
            continue
        once = len({case.case_id for case in scored})
        run.doubts += totals.counts(f"samples scored by {name}", score.get("scored_samples"), once, len(figures))
        for metric in ("accuracy", MEAN):
            stated = _object(_object(score.get("metrics")).get(metric))
            run.doubts += totals.figures(f"{metric} of {name}", stated.get("value"), fmean(figures))


def _are_even(samples: list[list[InspectSample]]) -> bool:
    """Whether all samples have the same number of epochs, more than one, each with all its scores."""
    repeats = {len(epochs) for epochs in samples}
    if len(repeats) != 1 or repeats == {1}:
        return False
    scorers = {frozenset(sample.figures) for epochs in samples for sample in epochs}
    return len(scorers) == 1 and all(
        sample.counts and all(figure is not None for figure in sample.figures.values())
        for epochs in samples
        for sample in epochs
    )


def _cases(version: str, epochs: list[InspectSample], reducer: _Reducer, *, reduced: bool) -> Iterator[Case]:
    name = str(epochs[0].row["id"])
    if any(sample.errored for sample in epochs):
        yield Case(version, {}, epochs[0].fields, name, errored=True)
    for sample in epochs:
        if not sample.counts and not sample.errored:
            reducer.run.skip(sample.place, "the sample was declared invalid")
    counting = [sample for sample in epochs if sample.counts]
    if scores := reducer.scores(epochs, counting, reduced=reduced):
        # total_time and not working_time: what somebody waits for includes retries and rate limits.
        times = [time for sample in counting if (time := number(sample.row.get("total_time"))) and time > 0]
        spent = {LATENCY: fmean(times) * 1000} if times else {}
        yield Case(version, scores | spent, counting[0].fields, name)
    elif counting and not any(sample.errored for sample in epochs):
        yield Case(version, {}, counting[0].fields, name, errored=True)


class _Reducer:
    """From the scores of a sample's epochs to one figure for each metric."""

    def __init__(self, log: Log, run: Run) -> None:
        self.run = run
        asked = _object(_object(log.header.get("eval")).get("config")).get("epochs_reducer")
        self.by_mean = (asked or [MEAN]) in (MEAN, [MEAN])
        self.reduced: dict[str, dict[str, dict[object, tuple[str, object]]]] = {}
        for n, reduction in enumerate(map(_object, log.reductions)):
            by_reducer = self.reduced.setdefault(str(reduction.get("scorer")), {})
            by_reducer[str(reduction.get("reducer") or "")] = {
                row.get("sample_id"): (f"reductions[{n}].samples[{at}]", row.get("value"))
                for at, row in enumerate(map(_object, _list(reduction.get("samples"))))
                if isinstance(row.get("sample_id"), (int, str))
            }

    def scores(self, epochs: list[InspectSample], counting: list[InspectSample], *, reduced: bool) -> Values:
        """Metric -> figure. A reduction into which an epoch went that does not count is not used."""
        trusted = not any(sample.scores for sample in epochs if not sample.counts)
        scorers = list(dict.fromkeys(name for sample in counting for name in sample.scores))
        if counting and not scorers:
            self.run.skip(counting[0].place, "the sample has no scores")
        values: Values = {}
        for scorer in scorers:
            reductions = self.reduced.get(scorer, {}) if reduced else {}
            own = {how: rows[key] for how, rows in reductions.items() if (key := epochs[0].row["id"]) in rows}
            if trusted and own:
                for how, (place, value) in own.items():
                    values |= self._values(place, value, scorer, f" ({how})" if len(reductions) > 1 else "")
            elif self.by_mean or not reductions:
                values |= self._mean(scorer, counting)
            else:
                self.run.skip(counting[0].place, f"the score {scorer[:80]!r} has no reduction that can be used")
        return values

    def _mean(self, scorer: str, samples: list[InspectSample]) -> Values:
        gathered: dict[str, list[float | None]] = {}
        for sample in samples:
            value = _object(sample.scores.get(scorer)).get("value")
            for metric, figure in self._values(sample.place, value, scorer).items() if scorer in sample.scores else ():
                gathered.setdefault(metric, []).append(figure)
        known = {metric: [figure for figure in figures if figure is not None] for metric, figures in gathered.items()}
        return {metric: fmean(figures) if figures else None for metric, figures in known.items()}

    def _values(self, place: str, value: object, scorer: str, how: str = "") -> Values:
        """A score as figures: each key of an object is a metric of its own."""
        parts = {f"{scorer}/{key}": part for key, part in value.items()} if isinstance(value, dict) else {scorer: value}
        values: Values = {}
        for name, part in parts.items():
            metric, figure = name + how, figure_of(part)
            if not usable(metric):
                self.run.skip(place, f"the score {metric[:80]!r} cannot be kept under this name")
            elif figure is None:
                self.run.skip(place, f"the score {metric[:80]!r} is {_kind(part)}")
                values[metric] = None
            else:
                values[metric] = figure
        return values


def figure_of(value: object) -> float | None:
    """A score as a number: grades, words, booleans and numbers, also those written as text."""
    if not isinstance(value, str):
        return number(value)
    if value in GRADES:
        return GRADES[value]
    if value.lower() in WORDS:
        return WORDS[value.lower()]
    return number(float(value)) if _NUMBER.fullmatch(value.strip()) else None


def _kind(value: object) -> str:
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object within an object"
    if isinstance(value, str):
        return f"{value[:40]!r}, which is not a number"
    return "not a finite number" if isinstance(value, (int, float)) else "missing"


def _tell_errors(run: Run, described: Object) -> None:
    """Where nothing was scored, the errors count for the scorers that the log names."""
    errored = {case.case_id for case in run.cases if case.errored}
    if both := errored & {case.case_id for case in run.cases if not case.errored}:
        run.notes.append(f"{english.counted(len(both), 'sample')} both scored and errored, in different epochs")
    if errored and all(case.errored for case in run.cases):
        names = [str(_object(scorer).get("name")) for scorer in _list(described.get("scorers"))]
        blank = dict.fromkeys([name for name in names if usable(name)] or ["score"])
        run.cases = [Case(case.label, blank, case.fields, case.case_id, errored=True) for case in run.cases]
