"""MLflow evaluation results (https://mlflow.org/docs/latest/genai/eval-monitor/): tables and aggregates, 2.x and 3.x.

A table has a row for each case and for each scorer `NAME/value` (3.x) or `NAME/score`, `NAME/v1/score` (2.x). What was
expected stands in `NAME/value` too: the assessments in the row's trace tell the two apart. Aggregates (`NAME/mean`)
come without the number of cases behind them and are read as stated. Pages of the REST interface (`traces/search`) have
a trace for each case, with its assessments.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from readiness import english
from readiness.importers.batch import Batch, Options
from readiness.importers.cases import mlflow_api, table
from readiness.importers.cases.cells import Measure
from readiness.importers.cases.many import bounded
from readiness.importers.cases.mlflow_rows import (
    EvaluationRows,
    MlflowAssessment,
    Survey,
    figure,
    is_value,
    ran_in,
)
from readiness.importers.cases.rows import TableRow, header, read_rows
from readiness.importers.cases.scored import (
    LATENCY,
    MEASURES,
    UNNAMED,
    Case,
    Run,
    number,
    same_input,
    to_batch,
    usable,
)
from readiness.importers.cases.wide import parquet_columns
from readiness.importers.naming import plain
from readiness.importers.settings import found
from readiness.importers.source.gateway import Source
from readiness.importers.source.limits import HEAD
from readiness.importers.spans.documents import keys_at, records
from readiness.importers.spans.frames import read_parquet
from readiness.language import marked
from readiness.model.cells import Cell

FIGURES = ("/value", "/score")
COMPANIONS = ("/rationale", "/justification", "/error_message", "/error_code")
CONTENT = {
    *("inputs", "outputs", "targets", "ground_truth", "predictions", "expectations", "retrieved_context", "context"),
    *("trace", "trace_id", "request", "response", "request_time", "execution_duration", "trace_metadata", "tags"),
    *("spans", "assessments", "latency", "token_count", "run_name", "model_id", "run_id", "client_request_id"),
}
"""Columns with a meaning of their own; what else a table has can name a workflow or a cohort."""
ASKED = ("inputs", "request", "expectations", "targets", "ground_truth")
"""What a row asks, the same in each run of its case."""
STATISTICS = {"mean": "mean", "median": "p50", "p95": "p95", "p99": "p99"}
_STATED = re.compile(r"(?P<base>.+)/(?P<statistic>mean|median|p\d\d|min|max|variance|ratio)")
_SPLIT = re.compile(r'\{\s*"columns"\s*:\s*(?=\[)')
_KEY = re.compile(r'"((?:[^"\\]|\\.)+)"\s*:')


class MlflowEvaluation:
    format = "mlflow-eval"
    title = marked("MLflow evaluation results (CSV, JSON, Parquet)")

    def sniff(self, source: Source) -> bool:
        if source.head.startswith(table.PARQUET):
            return _is_table(parquet_columns(source))
        head = source.head_text.lstrip()
        if head.startswith("{"):
            if _is_page(source):
                return True
            return _is_table(_split_columns(head)) or _is_stated(source)
        if head.startswith("["):
            return _is_table(key.replace("\\/", "/") for key in _KEY.findall(head))
        return _is_table(header(table.first_line(source)))

    def read(self, source: Source, options: Options) -> Batch:
        """The rows as cells, or the aggregates as stated. Raises InputError where there are none of either."""
        run = Run(tool="MLflow", measures={"token_count": Measure("tokens", "lower")})
        if source.head_text.lstrip().startswith("{") and _is_stated(source):
            _state(source.json, run)
        else:
            _measure(EvaluationRows(source, _read, run), run)
        return to_batch(source, options, run, self.format)


IMPORTER = MlflowEvaluation()


def _is_page(source: Source) -> bool:
    """Whether this is a page of traces without their spans."""
    outer, inner = keys_at(source)
    return "traces" in outer and {"trace_id", "trace_location"} <= inner


def _is_answer(source: Source) -> bool:
    """Whether these are traces with their spans, which a person wants read for their assessments."""
    outer, inner = keys_at(source)
    return "traces" in outer and {"trace_info", "spans"} <= inner


def _read(source: Source, run: Run) -> Iterator[tuple[str, TableRow]]:
    if _is_page(source) or _is_answer(source):
        yield from mlflow_api.rows(records(source, "traces"), run)
    elif source.head.startswith(table.PARQUET):  # what is not a number there is an empty cell
        parquet = read_parquet(source)
        yield from ((place, {name: _filled(cell) for name, cell in row.items()}) for place, row in parquet)
    else:
        yield from read_rows(source, run)


def _filled(cell: Any) -> Any:
    return None if isinstance(cell, float) and math.isnan(cell) else cell


def _is_table(columns: Iterable[str]) -> bool:
    names = set(columns)
    known = any(name in CONTENT or name.endswith(COMPANIONS) for name in names)
    return known and any(name.endswith(FIGURES) for name in names)


def _split_columns(head: str) -> list[str]:
    """The columns of `{"columns": [...], "data": [...]}`, as far as the beginning of the file shows them."""
    start = _SPLIT.match(head)
    try:
        columns = json.JSONDecoder().raw_decode(head, start.end())[0] if start else []
    except (ValueError, RecursionError):
        return []
    return [name for name in columns if isinstance(name, str)]


def _is_stated(source: Source) -> bool:
    """Whether every key names a statistic of a scorer; of a file that breaks off, whether the first one does."""
    first = _KEY.search(source.head_text)
    if source.size > HEAD or not first or not _STATED.fullmatch(first[1].replace("\\/", "/")):
        return False
    try:
        return all(map(_STATED.fullmatch, json.loads(source.head_text)))
    except (ValueError, RecursionError):
        return True


def _state(stated: dict[str, Any], run: Run) -> None:
    figures: dict[str, dict[str, float]] = {}
    parts = {key: match.groups() for key in stated if (match := _STATED.fullmatch(key))}
    names = _names(base for base, _ in parts.values())
    for key, (base, statistic) in parts.items():
        value, name = number(stated[key]), names[base]
        if value is None:
            run.skip(key[:200], "the figure is not a number")
        elif statistic not in STATISTICS:
            run.skip(key[:200], f"there is no place for a figure of this kind ({statistic})")
        elif name != "latency" and not usable(name):
            run.skip(key[:200], "the score cannot be kept under this name")
        else:
            figures.setdefault(name, {})[STATISTICS[statistic]] = value * 1000 if name == "latency" else value
    for name, stats in figures.items():
        metric = LATENCY if name == "latency" else name
        known = (MEASURES | run.measures).get(metric, Measure())
        told = {"version": UNNAMED, "metric": metric, "unit": known.unit, "direction": known.direction}
        run.stated.append(Cell.model_validate({**told, **stats, "stated": True}))


def _names(bases: Iterable[str]) -> dict[str, str]:
    """Metric names without the `/v1` of 2.x, unless two would then be one."""
    bare = {base: re.sub(r"(?<=.)/v\d+$", "", base) for base in bases}
    often = Counter(bare.values())
    return {base: name if often[name] == 1 else base for base, name in bare.items()}


@dataclass(frozen=True)
class MlflowMetric:
    """A scorer: where its figures and its errors stand, and whether an empty cell is an error too, as in 2.x."""

    name: str
    column: str
    error: tuple[str, ...] = ()
    never_empty: bool = False


def _judged(survey: Survey, metrics: Sequence[MlflowMetric]) -> Mapping[str, set[str]]:
    """The scorers that judged some row of each version: where they say nothing of another, that is not known."""
    judged = defaultdict[str, set[str]](set)
    for runner, columns in survey.filled.items():
        scored = {metric.name for metric in metrics if metric.error and metric.column in columns}
        judged[survey.version(runner)] |= scored
    return judged


def _measure(rows: EvaluationRows, run: Run) -> None:
    survey = Survey.of(rows)
    metrics = _metrics(survey, run)
    judged = _judged(survey, metrics)
    empty = 0
    for place, row, assessment in bounded(rows, run, rows.source):
        version = survey.version(ran_in(row, assessment))
        run.settings.add(version, found(assessment.tags | assessment.metadata))
        scores = _scores(row, place, metrics, run)
        silent = dict.fromkeys(sorted(judged[version] - scores.keys()))
        empty += len(silent)
        scores |= silent
        if not scores and not assessment.failed:
            if not run.skips or run.skips[-1].place != place:
                run.skip(place, "the row has no score")
            continue
        errored = assessment.failed and not any(value is not None for value in scores.values())
        spent = {} if assessment.failed else _latency(row, assessment)
        asked = same_input(row.get(column) for column in ASKED)
        case_id = str(row.get("client_request_id") or asked)
        run.cases.append(Case(version, scores | spent, _fields(row, assessment), case_id, errored, cluster=asked))
    if empty:
        run.notes.append(
            f"{english.counted(empty, 'cell')} with neither a score nor an error, which count as not scored"
        )
    if survey.broken:
        run.notes.append(
            f"{english.counted(survey.broken, 'trace')} that cannot be read, so the tags of those rows are unknown"
        )
    run.measured_on = survey.measured_on


def _metrics(survey: Survey, run: Run) -> list[MlflowMetric]:
    columns = survey.columns
    values = dict.fromkeys(re.sub("/(value|error_message)$", "", name) for name in columns if is_value(name))
    scores = [name.removesuffix("/score") for name in columns if name.endswith("/score")]
    names = {base: f"{base}/score" if name in values else name for base, name in _names(scores).items()}
    candidates = [
        MlflowMetric(base, f"{base}/value", (f"{base}/error_message", f"{base}/error_code")) for base in values
    ]
    candidates += [MlflowMetric(names[base], f"{base}/score", never_empty=True) for base in scores]
    candidates += [MlflowMetric("token_count", "token_count")] if "token_count" in columns and scores else []
    for metric in candidates:
        if not usable(metric.name):
            run.skip(metric.column[:200], "the score cannot be kept under this name")
    return _without_expectations([metric for metric in candidates if usable(metric.name)], survey, run)


def _without_expectations(metrics: list[MlflowMetric], survey: Survey, run: Run) -> list[MlflowMetric]:
    """What was expected is no metric: as the assessments say or, where there are none, as text shows."""
    unsaid = [
        metric for metric in metrics if not metric.never_empty and metric.error and metric.name not in survey.given
    ]
    not_scored = survey.expected | {metric.name for metric in unsaid if survey.texts.get(metric.column)}
    if left_out := [metric.name for metric in unsaid if metric.name in not_scored]:
        run.notes.append(f"columns with what was expected are no scores: {english.listed(left_out)}")
    if not survey.given and (read := [metric.name for metric in unsaid if metric.name not in not_scored]):
        run.notes.append(
            f"the file does not say which columns hold what was expected; read as scores: {english.listed(read)}"
        )
    return [metric for metric in metrics if metric not in unsaid or metric.name not in not_scored]


def _scores(row: TableRow, place: str, metrics: list[MlflowMetric], run: Run) -> dict[str, float | None]:
    scores: dict[str, float | None] = {}
    for metric in metrics:
        cell = row.get(metric.column)
        if cell is None:
            if metric.never_empty or any(row.get(name) is not None for name in metric.error):
                scores[metric.name] = None
        elif (value := figure(cell)) is None:
            run.skip(place, f"the score {metric.name[:80]!r} is neither a number nor yes or no")
            scores[metric.name] = None
        else:
            scores[metric.name] = value
    return scores


def _latency(row: TableRow, assessment: MlflowAssessment) -> dict[str, float | None]:
    """2.x measures `latency` in seconds, a trace its duration in milliseconds."""
    seconds = figure(row.get("latency"))
    latency = assessment.milliseconds if seconds is None else seconds * 1000
    return {LATENCY: latency} if latency is not None and latency > 0 else {}


def _fields(row: TableRow, assessment: MlflowAssessment) -> dict[str, str]:
    others = {name: cell for name, cell in row.items() if name and "/" not in name and name not in CONTENT}
    return (
        plain(others)
        | plain(row.get("inputs"), "inputs.")
        | plain({name: value for name, value in assessment.tags.items() if not name.startswith("mlflow.")}, "tags.")
        | plain(
            {name: value for name, value in assessment.metadata.items() if not name.startswith("mlflow.")}, "metadata."
        )
    )
