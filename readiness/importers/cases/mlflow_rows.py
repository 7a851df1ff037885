"""The rows of an evaluation by MLflow, whatever file they come in, and what each says of itself beside its scores.

They may be gone through more than once, which a large file is read from disk for: what a column is, and what a version
is called, is known only when all rows were seen.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from readiness import formatting
from readiness.errors import InputError
from readiness.importers.naming import label
from readiness.importers.source.gateway import Source, parse_json
from readiness.importers.source.limits import MOST_COLUMNS, MOST_VERSIONS
from readiness.language import marked, tr

from .rows import TableRow
from .scored import UNNAMED, Run, day, number

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_WORDS = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}


@dataclass(frozen=True)
class MlflowAssessment:
    """What a row says of itself beside its scores, as far as it holds a trace."""

    tags: dict[str, Any]
    metadata: dict[str, Any]
    expected: frozenset[str]
    given: frozenset[str]
    day: dt.date | None
    milliseconds: float | None
    failed: bool
    broken: bool


EvaluationRow = tuple[str, TableRow, MlflowAssessment]
"""The place of a row, its cells, and what it says of itself."""


def _assessment(row: TableRow) -> MlflowAssessment:
    trace = _held(row.get("trace"), {})
    info = _held(trace.get("info"), {})
    assessments = [
        assessment
        for assessment in _held(info.get("assessments") or row.get("assessments"), [])
        if isinstance(assessment, dict)
    ]
    named = [
        (str(assessment.get("assessment_name") or assessment.get("name")), "expectation" in assessment)
        for assessment in assessments
    ]
    stamp = row.get("request_time") or info.get("request_time")
    return MlflowAssessment(
        tags=_held(info.get("tags") or row.get("tags"), {}),
        metadata=_held(info.get("trace_metadata") or row.get("trace_metadata"), {}),
        expected=frozenset(name for name, expectation in named if expectation),
        given=frozenset(name for name, expectation in named if not expectation),
        day=day(float(stamp) if isinstance(stamp, str) and _NUMBER.fullmatch(stamp) else stamp),
        milliseconds=figure(row.get("execution_duration") or info.get("execution_duration_ms")),
        failed=(row.get("state") or info.get("state")) == "ERROR",
        broken=bool(row.get("trace")) and not info,
    )


def _held(cell: Any, empty: Any) -> Any:
    """The object or list in a cell; a CSV writes a trace as JSON, and other objects in a form that is not read."""
    if isinstance(cell, str):
        try:
            cell = parse_json(cell, file="")
        except InputError:
            return empty
    return cell if isinstance(cell, type(empty)) else empty


Reader = Callable[[Source, Run], Iterator[tuple[str, TableRow]]]
"""Gives the rows of a file, and tells the run what it left out."""


class EvaluationRows:
    """Rows, each with its place and what it says of itself; they may be gone through again, many of them from disk.

    What was skipped or noted on the way is told to the run the first time.
    """

    def __init__(self, source: Source, read: Reader, run: Run) -> None:
        self.source = source
        self._read, self._run = read, run
        self._held = None if source.is_streamed else list(self._rows(run))

    def __iter__(self) -> Iterator[EvaluationRow]:
        if self._held is not None:
            return iter(self._held)
        run, self._run = self._run, Run()
        return self._rows(run)

    def _rows(self, run: Run) -> Iterator[EvaluationRow]:
        return ((place, row, _assessment(row)) for place, row in self._read(self.source, run))


@dataclass
class Survey:
    """What is known of all rows together before any of them is a case."""

    columns: dict[str, None] = field(default_factory=dict)
    texts: dict[str, bool] = field(default_factory=dict)
    """Of each column with a value somewhere, whether all of its values are texts that are no figures."""
    given: set[str] = field(default_factory=set)
    expected: set[str] = field(default_factory=set)
    filled: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """The columns that have a value in some row, by the name and the run of such rows."""
    broken: int = 0
    measured_on: dt.date | None = None

    @classmethod
    def of(cls, rows: EvaluationRows) -> Survey:
        """Raises InputError where there are more columns or runs than there can be."""
        survey = cls()
        for place, row, assessment in rows:
            survey._add(row, assessment)
            for held, most, what in (
                (survey.columns, MOST_COLUMNS, marked("columns")),
                (survey.given | survey.expected, MOST_COLUMNS, marked("names of assessments")),
                (survey.filled, MOST_VERSIONS, marked("runs and models")),
            ):
                if len(held) > most:
                    problem, expected = (
                        tr("there are too many {what}", what=tr(what)),
                        tr("at most {most}", most=formatting.whole(most)),
                    )
                    raise InputError(problem, file=rows.source.name, place=place, expected=expected)
        survey.expected -= survey.given
        return survey

    def _add(self, row: TableRow, assessment: MlflowAssessment) -> None:
        self.columns |= dict.fromkeys(row)
        filled = self.filled.setdefault(ran_in(row, assessment), set())
        for column, cell in row.items():
            if cell is not None and is_value(column):
                filled.add(column)
                self.texts[column] = self.texts.get(column, True) and figure(cell) is None
        self.given |= assessment.given
        self.expected |= assessment.expected
        self.broken += assessment.broken
        if assessment.day and (not self.measured_on or assessment.day > self.measured_on):
            self.measured_on = assessment.day

    @cached_property
    def several(self) -> bool:
        """Whether the rows are of more runs than one; known when all were seen."""
        return len({run for _, run in self.filled}) > 1

    def version(self, runner: tuple[str, str]) -> str:
        """The model or the run by its name; runs without a name are told apart by their ids where there are several."""
        named, run = runner
        return label(named or (run if self.several else "") or UNNAMED)


def ran_in(row: TableRow, assessment: MlflowAssessment) -> tuple[str, str]:
    """The name under which a row ran, and the id of its run; each empty where it says none."""
    named = [assessment.metadata.get("mlflow.modelId"), row.get("model_id"), row.get("run_name")]
    named += [assessment.tags.get("mlflow.runName")]
    run = row.get("run_id") or assessment.metadata.get("mlflow.sourceRun") or ""
    return str(next(filter(None, named), "")), str(run)


def is_value(column: str) -> bool:
    return column.endswith(("/value", "/error_message"))


def figure(cell: Any) -> float | None:
    """A number, a boolean or a yes or no, also as a CSV writes it."""
    if not isinstance(cell, str):
        return number(cell)
    if _NUMBER.fullmatch(cell):
        return number(float(cell))
    return _WORDS.get(cell.lower())
